# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""make install and make uninstall: what is put where, and taken away again."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from harness.box import INIT

UNIT = "lib/systemd/system/stagecraft.service"
FOUND_BY_OTHERS = [
    "bin/stagecraft",
    "share/bash-completion/completions/stagecraft",
    "share/man/man1/stagecraft.1",
    "share/stagecraft/services/jack/run",
    "share/stagecraft/rigs/minimal/rig.conf",
    "share/doc/stagecraft/boot.md",
    "lib/sysusers.d/stagecraft.conf",
    "lib/tmpfiles.d/stagecraft.conf",
    UNIT,
    "lib/systemd/user/stagecraft.service",
]

pytestmark = pytest.mark.skipif(not shutil.which("meson"),
                                reason="meson is not installed")


@pytest.fixture
def build(source):
    """The build directory of the installation under test."""
    build = pathlib.Path(os.environ.get("STAGECRAFT_TEST_BUILD",
                                        source / "build/rows/gcc"))
    if not (build / "build.ninja").exists():
        pytest.skip(f"{build} is no build directory")
    return build


def meson(*words):
    return subprocess.run(["meson", *words], check=True, text=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout


def installed(build):
    listing = subprocess.run(["meson", "introspect", "--installed", build],
                             check=True, stdout=subprocess.PIPE)
    return json.loads(listing.stdout)


def files(top):
    return sorted(str(path.relative_to(top)) for path in top.rglob("*")
                  if not path.is_dir())


def test_what_is_installed_is_removed(source, build, tmp_path):
    root = tmp_path / "root"
    meson("install", "-C", build, "--no-rebuild", "--destdir", root)
    for name in FOUND_BY_OTHERS:
        assert (root / "usr/local" / name).is_file(), name
    assert all(name.startswith("usr/local/") for name in files(root))
    somebody_elses = root / "usr/local/share/stagecraft/services/mine/run"
    somebody_elses.parent.mkdir()
    somebody_elses.touch()
    subprocess.run([sys.executable, source / "tools/uninstall", build, root],
                   check=True, stdout=subprocess.PIPE)
    assert files(root) == [str(somebody_elses.relative_to(root))]
    # No directory of ours stays, but those over what is not ours.
    assert set(root.rglob("*")) - {somebody_elses} <= \
        set(somebody_elses.parents)


@pytest.fixture(scope="module")
def usr_build(tmp_path_factory, source):
    """Configured, not built, for /usr with the entry of one init only."""
    build = tmp_path_factory.mktemp("usr") / "build"
    meson("setup", "--prefix=/usr", "-Dtests=disabled", "-Dinit=systemd",
          build, source)
    return build


def test_prefix_usr(usr_build):
    places = {target: pathlib.Path(source)
              for source, target in installed(usr_build).items()}
    for name in FOUND_BY_OTHERS:
        paths = {f"/usr/{name}", f"/{name}"}
        if "share/man" not in name and "/services/" not in name and \
                "/rigs/" not in name:
            assert paths & set(places), name
    assert not [target for target in places if "/init/" in target]
    unit = next(place for target, place in places.items()
                if target.endswith(UNIT)).read_text()
    assert "ExecStart=/usr/bin/stagecraft up " in unit
    assert "ExecStopPost=/usr/libexec/stagecraft/sweep\n" in unit
    assert "file:/usr/share/doc/stagecraft/boot.md\n" in unit


def test_every_word_is_filled_in(prefix):
    for path in [*(prefix / "libexec").rglob("*"),
                 *(prefix / "lib").rglob("stagecraft*"),
                 *(prefix / "share/stagecraft/init").rglob("*")]:
        if path.is_file():
            assert not re.search(r"@\w+@", path.read_text()), path


COMMANDS = {
    "systemd": "systemctl enable --now stagecraft",
    "openrc": f"ln -s {INIT}/openrc/stagecraft /etc/init.d/ && "
              "rc-update add stagecraft default",
    "runit": f"cp -R {INIT}/runit/stagecraft /etc/sv/ && "
             "ln -s /etc/sv/stagecraft /var/service/",
    "s6-svscan": f"cp -R {INIT}/s6/stagecraft /run/service/ && "
                 "s6-svscanctl -a /run/service",
    "init": f"cp {INIT}/sysvinit/stagecraft /etc/init.d/ && "
            "update-rc.d stagecraft defaults",
}


def how_to_enable(machine, source, units="/usr/local/lib/systemd/system"):
    return machine.run(
        [source / "packaging/how-to-enable", units, "/usr/local/lib/sysusers.d",
         INIT, "/usr/local/share/doc/stagecraft"], check=True).stdout


@pytest.mark.parametrize("init", COMMANDS)
def test_it_tells_how_to_enable_it(machine, source, init):
    become(machine, init)
    said = how_to_enable(machine, source)
    assert said.endswith(f" && {COMMANDS[init]}\n")
    user = "systemd-sysusers /usr/local/lib/sysusers.d/stagecraft.conf" \
        if init == "systemd" else "useradd --system "
    assert said.splitlines()[1].startswith(f"  {user}")


def become(machine, init):
    """Shows the signs by which an init is known."""
    if init in ("systemd", "openrc"):
        path = {"systemd": "/run/systemd/system", "openrc": "/run/openrc"}
        machine.run(["mkdir", "-p", path[init]], check=True)
    else:
        comm = machine.home / "comm"
        comm.write_text(f"{init}\n")
        machine.run(["mount", "--bind", comm, "/proc/1/comm"], check=True)
    if init == "runit":
        machine.run(["mount", "-t", "tmpfs", "var", "/var"], check=True)
        machine.run(["mkdir", "/var/service"], check=True)
    if init == "s6-svscan":
        machine.run(["mkdir", "/run/service"], check=True)


def test_a_prefix_where_systemd_does_not_look(machine, source):
    become(machine, "systemd")
    said = how_to_enable(machine, source, "/opt/x/lib/systemd/system")
    assert said.endswith("/opt/x/lib/systemd/system/stagecraft.service\n")


def test_an_init_that_nobody_knows(machine, source):
    said = how_to_enable(machine, source)
    assert said == ("To have the rig started at boot, see "
                    "/usr/local/share/doc/stagecraft/boot.md.\n")
