# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The kernels that the VM can boot. Each is a profile, a file in kernels/ that is read by
# kernel_use() and may set:
#
#	kernel_make DIR		fill DIR, which is empty, like a root: boot/vmlinuz-VERSION and
#				lib/modules/VERSION, there also build/, what external modules are
#				built with. Not set: the kernel of the root itself is meant
#	kernel_files		files of kernels/ that it is made from
#	kernel_packages		prints what else it is made from; both go with kernel_make
#	kernel_append		more words for its command line
#	kernel_cpu		more features for QEMU's -cpu, such as -la57
#	kernel_memory		MiB that it needs more than the stock kernel
#	kernel_slow		how many times slower things may be before they count as hung
#	kernel_tests		what `test` runs on it without --full: all; quick, the list; or debug, that and
#				the list tests/gate/debug-tests
#	kernel_checks		what must be in order after its tests, see tests/gate/gate.py; if there
#				is any, the kernel log must be after run too
#
# A kernel that was made is kept in the cache under a key of all that it was made from, and the
# key is a part of its version: no two kernels have the same one.

# kernel_use NAME: read the profile NAME.
kernel_use()
{
	local profile=$parts/kernels/$1

	kernel=$1
	kernel_files=()
	kernel_append=()
	kernel_cpu=
	kernel_memory=0
	kernel_slow=1
	kernel_tests=all
	kernel_checks=()
	unset -f kernel_make kernel_packages
	# shellcheck source=/dev/null
	. "$profile"
}

# kernel_names: all profiles.
kernel_names()
{
	grep -l '^# Kernel profile:' "$parts"/kernels/* | sed 's|.*/||'
}

# kernel_key: names what the kernel in use depends on.
kernel_key()
{
	{
		declare -f kernel_make
		(cd "$parts/kernels" && cat "${kernel_files[@]}")
		kernel_packages
	} | hash_of | cut -c 1-8
}

# kernel_require: make the kernel in use if it is not there; set $kernel_dir, where it is, empty for
# the root's own, and $kernel_version.
kernel_require()
{
	local images

	kernel_dir=
	if declare -F kernel_make >/dev/null; then
		kernel_dir=$cache/kernel/$kernel-$(kernel_key)
		[ -d "$kernel_dir" ] || with_lock kernel kernel_make_locked || return
		touch "$kernel_dir.used"
	fi
	images=("${kernel_dir:-$root}"/boot/vmlinuz-*)
	kernel_version=${images[0]##*/vmlinuz-}
}

kernel_make_locked()
{
	local new=$kernel_dir.new start=$SECONDS free

	[ ! -d "$kernel_dir" ] || return 0	# made while we waited for the lock
	remove_tree "$new"
	mkdir -p "$new"

	free=$(df --output=avail -k "$cache" | tail -n 1)
	[ "$free" -ge 4000000 ] ||
		die "$cache has $((free / 1000)) MB free; making a kernel needs 4000 MB"

	say "making the $kernel kernel (once; it takes minutes)"
	run_logged "$cache/kernel/$kernel.log" "making the $kernel kernel" kernel_make "$new" || {
		remove_tree "$new"
		return 1
	}
	mv "$new" "$kernel_dir"
	say "made the $kernel kernel in $((SECONDS - start)) s"
	forget_unused "$cache/kernel"
}

# in_root_at DIR COMMAND...: run COMMAND inside the root with DIR, writable, as its /build.
in_root_at()
{
	local build=$1 kernel_dir=
	shift

	in_root "$@"
}

# root_package_versions PATTERN...: the packages of such names in the root, with their versions.
root_package_versions()
{
	dpkg-query --admindir="$root/var/lib/dpkg" -W "$@" | LC_ALL=C sort
}
