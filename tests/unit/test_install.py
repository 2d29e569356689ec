#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the README's program as somebody else would, and run it on a device that needs no driver.

From what is installed, through libagx.pc: with a compiler, and in a Meson project. And in the same
project with libagx as a subproject.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

SAID = "Apple M1 (G13G B1): out[4095] = 4095\n"


def run(*args, **kwargs):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True, timeout=300,
                          **kwargs).stdout


def install(meson, build, root):
    """Install into @root; the environment that finds it there."""
    # All that is installed has to be built; newer `meson test` builds less than that.
    run(meson, "install", "-C", build, "--destdir", root)
    [pc] = glob.glob(f"{root}/**/libagx.pc", recursive=True)
    with open(pc, encoding="utf-8") as f:
        text = f.read()
    with open(pc, "w", encoding="utf-8") as f:
        f.write(re.sub(r"(?m)^prefix=", f"prefix={root}", text))
    libdir = os.path.dirname(os.path.dirname(pc))
    return dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(pc), LD_LIBRARY_PATH=libdir)


def says_right(program, root, fake, env):
    """Whether the program says what it should, on the fake device."""
    node = os.path.join(root, "node")
    with open(node, "w", encoding="utf-8"):
        pass
    said = run(program, env=dict(env, LD_PRELOAD=fake, FAKE_NODE=node))
    print(f"{program}: {said}", end="")
    return said == SAID


def compiled(root, source, fake, env, cc):
    """With a compiler and pkg-config."""
    flags = run("pkg-config", "--cflags", "--libs", "libagx", env=env).split()
    if "-ldrm" in flags:
        print("libagx.pc makes its users link to libdrm")
        return False
    program = os.path.join(root, "program")
    run(*cc, "-Wall", "-Wextra", "-Werror", "-o", program, source, *flags)
    return says_right(program, root, fake, env)


def in_project(meson, root, consumer, source, fake, env, *options):
    """In a Meson project of somebody else's."""
    name = "subproject" if options else "dependency"
    tree = os.path.join(root, name)
    shutil.copytree(consumer, tree)
    shutil.copy(source, os.path.join(tree, "consumer.c"))
    if options:
        os.mkdir(os.path.join(tree, "subprojects"))
        os.symlink(os.path.abspath(os.path.join(consumer, "../../..")),
                   os.path.join(tree, "subprojects/libagx"))
    build = os.path.join(tree, "build")
    run(meson, "setup", *options, build, tree, env=env)
    run("ninja", "-C", build, "consumer", env=env)
    return says_right(os.path.join(build, "consumer"), root, fake, env)


def main(meson, build, consumer, source, fake, *cc):
    with tempfile.TemporaryDirectory(prefix="agx-install-") as root:
        env = install(meson, build, root)
        good = compiled(root, source, fake, env, cc)
        good &= in_project(meson, root, consumer, source, fake, env)
        good &= in_project(meson, root, consumer, source, fake, os.environ, "--wrap-mode=forcefallback",
                           "-Dlibagx:tools=disabled", "-Dlibagx:unit-tests=disabled",
                           "-Dlibagx:igt-tests=disabled", "-Dlibagx:mesa-tests=disabled",
                           "-Dlibagx:bench=disabled", "-Dlibagx:man-pages=disabled")
    return not good


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
