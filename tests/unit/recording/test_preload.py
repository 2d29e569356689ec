#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Record programs with what agx-cli record loads into them, on a device without a kernel driver."""

import os
import struct
import subprocess
import sys
import tempfile
import textwrap
import unittest

import recfile

CLI, RECORDER, FAKE = (os.path.abspath(arg) for arg in sys.argv[1:4])
# What a program has to load first that is built with a sanitizer.
SANITIZER = sys.argv[4:5]

# For programs in Python that are recorded: ioctls of the driver by hand.
PRELUDE = """
import ctypes, errno, fcntl, os, signal, struct, sys, threading
GET_PARAMS, VM_CREATE, VM_DESTROY = 0x40186440, 0xc0186442, 0x40086443
VM_BIND, GEM_CREATE, GEM_CLOSE = 0x40186444, 0xc0186445, 0x40086409
EXPORT, IMPORT, TIME = 0xc00c642d, 0xc00c642e, 0xc0106441
SYNCOBJ_CREATE, TO_FD = 0xc00864bf, 0xc01064c1
libc = ctypes.CDLL(None, use_errno=True)

def call(fd, request, layout, *values):
    return struct.unpack(layout, fcntl.ioctl(fd, request, struct.pack(layout, *values)))

def get_time(fd):
    return call(fd, TIME, "QQ", 0, 0)[1]

node = os.environ["FAKE_NODE"]
fd = os.open(node, os.O_RDWR)
"""


class PreloadTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="agx-record-")
        self.addCleanup(folder.cleanup)
        self.node = os.path.join(folder.name, "node")
        self.path = os.path.join(folder.name, "recording")
        with open(self.node, "wb"):
            pass

    def record(self, *command, contents=False, env=None, **kwargs):
        """Run a program, and return its result and the records."""
        with open(self.path, "wb") as file:
            file.write(b"agx-rec\n" + struct.pack("<IIIIQQ", 1, 40, contents, 0, 0, 0))
        environment = dict(os.environ, AGX_RECORD=self.path, FAKE_NODE=self.node,
                           LD_PRELOAD=" ".join([*SANITIZER, RECORDER, FAKE]),
                           ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0", **(env or {}))
        if contents:
            environment["AGX_RECORD_CONTENTS"] = "1"
        result = subprocess.run(command, env=environment, timeout=300, capture_output=True,
                                text=True, **kwargs)
        records, _ = recfile.read(self.path)
        return result, records

    def run_script(self, script, **kwargs):
        result, records = self.record(sys.executable, "-SEB", "-c",
                                      PRELUDE + textwrap.dedent(script), **kwargs)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        return result, records

    def calls(self, records):
        return [r.name for r in records if r.type == "ioctl"]

    def test_demo(self):
        """Each ioctl, in order, with its structs, and the program does not notice."""
        plain = subprocess.run([CLI, "demo"], timeout=300, capture_output=True, text=True,
                               env=dict(os.environ, FAKE_NODE=self.node, LD_PRELOAD=FAKE,
                                        ASAN_OPTIONS="verify_asan_link_order=0"))
        result, records = self.record(CLI, "demo")
        self.assertEqual(result.stdout, plain.stdout)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)

        self.assertEqual([records[0].type, records[0].reason, records[0].name],
                         ["process", "start", "agx-cli"])
        self.assertEqual(records[-1].reason, "exit")
        self.assertEqual(records[1].kind, "device")
        self.assertEqual(records[1].path, self.node)
        self.assertEqual(struct.unpack("<QI", records[1].params[:12]), (1, 13))
        device = records[1].object
        self.assertEqual(records[2].object, device)
        names = self.calls(records)
        self.assertEqual(names.count("SUBMIT"), 3)
        for name in ("GET_PARAMS", "VM_CREATE", "VM_BIND", "GEM_CREATE", "GEM_MMAP_OFFSET",
                     "QUEUE_CREATE", "SYNCOBJ_CREATE", "SYNCOBJ_WAIT", "SUBMIT", "GEM_CLOSE",
                     "QUEUE_DESTROY", "VM_DESTROY", "GEM_BIND_OBJECT"):
            self.assertIn(name, names)
        times = [r.time for r in records]
        self.assertEqual(times, sorted(times))
        self.assertFalse([r for r in records if r.type in ("contents", "job", "missing")])

        create = next(r for r in records if r.type == "ioctl" and r.name == "VM_CREATE")
        self.assertEqual(struct.unpack("<QQII", create.before)[2], 0)
        self.assertEqual(struct.unpack("<QQII", create.after)[2], 1)
        submit = next(r for r in records if r.type == "ioctl" and r.name == "SUBMIT")
        _, _, _, queue, ins, outs, size, _ = struct.unpack("<QQIIIIII", submit.before)
        self.assertEqual((queue, ins, outs), (1, 0, 1))
        self.assertEqual(len(submit.arrays[0]), 16)
        self.assertEqual(len(submit.arrays[8]), size)
        self.assertEqual(struct.unpack("<HH", submit.arrays[8][:4]), (1, 64))
        bind = next(r for r in records if r.type == "ioctl" and r.name == "VM_BIND")
        self.assertEqual(len(bind.arrays[16]) % 32, 0)
        params = next(r for r in records if r.type == "ioctl" and r.name == "GET_PARAMS")
        self.assertEqual(params.arrays[8], records[1].params)

    def test_contents(self):
        """What a job reads is there before it, what it writes after."""
        result, records = self.record(CLI, "demo", contents=True)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        jobs = [i for i, r in enumerate(records) if r.type == "job"]
        self.assertEqual([records[i].status for i in jobs], [1, 1, 1])
        words = []
        for job in jobs:
            at = job - 1
            written = b""
            while records[at].type == "contents":
                self.assertTrue(records[at].by_job)
                written = max(written, records[at].data, key=len)
                at -= 1
            self.assertEqual(records[at].name, "SUBMIT")
            # The program's own, without the recorder's syncobj.
            self.assertEqual(len(records[at].arrays[0]), 16)
            self.assertEqual(records[at - 1].type, "contents")
            self.assertFalse(records[at - 1].by_job)
            words.append(struct.unpack("<4I", written[:16]))
        self.assertEqual(words[0][0], 0xdeadbeef)
        self.assertEqual(words[1][2], (words[1][0] + words[1][1]) & 0xffffffff)
        self.assertEqual(words[2], (0, 1, 2, 3))

    def test_job_fails(self):
        result, records = self.record(CLI, "demo", contents=True, env={"FAKE_JOB_STATUS": "-5"})
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual([r.status for r in records if r.type == "job"], [-5, -5, -5])

    def test_failed_calls(self):
        """A result of the kernel's is the program's, whatever it is."""
        result, records = self.run_script("""
            for request, layout, values in ((VM_DESTROY, "II", (77, 0)), (0x6477, "", ())):
                try:
                    call(fd, request, layout, *values)
                except OSError as e:
                    print(errno.errorcode[e.errno])
            """)
        self.assertEqual(result.stdout, "ENOENT\nEINVAL\n")
        calls = [r for r in records if r.type == "ioctl"]
        self.assertEqual([(r.name, r.result, r.bad_arg) for r in calls],
                         [("VM_DESTROY", -2, False), ("0x6477", -22, False)])
        self.assertEqual(calls[0].before, struct.pack("<II", 77, 0))

    def test_descriptors(self):
        """Copies of descriptors are the same file, until the last one is closed."""
        _, records = self.run_script("""
            get_time(fd)
            copies = [os.dup(fd), fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 50),
                      fcntl.fcntl(fd, fcntl.F_DUPFD, 60), libc.dup(fd)]
            os.dup2(fd, 70)
            libc.dup3(fd, 71, os.O_CLOEXEC)
            for copy in copies + [70, 71]:
                get_time(copy)
            os.dup2(os.open("/dev/null", os.O_RDONLY), 70)
            os.close(fd)
            get_time(copies[0])
            libc.close_range(40, 100, 0)
            libc.closefrom(3)
            again = os.open(node, os.O_RDWR)
            get_time(again)
            """)
        objects = [r for r in records if r.type == "object"]
        self.assertEqual(len(objects), 2)
        first, second = objects[0].object, objects[1].object
        calls = [r for r in records if r.type == "ioctl" and r.name == "GET_TIME"]
        self.assertEqual([r.object for r in calls], [first] * 8 + [second])
        table = {}
        for record in records:
            if record.type == "fd":
                self.assertNotEqual(table.get(record.fd, 0), record.object)
                table[record.fd] = record.object
            elif record.type == "ioctl":
                self.assertEqual(table[record.fd], record.object)
            elif record.type == "object" and record.object == second:
                self.assertFalse(any(table.values()), table)
        self.assertEqual([n for n in table.values() if n], [second])

    def test_closed_behind_our_back(self):
        """A number that has become another file's is no longer the device's."""
        _, records = self.run_script("""
            get_time(fd)
            libc.syscall(3 if os.uname().machine == "x86_64" else 57, fd)
            other = os.open("/dev/null", os.O_RDONLY)
            assert other == fd
            try:
                fcntl.ioctl(other, TIME, bytes(16))
            except OSError:
                pass
            """)
        self.assertEqual(self.calls(records), ["GET_TIME"])
        self.assertEqual([r.object for r in records if r.type == "fd"][-1], 0)

    def test_own_file_is_closed(self):
        """Programs close what they do not know, and use the number again."""
        _, records = self.run_script("""
            get_time(fd)
            libc.closefrom(fd + 1)
            get_time(fd)
            for i in range(1000):
                if os.path.exists(f"/proc/self/fd/{i}") and i > fd:
                    os.dup2(os.open("/dev/null", os.O_WRONLY), i)
            get_time(fd)
            """)
        self.assertEqual(self.calls(records), ["GET_TIME"] * 3)

    def test_fork(self):
        """A child has what its parent has, and its own records."""
        _, records = self.run_script("""
            get_time(fd)
            call(fd, VM_CREATE, "QQII", 0x4000000000, 0x5000000000, 0, 0)
            child = os.fork()
            if not child:
                get_time(fd)
                os.close(fd)
                os._exit(0)
            os.waitpid(child, 0)
            get_time(fd)
            """)
        forks = [r for r in records if r.type == "process" and r.reason == "fork"]
        self.assertEqual(len(forks), 1)
        self.assertEqual(forks[0].parent, records[0].pid)
        child = [r for r in records if r.pid == forks[0].pid]
        self.assertEqual([r.type for r in child], ["process", "ioctl", "fd"])
        self.assertEqual(len({r.object for r in records if r.type == "ioctl"}), 1)
        self.assertEqual(records[-2].name, "GET_TIME")

    def test_no_device(self):
        """Programs that have nothing to do with the driver leave nothing."""
        _, records = self.run_script("""
            os.close(fd)
            if not os.fork():
                os._exit(0)
            os.wait()
            """)
        self.assertEqual(records, [])

    def test_sharing(self):
        """A dma-buf is known again by another descriptor; sync_files are objects too."""
        _, records = self.run_script("""
            vm = call(fd, VM_CREATE, "QQII", 0x4000000000, 0x5000000000, 0, 0)[2]
            bo = call(fd, GEM_CREATE, "QIIII", 16384, 0, 0, 0, 0)[3]
            dmabuf = call(fd, EXPORT, "IIi", bo, os.O_RDWR, -1)[2]
            again = call(fd, EXPORT, "IIi", bo, os.O_RDWR, -1)[2]
            call(fd, IMPORT, "IIi", 0, 0, again)
            sync = call(fd, SYNCOBJ_CREATE, "II", 0, 1)[0]
            call(fd, TO_FD, "IIiI", sync, 1, -1, 0)
            """)
        kinds = [r.kind for r in records if r.type == "object"]
        self.assertEqual(kinds, ["device", "dma-buf", "sync_file"])
        dmabuf = next(r for r in records if r.type == "object" and r.kind == "dma-buf")
        self.assertEqual(dmabuf.size, 16384)
        self.assertFalse(dmabuf.foreign)
        fds = [r for r in records if r.type == "fd" and r.object == dmabuf.object]
        self.assertEqual(len(fds), 2)

    def test_threads(self):
        """Records of threads do not mix, and a wait holds up nobody."""
        _, records = self.run_script("""
            def work():
                for i in range(200):
                    get_time(fd)
            threads = [threading.Thread(target=work) for i in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            """)
        self.assertEqual(self.calls(records), ["GET_TIME"] * 800)
        self.assertEqual(len({r.tid for r in records if r.type == "ioctl"}), 4)

    def test_vfork(self):
        """What a child of vfork() closes stays open in the parent, whose memory it shares."""
        _, records = self.run_script("""
            import subprocess
            get_time(fd)
            subprocess.run(["/bin/true"], close_fds=True)
            get_time(fd)
            """)
        self.assertEqual(self.calls(records), ["GET_TIME"] * 2)
        self.assertEqual(len([r for r in records if r.type == "fd"]), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
