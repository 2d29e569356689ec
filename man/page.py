#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make a manual page of reStructuredText: rst2man's, without what checkers of pages complain of.

    page.py RST2MAN DATE INPUT.rst OUTPUT
"""

import re
import subprocess
import sys
import textwrap

# A line of text, in a paragraph, is filled anyway.
WIDTH = 80


def dated(line, date):
    """The title with its date, which is its third field."""
    return re.sub(r'^(\.TH \S+ \S+) ""', rf'\1 "{date}"', line)


def wrapped(line):
    """A line of a paragraph as several, none of which begins like a request."""
    lines = []
    for part in textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False):
        if lines and part[0] in ".'":
            first, _, part = part.partition(" ")
            lines[-1] += " " + first
        if part:
            lines.append(part)
    return lines


def mended(text, date):
    """What rst2man writes, in the language that is common to groff and mandoc."""
    # The font of an example is the formatter's to choose.
    text = re.sub(r"^\.nf\n\.ft C\n(.*?)^\.ft P\n\.fi\n", r".EX\n\1.EE\n", text,
                  flags=re.MULTILINE | re.DOTALL)
    # A heading ends in a paragraph's distance itself.
    text = re.sub(r"^(\.S[HS] .*\n)((?:\.\\\".*\n|\.\n)*)\.sp\n", r"\1\2", text, flags=re.MULTILINE)

    out, literal = [], False
    for line in text.splitlines():
        if re.match(r"\.(EX|nf|de1?)\b", line):
            literal = True
        elif re.match(r"\.(EE|fi|\.)(\s|$)", line):
            literal = False
        if literal or line.startswith((".", "'")) or len(line) <= WIDTH:
            out.append(dated(line, date))
        else:
            out += wrapped(line)
    return "\n".join(out) + "\n"


def main(rst2man, date, source, target):
    text = subprocess.run([rst2man, "--halt=warning", "--strict", source], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    with open(target, "w", encoding="utf-8") as f:
        f.write(mended(text, date))


if __name__ == "__main__":
    main(*sys.argv[1:])
