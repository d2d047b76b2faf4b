# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The host's end of the line to guest/agent.py."""

import itertools
import json
import socket
import threading

CALL_DEADLINE_S = 150  # more than any of the guest's own


class GuestError(AssertionError):
    """A call failed inside; the text has the place in the guest, too."""


class Closed(Exception):
    """The guest is gone."""


class Agent:
    """Calls functions inside over a connected socket, which it owns.

    Threads of a test may call side by side: one of those that wait reads for
    all.
    """

    def __init__(self, connection):
        self.connection = connection
        self.buffer = b""
        self.numbers = itertools.count(1)
        self.answers = {}
        self.lock = threading.Lock()

    def read_line(self, deadline_s):
        self.connection.settimeout(deadline_s)
        while b"\n" not in self.buffer:
            try:
                data = self.connection.recv(65536)
            except socket.timeout:
                raise GuestError("the guest does not answer within "
                                 f"{deadline_s} s") from None
            except OSError as error:
                raise Closed(str(error)) from None
            if not data:
                raise Closed("the guest has ended")
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line)

    def answer(self, number, deadline_s):
        """Waits for the answer of one number, keeping those of others."""
        while True:
            with self.lock:
                if number in self.answers:
                    return self.answers.pop(number)
                answer = self.read_line(deadline_s)
                self.answers[answer["id"]] = answer

    def ask(self, name, *args, **kwargs):
        """Has something called; the number of its answer."""
        number = next(self.numbers)
        request = {"id": number, "call": name, "args": args, "kwargs": kwargs}
        self.connection.sendall(json.dumps(request).encode() + b"\n")
        return number

    def call(self, name, *args, deadline_s=CALL_DEADLINE_S, **kwargs):
        """Calls MODULE.FUNCTION of tests/vm/guest; what it returns."""
        answer = self.answer(self.ask(name, *args, **kwargs), deadline_s)
        if "error" in answer:
            raise GuestError(f"{answer['error']}\nin the guest: "
                             f"{answer['trace']}")
        return answer["value"]

    def close(self):
        self.connection.close()
