#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""agx-cli run, asm, disasm and decode: on a device that needs no kernel driver, and on none."""

import errno
import glob
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from cli_base import (CALL_FAILED, CLI, FAILURE, FAKE, NO_DEVICE, NO_PERMISSION, OK, UNSUPPORTED,
                      USAGE, WRONG, CliTest)

STORE = "ldimm r0, 0xdeadbeef\nstore r0, du0, 0, i32, x, a\nstop\n"
STORE_HEX = "6201efbeadde" "4501000d00c01200" "8800"


class JobsTest(CliTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="agx-cli-jobs-")
        self.addCleanup(directory.cleanup)
        self.dir = directory.name
        self.node = self.file("node", b"")

    def file(self, name, content):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run_cli(self, *args, device=False, env=None):
        environment = dict(os.environ, ASAN_OPTIONS="verify_asan_link_order=0")
        if device:
            environment.update(LD_PRELOAD=FAKE, FAKE_NODE=self.node)
            args = (*args, "--device", self.node)
        environment.update(env or {})
        return subprocess.run([CLI, *args], env=environment, capture_output=True, text=True,
                              timeout=300)

    def succeed(self, *args, **kwargs):
        result = self.run_cli(*args, **kwargs)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, OK)
        return result.stdout

    def succeed_json(self, *args, **kwargs):
        document = json.loads(self.succeed(*args, "--json", **kwargs))
        self.check_same(self.succeed(*args, **kwargs), [document])
        return document

    def check_fails(self, status, pattern, *args, **kwargs):
        result = self.run_cli(*args, **kwargs)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertRegex(result.stderr, r"\Aagx-cli: [^\n]+\n\Z")
        self.assertRegex(result.stderr, pattern)
        return result

    # asm and disasm

    def test_asm(self):
        output = os.path.join(self.dir, "store.bin")
        for source in STORE, "@" + self.file("store.s", STORE):
            document = self.succeed_json("asm", source, "--output", output)
            self.assertEqual("".join(line["bytes"] for line in document["code"]), STORE_HEX)
            self.assertEqual(document["size"], 16)
            self.assertEqual(document["registers"], 2)
            self.assertEqual(document["uniforms"], 4)
            with open(output, "rb") as f:
                self.assertEqual(f.read().hex(), STORE_HEX)

    def test_disasm(self):
        path = self.file("store.bin", bytes.fromhex(STORE_HEX))
        for code in STORE_HEX, "@" + path:
            document = self.succeed_json("disasm", code)
            self.assertEqual(document["code"], [
                {"offset": 0, "bytes": "6201efbeadde", "text": "ldimm    r0, 3735928559"},
                {"offset": 6, "bytes": "4501000d00c01200",
                 "text": "store    r0, du0, 0, i32, x, a"},
                {"offset": 14, "bytes": "8800", "text": "stop"},
            ])
            again = "\n".join(line["text"] for line in document["code"])
            self.assertEqual(self.succeed_json("asm", again)["code"], document["code"])

    def test_disasm_unknown(self):
        result = self.check_fails(UNSUPPORTED, "of 1 lines it is not known", "disasm", "8800 ffff")
        self.assertRegex(result.stdout, r"(?m)^ +2: ffff +\.bytes   ffff$")

    def test_asm_fails(self):
        self.check_fails(USAGE, r'cli: line 2: no instruction is called "frob"', "asm",
                         "stop\nfrob r0")
        source = self.file("bad.s", "stop\nfrob r0")
        self.check_fails(USAGE, rf'cli: {source}:2: no instruction is called "frob"', "asm",
                         "@" + source)
        self.check_fails(FAILURE, "cannot open /nonexistent: ENOENT: No such file", "asm",
                         "@/nonexistent")
        self.check_fails(FAILURE, f"cannot read {self.dir}: EISDIR: ", "asm", "@" + self.dir)
        self.check_fails(USAGE, "no text", "asm", "@" + self.file("binary", b"stop\0"))
        self.check_fails(FAILURE, "cannot write /nonexistent/out: ENOENT: ", "asm", "stop", "-o",
                         "/nonexistent/out")
        self.check_fails(USAGE, "lacks an argument", "asm")
        self.check_fails(USAGE, "odd number", "disasm", "880")
        self.check_fails(USAGE, "digits", "disasm", "88zz")

    # decode

    def rows(self, document):
        return [(row["offset"], row["word"], row["block"], row["field"], row["value"])
                for row in document["words"]]

    def test_decode_cdm(self):
        launch = "12100000 0080f8ff" "800000000100000001000000" "200000000100000001000000"
        document = self.succeed_json("decode", "cdm", launch + "0000004000000000" "ffff")
        self.assertEqual(document["size"], 40)
        rows = self.rows(document)
        self.assertIn((0, "00001012", "launch", "uniforms", 64), rows)
        self.assertIn((4, "fff88000", "launch", "usc_words", 0xfff88000), rows)
        self.assertIn((8, "00000080", "sizes", "global_x", 128), rows)
        self.assertIn((32, "40000000", "terminate", "type", 2), rows)
        self.assertIn("terminate", {row.get("value_text") for row in document["words"]})

        document = self.succeed_json("decode", "cdm", "--g14x",
                                     launch[:17] + "0000000000000040" + launch[17:]
                                     + "0000004000000000")
        self.assertIn((12, "40000000", "launch_g14x", "constant_1", 0x40000000),
                      self.rows(document))

        document = self.succeed_json("decode", "cdm", "0100004000000000")
        self.assertIn((0, "40000001", "terminate", "unknown_bits", 1), self.rows(document))

    def test_decode_usc(self):
        document = self.succeed_json("decode", "usc", "@" + self.file("usc", bytes.fromhex(
            "1d004000c4f6ff2f 4d900000 0d0c00c0faff 8d010001 8800")))
        rows = self.rows(document)
        self.assertEqual(document["size"], 24)
        self.assertIn((0, "2ffff6c40040001d", "uniform", "address", 0x2ffff6c400), rows)
        self.assertIn((12, "fffac0000c0d", "shader", "code", 0xfffac000), rows)
        self.assertIn((18, "0100018d", "registers", "count", 8), rows)

    def header(self, kind, size, vdm=0, cdm=0):
        return struct.pack("<HHHH", kind, size, vdm, cdm)

    def test_decode_submit(self):
        compute = struct.pack("<IIQQQIIQIIII", 0, 4, 0x2ffff5c400, 0x2ffff5c42c, 0, 1, 2, 3,
                              5, 8, 7, 16)
        attachment = struct.pack("<QQII", 0x1000, 0x4000, 0, 0)
        buf = (self.header(3, 48, 0xffff, 0xffff) + attachment + attachment
               + self.header(1, 64, 2, 0) + compute)
        document = self.succeed_json("decode", "submit", buf.hex())
        rows = self.rows(document)
        self.assertEqual(document["size"], len(buf))
        self.assertIn((0, "0003", "header", "cmd_type", 3), rows)
        self.assertIn((32, "0000000000001000", "attachment 1", "pointer", 0x1000), rows)
        self.assertIn((60, "0002", "header", "vdm_barrier", 2), rows)
        self.assertIn((72, "0000002ffff5c400", "CMD_COMPUTE", "cdm_ctrl_stream_base",
                       0x2ffff5c400), rows)
        self.assertIn((112, "00000005", "CMD_COMPUTE", "ts.start.handle", 5), rows)
        # Each byte is in exactly one word.
        self.assertEqual(sum(len(row[1]) // 2 for row in rows), len(buf))

        render = self.succeed_json("decode", "submit", (self.header(0, 240) + bytes(240)).hex())
        self.assertEqual(sum(len(row[1]) // 2 for row in self.rows(render)), 248)

        # The kernel takes for zero what is missing.
        short = self.succeed_json("decode", "submit", (self.header(1, 8) + bytes(8)).hex())
        self.assertEqual(len(short["words"]), 6)

    def test_decode_fails(self):
        for status, said, args in (
            (USAGE, "before its end", ("cdm", "12100000 0080f8ff 01")),
            (USAGE, "before its end", ("cdm", "12")),
            (USAGE, "before its end", ("usc", "1d00")),
            (UNSUPPORTED, "byte 0x4 ", ("cdm", "ffff0f60 000000a0")),
            (UNSUPPORTED, "byte 0 ", ("usc", "00")),
            (USAGE, "in a header", ("submit", "0100")),
            (USAGE, "in a command", ("submit", "0100400000000000" "00")),
            (UNSUPPORTED, "type 9", ("submit", "0900000000000000")),
            (USAGE, "vdm", ("vdm", "00")),
            (USAGE, "lacks an argument", ("cdm",)),
        ):
            with self.subTest(args=args):
                self.check_fails(status, said, "decode", *args)

    # run

    def run_job(self, *args, **kwargs):
        return self.succeed_json("run", *args, device=True, **kwargs)

    def fail_job(self, status, pattern, *args, **kwargs):
        return self.check_fails(status, pattern, "run", *args, device=True, **kwargs)

    def test_run_known(self):
        for name, checked in ("store", 4096), ("add", 4096), ("tid", 64):
            document = self.run_job(name)
            self.assertEqual(document["job_status"], "done")
            self.assertEqual(document["words_checked"], checked)
            self.assertEqual(document["words_wrong"], 0)
            self.assertEqual(document["duration_ns"], 1000)
        document = self.run_job("tid", "--threads", "1000", "--group", "10")
        self.assertEqual(document["threads"], [1000, 1, 1])
        self.assertEqual(document["group"], [10, 1, 1])
        self.assertEqual(document["words_checked"], 1000)

    def test_run_known_otherwise(self):
        document = self.run_job("add", "--buffer", "16=0x10,0x20", "--expect", "0+8=0x30",
                                "--unchanged", "--dump", "0:12", "--dump", "0+8")
        self.assertEqual(document["words_checked"], 4)
        self.assertEqual([dump["bytes"] for dump in document["dumps"]],
                         ["100000002000000030000000", "3000000000000000"])

    def test_run_known_buffers(self):
        """What is expected goes by what is in the buffers; if it is not known, that is said."""
        for args, checked in (
            (("store", "-b", "16"), 4), (("store", "-b", "4=7"), 1),
            (("store", "-b", "8=1,2", "-b", "16=3", "-u", "9"), 6),
            (("store", "--unchanged"), 4096),
            (("add", "-b", "12=4,5"), 3), (("add", "-b", "16=0xffffffff,2,3,4"), 4),
            (("add", "-b", "16"), 4), (("tid", "-b", "1K=7*256"), 256),
            (("tid", "-b", "16", "-t", "3"), 4), (("add", "-b", "12=4,5", "-e", "0+8=9"), 1),
        ):
            with self.subTest(args=args):
                document = self.run_job(*args)
                self.assertEqual((document["words_checked"], document["words_wrong"]), (checked, 0))
                self.assertNotIn("words_checked_text", document)
        running = {"FAKE_LATE_WAITS": "1", "FAKE_JOB_STATUS": "1"}
        document = self.run_job("spin", "--release", "1ms", "-b", "8=1,5", env=running)
        self.assertEqual(document["words_checked"], 2)
        # The fake does nothing when it is told how jobs end, so that what is expected is missing.
        for args in (("store", "-b", "16"), ("add", "-b", "16=1"), ("tid", "-b", "1K")):
            with self.subTest(args=args):
                self.fail_job(WRONG, "words are wrong", *args, env={"FAKE_JOB_STATUS": "1"})
        for args in (("add", "-b", "8=4,5"), ("tid", "-b", "16"), ("spin", "-b", "16"),
                     ("spin", "-b", "16=1", "-b", "16"), ("spin", "-u", "2")):
            with self.subTest(args=args):
                document = self.run_job(*args, env={"FAKE_JOB_STATUS": "1"})
                self.assertEqual((document["words_checked"], document["words_checked_text"]),
                                 (0, f"what {args[0]} has to do to these buffers is not known: see "
                                     "--expect"))
        # Nothing was to be expected of these.
        self.assertNotIn("words_checked_text", self.run_job(self.file("s", STORE), "-b", "16"))

    def test_run_file(self):
        source = self.file("store.s", STORE)
        binary = self.file("store.bin", bytes.fromhex(STORE_HEX))
        for path in source, binary:
            document = self.run_job(path, "-b", "1K", "-e", "0=0xdeadbeef,0*255")
            self.assertEqual(document["shader_size"], 16)
            self.assertEqual(document["words_checked"], 256)

    def test_run_unknown_code(self):
        path = self.file("unknown.bin", bytes.fromhex("ffff" "8800"))
        result = self.fail_job(WRONG, "ended with EIO", path)
        self.assertRegex(result.stdout, r"(?m)^registers +256$")

    def test_run_buffers_and_uniforms(self):
        shader = self.file("copy.s", """
            mov r0, thread_in_grid_x
            load r1, du0, r0, i32, x, a
            wait a
            iadd r1, r1, u4
            iadd r1, r1, u5
            store r1, du2, r0, i32, x, a
            stop
        """)
        words = self.file("words", struct.pack("<128I", *(i + 0x30005 for i in range(128))))
        self.run_job(shader, "-t", "128", "-b", "512=iota*128", "-b", "1K=7*256",
                     "-u", "5", "-u", "0x30000", "-e", "1=@" + words, "-e", "1+512=7*128",
                     "-e", "0=iota*128", "--unchanged")
        self.run_job(shader, "-t", "16,2,2", "-g", "4,2,2", "-b", "512=iota*128", "-b", "1K",
                     "-u", "5,0x30000", "-e", "1=0x30005,0x30006")

    def test_run_preshader(self):
        shader = self.file("main.s", "mov r0, u8\nstore r0, du0, 0, i32, x, a\nstop")
        preshader = self.file("pre.s", "ldimm r0, 77\nmov u8, r0\nstop")
        self.run_job(shader, "--preshader", preshader, "-b", "16", "-e", "0=77")

    def test_run_shared(self):
        shader = self.file("shared.s", """
            mov r0, thread_index_in_threadgroup
            iadd r1, 0, r0.sx, lsl 2
            lstore r0, r1l, 0, i32, x
            barrier
            isub r1, 0, r1.sx
            iadd r1, 124, r1.sx
            lload r2, r1l, 0, i32, x
            store r2, du0, r0, i32, x, a
            stop
        """)
        document = self.run_job(shader, "-t", "32", "--shared", "128", "-b", "128",
                                "-e", "0=31,30,29", "-e", "0+124=0", "--registers", "16")
        self.assertEqual(document["registers"], 16)

    def test_run_wrong_result(self):
        result = self.fail_job(WRONG, r"1 of 2 words are wrong; the first is word 1 of buffer 0: "
                               r"0x00000003, not 0x00000009", "add", "-e", "0=2,9")
        self.assertRegex(result.stdout, r"(?m)^words_wrong +1$")
        self.fail_job(WRONG, r"the first is word 0 of buffer 0: 0xdeadbeef, not 0x00000000",
                      self.file("s", STORE), "-b", "64", "--unchanged")

    def test_run_job_fails(self):
        for name in "EIO", "ETIMEDOUT", "ECANCELED":
            result = self.fail_job(WRONG, f"ended with {name}", "store",
                                   env={"FAKE_JOB_STATUS": str(-getattr(errno, name))})
            self.assertRegex(result.stdout, rf"(?m)^job_status +{name}$")
            result = self.fail_job(WRONG, f"ended with {name}", "store", "--json",
                                   env={"FAKE_JOB_STATUS": str(-getattr(errno, name))})
            document = json.loads(result.stdout)
            self.assertEqual((document["job_status"], document["status"]), (name, WRONG))
        self.fail_job(WRONG, "ended with EIO", self.file("trap.s", "trap"), "-b", "16K")

    def test_run_no_timestamps(self):
        self.fail_job(WRONG, "timestamps are wrong: start 0, end 0", "store",
                      env={"FAKE_LOSE_TIMESTAMPS": "1"})

    def test_run_spin(self):
        """Jobs do not run here, but may seem to take some time."""
        running = {"FAKE_LATE_WAITS": "1"}
        done = dict(running, FAKE_JOB_STATUS="1")
        cancelled = dict(running, FAKE_JOB_STATUS=str(-errno.ECANCELED))
        document = self.run_job("spin", "--release", "1ms", env=done)
        self.assertEqual(document["released"], True)
        self.assertEqual(document["words_checked"], 4096)
        document = self.run_job("spin", "--kill", "1ms", env=cancelled)
        self.assertEqual(document["killed"], True)
        self.assertEqual(document["job_status"], "ECANCELED")

        self.fail_job(WRONG, "has not ended after 5 ms", "spin", "--timeout", "5ms", env=done)
        self.fail_job(WRONG, "ended with ECANCELED", "spin", "--release", "1ms", env=cancelled)
        self.fail_job(WRONG, "although it was killed", "spin", "--kill", "1ms", env=done)
        self.fail_job(WRONG, "before it could be killed", "store", "--kill", "1ms")
        self.fail_job(WRONG, "0x00000001, not 0x00000000", "spin", "--release", "1ms",
                      env={"FAKE_JOB_STATUS": "1"})
        self.fail_job(USAGE, "released or killed", "spin", "--release", "1", "--kill", "1")
        self.fail_job(USAGE, "nothing to release", self.file("s", "stop"), "--release", "1")

    def test_run_trace(self):
        """Here nothing tells what is executed: that is said, and nothing stays behind."""
        result = self.run_cli("run", "store", "--trace", device=True)
        self.assertIn(result.returncode, (NO_PERMISSION, UNSUPPORTED), result.stderr)
        self.assertRegex(result.stderr, r"\Aagx-cli: .*(tracefs|tracing|agx_sim_insn)[^\n]*\n\Z")
        # What was known before stands there nevertheless, and of the job there is nothing.
        self.assertRegex(result.stdout, r"(?m)^shader_addr +0x")
        self.assertNotRegex(result.stdout, r"(?m)^job_status")
        self.assertEqual(glob.glob("/sys/kernel/tracing/instances/agx-cli-*"), [])

    def test_run_bad_arguments(self):
        store = self.file("store.s", STORE)
        for said, args in (
            ("lacks an argument", ()),
            ("takes no argument", ("store", "add")),
            ("threads.*not between", ("store", "-t", "0")),
            ("three numbers", ("store", "-t", "1,1,1,1")),
            ("no number", ("store", "-g", "x")),
            ("buffer.*not between", (store, "-b", "0")),
            ("no number", (store, "-b", "K")),
            ("more than 4 bytes", (store, "-b", "4=1,2")),
            ("more than 32 bits", (store, "-b", "4=0x100000000")),
            ("no number", (store, "-b", "8=1,,2")),
            ("whole words", (store, "-b", "8=@" + self.file("odd", b"abc"))),
            ("more than 67108864", (store, "-b", "8=0*67108865")),
            ("no buffer 1", (store, "-b", "8", "-e", "1=0")),
            ("not BUFFER", (store, "-b", "8", "-e", "0")),
            ("start of a word", (store, "-b", "8", "-e", "0+2=0")),
            ("start of a word", (store, "-b", "8", "-e", "0+8=0")),
            ("room for", (store, "-b", "8", "-e", "0=1,2,3")),
            ("no buffer 7", (store, "-b", "8", "--dump", "7")),
            ("dump.*not between", (store, "-b", "8", "--dump", "0+4:8")),
            ("more than 256", (store, "-u", "0*257")),
            ("more than 256 uniforms", (store, "-b", "8", "-u", "0*256")),
            ("registers.*not between", (store, "--registers", "257")),
            ("shared.*not between", (store, "--shared", "65537")),
            ("no time", (store, "--timeout", "soon")),
            ("without --trace", (store, "--trace-lane", "1")),
            ("without --trace", (store, "--trace-buffer", "1M")),
            ("trace-lane.*not between 0 and 31", (store, "--trace", "--trace-lane", "32")),
            ("trace-simd.*not between 0 and 31", (store, "--trace", "--trace-simd", "32")),
            ("trace-group.*three numbers", (store, "--trace", "--trace-group", "0,0,0,0")),
            ("no number", (store, "--trace", "--trace-group", "some")),
            ("trace-buffer.*not between", (store, "--trace", "--trace-buffer", "1")),
            ("more than 32 buffers", (store, *(["-b", "4"] * 33))),
        ):
            with self.subTest(args=args):
                self.fail_job(USAGE, said, *args)

        self.fail_job(FAILURE, "cannot open /nonexistent: ENOENT: ", "/nonexistent")
        self.fail_job(FAILURE, f"cannot read {self.dir}: EISDIR: ", self.dir)
        self.fail_job(USAGE, r'bad\.s:2: no instruction is called "x"',
                      self.file("bad.s", "stop\nx"))
        self.fail_job(USAGE, "no instructions", self.file("empty.s", "# nothing"))

    def test_run_call_fails(self):
        for number, name in (
            (0x42, "VM_CREATE"),
            (0x44, "VM_BIND"),
            (0x45, "GEM_CREATE"),
            (0x46, "GEM_MMAP_OFFSET"),
            (0x47, "GEM_BIND_OBJECT"),
            (0x48, "QUEUE_CREATE"),
            (0x4a, "SUBMIT"),
            (0xbf, "SYNCOBJ_CREATE"),
            (0xc3, "SYNCOBJ_WAIT"),
            (0xc1, "SYNCOBJ_HANDLE_TO_FD"),
        ):
            with self.subTest(name=name):
                self.fail_job(CALL_FAILED, rf"\b{name}\b.*: ENOMEM: ", "store", env={
                    "FAKE_FAIL_NR": str(number),
                    "FAKE_FAIL_ERRNO": str(errno.ENOMEM),
                })
        self.check_fails(NO_DEVICE, "/nonexistent", "run", "store", "--device", "/nonexistent")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
