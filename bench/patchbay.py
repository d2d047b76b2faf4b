#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Patchbay: how soon connections are there, and what that costs, ours beside
aj-snapshot in the same run.

README: `make bench`, or bench/patchbay.py [PART]... (all if none is given):

  restore   A client with 10, 100, 1000 ports appears; from its last port until
            the last connection, as a third client sees it. The floor is a bare
            loop of jack_connect, alone and beside one more client that the
            server tells of connections.
  start     What the client waits while it registers its ports.
  requests  Connect requests that failed or were made twice.
  idle      Wakeups while nothing happens, and private memory.
  replace   100 connections among 100 x 100 ports by 100 others.
  forbid    How long a forbidden connection lives.
  many      A client that appears beside 100 and 10,000 kept connections.

Each has a server of its own; they take turns, at random moments, since
aj-snapshot has a clock. Where it is about restoring, there is one server at a
time.
"""

import os
import random
import statistics
import sys
import time

import keepers
from keepers import (HeardLoop, Listener, Nobody, Ours, QuickSnapshot,
                     Snapshot, Unused, pairs, sides)
from peers import show
from harness import quiet, wait_until

RNG = random.Random(20261128)
MS = 1_000_000  # ns
# Of each number of ports: servers of each, one after the other, which take
# turns; and how often the client appears on one. A thousand take a third longer
# on one server than on the next, all the time that it runs: so many.
ROUNDS = {10: (2, 6), 100: (2, 5), 1000: (8, 3)}
IDLE_S = 20


def told(name, values, unit="ms", beside=None, most=None, what="median"):
    """One line: median and most, the ratio to a peer, and whether that (or,
    without a peer, the number that `what` names) is at most `most`."""
    numbers = {"median": statistics.median(values), "most": max(values),
               "p99": sorted(values)[int(len(values) * 0.99) - 1]}
    line = f"  {name:<36} {numbers['median']:9.2f} {max(values):9.2f} {unit}"
    judged = numbers[what]
    if beside is not None:
        judged = numbers["median"] / statistics.median(beside)
        line += f"  {judged:7.3f} x"
    if most is not None:
        met = "met" if judged <= most else "MISSED"
        line += f"  at most {most:g}: {met}"
    print(line, flush=True)


# A client that comes and goes -----------------------------------------------


def appear(side, count, order="inactive"):
    """Has the client appear: ms from its last port to the last connection, how
    many connections there are, and the client's own times."""
    side.watcher.take()
    times = side.starter.ask("start", "starter", "out", count, order)
    assert times, "the client cannot start"
    began = side.made(count)
    side.watcher.wait("P", count)
    side.watcher.wait("C", count)
    notes = side.watcher.take()
    if began is None:
        began = min(times[3], notes["P"][-1])
    made = len(notes["C"])
    last = notes["C"][-1] if notes["C"] else began + keepers.LONGEST_MS * MS
    return (last - began) / MS, made, times


def disappear(side):
    side.watcher.take()
    assert side.starter.ask("end") is not None
    side.watcher.wait("n", 1)


def prepare(side, count, text=None):
    """Has a client's connections kept, and sees that they are."""
    assert side.sink.ask("start", "sink", "in", count, "inactive")
    side.keep(text or pairs(count))
    appear(side, count)
    wanted = {tuple(line.split(" -> ")) for line in pairs(count).splitlines()}
    there = show.edges(side.rig)
    assert wanted <= there, f"{side.name}: {len(wanted - there)} missing"
    disappear(side)


def withdraw(side):
    """The reverse of prepare."""
    side.watcher.take()
    assert side.sink.ask("end") is not None
    side.watcher.wait("n", 1)


def in_turn(all_sides, rounds, look, has_clock=False):
    """{side: [what look(side) gives]}, the sides taking turns; has_clock: one
    of them looks once a second, so that the moment counts."""
    found = {side: [] for side in all_sides}
    for _ in range(rounds):
        for side in RNG.sample(all_sides, len(all_sides)):
            quiet(RNG.uniform(0.2, 1.2) if has_clock else
                  RNG.uniform(0.1, 0.3))
            found[side].append(look(side))
    return found


def look_restore(count, order):
    def look(side):
        found = appear(side, count, order)[:2]
        disappear(side)
        return found
    return look


RESTORERS = [Ours, Snapshot, QuickSnapshot, Nobody, HeardLoop]
ORDERS = {"inactive": "then is activated", "active": "is active meanwhile"}


def look_alone(kind, count, rounds):
    """{order: what a side of that kind gives}, nobody else being there."""
    with sides(kind) as (side,):
        prepare(side, count)
        found = {order: in_turn([side], rounds, look_restore(count, order),
                                True)[side] for order in ORDERS}
        withdraw(side)
    return found


def restore():
    """One server at a time: where there are few processors, others that run
    beside it cost those most who have two things to do at once."""
    for count, (servers, rounds) in ROUNDS.items():
        found = {order: {kind: [] for kind in RESTORERS} for order in ORDERS}
        for _ in range(servers):
            for kind in RNG.sample(RESTORERS, len(RESTORERS)):
                alone = look_alone(kind, count, rounds)
                for order in ORDERS:
                    found[order][kind] += alone[order]
        for order, words in ORDERS.items():
            print(f" restore: makes {count} ports, {words}")
            show_restore(count, found[order])


def show_restore(count, found):
    times = {kind: [ms for ms, _ in found[kind]] for kind in RESTORERS}
    ours, snapshot, quick, floor, heard = RESTORERS
    peer, most = {10: (snapshot, 0.1), 100: (snapshot, 0.25),
                  1000: (floor, 1.2)}[count]
    told("ours", times[ours], beside=times[peer], most=most)
    if peer is floor:
        told("ours, beside the loop that is heard", times[ours],
             beside=times[heard], most=most)
    for kind in (snapshot, quick, floor, heard):
        told(kind.name, times[kind])
    for kind in RESTORERS:
        made = sum(count for _, count in found[kind])
        wanted = count * len(found[kind])
        if kind is ours or made != wanted:
            print(f"  {kind.name}: {made} of {wanted} restored", flush=True)


# What it costs the client ----------------------------------------------------


def look_start(count, order):
    """ms that the client's ports take, and with its activation, unwatched."""
    def look(side):
        times = side.starter.ask("start", "starter", "out", count, order)
        if not isinstance(side, Unused):
            wait_until(lambda: len(show.edges(side.rig)) >= count, 60,
                       "all is connected")
        assert side.starter.ask("end") is not None
        _, opened, middle, ready = times
        ports = middle - opened if order == "inactive" else ready - middle
        return ports / MS, (ready - opened) / MS
    return look


def start(count=100, rounds=25):
    """The first two are the same: what they differ by is noise. Ratios are to
    both of them together."""
    with sides(Unused, Unused, Listener, Ours, QuickSnapshot) as five:
        for side in five[:3]:
            assert side.sink.ask("start", "sink", "in", count, "inactive")
        for side in five[3:]:
            prepare(side, count)
        unwatched = [side for side in five if not side.is_watched]
        for side in unwatched:
            assert side.watcher.ask("end") is not None
        for order, words in (("inactive", "then is activated"),
                             ("active", "is active meanwhile")):
            print(f" start: makes {count} ports, {words}; the ports, and with "
                  "the activation")
            show_start(five, in_turn(five, rounds, look_start(count, order)))
        for side in unwatched:
            assert side.watcher.ask("watch", "watcher") is not None


def show_start(five, found):
    for what in (0, 1):
        without = [times[what] for side in five[:2] for times in found[side]]
        for side in five:
            most = 1.05 if isinstance(side, Ours) else None
            told(side.name, [times[what] for times in found[side]],
                 beside=without, most=most)
        listener, ours = ([times[what] for times in found[side]]
                          for side in five[2:4])
        told("ours, beside who only listens", ours, beside=listener, most=1.05)


# Connect requests ------------------------------------------------------------


class CountedOurs(Ours):
    preload = ("export LD_PRELOAD={home}/tools/jack-count.so "
               "JACK_COUNT_FILE={home}/requests\n")

    def keep(self, text):
        self.preload = type(self).preload.format(home=self.rig.home)
        return super().keep(text)


class CountedSnapshot(Snapshot):
    def keep(self, text):
        home = self.rig.home
        self.preload = (f"LD_PRELOAD={home}/tools/jack-count.so",
                        f"JACK_COUNT_FILE={home}/requests")
        return super().keep(text)


def requests(count=100, rounds=5):
    with sides(CountedOurs, CountedSnapshot) as both:
        for side in both:
            prepare(side, count)
        for order in ("inactive", "active"):
            for side in both:
                (side.rig.home / "requests").write_text("")
            in_turn(both, rounds, look_restore(count, order), True)
            print(f" requests: {rounds} starts with {count} ports, "
                  f"{order} meanwhile")
            for side in both:
                tell_requests(side, count * rounds)
        for side in both:
            withdraw(side)


def tell_requests(side, needed):
    path = side.rig.home / "requests"
    results = [int(line) for line in path.read_text().split()]
    failed = sum(result != 0 for result in results)
    line = (f"  {side.name:<36} {len(results)} requests for {needed} "
            f"connections, {failed} of them failed or twice")
    if isinstance(side, Ours):
        line += "  at most 0: " + ("met" if failed == 0 and
                                   len(results) == needed else "MISSED")
    print(line, flush=True)


# While nothing happens -------------------------------------------------------


def wakeups(pid):
    """{thread: how often it has gone to wait}"""
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="utf-8") as file:
            for line in file:
                if line.startswith("voluntary_ctxt"):
                    found[task] = int(line.split()[1])
    return found


def private_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
        return sum(int(line.split()[1]) for line in file
                   if line.startswith(("Private_Dirty", "Private_Clean")))


def idle(count=100):
    with sides(Ours, Snapshot, QuickSnapshot) as three:
        for side in three:
            prepare(side, count)
            appear(side, count)
        ours = three[0].pid()
        before = wakeups(ours)
        began = time.monotonic()
        wait_until(lambda: wakeups(ours) != before, 40, "the audit")
        print(f" idle: {count} connections kept; an audit came after "
              f"{time.monotonic() - began:.0f} s; in {IDLE_S} s after it:")
        quiet(2)
        before = {side: wakeups(side.pid()) for side in three}
        quiet(IDLE_S)
        after = {side: wakeups(side.pid()) for side in three}
        for side in three:
            woken = {task: after[side][task] - before[side].get(task, 0)
                     for task in after[side]}
            tell_idle(side, sum(woken.values()))
        for side in three:
            disappear(side)
            withdraw(side)


def tell_idle(side, woken):
    private = private_kb(side.pid()) / 1024
    verdicts = [("met" if woken == 0 else "MISSED"),
                ("met" if private < 4 else "MISSED")]
    if not isinstance(side, Ours):
        verdicts = ["-", "-"]
    print(f"  {side.name:<36} {woken} wakeups (0: {verdicts[0]}), "
          f"{private:.1f} MB private (under 4: {verdicts[1]})", flush=True)


# 100 connections by 100 others ------------------------------------------------


def silence(side, began, count):
    """ms until all has changed, and from the first that went to the last that
    came."""
    assert side.watcher.wait("c", count) and side.watcher.wait("C", count)
    notes = side.watcher.take()
    last = max(notes["C"][-1], notes["c"][-1])
    return (last - began) / MS, (notes["C"][-1] - notes["c"][0]) / MS


def replace_ours(side, count, shift):
    side.watcher.take()
    began = side.keep(pairs(count, shift=shift))
    return silence(side, began, count)


def replace_snapshot(side, count, shift):
    path = side.write(pairs(count, shift=shift))
    side.watcher.take()
    began = time.monotonic_ns()
    side.rig.run(["aj-snapshot", "-x", "-r", "-j", "-q", path], timeout=300)
    return silence(side, began, count)


def replace(count=100, rounds=7, peer_rounds=2):
    with sides(Ours, Snapshot) as (ours, peer):
        for side in (ours, peer):
            assert side.sink.ask("start", "sink", "in", count, "inactive")
            assert side.starter.ask("start", "starter", "out", count,
                                    "inactive")
            side.watcher.take()
        ours.keep(pairs(count))
        assert ours.watcher.wait("C", count)
        peer.sink.ask("loop", "starter:out_", "sink:in_", count)
        own = [replace_ours(ours, count, number % 2 + 1)
               for number in range(rounds)]
        theirs = [replace_snapshot(peer, count, number % 2 + 1)
                  for number in range(peer_rounds)]
        print(f" replace: {count} connections of {count} x {count} ports")
        told("ours", [all_ms for all_ms, _ in own],
             beside=[all_ms for all_ms, _ in theirs])
        told("ours: within 100 ms", [all_ms for all_ms, _ in own], most=100)
        told("ours: first gone to last there", [ms for _, ms in own])
        told("aj-snapshot -x -r", [all_ms for all_ms, _ in theirs])
        told("aj-snapshot: first gone to last", [ms for _, ms in theirs])


# Forbidden connections --------------------------------------------------------


def life(side, source, target):
    side.watcher.take()
    assert side.sink.ask("connect", source, target) is not None
    assert side.watcher.wait("c", 1), f"{source} -> {target} stays"
    notes = side.watcher.take()
    return (notes["c"][0] - notes["C"][0]) / MS


def forbid(count=15, rounds=200):
    """Each connection once, for one that is fought about is left alone."""
    text = "forbid starter:* -> sink:in_*\n"
    edges = [(f"starter:out_{a + 1}", f"sink:in_{b + 1}")
             for a in range(count) for b in range(count)]
    with sides(Ours) as (ours,):
        assert ours.sink.ask("start", "sink", "in", count, "inactive")
        ours.keep(text)
        assert ours.starter.ask("start", "starter", "out", count, "inactive")
        lives = []
        for edge in RNG.sample(edges, rounds):
            quiet(RNG.uniform(0.02, 0.1))
            lives.append(life(ours, *edge))
        print(f" forbid: a hand makes {rounds} forbidden connections; they "
              "live")
        told("ours (p99)", lives, most=20, what="p99")
        print(f"  p99 {sorted(lives)[int(rounds * 0.99) - 1]:.2f} ms")


# Many kept connections --------------------------------------------------------


def mesh(count):
    return "".join(f"many-a:out_{a + 1} -> many-b:in_{b + 1}\n"
                   for a in range(count) for b in range(count))


class Hundred(Ours):
    name = "ours, 100 kept"


class TenThousand(Ours):
    name = "ours, 10,000 kept"


class Waiting(Ours):
    name = "ours, 10,000 wait, 100 kept"


class FullFloor(Nobody):
    name = "bare loop beside 10,000"


def cpu_ms(pid):
    """What a process has computed."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat",
                  encoding="utf-8") as file:
            total += int(file.read().split()[0])
    return total / MS


def look_many(count):
    def look(side):
        pid = side.pid()
        before = cpu_ms(pid) if pid else 0
        ms = appear(side, count)[0]
        used = cpu_ms(pid) - before if pid else 0
        disappear(side)
        return ms, used
    return look


def add_many(side, text):
    side.add("many-a", "out", 100, "inactive")
    side.add("many-b", "in", 100, "inactive")
    side.watcher.take()
    side.keep(text)


def many(count=10, rounds=25):
    few = pairs(100, "many-a:out_", "many-b:in_")
    full = mesh(100)
    own = pairs(count)
    with sides(Hundred, Waiting, TenThousand, FullFloor) as four:
        for side, text, made in zip(
                four, (few, few + full.replace("many-a", "absent"), full,
                       full), (100, 100, 10000, 10000)):
            add_many(side, text + own)
            if isinstance(side, FullFloor):
                for target in range(1, 101):
                    fill(side, target)
            assert side.watcher.wait("C", made, 300_000), side.name
            prepare(side, count, text + own)
        found = in_turn(four, rounds, look_many(count))
        print(f" many: a client with {count} ports appears")
        for side in four:
            told(side.name, [ms for ms, _ in found[side]],
                 beside=[ms for ms, _ in found[four[0]]])
        for side in four[:3]:
            told(f"computing: {side.name}", [ms for _, ms in found[side]],
                 beside=[ms for _, ms in found[four[0]]])
            print(f"  {side.name}: "
                  f"{private_kb(side.pid()) / 1024:.1f} MB private")
        for side in four:
            withdraw(side)


def fill(side, target):
    """All of many-a to one input of many-b."""
    for source in range(1, 101):
        assert side.more[0].ask("connect", f"many-a:out_{source}",
                                f"many-b:in_{target}") is not None


PARTS = {"restore": restore, "start": start, "requests": requests,
         "idle": idle, "replace": replace, "forbid": forbid, "many": many}


def main():
    chosen = sys.argv[1:] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"patchbay: no such part: {' '.join(unknown)}; there are "
                 f"{' '.join(PARTS)}")
    print("patchbay: median, most, ratio; load of the machine now: "
          f"{os.getloadavg()[0]:.1f}", flush=True)
    for name in chosen:
        PARTS[name]()


if __name__ == "__main__":
    main()
