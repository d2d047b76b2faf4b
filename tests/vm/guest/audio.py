# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Talks to stagecraft-jack in the guest, and listens to its events."""

import json
import socket
import threading
import time

from harness.waiting import wait_until

heard = []  # [seconds of the monotonic clock, topic, data]


def connect(path):
    link = socket.socket(socket.AF_UNIX)
    link.connect(path)
    return link


def send(link, method, params):
    link.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method,
                             "params": params}).encode() + b"\n")


def ask(path, method, params=None):
    """Calls a verb; its result."""
    with connect(path) as link:
        send(link, method, params or {})
        answer = json.loads(link.makefile().readline())
    assert "error" not in answer, answer["error"]["message"]
    return answer["result"]


def refused(path, method, params):
    """The sentence with which a call is refused."""
    with connect(path) as link:
        send(link, method, params)
        return json.loads(link.makefile().readline())["error"]["message"]


def listen(path):
    """Begins to collect events, until the server goes."""
    link = connect(path)
    send(link, "subscribe", {})
    lines = link.makefile()
    lines.readline()

    def collect():
        for line in lines:
            event = json.loads(line)["params"]
            heard.append([time.monotonic(), event.get("topic"),
                          event.get("data")])

    heard.clear()
    threading.Thread(target=collect, daemon=True).start()


def events(topic):
    """Those heard since listen()."""
    return [event for event in heard if event[1] == topic]


def await_device(path, device, deadline=30):
    """Waits until it plays on a device, "" for the dummy; its state."""
    def look():
        state = ask(path, "state")["state"]
        return state["state"] == "running" and state["device"] == device \
            and state

    return wait_until(look, deadline, lambda: f"it plays on {device!r}; it is "
                      f"{ask(path, 'state')['state']}")


def await_note(path, part, deadline=30):
    """Waits until the note holds a text, or is empty for ""; the note."""
    def look():
        note = ask(path, "state")["state"]["note"]
        return (part in note if part else not note) and [note]

    return wait_until(look, deadline, lambda: f"{part!r} in the note; it is "
                      f"{ask(path, 'state')['state']['note']!r}")[0]


def await_wrong(path, card, wanted, deadline=30):
    """Waits until that is told to be wrong with a card, by its id."""
    def look():
        cards = ask(path, "list")["cards"]
        return any(listed["id"] == card and listed["wrong"] == wanted
                   for listed in cards)

    wait_until(look, deadline, lambda: f"{wanted!r} is wrong with {card}; "
               f"there is {ask(path, 'list')}")
