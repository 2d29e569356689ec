#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sessions of agx-cli: scripts, names, files and processes."""

import fcntl
import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
import unittest

sys.dont_write_bytecode = True

from cli_base import CALL_FAILED, CLI, FAILURE, FAKE, NO_DEVICE, OK, USAGE, WRONG, CliTest

# Whether there is editing at the prompt.
EDITS = sys.argv[3:] == ["edits"]


class SessionsTest(CliTest):
    def test_lines(self):
        result = self.run_script("# nothing", "", "  echo one   two # three", "echo 'a  b' \"c'd\"",
                                 r"echo \#1 x\\y a\ b", "echo goes \\", "on", "echo x=1 '' -1",
                                 "echo last\\\\")
        self.check_succeeds(result)
        self.assertEqual(result.stdout, "one two\na  b c'd\n#1 x\\y a b\ngoes on\nx=1  -1\nlast\\\n")
        for line in "echo 'open", 'echo "open':
            self.check_fails(self.run_script("echo 1", line), USAGE, r"stdin:2: a quote")

    def test_names(self):
        result = self.run_script("a = 16K", "$b = $a", "c = -EIO", "vm = vm-create", "a = 5",
                                 "check $b == 0x4000", "check $c == -5", "check $a == 5",
                                 "check $vm == 1", "echo $a $c $vm. $ $5 x=$a", "names")
        self.check_succeeds(result)
        self.assertIn("5 -5 $vm. $ $5 x=5\n", result.stdout)
        self.assertRegex(result.stdout, r"(?m)^  c +18446744073709551611 +0xfffffffffffffffb$")
        for line, said in (("a =", "lacks"), ("1a = 5", "cannot be a name"), ("a = b", "no number"),
                           ("a = echo 1", "no result"), ("a = frob x", "no verb"),
                           ("vm-destroy vm_id=$a", "nothing is called"),
                           ("echo a $d", 'echo: nothing is called "\\$d"'),
                           ("echo a b=$d", 'echo: nothing is called "\\$d"')):
            with self.subTest(line=line):
                self.check_fails(self.run_script(line), USAGE, said)

    def test_no_result(self):
        """What can have no result is not done to get one."""
        for command in ("vm-create --dry-run", "raw VM_CREATE --dry-run",
                        "raw VM_DESTROY vm_id=$vm",
                        "raw VM_DESTROY vm_id=$vm --struct-size 4", "raw 0x6450",
                        "raw GEM_CREATE size=16K --struct-size 16", "vm-destroy vm_id=$vm",
                        "gem-close handle=$bo", "echo 1", "exit", "vm-create --help",
                        "expect 0 vm-destroy vm_id=$vm", "repeat 2 vm-destroy vm_id=$vm",
                        "in p vm-destroy vm_id=$vm", "in p -b vm-create"):
            with self.subTest(command=command):
                result = self.run_script("vm = vm-create", "bo = gem-create size=16K", "fork p",
                                         f"x = {command}")
                self.check_fails(result, USAGE, "stdin:4: .*has no result")
                result = self.run_script("vm = vm-create", "bo = gem-create size=16K", "fork p",
                                         f"expect usage x = {command}", "next = vm-create",
                                         "check $next == 2", "vm-destroy vm_id=$vm",
                                         "gem-close handle=$bo")
                self.check_succeeds(result)
        self.check_succeeds(self.run_script(
            "a = expect 0 vm-create", "b = repeat 2 vm-create", "check $b == 3", "fork p",
            "c = in p vm-create", "check $c == 4", "d = repeat 1 {", "vm-destroy vm_id=$a",
            "open other", "time", "}", "check $d != 0", "in p -b vm-create", "e = wait p",
            "check $e == 5"))

    def test_errors(self):
        """A script ends with the first command that fails, unless it shall go on."""
        lines = ("echo 1", "vm-destroy vm_id=9", "echo 2", "frob", "echo 3")
        result = self.run_script(*lines)
        self.check_fails(result, CALL_FAILED, "^agx-cli: stdin:2: ioctl VM_DESTROY: ENOENT: ")
        self.assertEqual(result.stdout, "1\n")
        result = self.run_cli("script", "-k", "-", input="\n".join(lines))
        self.assertEqual((result.returncode, result.stdout), (CALL_FAILED, "1\n2\n3\n"))
        self.assertEqual(len(result.stderr.splitlines()), 2)
        result = self.run_script("on-error go", *lines, "on-error stop", "frob", "echo 4")
        self.assertEqual((result.returncode, result.stdout), (CALL_FAILED, "1\n2\n3\n"))
        self.assertEqual(len(result.stderr.splitlines()), 3)
        result = self.run_script("echo 1", "exit", "frob")
        self.check_succeeds(result)
        self.check_fails(self.run_script("on-error frob"), USAGE, "frob")
        for name, err in ("/nonexistent", "open /nonexistent: ENOENT: "), ("/", "read /: EISDIR: "):
            self.check_fails(self.run_cli("script", name), FAILURE, f"cannot {err}")
        self.check_fails(self.run_cli("script"), USAGE, "lacks an argument: FILE")

    def test_script_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".agx") as script:
            script.write("echo 1\nvm-destroy vm_id=9\n")
            script.flush()
            result = self.run_cli("script", script.name)
        self.check_fails(result, CALL_FAILED, rf"{re.escape(script.name)}:2: ioctl VM_DESTROY")

    def test_scripts_of_scripts(self):
        """What a script names is where the script is, and is part of it."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (
                ("outer", "script inner\necho $x\nscript inner\necho never\n"),
                ("inner", "x = 5\nrepeat $x echo inner\nvm-destroy vm_id=$y\n"),
            ):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as script:
                    script.write(text)
            result = self.run_script("y = vm-create", f"script {folder}/outer")
            self.check_fails(result, CALL_FAILED, rf"{folder}/inner:3: ioctl VM_DESTROY: ENOENT: ")
            words = [word for word in result.stdout.split() if word in ("inner", "5", "never")]
            self.assertEqual(words, ["inner"] * 5 + ["5"] + ["inner"] * 5)
            result = self.run_script("fork p", f"in p script {folder}/outer")
            self.check_fails(result, USAGE, "nothing is called")

    def test_expect(self):
        for line in ("expect ENOENT vm-destroy vm_id=9", "expect 0 vm-create",
                     "expect usage vm-destroy frob=1", "expect wrong check 1 == 2",
                     "expect failure script /nonexistent", "expect usage expect EFROB vm-create",
                     "expect wrong expect 0 vm-destroy vm_id=9", "expect usage expect 0"):
            with self.subTest(line=line):
                self.check_succeeds(self.run_script(line))
        result = self.run_script("expect ENOENT vm-destroy vm_id=9")
        self.assertRegex(result.stdout, r"\Aas expected, ENOENT: ioctl VM_DESTROY: ENOENT: .*\n\Z")
        for line, said in (
            ("expect EINVAL vm-destroy vm_id=9", "expected EINVAL, but it failed with ENOENT"),
            ("expect 0 vm-destroy vm_id=9", "expected 0, but it failed with ENOENT"),
            ("expect EINVAL vm-create", "expected EINVAL, but it succeeded"),
            ("expect 0 check 1 == 2", "expected 0, but it failed"),
        ):
            with self.subTest(line=line):
                result = self.run_script("echo 1", line, "echo 2")
                self.assertEqual(result.returncode, WRONG)
                self.assertTrue(result.stderr.endswith(f"agx-cli: stdin:2: {said}\n"))
        # It is no failed expectation if the command could not be tried.
        result = self.run_script("expect EINVAL vm-create", env={"FAKE_NODE": "/nonexistent"})
        self.check_fails(result, NO_DEVICE)

    def test_check(self):
        for line in "check 1 == 1", "check 1 != 2", "check -1 < 0", "check 16K > 0x3fff":
            self.check_succeeds(self.run_script(line))
        for line in "check 1 == 2", "check 1 != 1", "check 1 < 1", "check -1 > 0":
            self.check_fails(self.run_script(line), WRONG, "is wrong")
        for line in "check 1 = 2", "check 1 == x", "check 1 ==", "check 1 == 2 3":
            self.check_fails(self.run_script(line), USAGE)

    def test_repeat(self):
        result = self.run_script("repeat 3 echo 1", "repeat 0 echo 2", "repeat 2 {", "  echo a",
                                 "  repeat 2 {", "    echo b", "  }", "}", "echo end")
        self.check_succeeds(result)
        self.assertEqual(result.stdout.split(), ["1"] * 3 + ["a", "b", "b"] * 2 + ["end"])
        result = self.run_script("repeat 3 {", "echo 1", "vm-destroy vm_id=9", "}")
        self.check_fails(result, CALL_FAILED, "stdin:3: ioctl")
        self.assertEqual(result.stdout, "1\n")
        self.check_fails(self.run_script("repeat 3 {", "echo 1"), USAGE, "no end")
        self.check_fails(self.run_cli("repeat", "3", "{"), USAGE, "block")
        self.check_fails(self.run_script("repeat x echo"), USAGE, "no number")

    def test_sleep(self):
        for text in "0", "1ms", "0.001", "10us", "5ns", "0.001s":
            self.check_succeeds(self.run_script(f"sleep {text}"))
        for text in "", "x", "1m", "-1", "1e300":
            self.check_fails(self.run_script(f"sleep '{text}'"), USAGE, "no time")

    def test_files(self):
        with tempfile.NamedTemporaryFile() as other:
            result = self.run_script(
                "vm-create", "open a", f"open b {self.node}", "files", "use a", "close b",
                "expect usage use b", "expect usage close b", "expect usage open a",
                f"expect no-device open c {other.name}", "close a", "expect usage get-time",
                "use gpu", "get-time", options=("--json",))
        self.assertEqual(result.returncode, OK, result.stderr)
        files = next(document["files"] for document in map(json.loads, result.stdout.splitlines())
                     if document["verb"] == "files")
        self.assertEqual([(file["file"], file["path"], file["in_use"]) for file in files],
                         [("gpu", self.node, False), ("a", self.node, False),
                          ("b", self.node, True)])

    def test_processes(self):
        result = self.run_script(
            "x = 1", "fork p", "in p y = 5", "in p echo $x $y", "echo $x",
            "expect usage echo $y", "z = in p get-time",
            "check $z == 123456789", "expect ENOENT in p vm-destroy vm_id=9",
            "in p expect ENOENT vm-destroy vm_id=9", "expect usage in p frob",
            "expect usage in q echo", "expect usage fork p", "expect usage wait p",
            "in -b p sleep 10ms", "expect usage in p echo", "wait p",
            "in -b p vm-destroy vm_id=9", "expect ENOENT wait p", "fork q", "in q echo third",
            "in p exit", "expect failure in p echo", "expect usage in p echo", "kill q",
            "expect usage in q echo", "expect usage kill q")
        self.check_succeeds(result)
        self.assertIn("1 5\n1\n", result.stdout)
        self.assertIn("third\n", result.stdout)

    def test_block_in_process(self):
        result = self.run_script("x = 1", "fork p", "in p {", "# nothing", "", "  x = 5",
                                 "  echo $x", "}", "echo $x", "in p echo $x")
        self.check_succeeds(result)
        self.assertEqual(result.stdout.split()[-3:], ["5", "1", "5"])
        result = self.run_script("fork p", "in p {", "echo 1", "vm-destroy vm_id=9", "echo 2", "}")
        self.assertEqual(result.returncode, CALL_FAILED)
        self.assertEqual(result.stdout.split()[-1], "1")
        self.check_fails(self.run_cli("in", "p", "{"), USAGE, "block")

    def test_process_ends(self):
        """What a process does when the session ends does not hold it up."""
        self.check_succeeds(self.run_script("fork p", "in -b p sleep 300", "fork q"))
        result = self.run_script("fork p", "in -b p sleep 300", "expect usage kill p FROB",
                                 "kill p SIGTERM", "wait p")
        self.check_fails(result, FAILURE, "process p has died: Terminated")

    def test_take(self):
        with open(self.node, "w", encoding="utf-8") as file:
            file.write("node")
        result = self.run_script(
            "fork p", f"there = in p open a {self.node}", "here = take p $there", "kill p",
            f"files", "check $here > 2", "expect failure take p 1", options=("--json",))
        self.assertEqual(result.returncode, USAGE)  # p is gone
        result = self.run_script("fork p", f"there = in p open a {self.node}", "here = take p $there",
                                 "expect failure take p 999", "expect usage take p x", "kill p",
                                 "fd-close fd=$here")
        self.check_succeeds(result)

    def test_json(self):
        """A line for each command that says something, with the same exit status."""
        result = self.run_script("vm = vm-create", "x = 5", "vm-destroy vm_id=9",
                                 options=("--json",))
        self.assertEqual(result.returncode, CALL_FAILED)
        documents = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([document["verb"] for document in documents],
                         ["vm-create", "vm-destroy", "script"])
        self.assertEqual([document.get("status") for document in documents],
                         [None, CALL_FAILED, CALL_FAILED])
        self.assertEqual(len(documents[1]["errors"]), 1)

        result = self.run_script("echo a", "frobnicate", options=("--json",))
        self.assertEqual(result.returncode, USAGE)
        documents = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([(document["verb"], document.get("status")) for document in documents],
                         [("echo", None), ("", USAGE), ("script", USAGE)])
        self.assertIn("frobnicate", documents[1]["errors"][0])

    def test_help(self):
        listed = self.run_script("help")
        self.check_succeeds(listed)
        self.assertEqual(listed.stdout, self.run_cli("--help").stdout)
        for verb in "vm-bind", "vm show":
            result = self.run_script(f"help {verb}")
            self.check_succeeds(result)
            self.assertEqual(result.stdout, self.run_cli(*verb.split(), "--help").stdout)
        self.check_fails(self.run_script("help frob"), USAGE, "frob")

    def type_at_prompt(self, *keys):
        """What a terminal shows of a session in which these are typed, each at a prompt.

        None for an interrupt of the command before.
        """
        main, side = pty.openpty()
        environment = dict(os.environ, LD_PRELOAD=FAKE, FAKE_NODE=self.node, TERM="vt100", NO_COLOR="1",
                           HOME=os.path.dirname(self.node), XDG_STATE_HOME="",
                           # libedit itself leaks.
                           ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
        # In a session of its own, whose terminal this is: that has the interrupts.
        with subprocess.Popen([CLI, "shell"], env=environment, stdin=side, stdout=side, stderr=side,
                              start_new_session=True,
                              preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) as process:
            os.close(side)
            screen = b""
            for key in keys:
                if key is None:
                    # One that comes too early is lost, one that comes too late is about the next.
                    while not screen.endswith(b"> "):
                        screen += self.read_until(main, None, 0.5)
                        os.write(main, b"\x03")
                        screen += self.read_until(main, b"> ", 5)
                    continue
                if not screen.endswith(b"> "):
                    screen += self.read_until(main, b"> ")
                os.write(main, key.encode())
                screen += self.read_until(main, b"\n" if key.endswith("\r") else key[-1:].encode())
            screen += self.read_until(main, None)
            os.close(main)
            self.assertEqual(process.wait(60), OK)
        return screen.decode()

    def read_until(self, terminal, end, patience=None):
        """What comes up to @end, or all; what has come if it takes longer than that."""
        seen = b""
        # A prompt is the last that comes; an echo may have one behind it.
        while end is None or not (seen.endswith(end) if end == b"> " else end in seen):
            ready, _, _ = select.select([terminal], [], [], patience or 60)
            if not ready and patience:
                return seen
            self.assertTrue(ready, seen)
            try:
                more = os.read(terminal, 4096)
            except OSError:  # the other side is closed
                return seen
            if not more:
                return seen
            seen += more
        return seen

    def test_prompt(self):
        self.addCleanup(lambda: os.path.exists(history) and os.unlink(history))
        history = os.path.join(os.path.dirname(self.node), ".agx-cli-history")
        screen = self.type_at_prompt("vm = vm-cr\t\r" if EDITS else "vm = vm-create\r",
                                     "vm-destroy vm_id=9\r", "repeat 2 {\r",
                                     "echo $vm.$vm $vm\r", "}\r", "exit\r")
        self.assertIn("vm_id         1\r\n", screen)
        # It goes on after an error, and says no place for one.
        self.assertIn("agx-cli: ioctl VM_DESTROY: ENOENT: no address space 9", screen)
        self.assertEqual(screen.count("$vm.$vm 1\r\n"), 2)
        self.assertIn("...> ", screen)
        if EDITS:
            with open(history, encoding="utf-8") as lines:
                self.assertIn("vm-destroy", lines.read())

    def test_prompt_without_terminal(self):
        """Nobody sees what fails, so that the status says it."""
        for lines, status in (
            ("echo 1\n", OK), ("", OK), ("vm-destroy vm_id=9\nfrob\necho 1\nexit\n", CALL_FAILED),
            ("frob\nvm-destroy vm_id=9\n", USAGE), ("expect ENOENT vm-destroy vm_id=9\n", OK),
        ):
            with self.subTest(lines=lines):
                result = self.run_cli("shell", input=lines, env={
                    "HOME": "/nonexistent", "XDG_STATE_HOME": "",
                    # libedit itself leaks.
                    "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"})
                self.assertEqual(result.returncode, status, result.stderr)
                said = re.search(r"(?m)(^|> )1$", result.stdout)
                self.assertEqual(said is not None, "echo 1" in lines, result.stdout)

    def test_interrupt(self):
        """It is about the line, or about what waits, not about the session."""
        if not EDITS:
            self.skipTest("built without libedit")
        screen = self.type_at_prompt("x = 5\r", "echo no", None, "sleep 300\r", None, "top\r", None,
                                     "fork p\r", "in p sleep 300\r", None, "in p echo\r",
                                     "kill p\r", "s = syncobj-create\r",
                                     "syncobj-wait handle=$s timeout=300s\r", None, "echo $x\r",
                                     "exit\r")
        self.assertEqual(screen.count("agx-cli: interrupted\r\n"), 2)
        self.assertIn("interrupted; process p still does it: see wait and kill", screen)
        self.assertIn("process p still does something; see wait", screen)
        self.assertIn("\n5\r\n", screen)
        self.assertNotIn("\nno\r\n", screen)

    def complete(self, line):
        """What the line is completed to by Tab, at a prompt that knows $vm and $bo."""
        screen = self.type_at_prompt("vm = 1\r", "bo = 2\r", f"{line}\t\x01echo \r", "exit\r")
        return screen.replace("\r\n", "\n")

    def test_completion(self):
        if not EDITS:
            self.skipTest("built without libedit")
        for line, completed in (
            ("inf", "info"),
            ("vm sh", "vm show"),
            ("x = vm-c", "x = vm-create"),
            ("vm-bind vm", "vm-bind vm_id="),
            ("vm-bind op ad", "vm-bind op addr="),
            ("vm-bind op flags=READ|WR", "vm-bind op flags=READ|WRITE"),
            ("vm-bind vm_id=$v", "vm-bind vm_id=1"),
            ("queue-create priority=M", "queue-create priority=MEDIUM"),
            ("help vm-b", "help vm-bind"),
            ("on-error s", "on-error stop"),
            ("raw GEM_MM", "raw GEM_MMAP_OFFSET"),
            ("expect ENOTU", "expect ENOTUNIQ"),
            ("expect no-d", "expect no-device"),
            ("kill 5 TER", "kill 5 TERM"),
            ("raw VM_BIND vm", "raw VM_BIND vm_id="),
            ("raw QUEUE_CREATE priority=M", "raw QUEUE_CREATE priority=MEDIUM"),
            ("expect EINVAL repeat 2 queue-d", "expect EINVAL repeat 2 queue-destroy"),
        ):
            with self.subTest(line=line):
                self.assertIn(f"\n{completed}\n", self.complete(line))
        self.assertIn("no option --dry-run", self.complete("gem-create --dr"))
        # Several: they are listed.
        self.assertRegex(self.complete("vm-"), r"\nvm-bind +vm-create +vm-destroy *\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
