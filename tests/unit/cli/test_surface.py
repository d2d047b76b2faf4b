#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of verbs (as --help shows it), the manual pages and the completion
say the same: each verb and each option of one is in the others."""

import functools
import os
import re
import subprocess
import sys
import unittest

SOURCE = os.path.abspath(os.environ["SOURCE_ROOT"])
PROGRAMS = {name: os.path.abspath(os.environ[variable])
            for name, variable in (("stagecraft", "STAGECRAFT"),
                                   ("stagecraft-exec", "STAGECRAFT_EXEC"),
                                   ("stagecraft-jack", "STAGECRAFT_JACK"))
            if variable in os.environ}
COMPLETION = os.path.join(SOURCE, "data/completion/stagecraft.bash")
COMMON = {"-r", "--rig", "-h", "--help"}


@functools.cache
def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def read_page(name):
    with open(os.path.join(SOURCE, "man", name + ".scd")) as page:
        return page.read()


def options_in_help(text):
    """{option: argument or ""} of lines such as "  -n, --lines LINES  help"."""
    found = {}
    for line in text.splitlines():
        match = re.match(r"  ((?:-\w, )?--?[\w-]+)(?: (\S+))?"
                         r"(?:  |$)", line + "  ")
        for word in re.findall(r"--?[\w-]+", match[1]) if match else []:
            found[word] = match[2] or ""
    return found


def options_in_page(text):
    """The same of lines such as "*-n*, *--lines* _LINES_"."""
    found = {}
    for line in text.splitlines():
        match = re.match(r"((?:\*-[^*]+\*(?:, )?)+)( \S.*)?$", line)
        for word in re.findall(r"\*([^*]+)\*", match[1]) if match else []:
            found[word] = re.sub(r"[_*]", "", match[2] or "").strip()
    return found


def verbs_in_help(*group):
    lines = run(PROGRAMS["stagecraft"], "help", *group).splitlines()
    return [m[1] for m in (re.match(r"  (\w+) +\S", line) for line in lines)
            if m]


def sections(page):
    """{verb: (operands, text)} of the headings "## VERB OPERANDS"; a verb with
    several has their operands parted by " | "."""
    found = {}
    page = page.split("\n# VERBS\n")[1].split("\n# EXIT STATUS\n")[0]
    for part in page.split("\n## ")[1:]:
        head, text = part.split("\n", 1)
        verb, _, operands = head.partition(" ")
        operands = operands.removesuffix("[OPTIONS]").strip()
        if verb in found:
            operands = found[verb][0] + " | " + operands
            text = found[verb][1] + text
        found[verb] = (operands, text)
    return found


def complete(*words, **environment):
    """What completion offers for the last word."""
    script = (f". {COMPLETION}; shift 0; COMP_WORDS=(\"$@\"); "
              "COMP_CWORD=$(($# - 1)); _stagecraft; "
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", "stagecraft", *words],
        capture_output=True, text=True, timeout=60,
        env={**os.environ, **environment})
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


class Verbs(unittest.TestCase):
    group = ()
    name = "stagecraft.1"
    least = 12

    def setUp(self):
        self.verbs = verbs_in_help(*self.group)
        self.page = sections(read_page(self.name))

    def help_of(self, verb):
        return run(PROGRAMS["stagecraft"], *self.group, verb, "--help")

    def test_verbs(self):
        self.assertGreater(len(self.verbs), self.least)
        self.assertEqual(self.verbs, list(self.page))
        self.assertEqual(sorted(self.verbs), sorted(complete(*self.group, "")))
        self.assertEqual(sorted(self.verbs),
                         sorted(complete("help", *self.group, "")))

    def test_operands(self):
        for verb in self.verbs:
            head = self.help_of(verb).split("\n")[0]
            operands = head.removeprefix(
                " ".join(("stagecraft", *self.group, verb))).strip()
            self.assertEqual(operands, self.page[verb][0], verb)

    def test_options(self):
        for verb in self.verbs:
            helped = options_in_help(self.help_of(verb))
            self.assertLessEqual(COMMON, set(helped), verb)
            own = {name: argument for name, argument in helped.items()
                   if name not in COMMON}
            self.assertEqual(own, options_in_page(self.page[verb][1]), verb)
            self.assertEqual(sorted(helped),
                             sorted(complete(*self.group, verb, "-")))

    def test_help_fits_a_terminal(self):
        for verb in self.verbs:
            text = self.help_of(verb)
            for line in text.splitlines():
                self.assertLess(len(line), 100, line)
            self.assertEqual(text, run(PROGRAMS["stagecraft"], "help",
                                       *self.group, verb))


class PatchVerbs(Verbs):
    group = ("patch",)
    name = "stagecraft-patch.1"


class MidiVerbs(Verbs):
    group = ("midi",)
    name = "stagecraft-midi.8"
    least = 5


class AudioVerbs(Verbs):
    group = ("audio",)
    name = "stagecraft-audio.1"
    least = 3


class RackVerbs(Verbs):
    group = ("rack",)
    name = "stagecraft-rack.8"
    least = 4


class SongVerbs(Verbs):
    group = ("song",)
    name = "stagecraft-show.8"
    least = 10


class SetVerbs(Verbs):
    group = ("set",)
    name = "stagecraft-set.1"


class ShowVerbs(Verbs):
    group = ("show",)
    name = "stagecraft-show.1"
    least = 10


class OtherPrograms(unittest.TestCase):
    def test_common_options(self):
        before = read_page("stagecraft.1").split("\n# VERBS\n")[0]
        self.assertEqual(set(options_in_page(before)), COMMON)

    def check(self, program, page):
        if program not in PROGRAMS:
            self.skipTest(f"{program} is not built")
        helped = options_in_help(run(PROGRAMS[program], "-h"))
        self.assertGreater(len(helped), 5)
        self.assertEqual(set(helped), set(options_in_page(read_page(page))))

    def test_exec(self):
        self.check("stagecraft-exec", "stagecraft-exec.1")

    def test_jack(self):
        self.check("stagecraft-jack", "stagecraft-jack.8")

    def test_rig_conf(self):
        keys = []
        for name in ("jackserver/config.c", "show/settings.c",
                     "web/settings.c"):
            with open(os.path.join(SOURCE, "src", name)) as source:
                keys += re.findall(r'\.key = "([^"]+)"', source.read())
        page = re.findall(r"^\*([\w.]+)\* _", read_page("rig.conf.5"), re.M)
        self.assertEqual(keys, page)

    def test_needs(self):
        with open(os.path.join(SOURCE, "src/rig/needs.c")) as source:
            words = re.findall(r'STAGE_(NEED|READY)_\w+\] = \{"(\w+:?)"',
                               source.read())
        page = read_page("stagecraft-service.5")
        needs = page.split("\n# NEEDS\n")[1].split("\n# READY\n")
        ready = needs[1].split("\n# EXIT")[0]
        for kind, word in words:
            if word != "started":
                self.assertIn(f"\n*{word}*",
                              needs[0] if kind == "NEED" else ready)


class Completion(unittest.TestCase):
    def setUp(self):
        import tempfile
        self.directory = tempfile.TemporaryDirectory()
        top = self.directory.name
        for path in ("rig/services/jack", "rig/services/tick tock",
                     "rig/services/fx", "rig/services/old.DISABLED", "run/log/gone",
                     "rig/state/trash/services/harp.2",
                     "rig/state/trash/services/lute.v1.DISABLED.10",
                     "prefix/bin", "prefix/share/stagecraft/services/synth"):
            os.makedirs(os.path.join(top, path))
        with open(top + "/rig/services/fx/rack", "w"):
            pass
        program = os.path.join(top, "prefix/bin/stagecraft")
        with open(program, "w") as file:
            file.write("#!/bin/sh\n")
        os.chmod(program, 0o755)
        self.environment = {
            "STAGECRAFT_RIG": top + "/rig", "STAGECRAFT_RUN": top + "/run",
            "PATH": top + "/prefix/bin:" + os.environ["PATH"]}

    def tearDown(self):
        self.directory.cleanup()

    def offers(self, words, wanted, **environment):
        got = complete(*words, **{**self.environment, **environment})
        self.assertEqual(sorted(got), sorted(wanted), words)

    def test_words(self):
        on = ["fx", "jack", r"tick\ tock"]
        off = ["old", "synth"]
        self.offers(["st"], ["start", "status", "stop"])
        self.offers(["x"], [])
        for verb in ("status", "start", "stop", "restart", "wait", "disable",
                     "crashes"):
            self.offers([verb, ""], on)
        self.offers(["stop", "j"], ["jack"])
        self.offers(["stop", r"tick\ "], [r"tick\ tock"])
        self.offers(["stop", "--", "j"], ["jack"])
        self.offers(["enable", ""], off)
        self.offers(["remove", ""], on + ["old", "harp", "lute.v1"])
        self.offers(["logs", "-n", "5", ""], ["gone"])
        self.offers(["logs", "-n", ""], [])
        self.offers(["logs", "--f"], ["--follow"])
        self.offers(["new", ""], ["service", "rack", "rig"])
        self.offers(["version", ""], [])
        self.offers(["rack", "get", ""], ["fx"])
        self.offers(["up", "-t", ""], [])

    def test_rig(self):
        top = self.directory.name
        self.offers(["-r", top + "/ri"], [top + "/rig"])
        self.offers(["stop", "--rig", "=", top + "/rig", "j"], ["jack"],
                    STAGECRAFT_RIG="/nowhere")
        self.offers(["--rig", "=", top + "/rig", "sto"], ["stop"])
        self.offers(["stop", "-r", top + "/rig", "j"], ["jack"],
                    STAGECRAFT_RIG="/nowhere")
        with open(top + "/run/rig", "w") as file:
            file.write(top + "/rig\n")
        self.offers(["stop", "j"], ["jack"], STAGECRAFT_RIG="")
        self.offers(["stop", "j"], [], STAGECRAFT_RIG="",
                    STAGECRAFT_RUN="relative", XDG_RUNTIME_DIR="/nowhere",
                    HOME="/nowhere")


if __name__ == "__main__":
    sys.argv[1:] = []
    unittest.main()
