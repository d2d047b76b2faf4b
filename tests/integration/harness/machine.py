# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A show machine in a world of its own."""

import json
import os
import pathlib

from .waiting import wait_until
from .world import World

USER_UID = 61234  # nobody's; a world has no other users
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
MAY_STAY_IN_SHM = {"jack-shm-registry"}  # one file for ever, by JACK's design


class Machine:
    """Our programs, a home, a rig and a run directory.

    user  run as somebody who is not root (needs root outside)
    xdg   whether XDG_RUNTIME_DIR is set
    env   more environment, None as value takes a variable away

    home and rig are paths that inside and outside agree on; run_dir is as the
    inside sees it, see outside().
    """

    world_class = World

    def __init__(self, prefix, home, user=False, xdg=True, env=None):
        self.home = pathlib.Path(home)
        self.uid = USER_UID if user else None
        self.world = self.world_class(prefix, home)
        self.prefix = self.home / "prefix"
        self.rig = self.home / "rig"
        self.server = "jack"  # or "pipewire": what the rig's services play on
        self.leftovers_allowed = None  # a reason, when a test means to leave
        self.env = {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "PATH": f"{self.prefix}/bin:{SYSTEM_PATH}",
            "JACK_NO_AUDIO_RESERVATION": "1",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        if self.uid is not None:
            self._give_home()
        if xdg:
            self._make_xdg()
        self.set_env(**(env or {}))

    def _give_home(self):
        os.chown(self.home, self.uid, self.uid)

    def _make_xdg(self):
        runtime = f"/run/user/{self.uid or 0}"
        self.outside(runtime).mkdir(parents=True, mode=0o755)
        self.outside(runtime).chmod(0o700)
        if self.uid is not None:
            os.chown(self.outside(runtime), self.uid, self.uid)
        self.env["XDG_RUNTIME_DIR"] = runtime

    def set_env(self, **variables):
        """Sets variables for all that follows; None takes one away."""
        for name, value in variables.items():
            if value is None:
                self.env.pop(name, None)
            else:
                self.env[name] = str(value)

    @property
    def run_dir(self):
        """Where the running rig's files are, as docs/internals/state-files.md
        tells, as a path of the inside."""
        if "STAGECRAFT_RUN" in self.env:
            return pathlib.Path(self.env["STAGECRAFT_RUN"])
        if "XDG_RUNTIME_DIR" in self.env:
            return pathlib.Path(self.env["XDG_RUNTIME_DIR"]) / "stagecraft"
        if self.uid is None:
            return pathlib.Path("/run/stagecraft")
        return pathlib.Path(f"/tmp/stagecraft-{self.uid}")

    def outside(self, path):
        """Where a path of the inside is found from out here."""
        return self.world.path(path)

    # Commands ------------------------------------------------------------

    def run(self, words, timeout=30, text=None, cwd=None, check=False,
            as_root=False):
        """Runs a command to its end; stdout and stderr are texts.

        check: fail unless it exits with 0."""
        done = self.world.run(words, self.env, timeout, text, cwd,
                              None if as_root else self.uid)
        if check:
            assert done.returncode == 0, (
                f"{' '.join(map(str, words))} exited with {done.returncode}\n"
                f"{done.stdout}{done.stderr}")
        return done

    def popen(self, words, cwd=None, as_root=False, **options):
        """Starts a command; see world.Running."""
        return self.world.popen(words, self.env, cwd,
                                None if as_root else self.uid, **options)

    def stagecraft(self, *arguments, **options):
        """Runs `stagecraft ARGUMENTS...`; options as for run()."""
        return self.run([self.prefix / "bin/stagecraft", *arguments],
                        **options)

    def up(self, *arguments, timeout=90):
        """`stagecraft up` on the rig; fails when that does. It waits for a
        minute itself, and says what is not ready then."""
        return self.stagecraft("up", "-r", self.rig, *arguments, check=True,
                               timeout=timeout)

    def down(self, timeout=60):
        """`stagecraft down`; fails when that does."""
        return self.stagecraft("down", check=True, timeout=timeout)

    def status(self):
        """What `stagecraft status --json` says."""
        return json.loads(self.stagecraft("status", "--json",
                                          check=True).stdout)

    # Looking -------------------------------------------------------------

    def processes(self):
        """All processes of this machine; see World.processes."""
        return self.world.processes()

    def kill(self, pid, signum=9):
        self.world.kill(pid, signum)

    def shm(self):
        """The names in /dev/shm."""
        return sorted(os.listdir(self.outside("/dev/shm")))

    def wait_until(self, condition, deadline=10, what="the condition"):
        return wait_until(condition, deadline, what)

    def leftovers(self):
        """In words, what should not be there after everything was stopped."""
        found = [f"process {p['pid']} {p['state']} {p['cmdline'] or p['comm']}"
                 for p in self.processes()]
        found += [f"/dev/shm/{name}" for name in self.shm()
                  if name not in MAY_STAY_IN_SHM]
        return found

    def describe(self):
        """The processes and the newest log lines, for a test that failed."""
        lines = ["processes:"]
        lines += [f"  {p['pid']} {p['ppid']} {p['state']} "
                  f"{' '.join(p['cmdline']) or p['comm']}"
                  for p in self.processes()]
        run_dir = self.outside(self.run_dir)
        logs = [run_dir / "runsvdir.log", *run_dir.glob("log/*/current")]
        for log in logs:
            if log.is_file():
                tail = log.read_text(errors="replace").splitlines()[-30:]
                lines += [f"{log.relative_to(run_dir)}:",
                          *["  " + line for line in tail]]
        return "\n".join(lines)

    # The end -------------------------------------------------------------

    def finish(self):
        """Stops a rig that is up, checks that nothing remains, closes.

        Fails when something remains, unless leftovers_allowed says why."""
        try:
            if self.outside(self.run_dir / "rig").exists():
                self.down()
            if not self.leftovers_allowed:
                wait_until(lambda: not self.leftovers(), 5,
                           lambda: "left behind: "
                           + "; ".join(self.leftovers()))
        finally:
            self.close()

    def close(self):
        """Ends everything at once."""
        self.world.close()
