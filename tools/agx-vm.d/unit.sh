# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The unit tier: tests that need no GPU. They run on the plain host, there once more with the
# sanitizers of memory, what has threads with that of threads, and all in the root, where the kernel's
# headers and the compiler are newer.

tier_unit()
{
	local options=(-Digt-tests=disabled -Dunit-tests=enabled)

	host_require_unit
	unit_build host all "${options[@]}" -Dman-pages=enabled
	unit_build host-sanitized all "${options[@]}" -Db_sanitize=address,undefined -Db_lundef=false \
		-Db_coverage=true -Dman-pages=disabled
	if unit_place_wanted host-sanitized && wanted coverage@libagx; then
		check coverage@libagx unit_coverage "$build/host-sanitized"
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

# unit_build PLACE TEST OPTION...: build and run on the host, all tests or one.
unit_build()
{
	local place=$1 test=$2 dir=$build/$1
	shift 2

	unit_place_wanted "$place" || return 0
	check "build@$place" unit_compile "$dir" "$test" "$@" || return 0
	unit_run "$place" "$test" "$dir" "$dir" env ASAN_OPTIONS=detect_stack_use_after_return=1 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
}

unit_compile()
{
	local dir=$1 test=$2
	shift 2

	# Neither a set-up with other options counts, nor one that was interrupted.
	if [ "$(cat "$dir/set-up-with" 2>/dev/null)" != "$*" ]; then
		rm -rf "$dir"
		meson setup --werror "$@" "$dir" "$checkout" || return 1
		echo "$*" >"$dir/set-up-with"
	fi
	if [ "$test" = all ]; then
		ninja -C "$dir" all meson-test-prereq
	else
		ninja -C "$dir" "tests/unit/test_$test"
	fi
}

# Lines of the library that the tests have to reach, in percent.
UNIT_COVERAGE=90

# unit_coverage DIR: whether the tests that have just run in the build folder DIR reached enough.
unit_coverage()
{
	(cd "$1" && gcovr --root "$checkout" --filter "$checkout/libagx/" \
		--fail-under-line "$UNIT_COVERAGE" .)
}

# unit_run PLACE TEST DIR SEEN-AS COMMAND...: run the tests of the build folder DIR, all or one, which
# is SEEN-AS where COMMAND runs programs, and judge meson's log.
unit_run()
{
	local place=$1 test=$2 dir=$3 seen_as=$4 name log=$results/log/unit-$1 tests=()
	shift 4

	"$@" meson introspect --tests "$seen_as" >"$log.json" </dev/null
	: >"$log.asked"
	while read -r name; do
		[ "$test" = all ] || [ "$test" = "$name" ] || continue
		wanted "unit@$place:$name" || continue
		tests+=("$name")
		echo "unit@$place:$name" >>"$log.asked"
	done < <(gate meson-tests "$log.json")
	if [ ${#arguments[@]} -gt 0 ] && [ ${#tests[@]} -eq 0 ]; then
		return 0
	fi

	say "unit tests, $place: ${#tests[@]}"
	rm -f "$dir/meson-logs/testlog.json"
	"$@" meson test -C "$seen_as" --no-rebuild --num-processes "$(nproc)" --timeout-multiplier 4 "${tests[@]}" \
		>"$log" 2>&1 </dev/null || true
	gate meson "$verdicts" "unit@$place:" "$log.asked" "$dir/meson-logs/testlog.json" || true
}
