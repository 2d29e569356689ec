# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Debian packages that are unpacked somewhere, not installed: of another suite than the root's, or for
# another machine. Runs on the host, with apt's lists in a folder of their own.

# archive_open ARCHIVE SUITE ARCHITECTURE...: fetch the lists of a suite into the folder ARCHIVE. Fails
# if the mirror does not have the suite.
archive_open()
{
	local archive=$1 suite=$2 mirror
	shift 2

	mirror=$(host_mirror)
	[ -n "$mirror" ] || return 1
	mkdir -p "$archive/lists/partial" "$archive/debs"
	: >"$archive/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
		>"$archive/sources.list"
	cat >"$archive/apt.conf" <<-END
		#clear APT::Architectures;
		APT::Architecture "$1";
		APT::Architectures { $(printf '"%s"; ' "$@") };
		Dir::State::status "$archive/status";
		Dir::State::lists "$archive/lists";
		Dir::Cache "$archive";
		Dir::Etc::sourcelist "$archive/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		// The suite's Release file may be past its date on a frozen mirror.
		Acquire::Check-Valid-Until "false";
	END
	apt-get -q -c "$archive/apt.conf" update
}

# archive_newest ARCHIVE REGULAR-EXPRESSION: of the packages of such names, the one with the highest
# version in its name.
archive_newest()
{
	apt-cache -c "$1/apt.conf" search --names-only "$2" | sed 's/ .*//' | LC_ALL=C sort -V |
		tail -n 1
}

# archive_unpack ARCHIVE DIR PACKAGE[:ARCHITECTURE]...: unpack packages into DIR, what is in their usr/
# one level higher: newer ones have lib/ there.
archive_unpack()
{
	local archive=$1 dir=$2 deb
	shift 2

	(cd "$archive/debs" && apt-get -q -c "$archive/apt.conf" download "$@") || return
	for deb in "$archive"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -xf - -C "$dir" --no-same-owner --exclude='./usr/share' \
				--transform='s|^\./usr/|./|S' || return
		rm "$deb"
	done
}

# headers_settle DIR NAME: let a Debian kernel's headers, linux-headers-NAME, be used from where they are
# unpacked, and with whatever release of the compiler there is.
headers_settle()
{
	local dir=$1 name=$2 headers=$1/src/linux-headers-$2

	# shellcheck disable=SC2016  # make's own variable
	sed -i -e 's|^KBUILD_OUTPUT=.*|KBUILD_OUTPUT=$(CURDIR)|' -e 's|^include /usr/src/|include ../|' \
		"$headers/Makefile"
	sed -i 's/gcc-[0-9]*$/gcc/' "$headers/.kernelvariables"
	ln -sfn "../../../src/linux-headers-$name" "$dir/lib/modules/$name/build"
}
