# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The mutants tier: bugs planted in a copy of the driver, each of which a subtest must find. Takes a
# build and a boot each, so it runs only if it is named, or with --full.

tier_mutants()
{
	local patch name

	host_require git patch
	for patch in "$checkout"/tests/mutants/*.patch; do
		name=$(basename "$patch" .patch)
		! wanted "mutants@$name" ||
			check "mutants@$name" "$checkout/tests/mutants/run" "$name" || true
	done
}
