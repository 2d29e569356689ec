# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The unit tier: tests that need no GPU. They run on the plain host, there once more with the
# sanitizers of memory, what has threads with that of threads, what calls the library under valgrind,
# and all in the root, where the kernel's headers and the compiler are newer. There the library is also
# built for arm64, which is what the real GPU is found in, and its tests run by qemu-user; and the fuzz
# targets are built by clang for libFuzzer, and each runs for a moment.

# What does nothing but call the library.
readonly UNIT_LIBRARY="bo bo-cache compute copy-struct device encode errors examples ioctl split submit sync threads va vm"

# Inputs for each fuzz target: that it runs, not what it could find, is the test.
readonly UNIT_FUZZ=5000

tier_unit()
{
	local options=(-Digt-tests=disabled -Dunit-tests=enabled) arm64

	host_require_unit
	unit_build host all "${options[@]}" -Dman-pages=enabled
	unit_valgrind "${options[@]}" -Dman-pages=enabled
	unit_build host-sanitized all "${options[@]}" -Db_sanitize=address,undefined -Db_lundef=false \
		-Db_coverage=true -Dman-pages=disabled
	if unit_place_wanted host-sanitized && wanted coverage@libagx; then
		check coverage@libagx unit_coverage "$build/host-sanitized" || true
		say "coverage of libagx/: $(awk '/^TOTAL/ { print $4 " of " $2 " lines" }' \
			"$results/log/coverage@libagx")"
	fi
	unit_build host-threads threads "${options[@]}" -Db_sanitize=thread -Db_lundef=false \
		-Dman-pages=disabled -Dtools=disabled -Dbench=disabled

	# The guest's build has them too.
	if unit_place_wanted root && check_guest_build &&
		check build@root with_lock "build-${build##*/}" in_root sh -c \
			"/src/tools/agx-vm.d/copy-sources /build/copy &&
			 ninja -C /build/user all meson-test-prereq"; then
		unit_run root all "$build/user" /build/user in_root
	fi

	read -ra arm64 < <(unit_targets "$UNIT_LIBRARY")
	if unit_place_wanted root-arm64 && check_guest_build &&
		check build@root-arm64 with_lock "build-${build##*/}" in_root \
			/src/tools/agx-vm.d/build-arm64 "${arm64[@]}"; then
		unit_run root-arm64 "$UNIT_LIBRARY" "$build/arm64" /build/arm64 in_root
	fi

	! unit_place_wanted root-fuzz || unit_fuzz
}

# unit_fuzz: build the fuzz targets in the root, and run those that are wanted.
unit_fuzz()
{
	local name fuzz=(/build/copy/tests/fuzz/run --build /build/fuzz)

	check build@root-fuzz with_lock "build-${build##*/}" in_root sh -c \
		"/src/tools/agx-vm.d/copy-sources /build/copy && ${fuzz[*]} --executions 0" || return 0
	while read -r name; do
		! wanted "unit@root-fuzz:$name" || check "unit@root-fuzz:$name" in_root "${fuzz[@]}" \
			--executions "$UNIT_FUZZ" --seed 1 "$name" || true
	done < <("$checkout/tests/fuzz/run" --list)
}

# unit_targets TESTS: what ninja has to build for them.
unit_targets()
{
	local name targets=()

	if [ "$1" = all ]; then
		echo all meson-test-prereq
		return
	fi
	for name in $1; do
		targets+=("tests/unit/test_${name//-/_}")
	done
	echo "${targets[*]}"
}

# unit_place_wanted PLACE: whether any test there may be wanted.
unit_place_wanted()
{
	local name

	[ ${#arguments[@]} -gt 0 ] || return 0
	for name in "${arguments[@]}"; do
		case $name in
		unit | "unit@$1" | "unit@$1":*) return 0 ;;
		esac
	done
	return 1
}

# unit_build PLACE TESTS OPTION...: build and run on the host, all tests or some.
unit_build()
{
	local place=$1 tests=$2 dir=$build/$1
	shift 2

	unit_place_wanted "$place" || return 0
	check "build@$place" unit_compile "$dir" "$tests" "$@" || return 0
	unit_run "$place" "$tests" "$dir" "$dir" env ASAN_OPTIONS=detect_stack_use_after_return=1 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
}

# unit_valgrind OPTION...: the library's tests once more, of the build for the host with these options.
unit_valgrind()
{
	local setup=valgrind dir=$build/host

	unit_place_wanted host-valgrind || return 0
	check build@host-valgrind unit_compile "$dir" "$UNIT_LIBRARY" "$@" || return 0
	unit_run host-valgrind "$UNIT_LIBRARY" "$dir" "$dir" env
}

unit_compile()
{
	local dir=$1 targets
	read -ra targets < <(unit_targets "$2")
	shift 2

	# Neither a set-up with other options counts, nor one that was interrupted.
	if [ "$(cat "$dir/set-up-with" 2>/dev/null)" != "$*" ]; then
		rm -rf "$dir"
		meson setup --werror "$@" "$dir" "$checkout" || return 1
		echo "$*" >"$dir/set-up-with"
	fi
	ninja -C "$dir" "${targets[@]}"
}

# Lines of the library that the tests have to reach, in percent.
UNIT_COVERAGE=90

# unit_coverage DIR: whether the tests that have just run in the build folder DIR reached enough.
unit_coverage()
{
	(cd "$1" && gcovr --root "$checkout" --filter "$checkout/libagx/" \
		--fail-under-line "$UNIT_COVERAGE" .)
}

# unit_run PLACE TESTS DIR SEEN-AS COMMAND...: run the tests of the build folder DIR, all or some, which
# is SEEN-AS where COMMAND runs programs, and judge meson's log. In meson's test set-up $setup, if any.
unit_run()
{
	local place=$1 some=$2 dir=$3 seen_as=$4 name log=$results/log/unit-$1 tests=()
	local meson_log=$3/meson-logs/testlog${setup:+-$setup}.json
	shift 4

	"$@" meson introspect --tests "$seen_as" >"$log.json" </dev/null
	: >"$log.asked"
	while read -r name; do
		[ "$some" = all ] || [[ " $some " = *" $name "* ]] || continue
		wanted "unit@$place:$name" || continue
		tests+=("$name")
		echo "unit@$place:$name" >>"$log.asked"
	done < <(gate meson-tests "$log.json")
	if [ ${#arguments[@]} -gt 0 ] && [ ${#tests[@]} -eq 0 ]; then
		return 0
	fi

	say "unit tests, $place: ${#tests[@]}"
	rm -f "$meson_log"
	"$@" meson test -C "$seen_as" --no-rebuild --num-processes "$(nproc)" \
		${setup:+"--setup=$setup"} --timeout-multiplier 4 "${tests[@]}" \
		>"$log" 2>&1 </dev/null || true
	gate meson "$verdicts" "unit@$place:" "$log.asked" "$meson_log" || true
}
