# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who serves the page: a user of its own, where root runs the rig."""

import os

import pytest

from harness import show, wait_until, web

UID, GID = 61300, 61301
IDLE = "#!/bin/sh\nexec tail -f /dev/null\n"
# The machine's own users, of which nothing is seen outside.
USERS = f"""set -eu
cp /etc/passwd /etc/group /tmp
echo stagecraft-web:x:{UID}:{UID}::/nonexistent:/bin/false >>/tmp/passwd
echo stagecraft-web:x:{UID}: >>/tmp/group
echo stagecraft:x:{GID}:{{members}} >>/tmp/group
mount --bind /tmp/passwd /etc/passwd
mount --bind /tmp/group /etc/group
"""
BIND = 1 << 10  # CAP_NET_BIND_SERVICE

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def pid_of(machine, name):
    services = {each["name"]: each for each in machine.status()["services"]}
    return services[name]["pid"]


def process(machine):
    """/proc/PID/status of the server, as a dictionary of lists."""
    pid = next(each["pid"] for each in machine.processes()
               if each["comm"] == "stagecraft-web")
    text = machine.outside(f"/proc/{pid}/status").read_text()
    return {name: words.split() for name, _, words in
            (line.partition(":") for line in text.splitlines())}


def begin(machine, members="stagecraft-web", conf=""):
    machine.home.chmod(0o755)
    if members is not None:
        machine.run(["sh", "-c", USERS.format(members=members)],
                    as_root=True, check=True)
    show.make_rig(machine, web=web.WEB, idle=IDLE)
    (machine.rig / "rig.conf").write_text(conf)
    machine.up()
    return web.Page(machine)


def works(page):
    token, ident = page.pair("admin")
    assert page.ask("GET", "/api/rig/state", token=token).code == 200
    assert page.ask("POST", "/api/unlock", token=token).code == 200
    before = pid_of(page.machine, "idle")
    answer = page.ask("POST", "/api/rig/restart", {"name": "idle"},
                      token=token)
    assert answer.code == 200, answer.bytes
    assert pid_of(page.machine, "idle") != before
    # The device is known to the next one.
    pid = pid_of(page.machine, "web")
    page.machine.kill(pid)
    wait_until(lambda: pid_of(page.machine, "web") not in (None, pid), 30,
               "it is back")
    show.await_state(page.machine, "web", "ready", 30)
    page.port = page.find_port()
    assert page.ask("GET", "/api/me", token=token).json["id"] == ident
    # It ends and comes back though it cannot take its socket away.
    page.machine.stagecraft("restart", "web", check=True)
    show.await_state(page.machine, "web", "ready", 30)
    page.port = page.find_port()
    assert page.ask("GET", "/api/me", token=token).json["id"] == ident


def log_of(machine):
    return machine.stagecraft("logs", "web", check=True).stdout


def test_root_has_the_page_served_by_a_user_of_its_own(make_machine):
    machine = make_machine(xdg=False)
    page = begin(machine)
    for _ in range(2):
        seen = process(machine)
        assert seen["Uid"] == [str(UID)] * 4 and seen["Gid"] == [str(UID)] * 4
        assert set(seen["Groups"]) <= {str(UID), str(GID)}
        assert all(int(seen[name][0], 16) == 0
                   for name in ("CapEff", "CapPrm", "CapInh"))
        assert seen["NoNewPrivs"] == ["1"] and seen["Seccomp"] == ["2"]
        works(page)
    assert "root serves" not in log_of(machine)
    file = machine.rig / "state/web/devices"
    assert file.stat().st_uid == UID and file.stat().st_mode & 0o077 == 0
    socket = machine.outside(machine.run_dir / "rig.sock").stat()
    assert (socket.st_uid, socket.st_gid, socket.st_mode & 0o777) == (
        0, GID, 0o660)
    page.end()


def test_a_low_port_is_kept(make_machine):
    machine = make_machine(xdg=False)
    page = begin(machine, conf="web.port 80\n")
    seen = process(machine)
    assert seen["Uid"] == [str(UID)] * 4
    assert int(seen["CapEff"][0], 16) == BIND
    works(page)
    page.end()


@pytest.mark.parametrize("xdg, members, why", [
    (False, None, "does not exist"),
    (False, "", "is no member of the group stagecraft"),
    (True, "stagecraft-web", "cannot reach the run directory"),
])
def test_else_it_is_a_root_without_capabilities(make_machine, xdg, members,
                                                why):
    machine = make_machine(xdg=xdg)
    page = begin(machine, members)
    seen = process(machine)
    assert seen["Uid"] == ["0"] * 4
    assert all(int(seen[name][0], 16) == 0 for name in ("CapEff", "CapPrm"))
    works(page)
    assert why in log_of(machine)
    page.end()


def test_a_rig_that_is_closed_stays_roots(make_machine):
    machine = make_machine(xdg=False)
    machine.rig.mkdir(mode=0o700)
    page = begin(machine)
    assert process(machine)["Uid"] == ["0"] * 4
    works(page)
    assert "cannot reach state/web" in log_of(machine)
    assert (machine.rig / "state/web/devices").stat().st_uid == 0
    page.end()


def test_where_a_user_runs_the_rig_nothing_changes(make_machine):
    machine = make_machine(user=True)
    page = begin(machine)
    assert process(machine)["Uid"] == [str(machine.uid)] * 4
    works(page)
    assert "root" not in log_of(machine)
    socket = machine.outside(machine.run_dir / "rig.sock").stat()
    assert socket.st_gid == machine.uid
    page.end()
