/* SPDX-License-Identifier: MIT */
/* Whether a program computes right. */
#ifndef MESA_CHECK_H
#define MESA_CHECK_H

#include "program.h"

/**
 * check_program() - Run a program on the asahi driver's GPU and on lavapipe, which have to agree;
 * and once more on the GPU with a shader that does nothing, which must not go unnoticed.
 */
void check_program(const struct program *program);

/** check_program_gles() - The same by OpenGL ES on the GPU; on lavapipe still by Vulkan. */
void check_program_gles(const struct program *program);

#endif
