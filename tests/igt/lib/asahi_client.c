// SPDX-License-Identifier: MIT
/* A file with a VM, a queue and an arena, and buffer objects in it. */
#include <string.h>

#include "asahi_client.h"
#include "asahi_device.h"
#include "asahi_ioctl.h"
#include "igt.h"

/* Where things go in the address space: USC addresses reach 4 GiB from their base. */
#define USC_BASE 0x1100000000ull
#define ARENA_VA (USC_BASE + 0x100000)
#define ARENA_SIZE (4 * ASAHI_PAGE)
#define DATA_VA 0x2000000000ull

#define ARENA_ALIGN 64

void asahi_client_init_vm(struct asahi_client *client, int fd, uint32_t vm_id)
{
	memset(client, 0, sizeof(*client));
	client->fd = fd;
	client->usc_base = USC_BASE;
	client->next_va = DATA_VA;
	asahi_get_params(fd, &client->params);

	client->vm_id = vm_id;
	client->arena.size = ARENA_SIZE;
	client->arena.va = ARENA_VA;
	client->arena.handle = asahi_gem_create_private(fd, ARENA_SIZE, client->vm_id);
	client->arena.map = asahi_gem_mmap(fd, client->arena.handle, ARENA_SIZE);
	asahi_vm_map(fd, client->vm_id, client->arena.handle, 0, ARENA_SIZE, ARENA_VA, ASAHI_RW);
	client->queue_id = asahi_queue_create(fd, client->vm_id, USC_BASE);
}

void asahi_client_init_fd(struct asahi_client *client, int fd)
{
	asahi_client_init_vm(client, fd, asahi_vm_create(fd));
}

void asahi_client_init(struct asahi_client *client)
{
	asahi_client_init_fd(client, asahi_open());
	client->owns_fd = true;
}

void asahi_client_fini(struct asahi_client *client)
{
	asahi_queue_destroy(client->fd, client->queue_id);
	asahi_vm_destroy(client->fd, client->vm_id);
	asahi_bo_fini(client, &client->arena);
	if (client->owns_fd)
		asahi_close(client->fd);
}

void asahi_client_drop(struct asahi_client *client)
{
	asahi_bo_unmap(&client->arena);
	asahi_close(client->fd);
}

uint64_t asahi_client_alloc(struct asahi_client *client, size_t size, void **cpu)
{
	size_t offset = client->arena_used;

	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	igt_assert_lte(offset + size, client->arena.size);
	client->arena_used += size;
	*cpu = (uint8_t *)client->arena.map + offset;

	return client->arena.va + offset;
}

uint64_t asahi_client_code(struct asahi_client *client, enum asahi_shader shader)
{
	const uint8_t *code;
	size_t size;
	void *cpu;

	if (!client->code[shader]) {
		code = asahi_shader_code(shader, &size);
		client->code[shader] = asahi_client_alloc(client, size, &cpu);
		memcpy(cpu, code, size);
	}

	return client->code[shader];
}

uint64_t asahi_client_va(struct asahi_client *client, uint64_t size)
{
	uint64_t va = client->next_va;

	client->next_va += ((size + ASAHI_PAGE - 1) & ~(uint64_t)(ASAHI_PAGE - 1)) + ASAHI_PAGE;
	return va;
}

void asahi_bo_init_unmapped(struct asahi_client *client, struct asahi_bo *bo, uint64_t size)
{
	bo->size = size;
	bo->va = asahi_client_va(client, size);
	bo->handle = asahi_gem_create(client->fd, size);
	bo->map = asahi_gem_mmap(client->fd, bo->handle, size);
}

void asahi_bo_init(struct asahi_client *client, struct asahi_bo *bo, uint64_t size)
{
	asahi_bo_init_unmapped(client, bo, size);
	asahi_vm_map(client->fd, client->vm_id, bo->handle, 0, size, bo->va, ASAHI_RW);
}

void asahi_bo_unmap(struct asahi_bo *bo)
{
	if (bo->map)
		asahi_gem_munmap(bo->map, bo->size);
	bo->map = NULL;
}

void asahi_bo_fini(struct asahi_client *client, struct asahi_bo *bo)
{
	asahi_bo_unmap(bo);
	gem_close(client->fd, bo->handle);
}

void asahi_bo_fill(struct asahi_bo *bo, uint32_t value)
{
	uint64_t i;

	for (i = 0; i < bo->size / sizeof(value); i++)
		bo->map[i] = value;
}
