# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The devices of the bench: each does what a real one would."""

import pytest

from bench import GuestError

TWINS = {"product": "Keystation 61", "vendor_id": "0x0763"}
FORMAT = "-q -t raw -f S16_LE -r 48000 -c 2"


@pytest.fixture(autouse=True)
def sequencer(vm):
    vm.modprobe("snd-seq")


def names(vm):
    """{client number: name} of the sequencer."""
    return {client["client"]: client["name"]
            for client in vm.call("seq.clients")}


def test_a_keyboard_plays_and_hears(vm):
    keyboard = vm.keyboard("kb1", "Grand", serial="SN1", ports=2)
    keyboard.plug()
    assert (keyboard.card["serial"], keyboard.card["product"]) == (
        "SN1", "Grand")
    assert names(vm)[keyboard.client] == "Grand"
    vm.call("seq.listen", "computer", keyboard.client, 1)
    keyboard.play("90 3c 40", port=1)
    vm.call("seq.await_heard", "computer", ["90 3c 40"])
    keyboard.listen()
    vm.call("seq.send", keyboard.client, 0, "b0 07 7f f0 01 02 f7")
    keyboard.await_heard("b0 07 7f", "f0 01 02 f7")


def test_twin_keyboards_are_told_by_their_sockets(vm):
    one = vm.keyboard("kb1", **TWINS)
    two = vm.keyboard("kb2", **TWINS)
    one.plug(0)
    two.plug(3)
    assert "serial" not in one.card
    assert one.card["usb"] != two.card["usb"] and one.client != two.client
    assert names(vm)[one.client] == names(vm)[two.client] == "Keystation 61"
    before, place = one.client, one.card["usb"]
    one.unplug()
    two.unplug()
    assert "Keystation 61" not in names(vm).values()
    two.plug(3)
    one.plug(0)
    assert two.client == before and one.card["usb"] == place
    vm.call("seq.listen", "computer", two.client, 0)
    one.play("90 01 01")
    two.play("90 02 02")
    vm.call("seq.await_heard", "computer", ["90 02 02"])


def test_usb_cards_play_and_are_pulled(vm):
    one, two = vm.usb_card(0), vm.usb_card(1)
    two.plug(2)
    one.plug(1)
    assert (two.card["id"], one.card["id"]) == ("Audio", "Audio_1")
    assert one.card["product"] == two.card["product"]
    assert [one.card["usb"][1:], two.card["usb"][1:]] == ["-1", "-2"]
    vm.run(f"head -c 192000 /dev/urandom | aplay {FORMAT} -D hw:Audio_1")
    assert one.samples() > 40000 and two.samples() == 0
    player = vm.start(f"exec aplay {FORMAT} -D hw:Audio </dev/urandom")
    vm.await_success("grep -q RUNNING /proc/asound/Audio/pcm0p/sub0/status")
    two.unplug()
    assert player.wait() == 1 and "write error" in player.output()
    assert [card["id"] for card in vm.call("cards.cards")] == ["Audio_1"]


def test_twin_cards_may_have_serials(vm):
    one, two = vm.usb_card(0, serial="A"), vm.usb_card(1, serial="A")
    one.plug(1)
    two.plug(4)
    assert [one.card["serial"], two.card["serial"]] == ["A", "A"]


def test_a_dummy_card_is_unbound_and_bound(vm):
    card = vm.dummy_card()
    vm.run(f"head -c 9600 /dev/zero | aplay {FORMAT} -D hw:Dummy")
    card.unplug()
    done = vm.run(f"aplay {FORMAT} -D hw:Dummy </dev/zero", check=False)
    assert done.returncode == 1 and vm.call("cards.cards") == []
    card.plug()
    vm.run(f"head -c 9600 /dev/zero | aplay {FORMAT} -D hw:Dummy")


def test_a_loopback_card_gives_back_what_it_gets(vm):
    vm.loopback()
    vm.start(f"exec aplay {FORMAT} -D hw:Loopback,0 </dev/urandom")
    vm.await_success("grep RUNNING /proc/asound/Loopback/pcm0p/sub0/status")
    done = vm.run(f"arecord {FORMAT} -D hw:Loopback,1 -s 4800 | tr -d '\\0' |"
                  " wc -c")
    assert int(done.stdout) > 9600


def test_virtual_raw_midi_comes_out_of_the_sequencer(vm):
    virmidi = vm.virmidi(ports=2)
    vm.call("seq.listen", "computer", virmidi.client(1), 0)
    virmidi.write("90 3c 40 80 3c 00", port=1)
    vm.call("seq.await_heard", "computer", ["90 3c 40", "80 3c 00"])


def test_the_sequencer_can_be_absent(vm):
    no_sequencer = vm.no_sequencer()
    assert vm.call("seq.clients") == []
    with pytest.raises(GuestError, match="cannot open the sequencer"):
        vm.call("seq.send", 14, 0, "90 3c 40")
    keyboard = vm.keyboard("kb1", "Grand")
    keyboard.plug()
    no_sequencer.remove()
    vm.modprobe("snd-seq")
    vm.devices.remove(no_sequencer)
    vm.call("keyboards.await_client", keyboard.card, "Grand")


def test_what_tests_leave_is_taken_away(vm):
    vm.keyboard("kb1", "Grand").plug()
    vm.usb_card().plug()
    vm.virmidi()
    vm.loopback()
    vm.tidy()
    assert vm.call("cards.cards") == []
    assert set(names(vm).values()) <= {"System", "Midi Through"}
