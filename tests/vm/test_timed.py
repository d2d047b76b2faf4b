# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A timed run measures the same whenever it is run, and costs no idle time."""

import re
import time

import pytest

LOOP = ("exec jackd -R -d alsa -P hw:Loopback,0 -C hw:Loopback,1 -r 48000 "
        "-p 256 -n 3 -i 2 -o 2")
SETTLE_S, MEASURE_S = 3, 5
IDLE_S = 600
LAST = 8  # values of one measurement; there are two a second


def measure_round_trip(vm):
    """The frames from a JACK port through the sound card and back, again and
    again."""
    vm.loopback()
    vm.start(LOOP)
    vm.await_success("jack_wait -w -t 30")
    delay = vm.start("exec stdbuf -oL jack_iodelay")
    vm.await_success("jack_connect jack_delay:out system:playback_1 && "
                     "jack_connect system:capture_1 jack_delay:in")
    vm.let_pass(SETTLE_S + MEASURE_S)
    values = re.findall(r"([\d.]+) frames +[\d.]+ ms", delay.output())
    return [round(float(value)) for value in values][-LAST:]


def check_that_time_jumps(vm):
    before, began = vm.now(), time.monotonic()
    vm.let_pass(IDLE_S)
    assert vm.now() - before > IDLE_S
    assert time.monotonic() - began < IDLE_S / 2


@pytest.mark.deadline(600)
def test_two_boots_measure_the_same(boot):
    measured = []
    for _ in range(2):
        vm = boot("timed")
        measured.append(measure_round_trip(vm))
        vm.tidy()
        check_that_time_jumps(vm)
        vm.close()
    assert len(measured[0]) == LAST and len(set(measured[0])) == 1, measured
    assert measured[0] == measured[1]
