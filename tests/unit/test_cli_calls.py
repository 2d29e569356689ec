#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The verbs of agx-cli that are calls: what they send, answer and explain."""

import errno
import json
import pathlib
import re
import struct
import sys
import unittest

sys.dont_write_bytecode = True

from cli_base import CALL_FAILED, FAILURE, NO_PERMISSION, OK, UNSUPPORTED, USAGE, WRONG, CliTest

HEADER = pathlib.Path(__file__).resolve().parents[2] / "include/asahi_drm.h"

IOCTLS = ("get-params", "get-time", "vm-create", "vm-destroy", "vm-bind", "gem-create",
          "gem-mmap-offset", "gem-bind-object", "queue-create", "queue-destroy", "submit")

SIZES = {"__u8": 1, "__u16": 2, "__u32": 4, "__u64": 8}


def header_structs():
    """{name: [(field, size)]} of the uapi's header; fields of structs within are joined with dots."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf-8"), flags=re.DOTALL)
    structs = {}
    for match in re.finditer(r"struct drm_asahi_(\w+) \{(.*?)\n\};", text, re.DOTALL):
        fields = []
        for kind, inner, name, array in re.findall(
                r"(?:(__u\d+)|struct drm_asahi_(\w+))\s+(\w+)(\[\w+\])?;", match[2]):
            if kind and not array:
                fields.append((name, SIZES[kind]))
            elif inner:
                fields += [(f"{name}.{field}", size) for field, size in structs[inner]]
        structs[match[1]] = fields
    return structs


STRUCTS = header_structs()


def fields_of_help(text, heading):
    """The names in a list of the help."""
    block = text.split(f"\n{heading}:\n")[1].split("\n\n")[0]
    return re.findall(r"(?m)^  (\S+)", block)


def names_in(document):
    """All names of members, of those within too."""
    if isinstance(document, list):
        return [name for element in document for name in names_in(element)]
    if isinstance(document, dict):
        return list(document) + names_in(list(document.values()))
    return []


class CallsTest(CliTest):
    def test_answers(self):
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
            ("99999999999999999999", "64 bits"), ("17179869184G", "64 bits"),
            ("EWHATEVER", "no number"), ("--1", "no number"),
        ):
            with self.subTest(value=value):
                result = self.run_cli("vm-create", f"kernel_start={value}", "kernel_end=0")
                self.check_fails(result, USAGE, "kernel_start", said)
        for field, said in (("vm_id=4G", "32 bits"), ("priority=URGENT", "\"URGENT\" is neither a number nor one of LOW, MEDIUM"),
                            ("priority=LOW|HIGH", "neither a number"), ("handle=1", "handle")):
            with self.subTest(field=field):
                result = self.run_cli("queue-create", field)
                self.check_fails(result, USAGE, re.escape(said))

    def test_fields(self):
        """Each ioctl has a verb, and each of its fields can be set and is explained."""
        for verb in IOCTLS:
            with self.subTest(verb=verb):
                result = self.run_cli(verb, "--help")
                self.check_succeeds(result)
                self.assertEqual(fields_of_help(result.stdout, "fields, as name=value"),
                                 [name for name, _ in STRUCTS[verb.replace("-", "_")]])
        for verb, word, structs in (
            ("vm-bind", "op", ("gem_bind_op",)),
            ("submit", "wait", ("sync",)),
            ("submit", "signal", ("sync",)),
            ("submit", "render", ("cmd_header", "cmd_render")),
            ("submit", "compute", ("cmd_header", "cmd_compute")),
            ("submit", "attachments", ("cmd_header",)),
            ("submit", "attachment", ("attachment",)),
        ):
            with self.subTest(verb=verb, word=word):
                names = [name for struct in structs for name, _ in STRUCTS[struct]]
                result = self.run_cli(verb, "--help")
                self.assertEqual(fields_of_help(result.stdout, f"fields of {word}"), names)

    def dry_run(self, *args):
        """The call that would be sent."""
        return self.compare_outputs_of_addresses(*args, "--dry-run")["call"]

    def compare_outputs_of_addresses(self, *args):
        """As compare_outputs(), of one document; addresses of our own memory differ each time."""
        text = self.run_cli(*args)
        result = self.run_cli("--json", *args)
        self.check_succeeds(text)
        self.check_succeeds(result)
        document = json.loads(result.stdout)
        self.assertEqual(sorted(set(re.findall(r"(?m)^ *([a-z_.]+)(?::| )", text.stdout)) -
                                {"op"} - set(names_in(document))), [])
        return document

    def test_bytes(self):
        """What is set is where the header has it, and nothing is sent."""
        for verb in IOCTLS:
            with self.subTest(verb=verb):
                fields = STRUCTS[verb.replace("-", "_")]
                values = [0x51 + i for i in range(len(fields))]
                call = self.dry_run(verb, *(f"{name}={value:#x}"
                                            for (name, _), value in zip(fields, values)))
                self.assertEqual(call["ioctl"], verb.replace("-", "_").upper())
                self.assertEqual(call["sent"], False)
                self.assertEqual({name: call[name] for name, _ in fields},
                                 {name: value for (name, _), value in zip(fields, values)})
                self.assertEqual(call["bytes"], b"".join(
                    value.to_bytes(size, "little")
                    for (_, size), value in zip(fields, values)).hex())

    def test_element_bytes(self):
        """The same of the elements of arrays."""
        for verb, word, array, structs in (
            ("vm-bind", "op", "userptr", ("gem_bind_op",)),
            ("submit", "wait", "syncs", ("sync",)),
            ("submit", "render", "cmdbuf", ("cmd_header", "cmd_render")),
            ("submit", "compute", "cmdbuf", ("cmd_header", "cmd_compute")),
        ):
            with self.subTest(verb=verb, word=word):
                fields = [field for struct in structs for field in STRUCTS[struct]]
                values = [0x51 + i for i in range(len(fields))]
                size = sum(size for _, size in STRUCTS[structs[-1]])
                if "cmd_header" in structs:
                    values[1] = size
                call = self.dry_run(verb, word, *(f"{name}={value:#x}"
                                                  for (name, _), value in zip(fields, values)))
                self.assertEqual(call[f"{array}_bytes"], b"".join(
                    value.to_bytes(size, "little")
                    for (_, size), value in zip(fields, values)).hex())

    def test_arrays(self):
        call = self.dry_run("vm-bind", "vm_id=7", "op", "addr=32K", "range=16K", "handle=3",
                            "flags=READ|WRITE", "op", "addr=0x100000", "flags=UNBIND")
        self.assertEqual((call["num_binds"], call["stride"]), (2, 32))
        self.assertEqual([op["flags_text"] for op in call["userptr_elements"]],
                         ["READ|WRITE", "UNBIND"])
        call = self.dry_run("submit", "signal", "handle=2", "wait", "handle=1",
                            "attachments", "cmd_type=SET_COMPUTE_ATTACHMENTS",
                            "attachment", "pointer=0x4000", "attachment", "pointer=0x8000",
                            "compute", "cdm_barrier=0", "command", "cmd_type=9", "bytes=00 11 22")
        self.assertEqual((call["in_sync_count"], call["out_sync_count"]), (1, 1))
        self.assertEqual([sync["handle"] for sync in call["syncs_elements"]], [1, 2])
        attachments, compute, other = call["cmdbuf_commands"]
        self.assertEqual([entry["pointer"] for entry in attachments["attachments"]],
                         [0x4000, 0x8000])
        self.assertEqual((attachments["cmd_type"], attachments["vdm_barrier"]), (4, 0xffff))
        self.assertEqual((compute["size"], compute["cdm_barrier"]), (64, 0))
        self.assertEqual((other["cmd_type"], other["payload"]), (9, "001122"))
        self.assertEqual(call["cmdbuf_size"], 8 + 48 + 8 + 64 + 8 + 3)
        # Shorter and longer than its struct.
        call = self.dry_run("submit", "compute", "size=8", "compute", "size=72")
        self.assertEqual(call["cmdbuf_size"], 8 + 8 + 8 + 72)

    def test_bad_elements(self):
        for args, said in (
            (("vm-bind", "op", "frobnicate=1"), "vm-bind op has no field"),
            (("vm-bind", "addr=1"), "vm-bind has no field"),
            (("vm-bind", "op", "vm_id=1"), "vm-bind op has no field"),
            (("submit", "attachment", "pointer=1"), "attachments only"),
            (("submit", "compute", "attachment", "pointer=1"), "attachments only"),
            (("vm-destroy", "vm_id=1", "vm_id=2"), 'vm-destroy has the field "vm_id" twice'),
            (("vm-bind", "vm_id=1", "op", "addr=0", "vm_id=1"), "vm-bind op has no field"),
            (("vm-bind", "stride=1", "vm_id=1", "stride=1", "op", "addr=0"), '"stride" twice'),
            (("vm-bind", "op", "addr=0", "op", "addr=0", "range=0", "addr=0"),
             'vm-bind op has the field "addr" twice'),
            (("submit", "compute", "vdm_barrier=1", "compute", "ts.start.handle=1",
              "vdm_barrier=1", "ts.start.handle=1"),
             'compute has the field "ts.start.handle" twice'),
            (("raw", "VM_DESTROY", "vm_id=1", "vm_id=1"), 'raw has the field "vm_id" twice'),
            (("raw", "VM_DESTROY", "bytes=00", "vm_id=1", "bytes=00"), '"bytes" twice'),
            (("submit", "command", "bytes=0"), "odd number"),
            (("submit", "command", "bytes=0g"), "something else than digits"),
            (("submit", "compute", "size=65536"), "16 bits"),
            (("submit", "compute", "more"), "more"),
        ):
            with self.subTest(args=args):
                result = self.run_cli(*args, "--dry-run")
                self.check_fails(result, USAGE, re.escape(said), "--help")
        result = self.run_cli("submit", "command", "bytes=@/nonexistent")
        self.check_fails(result, FAILURE, "cannot open /nonexistent: ENOENT: No such file")

    def explain(self, lines, nr, err, message):
        """The last of the lines fails with @err, and it is said why."""
        text = self.run_script(*lines, env={"FAKE_FAIL_NR": str(nr),
                                            "FAKE_FAIL_ERRNO": str(getattr(errno, err))})
        self.check_fails(text, CALL_FAILED, rf"stdin:{len(lines)}: ioctl {message}\n")

    def test_reasons(self):
        vm = "vm = vm-create"
        bo = "bo = gem-create size=64K"
        private = "bo = gem-create size=64K flags=VM_PRIVATE vm_id=$vm"
        bind = "vm-bind vm_id=$vm op "
        op = bind + "handle=$bo flags=READ "
        fields = {"width_px": 1, "height_px": 1, "layers": 1, "samples": 1, "utile_width_px": 32,
                  "utile_height_px": 32}

        def render(**others):
            return "submit queue_id=1 render " + " ".join(
                f"{name}={value}" for name, value in (fields | others).items())

        queue = "q = queue-create vm_id=$vm"
        timestamps = "ts = gem-bind-object op=BIND handle=$bo range=16K flags=USAGE_TIMESTAMPS"
        for lines, nr, err, message in (
            (("get-params pad=1",), 0x40, "EINVAL", r"GET_PARAMS: EINVAL: pad is not 0"),
            (("get-params param_group=3",), 0x40, "EINVAL", r".*: there is no param_group 3"),
            (("get-params pointer=0x10",), 0x40, "EFAULT", r".*: pointer 0x10 is no memory.*"),
            (("get-time flags=1",), 0x41, "EINVAL", r".*: flags is not 0"),
            (("get-time",), 0x41, "ENODEV", r".*: the GPU, or its driver, is gone"),
            (("get-time",), 0x41, "EIO", r"GET_TIME: EIO: Input/output error"),
            (("vm-create kernel_start=0x4001 kernel_end=0x20008000",), 0x42, "EINVAL",
             r".*: kernel_start 0x4001 is not a .*16 KiB"),
            (("vm-create kernel_start=64K kernel_end=32K",), 0x42, "EINVAL", r".*not above.*"),
            (("vm-create kernel_end=16K",), 0x42, "EINVAL", r".*not within vm_start 0x4000 and.*"),
            (("vm-create kernel_start=16K kernel_end=32K",), 0x42, "EINVAL",
             r".*smaller than vm_kernel_min_size 0x20000000"),
            ((vm, "vm-destroy vm_id=77"), 0x43, "ENOENT",
             r"VM_DESTROY: ENOENT: no address space 77 in this file; made here: 1"),
            ((vm, "vm-bind vm_id=77"), 0x44, "ENOENT", r"VM_BIND: ENOENT: no address space 77 .*"),
            (("vm-bind stride=0",), 0x44, "EINVAL", r"VM_BIND: EINVAL: stride is 0"),
            (("m = mem make size=32", "vm-bind userptr=$m num_binds=1"), 0x44, "EFAULT",
             r".*userptr 0x[0-9a-f]+ has no 1 ops of 32 bytes"),
            ((vm, bo, op + "op handle=$bo addr=1K"), 0x44, "EINVAL", r"VM_BIND\(op 1\): .*range is 0"),
            ((vm, bo, op + "addr=64K range=16K op addr=1K"), 0x44, "EINVAL",
             r"VM_BIND\(op 2\): EINVAL: addr 0x400 is not a multiple of 16 KiB"),
            ((vm, bo, op + "addr=64K range=1K"), 0x44, "EINVAL", r".*op 1.*range 0x400 is not.*"),
            ((vm, bo, op + "addr=64K offset=1 range=16K"), 0x44, "EINVAL", r".*offset 0x1 is not.*"),
            ((vm, bo, bind + "handle=$bo addr=64K range=16K flags=0x16"), 0x44, "EINVAL",
             r".*unknown bits 0x10"),
            ((vm, bo, bind + "handle=$bo addr=64K range=16K flags=0"), 0x44, "EINVAL",
             r".*neither READ nor WRITE"),
            ((vm, bo, bind + "addr=64K range=16K handle=9"), 0x44, "ENOENT",
             r".*op 1.*no buffer 9 in this file; made here: 1"),
            ((vm, bo, op + "addr=64K range=128K"), 0x44, "EINVAL",
             r".*offset 0 \+ 0x20000 is beyond buffer 1, which has 0x10000 bytes"),
            ((vm, bo, bind + "handle=$bo addr=64K range=1M offset=64K flags=READ|SINGLE_PAGE"),
             0x44, "EINVAL",
             r".*offset 0x10000 \+ 0x4000 is beyond buffer 1.*"),
            ((vm, bo, op + "addr=0 range=16K"), 0x44, "EINVAL", r".*\[0, 0x4000\) is not within.*"),
            ((vm, bo, op + "addr=-16384 range=64K"), 0x44, "EINVAL", r".*more than 64 bits"),
            ((vm, bo, op + "addr=0x7fe0000000 range=16K"), 0x44, "EINVAL",
             r".*overlaps the kernel's part \[0x7fdfff8000, 0x7fffff8000\)"),
            ((vm, private, "vm-bind vm_id=9 op handle=$bo flags=READ addr=64K range=16K"), 0x44,
             "EINVAL", r".*buffer 1 is private to address space 1"),
            ((vm, "vm-bind vm_id=$vm op flags=UNBIND|READ"), 0x44, "EINVAL", r".*no other flag"),
            ((vm, "vm-bind vm_id=$vm op flags=UNBIND handle=1"), 0x44, "EINVAL", r".*UNBIND wants.*"),
            ((vm, "vm-bind vm_id=$vm op flags=UNBIND addr=0x7fffff8000 range=16K"), 0x44, "EINVAL",
             r".*is not within vm_start.*"),
            (("gem-create size=64K flags=4",), 0x45, "EINVAL", r".*unknown bits 0x4"),
            (("gem-create size=64K vm_id=1",), 0x45, "EINVAL", r".*VM_PRIVATE only"),
            (("gem-create",), 0x45, "EINVAL", r".*size is 0"),
            (("gem-create size=-1",), 0x45, "EINVAL", r".*too large"),
            (("gem-create size=64K",), 0x45, "ENOMEM", r".*no memory for size 0x10000"),
            (("gem-create size=64K flags=VM_PRIVATE vm_id=7",), 0x45, "ENOENT",
             r".*no address space 7 in this file; made here: none"),
            (("gem-mmap-offset handle=7",), 0x46, "ENOENT", r".*no buffer 7 .*"),
            (("gem-mmap-offset flags=7",), 0x46, "EINVAL", r".*flags is not 0"),
            ((bo, "gem-bind-object op=BIND handle=7"), 0x47, "ENOENT", r".*no buffer 7 .*"),
            ((bo, "gem-bind-object op=BIND handle=$bo range=1"), 0x47, "EINVAL", r".*16 KiB"),
            ((bo, "gem-bind-object op=BIND handle=$bo flags=USAGE_TIMESTAMPS"), 0x47, "EINVAL",
             r".*range is 0"),
            ((bo, "gem-bind-object op=BIND handle=$bo range=16K"), 0x47, "EINVAL", r".*exactly.*"),
            ((bo, "gem-bind-object op=BIND handle=$bo range=1M flags=USAGE_TIMESTAMPS"), 0x47,
             "EINVAL", r".*beyond buffer 1.*"),
            ((vm, private, "gem-bind-object op=BIND handle=$bo range=16K flags=USAGE_TIMESTAMPS"),
             0x47, "EINVAL", r".*buffer 1 is VM_PRIVATE"),
            (("gem-bind-object op=2",), 0x47, "EINVAL", r".*there is no op 2"),
            (("gem-bind-object vm_id=2",), 0x47, "EINVAL", r".*vm_id is not 0"),
            (("gem-bind-object op=UNBIND object_handle=5",), 0x47, "ENOENT", r".*no object 5 .*"),
            (("gem-bind-object op=UNBIND range=5",), 0x47, "EINVAL", r".*are not all 0"),
            (("queue-create priority=HIGH",), 0x48, "EINVAL", r".*HIGH and REALTIME are reserved"),
            (("queue-create priority=4",), 0x48, "EINVAL", r".*there is no priority 4"),
            (("queue-create flags=4",), 0x48, "EINVAL", r".*flags is not 0"),
            (("queue-create vm_id=4",), 0x48, "ENOENT", r".*no address space 4 .*"),
            (("queue-destroy queue_id=4",), 0x49, "ENOENT", r".*no queue 4 .*"),
            (("submit flags=1",), 0x4a, "EINVAL", r".*flags is not 0"),
            (("submit queue_id=9 compute",), 0x4a, "ENOENT", r".*no queue 9 .*"),
            (("submit compute",), 0x4a, "EFAULT", r".*no memory of this process"),
            (("submit",), 0x4a, "EINVAL", r".*no command to render or compute"),
            (("submit compute compute flags=1",), 0x4a, "EINVAL", r"SUBMIT\(command 2\): .*flags.*"),
            (("submit compute command cmd_type=9",), 0x4a, "EINVAL", r".*command 2.*no cmd_type 9"),
            (("submit cmdbuf_size=9 compute",), 0x4a, "EINVAL",
             r"SUBMIT\(command 1\): EINVAL: the buffer ends within it"),
            (("submit cmdbuf_size=76 compute compute",), 0x4a, "EINVAL",
             r".*command 2.*the buffer ends within it"),
            (("m = mem make size=72", "submit cmdbuf=$m compute flags=1"), 0x4a, "EINVAL",
             r"SUBMIT: EINVAL: Invalid argument"),
            (("submit compute cdm_barrier=1",), 0x4a, "EINVAL", r".*cdm_barrier 1, but there are 0.*"),
            (("submit compute compute vdm_barrier=1",), 0x4a, "EINVAL", r".*vdm_barrier 1.*"),
            (("submit attachments vdm_barrier=0 compute",), 0x4a, "EINVAL", r".*both barriers.*NONE"),
            (("submit attachments size=23 compute",), 0x4a, "EINVAL", r".*size 23 is not a mult.* 24"),
            (("submit attachments size=408 compute",), 0x4a, "EINVAL", r".*17 attach.* 16"),
            (("submit attachments attachment attachment pad=1 compute",), 0x4a, "EINVAL",
             r".*pad of attachment 2 is not 0"),
            (("submit " + "compute " * 65,), 0x4a, "EINVAL", r".*65 commands are more than.* 64"),
            (("submit render",), 0x4a, "EINVAL", r".*width_px and height_px 0 x 0 are not.*"),
            ((render(layers=2049),), 0x4a, "EINVAL", r".*layers 2049 is not 1 to 2048"),
            ((render(samples=3),), 0x4a, "EINVAL", r".*samples 3 is not 1, 2 or 4"),
            ((render(utile_width_px=16),), 0x4a, "EINVAL", r".*utile 16 x 32 is not.*"),
            ((render(flags=0x10),), 0x4a, "EINVAL", r".*unknown bits 0x10"),
            ((vm, queue, render(**{"ts_frag.end.handle": 3})), 0x4a, "ENOENT",
             r"SUBMIT\(command 1\): ENOENT: no object 3 in this file; made here: none"),
            ((bo, timestamps, "submit compute ts.start.handle=$ts ts.start.offset=0x3ffc"), 0x4a,
             "ERANGE", r".*ts.start.offset 0x3ffc is beyond object 1, which has 0x4000 bytes"),
            ((bo, timestamps, "submit compute ts.end.handle=$ts ts.end.offset=-4"), 0x4a, "EINVAL",
             r".*command 1.*ts.end.offset 0xfffffffc \+ 8 is more than 32 bits"),
            (("submit compute wait sync_type=2",), 0x4a, "EINVAL", r".*sync 1.*no sync_type 2"),
            (("submit compute wait timeline_value=2",), 0x4a, "EINVAL", r".*sync 1.*timeline_value.*"),
            (("submit compute wait",), 0x4a, "EINVAL", r".*perhaps syncobj 0 has no fence.*"),
            # Only what gives this error is why: syncs before commands, guesses behind both.
            ((vm, queue, "submit queue_id=$q signal handle=9 render"), 0x4a, "ENOENT",
             r"SUBMIT\(sync 1\): ENOENT: no syncobj 9 in this file; made here: none"),
            ((vm, queue, "submit queue_id=$q render"), 0x4a, "ENOENT",
             r"SUBMIT: ENOENT: No such file or directory"),
            ((vm, queue, "submit queue_id=$q flags=1 wait sync_type=2 compute vdm_barrier=1 "
              "ts.start.handle=3"), 0x4a, "ENOENT", r"SUBMIT\(sync 1\): .*no syncobj 0 .*"),
            ((vm, queue, "s = syncobj-create", "submit queue_id=$q wait handle=$s compute "
              "vdm_barrier=1 ts.start.handle=3"), 0x4a, "ENOENT",
             r"SUBMIT\(command 1\): ENOENT: no object 3 .*"),
            ((bo, timestamps, "submit render ts_vtx.end.handle=$ts ts_vtx.end.offset=16K"), 0x4a,
             "ERANGE", r"SUBMIT\(command 1\): ERANGE: ts_vtx.end.offset 0x4000 is beyond .*"),
            (("submit wait handle=9 compute flags=1",), 0x4a, "EINVAL",
             r"SUBMIT\(command 1\): EINVAL: flags is not 0"),
            (("submit signal timeline_value=1 compute flags=1",), 0x4a, "EINVAL",
             r"SUBMIT\(sync 1\): EINVAL: timeline_value is not 0.*"),
            (("submit attachments size=23",), 0x4a, "EINVAL", r".*no command to render or comp.*"),
            (("submit signal handle=9 compute",), 0x4a, "EINVAL", r"SUBMIT: EINVAL: Invalid arg.*"),
            (("submit render",), 0x4a, "ENOMEM", r"SUBMIT: ENOMEM: Cannot allocate memory"),
            ((vm, "vm-bind vm_id=77 op flags=0x16 handle=9"), 0x44, "ENOENT",
             r"VM_BIND\(op 1\): ENOENT: no buffer 9 .*"),
            ((bo, "vm-bind vm_id=77 op flags=0 handle=$bo op handle=9"), 0x44, "ENOENT",
             r"VM_BIND: ENOENT: no address space 77 .*"),
            (("gem-create size=0 flags=VM_PRIVATE|4 vm_id=7",), 0x45, "ENOENT",
             r".*no address space 7 .*"),
            (("gem-bind-object op=BIND handle=7 flags=0",), 0x47, "ENOENT", r".*no buffer 7 .*"),
            (("queue-create priority=HIGH vm_id=7",), 0x48, "ENOENT", r".*no address space 7 .*"),
            (("gem-close handle=5",), 0x09, "EINVAL", r"GEM_CLOSE: EINVAL: no buffer 5 .*"),
            ((vm, private, "prime-handle-to-fd handle=$bo"), 0x2d, "EINVAL", r".*is VM_PRIVATE"),
            ((bo, "prime-handle-to-fd handle=$bo flags=1"), 0x2d, "EINVAL", r".*unknown bits 0x1"),
            (("prime-fd-to-handle fd=77",), 0x2e, "EBADF", r".*77 is no open descriptor"),
            (("prime-fd-to-handle fd=0",), 0x2e, "EINVAL", r".*descriptor 0 is no dma-buf"),
            (("syncobj-destroy handle=8",), 0xc0, "EINVAL", r".*no syncobj 8 .*"),
        ):
            with self.subTest(line=lines[-1]):
                self.explain(lines, nr, err, message)

    def test_raw(self):
        document, = self.compare_outputs("raw", "VM_CREATE", "kernel_start=0x1000000000",
                                         "kernel_end=0x1020000000")
        self.assertEqual((document["ioctl"], document["request"]), ("VM_CREATE", 0xc0186442))
        self.assertEqual(document["vm_id"], 1)
        self.assertEqual(document["bytes"], struct.pack("<QQII", 0x1000000000, 0x1020000000, 1,
                                                        0).hex())
        # The library's verb would have filled in the range.
        result = self.run_cli("raw", "VM_CREATE")
        self.check_fails(result, CALL_FAILED, "ioctl VM_CREATE: EINVAL")
        document, = self.compare_outputs("raw", "0xc0106441", "bytes=" + "0" * 32)
        self.assertEqual((document["ioctl"], document["gpu_timestamp"]), ("GET_TIME", 123456789))
        document, = self.compare_outputs("raw", "VM_DESTROY", "bytes=0100000002000000", "vm_id=9",
                                         "--struct-size", "4", "--dry-run")
        self.assertEqual(document["call"]["request"], 0x40046443)
        self.assertEqual(document["call"]["bytes"], "09000000")
        for args, said in (
            (("FROB",), "no ioctl FROB"),
            (("VM_CREATE", "frob=1"), "no field"),
            (("0x40086450", "frob=1"), "no field"),
            (("VM_CREATE", "--struct-size=16K"), "struct-size"),
            (("VM_CREATE", "bytes=zz"), "bytes"),
            (("VM_DESTROY", "bytes=010000000000000002"),
             "bytes: 9 are more than the 8 of VM_DESTROY; use --struct-size"),
            (("0x40046443", "bytes=0100000002"), "bytes: 5 are more than the 4 of 0x40046443"),
            ((), "lacks an argument"),
        ):
            with self.subTest(args=args):
                self.check_fails(self.run_cli("raw", *args), USAGE, said)

    def test_raw_session(self):
        """What is known of a call does not depend on how it was said."""
        result = self.run_script(
            "vm = raw VM_CREATE kernel_start=0x1000000000 kernel_end=0x1020000000",
            "check $vm == 1", "bo = raw 0xc0186445 size=64K", "check $bo == 1",
            "m = mem make bytes='02000000 01000000 0000000000000000 0040000000000000 000001'"
            " size=32",
            "raw VM_BIND vm_id=$vm num_binds=1 stride=32 userptr=$m", "vm show vm_id=$vm",
            "raw VM_DESTROY vm_id=$vm", "vm show", options=("--json",))
        self.assertEqual(result.returncode, OK, result.stderr)
        before, after = (document["vms"] for document in map(json.loads, result.stdout.splitlines())
                         if document["verb"] == "vm show")
        self.assertEqual([before[0]["kernel_start"], after], [0x1000000000, []])
        self.assertEqual([mapping["handle"] for mapping in before[0]["mappings"]], [1])
        for lines, nr, err, message in (
            (("raw VM_DESTROY vm_id=77",), 0x43, "ENOENT",
             "VM_DESTROY: ENOENT: no address space 77 in this file; made here: none"),
            (("raw 0x40086443 vm_id=77 pad=1",), 0x43, "EINVAL",
             "VM_DESTROY: EINVAL: pad is not 0"),
            (("raw GEM_CLOSE handle=5",), 0x09, "EINVAL", r"GEM_CLOSE: EINVAL: no buffer 5 .*"),
            (("m = mem make size=32", "raw VM_BIND num_binds=1 stride=32 userptr=$m"), 0x44,
             "EINVAL", r"VM_BIND\(op 1\): EINVAL: range is 0"),
            # Of a struct of another size nothing is known.
            (("raw VM_DESTROY vm_id=77 --struct-size 4",), 0x43, "ENOENT",
             "VM_DESTROY: ENOENT: No such file or directory"),
        ):
            with self.subTest(line=lines[-1]):
                self.explain(lines, nr, err, message)

    def test_raw_memory(self):
        """What the library would not send: an array that is not as the struct says."""
        result = self.run_script(
            "vm = vm-create", "bo = gem-create size=64K",
            "m = mem make bytes='03000000 01000000 0000000000000000 00400000' size=32",
            "raw VM_BIND vm_id=$vm num_binds=1 stride=32 userptr=$m --dry-run", "mem show $m",
            "expect usage mem show 1", "expect usage mem make")
        self.check_succeeds(result)
        self.assertIn("03 00 00 00 01 00 00 00", result.stdout)

    def test_buffers(self):
        result = self.run_script(
            "bo = gem-create size=64K flags=WRITEBACK", "other = gem-create size=32K",
            "bo write handle=$bo offset=8 u32=-2 u64=0x1122334455667788 bytes='aa bb'",
            "first = bo read handle=$bo offset=8 count=3", "check $first == 0xfffffffe",
            "wide = bo read handle=$bo offset=12 --u64", "check $wide == 0x1122334455667788",
            "bo dump handle=$bo size=32", "at = bo map handle=$bo", "check $at != 0",
            "bo compare handle=$bo offset=20 bytes=aabb",
            "expect wrong bo compare handle=$bo offset=20 bytes=aabc",
            "expect wrong bo compare handle=$bo with=$other size=16",
            "expect wrong bo compare handle=$bo with=$other",
            "bo fill handle=$other offset=16K u32=0x01020304",
            "bo compare handle=$other offset=16K size=16K bytes=04030201",
            "bo fill handle=$bo bytes=00", "bo fill handle=$other bytes=00",
            "bo compare handle=$bo with=$other size=32K",
            "expect wrong bo compare handle=$bo bytes=01",
            "expect usage bo write handle=$other offset=32767 u32=1",
            "expect usage bo write handle=$other", "expect usage bo read",
            "bo write handle=$other u32=1 bytes=02 u32=3 bytes=04",
            "bo compare handle=$other u32=1 bytes=02 u32=3 bytes=04",
            "expect usage bo wait handle=$bo u32=0 u32=0",
            "expect usage bo write handle=$bo handle=$bo u32=0",
            "bo wait handle=$bo u32=0", "expect wrong bo wait handle=$bo u32=1 timeout=2ms",
            "expect usage bo wait handle=$bo", "expect usage bo wait handle=$bo u32=0 timeout=x",
            "expect usage bo read handle=77", "expect ENOENT bo read handle=77 buffer_size=16K")
        self.check_succeeds(result)
        self.assertIn("values  0xfffffffe, 0x55667788, 0x11223344\n", result.stdout)
        self.assertIn("1 of 2 bytes of buffer 1 are wrong; the first, at 0x15, is 0xbb, not 0xbc",
                      result.stdout)
        self.assertIn("the first, at 0, is 0x00, not 0x01", result.stdout)
        self.assertIn("00000000  00 00 00 00 00 00 00 00 fe ff ff ff 88 77 66 55", result.stdout)

    def test_dump_to_file(self):
        self.check_succeeds(self.run_script(
            "bo = gem-create size=16K", "bo write handle=$bo bytes=00ff",
            f"bo dump handle=$bo {self.node}.dump", f"bo compare handle=$bo bytes=@{self.node}.dump",
            f"expect failure bo dump handle=$bo /nonexistent/dump"))
        dump = pathlib.Path(f"{self.node}.dump")
        self.addCleanup(dump.unlink)
        self.assertEqual(dump.read_bytes(), b"\0\xff" + bytes(16382))

    def test_fences(self):
        result = self.run_script(
            "s = syncobj-create", "expect ETIME syncobj-wait handle=$s timeout=1ms",
            "expect EINVAL syncobj-status handle=$s", "syncobj-signal handle=$s",
            "syncobj-wait handle=$s", "how = syncobj-status handle=$s", "check $how == 1",
            "fd = syncobj-handle-to-fd handle=$s flags=SYNC_FILE", "syncobj-reset handle=$s",
            "how = sync-file-status fd=$fd", "check $how == 1",
            "syncobj-fd-to-handle handle=$s fd=$fd flags=SYNC_FILE", "syncobj-wait handle=$s",
            "fd-close fd=$fd", "expect EBADF fd-close fd=$fd", "expect usage fd-close fd=1",
            "t = syncobj-create", "syncobj-signal handle=$t point=5", "p = syncobj-query handle=$t",
            "check $p == 5", "syncobj-wait handle=$t point=5", "syncobj-destroy handle=$s",
            "expect ENOENT syncobj-wait handle=$s", "expect usage syncobj-wait",
            "expect usage syncobj-wait handle=$t timeout=never")
        self.check_succeeds(result)

    def test_dmabufs(self):
        self.check_succeeds(self.run_script(
            "bo = gem-create size=64K", "bo write handle=$bo u32=77",
            "fd = prime-handle-to-fd handle=$bo", "same = prime-fd-to-handle fd=$fd",
            "check $same == $bo", "gem-close handle=$bo", "expect EINVAL gem-close handle=$bo",
            "new = prime-fd-to-handle fd=$fd", "x = bo read handle=$new", "check $x == 77"))

    def test_vm_show(self):
        lines = ("vm = vm-create", "bo = gem-create size=64K",
                 "vm-bind vm_id=$vm op handle=$bo addr=0x100000 range=64K flags=READ op handle=$bo "
                 "addr=0x200000 range=32K offset=32K flags=READ|WRITE",
                 "vm show vm_id=$vm", "gem-close handle=$bo", "vm show vm_id=$vm",
                 "expect usage vm show vm_id=9")
        result = self.run_script(*lines, options=("--json",))
        self.assertEqual(result.returncode, OK, result.stderr)
        before, after, _ = (document for document in map(json.loads, result.stdout.splitlines())
                            if document["verb"] == "vm show")
        self.assertEqual([(mapping["start"], mapping["end"], mapping["offset"], mapping["write"])
                          for mapping in before["vms"][0]["mappings"]],
                         [(0x100000, 0x110000, 0, False), (0x200000, 0x208000, 0x8000, True)])
        self.assertEqual(after["vms"][0]["mappings"], [])

    def test_debugfs(self):
        folder = pathlib.Path(f"{self.node}.debugfs")
        folder.mkdir()
        self.addCleanup(folder.rmdir)
        result = self.run_cli("objects", "--debugfs", str(folder))
        self.check_fails(result, UNSUPPORTED, "objects: ENOENT: No such file")
        for name, text in (("objects", "file 2\nvm 0\n"),
                           ("vms", "vm 3 opens 1\n  0000004000-0000008000 rw- offset 0\n"
                            "vm 4 is busy\n")):
            (folder / name).write_text(text)
            self.addCleanup((folder / name).unlink)
        counts, = self.compare_outputs("objects", "--debugfs", str(folder))
        self.assertEqual((counts["file"], counts["vm"]), (2, 0))
        vms, = self.compare_outputs("vm", "show", "--debugfs", str(folder))
        self.assertEqual(vms["kernel_vms"], [
            {"vm": "vm 3 opens 1", "mappings": [{"text": "0000004000-0000008000 rw- offset 0"}]},
            {"vm": "vm 4 is busy", "mappings": []}])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
