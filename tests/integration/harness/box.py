# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A computer on which stagecraft is installed, in a world of its own.

Box       PREFIX stands at /usr/local; a user stagecraft; /etc and /var of its own
Booted    the same, with systemd as its first process and stagecraft enabled

`run` and what stands on it act as the user stagecraft, as `sudo -u stagecraft`
would: with next to no environment.
"""

import os
import pathlib

from .machine import SYSTEM_PATH, Machine
from .waiting import wait_until
from .world import SPACES, NotPermitted, World

HERE = pathlib.Path(__file__).resolve().parent
USER = "stagecraft"
HOME = pathlib.Path("/var/lib/stagecraft")
INIT = "/usr/local/share/stagecraft/init"
MAKE_USER = [
    "useradd", "--system", "--create-home", "--home-dir", str(HOME),
    "--groups", "audio", "--shell", "/usr/sbin/nologin", USER]


def check_prefix(prefix):
    """The files under test name /usr/local, so it has to be that."""
    if not str(prefix).endswith("/usr/local"):
        raise NotPermitted(f"{prefix} was not configured for /usr/local")
    if os.geteuid() != 0:
        raise NotPermitted("only root can set a computer up")


class Box(Machine):
    """See above. root() acts as root; rig is as the outside sees it."""

    def __init__(self, prefix, home):
        check_prefix(prefix)
        super().__init__(prefix, home, xdg=False)
        self.env = {"PATH": f"/usr/local/bin:{SYSTEM_PATH}", "LANG": "C.UTF-8"}
        try:
            self.set_up()
            self.uid = int(self.root(["id", "-u", USER]).stdout)
        except BaseException:
            self.close()
            raise
        self.rig = self.outside(HOME / "rig")

    def set_up(self):
        script = (HERE / "box.sh").read_text(encoding="utf-8")
        self.root(["sh", "-s", self.prefix, self.home], text=script)
        self.root(MAKE_USER)

    @property
    def run_dir(self):
        return pathlib.Path("/run/stagecraft")

    def root(self, words, check=True, **options):
        """Runs a command as root, with the environment of a root shell."""
        return self.run(words, as_root=True, check=check, **options)

    def file(self, path, text, mode=0o644):
        """Writes a file, as root, and the directories over it."""
        target = self.outside(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        target.chmod(mode)

    def is_up(self):
        """Whether a rig is meant to be up."""
        return self.outside(self.run_dir / "rig").exists()

    def minder(self):
        """The pid of `stagecraft up`, None when none runs."""
        for process in self.processes():
            if process["cmdline"][1:2] == ["up"] and \
                    process["comm"] == "stagecraft":
                return process["pid"]
        return None

    def await_minder(self, before=None):
        """Waits for `stagecraft up` to run, another one than before."""
        return wait_until(lambda: self.minder() not in (None, before) and
                          self.minder(), 15, "stagecraft up runs")

    def limits(self, pid):
        """/proc/PID/limits as {name: (soft, hard)}."""
        lines = self.outside(f"/proc/{pid}/limits").read_text().splitlines()
        return {line[:26].strip(): tuple(line[26:].split()[:2])
                for line in lines[1:]}


class SystemdWorld(World):
    """A world whose first process is systemd, see systemd.sh."""

    spaces = SPACES + ["--uts", "--cgroup"]

    def setup_command(self, prefix, home):
        return ["unshare", "--mount", "sh", str(HERE / "systemd.sh"), prefix,
                home]


class Booted(Box):
    """See above.

    units  {name: text} of units to add; a name "TARGET.wants/UNIT" with no text
           is a link
    """

    world_class = SystemdWorld

    def __init__(self, prefix, home, units=None):
        if not os.path.exists("/lib/systemd/systemd"):
            raise NotPermitted("systemd is not installed")
        directory = pathlib.Path(home) / "units"
        for name, text in (units or {}).items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.symlink_to(f"../{path.name}")
            else:
                path.write_text(text, encoding="utf-8")
        super().__init__(prefix, home)

    def set_up(self):
        wait_until(lambda: self.outside("/run/systemd/private").exists(), 30,
                   lambda: "systemd boots; it said: " + self.said())

    def said(self):
        path = self.home / "systemd.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def show(self, unit="stagecraft", *more):
        """The properties of a unit, as a dictionary."""
        done = self.root(["systemctl", "show", unit, *more])
        return dict(line.split("=", 1) for line in done.stdout.splitlines()
                    if "=" in line)

    def await_unit(self, state, unit="stagecraft", deadline=30):
        """Waits for ActiveState and gives the properties then."""
        seen = {}

        def look():
            seen.update(self.show(unit))
            return seen["ActiveState"] == state and seen

        return wait_until(look, deadline, lambda: f"{unit} is {state}; it is "
                          f"{seen.get('ActiveState')}, {seen.get('Result')}, "
                          f"{seen.get('StatusText')}\n{self.journal()}")

    def journal(self, *more):
        return self.root(["journalctl", "--no-pager", "-o", "cat", *more],
                         check=False).stdout

    def group(self, unit="stagecraft.service"):
        """The pids in a system unit's control group, [] when it has none."""
        path = f"/sys/fs/cgroup/system.slice/{unit}/cgroup.procs"
        done = self.root(["cat", path], check=False)
        return [int(line) for line in done.stdout.splitlines()]

    def describe(self):
        return (f"{super().describe()}\nsystemd: {self.said()}\n"
                f"journal:\n{self.journal()}")
