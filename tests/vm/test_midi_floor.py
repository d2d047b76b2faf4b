# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft-midi does at least this, in time that is counted in instructions;
bench/midi.py prints the same beside a2jmidid."""

import pytest

from harness import show
from midi_floor import DEVICE, KEY, RATE, TOOLS, US, A2jmidid, Floor
from midi_stage import NAME

PERIOD = 256
BURST = 5000
WRAP_MS = 10000
NOTES = 1500  # in 15 s
SOCKETS = (3, 0, 3) if show.full() else (3,)


@pytest.fixture
def floor(timed):
    """Shows what was said when a test fails."""
    floor = Floor(timed, PERIOD)
    yield floor
    for program in (floor.jackd, floor.bridge):
        print(program.output()[-2000:])
    timed.tidy()


def check_time(floor, burn):
    into, out = floor.jitter(count=200, burn=burn)
    told = f"load {burn} %: {into} to JACK, {out} from JACK"
    print(told)
    assert into.lost == out.lost == 0, told
    assert PERIOD - 2 <= into.least and into.most <= PERIOD + 2, told
    assert into.deviation <= 0.5, told
    assert 0 <= out.least and out.most <= PERIOD, told
    assert out.most - out.least <= 2, told


@pytest.mark.deadline(900)
def test_notes_keep_time(floor):
    """In peace, and beside a client that computes for 60 % of each cycle."""
    floor.start_all()
    floor.patch(KEY)
    floor.settle()
    for burn in (0, 60):
        check_time(floor, burn)
    assert floor.burst(BURST) == [BURST, BURST]


@pytest.mark.deadline(900)
def test_notes_keep_order_after_an_xrun(floor):
    floor.server = "-S " + floor.server
    floor.start_all()
    floor.patch(KEY)
    assert [wrong for wrong, _ in floor.order_after_xrun()] == [0, 0]


@pytest.mark.deadline(900)
def test_a_pulled_keyboard_is_silent_at_once(floor):
    """A period after the bridge has heard that it went, at most; and plugged
    again, in another socket, it has its port and its connection."""
    vm = floor.vm
    keyboard = vm.keyboard("kb1", NAME, serial="SN0001")
    keyboard.plug()
    floor.start_all()
    floor.patch(DEVICE, ["capture"])
    vm.call("whole.listen")
    took_us = []
    for socket in SOCKETS:
        client = keyboard.client
        keyboard.play("90 3c 40")
        vm.let_pass(1)
        marks = floor.marks()
        keyboard.unplug()
        vm.let_pass(1)
        heard = floor.since(floor.client, marks[0])[1]
        assert [what for _, what in heard] == ["80 3c 40"]
        took_us.append(heard[0][0] - vm.call("whole.gone_us", client))
        keyboard.plug(socket)
        floor.await_way(DEVICE, "capture")
    print("note off after", [f"{us:.0f} us" for us in took_us])
    assert max(took_us) < 1.5 * PERIOD / RATE * US


@pytest.mark.skipif(not show.full(), reason="STAGE_FULL=1 measures it")
@pytest.mark.deadline(900)
def test_ports_that_are_not_used_cost_little(timed):
    """Less than half of what they cost a2jmidid, in the same run."""
    spent = []
    for kind in (Floor, A2jmidid):
        spent.append(kind(timed, PERIOD).spent_idle(5))
        timed.tidy()
    print(f"64 ports each way: {spent[0]:.2%}, a2jmidid {spent[1]:.2%}")
    assert 2 * spent[0] < spent[1]


@pytest.mark.deadline(900)
def test_a_day_passes(floor):
    """After which JACK's count of frames wraps, while notes are played."""
    floor.start_all(LD_PRELOAD=f"{TOOLS}/jack-wrap.so", JACK_WRAP_MS=WRAP_MS)
    began = floor.vm.now()
    floor.patch(KEY)
    assert floor.vm.now() - began < WRAP_MS / 1000
    assert floor.through_the_wrap(NOTES) == [NOTES, NOTES]
    assert floor.vm.now() - began > WRAP_MS / 1000
