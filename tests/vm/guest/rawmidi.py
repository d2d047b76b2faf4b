# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bytes that a MIDI device receives, however many come at once.

A client of the sequencer cannot be sure of those: the kernel keeps 2000 cells
for it, 45 KB of SysEx, and hands over what a USB frame brought before any
program may run. For who reads the device itself it keeps as much as is asked
for.
"""

import ctypes

import seq
from harness.waiting import wait_until

NONBLOCK = 2  # alsa/rawmidi.h
KEPT = 1 << 20  # bytes, the kernel's most

lib = seq.lib
recorders = {}  # name: Recorder


class Recorder:
    """Reads the first MIDI device of a card."""

    def __init__(self, card):
        self.device, self.data = ctypes.c_void_p(), b""
        seq.checked("cannot open the device", lib.snd_rawmidi_open(
            ctypes.byref(self.device), None, f"hw:{card}".encode(), NONBLOCK))
        params = ctypes.c_void_p()
        lib.snd_rawmidi_params_malloc(ctypes.byref(params))
        lib.snd_rawmidi_params_current(self.device, params)
        lib.snd_rawmidi_params_set_buffer_size(self.device, params,
                                               ctypes.c_size_t(KEPT))
        seq.checked("cannot keep so much",
                    lib.snd_rawmidi_params(self.device, params))
        lib.snd_rawmidi_params_free(params)
        self.take()  # the device begins with the first read

    def take(self):
        """All bytes until now."""
        part = ctypes.create_string_buffer(1 << 16)
        while True:
            size = lib.snd_rawmidi_read(self.device, part,
                                        ctypes.c_size_t(len(part)))
            if size <= 0:
                return self.data
            self.data += part[:size]

    def close(self):
        lib.snd_rawmidi_close(self.device)


def record(name, card):
    """Keeps, from now on, under a name, what a card's device receives."""
    recorders[name] = Recorder(card)


def await_recorded(name, count, deadline=60):
    """Waits for that many bytes; those that are there then, "90 3c 40"."""
    wait_until(lambda: len(recorders[name].take()) >= count, deadline,
               lambda: f"{name} has {count} bytes; it has "
               f"{len(recorders[name].data)}")
    return recorders[name].data.hex(" ")


def close(name):
    """Ends it, if it was begun."""
    if name in recorders:
        recorders.pop(name).close()
