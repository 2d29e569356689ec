#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run agx-cli on a device that needs no kernel driver, in all the ways that it can end."""

import ctypes
import errno
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

# As agx-cli(1) has them.
OK, FAILURE, USAGE, NO_DEVICE, NO_PERMISSION, CALL_FAILED, UNSUPPORTED, WRONG = range(8)

CLI, FAKE = sys.argv[1:3]


def give_up_file_access():
    """Root without the capabilities that make it root for files."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for cap in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        prctl(24, cap, 0, 0, 0)  # PR_CAPBSET_DROP


def value_texts(value):
    """The ways in which text may put a value of JSON."""
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, int):
        return [str(value), f"{value:#x}" if value else "0"]
    if isinstance(value, list):
        return [", ".join(texts) or "none"
                for texts in zip(*(value_texts(element) for element in value))] or ["none"]
    return [value, value]


def take_text(document, lines):
    """What is left of @lines, text, without what has all of @document and nothing more."""
    meanings = {key: document[key] for key in document if key.removesuffix("_text") in document
                and key.endswith("_text")}
    values = {key: document[key] for key in document if key not in meanings}
    names = [line.split(" ")[0] for line in lines[:len(values)]]
    if names != list(values):
        # One sentence, which has the values in their order.
        at = 0
        for value in values.values():
            found = [lines[0].index(text, at) for text in value_texts(value) if text in lines[0][at:]]
            at = min(found)
        return lines[1:]
    for line, (key, value) in zip(lines, values.items()):
        meaning = f" ({meanings[key + '_text']})" if key + "_text" in meanings else ""
        name, text = line.split(maxsplit=1)
        if name != key or text not in [form + meaning for form in value_texts(value)]:
            raise AssertionError(f"text has {line!r}, JSON {key}: {value}{meaning}")
    return lines[len(values):]


class CliTest(unittest.TestCase):
    def setUp(self):
        handle, self.node = tempfile.mkstemp(prefix="agx-cli-node-")
        os.close(handle)
        self.addCleanup(os.unlink, self.node)

    def run_cli(self, *args, env=None, **kwargs):
        environment = dict(os.environ, LD_PRELOAD=FAKE, FAKE_NODE=self.node)
        environment.update(env or {})
        # In a sanitizer's build its library is not the first then, and says so.
        environment["ASAN_OPTIONS"] = "verify_asan_link_order=0"
        kwargs.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([CLI, *args], env=environment, stderr=subprocess.PIPE, text=True,
                              timeout=300, **kwargs)

    def check_fails(self, result, status, *patterns):
        """It says why, in one line, on stderr."""
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertRegex(result.stderr, r"\Aagx-cli: [^\n]+\n\Z")
        for pattern in patterns:
            self.assertRegex(result.stderr, pattern)

    def check_succeeds(self, result):
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, OK)

    def test_help(self):
        result = self.run_cli("--help")
        self.check_succeeds(result)
        verbs = re.findall(r"(?m)^  ([a-z]+[a-z -]*?)(?:  |$)", result.stdout)
        self.assertIn("info", verbs)
        self.assertIn("vm-create", verbs)
        for verb in verbs:
            result = self.run_cli(*verb.split(), "--help")
            self.check_succeeds(result)
            self.assertIn(f"usage: agx-cli {verb}", result.stdout)
            self.assertIn("--device", result.stdout)
        result = self.run_cli("--version")
        self.check_succeeds(result)
        self.assertRegex(result.stdout, r"\Aagx-cli \d+\.\d+\.\d+\n\Z")

    def test_usage(self):
        for args, said in (
            ((), "no verb"),
            (("frobnicate",), "frobnicate"),
            (("--frobnicate",), "--frobnicate"),
            (("-x",), "-x"),
            (("--device",), "--device"),
            (("info", "--frobnicate"), "--frobnicate"),
            (("info", "--json", "-x"), "-x"),
            (("info", "--device"), "--device"),
            (("info", "more"), "more"),
            (("demo", "--frobnicate=1"), "--frobnicate"),
            (("info", "--json=1"), "--json"),
            (("vm-create", "frobnicate=1"), "frobnicate"),
            (("vm-create", "more"), "more"),
            (("demo", "more"), "more"),
        ):
            with self.subTest(args=args):
                result = self.run_cli(*args)
                self.check_fails(result, USAGE, re.escape(said), "--help")
                self.assertEqual("--json" in args, result.stdout != "")

    def test_no_device(self):
        for verb in "info", "demo":
            for args, said in (
                ((), "/dev/dri"),
                (("--device", "/dev/null"), "/dev/null"),
                (("--device", "/nonexistent"), "/nonexistent: ENOENT"),
                (("--device", "/"), "/: EISDIR"),
            ):
                with self.subTest(verb=verb, args=args):
                    result = self.run_cli(verb, *args, env={"FAKE_NODE": "/nonexistent"})
                    self.check_fails(result, NO_DEVICE, re.escape(said))
                    self.assertEqual(result.stdout, "")

    def test_no_permission(self):
        with tempfile.NamedTemporaryFile(prefix="agx-cli-node-") as f:
            os.chmod(f.name, 0)
            result = self.run_cli("demo", "--device", f.name, preexec_fn=give_up_file_access)
            self.check_fails(result, NO_PERMISSION, "no permission", re.escape(f.name), "EACCES")

    def compare_outputs(self, *args):
        """Neither of the two outputs says what the other does not."""
        text = self.run_cli(*args, "--device", self.node)
        result = self.run_cli(*args, "--json", "--device", self.node)
        self.check_succeeds(text)
        self.check_succeeds(result)
        lines = text.stdout.splitlines()
        for line in result.stdout.splitlines():
            document = json.loads(line)
            self.assertEqual(document.pop("schema"), 1)
            self.assertEqual(document.pop("verb"), args[0])
            lines = take_text(document, lines)
        self.assertEqual(lines, [])

    def test_info(self):
        text = self.run_cli("info", "--device", self.node)
        self.check_succeeds(text)
        self.assertRegex(text.stdout, r"(?m)^name +Apple M1 \(G13G B1\)$")
        self.assertRegex(text.stdout, r"(?m)^chip_id +0x8103 \(T8103\)$")

        result = self.run_cli("info", "--json", "--device", self.node)
        self.check_succeeds(result)
        self.assertEqual(json.loads(result.stdout), {
            "schema": 1,
            "verb": "info",
            "name": "Apple M1 (G13G B1)",
            "path": self.node,
            "gpu_generation": 13,
            "gpu_variant": ord("G"),
            "gpu_variant_text": "G",
            "gpu_revision": 0x11,
            "gpu_revision_text": "B1",
            "chip_id": 0x8103,
            "chip_id_text": "T8103",
            "num_dies": 1,
            "num_clusters_total": 1,
            "num_cores_per_cluster": 8,
            "num_cores": 8,
            "core_masks": [0xff],
            "features": 1,
            "feature_names": ["SOFT_FAULTS"],
            "max_frequency_khz": 1278000,
            "max_frequency_khz_text": "1278.000 MHz",
            "vm_start": 0x4000,
            "vm_end": 0x7fffff8000,
            "vm_kernel_min_size": 0x20000000,
            "vm_kernel_min_size_text": "512 MiB",
            "max_commands_per_submission": 64,
            "max_attachments": 16,
            "command_timestamp_frequency_hz": 1000000000,
            "time_ns": 123456789,
            "time_ns_text": "0.123456789 s",
        })

    def test_ioctls(self):
        params = self.run_cli("get-params", "--json", "--device", self.node)
        self.check_succeeds(params)
        self.assertEqual(json.loads(params.stdout)["vm_end"], 0x7fffff8000)
        short = self.run_cli("get-params", "size=8", "--json", "--device", self.node)
        self.assertEqual(json.loads(short.stdout),
                         {"schema": 1, "verb": "get-params", "features": 1,
                          "features_text": "SOFT_FAULTS"})
        for args, members in (
            (("get-time",), {"gpu_timestamp": 123456789}),
            (("vm-create",), {"kernel_end": 0x7fffff8000, "vm_id": 1}),
            (("vm-create", "kernel_start=0x1000000000", "kernel_end=0x1020000000"),
             {"kernel_start": 0x1000000000, "kernel_end": 0x1020000000, "vm_id": 1}),
            (("gem-create", "size=64K", "flags=WRITEBACK"),
             {"size": 0x10000, "flags": 1, "flags_text": "WRITEBACK", "handle": 1}),
        ):
            with self.subTest(args=args):
                result = self.run_cli(*args, "--json", "--device", self.node)
                self.check_succeeds(result)
                answer = json.loads(result.stdout)
                self.assertEqual(answer["verb"], args[0])
                self.assertEqual({key: answer[key] for key in members}, members)
        for args, name, err in (
            (("vm-destroy", "vm_id=77"), "VM_DESTROY", "ENOENT"),
            (("queue-create", "vm_id=77"), "QUEUE_CREATE", "ENOENT"),
            (("queue-destroy", "queue_id=0x4d"), "QUEUE_DESTROY", "ENOENT"),
            (("gem-mmap-offset", "handle=-1"), "GEM_MMAP_OFFSET", "ENOENT"),
            (("gem-bind-object", "op=UNBIND", "object_handle=77"), "GEM_BIND_OBJECT", "ENOENT"),
        ):
            with self.subTest(args=args):
                result = self.run_cli(*args, "--json", "--device", self.node)
                self.check_fails(result, CALL_FAILED, rf"ioctl {name}: {err}: ")
                message = result.stderr[len("agx-cli: "):-1]
                self.assertEqual(json.loads(result.stdout),
                                 {"schema": 1, "verb": args[0], "errors": [message],
                                  "status": CALL_FAILED})

    def test_values(self):
        for value, said in (
            ("", "no number"), ("1x", "no number"), ("0x", "no number"), ("09f", "no number"),
            ("$vm", "called"), ("20G0", "no number"), ("16777216T", "no number"),
            ("99999999999999999999", "no number"), ("17179869184G", "no number"),
            ("EWHATEVER", "no number"), ("--1", "no number"),
        ):
            with self.subTest(value=value):
                result = self.run_cli("vm-create", f"kernel_start={value}", "kernel_end=0")
                self.check_fails(result, USAGE, "kernel_start", said)
        for field, said in (("vm_id=4G", "32 bits"), ("priority=URGENT", "URGENT"),
                            ("priority=LOW|HIGH", "no number"), ("handle=1", "handle")):
            with self.subTest(field=field):
                result = self.run_cli("queue-create", field)
                self.check_fails(result, USAGE, re.escape(said))

    def test_options_before_and_after(self):
        after = self.run_cli("info", "--device", self.node)
        before = self.run_cli("--device", self.node, "info")
        joined = self.run_cli("info", f"-d{self.node}")
        without = self.run_cli("info")
        self.check_succeeds(before)
        self.assertEqual(before.stdout, after.stdout)
        self.assertEqual(joined.stdout, after.stdout)
        self.assertEqual(without.stdout, after.stdout)

    def test_demo(self):
        result = self.run_cli("demo", "--device", self.node)
        self.check_succeeds(result)
        self.assertIn("Apple M1 (G13G B1)", result.stdout)
        for job in "store", "add", "thread":
            self.assertRegex(result.stdout, rf"(?m)^{job}: passed: 4096 words right")
        self.assertTrue(result.stdout.endswith("demo: 3 passed, 0 failed\n"))

    def test_text_and_json(self):
        for args in ("info",), ("demo",), ("get-params",), ("get-time",), ("vm-create",), (
                "gem-create", "size=64K", "flags=WRITEBACK"):
            with self.subTest(args=args):
                self.compare_outputs(*args)

    def test_call_fails(self):
        for verb, number, name in (
            ("info", 0x40, "GET_PARAMS"),
            ("info", 0x41, "GET_TIME"),
            ("demo", 0x40, "GET_PARAMS"),
            ("demo", 0x42, "VM_CREATE"),
            ("demo", 0x44, "VM_BIND"),
            ("demo", 0x45, "GEM_CREATE"),
            ("demo", 0x46, "GEM_MMAP_OFFSET"),
            ("demo", 0x47, "GEM_BIND_OBJECT"),
            ("demo", 0x48, "QUEUE_CREATE"),
            ("demo", 0x4a, "SUBMIT"),
            ("demo", 0xbf, "SYNCOBJ_CREATE"),
            ("demo", 0xc3, "SYNCOBJ_WAIT"),
            ("demo", 0xc1, "SYNCOBJ_HANDLE_TO_FD"),
        ):
            for err in "ENOMEM", "EIO":
                with self.subTest(verb=verb, name=name, err=err):
                    result = self.run_cli(verb, "--device", self.node, env={
                        "FAKE_FAIL_NR": str(number),
                        "FAKE_FAIL_ERRNO": str(getattr(errno, err)),
                    })
                    self.check_fails(result, CALL_FAILED, rf"\b{name}\b.*: {err}: ")
                    self.assertNotIn("passed,", result.stdout)

    def check_all_jobs(self, result, status, *patterns):
        """Each job is run and reported, and the summary comes last."""
        self.assertEqual(result.returncode, status)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 3)
        for line, job in zip(lines, ("store", "add", "thread")):
            self.assertTrue(line.startswith(f"agx-cli: {job}: "), line)
            for pattern in patterns:
                self.assertRegex(line, pattern)
        self.assertTrue(result.stdout.endswith("demo: 0 passed, 3 failed\n"))

    def test_job_fails(self):
        for err in "EIO", "ETIMEDOUT", "ECANCELED":
            with self.subTest(err=err):
                result = self.run_cli("demo", "--device", self.node,
                                      env={"FAKE_JOB_STATUS": str(-getattr(errno, err))})
                self.check_all_jobs(result, WRONG, rf"ended with {err}\b")

    def test_wrong_result(self):
        result = self.run_cli("demo", "--device", self.node, env={"FAKE_JOB_STATUS": "1"})
        self.check_all_jobs(result, WRONG, r"\d+ of 4096 words are wrong")
        self.assertIn("out[0]: 0x5eed0000, not 0xdeadbeef", result.stderr)

    def test_no_timestamps(self):
        result = self.run_cli("demo", "--device", self.node, env={"FAKE_LOSE_TIMESTAMPS": "1"})
        self.check_all_jobs(result, WRONG, "timestamps are wrong")

    def test_full_disk(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            for args in (("--help",), ("info", "--device", self.node),
                         ("demo", "--device", self.node)):
                with self.subTest(args=args):
                    result = self.run_cli(*args, stdout=full)
                    self.check_fails(result, FAILURE, "standard output")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
