# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What songs tell others: by OSC, HTTP and QLC+'s WebSocket, to targets that
are there, that are not, and that come back."""

import json
import pathlib
import shlex

import pytest

from harness import osc, show, songs, wait_until

# Hears OSC by UDP (port 7001) and by TCP (7002), HTTP (7003) and, as QLC+
# does, WebSockets (9999); tells each message in HOME/heard, a line of JSON. No
# thread of it answers anything but what the protocols want.
EARS = osc.CODEC + r"""
import base64, hashlib, http.server, os, threading

home = sys.argv[1]

def tell(kind, *message):
    line = json.dumps([os.getpid(), kind, *message]) + "\n"
    fd = os.open(home + "/heard", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, line.encode())
    os.close(fd)

def udp():
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind(("127.0.0.1", 7001))
    while True:
        tell("udp", *unpack(ear.recv(65536)))

def read(stream, count):
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data

def osc_stream(stream):
    first = read(stream, 1)
    while first == b"\xc0":
        packet = b""
        while (byte := read(stream, 1)) != b"\xc0":
            packet += byte
        if packet:
            for escaped, plain in ((b"\xdb\xdc", b"\xc0"), (b"\xdb\xdd", b"\xdb")):
                packet = packet.replace(escaped, plain)
            tell("slip", *unpack(packet))
    size = first + read(stream, 3)
    while True:
        tell("tcp", *unpack(read(stream, int.from_bytes(size, "big"))))
        size = read(stream, 4)

def frame(kind, text):
    return bytes([0x80 | kind, len(text)]) + text

def qlc_stream(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read(stream, 1)
    fields = dict(line.split(": ") for line in head.decode().split("\r\n")[1:-2])
    guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(
        (fields["Sec-WebSocket-Key"] + guid).encode()).digest()).decode()
    stream.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept +
                  "\r\n\r\n").encode() + frame(9, b"?"))
    while True:
        kind, length = read(stream, 2)
        assert length & 0x80, "a client masks"
        assert length < 0x80 + 126
        mask = read(stream, 4)
        text = bytes(byte ^ mask[at % 4] for at, byte in
                     enumerate(read(stream, length & 0x7f)))
        if kind == 0x8a:
            assert text == b"?"
        else:
            text = text.decode()
            if text == "QLC+API|getFunctionsList":
                stream.write(frame(1, (text + "|0|Blue wash|7|Red").encode()))
            else:
                tell("qlc", text)

def serve(port, talk):
    def answer(connection):
        try:
            with connection, connection.makefile("rwb", buffering=0) as stream:
                talk(stream)
        except (EOFError, OSError):
            pass

    ear = socket.create_server(("127.0.0.1", port))
    while True:
        threading.Thread(target=answer, args=[ear.accept()[0]], daemon=True).start()

class Http(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        tell("http", self.path, self.headers["Content-Type"], body)
        answer = b"done"
        self.send_response(404 if self.path == "/wrong" else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass

for target, args in ((udp, ()), (serve, (7002, osc_stream)),
                     (serve, (9999, qlc_stream))):
    threading.Thread(target=target, args=args, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", 7003), Http).serve_forever()
"""
OPENER = """
cue load  osc udp 127.0.0.1:7001 /coming
cue ready qlc "Blue wash"
cue go    osc udp localhost:7001 /level 7 0.5 "a text" true
cue go    once osc udp 127.0.0.1:7001 /bang
cue go    osc tcp 127.0.0.1:7002 /fire 1
cue go    osc slip 127.0.0.1:7002 /slip s:12
cue go    http http://127.0.0.1:7003/go?x=1 "{\\"a\\": 1}"
cue leave qlc "Blue wash" off
cue leave osc udp 127.0.0.1:7001 /gone
"""
LEVEL = ["/level", 7, 0.5, "a text", True]
HTTP = ["/go?x=1", "application/json", '{"a": 1}']
BLUE, DARK = "QLC+API|setFunctionStatus|0|1", "QLC+API|setFunctionStatus|0|0"


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, {}, ears={
        "run": "#!/bin/sh\nexec 2>&1\nexec /usr/bin/python3 "
               f"{shlex.quote(str(machine.home / 'ears.py'))} "
               f"{shlex.quote(str(machine.home))}\n"})
    (machine.home / "ears.py").write_text(EARS)
    yield stage
    stage.end()


def song(stage, name, text):
    stage.song(name)
    (stage.songs / name / "song.conf").write_text(text)


def heard(stage, kind=None):
    """[[kind, ...]], all or one kind of them."""
    path = stage.machine.home / "heard"
    lines = path.read_text().splitlines() if path.exists() else []
    return [message[1:] for message in map(json.loads, lines)
            if kind in (None, message[1])]


def await_heard(stage, wanted):
    """Waits for these messages, in any order, and forgets them."""
    wait_until(lambda: sorted(map(str, heard(stage))) ==
               sorted(map(str, wanted)), 30,
               lambda: f"{wanted}, not {heard(stage)}; "
                       f"{stage.call('cues')['result']}")
    (stage.machine.home / "heard").unlink()


def await_targets(stage, *states):
    """Waits until the targets are in one of these states."""
    wait_until(lambda: {target["state"] for target in
                        stage.call("cues")["result"]["targets"]}
               <= set(states), 30, lambda: stage.call("cues")["result"])


def test_each_target_hears_its_cues_and_hears_them_again(stage):
    song(stage, "Opener", OPENER)
    song(stage, "Closer", "cue go osc udp 127.0.0.1:7001 /closer\n")
    stage.up()
    wait_until(lambda: not stage.call("probe")["result"]["wrong"], 30,
               lambda: stage.call("probe"))
    stage.open("Opener")
    in_force = [["qlc", BLUE], ["udp", *LEVEL], ["tcp", "/fire", 1],
                ["slip", "/slip", "12"], ["http", *HTTP]]
    await_heard(stage, [["udp", "/coming"], ["udp", "/bang"], *in_force])
    cues = {cue["line"]: cue for cue in stage.call("cues")["result"]["cues"]}
    assert cues[4]["state"] == "sent" and cues[9]["state"] == "not yet"
    assert cues[4]["target"] == "osc udp localhost:7001"

    # Who was started anew hears what is in force, but for what is not to be
    # said twice.
    stage.machine.kill(show.service(stage.machine, "ears")["pid"])
    await_heard(stage, in_force)
    await_targets(stage, "reached", "unused")

    # The show manager hears of nobody's restart when it is its own: it says
    # again what may be said twice.
    stage.machine.kill(show.service(stage.machine, "show")["pid"])
    await_heard(stage, [["qlc", BLUE]])
    stage.open("Closer")
    await_heard(stage, [["qlc", DARK], ["udp", "/gone"], ["udp", "/closer"]])

    # By hand, and what does not work.
    assert stage.call("cue", song="Opener", when="ready")["result"] == {
        "sent": 1}
    await_heard(stage, [["qlc", BLUE]])
    answer = stage.machine.stagecraft("show", "cue", "Opener", "leave")
    assert answer.returncode == 0, answer.stderr
    await_heard(stage, [["qlc", DARK], ["udp", "/gone"]])
    assert "no cues" in stage.call(
        "cue", song="Closer", when="ready")["error"]["message"]


def test_a_cue_that_reaches_nobody_delays_nothing_and_is_told(stage):
    song(stage, "A", "cue go osc tcp 127.0.0.1:7999 /x\n"
         "cue go osc udp 127.0.0.1:7998 /x\n"
         'cue go qlc "Green"\n'
         "cue go http http://127.0.0.1:7003/wrong\n"
         "cue go osc udp no-such-host.invalid:7001 /x\n"
         "cue go osc udp 127.0.0.1:7001 /here\n")
    stage.up()
    wait_until(lambda: "osc udp 127.0.0.1:7001" not in str(
        stage.call("probe")["result"]["wrong"]), 30, "ears listen")
    stage.open("A")
    wait_until(lambda: ["udp", "/here"] in heard(stage), 30, "it is told")
    wait_until(lambda: len(why(stage)) == 5, 30, lambda: why(stage))
    assert why(stage) == {
        1: "nobody listens there",
        2: "nobody listens there",
        3: 'QLC+ has no function "Green"',
        4: "it answers HTTP 404",
        5: why(stage)[5]}
    assert why(stage)[5].startswith("there is no address of no-such-host")
    log = stage.machine.stagecraft("logs", "show").stdout
    for line in why(stage):
        assert log.count(f'song "A": song.conf:{line}: unable to send') == 1, \
            log
    shown = stage.machine.stagecraft("show", "cues").stdout
    assert "nobody listens there" in shown and "HTTP 404" in shown
    wrong = stage.call("probe")["result"]["wrong"]
    assert 'song "A": song.conf:3: QLC+ has no function "Green"' in wrong
    assert len(wrong) == 4
    # Before doors that is a part of all that is looked at.
    verify = stage.machine.stagecraft("set", "verify")
    assert verify.returncode == 1, verify.stderr
    assert set(wrong) <= set(verify.stdout.splitlines())
    assert stage.machine.stagecraft("show", "probe", "B").returncode == 100

    # The one that comes is told, late as it is.
    late = stage.machine.popen(["sh", "-c", "exec oscdump -L osc.udp://:7998 "
                                ">oscdump.out"], cwd=stage.machine.home)
    dump = pathlib.Path(stage.machine.home, "oscdump.out")
    wait_until(lambda: dump.exists() and "/x" in dump.read_text(), 30,
               "oscdump is told")
    late.kill()
    late.wait()


def why(stage):
    return {cue["line"]: cue["why"]
            for cue in stage.call("cues")["result"]["cues"] if cue["why"]}
