# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks on a real JACK server, with the plug-ins of tests/plugins and Debian's
lv2-examples."""

import os
import random
import re
import signal

import pytest

from harness import racks, show, wait_until

AMP = "http://lv2plug.in/plugins/eg-amp"
FIFTHS = "http://lv2plug.in/plugins/eg-fifths"
KILLS = 4  # one more within ten seconds, and it is held back


@pytest.fixture
def rig(machine):
    racks.make_rig(machine)
    calls = racks.watch_audio(machine)
    yield machine
    if (machine.home / "rt-clean").exists():
        said = racks.log(machine, "fx")
        last_words = ["write from stagecraft-rack"]
        assert calls() == (last_words if "ends this process" in said else [])


def up(machine, *names):
    machine.up()
    for name in names:
        show.await_state(machine, name, "ready", 60)


def test_what_is_set_is_there_after_a_kill(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.25"),
              a_20_amp=racks.slot(AMP, "set gain -6"))
    up(rig, "fx")
    assert show.run_jack_tool(rig, ["jack_lsp", "fx:"]).stdout.split() == [
        "fx:in_1", "fx:in_2", "fx:out_1", "fx:out_2", "fx:midi_in",
        "fx:midi_out"]
    assert racks.values(rig, "fx", "amp") == {"gain": -6}
    if os.geteuid() == 0:  # whom no limit stops
        assert racks.locked(rig, "fx") > 0.9
    half = 0.25 * 10 ** (-6 / 20)
    racks.level(rig, "fx:out_1", wait=half)
    racks.level(rig, "fx:out_2", wait=-half)

    for number in range(KILLS):
        value = round(random.uniform(-60, 20), 4)
        racks.ask(rig, "set", "fx", "amp", "gain", str(value))
        racks.ask(rig, "bypass", "fx", "source", "no" if number % 2 else "yes")
        racks.kill(rig, "fx")
        assert racks.values(rig, "fx", "amp")["gain"] == pytest.approx(
            value, rel=1e-6), number
        racks.await_slot(rig, "fx", "source",
                         state="plays" if number % 2 else "bypassed")


def test_a_kill_in_the_middle_of_a_sweep(rig):
    """The value is the last one whose set was answered, or the one that was
    under way."""
    racks.put(rig, "fx", a_10_amp=racks.slot(AMP))
    up(rig, "fx")
    for number in range(KILLS):
        sent = []
        for step in range(random.randrange(1, 8)):
            sent.append(-60 + 2 * step + number / 10)
            racks.ask(rig, "set", "fx", "amp", "gain", str(sent[-1]))
        sent.append(-90 + number)
        last = rig.popen(["stagecraft", "rack", "set", "fx", "amp", "gain",
                          str(sent[-1])])
        racks.kill(rig, "fx")
        last.wait(30)
        got = racks.values(rig, "fx", "amp")["gain"]
        assert any(got == pytest.approx(value, abs=1e-4)
                   for value in sent[-2:]), (got, sent[-2:])


def test_values_outlive_a_stop_and_the_run_directory(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source"),
              a_20_work=racks.slot("worker"))
    up(rig, "fx")
    racks.ask(rig, "set", "fx", "source", "level", "0.125")
    racks.ask(rig, "set", "fx", "work", "ask", "7")
    wait_until(lambda: (rig.rig / "state/rack/fx/work").exists(), 30,
               "a checkpoint by itself")
    rig.down()
    assert not (rig.outside(rig.run_dir) / "rack").exists()
    up(rig, "fx")
    assert racks.values(rig, "fx", "source")["level"] == 0.125
    assert racks.values(rig, "fx", "work")["ask"] == 7


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_plugins_outlive_their_server(rig, signum):
    """An integrator is where it was, in the same process."""
    racks.put(rig, "fx", a_10_sum=racks.slot("integrator"))
    up(rig, "fx")
    racks.ask(rig, "set", "fx", "sum", "add", "0.00001")
    racks.level(rig, "fx:out_1", frames=9600)
    racks.ask(rig, "set", "fx", "sum", "add", "0")
    pid = racks.pid(rig)
    racks.level(rig, "fx:out_1")
    heard = racks.level(rig, "fx:out_1")[0]
    assert heard["lowest"] == heard["highest"] > 0.05
    for _ in range(3):
        server = show.program_pids(rig, "stagecraft-jack")[0]
        rig.kill(server, signum)
        wait_until(lambda old=server: show.program_pids(
            rig, "stagecraft-jack") not in ([], [old]), 30, "another server")
        show.await_state(rig, "jack", "ready", 30)
        racks.await_playing(rig, "fx")
        after = racks.level(rig, "fx:out_1", wait=heard["highest"])[0]
        assert after["highest"] == pytest.approx(heard["highest"], abs=1e-6)
        assert racks.pid(rig) == pid


def test_slots_come_and_go_while_it_plays(rig):
    racks.put(rig, "fx", a_10_sum=racks.slot("integrator", "set add 0.00001"))
    up(rig, "fx")
    racks.level(rig, "fx:out_1", frames=9600)
    racks.ask(rig, "set", "fx", "sum", "add", "0")
    racks.level(rig, "fx:out_1")
    level = racks.level(rig, "fx:out_1")[0]["highest"]
    racks.write(rig, "fx", "a_20_gain", racks.slot("middle", "set gain 0.5"))
    racks.await_slot(rig, "fx", "gain", state="plays")
    racks.level(rig, "fx:out_1", wait=level / 2)
    racks.write(rig, "fx", "a_20_gain", racks.slot("middle", "set gain 0.25"))
    racks.level(rig, "fx:out_1", wait=level / 4)
    racks.write(rig, "fx", "a_20_gain", racks.slot("middle", "gian 0.25"))
    racks.await_slot(rig, "fx", "gain", state="passes")
    assert "20-gain.slot:2:1: " in racks.slots(rig, "fx")["gain"]["fault"]
    racks.level(rig, "fx:out_1", wait=level)
    racks.remove(rig, "fx", "a_20_gain")
    wait_until(lambda: list(racks.slots(rig, "fx")) == ["sum"], 30,
               "the slot has gone")
    after = racks.level(rig, "fx:out_1", wait=level)[0]
    assert after["lowest"] == after["highest"] == pytest.approx(level)


def test_what_is_no_sound_is_not_heard(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.25"),
              a_20_bad=racks.slot("bad"))
    up(rig, "fx")
    racks.level(rig, "fx:out_1", wait=0.25)
    racks.ask(rig, "set", "fx", "bad", "bad", "1")
    racks.await_slot(rig, "fx", "bad", state="passes")
    heard = racks.level(rig, "fx:out_1", wait=0.25)[0]
    assert heard["bad"] == 0
    assert heard["highest"] == pytest.approx(0.25)


def test_a_plugin_that_crashes_twice_is_left_out(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.25"),
              a_20_amp=racks.slot(AMP, "set gain 6"),
              a_30_crash=racks.slot("crash"))
    up(rig, "fx")
    racks.ask(rig, "set", "fx", "crash", "crash", "1")
    wait_until(lambda: len(show.deaths(rig, "fx")) == 2, 60, "two deaths")
    show.await_state(rig, "fx", "ready", 60)
    racks.await_slot(rig, "fx", "crash", state="passes")
    assert "crashed or hung twice" in racks.slots(rig, "fx")["crash"]["fault"]
    racks.level(rig, "fx:out_1", wait=0.25 * 10 ** (6 / 20))
    racks.ask(rig, "set", "fx", "crash", "crash", "0")
    racks.ask(rig, "revive", "fx", "crash")
    racks.await_slot(rig, "fx", "crash", state="plays")
    racks.level(rig, "fx:out_1", wait=0.25 * 10 ** (6 / 20))
    assert len(show.deaths(rig, "fx")) == 2


def test_midi_goes_through(rig):
    racks.put(rig, "fx", a_10_fifths=racks.slot(FIFTHS))
    up(rig, "fx")
    keys = racks.Keys(rig)
    keys.say("connect keys:out\tfx:midi_in")
    keys.say("connect fx:midi_out\tkeys:in")
    keys.say("send 90 3c 40")
    keys.await_heard("90 3c 40")
    keys.await_heard("90 43 40")
    racks.ask(rig, "bypass", "fx", "fifths")
    keys.say("send 90 40 40")
    keys.await_heard("90 40 40")
    keys.end()


def test_no_note_is_left_behind(rig):
    racks.put(rig, "fx", rack="hold 100ms\n")
    up(rig, "fx")
    keys = racks.Keys(rig)
    keys.say("connect keys:out\tfx:midi_in")
    keys.say("connect fx:midi_out\tkeys:in")
    keys.say("send 90 3c 40")
    keys.await_heard("90 3c 40")
    racks.ask(rig, "panic", "fx")
    for event in ("80 3c 40", "b0 40 00", "b0 7b 00", "b0 78 00"):
        keys.await_heard(event)
    keys.say("send 91 40 40")
    keys.await_heard("91 40 40")
    rig.kill(racks.pid_of(rig, "fx"), signal.SIGUSR2)
    keys.await_heard("81 40 40")
    keys.await_heard("b1 78 00")
    keys.say("send 92 41 40")
    keys.await_heard("92 41 40")
    show.disconnect(rig, "keys:out", "fx:midi_in")
    keys.await_heard("82 41 40")
    assert "b2" not in keys.heard()  # it is no panic
    keys.end()


def test_a_rack_is_made_and_dropped_in(rig):
    rig.stagecraft("new", "rack", "made", "-r", rig.rig, check=True)
    up(rig, "made")
    said = rig.stagecraft("rack", "list", "made", check=True).stdout
    assert "there are no slots" in said
    racks.write(rig, "made", "a_10_source",
                racks.slot("source", "set level 0.5"))
    racks.await_slot(rig, "made", "source", state="plays")
    racks.level(rig, "made:out_1", wait=0.5)
    said = rig.stagecraft("rack", "get", "made", "source", check=True).stdout
    assert "level" in said and "0.5" in said
    done = rig.stagecraft("rack", "set", "made", "source", "level", "2")
    assert done.returncode == 100
    assert "level goes from -1 to 1" in done.stderr
    done = rig.stagecraft("rack", "list", "nobody")
    assert "there is no rack \"nobody\"" in done.stderr


def test_a_name_that_is_taken_is_not_changed(rig):
    racks.put(rig, "fx", rack="client one\n")
    show.write(rig.rig / "services/fx/needs", "jack\nport:one:*\n")
    show.put(rig, "one", **show.client("one"))
    machine = rig
    machine.stagecraft("up", "-r", machine.rig, "-t", "2s", timeout=90)
    wait_until(lambda: "one" in racks.log(rig, "fx"), 30,
               lambda: f"it says why: {racks.log(rig, 'fx')}")
    assert show.service(rig, "fx")["state"] != "ready"


def test_a_slip_in_the_file_rack_stays_down(rig):
    racks.put(rig, "fx", rack="inn 2\n")
    rig.stagecraft("up", "-r", rig.rig, timeout=90)
    now = show.await_state(rig, "fx", ("failed", "held", "down"), 30)
    assert now["state"] == "failed", now
    assert "rack:1:1: " in racks.log(rig, "fx")


def test_a_longer_period_is_run_in_pieces(rig):
    """A plug-in without room for more than it was told of, and a key."""
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.25"),
              a_20_narrow=racks.slot("http://stagecraft.example/host#narrow"))
    up(rig, "fx")
    keys = racks.Keys(rig)
    keys.say("connect keys:out\tfx:midi_in")
    keys.say("connect fx:midi_out\tkeys:in")
    pid = racks.pid(rig)
    for period in ("1024", "64", "8192"):
        show.run_jack_tool(rig, ["jack_bufsize", period], check=True)
        wait_until(lambda wanted=period: wanted in show.run_jack_tool(
            rig, ["jack_bufsize"]).stdout, 30, f"a period of {period}")
        heard = racks.level(rig, "fx:out_1", wait=0.25, frames=16384)[0]
        assert heard["lowest"] == heard["highest"] == 0.25
        keys.say(f"send 90 {len(period):02x} 40")
        keys.await_heard(f"90 {len(period):02x} 40")
    keys.end()
    assert racks.pid(rig) == pid


def test_a_plugin_that_takes_memory_while_it_plays_is_seen(machine):
    """The other tests here see that nothing of the rack does."""
    racks.make_rig(machine)
    calls = racks.watch_audio(machine)
    racks.put(machine, "fx", a_10_dirty=racks.slot("dirty"))
    up(machine, "fx")
    wait_until(lambda: [line.partition(" from ")[0] for line in calls()] == [
        "free", "malloc"], 30, lambda: f"both are seen: {calls()}")


def test_latency_is_told_to_the_server(rig):
    racks.put(rig, "fx", a_10_late=racks.slot("late", "set frames 100"))
    up(rig, "fx")

    def latency():
        said = show.run_jack_tool(rig, ["jack_lsp", "-l", "fx:out_1"]).stdout
        found = re.search(r"port capture latency = \[ (\d+) ", said)
        return int(found[1]) if found else said

    wait_until(lambda: latency() == 100, 30, lambda: f"100: {latency()}")
    racks.ask(rig, "set", "fx", "late", "frames", "300")
    wait_until(lambda: latency() == 300, 30, lambda: f"300: {latency()}")
