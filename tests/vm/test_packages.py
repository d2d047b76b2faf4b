# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How the kernel is had, and that no computer gets it installed."""

import subprocess

import pytest

from bench import Unavailable, packages


def test_what_is_unpacked_is_never_installed():
    done = subprocess.run([packages.SOURCE / "tools/install-packages", "--list",
                           "all"], text=True, capture_output=True, check=True)
    installed = done.stdout.split()
    assert "qemu-system-x86" in installed
    assert packages.listed() == ["linux-image-amd64", "busybox-static"]
    assert not [name for name in installed
                if name.lstrip("=") in packages.listed()]


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A directory with all the programs that packages.py has."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setattr(packages, "SYSTEM_PATH", str(directory))

    def make(**scripts):
        for name, script in scripts.items():
            path = directory / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            path.chmod(0o755)

    return make


def test_without_qemu(tools, tmp_path):
    with pytest.raises(Unavailable, match="qemu-system-x86 is not installed"):
        packages.provide(tmp_path / "cache")


def test_without_a_network(tools, tmp_path):
    """apt is asked with the system's lists, then with lists of its own; the
    cache stays empty, so that the next run asks again."""
    log = tmp_path / "log"
    tools(apt_cache=f"echo cache >>{log}; echo 'E: No packages' >&2; exit 100",
          apt_get=f"echo get >>{log}; echo 'W: a' >&2; "
          "echo 'E: Could not connect' >&2; exit 100")
    qemu = tmp_path / "bin" / "qemu-system-x86_64"
    qemu.write_text("#!/bin/sh\n", encoding="utf-8")
    qemu.chmod(0o755)
    with pytest.raises(Unavailable, match="apt-get .*: E: Could not connect$"):
        packages.provide(tmp_path / "cache")
    assert log.read_text(encoding="utf-8").split() == ["cache", "get"]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lock"]
