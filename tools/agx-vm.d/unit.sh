# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The unit tier: tests that need no GPU. They run on the plain host, there once more with
# sanitizers, and in the root, where the kernel's headers and the compiler are newer.

tier_unit()
{
	local options=(-Digt-tests=disabled -Dunit-tests=enabled)

	host_require_unit
	unit_build host "${options[@]}"
	unit_build host-sanitized "${options[@]}" -Db_sanitize=address,undefined -Db_lundef=false

	# The guest's build has them too.
	if unit_place_wanted root && check_guest_build &&
		check build@root with_lock "build-${build##*/}" in_root sh -c \
			"/src/tools/agx-vm.d/copy-sources /build/copy &&
			 ninja -C /build/user all meson-test-prereq"; then
		unit_run root "$build/user" /build/user in_root
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

# unit_build PLACE OPTION...: build and run on the host.
unit_build()
{
	local place=$1 dir=$build/$1
	shift

	unit_place_wanted "$place" || return 0
	check "build@$place" unit_compile "$dir" "$@" || return 0
	unit_run "$place" "$dir" "$dir" env ASAN_OPTIONS=detect_stack_use_after_return=1 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
}

unit_compile()
{
	local dir=$1
	shift

	# Neither a set-up with other options counts, nor one that was interrupted.
	if [ "$(cat "$dir/set-up-with" 2>/dev/null)" != "$*" ]; then
		rm -rf "$dir"
		meson setup --werror "$@" "$dir" "$checkout" || return 1
		echo "$*" >"$dir/set-up-with"
	fi
	ninja -C "$dir" all meson-test-prereq
}

# unit_run PLACE DIR SEEN-AS COMMAND...: run the tests of the build folder DIR, which is SEEN-AS where
# COMMAND runs programs, and judge meson's log.
unit_run()
{
	local place=$1 dir=$2 seen_as=$3 name log=$results/log/unit-$1 tests=()
	shift 3

	"$@" meson introspect --tests "$seen_as" >"$log.json" </dev/null
	: >"$log.asked"
	while read -r name; do
		wanted "unit@$place:$name" || continue
		tests+=("$name")
		echo "unit@$place:$name" >>"$log.asked"
	done < <(gate meson-tests "$log.json")
	if [ ${#arguments[@]} -gt 0 ] && [ ${#tests[@]} -eq 0 ]; then
		return 0
	fi

	say "unit tests, $place: ${#tests[@]}"
	rm -f "$dir/meson-logs/testlog.json"
	"$@" meson test -C "$seen_as" --num-processes "$(nproc)" --timeout-multiplier 4 "${tests[@]}" \
		>"$log" 2>&1 </dev/null || true
	gate meson "$verdicts" "unit@$place:" "$log.asked" "$dir/meson-logs/testlog.json" || true
}
