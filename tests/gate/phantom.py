# SPDX-License-Identifier: MIT
"""Whether it was the emulator that a guest died of."""

import re

# The byte at the address of a breakpoint is the one before the address that the kernel has marked.
CODE = re.compile(r"Code: (?:[0-9a-f]{2} )*([0-9a-f]{2}) <[0-9a-f]{2}>")


def is_phantom_breakpoint(console):
    """Whether the first thing that a kernel reports in @console is a breakpoint that is not there.

    QEMU's emulation of several CPUs may execute the one that a kernel sets while it patches its code
    after it has been replaced. A kernel that jumps to where it should not, such as into padding,
    finds real ones.
    """
    report = re.search(r"(BUG[: ]|Oops|Kernel panic|general protection|WARNING: |KASAN)", console)
    if not report or not console[report.start():].startswith("Oops: int3: "):
        return False
    code = CODE.search(console, report.start())
    return bool(code) and code[1] != "cc"
