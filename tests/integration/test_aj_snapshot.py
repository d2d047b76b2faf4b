# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft-aj-snapshot beside the real aj-snapshot: the same command lines,
the same connections, files that both read."""

import signal

import pytest

from harness import patchbay, show, wait_until

EDGE = ("one:out_1", "two:in_1")
OTHER = ("one:out_2", "two:in_2")


@pytest.fixture
def rig(machine):
    patchbay.make(machine)
    return machine


def shim(machine, *words, code=0, text=None):
    done = machine.run([machine.prefix / "bin/stagecraft-aj-snapshot", *words],
                       text=text)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done


def test_store_and_restore(rig):
    ours, theirs = rig.home / "ours.xml", rig.home / "theirs.xml"
    rig.run(["jack_connect", *EDGE], check=True)
    patchbay.comes(rig, EDGE)
    shim(rig, "-j", ours)
    rig.run(["aj-snapshot", "-j", "-q", theirs], check=True)
    patchbay.settle(rig)
    rig.run(["jack_connect", *OTHER], check=True)
    patchbay.comes(rig, OTHER)
    for file in (theirs, ours):
        shim(rig, "-jx")
        patchbay.goes(rig, EDGE, OTHER)
        shim(rig, "-jr", file)
        patchbay.comes(rig, EDGE)
    assert OTHER not in show.edges(rig)
    assert b"\none:out_1 -> two:in_1\t" in patchbay.learned(rig)
    rig.run(["jack_connect", *OTHER], check=True)
    patchbay.comes(rig, OTHER)
    shim(rig, "-jxr", ours)
    patchbay.goes(rig, OTHER)
    assert EDGE in show.edges(rig)


def test_a_file_is_overwritten_after_a_question(rig):
    file = rig.home / "out.xml"
    file.write_text("mine\n")
    said = shim(rig, "-j", file, text="n\n", code=100)
    assert "overwrite" in said.stdout and file.read_text() == "mine\n"
    shim(rig, "-j", file, text="y\n")
    assert "aj-snapshot" in file.read_text()
    file.write_text("mine\n")
    shim(rig, "-jf", file)
    assert "aj-snapshot" in file.read_text()


def test_clients_are_ignored(rig):
    file = rig.home / "out.xml"
    for edge in (EDGE, ("two:out_1", "one:in_1")):
        rig.run(["jack_connect", *edge], check=True)
        patchbay.comes(rig, edge)
    shim(rig, "-j", "-i", "t*", file)
    assert "two:in_1" not in file.read_text()
    shim(rig, "-jf", file)
    assert "two:in_1" in file.read_text()
    shim(rig, "-jx")
    shim(rig, "-jr", "-i", "[o]ne", file)
    assert all(line.startswith((b"#", b"not "))
               for line in patchbay.learned(rig).splitlines())


def test_a_daemon_restores_and_stays(rig):
    file = rig.home / "out.xml"
    rig.run(["jack_connect", *EDGE], check=True)
    patchbay.comes(rig, EDGE)
    shim(rig, "-j", file)
    rig.run(["jack_disconnect", *EDGE], check=True)
    patchbay.goes(rig, EDGE)
    daemon = rig.popen([rig.prefix / "bin/stagecraft-aj-snapshot", "-d", "-j",
                        "-p", "200", file])
    patchbay.comes(rig, EDGE)
    file.write_text(file.read_text().replace("two:in_1", "two:in_2"))
    daemon.kill(signal.SIGHUP)
    patchbay.comes(rig, ("one:out_1", "two:in_2"))
    daemon.kill(signal.SIGTERM)
    assert daemon.wait() == 0
    patchbay.comes(rig, EDGE)


def test_what_is_wrong_is_told(rig):
    assert "no file is named" in shim(rig, "-r", code=100).stderr
    assert "unable to find" in shim(rig, "-r", "/none", code=100).stderr
    file = rig.home / "nonsense"
    file.write_text("nonsense\n")
    assert str(file) in shim(rig, "-jr", file, code=100).stderr
    assert "unable to find" in shim(rig, "-ar", "/none", code=100).stderr
    assert "aj-snapshot" in shim(rig, "-h").stdout
    rig.stagecraft("disable", "patchbay", check=True)
    wait_until(lambda: "no patchbay is running" in rig.run(
        [rig.prefix / "bin/stagecraft-aj-snapshot", "-jx"]).stderr, 20)
