# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A rack that is killed at random moments, and one whose server is. A plug-in
writes down what the audio thread uses (tests/plugins/witness.lv2)."""

import random
import shutil
import signal
import statistics
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
        rack.await_runs(10, server)
        rack.set("add", 0)
        rack.await_still(server)
        before = rack.seen()
        assert before["sum"] > 0
        server.end(random.choice((signal.SIGKILL, signal.SIGTERM)))
        if number % 5 == 3:
            rate = 92100 - rate  # 44100, 48000
        server.start(rate, random.choice((64, 256, 1024)))
        rack.await_runs(20, server)
        after = rack.seen()
        if number % 5 == 3:
            assert after["instances"] == before["instances"] + 1
        else:
            assert after["sum"] == before["sum"], (number, before, after)
            assert after["instances"] == before["instances"]
        assert rack.running.pid == pid
    rack.kill(signal.SIGTERM)
    server.end(signal.SIGTERM)


class Jalv:
    """The same plug-in in jalv, which ends with its server and is started again
    at once, as runit does with what has run for a second."""

    def __init__(self, machine, place):
        self.witness = place / "jalv"
        again = "while :; do jalv -i http://stagecraft.example/test#witness; done"
        self.running = machine.popen(
            ["env", f"STAGE_WITNESS={self.witness}", "sh", "-c",
             f"{again} </dev/null >/dev/null 2>&1"])

    def seen(self):
        return alone.look(self.witness)

    def end(self):
        self.running.end_group()


def await_more(server, player, count):
    """The time of the first cycle that is played from now on."""
    runs = player.seen()["runs"]
    first = wait_until(lambda: server.keep() or (
        player.seen()["runs"] > runs and player.seen()), 90, "one cycle more")
    wait_until(lambda: player.seen()["runs"] > runs + count, 60, "some more")
    return first["began_ns"]


@pytest.mark.skipif(not shutil.which("jalv"), reason="jalv is not installed")
@pytest.mark.skipif(not show.full(), reason="it compares times")
def test_the_outage_is_shorter_than_that_of_jalv(machine, rack):
    server = alone.Server(machine)
    rack.start()
    jalv = Jalv(machine, rack.place)
    players = {"rack": rack, "jalv": jalv}
    outages = {"rack": [], "jalv": []}
    for _ in range(9):
        for player in players.values():
            await_more(server, player, 100)
        server.end(signal.SIGKILL)
        last = {name: player.seen()["began_ns"]
                for name, player in players.items()}
        server.start()
        waits = [threading.Thread(target=lambda name=name: outages[name].append(
            (await_more(server, players[name], 20) - last[name]) / 1e6))
                 for name in players]
        for wait in waits:
            wait.start()
        for wait in waits:
            wait.join()
    medians = {name: statistics.median(each) for name, each in outages.items()}
    print(f"outage, ms: {medians}; all: {outages}")
    assert medians["rack"] < medians["jalv"]
    jalv.end()
    rack.kill(signal.SIGTERM)
    server.end(signal.SIGTERM)
