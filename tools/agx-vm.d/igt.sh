# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The igt tier: our tests and some of upstream's, in the VM, through igt_runner. What runs depends on
# the kernel's profile: everything, or the quick list, and the checks that only this kernel can make.

# Seconds for a boot on a kernel that is not slow; --full has the programs for Mesa on four more GPUs. On the debug kernel a quick list that hangs ends
# after 33 minutes, several times what it takes, and CI has another 30 left.
readonly IGT_LIMIT=2400 IGT_FULL_LIMIT=4800 IGT_QUICK_LIMIT=500

# tier_igt KERNEL
tier_igt()
{
	local out=$results/$1 known all asked name first=1 everything= guests number workers
	local shape memory_wanted swap_wanted programs worker

	kernel_use "$1"
	check_guest_build || return 0
	known=$out/known all=$out/all asked=$out/asked
	mkdir -p "$out"
	check "$(on_kernel igt@list)" igt_list || return 0

	# `igt` is all of them; without a name, it is what the profile says.
	if [ ${#arguments[@]} -eq 0 ]; then
		everything=$kernel_tests
		[ -z "$full" ] || everything=all
	elif named igt; then
		everything=all
	elif named quick; then
		everything=quick
	fi
	if [ -n "$everything" ]; then
		check "$(on_kernel igt@select)" igt_select "$everything" || return 0
	else
		while read -r name; do
			! wanted "$(on_kernel "$name")" || echo "$name"
		done <"$all" >"$asked"
		[ -s "$asked" ] || kunit_named || return 0
	fi
	if ! kvm_usable; then
		gate --prefix "$(on_kernel "")" without-kvm "$verdicts" "$asked" >"$out/slow"
		mv "$out/slow" "$asked"
	fi
	gate boots "$asked" >"$out/boots"
	[ -s "$asked" ] || echo 0 0 >"$out/boots"

	shared=$out/taken
	mkdir "$shared"
	while read -r memory_wanted swap_wanted shape; do
		read -ra programs <<<"$shape"
		guests=1
		[ ${#programs[@]} -lt 2 ] || [ -z "$everything" ] ||
			guests=$(igt_guests $((memory + kernel_memory)))
		workers=()
		for ((number = 1; number <= guests; number++)); do
			memory=${memory_wanted/#0/$memory} swap=$swap_wanted \
				igt_work "$everything" "$first" "${programs[@]}" &
			workers+=($!)
			first=
		done
		for worker in "${workers[@]}"; do
			wait "$worker" || say "a guest was lost sight of"
		done
	done <"$out/boots"
	gate --prefix "$(on_kernel "")" igt "$verdicts" "$asked" "$out"/boot-*/igt/* || true
}

# igt_guests MIB: how many guests that take MIB of memory each are to share the work. Each has two CPUs, and
# guests that have to share those slow each other down by more than there is to be won.
igt_guests()
{
	local free guests

	free=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)
	guests=$(($(nproc) / 2))
	[ "$guests" -le $((free / $1 / 2)) ] || guests=$((free / $1 / 2))
	[ "$guests" -le 4 ] || guests=4
	[ "$guests" -ge 1 ] || guests=1
	echo "$guests"
}

# igt_work EVERYTHING FIRST PROGRAM...: boot and run the programs that no other guest has taken. A guest
# that dies takes one program with it; the others get another boot.
igt_work()
{
	local everything=$1 first=$2 number=1 dir program
	shift 2

	while :; do
		until mkdir "$out/boot-$number" 2>/dev/null; do
			number=$((number + 1))
		done
		dir=$out/boot-$number
		printf '%s\n' "$@" | sed '/^$/d' >"$dir/programs"
		igt_boot "$everything" "$first" "$number"
		first=

		# If nothing began, the guest will not come up next time either.
		[ -s "$dir/begun" ] || break
		for program; do
			shift
			[ -e "$shared/${program//\//_}" ] || set -- "$@" "$program"
		done
		[ $# -gt 0 ] || break
	done
}

# kunit_named: whether the user has named any of KUnit's cases, or all: kunit.
kunit_named()
{
	local name status=1

	for name in "${arguments[@]}"; do
		case $name in
		"$kernel:kunit" | "$kernel:kunit"@*)
			matched["$name"]=1
			status=0
			;;
		esac
	done
	return "$status"
}

# kunit_suites: the suites of the cases that the user has named, a line each; * for all.
kunit_suites()
{
	local name

	for name in "${arguments[@]}"; do
		case $name in
		"$kernel":kunit@*-*)
			name=${name#*@}
			echo "${name%%-*}"
			;;
		"$kernel":kunit*) echo "*" ;;
		esac
	done
}

# igt_list: put every subtest there is into $known, and those for the kernel in use into $all, as
# PROGRAM@SUBTEST. Written by the tests themselves.
igt_list()
{
	in_root /src/tools/agx-vm.d/list-igt "/build/stages/${stage##*/}/opt/agx" >"$known" &&
		gate for-kernel "$kernel" "$known" >"$all"
}

# igt_select WHICH: put into $asked all that the kernel in use runs, or only the quick list, or that and
# what only this kind of kernel can find.
igt_select()
{
	local lists=("$checkout/tests/igt/lists/quick")

	case $1 in
	all)
		cp "$all" "$asked"
		[ "$kernel_slow" -gt 1 ] || return 0
		# Mesa's compilers alone take minutes there: of its programs those of the list.
		grep -v '^mesa@' "$all" >"$asked"
		gate listed "$kernel" "$known" "$checkout/tests/gate/debug-tests" | sed -n '/^mesa@/p' >>"$asked"
		return
		;;
	debug) lists+=("$checkout/tests/gate/debug-tests") ;;
	esac
	gate listed "$kernel" "$known" "${lists[@]}" >"$asked"
}

# igt_not_ours: whether the guest of $dir died of what only QEMU can have done, which happens twice at most. What
# it was in the middle of is given back then, as if it had not begun.
igt_not_ours()
{
	local name

	if kvm_usable || ! gate phantom "$dir/console.log"; then
		return 1
	fi
	mkdir "$shared/.phantom-1" 2>/dev/null || mkdir "$shared/.phantom-2" 2>/dev/null || return 1
	name=$(tail -n 1 "$dir/begun" 2>/dev/null)
	name=${name//\//_}
	[ -n "$name" ] || return 0
	mv "$dir/igt/$name" "$dir/died-$name" 2>/dev/null || true
	rmdir "$shared/$name"
}

# igt_boot EVERYTHING FIRST NUMBER: boot once, with the programs in the folder of this boot. EVERYTHING: not
# only what the user has named. FIRST: this boot also does what is needed once.
igt_boot()
{
	local everything=$1 first=$2 boot_number=$3 dir=$out/boot-$3 status=0 program into
	local self_check= kunit= limit=$IGT_LIMIT

	mkdir "$dir/igt"
	cp "$asked" "$dir/asked"
	echo "$kernel_slow" >"$dir/slow"
	[ -z "$full" ] || : >"$dir/full"
	echo $((120 * kernel_slow)) >"$dir/test-timeout"
	if [ -n "$first" ] && [[ " ${kernel_checks[*]} " = *" kunit "* ]] &&
		{ [ -n "$everything" ] || kunit_named; }; then
		kunit=1
		mkdir "$dir/kunit"
		if [ -n "$everything" ]; then echo "*"; else kunit_suites; fi >"$dir/kunit-suites"
		echo $((150 * kernel_slow)) >"$dir/kunit-timeout"
	fi
	# The runner is the same on all kernels.
	if [ -n "$first" ] && [ -n "$everything" ] && [ "$kernel_tests" = all ]; then
		self_check=1
		gate self-check-tests >"$dir/self-check"
	fi

	case $everything in quick | debug) limit=$IGT_QUICK_LIMIT ;; esac
	[ -z "$full" ] || limit=$IGT_FULL_LIMIT
	say "IGT on $kernel: $(wc -l <"$dir/programs") programs, boot $boot_number"
	results=$dir vm_boot "$limit" /src/tools/agx-vm.d/guest/igt 2>"$dir/errors" </dev/null |
		tee "$dir/output" >&"$progress_fd" || status=$?
	[ ! -e "$dir/console.log.1" ] ||
		say "the kernel died while it booted, and was booted again: $dir/console.log.1"
	if [ "$status" -ne 0 ] && igt_not_ours; then
		say "the emulator was wrong about a breakpoint: $dir/console.log; the program that ran is run again"
	elif [ "$status" -ne 0 ]; then
		echo "last test begun: $(grep '^\[.*)$' "$dir/output" | tail -n 1)" >>"$dir/errors"
		gate record "$verdicts" "$(on_kernel "igt@boot-$boot_number")" "$status" \
			"$dir/errors" || true
	else
		gate --prefix "$(on_kernel igt@)" end "$verdicts" "$boot_number" "$dir/end" \
			"${kernel_checks[@]}" || true
		[ -z "$first" ] || [[ " ${kernel_checks[*]} " != *" config "* ]] ||
			check "$(on_kernel igt@config)" igt_config "$dir/end/config" || true
	fi
	# A guest that died has left none; one that says that all is well has to.
	if [ "$status" -eq 0 ] || [ -s "$dir/dmesg" ]; then
		gate kernel-log "$verdicts" "$(on_kernel "igt@kernel-log-$boot_number")" \
			"$dir/dmesg" || true
	fi
	[ -z "$kunit" ] || gate --prefix "$(on_kernel "")" kunit "$verdicts" "$dir/kunit" \
		"$checkout/kernel/agx/tests" "$dir/kunit-suites" || true
	[ -z "$self_check" ] || gate self-check "$verdicts" "$(on_kernel igt@self-check)" \
		"$dir/self-check-results" || true

	[ -s "$dir/begun" ] || return 0
	while read -r program; do
		into=$dir/igt/${program//\//_}
		[ ! -e "$into/objects.after" ] || gate --prefix "$(on_kernel "")" objects "$verdicts" \
			"$program" "$into/objects.before" "$into/objects.after" || true
	done <"$dir/begun"
}

# igt_config CONFIG: whether the kernel that ran has what its fragments ask for.
igt_config()
{
	local file fragments=()

	for file in "${kernel_files[@]}"; do
		[[ $file != *.config ]] || fragments+=("$parts/kernels/$file")
	done
	"$parts/kernels/check-config" "$1" "${fragments[@]}"
}
