#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Decide what passed.

Test runners report in their own ways, and some exit with 0 whatever happened. Here every outcome becomes
one verdict, a line of JSON in a verdicts file:

  {"name": ..., "verdict": "pass" | "fail" | "skip", "why": ..., "output": ...}

A test passes only if it was asked for, came back, and says so. A skip that is not in the list
of expected skips is a failure.
"""

import argparse
import fnmatch
import json
import pathlib
import re
import sys

OUTPUT_LINES = 80
WARNING = 4     # a kernel log level; lower is worse

SESSION_START = "agx-vm: the session starts"
SELF_CHECK_START = "agx-vm: the self-check starts"
SELF_CHECK_END = "agx-vm: the self-check ends"

# What igt_runner must say of tests whose outcome is known. Programs as packaged.
SELF_CHECK = {
    "meta_test@pass-result": "pass",
    "meta_test@warn": "warn",
    "meta_test@fail-result": "fail",
    "meta_test@dmesg-pass": "pass",
    "meta_test@dmesg-warn": "dmesg-warn",
    "meta_test@user-crash": "crash",
    "meta_test@piglit-timeout": "timeout",
    # Needs a kernel option that Debian's kernel has not.
    "sw_sync@alloc-timeline": "skip",
}


def verdict(name, result, why="", output=""):
    return {"name": name, "verdict": result, "why": why, "output": output}


def read_list(path):
    """Lines of a list file without comments."""
    lines = (line.strip() for line in pathlib.Path(path).read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


class ExpectedSkips:
    """Patterns of test names that may skip, each with its reason."""

    def __init__(self, lines):
        self.reasons = []
        for line in lines:
            pattern, _, reason = line.partition(" ")
            if not reason.strip():
                raise ValueError(f"expected skip without a reason: {line}")
            self.reasons.append((pattern, reason.strip()))

    def judge(self, name, output):
        for pattern, reason in self.reasons:
            if fnmatch.fnmatchcase(name, pattern):
                return verdict(name, "skip", reason)
        return verdict(name, "fail", "skipped, which is not expected", output)


class KernelLog:
    """What may stand in the kernel log at level warning or above."""

    line = re.compile(r"<(\d+)>\s*(?:\[[^\]]*\]\s?)?(.*)", re.DOTALL)

    def __init__(self, allowed):
        self.allowed = [re.compile(pattern) for pattern in allowed]

    def bad_lines(self, lines):
        """The lines, raw as `dmesg --raw` prints them, that must not be there."""
        bad = []
        was_bad = False
        for raw in lines:
            match = self.line.fullmatch(raw.rstrip("\n"))
            if match:
                level, text = int(match[1]) & 7, match[2]
                was_bad = level <= WARNING and not any(p.search(text) for p in self.allowed)
            if was_bad:     # also a continuation, which has no level of its own
                bad.append(raw.rstrip("\n"))
        return bad

    def judge(self, name, text):
        """The verdict on one boot; @text is its whole log."""
        lines = text.splitlines()
        starts = [n for n, line in enumerate(lines) if SESSION_START in line]
        if not starts:
            return verdict(name, "fail", "the beginning of the session is missing in the log", text)
        kept = []
        checking = False
        for line in lines[starts[0]:]:
            if SELF_CHECK_START in line:
                checking = True
            if not checking:
                kept.append(line)
            if SELF_CHECK_END in line:
                checking = False
        if checking:
            return verdict(name, "fail", "the end of the self-check is missing in the log", text)
        bad = self.bad_lines(kept)
        if bad:
            return verdict(name, "fail", f"{len(bad)} lines at level warning or above",
                           "\n".join(bad))
        return verdict(name, "pass")


def igt_results(directories):
    """All results of some result folders of igt_runner: {"program@subtest": entry}."""
    results = {}
    for directory in directories:
        path = pathlib.Path(directory) / "results.json"
        try:
            # Output of tests is in there as it came.
            tests = json.loads(path.read_text(errors="replace"))["tests"]
        except (OSError, ValueError, KeyError):
            continue    # what is missing is noticed by its absence
        for name, entry in tests.items():
            results[name.removeprefix("igt@")] = entry
    return results


def igt_output(entry):
    parts = []
    for title, key in (("stdout", "out"), ("stderr", "err"), ("kernel log", "dmesg-warnings")):
        text = entry.get(key, "").strip("\n")
        if text:
            parts.append(f"{title}:\n{text}")
    return "\n".join(parts)


def judge_igt(asked, results, skips, log):
    verdicts = []
    for name in asked:
        entry = results.get(name)
        if entry is None:
            verdicts.append(verdict(name, "fail", "no result came back"))
            continue
        result = entry.get("result")
        output = igt_output(entry)
        if result == "dmesg-warn":
            if not log.bad_lines(entry.get("dmesg-warnings", "<0>").splitlines()):
                result = "pass"
        if result == "pass":
            verdicts.append(verdict(name, "pass"))
        elif result == "skip":
            verdicts.append(skips.judge(name, output))
        else:
            verdicts.append(verdict(name, "fail", f"igt_runner says {result}", output))

    # Dynamic subtests come with their parent. Anything else nobody asked for is a mistake.
    for name in sorted(set(results) - set(asked)):
        if name.rpartition("@")[0] not in asked:
            entry = results[name]
            verdicts.append(verdict(name, "fail", f"not asked for, result {entry.get('result')}",
                                    igt_output(entry)))
    return verdicts


def judge_self_check(name, results, log):
    """Both igt_runner and judge_igt() have to tell right from wrong."""
    wrong = []
    for test, expected in SELF_CHECK.items():
        result = results.get(test, {}).get("result")
        if result != expected:
            wrong.append(f"{test}: igt_runner says {result}, not {expected}")
    asked = list(SELF_CHECK) + ["meta_test@never-run"]
    for entry in judge_igt(asked, results, ExpectedSkips([]), log):
        expected = "pass" if SELF_CHECK.get(entry["name"]) == "pass" else "fail"
        if entry["verdict"] != expected:
            wrong.append(f"{entry['name']}: the gate says {entry['verdict']}, not {expected}")
    if wrong:
        return verdict(name, "fail", "verdicts cannot be trusted", "\n".join(wrong))
    return verdict(name, "pass")


def judge_meson(asked, prefix, lines, skips):
    """Verdicts on meson's testlog.json; @lines: one JSON object each."""
    verdicts = []
    tests = {}
    for line in lines:
        test = json.loads(line)
        # Depending on the version: "project:suite / name" or "suite - project:name"; or bare.
        tests[prefix + re.split(" / |:", test["name"])[-1]] = test
    for name in asked:
        test = tests.get(name)
        if test is None:
            verdicts.append(verdict(name, "fail", "no result came back"))
            continue
        output = "\n".join(test[key].strip("\n") for key in ("stdout", "stderr") if test.get(key))
        if test["result"] in ("OK", "EXPECTEDFAIL"):
            verdicts.append(verdict(name, "pass"))
        elif test["result"] == "SKIP":
            verdicts.append(skips.judge(name, output))
        else:
            verdicts.append(verdict(name, "fail", f"meson says {test['result']}", output))
    return verdicts


def judge_objects(program, before, after):
    """Counters of live objects around a program, as the driver prints them."""
    name = f"{program}@objects"
    if not before.strip():
        return verdict(name, "fail", "the driver showed no counters")
    if before != after:
        return verdict(name, "fail", "objects are left behind",
                       f"before:\n{before}after:\n{after}")
    return verdict(name, "pass")


def append(path, verdicts):
    with open(path, "a") as file:
        for entry in verdicts:
            file.write(json.dumps(entry) + "\n")
    return 1 if any(entry["verdict"] == "fail" for entry in verdicts) else 0


def report(lines):
    """The summary: (text, exit status). The last line is the count."""
    verdicts = [json.loads(line) for line in lines]
    text = []
    for entry in verdicts:
        if entry["verdict"] == "skip":
            text.append(f"skip {entry['name']}: {entry['why']}")
    for entry in verdicts:
        if entry["verdict"] == "fail":
            text.append(f"FAIL {entry['name']}" + (f": {entry['why']}" if entry["why"] else ""))
            output = entry["output"].splitlines()
            if len(output) > OUTPUT_LINES:
                text.append(f"    ({len(output) - OUTPUT_LINES} lines before these)")
            text += [f"    {line}" for line in output[-OUTPUT_LINES:]]
    count = {result: sum(entry["verdict"] == result for entry in verdicts)
             for result in ("pass", "fail", "skip")}
    text.append(f"{count['pass']} passed, {count['fail']} failed, {count['skip']} skipped")
    good = count["pass"] and not count["fail"]
    return "\n".join(text), 0 if good else 1


def parse_arguments():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skips", default=here / "expected-skips")
    parser.add_argument("--kernel-log-allow", default=here / "kernel-log-allow")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, text, *arguments):
        sub = commands.add_parser(name, help=text)
        if name not in ("self-check-tests", "meson-tests", "report"):
            sub.add_argument("verdicts")
        for argument in arguments:
            sub.add_argument(argument, nargs="*" if argument == "results" else None)

    command("record", "one verdict from an exit status", "name", "status", "output")
    command("igt", "results of igt_runner", "asked", "results")
    command("self-check", "whether igt_runner can be trusted", "name", "results")
    command("self-check-tests", "print the tests of the self-check")
    command("meson", "meson's testlog.json", "prefix", "asked", "log")
    command("meson-tests", "print the names in the output of meson introspect --tests", "tests")
    command("objects", "counters before and after", "program", "before", "after")
    command("kernel-log", "the kernel log of a boot", "name", "log")
    command("report", "print the summary", "verdicts")
    return parser.parse_args()


def read(path):
    return pathlib.Path(path).read_text(errors="replace")


def read_log(path):
    """The lines of a file; none if a crash kept it from being written."""
    try:
        return read(path).splitlines()
    except OSError:
        return []


def main():
    args = parse_arguments()
    skips = ExpectedSkips(read_list(args.skips))
    log = KernelLog(read_list(args.kernel_log_allow))

    if args.command == "record":
        good = args.status == "0"
        verdicts = [verdict(args.name, "pass" if good else "fail",
                            "" if good else f"exit status {args.status}",
                            "" if good else read(args.output))]
    elif args.command == "igt":
        verdicts = judge_igt(read_list(args.asked), igt_results(args.results), skips, log)
    elif args.command == "self-check":
        verdicts = [judge_self_check(args.name, igt_results(args.results), log)]
    elif args.command == "self-check-tests":
        print("\n".join(f"igt@{name}" for name in SELF_CHECK))
        return 0
    elif args.command == "meson-tests":
        print("\n".join(sorted(test["name"] for test in json.loads(read(args.tests)))))
        return 0
    elif args.command == "meson":
        verdicts = judge_meson(read_list(args.asked), args.prefix, read_log(args.log), skips)
    elif args.command == "objects":
        verdicts = [judge_objects(args.program, read(args.before), read(args.after))]
    elif args.command == "kernel-log":
        verdicts = [log.judge(args.name, read(args.log))]
    else:
        text, status = report(read(args.verdicts).splitlines())
        print(text)
        return status
    return append(args.verdicts, verdicts)


if __name__ == "__main__":
    sys.exit(main())
