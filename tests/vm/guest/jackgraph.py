# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What JACK connects, seen by a client of our own: it reads shared memory, so
looking costs neither a process nor the server anything."""

import ctypes

from harness.waiting import wait_until

NAME, NO_START = b"observer", 1
IS_OUTPUT = 2

lib = ctypes.CDLL("libjack.so.0")
for name in ("jack_client_open", "jack_port_by_name"):
    getattr(lib, name).restype = ctypes.c_void_p
for name in ("jack_get_ports", "jack_port_get_all_connections"):
    getattr(lib, name).restype = ctypes.POINTER(ctypes.c_char_p)
client = ctypes.c_void_p()


def begin():
    """Opens the client; the server is to be there. It refuses one for as long
    as another is slow to answer."""
    def is_open():
        client.value = lib.jack_client_open(NAME, NO_START, None)
        return bool(client)

    wait_until(is_open, 60, "a client can be opened in JACK")


def end():
    """Closes it."""
    lib.jack_client_close(client)
    client.value = None


def taken(array):
    """The texts of an array of libjack's, which is freed."""
    texts = []
    while array and array[len(texts)] is not None:
        texts.append(array[len(texts)].decode())
    lib.jack_free(array)
    return texts


def ports():
    """The names of all ports."""
    return taken(lib.jack_get_ports(client, None, None, ctypes.c_ulong(0)))


def targets(source):
    """What a port is connected to."""
    port = lib.jack_port_by_name(client, source.encode())
    return taken(lib.jack_port_get_all_connections(
        client, ctypes.c_void_p(port))) if port else []


def edges():
    """[[source, target]] of all there are."""
    sources = taken(lib.jack_get_ports(client, None, None,
                                       ctypes.c_ulong(IS_OUTPUT)))
    return sorted([source, target] for source in sources
                  for target in targets(source))


def await_ports(wanted, deadline=60):
    """Waits until all these are there."""
    wait_until(lambda: set(wanted) <= set(ports()), deadline,
               lambda: f"{wanted} are there, of {ports()}")
