# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A session manager whose every word the test says."""

import json

from . import racks
from .osc import CODEC
from .waiting import wait_until

PORT = 9770  # below those that the kernel and liblo give away
# It takes whoever announces itself; lines of JSON from its input go to that
# client: a message, {"raw": "HEX"}, the same from another socket with
# "stranger", or as a bundle with "bundle". What comes in is printed.
SERVER = CODEC + r"""
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
stranger.bind(("127.0.0.1", 0))
client = ("127.0.0.1", int(sys.argv[2])) if len(sys.argv) > 2 else None
print(json.dumps(["listens"]), flush=True)
while True:
    ready = select.select([server, stranger, sys.stdin], [], [])[0]
    if server in ready:
        data, sender = server.recvfrom(65536)
        message = unpack(data)
        if message[0] == "/nsm/server/announce":
            client = sender
            print(json.dumps(["client", client[1]]), flush=True)
            server.sendto(pack("/reply", "/nsm/server/announce", "hello",
                               "test", ":server-control:"), client)
        print(json.dumps(message), flush=True)
    if stranger in ready:
        print(json.dumps(["stranger", *unpack(stranger.recv(65536))]),
              flush=True)
    if sys.stdin in ready:
        line = sys.stdin.readline()
        if not line:
            break
        said = json.loads(line)
        how = said if isinstance(said, dict) else {"message": said}
        data = (bytes.fromhex(how["raw"]) if "raw" in how
                else pack(*how["message"]))
        if "bundle" in how:
            data = (b"#bundle\0" + bytes(7) + b"\1"
                    + struct.pack(">i", len(data)) + data)
        (stranger if "stranger" in how else server).sendto(data, client)
"""


class Server(racks.Piped):
    """client: the port of one that another server had taken before."""

    count = 0

    def __init__(self, machine, client=None):
        script = machine.home / "nsm-server.py"
        script.write_text(SERVER)
        Server.count += 1
        super().__init__(machine, f"nsm-{Server.count}", "exec 3<>{pipe}; exec "
                         f"/usr/bin/python3 {script} {PORT} {client or ''} "
                         "<{pipe}")
        self.read = 0
        self.await_message("listens")

    def say(self, *message):
        super().say(json.dumps(message))

    def say_oddly(self, **how):
        super().say(json.dumps(how))

    def messages(self):
        return [json.loads(line) for line in
                self.heard().split("\n")[:-1]]

    def await_message(self, *start, deadline=60):
        """The next message that begins so, behind the one that was awaited
        last."""
        found = {}

        def look():
            for number, message in enumerate(self.messages()[self.read:]):
                if message[:len(start)] == list(start):
                    self.read += number + 1
                    found["it"] = message
                    return True
            return False

        wait_until(look, deadline,
                   lambda: f"{start} comes: {self.messages()[self.read:]}")
        return found["it"]

    def ask(self, address, *args):
        """Says something to be answered; the answer without the address."""
        self.say(address, *args)
        found = {}

        def look():
            for number, message in enumerate(self.messages()[self.read:]):
                if message[0] in ("/reply", "/error") and message[
                        1] == address:
                    self.read += number + 1
                    found["it"] = [message[0], *message[2:]]
                    return True
            return False

        wait_until(look, 90, lambda: f"{address} is answered: "
                   f"{self.messages()[self.read:]}")
        return found["it"]

    def open(self, path, name):
        return self.ask("/nsm/client/open", str(path), "a song", name)

    def save(self):
        return self.ask("/nsm/client/save")


def start_rack(machine, host="127.0.0.1"):
    """A rack as a session manager starts it."""
    return machine.popen(["env", f"NSM_URL=osc.udp://{host}:{PORT}/",
                          "stagecraft-rack"])
