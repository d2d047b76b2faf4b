# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The verbs of a rack: those that change the user's files, those that go back,
and those that need no rack that plays."""

import json
import os
import signal
import subprocess

import pytest

from harness import racks, show, wait_until

AMP = "http://lv2plug.in/plugins/eg-amp"


@pytest.fixture
def rig(machine):
    racks.make_rig(machine)
    yield from racks.watched(machine)


def up(machine, *names):
    machine.up()
    for name in names:
        show.await_state(machine, name, "ready", 60)


def files(machine, name):
    """{name of a slot file, or of one that was: its text}."""
    directory = machine.rig / "services" / name
    return {path.name: path.read_text() for path in directory.iterdir()
            if ".slot" in path.name}


def refuse(machine, sentence, *words):
    done = machine.stagecraft("rack", *words)
    assert done.returncode == 100, done
    assert done.stderr.count("\n") == 1 and sentence in done.stderr, done.stderr


def test_how_loud_it_is(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.5"),
              a_20_half=racks.slot("middle", "set gain 0.5"))
    up(rig, "fx")
    assert racks.ask(rig, "meter", "fx")["out"] == [-100, -100], "unconnected"
    for number in (1, 2):
        show.connect(rig, f"fx:out_{number}", f"system:playback_{number}")
    racks.level(rig, "fx:out_1", wait=0.25)
    told = racks.ask(rig, "meter", "fx")
    assert list(told["slots"]) == ["source", "half"]
    assert {*told["slots"]["source"]} == {-6}
    assert (told["slots"]["half"], told["out"]) == ([-12, -12], [-12, -12])
    racks.ask(rig, "mute", "fx")
    racks.level(rig, "fx:out_1", wait=0)
    lines = rig.stagecraft("rack", "meter", "fx", check=True).stdout
    assert [line.split() for line in lines.splitlines()] == [
        ["SLOT", "PEAK"], ["source", "-6", "-6", "dB"],
        ["half", "-12", "-12", "dB"], ["rack", "silent"]]
    # A rack tells for six seconds when it is asked; who watches asks again.
    watching = rig.popen([rig.prefix / "bin/stagecraft", "rack", "meter",
                          "fx", "--watch"], stdout=subprocess.PIPE)
    said = [watching.stdout.readline() for _ in range(14)]
    watching.kill()
    watching.wait()
    assert set(said) == {"source -6 -6 dB, half -12 -12 dB, rack silent\n"}
    refuse(rig, "there is no rack \"none\" that runs", "meter", "none")


def test_the_verbs_that_change_files(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.5"))
    up(rig, "fx")

    made = racks.ask(rig, "add", "fx", AMP)
    assert made["slot"] == "simple-amplifier" and made["fault"] == ""
    gain = racks.ask(rig, "get", "fx", "simple-amplifier")["values"][0]
    assert (gain["symbol"], gain["name"], gain["unit"]) == (
        "gain", "Gain", "dB")
    values = [point["value"] for point in gain["points"]]
    assert values == sorted(values)
    assert {"label": "+5", "value": 5.0} in gain["points"]
    assert racks.ask(rig, "add", "fx", "Test middle", "half")["file"] == (
        "30-half.slot")
    racks.ask(rig, "set", "fx", "half", "gain", "0.5")
    racks.level(rig, "fx:out_1", wait=0.25)
    before = files(rig, "fx")
    assert before["30-half.slot"] == f"plugin {racks.TEST}middle\n"
    refuse(rig, "may be any of", "add", "fx", "Test")
    refuse(rig, "there is no plug-in \"nothing\"", "add", "fx", "nothing")
    refuse(rig, "there is a slot \"half\"", "add", "fx", AMP, "half")
    refuse(rig, "is no name for a slot", "add", "fx", AMP, "../x")
    refuse(rig, "it ends in a dot and a number", "add", "fx", AMP, "amp.1")
    assert files(rig, "fx") == before

    # What is built in, by its URI and by its name.
    for word, slot, uri in [("builtin:gain", "louder", "builtin:gain"),
                            ("stereo GAIN", "wider", "builtin:stereo-gain")]:
        made = racks.ask(rig, "add", "fx", word, slot)
        assert made["fault"] == ""
        assert files(rig, "fx")[made["file"]] == f"plugin {uri}\n"
        racks.await_slot(rig, "fx", slot, state="plays")
        racks.ask(rig, "remove", "fx", slot)
        (rig.rig / "services/fx" / (made["file"] + ".off")).unlink()
    assert files(rig, "fx") == before

    # An order, by the names of files.
    racks.ask(rig, "move", "fx", "half", "before", "simple-amplifier")
    assert list(racks.slots(rig, "fx")) == ["source", "half",
                                            "simple-amplifier"]
    assert sorted(files(rig, "fx")) == [
        "10-source.slot", "15-half.slot", "20-simple-amplifier.slot"]
    racks.ask(rig, "move", "fx", "half", "last")
    assert list(racks.slots(rig, "fx"))[-1] == "half"
    assert racks.values(rig, "fx", "half") == {"gain": 0.5}
    refuse(rig, "not \"up\"", "move", "fx", "half", "up")
    refuse(rig, "not \"before\"", "move", "fx", "half", "before")
    racks.level(rig, "fx:out_1", wait=0.25)

    # What is taken out is kept.
    said = racks.ask(rig, "remove", "fx", "half")["file"]
    assert said in files(rig, "fx") and said.endswith("-half.slot.off")
    racks.level(rig, "fx:out_1", wait=0.5)
    directory = rig.rig / "services/fx"
    os.rename(directory / said, directory / said.removesuffix(".off"))
    racks.await_slot(rig, "fx", "half", state="plays")
    assert racks.values(rig, "fx", "half") == {"gain": 0.5}
    racks.level(rig, "fx:out_1", wait=0.25)


def test_commit_and_revert(rig):
    text = ("# The source.\nplugin " + racks.TEST + "source   # ours\n\n"
            "set level 0.5 # loud\n# the end")
    racks.put(rig, "fx", a_10_source=text,
              a_20_half=racks.slot("middle", "set gain 0.5"))
    up(rig, "fx")
    racks.ask(rig, "set", "fx", "source", "level", "0.25")
    racks.ask(rig, "set", "fx", "half", "wet", "0.75")
    racks.ask(rig, "bypass", "fx", "half")
    assert files(rig, "fx")["10-source.slot"] == text  # untouched until then
    assert racks.ask(rig, "commit", "fx")["files"] == 2
    committed = files(rig, "fx")
    assert committed["10-source.slot"] == text.replace("0.5", "0.25")
    assert committed["20-half.slot"] == racks.slot(
        "middle", "set gain 0.5", "bypass yes", "wet 0.75")
    assert racks.ask(rig, "commit", "fx")["files"] == 0
    assert files(rig, "fx") == committed

    # What is set on top of it goes, what was committed stays.
    racks.ask(rig, "set", "fx", "source", "level", "1")
    racks.ask(rig, "set", "fx", "rack", "gain", "-6")
    # A word that is no text is not left out: the verb would be of all slots.
    bad = "\udcff"
    for words in [("revert", "fx", bad), ("commit", "fx", bad),
                  ("commit", "fx", bad, "--undo"), ("add", "fx", AMP, bad),
                  ("move", "fx", "half", "after", bad), ("map", "fx", bad),
                  ("map", "fx", "--drop", bad), ("snapshot", "fx", bad),
                  ("snapshot", "fx", "a", "--morph", bad),
                  ("preset", "fx", "half", bad), ("learn", "fx", "half", bad)]:
        refuse(rig, "a name must be UTF-8 text", *words)
    assert racks.values(rig, "fx", "source")["level"] == 1
    assert files(rig, "fx") == committed
    racks.ask(rig, "revert", "fx", "source")
    assert racks.values(rig, "fx", "source")["level"] == 0.25
    assert racks.values(rig, "fx", "rack")["gain"] == -6
    racks.ask(rig, "revert", "fx")
    assert racks.values(rig, "fx", "rack")["gain"] == 0
    racks.level(rig, "fx:out_1", wait=0.25)

    # Taking a commit back changes files, not what is heard.
    racks.ask(rig, "set", "fx", "source", "level", "0.125")
    assert racks.ask(rig, "commit", "fx", "source")["files"] == 1
    assert racks.ask(rig, "commit", "fx", "--undo")["files"] == 1
    assert files(rig, "fx") == committed
    assert racks.values(rig, "fx", "source")["level"] == 0.125
    refuse(rig, "there is no commit", "commit", "fx", "--undo")

    # HUP saves, and ends nobody.
    rack = show.program_pids(rig, "stagecraft-rack")
    rig.kill(rack[0], signal.SIGHUP)
    assert racks.values(rig, "fx", "source")["level"] == 0.125
    assert show.program_pids(rig, "stagecraft-rack") == rack

    # Generations.
    for level in ("-0.5", "-0.25"):
        racks.ask(rig, "set", "fx", "source", "level", level)
        racks.ask(rig, "save", "fx")
    racks.ask(rig, "revert", "fx", "source", "--generation", "1")
    assert racks.values(rig, "fx", "source")["level"] == -0.5
    refuse(rig, "generations go from 1", "revert", "fx", "-g", "6")


def test_a_plugin_goes_back_to_what_it_was(rig):
    racks.put(rig, "fx", a_10_work=racks.slot("worker"))
    up(rig, "fx")
    racks.ask(rig, "preset", "fx", "work", "Five answers")
    racks.level(rig, "fx:out_1", wait=0.05)
    racks.ask(rig, "smite", "fx", "work")
    racks.ask(rig, "save", "fx")  # and there is nothing more to save
    # Seven answers, and something large, as sample players have it.
    kept = rig.rig / "state/rack/fx"
    text = (kept / "work").read_text()
    large = (f"property {racks.TEST}large {racks.TEST}Large 3\n"
             + ("bytes " + 2000 * "A" + "\n") * 600)
    assert text.count("BQAAAA==") == 1 and text.count("\nend ") == 1
    (kept / "work.1").write_text(text.replace("BQAAAA==", "BwAAAA==").replace(
        "\nend ", f"\n{large}end "))

    racks.ask(rig, "revert", "fx", "work", "--generation", "1")
    racks.ask(rig, "save", "fx")
    assert "BwAAAA==" in (kept / "work").read_text()
    racks.ask(rig, "revive", "fx", "work")
    racks.level(rig, "fx:out_1", wait=0.07)


def test_a_plugin_that_is_smitten_stays_off(rig):
    racks.put(rig, "fx", a_10_source=racks.slot("source", "set level 0.5"),
              a_20_half=racks.slot("middle", "set gain 0.5"))
    up(rig, "fx")
    racks.level(rig, "fx:out_1", wait=0.25)
    racks.ask(rig, "smite", "fx", "half")
    racks.level(rig, "fx:out_1", wait=0.5)
    racks.await_slot(rig, "fx", "half", state="smitten")
    racks.ask(rig, "set", "fx", "half", "gain", "0.125")
    racks.ask(rig, "mute", "fx")
    racks.kill(rig, "fx")
    racks.await_slot(rig, "fx", "half", state="smitten")
    racks.level(rig, "fx:out_1", wait=0)
    assert racks.ask(rig, "list", "fx")["mute"] is True
    racks.ask(rig, "mute", "fx", "off")
    racks.level(rig, "fx:out_1", wait=0.5)
    racks.ask(rig, "revive", "fx", "half")
    racks.level(rig, "fx:out_1", wait=0.0625)
    racks.ask(rig, "set", "fx", "rack", "gain", "-20")
    racks.level(rig, "fx:out_1", wait=0.00625)
    refuse(rig, "gain goes from -120 to 24", "set", "fx", "rack", "gain", "25")
    refuse(rig, "it has gain and mute", "set", "fx", "rack", "volume", "1")


def test_gain_pan_and_width_of_a_slot(rig):
    racks.put(rig, "fx",
              a_10_source=racks.slot("source", "set level 0.5", "pan -0.5"),
              a_20_amp=racks.slot(AMP, "gain -20"))
    up(rig, "fx")
    racks.level(rig, "fx:out_1", wait=0.05)
    racks.level(rig, "fx:out_2", wait=-0.025)
    racks.ask(rig, "set", "fx", "amp", ":gain", "0")
    racks.ask(rig, "set", "fx", "source", "pan", "1")
    racks.level(rig, "fx:out_1", wait=0)
    racks.level(rig, "fx:out_2", wait=-0.5)
    racks.ask(rig, "set", "fx", "source", "pan", "0")
    racks.ask(rig, "set", "fx", "source", "width", "0.5")
    racks.level(rig, "fx:out_1", wait=0.25)
    racks.level(rig, "fx:out_2", wait=-0.25)
    racks.ask(rig, "commit", "fx", "source")
    assert files(rig, "fx")["10-source.slot"].endswith(
        "pan 0\nwidth 0.5\n")
    racks.kill(rig, "fx")
    racks.level(rig, "fx:out_1", wait=0.25)


def test_check_needs_no_rack_that_plays(rig):
    racks.put(rig, "fx", rack="in 2\n", a_10_source=racks.slot("source"))
    done = rig.stagecraft("rack", "check", "fx", "-r", rig.rig, check=True)
    assert done.stdout.endswith("services/fx: 1 slot, no slips\n")
    racks.put(rig, "bad", rack="inn 2\n",
              a_10_source=racks.slot("source", "set level 2"),
              a_20_none=racks.slot("none"),
              a_30_slip=racks.slot("middle", "gian 1"),
              a_40_half=racks.slot("middle", "wet 1", "set gian 1"),
              a_50_map=racks.slot("middle", "map cc 1 7 gain",
                                  "map cc 1 8 gian", "recall keep wet",
                                  "recall reset none"),
              a_60_preset=racks.slot("middle", "preset twice-as-loud"),
              a_70_file=racks.slot(racks.HOST + "taker",
                                   f"file {racks.HOST}fill rack",
                                   f"file {racks.HOST}file none.wav"),
              a_80_plain=racks.slot("middle", "file x:y rack"))
    directory = str(rig.rig / "services/bad")
    done = rig.stagecraft("rack", "check", directory, "-r", rig.rig)
    assert done.returncode == 100 and done.stdout == ""
    sentences = [line.partition("services/bad/")[2]
                 for line in done.stderr.splitlines()]
    assert sentences == [
        "rack:1:1: unknown key \"inn\"; did you mean \"in\"?",
        "10-source.slot:2:11: level goes from -1 to 1",
        f"20-none.slot:1:8: there is no plug-in {racks.TEST}none here",
        "30-slip.slot:2:1: there is no \"gian\"; did you mean \"gain\"?",
        "40-half.slot:3:10: its plug-in has no \"gian\"; did you mean "
        "\"gain\"?",
        "50-map.slot:3:12: its plug-in has no \"gian\"; did you mean "
        "\"gain\"?",
        "50-map.slot:5:14: its plug-in has no \"none\"",
        "60-preset.slot:2:8: slot preset has no preset \"twice-as-loud\"; "
        "did you mean \"Twice as loud\"?",
        f"70-file.slot:2:6: its plug-in has no file {racks.HOST}fill; did "
        f"you mean {racks.HOST}file?",
        f"70-file.slot:3:{len(racks.HOST) + 11}: unable to read {directory}/"
        "none.wav: No such file or directory",
        "80-plain.slot:2:6: its plug-in has no parameter that is a file"], (
            sentences)
    done = rig.stagecraft("rack", "check", "--json", "bad", "-r", rig.rig)
    assert len(json.loads(done.stdout)["faults"]) == 11
    done = rig.stagecraft("rack", "check", "nobody", "-r", rig.rig)
    assert done.returncode == 100 and "there is no rack" in done.stderr


def test_plugins_that_are_installed(rig):
    done = rig.stagecraft("rack", "plugins", "--json", "test source",
                          check=True)
    assert json.loads(done.stdout) == [
        {"uri": racks.TEST + "source", "name": "Test source", "ins": 0,
         "outs": 2, "midi_in": 0, "midi_out": 0, "values": 1,
         "sidechain": 0, "fault": ""}]
    said = rig.stagecraft("rack", "plugins", "TEST NEEDY", check=True).stdout
    assert "needy" in said
    said = rig.stagecraft("rack", "plugins", racks.TEST, check=True).stdout
    assert "which no rack has" in said and "Test middle" in said
    done = rig.stagecraft("rack", "plugins", "--json", "builtin:GAIN",
                          check=True)
    assert json.loads(done.stdout) == [
        {"uri": "builtin:gain", "name": "Gain", "ins": 1, "outs": 1,
         "midi_in": 0, "midi_out": 0, "values": 1,
         "sidechain": 0, "fault": ""}]
    said = rig.stagecraft("rack", "plugins", check=True).stdout
    assert "MIDI transpose" in said and "Test middle" in said
    done = rig.stagecraft("rack", "plugins", "no such thing")
    assert done.returncode == 1 and "no plug-in" in done.stderr


def test_ports_have_other_names_titles_and_wires(rig):
    racks.put(rig, "fx", rack=(
        'alias in_1 "GLOBAL REVERB:In L"\nalias in_1 "old:in-left"\n'
        'title out_1 "Reverb, left"\nconnect out_1 other:in_1\n'
        'connect in_2 other:out_1\n'), a_10_amp=racks.slot(AMP))
    show.put(rig, "other", **show.client("other"))
    up(rig, "fx", "other")
    aliases = show.run_jack_tool(rig, ["jack_lsp", "-A", "fx:in_1"]).stdout
    assert "GLOBAL REVERB:In L" in aliases and "old:in-left" in aliases

    def wires():
        return show.run_jack_tool(rig, ["jack_lsp", "-c", "fx:"]).stdout

    show.run_jack_tool(rig, ["jack_connect", "other:out_1", "old:in-left"])
    for line in ("fx:out_1\n   other:in_1\n", "fx:in_2\n   other:out_1\n",
                 "fx:in_1\n   other:out_1\n"):
        machine_sees(rig, line, wires)
    said = show.run_jack_tool(rig, ["jack_property", "-l"]).stdout
    assert "Reverb, left" in said
    # Who takes a wire away has the last word, until the other comes anew.
    show.run_jack_tool(rig, ["jack_disconnect", "fx:out_1", "other:in_1"])
    assert "fx:out_1\n   other:in_1\n" not in wires()
    rig.kill(show.service(rig, "other")["pid"])
    machine_sees(rig, "fx:out_1\n   other:in_1\n", wires)


def machine_sees(machine, line, wires):
    wait_until(lambda: line in wires(), 30, lambda: f"{line}: {wires()}")
