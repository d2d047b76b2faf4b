# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The patchbay's tests once more, on PipeWire's libjack.

What differs by nature is in docs/pipewire.md.
"""

import shutil

import pytest

import test_patchbay
import test_patchbay_memory as memory
from harness import patchbay

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("pipewire", "wireplumber", "pw-jack"))),
    reason="pipewire, pipewire-jack or wireplumber is not installed")


@pytest.fixture
def rig(machine):
    machine.server = "pipewire"
    patchbay.make(machine)
    return machine


globals().update({name: test for name, test in vars(test_patchbay).items()
                  if name.startswith("test_")})
test_ten_changes_are_undone_one_by_one = \
    memory.test_ten_changes_are_undone_one_by_one
test_odd_names_are_learned_and_come_back = \
    memory.test_odd_names_are_learned_and_come_back
# Not those of 700 ports: PipeWire 0.3 gives such clients errors of its own.
