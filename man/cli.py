#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write the manual page of agx-cli: a template, and in it what `agx-cli help --json` says.

usage: cli.py AGX-CLI TEMPLATE
"""

import json
import re
import subprocess
import sys
import textwrap

FUNCTION = re.compile(r"\b(\w+)\(\)")

# In the names of arguments, what is a word to be replaced.
REPLACED = re.compile(r"\b[A-Z][A-Z]+\b|\bN\b")


def text(string):
    """A line of text that is no macro."""
    string = string.replace("\\", r"\e").replace("-", r"\-")
    string = FUNCTION.sub(r"\\fB\1\\fP()", string)
    return r"\&" + string if string[:1] in (".", "'") else string


def paragraphs(string):
    """Each sentence a line, so that what lies between two is groff's choice."""
    return "\n.Pp\n".join("\n".join(map(text, re.split(r"(?<=[.:]) ", paragraph)))
                          for paragraph in string.split("\n\n"))


def argument(word):
    """A word as the argument of a macro."""
    word = text(word).replace('"', r"\(dq")
    return f'"{word}"' if " " in word else word


def options(table):
    lines = []
    for option in table:
        flags = ([f"Fl {option['letter']}"] if option["letter"] else []) + [f"Fl -{option['name']}"]
        operand = f" Ar {option['argument'].lower()}" if option["argument"] else ""
        lines += [".It " + " , ".join(flag + operand for flag in flags), text(option["text"]) + "."]
    return lines


def fields(table):
    lines = []
    for field in table:
        values = f" ({', '.join(field['values'])})" if field["values"] else ""
        lines += [f".It Ar {argument(field['name'])}", text(field["text"] + values) + "."]
    return lines


def listed(lines, heading):
    return [".Pp", heading, ".Bl -tag -width Ds -compact", *lines, ".El"] if lines else []


def synopsis(string):
    """What follows a verb, as one argument: words in capitals are to be replaced."""
    words = REPLACED.sub(lambda match: rf"\fI{match[0].lower()}\fP", text(string).replace('"', r"\(dq"))
    return f' No "{words}"' if words else ""


def verb(entry):
    lines = [f".It Cm {entry['name']}{synopsis(entry['synopsis'])}",
             text(entry["summary"][0].upper() + entry["summary"][1:]) + "."]
    if entry["details"]:
        lines += [".Pp", paragraphs(entry["details"])]
    lines += listed(options(entry["options"]), "Options:")
    lines += listed(fields(entry["fields"]), "Fields:")
    if entry["elements"]:
        lines += listed([line for element in entry["elements"]
                         for line in (f".It Cm {element['word']}", text(element["text"]) + ".")],
                        "Elements, words behind which their fields stand:")
    for element in entry["elements"]:
        lines += listed(fields(element["fields"]), f"Fields of {element['word']}:")
    return lines


def verbs(table):
    lines, group = [], None
    for entry in table:
        if entry["group"] != group:
            lines += ([".El"] if group else []) + [f".Ss {entry['group'].capitalize()}",
                                                   ".Bl -tag -width Ds"]
            group = entry["group"]
        lines += verb(entry)
    return lines + [".El"]


def wrapped(line):
    """Lines of text are short; groff fills them anyway. Macros are left as they are."""
    if line.startswith("."):
        return [line]
    lines = textwrap.wrap(line, 80, break_long_words=False, break_on_hyphens=False)
    return lines[:1] + [r"\&" + more if more[0] in ".'" else more for more in lines[1:]]


def main(program, template):
    output = subprocess.run([program, "help", "--json"], stdout=subprocess.PIPE, check=True).stdout
    table = json.loads(output)
    replaced = {"@OPTIONS_BEFORE@": options(table["options_before"]),
                "@OPTIONS_OF_ALL@": options(table["options_of_all"]),
                "@VERBS@": verbs(table["verbs"])}
    with open(template, encoding="utf-8") as lines:
        for line in lines:
            for lines_of in replaced.get(line.strip(), [line.rstrip("\n")]):
                print("\n".join(short for text_line in lines_of.split("\n")
                                for short in wrapped(text_line)))


if __name__ == "__main__":
    main(*sys.argv[1:])
