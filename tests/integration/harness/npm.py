# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests use of npm's, got from its registry; skipped where that cannot
be reached."""

import shutil
import subprocess

import pytest

PATIENCE_S = 90


def get(place, package, *options):
    """Installs a package in a directory; gives its own, in node_modules."""
    name = package.partition("@")[0]
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip(f"there is no node with npm here to get {name}")
    try:
        done = subprocess.run(
            ["npm", "install", "--fetch-retries=0", "--no-audit", "--no-fund",
             *options, package], cwd=place, capture_output=True, text=True,
            timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm does not get {name} within {PATIENCE_S} s")
    if done.returncode != 0:
        pytest.skip(f"npm does not get {name}: {done.stderr[-200:]}")
    return place / "node_modules" / name
