# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks on a computer that lets them have no memory for themselves, and on one
whose clock is set while they play."""

import struct

import pytest

from harness import racks, show, wait_until

LEVEL = 0.25
YEAR_S = 365 * 86400
JUMPS_S = (10 * YEAR_S, -20 * YEAR_S, 3600, 0)
START = "exec stagecraft-rack"


@pytest.fixture
def rig(machine):
    racks.make_rig(machine)
    return machine


def put(rig, name, before, **slots):
    """A rack, started behind what is put before its program."""
    rig.rack_files = racks.FILES | {
        "run": racks.FILES["run"].replace(START, before)}
    racks.put(rig, name,
              a_10_source=racks.slot("source", f"set level {LEVEL}"), **slots)


def up(rig):
    rig.up()
    show.await_state(rig, "fx", "ready", 60)


@pytest.mark.machine(user=True)
def test_a_rack_that_may_lock_no_memory_says_so_once_and_plays(rig):
    put(rig, "fx", f"ulimit -l 64\n{START}")
    up(rig)
    racks.level(rig, "fx:out_1", wait=LEVEL)
    assert racks.locked(rig, "fx") < 0.01
    pid = racks.pid_of(rig, "fx")
    server, = show.program_pids(rig, "stagecraft-jack")
    rig.kill(server)
    wait_until(lambda: show.program_pids(rig, "stagecraft-jack") not in (
        [], [server]), 60, "another server")
    wait_until(lambda: "fx:out_1" in show.run_jack_tool(
        rig, ["jack_lsp"]).stdout, 60, "the rack is with it again")
    racks.ask(rig, "set", "fx", "source", "level", "0.5")
    racks.level(rig, "fx:out_1", wait=0.5)
    assert racks.pid_of(rig, "fx") == pid
    assert racks.log(rig, "fx").count("memory is not locked") == 1


@pytest.mark.machine(user=True)
def test_a_limit_of_nothing(rig):
    """It is raised where that is permitted. Where it is not JACK lets nobody in
    (1.9.21), and the rack says why."""
    put(rig, "fx", f"ulimit -S -l 0\n{START}")
    up(rig)
    racks.level(rig, "fx:out_1", wait=LEVEL)
    put(rig, "nothing", f"ulimit -l 0\n{START}")
    wait_until(lambda: "may not lock some pages" in racks.log(rig, "nothing"),
               60, lambda: f"it says why: {racks.log(rig, 'nothing')}")
    wait_until(lambda: "unable to open client" in racks.log(rig, "nothing"),
               60, "JACK refuses it")
    racks.level(rig, "fx:out_1", wait=LEVEL)


class Wall:
    """The clock on the wall, as the rack sees it."""

    def __init__(self, rig):
        self.path = rig.home / "jump"
        self.set(0)
        self.before = (f"exec env WALL_JUMP={self.path} "
                       f"LD_PRELOAD={rig.home}/tools/wall-jump.so ")

    def set(self, jump_s):
        if not self.path.exists():
            self.path.write_bytes(bytes(8))
        with open(self.path, "r+b") as file:
            file.write(struct.pack("q", jump_s))

    def year(self, rig):
        return int(rig.run(["sh", "-c", f"{self.before}date +%Y"],
                           check=True).stdout)


def see_a_save(rig, level):
    """It is set, heard by and by, and a checkpoint has it."""
    path = rig.rig / "state/rack/fx/source"
    before = path.read_bytes() if path.exists() else b""
    racks.ask(rig, "set", "fx", "source", "level", str(level))
    racks.level(rig, "fx:out_1", wait=level)
    wait_until(lambda: path.exists() and path.read_bytes() != before, 30,
               "a checkpoint by itself")


def see_a_hang(rig):
    """It is left, and the rack plays on."""
    pid = racks.pid_of(rig, "fx")
    racks.ask(rig, "set", "fx", "sick", "now", "1")
    racks.await_slot(rig, "fx", "sick", deadline=60, state="passes")
    racks.ask(rig, "set", "fx", "sick", "now", "0")
    racks.ask(rig, "revive", "fx", "sick")
    racks.await_slot(rig, "fx", "sick", deadline=60, state="plays")
    assert racks.pid_of(rig, "fx") == pid


def test_a_clock_that_jumps_disturbs_nothing(rig):
    """Saves, fades, who is thought to hang and who is not; the newest save is
    the one that counts, whatever time it is of."""
    wall = Wall(rig)
    put(rig, "fx", START.replace("exec ", wall.before),
        a_20_sick=racks.slot("hang-run"))
    up(rig)
    now = wall.year(rig)
    pid = racks.pid_of(rig, "fx")
    for number, jump_s in enumerate(JUMPS_S):
        wall.set(jump_s)
        level = (number + 1) / 16
        see_a_save(rig, level)
        assert "hang" not in racks.log(rig, "fx")
    assert racks.pid_of(rig, "fx") == pid
    wall.set(JUMPS_S[1])
    assert wall.year(rig) == pytest.approx(now - 20, abs=1)
    see_a_hang(rig)
    rig.down()  # and only what is on disk is left
    wall.set(JUMPS_S[0])
    up(rig)
    assert racks.values(rig, "fx", "source")["level"] == level
    racks.level(rig, "fx:out_1", wait=level)
