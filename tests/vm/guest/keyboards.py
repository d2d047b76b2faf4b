# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""USB MIDI keyboards: gadgets of the kernel's (f_midi) on a controller that has
both ends in the guest (dummy_hcd).

One end is a USB device like any other, of which the product sees a card with
MIDI ports. The other end is what the keys are on: another card, whose id is the
keyboard's name and whose sequencer client is "f_midi".
"""

import os

import cards
import rawmidi
import seq
from commands import run, write
from harness.waiting import wait_until

GADGETS = "/sys/kernel/config/usb_gadget"
SOCKETS = 6


def must(*words):
    status, out, err = run(list(words))
    assert status == 0, f"{' '.join(words)}: {out}{err}"


def prepare():
    """Loads what is needed, once. Nobody else would: there is no udev."""
    if not os.path.isdir(GADGETS):
        must("modprobe", "-a", "libcomposite", "usb_f_midi", "snd-usb-audio")
        must("modprobe", "dummy_hcd", f"num={SOCKETS}")
        if not os.path.isdir(GADGETS):
            must("mount", "-t", "configfs", "none", "/sys/kernel/config")


def make(name, product, serial, ports, vendor_id, product_id):
    """Makes a keyboard that is not plugged."""
    prepare()
    path = f"{GADGETS}/{name}"
    for directory in ("strings/0x409", "configs/c.1", "functions/midi.usb0"):
        os.makedirs(f"{path}/{directory}")
    write(f"{path}/idVendor", vendor_id)
    write(f"{path}/idProduct", product_id)
    write(f"{path}/strings/0x409/manufacturer", "Stagecraft")
    write(f"{path}/strings/0x409/product", product)
    if serial is not None:
        write(f"{path}/strings/0x409/serialnumber", serial)
    for direction in "in", "out":
        write(f"{path}/functions/midi.usb0/{direction}_ports", str(ports))
    write(f"{path}/functions/midi.usb0/id", name)
    os.symlink(f"{path}/functions/midi.usb0", f"{path}/configs/c.1/f")


def bus_of(socket):
    """The USB bus of a socket: "3" of .../dummy_hcd.0/usb3."""
    names = os.listdir(f"/sys/devices/platform/dummy_hcd.{socket}")
    return next(name[3:] for name in names if name.startswith("usb"))


def has_sequencer():
    return os.path.exists("/proc/asound/seq/clients")


def await_client(card, name=None):
    """Waits for the sequencer client of a card, if there is a sequencer."""
    def look():
        return [client for client in seq.clients()
                if client["client"] == card["client"]
                and client["ports"] and name in (None, client["name"])]

    if has_sequencer():
        wait_until(look, 60, lambda: f"the client of {card} is there, of "
                   f"{seq.clients()}")


def plug(name, socket):
    """Plugs a keyboard; the two cards [of the product, of the keys] once both
    ends are there."""
    write(f"{GADGETS}/{name}/UDC", f"dummy_udc.{socket}")
    far = cards.await_card({"id": name})
    near = cards.await_card({"usb": f"{bus_of(socket)}-1"})
    await_client(near)
    await_client(far, "f_midi")
    return [near, far]


def unplug(name, usb):
    """Pulls a keyboard; both its cards are gone then."""
    rawmidi.close(name)
    write(f"{GADGETS}/{name}/UDC", "\n")
    cards.await_none({"usb": usb})
    cards.await_none({"id": name})


def remove(name):
    """Takes a keyboard that is not plugged apart."""
    path = f"{GADGETS}/{name}"
    os.unlink(f"{path}/configs/c.1/f")
    for directory in ("configs/c.1", "functions/midi.usb0", "strings/0x409",
                      ""):
        os.rmdir(f"{path}/{directory}")
