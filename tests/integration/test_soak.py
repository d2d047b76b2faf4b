# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each plug-in of a few small bundles in a rack of its own: loaded, played,
saved, killed, restored, compared. tests/soak/run does it with all of Debian's.
"""

import os
import pathlib
import subprocess

import pytest

from harness import show

LV2 = pathlib.Path("/usr/lib/lv2")
SMALL = ("mda.lv2", "eg-*.lv2")


def soak(place, path, *words):
    """Runs rack-soak on what is in the directories of `path`."""
    program = show.find_tools().parent / "soak/rack-soak"
    if not program.exists():
        pytest.skip("rack-soak is not built: there is no lilv")
    env = os.environ | {"LV2_PATH": path}
    done = subprocess.run([program, "-l", place, *words], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    assert not list(place.iterdir()), "it leaves nothing"
    return done


def test_small_bundles_run_and_come_back(tmp_path):
    bundles = [path for pattern in SMALL for path in sorted(LV2.glob(pattern))]
    if not bundles:
        pytest.skip("neither mda-lv2 nor lv2-examples is installed")
    done = soak(tmp_path, str(LV2), "-b", "40", *bundles)
    assert done.returncode == 0, done.stdout
    assert "0 known to fail, 0 failed" in done.stdout


def test_what_fails_is_told(tmp_path):
    """By name, with the step; the next one is tried all the same."""
    ours = show.find_tools().parent / "plugins"
    test = "http://stagecraft.example/test#"
    names = ("crash", "forgetful", "middle", "needy")
    known = tmp_path.with_suffix(".known")
    known.write_text(f"# these\n{test}needy needs what nobody has\n"
                     f"{test}middle is a good one\n")
    done = soak(tmp_path, str(ours), "-b", "8", "-k", known,
                *(test + name for name in names))
    lines = done.stdout.splitlines()
    assert done.returncode == 1, lines
    assert lines[0] == (f"FAILED  {test}crash  crashes by signal 6: run with "
                        "other values")
    assert lines[1] == (f"FAILED  {test}forgetful  compare: its {test}saves "
                        "is another one, from byte 0 on of 4 and 4")
    assert lines[2] == f"passes  {test}middle, which is known to fail"
    assert lines[3].startswith(f"known   {test}needy  load: ")
    assert lines[3].endswith("(needs what nobody has)")
    assert lines[4].startswith("4 plug-ins: 1 ok, 0 of them guarded, 0 end badly; 1 known")
    assert lines[5] == ("loaded and warm 3, played 2, saved 2, killed 2, "
                        "restored 2, as before 1")
