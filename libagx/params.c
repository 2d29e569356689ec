// SPDX-License-Identifier: MIT
/*
 * The constants of a device, one by one: nobody's copy of the uapi's struct has to be as long as
 * this library's.
 */
#include <stdio.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "device.h"
#include "params.h"
#include "private.h"

#define AGXI_NS_PER_S UINT64_C(1000000000)

static const char *agxi_params_size_class(uint32_t variant)
{
	switch (variant) {
	case 'S':
		return " Pro";
	case 'C':
		return " Max";
	case 'D':
		return " Ultra";
	default:
		return "";
	}
}

/* The form that Mesa gives the name. An M1 is of generation 13; steppings count from hex A0. */
void agxi_params_format_name(const struct drm_asahi_params_global *params, char *out, size_t size)
{
	uint32_t variant = params->gpu_variant;

	snprintf(out, size, "Apple M%d%s (G%u%c %02X)", (int)params->gpu_generation - 12,
		 agxi_params_size_class(variant), params->gpu_generation,
		 variant > ' ' && variant < 0x7f ? (char)variant : '?',
		 params->gpu_revision + 0xa0);
}

agxi_public uint64_t drm_agx_device_features(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->features;
}

agxi_public uint32_t drm_agx_device_generation(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->gpu_generation;
}

agxi_public uint32_t drm_agx_device_variant(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->gpu_variant;
}

agxi_public uint32_t drm_agx_device_revision(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->gpu_revision;
}

agxi_public uint32_t drm_agx_device_chip_id(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->chip_id;
}

agxi_public uint32_t drm_agx_device_num_dies(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->num_dies;
}

agxi_public uint32_t drm_agx_device_num_clusters(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->num_clusters_total;
}

agxi_public uint32_t drm_agx_device_cores_per_cluster(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->num_cores_per_cluster;
}

agxi_public uint32_t drm_agx_device_max_frequency_khz(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->max_frequency_khz;
}

agxi_public uint64_t drm_agx_device_vm_start(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->vm_start;
}

agxi_public uint64_t drm_agx_device_vm_end(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->vm_end;
}

agxi_public uint64_t drm_agx_device_vm_kernel_min_size(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->vm_kernel_min_size;
}

agxi_public uint32_t drm_agx_device_max_commands(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->max_commands_per_submission;
}

agxi_public uint32_t drm_agx_device_max_attachments(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->max_attachments;
}

agxi_public uint64_t drm_agx_device_timestamp_frequency_hz(const struct drm_agx_device *dev)
{
	return agxi_device_params(dev)->command_timestamp_frequency_hz;
}

agxi_public uint64_t drm_agx_device_core_mask(const struct drm_agx_device *dev,
					      unsigned int cluster)
{
	if (cluster >= DRM_ASAHI_MAX_CLUSTERS)
		return 0;
	return agxi_device_params(dev)->core_masks[cluster];
}

agxi_public unsigned int drm_agx_device_num_cores(const struct drm_agx_device *dev)
{
	const struct drm_asahi_params_global *params = agxi_device_params(dev);
	unsigned int i, cores = 0;

	for (i = 0; i < DRM_ASAHI_MAX_CLUSTERS; i++)
		cores += __builtin_popcountll(params->core_masks[i]);
	return cores;
}

/* @part / @whole, below 1, in @unit, rounded down; bit by bit if the product is too large. */
static uint64_t agxi_fraction(uint64_t part, uint64_t whole, uint64_t unit)
{
	uint64_t quotient, rest = 0;
	int bit;

	if (!__builtin_mul_overflow(part, unit, &quotient))
		return quotient / whole;

	quotient = 0;
	for (bit = 63; bit >= 0; bit--) {
		quotient *= 2;
		if (rest >= whole - rest) {
			rest -= whole - rest;
			quotient++;
		} else {
			rest *= 2;
		}
		if (!(unit >> bit & 1))
			continue;
		if (rest >= whole - part) {
			rest -= whole - part;
			quotient++;
		} else {
			rest += part;
		}
	}
	return quotient;
}

agxi_public uint64_t drm_agx_device_ticks_to_ns(const struct drm_agx_device *dev, uint64_t ticks)
{
	uint64_t hz = agxi_device_params(dev)->command_timestamp_frequency_hz;
	uint64_t ns;

	/* Not a frequency; the driver promises one. */
	if (!hz)
		return UINT64_MAX;

	if (__builtin_mul_overflow(ticks / hz, AGXI_NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, agxi_fraction(ticks % hz, hz, AGXI_NS_PER_S), &ns))
		return UINT64_MAX;
	return ns;
}
