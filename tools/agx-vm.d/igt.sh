# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The igt tier: our tests and some of upstream's, in the VM, through igt_runner.

tier_igt()
{
	local all=$results/igt-all asked=$results/igt-asked programs=$results/igt-programs
	local name boot=0 self_check=

	check_guest_build || return 0
	check igt@list igt_list "$all" || return 0

	while read -r name; do
		! wanted "$name" || echo "$name"
	done <"$all" >"$asked"
	if [ ${#arguments[@]} -eq 0 ] || [[ " ${arguments[*]} " = *" igt "* ]]; then
		matched["igt"]=1
		cp "$all" "$asked"
		self_check=1
	fi
	[ -s "$asked" ] || return 0
	sed 's/@.*//' "$asked" | uniq >"$programs"

	# A guest that dies takes one program with it; the others get another boot.
	while [ -s "$programs" ]; do
		boot=$((boot + 1))
		igt_boot "$boot" "$self_check"
		self_check=
	done
	gate igt "$verdicts" "$asked" "$results"/boot-*/igt/* || true
}

# igt_list FILE: every subtest there is, as PROGRAM@SUBTEST. Written by the tests themselves.
igt_list()
{
	in_root /src/tools/agx-vm.d/list-igt "/build/stages/${stage##*/}/opt/agx" >"$1"
}

# igt_boot NUMBER SELF_CHECK: boot and run $programs until they are done or the guest dies; then leave
# those that have not begun in $programs.
igt_boot()
{
	local boot=$1 dir=$results/boot-$1 self_check=$2 status=0 program out

	mkdir -p "$dir/igt"
	cp "$programs" "$dir/programs"
	cp "$asked" "$dir/asked"
	[ -z "$self_check" ] || gate self-check-tests >"$dir/self-check"

	say "IGT: $(wc -l <"$dir/programs") programs, boot $boot"
	results=$dir vm_boot 2400 /src/tools/agx-vm.d/guest/igt 2>"$dir/errors" </dev/null |
		tee "$dir/output" >&"$progress_fd" || status=$?
	if [ "$status" -ne 0 ]; then
		echo "last test begun: $(grep '^\[.*)$' "$dir/output" | tail -n 1)" >>"$dir/errors"
		gate record "$verdicts" "igt@boot-$boot" "$status" "$dir/errors" || true
	fi
	[ ! -s "$dir/dmesg" ] ||
		gate kernel-log "$verdicts" "igt@kernel-log-$boot" "$dir/dmesg" || true
	[ -z "$self_check" ] ||
		gate self-check "$verdicts" igt@self-check "$dir/self-check-results" || true

	# What began without coming to its end is what the guest died of; if nothing began, the
	# guest will not come up next time either.
	if [ ! -s "$dir/begun" ]; then
		: >"$programs"
		return
	fi
	while read -r program; do
		out=$dir/igt/${program//\//_}
		[ ! -e "$out/objects.after" ] || gate objects "$verdicts" "$program" \
			"$out/objects.before" "$out/objects.after" || true
	done <"$dir/begun"
	grep -vxF -f "$dir/begun" "$dir/programs" >"$programs" || true
}
