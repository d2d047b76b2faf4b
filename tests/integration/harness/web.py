# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page's server, as browsers and others see it."""

import http.client
import json
import socket

from . import show, songs
from .waiting import wait_until

WEB = {"run": "#!/bin/sh\nexec 2>&1\nexec stagecraft-web\n",
       "ready": "notify\n"}
PATIENCE_S = 30

# A machine has a network of its own. Who connects here, from outside, sends
# "ADDRESS PORT\n" and is given a socket that is connected there.
DOOR = r"""
import socket, sys

door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
door.listen(128)
while True:
    talk, _ = door.accept()
    with talk:
        address, port = talk.makefile().readline().split()
        try:
            reached = socket.create_connection((address, int(port)), 10)
        except OSError:
            continue
        with reached:
            socket.send_fds(talk, [b"x"], [reached.fileno()])
"""


class Connection(http.client.HTTPConnection):
    """One that comes through the door."""

    def __init__(self, page, address="127.0.0.1"):
        super().__init__("localhost", page.port, timeout=PATIENCE_S)
        self.page = page
        self.address = address

    def connect(self):
        self.sock = self.page.reach(self.address)


class Answer:
    def __init__(self, response):
        self.code = response.status
        self.headers = response.headers
        self.bytes = response.read()

    @property
    def json(self):
        return json.loads(self.bytes)

    @property
    def cookie(self):
        """The token that it sets."""
        text = self.headers.get("Set-Cookie", "")
        return text.partition("stagecraft=")[2].partition(";")[0]


class Page:
    """The server of a machine that is up, with a service `web`."""

    def __init__(self, machine):
        self.machine = machine
        self.path = machine.home / "door"
        script = machine.home / "door.py"
        script.write_text(DOOR)
        self.door = machine.popen(["/usr/bin/python3", script, self.path])
        show.await_state(machine, "web", "ready", 60)
        wait_until(self.path.exists, 30, "the door is there")
        self.port = self.find_port()

    def end(self):
        self.door.kill()
        self.door.wait()

    def call(self, name, method, **params):
        """A verb of a daemon's socket; gives the whole answer."""
        path = self.machine.outside(self.machine.run_dir / f"{name}.sock")
        question = {"jsonrpc": "2.0", "id": 1, "method": method,
                    "params": params}
        with wait_until(lambda: songs.Stage.reach(path), PATIENCE_S,
                        f"{name} listens") as talk:
            talk.sendall(json.dumps(question).encode() + b"\n")
            with talk.makefile() as lines:
                return json.loads(lines.readline())

    def find_port(self):
        urls = self.call("web", "state")["result"]["state"]["urls"]
        return int(urls[0].rstrip("/").rpartition(":")[2])

    def reach(self, address="127.0.0.1"):
        """A socket that is connected to the server."""
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(PATIENCE_S)
            talk.connect(str(self.path))
            talk.sendall(f"{address} {self.port}\n".encode())
            _, fds, _, _ = socket.recv_fds(talk, 1, 1)
        if not fds:
            raise ConnectionRefusedError(address)
        reached = socket.socket(fileno=fds[0])
        reached.settimeout(PATIENCE_S)
        return reached

    def ask(self, method, path, body=None, token=None, cookie=None,
            address="127.0.0.1", **headers):
        """One request. A program's token or a browser's cookie; headers are
        named with _ for -, and None takes one away."""
        given = {"Host": f"localhost:{self.port}"}
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        if cookie is not None:
            given["Cookie"] = f"stagecraft={cookie}"
            given["Origin"] = f"http://localhost:{self.port}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            given["Content-Type"] = "application/json"
        for name, value in headers.items():
            name = name.replace("_", "-")
            given.pop(name, None)
            if value is not None:
                given[name] = value
        connection = Connection(self, address)
        try:
            connection.putrequest(method, path, skip_host=True,
                                  skip_accept_encoding=True)
            for name, value in given.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            elif method == "POST":
                connection.putheader("Content-Length", "0")
            connection.endheaders(body)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def code(self, role="performer"):
        answer = self.call("web", "pair", role=role)
        assert "result" in answer, answer
        return answer["result"]["code"]

    def pair(self, role="performer", name="phone"):
        """Pairs a device, and gives (token, its id)."""
        answer = self.ask("POST", "/api/pair",
                          {"code": self.code(role), "name": name},
                          Origin=f"http://localhost:{self.port}")
        assert answer.code == 200, answer.bytes
        return answer.cookie, answer.json["id"]

    def listen(self, token):
        return Events(self, token)


class Events:
    """Server-sent events, as a device gets them."""

    def __init__(self, page, token):
        self.connection = Connection(page)
        self.connection.request("GET", "/api/events", headers={
            "Host": f"localhost:{page.port}",
            "Authorization": f"Bearer {token}"})
        self.response = self.connection.getresponse()
        assert self.response.status == 200

    def next(self):
        """(name, data) of the next one; None when it has ended."""
        name = None
        while True:
            line = self.response.readline()
            if not line:
                return None
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                return name, json.loads(line[6:])

    def until(self, wanted, what):
        """The next one for which wanted(name, data) holds."""
        while True:
            found = self.next()
            assert found is not None, f"the events ended before {what}"
            if wanted(*found):
                return found[1]

    def end(self):
        self.connection.close()
