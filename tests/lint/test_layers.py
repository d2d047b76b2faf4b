#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests layers.py on trees that are known to be good and bad."""

import unittest

import layers
import sample

TABLE = """\
    | | what it is | may use |
    |---|---|---|
    | `src/base` | strings | libc |
    | `src/rpc` | calls | base, libuv |
    | `src/rig` | a rig | the above |
    | `src/sound` | ports | base, libjack |
    | `src/one` | a program | rig |
    | `src/two` | a program | rpc |

    Only `src/sound` and `tests/tools` include `<jack/...>`.
    """


class Layers(sample.SampleTree):
    def setUp(self):
        super().setUp()
        self.write("HACKING.md", TABLE)
        for module in ("base", "rpc", "rig", "sound", "one", "two"):
            self.write(f"src/{module}/{module}.h", "#include <stdio.h>\n")
        self.write("src/one/main.c", '#include "one/one.h"\n')
        self.write("src/two/main.c", '#include "two/two.h"\n')

    def problems(self):
        return layers.check(self.root)[0]

    def test_what_the_table_allows_passes(self):
        self.write("src/rpc/a.c", '#include "base/base.h"\n#include <uv.h>\n')
        self.write("src/rig/a.c", '#include "rpc/rpc.h"\n#include <uv.h>\n')
        self.write("src/one/a.c", '#include "base/base.h"\n')
        self.write("src/sound/a.c", "#include <jack/jack.h>\n")
        self.write("tests/tools/a.c", "#include <jack/jack.h>\n")
        self.assertEqual(self.problems(), [])

    def test_each_way_to_break_it_is_reported(self):
        self.write("src/base/a.c", '#include <stdio.h>\n#include "rpc/rpc.h"\n')
        self.write("src/two/a.c", '#include "rig/rig.h"\n#include "a.h"\n'
                   '#include "one/one.h"\n')
        self.write("src/sound/a.c", "#\tinclude <uv.h>\n")
        self.write("src/one/a.c", "#include <jack/jack.h>\n")
        self.write("tests/unit/a.c", "#include <jack/jack.h>\n")
        self.write("src/rig/a.c", '#include "rig/gone.h"\n')
        self.write("src/new/a.c", '#include "base/base.h"\n')
        self.assert_reported(
            self.problems(),
            "src/base/a.c:2: error: base includes rpc/rpc.h",
            "src/two/a.c:1: error: two includes rig/rig.h",
            'src/two/a.c:2: error: "a.h" lacks its module',
            "src/two/a.c:3: error: two includes one/one.h, of another program",
            "src/sound/a.c:1: error: sound includes <uv.h>",
            "src/one/a.c:1: error: <jack/jack.h> is for src/sound, tests/tools",
            "src/one/a.c:1: error: one includes <jack/jack.h>",
            "tests/unit/a.c:1: error: <jack/jack.h> is for",
            "src/rig/a.c:1: error: there is no src/rig/gone.h",
            "src/new/a.c:1: error: src/new has no row")

    def test_the_table_names_only_rows_above_and_no_program(self):
        self.write("HACKING.md", TABLE
                   .replace("strings | libc", "strings | rpc")
                   .replace("a program | rpc", "a program | one"))
        self.assert_reported(
            self.problems(),
            "HACKING.md:3: error: base may use rpc, which is no row above",
            "HACKING.md:8: error: two may not use the program one")

    def test_without_a_table_nothing_was_checked(self):
        self.write("HACKING.md", "No table.\n")
        self.assertEqual(layers.check(self.root)[1], 0)


if __name__ == "__main__":
    unittest.main()
