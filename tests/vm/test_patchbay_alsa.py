# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The patchbay on the kernel's sequencer: programs, keyboards, hands, deaths."""

import json
import random
import statistics

import pytest

from bench.rig import SILENT, Rig

TWINS = "Keystation 61"
PLUGS = 20  # times that a keyboard is pulled or plugged
SETTLED_S = 4  # then what is connected was done by hand
LEARNED_S = 3
NOW_S = 20


@pytest.fixture(scope="module")
def world(booted):
    """A rig with the patchbay and a silent JACK, for all tests."""
    booted.modprobe("snd-seq")
    made = Rig(booted, "jack", "patchbay")
    made.write("rig.conf", SILENT)
    made.up()
    return made


@pytest.fixture
def rig(request, world):
    """The rig; afterwards nothing is left of what a test did."""
    yield world
    vm = world.vm
    if getattr(request.node, "stage_failed", True):
        print(world.log("patchbay"), vm.read("/proc/asound/seq/clients"),
              vm.describe(), sep="\n")
    vm.call("patchbay.end_all")
    while vm.devices:
        vm.devices.pop().remove()
    world.stagecraft("patch", "scene", "--none")
    world.stagecraft("patch", "mode", "learn")
    vm.run(f"cd {world.directory} && rm -rf songs patchbay/[0-9]*")
    world.write("patchbay/learned.patch", "# nothing\n")
    vm.await_success(f"! stagecraft patch list -r {world.directory} |"
                     " grep -q alsa:")


def wire(*ends):
    """The name of a connection of numbers, as guest/patchbay.py has it."""
    return "{}:{} {}:{}".format(*ends)


def await_links(rig, *wanted, deadline=NOW_S):
    return rig.vm.call("patchbay.await_links", wanted, deadline)


def program(rig, name, ports=(("midi", "rw"),)):
    return rig.vm.call("patchbay.program", name, ports)


def settle(rig):
    rig.vm.let_pass(SETTLED_S)


def learned(rig):
    """What was learned, without the comments."""
    rig.vm.let_pass(LEARNED_S)
    path = f"{rig.directory}/patchbay/learned.patch"
    text = rig.vm.run(f"cat {path} 2>/dev/null", check=False).stdout
    return [line.split("\t#")[0] for line in text.splitlines()
            if line and not line.startswith("#")]


def state_of(rig):
    """All that is desired, byte for byte."""
    return rig.vm.run(f"cd {rig.directory}/patchbay && cat *.patch").stdout


def explain(rig, one, two):
    return rig.stagecraft("patch", "explain", one, two, check=False).stdout


def test_hands_are_learned_and_deaths_are_not(rig):
    vm = rig.vm
    keys, synth = program(rig, "Keys"), program(rig, "Synth")
    settle(rig)
    vm.run(f"aconnect {keys}:0 {synth}:0")
    assert learned(rig) == ["alsa Keys:0 midi -> Synth:0 midi"]
    before = state_of(rig)
    vm.call("patchbay.end", "Synth")
    await_links(rig)
    program(rig, "Other")  # takes its number
    synth = program(rig, "Synth")
    await_links(rig, wire(keys, 0, synth, 0))
    vm.call("patchbay.end", "Keys")
    settle(rig)
    keys = program(rig, "Keys")
    await_links(rig, wire(keys, 0, synth, 0))
    settle(rig)
    assert state_of(rig) == before
    vm.run(f"aconnect -d {keys}:0 {synth}:0")
    assert learned(rig) == []
    vm.call("patchbay.end", "Synth")
    program(rig, "Synth")
    settle(rig)
    await_links(rig)
    rig.stagecraft("patch", "undo")
    assert learned(rig) == ["alsa Keys:0 midi -> Synth:0 midi"]
    assert len(vm.call("patchbay.links")) == 1


def test_names_that_begin_alike(rig):
    one = program(rig, "MT4 2", (("MIDI 10", "r"),))
    synth = program(rig, "Synth")
    rig.write("patchbay/10-mine.patch",
              "alsa MT4:0 -> Synth:0\nalsa MT4:MIDI 1 -> Synth:0\n")
    settle(rig)
    await_links(rig)
    right = program(rig, "MT4", (("MIDI 1", "r"), ("MIDI 10", "r")))
    await_links(rig, wire(right, 0, synth, 0))
    assert one != right


def test_verbs(rig):
    keys, synth = program(rig, "Keys"), program(rig, "Synth")
    rig.stagecraft("patch", "connect", "alsa:Keys:0", "alsa:Synth:midi")
    await_links(rig, wire(keys, 0, synth, 0))
    assert "connected: learned.patch" in explain(rig, "alsa:Keys:0 midi",
                                                 "alsa:Synth:0")
    ports = rig.stagecraft("patch", "list", "--ports").stdout.splitlines()
    assert ports.count("alsa:Keys:0 midi") == 1
    assert "alsa:Midi Through:0 Midi Through Port-0" in ports
    assert not [name for name in ports if "System" in name]
    listed = rig.stagecraft("patch", "list").stdout
    assert "alsa:Keys:0" in listed and "connected" in listed
    vm = rig.vm
    vm.call("patchbay.end", "Keys")
    missing = rig.stagecraft("patch", "missing", check=False)
    assert missing.returncode == 1 and "alsa:Keys:0" in missing.stdout
    mixed = rig.stagecraft("patch", "connect", "alsa:Keys:0", "Zyn:in",
                           check=False)
    assert mixed.returncode == 100 and "a bridge such as" in mixed.stderr
    keys = program(rig, "Keys")
    await_links(rig, wire(keys, 0, synth, 0))
    rig.stagecraft("patch", "forbid", "alsa:Keys:*", "alsa:*")
    await_links(rig)
    rig.stagecraft("patch", "undo")
    await_links(rig, wire(keys, 0, synth, 0))
    rig.stagecraft("patch", "disconnect", "alsa:Keys:midi", "alsa:Synth:0")
    await_links(rig)


def test_layers_and_modes(rig):
    pad, synth = program(rig, "Pad"), program(rig, "Synth")
    deck = program(rig, "Deck")
    rig.write("songs/One/song.patch", "not alsa Pad:0 -> Synth:0\n"
              "alsa Pad:0 -> Deck:0\n")
    rig.write("patchbay/10-mine.patch", "alsa Pad:0 -> Synth:0\n")
    await_links(rig, wire(pad, 0, synth, 0))
    rig.stagecraft("patch", "scene", "One")
    await_links(rig, wire(pad, 0, deck, 0))
    rig.stagecraft("patch", "scene", "--none")
    await_links(rig, wire(pad, 0, synth, 0))
    rig.stagecraft("patch", "lock")
    settle(rig)
    rig.vm.run(f"aconnect -d {pad}:0 {synth}:0")
    await_links(rig, wire(pad, 0, synth, 0))
    rig.write("patchbay/10-mine.patch",
              "alsa Pad:* -> Synth:*\nmode exclusive for Pad\n")
    rig.stagecraft("patch", "mode", "enforce")
    rig.vm.run(f"aconnect {pad}:0 {deck}:0")
    await_links(rig, wire(pad, 0, synth, 0))


def test_exclusive_and_stamped_connections_come_back_so(rig):
    vm = rig.vm
    keys, synth = program(rig, "Keys"), program(rig, "Synth")
    other = program(rig, "Other")
    queue = vm.call("patchbay.queue", "Other")
    settle(rig)
    vm.run(f"aconnect -e {keys}:0 {synth}:0")
    assert learned(rig) == ["alsa(exclusive) Keys:0 midi -> Synth:0 midi"]
    vm.run(f"aconnect -r {queue} {other}:0 {other}:0")
    assert learned(rig)[1:] == [
        f"alsa(real={queue}) Other:0 midi -> Other:0 midi"]
    links = vm.call("patchbay.links")
    assert links == {wire(keys, 0, synth, 0): "[ex]",
                     wire(other, 0, other, 0): f"[r:{queue}]"}
    vm.call("patchbay.end", "Keys")
    await_links(rig, wire(other, 0, other, 0))
    assert program(rig, "Keys") == keys
    await_links(rig, *links)
    assert vm.call("patchbay.links") == links
    rig.stagecraft("restart", "patchbay")
    rig.stagecraft("wait", "patchbay")
    vm.call("patchbay.end", "Synth")
    assert program(rig, "Synth") == synth
    await_links(rig, *links)
    assert vm.call("patchbay.links") == links
    assert "(exclusive)" in rig.stagecraft("patch", "list", "--json").stdout


def test_a_storm_of_announcements_is_survived(rig):
    vm = rig.vm
    keys, synth = program(rig, "Keys"), program(rig, "Synth")
    rig.write("patchbay/10-mine.patch", "alsa Keys:0 -> Synth:0\n")
    await_links(rig, wire(keys, 0, synth, 0))
    pid = rig.pid("patchbay")
    vm.run(f"kill -STOP {pid}")
    vm.call("patchbay.storm", 900)
    vm.call("patchbay.end", "Keys")
    keys = program(rig, "Keys")
    vm.run(f"kill -CONT {pid}")
    await_links(rig, wire(keys, 0, synth, 0))
    assert explain(rig, "alsa:Keys:0", "alsa:Synth:0").startswith("connected")
    listed = json.loads(rig.stagecraft("patch", "list", "--json").stdout)
    assert listed["alsa"]["losses"] > 0


class Stage:
    """Two keyboards and two programs, and what is wanted of them."""

    def __init__(self, rig, serials, sockets):
        vm = rig.vm
        self.rig = rig
        self.keyboards = [vm.keyboard(f"kb{number}", TWINS, serial=serial)
                          for number, serial in enumerate(serials)]
        self.sockets = list(sockets)
        self.synths = [program(rig, name) for name in ("Left", "Right")]

    def plug(self, number, socket=None):
        if socket is not None:
            self.sockets[number] = socket
        self.keyboards[number].plug(self.sockets[number])

    def unplug(self, number):
        self.keyboards[number].unplug()

    def learn(self):
        """Each keyboard plays a synth of its own, and that is learned."""
        settle(self.rig)
        for line in self.wanted():
            self.rig.vm.run(["aconnect", *line.split()])
        assert len(learned(self.rig)) == len(self.keyboards)

    def wanted(self):
        return [wire(keyboard.client, 0, self.synths[number], 0)
                for number, keyboard in enumerate(self.keyboards)
                if keyboard.card is not None]

    def await_wanted(self):
        """How long it took, in milliseconds."""
        return 1000 * await_links(self.rig, *self.wanted())


@pytest.mark.parametrize("serials", [(None, None), ("SN1", "SN2"),
                                     ("SAME", "SAME")])
def test_twins_stay_themselves(rig, serials):
    chance = random.Random(4)
    stage = Stage(rig, serials, (0, 3))
    stage.plug(0)
    stage.plug(1)
    stage.learn()
    before = state_of(rig)
    took = []
    for _ in range(PLUGS):
        number = chance.randrange(2)
        if stage.keyboards[number].card is None:
            stage.plug(number)
        else:
            stage.unplug(number)
        took.append(stage.await_wanted())
    # The other order: cards and clients have each other's numbers.
    stage.unplug(0)
    stage.unplug(1)
    numbers = []
    for order in ((0, 1), (1, 0)):
        for number in order:
            stage.plug(number)
        took.append(stage.await_wanted())
        numbers.append([keyboard.client for keyboard in stage.keyboards])
        stage.unplug(0)
        stage.unplug(1)
    assert numbers[0] == numbers[1][::-1]
    assert state_of(rig) == before
    print(f"{serials}: connected {statistics.median(took):.0f} ms after both "
          f"ends were seen, {max(took):.0f} ms at most")


def test_serial_numbers_are_known_in_each_others_sockets(rig):
    stage = Stage(rig, ("SN1", "SN2"), (0, 3))
    stage.plug(0)
    stage.plug(1)
    stage.learn()
    before = state_of(rig)
    stage.unplug(0)
    stage.unplug(1)
    stage.plug(1, socket=0)
    stage.await_wanted()
    stage.plug(0, socket=3)
    stage.await_wanted()
    stage.unplug(1)
    stage.plug(1, socket=5)
    stage.await_wanted()
    assert state_of(rig) == before


def test_sockets_are_all_there_is_without_serial_numbers(rig):
    stage = Stage(rig, (None, None), (0, 3))
    stage.plug(0)
    stage.plug(1)
    stage.learn()
    before = state_of(rig)
    stage.unplug(0)
    stage.unplug(1)
    # Swapped: what is in the left socket is the left one.
    stage.keyboards.reverse()
    stage.plug(0)
    stage.plug(1)
    stage.await_wanted()
    # One alone may move; it is the one that is missing.
    stage.unplug(0)
    stage.plug(0, socket=5)
    stage.await_wanted()
    # Of two that are away, one in a third socket may be either.
    stage.unplug(1)
    settle(rig)
    await_links(rig)
    assert "equally well" in explain(rig, *pair_of(rig))
    assert state_of(rig) == before


def pair_of(rig):
    """The ends of the first connection that was learned."""
    first = learned(rig)[0].removeprefix("alsa ").split(" -> ")
    return [f"alsa:{name}" for name in first]


def test_another_keyboard_is_not_taken_for_one_with_a_serial_number(rig):
    stage = Stage(rig, ("SN1",), (0,))
    stage.plug(0)
    stage.learn()
    stage.unplug(0)
    stranger = rig.vm.keyboard("kb9", TWINS, serial="SN9")
    stranger.plug(0)
    settle(rig)
    await_links(rig)
    stranger.unplug()
    stage.plug(0)
    stage.await_wanted()


def test_a_hand_at_a_moved_keyboard_is_learned_beside_the_rest(rig):
    stage = Stage(rig, (None,), (0,))
    stage.plug(0)
    stage.learn()
    stage.unplug(0)
    stage.plug(0, socket=4)
    stage.await_wanted()
    settle(rig)
    keyboard = stage.keyboards[0].client
    rig.vm.run(f"aconnect {keyboard}:0 {stage.synths[1]}:0")
    assert len(learned(rig)) == 2
    both = [wire(keyboard, 0, synth, 0) for synth in stage.synths]
    await_links(rig, *both)
    stage.unplug(0)
    stage.plug(0, socket=2)
    keyboard = stage.keyboards[0].client
    await_links(rig, *[wire(keyboard, 0, synth, 0) for synth in stage.synths])


def test_idle_means_idle(rig):
    """It wakes for JACK's heartbeat alone, however much is played."""
    vm = rig.vm
    keys, synth = program(rig, "Keys"), program(rig, "Synth")
    rig.write("patchbay/10-mine.patch", "alsa Keys:0 -> Synth:0\n")
    await_links(rig, wire(keys, 0, synth, 0))
    settle(rig)
    main = f"awk '/^vol/ {{print $2}}' /proc/{rig.pid('patchbay')}/status"
    before = int(vm.run(main).stdout)
    vm.let_pass(10)
    assert int(vm.run(main).stdout) - before <= 4
