# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a MIDI bridge must at least do, measured of any bridge: the tests hold
ours to it, bench/midi.py prints it beside its peers.

Notes go between "key", a client of the ALSA sequencer, and two clients of
JACK, "ear" hears and "mouth" speaks: one that did both would stand in a circle
with the bridge, where JACK is a period late. All know to the microsecond when
they sent and heard what. Dumps, replugging and held notes have USB keyboards.
"""

import re
import statistics

from midi_stage import NAME, PORTS, RIG, RUN, TOOLS, Stage

RATE = 48000
SETTLE_S = 8  # for JACK's own loop, which is off at first
US = 1e6
DUMP = 65536
PARAMETERS = "/sys/module/snd_seq_midi/parameters"
KERNEL_BUFFER = 262144  # as packaging/modprobe has it
IDLE_PORTS = 64  # of "key"
KEY = "key", "port 0"  # client and port in the sequencer
DEVICE = NAME, f"{NAME} MIDI 1"


def note(number):
    """As the tools play it, see tests/tools/midi-notes.h."""
    return f"90 {number // 127 % 128:02x} {1 + number % 127:02x}"


def dump(size):
    return bytes([0xf0, *(i * 7 % 128 for i in range(1, size - 1)), 0xf7])


def sum_of(part):
    """As jack-midi counts it."""
    total = 0
    for byte in part:
        total = (total * 31 + byte) % 2**32
    return total


class Delays:
    """How many frames notes took: of all that arrived."""

    def __init__(self, sent, heard):
        at = {}
        for when, what in heard:
            at.setdefault(what, when)
        self.lost = sum(what not in at for _, what in sent)
        self.frames = [(at[what] - when) * RATE / US for when, what in sent
                       if what in at]

    @property
    def least(self):
        return min(self.frames, default=float("nan"))

    @property
    def most(self):
        return max(self.frames, default=float("nan"))

    @property
    def deviation(self):
        return statistics.pstdev(self.frames) if self.frames else float("nan")

    def __str__(self):
        return (f"{self.least:.0f}..{self.most:.0f} (sd {self.deviation:.1f})"
                + (f", {self.lost} lost" if self.lost else ""))


class Floor(Stage):
    """Stage of one bridge, with "key", "mouth", and "load", a client of JACK
    that computes or holds it up. server: what jackd plays on."""

    server = "-d dummy"

    def __init__(self, vm, period=256):
        super().__init__(vm, period)
        self.key = self.load = self.mouth = None
        for direction in ("input", "output"):
            vm.modprobe("snd-seq-midi")
            vm.write(f"{PARAMETERS}/{direction}_buffer_size",
                     str(KERNEL_BUFFER))
        vm.run("cd /tmp && rm -f key load mouth && mkfifo key load mouth")

    # What is there ------------------------------------------------------

    def start_jackd(self):
        self.jackd = self.vm.start(f"exec jackd -p {PORTS} {self.server} "
                                   f"-r {RATE} -p {self.period}")
        self.vm.await_success("jack_wait -w -t 30")

    def start_all(self, **env):
        """All of it; variables are for the bridge."""
        self.start_key()
        self.start_jackd()
        self.start_client()
        self.say("show us")
        self.load = self.start_tool("load")
        self.mouth = self.start_tool("mouth")
        self.tell("mouth", "show us")
        self.start_bridge(**env)
        return self

    def start_key(self, ports=1):
        self.key = self.vm.start([f"{TOOLS}/seq-midi", KEY[0], "/tmp/key",
                                  str(ports)])
        self.key.await_output("^ready")

    def start_tool(self, name):
        """Another client of JACK; it obeys /tmp/NAME."""
        tool = self.vm.start([f"{TOOLS}/jack-midi", name, f"/tmp/{name}"])
        tool.await_output("^ready")
        return tool

    def start_bridge(self, **env):
        words = [f"{name}={value}" for name, value in env.items()]
        self.bridge = self.vm.start(
            ["env", f"STAGECRAFT_RIG={RIG}", f"STAGECRAFT_RUN={RUN}", *words,
             "stagecraft-midi"])
        self.bridge.await_output("ports in JACK")

    def tell(self, pipe, line):
        self.vm.run(["sh", "-c", f'printf "%s\\n" "$1" > /tmp/{pipe}', "-",
                     line])

    # Ports --------------------------------------------------------------

    def port(self, names, direction):
        """The JACK port of a port in the sequencer."""
        return f"a2j:{names[0]} ({direction}): {names[1]}"

    def await_way(self, names, direction):
        """Until a way that was connected is open."""
        self.vm.call("midi.await_device", RUN, self.port(names, direction))

    def is_there(self, name):
        return self.vm.run(["sh", "-c", 'jack_lsp | grep -qxF "$1"', "-",
                            name], check=False).returncode == 0

    def patch(self, names, directions=("capture", "playback")):
        """Connects them with "ear" and "mouth", and waits until notes go."""
        for direction in directions:
            self.await_port(self.port(names, direction))
            ends = [self.port(names, direction), "ear:in"]
            if direction == "playback":
                ends = ["mouth:out", ends[0]]
            self.vm.run(["jack_connect", *ends])
            self.await_way(names, direction)

    # Notes --------------------------------------------------------------

    @staticmethod
    def split(text):
        """What a tool has sent, and what it has heard: [(us, bytes)]."""
        lines = re.findall(r"^(out )?(\d+) (.*)\n", text, re.M)
        return [[(int(when), what) for out, when, what in lines
                 if bool(out) == is_out] for is_out in (True, False)]

    def since(self, program, before):
        """What a tool has sent and heard since its output was `before` long."""
        return self.split(program.output()[before:])

    def marks(self):
        return [len(tool.output())
                for tool in (self.client, self.key, self.mouth)]

    def taken(self, marks):
        """(sent, heard) of notes to JACK, and of those from it."""
        ear = self.since(self.client, marks[0])
        key = self.since(self.key, marks[1])
        mouth = self.since(self.mouth, marks[2])
        return (key[0], ear[1]), (mouth[0], key[1])

    def play_both(self, count, gap_us, seconds):
        """Plays notes in both directions at once. Their gaps are such that they
        fall everywhere in a cycle."""
        self.tell("mouth", f"notes {count} {gap_us * RATE // 1000000}")
        self.tell("key", f"notes {count} {gap_us}")
        self.vm.let_pass(seconds)

    # Rows ---------------------------------------------------------------

    def settle(self):
        """So that all has been used once, and JACK's clock is steady."""
        self.play_both(20, 11003, SETTLE_S)

    def jitter(self, count=500, burn=0):
        """Delays to JACK, and from it."""
        self.tell("load", f"burn {burn}")
        self.play_both(100, 7013, 1)  # a latency may grow, at first
        marks = self.marks()
        self.play_both(count, 7013, count * 0.0071 + 0.5)
        self.tell("load", "burn 0")
        return [Delays(sent, heard) for sent, heard in self.taken(marks)]

    def order_after_xrun(self, count=1000, stall_ms=427):
        """How many came out of order, and how many not at all, [to, from JACK],
        when a cycle is held up while notes are played. The server must wait for
        its clients (-S), else the others go on."""
        self.play_both(20, 11003, 1)  # so that all has been used once
        marks = self.marks()
        self.play_both(count, 4001, 1)
        self.tell("load", f"stall {stall_ms}")
        self.vm.let_pass(count * 0.0041 + 8)
        return [judge_order(count, heard) for _, heard in self.taken(marks)]

    def burst(self, count=5000):
        """How many of a burst arrive, [to, from JACK]."""
        arrived = []
        for pipe, end in (("key", 0), ("mouth", 1)):
            marks = self.marks()
            self.tell(pipe, f"burst {count}")
            self.vm.let_pass(5)
            heard = self.taken(marks)[end][1]
            wanted = [note(i) for i in range(count)]
            got = [what for _, what in heard]
            arrived.append(count if got == wanted else
                           len(set(wanted) & set(got)))
        return arrived

    def through_the_wrap(self, count=4000, gap_us=10007):
        """How many of so many notes arrive, [to, from JACK]; JACK's count of
        frames must wrap meanwhile, see tests/tools/jack-wrap.c."""
        marks = self.marks()
        self.play_both(count, gap_us, count * gap_us / US + 3)
        return [len({what for _, what in heard})
                for _, heard in self.taken(marks)]

    def spent(self, seconds):
        """The part of the processor that the bridge takes."""
        before = self.vm.call("midi.spent", self.bridge.pid)
        self.vm.let_pass(seconds)
        return (self.vm.call("midi.spent", self.bridge.pid) - before) / seconds


    def spent_idle(self, seconds):
        """Likewise, with 64 ports each way of which none is connected; nothing
        else has been started."""
        self.start_key(IDLE_PORTS)
        self.start_jackd()
        self.start_bridge()
        self.await_port(self.port((KEY[0], f"port {IDLE_PORTS - 1}"),
                                  "playback"))
        self.vm.let_pass(5)
        return self.spent(seconds)


class A2jmidid(Floor):
    """Opens whatever comes, at once."""

    name = "a2jmidid -ue"

    def start_bridge(self, **env):
        words = [f"{name}={value}" for name, value in env.items()]
        self.bridge = self.vm.start(["env", *words, "a2jmidid", "-ue"])
        self.bridge.await_output("started")

    def await_way(self, names, direction):
        pass


def judge_order(count, heard):
    """(out of order, lost) of notes."""
    numbers = {note(i): i for i in range(count)}
    came = [numbers[what] for _, what in heard if what in numbers]
    latest, wrong = -1, 0
    for number in came:
        wrong += number < latest
        latest = max(latest, number)
    return wrong, count - len(set(came))
