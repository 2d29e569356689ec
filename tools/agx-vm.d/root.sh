# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The Debian root that the VM runs and in which everything for it is built.

readonly ROOT_SUITE=forky

root_packages()
{
	sed -e '/^#/d' -e '/^$/d' "$parts/root-packages"
}

# root_dir: where the root is or will be; the name says all that it depends on.
root_dir()
{
	local key

	key=$({
		echo "$ROOT_SUITE"
		root_packages
		declare -f root_bootstrap
		cat "$parts/root-customize" "$parts/root-foreign"
	} | hash_of)
	printf '%s/root/%s' "$cache" "$key"
}

# root_require: make the root if it is not there, and set $root.
root_require()
{
	root=$(root_dir)
	[ -d "$root" ] || with_lock root root_make
	touch "$root.used"
}

root_make()
{
	local mirror packages new=$root.new free

	[ ! -d "$root" ] || return 0	# made while we waited for the lock
	remove_tree "$new"
	mkdir -p "$cache/root"

	free=$(df --output=avail -k "$cache/root" | tail -n 1)
	[ "$free" -ge 3500000 ] ||
		die "$cache has $((free / 1000)) MB free; the Debian root needs 3500 MB"

	mirror=$(host_mirror)
	if [ -z "$mirror" ]; then
		host_update
		mirror=$(host_mirror)
	fi
	[ -n "$mirror" ] || die "no Debian mirror in this host's apt configuration"
	packages=$(root_packages | paste -s -d ,)

	say "making the Debian $ROOT_SUITE root from $mirror (once; about 5 minutes, 2 GB)"
	root_bootstrap "$mirror" "$packages" "$new" >&"$progress_fd" 2>&1 </dev/null || {
		remove_tree "$new"
		die "making the Debian root failed"
	}
	mv "$new" "$root"
	forget_unused "$cache/root"
}

root_bootstrap()
{
	local mirror=$1 packages=$2 dir=$3 proxy options=() protocol

	# The suite's Release file may be past its date on a frozen mirror.
	options+=(--aptopt='Acquire::Check-Valid-Until "false"')
	for protocol in http https; do
		proxy=$(apt-config shell proxy "Acquire::$protocol::Proxy" | sed "s/^proxy='\(.*\)'$/\1/")
		[ -z "$proxy" ] || options+=(--aptopt="Acquire::$protocol::Proxy \"$proxy\"")
	done

	# INITRD=No: the packaged initramfs is not used, and slow to make.
	in_namespace env INITRD=No LC_ALL=C.UTF-8 mmdebstrap --mode=root --format=directory \
		--variant=minbase "${options[@]}" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--include="$packages" \
		--customize-hook="$parts/root-customize" \
		--customize-hook="$parts/root-foreign" \
		"$ROOT_SUITE" "$dir" "$mirror"
}
