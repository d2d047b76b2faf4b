# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole rig whose devices are pulled and plugged: four keyboards, of which
two are alike, and a sound card.

STAGE_FULL=1 plugs each 20 times instead of 2, and all of it in a guest whose
time means something; STAGE_SEED=N does it in the order of an earlier run.
"""

import os
import random
import statistics

import pytest

from bench.rig import FEW_PORTS, Rig
from harness import show

TOOLS = "/stage/build/tests/tools"
RUN = "/run/stagecraft"
SOCKET = f"{RUN}/jack.sock"
PLUGS = 20 if show.full() else 2
KIND = "timed" if show.full() else "functional"
BAR_MS = 500  # of the guest's time, in a timed run
SETTLED_S = 4  # then what is connected was done by hand
# Emulation is slow: a period that it can keep.
SETTINGS = (FEW_PORTS + "jack.device id:Loopback\njack.rate 48000\n"
            "jack.period 4096\njack.periods 3\njack.realtime no\n")
BRIDGED = "a2j:{0} ({1}): {2} MIDI 1"
# Name in the kernel: product, serial number, sockets, its name for the bridge,
# the program and the JACK client that it plays, whether that client plays it.
KEYBOARDS = {
    "lead": ("Keystation 61", "SN1", (1, 2, 4, 5), "Keystation 61", "Strings",
             "left", True),
    "bass": ("Axiom 25", "SN2", (1, 2, 4, 5), "Axiom 25", "Choir", "right",
             False),
    "upper": ("nano", None, (0,), "nano", "Strings", "left", False),
    "lower": ("nano", None, (3,), "nano #2", "Choir", "right", True)}
TWINS = ("upper", "lower")
CARD = "card"
HOLDERS = ("patchbay", "midi")  # of the sequencer
SOME = ("lead", "upper", CARD)  # one of each kind
AUDIO = [["tone:out_1", "system:playback_1"],
         ["tone:out_2", "system:playback_2"]]
PATCH = "alsa Keystation 61:0 -> Strings:0\nalsa Axiom 25:0 -> Choir:0\n"


def wanted_jack():
    """Of JACK's, at any time: the bridge's ports outlive their devices."""
    edges = list(AUDIO)
    for product, _, _, name, _, client, is_played in KEYBOARDS.values():
        edges.append([BRIDGED.format(name, "capture", product), f"{client}:in"])
        if is_played:
            edges.append([f"{client}:out",
                          BRIDGED.format(name, "playback", product)])
    return edges


class Stage:
    """A rig in a guest, the devices there, and the programs that are played."""

    def __init__(self, vm):
        self.vm = vm
        vm.modprobe("snd-seq")
        self.keyboards = {
            name: vm.keyboard(name, product, serial=serial)
            for name, (product, serial, *_) in KEYBOARDS.items()}
        self.rig = self.card = None
        self.programs = {}
        self.heard = {"left": set(), "right": set()}

    def plug_all(self, names):
        """In that order; nothing has to be connected yet."""
        for name in names:
            self.keyboards[name].socket = self.free_sockets(name)[0]
            self.keyboards[name].plug(self.keyboards[name].socket)
        self.card = self.vm.loopback()

    def make_rig(self, directory):
        """A new one."""
        self.rig = Rig(self.vm, "jack", "patchbay", "midi",
                       directory=directory)
        self.rig.write("rig.conf", SETTINGS)
        self.rig.write("midi.conf", "ignore f_midi\n")
        self.rig.write("patchbay/10-mine.patch", PATCH)
        self.add_service("tone", f"exec {TOOLS}/jack-client -t tone")
        for name in self.heard:
            self.add_service(name, f"rm -f /tmp/{name}; mkfifo /tmp/{name}\n"
                             f"exec {TOOLS}/jack-midi {name} /tmp/{name}")

    def add_service(self, name, script):
        self.rig.write(f"services/{name}/needs", "jack bound\n")
        self.rig.write(f"services/{name}/run",
                       f"#!/bin/sh\nexec 2>&1\n{script}\n")
        self.vm.run(["chmod", "+x", f"{self.rig.directory}/services/{name}/run"])

    def start(self):
        self.rig.up()
        self.watch()

    def watch(self):
        """Looks from now on, with the programs that are played."""
        self.vm.await_success(
            "grep -q stagecraft-midi /proc/asound/seq/clients")
        self.vm.call("whole.begin")
        self.programs = {name: self.vm.call("patchbay.program", name)
                         for name in ("Strings", "Choir")}
        self.bridge = next(client["client"]
                           for client in self.vm.call("seq.clients")
                           if client["name"] == "stagecraft-midi")

    def wanted_alsa(self):
        """Of the sequencer's, with what is plugged now."""
        links = []
        for name, keyboard in self.keyboards.items():
            if keyboard.card is not None:
                ours = f"{keyboard.client}:0"
                links += [f"{ours} {self.programs[KEYBOARDS[name][4]]}:0",
                          f"{ours} {self.bridge}:0"]
                if KEYBOARDS[name][-1]:
                    links.append(f"{self.bridge}:0 {ours}")
        return links

    def connect(self):
        """By hand, once; the twins, which no name tells apart, by number."""
        self.vm.call("jackgraph.await_ports",
                     [end for edge in wanted_jack() for end in edge])
        for edge in wanted_jack():
            self.rig.stagecraft("patch", "connect", *edge)
        self.vm.let_pass(SETTLED_S)
        for name in TWINS:
            program = self.programs[KEYBOARDS[name][4]]
            self.vm.run(["aconnect", f"{self.keyboards[name].client}:0",
                         f"{program}:0"])
        learned = f"{self.rig.directory}/patchbay/learned.patch"
        self.vm.await_success(f"test $(grep -c ^alsa {learned}) = {len(TWINS)}")
        self.await_whole()

    def desired(self):
        """{file: text} of all that says what is wanted."""
        found = self.vm.run(f"cd {self.rig.directory} && ls *.conf patchbay/*"
                            ".patch").stdout.split()
        return {name: self.rig.read(name) for name in found}

    def await_whole(self):
        self.vm.call("whole.await_whole", wanted_jack(), self.wanted_alsa(),
                     deadline_s=90)

    def is_there(self, name):
        device = self.card if name == CARD else self.keyboards[name]
        return device.card is not None

    def free_sockets(self, name):
        taken = {keyboard.socket for keyboard in self.keyboards.values()
                 if keyboard.card is not None}
        return [socket for socket in KEYBOARDS[name][2] if socket not in taken]

    def plug(self, name, chance=None):
        """Plugs a device, a keyboard into any of its sockets that chance picks;
        the milliseconds from when it is there until all is connected."""
        self.vm.call("whole.mark")
        if name == CARD:
            return self.plug_card()
        keyboard, sockets = self.keyboards[name], self.free_sockets(name)
        keyboard.socket = chance.choice(sockets) if chance else sockets[0]
        keyboard.card, keyboard.far = self.vm.call("whole.plug", name,
                                                   keyboard.socket)
        self.await_whole()
        return self.vm.call("whole.took_ms", keyboard.client)

    def plug_card(self):
        took = self.vm.call(
            "whole.plug_card", f"{self.card.driver}/bind", self.card.place,
            SOCKET, "hw:Loopback", wanted_jack(), deadline_s=90)
        self.card.find()
        self.await_whole()
        return took

    def unplug(self, name):
        """Pulls it; what is left is whole then."""
        self.vm.call("whole.mark")
        if name == CARD:
            self.card.unplug()
            self.vm.call("audio.await_device", SOCKET, "")
        else:
            self.keyboards[name].unplug()
        self.await_whole()

    def replug(self, name):
        self.unplug(name)
        return self.plug(name)

    def warm_up(self, names):
        """Has the guest read what it needs; no time is measured before."""
        for name in names:
            self.replug(name)

    def play(self, name, value):
        """Its client hears it; who else does, the end shows."""
        number = list(KEYBOARDS).index(name) + 20
        data = f"b0 {number:02x} {value:02x}"
        client = KEYBOARDS[name][5]
        self.heard[client].add(f"b0 {number:02x}")
        self.vm.call("whole.play", self.keyboards[name].far["client"], data,
                     f"{RUN}/log/{client}/current", deadline_s=150)

    def check_heard(self):
        """Nobody has heard what is played for another."""
        for client, wanted in self.heard.items():
            text = self.vm.read(f"{RUN}/log/{client}/current")
            heard = {" ".join(line.split()[-3:-1])
                     for line in text.splitlines() if " b0 " in line}
            assert heard == wanted, (client, heard, wanted)

    def unwatch(self):
        self.vm.call("whole.end")
        self.vm.call("patchbay.end_all")

    def down(self):
        """Ends the rig; each service by itself."""
        self.unwatch()
        said = self.rig.stagecraft("down").stdout
        assert "killed" not in said and "stopped   jack\n" in said, said

    def describe(self):
        """What the rig has said, for a test that failed."""
        for service in ("jack", "patchbay", "midi"):
            print(self.rig.log(service)[-4000:])
        print(self.vm.describe())


@pytest.fixture(scope="module")
def share(tmp_path_factory):
    """A directory for guests that come one after the other."""
    return tmp_path_factory.mktemp("share")


@pytest.fixture(scope="module")
def world(boot, share):
    """The rig, with everything plugged and connected."""
    stage = Stage(boot(KIND, share=share))
    stage.plug_all(KEYBOARDS)
    stage.make_rig("/tmp/rig")
    stage.start()
    stage.connect()
    if KIND == "timed":
        stage.warm_up((*KEYBOARDS, CARD))
    return stage


@pytest.fixture
def stage(request, world):
    """It, and what it said when a test fails."""
    yield world
    if getattr(request.node, "stage_failed", True):
        world.describe()


def check(stage, took):
    """What {device: [milliseconds]} it took is shown, and is little enough."""
    for name, all_ms in took.items():
        print(f"{name}: whole {statistics.median(all_ms):.0f} ms after it was "
              f"there, {max(all_ms):.0f} ms at most, of {len(all_ms)} times")
    assert stage.vm.kind != "timed" or max(map(max, took.values())) <= BAR_MS


@pytest.mark.deadline(1800)
def test_replugged_in_any_order(stage):
    """Each is pulled and plugged again and again; several are away at once."""
    seed = int(os.environ.get("STAGE_SEED", random.randrange(1 << 32)))
    print(f"STAGE_SEED={seed}")
    chance = random.Random(seed)
    before = stage.desired()
    names = [*KEYBOARDS, CARD] * (2 * PLUGS)
    chance.shuffle(names)
    took = {name: [] for name in (*KEYBOARDS, CARD)}
    for value, name in enumerate(names):
        if stage.is_there(name):
            stage.unplug(name)
            continue
        took[name].append(stage.plug(name, chance))
        if name != CARD:
            stage.play(name, value % 128)
    stage.check_heard()
    assert stage.desired() == before
    check(stage, took)


def test_twins_swapped_in_time_stay_themselves(stage):
    """In the other order they have each other's cards and numbers."""
    before = stage.desired()
    numbers = []
    for order in (TWINS, TWINS[::-1]):
        for name in TWINS:
            stage.unplug(name)
        for name in order:
            stage.plug(name)
            stage.play(name, 0)
        numbers.append([stage.keyboards[name].client for name in TWINS])
    assert numbers[0] == numbers[1][::-1]
    stage.check_heard()
    assert stage.desired() == before


@pytest.mark.parametrize("module", ("snd_seq", "snd_seq_midi"))
def test_the_kernel_keeps_what_is_connected(stage, module):
    """Nobody can take the sequencer away from a rig that is whole."""
    stage.vm.call("whole.mark")
    refused = stage.vm.run(["rmmod", module], check=False)
    assert refused.returncode != 0 and "in use" in refused.stderr
    stage.await_whole()


def test_the_sequencer_is_unloaded_and_loaded_again(stage):
    """Which takes that ours let go of it; meanwhile sound goes on."""
    before = stage.desired()
    stage.unwatch()
    stage.rig.stagecraft("stop", *HOLDERS)
    absent = stage.vm.no_sequencer()
    stage.rig.stagecraft("start", *HOLDERS)
    stage.rig.stagecraft("wait", "patchbay")
    assert "snd-seq is not loaded" in stage.rig.log("patchbay")
    stage.vm.await_success("stagecraft status | grep 'waits for alsa'")
    stage.vm.call("whole.await_jack", AUDIO, deadline_s=90)
    absent.remove()
    stage.vm.devices.remove(absent)
    stage.vm.modprobe("snd-seq", "snd-seq-midi")
    stage.watch()
    stage.await_whole()
    for name in KEYBOARDS:
        stage.play(name, 1)
    stage.check_heard()
    assert stage.desired() == before


@pytest.mark.deadline(900)
def test_rebooted_with_another_probing_order(boot, share, stage):
    """The power is cut; the next start finds other numbers. In the end each
    service ends by itself.

    The last test: it ends the first guest, which would hold up the second."""
    before = stage.desired()
    stage.vm.run("cp -a /tmp/rig /stage/share/rig")
    stage.vm.close()
    again = Stage(boot("timed", share=share))
    again.plug_all(reversed(KEYBOARDS))
    again.vm.run("cp -a /stage/share/rig /tmp/rig")
    again.rig = Rig(again.vm, directory="/tmp/rig")
    try:
        again.start()
        again.await_whole()
        for name in KEYBOARDS:
            again.play(name, 0)
        again.warm_up(SOME)
        check(again, {name: [again.replug(name)] for name in SOME})
        again.check_heard()
        assert again.desired() == before
        again.down()
    except BaseException:
        again.describe()
        raise
