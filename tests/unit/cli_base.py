# SPDX-License-Identifier: MIT
"""What the tests of agx-cli share: how it is run, and how its two outputs are compared."""

import ctypes
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


def is_scalar(value):
    return not isinstance(value, (dict, list))


def is_bytes(value):
    """Digits of bytes are put as a dump."""
    return isinstance(value, str) and re.fullmatch("(?:[0-9a-f]{2})+", value) is not None


def scalar(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def members(document):
    """(name, value, what it means or None) of each that is a line or a block of its own."""
    return [(key, value, document.get(f"{key}_text")) for key, value in document.items()
            if not (key.endswith("_text") and key.removesuffix("_text") in document)]


def cell(value, meaning):
    return scalar(value) + (f" ({meaning})" if meaning is not None else "")


def is_table(array):
    return (all(isinstance(row, dict) and all(is_scalar(value) for value in row.values())
                for row in array) and
            len({tuple(key for key, _, _ in members(row)) for row in array}) == 1)


def text_of(document):
    """What the text of an object has to be, without what is not in JSON: see plain()."""
    lines = []
    for key, value, meaning in members(document):
        if key in ("bytes", "payload") or key.endswith("_bytes"):
            lines += [f"{key}:"] + [value[i:i + 32] for i in range(0, len(value), 32)]
        elif is_scalar(value):
            lines.append(f"{key} {cell(value, meaning)}")
        elif isinstance(value, list) and all(is_scalar(element) for element in value):
            lines.append(f"{key} {', '.join(map(scalar, value)) or 'none'}")
        else:
            lines.append(f"{key}:")
            lines += text_of(value) if isinstance(value, dict) else text_of_array(value)
    return lines


def text_of_array(array):
    if all(list(element) == ["text"] for element in array):
        return [element["text"] for element in array]
    if is_table(array):
        return [" ".join(key for key, _, _ in members(array[0]))] + [
            " ".join(cell(value, meaning) for _, value, meaning in members(row)) for row in array]
    lines = []
    for element in array:
        lines += text_of(element)
    return lines


def plain(text):
    """Text as lines with neither indentation nor columns, numbers in decimal, dumps as digits."""
    lines = []
    for line in text.splitlines():
        dump = re.fullmatch(r" *[0-9a-f]{8,} ((?: [0-9a-f]{2})+) *  \|.{1,16}\|", line)
        if dump:
            lines.append(dump[1].replace(" ", ""))
        elif line.strip():
            line = re.sub(r"\b0x([0-9a-f]+)\b", lambda match: str(int(match[1], 16)), line)
            lines.append(" ".join(line.split()))
    return lines


def is_sentence(line, document):
    """Whether it has all values of the object, in their order."""
    at = 0
    for value in document.values():
        at = line.find(plain(scalar(value))[0], at)
        if at < 0:
            return False
    return True


class CliTest(unittest.TestCase):
    def setUp(self):
        handle, self.node = tempfile.mkstemp(prefix="agx-cli-node-")
        os.close(handle)
        self.addCleanup(os.unlink, self.node)

    def run_cli(self, *args, env=None, **kwargs):
        # In a sanitizer's build its library is not the first then, and says so.
        environment = dict(os.environ, LD_PRELOAD=FAKE, FAKE_NODE=self.node,
                           ASAN_OPTIONS="verify_asan_link_order=0")
        environment.update(env or {})
        kwargs.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([CLI, *args], env=environment, stderr=subprocess.PIPE, text=True,
                              timeout=300, **kwargs)

    def run_script(self, *lines, options=(), **kwargs):
        """Commands from the standard input."""
        return self.run_cli(*options, "script", "-", input="".join(f"{line}\n" for line in lines),
                            **kwargs)

    def check_fails(self, result, status, *patterns):
        """It says why, in one line, on stderr."""
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertRegex(result.stderr, r"\Aagx-cli: [^\n]+\n\Z")
        for pattern in patterns:
            self.assertRegex(result.stderr, pattern)

    def check_succeeds(self, result):
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, OK)

    def check_same(self, text, documents):
        """Neither of the two outputs says what the other does not."""
        lines = plain(text)
        for document in documents:
            self.assertEqual(document.pop("schema"), 1)
            self.assertRegex(document.pop("verb"), r"^[a-z][a-z -]*$")
            # On stderr, and as exit status: no member of a verb has these names.
            self.assertIn(document.get("status", FAILURE), range(FAILURE, WRONG + 1))
            document = {key: value for key, value in document.items()
                        if key not in ("errors", "status")}
            if not document:
                continue
            expected = [line for line in map(plain, text_of(document)) for line in line]
            if lines and lines[:len(expected)] != expected and is_sentence(lines[0], document):
                lines = lines[1:]
                continue
            self.assertEqual(lines[:len(expected)], expected)
            lines = lines[len(expected):]
        self.assertEqual(lines, [])

    def compare_outputs(self, *args):
        """Runs it twice; the documents of JSON."""
        text = self.run_cli(*args)
        result = self.run_cli("--json", *args)
        self.check_succeeds(text)
        self.check_succeeds(result)
        self.check_same(text.stdout, list(map(json.loads, result.stdout.splitlines())))
        return list(map(json.loads, result.stdout.splitlines()))
