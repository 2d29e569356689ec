#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What agx-cli makes of wrong input: one clear message, the exit status that is documented."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True

from cli_base import (CALL_FAILED, CLI, FAILURE, FAKE, NO_PERMISSION, OK, UNSUPPORTED, USAGE, WRONG,
                      CliTest)

MAKE_BUFFER = "b = gem-create size=16K"


class InputTest(CliTest):
    def check_command(self, command, status, *said):
        with self.subTest(command=command):
            result = self.run_script(command)
            self.check_fails(result, status, r"\Aagx-cli: stdin:1: ", *map(re.escape, said))

    def test_numbers(self):
        for command, said in (
            ("vm-destroy vm_id=99999999999999999999", "has more than 64 bits"),
            ("vm-destroy vm_id=17179869184G", "has more than 64 bits"),
            ("vm-destroy vm_id=0x1ffffffffffffffff", "has more than 64 bits"),
            ("vm-destroy vm_id=0x100000000", "more than 32 bits"),
            ("vm-destroy vm_id=-2147483649", "more than 32 bits"),
            ("vm-destroy vm_id=16T", '"16T" is no number'),
            ("vm-destroy vm_id=99999999999999999999x", "is no number"),
            ("vm-destroy vm_id=0x", "is no number"),
            ("vm-destroy vm_id=1.5", "is no number"),
            ("vm-destroy vm_id=", '"" is no number'),
            ("vm-destroy vm_id=$", 'nothing is called "$"'),
            ("syncobj-wait handle=0x100000001", "0x100000001 is not between 0 and 4294967295"),
            ("bo read handle=0x100000001", "0x100000001 is not between"),
            ("bo read handle=1 count=-1", "-1 is not between 1 and"),
            ("fd-close fd=0x100000003", "no number of a descriptor"),
            ("fd-close fd=2", "standard stream"),
            ("repeat -1 echo", "-1 is not between"),
            ("top --count 0", "0 is not between 1"),
            ("top --count -1", "-1 is not between 1"),
            ("watch --count 0", "0 is not between 1"),
            ("a = 99999999999999999999", "has more than 64 bits"),
        ):
            self.check_command(command, USAGE, said)
        self.check_command("fd-close fd=-1", CALL_FAILED, "cannot close -1: EBADF")

    def test_buffers(self):
        for command, said in (
            ("bo compare handle=$b with=0x100000001", "is not between"),
            ("bo wait handle=$b u32=0x100000000", "more than 32 bits"),
            ("bo map handle=$b buffer_size=32K", "buffer 1 has 0x4000 bytes"),
            ("bo map handle=$b offset=16K", "beyond buffer 1"),
            ("bo dump handle=$b offset=-4", "beyond buffer 1"),
        ):
            with self.subTest(command=command):
                result = self.run_script(MAKE_BUFFER, command)
                self.check_fails(result, USAGE, re.escape(said))
        self.check_succeeds(self.run_script(MAKE_BUFFER, "bo map handle=$b buffer_size=16K"))

    def test_no_file(self):
        """That is no usage."""
        for command in ("bo write handle=1 bytes=@/nonexistent", "mem make bytes=@/nonexistent",
                        "submit command bytes=@/nonexistent", "raw VM_BIND bytes=@/nonexistent",
                        "run store --buffer 4K=@/nonexistent", "run /nonexistent",
                        "asm @/nonexistent", "disasm @/nonexistent", "decode cdm @/nonexistent"):
            self.check_command(command, FAILURE, "cannot open /nonexistent")

    def test_first_words(self):
        for command in "vm", "vm frob", "help vm":
            self.check_command(command, USAGE, '"vm" is the first word only of vm show')

    def test_options(self):
        for args, said in ((("--json=1", "info"), "--json=1 takes no argument"),
                           (("vm-create", "-nx"), "no option -x"),
                           (("vm-create", "-nd"), "--device lacks its argument"),
                           (("vm-create", "--dry-run=1"), "--dry-run takes no argument")):
            with self.subTest(args=args):
                self.check_fails(self.run_cli(*args), USAGE, re.escape(said))
        joined = self.run_cli("vm-create", "-nsj")
        self.check_succeeds(joined)
        self.assertEqual(joined.stdout, self.run_cli("vm-create", "-n", "-s", "--json").stdout)
        self.assertEqual(self.run_cli("--json", "--help").stdout,
                         self.run_cli("help", "--json").stdout)

    def test_depth(self):
        """Nothing runs itself for ever, in one process or in many."""
        with tempfile.TemporaryDirectory() as folder:
            for text in "script self", "repeat 2 script self", "fork p\nin p script self":
                with self.subTest(text=text):
                    with open(os.path.join(folder, "self"), "w", encoding="utf-8") as script:
                        script.write(f"{text}\n")
                    result = self.run_cli("script", os.path.join(folder, "self"))
                    self.check_fails(result, USAGE, "more than 64 commands run in each other")
        self.check_succeeds(self.run_script("repeat 1 " * 60 + "get-time"))
        result = self.run_script("repeat 1 " * 100000 + "get-time")
        self.check_fails(result, USAGE, "more than 64")

    def test_no_text(self):
        for text in b"\0\0\n", b"echo a\0b\necho c\n", b"repeat 2 {\necho a\0b\n}\n":
            with self.subTest(text=text):
                result = self.run_cli("script", "-", input=text.decode())
                self.check_fails(result, USAGE, "zero byte")
                self.assertEqual(result.stdout, "")

    def test_messages(self):
        """They are a line of text, whatever they are about, and so is JSON."""
        for word, said in (("\x1b[2J\x07", r"\x1b[2J\x07"), ("a\nb", r"a\x0ab"),
                           ("\udcff\udcc3x", r"\xff\xc3x"), ("\u00e4\u20ac", "\u00e4\u20ac"),
                           ("\u009b1m", r"\xc2\x9b1m")):
            with self.subTest(word=word):
                self.check_fails(self.run_cli(word), USAGE, re.escape(f'no verb "{said}"'))
                result = subprocess.run([CLI, "--json", "echo", word], stdout=subprocess.PIPE,
                                        check=True)
                self.assertEqual(json.loads(result.stdout.decode())["text"],
                                 re.sub("[\udc80-\udcff]", "\ufffd", word))
        result = self.run_script("x" * 1000000)
        self.check_fails(result, USAGE, r"xxx\.\.\.\n\Z")
        self.assertLess(len(result.stderr), 1200)

    def test_nested_expect(self):
        """What was said is said once."""
        result = self.run_script("expect 0 expect 0 vm-destroy vm_id=9")
        self.assertEqual(result.returncode, WRONG)
        self.assertEqual(result.stderr.count("ioctl VM_DESTROY"), 1)
        result = self.run_script("expect wrong expect EIO vm-destroy vm_id=9")
        self.check_succeeds(result)
        self.assertEqual(result.stdout.count("ioctl VM_DESTROY"), 1)

    def test_processes(self):
        for lines, status, said in (
            (("fork p", "kill p TERM", "take p 5"), FAILURE, "3: process p has died: Terminated"),
            (("fork p", "kill p TERM", "in p get-time"), FAILURE, "3: process p has died: Term"),
            (("fork p", "in p vm-destroy vm_id=5"), CALL_FAILED, "2: ioctl VM_DESTROY: ENOENT"),
            (("fork p", "in p {", "repeat 2 {", "}", "}"), USAGE, "3: a block needs lines behind it"),
            (("fork p", "in -b p {", "}"), USAGE, "2: a block cannot be done in the background"),
            (("fork p", "kill p 9x"), USAGE, "2: there is no signal 9x"),
            (("fork p", "kill p 0"), USAGE, "2: there is no signal 0"),
            (("fork p", "take p 0x100000000"), USAGE, "2: FD: 0x100000000 is no number of a"),
            (("fork 'a b'",), USAGE, '1: "a b" cannot be a name'),
            (("fork ''",), USAGE, '1: "" cannot be a name'),
            (("open ''",), USAGE, '1: "" cannot be a name'),
            (("in 'a b' {", "}"), USAGE, "1: there is no process a b"),
        ):
            with self.subTest(lines=lines):
                self.check_fails(self.run_script(*lines), status, re.escape(f"stdin:{said}"))
        words = [f"w{i}" for i in range(1000)]
        result = self.run_script("fork p", f"in p echo {' '.join(words)}")
        self.check_succeeds(result)
        self.assertEqual(result.stdout.split()[-len(words):], words)
        name = "x" * 300
        result = self.run_script(f"fork {name}", f"in {name} {{", "echo 5", "}")
        self.check_succeeds(result)
        self.assertEqual(result.stdout.split()[-1], "5")
        # One that is stopped does not hold up the end.
        self.check_succeeds(self.run_script("fork p", "kill p STOP"))

    def test_interrupt(self):
        """An interrupt ends a script with all of its processes, whatever waits."""
        environment = dict(os.environ, LD_PRELOAD=FAKE, FAKE_NODE=self.node,
                           ASAN_OPTIONS="verify_asan_link_order=0")
        for lines in (("sleep 300",), ("top",), ("fork p", "in p sleep 300"),
                      ("fork p", "in -b p sleep 300", "wait p"), ("fork p", "kill p STOP"),
                      (MAKE_BUFFER, "bo wait handle=$b u32=1 timeout=300s")):
            with self.subTest(lines=lines):
                with subprocess.Popen([CLI, "script", "-"], env=environment, text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, start_new_session=True) as process:
                    process.stdin.write("".join(f"{line}\n" for line in ("echo ready", *lines)))
                    process.stdin.flush()
                    self.assertEqual(process.stdout.readline(), "ready\n")
                    time.sleep(0.3)
                    os.killpg(process.pid, signal.SIGINT)
                    # The output ends when the last of them has.
                    process.communicate(timeout=60)
                    self.assertEqual(process.returncode, -signal.SIGINT)

    def test_closed_streams(self):
        """What is printed goes to no device that has the number of a stream."""
        os.truncate(self.node, 4096)
        # The first of them the fake takes before there is any code of ours.
        environment = dict(os.environ, LD_PRELOAD=FAKE, FAKE_NODE=self.node,
                           ASAN_OPTIONS="verify_asan_link_order=0")
        result = subprocess.run(["sh", "-c", 'exec "$@" <&- >&-', "sh", CLI, "info"],
                                env=environment, stderr=subprocess.PIPE, text=True, check=False)
        self.check_fails(result, FAILURE, "standard output")
        with open(self.node, "rb") as node:
            self.assertEqual(node.read(), bytes(4096))

    def test_watch(self):
        """A command is one way only for it to end."""
        result = self.run_cli("watch", "--for", "1ms")
        self.assertIn(result.returncode, (OK, UNSUPPORTED, NO_PERMISSION), result.stderr)

    def test_record(self):
        with tempfile.TemporaryDirectory() as folder:
            result = self.run_cli("record", "--output", f"{folder}/rec", "--", "/nonexistent")
            self.check_fails(result, FAILURE, "cannot run /nonexistent: ENOENT")
        for args in ("record",), ("record", "--"):
            self.check_fails(self.run_cli(*args), USAGE, "lacks an argument")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
