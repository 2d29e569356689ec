#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run agx-cli on a device that needs no kernel driver, in all the ways that it can end."""

import errno
import json
import os
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from cli_base import (CALL_FAILED, FAILURE, NO_DEVICE, NO_PERMISSION, USAGE, WRONG, CliTest,
                      give_up_file_access)


class BasicsTest(CliTest):
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

    def test_usage_json(self):
        """What is wrong is in a document too, where there is no verb."""
        for args, said in (
            (("--json", "frobnicate"), 'no verb "frobnicate"'),
            (("frobnicate", "--json"), 'no verb "frobnicate"'),
            (("--json", "bo"), '"bo" is the first word only of'),
            (("--json", "--frobnicate"), "no option --frobnicate"),
            (("--frobnicate", "--json"), "no option --frobnicate"),
            (("-jx",), "no option -x"),
            (("-j", "--device"), "lacks its argument"),
            (("--json",), "no verb given"),
        ):
            with self.subTest(args=args):
                result = self.run_cli(*args)
                self.check_fails(result, USAGE, re.escape(said))
                self.assertEqual(json.loads(result.stdout), {
                    "schema": 1, "verb": "", "errors": [result.stderr[len("agx-cli: "):-1]],
                    "status": USAGE})
        result = self.run_cli("frobnicate", "--", "--json")
        self.check_fails(result, USAGE, "frobnicate")
        self.assertEqual(result.stdout, "")

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
