#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The README shows a program that is compiled: it has to be that one, to the letter, and short.

    check_readme.py README.md PROGRAM.c
"""

import sys

# What a complete job may take of a caller.
MAX_LINES = 39


def main(readme, program):
    with open(program, encoding="utf-8") as f:
        code = f.read().split("\n", 1)[1]
    with open(readme, encoding="utf-8") as f:
        shown = f"```c\n{code}```\n" in f.read()
    if not shown:
        print(f"{readme} does not show {program} as it is")
    lines = [line for line in code[code.index("int main("):].splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        print(f"{program}: main() has {len(lines)} lines, more than {MAX_LINES}")
    return not shown or len(lines) > MAX_LINES


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
