# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A JACK client that does what it is told: tests/tools/jack-puppet.c."""

import select
import subprocess

from . import show

PATIENCE_S = 30


def escaped(word):
    """A word of a command; bytes that are no plain characters as \\xNN."""
    raw = word if isinstance(word, bytes) else word.encode()
    return "".join(chr(byte) if 0x20 <= byte < 0x7f and byte != 0x5c
                   else f"\\x{byte:02x}" for byte in raw)


class Puppet:
    """Opens a client; ends, as if killed, with kill()."""

    def __init__(self, machine, name):
        self.process = machine.popen(
            show.jack_words(machine, "jack-puppet"), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)
        self.do("open", name)

    def ask(self, *words):
        """Gives a command; its answer, "ok ..." or "no"."""
        self.process.stdin.write("\t".join(map(escaped, words)) + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        assert ready, f"jack-puppet does not answer to {words}"
        return self.process.stdout.readline().rstrip("\n")

    def do(self, *words):
        answer = self.ask(*words)
        assert answer.startswith("ok"), (words, answer)
        return answer

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        self.process.kill()
        self.process.wait()
