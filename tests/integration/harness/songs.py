# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients of an NSM server that do what a test wants, also what they should
not; and songs with them."""

import contextlib
import json
import shlex
import signal
import socket

from . import osc, show
from .waiting import wait_until

SHOW = {"run": "#!/bin/sh\nexec 2>&1\nexec stagecraft-show\n",
        "ready": "notify\n"}

# What it is to be comes as NAME=VALUE:
#   caps=:switch:        capabilities that it announces
#   exe=NAME             what it says it is
#   mute=1               says nothing at all
#   gate=1               says nothing before somebody opens HOME/gate
#   save=hang|fail|late|die  late: only after the next message
#   open=hang|fail|late|die|twice
#   loaded=die           at session_is_loaded
#   term=ignore
#   fork=1               a child speaks, and says its own number; fork=daemon:
#                        in a session of its own, when its parent has ended;
#                        fork=lingers: at once, and the parent ends when somebody
#                        opens HOME/NAME
#   jack=1               a client of JACK with out_1, under its id; jack=2: which
#                        connects itself to system:playback_2
#   as=NAME              that client asks JACK for this name instead
#   level=VALUE          what that port plays
# It keeps one text; "/content s" sets it, and save writes it to its project's
# path with ".txt". "/storm i" has it say as many things of itself, the last of
# them the label "calm". What happens is told in HOME/events, a line of JSON each.
CLIENT = osc.CODEC + r"""
import os, signal, subprocess

home, name = sys.argv[1:3]
wanted = dict(word.split("=", 1) for word in sys.argv[3:])
if wanted.get("term") == "ignore":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "fork" in wanted:
    end, held = os.pipe()  # by the parent alone, as long as it lives
    if os.fork():
        if wanted["fork"] == "lingers":
            open(home + "/" + name).close()
        elif wanted["fork"] != "daemon":
            os.wait()
        os._exit(0)
    os.close(held)
    if wanted["fork"] in ("daemon", "lingers"):
        os.setsid()
    if wanted["fork"] == "daemon":
        os.read(end, 1)

def tell(what, *more):
    line = json.dumps([name, os.getpid(), what, *more]) + "\n"
    fd = os.open(home + "/events", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, line.encode())
    os.close(fd)

tell("starts", os.environ["NSM_URL"])
print("hello from", name, flush=True)
if "mute" in wanted:
    signal.pause()
host, port = os.environ["NSM_URL"].removeprefix("osc.udp://").rstrip("/").split(":")
server = (host, int(port))
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("127.0.0.1", 0))

def say(*message):
    peer.sendto(pack(*message), server)

def enter_jack(name, connects):
    puppet = subprocess.Popen(["jack-puppet"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, bufsize=1)
    lines = [["enter", name], ["ports", "out", "1"],
             ["level", wanted.get("level", "0")], ["activate"]]
    if connects:
        lines.append(["connect", name + ":out_1", "system:playback_2"])
    for line in lines:
        puppet.stdin.write("\t".join(line) + "\n")
        tell("jack", puppet.stdout.readline().strip(), *line)
    return puppet

def crash():
    os.kill(os.getpid(), signal.SIGSEGV)

def storm(count):
    for number in range(count):
        say("/nsm/client/is_dirty")
        say("/nsm/client/label", "wind %d" % number)
        say("/nsm/client/progress", number % 100 / 100)
        say("/nsm/client/message", 2, "gust %d" % number)
        say("/nsm/client/is_clean")
        if number % 20 == 0:  # no faster than it reads: all of them arrive
            say("/osc/ping")
            while unpack(peer.recv(65536))[0] != "/reply":
                pass
    say("/nsm/client/label", "calm")

def save():
    try:
        with open(path + ".txt", "w") as file:
            file.write(content)
    except OSError as error:
        return ("/error", address, -1, error.strerror)
    return ("/reply", address, "saved")

if "gate" in wanted:
    open(home + "/gate").close()
say("/nsm/server/announce", name, wanted.get("caps", "::"),
    wanted.get("exe", name), 1, 0, os.getpid())
path, content, owed = "", "", []
while True:
    address, *args = unpack(peer.recv(65536))
    tell(address, *args)
    for message in owed:
        say(*message)
    owed = []
    if address == "/nsm/client/open":
        path, content = args[0], ""
        if os.path.exists(path + ".txt"):
            with open(path + ".txt") as file:
                content = file.read()
        tell("holds", content)
        if "jack" in wanted:
            puppet = enter_jack(wanted.get("as", args[2]),
                                wanted["jack"] == "2")
        if wanted.get("open") == "fail":
            say("/error", address, -1, "no such thing")
        elif wanted.get("open") == "late":
            owed = [("/reply", address, "open")]
        elif wanted.get("open") == "die":
            crash()
        elif wanted.get("open") != "hang":
            for _ in range(2 if wanted.get("open") == "twice" else 1):
                say("/reply", address, "open")
    elif address == "/content":
        content = args[0]
    elif address == "/nsm/client/save":
        if wanted.get("save") == "fail":
            say("/error", address, -1, "no room")
        elif wanted.get("save") == "late":
            owed = [("/reply", address, "saved")]
        elif wanted.get("save") == "die":
            crash()
        elif wanted.get("save") != "hang":
            say(*save())
    elif address == "/storm":
        storm(args[0])
    elif address == "/die" or (wanted.get("loaded") == "die" and
                               address == "/nsm/client/session_is_loaded"):
        crash()
"""


class Stage:
    """A machine with programs that songs can have, and a show manager.

    programs: {name: its words}, see CLIENT."""

    def __init__(self, machine, programs, **services):
        self.machine = machine
        self.programs = machine.home / "programs"
        self.programs.mkdir()
        (machine.home / "client.py").write_text(CLIENT)
        for name, words in programs.items():
            self.add_program(name, words)
        machine.set_env(PATH=f"{self.programs}:{machine.env['PATH']}")
        show.make_rig(machine, show=SHOW, **services)
        self.songs = machine.rig / "songs"
        self.control = None

    def add_program(self, name, words=""):
        path = self.programs / name
        home = self.machine.home
        path.write_text(
            "#!/bin/sh\nexec /usr/bin/python3 "
            f"{shlex.quote(str(home / 'client.py'))} {shlex.quote(str(home))} "
            f"{name} {words}\n")
        path.chmod(0o755)

    def song(self, name, *clients):
        """Writes a song; clients: "PROGRAM ID"."""
        self.songs.joinpath(name).mkdir(parents=True)
        lines = (client.split() for client in clients)
        self.songs.joinpath(name, "session.nsm").write_text(
            "".join(f"{program}:{program}:{ident}\n"
                    for program, ident in lines))

    def up(self):
        self.machine.up()
        show.await_state(self.machine, "show", "ready", 30)
        self.control = osc.Peer(self.machine, self.port())

    def end(self):
        if self.control is not None:
            self.control.end()

    @staticmethod
    def reach(path):
        """A connection to a socket; None while nobody listens there."""
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        talk.settimeout(90)
        try:
            talk.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            talk.close()
            return None
        return talk

    def call(self, method, daemon="show", **params):
        """A verb of the show manager's socket, or of another daemon's; gives the
        whole answer."""
        path = self.machine.outside(self.machine.run_dir / f"{daemon}.sock")
        question = {"jsonrpc": "2.0", "id": 1, "method": method,
                    "params": params}
        with wait_until(lambda: self.reach(path), 30, "it listens") as talk:
            talk.sendall(json.dumps(question).encode() + b"\n")
            with talk.makefile() as lines:
                return json.loads(lines.readline())

    def state(self):
        return self.call("state")["result"]["state"]

    def port(self):
        return int(self.state()["nsm_url"].rstrip("/").rpartition(":")[2])

    def clients(self):
        """{id: client} of the song that plays."""
        song = self.state()["song"]
        return {client["id"]: client for client in song["clients"]} \
            if song else {}

    def playing(self):
        song = self.state()["song"]
        return song and song["name"]

    def open(self, name):
        answer = self.call("open", song=name)
        assert "result" in answer, answer
        assert self.playing() == name

    def events(self, what=None):
        """[[program, pid, what, ...]], all or one kind of them."""
        path = self.machine.home / "events"
        lines = path.read_text().splitlines() if path.exists() else []
        found = [json.loads(line) for line in lines]
        return [event for event in found if what in (None, event[2])]

    def forget(self):
        """The events so far."""
        (self.machine.home / "events").write_text("")

    def await_event(self, what, count=1, deadline=30):
        wait_until(lambda: len(self.events(what)) >= count, deadline,
                   lambda: f"{what} {count} times: {self.events()}")
        return self.events(what)

    def pids(self):
        """Numbers, as the machine has them, of all clients that run."""
        found = []
        for process in self.machine.processes():
            if any(word.endswith("client.py") for word in process["cmdline"]):
                with contextlib.suppress(ProcessLookupError):  # it has ended
                    found.append(process["outer"])
        return sorted(found)

    def settle(self):
        """Nothing plays, nothing runs, and nothing of before is remembered."""
        self.call("close")
        wait_until(lambda: not self.pids(), 30, "all have ended")
        self.call("mode", mode="show")
        self.call("set-use", set="")
        self.forget()

    def states(self):
        return {ident: client["state"]
                for ident, client in self.clients().items()}

    def await_states(self, **wanted):
        wait_until(lambda: self.states() == wanted, 30,
                   lambda: f"{wanted}: {self.clients()}")

    def manager(self):
        """The number of the show manager itself, not of who supervises it."""
        pid, = show.program_pids(self.machine, "stagecraft-show")
        return pid

    def crash(self, meanwhile=lambda: None):
        """The show manager is killed. meanwhile: what happens before there is
        another one."""
        service = show.service(self.machine, "show")["pid"]
        pid = self.manager()
        self.machine.kill(pid, signal.SIGSTOP)
        meanwhile()
        self.machine.kill(pid)
        self.await_another(service)

    def await_another(self, pid):
        """Waits for another show manager than the one that its service had with
        that process, and starts it where somebody has stopped it, or it is held
        for having ended so often."""
        def is_back():
            now = show.service(self.machine, "show")
            if not now["pid"]:
                self.machine.stagecraft("start", "show")
            return now["ready"] and now["pid"] not in (0, pid)

        wait_until(is_back, 30, lambda: "it is there again: "
                   f"{show.service(self.machine, 'show')}")
