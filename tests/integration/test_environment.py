# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the environment of a service comes from: env-all/ of every service,
env/ of the rig, env/ of its own."""

from harness import show, wait_until

SAY = """#!/bin/sh
env > "$STAGECRAFT_RIG/saying"
mv "$STAGECRAFT_RIG/saying" "$STAGECRAFT_RIG/said"
exec tail -f /dev/null
"""


def set_all(directory, **variables):
    """Writes a directory of variables."""
    directory.mkdir(mode=0o755)
    for name, value in variables.items():
        show.write(directory / name, value + "\n")


def said(machine):
    """The environment that the service "taker" started with."""
    wait_until((machine.rig / "said").exists, what="taker has started")
    lines = (machine.rig / "said").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def restart(machine):
    (machine.rig / "said").unlink()
    machine.stagecraft("restart", "taker", check=True)


def make_rig(machine, **env_all):
    show.make_rig(machine, giver=show.STAY, taker=SAY)
    set_all(machine.rig / "services/giver/env-all", **env_all)


def test_env_all_is_for_all_while_its_service_is_enabled(machine):
    make_rig(machine, GREETING="hello", PLACE="from giver", OWN="from giver")
    set_all(machine.rig / "env", PLACE="from the rig", OWN="from the rig")
    set_all(machine.rig / "services/taker/env", OWN="from taker")
    machine.up()
    env = said(machine)
    assert (env["GREETING"], env["PLACE"], env["OWN"]) == (
        "hello", "from the rig", "from taker")
    machine.stagecraft("disable", "giver", check=True)
    restart(machine)
    assert "GREETING" not in said(machine)


def test_a_fault_in_one_service_is_told_and_does_not_stop_others(machine):
    make_rig(machine, GREETING="hello", **{"Z=B": "no variable"})
    machine.up()
    assert said(machine)["GREETING"] == "hello"
    assert "services/giver/env-all/Z=B: a variable's name" in \
        machine.stagecraft("logs", "taker").stdout


def test_other_libraries_are_loaded_by_the_parent_too(machine):
    """It opens the JACK client that sees the server and the ports."""
    make_rig(machine, LD_LIBRARY_PATH="/nowhere/$LIB")
    show.write(machine.rig / "services/taker/check", "#!/bin/sh\n", 0o755)
    machine.up()
    taker = show.service(machine, "taker")
    parent = next(p for p in machine.processes() if p["pid"] == taker["pid"])
    assert parent["cmdline"] == ["stagecraft-service", "run", "taker"]
    with open(f"/proc/{parent['outer']}/environ", "rb") as file:
        assert b"LD_LIBRARY_PATH=/nowhere/$LIB" in file.read().split(b"\0")
    assert taker["restarts"] == 0
    machine.stagecraft("disable", "giver", check=True)
    restart(machine)
    assert "LD_LIBRARY_PATH" not in said(machine)
