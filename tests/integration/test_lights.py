# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""From a song to the levels of lamps: the show manager, QLC+ and OLA, as their
service templates run them."""

import json
import shutil

import pytest

from harness import show, songs, wait_until
from harness.templates import SERVICES

# A network, which neither of both takes the loopback for.
NETWORK = """set -e
ip link add lights type veth peer name lamps
ip addr add 10.9.0.1/24 dev lights
ip link set lights up
ip link set lamps up
"""
WORKSPACE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE Workspace>
<Workspace xmlns="http://www.qlcplus.org/Workspace" CurrentWindow="VirtualConsole">
 <Creator><Name>Q Light Controller Plus</Name><Version>4.12.6</Version></Creator>
 <Engine>
  <InputOutputMap>
   <Universe Name="Universe 1" ID="0">
    <Output Plugin="E1.31" UID="10.9.0.1" Line="0">
     <PluginParameters multicast="0" ucastIP="10.9.0.1" universe="1"/>
    </Output>
   </Universe>
  </InputOutputMap>
  <Fixture>
   <Manufacturer>Generic</Manufacturer><Model>Generic</Model>
   <Mode>3 Channel</Mode>
   <ID>0</ID><Name>Lamps</Name><Universe>0</Universe><Address>0</Address>
   <Channels>3</Channels>
  </Fixture>
  <Function ID="5" Type="Scene" Name="Blue wash">
   <Speed FadeIn="0" FadeOut="0" Duration="0"/>
   <FixtureVal ID="0">0,10,1,20,2,255</FixtureVal>
  </Function>
  <Function ID="6" Type="Scene" Name="Red">
   <Speed FadeIn="0" FadeOut="0" Duration="0"/>
   <FixtureVal ID="0">0,200,1,0,2,0</FixtureVal>
  </Function>
 </Engine>
</Workspace>
"""
LEVELS = "import urllib.request as r; print(r.urlopen(" \
         "'http://127.0.0.1:9090/get_dmx?u=1', timeout=5).read().decode())"


@pytest.fixture
def stage(machine):
    for program in ("qlcplus", "olad"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    stage = songs.Stage(machine, {})
    made = machine.run(["sh", "-c", NETWORK])
    if made.returncode != 0:
        pytest.skip(f"no network can be made here: {made.stderr}")
    for name in ("ola", "qlcplus"):
        shutil.copytree(SERVICES / name, machine.rig / "services" / name)
    service = machine.rig / "services/ola"
    (service / "env/OLA_INTERFACE").write_text("lights\n")
    (service / "env/OLA_HTTP").write_text("yes\n")
    (service / "conf/ola-e131.conf").write_text(
        "enabled = true\nip = 10.9.0.1\ninput_ports = 1\noutput_ports = 0\n")
    (service / "conf/ola-port.conf").write_text("11-1-I-0 = 1\n")
    (machine.rig / "services/qlcplus/show.qxw").write_text(WORKSPACE)
    for name, look in (("Opener", "Blue wash"), ("Ballad", "Red")):
        stage.song(name)
        (stage.songs / name / "song.conf").write_text(
            f'cue go    qlc "{look}"\ncue leave qlc "{look}" off\n')
    yield stage
    stage.end()


def await_levels(stage, *levels):
    def look():
        got = stage.machine.run(["/usr/bin/python3", "-c", LEVELS])
        return got.returncode == 0 and \
            json.loads(got.stdout)["dmx"][:3] == list(levels)
    wait_until(look, 30, lambda: f"{levels}: {stage.call('cues')['result']}")


def test_a_song_sets_the_lamps_also_when_the_lights_come_back(stage):
    stage.up()
    for name in ("ola", "qlcplus"):
        show.await_state(stage.machine, name, "ready", 60)
    assert stage.call("probe")["result"]["wrong"] == []
    stage.open("Opener")
    await_levels(stage, 10, 20, 255)
    stage.open("Ballad")
    await_levels(stage, 200, 0, 0)
    stage.open("Opener")
    await_levels(stage, 10, 20, 255)

    # What it has patched it has been told, and does not remember.
    before = show.service(stage.machine, "ola")["pid"]
    stage.machine.kill(before)
    wait_until(lambda: show.service(stage.machine, "ola")["pid"]
               not in (0, before), 30, "another olad")
    await_levels(stage, 10, 20, 255)
    stage.machine.kill(show.service(stage.machine, "qlcplus")["pid"])
    wait_until(lambda: show.service(stage.machine, "qlcplus")["restarts"],
               30, "another QLC+")
    wait_until(lambda: any("started anew" in line for line in
                           stage.machine.stagecraft("logs", "show")
                           .stdout.splitlines()), 30, "it is told again")
    await_levels(stage, 10, 20, 255)
    stage.call("close")
    await_levels(stage, 0, 0, 0)
