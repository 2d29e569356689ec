#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every verb of agx-cli says the same in text and in JSON.

usage: test_same.py AGX-CLI FAKE [SANITIZER]
"""

import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from cli_base import CLI, FAKE, CliTest

# What is preloaded in front of the fake in a sanitizer's build.
SANITIZER = sys.argv[3:4]

VM = "vm = vm-create"
BO = "bo = gem-create size=64K"
SYNC = "s = syncobj-create"
BIND = "vm-bind vm_id=$vm op handle=$bo addr=1M range=64K flags=READ|WRITE"
DUMP = """\
agx-coredump: 1
reason: fault
error: -5
chip: 0x8103
fault: line of the log
commands: 1
  0 compute 0x1000 0x1040 0 2
mappings:
  0x1000-0x5000 rw- 0x4000
stream: 0x1000
  0x1000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f
registers:
  r4 0xdeadbeef 0x00000000 0x00000001 0x00000002
"""

# Scripts in which each verb prints something; names in braces are those of setUp().
PRINTING = {
    "info": ["info"],
    "top": ["top --once --proc {proc}"],
    "coredump": ["coredump {dump}"],
    "time": ["time"],
    "vm show": [VM, BO, BIND, "vm show", "vm show vm_id=$vm", "vm show --debugfs {debugfs}"],
    "objects": ["objects --debugfs {debugfs}"],
    "get-params": ["get-params", "get-params size=8",
                   "get-params pointer=64K --dry-run"],
    "get-time": ["get-time", "get-time --show"],
    "vm-create": [VM, "vm-create --show", "vm-create --dry-run"],
    "vm-destroy": [VM, "vm-destroy vm_id=$vm --show"],
    "vm-bind": ["vm-bind userptr=64K op addr=1M range=64K flags=READ op addr=2M --dry-run"],
    "gem-create": ["gem-create size=64K flags=WRITEBACK --show"],
    "gem-mmap-offset": [BO, "gem-mmap-offset handle=$bo --show"],
    "gem-bind-object": ["gem-bind-object op=UNBIND object_handle=1 --dry-run"],
    "queue-create": [VM, "queue-create vm_id=$vm priority=LOW usc_exec_base=0x1100000000 --show"],
    "queue-destroy": ["queue-destroy queue_id=7 --dry-run"],
    "submit": ["submit queue_id=1 syncs=64K cmdbuf=64K wait handle=1 signal handle=2 attachments "
               "cmd_type=SET_COMPUTE_ATTACHMENTS attachment pointer=64K size=16K compute "
               "cdm_ctrl_stream_base=1M command cmd_type=9 bytes=00112233 --dry-run"],
    "raw": ["raw GET_TIME", "raw VM_CREATE kernel_start=1M --dry-run",
            "raw 0xc0106441 bytes=00000000000000000000000000000000"],
    "mem make": ["mem make size=40 bytes=0011aabb"],
    "mem show": ["m = mem make size=40 bytes=0011aabb", "mem show $m"],
    "gem-close": [BO, "gem-close handle=$bo --show"],
    "prime-handle-to-fd": [BO, "prime-handle-to-fd handle=$bo"],
    "prime-fd-to-handle": [BO, "fd = prime-handle-to-fd handle=$bo", "prime-fd-to-handle fd=$fd"],
    "syncobj-create": ["syncobj-create flags=SIGNALED --show"],
    "syncobj-destroy": [SYNC, "syncobj-destroy handle=$s --show"],
    "syncobj-handle-to-fd": [SYNC, "syncobj-signal handle=$s",
                             "syncobj-handle-to-fd handle=$s flags=SYNC_FILE"],
    "syncobj-fd-to-handle": [SYNC, "syncobj-signal handle=$s",
                             "fd = syncobj-handle-to-fd handle=$s flags=SYNC_FILE",
                             "syncobj-fd-to-handle handle=$s fd=$fd flags=SYNC_FILE"],
    "syncobj-query": [SYNC, "syncobj-signal handle=$s point=5", "syncobj-query handle=$s"],
    "syncobj-status": [SYNC, "syncobj-signal handle=$s", "syncobj-status handle=$s"],
    "sync-file-status": [SYNC, "syncobj-signal handle=$s",
                         "fd = syncobj-handle-to-fd handle=$s flags=SYNC_FILE",
                         "sync-file-status fd=$fd"],
    "bo map": [BO, "bo map handle=$bo"],
    "bo read": [BO, "bo read handle=$bo count=3", "bo read handle=$bo --u64"],
    "bo dump": [BO, "bo write handle=$bo offset=4 u32=0x11223344", "bo dump handle=$bo size=40"],
    "demo": ["demo"],
    "run": ["run add --buffer 16=0x10,0x20 --expect 0+8=0x30 --dump 0:12"],
    "asm": ["asm 'ldimm r0, 77; store r0, du0, 0, i32, x, a; stop'"],
    "disasm": ["disasm 6201efbeadde4501000d00c012008800"],
    "decode": ["decode cdm 121000000080f8ff800000000100000001000000200000000100000001000000"
               "0000004000000000", "decode usc 1d004000c4f6ff2f4d9000000d0c00c0faff8d0100018800",
               "decode submit 0100080002000000" + "00" * 8],
    "record": ["record --contents -o {folder}/new -- sh -c '{cli} demo >/dev/null'"],
    "show": ["show {recording}", "show --brief {recording}", "show --bytes {recording}"],
    "replay": ["replay {recording}"],
    "expect": ["expect ENOENT vm-destroy vm_id=7"],
    "echo": [VM, "echo a  b=$vm $vm"],
    "open": ["open a"],
    "files": ["open a", "files"],
    "names": [VM, "names"],
    "fork": ["fork p"],
    "take": ["fork p", "fd = in p open a", "take p $fd"],
}

# Scripts of those that print nothing but what is wrong.
SILENT = {
    "syncobj-wait": [SYNC, "syncobj-signal handle=$s", "syncobj-wait handle=$s"],
    "syncobj-signal": [SYNC, "syncobj-signal handle=$s"],
    "syncobj-reset": [SYNC, "syncobj-reset handle=$s"],
    "fd-close": [BO, "fd = prime-handle-to-fd handle=$bo", "fd-close fd=$fd"],
    "bo wait": [BO, "bo fill handle=$bo u32=0", "bo wait handle=$bo u32=0"],
    "bo write": [BO, "bo write handle=$bo u32=7"],
    "bo fill": [BO, "bo fill handle=$bo u32=7"],
    "bo compare": [BO, "bo fill handle=$bo u32=0", "bo compare handle=$bo u32=0"],
    "script": ["script {script}"],
    "exit": ["exit"],
    "on-error": ["on-error go"],
    "check": ["check 1 == 1"],
    "repeat": ["repeat 2 get-time"],
    "sleep": ["sleep 1ms"],
    "close": ["open a", "close a"],
    "use": ["open a", "open b", "use a"],
    "in": ["fork p", "in p get-params size=8"],
    "wait": ["fork p", "in p --background get-time", "wait p"],
    "kill": ["fork p", "kill p"],
}

# Those that are compared elsewhere, or not.
ELSEWHERE = {
    "shell": "prints nothing but what the commands do that are typed",
    "help": "is text in paragraphs, which test_cli_table.py compares",
    "watch": "needs tracefs and the driver: tests/igt/asahi_cli_look.c",
}

# Numbers that are others each time.
VARIES = {
    "time": ("cpu_ns", "call_ns", "gpu_minus_cpu_ns"),
    "mem make": ("address",),
    "bo map": ("address",),
    "fork": ("pid",),
    "vm-bind": ("userptr",),
}


class SameTest(CliTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="agx-cli-same-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.env = {"LD_PRELOAD": " ".join([*SANITIZER, FAKE]),
                    "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
        self.files = {"cli": CLI, "folder": folder.name, "recording": self.folder / "recording",
                      "dump": self.file("dump", DUMP), "script": self.file("script", "get-time"),
                      "proc": self.folder / "proc", "debugfs": self.folder / "debugfs"}
        self.file("debugfs/objects", "file 2\nvm 0\n")
        self.file("debugfs/vms", "vm 3 opens 1\n  0000004000-0000008000 rw- offset 0\n")
        self.file("proc/12/comm", "prog")
        self.file("proc/12/fdinfo/3", "drm-driver:\tasahi\ndrm-client-id:\t7\n"
                  "drm-engine-compute:\t5000000 ns\ndrm-total-memory:\t160 KiB\n")
        (self.folder / "proc/12/fd").mkdir()
        (self.folder / "proc/12/fd/3").symlink_to("/dev/dri/renderD-of-a-test")

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_both(self, lines):
        """What is printed as text, and the documents."""
        lines = [line.format(**self.files) for line in lines]
        text = self.run_script(*lines, env=self.env)
        result = self.run_script(*lines, env=self.env, options=("--json",))
        self.assertEqual((text.returncode, result.returncode), (0, 0), text.stderr)
        self.assertEqual(result.stderr, "")
        # What has been recorded is said where the command's output is not.
        recorded = re.sub("(?m)^agx-cli: (?=.* calls)", "", text.stderr)
        return text.stdout + recorded, list(map(json.loads, result.stdout.splitlines()))

    def compare(self, verb, lines):
        """The documents of the verb; it and all others say the same in text."""
        text, documents = self.run_both(lines)
        for document in documents:
            for key in VARIES.get(document["verb"], ()):
                if key in document:
                    document[key] = "*"
                    text = re.sub(rf"(?m)^({key} +)-?\w+", r"\1*", text)
        self.check_same(text, documents)
        return [document for document in documents if document["verb"] == verb]

    def test_every_verb_is_here(self):
        table = json.loads(self.run_cli("help", "--json").stdout)
        self.assertEqual(sorted(verb["name"] for verb in table["verbs"]),
                         sorted([*PRINTING, *SILENT, *ELSEWHERE]))

    def test_printing(self):
        result = self.run_cli("record", "--contents", "-o", str(self.files["recording"]), "--",
                              CLI, "demo", env=self.env)
        self.assertEqual(result.returncode, 0, result.stderr)
        for verb, lines in PRINTING.items():
            with self.subTest(verb=verb):
                self.assertTrue(self.compare(verb, lines))

    def test_silent(self):
        for verb, lines in SILENT.items():
            with self.subTest(verb=verb):
                self.assertEqual(self.compare(verb, lines), [])

    def test_differences(self):
        """What replay finds to be different has a sentence too."""
        self.run_cli("record", "--contents", "-o", str(self.files["recording"]), "--", CLI, "demo",
                     env=self.env)
        self.env.update(FAKE_JOB_STATUS="-5")
        args = ("replay", str(self.files["recording"]))
        text = self.run_cli(*args, env=self.env)
        result = self.run_cli(*args, "--json", env=self.env)
        document = json.loads(result.stdout)
        self.assertTrue(document["differences"])
        self.check_same(text.stdout, [document])

    def test_the_test(self):
        """What one of the two does not say, or says otherwise, is found."""
        document = {"schema": 1, "verb": "show", "head": {
            "record": "ioctl", "time_ns": 1000002003, "fd": 5, "result": "0", "bad_arg": False}}
        good = "1.000002003 ioctl: fd 5 = 0"
        self.check_same(good, [document])
        for text in ("1.000002 ioctl: fd 5 = 0", "1.000002003 call: fd 5 = 0", good + " 7",
                     "1.000002003 ioctl: fd 6 = 0", "1.000002003 ioctl: = 0", good + "\nmore",
                     good + ", the argument cannot be read", "", "head:\n  record  ioctl"):
            with self.subTest(text=text), self.assertRaises(self.failureException):
                self.check_same(text, [document])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
