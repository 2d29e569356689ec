// SPDX-License-Identifier: MIT
/**
 * TEST: asahi fail nth close
 * Category: Core
 * Mega feature: Lifetimes
 * Sub-category: close
 * Functionality: fault injection
 * Description: What gives things up needs no memory, in no thread and with jobs in every state.
 *	Needs a kernel that can let allocations fail.
 */
#include "asahi_device.h"
#include "asahi_drm.h"
#include "asahi_fail.h"
#include "asahi_ioctl.h"
#include "asahi_scene.h"
#include "igt.h"

IGT_TEST_DESCRIPTION("Destroying and closing without memory");

/* Large enough for tables that are shared, whatever the size of a page is. */
#define LARGE (256ull << 20)

static int call_gem_close(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_gem_close(scene->client.fd, scene->bo.handle);
}

static int call_unbind_object(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_object_unbind(scene->client.fd, scene->object);
}

static int call_queue_destroy(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_queue_destroy(scene->client.fd, scene->client.queue_id);
}

static int call_second_queue_destroy(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_queue_destroy(scene->client.fd, scene->second_queue);
}

static int call_vm_destroy(void *data)
{
	struct asahi_scene *scene = data;

	return __asahi_vm_destroy(scene->client.fd, scene->client.vm_id);
}

static int call_munmap(void *data)
{
	struct asahi_scene *scene = data;

	asahi_bo_unmap(&scene->bo);
	return 0;
}

static int call_close(void *data)
{
	struct asahi_scene *scene = data;

	asahi_close(scene->client.fd);
	return 0;
}

/* Mappings of every kind: in pieces, and of a page over a range so large that it shares tables. */
static void add_mappings(struct asahi_scene *scene)
{
	struct asahi_client *client = &scene->client;
	uint64_t va = asahi_client_va(client, LARGE);
	unsigned int i;

	asahi_vm_map(client->fd, client->vm_id, scene->bo.handle, 0, LARGE, va,
		     ASAHI_RW | DRM_ASAHI_BIND_SINGLE_PAGE);
	for (i = 0; i < 8; i++)
		asahi_vm_unmap(client->fd, client->vm_id, ASAHI_PAGE,
			       va + (5 + 999 * i) * ASAHI_PAGE);
}

/**
 * SUBTEST: destroy
 * Description: GEM_CLOSE, GEM_BIND_OBJECT that unbinds, QUEUE_DESTROY and VM_DESTROY need no
 *	memory, with jobs in every state.
 */
static void none_destroy(void)
{
	struct asahi_objects before;
	struct asahi_scene scene;

	asahi_require_fail();
	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_assert_no_allocation("GEM_BIND_OBJECT, unbind", call_unbind_object, &scene);
	asahi_assert_no_allocation("munmap", call_munmap, &scene);
	asahi_assert_no_allocation("GEM_CLOSE", call_gem_close, &scene);
	asahi_assert_no_allocation("QUEUE_DESTROY, running", call_queue_destroy, &scene);
	asahi_assert_no_allocation("VM_DESTROY, in use", call_vm_destroy, &scene);
	asahi_assert_no_allocation("QUEUE_DESTROY, waiting", call_second_queue_destroy, &scene);
	asahi_scene_assert_killed(&scene);
	asahi_bo_unmap(&scene.client.arena);
	asahi_assert_no_allocation("close, with little left", call_close, &scene);
	asahi_assert_objects_eq(&before);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: vm-destroy
 * Description: VM_DESTROY that removes all mappings needs no memory.
 */
static void none_vm_destroy(void)
{
	struct asahi_scene scene;

	asahi_require_fail();
	asahi_scene_init(&scene);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_scene_destroy_queues(&scene);
	asahi_assert_no_allocation("VM_DESTROY", call_vm_destroy, &scene);
	asahi_scene_drop(&scene);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: close
 * Description: The last close of a file with everything alive, its jobs in every state, needs no
 *	memory.
 */
static void none_close(void)
{
	struct asahi_objects before;
	struct asahi_scene scene;

	asahi_require_fail();
	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_bo_unmap(&scene.bo);
	asahi_bo_unmap(&scene.client.arena);
	asahi_assert_no_allocation("close, busy", call_close, &scene);
	asahi_assert_objects_eq(&before);
	asahi_scene_assert_killed(&scene);
	asahi_scene_fini(&scene);
}

/**
 * SUBTEST: munmap-closes
 * Description: The munmap() that ends a file which was closed before needs no memory either.
 */
static void none_munmap(void)
{
	struct asahi_objects before;
	struct asahi_scene scene;

	asahi_require_fail();
	asahi_scene_init(&scene);
	asahi_objects_read(&before);
	asahi_scene_play(&scene);
	add_mappings(&scene);
	asahi_bo_unmap(&scene.client.arena);
	asahi_close(scene.client.fd);
	igt_assert(asahi_scene_is_busy(&scene));
	asahi_assert_no_allocation("munmap that closes", call_munmap, &scene);
	asahi_assert_objects_eq(&before);
	asahi_scene_assert_killed(&scene);
	asahi_scene_fini(&scene);
}

static const struct asahi_subtest subtests[] = {
	{ "destroy", "What destroys things needs no memory.", none_destroy },
	{ "vm-destroy", "VM_DESTROY needs no memory.", none_vm_destroy },
	{ "close", "The last close needs no memory.", none_close },
	{ "munmap-closes", "Nor does a munmap() that is the last close.", none_munmap },
};

int igt_main()
{
	asahi_run_subtests(subtests, ARRAY_SIZE(subtests));
}
