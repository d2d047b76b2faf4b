#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks for sleeps, also for those in disguise.

Usage: no_sleep.py [SOURCE]

Everywhere: the word itself, polls of nothing, `read -t`, waiting for an event
that nobody sets. In src also what looks again by the clock: a poll whose
time-out is no deadline, a timer that repeats. What must be is listed with its
reason in no_sleep.allow: "FILE: " and the code as it is reported here.
"""

import ast
import os
import re
import sys

import tree

ALLOW = "tests/lint/no_sleep.allow"
ITSELF = ("tests/lint/no_sleep.py", "tests/lint/test_no_sleep.py", ALLOW)
COMMENT = {True: re.compile(r"\s*(//|/?\*)"), False: re.compile(r"\s*#")}
ESCAPE = re.compile(r"\\[nt]")  # before a word in a script in a string
LINES = (
    (re.compile(r"\b(u|nano|clock_nano|thrd_|uv_|m)?sleep\b"), "sleeps"),
    (re.compile(r"\bread\s+(-\w+\s+)*-\w*t\b"), "sleeps by read -t"),
    (re.compile(r"\btimeout\s+[\w.$-]+\s+(tail|cat)\b"), "sleeps by timeout"),
    (re.compile(r"\bselect\s*\(?\s*undef\b"), "sleeps by select"),
)
# A C call or a string, a comment, a character: what the parser must step over.
BLANKED = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
CALL = re.compile(r"\b(p?poll|p?select|uv_timer_start|uv_fs_poll_start)\s*\(")
NOTHING = ("NULL", "0")
DEADLINE = "stage_clock_until_ms("


def blank(text):
    """C without comments and strings, every character where it was."""
    return BLANKED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def arguments(text, start):
    """The arguments of the C call whose bracket opens before `start`."""
    parts, depth, at = [""], 0, start
    while at < len(text) and (depth or text[at] != ")"):
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(
            text[at], 0)
        if text[at] == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += text[at]
        at += 1
    return [" ".join(part.split()) for part in parts]


def judge_call(function, args, is_product):
    """What is wrong with a call of C, or None."""
    if len(args) < 3 + ("select" in function):
        return None  # not C at all
    if function in ("poll", "ppoll") and args[0] in NOTHING:
        return "sleeps by poll"
    if function in ("select", "pselect") and set(args[:4]) <= set(NOTHING):
        return "sleeps by select"
    if not is_product:
        return None
    if function == "uv_fs_poll_start":
        return "polls a file"
    if function == "uv_timer_start":
        return "looks again by the clock" if args[-1] != "0" else None
    time_out = args[2] if "poll" in function else args[4]
    if time_out in ("-1", "0", "NULL") or time_out.startswith(DEADLINE):
        return None
    return "waits for a time that is no deadline"


def find_in_c(text, is_product):
    text = blank(text)
    for call in CALL.finditer(text):
        args = arguments(text, call.end())
        what = judge_call(call[1], args, is_product)
        if what:
            yield (text.count("\n", 0, call.start()) + 1, what,
                   f"{call[1]}({', '.join(args)})")


def is_empty_select(node):
    return (isinstance(node.func, ast.Attribute) and len(node.args) == 4
            and node.func.attr == "select"
            and all(isinstance(arg, (ast.List, ast.Tuple)) and not arg.elts
                    for arg in node.args[:3]))


def makes_event(node):
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(
        ".")[-1] in ("Event", "Condition")


def find_in_python(text):
    """Polls of nothing, and events that are waited for but never set."""
    module = ast.parse(text)
    events = {ast.unparse(target) for node in ast.walk(module)
              if isinstance(node, ast.Assign) and makes_event(node.value)
              for target in node.targets}
    events = {name for name in events
              if not re.search(rf"\b{re.escape(name)}\.(set|notify\w*)\b", text)}
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        code = ast.unparse(node)
        if is_empty_select(node):
            yield node.lineno, "sleeps by select", code
        elif (isinstance(node.func, ast.Attribute) and node.func.attr == "wait"
              and (ast.unparse(node.func.value) in events
                   or makes_event(node.func.value))):
            yield node.lineno, "waits for an event that nobody sets", code


def find_in_lines(name, text):
    comment = COMMENT[tree.is_c(name)]
    for number, line in enumerate(text.splitlines(), 1):
        if comment.match(line) and not line.startswith("#!"):
            continue
        words = ESCAPE.sub(" ", line)
        for pattern, what in LINES:
            if pattern.search(words):
                yield number, what, line.strip()


def find(root, name):
    """Yields line, sentence and code of each place in a file."""
    text = tree.read(root, name)
    yield from find_in_lines(name, text)
    if tree.is_c(name):
        yield from find_in_c(text, name.startswith("src/"))
    if tree.is_python(root, name):
        yield from find_in_python(text)
        # Programs that a test writes are C or shell in its strings.
        yield from find_in_c(text, False)


def read_allowed(root):
    """Each entry with its line; and the problems of those without a reason."""
    entries, problems, has_reason = {}, [], False
    if not os.path.exists(os.path.join(root, ALLOW)):
        return entries, problems
    for number, line in enumerate(tree.read(root, ALLOW).splitlines(), 1):
        if not line.strip():
            has_reason = False
        elif line.startswith("#"):
            has_reason = True
        else:
            entries[line.strip()] = number
            if not has_reason:
                problems.append(f"{ALLOW}:{number}: error: has no reason")
    return entries, problems


def is_searched(root, name):
    return name not in ITSELF and (
        tree.is_code(root, name) or name.startswith(("services/", "rigs/")))


def check(root):
    allowed, problems = read_allowed(root)
    unused = dict(allowed)
    names = [name for name in tree.texts(root) if is_searched(root, name)]
    for name in names:
        for number, what, code in find(root, name):
            unused.pop(f"{name}: {code}", None)
            if f"{name}: {code}" not in allowed:
                problems.append(f"{name}:{number}: error: {what}: {code}")
    problems += [f"{ALLOW}:{number}: error: nothing is like this any more"
                 for number in unused.values()]
    return problems, len(names)


if __name__ == "__main__":
    sys.exit(tree.main(check, "file"))
