# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks that are asked and told by OSC."""

import pytest

from harness import osc, racks, show, wait_until

PORT = 9765


@pytest.fixture
def rig(machine):
    show.use_tools(machine)
    racks.use_plugins(machine)
    if not racks.has_osc():
        pytest.skip("this was built without liblo")
    show.make_rig(machine, jack=show.JACK)
    yield from racks.watched(machine)


@pytest.fixture
def peer(rig):
    other = osc.Peer(rig, PORT)
    yield other
    other.end()


def test_a_rack_is_controlled_by_osc(rig, peer):
    racks.put(rig, "fx", rack=f"osc {PORT}\n",
              a_10_source=racks.slot("source"),
              a_20_gain=racks.slot("middle"))
    rig.up()
    show.await_state(rig, "fx", "ready", 60)
    peer.say("/fx/source/level", 0.25)
    racks.level(rig, "fx:out_1", wait=0.25)
    peer.say("/fx/source/level/part", 1.0)
    racks.level(rig, "fx:out_1", wait=1)
    peer.say("/fx/gain/gain", 0.5)
    racks.level(rig, "fx:out_1", wait=0.5)
    peer.say("/fx/gain/bypass", 1)
    racks.level(rig, "fx:out_1", wait=1)
    peer.say("/fx/gain/preset", "twice as loud")
    peer.say("/fx/gain/bypass", 0)
    racks.level(rig, "fx:out_1", wait=2)
    peer.say("/fx/mute", 1)
    racks.level(rig, "fx:out_1", wait=0)
    peer.say("/fx/rack/mute", 0)
    racks.ask(rig, "snapshot", "fx", "loud", "--save")
    peer.say("/fx/source/level", 0.125)
    racks.level(rig, "fx:out_1", wait=0.25)
    peer.say("/fx/snapshot", "loud", 0.05)
    racks.level(rig, "fx:out_1", wait=2)

    # Asking, and what cannot be.
    peer.say("/fx/source/level")
    peer.await_heard("/fx/source/level", 1.0)
    peer.say("/fx/source/level/part")
    peer.await_heard("/fx/source/level/part", 1.0)
    peer.say("/fx/source/levl", 1.0)
    peer.await_heard("/fx/error", "/fx/source/levl", "slot source has no value "
                     "\"levl\"; did you mean \"level\"?")
    peer.say("/fx/source/level", 2.0)
    peer.await_heard("/fx/error", "/fx/source/level",
                     "level goes from -1 to 1")
    peer.say("/fx/nobody/x", 2.0)
    peer.await_heard("/fx/error", "/fx/nobody/x",
                     "there is no slot \"nobody\"")

    # All values, then what changes, whoever changes it.
    peer.say("/fx/subscribe", 10)
    peer.await_heard("/fx/gain/gain", 2.0)
    peer.await_heard("/fx/gain/wet", 1.0)
    peer.await_heard("/fx/gain", 0.0)
    peer.await_heard("/fx/mute", 0.0)  # the last one
    before = len(peer.heard())
    racks.ask(rig, "set", "fx", "source", "level", "0.5")
    peer.await_heard("/fx/source/level", 0.5)
    assert [each[0] for each in peer.heard()[before:]] == ["/fx/source/level"]
    peer.say("/fx/unsubscribe")
    peer.say("/fx/mute")
    wait_until(lambda: peer.heard()[-1] == ["/fx/mute", 0.0], 30,
               lambda: f"an answer behind it: {peer.heard()}")
    racks.ask(rig, "set", "fx", "source", "level", "0.75")
    peer.say("/fx/save")
    peer.say("/fx/gain")
    wait_until(lambda: peer.heard()[-1] == ["/fx/gain", 0.0], 30,
               lambda: f"an answer behind it: {peer.heard()}")
    assert ["/fx/source/level", 0.75] not in peer.heard()
    racks.kill(rig, "fx")
    racks.level(rig, "fx:out_1", wait=1.5)  # it heard OSC, and remembers


def test_a_port_that_is_taken_does_not_silence_a_rack(rig):
    racks.put(rig, "fx", rack=f"osc {PORT}\n",
              a_10_source=racks.slot("source", "set level 0.5"))
    racks.put(rig, "two", rack=f"osc {PORT}\n",
              a_10_source=racks.slot("source", "set level 0.25"))
    rig.up()
    for name in ("fx", "two"):
        show.await_state(rig, name, "ready", 60)
    racks.level(rig, "fx:out_1", wait=0.5)
    racks.level(rig, "two:out_1", wait=0.25)
    said = racks.log(rig, "fx") + racks.log(rig, "two")
    assert said.count(f"port {PORT}: address already in use") == 1
