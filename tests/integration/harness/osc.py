# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""OSC for scripts that run inside a machine, where our modules are not."""

import json

import pytest

from . import racks
from .waiting import wait_until

CODEC = r"""
import json, select, socket, struct, sys

def pad(data):
    return data + b"\0" * (4 - len(data) % 4)

def pack(address, *args):
    types, body = ",", b""
    for arg in args:
        if isinstance(arg, str):
            types, body = types + "s", body + pad(arg.encode())
        elif isinstance(arg, int):
            types, body = types + "i", body + struct.pack(">i", arg)
        else:
            types, body = types + "f", body + struct.pack(">f", arg)
    return pad(address.encode()) + pad(types.encode()) + body

def text(data):
    end = data.index(b"\0")
    return data[:end].decode(), data[end // 4 * 4 + 4:]

def unpack(data):
    address, data = text(data)
    types, data = text(data)
    args = []
    for kind in types[1:]:
        if kind == "s":
            arg, data = text(data)
        elif kind in "TF":
            arg = kind == "T"
        else:
            arg, data = struct.unpack(">" + kind, data[:4])[0], data[4:]
        args.append(arg)
    return [address, *args]
"""
# What is told comes from its input, a line of JSON each; what it hears is
# printed so, until its input ends.
PEER = CODEC + r"""
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("127.0.0.1", 0))
while True:
    ready = select.select([peer, sys.stdin], [], [])[0]
    if peer in ready:
        print(json.dumps(unpack(peer.recv(65536))), flush=True)
    if sys.stdin in ready:
        line = sys.stdin.readline()
        if not line:
            break
        peer.sendto(pack(*json.loads(line)), ("127.0.0.1", int(sys.argv[1])))
"""


class Peer(racks.Piped):
    """Somebody at a port of its own who tells the one at `port`, and hears
    what comes back."""

    def __init__(self, machine, port, name="osc"):
        script = machine.home / f"{name}.py"
        script.write_text(PEER)
        super().__init__(machine, name, "exec 3<>{pipe}; exec "
                         f"/usr/bin/python3 {script} {port} <{{pipe}}")

    def say(self, *message):
        super().say(json.dumps(message))

    def heard(self):
        return [json.loads(line) for line in
                super().heard().split("\n")[:-1]]

    def await_heard(self, *message):
        wait_until(lambda: [pytest.approx(part) if isinstance(part, float)
                            else part for part in message] in self.heard(),
                   60, lambda: f"{message} comes; there is {self.heard()}")
