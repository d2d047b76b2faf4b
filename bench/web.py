#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page's server: how soon pages hear of a change, beside who asks the daemon
itself; and whether many pages, requests and logs disturb the sound.

README: `make bench`, or bench/web.py [PART]... (all if none is given):

  delay   From a change until it was heard: by a subscriber of the daemon, and by
          20 pages.
  paint   How soon a slow phone (a processor of a quarter of the speed, by
          Chromium's own throttle) shows something, and the song; its cache empty.
  back    How long a page is without connection when its server is killed.
  load    Xruns and processor load of the JACK server, without and with 500 pages
          and as many requests a second as two clients can make, in turns.
  logs    The same beside services that write without pause, without and with 20
          pages that follow their logs, of which a quarter never reads; and
          whether the services, or who asks the watcher, have to wait for these.
"""

import select
import socket
import statistics
import sys
import threading
import time

from peers import machine
from harness import browser, quiet, show, web

PAGES = 20
CROWD = 500
TRIALS = 40
ROUND_S = 10
DELAY_MS = 50  # at most, median
PAINT_MS = 1000  # at most, median
PAINTS = 9
SLOWER = 4  # a phone's processor
BACK_MS = 2000  # at most
KILLS = 4  # a fifth would be a crash storm, and it held back
CONF = "web.connections 1000\n"
FLOODS = 4
DEAF = PAGES // 4  # of the pages do not read
WAIT_PART = 0.05  # by which a flood may differ, by chance
QUEUES_MB = 2 * 4 * DEAF  # at most: each has 4 MB, and what is being sent
# Long lines, a thousand a second; how many it has written is in a file.
FLOOD = """#!/usr/bin/python3
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
count = os.open(f"/tmp/{os.path.basename(os.getcwd())}",
                os.O_WRONLY | os.O_CREAT)
number = 0
while True:
    signal.sigwait([signal.SIGALRM])
    for _ in range(50):
        number += 1
        print(number, "x" * 900)
    sys.stdout.flush()
    os.pwrite(count, str(number).encode(), 0)
"""


class Heard:
    """A stream of lines, and when those with a word in them came."""

    def __init__(self, talk, word):
        self.talk = talk
        self.word = word.encode()
        self.rest = b""

    def take(self):
        """True when such a line is among what has come."""
        got = self.talk.recv(1 << 20)
        assert got, "a stream has ended"
        *lines, self.rest = (self.rest + got).split(b"\n")
        return any(self.word in line for line in lines)


def subscribe(page, area, word):
    path = page.machine.outside(page.machine.run_dir / f"{area}.sock")
    talk = socket.socket(socket.AF_UNIX)
    talk.connect(str(path))
    talk.sendall(b'{"jsonrpc":"2.0","id":1,"method":"subscribe"}\n')
    return Heard(talk, word)


def listen(page, token, word):
    talk = page.reach()
    talk.sendall(f"GET /api/events HTTP/1.1\r\nHost: localhost:{page.port}\r\n"
                 f"Authorization: Bearer {token}\r\n\r\n".encode())
    return Heard(talk, word)


def when_heard(streams, ask):
    """[ns from now until each has heard], in their order."""
    began = time.monotonic_ns()
    ask()
    times = {}
    while len(times) < len(streams):
        ready = select.select([each.talk for each in streams], [], [], 30)[0]
        assert ready, "a change is not heard"
        now = time.monotonic_ns()
        for number, each in enumerate(streams):
            if each.talk in ready and each.take():
                times.setdefault(number, now - began)
    return [times[number] for number in range(len(streams))]


def drain(streams):
    while True:
        ready = select.select([each.talk for each in streams], [], [], 0.3)[0]
        if not ready:
            return
        for each in streams:
            if each.talk in ready:
                each.take()


def delay(page):
    token, _ = page.pair("viewer")
    streams = [subscribe(page, "web", '"topic":"devices"')]
    streams += [listen(page, token, '"topic":"devices"') for _ in range(PAGES)]
    drain(streams)
    direct, pages, behind = [], [], []
    for _ in range(TRIALS):
        drain(streams)
        first, *others = when_heard(
            streams, lambda: page.call("web", "pair", role="viewer"))
        direct.append(first)
        pages += others
        behind += [other - first for other in others]
    ms = [ns / 1e6 for ns in pages]
    median = statistics.median(ms)
    print(f" delay: {PAGES} pages, {TRIALS} changes")
    print(f"  the daemon's own subscriber  {statistics.median(direct) / 1e6:8.2f}"
          f" {max(direct) / 1e6:8.2f} ms")
    print(f"  pages                        {median:8.2f} {max(ms):8.2f} ms  at "
          f"most {DELAY_MS}: {'met' if median <= DELAY_MS else 'MISSED'}")
    print(f"  behind that                  "
          f"{statistics.median(behind) / 1e6:8.2f} {max(behind) / 1e6:8.2f} ms",
          flush=True)
    for each in streams:
        each.talk.close()


# When the keys of a show are first there, in ms since it was asked for.
SEEN = """new MutationObserver((_, self) => {
    if (document.querySelector('.keys .go')) {
        self.disconnect();
        requestAnimationFrame(() => { window.seenMs = performance.now(); });
    }
}).observe(document, {childList: true, subtree: true});"""
FIRST = ("performance.getEntriesByName('first-contentful-paint')[0]"
         "?.startTime")


def one_paint(page, chromium):
    tab = chromium.tab()
    tab.size(390, 844)
    url = f"http://localhost:{page.port}/"
    tab.open(f"{url}#pair={page.code('performer')}")
    tab.until("!!document.querySelector('.keys .go')", "it is paired")
    tab.call("Network.enable")
    tab.call("Network.setCacheDisabled", cacheDisabled=True)
    tab.lend(SEEN)
    tab.call("Emulation.setCPUThrottlingRate", rate=SLOWER)
    tab.reload()
    tab.until("!!window.seenMs", "the song is seen")
    first = tab.until(FIRST, "it was painted")
    seen = tab.eval("window.seenMs")
    tab.close()
    return first, seen


def paint(page):
    chromium = browser.Browser(page.machine)
    one_paint(page, chromium)  # the browser has just been started
    paints = [one_paint(page, chromium) for _ in range(PAINTS)]
    chromium.end()
    print(f" paint: a phone {SLOWER} times slower, {PAINTS} loads; of the "
          f"{PAINT_MS} ms that it may take")
    for what, times in zip(("first paint", "the song"), zip(*paints)):
        median = statistics.median(times)
        print(f"  {what:<12} {median / PAINT_MS:6.2f} (worst "
              f"{max(times) / PAINT_MS:.2f}): "
              f"{'met' if median <= PAINT_MS else 'MISSED'}", flush=True)


# For how long it has said that it is not connected, in ms, each time.
AWAY = """window.away = []; let since = 0;
new MutationObserver(() => {
    if (document.querySelector('#offline').hidden) {
        window.away.push(performance.now() - since);
    } else {
        since = performance.now();
    }
}).observe(document.querySelector('#offline'), {attributes: true}); true"""


def back(page):
    chromium = browser.Browser(page.machine)
    tab = chromium.tab()
    tab.open(f"http://localhost:{page.port}/#pair={page.code('viewer')}")
    tab.until("document.querySelector('#lamp').textContent !== "
              "'Not connected' && !!document.querySelector('.song')")
    tab.eval(AWAY)
    for number in range(KILLS):
        page.machine.kill(show.service(page.machine, "web")["pid"])
        tab.until(f"window.away.length > {number}", "it is back")
        show.await_state(page.machine, "web", "ready", 60)
    times = tab.eval("window.away")
    chromium.end()
    print(f" back: {KILLS} kills of the page's server; of the {BACK_MS} ms that "
          "it may take")
    print(f"  median {statistics.median(times) / BACK_MS:.2f}, worst "
          f"{max(times) / BACK_MS:.2f}: "
          f"{'met' if max(times) <= BACK_MS else 'MISSED'}", flush=True)


class Asking(threading.Thread):
    """Asks as fast as it is answered, over one connection."""

    def __init__(self, page, token):
        super().__init__(daemon=True)
        self.talk = page.reach()
        self.question = (
            f"GET /api/me HTTP/1.1\r\nHost: localhost:{page.port}\r\n"
            f"Authorization: Bearer {token}\r\n\r\n").encode() * 20
        self.count = 0
        self.is_over = False

    def run(self):
        got = b""
        while not self.is_over:
            self.talk.sendall(self.question)
            left = 20
            while left > 0:
                got += self.talk.recv(1 << 16)
                here = got.count(b"HTTP/1.1 200")
                left -= here
                got = got[got.rfind(b"HTTP/1.1 200") + 12:] if here else got
            self.count += 20
        self.talk.close()


def sound(page):
    state = page.call("jack", "state")["result"]["state"]
    return state["xruns"], state["load_percent"]


def hear_sound(page, meanwhile=lambda: None):
    """For the time of a round: (xruns, the median of the load in percent)."""
    before, _ = sound(page)
    loads = []
    end = time.monotonic() + ROUND_S
    while time.monotonic() < end:
        quiet(0.5)
        loads.append(sound(page)[1])
        meanwhile()
    return sound(page)[0] - before, statistics.median(loads)


def one_round(page, token, is_crowded):
    crowd = []
    asking = []
    if is_crowded:
        crowd = [listen(page, token, "no such word") for _ in range(CROWD)]
        asking = [Asking(page, token) for _ in range(2)]
        for each in asking:
            each.start()
    xruns, percent = hear_sound(page)
    for each in asking:
        each.is_over = True
        each.join()
    for each in crowd:
        each.talk.close()
    return (xruns, percent,
            sum(each.count for each in asking) / ROUND_S)


def load(page):
    token, _ = page.pair("viewer")
    found = {False: [], True: []}
    for _ in range(3):
        for is_crowded in (False, True):
            found[is_crowded].append(one_round(page, token, is_crowded))
    print(f" load: {CROWD} pages and two that ask, {ROUND_S} s each, in turns")
    for is_crowded, name in ((False, "nobody"), (True, "with them")):
        rounds = found[is_crowded]
        print(f"  {name:<10} xruns {[each[0] for each in rounds]}  load "
              f"{[round(each[1], 1) for each in rounds]} %  requests a second "
              f"{[round(each[2]) for each in rounds]}", flush=True)


class Reading(threading.Thread):
    """Reads what comes to pages, and forgets it."""

    def __init__(self, streams):
        super().__init__(daemon=True)
        self.talks = [each.talk for each in streams]
        self.bytes = 0
        self.is_over = False

    def run(self):
        while not self.is_over:
            for talk in select.select(self.talks, [], [], 0.2)[0]:
                self.bytes += len(talk.recv(1 << 20))


def written(page):
    """How many lines all floods have written."""
    paths = [page.machine.outside(f"/tmp/flood-{number}")
             for number in range(FLOODS)]
    return sum(int(path.read_text() or 0) for path in paths if path.exists())


def memory_mb(page):
    return show.service(page.machine, "web")["memory_bytes"] / (1 << 20)


def follow_round(page, token, is_followed):
    streams, reading = [], None
    if is_followed:
        streams = [listen(page, token, "no such word") for _ in range(PAGES)]
        reading = Reading(streams[DEAF:])
        reading.start()
    answers = []

    def ask():
        began = time.monotonic()
        page.call("rig", "state")
        answers.append((time.monotonic() - began) * 1000)
        for number in range(FLOODS if is_followed else 0):
            page.ask("POST", "/api/rig/log",
                     {"name": f"flood-{number}", "lines": 0}, token=token)

    before, began = written(page), time.monotonic()
    xruns, percent = hear_sound(page, ask)
    lines = (written(page) - before) / (time.monotonic() - began)
    memory = memory_mb(page)
    if reading:
        reading.is_over = True
        reading.join()
    for each in streams:
        each.talk.close()
    return (xruns, percent, lines, statistics.median(answers), memory,
            reading.bytes / ROUND_S / 1e6 if reading else 0)


def logs(page):
    for number in range(FLOODS):
        show.put(page.machine, f"flood-{number}", FLOOD)
        show.await_state(page.machine, f"flood-{number}", "ready", 60)
    token, _ = page.pair("viewer")
    before = memory_mb(page)
    found = {False: [], True: []}
    for _ in range(3):
        for is_followed in (False, True):
            found[is_followed].append(follow_round(page, token, is_followed))
    print(f" logs: {FLOODS} services that write, {PAGES} pages that follow all, "
          f"{DEAF} of which do not read; {ROUND_S} s each, in turns")
    for is_followed, name in ((False, "nobody"), (True, "with them")):
        columns = list(zip(*found[is_followed]))
        print(f"  {name:<10} xruns {list(columns[0])}  load "
              f"{[round(each, 1) for each in columns[1]]} %  lines a second "
              f"{[round(each) for each in columns[2]]}  the watcher answers in "
              f"{[round(each, 1) for each in columns[3]]} ms  heard "
              f"{[round(each, 1) for each in columns[5]]} MB/s")
    alone, followed = (statistics.median(each[2] for each in found[is_so])
                       for is_so in (False, True))
    more = max(each[4] for each in found[True]) - before
    print(f"  lines a second, followed to alone: {followed / alone:.3f}: "
          f"{'met' if followed / alone > 1 - WAIT_PART else 'MISSED'}; the "
          f"page's server has {more:.1f} MB more, of at most {QUEUES_MB}: "
          f"{'met' if more < QUEUES_MB else 'MISSED'}", flush=True)
    for number in range(FLOODS):
        page.machine.stagecraft("disable", f"flood-{number}", check=True)


def main():
    parts = {"delay": delay, "paint": paint, "back": back, "load": load,
             "logs": logs}
    wanted = sys.argv[1:] or list(parts)
    if not set(wanted) <= set(parts):
        print(__doc__, file=sys.stderr)
        return 100
    with machine() as one:
        one.up("--demo")
        (one.rig / "rig.conf").write_text(CONF)
        one.stagecraft("restart", "web", check=True)
        page = web.Page(one)
        for name in wanted:
            parts[name](page)
        page.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
