# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether every sample of a path arrives, by jack-exact."""

import json
import signal
import subprocess


class Recorder:
    """Plays numbers at rec:out, and looks whether they come back to rec:in;
    whoever has one connects them by the path that is to be heard."""

    def __init__(self, machine):
        self.process = machine.popen(["jack-exact", "rec"],
                                     stdout=subprocess.PIPE)

    def heard(self):
        """{frames, breaks, xruns} since the first number came back."""
        self.process.kill(signal.SIGUSR1)
        return json.loads(self.process.stdout.readline())

    def meanwhile(self, doit):
        """What was heard while something was done."""
        before = self.heard()
        doit()
        after = self.heard()
        return {key: after[key] - before[key] for key in after}

    def end(self):
        self.process.kill(signal.SIGTERM)
        assert self.process.wait() == 0
