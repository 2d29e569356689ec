#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Decide what passed.

Test runners report in their own ways, and some exit with 0 whatever happened. Here every outcome becomes
one verdict, a line of JSON in a verdicts file:

  {"name": ..., "verdict": "pass" | "fail" | "skip", "why": ..., "output": ...}

A test passes only if it was asked for, came back, and says so. A skip that is not in the list
of expected skips is a failure, and so is a name that comes twice. On other kernels than the stock one
every name has a prefix, the kernel's name.
"""

import argparse
import fnmatch
import json
import pathlib
import re
import sys
import traceback

import mutants
from excerpt import excerpt
from phantom import is_phantom_breakpoint

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "igt/lists"))
from testlists import choose as choose_listed, read_list

OUTPUT_LINES = 80
WARNING = 4     # a kernel log level; lower is worse

# Bits of /proc/sys/kernel/tainted that say nothing: a module that is out of tree, not signed, a test;
# and L, which SW_SYNC sets when it is used. A lockup, which sets it too, is in the log.
HARMLESS_TAINT = 1 << 12 | 1 << 13 | 1 << 14 | 1 << 18

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
    program_start = re.compile(r"\[IGT\] (\S+): executing")

    def __init__(self, lines):
        """@lines: "[@PROGRAMS ]REGEX"; see kernel-log-allow."""
        self.allowed = []
        for line in lines:
            programs, regex = line[1:].split(" ", 1) if line.startswith("@") else ("*", line)
            self.allowed.append((programs, re.compile(regex)))

    def is_allowed(self, text, program):
        """Whether @text may stand in the log while @program runs, "" if none has begun."""
        return any(fnmatch.fnmatchcase(program, programs) and regex.search(text)
                   for programs, regex in self.allowed)

    def bad_lines(self, lines, program=""):
        """The lines, raw as `dmesg --raw` prints them, that must not be there.

        @program: what runs when they begin. A program's lines go on to where the next one begins, as
        its files are closed after its last word.
        """
        bad = []
        was_bad = False
        for raw in lines:
            match = self.line.fullmatch(raw.rstrip("\n"))
            if match:
                level, text = int(match[1]) & 7, match[2]
                start = self.program_start.fullmatch(text)
                program = start[1] if start else program
                was_bad = level <= WARNING and not self.is_allowed(text, program)
            if was_bad:     # also a continuation, which has no level of its own
                bad.append(raw.rstrip("\n"))
        return bad

    def judge(self, name, text):
        """The verdict on one boot; @text is its whole log."""
        lines = text.splitlines()
        if not lines:
            return verdict(name, "fail", "no log")
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
            why = f"{len(bad)} lines at level warning or above"
            return verdict(name, "fail", why, "\n".join(excerpt(bad, OUTPUT_LINES)))
        return verdict(name, "pass")


class GuestNeeds:
    """What programs need of the guest: lines "PROGRAM [kernel=NAME,...] [memory=MIB] [swap=MIB]"; and
    subtests of the host: "PROGRAM@SUBTEST kvm", both patterns."""

    def __init__(self, lines):
        self.needs = {}
        self.quick = []
        for line in lines:
            program, *words = line.split()
            if "@" in program and words == ["kvm"]:
                self.quick.append(program)
                continue
            needs = dict(word.split("=", 1) for word in words)
            if (not needs or set(needs) - {"kernel", "memory", "swap"} or program in self.needs or
                    "@" in program):
                raise ValueError(f"needs of a guest that make no sense: {line}")
            self.needs[program] = needs

    def on_kernel(self, kernel, names):
        """Those of @names whose programs run on @kernel."""
        def runs(name):
            kernels = self.needs.get(name.split("@")[0], {}).get("kernel")
            return kernels is None or kernel in kernels.split(",")
        return [name for name in names if runs(name)]

    def want_kvm(self, names):
        """Those of @names that expect the guest to be quick."""
        return [name for name in names
                if any(fnmatch.fnmatchcase(name, pattern) for pattern in self.quick)]

    def boots(self, names):
        """The boots that the programs of @names want: [(memory, swap, [program])], 0 for the default."""
        common, own = [], []
        for program in dict.fromkeys(name.split("@")[0] for name in names):
            needs = self.needs.get(program, {})
            memory, swap = (int(needs.get(key, 0)) for key in ("memory", "swap"))
            if memory or swap:
                own.append((memory, swap, [program]))
            else:
                common.append(program)
        return ([(0, 0, common)] if common else []) + own


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
    """What a test has said, as much as a summary shows, and none of it at the cost of the others."""
    parts = {title: entry.get(key, "").strip("\n").splitlines() for title, key in
             (("stdout", "out"), ("stderr", "err"), ("kernel log", "dmesg-warnings"))}
    parts = {title: lines for title, lines in parts.items() if lines}
    left = OUTPUT_LINES
    # What one part does not need is for the longer ones.
    for n, title in enumerate(sorted(parts, key=lambda title: len(parts[title]))):
        lines = excerpt(parts[title], left // (len(parts) - n) - 1)
        parts[title] = [f"{title}:"] + lines
        left -= len(parts[title])
    return "\n".join(line for lines in parts.values() for line in lines)


def judge_igt(asked, results, skips, log, prefix=""):
    verdicts = []
    for test in asked:
        name = prefix + test
        entry = results.get(test)
        if entry is None:
            verdicts.append(verdict(name, "fail", "no result came back"))
            continue
        result = entry.get("result")
        output = igt_output(entry)
        if result == "dmesg-warn":
            program = test.split("@")[0].split("/")[-1]
            if not log.bad_lines(entry.get("dmesg-warnings", "<0>").splitlines(), program):
                result = "pass"
        if result == "pass":
            verdicts.append(verdict(name, "pass"))
        elif result == "skip":
            verdicts.append(skips.judge(name, output))
        else:
            verdicts.append(verdict(name, "fail", f"igt_runner says {result}", output))

    # Dynamic subtests come with their parent, which fails if one of them does, but passes if only
    # some skip. Anything else nobody asked for is a mistake.
    for test in sorted(set(results) - set(asked)):
        parent = test.rpartition("@")[0]
        entry = results[test]
        if parent not in asked:
            verdicts.append(verdict(prefix + test, "fail",
                                    f"not asked for, result {entry.get('result')}",
                                    igt_output(entry)))
        elif entry.get("result") == "skip" and results.get(parent, {}).get("result") != "skip":
            verdicts.append(skips.judge(prefix + test, igt_output(entry)))
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


def judge_objects(program, before, after, prefix=""):
    """Counters of live objects around a program, as the driver prints them."""
    name = f"{prefix}{program}@objects"
    if not before.strip():
        return verdict(name, "fail", "the driver showed no counters")
    if before != after:
        return verdict(name, "fail", "objects are left behind",
                       f"before:\n{before}after:\n{after}")
    return verdict(name, "pass")


def kunit_cases(sources):
    """The cases of each suite that @sources, texts in C, define: {suite: [case]}."""
    suites = {}
    for text in sources:
        tables = {table[1]: re.findall(r"KUNIT_CASE\w*\(\s*(\w+)", table[2])
                  for table in re.finditer(r"struct kunit_case (\w+)\[\] = \{(.*?)^\};", text,
                                           re.DOTALL | re.MULTILINE)}
        for suite in re.finditer(r"struct kunit_suite \w+ = \{(.*?)^\};", text,
                                 re.DOTALL | re.MULTILINE):
            name, cases = (re.search(rf'\.{member} = "?(\w+)"?,', suite[1])[1]
                           for member in ("name", "test_cases"))
            suites[name] = tables[cases]
    return suites


def judge_kunit(prefix, suites, expected, skips):
    """One verdict for each case.

    @suites: {name: what debugfs has as its results}; @expected: {name: [case]}, what there has to be.
    """
    verdicts = []
    for suite, text in sorted(suites.items()):
        name = f"{prefix}kunit@{suite}"
        plan = re.search(r"^ {4}1\.\.(\d+)$", text, re.MULTILINE)
        cases = []
        output = []
        for line in text.splitlines():
            match = re.fullmatch(r" {4}(not ok|ok) \d+ (\S+)(?: # (.*))?", line)
            if not match:
                output.append(line)
                continue
            case, note = f"{name}-{match[2]}", match[3] or ""
            if match[1] != "ok":
                cases.append(verdict(case, "fail", note, "\n".join(output)))
            elif note.startswith("SKIP"):
                cases.append(skips.judge(case, note))
            else:
                cases.append(verdict(case, "pass"))
            output = []
        if not plan or int(plan[1]) != len(cases) or not cases:
            cases.append(verdict(name, "fail", f"{len(cases)} cases came back, "
                                 f"{plan[1] if plan else 'an unknown number'} planned", text))
        elif not re.search(rf"^ok \d+ {re.escape(suite)}$", text, re.MULTILINE) and not any(
                case["verdict"] == "fail" for case in cases):
            cases.append(verdict(name, "fail", "the suite itself did not pass", text))
        verdicts += cases
    names = {entry["name"] for entry in verdicts}
    wanted = [f"{prefix}kunit@{suite}-{case}" for suite, cases in expected.items() for case in cases]
    verdicts += [verdict(name, "fail", "no result came back")
                 for name in wanted if name not in names]
    if not wanted:
        verdicts.append(verdict(f"{prefix}kunit@suites", "fail", "no suite is known"))
    return verdicts


def judge_lockdep(text):
    match = re.search(r"^ *debug_locks: *(\d+)$", text, re.MULTILINE)
    if not match:
        return "lockdep has no statistics"
    if match[1] != "1":
        return "lockdep has turned itself off"
    return ""


def judge_kmemleak(text):
    # The guest writes this line after both scans.
    if "agx-vm: scanned" not in text.splitlines():
        return "kmemleak did not scan"
    leaks = text.count("unreferenced object")
    return f"{leaks} unreferenced objects" if leaks else ""


def judge_taint(text):
    if not text.strip().isdigit():
        return "not known"
    bits = int(text) & ~HARMLESS_TAINT
    # The order of the letters that the kernel prints.
    letters = "".join(letter for n, letter in enumerate("PFSRMBUDAWCIOELKXTNJ") if bits >> n & 1)
    return f"the kernel is tainted: {letters or bits}" if bits else ""


def judge_unload(text):
    # The guest writes down what rmmod and the slab allocator say, and then this.
    return "" if text == "agx-vm: unloaded\n" else "the modules do not go as they should"


def judge_end(prefix, boot, files, checks):
    """The state in which a boot ended; @files: {check: text}; @checks: those that this kernel has."""
    judges = {"taint": judge_taint, "unload": judge_unload}
    judges |= {name: judge for name, judge in (("lockdep", judge_lockdep),
                                               ("kmemleak", judge_kmemleak)) if name in checks}
    verdicts = []
    for check, judge in judges.items():
        name = f"{prefix}{check}-{boot}"
        text = files.get(check, "")
        why = judge(text)
        verdicts.append(verdict(name, "fail", why, text) if why else verdict(name, "pass"))
    return verdicts


def append(path, verdicts):
    # In one piece, as others may append at the same time.
    with open(path, "ab", buffering=0) as file:
        file.write("".join(json.dumps(entry) + "\n" for entry in verdicts).encode())
    return 1 if any(entry["verdict"] == "fail" for entry in verdicts) else 0


def report(lines):
    """The summary: (text, exit status). The last line is the count."""
    verdicts = [json.loads(line) for line in lines]
    text = []
    names = [entry["name"] for entry in verdicts]
    verdicts += [verdict(name, "fail", "two results have this name")
                 for name in sorted({name for name in names if names.count(name) > 1})]
    for entry in verdicts:
        if entry["verdict"] == "skip":
            text.append(f"skip {entry['name']}: {entry['why']}")
    for entry in verdicts:
        if entry["verdict"] == "fail":
            text.append(f"FAIL {entry['name']}" + (f": {entry['why']}" if entry["why"] else ""))
            text += [f"    {line}" for line in excerpt(entry["output"].splitlines(), OUTPUT_LINES)]
    count = {result: sum(entry["verdict"] == result for entry in verdicts)
             for result in ("pass", "fail", "skip")}
    text.append(f"{count['pass']} passed, {count['fail']} failed, {count['skip']} skipped")
    good = count["pass"] and not count["fail"]
    return "\n".join(text), 0 if good else 1


def parse_arguments(words=None):
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skips", default=here / "expected-skips")
    parser.add_argument("--kernel-log-allow", default=here / "kernel-log-allow")
    parser.add_argument("--guest-needs", default=here / "guest-needs")
    parser.add_argument("--prefix", default="", help="what names begin with, such as debug:")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, text, *arguments, judges=True):
        sub = commands.add_parser(name, help=text)
        if judges:
            sub.add_argument("verdicts")
        for argument in arguments:
            sub.add_argument(argument, nargs="*" if argument in ("results", "checks", "lists") else None)

    command("record", "one verdict from an exit status", "name", "status", "output")
    command("igt", "results of igt_runner", "asked", "results")
    command("self-check", "whether igt_runner can be trusted", "name", "results")
    command("meson", "meson's testlog.json", "meson_prefix", "asked", "log")
    command("objects", "counters before and after", "program", "before", "after")
    command("kernel-log", "the kernel log of a boot", "name", "log")
    command("kunit", "results of KUnit's suites, a file each", "directory", "sources", "suites")
    command("end", "the state in which a boot ended, a file each", "boot", "directory", "checks")
    command("mutants", "what came of mutants; print their table", "plan", "directory")
    command("without-kvm", "skip tests that expect a quick guest, and print the others", "tests")
    command("self-check-tests", "print the tests of the self-check", judges=False)
    command("meson-tests", "print the names in the output of meson introspect --tests", "tests",
            judges=False)
    command("for-kernel", "print the tests that run on a kernel", "kernel", "tests", judges=False)
    command("listed", "print the tests of some lists that run on a kernel", "kernel", "tests", "lists",
            judges=False)
    command("boots", "print MEMORY SWAP PROGRAM... of each boot that the tests want", "tests",
            judges=False)
    command("phantom", "whether a guest died of a breakpoint that is not there", "log", judges=False)
    command("report", "print the summary", "verdicts", judges=False)
    return parser.parse_args(words)


def read(path):
    return pathlib.Path(path).read_text(errors="replace")


def read_log(path):
    """What is in a file; nothing if a crash kept it from being written."""
    try:
        return read(path)
    except OSError:
        return ""


def read_directory(path):
    """The files of a folder, by name; none if a crash kept it from being made."""
    return {file.name: read(file) for file in pathlib.Path(path).glob("*")}


def choose(args):
    """The commands that choose tests: the lines to print."""
    if args.command == "self-check-tests":
        return [f"igt@{name}" for name in SELF_CHECK]
    if args.command == "meson-tests":
        return sorted(test["name"] for test in json.loads(read(args.tests)))
    names = read(args.tests).splitlines()
    needs = GuestNeeds(read_list(args.guest_needs))
    if args.command == "listed":
        patterns = [pattern for path in args.lists for pattern in read_list(path)]
        return needs.on_kernel(args.kernel, choose_listed(patterns, names))
    if args.command == "for-kernel":
        return needs.on_kernel(args.kernel, names)
    if args.command == "without-kvm":
        left_out = needs.want_kvm(names)
        append(args.verdicts, [verdict(args.prefix + name, "skip",
                                       "expects a guest that wakes up within milliseconds: KVM")
                               for name in left_out])
        return [name for name in names if name not in left_out]
    return [" ".join(map(str, (memory, swap, *programs)))
            for memory, swap, programs in needs.boots(names)]


def judge(args):
    """The commands that judge: verdicts."""
    skips = ExpectedSkips(read_list(args.skips))
    log = KernelLog(read_list(args.kernel_log_allow))

    if args.command == "record":
        good = args.status == "0"
        return [verdict(args.name, "pass" if good else "fail",
                        "" if good else f"exit status {args.status}",
                        "" if good else read(args.output))]
    if args.command == "igt":
        return judge_igt(read_list(args.asked), igt_results(args.results), skips, log, args.prefix)
    if args.command == "self-check":
        return [judge_self_check(args.name, igt_results(args.results), log)]
    if args.command == "meson":
        return judge_meson(read_list(args.asked), args.meson_prefix, read_log(args.log).splitlines(),
                           skips)
    if args.command == "objects":
        return [judge_objects(args.program, read(args.before), read(args.after), args.prefix)]
    if args.command == "kernel-log":
        return [log.judge(args.name, read_log(args.log))]
    if args.command == "kunit":
        expected = kunit_cases(read_directory(args.sources).values())
        wanted = read_list(args.suites)
        if "*" not in wanted:
            expected = {suite: cases for suite, cases in expected.items() if suite in wanted}
        return judge_kunit(args.prefix, read_directory(args.directory), expected, skips)
    if args.command == "mutants":
        plan = [line.split() for line in read_list(args.plan)]
        directory = pathlib.Path(args.directory)
        verdicts = mutants.judge_mutants(
            plan, {name: mutants.Attempt(directory / name, igt_results) for name, _ in plan}, log)
        print("\n".join(mutants.table(verdicts)))
        return verdicts
    return judge_end(args.prefix, args.boot, read_directory(args.directory), args.checks)


def main(words=None):
    args = parse_arguments(words)
    if args.command == "report":
        text, status = report(read(args.verdicts).splitlines())
        print(text)
        return status
    if args.command == "phantom":
        return not is_phantom_breakpoint(read_log(args.log))
    if args.command in ("self-check-tests", "meson-tests", "for-kernel", "listed", "without-kvm",
                        "boots"):
        try:
            print("\n".join(choose(args)))
        except ValueError as error:
            print(f"gate: {error}", file=sys.stderr)
            return 1
        return 0
    try:
        verdicts = judge(args)
    except Exception:
        # Without a verdict nobody would notice.
        verdicts = [verdict(f"{args.prefix}gate@{args.command}", "fail", "the gate itself failed",
                            traceback.format_exc())]
    return append(args.verdicts, verdicts)


if __name__ == "__main__":
    sys.exit(main())
