# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The qemu process: started, watched, ended by its pid."""

import pathlib
import shutil
import socket
import subprocess

from . import initramfs
from .packages import SYSTEM_PATH

END_DEADLINE_S = 5
USB_CARDS = 2
CONSOLE_TAIL = 60  # lines that are shown
# Without fast strings of bytes: each byte of a page would be one to emulate.
CPU = "max,-erms,-fsrm"
# Nor what guards the kernel against its users, which has qemu keep addresses
# once more, and cut what it translates at each copy from and to them.
PLAIN_CPU = CPU + ",-smap,-smep,-umip,-pku,-mpx,-xsaveopt"
# Of the two kinds of run the first is quick, and its time means nothing. In the
# second, time is counted in instructions and jumps over idleness: it does not
# depend on the host. It takes one processor; in the first a second one makes a
# boot a third dearer, and helps what has many threads.
# What is translated is kept in so many MiB; when they are full it begins anew:
# with 128 of them the first kind did so three times in some files of tests.
# What is not used takes no memory.
KINDS = {
    "functional": ["-cpu", PLAIN_CPU,
                   "-accel", "tcg,thread=multi,tb-size=512"],
    "timed": ["-cpu", CPU, "-accel", "tcg,thread=single,tb-size=128",
              "-icount", "shift=0,sleep=off", "-rtc", "clock=vm"]}
ROOT = "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"
SHARE = "local,id=share,security_model=none,path="
# qemu translates what it emulates, and keeps that as long as the addresses stay:
# programs that begin at random ones would be translated anew at each start,
# which takes more than twice what running them does.
KERNEL_LINE = ("console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off "
               "random.trust_cpu=on norandmaps cryptomgr.notests "
               "no_timer_check")  # on a busy host it finds that there is none
# One port beside the console's, not 31: qemu looks at each whenever it wakes.
SERIAL = "virtio-serial-pci,max_ports=2"
# It starts a kernel and does nothing else; qemu's usual one takes a third of a
# timed boot. It comes with qemu-system-data.
FIRMWARE = pathlib.Path("/usr/share/qemu/qboot.rom")


class Machine:
    """A guest computer, from its power-on to its end.

    unpacked   see packages.provide
    directory  for the archive, the console's log and what is played
    paths      {SOURCE, BUILD, PREFIX: where on the host}
    share      a directory that is /stage/share in the guest; its own without it
    more       further words for qemu
    """

    def __init__(self, unpacked, directory, paths, kind="functional",
                 memory_mb=512, cpus=1, share=None, more=()):
        self.directory = pathlib.Path(directory)
        self.share = pathlib.Path(share or self.directory / "share")
        self.share.mkdir(exist_ok=True)
        self.console = self.directory / "console.log"
        archive = self.directory / "initramfs.cpio"
        archive.write_bytes(initramfs.build(
            unpacked, {**paths, "MODULES": unpacked.modules}))
        self.agent, agent = socket.socketpair()
        self.monitor, monitor = socket.socketpair()
        words = [*self.command(unpacked, archive, agent, monitor), *KINDS[kind],
                 "-m", f"{memory_mb}M", "-smp", str(cpus), *more]
        with agent, monitor, open(self.directory / "qemu.log", "wb") as said:
            self.process = subprocess.Popen(
                words, pass_fds=(agent.fileno(), monitor.fileno()),
                stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    def command(self, unpacked, archive, agent, monitor):
        """setpriv ends qemu with us, also when we are killed."""
        qemu = shutil.which("qemu-system-x86_64", path=SYSTEM_PATH)
        return [
            "setpriv", "--pdeathsig", "KILL", qemu, "-nodefaults",
            "-no-user-config", "-display", "none", "-vga", "none",
            "-no-reboot", "-kernel", str(unpacked.kernel),
            "-initrd", str(archive), "-append", KERNEL_LINE,
            "-serial", f"file:{self.console}",
            "-fsdev", ROOT,
            "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
            "-fsdev", SHARE + str(self.share).replace(",", ",,"),
            "-device", "virtio-9p-pci,fsdev=share,mount_tag=share",
            "-device", SERIAL,
            "-chardev", f"socket,id=agent,fd={agent.fileno()}",
            "-device", "virtserialport,chardev=agent,name=agent",
            "-chardev", f"socket,id=monitor,fd={monitor.fileno()}",
            "-mon", "chardev=monitor,mode=control",
            *self.firmware_words(), *self.sound_words()]

    @staticmethod
    def firmware_words():
        """None where it is not: then it is qemu's own."""
        return ["-bios", str(FIRMWARE)] if FIRMWARE.exists() else []

    def sound_words(self):
        """A USB controller, and the files that its sound cards play into."""
        words = ["-device", "qemu-xhci,id=usb"]
        for number in range(USB_CARDS):
            words += ["-audiodev", f"wav,id=card{number},out.frequency=48000,"
                      f"path={self.directory}/card{number}.wav"]
        return words

    @property
    def pid(self):
        return self.process.pid

    def said(self):
        """What qemu itself has said."""
        return (self.directory / "qemu.log").read_text(errors="replace").strip()

    def console_lines(self):
        if not self.console.exists():
            return []
        text = self.console.read_text(errors="replace").replace("\r", "")
        return [line for line in text.splitlines() if line.strip()]

    def why(self):
        """The line that tells best why it has not booted."""
        if self.said():
            return "qemu: " + self.said().splitlines()[-1]
        lines = self.console_lines() or ["nothing at all"]
        telling = [line for line in lines if line.startswith("guest: ")] or \
            [line for line in lines if "panic" in line] or lines[-1:]
        return f"its console: {telling[0]}"

    def close(self):
        """Ends it, whatever it does. May be called twice."""
        self.agent.close()
        self.monitor.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(END_DEADLINE_S)

    def describe(self):
        lines = self.console_lines()[-CONSOLE_TAIL:]
        said = self.said()
        return "\n".join(["guest console:", *lines] +
                         (["qemu:", said] if said else []))
