# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Booting the VM, and the commands that do little else.

# vm_require: everything that a boot of the kernel that the user wants needs; sets $root, $stage and $boot.
vm_require()
{
	host_require_vm
	root_require
	kernel_use "${kernel_option:-stock}"
	build_require
}

# vm_results: an empty results folder; sets $results. The last few of each checkout are kept.
vm_results()
{
	local old

	mkdir -p "$build/results"
	results=$(mktemp -d "$build/results/$(date +%Y%m%d-%H%M%S)-$command-XXXX")
	find "$build/results" -mindepth 1 -maxdepth 1 -mmin +1440 | LC_ALL=C sort | head -n -10 |
		while read -r old; do
			remove_tree "$old"
		done
}

# vm_boot LIMIT [CMD...]: boot the kernel in use, and run CMD or else a shell. LIMIT is the time limit in
# seconds if the user has set none; a slow kernel gets more. With $shared, a folder for several guests.
vm_boot()
{
	local limit=${timeout:-$(($1 * kernel_slow))} accelerator=()
	shift

	! kvm_usable || accelerator=(--kvm)

	in_namespace "$parts/boot.py" --root "$root" --stage "$stage" --checkout "$checkout" \
		--results "$results" --shared "${shared:-}" --boot "$boot" --modules "${kernel_dir:-$root}/lib/modules" \
		--append="${kernel_append[*]}" "${accelerator[@]}" --cpu="$kernel_cpu" --slow "$kernel_slow" \
		--memory $((memory + kernel_memory)) --swap "$swap" \
		--timeout "$limit" "${vm_options[@]}" -- "$@"
}

command_setup()
{
	vm_require || exit "$EXIT_OWN_FAILURE"
	say "ready: root $root, kernel $kernel_version, build $stage"
}

# run_judge STATUS: the exit status of a run whose command ended with STATUS, on a kernel that reports
# bugs: 1 instead of 0 if it has reported one, or if something has leaked, which is shown.
run_judge()
{
	local found=0

	# A guest that died has left nothing; boot.py has said why.
	if [ "$1" -eq 0 ] || [ -s "$results/dmesg" ]; then
		gate kernel-log "$results/verdicts" run@kernel-log "$results/dmesg" || found=1
		gate --prefix run@ end "$results/verdicts" 1 "$results/end" "${kernel_checks[@]}" ||
			found=1
	fi
	[ "$found" -eq 0 ] || gate report "$results/verdicts" >&2 || true
	[ "$1" -eq 0 ] || return "$1"
	return "$found"
}

command_run()
{
	local status=0

	# stdout and stderr are the command's.
	if ! { exec {progress_fd}>/dev/tty; } 2>/dev/null; then
		exec {progress_fd}>/dev/null
	fi
	vm_require || exit "$EXIT_OWN_FAILURE"
	vm_results
	[ ${#kernel_checks[@]} -eq 0 ] || vm_options+=(--end)
	vm_boot 1800 "${arguments[@]}" || status=$?
	if [ ${#kernel_checks[@]} -ne 0 ]; then
		run_judge "$status" || status=$?
	fi
	exit "$status"
}

command_shell()
{
	if [ ! -t 0 ] || [ ! -t 1 ]; then
		wrong_usage "shell needs a terminal; there is also run"
	fi
	vm_require || exit "$EXIT_OWN_FAILURE"
	vm_results
	say "booting; leave with exit or Ctrl-D; what you write to /results stays in $results"
	vm_boot 0
}
