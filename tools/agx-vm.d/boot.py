#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Boot the VM, run one command or a shell in it, and say how that ended.

The guest's init (guest/init) finds the job in the results folder: .job/command and .job/token for a
command, .job/shell for a shell, and .job/end if it is to look at its own state after that, see
guest/end. It talks back over a control port, one line each:

  up             the kernel has booted; our modules are about to be loaded
  ready          modules loaded, render node there
  alive [NAME]   a heartbeat, and what runs now, for messages
  fail TEXT      the guest could not get ready
  exit STATUS    the command has ended and its output is complete

A guest that dies before it is up is booted again, twice: QEMU's emulation of several CPUs is not quite
true to code that the kernel patches while they run, as it does at boot. Nothing of ours has run by then.

The exit status is the command's own, or 125 if the VM failed it.
"""

import argparse
import ctypes
import fcntl
import os
import pathlib
import secrets
import selectors
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import tty

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tests/gate"))
sys.dont_write_bytecode = True
from excerpt import HEADLINE, excerpt

EXIT_OWN_FAILURE = 125
BOOTS = 3
CONSOLE_LINES = 30
CHUNK = 65536

# Number 0 can only be a console.
PORTS = {
    "tty": ("virtconsole", 0),
    "control": ("virtserialport", 1),
    "stdin": ("virtserialport", 2),
    "stdout": ("virtserialport", 3),
    "stderr": ("virtserialport", 4),
}


class VmError(Exception):
    """The VM did not do what it was booted for."""


class GuestDied(VmError):
    """QEMU has ended and was not told to."""


def say(text):
    print(f"agx-vm: {text}", file=sys.stderr, flush=True)


def die_with_parent():
    """In the child: no VM outlives the program that watches it."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


class OutputStream:
    """A stream of the guest, passed on as it comes until the token that marks its end."""

    def __init__(self, fd, token):
        self.fd = fd
        self.token = token
        self.held = b""
        self.ended = False

    def feed(self, data):
        if self.ended:
            return
        data = self.held + data
        end = data.find(self.token)
        if end >= 0:
            self.ended = True
            self.held = b""
            write_all(self.fd, data[:end])
            return
        # Hold back what may be the beginning of the token.
        keep = min(len(data), len(self.token) - 1)
        while not self.token.startswith(data[len(data) - keep:]):
            keep -= 1
        self.held = data[len(data) - keep:]
        write_all(self.fd, data[:len(data) - keep])


class Terminal:
    """The host's terminal in raw mode, for the time of a shell."""

    def __init__(self):
        self.saved = termios.tcgetattr(0)

    def __enter__(self):
        tty.setraw(0)
        return self

    def __exit__(self, *_):
        termios.tcsetattr(0, termios.TCSADRAIN, self.saved)

    @staticmethod
    def size():
        rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))
        return f"size {rows or 24} {columns or 80}\n".encode()


class Vm:
    """One QEMU process and the sockets to its ports."""

    def __init__(self, args):
        self.args = args
        self.results = pathlib.Path(args.results)
        self.console = self.results / "console.log"
        self.ports = {}
        self.process = None
        self.disk = None
        self.line = b""
        self.up = False
        self.when_up = None
        self.ready = False
        self.status = None
        self.at = ""
        self.last_heard = time.monotonic()

    def qemu_command(self, names):
        args = self.args
        append = ["console=ttyS0", "loglevel=6", "panic=-1", "oops=panic", "log_buf_len=4M",
                  "mitigations=off", "tsc=reliable", *args.append.split()]
        command = ["qemu-system-x86_64", "-M", "q35", "-smp", "2", "-m", str(args.memory),
                   "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                   "-net", "none",
                   "-kernel", f"{args.boot}/vmlinuz", "-initrd", f"{args.boot}/initrd",
                   "-chardev", f"file,id=serial,path={self.console}", "-serial", "chardev:serial"]
        if args.kvm:
            command += ["-accel", "kvm", "-cpu", "host"]
        else:
            # Without erms and fsrm the guest clears pages with plain stores, faster here. QEMU 7.2
            # gathers from wrong addresses if a scale is to be applied, which is what Mesa's lavapipe
            # makes of textures with AVX2.
            cpu = ",".join(filter(None, ["max,-erms,-fsrm,-avx2", args.cpu]))
            command += ["-accel", "tcg,thread=multi,tb-size=256", "-cpu", cpu]
        for tag, path, access in (("root", args.root, ",readonly=on"),
                                  ("checkout", args.checkout, ",readonly=on"),
                                  ("stage", f"{args.stage}/opt/agx", ",readonly=on"),
                                  ("modules", args.modules, ",readonly=on"),
                                  ("agx-modules", f"{args.boot}/modules", ",readonly=on"),
                                  ("results", args.results, ""),
                                  ("shared", args.shared, "")):
            if not path:
                continue
            # Mapped: owners, modes and links that the guest makes are data to the host.
            model = "none" if access else "mapped-xattr"
            path = str(path).replace(",", ",,")
            command += ["-fsdev", f"local,id={tag},path={path},security_model={model}{access}"
                        ",multidevs=remap",
                        "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]
        if args.swap:
            command += ["-drive", "if=none,id=swap,format=raw,cache=unsafe,"
                        f"file=/proc/self/fd/{self.disk.fileno()}",
                        "-device", "virtio-blk-pci,drive=swap"]
        command += ["-device", "virtio-serial-pci"]
        for name in names:
            kind, number = PORTS[name]
            command += ["-chardev", f"socket,id={name},fd={self.ports[name][1].fileno()}",
                        "-device", f"{kind},chardev={name},name={name},nr={number}"]
        if args.gdb:
            append.append("nokaslr")
            command += ["-gdb", f"tcp:127.0.0.1:{args.gdb}"]
        return command + ["-append", " ".join(append)]

    def start(self, names):
        for name in names:
            self.ports[name] = socket.socketpair()
        fds = [theirs.fileno() for _, theirs in self.ports.values()]
        if self.args.swap:
            # Full of holes, and without a name: it goes when QEMU does.
            self.disk = tempfile.TemporaryFile(dir=self.results)
            self.disk.truncate(self.args.swap << 20)
            fds.append(self.disk.fileno())
        with open(self.results / "qemu.log", "wb") as log:
            self.process = subprocess.Popen(
                self.qemu_command(names), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=fds,
                # The terminal's signals are for us; we end QEMU.
                start_new_session=True, preexec_fn=die_with_parent)
        for _, theirs in self.ports.values():
            theirs.close()
        self.ports = {name: ours for name, (ours, _) in self.ports.items()}

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def keep_console(self, boot):
        """Put it aside for another boot; false unless a kernel has been booting all the while."""
        if self.up or not self.console.exists() or not self.console.stat().st_size:
            return False
        self.console.rename(self.console.with_suffix(f".log.{boot}"))
        return True

    def hear(self, data):
        """Take in what came over the control port."""
        self.last_heard = time.monotonic()
        *lines, self.line = (self.line + data).split(b"\n")
        for line in lines:
            word, _, rest = line.decode(errors="replace").partition(" ")
            if word == "up":
                self.up = True
                self.when_up()
            elif word == "ready":
                self.ready = True
                if self.args.gdb:
                    self.write_gdb_script()
            elif word == "alive":
                self.at = f" in {rest}" if rest else ""
            elif word == "fail":
                raise VmError(f"the guest did not get ready: {rest}")
            elif word == "exit":
                self.status = int(rest)

    def write_gdb_script(self):
        """Tell gdb where the modules are; the guest has written that down."""
        sections = {}
        for line in (self.results / "sections").read_text().splitlines():
            module, section, address = line.split()
            sections.setdefault(module, {})[section] = address
        script = [f"target remote 127.0.0.1:{self.args.gdb}",
                  f"set substitute-path /build/copy {self.args.checkout}"]
        for module, where in sections.items():
            text = where.pop(".text")
            others = "".join(f" -s {section} {address}" for section, address in where.items())
            script.append(f"add-symbol-file {self.args.boot}/modules/{module}.ko"
                          f" {text}{others}")
        path = self.results / "gdb"
        path.write_text("\n".join(script) + "\n")
        say(f"to attach: gdb -x {path}")

    def check_time(self, start):
        now = time.monotonic()
        args = self.args
        if not self.ready and now - start > args.boot_timeout:
            raise VmError(f"the guest was not ready after {args.boot_timeout} s")
        # A guest that gdb has stopped is silent.
        if self.ready and now - self.last_heard > args.silence_timeout and not args.gdb:
            raise VmError(f"the guest stopped answering for {args.silence_timeout} s{self.at}")
        if args.timeout and now - start > args.timeout:
            raise VmError(f"the time limit of {args.timeout} s is over{self.at}")

    def watch(self, sources, finished):
        """Pass data between the guest and us until the job is done.

        @sources: (file, function) pairs; the function takes the data, b"" at the end of the file.
        @finished: tells whether all output has come.
        """
        start = self.last_heard = time.monotonic()
        selector = selectors.PollSelector()
        for file, take in sources:
            selector.register(file, selectors.EVENT_READ, take)
        selector.register(self.ports["control"], selectors.EVENT_READ, self.hear)
        while self.status is None or not finished():
            for key, _ in selector.select(1):
                try:
                    data = os.read(key.fd, CHUNK)
                except ConnectionResetError:
                    data = b""
                if data:
                    key.data(data)
                    continue
                selector.unregister(key.fileobj)
                if key.fileobj is self.ports["control"]:
                    raise GuestDied(f"the guest died{self.at}")
                key.data(data)
            self.check_time(start)

    def show_failure(self, error):
        say(error)
        try:
            lines = self.console.read_bytes().decode(errors="replace").splitlines()
        except OSError:
            lines = []
        log = (self.results / "qemu.log").read_text(errors="replace").splitlines()
        first = next((n for n, line in enumerate(lines) if HEADLINE.search(line)),
                     len(lines) - CONSOLE_LINES)
        lines = excerpt(lines[max(first, 0):], 3 * CONSOLE_LINES)
        for title, text in (("QEMU said", [x for x in log if "TCG doesn't support" not in x]),
                            ("last lines of its console", lines)):
            if text:
                say(f"{title}:")
                for line in text:
                    print(f"    {line.rstrip()}", file=sys.stderr)
        say(f"all of it is in {self.results}")


def pass_on_stdin(port):
    """Send stdin to @port from a thread: the guest may never read it."""
    def forward():
        try:
            while data := os.read(0, CHUNK):
                port.sendall(data)
            port.shutdown(socket.SHUT_WR)
        except OSError:
            pass    # the guest is going; Vm.watch() says why

    if stdin_is_ours():
        threading.Thread(target=forward, daemon=True).start()
    else:
        port.shutdown(socket.SHUT_WR)


def stdin_is_ours():
    """Whether reading stdin is possible and does not stop us as a background job."""
    try:
        return not os.isatty(0) or os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def run_command(vm, job):
    token = secrets.token_hex(16)
    (job / "token").write_text(token)
    words = " ".join(shlex.quote(word) for word in vm.args.command)
    (job / "command").write_bytes(os.fsencode(f"exec {words}\n"))

    vm.start(["control", "stdin", "stdout", "stderr"])
    out = OutputStream(1, token.encode())
    err = OutputStream(2, token.encode())
    vm.when_up = lambda: pass_on_stdin(vm.ports["stdin"])
    sources = [(vm.ports["stdout"], out.feed), (vm.ports["stderr"], err.feed)]
    vm.watch(sources, lambda: out.ended and err.ended)


def run_shell(vm, job):
    (job / "shell").write_text(os.environ.get("TERM", "linux"))
    vm.start(["tty", "control"])
    port = vm.ports["tty"]
    with Terminal() as terminal:
        def resize(*_):
            try:
                vm.ports["control"].sendall(terminal.size())
            except OSError:
                pass    # the guest is going; Vm.watch() says why
        signal.signal(signal.SIGWINCH, resize)
        resize()
        vm.when_up = lambda: pass_on_stdin(port)
        vm.watch([(port, lambda data: write_all(1, data))], lambda: True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("root", "stage", "checkout", "results", "boot", "modules"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--shared", default="", metavar="DIR",
                        help="a folder for several guests, which may mount it by this name")
    parser.add_argument("--memory", type=int, default=1024, metavar="MIB")
    parser.add_argument("--swap", type=int, default=0, metavar="MIB", help="0: none")
    parser.add_argument("--append", default="", metavar="WORDS", help="for the kernel")
    parser.add_argument("--kvm", action="store_true", help="run on the CPU itself")
    parser.add_argument("--cpu", default="", metavar="FEATURES",
                        help="for QEMU's -cpu, where there is no KVM")
    parser.add_argument("--slow", type=int, default=1, metavar="N",
                        help="the guest may take N times as long to get ready and to answer")
    parser.add_argument("--timeout", type=int, default=0, metavar="S", help="0: none")
    parser.add_argument("--boot-timeout", type=int, default=300, metavar="S")
    parser.add_argument("--silence-timeout", type=int, default=120, metavar="S")
    parser.add_argument("--end", action="store_true",
                        help="have the guest look at its state at the end, see guest/end")
    parser.add_argument("--gdb", type=int, default=0, metavar="PORT")
    parser.epilog = "What follows after -- is the command; nothing: a shell."
    # Versions of argparse do not agree on what -- does.
    split = sys.argv.index("--")
    args = parser.parse_args(sys.argv[1:split])
    args.command = sys.argv[split + 1:]
    args.boot_timeout *= args.slow
    args.silence_timeout *= args.slow
    return args


def main():
    args = parse_arguments()
    job = pathlib.Path(args.results) / ".job"
    job.mkdir(parents=True)
    if args.end:
        (job / "end").touch()

    def interrupted(number, _):
        raise SystemExit(128 + number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)

    for boot in range(1, BOOTS + 1):
        vm = Vm(args)
        try:
            if args.command:
                run_command(vm, job)
            else:
                run_shell(vm, job)
        except VmError as error:
            vm.stop()
            if isinstance(error, GuestDied) and boot < BOOTS and vm.keep_console(boot):
                say(f"{error} before it was up; booting again")
                continue
            vm.show_failure(error)
            return EXIT_OWN_FAILURE
        except BrokenPipeError:
            return 128 + signal.SIGPIPE
        finally:
            vm.stop()
        return vm.status


if __name__ == "__main__":
    sys.exit(main())
