# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The sound cards that the guest has."""

import glob
import os

from commands import read
from harness.waiting import wait_until

CLASS = "/sys/class/sound"
FIRST_CLIENT, CLIENTS_A_CARD = 16, 4  # sequencer clients of cards


def usb_fields(device):
    """What the USB device of a card says of itself; {} when it is no USB."""
    path = os.path.realpath(f"{device}/..")
    if not os.path.exists(f"{path}/idVendor"):
        return {}
    fields = {name: read(f"{path}/{name}").strip()
              for name in ("idVendor", "idProduct", "product", "serial")
              if os.path.exists(f"{path}/{name}")}
    return {"usb": os.path.basename(path), **fields}


def cards():
    """[{number, id, device, client, usb...}]. device: its directory in /sys;
    client: the number its sequencer client has, if it is there."""
    found = []
    for path in sorted(glob.glob(f"{CLASS}/card*")):
        number = int(path.removeprefix(f"{CLASS}/card"))
        try:
            device = os.path.realpath(f"{path}/device")
            found.append({
                "number": number, "device": device,
                "id": read(f"{path}/id").strip(),
                "client": FIRST_CLIENT + CLIENTS_A_CARD * number,
                **usb_fields(device)})
        except OSError:
            continue  # it is going
    return found


def matching(fields):
    return [card for card in cards() if fields.items() <= card.items()]


def await_card(fields, deadline=60):
    """Waits for a card that has all these fields; all of its fields. It is
    ready when its nodes are there and it has its id: those come last."""
    def look():
        found = matching(fields)
        return found and found[0]["id"] and os.path.exists(
            f"/dev/snd/controlC{found[0]['number']}") and found[0]

    return wait_until(look, deadline, lambda: f"a card {fields} is there, of "
                      f"{cards()}")


def await_none(fields, deadline=60):
    """Waits until no card has all these fields."""
    wait_until(lambda: not matching(fields), deadline,
               lambda: f"no card {fields} is there, of {cards()}")


def usb_name(socket):
    """The name that a device in a socket of qemu's controller has: "1-2"."""
    names = os.listdir(glob.glob("/sys/bus/pci/drivers/xhci_hcd/0*")[0])
    buses = sorted(int(name[3:]) for name in names if name.startswith("usb"))
    return f"{buses[0]}-{socket}"  # the first of its two is for slow devices
