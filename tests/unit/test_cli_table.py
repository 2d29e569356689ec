#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything that is made from agx-cli's tables of verbs has everything that is in them.

usage: test_cli_table.py AGX-CLI FAKE MANUAL BASH-COMPLETION ZSH-COMPLETION FISH-COMPLETION
"""

import json
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True

from cli_base import CliTest

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

    def parts_of_manual(self, page):
        """{verb: what stands between it and the next one}"""
        # Elements, such as "wait" of submit, have a text that begins with a small letter.
        starts = {verb["name"]: [match.start() for match in re.finditer(
            rf"\.It Cm {re.escape(verb['name'])}(?= No | [A-Z])", page)] for verb in self.verbs}
        self.assertEqual({len(found) for found in starts.values()}, {1}, starts)
        order = sorted((at, name) for name, (at,) in starts.items())
        ends = [at for at, _ in order[1:]] + [page.index(".Sh JSON")]
        return {name: page[at:end] for (at, name), end in zip(order, ends)}

    def test_manual(self):
        page = flat(read(MANUAL))
        parts = self.parts_of_manual(page)
        for verb in self.verbs:
            with self.subTest(verb=verb["name"]):
                part = parts[verb["name"]]
                summary = verb["summary"][0].upper() + verb["summary"][1:] + "."
                self.assertIn(summary, part)
                for sentence in re.split(r"(?<=[.:]) ", flat(verb["details"])):
                    self.assertIn(sentence, part)
                for option in verb["options"]:
                    argument = f" Ar {option['argument'].lower()}" if option["argument"] else ""
                    short = f"Fl {option['letter']}{argument} , " if option["letter"] else ""
                    self.assertIn(f".It {short}Fl -{option['name']}{argument} {option['text']}.",
                                  part)
                for field in self.fields(verb):
                    values = f" ({', '.join(field['values'])})" if field["values"] else ""
                    self.assertIn(f".It Ar {field['name']} {field['text']}{values}.", part)
                for element in verb["elements"]:
                    self.assertIn(f".It Cm {element['word']} {element['text']}.", part)
        for option in self.table["options_before"] + self.table["options_of_all"]:
            self.assertIn(f"Fl -{option['name']}", page)

    def words(self, verb):
        """All that can be completed behind a verb, but for options and values."""
        return ([f"{field['name']}=" for field in self.fields(verb)] +
                [element["word"] for element in verb["elements"]] + verb["first_words"] +
                verb["second_words"])

    def values(self, verb):
        """{field: its values}, of all fields of that name together"""
        values = {}
        for field in self.fields(verb):
            values.setdefault(field["name"], {}).update(dict.fromkeys(field["values"]))
        return {name: list(each) for name, each in values.items()}

    def test_bash_file(self):
        text = read(BASH)
        listed = re.search(r"(?m)^_agx_cli_verbs='([^']*)'$", text)[1].split("\n")
        self.assertEqual(listed, [verb["name"] for verb in self.verbs])
        words = dict(re.findall(r"(?m)^_agx_cli_words\['([^']*)'\]='([^']*)'$", text))
        values = dict(re.findall(r"(?m)^_agx_cli_values\['([^']*)'\]='([^']*)'$", text))
        for verb in self.verbs:
            with self.subTest(verb=verb["name"]):
                self.assertEqual(set(words[verb["name"]].split()), {
                    *self.words(verb), *(f"--{option['name']}" for option in self.options(verb))})
                for name, wanted in self.values(verb).items():
                    self.assertEqual(values.get(f"{verb['name']} {name}", "").split(), wanted)

    def test_zsh_file(self):
        text = read(ZSH)
        for verb in self.verbs:
            with self.subTest(verb=verb["name"]):
                case, = re.findall(rf"(?ms)^\t'?{verb['name']}'?\)\n(.*?)^\t\t;;$", text)
                # What is offered, and what is told of it.
                offered = dict(re.findall(r"(?m)^\t\t\t'([^:]*):(.*)'$", case))
                plain = [word for line in re.findall(r"(?m)^\t\tcompadd -- (.*)$", case)
                         for word in line.split()]
                self.assertEqual({*offered, *plain}, {
                    *self.words(verb), *(f"--{option['name']}" for option in self.options(verb))})
                for entry in self.options(verb):
                    self.assertEqual(offered[f"--{entry['name']}"].replace("'\\''", "'"),
                                     entry["text"])
                values = dict(re.findall(r"(?m)^\t\t\t([a-z_.]+)\) values=\(([^)]*)\) ;;$", case))
                for name, wanted in self.values(verb).items():
                    self.assertEqual(values.get(name, "").split(), wanted)

    def test_fish_file(self):
        lines = read(FISH).splitlines()
        for verb in self.verbs:
            with self.subTest(verb=verb["name"]):
                first = verb["name"].split()[:-1]
                where = f"__agx_cli_is {first[0]}" if first else (
                    "test -z (__agx_cli_verb | string collect -a)")
                self.assertIn(f"complete -c agx-cli -n '{where}' -a {verb['name'].split()[-1]} ",
                              "".join(line.partition("-d ")[0] for line in lines
                                      if line.endswith(self.fish_text(verb["summary"]))))
                start = f"complete -c agx-cli -n '__agx_cli_is {verb['name']}' "
                own = [line.removeprefix(start) for line in lines if line.startswith(start)]
                for option in self.options(verb):
                    short = f" -s {option['letter']}" if option["letter"] else ""
                    argument = (" -r -F" if option["argument"] in ("FILE", "FOLDER", "PATH") else
                                " -x" if option["argument"] else "")
                    self.assertIn(f"-l {option['name']}{short}{argument}"
                                  f"{self.fish_text(option['text'])}", own)
                offered = [re.sub(" -d '.*", "", line).removeprefix("-a ").strip("'")
                           for line in own if line.startswith("-a ")]
                self.assertEqual({word for line in offered if not line.startswith("(")
                                  for word in line.split()}, set(self.words(verb)))
                for name, values in self.values(verb).items():
                    self.assertEqual(f"(__agx_cli_values {name} {' '.join(values)})" in offered,
                                     values != [])

    @staticmethod
    def fish_text(text):
        return " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

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
        self.assertEqual(self.complete("agx-cli submit render flags=V"), ["VERTEX_SCRATCH"])
        self.assertEqual(self.complete("agx-cli expect EINVAL repeat 2 vm-cr"), ["vm-create"])
        self.assertEqual(self.complete("agx-cli help vm-b"), ["vm-bind"])
        self.assertEqual(self.complete("agx-cli decode c"), ["cdm"])
        self.assertEqual(self.complete("agx-cli on-error s"), ["stop"])
        self.assertEqual(self.complete("agx-cli run st"), ["store"])
        self.assertEqual(self.complete("agx-cli raw GEM_MM"), ["GEM_MMAP_OFFSET"])
        self.assertEqual(self.complete("agx-cli expect ENOTU"), ["ENOTUNIQ"])
        self.assertEqual(self.complete("agx-cli kill p TER"), ["TERM"])
        self.assertEqual(self.complete(f"agx-cli asm @{FISH[:-1]}"), [f"@{FISH}"])
        self.assertIn("--version", self.complete("agx-cli -"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
