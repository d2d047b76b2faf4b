# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The patchbay where there is no ALSA sequencer, as on all machines that run
these tests, or where it was built without it: JACK's connections are kept, and
lines about ALSA too. tests/vm has a sequencer."""

import json
import os

import pytest

from harness import patchbay
from harness.patchbay import comes, log_of, write

EDGE = ("one:out_1", "two:in_1")
LINES = "alsa MT4:0 -> Zyn:0\nalsa(exclusive) A:1 -> B:2\none:out_1 -> two:in_1\n"


def look(rig):
    """(what `patch list` says, its JSON)"""
    said = rig.stagecraft("patch", "list", check=True).stdout
    return said, json.loads(rig.stagecraft("patch", "list", "--json",
                                           check=True).stdout)


def states(listed):
    return {item["from"]: item["state"] for item in listed["connections"]}


@pytest.mark.skipif(os.path.exists("/dev/snd/seq"), reason="it is there")
def test_without_a_sequencer(machine):
    patchbay.make(machine)
    path = write(machine, "10-mine", LINES)
    comes(machine, EDGE)
    said, listed = look(machine)
    assert "snd-seq is not loaded" in said
    assert "snd-seq is not loaded" in listed["alsa"]["why"]
    assert log_of(machine, "patchbay").count("snd-seq is not loaded") == 1
    assert states(listed) == {"alsa:MT4:0": "missing", "alsa:A:1": "missing",
                              "one:out_1": "connected"}
    why = machine.stagecraft("patch", "explain", "alsa:MT4:0", "alsa:Zyn:0")
    assert why.returncode == 1 and "10-mine.patch line 1 wants it" in why.stdout
    mixed = machine.stagecraft("patch", "connect", "alsa:MT4:0", "two:in_1")
    assert mixed.returncode == 100 and "a bridge such as" in mixed.stderr
    assert path.read_text() == LINES


def test_built_without_it(machine):
    patchbay.make(machine)
    run = machine.rig / "services/patchbay/run"
    run.write_text(run.read_text().replace("stagecraft-patchbay",
                                           "patchbay-without-alsa"))
    machine.stagecraft("restart", "patchbay", check=True)
    path = write(machine, "10-mine", LINES)
    comes(machine, EDGE)
    said, listed = look(machine)
    assert "this stagecraft was built without ALSA" in said
    assert states(listed) == {"alsa:MT4:0": "not built in",
                              "alsa:A:1": "not built in",
                              "one:out_1": "connected"}
    why = machine.stagecraft("patch", "explain", "alsa:MT4:0", "alsa:Zyn:0")
    assert "this stagecraft was built without ALSA" in why.stdout
    machine.stagecraft("patch", "connect", "alsa:X:0", "alsa:Y:0", check=True)
    assert b"\nalsa X:0 -> Y:0\t" in patchbay.learned(machine)
    assert path.read_text() == LINES
