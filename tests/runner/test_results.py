#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests results.py on what meson and cmocka write."""

import unittest

import results


def entry_of(stdout, result="OK", returncode=0):
    return {"name": "p:unit / a/b", "stdout": stdout, "result": result,
            "returncode": returncode, "command": ["b"]}


def outcomes(*args):
    """(name, outcome) of the cases of one program, without its own name."""
    entry = entry_of(*args)
    return [(case.name.removeprefix("gcc/unit/a/b"), case.outcome)
            for case in results.meson_test_cases("gcc", entry)]


class Results(unittest.TestCase):
    def test_cases_of_cmocka(self):
        self.assertEqual(
            outcomes("1..2\nok 1 - a\n# said\nnot ok 2 - b\n", "FAIL", 1),
            [(": a", "passed"), (": b", "failed")])

    def test_what_cmocka_skips_is_no_failure(self):
        skipped = "1..2\nok 1 - a\nnot ok 2 # SKIP b\n"
        self.assertEqual(outcomes(skipped, "FAIL"),
                         [(": a", "passed"), (": 2", "skipped")])
        for result, status in ("FAIL", 1), ("ERROR", 0), ("TIMEOUT", -9):
            self.assertEqual(outcomes(skipped, result, status)[2:],
                             [("", "failed")])

    def test_cases_that_are_missing_are_a_failure(self):
        for result in "OK", "FAIL":
            self.assertEqual(
                outcomes("1..3\nok 1 - a\nnot ok 2 # SKIP b\n", result)[2:],
                [("", "failed")])

    def test_programs_without_cases(self):
        self.assertEqual(outcomes("", "OK"), [("", "passed")])
        self.assertEqual(outcomes("", "SKIP", 77), [("", "skipped")])
        self.assertEqual(outcomes("", "FAIL", 1), [("", "failed")])
        self.assertEqual(outcomes("1..0 # SKIP no\n", "SKIP"),
                         [("", "skipped")])

    def test_a_failure_that_no_case_tells(self):
        self.assertEqual(outcomes("1..1\nok 1 - a\n", "ERROR", 66),
                         [(": a", "passed"), ("", "failed")])

    def test_a_run_that_fails_without_a_program(self):
        good = entry_of("1..1\nok 1 - a\n")
        skips = entry_of("1..1\nnot ok 1 # SKIP a\n", "FAIL")
        for entries, status, failed in (([good], 0, 0), ([good], 1, 1),
                                        ([], 1, 1), ([good, skips], 1, 0)):
            cases = results.meson_cases("gcc", entries, status, "said")
            self.assertEqual(results.counts(cases)[1], failed)
        self.assertEqual(results.meson_cases("gcc", [], 2, "said"), [
            results.Case("gcc: meson test", results.FAILED, "said")])

    def test_the_line_that_says_most(self):
        for text, line in (
                ("ok 1 - a\nnot ok 2 - b\n# t.c:7: error: Failure!\n",
                 "# t.c:7: error: Failure!"),
                ("\n  AssertionError: not within 5 s\nE   x\n",
                 "AssertionError: not within 5 s"),
                ("\nkilled\nat last\n", "killed"),
                ("y" * 1000, "y" * results.SHORT),
                ("", "it does not say why")):
            case = results.Case("a", results.FAILED, text)
            self.assertEqual(case.in_short(), line)

    def test_a_second_run_of_what_failed(self):
        def cases(**outcomes):
            return [results.Case(name.replace("__", ": "), outcome)
                    for name, outcome in outcomes.items()]

        first = cases(a__x="failed", a__y="passed", b="failed", c__z="failed")
        self.assertEqual(results.programs(first), ["a", "b", "c"])
        self.assertEqual(results.functions(first), ["x", "z"])
        for anew, unsteady in (
                (cases(a__x="passed", b__w="passed"), ["a: x", "b"]),
                (cases(a__x="failed", b__w="passed"), ["b"]),
                (cases(a__x="passed", a__new="failed"), []),
                (cases(c__z="skipped"), []),
                ([], [])):
            looked = [results.Case(case.name, case.outcome) for case in first]
            self.assertEqual([case.name for case in
                              results.judge_again(looked, anew)], unsteady)
            self.assertEqual(results.counts(looked)[1], 3 - len(unsteady))

    def test_names_of_what_failed(self):
        first = [results.Case("gcc/integration/jack/real: one", "failed"),
                 results.Case("integration/test_up: test_a[b: c]", "failed")]
        self.assertEqual(results.programs(first)[0], "jack/real")
        self.assertEqual(results.functions(first), ["one", "test_a"])


if __name__ == "__main__":
    unittest.main()
