#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make the text of a manual page of section 3 from <drm_agx.h>, where each function is described.

    header.py HEADER SOURCE-ROOT PAGE.rst.in     writes reStructuredText to stdout
    header.py --check HEADER PAGE.rst.in...      every function and type is in exactly one page, and
                                                 every function says what its arguments are, what
                                                 it returns, and whether it is thread-safe

Lines of a page that start with .. are directives of this program:

    .. synopsis:: PREFIX      the declarations of what the page describes
    .. describe:: NAME...     descriptions, in this order, with a line for the reference counters
    .. example:: FILE         a function of a program that is compiled with the tests
"""

import re
import sys
import textwrap

COMMENT = re.compile(r"/\*\*\n(?P<text>(?:(?!\*/).)*?)\n \*/\n(?P<code>[^#\n].*?;)\n",
                     re.DOTALL)
FUNCTION = re.compile(r"^[\w \*\n]*?\b(drm_agx_\w+)\(", re.DOTALL)
COUNTER = re.compile(r"^(?:struct \w+ \*|void )(drm_agx_(\w+?)_(?:un)?ref)\((struct \w+) \*(\w+)\);$",
                     re.MULTILINE)
TYPE = re.compile(r"^((?:struct|enum) drm_agx_\w+)(?:;| \{)")
FIELD = re.compile(r"/\*\*[\s*]*@(\w+): (.*?)\*/\s*([^;]+;)", re.DOTALL)


def plain(text):
    """A comment without its stars."""
    lines = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip()


def markup(text):
    """What reStructuredText would read as something else, and names in the page's type faces."""
    text = text.replace("\\", "\\\\").replace("*", "\\*").replace("`", "\\`").replace("|", "\\|")
    text = re.sub(r"(?<![\w@])@(\w+)", r"*\1*", text)
    text = re.sub(r"\b(drm_agx_\w+)\(\)", r"**\1**\\ ()", text)
    return re.sub(r"(?<!\w)(-E[A-Z0-9]+)\b", r"**\1**", re.sub(r"(\w)_(?=\W|$)", r"\1\\_", text))


class Entry:
    """A function or a type of the header, and what is said about it."""

    def __init__(self, name, code, brief, params, body, returns):
        self.name, self.code, self.brief = name, code, brief
        self.params, self.body, self.returns = params, body, returns
        self.is_type = name.startswith(("struct ", "enum "))

    def rst(self):
        out = []
        if self.is_type:
            out += [f"**{self.name}**", ""]
        else:
            out += [f"**{self.name}**\\ ()", ""]
        out += ["    " + markup(self.brief)]
        out += [""] + [textwrap.indent(markup(self.body), "    ")] if self.body else []
        out += [""]
        for name, text in self.params:
            out += [f"    *{name}*", f"        {markup(' '.join(text.split()))}", ""]
        if self.returns:
            out += ["    Returns " + markup(" ".join(self.returns.split())), ""]
        return "\n".join(out) + "\n"


def parse_comment(text):
    """The parts of a kernel-doc comment: brief, parameters, body, what is returned."""
    text = plain(text)
    head, _, rest = text.partition("\n")
    brief = head.split(" - ", 1)[1] if " - " in head else ""
    params, body, returns = [], [], ""
    for block in re.split(r"\n\s*\n", "\n" + rest):
        block = block.strip("\n")
        if block.startswith("Return: "):
            returns = block[len("Return: "):]
        elif block.startswith("@"):
            for part in re.split(r"\n(?=@)", block):
                name, _, said = part[1:].partition(":")
                params.append((name, said.strip()))
        elif returns and block:
            returns += " " + block
        elif block:
            body.append(block)
    return brief, params, "\n\n".join(body), returns


def counter(match):
    """What is the same for all reference counters."""
    name, arg = match[1], match[4]
    if name.endswith("_unref"):
        brief = "Give up a reference; the last one frees the object."
        params = [(arg, "What to give up, or NULL.")]
        body, returns = "Thread-safe.", ""
    else:
        brief = "Take another reference."
        params = [(arg, "What to keep.")]
        body, returns = "Thread-safe.", f"*{arg}*.".replace("*", "")
    return Entry(name, match[0], brief, params, body, returns)


def parse(header):
    """What the header has, by name, in its order."""
    entries = {}
    for match in COMMENT.finditer(header):
        text, code = match["text"], match["code"]
        brief, params, body, returns = parse_comment(text)
        is_type = TYPE.match(code)
        if is_type:
            # A struct or an enum with members ends in its brace.
            start = match.start("code")
            end = header.index("};", start) + 2 if "{" in code else match.end("code")
            code = header[start:end]
            name = is_type[1]
            params += [(field[1], plain(field[2])) for field in FIELD.finditer(code)]
        else:
            name = FUNCTION.match(code)[1]
        entries[name] = Entry(name, code, brief, params, body, returns)
    for match in COUNTER.finditer(header):
        entries[match[1]] = counter(match)
    order = {name: header.index(entry.code) for name, entry in entries.items()}
    return dict(sorted(entries.items(), key=lambda item: order[item[0]]))


def prototype(code):
    """The declaration of a function in lines that end between its parameters."""
    head, _, rest = code.partition("(")
    lines = [head + "("]
    for part in re.findall(r"[^,]+,? ?", rest):
        if len(lines[-1] + part.rstrip()) > 74:
            lines.append(" " * 8)
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def declaration(entry):
    """The code of an entry as the synopsis has it: without the comments of members."""
    if not entry.is_type:
        return prototype(" ".join(entry.code.split()))
    return re.sub(r"\n*\s*/\*.*?\*/", "", entry.code, flags=re.DOTALL).replace("\t", "    ")


def described(page):
    """The names that a page describes."""
    names = []
    for line in page.splitlines():
        if line.startswith(".. describe:: "):
            for name in line.split()[2:]:
                names.append(re.sub(r"^(struct|enum)=", r"\1 ", name))
    return names


def example(root, path):
    """The program without its licence, as a literal block."""
    with open(f"{root}/{path}", encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"^// SPDX.*\n", "", text).replace("\t", "    ")
    return "::\n\n" + textwrap.indent(text.strip(), "    ") + "\n"


def render(entries, root, page):
    out = []
    for line in page.splitlines():
        if line.startswith(".. SPDX"):
            out.append(line)
        elif line.startswith(".. synopsis::"):
            code = "\n\n".join(declaration(entries[name]) for name in described(page))
            out += ["::", "", "    #include <asahi_drm.h>", "    #include <drm_agx.h>", "",
                    textwrap.indent(code, "    ", lambda line: line.strip()), ""]
        elif line.startswith(".. describe::"):
            out += [entries[name].rst() for name in described(line)]
        elif line.startswith(".. example:: "):
            out.append(example(root, line.split()[2]))
        else:
            out.append(line)
    return "\n".join(out) + "\n"


def declared(header):
    """The names of all that the header declares, described or not."""
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    return (re.findall(r"\b(drm_agx_\w+)\(", code) +
            re.findall(r"^((?:struct|enum) drm_agx_\w+)(?:;| \{)", code, re.MULTILINE))


def lacks(entry):
    """What the description of a function does not say."""
    said = [name for name, _ in entry.params]
    arguments = re.search(r"\((.*)\)", entry.code, re.DOTALL)[1]
    for name in re.findall(r"(\w+)(?:\[\w*\])?(?:,|$)", "" if arguments == "void" else arguments):
        if name not in said:
            yield f"what {name} is"
    if not entry.code.startswith("void ") and not entry.returns:
        yield "what it returns"
    if not re.search(r"\b(T|Not t)hread-safe\b", entry.body):
        yield "whether it is thread-safe"


def check(header, pages):
    """Everything described, and in exactly one page; no page about what is not there."""
    entries, where, wrong = parse(header), {}, 0
    for name in declared(header):
        if name not in entries:
            print(f"{name} is not described")
            wrong = 1
    for name, entry in entries.items():
        for what in [] if entry.is_type else lacks(entry):
            print(f"{name} does not say {what}")
            wrong = 1
    for path in pages:
        with open(path, encoding="utf-8") as f:
            for name in described(f.read()):
                where.setdefault(name, []).append(path)
    for name in entries.keys() | where.keys():
        pages = where.get(name, [])
        if name not in entries:
            print(f"{pages[0]}: no such thing in the header: {name}")
        elif len(pages) != 1:
            print(f"{name} is in {len(pages)} pages: {' '.join(pages)}")
        else:
            continue
        wrong = 1
    return wrong


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def main(args):
    if args[0] == "--check":
        return check(read(args[1]), args[2:])
    header, root, page = args
    sys.stdout.write(render(parse(read(header)), root, read(page)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
