# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft-midi where no cycle is missed: nothing of what is played is lost,
whatever there is of it."""

import pytest

from midi_stage import NAME, Stage

# A client that misses a cycle misses the MIDI in it, and a dump keeps the one
# processor busy for a short one: the gadgets are faster than any keyboard.
PERIOD = 2048
BURST = 5000
DUMP = 65536


@pytest.fixture
def stage(timed):
    """Shows what was said when a test fails."""
    stage = Stage(timed, period=PERIOD)
    stage.start_jackd()
    stage.start_client()
    yield stage
    print(stage.jackd.output()[-2000:])
    print(stage.client.output()[-2000:])
    timed.tidy()


@pytest.fixture
def keyboard(timed):
    keyboard = timed.keyboard("kb1", NAME, serial="SN0001")
    keyboard.plug()
    return keyboard


@pytest.mark.deadline(900)
def test_a_burst_arrives_whole(stage, keyboard):
    stage.start_bridge()
    stage.connect()
    notes = " ".join(f"90 {i // 127 % 128:02x} {1 + i % 127:02x}"
                     for i in range(BURST))
    keyboard.play(notes)
    stage.client.await_output(
        f"90 {(BURST - 1) // 127 % 128:02x} {1 + (BURST - 1) % 127:02x}\n", 120)
    assert " ".join(stage.heard()) == notes


def sum_of(part):
    """As jack-midi counts it."""
    total = 0
    for byte in part:
        total = (total * 31 + byte) % 2**32
    return total


@pytest.mark.deadline(900)
def test_a_dump_arrives_whole(stage, keyboard):
    """64 KiB each way, with the kernel's buffers as packaging/modprobe has
    them."""
    vm = stage.vm
    for name in ("input", "output"):
        vm.write(f"/sys/module/snd_seq_midi/parameters/{name}_buffer_size",
                 "262144")
    stage.start_bridge()
    stage.connect()
    keyboard.record()
    stage.say(f"sysex {DUMP}")
    dump = [0xf0, *(i * 7 % 128 for i in range(1, DUMP - 1)), 0xf7]
    assert keyboard.await_recorded(DUMP) == bytes(dump).hex(" ")
    keyboard.play(bytes(dump).hex(" "))
    parts = [dump[:24576], dump[24576:49152], dump[49152:]]
    stage.client.await_output(f" {len(parts[-1])} bytes", 120)
    assert [line.split(" ... ")[1] for line in stage.heard()] == [
        f"{len(part)} bytes, sum {sum_of(part):08x}" for part in parts]
