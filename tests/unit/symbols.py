#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check what libagx exports and what it calls.

The exported symbols have to be those of a list in the form of dpkg-gensymbols, all of them with their
versions and no other, and each needs a declaration in the header. And the library must not be able to print or to end the process.
"""

import re
import subprocess
import sys

SKIP = 77

# A library leaves these to its caller.
FORBIDDEN = re.compile(r"^(__)?v?f?d?(printf|puts|putchar|fputs|perror|putc|fputc|syslog)"
                       r"(_unlocked|_chk)?$|^(abort|exit|_exit|__assert_fail|stderr|stdout)$")


def nm(library, *options):
    try:
        out = subprocess.run(["nm", "-D", *options, library], check=True, stdout=subprocess.PIPE,
                             text=True).stdout
    except FileNotFoundError:
        print("skipped: no nm")
        sys.exit(SKIP)
    return [line.split()[-1] for line in out.splitlines()]


def main(library, listing, header):
    with open(listing, encoding="utf-8") as f:
        expected = {line.split()[0] for line in f if line.startswith(" ")}
    with open(header, encoding="utf-8") as f:
        declared = set(re.findall(r"\b(drm_agx_\w+)\(",
                                  re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)))

    # The default version of each; a version's own name has none.
    exported = {re.sub("@+", "@", s if "@" in s else f"{s}@{s}") for s in nm(library, "--defined-only")}
    names = {s.split("@")[0] for s in exported if not s.startswith("LIBAGX_")}
    called = {s.split("@")[0] for s in nm(library, "--undefined-only")}

    problems = [f"exported but not listed: {s}" for s in sorted(exported - expected)]
    problems += [f"listed but not exported: {s}" for s in sorted(expected - exported)]
    problems += [f"exported but not declared: {s}" for s in sorted(names - declared)]
    problems += [f"declared but not exported: {s}" for s in sorted(declared - names)]
    problems += [f"a library does not call {s}()" for s in sorted(called) if FORBIDDEN.match(s)]
    print("\n".join(problems) if problems else f"{len(names)} symbols")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
