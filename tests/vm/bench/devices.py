# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices that a test plugs into its guest and pulls.

Each has, while it is plugged, `card`: its number, id, directory in /sys and so
on, as guest/cards.py tells. When the test ends they are pulled.
"""

import array
import pathlib

WAV_HEADER = 44  # bytes


class Keyboard:
    """A USB MIDI keyboard. See guest/keyboards.py; play() and heard() are what
    happens on it, not in the computer."""

    def __init__(self, vm, name, product, serial=None, ports=1,
                 vendor_id="0x1d6b", product_id="0x0104"):
        self.vm = vm
        self.name = name
        self.card = self.far = None
        vm.call("keyboards.make", name, product, serial, ports, vendor_id,
                product_id)

    def plug(self, socket=0):
        """Plugs it into a socket, 0 to 5; returns when both ends are there."""
        self.card, self.far = self.vm.call("keyboards.plug", self.name, socket)

    def unplug(self):
        if self.card is not None:
            self.vm.call("keyboards.unplug", self.name, self.card["usb"])
            self.card = self.far = None

    @property
    def client(self):
        """The sequencer client that the computer has for it."""
        return self.card["client"]

    def play(self, data, port=0):
        """Has it send MIDI, "90 3c 40"."""
        self.vm.call("seq.send", self.far["client"], port, data)

    def listen(self, port=0):
        """Notes down, from now on, what it receives; after a plug call it anew.
        """
        self.vm.call("seq.listen", self.name, self.far["client"], port)

    def heard(self):
        """What it has received since listen(): a list of "90 3c 40"."""
        return [data for _, data in self.vm.call("seq.heard", self.name)]

    def await_heard(self, *wanted, deadline=60):
        """Waits until it has received exactly this."""
        self.vm.call("seq.await_heard", self.name, wanted, deadline)

    def record(self):
        """Keeps all bytes that it receives from now on, up to a mebibyte, also
        when they come faster than a listener could take them."""
        self.vm.call("rawmidi.record", self.name, self.far["number"])

    def await_recorded(self, count, deadline=60):
        """Waits for that many bytes since record(); "90 3c 40"."""
        return self.vm.call("rawmidi.await_recorded", self.name, count,
                            deadline)

    def remove(self):
        """Pulls it and takes it apart."""
        self.unplug()
        self.vm.call("keyboards.remove", self.name)


class UsbCard:
    """A USB sound card with two outputs, made by qemu. What it plays is in the
    file `sound` on the host: 48 kHz, 16 bits, two channels.

    number: 0 or 1; serial: None for what qemu gives it, which is the same for
    all."""

    def __init__(self, vm, number, serial=None):
        self.vm = vm
        self.name = f"card{number}"
        self.sound = pathlib.Path(vm.directory) / f"{self.name}.wav"
        self.properties = {} if serial is None else {"serial": serial}
        self.properties["audiodev"] = self.name
        self.card = None
        vm.modprobe("xhci-pci", "snd-usb-audio")

    def plug(self, socket=1):
        """Plugs it into a socket, 1 to 4."""
        self.vm.monitor.ask("device_add", driver="usb-audio", id=self.name,
                            bus="usb.0", port=str(socket), **self.properties)
        usb = self.vm.call("cards.usb_name", socket)
        self.card = self.vm.call("cards.await_card", {"usb": usb})

    def samples(self):
        """How many samples it has played that are not silence, at least."""
        if not self.sound.exists():
            return 0
        data = self.sound.read_bytes()[WAV_HEADER:]
        return sum(map(bool, array.array("h", data[:len(data) & ~1])))

    def unplug(self):
        """Pulls it, whoever plays on it."""
        if self.card is not None:
            self.vm.monitor.ask("device_del", id=self.name)
            self.vm.monitor.await_event("DEVICE_DELETED", device=self.name)
            self.vm.call("cards.await_none", {"device": self.card["device"]})
            self.card = None

    remove = unplug


class VirMidi:
    """Raw MIDI devices, whose other ends are clients of the sequencer; there
    while their kernel module is."""

    def __init__(self, vm, ports=1):
        self.vm = vm
        vm.run(["modprobe", "snd-virmidi", f"midi_devs={ports}"])
        self.card = vm.call("cards.await_card", {"id": "VirMIDI"})

    def remove(self):
        self.vm.run(["modprobe", "-r", "snd-virmidi"])

    def client(self, port=0):
        """The sequencer client that sends what is written here."""
        return self.card["client"] + port

    def write(self, data, port=0):
        """Writes bytes, "90 3c 40", as they are."""
        self.vm.call("commands.write_bytes",
                     f"/dev/snd/midiC{self.card['number']}D{port}", data)


class NoSequencer:
    """The kernel has no sequencer, and can get none, until this is removed."""

    MODULES = ("snd_virmidi", "snd_seq_virmidi", "snd_seq_midi",
               "snd_seq_midi_event", "snd_seq_dummy", "snd_seq")
    FORBID = "/etc/modprobe.d/no-sequencer.conf"

    def __init__(self, vm):
        self.vm = vm
        for module in self.MODULES:
            vm.run(f"test ! -d /sys/module/{module} || rmmod {module}")
        vm.write(self.FORBID, "install snd-seq /bin/false\n")

    def remove(self):
        """Allows it again; who needs it loads it."""
        self.vm.run(["rm", self.FORBID])


class BoundCard:
    """A card that is there while it is bound to its driver."""

    def __init__(self, vm, module, driver, card_id):
        self.vm = vm
        self.module = module
        self.driver = f"/sys/bus/platform/drivers/{driver}"
        self.place = f"{driver}.0"
        self.fields = {"id": card_id}
        self.card = None
        vm.modprobe(module)
        self.find()

    def find(self):
        self.card = self.vm.call("cards.await_card", self.fields)

    def plug(self):
        self.vm.write(f"{self.driver}/bind", self.place)
        self.find()

    def unplug(self):
        """Pulls it; the driver waits until nobody plays on it."""
        if self.card is not None:
            self.vm.write(f"{self.driver}/unbind", self.place)
            self.vm.call("cards.await_none", self.fields)
            self.card = None

    def remove(self):
        self.unplug()
        self.vm.run(["modprobe", "-r", self.module])


class DummyCard(BoundCard):
    """A card that plays nowhere."""

    def __init__(self, vm):
        super().__init__(vm, "snd-dummy", "snd_dummy", "Dummy")


class Loopback(BoundCard):
    """Two PCM devices: what is played on one is recorded from the other."""

    def __init__(self, vm):
        super().__init__(vm, "snd-aloop", "snd_aloop", "Loopback")
