#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests functions.py on functions of known lengths."""

import unittest

import functions
import sample


def c_function(name, length):
    body = "\tx++;\n" * (length - 3)
    return f"static void\n{name}(int x)\n{{\n{body}}}\n\n"


def python_function(name, length):
    return f"def {name}(x):\n" + "    x += 1\n" * (length - 1)


class Functions(sample.SampleTree):
    def test_lengths(self):
        self.write("src/one/a.c", "struct a {\n\tint b;\n};\n\nint\nf(void);\n"
                   "\nMACRO(f)\n\n" + c_function("g", 3) + c_function("h", 80))
        self.write("tool", "#!/usr/bin/python3\n" + python_function("p", 7))
        self.assertEqual(
            [(function, length) for _, function, _, length
             in functions.functions(self.root)],
            [("g", 3), ("h", 80), ("p", 7)])
        self.assertEqual(functions.check(self.root), ([], 3))

    def test_long_ones_are_reported(self):
        self.write("src/one/a.c", "\n" + c_function("g", 81))
        self.write("a.py", python_function("p", 81))
        self.assert_reported(functions.check(self.root)[0],
                             "src/one/a.c:3: error: g has 81 lines",
                             "a.py:1: error: p has 81 lines")


if __name__ == "__main__":
    unittest.main()
