// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "fault.h"
#include "mem.h"

static bool mem_wraps(u64 va, u32 size)
{
	return va + size < va;
}

bool agx_engine_try_read(struct agx_engine *e, u64 va, void *dst, u32 size,
			 enum agx_engine_access access)
{
	e->steps++;
	return !mem_wraps(va, size) && !e->ops->read(e->ctx, va, dst, size, access);
}

bool agx_engine_try_write(struct agx_engine *e, u64 va, const void *src, u32 size,
			  enum agx_engine_access access)
{
	e->steps++;
	return !mem_wraps(va, size) && !e->ops->write(e->ctx, va, src, size, access);
}

bool agx_engine_try_update(struct agx_engine *e, u64 va, u32 (*change)(void *arg, u32 value),
			   void *arg)
{
	e->steps++;
	return !mem_wraps(va, 4) && !e->ops->update(e->ctx, va, change, arg);
}

u32 *agx_engine_try_map(struct agx_engine *e, u64 va, u32 size,
			enum agx_engine_access access)
{
	/* Words in memory have to be words of the host. */
	static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian hosts only");

	if (!e->ops->map || mem_wraps(va, size))
		return NULL;
	e->steps++;
	return e->ops->map(e->ctx, va, size, access);
}

void agx_engine_unmap(struct agx_engine *e, u32 *map)
{
	e->ops->unmap(e->ctx, map);
}

bool agx_engine_fetch(struct agx_engine *e, u64 va, void *dst, u32 size)
{
	if (agx_engine_try_read(e, va, dst, size, AGX_ENGINE_FETCH))
		return true;

	agx_engine_raise_access(e, AGX_ENGINE_FETCH, va, size, 0, NULL);
	return false;
}
