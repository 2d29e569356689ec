#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything that is made from agx-cli's tables of verbs has everything that is in them.

usage: test_cli_table.py AGX-CLI FAKE MANUAL BASH-COMPLETION ZSH-COMPLETION FISH-COMPLETION
"""

import json
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True

from cli_base import OK, CliTest

MANUAL, BASH, ZSH, FISH = sys.argv[3:7]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def flat(text):
    """As one line, without the emphasis and the hyphens of a page."""
    text = re.sub(r"\\f[BIPR]", "", text)
    return " ".join(text.replace("\\-", "-").replace("\\&", "").split())


class TableTest(CliTest):
    def setUp(self):
        super().setUp()
        result = self.run_cli("help", "--json")
        self.check_succeeds(result)
        self.table = json.loads(result.stdout)
        self.verbs = self.table["verbs"]

    def options(self, verb):
        return verb["options"] + self.table["options_of_all"]

    @staticmethod
    def fields(verb):
        return verb["fields"] + [field for element in verb["elements"]
                                 for field in element["fields"]]

    def test_names(self):
        names = [verb["name"] for verb in self.verbs]
        self.assertEqual(len(names), len(set(names)))
        for verb in self.verbs:
            with self.subTest(verb=verb["name"]):
                self.assertRegex(verb["name"], r"^[a-z][a-z-]*( [a-z]+)?$")
                # A verb of one word would hide those of two that begin with it.
                self.assertNotIn(verb["name"].split()[0], set(names) - {verb["name"]})
                self.assertEqual(verb["summary"][-1:].isalnum() or verb["summary"][-1] in ")", True)
                for what in (self.options(verb), verb["fields"],
                             *(element["fields"] for element in verb["elements"])):
                    inner = [entry["name"] for entry in what]
                    self.assertEqual(len(inner), len(set(inner)), inner)
                for entry in self.options(verb) + self.fields(verb):
                    self.assertNotIn(entry["text"][-1:], ".;:, ")
                letters = [option["letter"] for option in self.options(verb) if option["letter"]]
                self.assertEqual(len(letters), len(set(letters)))

    def test_help(self):
        """The text has all that the JSON has."""
        listed = self.run_cli("--help").stdout
        for verb in self.verbs:
            with self.subTest(verb=verb["name"]):
                self.assertRegex(listed, rf"(?m)^  {re.escape(verb['name'])} ")
                result = self.run_cli(*verb["name"].split(), "--help")
                self.check_succeeds(result)
                text = flat(result.stdout)
                usage = " ".join(f"{verb['name']} {verb['synopsis']}".split())
                self.assertIn(f"usage: agx-cli {usage} [OPTION...]", text)
                self.assertIn(verb["summary"], text)
                self.assertIn(flat(verb["details"]), text)
                for option in self.options(verb):
                    short = f"-{option['letter']}, " if option["letter"] else ""
                    argument = f" {option['argument']}" if option["argument"] else ""
                    self.assertIn(f" {short}--{option['name']}{argument} {option['text']}", text)
                for field in self.fields(verb):
                    self.assertIn(f" {field['name']} {field['text']}", text)
                    for value in field["values"]:
                        self.assertRegex(text, rf"\b{value}\b")
                for element in verb["elements"]:
                    self.assertIn(f" {element['word']} {element['text']}", text)
                one = json.loads(self.run_cli(*verb["name"].split(), "--help", "--json").stdout)
                self.assertEqual(one["verbs"], [verb])

    def test_manual(self):
        page = flat(read(MANUAL))
        for verb in self.verbs:
            with self.subTest(verb=verb["name"]):
                start = re.search(rf"\.It Cm {re.escape(verb['name'])}( No | [A-Z])", page)
                self.assertTrue(start)
                part = page[start.start():]
                summary = verb["summary"][0].upper() + verb["summary"][1:] + "."
                self.assertIn(summary, part)
                for sentence in re.split(r"(?<=[.:]) ", flat(verb["details"])):
                    self.assertIn(sentence, part)
                for option in verb["options"]:
                    self.assertRegex(part, rf"Fl -{option['name']}\b.*{re.escape(option['text'])}")
                for field in self.fields(verb):
                    self.assertIn(f".It Ar {field['name']} {field['text']}", part)
                for element in verb["elements"]:
                    self.assertIn(f".It Cm {element['word']} {element['text']}.", part)
        for option in self.table["options_before"] + self.table["options_of_all"]:
            self.assertIn(f"Fl -{option['name']}", page)

    def test_completion_files(self):
        for path in BASH, ZSH, FISH:
            text = read(path)
            for verb in self.verbs:
                with self.subTest(file=path, verb=verb["name"]):
                    self.assertIn(verb["name"] if path != FISH else verb["name"].split()[-1], text)
                    names = ([f"{field['name']}=" for field in self.fields(verb)] +
                             [element["word"] for element in verb["elements"]] +
                             verb["first_words"] +
                             [f"-l {option['name']} " if path == FISH else f"--{option['name']}"
                              for option in self.options(verb)])
                    for name in names:
                        self.assertIn(name, text)

    def complete(self, line):
        """What bash makes of a line up to the cursor."""
        script = ('source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; _agx_cli; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-eu", "-c", script, "bash", BASH, line], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.split()

    def test_bash(self):
        for verb in self.verbs:
            name = verb["name"]
            with self.subTest(verb=name):
                self.assertIn(name.split()[-1], self.complete(f"agx-cli {name[:-1]}"))
                offered = self.complete(f"agx-cli --device /dev/null {name} ")
                for option in self.options(verb):
                    self.assertIn(f"--{option['name']}", self.complete(f"agx-cli {name} --"))
                if not verb["takes_command"]:
                    for field in self.fields(verb):
                        self.assertIn(f"{field['name']}=", offered)
        self.assertEqual(self.complete("agx-cli vm-bind op flags=READ|WR"), ["READ|WRITE"])
        # As it has to be written, since | is the shell's.
        for quote in "'\"":
            self.assertEqual(self.complete(f"agx-cli vm-bind op {quote}flags=READ|WR"),
                             ["flags=READ|WRITE"])
        self.assertEqual(self.complete("agx-cli queue-create priority=M"), ["MEDIUM"])
        self.assertEqual(self.complete("agx-cli expect EINVAL repeat 2 vm-cr"), ["vm-create"])
        self.assertEqual(self.complete("agx-cli help vm-b"), ["vm-bind"])
        self.assertEqual(self.complete("agx-cli decode c"), ["cdm"])
        self.assertEqual(self.complete("agx-cli on-error s"), ["stop"])
        self.assertEqual(self.complete("agx-cli run st"), ["store"])
        self.assertEqual(self.complete("agx-cli raw GEM_MM"), ["GEM_MMAP_OFFSET"])
        self.assertIn("--version", self.complete("agx-cli -"))

    def check_syntax(self, shell, path):
        if not shutil.which(shell):
            self.skipTest(f"no {shell} here")
        result = subprocess.run([shell, "-n", path], text=True, stderr=subprocess.PIPE, check=False)
        self.assertEqual((result.returncode, result.stderr), (OK, ""))

    def test_zsh(self):
        self.check_syntax("zsh", ZSH)

    def test_fish(self):
        self.check_syntax("fish", FISH)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
