# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""qemu's monitor: one line of JSON each way, events in between."""

import json


class MonitorError(AssertionError):
    """qemu refuses something; the text says what and why."""


class Monitor:
    """Speaks QMP over a connected socket, which it owns."""

    def __init__(self, connection, deadline_s=30):
        connection.settimeout(deadline_s)
        self.connection = connection
        self.lines = connection.makefile("rb")
        self.events = []

    def read(self):
        try:
            line = self.lines.readline()
        except TimeoutError:
            raise MonitorError("qemu says nothing on its monitor") from None
        if not line:
            raise MonitorError("qemu has closed its monitor")
        return json.loads(line)

    def greet(self):
        """Has to come first."""
        self.read()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        """Has qemu execute a command; what it returns."""
        request = {"execute": command, "arguments": arguments}
        self.connection.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self.read()
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise MonitorError(f"{command} {arguments}: "
                                   f"{answer['error']['desc']}")
            else:
                return answer["return"]

    def await_event(self, name, **data):
        """Takes the first event of that name with such data; waits for it."""
        while True:
            for event in self.events:
                if event["event"] == name and \
                        data.items() <= event.get("data", {}).items():
                    self.events.remove(event)
                    return event
            answer = self.read()
            if "event" in answer:
                self.events.append(answer)

    def close(self):
        self.lines.close()
        self.connection.close()
