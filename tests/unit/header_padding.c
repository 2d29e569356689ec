// SPDX-License-Identifier: MIT
/*
 * The header alone, for a compiler that complains of padding: see libagx/copy_struct.h.
 */
#include <drm_agx.h>
