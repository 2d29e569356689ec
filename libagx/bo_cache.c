// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <time.h>

#include <drm_agx.h>

#include "bo.h"
#include "bo_cache.h"
#include "private.h"

#define AGXI_NS_PER_S UINT64_C(1000000000)

/* Idle buffers older than this go when another one comes back. */
#define AGXI_BO_CACHE_MAX_IDLE_NS AGXI_NS_PER_S

/* What a buffer has to agree in, beside its class. */
#define AGXI_BO_CACHE_BIND_FLAGS \
	(DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE | DRM_AGX_BIND_USC | DRM_AGX_BIND_NO_GUARD)
#define AGXI_BO_CACHE_NUM_KINDS 32

struct agxi_cached {
	/* Owned by the caller while in use, by the cache while idle; then linked below. */
	struct drm_agx_bo *bo;
	uint64_t addr;

	/* Owns a reference while in use, borrowed while idle. */
	struct drm_agx_bo_cache *cache;

	unsigned int size_class;
	unsigned int kind;

	/* Protected by the cache's lock. */
	TAILQ_ENTRY(agxi_cached) by_age;
	LIST_ENTRY(agxi_cached) by_kind;
	uint64_t idle_since;
};

TAILQ_HEAD(agxi_cached_queue, agxi_cached);
LIST_HEAD(agxi_cached_list, agxi_cached);

struct drm_agx_bo_cache {
	atomic_uint refs;

	/* Owns a reference. */
	struct drm_agx_vm *vm;

	uint64_t limit;

	/* Protects the rest. Nothing is locked inside. */
	pthread_mutex_t lock;

	/* Owned idle buffers, the oldest first, and the same ones by class and kind. */
	struct agxi_cached_queue idle;
	struct agxi_cached_list lists[AGXI_BO_CACHE_NUM_CLASSES][AGXI_BO_CACHE_NUM_KINDS];
	uint64_t idle_bytes;
};

unsigned int agxi_bo_cache_class(uint64_t pages)
{
	unsigned int shift;

	if (pages <= 4)
		return pages - 1;

	/* 5 to 8 pages are of shift 0, 9 to 16 of shift 1. */
	shift = 61 - __builtin_clzll(pages - 1);
	return 4 * shift + ((pages - 1) >> shift);
}

uint64_t agxi_bo_cache_class_pages(unsigned int size_class)
{
	if (size_class < 4)
		return size_class + 1;

	return (uint64_t)(4 + size_class % 4 + 1) << (size_class / 4 - 1);
}

static uint64_t agxi_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * AGXI_NS_PER_S + now.tv_nsec;
}

static unsigned int agxi_bo_cache_kind(uint32_t flags, uint32_t bind_flags)
{
	return (bind_flags & (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE | DRM_AGX_BIND_USC)) |
	       (bind_flags & DRM_AGX_BIND_NO_GUARD ? 8 : 0) |
	       (flags & DRM_AGX_BO_WRITEBACK ? 16 : 0);
}

static uint64_t agxi_cached_size(const struct agxi_cached *cached)
{
	return agxi_bo_cache_class_pages(cached->size_class) * DRM_AGX_PAGE_SIZE;
}

static void agxi_bo_cache_add_locked(struct drm_agx_bo_cache *cache, struct agxi_cached *cached)
{
	TAILQ_INSERT_TAIL(&cache->idle, cached, by_age);
	LIST_INSERT_HEAD(&cache->lists[cached->size_class][cached->kind], cached, by_kind);
	cache->idle_bytes += agxi_cached_size(cached);
}

static void agxi_bo_cache_remove_locked(struct drm_agx_bo_cache *cache, struct agxi_cached *cached)
{
	TAILQ_REMOVE(&cache->idle, cached, by_age);
	LIST_REMOVE(cached, by_kind);
	cache->idle_bytes -= agxi_cached_size(cached);
}

/* Takes out what has been idle since @before or longer, and what is over the limit. */
static void agxi_bo_cache_expire_locked(struct drm_agx_bo_cache *cache, uint64_t before,
					struct agxi_cached_queue *expired)
{
	struct agxi_cached *cached;

	while ((cached = TAILQ_FIRST(&cache->idle)) &&
	       (cached->idle_since <= before || cache->idle_bytes > cache->limit)) {
		agxi_bo_cache_remove_locked(cache, cached);
		TAILQ_INSERT_TAIL(expired, cached, by_age);
	}
}

static void agxi_cached_free(struct agxi_cached *cached)
{
	agxi_bo_set_cached(cached->bo, NULL);
	drm_agx_bo_unref(cached->bo);
	free(cached);
}

static bool agxi_cached_free_all(struct agxi_cached_queue *queue)
{
	bool any = !TAILQ_EMPTY(queue);
	struct agxi_cached *cached;

	while ((cached = TAILQ_FIRST(queue))) {
		TAILQ_REMOVE(queue, cached, by_age);
		agxi_cached_free(cached);
	}
	return any;
}

agxi_public int drm_agx_bo_cache_create(struct drm_agx_vm *vm, uint64_t limit,
					struct drm_agx_bo_cache **out)
{
	struct drm_agx_bo_cache *cache;

	/* Empty lists are all zero. */
	cache = calloc(1, sizeof(*cache));
	if (!cache)
		return agxi_error(ENOMEM);

	atomic_init(&cache->refs, 1);
	cache->vm = drm_agx_vm_ref(vm);
	cache->limit = limit;
	pthread_mutex_init(&cache->lock, NULL);
	TAILQ_INIT(&cache->idle);
	*out = cache;
	return 0;
}

agxi_public struct drm_agx_bo_cache *drm_agx_bo_cache_ref(struct drm_agx_bo_cache *cache)
{
	atomic_fetch_add(&cache->refs, 1);
	return cache;
}

agxi_public void drm_agx_bo_cache_unref(struct drm_agx_bo_cache *cache)
{
	if (!cache || atomic_fetch_sub(&cache->refs, 1) != 1)
		return;

	agxi_cached_free_all(&cache->idle);
	pthread_mutex_destroy(&cache->lock);
	drm_agx_vm_unref(cache->vm);
	free(cache);
}

/* Whether anything was freed. */
static bool agxi_bo_cache_trim(struct drm_agx_bo_cache *cache, uint64_t before)
{
	struct agxi_cached_queue expired = TAILQ_HEAD_INITIALIZER(expired);

	pthread_mutex_lock(&cache->lock);
	agxi_bo_cache_expire_locked(cache, before, &expired);
	pthread_mutex_unlock(&cache->lock);
	return agxi_cached_free_all(&expired);
}

agxi_public void drm_agx_bo_cache_trim(struct drm_agx_bo_cache *cache, uint64_t max_idle_ns)
{
	uint64_t now = agxi_now();

	if (max_idle_ns <= now)
		agxi_bo_cache_trim(cache, now - max_idle_ns);
}

void agxi_cached_put(struct agxi_cached *cached)
{
	struct agxi_cached_queue expired = TAILQ_HEAD_INITIALIZER(expired);
	struct drm_agx_bo_cache *cache = cached->cache;
	uint64_t now, before;
	bool keep;

	/* One that is over the limit by itself would drive out all others, and then go too. */
	keep = agxi_cached_size(cached) <= cache->limit &&
	       agxi_bo_keep_binding(cached->bo);
	if (!keep)
		TAILQ_INSERT_TAIL(&expired, cached, by_age);

	pthread_mutex_lock(&cache->lock);
	now = agxi_now();
	before = now > AGXI_BO_CACHE_MAX_IDLE_NS ? now - AGXI_BO_CACHE_MAX_IDLE_NS : 0;
	if (keep) {
		cached->idle_since = now;
		agxi_bo_cache_add_locked(cache, cached);
	}
	agxi_bo_cache_expire_locked(cache, before, &expired);
	pthread_mutex_unlock(&cache->lock);

	agxi_cached_free_all(&expired);
	drm_agx_bo_cache_unref(cache);
}

/* An idle buffer, the one that was in use last; NULL if there is none. */
static struct agxi_cached *agxi_bo_cache_take(struct drm_agx_bo_cache *cache,
					      unsigned int size_class, unsigned int kind)
{
	struct agxi_cached *cached;

	pthread_mutex_lock(&cache->lock);
	cached = LIST_FIRST(&cache->lists[size_class][kind]);
	if (cached)
		agxi_bo_cache_remove_locked(cache, cached);
	pthread_mutex_unlock(&cache->lock);
	return cached;
}

static int agxi_bo_create_bound(struct drm_agx_vm *vm, uint64_t size, uint32_t flags,
				uint32_t bind_flags, struct drm_agx_bo **out, uint64_t *addr)
{
	struct drm_agx_bo *bo;
	int ret;

	ret = drm_agx_bo_create_private(vm, size, flags, &bo);
	if (ret)
		return ret;

	ret = drm_agx_bo_bind(bo, vm, bind_flags, addr);
	if (ret) {
		drm_agx_bo_unref(bo);
		return agxi_error(-ret);
	}

	*out = bo;
	return 0;
}

/* A new buffer, in place of idle ones if there is no room beside them. */
static int agxi_bo_cache_make(struct drm_agx_bo_cache *cache, uint64_t size, uint32_t flags,
			      uint32_t bind_flags, struct drm_agx_bo **out, uint64_t *addr)
{
	int ret;

	ret = agxi_bo_create_bound(cache->vm, size, flags, bind_flags, out, addr);
	if ((ret == -ENOMEM || ret == -ENOSPC) && agxi_bo_cache_trim(cache, UINT64_MAX))
		ret = agxi_bo_create_bound(cache->vm, size, flags, bind_flags, out, addr);
	return ret ? agxi_error(-ret) : 0;
}

static int agxi_cached_create(struct drm_agx_bo_cache *cache, unsigned int size_class,
			      uint32_t flags, uint32_t bind_flags, struct agxi_cached **out)
{
	struct agxi_cached *cached;
	int ret;

	cached = calloc(1, sizeof(*cached));
	if (!cached)
		return agxi_error(ENOMEM);

	cached->size_class = size_class;
	cached->kind = agxi_bo_cache_kind(flags, bind_flags);
	ret = agxi_bo_cache_make(cache, agxi_cached_size(cached), flags, bind_flags, &cached->bo,
				 &cached->addr);
	if (ret) {
		free(cached);
		return agxi_error(-ret);
	}

	agxi_bo_set_cached(cached->bo, cached);
	*out = cached;
	return 0;
}

agxi_public int drm_agx_bo_cache_alloc(struct drm_agx_bo_cache *cache, uint64_t size,
				       uint32_t flags, uint32_t bind_flags, struct drm_agx_bo **out,
				       uint64_t *addr)
{
	struct agxi_cached *cached;
	unsigned int size_class;
	int ret;

	/* What else can be wrong is told by what makes the buffer. */
	if (!size || flags & ~DRM_AGX_BO_WRITEBACK || bind_flags & ~AGXI_BO_CACHE_BIND_FLAGS ||
	    !(bind_flags & (DRM_AGX_BIND_READ | DRM_AGX_BIND_WRITE)))
		return agxi_error(EINVAL);

	if (size > (uint64_t)AGXI_BO_CACHE_MAX_PAGES * DRM_AGX_PAGE_SIZE)
		return agxi_bo_cache_make(cache, size, flags, bind_flags, out, addr);

	size_class = agxi_bo_cache_class((size + AGXI_PAGE_MASK) / DRM_AGX_PAGE_SIZE);
	cached = agxi_bo_cache_take(cache, size_class, agxi_bo_cache_kind(flags, bind_flags));
	if (!cached) {
		ret = agxi_cached_create(cache, size_class, flags, bind_flags, &cached);
		if (ret)
			return ret;
	}

	cached->cache = drm_agx_bo_cache_ref(cache);
	*out = cached->bo;
	*addr = cached->addr;
	return 0;
}
