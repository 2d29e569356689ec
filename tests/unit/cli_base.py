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


# What a sentence says for a member that is true; for others, their name without underscores. Of
# what is false, 0 or empty it need not say anything.
SAID_IF_TRUE = {"bad_arg": "the argument cannot be read", "by_job": "by the job",
                "contents": "with contents"}


def leaves(value, key=""):
    """(name, value) of all that is no object or array."""
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in leaves(inner, name)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner, key)]
    return [(key, value)]


def ways_to_say(key, value):
    if isinstance(value, bool):
        return [SAID_IF_TRUE.get(key, key.replace("_", " "))]
    if isinstance(value, str):
        return [" ".join(plain(value)), " ".join(value.split())]
    ways = [str(value)]
    if key.endswith("_ns"):
        sign = "-" * (value < 0)
        ways += [f"{sign}{abs(value) // 10 ** 9}.{abs(value) % 10 ** 9:09}",
                 f"{value // 1000}.{value % 1000:03} us"]
    if key == "offset":
        # In listings of code.
        ways.append(f"{value:x}")
    return ways


def is_sentence(line, document):
    """Whether it says all values of the object, and no number that is none of them."""
    for key, value in sorted(leaves(document), key=lambda leaf: -len(scalar(leaf[1]))):
        for way in ways_to_say(key, value):
            found = way and re.search(rf"(?<![\w.]){re.escape(way)}(?!\w|\.\d)", line)
            if found:
                break
        if found if value is False else value and not found:
            return False
        if found:
            line = f"{line[:found.start()]}\0{line[found.end():]}"
    return not re.search(r"\d", line)


def heading(lines, expected):
    """The lines behind one that has to be there; NotSame if another is."""
    if lines[:1] != plain(expected):
        raise NotSame(f"{expected!r} has to be where there is {lines[:1]}")
    return lines[1:]


class NotSame(Exception):
    pass


def take_array(lines, array):
    if all(list(element) == ["text"] for element in array):
        for element in array:
            lines = heading(lines, element["text"])
        return lines
    if is_table(array) and lines[:1] == plain(" ".join(key for key, _, _ in members(array[0]))):
        for row in array:
            lines = lines if row is not array[0] else lines[1:]
            lines = heading(lines, " ".join(cell(value, meaning)
                                            for _, value, meaning in members(row)))
        return lines
    for element in array:
        lines = take_object(lines, element)
    return lines


def take_members(lines, document):
    for key, value, meaning in members(document):
        if isinstance(value, str) and lines[:1] == [f"{key}:"]:
            lines = lines[1:]
            for at in range(0, len(value), 32):
                lines = heading(lines, value[at:at + 32])
        elif is_scalar(value):
            lines = heading(lines, f"{key} {cell(value, meaning)}")
        elif isinstance(value, list) and all(is_scalar(element) for element in value):
            lines = heading(lines, f"{key} {', '.join(map(scalar, value)) or 'none'}")
        elif isinstance(value, dict) and lines and lines[0] != f"{key}:" and \
                is_sentence(lines[0], value):
            lines = lines[1:]
        else:
            lines = heading(lines, f"{key}:")
            lines = (take_members if isinstance(value, dict) else take_array)(lines, value)
    return lines


def take_object(lines, document):
    """The lines behind those that say what the object does: its members each, or a sentence."""
    try:
        return take_members(lines, document)
    except NotSame:
        if lines and is_sentence(lines[0], document):
            return lines[1:]
        raise


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
            self.assertEqual(document["schema"], 1)
            self.assertRegex(document["verb"], r"^[a-z][a-z -]*$")
            # On stderr, and as exit status: no member of a verb has these names.
            self.assertIn(document.get("status", FAILURE), range(FAILURE, WRONG + 1))
            document = {key: value for key, value in document.items()
                        if key not in ("schema", "verb", "errors", "status")}
            if not document:
                continue
            try:
                lines = take_object(lines, document)
            except NotSame as error:
                self.fail(f"{error}; in the text of {document}: {lines[:20]}")
        self.assertEqual(lines, [])

    def compare_outputs(self, *args):
        """Runs it twice; the documents of JSON."""
        text = self.run_cli(*args)
        result = self.run_cli("--json", *args)
        self.check_succeeds(text)
        self.check_succeeds(result)
        documents = list(map(json.loads, result.stdout.splitlines()))
        self.check_same(text.stdout, documents)
        return documents
