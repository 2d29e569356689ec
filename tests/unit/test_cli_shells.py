#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What zsh or fish completes lines of agx-cli to. bash is in test_cli_table.py, being everywhere.

usage: test_cli_shells.py zsh|fish COMPLETION

Exits with 77, which meson takes for skipped, if there is no such shell.
"""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SHELL, COMPLETION = sys.argv[1], os.path.abspath(sys.argv[2])

# A line up to the cursor, and all that its last word can become. There are a file "some.agx" and
# a folder "somewhere".
CASES = (
    ("agx-cli inf", {"info"}),
    ("agx-cli --dev", {"--device"}),
    ("agx-cli --device so", {"some.agx", "somewhere/"}),
    ("agx-cli info so", set()),
    ("agx-cli info --js", {"--json"}),
    ("agx-cli vm sh", {"show"}),
    ("agx-cli --device x bo du", {"dump"}),
    ("agx-cli vm-bind op fl", {"flags="}),
    ("agx-cli vm-bind op flags=R", {"flags=READ"}),
    ("agx-cli vm-bind op 'flags=READ|W", {"flags=READ|WRITE"}),
    ("agx-cli submit render flags=V", {"flags=VERTEX_SCRATCH"}),
    ("agx-cli queue-create priority=M", {"priority=MEDIUM"}),
    ("agx-cli raw GEM_MM", {"GEM_MMAP_OFFSET"}),
    ("agx-cli expect ENOTU", {"ENOTUNIQ"}),
    ("agx-cli expect no-d", {"no-device"}),
    ("agx-cli kill p TER", {"TERM"}),
    ("agx-cli expect EINVAL vm-cr", {"vm-create"}),
    ("agx-cli expect EINVAL repeat 2 bo du", {"dump"}),
    ("agx-cli in p vm-bind vm", {"vm_id="}),
    ("agx-cli on-error st", {"stop"}),
    ("agx-cli help vm-b", {"vm-bind"}),
    ("agx-cli run st", {"store"}),
    ("agx-cli run so", {"some.agx", "somewhere/"}),
    ("agx-cli script so", {"some.agx", "somewhere/"}),
    ("agx-cli bo dump handle=1 so", {"some.agx", "somewhere/"}),
    ("agx-cli asm @so", {"@some.agx", "@somewhere/"}),
    ("agx-cli asm --output so", {"some.agx", "somewhere/"}),
    ("agx-cli asm -o so", {"some.agx", "somewhere/"}),
    ("agx-cli asm --output=so", {"--output=some.agx", "--output=somewhere/"}),
    ("agx-cli top --count so", set()),
    ("agx-cli record -- cat so", {"some.agx", "somewhere/"}),
)

# An interactive zsh that writes what it would offer to a file, and then a line "END".
ZSH = """\
fpath=(${AGX_COMPLETION:h} $fpath)
autoload -Uz compinit
compinit -u -D
compdef _agx-cli agx-cli
compadd()
{
	local -a found

	# What only sorts words for a function of completion.
	if [[ "${(j: :)@[1,(i)(-|--)]}" == *-[OAD]\\ * ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -O found "$@"
	(( $#found )) || return
	print -rl -- $IPREFIX${^found} >>$AGX_FOUND
}
agx-complete()
{
	_main_complete
	print -r -- END >>$AGX_FOUND
}
zle -C agx-complete complete-word agx-complete
bindkey '^I' agx-complete
zle-line-init() { print -r -- READY >>$AGX_FOUND }
zle -N zle-line-init
PS1=
"""


class Zsh:
    """A shell on a terminal, since zsh completes nowhere else."""
    def __init__(self, folder):
        self.found = pathlib.Path(folder, "found")
        self.found.touch()
        setup = pathlib.Path(folder, "setup")
        setup.write_text(ZSH, encoding="utf-8")
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(pathlib.Path(folder, "here"))
            os.execvpe("zsh", ["zsh", "-f", "-i"], dict(
                os.environ, AGX_COMPLETION=COMPLETION, AGX_FOUND=str(self.found), TERM="dumb"))
        self.screen = b""
        os.write(self.fd, f"source {setup}\n".encode())
        self.wait("READY")

    def wait(self, last):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            lines = self.found.read_text(encoding="utf-8").splitlines()
            if lines[-1:] == [last]:
                return lines[:-1]
            # What it prints has to go somewhere.
            if select.select([self.fd], [], [], 0.02)[0]:
                self.screen += os.read(self.fd, 65536)
        raise TimeoutError(f"no {last} after {lines}; on the screen: {self.screen}")

    def complete(self, line):
        self.found.write_text("", encoding="utf-8")
        # In place of what the line was.
        os.write(self.fd, b"\x15" + line.encode() + b"\t")
        return self.wait("END")

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Fish:
    def __init__(self, folder):
        self.folder = folder

    def complete(self, line):
        script = "source $argv[1]; complete -C $argv[2]"
        environment = dict(os.environ, HOME=self.folder, XDG_CONFIG_HOME=self.folder,
                           XDG_DATA_HOME=self.folder, TERM="dumb")
        result = subprocess.run(["fish", "-c", script, COMPLETION, line], capture_output=True,
                                text=True, check=True, timeout=120, env=environment,
                                cwd=pathlib.Path(self.folder, "here"))
        if result.stderr:
            raise RuntimeError(result.stderr)
        return [found.split("\t")[0] for found in result.stdout.splitlines()]

    def close(self):
        pass


class ShellTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="agx-cli-shell-")
        self.addCleanup(folder.cleanup)
        self.here = pathlib.Path(folder.name, "here")
        (self.here / "somewhere").mkdir(parents=True)
        (self.here / "some.agx").touch()
        self.shell = {"zsh": Zsh, "fish": Fish}[SHELL](folder.name)
        self.addCleanup(self.shell.close)

    def test_syntax(self):
        result = subprocess.run([SHELL, "-n", COMPLETION], capture_output=True, text=True,
                                check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_completion(self):
        for line, wanted in CASES:
            with self.subTest(line=line):
                # zsh adds the / of a folder behind what it is told.
                found = {word.rstrip("/") for word in self.shell.complete(line)}
                self.assertEqual(found, {word.rstrip("/") for word in wanted})
        self.assertIn("env", self.shell.complete("agx-cli record -o x -- env"))


if __name__ == "__main__":
    if not shutil.which(SHELL):
        print(f"no {SHELL} here")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
