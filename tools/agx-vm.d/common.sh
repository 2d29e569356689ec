# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What every part of agx-vm needs: messages, the cache, locks, namespaces.

# Exit status when agx-vm itself fails, as opposed to what it was asked to run.
readonly EXIT_OWN_FAILURE=125

cache=${XDG_CACHE_HOME:-$HOME/.cache}/libagx

# Where progress goes. `run` moves it away from stderr, which belongs to the command.
progress_fd=2

say()
{
	printf 'agx-vm: %s\n' "$*" >&"$progress_fd"
}

die()
{
	printf 'agx-vm: %s\n' "$*" >&2
	exit "$EXIT_OWN_FAILURE"
}

# hash_of: a short name for what is on stdin.
hash_of()
{
	sha256sum | cut -c 1-16
}

# with_lock NAME COMMAND...: run COMMAND while no other agx-vm holds the lock NAME.
with_lock()
{
	local name=$1 fd status=0
	shift

	mkdir -p "$cache"
	exec {fd}>"$cache/$name.lock"
	if ! flock --nonblock "$fd"; then
		say "waiting for another agx-vm that works on the same cache ($name)"
		flock "$fd"
	fi
	"$@" || status=$?
	exec {fd}>&-
	return "$status"
}

# in_namespace COMMAND...: run COMMAND as root of a mount and process namespace of its own, so
# that whatever it mounts or starts is gone when it ends, or we do, and however that comes about.
in_namespace()
{
	local flags=(--mount --pid --fork --kill-child --propagation private)

	if [ "$EUID" -ne 0 ]; then
		flags+=(--user --map-root-user --map-auto)
	fi
	setpriv --pdeathsig KILL unshare "${flags[@]}" -- "$@"
}

# remove_tree DIR: remove what in_namespace made, whoever owns the files.
remove_tree()
{
	[ ! -e "$1" ] || in_namespace rm -rf --one-file-system -- "$1"
}

# forget_unused DIR: remove what is in DIR and has not been used for a month, by the date of its
# stamp, NAME.used.
forget_unused()
{
	local stamp

	find "$1" -maxdepth 1 -name '*.used' -mtime +30 |
		while read -r stamp; do
			remove_tree "${stamp%.used}"
			rm "$stamp"
		done
}

# run_logged LOG WHAT COMMAND...: run COMMAND quietly; show the end of its output if it fails.
run_logged()
{
	local log=$1 what=$2
	shift 2

	if ! "$@" >"$log" 2>&1 </dev/null; then
		printf 'agx-vm: %s failed; the end of %s:\n' "$what" "$log" >&2
		tail -n 40 "$log" | sed 's/^/    /' >&2
		return 1
	fi
}
