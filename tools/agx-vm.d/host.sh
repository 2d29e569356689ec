# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the host must have.

# as_root COMMAND...: run COMMAND as root, or return non-zero when there is no way to.
as_root()
{
	if [ "$EUID" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		return 1
	fi
}

# package_installed NAME
package_installed()
{
	[[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) = ?i* ]]
}

# host_update: refresh apt's lists, once in a run.
host_update()
{
	[ -z "${host_updated:-}" ] || return 0
	say "refreshing the host's package lists"
	mkdir -p "$cache"
	run_logged "$cache/apt.log" "apt-get update" as_root apt-get update -q ||
		say "going on with the lists that are there"
	host_updated=1
}

# host_require PACKAGE...: install those that are missing.
host_require()
{
	local name missing=()

	command -v apt-get >/dev/null || die "this host has no apt: Debian 12 or newer is needed"
	for name in "$@"; do
		package_installed "$name" || missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0

	say "installing on the host: ${missing[*]}"
	for name in "${missing[@]}"; do
		if [ -z "$(apt-cache madison "$name" 2>/dev/null)" ]; then
			host_update
			break
		fi
	done
	# Lists can be too old to fetch what they name.
	host_install "${missing[@]}" || { host_update && host_install "${missing[@]}"; } ||
		die "cannot install packages; as root, run: apt-get install ${missing[*]}"
}

host_install()
{
	mkdir -p "$cache"
	run_logged "$cache/apt.log" "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends "$@"
}

# kvm_usable: whether guests can run on the CPU itself. That /dev/kvm is there does not say so: where
# the CPU lacks the extension it is for guests that are made for it, and ours hang before they speak.
kvm_usable()
{
	[ -r /dev/kvm ] && [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo
}

# host_require_vm: all that making a root and booting it needs.
host_require_vm()
{
	host_require mmdebstrap debian-archive-keyring qemu-system-x86 python3
	[ "$EUID" -eq 0 ] || host_require uidmap

	in_namespace true 2>/dev/null && return
	if [ "$EUID" -eq 0 ]; then
		die "cannot make a mount namespace; in a container this needs CAP_SYS_ADMIN"
	fi
	grep -q "^$(id -un):" /etc/subuid /etc/subgid 2>/dev/null ||
		die "$(id -un) has no lines in /etc/subuid and /etc/subgid;" \
			"run as root, or: usermod --add-subuids 100000-165535" \
			"--add-subgids 100000-165535 $(id -un)"
	die "this host does not let $(id -un) make user namespaces; run as root"
}

# host_require_unit: what the unit tests on the plain host need.
host_require_unit()
{
	host_require gcc g++ libc6-dev meson ninja-build pkgconf libdrm-dev libcmocka-dev \
		libjson-c-dev libedit-dev python3-docutils groff-base mandoc gcovr valgrind \
		fish zsh
}

# host_mirror: the archive from which this host takes Debian itself.
host_mirror()
{
	# shellcheck disable=SC2016  # apt's own variables
	apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' |
		awk '$1 == "Packages" && $2 == "Debian" && $3 == "main" &&
			$4 !~ /-security$/ { print $5; exit }'
}
