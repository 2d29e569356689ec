/* SPDX-License-Identifier: MIT */
#ifndef AGXI_PARAMS_H
#define AGXI_PARAMS_H

#include <stddef.h>

struct drm_asahi_params_global;

/* What a device reports in words: "Apple M1 (G13G B1)". */
void agxi_params_format_name(const struct drm_asahi_params_global *params, char *out, size_t size);

#endif /* AGXI_PARAMS_H */
