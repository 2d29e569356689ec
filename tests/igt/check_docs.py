#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what the IGT tests say about themselves in comments with what they do.

Every program has one "TEST:" comment with the fields of FIELDS, and a "SUBTEST:" comment with a
description for each subtest, in the order in which the program lists them. The program's own
--describe knows a text for each of them too.
"""

import argparse
import pathlib
import re
import subprocess
import sys

FIELDS = ["Category", "Mega feature", "Sub-category", "Functionality", "Description"]
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def comments(text):
    """The text of each /** */ comment without its stars."""
    for comment in re.findall(r"/\*\*\n(.*?)\*/", text, re.DOTALL):
        yield "\n".join(re.sub(r"^ \* ?", "", line) for line in comment.splitlines())


def parse(text):
    """The fields of the TEST comment, and {subtest: description}; None if there is no TEST."""
    test, subtests = None, {}
    for comment in comments(text):
        match = re.match(r"(TEST|SUBTEST): (.*)\n", comment)
        if not match:
            continue
        # A field goes on in the lines that start with a tab.
        body = re.sub(r"\n\t+", " ", comment[match.end():])
        fields = dict(re.findall(r"^([A-Z][A-Za-z -]*): (.*)$", body, re.MULTILINE))
        if match[1] == "TEST":
            test = fields
        else:
            subtests[match[2]] = fields.get("Description", "")
    return test, subtests


def run(program, option):
    return subprocess.run([program, option], check=True, capture_output=True, text=True).stdout


def check(source, program):
    """What is wrong with one program."""
    test, documented = parse(source.read_text())
    if test is None:
        return ["no TEST comment"]

    wrong = [f"TEST has no field {field}" for field in FIELDS if not test.get(field)]
    listed = run(program, "--list-subtests").split()
    wrong += [f"SUBTEST {name} is not documented" for name in listed if name not in documented]
    wrong += [f"SUBTEST {name} does not exist" for name in documented if name not in listed]
    wrong += [f"SUBTEST {name} has no description" for name in documented if not documented[name]]
    wrong += [f"bad name {name}" for name in listed if not NAME.fullmatch(name)]
    if not wrong and list(documented) != listed:
        wrong.append("comments and subtests have another order")
    if "NO DOCUMENTATION" in run(program, "--describe"):
        wrong.append("a subtest without igt_describe()")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", type=pathlib.Path, help="folder of the .c files")
    parser.add_argument("programs", type=pathlib.Path, nargs="+")
    args = parser.parse_args()

    failed = False
    for program in args.programs:
        source = args.sources / (program.name + ".c")
        for wrong in check(source, program):
            failed = True
            print(f"{source.name}: {wrong}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
