#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The binary interface of libagx, by libabigail, against the one that is written down.

    abi.py dump LIBRARY HEADERS                      write it to stdout
    abi.py check STORED IGNORE LIBRARY HEADERS       nothing is gone or different; more is no harm
    abi.py releases FOLDER VERSION SYMBOLS IGNORE LIBRARY HEADERS
                                                     the same for each release: FOLDER has its file
    abi.py self-test STORED IGNORE LIBRARY HEADERS   that both notice what they should

SYMBOLS names the version that first had each function: all but the present one, VERSION, are releases.
Of x86-64; LIBRARY needs its debug information. Functions and their types are compared, and the enums
that callers pass as numbers.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

# Paths and lines say nothing about the interface.
DUMP = ["abidw", "--load-all-types", "--drop-private-types", "--no-corpus-path", "--no-comp-dir-path",
        "--no-show-locs", "--no-elf-needed", "--no-write-default-sizes", "--no-parameter-names",
        "--type-id-style", "hash"]
DIFF = ["abidiff", "--non-reachable-types", "--no-added-syms"]

# Types that are part of the interface even if no function leads to them.
OURS = re.compile(r"drm_(agx|asahi)_")


def referred(item):
    """The ids of the types that an element or something inside it refers to."""
    return {value for part in item.iter() for name, value in part.attrib.items()
            if name.endswith("-id") and name != "elf-symbol-id"}


def prune(root):
    """Leave out types of other libraries and of the inside of this one."""
    units = root.findall("abi-types") + root.findall("abi-instr")
    types = {part.get("id"): item for unit in units for item in unit
             for part in item.iter() if part.get("id")}
    todo = [item for unit in units for item in unit
            if item.tag == "function-decl" or OURS.match(item.get("name", ""))]
    keep = set()
    while todo:
        item = todo.pop()
        if item not in keep:
            keep.add(item)
            todo += [types[name] for name in referred(item) if name in types]
    for unit in units:
        unit[:] = [item for item in unit if item in keep]
        if not len(unit):
            root.remove(unit)


def dump(library, headers):
    text = subprocess.run([*DUMP, "--headers-dir", headers, library], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    root = ElementTree.fromstring(text)
    prune(root)
    for item in root.iter():
        # abidiff takes types with the same one for the same, whatever else is written there.
        item.attrib.pop("hash", None)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def compare(stored, ignore, present):
    """abidiff's report if there is anything to report, else nothing."""
    run = subprocess.run([*DIFF, "--suppressions", ignore, stored, present], check=False, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return f"{run.stdout}\nabidiff: status {run.returncode}" if run.returncode else ""


def compare_releases(folder, version, symbols, ignore, present):
    """What there is to report of the releases, a text for each."""
    with open(symbols, encoding="utf-8") as f:
        released = {line.split()[1] for line in f if line.startswith(" ")} - {version}
    stored = {name.removesuffix(".abi") for name in os.listdir(folder) if name.endswith(".abi")}
    said = [f"{name} is a release, and {folder} has no {name}.abi" for name in released - stored]
    said += [compare(os.path.join(folder, f"{name}.abi"), ignore, present) for name in stored]
    return [text for text in said if text]


def named(root, kind, name):
    [found] = [item for item in root.iter(kind) if item.get("name") == name]
    return found


def gone(root):
    """What the library had once, a function that is not there now."""
    symbol = named(root, "elf-symbol", "drm_agx_bo_ref")
    symbol.set("name", "drm_agx_bo_gone")


def enum_value(root):
    named(root, "enumerator", "DRM_AGX_BIND_WRITE").set("value", "64")


def argument(root):
    """The last argument of a function had the type of its first."""
    function = named(root, "function-decl", "drm_agx_bo_bind")
    [kind] = [item for item in root.iter("function-type") if item.get("id") == function.get("type-id")]
    arguments = kind.findall("parameter")
    arguments[-1].set("type-id", arguments[0].get("type-id"))


def order(root):
    """Two fields of a struct had each other's place."""
    a, b = named(root, "class-decl", "drm_agx_launch").findall("data-member")[-2:]
    place_a, place_b = (m.get("layout-offset-in-bits") for m in (a, b))
    a.set("layout-offset-in-bits", place_b)
    b.set("layout-offset-in-bits", place_a)


def uapi(root):
    """The same for a struct that a pointer leads to."""
    a, b = named(root, "class-decl", "drm_asahi_vm_create").findall("data-member")[:2]
    a.find("var-decl").attrib, b.find("var-decl").attrib = \
        dict(b.find("var-decl").attrib), dict(a.find("var-decl").attrib)


def shorter(root):
    """A struct that says its size had one field less."""
    struct = named(root, "class-decl", "drm_agx_shader_info")
    last = struct.findall("data-member")[-1]
    struct.set("size-in-bits", last.get("layout-offset-in-bits"))
    struct.remove(last)


def fewer(root):
    """A function is new."""
    root.find("elf-function-symbols").remove(named(root, "elf-symbol", "drm_agx_bo_ref"))
    for unit in root.iter("abi-instr"):
        for function in unit.findall("function-decl"):
            if function.get("name") == "drm_agx_bo_ref":
                unit.remove(function)


def self_test_releases(stored, ignore, present, folder):
    """A release that has no file, one that has, and one whose file says something else."""
    releases, symbols = os.path.join(folder, "abi"), os.path.join(folder, "symbols")
    path = os.path.join(releases, "0.0.1.abi")
    os.mkdir(releases)
    with open(symbols, "w", encoding="utf-8") as f:
        f.write("libagx.so.0 libagx0 #MINVER#\n drm_agx_bo_ref@LIBAGX 0.0.1\n drm_agx_vm@LIBAGX 0.0.2\n")

    def noticed():
        return bool(compare_releases(releases, "0.0.2", symbols, ignore, present))

    missing = noticed()
    shutil.copy(stored, path)
    kept = not noticed()
    tree = ElementTree.parse(stored)
    gone(tree.getroot())
    tree.write(path)
    changed = noticed()
    print(f"releases: missing {missing}, kept {kept}, changed {changed}")
    return not (missing and kept and changed)


def self_test(stored, ignore, present, folder):
    """Change what is written down, each time in one way."""
    path = os.path.join(folder, "changed.abi")
    wrong = 0
    for change, noticed in [(gone, True), (enum_value, True), (argument, True), (order, True),
                            (uapi, True), (shorter, False), (fewer, False)]:
        tree = ElementTree.parse(stored)
        change(tree.getroot())
        tree.write(path)
        said = compare(path, ignore, present)
        if bool(said) != noticed:
            print(f"{change.__name__}: {said or 'not noticed'}")
            wrong = 1
    return wrong | self_test_releases(stored, ignore, present, folder)


def main(command, *args):
    if command == "dump":
        print(dump(*args), end="")
        return 0

    *stored, ignore, library, headers = args
    with tempfile.TemporaryDirectory(prefix="agx-abi-") as folder:
        present = os.path.join(folder, "present.abi")
        with open(present, "w", encoding="utf-8") as f:
            f.write(dump(library, headers))
        if command == "self-test":
            return self_test(*stored, ignore, present, folder)
        if command == "releases":
            said = "\n".join(compare_releases(*stored, ignore, present))
        else:
            said = compare(*stored, ignore, present)
        print(said)
        return bool(said)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
