// SPDX-License-Identifier: MIT
/* The tables that say what the uapi's structs are made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/ioctl.h>

#include <asahi_drm.h>
#include <drm.h>

#include "uapi.h"

/* Each byte of a struct is in one field. */
static void check_struct(const struct uapi_struct *type)
{
	unsigned int i, at = 0;

	for (i = 0; i < type->num_fields; i++) {
		const struct uapi_field *field = &type->fields[i];

		if (field->offset != at)
			fail_msg("%s.%s is at %u, not at %u", type->name, field->name, at,
				 field->offset);
		assert_true(field->count > 0);
		if (field->format == UAPI_STRUCT) {
			assert_non_null(field->type);
			assert_int_equal(field->type->size, field->size);
			check_struct(field->type);
		} else {
			assert_true(field->size == 1 || field->size == 2 || field->size == 4 ||
				    field->size == 8);
			assert_null(field->type);
		}
		if (field->format == UAPI_ENUM || field->format == UAPI_FLAGS)
			assert_non_null(field->names);
		at += field->size * field->count;
	}
	if (at != type->size)
		fail_msg("%s has %u bytes, the fields have %u", type->name, type->size, at);
}

static void check_group(const struct uapi_group *group)
{
	unsigned int i, j;

	for (i = 0; i < group->num; i++) {
		const struct uapi_ioctl *ioctl = &group->ioctls[i];

		assert_ptr_equal(uapi_find_ioctl(ioctl->request), ioctl);
		if (!ioctl->arg) {
			assert_int_equal(ioctl->num_arrays, 0);
			continue;
		}
		/* Structs of the core grow. */
		assert_true(ioctl->arg->min_size <= _IOC_SIZE(ioctl->request));
		assert_true(ioctl->arg->size >= _IOC_SIZE(ioctl->request));
		if (group == &uapi_asahi)
			assert_int_equal(ioctl->arg->min_size, ioctl->arg->size);
		check_struct(ioctl->arg);
		for (j = 0; j < ioctl->num_arrays; j++) {
			const struct uapi_array *array = &ioctl->arrays[j];
			unsigned int k = 0;

			while (k < ioctl->arg->num_fields &&
			       strcmp(ioctl->arg->fields[k].name, array->name))
				k++;
			assert_true(k < ioctl->arg->num_fields);
			assert_int_equal(ioctl->arg->fields[k].offset, array->offset);
			assert_int_equal(ioctl->arg->fields[k].size, 8);
			if (array->element)
				check_struct(array->element);
		}
	}
}

static void test_structs(void **state)
{
	uint32_t type;

	assert_int_equal(uapi_asahi.num, 11);
	check_group(&uapi_asahi);
	check_group(&uapi_core);
	check_struct(&uapi_cmd_header);
	for (type = 0; type <= DRM_ASAHI_SET_COMPUTE_ATTACHMENTS; type++)
		check_struct(uapi_command_struct(type));
	assert_null(uapi_command_struct(type));
	assert_int_equal(uapi_command_struct(DRM_ASAHI_CMD_RENDER)->size,
			 sizeof(struct drm_asahi_cmd_render));
	assert_int_equal(uapi_command_struct(DRM_ASAHI_CMD_COMPUTE)->size,
			 sizeof(struct drm_asahi_cmd_compute));
}

static void test_find(void **state)
{
	const unsigned long larger = _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE, 0xc3, 200);

	assert_string_equal(uapi_find_ioctl(DRM_IOCTL_ASAHI_VM_BIND)->name, "VM_BIND");
	assert_string_equal(uapi_find_ioctl(larger)->name, "SYNCOBJ_WAIT");
	assert_true(uapi_find_ioctl(larger)->waits);
	assert_null(uapi_find_ioctl(_IO(DRM_IOCTL_BASE, DRM_COMMAND_BASE + 11)));
	assert_null(uapi_find_ioctl(_IO('T', 0x40)));
}

static void test_values(void **state)
{
	const struct uapi_struct *type = uapi_find_ioctl(DRM_IOCTL_ASAHI_GEM_CREATE)->arg;
	const struct drm_asahi_gem_create create = {
		.size = 0x123456789abcdef0,
		.flags = DRM_ASAHI_GEM_VM_PRIVATE,
		.handle = 0xfedcba98,
	};

	assert_string_equal(type->fields[0].name, "size");
	assert_int_equal(uapi_value(&type->fields[0], &create, 0), create.size);
	assert_int_equal(uapi_value(&type->fields[1], &create, 0), create.flags);
	assert_string_equal(uapi_name(type->fields[1].names, create.flags), "VM_PRIVATE");
	assert_null(uapi_name(type->fields[1].names, 4));
	assert_null(uapi_name(NULL, 0));
	assert_int_equal(uapi_value(&type->fields[3], &create, 0), create.handle);
}

/* What the arrays of an ioctl have in them. */
static void test_extents(void **state)
{
	const struct drm_asahi_vm_bind bind = { .num_binds = 3, .stride = 40 };
	const struct drm_asahi_submit submit = {
		.in_sync_count = UINT32_MAX, .out_sync_count = 2, .cmdbuf_size = 77
	};
	const struct uapi_ioctl *ioctl = uapi_find_ioctl(DRM_IOCTL_ASAHI_VM_BIND);
	struct uapi_extent extent = ioctl->arrays[0].extent(&bind);

	assert_int_equal(extent.count, 3);
	assert_int_equal(extent.stride, 40);

	ioctl = uapi_find_ioctl(DRM_IOCTL_ASAHI_SUBMIT);
	extent = ioctl->arrays[0].extent(&submit);
	assert_int_equal(extent.count, 0x100000001);
	assert_int_equal(extent.stride, 16);
	extent = ioctl->arrays[1].extent(&submit);
	assert_int_equal(extent.count * extent.stride, 77);
}

static void test_commands(void **state)
{
	static const struct drm_asahi_cmd_header headers[] = {
		{ DRM_ASAHI_SET_COMPUTE_ATTACHMENTS, 0, DRM_ASAHI_BARRIER_NONE,
		  DRM_ASAHI_BARRIER_NONE },
		{ DRM_ASAHI_CMD_COMPUTE, 16, 1, 2 },
		{ 77, 3, 0, 0 },
		{ DRM_ASAHI_CMD_RENDER, 100, 0, 0 },
	};
	struct uapi_command command;
	uint8_t buf[256] = { 0 };
	size_t offset = 0;

	memcpy(buf, &headers[0], 8);
	memcpy(buf + 8, &headers[1], 8);
	memcpy(buf + 32, &headers[2], 8);
	memcpy(buf + 43, &headers[3], 8);

	assert_true(uapi_next_command(buf, 61, &offset, &command));
	assert_int_equal(command.type, DRM_ASAHI_SET_COMPUTE_ATTACHMENTS);
	assert_int_equal(command.size, 0);
	assert_int_equal(command.vdm_barrier, DRM_ASAHI_BARRIER_NONE);
	assert_true(command.whole);

	assert_true(uapi_next_command(buf, 61, &offset, &command));
	assert_int_equal(command.offset, 8);
	assert_int_equal(command.payload, 16);
	assert_int_equal(command.size, 16);
	assert_int_equal(command.vdm_barrier, 1);
	assert_int_equal(command.cdm_barrier, 2);

	assert_true(uapi_next_command(buf, 61, &offset, &command));
	assert_int_equal(command.offset, 32);
	assert_int_equal(command.type, 77);
	assert_true(command.whole);

	/* The buffer ends before the command does. */
	assert_true(uapi_next_command(buf, 61, &offset, &command));
	assert_int_equal(command.payload, 51);
	assert_int_equal(command.size, 10);
	assert_false(command.whole);
	assert_false(uapi_next_command(buf, 61, &offset, &command));

	/* And before a header does. */
	offset = 32;
	assert_true(uapi_next_command(buf, 39, &offset, &command));
	assert_int_equal(command.size, 0);
	assert_false(command.whole);
	assert_int_equal(command.offset, 32);
	assert_false(uapi_next_command(buf, 39, &offset, &command));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_structs),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_extents),
		cmocka_unit_test(test_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
