# SPDX-License-Identifier: MIT
"""Tests of testlists.py."""

import sys
import unittest

sys.dont_write_bytecode = True
import testlists


class Choose(unittest.TestCase):
    names = ["a@x", "a@y", "b@x", "b@y", "c"]

    def test_choose(self):
        self.assertEqual(testlists.choose(["c", "a", "b@y*"], self.names),
                         ["a@x", "a@y", "b@y", "c"])

    def test_leave_out(self):
        self.assertEqual(testlists.choose(["a", "b", "!*@y", "a@y"], self.names),
                         ["a@x", "a@y", "b@x"])

    def test_choose_what_is_gone(self):
        for pattern in ("a@z", "d", "a@x?", "!a@z"):
            with self.subTest(pattern=pattern), self.assertRaises(ValueError):
                testlists.choose([pattern], ["a@x"])


class Needs(unittest.TestCase):
    names = ["a@x", "a@y", "b@x"]

    def test_the_last_line_counts(self):
        lines = ["run a root", "out a@x for a reason", "run b"]
        self.assertEqual(testlists.needs(lines, self.names), {"a@y": "root", "b@x": ""})

    def test_lines_that_make_no_sense(self):
        for line in ("run", "out a", "maybe a", "run d", "run a"):
            with self.subTest(line=line), self.assertRaises(ValueError):
                testlists.needs([line], self.names)


if __name__ == "__main__":
    unittest.main()
