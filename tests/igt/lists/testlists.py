#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make the lists of tests that igt_runner takes (--test-list) from what the programs list themselves.

  full            every subtest
  quick           those that tests/igt/lists/quick has
  real-hardware   those that tests/igt/lists/real-hardware has for a machine with an AGX GPU, with what
                  each needs there

A list that names what there is not is an error, and so is a test that real-hardware says nothing of.
"""

import argparse
import fnmatch
import pathlib
import subprocess
import sys


def read_list(path):
    """Lines of a list file without comments."""
    lines = (line.strip() for line in pathlib.Path(path).read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def match(pattern, names):
    """Those of @names, PROGRAM@SUBTEST or PROGRAM, that @pattern means: a program, or a pattern of
    PROGRAM@SUBTEST."""
    found = [name for name in names
             if fnmatch.fnmatchcase(name if "@" in pattern else name.split("@")[0], pattern)]
    if not found:
        raise ValueError(f"a list has {pattern}, which matches no test")
    return found


def choose(patterns, names):
    """Those of @names that @patterns mean, in their order; what is behind a ! is left out again."""
    chosen = set()
    for pattern in patterns:
        if pattern.startswith("!"):
            chosen -= set(match(pattern[1:], names))
        else:
            chosen |= set(match(pattern, names))
    return [name for name in names if name in chosen]


def said(lines, names):
    """What lines "run PATTERN [NEEDS]" and "out PATTERN REASON" say: {name: (verb, text)}. The last line
    that means a test counts."""
    found = {}
    for line in lines:
        verb, pattern, text = (line.split(maxsplit=2) + [""])[:3]
        if verb not in ("run", "out") or (verb == "out" and not text):
            raise ValueError(f"a list has a line that makes no sense: {line}")
        found |= {name: (verb, text) for name in match(pattern, names)}
    for name in names:
        if name not in found:
            raise ValueError(f"the list for real hardware does not say whether {name} runs")
    return found


def needs(lines, names):
    """The same of those that run: {name: needs}."""
    return {name: text for name, (verb, text) in said(lines, names).items() if verb == "run"}


def listed(program):
    """The subtests of a program, as PROGRAM@SUBTEST."""
    run = subprocess.run([program, "--list-subtests"], check=True, capture_output=True, text=True)
    return [f"{program.name}@{subtest}" for subtest in run.stdout.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("into", type=pathlib.Path, help="folder of the lists that are made")
    parser.add_argument("programs", type=pathlib.Path, nargs="+")
    args = parser.parse_args()
    here = pathlib.Path(__file__).resolve().parent

    names = [name for program in args.programs for name in listed(program)]
    try:
        quick = choose(read_list(here / "quick"), names)
        hardware = needs(read_list(here / "real-hardware"), names)
    except ValueError as error:
        print(f"testlists: {error}", file=sys.stderr)
        return 1
    for title, chosen in (("full", dict.fromkeys(names, "")), ("quick", dict.fromkeys(quick, "")),
                          ("real-hardware", hardware)):
        lines = []
        for name in chosen:
            if chosen[name]:
                lines.append(f"# needs {chosen[name]}:")
            lines.append(f"igt@{name}")
        (args.into / f"{title}.testlist").write_text("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
