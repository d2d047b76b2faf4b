# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benches share: a machine of its own for each, the test tools, and
how numbers are shown. It runs nothing itself."""

import contextlib
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SOURCE / "tests/integration"))

from harness import Machine, NotPermitted, show  # noqa: E402

STAGED = ["build/root/usr/local", "build/rows/gcc/root/usr/local"]


def find_prefix():
    """The installation to measure."""
    if "STAGECRAFT_TEST_PREFIX" in os.environ:
        return pathlib.Path(os.environ["STAGECRAFT_TEST_PREFIX"])
    on_path = shutil.which("stagecraft")
    if on_path:
        return pathlib.Path(on_path).resolve().parents[1]
    for path in STAGED:
        if (SOURCE / path).is_dir():
            return SOURCE / path
    sys.exit("bench: nothing is built; run make bench")


@contextlib.contextmanager
def machine():
    """A show machine in namespaces of its own, with the test tools."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="sc-bench-"))
    home.chmod(0o755)
    made = None
    try:
        made = Machine(find_prefix(), home)
        show.use_tools(made)
        yield made
        made.finish()
    except NotPermitted as error:
        print(f"skipped: {error}")
    finally:
        if made is not None:
            made.close()
        shutil.rmtree(home, ignore_errors=True)


def row(name, seconds, beside=None):
    """One line: median and most, and the ratio of the medians."""
    median = statistics.median(seconds)
    line = f"  {name:<34} {median:7.3f} s {max(seconds):7.3f} s"
    if beside:
        line += f"  {median / statistics.median(beside):6.1f} x"
    print(line, flush=True)
