# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A sound card that comes and goes while clients play."""

import json
import re

import pytest

from bench.rig import FEW_PORTS, Rig

TOOLS = "/stage/build/tests/tools"
RIG, RUN = "/tmp/rig", "/run/stage"
SOCKET = f"{RUN}/jack.sock"
ENV = {"STAGECRAFT_RUN": RUN, "STAGECRAFT_RIG": RIG}
# Emulation is slow: a period that it can keep.
SETTINGS = (FEW_PORTS + "jack.rate 48000\njack.period 2048\n"
            "jack.periods 3\n")
PATCH = ("tone:out_1 -> relay:in_1\n"
         "relay:out_1 -> system:playback_1\n"
         "relay:out_1 -> system:playback_2\n")
EDGES = {("tone:out_1", "relay:in_1"), ("relay:out_1", "system:playback_1"),
         ("relay:out_1", "system:playback_2")}


class Show:
    """stagecraft-jack with the patchbay and two clients, without a rig's
    supervision: what ends stays ended."""

    def __init__(self, vm):
        self.vm = vm
        self.programs = {}

    def write(self, settings):
        self.vm.run(["mkdir", "-p", f"{RIG}/patchbay", f"{RIG}/services", RUN])
        self.vm.write(f"{RIG}/rig.conf", SETTINGS + settings)
        self.vm.write(f"{RIG}/patchbay/10-show.patch", PATCH)

    def start_server(self, settings=""):
        self.write(settings)
        self.vm.run(["rm", "-rf", f"{RIG}/state"])
        server = self.vm.start("exec stagecraft-jack", env=ENV)
        self.programs["server"] = server
        server.await_output("runs with driver", 60)
        self.vm.call("audio.listen", SOCKET)

    def start_clients(self):
        for name, words in (("patchbay", "stagecraft-patchbay"),
                            ("tone", f"{TOOLS}/jack-client -t -w 30 tone"),
                            ("relay", f"{TOOLS}/jack-client -w 30 relay")):
            self.programs[name] = self.vm.start(f"exec {words}", env=ENV)
        self.await_edges(EDGES)

    def edges(self):
        return edges_of(self.vm)

    def await_edges(self, edges):
        for source, target in edges:
            self.vm.await_success(
                f"jack_lsp -c {source} | grep -qx '   {target}'", 60)

    def await_device(self, device):
        return self.vm.call("audio.await_device", SOCKET, device, 60,
                            deadline_s=90)

    def await_note(self, part):
        return self.vm.call("audio.await_note", SOCKET, part, 60,
                            deadline_s=90)

    def state(self):
        return self.vm.call("audio.ask", SOCKET, "state")["state"]

    def assert_alive(self):
        for name, program in self.programs.items():
            assert program.status() is None, (name, program.output())

    def log(self):
        return self.programs["server"].output()


def edges_of(vm):
    """Connections as (source, target); jack_lsp indents them by three."""
    source, found = None, set()
    for line in vm.run(["jack_lsp", "-c"]).stdout.splitlines():
        if line.startswith("   "):
            found.add((source, line.strip()))
        else:
            source = line
    return found


@pytest.fixture
def show(vm):
    return Show(vm)


def device_of(card):
    return f"hw:{card.card['id']}"


def hears(vm, port, server="default", seconds=20):
    """Whether sound arrives at a port."""
    return vm.run([f"{TOOLS}/jack-listen", "-s", server, "-t", str(seconds),
                   port], timeout=seconds + 40, check=False).returncode == 0


def gap_of(event):
    """In words how long clients had no cycle, of an event that told a move."""
    data = event[2]
    assert data["silent_ms"] >= data["took_ms"] > 0, data
    return (f"switched in {data['took_ms']:.0f} ms, no cycle for "
            f"{data['silent_ms']:.0f} ms, {data['silent_frames']} frames")


def test_no_card_then_one_comes(vm, show):
    card = vm.usb_card(0)
    show.start_server()
    assert show.await_device("")["rate_hz"] == 48000
    assert "no sound card was found" in show.await_note("dummy")
    show.start_clients()
    card.plug()
    assert show.await_device(device_of(card))["note"] == ""
    show.await_edges(EDGES)
    assert hears(vm, "system:playback_1")
    assert show.state()["switches"] == 1
    show.assert_alive()


def test_pulled_while_a_client_plays(vm, show):
    """Ours and plain jackd beside it, each with a card and a client."""
    ours, theirs = vm.usb_card(0, "SN-A"), vm.usb_card(1, "SN-B")
    ours.plug(1)
    show.start_server("jack.device serial:SN-A\n")
    show.start_clients()
    theirs.plug(2)
    plain = vm.start("exec jackd -n plain -p 128 -d alsa "
                     f"-P {device_of(theirs)} -r 48000 -p 2048 -n 3")
    vm.await_success("jack_wait -s plain -w -t 30", 60)
    other = vm.start(f"exec {TOOLS}/jack-client -s plain -t -w 30 "
                     "-b system:playback_1 tone")
    other.await_output("ready")
    assert hears(vm, "system:playback_1")
    assert hears(vm, "system:playback_1", "plain")
    state, pulled = show.state(), vm.now()
    ours.unplug()
    show.await_device("")
    note = show.await_note("pulled")
    show.assert_alive()
    assert ("tone:out_1", "relay:in_1") in show.edges()
    show.await_edges(EDGES)  # as many ports, on the dummy
    assert hears(vm, "relay:out_1")
    moved = vm.call("audio.events", "device")
    theirs.unplug()
    assert not hears(vm, "system:playback_1", "plain", 5)
    returned = vm.now()
    ours.plug(3)  # into another socket
    there = show.await_device(device_of(ours))
    show.await_edges(EDGES)
    show.assert_alive()
    assert hears(vm, "system:playback_1")
    assert ours.samples() > 0  # its file begins anew with the card
    theirs.plug(2)
    heard_plain = hears(vm, "system:playback_1", "plain", 5)
    moved_back = vm.call("audio.events", "device")[-1]
    print(f"\nours: {note}; on the dummy {moved[-1][0] - pulled:.2f} s after "
          f"the pull was asked for ({gap_of(moved[-1])}), "
          f"back {moved_back[0] - returned:.2f} s after plugging in "
          f"({gap_of(moved_back)}), "
          f"{there['xruns'] - state['xruns']} xruns; clients alive and "
          "connected")
    lives = ["alive" if program.status() is None else "gone"
             for program in (plain, other)]
    print(f"plain jackd: process {lives[0]}, its client {lives[1]}, cycles "
          f"{'go on' if heard_plain else 'stopped for good'}")
    assert not heard_plain, "plain jackd plays on: this test shows nothing"


def test_a_busy_card_names_its_user(vm, show):
    card = vm.usb_card(0)
    card.plug()
    # held open without a sound: under emulation a player may give up
    node = f"/dev/snd/pcmC{card.card['number']}D0p"
    holder = vm.start(f"exec tail -f /dev/null 3<>{node}")
    vm.await_success(f"grep -q owner /proc/asound/card{card.card['number']}"
                     "/pcm0p/sub0/status")
    show.start_server()
    note = show.await_note("in use")
    assert note == (f"plays on the dummy driver, silent: {device_of(card)} is "
                    f"in use by tail, process {holder.pid}")
    # it is tried again meanwhile, and that is told when it has ended
    vm.call("audio.await_wrong", SOCKET, card.card["id"],
            note.removeprefix("plays on the dummy driver, silent: "))
    holder.kill()
    show.await_device(device_of(card))
    show.await_note("")


def test_another_rate_and_period_are_told(vm, show):
    card = vm.usb_card(0)
    card.plug()
    show.start_server()
    assert show.await_device(device_of(card))["note"] == ""
    answer = vm.call("audio.ask", SOCKET, "set",
                     {"key": "rate", "value": "44100"}, deadline_s=90)
    assert answer["rate_hz"] == 48000
    assert answer["note"] == (f"{device_of(card)} runs at 48000 Hz: it does "
                              "not do 44100 Hz")
    answer = vm.call("audio.ask", SOCKET, "set",
                     {"key": "rate", "value": "default"}, deadline_s=90)
    assert (answer["rate_hz"], answer["note"]) == (48000, "")
    assert "jack.rate" not in vm.run(f"cat {RIG}/state/* || true").stdout
    assert vm.call("audio.refused", SOCKET, "set",
                   {"key": "rate", "value": "fast"}).startswith(
                       'unable to set the rate: "fast" is not a whole number')


def test_a_card_is_chosen_and_kept(vm, show):
    first, second = vm.usb_card(0, "SN-A"), vm.usb_card(1, "SN-B")
    first.plug(1)
    second.plug(2)
    show.start_server()
    show.await_device(device_of(first))
    show.start_clients()
    answer = vm.call("audio.ask", SOCKET, "use",
                     {"card": second.card["id"]}, deadline_s=90)
    assert answer["device"] == device_of(second)
    assert "serial number" in answer["reason"]
    assert "serial:SN-B" in vm.read(f"{RIG}/state/jack.conf")
    show.await_edges(EDGES)
    # swapped, in other sockets: ids change, the serial number does not
    second.unplug()
    show.await_device(device_of(first))
    first.unplug()
    show.await_device("")
    second.plug(1)
    show.await_device(device_of(second))
    first.plug(2)
    show.await_note("")
    assert show.state()["device"] == device_of(second)
    assert vm.call("audio.refused", SOCKET, "use", {"card": "0"}).startswith(
        '"0" is a card\'s number')
    show.assert_alive()


def test_loopback_is_never_taken_by_itself(vm, show):
    vm.loopback()
    show.start_server()
    assert "no sound card" in show.await_note("dummy")
    answer = vm.call("audio.ask", SOCKET, "use", {"card": "Loopback"},
                     deadline_s=90)
    assert answer["device"] == "hw:Loopback"
    vm.call("audio.ask", SOCKET, "use", {"card": "default"}, deadline_s=90)


def test_rig_comes_up_without_a_card_and_says_so(vm):
    card = vm.usb_card(0)
    env = {"STAGECRAFT_RUN": "/run/rig"}
    vm.run(["stagecraft", "new", "rig", "/tmp/show"], env=env)
    vm.write("/tmp/show/rig.conf", SETTINGS)
    vm.run(["stagecraft", "enable", "jack", "-r", "/tmp/show"], env=env,
           check=False)
    up = vm.run(["stagecraft", "up", "-r", "/tmp/show", "-t", "90"],
                timeout=120, env=env)
    assert re.search("ready +jack .*no sound card was found", up.stdout)
    status = vm.run(["stagecraft", "audio", "status"], env=env).stdout
    assert "plays on dummy" in status and "warning: " in status
    card.plug()
    vm.await_success("STAGECRAFT_RUN=/run/rig stagecraft audio status | "
                     f"grep -q 'plays on {device_of(card)} '", 60)
    status = vm.run(["stagecraft", "status", "--json"], env=env).stdout
    assert not json.loads(status)["services"][0].get("note")
    listed = vm.run(["stagecraft", "audio", "list"], env=env).stdout
    assert re.search(rf"{card.card['id']} +plays ", listed), listed
    vm.run(["stagecraft", "down"], env=env, timeout=60)


def test_pulled_between_the_look_and_the_opening(vm):
    """JACK cannot take that, and ends; once, not again and again."""
    card = vm.loopback()
    card.unplug()
    rig = Rig(vm, "jack")
    rig.write("rig.conf", SETTINGS + "jack.device id:Loopback\n")
    mark = "/tmp/pull"
    for name, text in (("LD_PRELOAD", f"{TOOLS}/jack-pull.so"),
                       ("PULL_MARK", mark), ("PULL_CARD", card.place),
                       ("PULL_FILE", f"{card.driver}/unbind")):
        rig.write(f"services/jack/env/{name}", text + "\n")
    rig.up()
    first = rig.pid("jack")
    vm.write(mark, "")
    vm.write(f"{card.driver}/bind", card.place)
    vm.await_success(f"! test -e {mark}")  # it was about to open it
    vm.await_success(f"! test -e /proc/{first}")
    rig.stagecraft("wait", "jack")
    vm.call("audio.await_device", "/run/stagecraft/jack.sock", "", 60,
            deadline_s=90)
    second = rig.pid("jack")
    card.plug()
    vm.call("audio.await_device", "/run/stagecraft/jack.sock", "hw:Loopback",
            60, deadline_s=90)
    assert rig.pid("jack") == second
    crashes = rig.stagecraft("crashes", "jack", check=False).stdout
    assert "jack: ended 1 time" in crashes, crashes
    assert "unable to switch JACK server default" in rig.log("jack")
    rig.down()
