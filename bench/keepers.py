# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who keeps connections, for the bench of the patchbay: ours, aj-snapshot, and
nobody; each on a JACK server of its own, with clients that note when what
happens. It runs nothing itself."""

import contextlib
import os
import subprocess
import time

from peers import machine, show
from harness import wait_until

SERVER = ["jackd", "-r", "-d", "dummy", "-r", "48000", "-p", "256"]
LONGEST_MS = 30_000  # that is waited for
PATCHBAY = "#!/bin/sh\nexec 2>&1\n{0}exec stagecraft-patchbay\n"


class Meter:
    """A jack-meter of tests/tools, which is told what to do."""

    def __init__(self, rig, *first):
        self.running = rig.popen(["jack-meter"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE)
        if first:
            assert self.ask(*first) is not None, first

    def ask(self, *words):
        """Numbers after "ok", or None after "no"."""
        self.running.stdin.write("\t".join(map(str, words)) + "\n")
        self.running.stdin.flush()
        return self._answer([])

    def _answer(self, lines):
        for line in self.running.stdout:
            kind, *rest = line.split()
            if kind in ("ok", "no"):
                return [int(word) for word in rest] if kind == "ok" else None
            lines.append((kind, int(rest[0])))
        raise AssertionError("jack-meter has ended")

    def take(self):
        """{kind: [times]} since the last take, in ns."""
        notes = []
        self.running.stdin.write("take\n")
        self.running.stdin.flush()
        self._answer(notes)
        return {kind: [at for what, at in notes if what == kind]
                for kind in "PpCcNn"}

    def wait(self, kind, count, deadline_ms=None):
        return self.ask("await", kind, count,
                        deadline_ms or LONGEST_MS) is not None

    def end(self):
        self.running.stdin.close()
        self.running.wait()


class Side:
    """A server with one who keeps connections on it, a client that comes and
    goes (starter:out_N), one that stays (sink:in_N), and one who watches."""

    name = "nobody"
    is_watched = False  # also where the watcher would cost something

    def __init__(self, rig):
        self.rig = rig
        self.server = rig.popen(SERVER, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        wait_until(lambda: rig.run(["jack_lsp"]).returncode == 0, 20,
                   "the server is there")
        self.watcher = Meter(rig, "watch", "watcher")
        self.starter = Meter(rig)
        self.sink = Meter(rig)
        self.more = []

    def add(self, *start):
        """One more client that stays."""
        self.more.append(Meter(self.rig, "start", *start))

    def keep(self, text):
        """Has these connections kept: lines of a patch file, bare names."""

    def made(self, count):
        """The time at which nobody's loop begins, when it is that one's."""
        began, _ = self.sink.ask("loop", "starter:out_", "sink:in_", count)
        return began

    def pid(self):
        """Of the program that keeps them, as seen from out here."""
        return None

    def stop(self):
        """Ends the keeper."""

    def end(self):
        self.stop()
        for meter in (*self.more, self.starter, self.sink, self.watcher):
            meter.end()
        self.server.kill(15)
        self.server.wait()
        self.rig.run(["stagecraft-jack", "--clean"], check=True)


class Ours(Side):
    """preload: counts connect requests, see jack-count.c."""

    name = "ours"
    is_up = False
    preload = ""

    def patch(self):
        return self.rig.rig / "patchbay/10-bench.patch"

    def keep(self, text):
        path = self.patch()
        if not self.is_up:
            show.make_rig(self.rig, patchbay={
                "run": PATCHBAY.format(self.preload), "ready": "notify\n"})
            path.parent.mkdir()
        fresh = path.with_name(".new")
        fresh.write_text(text)
        began = time.monotonic_ns()
        os.rename(fresh, path)
        if not self.is_up:
            self.rig.up()
            self.is_up = True
        return began

    def made(self, count):
        return None

    def pid(self):
        return next(p["outer"] for p in self.rig.processes()
                    if p["comm"] == "stagecraft-patc")

    def learned(self):
        """What it has learned: nothing, for no hand was there."""
        path = self.rig.rig / "patchbay/learned.patch"
        return path.read_text() if path.exists() else ""

    def stop(self):
        if self.is_up:
            assert not self.learned(), self.learned()
            assert not show.deaths(self.rig, "patchbay"), "it has died"
            self.rig.down()
            self.is_up = False


class Snapshot(Side):
    """aj-snapshot -d with options, in the way its users run it."""

    name = "aj-snapshot -d"
    options = ()
    running = None
    preload = ()

    def write(self, text):
        """The file, as aj-snapshot would have saved it."""
        clients = {}
        for line in text.splitlines():
            source, target = line.split(" -> ")
            name, port = source.split(":")
            clients.setdefault(name, {}).setdefault(port, []).append(target)
        lines = ['<?xml version="1.0" encoding="utf-8"?>', "<aj-snapshot>",
                 "<jack>"]
        for name, ports in clients.items():
            lines.append(f'  <client name="{name}">')
            for port, targets in ports.items():
                lines += [f'    <port name="{port}">',
                          *[f'      <connection port="{target}" />'
                            for target in targets], "    </port>"]
            lines.append("  </client>")
        path = self.rig.home / "kept.xml"
        path.write_text("\n".join([*lines, "</jack>", "</aj-snapshot>", ""]))
        return path

    def keep(self, text):
        self.stop()
        self.watcher.take()
        self.running = self.rig.popen(
            ["env", *self.preload, "aj-snapshot", "-d", "-j", "-q",
             *self.options, self.write(text)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert self.watcher.wait("N", 1), "aj-snapshot is not there"
        return None

    def made(self, count):
        return None

    def pid(self):
        return next(p["outer"] for p in self.rig.processes()
                    if p["comm"] == "aj-snapshot")

    def stop(self):
        if self.running is not None:
            self.watcher.take()
            for pid in show.program_pids(self.rig, "aj-snapshot"):
                self.rig.kill(pid, 15)
            self.running.wait()
            assert self.watcher.wait("n", 1), "aj-snapshot is still there"
            self.running = None


class QuickSnapshot(Snapshot):
    name = "aj-snapshot -d -p 10"
    options = ("-p", "10")


class Nobody(Side):
    name = "bare loop of jack_connect"


class HeardLoop(Nobody):
    """Nobody, whose server has one more client to tell of connections, as it
    has where somebody keeps them."""

    name = "that loop, and one more listens"

    def keep(self, text):
        if not self.more:
            self.more.append(Meter(self.rig, "watch", "listener"))


class Unused(Side):
    """Nobody, whose client is not connected at all."""

    name = "without a patchbay"

    def made(self, count):
        return None


class Listener(Unused):
    """As Unused, with a client that is told of ports and does nothing."""

    name = "a client that only listens"
    is_watched = True


@contextlib.contextmanager
def sides(*kinds):
    """One side of each kind, on machines of their own."""
    with contextlib.ExitStack() as stack:
        made = []
        for kind in kinds:
            made.append(kind(stack.enter_context(machine())))
        yield made
        for side in made:
            side.end()


def pairs(count, source="starter:out_", target="sink:in_", shift=0):
    """Lines of a patch file, one input for each output."""
    return "".join(f"{source}{i + 1} -> {target}{(i + shift) % count + 1}\n"
                   for i in range(count))
