# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test cases and their outcomes, read from what meson and pytest write."""

import dataclasses
import json
import re
import xml.etree.ElementTree as xml

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
SHORT = 300  # characters of a text that closes a report
GOOD = ("OK", "SKIP", "EXPECTEDFAIL")  # results of a program, in meson's words


@dataclasses.dataclass
class Case:
    """One test case: name as "ROW/SUITE/PROGRAM: CASE", text says why."""

    name: str
    outcome: str
    text: str = ""

    def in_short(self):
        """The line of the text that says most, without what stands around."""
        lines = [line.strip() for line in self.text.splitlines()]
        telling = [line for line in lines if "error" in line.lower()] or lines
        return next(filter(None, telling), "it does not say why")[:SHORT]


def counts(cases):
    """How many passed, failed and were skipped."""
    outcomes = [case.outcome for case in cases]
    return tuple(outcomes.count(each) for each in (PASSED, FAILED, SKIPPED))


def failed_names(cases):
    """The parts of the names of those that failed: before and behind the
    colon."""
    names = [case.name.partition(": ") for case in cases
             if case.outcome == FAILED]
    return [(before, behind) for before, _, behind in names]


def programs(cases):
    """Of failed cases "ROW/SUITE/PROGRAM: CASE", what meson calls the
    programs."""
    found = [before.split("/", 2)[-1] for before, _ in failed_names(cases)]
    return sorted(set(found))


def functions(cases):
    """Of failed cases "FILE: FUNCTION[PARAMETERS]", the functions."""
    found = [behind.partition("[")[0] for _, behind in failed_names(cases)]
    return sorted(set(filter(None, found)))


def judge_again(cases, anew):
    """Takes a second run of those that failed, and gives those that passed
    then; they count as passed. A case that is not among `anew` stays as it
    was, and so do all where anything else failed."""
    if any(case.outcome == FAILED and case.name not in
           [known.name for known in cases] for case in anew):
        return []
    passed = [case.name for case in anew if case.outcome == PASSED]
    # One that ended without its cases failed under its own name.
    passed += {name.partition(": ")[0] for name in passed}
    unsteady = [case for case in cases
                if case.outcome == FAILED and case.name in passed]
    for case in unsteady:
        case.outcome = PASSED
    return unsteady


def in_words(cases):
    """The closing line: "N passed, N failed", with the skipped if any."""
    passed, failed, skipped = counts(cases)
    words = f"{passed} passed, {failed} failed"
    return words + (f", {skipped} skipped" if skipped else "")


TAP_LINE = re.compile(
    r"\s*(?P<no>not )?ok\b\s*(?P<number>\d*)\s*-?\s*(?P<name>[^#]*)"
    r"(?:#\s*(?P<word>\w+)\s*(?P<reason>.*))?")


def parse_tap(program, output):
    """The cases of one program's TAP output, in order."""
    for line in output.splitlines():
        found = TAP_LINE.fullmatch(line)
        if not found:
            continue
        name = f"{program}: {found['name'].strip() or found['number']}"
        word = (found["word"] or "").upper()
        if word.startswith("SKIP"):
            yield Case(name, SKIPPED, found["reason"])
        elif found["no"] and word != "TODO":
            yield Case(name, FAILED)
        else:
            yield Case(name, PASSED)


def planned(output):
    """The number of cases a TAP output announces, None without a plan."""
    found = re.search(r"^\s*1\.\.(\d+)", output, re.MULTILINE)
    return int(found[1]) if found else None


def is_wrong(entry, cases):
    """Whether there is more wrong with an entry than its cases tell.

    cmocka writes "not ok N # SKIP" for what is skipped, which meson takes for a
    failure; of one that ended well, meson says FAIL for its lines alone.
    """
    if planned(entry.get("stdout") or "") not in (None, len(cases)):
        return True
    if any(case.outcome == SKIPPED for case in cases) and \
            entry["result"] == "FAIL":
        return entry["returncode"] != 0
    return entry["result"] not in GOOD


def meson_test_cases(row, entry):
    """The cases of one entry of meson's testlog.json, at least one."""
    suite, _, program = entry["name"].rpartition(" / ")
    suite = suite.partition(":")[2] or suite
    program = "/".join(part for part in (row, suite, program) if part)
    output = entry.get("stdout") or ""
    everything = output + (entry.get("stderr") or "")
    cases = list(parse_tap(program, output))
    for case in cases:
        if case.outcome == FAILED:
            case.text, everything = everything, "(see above)"
    if is_wrong(entry, cases) and not any(case.outcome == FAILED for case in cases):
        text = (f"{entry['result']}, exit status {entry['returncode']}, "
                f"command: {' '.join(entry['command'])}\n{everything}")
        cases.append(Case(program, FAILED, text))
    if not cases:
        skipped = entry["result"] == "SKIP"
        reason = everything.strip() or "the program says so without a reason"
        cases.append(Case(program, SKIPPED if skipped else PASSED,
                          reason if skipped else ""))
    return cases


def read_testlog(path):
    """The entries of meson's testlog.json; none when meson did not get there."""
    try:
        with open(path, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except FileNotFoundError:
        return []


def meson_cases(row, entries, status, output):
    """All cases of a run of meson, which ended with `status`.

    Where that says failure and none of the entries does, something else is
    wrong: one case more, of what meson said.
    """
    cases = [case for entry in entries for case in meson_test_cases(row, entry)]
    if status and all(entry["result"] in GOOD for entry in entries):
        cases.append(Case(f"{row}: meson test", FAILED, output))
    return cases


def parse_junit(path):
    """All cases of a junit file that pytest wrote; none when there is none."""
    try:
        tree = xml.parse(path)
    except (FileNotFoundError, xml.ParseError):
        return []
    cases = []
    for element in tree.iter("testcase"):
        place = element.get("classname", "").removeprefix("tests.")
        case = Case(f"{place.replace('.', '/')}: {element.get('name')}", PASSED)
        for child in element:
            if child.tag in ("failure", "error"):
                case.outcome = FAILED
                case.text += f"{child.get('message')}\n{child.text or ''}\n"
            elif child.tag == "skipped":
                case.outcome, case.text = SKIPPED, child.get("message")
            elif case.outcome == FAILED and child.tag.startswith("system-"):
                case.text += child.text or ""
        cases.append(case)
    return cases
