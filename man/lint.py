#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check manual pages with groff and with mandoc, as strictly as they can; neither may complain.

    lint.py GROFF MANDOC PAGE...     either may be empty
"""

import subprocess
import sys

# Of this machine, not of the page: where nothing is installed no other page is found.
NOT_ABOUT_THE_PAGE = "STYLE: referenced manual not found:"


def complaints(*command):
    run = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    said = [line for line in run.stdout.splitlines() if NOT_ABOUT_THE_PAGE not in line]
    if run.returncode and not run.stdout:
        said.append(f"{command[0]}: status {run.returncode}")
    return said


def main(groff, mandoc, *pages):
    said = []
    for page in pages:
        if groff:
            said += complaints(groff, "-mandoc", "-Tutf8", "-ww", "-z", page)
        if mandoc:
            said += complaints(mandoc, "-Tlint", page)
    print("\n".join(said) if said else f"{len(pages)} pages")
    return bool(said)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
