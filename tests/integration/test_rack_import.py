# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks made of a project of Carla; its connections hold by aliases."""

import pathlib
import shutil

import pytest

from harness import racks, show, wait_until

SOURCE = pathlib.Path(__file__).resolve().parents[2]
USER_FILES = SOURCE.parent / "shared/data"
NAMES = ["global-fx.carxp", "global-toms-carla.carxp", "global-toms.carxp"]
PROJECT = """<?xml version='1.0' encoding='UTF-8'?>
<!DOCTYPE CARLA-PROJECT>
<CARLA-PROJECT VERSION='2.0'>
 <Plugin>
  <Info><Type>LV2</Type><Name>LEVEL</Name>
   <URI>http://stagecraft.example/test#source</URI></Info>
  <Data><Active>Yes</Active><Volume>0.5</Volume>
   <Parameter><Index>0</Index><Symbol>level</Symbol><Value>0.5</Value>
   </Parameter></Data>
 </Plugin>
 <Plugin>
  <Info><Type>LV2</Type><Name>WORK</Name>
   <URI>http://stagecraft.example/test#worker</URI></Info>
  <Data><CustomData>
   <Type>http://lv2plug.in/ns/ext/atom#Int</Type>
   <Key>http://stagecraft.example/test#answers</Key>
   <Value>BwAAAA==</Value></CustomData></Data>
 </Plugin>
 <Plugin>
  <Info><Type>INTERNAL</Type><Name>TO IPAD</Name><Label>midithrough</Label>
  </Info>
 </Plugin>
 <ExternalPatchbay>
  <Connection><Source>GLOBAL:LEVEL:left</Source>
   <Target>system:playback_1</Target></Connection>
  <Connection><Source>WORK:out</Source><Target>system:playback_2</Target>
  </Connection>
  <Connection><Source>TO IPAD:events-out</Source><Target>TO IPAD:events-in
   </Target></Connection>
 </ExternalPatchbay>
</CARLA-PROJECT>
"""


@pytest.fixture
def rig(machine):
    racks.make_rig(machine)
    machine.stagecraft("enable", "-r", machine.rig, "patchbay", check=True)
    return machine


def test_a_project_plays_and_its_connections_hold(rig):
    show.write(rig.rig / "old.carxp", PROJECT)
    done = rig.stagecraft("rack", "import", "-r", rig.rig,
                          rig.rig / "old.carxp", check=True)
    assert "level: LEVEL, 1 values" in done.stdout
    assert "to-ipad: TO IPAD, as builtin:midi-through" in done.stdout
    assert "made " in done.stdout and "services/work" in done.stdout
    rig.up()
    for name in ("level", "work", "to-ipad"):
        show.await_state(rig, name, "ready", 60)
    racks.level(rig, "LEVEL:out_1", wait=0.25)
    racks.level(rig, "WORK:out_1", wait=0.07)  # what it said in Carla
    rig.stagecraft("patch", "import", rig.rig / "old.carxp", check=True)
    wanted = {("LEVEL:out_1", "system:playback_1"),
              ("WORK:out_1", "system:playback_2")}
    wait_until(lambda: wanted <= show.edges(rig), 30,
               lambda: f"{wanted}: {show.edges(rig)}")
    again = rig.stagecraft("rack", "import", rig.rig / "old.carxp")
    assert again.returncode == 100
    assert "there is a service \"level\"" in again.stderr
    assert not list(rig.rig.glob(".import-*"))


def test_a_name_that_a_rack_has_is_told(rig):
    show.write(rig.rig / "old.carxp", PROJECT)
    rig.stagecraft("rack", "import", "-r", rig.rig, rig.rig / "old.carxp",
                   check=True)
    other = PROJECT.replace("WORK", "PLAY").replace("#worker", "#middle")
    show.write(rig.rig / "new.carxp", other)
    said = rig.stagecraft("rack", "import", "-r", rig.rig,
                          rig.rig / "new.carxp", check=True).stdout
    assert "names that others have:\n  level-2: client \"LEVEL\": the rack " \
        "level has it; when that has another one, or has gone, take the # " \
        "off that line of services/level-2/rack\n" in said
    assert "to-ipad-2: alias midi_in \"TO IPAD:events-in\": " in said
    assert "play: " not in said.partition("names that")[2]
    rack = rig.rig / "services/level-2/rack"
    assert "# client LEVEL\n" in rack.read_text()
    rig.up()
    for name in ("level", "level-2", "play", "to-ipad-2"):
        show.await_state(rig, name, "ready", 60)
    racks.level(rig, "LEVEL:out_1", wait=0.25)
    racks.level(rig, "level-2:out_1", wait=0.25)

    # As the report says.
    rig.stagecraft("disable", "level", check=True)
    rig.stagecraft("stop", "level-2", check=True)
    show.write(rack, rack.read_text().replace("# ", ""))
    rig.stagecraft("start", "level-2", check=True)
    racks.level(rig, "LEVEL:out_1", wait=0.25)


def test_what_is_no_project_makes_nothing(rig):
    before = sorted((rig.rig / "services").iterdir())
    for text, sentence in [
            ("<CARLA-PROJECT>", "no element found"),
            ("<CARLA-PROJECT/>", "no plug-in in it that a rack can play"),
            ("<a/>", "this is no file of Carla")]:
        show.write(rig.rig / "old.carxp", text)
        done = rig.stagecraft("rack", "import", "-r", rig.rig,
                              rig.rig / "old.carxp")
        assert done.returncode == 100, text
        assert sentence in done.stderr, done.stderr
    for words in [(rig.rig / "old.carxp", "x" * 300),
                  (rig.rig / ("x" * 240 + ".carxp"),)]:
        done = rig.stagecraft("rack", "import", "-r", rig.rig, *words)
        assert done.returncode == 100
        assert done.stderr.count("\n") == 1, done.stderr
        assert "too long for the name of a rack" in done.stderr
        assert done.stdout == ""
    assert sorted((rig.rig / "services").iterdir()) == before
    assert not list(rig.rig.glob(".import-*"))


@pytest.mark.skipif(not all((USER_FILES / name).exists() for name in NAMES),
                    reason="the files of a user are not here")
def test_the_files_of_a_user(rig):
    said = {}
    for name in NAMES:
        show.write(rig.rig / name, (USER_FILES / name).read_text())
        words = [rig.rig / name, "first"] if name == NAMES[0] else [
            rig.rig / name]
        said[name] = rig.stagecraft("rack", "import", "-r", rig.rig, *words,
                                    check=True).stdout
    assert "global-reverb: GLOBAL REVERB, 9 values" in said[NAMES[1]]
    assert "fabla-toms: Fabla-Toms, 119 values" in said[NAMES[2]]
    assert "http://www.openavproductions.com/fabla" in said[NAMES[2]]
    assert "Tom-SC88 1.wav" in said[NAMES[2]]
    services = rig.rig / "services"
    shutil.rmtree(services / "first")  # the same client as global-reverb
    assert (services / "fabla-toms/10-fabla-toms-midi.slot").read_text() == (
        "plugin builtin:midi-filter\nset controls 0\nset programs 0\n")
    rig.up()
    rig.stagecraft("patch", "import", rig.rig / NAMES[2], check=True)
    for name in ("fabla-toms", "to-ipad", "to-bass", "global-reverb"):
        show.await_state(rig, name, "ready", 60)
    wanted = ("Fabla-Toms:out_1", "system:playback_1")
    wait_until(lambda: wanted in show.edges(rig), 30,
               lambda: f"{wanted}: {show.edges(rig)}")
    assert racks.slots(rig, "to-ipad")["to-ipad"]["state"] == "plays"
