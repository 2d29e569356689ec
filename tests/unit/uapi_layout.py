#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare include/asahi_drm.h with the <drm/asahi_drm.h> that the system ships.

The names of all constants, structs and fields are read from the text of both headers, and have to
be the same. Then one program is compiled for each, which prints every value, size and offset, and
the two tables have to be the same. Exits with 77 where the system has no such header.

With --self-test the header is compared with copies of itself that have a mistake each, and the
test fails if one of them goes unnoticed.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

SKIP = 77


class Mismatch(Exception):
    pass


class Header:
    """What a header defines, going by its text."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = re.sub(r"//[^\n]*", " ", text)
        text = text.replace("\\\n", " ")

        self.path = path
        self.guard = re.search(r"^#ifndef\s+(\w+)\s*\n#define\s+\1\s*$", text, re.M).group(1)
        self.macros = []
        self.builders = []
        for name, params in re.findall(r"^#define[ \t]+(\w+)(\([^)]*\))?", text, re.M):
            if name != self.guard:
                (self.builders if params else self.macros).append(name)
        self.enumerators = {}
        for tag, body in re.findall(r"\benum\s*(\w*)\s*\{(.*?)\}\s*;", text, re.S):
            # Commas inside parentheses belong to a value.
            while re.search(r"\([^()]*\)", body):
                body = re.sub(r"\([^()]*\)", "", body)
            names = [e.split("=")[0].strip() for e in body.split(",")]
            self.enumerators.setdefault(tag, []).extend(n for n in names if n)
        self.structs = {}
        for tag, body in re.findall(r"\bstruct\s+(\w+)\s*\{(.*?)\}[^;{}]*;", text, re.S):
            fields = {}
            for decl in filter(None, (d.strip() for d in body.split(";"))):
                m = re.fullmatch(r"(.*?)\s*(\w+)\s*(\[\s*\w+\s*\])?", decl, re.S)
                fields[m.group(2)] = " ".join((m.group(1) + (m.group(3) or "")).split())
            self.structs[tag] = fields
        if not self.structs or not self.enumerators:
            raise Mismatch(f"{path}: found no struct or no enum in it")

    def names(self):
        """Everything it defines, as lines of text."""
        yield f"include guard {self.guard}"
        yield from (f"macro {n}" for n in self.macros)
        yield from (f"macro {n}()" for n in self.builders)
        for tag, names in self.enumerators.items():
            yield from (f"constant {n} of enum {tag or '(none)'}" for n in names)
        for tag, fields in self.structs.items():
            yield f"struct {tag}"
            yield from (f"field {tag}.{n} of type {t}" for n, t in fields.items())


def probe_source(header):
    """A C program that prints the numbers behind the names of @header."""
    lines = ["#include <stddef.h>", "#include <stdio.h>", f'#include "{header.path}"',
             "int main(void)", "{"]
    for name in header.macros + [n for names in header.enumerators.values() for n in names]:
        lines.append(f'printf("{name} = %#llx\\n", (unsigned long long){name} & 0xffffffffULL);')
    for tag, fields in header.structs.items():
        s = f"struct {tag}"
        lines.append(f'printf("sizeof({tag}) = %zu, aligned to %zu\\n", '
                     f"sizeof({s}), _Alignof({s}));")
        for name in fields:
            lines.append(f'printf("{tag}.{name}: %zu bytes at %zu\\n", '
                         f"sizeof((({s} *)0)->{name}), offsetof({s}, {name}));")
    return "\n".join(lines + ["return 0;", "}", ""])


def probe(header, cc, workdir, tag):
    source = os.path.join(workdir, f"{tag}.c")
    program = os.path.join(workdir, tag)
    with open(source, "w", encoding="utf-8") as f:
        f.write(probe_source(header))
    build = subprocess.run(cc + ["-w", "-o", program, source], stderr=subprocess.PIPE, text=True)
    if build.returncode:
        raise Mismatch(f"{header.path} does not compile:\n{build.stderr}")
    return subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout


def compare_lines(what, a, a_path, b, b_path):
    missing = [x for x in a if x not in set(b)]
    extra = [x for x in b if x not in set(a)]
    if missing or extra:
        raise Mismatch("\n".join([f"{what} differ:"] +
                                 [f"  only {a_path}: {x}" for x in missing] +
                                 [f"  only {b_path}: {x}" for x in extra]))


def compare(ours_path, shipped_path, cc, workdir):
    """Raise Mismatch, or return how many names and numbers agreed."""
    ours, shipped = Header(ours_path), Header(shipped_path)
    names = list(shipped.names())
    compare_lines("names", list(ours.names()), ours_path, names, shipped_path)
    values = probe(shipped, cc, workdir, "shipped").splitlines()
    compare_lines("numbers", probe(ours, cc, workdir, "ours").splitlines(), ours_path,
                  values, shipped_path)
    return len(names), len(values)


def find_shipped(cc):
    """Path of the system's <drm/asahi_drm.h>, or None."""
    run = subprocess.run(cc + ["-E", "-x", "c", "-"], input="#include <drm/asahi_drm.h>\n",
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if run.returncode:
        return None
    return re.search(r'^# \d+ "([^"]*/drm/asahi_drm\.h)"', run.stdout, re.M).group(1)


MISTAKES = [
    ("a constant has another value", "UNBIND = (1L << 0)", "UNBIND = (1L << 4)"),
    ("a macro has another value", "(0xFFFFu)", "(0xFFFEu)"),
    ("two fields are swapped", r"(__u32 param_group;)(.*?)(__u32 pad;)", r"\3\2\1"),
    ("a field is missing", "__u64 sampler_heap;", ""),
    ("a field is added", "__u64 usc_exec_base;", "__u64 usc_exec_base; __u64 more;"),
    ("a field has another width", "__u16 layers;", "__u32 layers;"),
    ("a field has another sign", "__u32 gpu_revision;", "__s32 gpu_revision;"),
    ("an array is longer", "MAX_CLUSTERS	64", "MAX_CLUSTERS	65"),
    ("an ioctl has another direction", r"ASAHI\(WR, GET_TIME", "ASAHI(W, GET_TIME"),
    ("an ioctl has another argument", "VM_DESTROY, vm_destroy", "VM_DESTROY, vm_create"),
    ("two ioctls are swapped", r"(DRM_ASAHI_VM_CREATE,)(.*?)(DRM_ASAHI_VM_DESTROY,)", r"\3\2\1"),
    ("a constant is renamed", "DRM_ASAHI_PRIORITY_LOW =", "DRM_ASAHI_PRIORITY_IDLE ="),
    ("a struct has another alignment", r"(struct drm_asahi_cmd_header \{.*?\n\})",
     r"\1 __attribute__((aligned(8)))"),
    ("the include guard is another", "_ASAHI_DRM_H_", "ASAHI_DRM_H"),
]


def self_test(ours, cc, workdir):
    with open(ours, encoding="utf-8") as f:
        text = f.read()
    unnoticed = []
    same = os.path.join(workdir, "same.h")
    with open(same, "w", encoding="utf-8") as f:
        f.write(text)
    compare(same, ours, cc, workdir)
    for what, old, new in MISTAKES:
        path = os.path.join(workdir, "mistake.h")
        wrong = re.sub(old if "\\" in old or "?" in old else re.escape(old), new, text, flags=re.S)
        if wrong == text:
            raise Mismatch(f"cannot make the mistake: {what}")
        with open(path, "w", encoding="utf-8") as f:
            f.write(wrong)
        try:
            compare(path, ours, cc, workdir)
        except Mismatch as e:
            print(f"{what}: noticed: {str(e).splitlines()[1].strip()}")
        else:
            unnoticed.append(what)
    if unnoticed:
        raise Mismatch("unnoticed: " + "; ".join(unnoticed))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", required=True, help="this project's header")
    parser.add_argument("--shipped", help="header to compare with, instead of the system's")
    parser.add_argument("--self-test", action="store_true", help="check this test")
    parser.add_argument("cc", nargs="+", help="compiler and its options")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as workdir:
        try:
            if args.self_test:
                self_test(args.ours, args.cc, workdir)
                return 0
            shipped = args.shipped or find_shipped(args.cc)
            if not shipped:
                print("skipped: this system's kernel headers have no drm/asahi_drm.h "
                      "(linux-libc-dev 7.x has)")
                return SKIP
            names, numbers = compare(args.ours, shipped, args.cc, workdir)
        except Mismatch as e:
            print(e)
            return 1
    print(f"{shipped}: {names} names and {numbers} numbers agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
