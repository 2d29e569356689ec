# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The build for the guest: userspace and modules, made inside the root, outside the checkout.
#
# A finished build is a stage folder named after the state of the sources: userspace in opt/agx, and
# for each kernel that was asked for one folder in kernels/, with its modules and what it boots
# from. What is there never changes, so a VM can run from it while the next one is made.

# What the guest's software is built from; relative to the checkout.
readonly BUILD_SOURCES=(meson.build meson.options include libagx kernel bench docs man
	tools/agx-cli tests/unit tests/fuzz tests/mesa tests/igt tests/compat32
	tools/agx-vm.d/build-user tools/agx-vm.d/build-kernel tools/agx-vm.d/copy-sources
	tools/agx-vm.d/guest/initramfs-init)

build_init()
{
	build=$cache/build/$(printf '%s\n' "$checkout" "$root" | hash_of)
	mkdir -p "$build/log" "$build/stages"
	printf '%s\n' "$checkout" "$root" >"$build/depends"
	with_lock build build_forget_gone
}

# build_forget_gone: remove what was built from checkouts, or in roots, that are no longer there.
build_forget_gone()
{
	local dir path

	for dir in "$cache"/build/*/; do
		[ -s "$dir/depends" ] || continue
		while read -r path; do
			[ -d "$path" ] || remove_tree "$dir"
		done <"$dir/depends"
	done
}

# in_root COMMAND...: see enter-root.
in_root()
{
	in_namespace "$parts/enter-root" "$root" "$checkout" "$build" "${kernel_dir:-}" "$@"
}

# build_state: names the present state of the sources.
build_state()
{
	local source present=()

	for source in "${BUILD_SOURCES[@]}"; do
		[ ! -e "$checkout/$source" ] || present+=("$source")
	done
	(cd "$checkout" && find "${present[@]}" \
		\( -name '*.o' -o -name '*.cmd' -o -name '.*.swp' \) -prune -o \
		-type f -printf '%p %s %T@\n') | LC_ALL=C sort | hash_of
}

# build_require: build for the kernel in use if the sources have changed; set $stage, which stays as
# it is until we exit, and $boot, its folder of this kernel.
build_require()
{
	build_init
	kernel_require && with_lock "build-${build##*/}" build_take
}

build_take()
{
	local start=$SECONDS state built=

	state=$(build_state)
	stage=$build/stages/$state
	boot=$stage/kernels/$kernel_version
	if [ ! -d "$stage" ]; then
		built=1
		say "building for the guest (the first time about 2 minutes)"
		remove_tree "$build/stage.new"
		run_logged "$build/log/build" "the build" \
			in_root /src/tools/agx-vm.d/build-user || return 1
		build_prune
		mv "$build/stage.new" "$stage"
	fi

	# See build_prune. The lock is ours and our children's until all have exited.
	exec {stage_fd}<"$stage"
	flock --shared "$stage_fd"

	if [ ! -d "$boot" ]; then
		built=1
		say "building the modules for kernel $kernel_version"
		remove_tree "$build/kernel.new"
		run_logged "$build/log/modules" "the build of the modules" \
			in_root /src/tools/agx-vm.d/build-kernel "${kernel_dir:+/mnt}" || return 1
		# Somebody has changed a source since: the next time builds anew.
		mv "$build/kernel.new" "$boot"
	fi
	[ -z "$built" ] || say "built in $((SECONDS - start)) s"
}

# build_prune: remove stages that no VM runs from.
build_prune()
{
	local old fd

	for old in "$build"/stages/*/; do
		[ -d "$old" ] || continue
		exec {fd}<"$old"
		if flock --nonblock "$fd"; then
			remove_tree "$old"
		fi
		exec {fd}>&-
	done
}
