# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft-midi does at least this, in time that is counted in instructions;
bench/midi.py prints the same beside a2jmidid."""

import pytest

from midi_floor import KEY, TOOLS, Floor

PERIOD = 256
BURST = 5000
WRAP_MS = 20000
NOTES = 3000  # in 30 s


@pytest.fixture(scope="module")
def timed(boot):
    return boot("timed")


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
    assert into.deviation <= 0.6, told
    assert 0 <= out.least and out.most <= PERIOD, told
    assert out.most - out.least <= 3, told


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
    floor.settle()
    assert [wrong for wrong, _ in floor.order_after_xrun()] == [0, 0]


@pytest.mark.deadline(900)
def test_a_day_passes(floor):
    """After which JACK's count of frames wraps, while notes are played."""
    floor.start_all(LD_PRELOAD=f"{TOOLS}/jack-wrap.so", JACK_WRAP_MS=WRAP_MS)
    began = floor.vm.now()
    floor.patch(KEY)
    assert floor.vm.now() - began < WRAP_MS / 1000
    assert floor.through_the_wrap(NOTES) == [NOTES, NOTES]
    assert floor.vm.now() - began > WRAP_MS / 1000
