#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The README shows a program that is compiled: it has to be that one, to the letter.

    check_readme.py README.md PROGRAM.c
"""

import sys


def main(readme, program):
    with open(program, encoding="utf-8") as f:
        code = f.read().split("\n", 1)[1]
    with open(readme, encoding="utf-8") as f:
        shown = f"```c\n{code}```\n" in f.read()
    if not shown:
        print(f"{readme} does not show {program} as it is")
    return not shown


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
