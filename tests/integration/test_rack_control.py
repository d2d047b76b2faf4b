# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks that are played by hand: controllers, learning, snapshots."""

import json

import pytest

from harness import racks, show, songs, wait_until


@pytest.fixture
def rig(machine):
    racks.make_rig(machine)
    yield from racks.watched(machine)


@pytest.fixture
def keys(rig):
    found = []

    def start(*names):
        rig.up()
        for name in names:
            show.await_state(rig, name, "ready", 60)
        found.append(racks.Keys(rig))
        for name in names:
            found[0].say(f"connect keys:out\t{name}:midi_in")
        return found[0]

    yield start
    for each in found:
        each.end()


def await_value(machine, slot, symbol, value, near=1e-5):
    seen = {}

    def look():
        seen.update(racks.values(machine, "fx", slot))
        return seen[symbol] == pytest.approx(value, abs=near)

    wait_until(look, 30, lambda: f"{slot} {symbol} is {value}; {seen}")


class Talk:
    """Somebody at a daemon's socket."""

    def __init__(self, talk):
        self.talk = talk
        self.lines = talk.makefile(encoding="utf-8")

    def say(self, method, **params):
        self.talk.sendall(json.dumps({"jsonrpc": "2.0", "id": 1,
                                      "method": method, "params": params}
                                     ).encode() + b"\n")

    def hear(self):
        return json.loads(self.lines.readline())


def test_levels_are_told_while_somebody_asks(rig, keys):
    racks.put(rig, "fx", a_10_source=racks.slot(
        "source", "set level 0.5"), a_20_half=racks.slot(
            "middle", "set gain 0.25"), a_30_gone=racks.slot("no-such"))
    keys("fx")
    show.run_jack_tool(rig, ["jack_connect", "fx:out_1", "system:playback_1"])
    with wait_until(lambda: songs.Stage.reach(rig.outside(
            rig.run_dir / "rack-fx.sock")), 30, "the rack's socket") as talk:
        ask = Talk(talk)
        ask.say("subscribe", topics=["meter"])
        assert ask.hear()["result"]["seq"] >= 0
        ask.say("ping")
        assert "result" in ask.hear(), "nothing is told that nobody asked for"
        ask.say("meter")
        assert ask.hear()["result"]["for_ms"] > 0
        wanted = {"slots": {"source": [-6, -6], "half": [-18, -18]},
                  "out": [-18, -100]}  # nobody hears that one
        told = []
        wait_until(lambda: told.append(ask.hear()) or told[-1]["params"][
            "data"] == wanted, 30, lambda: f"{wanted}; told was {told[-3:]}")
        # Whoever asks no more is told no more.
        talk.settimeout(1)
        with pytest.raises(TimeoutError):
            while True:
                told.append(ask.hear())
        assert len(told) <= 62, "ten times a second, for six seconds"


def test_controllers_turn_values(rig, keys):
    racks.put(rig, "fx", rack=("map cc any 7 gain -20 0\n"
                               "map note 10 36 mute\n"),
              a_10_source=racks.slot(
                  "source", "map cc 1 74 level 0 1", "map cc14 2 3 pan -1 1",
                  "map nrpn 3 260 width 2 0", "map bend 4 wet",
                  "map note 5 60 bypass"),
              a_20_half=racks.slot("middle", "map cc 1 20 gain 0.25 4 log"))
    hands = keys("fx")
    hands.say("send b0 4a 7f")
    await_value(rig, "source", "level", 1)
    racks.level(rig, "fx:out_1", wait=1)
    hands.say("send b0 14 00")
    await_value(rig, "half", "gain", 0.25)
    hands.say("send b0 14 7f")
    await_value(rig, "half", "gain", 4)
    hands.say("send b1 4a 00")  # another channel
    hands.say("send b0 14 40")
    await_value(rig, "half", "gain", 0.25 * 16 ** (64 / 127))
    assert racks.values(rig, "fx", "source")["level"] == 1

    def mixer(symbol):
        return {each["symbol"]: each["value"] for each in racks.ask(
            rig, "get", "fx", "source")["mixer"]}[symbol]

    def await_mixer(symbol, value):
        wait_until(lambda: mixer(symbol) == pytest.approx(value, abs=1e-5), 30,
                   lambda: f"{symbol} is {value}: {mixer(symbol)}")

    hands.say("send b1 03 40")
    hands.say("send b1 23 01")
    await_mixer("pan", -1 + 2 * (64 * 128 + 1) / 16383)
    for line in ("b2 63 02", "b2 62 04", "b2 06 00"):
        hands.say("send " + line)
    await_mixer("width", 2)
    hands.say("send b2 26 7f")
    await_mixer("width", 2 - 2 * 127 / 16383)
    hands.say("send e3 00 20")
    await_mixer("wet", 32 * 128 / 16383)
    hands.say("send 94 3c 40")
    racks.await_slot(rig, "fx", "source", state="bypassed")
    hands.say("send 84 3c 40")
    hands.say("send 94 3c 40")
    racks.await_slot(rig, "fx", "source", state="plays")

    # The rack's own; all of it is remembered.
    hands.say("send b8 07 00")
    await_value(rig, "rack", "gain", -20)
    hands.say("send 99 24 7f")
    await_value(rig, "rack", "mute", 1)
    racks.kill(rig, "fx")
    await_value(rig, "rack", "mute", 1)
    await_value(rig, "rack", "gain", -20)
    await_value(rig, "half", "gain", 0.25 * 16 ** (64 / 127))


def test_pickup_waits_for_the_controller(rig, keys):
    racks.put(rig, "fx", a_10_source=racks.slot(
        "source", "set level 0.5", "map cc 1 1 level 0 1 pickup",
        "map cc 1 2 pan"))
    hands = keys("fx")
    hands.say("send b0 01 10")
    hands.say("send b0 02 00")  # when this is there, so was that
    wait_until(lambda: racks.ask(rig, "get", "fx", "source")["mixer"][2][
        "value"] == -1, 30, "pan")
    assert racks.values(rig, "fx", "source")["level"] == 0.5
    hands.say("send b0 01 50")
    await_value(rig, "source", "level", 80 / 127)
    hands.say("send b0 01 20")
    await_value(rig, "source", "level", 32 / 127)


def test_a_controller_is_learned(rig, keys):
    racks.put(rig, "fx", a_10_source=racks.slot("source"))
    hands = keys("fx")
    text = (rig.rig / "services/fx/10-source.slot").read_text()
    answer = rig.home / "learned"
    learning = rig.popen(["sh", "-c", "exec stagecraft rack learn --json fx "
                          f"source level 0 0.5 >{answer} 2>&1"])

    def is_learning():
        done = rig.stagecraft("rack", "learn", "fx", "source", "wet")
        return "another value waits" in done.stderr

    # Whoever asks first waits; one that asks second is refused at once.
    wait_until(lambda: racks.ask(rig, "list", "fx")["learning"], 30, "it waits")
    assert is_learning()
    hands.say("send b6 15 10")
    assert learning.wait(60) == 0, answer.read_text()
    assert json.loads(answer.read_text()) == {"map": "cc 7 21 level 0 0.5"}
    hands.say("send b6 15 7f")
    await_value(rig, "source", "level", 0.5)
    assert (rig.rig / "services/fx/10-source.slot").read_text() == text
    racks.kill(rig, "fx")
    hands.say("connect keys:out\tfx:midi_in")
    hands.say("send b6 15 00")
    await_value(rig, "source", "level", 0)
    assert racks.ask(rig, "map", "fx")["maps"] == [
        {"slot": "source", "map": "cc 7 21 level 0 0.5", "learned": True}]

    # Whoever waits no longer has it said, and the next one may.
    with wait_until(lambda: songs.Stage.reach(rig.outside(
            rig.run_dir / "rack-fx.sock")), 30, "the rack's socket") as talk:
        ask = Talk(talk)
        ask.say("learn", slot="source", map="wet")
        wait_until(lambda: racks.ask(rig, "list", "fx")["learning"], 30,
                   "it waits again")
        ask.say("learn", cancel=True)
        answers = [ask.hear(), ask.hear()]
        assert sorted("error" in each for each in answers) == [False, True]
        assert "cancelled" in json.dumps(answers)
        assert not racks.ask(rig, "list", "fx")["learning"]
        ask.say("learn", slot="source")
        assert "is cancelled" in ask.hear()["error"]["message"]

    # By words, and away again.
    racks.ask(rig, "map", "fx", "rack", "program", "1", "5", "mute")
    assert len(racks.ask(rig, "map", "fx")["maps"]) == 2
    racks.ask(rig, "map", "fx", "source", "--drop", "level")
    assert [each["slot"] for each in racks.ask(rig, "map", "fx")["maps"]] == [
        "rack"]
    hands.say("send c0 05")
    await_value(rig, "rack", "mute", 1)
    for sentence, words in (
            ("has no value \"levl\"", ("source", "cc", "1", "2", "levl")),
            ("\"128\"", ("source", "cc", "1", "128", "level")),
            ("the number is missing", ("source", "cc", "1")),
            ("is not gain, mute or snapshot", ("rack", "cc", "1", "2", "x"))):
        done = rig.stagecraft("rack", "map", "fx", *words)
        assert done.returncode == 100, done
        assert done.stderr.count("\n") == 1, done.stderr


def test_snapshots(rig, keys):
    racks.put(rig, "fx", rack="map program 1 3 snapshot loud\n",
              a_10_source=racks.slot("source", "set level 0.25"),
              a_20_half=racks.slot("middle", "set gain 0.5",
                                   "recall keep gain"))
    hands = keys("fx")
    racks.ask(rig, "snapshot", "fx", "soft", "--save")
    racks.ask(rig, "set", "fx", "source", "level", "1")
    racks.ask(rig, "bypass", "fx", "half")
    racks.ask(rig, "snapshot", "fx", "loud", "--save")
    assert racks.ask(rig, "snapshot", "fx")["snapshots"] == ["loud", "soft"]
    racks.ask(rig, "set", "fx", "half", "gain", "0.25")
    racks.ask(rig, "snapshot", "fx", "soft", "--morph", "100ms")
    await_value(rig, "source", "level", 0.25)
    racks.await_slot(rig, "fx", "half", state="plays")
    racks.level(rig, "fx:out_1", wait=0.0625)  # its gain was kept
    hands.say("send c0 03")
    await_value(rig, "source", "level", 1)
    racks.level(rig, "fx:out_1", wait=1)
    racks.kill(rig, "fx")
    racks.ask(rig, "snapshot", "fx", "soft")
    racks.level(rig, "fx:out_1", wait=0.0625)
    racks.ask(rig, "snapshot", "fx", "loud", "--remove")
    for sentence, words in (("there is no snapshot \"loud\"", ("loud",)),
                            ("did you mean \"soft\"", ("sof",)),
                            ("no name for a snapshot", ("../x", "--save"))):
        done = rig.stagecraft("rack", "snapshot", "fx", *words)
        assert done.returncode == 100 and sentence in done.stderr, done


def test_presets_of_plugins(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.25"),
              a_20_gain=racks.slot("middle"))
    racks.put(rig, "work", a_10_work=racks.slot("worker"))
    rig.up()
    for name in ("fx", "work"):
        show.await_state(rig, name, "ready", 60)
    assert racks.ask(rig, "preset", "fx", "gain")["presets"] == [
        {"uri": racks.TEST + "half", "name": "Half as loud"},
        {"uri": racks.TEST + "twice", "name": "Twice as loud"}]
    assert racks.ask(rig, "preset", "fx", "source")["presets"] == []
    racks.ask(rig, "preset", "fx", "gain", racks.TEST + "half")
    racks.level(rig, "fx:out_1", wait=0.125)
    racks.ask(rig, "preset", "fx", "gain", "twice as loud")
    racks.level(rig, "fx:out_1", wait=0.5)
    done = rig.stagecraft("rack", "preset", "fx", "gain", "twice as lout")
    assert done.returncode == 100
    assert "did you mean \"Twice as loud\"" in done.stderr

    # One with a state, which outlives its rack.
    racks.ask(rig, "preset", "work", "work", "Five answers")
    racks.level(rig, "work:out_1", wait=0.05)
    racks.ask(rig, "save", "work")
    for name in ("work", "fx"):
        racks.kill(rig, name)
    racks.level(rig, "work:out_1", wait=0.05)
    racks.level(rig, "fx:out_1", wait=0.5)
