# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks stagecraft-midi by its socket."""

import glob
import json
import socket
import sys

sys.path.insert(0, "/stage/source/tests/integration")

from commands import read  # noqa: E402
from harness.waiting import wait_until  # noqa: E402


def ask(run, method, **params):
    """Calls a verb of the bridge with that run directory; its result."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(30)
        sock.connect(f"{run}/midi.sock")
        sock.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method,
                                 "params": params}).encode() + b"\n")
        answer = json.loads(sock.makefile().readline())
    if "error" in answer:
        raise AssertionError(answer["error"]["message"])
    return answer.get("result")


def devices(run):
    """{JACK port: open, closed or busy} of all ports of endpoints."""
    return {way["port"]: way["device"] for endpoint in ask(run, "list")
            for way in endpoint["ways"]}


def await_device(run, port, state="open", deadline=30):
    """Waits until the bridge has opened what a port leads to, or closed it."""
    wait_until(lambda: devices(run).get(port) == state, deadline,
               lambda: f"{port} is {state}; {ask(run, 'list')}")


def spent(pid):
    """Seconds of the processor that a program has taken, all its threads."""
    return sum(int(read(path).split()[0]) for path in glob.glob(
        f"/proc/{pid}/task/*/schedstat")) / 1e9
