#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""record, show, replay, top, coredump and watch, on a device without a kernel driver."""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest

import recfile

OK, FAILURE, USAGE, NO_DEVICE, NO_PERMISSION, CALL_FAILED, UNSUPPORTED, WRONG = range(8)

CLI, FAKE = (os.path.abspath(arg) for arg in sys.argv[1:3])
# What a program has to load first that is built with a sanitizer.
SANITIZER = sys.argv[3:4]


class VerbsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="agx-verbs-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.node = self.file("node", b"")
        self.path = os.path.join(self.folder, "recording")

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def run_cli(self, *args, env=None, **kwargs):
        environment = dict(os.environ, LD_PRELOAD=" ".join([*SANITIZER, FAKE]),
                           FAKE_NODE=self.node,
                           ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0", **(env or {}))
        return subprocess.run([CLI, *args], env=environment, capture_output=True, text=True,
                              timeout=300, cwd=self.folder, **kwargs)

    def check_fails(self, result, status, *patterns):
        """It says why, in one line, on stderr."""
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertRegex(result.stderr, r"\Aagx-cli: [^\n]+\n\Z")
        for pattern in patterns:
            self.assertRegex(result.stderr, pattern)

    def check_succeeds(self, result):
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, OK)

    def record_demo(self, *options):
        result = self.run_cli("record", *options, "-o", self.path, "--", CLI, "demo")
        self.assertEqual(result.returncode, OK, result.stderr)
        self.assertTrue(result.stdout.endswith("demo: 3 passed, 0 failed\n"))
        return result

    def json_lines(self, result):
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        for line in lines:
            self.assertEqual(line["schema"], 1)
        return lines

    # record

    def test_record(self):
        result = self.record_demo()
        self.assertRegex(result.stderr, r"\Aagx-cli: \S+/recording: \d+ calls\n\Z")
        records, contents = recfile.read(self.path)
        self.assertFalse(contents)
        self.assertEqual(sum(r.type == "job" for r in records), 0)

        result = self.record_demo("--contents")
        self.assertRegex(result.stderr, r": \d+ calls, 3 jobs with contents\n\Z")
        records, contents = recfile.read(self.path)
        self.assertTrue(contents)
        self.assertEqual(sum(r.type == "job" for r in records), 3)

    def test_record_json(self):
        """What is said of the recording is a document behind what the command has printed."""
        result = self.run_cli("record", "--json", "-o", self.path, "--", "sh", "-c",
                              f"echo first; {CLI} get-time; exit 3")
        self.assertEqual((result.returncode, result.stderr), (3, ""))
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], "first")
        records, _ = recfile.read(self.path)
        self.assertEqual(json.loads(lines[-1]), {
            "schema": 1, "verb": "record", "file": self.path,
            "calls": sum(r.type == "ioctl" for r in records), "jobs": 0, "contents": False,
            "status": 3})
        result = self.run_cli("--json", "record", "--contents", "-o", self.path, "--", CLI, "demo")
        document = json.loads(result.stdout.splitlines()[-1])
        self.assertEqual((document["jobs"], document["contents"]), (3, True))

    def test_record_default_file(self):
        result = self.run_cli("record", "--", "cp", "/dev/null", "made-by-the-command")
        self.assertEqual(result.returncode, OK)
        self.assertEqual(result.stderr, "agx-cli: agx.rec: nothing was said to the driver\n")
        self.assertTrue(os.path.exists(os.path.join(self.folder, "agx.rec")))
        self.assertTrue(os.path.exists(os.path.join(self.folder, "made-by-the-command")))

    def test_record_status(self):
        """The exit status is the command's."""
        for command, status in (("exit 0", 0), ("exit 3", 3), ("exit 77", 77),
                                ("kill -TERM $$", 128 + 15)):
            with self.subTest(command=command):
                result = self.run_cli("record", "-o", self.path, "--", "sh", "-c", command)
                self.assertEqual(result.returncode, status)

    def test_record_bad_usage(self):
        self.check_fails(self.run_cli("record"), USAGE, "--help")
        self.check_fails(self.run_cli("record", "--"), USAGE, "--help")
        self.check_fails(self.run_cli("record", "--frobnicate", "--", "true"), USAGE,
                         "--frobnicate")
        self.check_fails(self.run_cli("record", "-o", "/nonexistent/x", "--", "true"), FAILURE,
                         "/nonexistent/x: ENOENT")
        self.check_fails(self.run_cli("record", "-o", "/dev/full", "--", "true"), FAILURE,
                         "/dev/full")
        result = self.run_cli("record", "-o", self.path, "--", "/nonexistent")
        self.assertEqual(result.returncode, FAILURE)
        self.assertIn("cannot run /nonexistent: ENOENT", result.stderr)

    # show

    def test_show(self):
        """All records, all fields, each by its name, in both forms."""
        self.record_demo("--contents")
        records, _ = recfile.read(self.path)
        text = self.run_cli("show", self.path)
        self.check_succeeds(text)
        for line in (r"^ +0\.\d{9} \d+/\d+ process: start of agx-cli$", r": device 1 is \S+/node$",
                     r": fd \d+ is device 1$",
                     r": device 1, fd \d+: VM_BIND \(0x[0-9a-f]+\) = 0, [\d.]+ us$",
                     r"^  kernel_start +0x77ffff8000$", r"^  vm_id +1$",
                     r"0x6 \(READ\|WRITE\) +\d+ +0x0|0x6 \(READ\|WRITE\) +\d+ +0 ",
                     r"cdm_ctrl_stream_base +0x", r"^ +cmd_type +1 \(CMD_COMPUTE\)$",
                     r"buffer \d+ has changed by the job, 0x1000 bytes at 0",
                     r": the job of queue 1 has ended \(1\)$", r": exit of agx-cli$"):
            self.assertRegex(text.stdout, "(?m)" + line)

        lines = self.json_lines(self.run_cli("show", "--json", self.path))
        self.assertEqual([line["head"]["record"] for line in lines], [r.type for r in records])
        for line, record in zip(lines, records):
            self.assertEqual(line["head"]["tid"], record.tid)
            if record.type == "ioctl":
                self.assertEqual(line["head"]["name"].split("_FILE_INFO")[0],
                                 record.name.split("_FILE_INFO")[0])
        submit = next(line for line in lines if line["head"].get("name") == "SUBMIT")
        self.assertEqual(submit["arg"]["queue_id"], 1)
        self.assertEqual(submit["syncs"][0]["sync_type"], 0)
        self.assertEqual(submit["cmdbuf"][0]["cmd_type"], 1)
        self.assertIn("ts.start.handle", submit["cmdbuf"][0]["compute"])
        create = next(line for line in lines if line["head"].get("name") == "VM_CREATE")
        self.assertEqual(create["arg"]["vm_id"], 0)
        self.assertEqual(create["answer"], {"vm_id": 1})

    def test_show_brief(self):
        self.record_demo()
        records, _ = recfile.read(self.path)
        result = self.run_cli("show", "--brief", self.path)
        self.check_succeeds(result)
        self.assertEqual(len(result.stdout.splitlines()), len(records))

    def test_show_bytes(self):
        self.record_demo("--contents")
        result = self.run_cli("show", "--bytes", self.path)
        self.check_succeeds(result)
        self.assertIn("ef be ad de", result.stdout)

    def test_bad_files(self):
        self.record_demo("--contents")
        with open(self.path, "rb") as file:
            data = file.read()
        for name, content, said in (
            ("empty", b"", "no recording"),
            ("text", b"#!/bin/sh\nexit 0\n", "no recording"),
            ("newer", data[:8] + struct.pack("<I", 2) + data[12:], "version 2"),
            ("short", data[:20], "ends in its first"),
            ("cut", data[:-1], "ends in the middle"),
            ("spoiled", data[:40] + b"x" + data[41:], "damaged at offset 40"),
        ):
            for verb in "show", "replay":
                with self.subTest(name=name, verb=verb):
                    result = self.run_cli(verb, self.file(name, content))
                    self.assertEqual(result.returncode, FAILURE)
                    self.assertIn(said, result.stderr)
        for verb in "show", "replay":
            self.check_fails(self.run_cli(verb, "/nonexistent"), FAILURE, "/nonexistent: ENOENT")
            self.check_fails(self.run_cli(verb), USAGE, "--help")
            self.check_fails(self.run_cli(verb, "a", "b"), USAGE, "--help")
            self.check_fails(self.run_cli(verb, "/"), FAILURE, "/ cannot be read .*: EISDIR: ")

    # replay

    def replay(self, status, env=None):
        result = self.run_cli("replay", "--json", self.path, env=env)
        self.assertEqual(result.returncode, status, result.stderr)
        return self.json_lines(result)[0]

    def test_replay(self):
        self.record_demo("--contents")
        text = self.run_cli("replay", self.path)
        self.check_succeeds(text)
        self.assertRegex(text.stdout, r"(?m)^num_differences +0$")
        result = self.replay(OK)
        self.assertEqual(result["jobs"], 3)
        self.assertEqual(result["differences"], [])
        self.assertGreater(result["calls"], 50)

    def test_replay_differences(self):
        """What jobs leave, what becomes of them, and what calls return."""
        self.record_demo("--contents")
        # Jobs that do nothing.
        result = self.replay(WRONG, env={"FAKE_JOB_STATUS": "1"})
        self.assertEqual(result["num_differences"], 3)
        self.assertEqual(result["differences"][0]["recorded"], "0xdeadbeef")
        self.assertEqual(result["differences"][0]["here"], "0x5eed0000")
        self.assertRegex(result["differences"][0]["what"], r"^buffer \d+ at 0")

        result = self.replay(WRONG, env={"FAKE_JOB_STATUS": "-110"})
        jobs = [d for d in result["differences"] if d["what"] == "job"]
        self.assertEqual([d["here"] for d in jobs], ["ends with ETIMEDOUT"] * 3)

        # QUEUE_CREATE fails, and then there is nothing to submit to.
        result = self.replay(WRONG, env={"FAKE_FAIL_NR": str(0x48), "FAKE_FAIL_ERRNO": "12"})
        self.assertEqual(result["differences"][0]["what"], "QUEUE_CREATE")
        self.assertEqual(result["differences"][0]["recorded"], "0")
        self.assertEqual(result["differences"][0]["here"], "ENOMEM")

    def test_replay_without_contents(self):
        """Jobs are left out, and whoever waits for them does not for ever."""
        self.record_demo()
        result = self.replay(OK)
        self.assertEqual(result["jobs"], 0)
        self.assertGreaterEqual(result["left_out"], 3)

    def test_replay_failures(self):
        """A call that failed has to fail again, in the same way."""
        self.record_demo("--contents")
        records, _ = recfile.read(self.path)
        at = next(r for r in records if r.type == "ioctl" and r.name == "VM_CREATE")
        with open(self.path, "rb") as file:
            data = file.read()
        call = at.before + at.after
        changed = data.replace(struct.pack("<i", 0) + struct.pack("<I", at.request),
                               struct.pack("<i", -22) + struct.pack("<I", at.request))
        self.assertIn(call, changed)
        self.assertNotEqual(changed, data)
        with open(self.path, "wb") as file:
            file.write(changed)
        result = self.replay(WRONG)
        self.assertEqual(result["differences"][0]["what"], "VM_CREATE")
        self.assertEqual(result["differences"][0]["recorded"], "EINVAL")
        self.assertEqual(result["differences"][0]["here"], "0")

    def test_replay_wrong_descriptor(self):
        """What is no dma-buf there is none here."""
        script = (
            "import fcntl, os, struct\n"
            "fd = os.open(os.environ['FAKE_NODE'], os.O_RDWR)\n"
            "try:\n"
            "    fcntl.ioctl(fd, 0xc00c642e, struct.pack('IIi', 0, 0, 0))\n"
            "except OSError as e:\n"
            "    print(e.errno)\n")
        result = self.run_cli("record", "-o", self.path, "--", sys.executable, "-SEBc", script)
        self.assertEqual(result.stdout, "22\n", result.stderr)
        records, _ = recfile.read(self.path)
        self.assertEqual([r.kind for r in records if r.type == "object"], ["device"])
        self.assertEqual(self.replay(OK)["calls"], 1)

    def test_replay_no_device(self):
        self.record_demo()
        result = self.run_cli("replay", "--device", "/dev/null", self.path)
        self.check_fails(result, NO_DEVICE, "/dev/null")

    # top

    def add_client(self, pid, fd, client, compute, total=160):
        base = f"proc/{pid}"
        self.file(f"{base}/comm", b"prog\n")
        self.file(f"{base}/fdinfo/{fd}", (
            f"pos:\t0\ndrm-driver:\tasahi\ndrm-client-id:\t{client}\n"
            f"drm-engine-compute:\t{compute} ns\ndrm-total-memory:\t{total} KiB\n").encode())
        os.makedirs(os.path.join(self.folder, base, "fd"), exist_ok=True)
        os.symlink("/dev/dri/renderD-of-a-test", os.path.join(self.folder, base, "fd", str(fd)))
        return os.path.join(self.folder, "proc")

    def test_top(self):
        proc = self.add_client(12, 3, 7, 5000000)
        self.add_client(12, 4, 7, 5000000)
        self.add_client(13, 3, 8, 0, total=4)
        result = self.run_cli("top", "--once", "--proc", proc)
        self.check_succeeds(result)
        self.assertRegex(result.stdout, r"(?m)^ +client +pid +command +fds +compute_us")
        self.assertRegex(result.stdout, r"(?m)^ +7 +12 +prog +2 +5000 +160 ")

        result = self.run_cli("top", "--once", "--json", "--proc", proc)
        self.check_succeeds(result)
        clients = self.json_lines(result)[0]["clients"]
        self.assertEqual([c["client"] for c in clients], [7, 8])
        self.assertEqual(clients[0]["fds"], 2)
        self.assertEqual(clients[1]["memory_kib"], 4)

        result = self.run_cli("top", "--count", "3", "--interval", "1ms", "--json", "--proc", proc)
        samples = self.json_lines(result)
        self.assertEqual(len(samples), 3)
        self.assertNotIn("compute_percent", samples[0]["clients"][0])
        self.assertEqual(samples[2]["clients"][0]["compute_percent"], 0)

    def test_top_terminal(self):
        """Processes give themselves names, which a terminal must not obey."""
        proc = self.add_client(12, 3, 7, 0)
        self.file("proc/12/comm", b"\x1b[2J\n")
        result = self.run_cli("top", "--once", "--proc", proc)
        self.check_succeeds(result)
        self.assertIn("?[2J", result.stdout)
        self.assertNotIn("\x1b", result.stdout)
        result = self.run_cli("top", "--once", "--json", "--proc", proc)
        self.assertEqual(self.json_lines(result)[0]["clients"][0]["command"], "\x1b[2J")

    def test_top_nobody(self):
        os.mkdir(os.path.join(self.folder, "proc"))
        result = self.run_cli("top", "--once", "--proc", os.path.join(self.folder, "proc"))
        self.check_succeeds(result)
        self.assertRegex(result.stdout, r"\Aclients +none\n\Z")

    def test_top_bad_usage(self):
        self.check_fails(self.run_cli("top", "--once", "--proc", "/nonexistent"), FAILURE,
                         "/nonexistent")
        self.check_fails(self.run_cli("top", "--once", "--device", "/nonexistent"), NO_DEVICE,
                         "/nonexistent: ENOENT")
        self.check_fails(self.run_cli("top", "--once", "--device", "/"), NO_DEVICE)
        self.check_fails(self.run_cli("top", "--count", "many"), USAGE, "many")
        self.check_fails(self.run_cli("top", "--interval", "soon"), USAGE, "soon")
        self.check_fails(self.run_cli("top", "more"), USAGE, "more")

    # coredump

    DUMP = (b"agx-coredump: 1\nreason: fault\nerror: -5\nchip: 0x8103\nfault: line of the log\n"
            b"commands: 1\n  0 compute 0x1000 0x1040 0 2\nusc-base: 0x1100000000\nmappings:\n"
            b"  0x1000-0x5000 rw- 0x4000\nstream: 0x1020\n"
            b"  0x1000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n  0x1010 unmapped\n"
            b"pc: 0x0\nregisters:\n  r4 0xdeadbeef 0x00000000 0x00000001 0x00000002\n"
            b"later: words\n  and lines\n")

    def test_coredump(self):
        path = self.file("dump", self.DUMP)
        result = self.run_cli("coredump", path)
        self.check_succeeds(result)
        for line in (r"^reason +fault$", r"^error +-5 \(EIO\)$", r"^usc_base +0x1100000000$",
                     r"^ +0 +compute +0x1000 +0x1040 +0 +2$", r"^ +0x1000 +0x5000 +rw- +0x4000$",
                     r"00 01 02 03", r"^ +r4 +0xdeadbeef$", r"^ +r7 +0x2$"):
            self.assertRegex(result.stdout, "(?m)" + line)
        result = self.run_cli("coredump", "--json", path)
        self.check_succeeds(result)
        dump = self.json_lines(result)[0]
        self.assertEqual(dump["error"], -5)
        self.assertEqual(dump["chip"], 0x8103)
        self.assertEqual(dump["command_list"][0]["waits_for_compute"], 2)
        self.assertEqual(dump["mappings"][0]["access"], "rw-")
        self.assertEqual(dump["stream_memory"][0]["address"], 0x1000)
        self.assertEqual(dump["stream_memory"][1], {"address": 0x1010, "mapped": False})
        self.assertEqual([(r["register"], r["value"]) for r in dump["registers"]],
                         [("r4", 0xdeadbeef), ("r5", 0), ("r6", 1), ("r7", 2)])
        self.assertEqual(dump["later_lines"], ["and lines"])

    def test_coredump_shader(self):
        """The instruction is that at the address, and stands where it is in its shader."""
        code = bytes.fromhex("6201efbeadde" "4501000d00c01200" "8800")
        memory = bytes(8) + code + bytes(24 - len(code))
        lines = "".join(f"  {0x11fffac000 - 8 + at:#x} {memory[at:at + 16].hex(' ')}\n"
                        for at in range(0, len(memory), 16))
        for shader, pc, text in ((0x11fffac000, 0x11fffac006, "store    r0, du0, 0, i32, x, a"),
                                 (0x11fffac002, 0x11fffac000, "ldimm    r0, 3735928559"),
                                 (0x11fffac000, 0x11fffabff8, ".bytes   0000"),
                                 (0x11fffac000, 0x11fffac020, None)):
            path = self.file("dump", (f"agx-coredump: 1\npc: {pc:#x}\n{lines}"
                                      f"shader: {shader:#x}\nlane: 3\n").encode())
            result = self.run_cli("coredump", "--json", path)
            self.check_succeeds(result)
            dump, = self.json_lines(result)
            self.assertEqual(dump["shader_offset"], pc - shader)
            self.assertEqual(dump.get("instruction"), text)

        # Of no shader there is nothing to be said.
        result = self.run_cli("coredump", "--json", self.file("dump", self.DUMP))
        self.assertNotIn("instruction", result.stdout)

    def test_coredump_folder(self):
        """The dump of the driver among those of others; it goes when that is asked for."""
        folder = os.path.join(self.folder, "class")
        self.file("class/devcd1/data", b"of another driver\n")
        self.check_fails(self.run_cli("coredump", "--folder", folder), FAILURE, "no coredump")
        path = self.file("class/devcd2/data", self.DUMP)
        result = self.run_cli("coredump", "--folder", folder)
        self.check_succeeds(result)
        self.assertIn(path, result.stdout)
        self.check_succeeds(self.run_cli("coredump", "--delete", "--folder", folder))
        with open(path, "rb") as file:
            self.assertEqual(file.read(1), b"1")
        self.check_fails(self.run_cli("coredump", "--folder", "/nonexistent"), UNSUPPORTED,
                         "/nonexistent")

    def test_coredump_bad_files(self):
        for data, said in ((b"", "no coredump"), (b"nothing\n", "no coredump"),
                           (b"agx-coredump: 2\n", "version"), (self.DUMP[:-4], "cut off"),
                           (self.DUMP + b"\x1b[2J\n", "damaged")):
            result = self.run_cli("coredump", self.file("bad", data))
            self.check_fails(result, FAILURE, re.escape(said))
        for name, said in ("/nonexistent", "ENOENT"), ("/", "/ cannot be read: EISDIR: "):
            self.check_fails(self.run_cli("coredump", name), FAILURE, said)
        self.check_fails(self.run_cli("coredump", "--delete", "file"), USAGE)

    # watch

    def test_watch_bad_usage(self):
        self.check_fails(self.run_cli("watch", "--count", "x"), USAGE, "--count")
        self.check_fails(self.run_cli("watch", "--for", "x"), USAGE, "--for")
        self.check_fails(self.run_cli("watch", "--frobnicate"), USAGE, "--frobnicate")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
