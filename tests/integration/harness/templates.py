# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Service templates: rigs made of them, and what those of other programs are
expected to be."""

import dataclasses
import os
import pathlib

from . import show

SERVICES = pathlib.Path(__file__).resolve().parents[3] / "services"
CONNECTED = ("system:capture_1", "system:playback_1")


@dataclasses.dataclass
class Case:
    """What a template is expected to be."""

    program: str
    ports: tuple = ()
    server: str = "jack"  # in whose rig it is tried
    waits_for: str = ""  # in words, where the program cannot run here
    package: str = ""  # Debian's, that has the program
    wants_sequencer: bool = False  # ALSA's
    file: str = ""  # the variable that names a file of the user's


def v1(name):
    return Case(f"{name}_jack", tuple(
        f"{name}:{port}" for port in ("in_1", "in_2", "out_1", "out_2", "in")),
        package=name, file=f"{name.upper()}_PRESET", wants_sequencer=True)


# Those of programs that play as well without us: globals, all of them.
GLOBALS = {
    "carla": Case("jack-client", ("Carla:out_1", "Carla:out_2"),
                  file="CARLA_PROJECT"),
    "drumkv1": v1("drumkv1"),
    "fluidsynth": Case("fluidsynth", ("Synth:left", "Synth:right",
                                      "Synth:midi_00"),
                       package="fluidsynth", file="SYNTH_FONT"),
    "hydrogen": Case("h2cli", ("Hydrogen:out_L", "Hydrogen:out_R",
                               "Hydrogen-midi:RX"),
                     package="hydrogen", file="HYDROGEN_SONG"),
    "jalv": Case("jalv", tuple(
        f"jalv:{side}_{way}" for side in ("left", "right")
        for way in ("in", "out")), package="jalv"),
    "padthv1": v1("padthv1"),
    "samplv1": v1("samplv1"),
    "synthv1": v1("synthv1"),
    "zynaddsubfx": Case("zynaddsubfx", tuple(
        f"zynaddsubfx_global:{port}" for port in
        ("midi_input", "out_1", "out_2")), package="zynaddsubfx",
        file="ZYN_FILE"),
}


def make_rig(machine, *names):
    """A rig of templates, and a patch that joins CONNECTED."""
    show.use_tools(machine)
    (machine.rig / "services").mkdir(parents=True)
    (machine.rig / "patchbay").mkdir()
    write_patch(machine, CONNECTED)
    machine.stagecraft("enable", "-r", machine.rig, *names, check=True)


def write_patch(machine, *connections):
    """patchbay/global.patch with these."""
    show.write(machine.rig / "patchbay/global.patch", "".join(
        f"{source} -> {target}\n" for source, target in connections))


def set_env(machine, service, **variables):
    """Sets what a user may set, each value at once: a service that starts just
    then would read an empty one."""
    for name, value in variables.items():
        new = show.write(machine.rig / ".value", value + "\n")
        os.replace(new, machine.rig / "services" / service / "env" / name)


def ports(machine):
    return set(show.run_jack_tool(machine, ["jack_lsp"]).stdout.splitlines())


def stopped(done):
    return [line.split()[1] for line in done.stdout.splitlines()
            if line.startswith("  stopped ")]
