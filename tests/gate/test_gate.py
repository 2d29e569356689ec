#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of the gate: each way to fail must be seen as a failure."""

import json
import pathlib
import tempfile
import textwrap
import unittest

import gate
import mutants
from excerpt import excerpt
from phantom import is_phantom_breakpoint

NO_SKIPS = gate.ExpectedSkips([])
LOG = gate.KernelLog(gate.read_list(pathlib.Path(__file__).with_name("kernel-log-allow")))


def judge_one(result, **more):
    entry = {"result": result, "out": "the output\n", **more}
    verdicts = gate.judge_igt(["p@s"], {"p@s": entry}, NO_SKIPS, LOG)
    return verdicts[0]


class Igt(unittest.TestCase):
    def test_only_pass_passes(self):
        self.assertEqual(judge_one("pass")["verdict"], "pass")
        for result in ("fail", "crash", "timeout", "incomplete", "abort", "notrun", "dmesg-fail",
                       "dmesg-warn", "warn", "skip", "something new", None):
            with self.subTest(result=result):
                self.assertEqual(judge_one(result)["verdict"], "fail")

    def test_failure_carries_output(self):
        self.assertIn("the output", judge_one("fail")["output"])

    def test_missing_result_fails(self):
        verdicts = gate.judge_igt(["p@a", "p@b"], {"p@a": {"result": "pass"}}, NO_SKIPS, LOG)
        self.assertEqual([v["verdict"] for v in verdicts], ["pass", "fail"])

    def test_dynamic_subtests_are_not_counted(self):
        results = {"p@a": {"result": "pass"}, "p@a@one": {"result": "pass"}}
        self.assertEqual(len(gate.judge_igt(["p@a"], results, NO_SKIPS, LOG)), 1)

    def test_dynamic_subtest_that_skips_is_judged(self):
        results = {"p@a": {"result": "pass"}, "p@a@one": {"result": "pass"},
                   "p@a@two": {"result": "skip"}, "p@a@three": {"result": "skip"}}
        skips = gate.ExpectedSkips(["p@a@two has no such thing"])
        verdicts = gate.judge_igt(["p@a"], results, skips, LOG)
        self.assertEqual([(v["name"], v["verdict"]) for v in verdicts],
                         [("p@a", "pass"), ("p@a@three", "fail"), ("p@a@two", "skip")])

    def test_dynamic_subtests_that_all_skip_are_not_counted(self):
        results = {"p@a": {"result": "skip"}, "p@a@one": {"result": "skip"}}
        skips = gate.ExpectedSkips(["p@a has no such thing"])
        verdicts = gate.judge_igt(["p@a"], results, skips, LOG)
        self.assertEqual([(v["name"], v["verdict"]) for v in verdicts], [("p@a", "skip")])

    def test_result_nobody_asked_for_fails(self):
        results = {"p@a": {"result": "pass"}, "p@b": {"result": "pass"}}
        verdicts = gate.judge_igt(["p@a"], results, NO_SKIPS, LOG)
        self.assertEqual([(v["name"], v["verdict"]) for v in verdicts],
                         [("p@a", "pass"), ("p@b", "fail")])

    def test_allowed_kernel_lines_do_not_fail_a_test(self):
        allowed = "<4> [1.5] agx: loading out-of-tree module taints kernel.\n"
        self.assertEqual(judge_one("dmesg-warn", **{"dmesg-warnings": allowed})["verdict"], "pass")
        both = allowed + "<4> [1.6] agx: fault\n"
        self.assertEqual(judge_one("dmesg-warn", **{"dmesg-warnings": both})["verdict"], "fail")
        self.assertEqual(judge_one("dmesg-fail", **{"dmesg-warnings": allowed})["verdict"], "fail")

    def test_names_on_another_kernel(self):
        skips = gate.ExpectedSkips(["p@a only on stock", "debug:p@b only on debug"])
        results = {f"p@{name}": {"result": "skip"} for name in "abc"}
        for prefix, expected in (("", ["skip", "fail", "fail"]),
                                 ("debug:", ["fail", "skip", "fail"])):
            with self.subTest(prefix=prefix):
                verdicts = gate.judge_igt(["p@a", "p@b"], results, skips, LOG, prefix)
                self.assertEqual([v["verdict"] for v in verdicts], expected)
                self.assertEqual([v["name"] for v in verdicts],
                                 [f"{prefix}p@{name}" for name in "abc"])

    def test_unreadable_results_are_missing_results(self):
        self.assertEqual(gate.igt_results(["/nonexistent"]), {})


    def test_no_part_hides_another(self):
        for long in ("out", "err", "dmesg-warnings"):
            with self.subTest(long=long):
                parts = {"out": "said\n", "err": "asserted\n", "dmesg-warnings": "<4>warned\n"}
                parts[long] += "<6>noise\n" * 1000
                lines = judge_one("fail", **parts)["output"].splitlines()
                self.assertLessEqual({"said", "asserted", "<4>warned"}, set(lines))
                self.assertLessEqual(len(lines), gate.OUTPUT_LINES)


class Excerpt(unittest.TestCase):
    lines = [f"line {n}" for n in range(1000)]

    def test_what_is_short_is_whole(self):
        for num in (0, 1, 80):
            self.assertEqual(excerpt(self.lines[:num], 80), self.lines[:num])

    def test_beginning_and_end(self):
        shown = excerpt(self.lines, 80)
        self.assertLessEqual(len(shown), 80)
        self.assertEqual((shown[0], shown[-1]), ("line 0", "line 999"))
        self.assertIn(f"({1000 - len(shown) + 1} lines", "\n".join(shown))

    def test_headlines(self):
        for where in (0, 45, 58, 59, 500, 979, 980, 999):
            for num in (1, 300):
                with self.subTest(where=where, num=num):
                    lines = list(self.lines)
                    lines[where:where + num] = ["<3>[ 2.0] BUG: KASAN: in x"] * num
                    shown = excerpt(lines, 80)
                    self.assertIn("<3>[ 2.0] BUG: KASAN: in x", shown)
                    self.assertLessEqual(len(shown), 80)

    def test_guest_that_died(self):
        """As boot.py says it, with the report cut to size already."""
        lines = ["agx-vm: the guest died in asahi_vm", "agx-vm: last lines of its console:"]
        lines += excerpt(["[ 9.0] BUG: KASAN: slab-use-after-free"] + self.lines, 90)
        lines += ["agx-vm: all of it is in x", "last test begun: y"]
        entry = json.dumps(gate.verdict("debug:igt@boot-1", "fail", "exit status 125",
                                        "\n".join(lines)))
        text = gate.report([entry])[0]
        for part in ("the guest died in asahi_vm", "BUG: KASAN", "line 999", "last test begun"):
            self.assertIn(part, text)


class Skips(unittest.TestCase):
    skips = gate.ExpectedSkips(["p@hold-* no debugfs controls here"])

    def test_expected(self):
        entry = self.skips.judge("p@hold-one", "")
        self.assertEqual((entry["verdict"], entry["why"]), ("skip", "no debugfs controls here"))

    def test_unexpected(self):
        self.assertEqual(self.skips.judge("p@other", "")["verdict"], "fail")

    def test_reason_is_required(self):
        with self.assertRaises(ValueError):
            gate.ExpectedSkips(["p@hold-*"])


class SelfCheck(unittest.TestCase):
    @staticmethod
    def results(**change):
        results = {test: {"result": result} for test, result in gate.SELF_CHECK.items()}
        for test, result in change.items():
            results[f"meta_test@{test.replace('_', '-')}"] = {"result": result}
        return results

    def judge(self, results):
        return gate.judge_self_check("self-check", results, LOG)["verdict"]

    def test_good_runner(self):
        self.assertEqual(self.judge(self.results()), "pass")

    def test_runner_that_hides_something(self):
        for test in ("fail_result", "user_crash", "piglit_timeout", "dmesg_warn", "warn"):
            with self.subTest(test=test):
                self.assertEqual(self.judge(self.results(**{test: "pass"})), "fail")

    def test_runner_that_fails_everything(self):
        self.assertEqual(self.judge(self.results(pass_result="fail")), "fail")

    def test_runner_that_runs_nothing(self):
        self.assertEqual(self.judge({}), "fail")


class KernelLog(unittest.TestCase):
    start = f"<6>[    1.0] {gate.SESSION_START}\n"

    def judge(self, *lines):
        return LOG.judge("kernel-log", self.start + "".join(line + "\n" for line in lines))

    def test_quiet(self):
        self.assertEqual(self.judge("<6>[ 2.0] agx: hello", "<5>[ 2.1] note")["verdict"], "pass")

    def test_warning(self):
        for line in ("<4>[ 2.0] agx: oh", "<3>[ 2.0] oh", "<0>[ 2.0] oh", "<12>[ 2.0] oh"):
            with self.subTest(line=line):
                self.assertEqual(self.judge(line)["verdict"], "fail")

    def test_all_lines_are_shown(self):
        entry = self.judge("<4>[ 2.0] WARNING: first", "continued", "<6>[ 2.1] fine", "<3>[ 3] two")
        self.assertEqual(entry["output"].splitlines(),
                         ["<4>[ 2.0] WARNING: first", "continued", "<3>[ 3] two"])

    def test_first_of_many_lines_are_shown(self):
        entry = self.judge(*(f"<4>[ 2.0] line {n}" for n in range(1000)))
        self.assertIn("line 0", entry["output"])
        self.assertLessEqual(len(entry["output"].splitlines()), gate.OUTPUT_LINES)
        self.assertIn("1000 lines", entry["why"])

    def test_later_reports_are_not_forgotten(self):
        entry = self.judge(*(f"<4>[ 2.0] line {n}" for n in range(1000)),
                           "<3>[ 2.0] BUG: KASAN: slab-use-after-free in x")
        self.assertIn("KASAN", entry["output"])
        self.assertLessEqual(len(entry["output"].splitlines()), gate.OUTPUT_LINES)

    def test_reports_of_the_debug_kernel(self):
        for line in ("<3>[ 2.0] BUG: KASAN: slab-use-after-free in agx_vm_put+0x1/0x2",
                     "<4>[ 2.0] WARNING: possible circular locking dependency detected",
                     "<3>[ 2.0] INFO: task agx-cli:77 blocked for more than 30 seconds.",
                     "<3>[ 2.0] UBSAN: shift-out-of-bounds in agx.c:1:2",
                     "<3>[ 2.0] BUG: sleeping function called from invalid context at a.c:1",
                     "<3>[ 2.0] BUG agx_vm (Tainted: G O): Objects remaining in agx_vm",
                     "<3>[ 2.0] BUG: KCSAN: data-race in a / b"):
            with self.subTest(line=line):
                self.assertEqual(self.judge(line)["verdict"], "fail")

    def test_allowed(self):
        self.assertEqual(self.judge(
            "<4>[ 2.0] agx_sim: loading out-of-tree module taints kernel.",
            "<12>[ 2.0] [IGT] Per-test timeout exceeded. Killing the current test with SIGQUIT.",
        )["verdict"], "pass")

    def test_allowed_while_a_program_runs(self):
        lost = "<3>[ 2.0] asahi asahi: [drm] *ERROR* GPU is lost: a cancelled job does not end"
        full = "<3>[ 2.0] debugfs: out of free dentries, can not create file 'x'"

        def lines(program):
            return (f"<14>[ 1.0] [IGT] {program}: executing",
                    f"<14>[ 1.1] [IGT] {program}: starting subtest x"), (
                        f"<14>[ 3.0] [IGT] {program}: exiting, ret=0",)
        for line, right, wrong in ((lost, "asahi_reset", "asahi_close"),
                                   (full, "asahi_fail_nth_bind", "asahi_fence")):
            begin, end = lines(right)
            for log, expected in (((*begin, line, *end), "pass"),
                                  ((*begin, *end, line), "pass"),
                                  ((*lines(wrong)[0], line), "fail"),
                                  ((*begin, *end, *lines(wrong)[0], line), "fail"),
                                  ((line, *begin), "fail")):
                with self.subTest(log=log):
                    self.assertEqual(self.judge(*log)["verdict"], expected)

    def test_allowed_in_a_test_of_a_program(self):
        lost = "<3>[ 2.0] asahi asahi: [drm] *ERROR* GPU is lost: a cancelled job does not end\n"
        entry = {"result": "dmesg-warn", "dmesg-warnings": lost}
        for test, expected in (("asahi_reset@x", "pass"), ("compat32/asahi_reset@x", "pass"),
                               ("asahi_close@x", "fail")):
            with self.subTest(test=test):
                verdicts = gate.judge_igt([test], {test: entry}, NO_SKIPS, LOG, "debug:")
                self.assertEqual(verdicts[0]["verdict"], expected)

    def test_before_the_session_does_not_count(self):
        log = "<4>[ 0.1] firmware\n" + self.start
        self.assertEqual(LOG.judge("k", log)["verdict"], "pass")

    def test_no_log(self):
        self.assertEqual(gate.read_log("/nonexistent"), "")
        entry = LOG.judge("k", "")
        self.assertEqual((entry["verdict"], entry["why"]), ("fail", "no log"))

    def test_log_without_a_beginning(self):
        self.assertEqual(LOG.judge("k", "<6>[ 2.0] fine\n")["verdict"], "fail")

    def test_self_check_does_not_count(self):
        begin, end = (f"<6>[ 2.0] {text}" for text in (gate.SELF_CHECK_START, gate.SELF_CHECK_END))
        bad = "<4>[ 2.1] [drm: IGT inserted string."
        self.assertEqual(self.judge(begin, bad, end)["verdict"], "pass")
        self.assertEqual(self.judge(begin, end, bad)["verdict"], "fail")
        self.assertEqual(self.judge(begin, bad)["verdict"], "fail")


class Choice(unittest.TestCase):
    needs = gate.GuestNeeds(["small memory=512 swap=1536", "fails kernel=debug,kcsan",
                             "hasty@*-now kvm"])

    def test_kernel(self):
        names = ["a@x", "fails@x", "fails@y", "small@x"]
        self.assertEqual(self.needs.on_kernel("stock", names), ["a@x", "small@x"])
        self.assertEqual(self.needs.on_kernel("debug", names), names)

    def test_own_boot(self):
        names = ["small@x", "a@x", "a@y", "small@y", "b"]
        self.assertEqual(self.needs.boots(names),
                         [(0, 0, ["a", "b"]), (512, 1536, ["small"])])
        self.assertEqual(self.needs.boots(["small@x"]), [(512, 1536, ["small"])])
        self.assertEqual(self.needs.boots([]), [])

    def test_without_kvm(self):
        names = ["hasty@x", "hasty@x-now", "a@x-now"]
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory)
            (path / "tests").write_text("\n".join(names))
            (path / "needs").write_text("hasty@*-now kvm\n")
            args = gate.parse_arguments(["--guest-needs", str(path / "needs"), "--prefix", "debug:",
                                         "without-kvm", str(path / "verdicts"),
                                         str(path / "tests")])
            self.assertEqual(gate.choose(args), ["hasty@x", "a@x-now"])
            left = [json.loads(line) for line in (path / "verdicts").read_text().splitlines()]
        self.assertEqual([(entry["name"], entry["verdict"]) for entry in left],
                         [("debug:hasty@x-now", "skip")])

    def test_needs_that_make_no_sense(self):
        for lines in (["p"], ["p disk=1"], ["p memory"], ["p memory=1", "p swap=1"], ["p kvm"],
                      ["p@x memory=1"]):
            with self.subTest(lines=lines), self.assertRaises(ValueError):
                gate.GuestNeeds(lines)


class Phantom(unittest.TestCase):
    """A breakpoint that the emulator executes and that memory does not have."""

    def died(self, code, first="Oops: int3: 0000 [#1] SMP NOPTI"):
        return f"[ 1.0] agx: fine\n[ 2.0] {first}\n[ 2.1] RIP: 0010:f+0xa/0x70\n[ 2.2] Code: {code}\n"

    def test_memory_tells(self):
        self.assertTrue(is_phantom_breakpoint(self.died("1e fa 0f 1f 44 00 00 66 <90> c3 cc cc")))
        self.assertFalse(is_phantom_breakpoint(self.died("1e fa c3 cc cc cc <cc> cc cc")))

    def test_first_report_counts(self):
        code = "44 00 00 66 <90> c3"
        self.assertFalse(is_phantom_breakpoint(self.died(code, "Oops: 0002 [#1]")))
        self.assertFalse(is_phantom_breakpoint("BUG: KASAN: null-ptr-deref\n" + self.died(code)))
        self.assertFalse(is_phantom_breakpoint("Oops: int3: 0000 [#1]\n"))
        self.assertFalse(is_phantom_breakpoint(""))


class Lists(unittest.TestCase):
    """The lists of this folder, with the kernels that there are."""

    here = pathlib.Path(__file__).resolve().parent
    checkout = here.parents[1]
    needs = gate.GuestNeeds(gate.read_list(here / "guest-needs"))
    patterns = [pattern for path in (checkout / "tests/igt/lists/quick", here / "debug-tests")
                for pattern in gate.read_list(path)]

    def names(self):
        """A test for each program and for each pattern of the lists, if it has a program."""
        programs = [path.stem for path in (self.checkout / "tests").glob("igt/asahi_*.c")]
        programs.append("mesa")
        programs += gate.read_list(self.here / "upstream-tests")
        names = [name if "@" in name else f"{name}@x" for name in programs]
        return names + [pattern.replace("*", "x") for pattern in (x.lstrip("!") for x in self.patterns)
                        if "@" in pattern and pattern.split("@")[0] in programs]

    def kernels(self):
        """{name: text of its profile}"""
        files = (self.checkout / "tools/agx-vm.d/kernels").iterdir()
        texts = {file.name: file.read_text() for file in files}
        return {name: text for name, text in texts.items() if "\n# Kernel profile:" in text}

    def test_debug_list_on_each_kernel(self):
        self.assertLessEqual({"stock", "debug", "kcsan", "6.12"}, set(self.kernels()))
        listed = gate.choose_listed(self.patterns, self.names())
        for kernel in self.kernels():
            with self.subTest(kernel=kernel):
                programs = {name.split("@")[0] for name in self.needs.on_kernel(kernel, listed)}
                self.assertIn("asahi_vm", programs)
                for program in ("asahi_fail_nth", "syncobj_wait"):
                    self.assertEqual(program in programs, kernel == "debug")

    def test_skips_for_want_of_sw_sync(self):
        skips = gate.ExpectedSkips(gate.read_list(self.here / "expected-skips"))
        test = "asahi_close_fences@sw-sync-close"
        for prefix, expected in (("", "skip"), ("6.12:", "skip"), ("debug:", "fail"),
                                 ("kcsan:", "fail")):
            with self.subTest(prefix=prefix):
                self.assertEqual(skips.judge(prefix + test, "")["verdict"], expected)

    def test_needs_name_kernels_and_programs_that_exist(self):
        programs = {name.split("@")[0] for name in self.names()}
        for program, needs in self.needs.needs.items():
            with self.subTest(program=program):
                self.assertIn(program, programs)
                for kernel in needs.get("kernel", "stock").split(","):
                    self.assertIn(kernel, self.kernels())


class Kunit(unittest.TestCase):
    @staticmethod
    def suite(*cases, plan=None, last="ok 1 s"):
        return "\n".join(["KTAP version 1", "1..1", "    KTAP version 1", "    # Subtest: s",
                          f"    1..{len(cases) if plan is None else plan}", *cases, last, ""])

    def judge(self, text):
        verdicts = gate.judge_kunit("debug:", {"s": text}, {"s": ["a"]}, NO_SKIPS)
        return [(v["name"].removeprefix("debug:kunit@"), v["verdict"]) for v in verdicts]

    def test_cases(self):
        text = self.suite("    ok 1 a", "        ok 1 parameter", "    ok 2 b", plan=2)
        self.assertEqual(self.judge(text), [("s-a", "pass"), ("s-b", "pass")])

    def test_failure(self):
        text = self.suite("    ok 1 a", "    # b: EXPECTATION FAILED at b.c:1", "    not ok 2 b",
                          plan=2, last="not ok 1 s")
        verdicts = gate.judge_kunit("", {"s": text}, {"s": ["a", "b"]}, NO_SKIPS)
        self.assertEqual([v["verdict"] for v in verdicts], ["pass", "fail"])
        self.assertIn("EXPECTATION", verdicts[1]["output"])

    def test_skip_is_not_expected(self):
        self.assertEqual(self.judge(self.suite("    ok 1 a # SKIP no reason")), [("s-a", "fail")])

    def test_cases_that_are_missing(self):
        self.assertIn(("s", "fail"), self.judge(self.suite("    ok 1 a", plan=2)))
        self.assertIn(("s", "fail"), self.judge(self.suite()))
        self.assertIn(("s", "fail"), self.judge(""))
        self.assertIn(("s", "fail"), self.judge(self.suite("    ok 1 a", last="not ok 1 s")))

    def test_nothing_came_back(self):
        verdicts = gate.judge_kunit("", {}, {"s": ["a", "b"]}, NO_SKIPS)
        self.assertEqual([(v["name"], v["verdict"]) for v in verdicts],
                         [("kunit@s-a", "fail"), ("kunit@s-b", "fail")])

    def test_nothing_is_expected(self):
        self.assertEqual([v["verdict"] for v in gate.judge_kunit("", {}, {}, NO_SKIPS)], ["fail"])

    def test_suite_and_case_that_were_dropped(self):
        text = self.suite("    ok 1 a")
        verdicts = gate.judge_kunit("", {"s": text}, {"s": ["a", "b"], "t": ["c"]}, NO_SKIPS)
        self.assertEqual([v["name"] for v in verdicts if v["verdict"] == "fail"],
                         ["kunit@s-b", "kunit@t-c"])

    def test_expected_from_source(self):
        text = """
            static struct kunit_case s_cases[] = {
                KUNIT_CASE(a),
                KUNIT_CASE_PARAM_ATTR(b, params,
                                      { .speed = KUNIT_SPEED_SLOW }),
                {}
            };

            struct kunit_suite agx_s_suite = {
                .name = "s",
                .test_cases = s_cases,
            };
        """
        self.assertEqual(gate.kunit_cases([textwrap.dedent(text), "int x;"]), {"s": ["a", "b"]})

    def test_expected_from_our_sources(self):
        folder = pathlib.Path(__file__).resolve().parents[2] / "kernel/agx/tests"
        texts = gate.read_directory(folder)
        suites = gate.kunit_cases(texts.values())
        self.assertEqual(len(suites), sum(text.count("struct kunit_suite agx_") for name, text
                                          in texts.items() if name.endswith(".c")))
        self.assertEqual(sum(map(len, suites.values())),
                         sum(text.count("\tKUNIT_CASE") for text in texts.values()))
        self.assertIn("vm_map_random", suites["agx_vm_map"])


class End(unittest.TestCase):
    good = {"taint": "12288\n", "unload": "agx-vm: unloaded\n",
            "lockdep": " lock-classes: 99\n debug_locks:                 1\n",
            "kmemleak": "agx-vm: scanned\n"}
    checks = ["config", "kunit", "lockdep", "kmemleak"]

    def failed(self, **change):
        verdicts = gate.judge_end("debug:igt@", "1", self.good | change, self.checks)
        return [v["name"].removeprefix("debug:igt@") for v in verdicts if v["verdict"] == "fail"]

    def test_good(self):
        self.assertEqual(self.failed(), [])
        names = [v["name"] for v in gate.judge_end("igt@", "2", self.good, [])]
        self.assertEqual(names, ["igt@taint-2", "igt@unload-2"])

    def test_what_is_missing_is_not_good(self):
        self.assertEqual(len(gate.judge_end("", "1", {}, self.checks)), 4)
        for name in self.good:
            with self.subTest(name=name):
                self.assertEqual(self.failed(**{name: ""}), [f"{name}-1"])

    def test_taint(self):
        for bit in (7, 9, 5):
            with self.subTest(bit=bit):
                self.assertEqual(self.failed(taint=f"{12288 | 1 << bit}\n"), ["taint-1"])
        verdicts = gate.judge_end("", "1", self.good | {"taint": "640"}, [])
        self.assertIn("DW", verdicts[0]["why"])

    def test_unload(self):
        text = "rmmod: ERROR: Module agx is in use\nagx-vm: unloaded\n"
        self.assertEqual(self.failed(unload=text), ["unload-1"])

    def test_lockdep(self):
        self.assertEqual(self.failed(lockdep=" debug_locks:   0\n"), ["lockdep-1"])

    def test_kmemleak(self):
        text = "unreferenced object 0xffff (size 8):\n  comm x\nagx-vm: scanned\n"
        self.assertEqual(self.failed(kmemleak=text), ["kmemleak-1"])


class Mutants(unittest.TestCase):
    said = textwrap.dedent("""\
        Starting subtest: s
        [1.5] (p:7) CRITICAL: Test assertion failure function f.isra.0, file ../copy/p.c:5:
        [1.6] (p:7) CRITICAL: Failed assertion: a == b
        [1.7] (p:7) CRITICAL: Last errno: 2, No such file or directory
        [1.8] (p:7) CRITICAL: left 1, right 2
        Subtest s failed.
        **** DEBUG ****
        [1.5] (p:7) CRITICAL: Test assertion failure function f, file ../copy/tests/igt/p.c:5:
        """)
    splat = "<4> [1.5] ------------[ cut here ]------------\n<4> [1.6] WARNING: agx/vm.c:1 at f\n"
    suite = ("    1..3\n"
             "    # a: EXPECTATION FAILED at agx/tests/x_test.c:9\n"
             "    Expected n == 0, but\n"
             "        n == 1 (0x1)\n"
             "    not ok 1 a\n"
             "    ok 2 b\n"
             "    ok 3 c # SKIP no such thing\n")

    def judge(self, test="p@s", result=None, kunit="", trouble="", begun=True, died=None, **entry):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "igt").mkdir()
            (folder / "kunit").mkdir()
            if result:
                results = {"tests": {"igt@p@s": {"result": result, **entry}}}
                (folder / "igt/results.json").write_text(json.dumps(results))
            if kunit:
                (folder / "kunit/x").write_text(kunit)
            if trouble:
                (folder / "trouble").write_text(trouble)
            if begun:
                (folder / "begun").touch()
            if died is not None:
                (folder / "died").write_text(died)
            attempt = mutants.Attempt(folder, gate.igt_results)
        return mutants.judge_attempt(test, attempt, LOG)

    def test_assertion_is_quoted(self):
        self.assertEqual(self.judge(result="fail", err=self.said),
                         ("caught", "p.c:5: f(): a == b; left 1, right 2"))

    def test_assertion_of_a_thread(self):
        said = self.said.replace("(p:7)", "(p:7) [thread:8]")
        self.assertIn("a == b", self.judge(result="fail", err=said)[1])

    def test_assertion_of_a_dynamic_subtest(self):
        attempt = mutants.Attempt("/no", gate.igt_results)
        attempt.igt = {"p@s": {"result": "fail", "err": ""}, "p@s@a": {"result": "pass"},
                       "p@s@b": {"result": "fail", "err": self.said}}
        self.assertIn("a == b", mutants.judge_attempt("p@s", attempt, LOG)[1])

    def test_kernel_is_quoted(self):
        self.assertEqual(self.judge(result="dmesg-warn", err="", **{"dmesg-warnings": self.splat}),
                         ("caught", "the kernel: WARNING: agx/vm.c:1 at f"))
        allowed = "<4> [1.5] agx: loading out-of-tree module taints kernel.\n"
        self.assertEqual(self.judge(result="dmesg-warn", **{"dmesg-warnings": allowed})[0],
                         "survived")

    def test_hang_is_quoted(self):
        said = "Received signal SIGQUIT.\nStack trace: \n #0 [<unknown>+0x0]\n #1 [usleep+0x43]\n" \
               " #2 ../copy/tests/igt/p.c:9 f()\n #3 [run_subtest+0xec]\n #4 [main+0x33]\n"
        self.assertEqual(self.judge(result="timeout", err=said),
                         ("caught", "it did not come to an end, in usleep, f"))

    def test_guest_that_died(self):
        died = "[ 1.0] agx-vm: the trial of x starts\n[ 1.5] BUG: kernel NULL pointer\n"
        self.assertEqual(self.judge(died=died),
                         ("caught", "the guest died: BUG: kernel NULL pointer"))
        self.assertEqual(self.judge(died=died, begun=False)[0], "")
        self.assertEqual(self.judge(died=died, result="pass")[0], "survived")
        hung = died + "[ 9.0] agx-vm: x takes more than 180 s\n"
        self.assertEqual(self.judge(died=hung), ("caught", "the guest died: it hung"))
        hung += ("[ 9.1] task:p state:D stack:0\n[ 9.1] Call Trace:\n[ 9.1]  <TASK>\n"
                 "[ 9.1]  __schedule+0x1/0x2\n[ 9.1]  ? x+0x1/0x2\n"
                 "[ 9.1]  agx_wait+0x1/0x2 [agx]\n")
        self.assertEqual(self.judge(died=hung)[1], "the guest died: it hung: p waits in agx_wait")

    def test_pass_is_survival(self):
        self.assertEqual(self.judge(result="pass"), ("survived", ""))

    def test_what_says_nothing(self):
        for more in ({}, {"result": "skip", "out": "Test requirement: x\n"}, {"result": "notrun"},
                     {"trouble": "it does not build", "result": "fail"}):
            with self.subTest(more=more):
                outcome, words = self.judge(**more)
                self.assertEqual(outcome, "")
                self.assertTrue(words)

    def test_kunit(self):
        for case, expected in (("a", ("caught", "x_test.c:9: Expected n == 0, but n == 1 (0x1)")),
                               ("b", ("survived", "")),
                               ("c", ("", "kunit@x-c skipped: SKIP no such thing")),
                               ("d", ("", "no result of kunit@x-d came back"))):
            with self.subTest(case=case):
                self.assertEqual(self.judge(f"kunit@x-{case}", kunit=self.suite), expected)
        self.assertEqual(self.judge("kunit@x-a", died="the trial\nOops\n")[0], "")

    def run_all(self, unmutated, mutant):
        plan = [("unmutated:debug:p", "debug:p@s"), ("m", "debug:p@s")]
        attempts = {}
        for (name, _), result in zip(plan, (unmutated, mutant)):
            attempts[name] = mutants.Attempt("/no", gate.igt_results)
            attempts[name].igt = {"p@s": {"result": result, "err": self.said}}
        verdicts = mutants.judge_mutants(plan, attempts, LOG)
        return [v["verdict"] for v in verdicts], mutants.table(verdicts)

    def test_table(self):
        verdicts, lines = self.run_all("pass", "fail")
        self.assertEqual(verdicts, ["pass", "pass"])
        self.assertEqual(lines, ["m: caught by debug:p@s", "    p.c:5: f(): a == b; left 1, right 2",
                                 "unmutated: 1 of 1 subtests pass",
                                 "1 caught, 0 survived, 0 not tried"])
        verdicts, lines = self.run_all("pass", "pass")
        self.assertEqual(verdicts, ["pass", "fail"])
        self.assertEqual(lines[0], "m: survived")

    def test_subtest_that_fails_anyway(self):
        verdicts, lines = self.run_all("fail", "fail")
        self.assertEqual(verdicts, ["fail", "fail"])
        self.assertEqual(lines[0], "unmutated: FAILS debug:p@s")
        self.assertEqual(lines[2], "m: not tried")

    def test_program_runs_once_for_its_subtests(self):
        plan = [("unmutated:p", "p@s,t"), ("m", "p@s"), ("n", "p@t")]
        attempts = {name: mutants.Attempt("/no", gate.igt_results) for name, _ in plan}
        attempts["unmutated:p"].igt = {"p@s": {"result": "pass"},
                                       "p@t": {"result": "fail", "err": self.said}}
        attempts["m"].igt = {"p@s": {"result": "fail", "err": self.said}}
        attempts["n"].igt = {"p@t": {"result": "fail", "err": self.said}}
        verdicts = mutants.judge_mutants(plan, attempts, LOG)
        self.assertEqual([(v["name"], v["verdict"]) for v in verdicts],
                         [("mutants@unmutated:p@s", "pass"), ("mutants@unmutated:p@t", "fail"),
                          ("mutants@m", "pass"), ("mutants@n", "fail")])

    def test_suite_runs_once_for_its_cases(self):
        plan = [("unmutated:debug:kunit@x", "debug:kunit@x"), ("m", "debug:kunit@x-a"),
                ("n", "debug:kunit@x-b")]
        attempts = {}
        for name, text in zip((name for name, _ in plan), (self.suite.replace("not ok", "ok"),
                                                           self.suite, self.suite)):
            attempts[name] = mutants.Attempt("/no", gate.igt_results)
            attempts[name].kunit = {"x": text}
        verdicts = mutants.judge_mutants(plan, attempts, LOG)
        self.assertEqual([(v["name"], v["verdict"]) for v in verdicts],
                         [("mutants@unmutated:debug:kunit@x-a", "pass"),
                          ("mutants@unmutated:debug:kunit@x-b", "pass"),
                          ("mutants@m", "pass"), ("mutants@n", "fail")])


class Others(unittest.TestCase):
    def test_meson(self):
        lines = [json.dumps({"name": name, "result": result, "stdout": "said"})
                 for name, result in (("libagx:unit / a", "OK"), ("unit - libagx:b", "FAIL"), ("c", "TIMEOUT"),
                                      ("d", "SKIP"), ("e", "ERROR"), ("f", "EXPECTEDFAIL"))]
        asked = [f"unit@host:{name}" for name in "abcdefg"]
        verdicts = gate.judge_meson(asked, "unit@host:", lines, NO_SKIPS)
        self.assertEqual([v["verdict"] for v in verdicts],
                         ["pass"] + ["fail"] * 4 + ["pass", "fail"])
        self.assertEqual(verdicts[0]["name"], "unit@host:a")
        self.assertEqual(verdicts[1]["output"], "said")

    def test_objects(self):
        def judge(before, after):
            return gate.judge_objects("p", before, after)["verdict"]
        self.assertEqual(judge("vm 0\n", "vm 0\n"), "pass")
        self.assertEqual(judge("vm 0\n", "vm 1\n"), "fail")
        self.assertEqual(judge("vm 0\n", ""), "fail")
        self.assertEqual(judge("", ""), "fail")

    def test_report(self):
        lines = [json.dumps(gate.verdict(name, result, "because", "a\nb"))
                 for name, result in (("a", "pass"), ("b", "fail"), ("c", "skip"))]
        text, status = gate.report(lines)
        self.assertEqual(text.splitlines()[-1], "1 passed, 1 failed, 1 skipped")
        self.assertIn("FAIL b: because", text)
        self.assertNotEqual(status, 0)
        self.assertEqual(gate.report(lines[:1])[1], 0)

    def test_gate_that_fails(self):
        with tempfile.NamedTemporaryFile("r") as file:
            status = gate.main(["--prefix", "debug:", "objects", file.name, "p", "/no", "/no"])
            entry = json.loads(file.read())
        self.assertNotEqual(status, 0)
        self.assertEqual((entry["name"], entry["verdict"]), ("debug:gate@objects", "fail"))
        self.assertIn("FileNotFoundError", entry["output"])

    def test_a_name_that_comes_twice(self):
        line = json.dumps(gate.verdict("a", "pass"))
        text, status = gate.report([line, line])
        self.assertIn("FAIL a: ", text)
        self.assertNotEqual(status, 0)

    def test_nothing_run_is_no_success(self):
        self.assertNotEqual(gate.report([])[1], 0)


if __name__ == "__main__":
    unittest.main()
