# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What the kernel's headers offer, as -DAGX_HAVE_... for compat.h.

# $(call agx-have,NAME,header below include/,fixed string that is there if the feature is)
agx-have = $(shell grep -qF -e '$(3)' $(srctree)/include/$(2) 2>/dev/null && \
		   echo -DAGX_HAVE_$(1))

agx-compat-flags := \
	$(call agx-have,DRIVER_GEM_GPUVA,drm/drm_drv.h,DRIVER_GEM_GPUVA) \
	$(call agx-have,GEM_OBJECT_ACTIVE,drm/drm_gem.h,DRM_GEM_OBJECT_ACTIVE) \
	$(call agx-have,GPUVM_MAP_REQ,drm/drm_gpuvm.h,struct drm_gpuvm_map_req {) \
	$(call agx-have,DMA_FENCE_DETACH,linux/dma-fence.h,dma_fence_ops __rcu *) \
	$(call agx-have,DMA_FENCE_INLINE_LOCK,linux/dma-fence.h,inline_lock;)

# The other way round: an identifier is made a string by the macro itself.
agx-import-ns-id := $(shell grep 'MODULE_INFO.import_ns' $(srctree)/include/linux/module.h | \
			    grep -F __stringify)
ifeq ($(agx-import-ns-id),)
agx-compat-flags += -DAGX_HAVE_IMPORT_NS_STRING
endif
