# SPDX-License-Identifier: MIT
"""What to show of a long output."""

import re

# The first line of what a kernel reports.
HEADLINE = re.compile(r"BUG[: ]|WARNING: |INFO: (task|rcu)|UBSAN: |ODEBUG: |Oops|Kernel panic"
                      r"|general protection|kmemleak: \d")


def excerpt(lines, room):
    """At most @room of @lines: how it began, how it ended, and the headlines of what is between.

    The first report is the one that tells; what follows is often its consequence, but not always.
    """
    if len(lines) <= room:
        return lines
    quarter = room // 4
    end = len(lines) - quarter
    headlines = [n for n in range(room // 2, end) if HEADLINE.search(lines[n])][:quarter]
    begin = room - quarter - len(headlines) - 2     # two lines say that something is missing
    shown = [n for n in headlines if n >= begin]
    text = lines[:begin] + [f"... ({end - begin - len(shown)} lines are not shown here)"]
    if shown:
        text += [lines[n] for n in shown] + ["..."]
    return text + lines[end:]
