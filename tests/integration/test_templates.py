# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every service template runs its program well.

A directory in services/ without a case here fails.
"""

import os
import shutil
import signal
import subprocess

import pytest

from harness import show, wait_until
from harness.templates import (CONNECTED, GLOBALS, SERVICES, Case, make_rig,
                               ports, set_env, stopped, write_patch)

TEMPLATES = sorted(path.name for path in SERVICES.iterdir())
ODD_NAME = "A (big) [hall] * \\ x"
FREE_PORT = "import socket; s = socket.socket(socket.AF_INET, " \
            "socket.SOCK_DGRAM); s.bind(('127.0.0.1', 0)); " \
            "print(s.getsockname()[1])"


SYSTEM = ("system:playback_1", "system:playback_2")
RACK_PORTS = ("in_1", "in_2", "out_1", "out_2", "midi_in", "midi_out")
CASES = {
    "a2j": Case("a2jmidid", waits_for="waits for alsa"),
    "global-fx": Case("stagecraft-rack global-fx", tuple(
        f"global-fx:{port}" for port in RACK_PORTS)),
    "jack": Case("stagecraft-jack", SYSTEM),
    "jackd": Case("jackd", SYSTEM, server="jackd"),
    "midi": Case("stagecraft-midi", waits_for="waits for alsa"),
    "midi-clock": Case("jack_midi_clock", ("jack_midi_clock:mclk_out",)),
    "midi-demo": Case("jack_midiseq", ("Demo:out",)),
    "net-receive": Case("zita-n2j", ("net-receive:out_1",
                                     "net-receive:out_2")),
    "net-send": Case("zita-j2n", ("net-send:in_1", "net-send:in_2")),
    "patchbay": Case("stagecraft-patchbay"),
    "pipewire": Case("pipewire", SYSTEM, server="pipewire"),
    "rack": Case("stagecraft-rack rack", tuple(
        f"rack:{port}" for port in RACK_PORTS)),
    "show": Case("stagecraft-show"),
    "web": Case("stagecraft-web"),
    "synth": Case("stagecraft-rack synth", tuple(
        f"synth:{port}" for port in RACK_PORTS[2:])),
    "wireplumber": Case("wireplumber", SYSTEM, server="pipewire"),
}
LIGHTS = {"ola": Case("olad"), "qlcplus": Case("qlcplus")}  # test_lights.py
KNOWN = CASES | GLOBALS | LIGHTS  # GLOBALS are tried by test_globals.py


def are_running(machine, *names):
    """Asserts that the services of these templates are what their cases say."""
    now = show.services(machine)
    there = ports(machine)
    for name in names:
        case = KNOWN[name]
        if case.waits_for:
            assert now[name]["state"] == "idle", now[name]
            assert now[name]["note"].startswith(case.waits_for), now[name]
        else:
            assert now[name]["ready"], now[name]
            pids = show.program_pids(machine, case.program)
            assert len(pids) == 1, (name, pids)
        assert set(case.ports) <= there, set(case.ports) - there
    return "patchbay" not in names or is_connected(machine)


def is_connected(machine):
    assert CONNECTED in show.edges(machine)
    return True


def kill_once(machine, name):
    """kill -9 of the program, or of what waits in its place."""
    case = KNOWN[name]

    def pids():
        if case.waits_for:
            return [show.service(machine, name)["pid"]]
        return show.program_pids(machine, case.program)

    before, = pids()
    machine.kill(before, signal.SIGKILL)
    if name == "patchbay":  # what it has connected stays without it
        machine.run(["jack_disconnect", *CONNECTED], check=True)
    wait_until(lambda: pids() not in ([], [0], [before]), 20,
               f"another process of {name}")


def await_running(machine, *names):
    wait_until(lambda: are_running(machine, *names), 20,
               f"{', '.join(names)}: all run")


def test_every_template_has_a_case():
    assert sorted(KNOWN) == TEMPLATES


@pytest.mark.parametrize("server", ["jack", "jackd", "pipewire"])
def test_all_are_ready_come_back_and_leave_nothing(machine, server):
    cases = {name: case for name, case in CASES.items()
             if case.server == server}
    machine.server = "pipewire" if server == "pipewire" else "jack"
    make_rig(machine, *cases)
    told = machine.up().stdout
    for name, case in cases.items():
        state = "idle" if case.waits_for else "ready"
        assert f"  {state:<9} {name} " in told, told
        assert case.waits_for in told
    await_running(machine, *cases)
    for name in cases:
        kill_once(machine, name)
        await_running(machine, *cases)
    done = machine.down()
    order = stopped(done)
    assert sorted(order) == sorted(cases) and order[-1] == server
    assert "killed" not in done.stdout
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_a_rig_on_jackd(machine):
    """In place of jack: killed and stopped with clients, no slot stays."""
    make_rig(machine, "jackd", "midi-demo", "fluidsynth")
    set_env(machine, "jackd", JACKD_OPTIONS="-r -d dummy -r 44100 -p 512")
    machine.up()
    rate = machine.run(["jack_samplerate"], check=True).stdout
    assert rate.strip() == "44100"
    for _ in range(2):
        kill_once(machine, "jackd")
        await_running(machine, "jackd", "midi-demo", "fluidsynth")
        show.check_no_stale(machine)
    check = machine.rig / "services/jackd/check"
    assert machine.run([check]).returncode == 0
    machine.stagecraft("stop", "jackd", check=True)
    stale = show.stale(machine)["stale"]
    del stale["databases"]  # those that wait for a server may make one
    assert not any(stale.values()), stale
    assert machine.run([check]).returncode == 111
    machine.stagecraft("start", "jackd", check=True)
    machine.stagecraft("wait", "-t", "20s", check=True)
    assert stopped(machine.down())[-1] == "jackd"
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_the_network_carries_sound(machine):
    """From net-send to net-receive on the same computer."""
    make_rig(machine, "jack", "patchbay", "net-send", "net-receive")
    write_patch(machine, ("tone:out_1", "net-send:in_1"))
    show.put(machine, "tone", **show.client("tone", "-t"))
    port = machine.run(["/usr/bin/python3", "-c", FREE_PORT],
                       check=True).stdout.strip()
    for name in ("net-send", "net-receive"):
        set_env(machine, name, NET_PORT=port)
    machine.up()
    hear_the_network(machine)
    for name in ("net-send", "net-receive"):
        kill_once(machine, name)
        hear_the_network(machine)


def hear_the_network(machine):
    heard = machine.run(["jack-listen", "-t", "20s", "net-receive:out_1"])
    assert heard.returncode == 0, heard.stdout + heard.stderr


def test_the_clock_ticks_while_the_transport_rolls(machine):
    make_rig(machine, "jack", "midi-clock", "patchbay")
    write_patch(machine, ("jack_midi_clock:mclk_out", "dump:input"))
    machine.up()
    dump = machine.popen(["stdbuf", "-oL", "jack_midi_dump", "dump"],
                         stdout=subprocess.PIPE)
    wait_until(lambda: ("jack_midi_clock:mclk_out", "dump:input")
               in show.edges(machine), 10, "dump is connected")
    machine.run(["jack_transport"], text="play\nquit\n", check=True)
    ticks = 0
    while ticks < 3:
        line = dump.stdout.readline()
        assert line, "jack_midi_dump has ended"
        ticks += " f8" in line
    dump.kill(signal.SIGTERM)
    dump.wait()


def test_what_may_be_set(machine):
    """env/ changes the program, and what it is ready by."""
    make_rig(machine, "jack", "fluidsynth", "jalv", "net-send", "net-receive",
             "midi-clock")
    set_env(machine, "fluidsynth", SYNTH_NAME="My Piano", SYNTH_GAIN="0.3")
    set_env(machine, "jalv", FX_NAME=ODD_NAME,
            FX_PLUGIN="http://drobilla.net/plugins/mda/Delay")
    set_env(machine, "net-send", NET_CHANNELS="1", NET_ADDRESS="127.0.0.2")
    set_env(machine, "net-receive", NET_CHANNELS="1,2,3")
    set_env(machine, "midi-clock", CLOCK_BPM="90")
    machine.up()
    now = ports(machine)
    assert {"My Piano:left", "My Piano:midi_00"} <= now
    assert f"{ODD_NAME}:left_in" in now
    assert "net-send:in_1" in now and "net-send:in_2" not in now
    assert "net-receive:out_3" in now
    words = {p["comm"]: p["cmdline"] for p in machine.processes()}
    assert "synth.gain=0.3" in "=".join(words["fluidsynth"])
    assert words["jalv"][-1].endswith("/mda/Delay")
    assert "127.0.0.2" in words["zita-j2n"]
    assert words["jack_midi_clock"][1:] == ["-b", "90"]


def test_what_is_set_wrongly_is_told(machine):
    """It stays down, and the log has a sentence for each."""
    make_rig(machine, "jack", "fluidsynth", "jalv")
    set_env(machine, "fluidsynth", SYNTH_FONT="/no where.sf2")
    os.unlink(machine.rig / "services/jalv/env/FX_NAME")
    assert machine.stagecraft("up", "-r", machine.rig).returncode == 1
    show.await_state(machine, "fluidsynth", "failed")
    show.await_state(machine, "jalv", "failed")
    told = machine.stagecraft("logs").stdout
    assert "unable to read the sound font /no where.sf2; name another one " \
        "in env/SYNTH_FONT" in told
    assert "FX_NAME, which is not set; write it into env/FX_NAME" in told
    set_env(machine, "jalv", FX_NAME="again")
    show.await_state(machine, "jalv", "ready")
    set_env(machine, "fluidsynth", SYNTH_FONT="")
    show.await_state(machine, "fluidsynth", "ready")


def test_a_patchbay_without_a_patch_is_ready(machine):
    make_rig(machine, "jack", "patchbay")
    patch = machine.rig / "patchbay/global.patch"
    os.rename(patch, machine.rig / "later.patch")
    machine.up()
    show.await_state(machine, "patchbay", "ready")
    assert CONNECTED not in show.edges(machine)
    os.rename(machine.rig / "later.patch", patch)
    wait_until(lambda: is_connected(machine), 10, "it has connected")


def test_each_is_listed_with_what_it_is(machine):
    (machine.rig / "services").mkdir(parents=True)
    listed = machine.stagecraft("enable", "-r", machine.rig,
                                check=True).stdout.splitlines()[1:]
    told = {line.split()[0]: line.split(None, 1)[1:] for line in listed}
    assert sorted(told) == TEMPLATES
    assert all(told.values()), told


@pytest.mark.skipif(not shutil.which("shellcheck"),
                    reason="shellcheck is not installed")
def test_scripts_are_clean():
    scripts = [path for path in SERVICES.rglob("*") if path.is_file()
               and path.read_bytes().startswith(b"#!")]
    assert {SERVICES / name / "run" for name in TEMPLATES} <= set(scripts)
    for script in scripts:
        assert os.access(script, os.X_OK), script
    done = subprocess.run(["shellcheck", *scripts], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
