# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A rack without a supervisor, which may be killed as often as one likes, and a
JACK server of the same kind."""

import json
import socket
import struct
import subprocess
import threading

from . import racks, show
from .waiting import wait_until

WITNESS = "ddqqq"  # as in tests/plugins/witness.lv2


def look(witness):
    """What the plug-in "witness" wrote down last in that file."""
    names = ("level", "sum", "began_ns", "runs", "instances")
    size = struct.calcsize(WITNESS)
    data = witness.read_bytes() if witness.exists() else b""
    return dict(zip(names, struct.unpack(
        WITNESS, data if len(data) == size else bytes(size))))


class Server:
    """jackd on the dummy driver."""

    def __init__(self, machine, options=()):
        self.machine = machine
        self.lock = threading.Lock()
        self.start(options=options)

    def start(self, rate=48000, period=256, options=()):
        self.wanted = (rate, period, options)
        self.running = self.machine.popen(
            ["jackd", "-r", *options, "-d", "dummy", "-r", str(rate),
             "-p", str(period)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def keep(self):
        """Starts it again when it has ended by itself: jackd does now and then,
        when the one before it was killed."""
        with self.lock:
            if self.running.poll() is not None:
                self.start(*self.wanted)

    def end(self, signum):
        self.running.kill(signum)
        self.running.wait(30)


class Rack:
    """stagecraft-rack on a directory of its own, with the plug-in "witness"."""

    def __init__(self, machine, rack=""):
        self.machine = machine
        self.place = machine.home / "alone"
        self.directory = self.place / "services/fx"
        self.directory.mkdir(parents=True)
        (self.place / "run").mkdir()
        self.witness = self.place / "witness"
        show.write(self.directory / "rack", rack)
        show.write(self.directory / "10-it.slot", racks.slot("witness"))
        self.running = None
        self.talk = None
        self.log = open(self.place / "log", "w", encoding="utf-8")

    def command(self):
        """The words that start it."""
        return ["env", f"STAGECRAFT_RIG={self.place}",
                f"STAGECRAFT_RUN={self.place}/run",
                f"STAGE_WITNESS={self.witness}",
                f"LV2_PATH={self.machine.home}/lv2",
                self.machine.prefix / "bin/stagecraft-rack", self.directory]

    def start(self, plays=True):
        """Starts it; plays: it is called by the server then."""
        self.running = self.machine.popen(
            self.command(), stdout=self.log, stderr=self.log)
        runs = self.seen()["runs"]
        self.talk = wait_until(self._connect, 60, "the rack's socket")
        if not plays:
            return
        wait_until(lambda: self.ask("list")["cycles"] > 0
                   and self.seen()["runs"] > runs, 90,
                   lambda: f"the rack plays: {self.ask('list')}")

    def _connect(self):
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            talk.connect(str(self.place / "run/rack-fx.sock"))
        except OSError:
            talk.close()
            return None
        return talk.makefile("rw", encoding="utf-8")

    def ask(self, method, **params):
        """What a verb answers; OSError or ValueError when it is killed."""
        self.talk.write(json.dumps({"jsonrpc": "2.0", "id": 1,
                                    "method": method, "params": params}) + "\n")
        self.talk.flush()
        answer = json.loads(self.talk.readline())
        assert "error" not in answer, answer
        return answer.get("result")

    def set(self, symbol, value):
        self.ask("set", slot="it", symbol=symbol, value=value)

    def value(self, symbol):
        return {each["symbol"]: each["value"] for each in
                self.ask("get", slot="it")["values"]}[symbol]

    def seen(self):
        """What the plug-in wrote down last."""
        return look(self.witness)

    def await_runs(self, count, server):
        """Waits until it has played so many cycles more."""
        runs = self.seen()["runs"]
        wait_until(lambda: server.keep() or self.seen()["runs"] >= runs + count,
                   60,
                   lambda: f"{count} cycles more than {runs}: {self.seen()}")

    def await_still(self, server):
        """Waits until the sum stays as it is: values move by and by."""

        def is_still():
            before = self.seen()["sum"]
            self.await_runs(3, server)
            return self.seen()["sum"] == before

        wait_until(is_still, 60, lambda: f"the sum stays: {self.seen()}")

    def said(self):
        """All that it logged."""
        return (self.place / "log").read_text(encoding="utf-8")

    def kill(self, signum=9):
        self.running.kill(signum)
        self.running.wait(30)

    def end(self):
        if self.running is not None:
            self.kill()
        self.log.close()
