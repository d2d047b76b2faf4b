# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A computer with sound devices: what a test has in hand."""

import shlex
import shutil
import signal
import subprocess

from . import devices
from .agent import Agent, Closed, GuestError
from .machine import Machine
from .qmp import Monitor

SLACK_S = 60  # of the host's patience above the guest's
BOOT_DEADLINE_S = {"functional": 240, "timed": 480}
LET_PASS_DEADLINE_S = 600  # busy guest seconds take several of ours


class BootFailed(AssertionError):
    """There is no guest to test in; the text is one sentence."""


def in_words(words):
    """A command's words, of a list or of a line for the shell."""
    if isinstance(words, str):
        return ["sh", "-c", words]
    return [str(word) for word in words]


class Program:
    """A command that runs on in the guest, until its test ends."""

    def __init__(self, vm, pid):
        self.vm = vm
        self.pid = pid

    def output(self):
        """What it has said, on both its outputs."""
        return self.vm.call("commands.output", self.pid)

    def status(self):
        """Its exit status, None while it runs; -N when signal N ended it."""
        return self.vm.call("commands.status", self.pid)

    def await_output(self, pattern, deadline=60):
        """Waits until it has said what a pattern matches; the match's groups,
        or all of it."""
        return self.vm.call("commands.await_output", self.pid, pattern,
                            deadline, deadline_s=deadline + SLACK_S)

    def wait(self, timeout=60):
        """Waits for its end; its exit status."""
        return self.vm.call("commands.await_end", self.pid, timeout,
                            deadline_s=timeout + SLACK_S)

    def kill(self, signum=signal.SIGKILL):
        """Sends a signal to it and what it started."""
        self.vm.call("commands.end_group", self.pid, int(signum))


class Vm:
    """A guest that has booted; see machine.Machine for the arguments.

    directory  an empty one of its own, which it takes away at its end
    monitor    qemu's monitor, a qmp.Monitor
    share      a directory that both see, as /stage/share in the guest
    """

    def __init__(self, unpacked, directory, paths, kind="functional",
                 **options):
        self.kind = kind
        self.devices = []
        self.directory = directory
        self.machine = Machine(unpacked, directory, paths, kind, **options)
        self.share = self.machine.share
        self.agent = Agent(self.machine.agent)
        self.monitor = Monitor(self.machine.monitor)
        try:
            self.await_boot()
        except BaseException:
            self.close()
            raise

    def await_boot(self):
        deadline_s = BOOT_DEADLINE_S[self.kind]
        try:
            self.await_agent(deadline_s)
            self.monitor.greet()
        except Closed:
            self.machine.process.wait(10)
            raise BootFailed("the guest ended while it booted; "
                             + self.machine.why()) from None
        except GuestError:
            raise BootFailed(f"the guest did not boot within {deadline_s} s; "
                             + self.machine.why()) from None

    def await_agent(self, deadline_s):
        self.agent.answer(0, deadline_s)
        if self.kind == "timed":
            self.call("clock.hold_back")

    # Commands ------------------------------------------------------------

    def call(self, function, *args, **kwargs):
        """Calls MODULE.FUNCTION of tests/vm/guest in the guest."""
        try:
            return self.agent.call(function, *args, **kwargs)
        except Closed as error:
            raise GuestError(f"{function}: {error}; {self.machine.why()}"
                             ) from None

    def run(self, words, timeout=60, check=True, **options):
        """Runs a command in the guest to its end; a CompletedProcess.

        words: a list, or a line for the shell. check: fail unless it exits
        with 0. options: text (its input), cwd, env."""
        words = in_words(words)
        status, out, err = self.call("commands.run", words, timeout, **options,
                                     deadline_s=timeout + SLACK_S)
        assert status == 0 or not check, (
            f"{shlex.join(words)} exited with {status}\n{out}{err}")
        return subprocess.CompletedProcess(words, status, out, err)

    def start(self, words, **options):
        """Starts a command in the guest that runs on; a Program. Options: cwd,
        env."""
        return Program(self, self.call("commands.start", in_words(words),
                                       **options))

    def await_success(self, words, deadline=60):
        """Waits in the guest until a command exits with 0; its output."""
        return self.call("commands.await_success", in_words(words), deadline,
                         deadline_s=deadline + SLACK_S)

    def now(self):
        """The guest's monotonic clock in seconds."""
        return self.call("clock.now")

    def let_pass(self, seconds):
        """Lets guest time pass for what was started to run in. In a timed run
        it jumps where no program has anything to do, see guest/clock.py."""
        self.call("clock.let_pass", seconds, deadline_s=LET_PASS_DEADLINE_S)

    def read(self, path):
        """The text of a file in the guest."""
        return self.call("commands.read", str(path))

    def write(self, path, text):
        """Writes a file in the guest."""
        self.call("commands.write", str(path), text)

    # Devices -------------------------------------------------------------

    def modprobe(self, *modules):
        """Loads kernel modules."""
        self.run(["modprobe", "-a", *modules])

    def keyboard(self, name, product, **options):
        """Makes a keyboard that is not plugged; see devices.Keyboard."""
        return self.keep(devices.Keyboard(self, name, product, **options))

    def usb_card(self, number=0, serial=None):
        """Makes a USB sound card that is not plugged; see devices.UsbCard."""
        return self.keep(devices.UsbCard(self, number, serial))

    def dummy_card(self):
        """Makes a card of snd-dummy, plugged; see devices.DummyCard."""
        return self.keep(devices.DummyCard(self))

    def loopback(self):
        """Makes a loopback card; see devices.Loopback."""
        return self.keep(devices.Loopback(self))

    def virmidi(self, ports=1):
        """Makes raw MIDI devices; see devices.VirMidi."""
        return self.keep(devices.VirMidi(self, ports))

    def no_sequencer(self):
        """Takes the sequencer out of the kernel; see devices.NoSequencer."""
        return self.keep(devices.NoSequencer(self))

    def keep(self, device):
        self.devices.append(device)
        return device

    # The end -------------------------------------------------------------

    def tidy(self):
        """Ends what a test has left running or plugged, for the next one."""
        self.call("commands.end_all")
        if self.devices:
            self.call("seq.close_all")
        while self.devices:
            self.devices.pop().remove()

    def renew(self):
        """Makes it as it was when it had booted, for the next file of tests:
        no program, no module of the kernel, no file in memory."""
        self.tidy()
        self.agent.ask("renew")
        self.await_agent(SLACK_S)

    def close(self):
        """Ends it; nothing is left. May be called twice."""
        self.machine.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def describe(self):
        """What a failed test shows: the last that the kernel said."""
        try:
            kernel = self.run("dmesg | tail -n 30", check=False).stdout
        except (AssertionError, OSError):
            kernel = "it does not answer\n"
        return f"{self.machine.describe()}\nguest kernel:\n{kernel}"
