#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what the IGT tests say about themselves in comments with what they do.

Every program has one "TEST:" comment with the fields of FIELDS, and a "SUBTEST:" with a description
for each subtest, in the order in which the program lists them. The program's own --describe knows a
text for each of them too.

A comment may have more than one SUBTEST. As in IGT's own, a %s in a name stands for each of the
values that the same comment lists under "arg[N]:", N counting the %s of a name, and %arg[N] in the
description for what is said of the value:

	SUBTEST: close-%s
	Description: A file is closed with a job %arg[1].

	arg[1]:

	@queued:	that waits
	@running:	that runs
"""

import argparse
import itertools
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


def expand(name, description, args):
    """{subtest: description} of a name with any number of %s."""
    lists = [args.get(number, {}).items() for number in range(1, name.count("%s") + 1)]
    subtests = {}
    for values in itertools.product(*lists):
        subtest, text = name, description
        for number, (value, meaning) in enumerate(values, 1):
            subtest = subtest.replace("%s", value, 1)
            text = text.replace(f"%arg[{number}]", meaning)
        subtests[subtest] = text
    return subtests


def parse(text):
    """The fields of the TEST comment, and {subtest: description}; None if there is no TEST."""
    test, subtests = None, {}
    for comment in comments(text):
        if not re.match("(TEST|SUBTEST): ", comment):
            continue
        # A field goes on in the lines that start with a tab.
        comment = re.sub(r"\n\t+", " ", comment)
        parts = re.split(r"^(TEST|SUBTEST|arg\[\d+\]):(.*)\n", comment, flags=re.MULTILINE)[1:]
        parts = list(zip(parts[::3], parts[1::3], parts[2::3]))
        args = {int(kind[4:-1]): dict(re.findall(r"^@([^:\n]+):\s+(.*)$", body, re.MULTILINE))
                for kind, _, body in parts if kind.startswith("arg")}
        for kind, name, body in parts:
            fields = dict(re.findall(r"^([A-Z][A-Za-z -]*): (.*)$", body, re.MULTILINE))
            if kind == "TEST":
                test = fields
            elif kind == "SUBTEST":
                subtests |= expand(name.strip(), fields.get("Description", ""), args)
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
