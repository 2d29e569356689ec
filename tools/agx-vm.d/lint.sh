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
	! wanted lint@kernel-arm64 || check lint@kernel-arm64 lint_kernel_arm64 || true
	! wanted lint@gate ||
		check lint@gate /usr/bin/python3 -B "$checkout/tests/gate/test_gate.py" || true
	! wanted lint@testlists ||
		check lint@testlists /usr/bin/python3 -B "$checkout/tests/igt/lists/test_testlists.py" ||
		true
	! wanted lint@mutants || lint_mutants
}

lint_mutants()
{
	host_require patch
	check lint@mutants "$checkout/tests/mutants/check" || true
}

# In a shell of its own, so as to leave the kernel in use alone.
lint_kernel_arm64()
(
	kernel_use arm64-16k
	kernel_require && in_root /src/tools/agx-vm.d/lint/kernel-arm64
)
