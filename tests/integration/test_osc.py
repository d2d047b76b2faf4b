# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What src/osc has to do with the world's OSC: Debian's oscsend, oscdump and
liblo, by UDP and by TCP in both framings."""

import shutil

import pytest

from harness import show, wait_until

OURS = "osc-peer"
LIBLO = "osc-liblo"
# Sends one message to a port by TCP, and all of the answer, as it came, to
# another one: argv[1:] are the framing and the ports.
RELAY = r"""
import socket, sys

packet = b"/echo\0\0\0,sb\0one\0\0\0\0\4\xc0\xdb\xdc\xdd"
slip = (b"\xc0" + packet.replace(b"\xdb", b"\xdb\xdd").replace(
    b"\xc0", b"\xdb\xdc") + b"\xc0")
frame = slip if sys.argv[1] == "slip" else (
    len(packet).to_bytes(4, "big") + packet)
ours, theirs = (socket.create_connection(("127.0.0.1", int(port)), 60)
                for port in sys.argv[2:])
ours.sendall(frame)
answer = b""
while len(answer) < len(frame):  # "/echoed" takes eight bytes as "/echo" does
    answer += ours.recv(len(frame) - len(answer))
theirs.sendall(answer)
theirs.shutdown(socket.SHUT_WR)
theirs.recv(1)  # until it has read all
"""


class Peers:
    """Our peer in a machine, and others that it meets there."""

    def __init__(self, machine):
        self.machine = machine
        self.running = []
        for tool in (OURS, LIBLO):
            shutil.copy2(show.find_tools() / tool, machine.home)
        self.start(f"exec {machine.home}/{OURS} <$0.pipe", OURS)
        wait_until(self.heard, 60, "osc-peer listens")
        self.udp, self.tcp = self.heard()[0].split()

    def start(self, command, name):
        """Starts a command whose output is kept under that name."""
        self.running.append(self.machine.popen(
            ["sh", "-c", f"mkfifo $0.pipe; exec 3<>$0.pipe; {command} "
             ">$0.out", self.machine.home / name]))

    def dump(self, by, port):
        """Starts an oscdump, whose output is called as it is itself."""
        self.start(f"exec oscdump -L osc.{by}://:{port}", by)
        table = "-Hlun" if by == "udp" else "-Hltn"
        wait_until(lambda: f":{port} " in self.machine.run(
            ["ss", table]).stdout, 60, "oscdump listens")

    def heard(self, name=OURS):
        path = self.machine.home / f"{name}.out"
        return (path.read_text(errors="replace").splitlines()
                if path.exists() else [])

    def await_heard(self, line, name=OURS, count=1):
        wait_until(lambda: sum(each.endswith(line) for each in
                               self.heard(name)) == count, 60,
                   lambda: f"{count} times {line}: {self.heard(name)}")

    def send(self, by, *words):
        port = self.udp if by == "udp" else self.tcp
        self.machine.run(["oscsend", f"osc.{by}://127.0.0.1:{port}", *words],
                         check=True)

    def liblo(self, framing, count, *words):
        """Has liblo send a message, count times; gives the answers."""
        return self.machine.run(
            [self.machine.home / LIBLO, framing, self.tcp, str(count), *words],
            check=True, timeout=90).stdout.splitlines()

    def end(self):
        for each in self.running:
            each.kill()
            each.wait()


@pytest.fixture
def peers(machine):
    if not (show.find_tools() / OURS).exists():
        pytest.skip("this was built without liblo")
    all_of_them = Peers(machine)
    yield all_of_them
    all_of_them.end()


def test_the_tools_of_liblo(peers):
    for by in ("udp", "tcp"):
        peers.send(by, "/all", "ihfdsScTFNI", "-7", "8", "0.5", "0.25", "a b",
                   "sym", "x")
        peers.await_heard(f'{by} /all ,ihfdsScTFNI -7 8 0.5 0.25 "a b" "sym" '
                          "1 0")
        peers.send(by, "/nothing")
        peers.await_heard(f"{by} /nothing ,")

    # They read what we send.
    peers.dump("udp", 9801)
    peers.send("udp", "/to", "siihfdsTF", "127.0.0.1", "9801", "-7", "8",
               "0.5", "0.25", "a b")
    peers.await_heard('/on ihfdsTF -7 8 0.500000 0.250000 "a b" #T #F', "udp")
    relay = peers.machine.home / "relay.py"
    relay.write_text(RELAY)
    peers.dump("tcp", 9802)
    for count, framing in enumerate(("sized", "slip"), 1):
        peers.machine.run(["/usr/bin/python3", relay, framing, peers.tcp,
                           "9802"], check=True, timeout=90)
        peers.await_heard('/echoed sb "one" [4b 0xc0 0xdb 0xdc 0xdd]', "tcp",
                          count)


def test_programs_with_liblo_by_tcp(peers):
    assert peers.liblo("sized", 100, "/echo", "one", "two") == [
        '/echoed ,ss "one" "two"'] * 100
    assert peers.liblo("sized", 1, "/echo") == ["/echoed ,"]
    large = "x" * 100000
    assert peers.liblo("sized", 3, "/echo", large) == [
        f'/echoed ,s "{large}"'] * 3

    peers.liblo("slip", 100, "/slip", "three", "four")
    peers.await_heard('tcp /slip ,ss "three" "four"', count=100)
    peers.liblo("slip", 3, "/large", large)
    peers.await_heard(f'tcp /large ,s "{large}"', count=3)
    peers.liblo("slip", 1, "/bytes", "\udcc0\udcdb\udcdc\udcdd")
    wait_until(lambda: b'tcp /bytes ,s "\xc0\xdb\xdc\xdd"' + b"\n" in
               (peers.machine.home / f"{OURS}.out").read_bytes(), 60,
               "the bytes that SLIP has for itself come as they are")
