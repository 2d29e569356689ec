# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# agx-vm test: the tiers, and the choice of what to run.
#
# Every check has a name like an IGT subtest, PROGRAM@SUBTEST: lint@checkpatch, unit@host:NAME,
# asahi_vm@create. Its outcome becomes a line in $verdicts; only the gate decides what passed.

gate()
{
	/usr/bin/python3 -B "$checkout/tests/gate/gate.py" "$@"
}

# wanted NAME: whether the user asked for this check, its program, or everything.
wanted()
{
	local name

	[ ${#arguments[@]} -gt 0 ] || return 0
	for name in "${arguments[@]}"; do
		case $1 in
		"$name" | "$name"[@:]* | */"$name" | */"$name"@*)
			matched[$name]=1
			return 0
			;;
		esac
	done
	return 1
}

# wanted_tier TIER: whether anything in a tier may be wanted. IGT's programs have many names, the
# other tiers only theirs.
wanted_tier()
{
	local name

	[ ${#arguments[@]} -gt 0 ] || return 0
	for name in "${arguments[@]}"; do
		[ "${name%%@*}" != "$1" ] || return 0
		case ${name%%@*} in
		lint | unit | mutants) ;;
		*) [ "$1" != igt ] || return 0 ;;
		esac
	done
	return 1
}

# check NAME COMMAND...: a test that passes if COMMAND exits with 0.
check()
{
	local name=$1 start=$SECONDS status=0 log=$results/log/$1
	shift

	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 </dev/null || status=$?
	gate record "$verdicts" "$name" "$status" "$log" || true
	if [ "$status" -eq 0 ]; then
		say "$name: pass, $((SECONDS - start)) s"
	else
		say "$name: FAIL, $((SECONDS - start)) s"
	fi
	return "$status"
}

# check_guest_build: build for the guest as a test; true if there is something to run.
check_guest_build()
{
	if [ -z "$guest_build" ]; then
		guest_build=0
		say "building for the guest"
		check build@guest build_require || guest_build=$?
	fi
	return "$guest_build"
}

no_such_test()
{
	echo "no tier, program or subtest has this name"
	return 1
}

command_test()
{
	local name status=0 guest_build=
	local -A matched=()

	host_require_vm
	root_require
	build_init
	vm_results
	verdicts=$results/verdicts
	: >"$verdicts"

	! wanted_tier lint || tier_lint
	! wanted_tier unit || tier_unit
	! wanted_tier igt || tier_igt
	if [ -n "$full" ] || [ ${#arguments[@]} -gt 0 ]; then
		! wanted_tier mutants || tier_mutants
	fi

	for name in "${arguments[@]}"; do
		[ -n "${matched[$name]:-}" ] || [ -n "${guest_build#0}" ] ||
			check "$name" no_such_test || true
	done

	say "all output is in $results"
	gate report "$verdicts" || status=1
	exit "$status"
}
