# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The cli tier: the examples of docs/cli, which are scripts for agx-cli, in the VM.

tier_cli()
{
	local out=$results/cli script name status names=()

	for script in "$checkout"/docs/cli/*.agx; do
		name=$(basename "$script" .agx)
		# It is for the others.
		[ "$name" != spin-job ] || continue
		! wanted "cli@$name" || names+=("$name")
	done
	[ ${#names[@]} -gt 0 ] || return 0
	check_guest_build || return 0

	say "examples for agx-cli: ${#names[@]}"
	mkdir -p "$out"
	printf '%s\n' "${names[@]}" >"$out/names"
	results=$out vm_boot 300 /src/tools/agx-vm.d/guest/cli >"$out/output" 2>&1 </dev/null || status=$?
	if [ -n "${status:-}" ]; then
		gate record "$verdicts" cli@boot "$status" "$out/output" || true
	fi
	for name in "${names[@]}"; do
		status=$(cat "$out/$name.status" 2>/dev/null || echo "none: it did not end")
		[ -e "$out/$name.output" ] || : >"$out/$name.output"
		gate record "$verdicts" "cli@$name" "$status" "$out/$name.output" || true
		[ ! -e "$out/$name.after" ] || gate objects "$verdicts" "cli-$name" \
			"$out/$name.before" "$out/$name.after" || true
	done
	gate kernel-log "$verdicts" cli@kernel-log "$out/dmesg" || true
}
