/* SPDX-License-Identifier: MIT */
/**
 * DOC: Programs by OpenGL ES
 *
 * Mesa's other driver for the GPU compiles the same shaders from their text. That is possible for
 * what is also GLSL ES 3.20: storage and uniform buffers, and one dispatch.
 */
#ifndef MESA_GLES_H
#define MESA_GLES_H

#include "program.h"

/**
 * gles_run_program() - Run a program on the asahi driver's GPU, to its end.
 * @empty: with a shader that does nothing in the place of its own.
 * @results: what is in each buffer after it; to be freed.
 */
void gles_run_program(const struct program *program, bool empty, uint32_t *results[MAX_BUFFERS]);

#endif
