# SPDX-License-Identifier: MIT
"""Whether mutants were caught, and by which words.

A mutant is caught if the subtest that its patch names has begun and failed: by an assertion, by
what the kernel said meanwhile, or by the death of the guest while it ran. Whatever kept it from
being tried, and a subtest that is not there, or that skips, or that the driver as it is does not
pass either, says nothing about it: then it is neither caught nor survived, and the run has failed
all the same.
"""

import pathlib
import re

from excerpt import HEADLINE

UNMUTATED = "unmutated:"
QUOTE_LENGTH = 300

CRITICAL = re.compile(r"(?:\[[\d.]+\] )?\((\S+:\d+)\)(?: \[thread:\d+\])? CRITICAL: (.*)")
ASSERTION = re.compile(r"Test assertion failure function (\w+)\S*, file (?:.*/)?([^/]+:\d+):")
CONSOLE_TIME = re.compile(r"^(<\d+>)? ?\[ *[\d.]+\] ?")
# Frames of IGT and of what runs a subtest, around those that tell where it was.
FRAMES = re.compile(r"^ *#\d+ \[?(?:\S+/)?(?:\S+:\d+ )?(\w+)", re.MULTILINE)
OUTER_FRAMES = ("run_subtest", "main")


class Attempt:
    """What came back of a trial; tools/agx-vm.d/mutants.sh describes the files of its folder."""

    def __init__(self, folder, igt_results):
        folder = pathlib.Path(folder)

        def text(name):
            path = folder / name
            return path.read_text(errors="replace") if path.exists() else ""

        self.trouble = text("trouble").strip()
        self.begun = (folder / "begun").exists()
        self.died = text("died") if (folder / "died").exists() else None
        self.igt = igt_results([folder / "igt"])
        self.kunit = {path.name: path.read_text(errors="replace")
                      for path in (folder / "kunit").glob("*")}


def shorten(text):
    text = " ".join(text.split())
    return text if len(text) <= QUOTE_LENGTH else text[:QUOTE_LENGTH - 3] + "..."


def assertion(text):
    """The first assertion of IGT that failed in @text, in one line; "" if none did."""
    where, who, said = "", "", []
    for line in text.splitlines():
        match = CRITICAL.fullmatch(line)
        if not match:
            # A message of several lines has no more than one beginning.
            if where and said and not re.match(r"\[|\(|Subtest |Dynamic |Stack |\*\*\*\*|$", line):
                said.append(line)
                continue
            if where:
                break
            continue
        if not where:
            start = ASSERTION.match(match[2])
            if start:
                where, who = f"{start[2]}: {start[1]}()", match[1]
        elif match[1] == who:
            if ASSERTION.match(match[2]):
                break
            if not match[2].startswith("Last errno: "):
                said.append(match[2].removeprefix("Failed assertion: "))
    return shorten(f"{where}: {'; '.join(said)}") if where else ""


def kernel_said(lines):
    """What tells most in @lines of a kernel log, without its time."""
    lines = [CONSOLE_TIME.sub("", line).strip() for line in lines]
    lines = [line for line in lines if line]
    for line in lines:
        if HEADLINE.search(line):
            return shorten(line)
    return shorten(lines[0]) if lines else ""


def where_it_hung(text):
    """The functions of a test that a signal has found at work, innermost first."""
    names = []
    for name in FRAMES.findall(text.partition("Stack trace:")[2]):
        if name in OUTER_FRAMES:
            break
        if name != "unknown":
            names.append(name)
    return ", ".join(names)


def who_waits(lines):
    """Where a task waits that nothing can wake, the last of which @lines of a console speak."""
    waits = []
    for line in lines:
        line = CONSOLE_TIME.sub("", line)
        task = re.match(r"task:(\S+) +state:D", line)
        frame = re.match(r" +(\w+)(?:\.\w+)*\+0x", line)
        if task:
            waits = [task[1]]
        elif waits and frame and "schedule" not in frame[1] and len(waits) < 5:
            waits.append(frame[1])
    return f"{waits[0]} waits in {', '.join(waits[1:])}" if waits[1:] else ""


def igt_words(result, entries, log, program):
    """What @entries, that of a subtest and those of its dynamic ones, say about why they failed."""
    for entry in entries:
        words = assertion(entry.get("err", ""))
        if words:
            return words
    entry = entries[0]
    bad = log.bad_lines(entry.get("dmesg-warnings", "").splitlines(), program)
    if result == "timeout":
        where = where_it_hung(entry.get("err", ""))
        return shorten(f"it did not come to an end, in {where or '?'}")
    if result in ("dmesg-warn", "dmesg-fail") and bad:
        return f"the kernel: {kernel_said(bad)}"
    rest = [line for line in entry.get("err", "").splitlines()
            if line and not re.match(r"Starting |Subtest |Dynamic |Stack | *#", line)]
    words = [f"igt_runner says {result}"] + rest[:1] + ([kernel_said(bad)] if bad else [])
    return shorten("; ".join(words))


def judge_igt_attempt(test, attempt, log):
    entry = attempt.igt.get(test)
    if entry is None:
        if attempt.died is None:
            return "", f"no result of {test} came back"
        if not attempt.begun:
            return "", f"the guest died before {test}"
        hang = re.search(r"agx-vm: .* takes more than \d+ s", attempt.died)
        lines = attempt.died.splitlines()[1:]
        said = kernel_said(lines)
        if hang:
            said = ": ".join(filter(None, ("it hung", shorten(who_waits(lines)))))
        return "caught", f"the guest died: {said}"
    result = entry.get("result")
    if result == "skip":
        reason = re.search(r"^.*(?:SKIP|[Rr]equirement).*$", entry.get("out", ""), re.MULTILINE)
        return "", f"{test} skipped" + (f": {shorten(reason[0])}" if reason else "")
    if result in (None, "notrun"):
        return "", f"there is no {test}, igt_runner says {result}"
    program = test.split("@")[0].split("/")[-1]
    if result == "dmesg-warn" and not log.bad_lines(
            entry.get("dmesg-warnings", "<0>").splitlines(), program):
        result = "pass"
    if result == "pass":
        after = attempt.died and kernel_said(attempt.died.splitlines()[1:])
        return "survived", f"the guest died after {test} had passed: {after}" if after else ""
    dynamic = [each for name, each in sorted(attempt.igt.items())
               if name.startswith(f"{test}@") and each.get("result") not in ("pass", "skip")]
    return "caught", igt_words(result, dynamic + [entry], log, program)


def judge_kunit_attempt(test, attempt):
    suite, _, case = test.removeprefix("kunit@").partition("-")
    output = []
    for line in attempt.kunit.get(suite, "").splitlines():
        match = re.fullmatch(r" {4}(not ok|ok) \d+ (\S+)(?: # (.*))?", line)
        if not match:
            output.append(line)
            continue
        if match[2] != case:
            output = []
            continue
        if match[1] == "not ok":
            return "caught", kunit_words(output)
        if (match[3] or "").startswith("SKIP"):
            return "", f"{test} skipped: {match[3]}"
        return "survived", ""
    if attempt.died is not None:
        return "", f"the guest died, with no result of {test}: " + \
            kernel_said(attempt.died.splitlines()[1:])
    return "", f"no result of {test} came back"


def kunit_words(lines):
    """The first expectation that failed in @lines, what a case has said, in one line."""
    lines = [line.strip().removeprefix("# ") for line in lines]
    for n, line in enumerate(lines):
        match = re.match(r".*(?:EXPECTATION|ASSERTION) FAILED at (?:.*/)?([^/]+:\d+)$", line)
        if match:
            said = []
            for more in lines[n + 1:]:
                if "FAILED at" in more or re.match(r"(not )?ok \d", more):
                    break
                said.append(more)
            return shorten(f"{match[1]}: {' '.join(said)}")
    return shorten("; ".join(lines[-3:]))


def judge_attempt(test, attempt, log):
    """(outcome, words): whether @test has "caught" it or it has "survived"; else "", and the words
    say why that is not known."""
    if attempt.trouble:
        return "", attempt.trouble
    if test.startswith("kunit@"):
        return judge_kunit_attempt(test, attempt)
    return judge_igt_attempt(test, attempt, log)


def judge_mutants(plan, attempts, log):
    """Verdicts, those of the driver as it is first.

    @plan: [(name, test)], the test with its kernel before it; of the driver as it is each program
    and each suite of KUnit is one attempt. @attempts: {name: Attempt}.
    """
    def bare(test):
        return test.rpartition(":")[2]

    def unmutated_key(test):
        return test.partition("-" if "kunit@" in test else "@")[0]

    unmutated = {}
    verdicts = []
    for name, test in plan:
        if name.startswith(UNMUTATED):
            unmutated[unmutated_key(test)] = attempts[name]

    mutants = [(name, test) for name, test in plan if not name.startswith(UNMUTATED)]
    passes = {}
    for test in dict.fromkeys(test for _, test in mutants):
        outcome, words = judge_attempt(bare(test), unmutated[unmutated_key(test)], log)
        passes[test] = outcome == "survived"
        verdicts.append({"name": f"mutants@{UNMUTATED}{test}", "why": "",
                         "verdict": "pass" if passes[test] else "fail",
                         "output": "" if passes[test] else words})
    for name, test in mutants:
        outcome, words = judge_attempt(bare(test), attempts[name], log)
        if outcome and not passes[test]:
            outcome, words = "", f"the driver as it is does not pass {test} either"
        why = {"caught": f"caught by {test}", "survived": "survived"}.get(outcome, "not tried")
        verdicts.append({"name": f"mutants@{name}", "why": why,
                         "verdict": "pass" if outcome == "caught" else "fail", "output": words})
    return verdicts


def table(verdicts):
    """The lines that say what became of each mutant, and the count."""
    lines = []
    failing = 0
    for entry in verdicts:
        name = entry["name"].removeprefix("mutants@")
        if name.startswith(UNMUTATED):
            if entry["verdict"] == "pass":
                continue
            failing += 1
            name = f"unmutated: FAILS {name.removeprefix(UNMUTATED)}"
        lines.append(f"{name}: {entry['why']}" if entry["why"] else name)
        if entry["output"]:
            lines.append(f"    {entry['output']}")
    mutants = [entry for entry in verdicts if UNMUTATED not in entry["name"]]
    count = {what: sum(entry["why"].startswith(what) for entry in mutants)
             for what in ("caught", "survived", "not tried")}
    subtests = len(verdicts) - len(mutants)
    lines.append(f"unmutated: {subtests - failing} of {subtests} subtests pass")
    lines.append(", ".join(f"{number} {what}" for what, number in count.items()))
    return lines
