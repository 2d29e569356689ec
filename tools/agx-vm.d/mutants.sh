# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Mutants: bugs planted in a copy of the driver, tests/mutants/*.patch, each of which the subtest
# that its patch names must find, and which the driver as it is must pass.
#
# Userspace is that of the checkout. One process builds the modules of one mutant after the other;
# as soon as they are there, a guest tries them, and goes on with the next ones as long as its
# kernel is none the worse for it, see guest/mutants. One guest for each CPU; all of them take from
# the same lists.
#
# What is where, in $out:
#
#	plan			NAME PROGRAM@SUBTEST of each trial. For the driver as it is NAME is
#				unmutated:PROGRAM, with _ for /, and SUBTEST all that are wanted of it,
#				with commas; of KUnit a suite
#	KERNEL/place		what build_require has set for this kernel
#	KERNEL/todo, ready	a folder of each mutant before and after it was built
#	KERNEL/shape-N/		memory and swap of the guests that some trials want, and the list
#				trials, those that nobody has taken
#	KERNEL/shape-N/boot-*	/results of a guest; the folder of a mutant is moved there, and when
#				it has been tried to
#	done			with the file begun if the subtest has been started, and died, the
#				console, if the guest died of it; gate.py judges what is there

# mutants_subtest NAME: the subtest that is to catch it.
mutants_subtest()
{
	sed -n 's/^Caught-by: //p' "$checkout/tests/mutants/$1.patch"
}

# mutants_kernel SUBTEST: the kernel on which it runs, by its name.
mutants_kernel()
{
	case $1 in
	*:*) echo "${1%%:*}" ;;
	*) echo stock ;;
	esac
}

# mutants_plan NAME...: the trials of these mutants, those of the driver as it is first.
mutants_plan()
{
	local name subtest

	for name; do
		subtest=$(mutants_subtest "$name")
		[[ $subtest =~ ^[^[:space:]]+@[^[:space:]]+$ ]] ||
			die "tests/mutants/$name.patch does not name one subtest as Caught-by"
		echo "$name $subtest"
	done >"$out/mutants"

	sed -e 's/^[^ ]* //' -e '/kunit@/s/-.*//' "$out/mutants" | LC_ALL=C sort -u |
		awk -F @ '{
			trial = $1 ~ /kunit$/ ? $0 : $1
			before = subtests[trial]
			subtests[trial] = before (before ? "," : "") $2
		}
		END {
			for (trial in subtests) {
				name = trial
				gsub("/", "_", name)
				split(trial, program, "@")
				print "unmutated:" name, program[1] "@" subtests[trial]
			}
		}' | LC_ALL=C sort >"$out/plan"
	cat "$out/mutants" >>"$out/plan"
}

# mutants_sources NAME DIR: what NAME changes, changed, below DIR.
mutants_sources()
{
	local patch=$checkout/tests/mutants/$1.patch file

	sed -n 's|^+++ b/||p' "$patch" | while read -r file; do
		mkdir -p "$2/$(dirname "$file")"
		[ ! -e "$checkout/$file" ] || cp "$checkout/$file" "$2/$file"
	done
	patch --quiet --fuzz=0 --no-backup-if-mismatch --reject-file=- --directory="$2" --strip=1 \
		<"$patch"
}

# mutants_prepare: all that the trials on the kernel in use need before a guest can boot.
mutants_prepare()
{
	local dir=$out/$kernel name subtest programs memory_wanted swap_wanted shape number=0

	mkdir -p "$dir/todo" "$dir/ready"
	: >"$dir/names"
	declare -p stage boot kernel_dir kernel_version >"$dir/place"
	with_lock "build-${build##*/}" in_namespace cp -a "$build/copy-$kernel_version" "$dir/tree"

	while read -r name subtest; do
		[ "$(mutants_kernel "$subtest")" = "$kernel" ] || continue
		echo "$name ${subtest#"$kernel":}" >>"$dir/plan"
		[[ $name != unmutated:* ]] || continue
		mkdir "$dir/todo/$name"
		if mutants_sources "$name" "$dir/todo/$name/src" >"$dir/todo/$name/patch" 2>&1; then
			echo "$name" >>"$dir/names"
		else
			echo "its patch does not apply" >"$dir/todo/$name/trouble"
			mv "$dir/todo/$name" "$dir/ready/"
		fi
	done <"$out/plan"

	sed -e '/^unmutated:/d' -e 's/^[^ ]* //' "$dir/plan" | LC_ALL=C sort -u >"$dir/asked"
	gate boots "$dir/asked" >"$dir/boots"
	while read -r memory_wanted swap_wanted programs; do
		number=$((number + 1))
		shape=$dir/shape-$number
		mkdir "$shape"
		echo "$memory_wanted $swap_wanted" >"$shape/shape"
		tr ' ' '\n' <<<"$programs" >"$shape/programs"
		awk 'NR == FNR { here[$1] = 1; next } { split($2, test, "@") } test[1] in here' \
			"$shape/programs" "$dir/plan" >"$shape/trials"
	done <"$dir/boots"
}

# mutants_build: build those of all kernels.
mutants_build()
{
	local kernel names=() stage boot kernel_dir kernel_version

	for kernel in "${mutants_kernels[@]}"; do
		# shellcheck source=/dev/null
		. "$out/$kernel/place"
		mapfile -t names <"$out/$kernel/names"
		in_root /src/tools/agx-vm.d/build-mutants "${kernel_dir:+/mnt}" \
			"/build/results/${out#"$build/results/"}/$kernel" "${names[@]}" \
			>"$out/$kernel/build" 2>&1 </dev/null || true
		touch "$out/$kernel/built"
	done
}

# mutants_take: take the first of the trials in $shape that nobody has taken: set $name and
# $subtest, both empty if there is none.
mutants_take()
{
	local fd

	name='' subtest=''
	# Nobody wants to know any more.
	[ -e "/proc/$$" ] || return 0
	exec {fd}>>"$shape/lock"
	flock "$fd"
	read -r name subtest <"$shape/trials" || true
	sed -i 1d "$shape/trials"
	exec {fd}>&-
}

# mutants_fetch: put what the guest needs for the trial $name into $dir, its /results; false if
# there is no use in trying.
mutants_fetch()
{
	local from=$out/$kernel/ready/$name

	if [[ $name = unmutated:* ]]; then
		mkdir "$dir/$name"
		return
	fi
	while [ ! -d "$from" ]; do
		if [ -e "$out/$kernel/built" ] && [ ! -d "$from" ]; then
			mkdir -p "$from"
			echo "building the mutants failed, see $out/$kernel/build" >"$from/trouble"
		fi
		sleep 0.2
	done
	mv "$from" "$dir/$name"
	[ ! -e "$dir/$name/trouble" ]
}

# mutants_end: the trial $name is over.
mutants_end()
{
	remove_tree "$dir/$name/modules"
	mv "$dir/$name" "$out/done/"
	say "$name: $((SECONDS - since)) s," \
		"$(find "$out/done" -mindepth 1 -maxdepth 1 | wc -l) of $(wc -l <"$out/plan")"
	name=
}

# mutants_serve: answer the guest whose output is on stdin, see guest/mutants; until it ends.
mutants_serve()
{
	local line since=$SECONDS

	while read -r line; do
		echo "$line" >>"$dir/output"
		case $line in
		"agx-vm: next")
			[ -n "$name" ] || mutants_take
			while [ -n "$name" ] && ! mutants_fetch; do
				mutants_end
				mutants_take
			done
			since=$SECONDS
			echo "${name:-end} $subtest" >&"$answers"
			;;
		"agx-vm: tried "*)
			mutants_end
			;;
		"agx-vm: spoilt "*)
			mutants_end
			echo heard >&"$answers"
			;;
		"["*"] ${subtest%@*} ("*)
			# igt_runner says so just before.
			touch "$dir/$name/begun"
			;;
		esac
	done
	[ -n "$name" ] || return 0

	# The guest died, or never lived.
	mkdir -p "$dir/$name"
	sed -n "/agx-vm: the trial of $name starts/,\$p" "$dir/console.log" >"$dir/$name/died"
	mutants_end
}

# mutants_boot: a guest for the trial $name, and for others after it.
mutants_boot()
{
	local dir answers

	dir=$(mktemp -d "$shape/boot-XXXX")
	cp "$shape/programs" "$dir/"
	echo $((30 * kernel_slow)) >"$dir/patience"
	echo $((120 * kernel_slow)) >"$dir/test-timeout"
	echo $((150 * kernel_slow)) >"$dir/try-timeout"
	mkfifo "$dir/answers"
	# Both ways, so that nobody waits for the other to open it.
	exec {answers}<>"$dir/answers"
	results=$dir vm_boot 7200 /src/tools/agx-vm.d/guest/mutants \
		<"$dir/answers" 2>"$dir/errors" {answers}>&- | mutants_serve || true
	exec {answers}>&-
}

# mutants_work: one guest after the other, as long as there is something to try.
mutants_work()
{
	local shape name subtest memory_wanted swap_wanted default=$memory
	local stage boot kernel_dir kernel_version

	for kernel in "${mutants_kernels[@]}"; do
		kernel_use "$kernel"
		# shellcheck source=/dev/null
		. "$out/$kernel/place"
		for shape in "$out/$kernel"/shape-*; do
			read -r memory_wanted swap_wanted <"$shape/shape"
			memory=${memory_wanted/#0/$default}
			swap=$swap_wanted
			while mutants_take && [ -n "$name" ]; do
				mutants_boot
			done
		done
	done
}

# mutants_guests: how many run at a time.
mutants_guests()
{
	local cpus fit

	cpus=$(nproc)
	fit=$(awk '$1 == "MemAvailable:" { print int($2 / 3000000) }' /proc/meminfo)
	[ "$fit" -gt 0 ] || fit=1
	echo $((cpus < fit ? cpus : fit))
}

# mutants_run NAME...: try these mutants, print the table, and leave verdicts.
mutants_run()
{
	local out=$results/mutants name subtest number groups=() mutants_kernels=()

	mkdir -p "$out/done"
	mutants_plan "$@"
	for kernel in $(kernel_names | sort -r); do	# stock first
		while read -r name subtest; do
			mutants_kernel "$subtest"
		done <"$out/plan" | grep -xF "$kernel" >/dev/null || continue
		kernel_use "$kernel"
		check_guest_build || continue
		mutants_prepare
		mutants_kernels+=("$kernel")
	done

	# In groups of their own, so that we can end all that they have started.
	set -m
	mutants_build &
	groups+=($!)
	for ((number = $(mutants_guests); number > 0; number--)); do
		mutants_work &
		groups+=($!)
	done
	set +m
	# shellcheck disable=SC2064	# these groups
	trap "mutants_stop ${groups[*]}" EXIT
	wait "${groups[@]}" || true
	trap - EXIT

	for kernel in "${mutants_kernels[@]}"; do
		remove_tree "$out/$kernel/tree"
	done
	gate mutants "$verdicts" "$out/plan" "$out/done"
}

mutants_stop()
{
	local group

	for group; do
		kill -TERM -- "-$group" 2>/dev/null || true
	done
}

# mutants_names: all there are.
mutants_names()
{
	local patch

	for patch in "$checkout"/tests/mutants/*.patch; do
		basename "$patch" .patch
	done
}

tier_mutants()
{
	local name names=()

	host_require patch
	for name in $(mutants_names); do
		! wanted "mutants@$name" || names+=("$name")
	done
	[ ${#names[@]} -eq 0 ] || mutants_run "${names[@]}" >&"$progress_fd" || true
}

command_mutants()
{
	local name on names=() status=0
	local -A guest_built=()

	[ ${#arguments[@]} -gt 0 ] || mapfile -t arguments < <(mutants_names)
	for name in "${arguments[@]}"; do
		[ -e "$checkout/tests/mutants/$name.patch" ] ||
			wrong_usage "there is no mutant $name"
		on=$(mutants_kernel "$(mutants_subtest "$name")")
		[ "${kernel_option:-$on}" != "$on" ] || names+=("$name")
	done
	[ ${#names[@]} -gt 0 ] || wrong_usage "none of these is for the kernel $kernel_option"

	host_require_vm
	host_require patch
	root_require
	build_init
	vm_results
	verdicts=$results/verdicts
	: >"$verdicts"
	mutants_run "${names[@]}" || status=1
	say "all output is in $results"
	exit "$status"
}
