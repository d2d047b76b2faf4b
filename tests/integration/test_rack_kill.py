# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A rack that is killed at random moments, and one whose server is. A plug-in
writes down what the audio thread uses (tests/plugins/witness.lv2)."""

import random
import signal
import struct
import threading

import pytest

from harness import alone, racks, show, wait_until

KILLS = 200 if show.full() else 8
SERVERS = 100 if show.full() else 5


def as_float(value):
    """As the plug-in has it."""
    return struct.unpack("f", struct.pack("f", value))[0]


@pytest.fixture
def rack(machine):
    show.use_tools(machine)
    racks.use_plugins(machine)
    made = alone.Rack(machine)
    yield made
    print((made.place / "log").read_text()[-3000:])
    made.end()


class Sweep(threading.Thread):
    """Turns a knob up, until its rack is killed."""

    def __init__(self, rack, first):
        super().__init__()
        self.rack = rack
        self.first = first
        self.begun = []     # values whose set was sent
        self.answered = []  # and answered

    def run(self):
        try:
            for step in range(100000):
                value = as_float((self.first + step) / 1e6)
                self.begun.append(value)
                self.rack.set("level", value)
                self.answered.append(value)
        except (OSError, ValueError):
            pass


def test_a_kill_in_a_sweep_loses_nothing(machine, rack):
    server = alone.Server(machine)
    first = 1
    for number in range(KILLS):
        rack.start()
        sweep = Sweep(rack, first)
        sweep.start()
        wanted = random.randrange(1, 400)
        wait_until(lambda: len(sweep.answered) >= wanted, 60, "the sweep")
        rack.kill()
        sweep.join(30)
        used = rack.seen()["level"]
        rack.start()
        kept = rack.value("level")
        last = [value for value in sweep.begun if value >= sweep.answered[-1]]
        assert kept in last, (number, kept, last)
        assert kept >= used, (number, kept, used)
        wait_until(lambda: rack.seen()["level"] == kept, 30,
                   lambda: f"it plays with {kept}: {rack.seen()}")
        first += len(sweep.begun)
        rack.kill()
    server.end(signal.SIGTERM)


def test_the_memory_of_a_plugin_outlives_its_servers(machine, rack):
    """It is the same instance at the same rate, whatever the period is."""
    server = alone.Server(machine)
    rack.start()
    rate = 48000
    pid = rack.running.pid
    for number in range(SERVERS):
        rack.set("add", 0.001)
        rack.await_runs(10)
        rack.set("add", 0)
        rack.await_runs(3)
        before = rack.seen()
        assert before["sum"] > 0
        server.end(random.choice((signal.SIGKILL, signal.SIGTERM)))
        if number % 5 == 3:
            rate = 92100 - rate  # 44100, 48000
        server.start(rate, random.choice((64, 256, 1024)))
        rack.await_runs(20)
        after = rack.seen()
        if number % 5 == 3:
            assert after["instances"] == before["instances"] + 1
        else:
            assert after["sum"] == before["sum"], (number, before, after)
            assert after["instances"] == before["instances"]
        assert rack.running.pid == pid
    rack.kill(signal.SIGTERM)
    server.end(signal.SIGTERM)
