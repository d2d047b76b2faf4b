# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Other programs as globals, by their templates: killed, they are back with
their ports, and connected.

All are the real ones but for carla, of which Debian 12 has no package: a
stand-in takes its options, opens its client, and ends with the server as it
does. Four crash without the ALSA sequencer, which test machines have not; they
get one that is quiet here, and the real one in tests/vm/test_jack.py.
STAGE_FULL=1 kills each of them five times, and the server as often.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import wave

import pytest

from harness import show, wait_until
from harness.templates import GLOBALS, make_rig, set_env, stopped, write_patch

TIMES = 5 if show.full() else 1
SOURCE = "Demo:out"  # of notes
MIDI_IN = {"drumkv1": "drumkv1:in", "fluidsynth": "Synth:midi_00",
           "hydrogen": "Hydrogen-midi:RX", "padthv1": "padthv1:in",
           "samplv1": "samplv1:in", "synthv1": "synthv1:in",
           "zynaddsubfx": "zynaddsubfx_global:midi_input"}
AUDIO_OUT = {"carla": "Carla:out_1", "drumkv1": "drumkv1:out_1",
             "fluidsynth": "Synth:left", "hydrogen": "Hydrogen:out_L",
             "jalv": "jalv:left_out", "padthv1": "padthv1:out_1",
             "samplv1": "samplv1:out_1", "synthv1": "synthv1:out_1",
             "zynaddsubfx": "zynaddsubfx_global:out_1"}
EDGES = {(SOURCE, port) for port in MIDI_IN.values()} | {
    (port, "system:playback_1") for port in AUDIO_OUT.values()}
CARLA = """#!/bin/sh
if [ "$1" != --no-gui ] || [ ! -r "$2" ] || [ $# -ne 2 ]; then
	echo "Carla no-gui mode can only be used together with a project file."
	exit 1
fi
grep -qx ProcessMode=0 "$XDG_CONFIG_HOME/falkTX/Carla2.conf" || exit 1
exec jack-client "$CARLA_CLIENT_NAME"
"""
SEQUENCED = [name for name, case in GLOBALS.items() if case.wants_sequencer]
QUIET = "seq-quiet.so"  # the sequencer
EMPTY = "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE CARLA-PROJECT>\n" \
        "<CARLA-PROJECT VERSION='2.5'>\n</CARLA-PROJECT>\n"


def use_sequencer(machine, *names):
    """One that the need for it sees, and that these services can open."""
    show.use_own_dev(machine)
    machine.run(["sh", "-c", "mkdir /dev/snd; touch /dev/snd/seq"], check=True)
    library = machine.home / QUIET
    shutil.copy2(show.find_tools() / QUIET, library)
    for name in names:
        set_env(machine, name, LD_PRELOAD=str(library))


def add_carla(machine):
    """The stand-in for carla, and a project for it."""
    show.write(machine.home / "tools/carla", CARLA, 0o755)
    show.write(machine.rig / "services/carla/project.carxp", EMPTY)


@pytest.fixture
def rig(machine):
    """A rig of all of them, a source of notes, and a long period: what they
    do is the same, and costs less."""
    make_rig(machine, "jack", "patchbay", "midi-demo", *GLOBALS)
    show.write(machine.rig / "rig.conf",
               "jack.driver dummy\njack.period 1024\n")
    write_patch(machine, *sorted(EDGES))
    add_carla(machine)
    use_sequencer(machine, *SEQUENCED)
    return machine


def pids(machine):
    """{name: pid} of their programs, of which each must run once."""
    found = {name: show.program_pids(machine, case.program)
             for name, case in GLOBALS.items()}
    assert all(len(those) == 1 for those in found.values()), found
    return {name: those[0] for name, those in found.items()}


def are_whole(machine):
    """Asserts that all are ready, have their ports by name, once, and are
    connected as the patch says."""
    now = show.services(machine)
    for name in GLOBALS:
        assert now[name]["ready"], now[name]
    there = show.run_jack_tool(machine, ["jack_lsp"]).stdout.splitlines()
    for case in GLOBALS.values():
        for port in case.ports:
            assert there.count(port) == 1, (port, there)
    found = {frozenset(edge) for edge in show.edges(machine)}
    wanted = {frozenset(edge) for edge in EDGES}
    assert found == wanted, found ^ wanted
    return True


def await_whole(machine, what):
    wait_until(lambda: are_whole(machine), 60, f"all are whole {what}")


def kill_order():
    """Each of them and the server, TIMES times, in an order that is had again
    by STAGE_SEED."""
    seed = int(os.environ.get("STAGE_SEED", random.randrange(1 << 32)))
    print(f"STAGE_SEED={seed}")
    order = ["jack", *GLOBALS] * TIMES
    random.Random(seed).shuffle(order)
    return order


def kill_one(machine, name):
    """Kills one, or the server, which all go with, and waits until there is
    another; the others must be the same."""
    before = pids(machine)
    victim = before.get(name) or show.program_pids(machine,
                                                   "stagecraft-jack")[0]
    ended = list(GLOBALS) if name == "jack" else [name]
    machine.kill(victim, signal.SIGKILL)
    wait_until(lambda: all(pids(machine)[other] != before[other]
                           for other in ended), 30, f"another {ended}")
    await_whole(machine, f"after the kill of {name} ({victim})")
    after = pids(machine)
    assert {other for other in GLOBALS if after[other] != before[other]} == \
        set(ended), (name, before, after)


def test_killed_they_are_back_and_connected(rig):
    """Each alone, while the others play on; the server, and all come back."""
    told = rig.up().stdout
    for name in GLOBALS:
        assert f"  ready     {name} " in told, told
    await_whole(rig, "at first")
    for name in kill_order():
        kill_one(rig, name)
    done = rig.down()
    order = stopped(done)
    assert set(GLOBALS) < set(order) and order[-1] == "jack", order
    assert "killed" not in done.stdout, done.stdout
    wait_until(lambda: not rig.leftovers(), 10, rig.leftovers)


# What is not there ---------------------------------------------------------


def hide_programs(machine):
    """A PATH without the programs of GLOBALS; the directory that has all
    others, where they may be put back."""
    directory = machine.home / "others"
    directory.mkdir(mode=0o755)
    hidden = {case.program for case in GLOBALS.values()}
    for place in ("/usr/bin", "/usr/sbin"):
        for name in set(os.listdir(place)) - hidden:
            if not os.path.lexists(directory / name):
                os.symlink(f"{place}/{name}", directory / name)
    machine.set_env(PATH=f"{machine.prefix}/bin:{directory}")
    return directory


def log_of(machine, name):
    return machine.stagecraft("logs", name).stdout


def tells(machine, name, sentence):
    """Waits until a service has given up, and said why in one line."""
    def has_told():
        now = show.service(machine, name)
        assert now["state"] == "failed", now
        assert now["note"] == \
            f"gave up: exit 100; stagecraft logs {name} says why"
        assert f" {name}: error: {sentence}" in log_of(machine, name)
        return True

    wait_until(has_told, 20, lambda: f"{name} tells: {sentence}; it told: "
               + log_of(machine, name))


def test_what_is_not_there_is_told(machine):
    """The program, with the package that has it; then the user's file. All
    the others play on, and it plays when both have come."""
    make_rig(machine, "jack", *GLOBALS)
    directory = hide_programs(machine)
    use_sequencer(machine, *SEQUENCED)
    up = machine.stagecraft("up", "-r", machine.rig)
    assert up.returncode == 1 and "  ready     jack " in up.stdout, up.stdout
    for name, case in GLOBALS.items():
        if name == "carla":
            tells(machine, name, "carla is not installed; Debian 12 has no "
                  "package of it, see ")
            continue
        tells(machine, name, f"{case.program} is not installed; Debian has it "
              f"in the package {case.package}\n")
        owner = subprocess.run(
            ["dpkg-query", "--search", f"/usr/bin/{case.program}"], text=True,
            check=True, stdout=subprocess.PIPE).stdout
        assert owner.partition(":")[0] == case.package
        os.symlink(f"/usr/bin/{case.program}", directory / case.program)
    show.write(directory / "carla", CARLA, 0o755)
    for name, case in GLOBALS.items():
        if case.file:
            set_env(machine, name, **{case.file: "/no where"})
            tells(machine, name, "unable to read the ")
            assert re.search(f"/no where; .*env/{case.file}\n",
                             log_of(machine, name))
    assert show.service(machine, "jack")["ready"]
    set_env(machine, "zynaddsubfx", ZYN_FILE="")
    show.await_state(machine, "zynaddsubfx", "ready")
    machine.stagecraft("start", "jalv", check=True)
    show.await_state(machine, "jalv", "ready")


# What is the user's --------------------------------------------------------

SONG = "/usr/share/hydrogen/data/demo_songs/GM_kit_demo1.h2song"
PAD = "/usr/share/zynaddsubfx/banks/Pads/0001-Sine Pad.xiz"
PRESET = """<!DOCTYPE samplv1>
<preset name="mine" version="0.9.29">
 <samples>
  <sample index="0" name="GEN1_SAMPLE"><filename>sound.wav</filename></sample>
 </samples>
</preset>
"""


def write_sound(path):
    """A second of a square wave, 16 bits."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48000)
        sound.writeframes((b"\x00\x20" * 50 + b"\x00\xe0" * 50) * 480)


def hears(machine, port):
    heard = machine.run(["jack-listen", "-t", "20s", port], timeout=30)
    assert heard.returncode == 0, (port, heard.stdout + heard.stderr)


def test_their_files_are_heard(machine):
    """Sounds that only play what they were given: a sampler's preset, a song
    that rolls with JACK, an instrument; under names of the user's."""
    make_rig(machine, "jack", "patchbay", "midi-demo", "samplv1", "hydrogen",
             "zynaddsubfx")
    show.write(machine.rig / "rig.conf",
               "jack.driver dummy\njack.period 1024\n")
    write_patch(machine, (SOURCE, "Mine:in"),
                (SOURCE, "zynaddsubfx_pad:midi_input"))
    services = machine.rig / "services"
    write_sound(services / "samplv1/sound.wav")
    show.write(services / "samplv1/mine.samplv1", PRESET)
    shutil.copy(SONG, services / "hydrogen/my.h2song")
    set_env(machine, "samplv1", SAMPLV1_PRESET="mine.samplv1",
            SAMPLV1_NAME="Mine")
    set_env(machine, "hydrogen", HYDROGEN_SONG="my.h2song")
    set_env(machine, "zynaddsubfx", ZYN_FILE=PAD, ZYN_NAME="pad")
    use_sequencer(machine, "samplv1")
    machine.up()
    hears(machine, "Mine:out_1")
    hears(machine, "zynaddsubfx_pad:out_1")
    assert "Instrument file loaded" in log_of(machine, "zynaddsubfx")
    machine.run(["jack_transport"], text="play\nquit\n", check=True)
    hears(machine, "Hydrogen:out_L")
