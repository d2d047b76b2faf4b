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
import select
import signal
import subprocess

SETUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "setup.sh")
START_DEADLINE_S = 20
SPACES = ["--mount", "--pid", "--ipc", "--net"]


class NotPermitted(Exception):
    """This machine does not let us make namespaces; the text says why."""


def status_fields(pid):
    """/proc/PID/status as a dictionary; None when the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8",
                  errors="replace") as lines:
            return dict(line.rstrip("\n").split(":\t", 1)
                        for line in lines if ":\t" in line)
    except (FileNotFoundError, ProcessLookupError):
        return None


def children_of(pid):
    """The pids, as seen from here, of a process's children."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        fields = status_fields(entry)
        if fields and int(fields["PPid"]) == pid:
            yield int(entry)


def directory_name(pid):
    """The last part of the directory that a process is in; "" of none."""
    with contextlib.suppress(OSError):
        return os.path.basename(os.readlink(f"/proc/{pid}/cwd"))
    return ""


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().split(b"\0")[:-1]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [word.decode(errors="replace") for word in words]


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
            fields = status_fields(child)
            if fields:
                return int(fields["NSpid"].split()[-1])
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
            pid = next(children_of(pid))
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

    def _members(self):
        """(outer pid, status fields) of each process inside but the first."""
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == self.init:
                continue
            try:
                if os.readlink(f"/proc/{entry}/ns/pid") != self.space:
                    continue
            except OSError:  # gone, or a stranger's
                continue
            fields = status_fields(entry)
            if fields:
                yield int(entry), fields

    def processes(self):
        """Every process inside but the first, as dictionaries, by pid.

        pid, ppid: as seen inside; 0 is a parent outside.
        comm, cmdline (a list), state (one letter), outer (the pid out here),
        cwd (the name of its directory).
        """
        members = list(self._members())
        inner = {outer: int(fields["NSpid"].split()[-1])
                 for outer, fields in members}
        inner[self.init] = 1
        found = [{"pid": inner[outer],
                  "ppid": inner.get(int(fields["PPid"]), 0),
                  "comm": fields["Name"],
                  "cmdline": command_line(outer),
                  "state": fields["State"][0],
                  "cwd": directory_name(outer),
                  "outer": outer} for outer, fields in members]
        return sorted(found, key=lambda process: process["pid"])

    def kill(self, pid, signum=signal.SIGKILL):
        """Sends a signal to a pid of the inside; ProcessLookupError if gone."""
        for outer, fields in self._members():
            if int(fields["NSpid"].split()[-1]) == pid:
                os.kill(outer, signum)
                return
        raise ProcessLookupError(f"no process {pid} in this world")

    def path(self, inside):
        """Where a path of the inside is found from out here."""
        return pathlib.Path(f"/proc/{self.init}/root") / \
            str(inside).lstrip("/")
