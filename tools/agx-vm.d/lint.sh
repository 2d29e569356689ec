# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The lint tier: what can be said of the sources without running them, with the root's tools.

tier_lint()
{
	local name

	for name in spdx checkpatch kernel-doc shellcheck headers userspace kernel; do
		! wanted "lint@$name" ||
			check "lint@$name" in_root "/src/tools/agx-vm.d/lint/$name" || true
	done
	! wanted lint@gate ||
		check lint@gate /usr/bin/python3 -B "$checkout/tests/gate/test_gate.py" || true
}
