# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# agx-vm test: the tiers, and the choice of what to run.
#
# Every check has a name like an IGT subtest, PROGRAM@SUBTEST: lint@checkpatch, unit@host:NAME,
# asahi_vm@create; on another kernel than stock that kernel's name comes before it:
# debug:asahi_vm@create. Its outcome becomes a line in $verdicts; only the gate decides what passed.

gate()
{
	/usr/bin/python3 -B "$checkout/tests/gate/gate.py" "$@"
}

# wanted NAME: whether the user asked for this check, its program, or everything.
wanted()
{
	local name check=$1 on=

	[ ${#arguments[@]} -gt 0 ] || return 0
	[[ ! $check =~ ^[^@/:]+: ]] || on=${BASH_REMATCH[0]}
	check=${check#"$on"}
	for name in "${arguments[@]}"; do
		# On the same kernel; upstream's programs may be in a folder: asahi/asahi_get_time.
		[[ $name =~ ^[^@/:]+: ]] || true
		[ "${BASH_REMATCH[0]-}" = "$on" ] || continue
		case $check in
		"${name#"$on"}" | "${name#"$on"}"[@:]* | */"${name#"$on"}" | */"${name#"$on"}"@*)
			matched[$name]=1
			return 0
			;;
		esac
	done
	return 1
}

# named TIER: whether the user has named this tier on the kernel in use.
named()
{
	local name full_name

	full_name=$(on_kernel "$1")
	for name in "${arguments[@]}"; do
		if [ "$name" = "$full_name" ]; then
			matched[$name]=1
			return 0
		fi
	done
	return 1
}

# wanted_tier TIER: whether anything in the tier lint, unit, cli or mutants may be wanted.
wanted_tier()
{
	local name

	[ ${#arguments[@]} -gt 0 ] || return 0
	for name in "${arguments[@]}"; do
		[ "${name%%@*}" != "$1" ] || return 0
	done
	return 1
}

# wanted_kernel KERNEL: whether any test on this kernel may be wanted. Those on stock have many names,
# those on the others begin with that kernel's.
wanted_kernel()
{
	local name other

	if [ ${#arguments[@]} -eq 0 ]; then
		[[ " ${kernel_option:-stock debug} " = *" $1 "* ]]
		return
	fi
	for name in "${arguments[@]}"; do
		for other in $(kernel_names); do
			case $name in
			"$other":*)
				[ "$other" != "$1" ] || return 0
				continue 2
				;;
			esac
		done
		case ${name%%@*} in
		lint | unit | cli | mutants) ;;
		*) [ "$1" != stock ] || return 0 ;;
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

# check_guest_build: build for the kernel in use as a test; true if there is something to run.
check_guest_build()
{
	local built=${guest_built[$kernel]:-}

	if [ -z "$built" ]; then
		built=0
		say "building for the guest, kernel $kernel"
		check "$(on_kernel build@guest)" build_require || built=$?
		guest_built[$kernel]=$built
	elif [ "$built" -eq 0 ]; then
		build_require || built=$?	# quick, and sets what belongs to this kernel
	fi
	return "$built"
}

# on_kernel NAME: the name of a test on the kernel in use.
on_kernel()
{
	if [ "$kernel" = stock ]; then
		echo "$1"
	else
		echo "$kernel:$1"
	fi
}

no_such_test()
{
	echo "no tier, program or subtest has this name"
	return 1
}

command_test()
{
	local name status=0 none=1
	local -A matched=() guest_built=()

	# With --kernel, names are those of tests on that kernel.
	if [ "${kernel_option:-stock}" != stock ]; then
		for name in "${!arguments[@]}"; do
			arguments[name]=$kernel_option:${arguments[name]#"$kernel_option":}
		done
	fi

	host_require_vm
	root_require
	build_init
	kernel_use stock
	vm_results
	verdicts=$results/verdicts
	: >"$verdicts"

	if [ "${kernel_option:-stock}" = stock ]; then
		! wanted_tier lint || tier_lint
		! wanted_tier unit || tier_unit
		! wanted_tier cli || tier_cli
	fi
	for name in $(kernel_names | sort -r); do	# stock first
		! wanted_kernel "$name" || tier_igt "$name"
	done
	if [ -n "$full" ] || [ ${#arguments[@]} -gt 0 ]; then
		! wanted_tier mutants || tier_mutants
	fi

	# After a build that failed it is not known whether there is such a test.
	for status in "${guest_built[@]}"; do
		[ "$status" -eq 0 ] || none=
	done
	status=0
	for name in "${arguments[@]}"; do
		[ -n "${matched[$name]:-}" ] || [ -z "$none" ] || check "$name" no_such_test || true
	done

	say "all output is in $results"
	gate report "$verdicts" || status=1
	exit "$status"
}
