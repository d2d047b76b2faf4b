# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test cases and their outcomes, read from what meson and pytest write."""

import dataclasses
import json
import re
import xml.etree.ElementTree as xml

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclasses.dataclass
class Case:
    """One test case: name as "ROW/SUITE/PROGRAM: CASE", text says why."""

    name: str
    outcome: str
    text: str = ""


def counts(cases):
    """How many passed, failed and were skipped."""
    outcomes = [case.outcome for case in cases]
    return tuple(outcomes.count(each) for each in (PASSED, FAILED, SKIPPED))


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


def meson_test_cases(row, entry):
    """The cases of one entry of meson's testlog.json, at least one."""
    suite, _, program = entry["name"].rpartition(" / ")
    suite = suite.partition(":")[2] or suite
    program = "/".join(part for part in (row, suite, program) if part)
    output = entry.get("stdout") or ""
    everything = output + (entry.get("stderr") or "")
    cases = list(parse_tap(program, output))
    wrong = entry["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")
    for case in cases:
        if case.outcome == FAILED:
            case.text, everything = everything, "(see above)"
    if planned(output) not in (None, len(cases)):
        wrong = True
    if wrong and not any(case.outcome == FAILED for case in cases):
        text = (f"{entry['result']}, exit status {entry['returncode']}, "
                f"command: {' '.join(entry['command'])}\n{everything}")
        cases.append(Case(program, FAILED, text))
    if not cases:
        skipped = entry["result"] == "SKIP"
        reason = everything.strip() or "the program says so without a reason"
        cases.append(Case(program, SKIPPED if skipped else PASSED,
                          reason if skipped else ""))
    return cases


def parse_testlog(row, path):
    """All cases of meson's testlog.json; none when meson did not get there."""
    try:
        with open(path, encoding="utf-8") as lines:
            entries = [json.loads(line) for line in lines]
    except FileNotFoundError:
        return []
    return [case for entry in entries for case in meson_test_cases(row, entry)]


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
