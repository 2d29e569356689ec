# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# agx-vm demo.

command_demo()
{
	local status=0

	vm_require || exit "$EXIT_OWN_FAILURE"
	vm_results
	say "booting"
	vm_boot 600 /src/tools/agx-vm.d/guest/demo </dev/null || status=$?
	if [ "$status" -eq 0 ]; then
		gate kernel-log "$results/verdicts" kernel-log "$results/dmesg" || status=1
		[ "$status" -eq 0 ] || gate report "$results/verdicts" >&2 || true
	fi
	[ "$status" -eq 0 ] || say "the demo failed; its logs are in $results"
	exit "$status"
}
