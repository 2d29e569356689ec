/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The front end: the stream of CDM blocks.
 */
#ifndef AGX_ENGINE_CDM_H
#define AGX_ENGINE_CDM_H

#include "state.h"

/**
 * agx_engine_cdm_step() - Execute one block of the stream.
 * @e: The engine, in AGX_ENGINE_PHASE_STREAM.
 *
 * The stream ends at its terminate block and nowhere else.
 */
void agx_engine_cdm_step(struct agx_engine *e);

#endif /* AGX_ENGINE_CDM_H */
