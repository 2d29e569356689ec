#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Format manual pages with all of groff's warnings; none may have any.

    lint.py GROFF PAGE...
"""

import subprocess
import sys


def main(groff, *pages):
    bad = False
    for page in pages:
        run = subprocess.run([groff, "-mandoc", "-Tutf8", "-ww", "-z", page], text=True,
                             check=False, stderr=subprocess.PIPE)
        if run.returncode or run.stderr:
            print(f"{page}: status {run.returncode}\n{run.stderr}", end="")
            bad = True
    return bad


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
