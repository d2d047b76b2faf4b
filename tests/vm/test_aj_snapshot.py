# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ALSA part of snapshots, beside the real aj-snapshot: files that both read,
the same connections."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from bench.packages import SOURCE
from bench.rig import SILENT, Rig

FIXTURES = SOURCE / "tests/unit/patchbay/fixtures"
USER_FILES = SOURCE.parent / "shared/data"  # beside the tree, where they are
SNAPSHOTS = [FIXTURES / "aj-old-two-roots.xml", FIXTURES / "aj-new-root.xml",
             USER_FILES / "global-patchbay-old-two-roots.xml",
             USER_FILES / "global-patchbay-new-root.xml"]
KERNEL = ("System", "Midi Through")  # which are there anyway
LEARNED_S = 3


@pytest.fixture(scope="module")
def world(booted):
    booted.modprobe("snd-seq", "snd-seq-dummy")
    made = Rig(booted, "jack", "patchbay")
    made.write("rig.conf", SILENT)
    made.up()
    return made


@pytest.fixture
def rig(request, world):
    yield world
    vm = world.vm
    if getattr(request.node, "stage_failed", True):
        print(world.log("patchbay"), vm.read("/proc/asound/seq/clients"),
              vm.describe(), sep="\n")
    vm.call("patchbay.end_all")
    world.stagecraft("patch", "mode", "learn")
    vm.run(f"rm -f {world.directory}/patchbay/[a-z]*.patch")
    world.write("patchbay/learned.patch", "# nothing\n")


def alsa_of(text):
    """The ALSA section of a snapshot, of either kind."""
    body = re.sub(r"<\?xml.*?\?>", "", text)
    return ElementTree.fromstring(f"<all>{body}</all>").find(".//alsa")


def edges_of(text):
    """{(client, port, client, port)} of a snapshot, but what is announced."""
    return {(client.get("name"), port.get("id"), edge.get("client"),
             edge.get("port"))
            for client in alsa_of(text).iter("client")
            for port in client.iter("port") for edge in port.iter("connection")
            if client.get("name") != "System"}


def people(rig, text):
    """Makes all clients of a snapshot, with enough ports."""
    counts = {}
    for client in alsa_of(text).iter("client"):
        for port in client.iter("port"):
            name = client.get("name")
            counts[name] = max(counts.get(name, 0), int(port.get("id")) + 1)
    for _, _, name, port in edges_of(text):
        counts[name] = max(counts.get(name, 0), int(port) + 1)
    for name, count in counts.items():
        if name not in KERNEL:
            rig.vm.call("patchbay.program", name,
                        [(f"{name} {number}", "rw") for number in range(count)])


def real(rig, *words):
    rig.vm.run(["aj-snapshot", "-a", "-q", *words])


def links(rig):
    return rig.vm.call("patchbay.links")


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_a_snapshot_comes_to_the_same(rig, path):
    if not path.is_file():
        pytest.skip(f"there is no {path.name} beside the tree")
    text = path.read_text(encoding="utf-8")
    vm = rig.vm
    people(rig, text)
    vm.write("/tmp/theirs.xml", text)
    # What the real one makes of it,
    rig.stagecraft("patch", "mode", "off")
    real(rig, "-r", "/tmp/theirs.xml")
    wanted = sorted(links(rig))
    assert len(wanted) == len(edges_of(text)) > 0
    real(rig, "-x")
    assert links(rig) == {}
    # what we make of it,
    rig.stagecraft("patch", "mode", "learn")
    told = rig.stagecraft("patch", "import", "/tmp/theirs.xml")
    assert "left out" not in re.sub("left out, as (they have no ports|the ALSA "
                                    'client "System").*', "", told.stderr)
    vm.call("patchbay.await_links", wanted)
    # and what the real one makes of ours.
    rig.stagecraft("patch", "export", "/tmp/ours.xml", "--to", "aj-snapshot")
    assert edges_of(vm.read("/tmp/ours.xml")) == edges_of(text)
    rig.stagecraft("patch", "mode", "off")
    real(rig, "-x")
    assert links(rig) == {}
    real(rig, "-r", "/tmp/ours.xml")
    assert sorted(links(rig)) == wanted


def test_what_was_learned_goes_both_ways(rig):
    vm = rig.vm
    keyboard = vm.keyboard("kb1", "Keystation 61", serial="SN1", ports=2)
    keyboard.plug()
    synth = vm.call("patchbay.program", "Synth: one", [("in & out", "rw")])
    vm.let_pass(4)
    vm.run(f"aconnect {keyboard.client}:1 {synth}:0")
    vm.run(f"aconnect {synth}:0 {keyboard.client}:0")
    vm.let_pass(LEARNED_S)
    wanted = sorted(links(rig))
    assert len(wanted) == 2
    real(rig, "-f", "/tmp/theirs.xml")
    rig.stagecraft("patch", "export", "/tmp/ours.xml", "--to", "aj-snapshot")
    assert edges_of(vm.read("/tmp/ours.xml")) == edges_of(
        vm.read("/tmp/theirs.xml")) == {
            ("Keystation 61", "1", "Synth: one", "0"),
            ("Synth: one", "0", "Keystation 61", "0")}
    # Theirs is read by us, by its names, though they say less.
    vm.run("stagecraft-aj-snapshot -ax")
    vm.call("patchbay.await_links", [])
    vm.run("stagecraft-aj-snapshot -ar /tmp/theirs.xml")
    vm.call("patchbay.await_links", wanted)
    vm.run("stagecraft-aj-snapshot -af /tmp/again.xml")
    assert edges_of(vm.read("/tmp/again.xml")) == edges_of(
        vm.read("/tmp/theirs.xml"))
    assert "<jack" not in vm.read("/tmp/again.xml")


def test_only_what_stands_in_a_file(rig):
    vm = rig.vm
    people(rig, "<alsa><client name='A'><port id='0'/></client>"
           "<client name='B'><port id='0'/></client></alsa>")
    vm.write("/tmp/theirs.xml", "<aj-snapshot><alsa><client name='A'><port "
             "id='0'><connection client='B' port='0'/></port></client></alsa>"
             "</aj-snapshot>")
    rig.stagecraft("patch", "connect", "alsa:B:0", "alsa:A:0")
    rig.stagecraft("patch", "connect", "alsa:A:0", "alsa:B:0")
    assert len(links(rig)) == 2
    wanted = [name for name in links(rig)
              if name.split()[0] < name.split()[1]]
    vm.run("stagecraft-aj-snapshot -axr /tmp/theirs.xml")
    vm.call("patchbay.await_links", wanted)
