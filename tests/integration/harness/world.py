# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Namespaces of its own for one test.

Nothing in a world sees the processes, shared memory, sockets, /tmp, /run or
network of another or of the machine; closing it, or the end of the process that
opened it, kills everything inside. As root it uses plain namespaces, as anybody
else a user namespace in which that user is root.
"""

import contextlib
import os
import pathlib
import re
import select
import signal
import subprocess

SETUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "setup.sh")
START_DEADLINE_S = 20
SPACES = ["--mount", "--pid", "--ipc", "--net"]
NSPID = re.compile(rb"^NSpid:\t(.*)$", re.M)
STATUS = re.compile(rb"Name:\t(?P<name>.*)\n(?s:.)*?State:\t(?P<state>.)"
                    rb"(?s:.)*?\nPPid:\t(?P<parent>\d+)"
                    rb"(?s:.)*?\nNSpid:\t(?P<own>.*)\n")


class NotPermitted(Exception):
    """This machine does not let us make namespaces; the text says why."""


def contents(path):
    """A file of a process, as bytes; None when the process is gone."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except (FileNotFoundError, ProcessLookupError):
        return None


def inner_pid(pid):
    """Of a process out here the pid in its own space; None when it is gone."""
    found = NSPID.search(contents(f"/proc/{pid}/status") or b"")
    return int(found[1].split()[-1]) if found else None


def children_of(pid):
    """The pids, as seen from here, of a process's children."""
    text = contents(f"/proc/{pid}/task/{pid}/children") or b""
    return [int(word) for word in text.split()]


def command_line(pid, proc):
    text = contents(f"{proc}/{pid}/cmdline") or b""
    return text.decode(errors="replace").split("\0")[:-1]


class Running:
    """A process in a world, started by World.popen."""

    def __init__(self, world, entering):
        self.world = world
        self.entering = entering  # the nsenter, which ends as the process does
        self.stdin = entering.stdin
        self.stdout = entering.stdout
        self.stderr = entering.stderr

    @property
    def pid(self):
        """Its pid in the world; None before it runs and after it ended."""
        for child in children_of(self.entering.pid):
            inner = inner_pid(child)
            if inner is not None:
                return inner
        return None

    def kill(self, signum=signal.SIGKILL):
        """Sends a signal to the process (not to its children), if it still
        runs."""
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                self.world.kill(pid, signum)

    def wait(self, timeout=30):
        return self.entering.wait(timeout)

    def poll(self):
        return self.entering.poll()

    def communicate(self, text=None, timeout=30):
        return self.entering.communicate(text, timeout)

    def end_group(self):
        """Kills it and what it started, but what left its session."""
        try:
            os.killpg(self.entering.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Process(dict):
    """What a process says of itself; its directory, and which one it is out
    here, are looked for when they are asked for."""

    def __init__(self, world, fields):
        super().__init__(fields)
        self.world = world

    def __missing__(self, key):
        look = {"outer": self.world.outer, "cwd": self.world.directory_of}
        return look[key](self["pid"])


class World:
    """Namespaces with a first process, into which commands are put.

    prefix: the installation under test, shown at HOME/prefix.
    home: a directory that both sides see, at the same path.
    """

    spaces = SPACES  # which of them it enters

    def __init__(self, prefix, home):
        self.home = pathlib.Path(home)
        self.is_root = os.geteuid() == 0
        self.holder = subprocess.Popen(
            self.setup_command(str(prefix), str(home)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)
        self.init = None
        try:
            self._await_setup()
        except BaseException:
            self.close()
            raise

    def setup_command(self, prefix, home):
        """Makes the namespaces, says "ready" in them, and stays."""
        spaces = self.spaces + ([] if self.is_root else ["--map-root-user"])
        return ["unshare", *spaces, "--fork", "--kill-child", "--mount-proc",
                "sh", SETUP, prefix, home]

    def _first_inside(self):
        """The outer pid of the first process in the namespaces."""
        outside = os.readlink("/proc/self/ns/pid")
        pid = self.holder.pid
        while os.readlink(f"/proc/{pid}/ns/pid") == outside:
            pid = next(iter(children_of(pid)))
        return pid

    def _await_setup(self):
        ready, _, _ = select.select([self.holder.stdout], [], [],
                                    START_DEADLINE_S)
        said = os.read(self.holder.stdout.fileno(), 65536) if ready else b""
        if said != b"ready\n":
            said += self._last_words()
            text = said.decode(errors="replace").strip()
            if "not permitted" in text or "ermission denied" in text:
                raise NotPermitted(f"no namespaces here: {text}")
            raise RuntimeError(f"{SETUP}: {text or 'late'}")
        self.init = self._first_inside()
        self.space = os.readlink(f"/proc/{self.init}/ns/pid")

    def _last_words(self):
        """What a setup that failed says further while its input ends."""
        try:
            return self.holder.communicate(timeout=START_DEADLINE_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(self.holder.pid, signal.SIGKILL)
            return self.holder.communicate()[0]

    def close(self):
        """Ends everything inside. May be called twice."""
        if self.holder.stdin and not self.holder.stdin.closed:
            self.holder.stdin.close()
        if self.init is not None:
            try:
                os.kill(self.init, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.init = None
        try:
            self.holder.wait(10)
        except subprocess.TimeoutExpired:
            self.holder.kill()
            self.holder.wait()
        self.holder.stdout.close()

    def command(self, words, cwd=None, uid=None):
        """The command that runs `words` inside, as uid where one is given."""
        enter = ["nsenter", "--target", str(self.init), *self.spaces]
        if not self.is_root:
            enter += ["--user", "--preserve-credentials"]
        if uid is not None:
            enter += ["setpriv", f"--reuid={uid}", f"--regid={uid}",
                      "--clear-groups", "--inh-caps=-all"]
        return [*enter, "env", "--chdir", str(cwd or self.home),
                *[str(word) for word in words]]

    def popen(self, words, env, cwd=None, uid=None, **options):
        """Starts a process inside; options as for subprocess.Popen."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("text", True)
        if options["text"]:
            options.setdefault("errors", "replace")
        process = subprocess.Popen(self.command(words, cwd, uid), env=env,
                                   start_new_session=True, **options)
        return Running(self, process)

    def run(self, words, env, timeout=30, text=None, cwd=None, uid=None):
        """Runs a command inside to its end; a CompletedProcess."""
        running = self.popen(
            words, env, cwd, uid, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL if text is None else subprocess.PIPE)
        try:
            out, err = running.communicate(text, timeout)
        except BaseException:
            running.end_group()
            running.communicate()
            raise
        return subprocess.CompletedProcess(
            list(words), running.entering.returncode, out, err)

    def outer(self, pid):
        """The pid out here of a process inside."""
        for entry in os.listdir("/proc"):
            try:
                if not entry.isdigit() or \
                        os.readlink(f"/proc/{entry}/ns/pid") != self.space:
                    continue
            except OSError:  # gone, or a stranger's
                continue
            if inner_pid(entry) == pid:
                return int(entry)
        raise ProcessLookupError(f"no process {pid} in this world")

    def processes(self):
        """Every process inside but the first, as dictionaries, by pid.

        pid, ppid: as seen inside; 0 is a parent outside.
        comm, cmdline (a list), state (one letter), outer (the pid out here),
        cwd (the name of its directory).
        """
        proc, found = str(self.path("/proc")), []
        try:
            entries = os.listdir(proc)
        except (FileNotFoundError, ProcessLookupError):
            return []  # its first process has ended, and all with it
        for entry in filter(str.isdigit, entries):
            fields = STATUS.match(contents(f"{proc}/{entry}/status") or b"")
            # Those of a space in this one are another's.
            if entry == "1" or not fields or fields["own"] != entry.encode():
                continue
            found.append(Process(self, {
                "pid": int(entry), "ppid": int(fields["parent"]),
                "comm": fields["name"].decode(errors="replace"),
                "cmdline": command_line(entry, proc),
                "state": fields["state"].decode()}))
        return sorted(found, key=lambda process: process["pid"])

    def directory_of(self, pid):
        """The last part of the directory that a process is in; "" of none."""
        with contextlib.suppress(OSError):
            return os.path.basename(os.readlink(self.path(f"/proc/{pid}/cwd")))
        return ""

    def kill(self, pid, signum=signal.SIGKILL):
        """Sends a signal to a pid of the inside; ProcessLookupError if gone."""
        os.kill(self.outer(pid), signum)

    def path(self, inside):
        """Where a path of the inside is found from out here."""
        return pathlib.Path(f"/proc/{self.init}/root") / \
            str(inside).lstrip("/")
