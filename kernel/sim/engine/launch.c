// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "bytes.h"
#include "fault.h"
#include "launch.h"
#include "shader.h"

static bool launch_is_empty(const struct agx_engine_grid *grid)
{
	return !grid->global[0] || !grid->global[1] || !grid->global[2];
}

static bool launch_fits(const struct agx_engine_grid *grid)
{
	u32 threads = 1;
	u32 i;

	for (i = 0; i < 3; i++) {
		if (!grid->local[i] || grid->local[i] > AGX_ENGINE_THREADS / threads)
			return false;
		threads *= grid->local[i];
	}
	return true;
}

static void launch_refuse(struct agx_engine *e, const struct agx_engine_grid *grid, u64 block)
{
	u8 bytes[12];
	u32 i;

	for (i = 0; i < 3; i++)
		agx_engine_put_le(bytes + 4 * i, 4, grid->local[i]);
	agx_engine_raise(e, AGX_ENGINE_FAULT_LAUNCH, block, bytes, sizeof(bytes));
}

/* How many workgroups there are, or as many as 64 bits can hold. */
static u64 launch_groups(const u32 *groups)
{
	u64 plane = (u64)groups[0] * groups[1];
	u64 high = (plane >> 32) * groups[2] + ((plane & 0xffffffff) * groups[2] >> 32);

	return high >> 32 ? ~0ULL : plane * groups[2];
}

void agx_engine_launch_start(struct agx_engine *e, const struct agx_engine_grid *grid, u64 usc,
			     u64 block)
{
	struct agx_engine_launch *launch = &e->launch;
	u32 i;

	if (launch_is_empty(grid))
		return;
	if (!launch_fits(grid)) {
		launch_refuse(e, grid, block);
		return;
	}

	*launch = (struct agx_engine_launch){ .usc = usc };
	for (i = 0; i < 3; i++) {
		u32 local = grid->local[i];
		u32 rest = grid->groups ? 0 : grid->global[i] % local;

		launch->local[i] = local;
		launch->last[i] = rest ? rest : local;
		launch->groups[i] = grid->groups ? grid->global[i] :
				    grid->global[i] / local + (rest ? 1 : 0);
	}

	launch->left = launch_groups(launch->groups);

	memset(&e->files, 0, sizeof(e->files));
	agx_engine_code_launch(e);
	e->phase = AGX_ENGINE_PHASE_USC;
}
