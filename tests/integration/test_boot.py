# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Started by systemd: the units, run by systemd itself as the first process."""

import os
import re
import signal

import pytest
from harness import show, wait_until
from harness.box import HOME, Booted

UNITS = "/usr/local/lib/systemd"
CAP_SYS_RESOURCE = 1 << 24
NEVER = "tail -f /dev/null"

# Keeps basic.target, and all that comes after it, from being reached.
BLOCKER = f"""[Unit]
DefaultDependencies=no
Conflicts=shutdown.target
Before=basic.target
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart={NEVER}
"""

# Shutdown without the end of everything: to start shutdown.target by hand is
# refused.
END = """[Unit]
DefaultDependencies=no
Requires=shutdown.target
After=shutdown.target
"""

# What pam and logind do for a user with `loginctl enable-linger`.
PLAYER_UID = 1234
HERS = f"/run/user/{PLAYER_UID}/stagecraft"
MANAGER = f"""[Unit]
DefaultDependencies=no
[Service]
Type=notify
User=player
Delegate=yes
LimitRTPRIO=80
Environment=XDG_RUNTIME_DIR=/run/user/{PLAYER_UID}
ExecStartPre=+install -d -o player -m 0700 /run/user/{PLAYER_UID}
ExecStart=/lib/systemd/systemd --user
KillMode=mixed
"""

# Leaves something behind that does not even carry our mark. A tail whose
# output is a pipe would end by itself with who reads it, the logger.
MESSY = ("#!/bin/sh\nenv -i setsid tail -f /dev/null --retry "
         ">/dev/null 2>&1 &\n"
         f"exec {NEVER}\n")


def put_client(box, name, needs="jack bound"):
    show.use_tools(box)
    files = show.client(name, needs=needs)
    files["run"] = files["run"].replace("exec jack-client",
                                        f"exec {box.home}/tools/jack-client")
    show.put(box, name, **files)


def check_nothing_left(box, run_dir="/run/stagecraft"):
    wait_until(lambda: not box.group(), 5,
               lambda: f"the group is empty; it has {box.group()}")
    assert [name for name in box.shm() if name != "jack-shm-registry"] == []
    assert sorted(os.listdir(box.outside(run_dir))) == ["lock", "log"]
    ours = [p for p in box.processes() if p["comm"].startswith(
        ("runsv", "stagecraft", "svlogd", "tail"))]
    assert ours == []


def test_it_plays_before_the_system_is_complete(make_box):
    box = make_box(Booted, units={
        "blocker.service": BLOCKER,
        "basic.target.wants/blocker.service": None,
        "end.target": END})
    unit = box.await_unit("active")
    assert box.show("basic.target")["ActiveState"] == "inactive"
    assert unit["StatusText"] == "1 ready"
    jack = show.await_state(box, "jack", "ready")["pid"]
    assert jack in box.group() and int(unit["MainPID"]) in box.group()
    check_rights(box, jack, unit)
    # The rig, as the user sees it who has nothing in the environment.
    assert box.uid < 1000
    assert os.readlink(box.rig / "services/jack/run") == \
        "/usr/local/share/stagecraft/services/jack/run"
    assert box.status()["rig"] == str(HOME / "rig")
    box.root(["systemctl", "start", "end.target"], timeout=60)
    unit = box.show()
    assert (unit["ActiveState"], unit["Result"]) == ("inactive", "success")
    check_nothing_left(box)


def check_rights(box, pid, unit):
    """Real-time rights of the running service, and its groups."""
    assert unit["LimitRTPRIO"] == "95" and unit["LimitMEMLOCK"] == "infinity"
    fields = dict(line.split(":\t", 1) for line in box.outside(
        f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    assert fields["Uid"].split() == [str(box.uid)] * 4
    audio = box.root(["getent", "group", "audio"]).stdout.split(":")[2]
    assert audio in fields["Groups"].split()
    limits = box.limits(pid)
    if int(fields["CapBnd"], 16) & CAP_SYS_RESOURCE:
        assert limits["Max realtime priority"] == ("95", "95")
        assert limits["Max locked memory"] == ("unlimited", "unlimited")
    else:  # nobody here may raise one: it gets what systemd itself has
        first = box.limits(1)
        for name in ("Max realtime priority", "Max locked memory"):
            assert limits[name] == (first[name][1], first[name][1])
    assert limits["Max realtime timeout"] == ("unlimited", "unlimited")
    ignored = int(fields["SigIgn"], 16)
    assert not ignored & 1 << (signal.SIGPIPE - 1)


def test_stop_is_ordered_and_leaves_nothing(make_box):
    box = make_box(Booted)
    box.await_unit("active")
    put_client(box, "lead")
    put_client(box, "choir", needs="jack bound\nservice:lead")
    show.put(box, "messy", MESSY)
    for name in ("lead", "choir", "messy"):
        show.await_state(box, name, "ready")
    wait_until(lambda: box.show()["StatusText"] == "4 ready", 5,
               lambda: f"all are told of: {box.show()['StatusText']}")
    box.root(["systemctl", "stop", "stagecraft"], timeout=40)
    unit = box.show()
    assert (unit["ActiveState"], unit["Result"]) == ("inactive", "success")
    check_nothing_left(box)
    said = box.journal("-u", "stagecraft")
    order = re.findall(r"^  stopped   (\w+)$", said, re.MULTILINE)
    assert sorted(order) == ["choir", "jack", "lead", "messy"], said
    assert order.index("choir") < order.index("lead") < order.index("jack")
    assert re.search(r"ended process \d+ \(tail\)", said), said

    # In the middle of a start, which waits for one that is never ready.
    show.put(box, "late", ready="notify\n")
    box.root(["systemctl", "start", "--no-block", "stagecraft"])
    for name in ("choir", "messy"):
        show.await_state(box, name, "ready")
    box.await_unit("activating")
    wait_until(lambda: "1 starting" in box.show()["StatusText"], 5,
               lambda: f"of the late one: {box.show()['StatusText']}")
    box.root(["systemctl", "stop", "stagecraft"], timeout=40)
    assert box.show()["ActiveState"] == "inactive"
    check_nothing_left(box)


def test_the_music_outlives_the_minder(make_box):
    box = make_box(Booted)
    minder = int(box.await_unit("active")["MainPID"])
    put_client(box, "lead")
    lead = show.await_state(box, "lead", "ready")["pid"]
    jack = show.service(box, "jack")["pid"]
    box.kill(minder)
    unit = wait_until(lambda: minder != int(box.show()["MainPID"]) and
                      box.await_unit("active"), 15, "there is a new one")
    assert unit["NRestarts"] == "1"
    wait_until(lambda: box.show()["StatusText"] == "2 ready", 5)
    assert show.service(box, "jack")["pid"] == jack
    assert show.service(box, "lead")["pid"] == lead
    assert {jack, lead} <= set(box.group())
    # It minds runsvdir again.
    runsvdir = show.supervisors(box)[1]
    box.kill(runsvdir[0])
    wait_until(lambda: show.supervisors(box)[1] not in ([], runsvdir), 10,
               "a new runsvdir")
    box.root(["systemctl", "stop", "stagecraft"], timeout=40)
    check_nothing_left(box)

    # Settings that are wrong are not tried for ever.
    box.file("/etc/default/stagecraft", "STAGECRAFT_RIG=/etc\n")
    assert box.root(["systemctl", "start", "stagecraft"],
                    check=False).returncode != 0
    unit = box.show()
    assert (unit["ActiveState"], unit["ExecMainStatus"]) == ("failed", "100")
    assert "/etc is not a rig" in box.journal("-u", "stagecraft")


def test_a_rig_of_ones_own(make_box):
    box = make_box(Booted, units={"manager.service": MANAGER})
    box.await_unit("active")
    box.root(["systemctl", "disable", "--now", "stagecraft"], timeout=40)
    box.root(["useradd", "--create-home", "--home-dir", "/var/player",
              "--uid", PLAYER_UID, "player"])
    box.uid = PLAYER_UID
    box.set_env(HOME="/var/player", STAGECRAFT_RUN=None,
                XDG_RUNTIME_DIR=f"/run/user/{PLAYER_UID}")
    box.root(["systemctl", "start", "manager"])
    box.run(["systemctl", "--user", "enable", "--now", "stagecraft"],
            check=True, timeout=40)
    assert box.status()["rig"] == "/var/player/stagecraft"
    assert show.service(box, "jack")["ready"]
    jack = show.service(box, "jack")["pid"]
    minder = box.await_minder()
    box.kill(minder)
    box.await_minder(before=minder)
    assert show.service(box, "jack")["pid"] == jack
    box.run(["systemctl", "--user", "stop", "stagecraft"], check=True,
            timeout=40)
    check_nothing_left(box, HERS)
    # The last session ends, and with it the user's manager.
    box.run(["systemctl", "--user", "start", "stagecraft"], check=True,
            timeout=40)
    assert show.service(box, "jack")["ready"]
    box.root(["systemctl", "stop", "manager"], timeout=60)
    check_nothing_left(box, HERS)


@pytest.mark.parametrize("who", ["system", "user"])
def test_systemd_finds_no_fault_with_the_units(machine, prefix, who):
    machine.run(["mount", "--bind", prefix, "/usr/local"])
    done = machine.run(["systemd-analyze", f"--{who}", "verify", "--man=no",
                        f"{UNITS}/{who}/stagecraft.service"])
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
