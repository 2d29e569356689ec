#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the README's program as somebody else would: from what is installed, through libagx.pc.

Then run it, on a device that needs no kernel driver.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile


def run(*args, **kwargs):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True, timeout=300,
                          **kwargs).stdout


def main(meson, build, source, fake, *cc):
    with tempfile.TemporaryDirectory(prefix="agx-install-") as root:
        # All that is installed has to be built; newer `meson test` builds less than that.
        run(meson, "install", "-C", build, "--destdir", root)
        [pc] = glob.glob(f"{root}/**/libagx.pc", recursive=True)
        with open(pc, encoding="utf-8") as f:
            text = f.read()
        with open(pc, "w", encoding="utf-8") as f:
            f.write(re.sub(r"(?m)^prefix=", f"prefix={root}", text))

        env = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(pc))
        flags = run("pkg-config", "--cflags", "--libs", "libagx", env=env).split()
        if "-ldrm" in flags:
            print("libagx.pc makes its users link to libdrm")
            return 1

        program = os.path.join(root, "program")
        run(*cc, "-Wall", "-Wextra", "-Werror", "-o", program, source, *flags)

        node = os.path.join(root, "node")
        with open(node, "w", encoding="utf-8"):
            pass
        [libdir] = [f[2:] for f in flags if f.startswith("-L" + root)]
        env = dict(os.environ, LD_PRELOAD=fake, LD_LIBRARY_PATH=libdir, FAKE_NODE=node)
        said = run(program, env=env)
        print(said, end="")
        return said != "Apple M1 (G13G B1): out[4095] = 4095\n"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
