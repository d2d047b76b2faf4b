# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""OSC for scripts that run inside a machine, where our modules are not."""

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
        else:
            arg, data = struct.unpack(">" + kind, data[:4])[0], data[4:]
        args.append(arg)
    return [address, *args]
"""
