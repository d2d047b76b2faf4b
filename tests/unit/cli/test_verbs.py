#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The verbs of stagecraft that read and write files, on a rig and a run
directory that are only played: no runsvdir runs here."""

import json
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
SOURCE = os.path.abspath(os.environ["SOURCE_ROOT"])
sys.path.insert(0, SOURCE + "/tests/integration/harness")

from waiting import wait_until  # noqa: E402

BUILT = os.path.abspath(os.environ["STAGECRAFT"])
DEADLINE_S = 30
TAI_EPOCH = 2 ** 62 + 10


class World(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = directory.name
        self.rig, self.run = self.top + "/rig", self.top + "/run"
        os.makedirs(self.rig + "/services")
        os.makedirs(self.top + "/prefix/bin")
        os.makedirs(self.top + "/prefix/share/stagecraft")
        self.program = shutil.copy(BUILT, self.top + "/prefix/bin/stagecraft")
        for part in ("services", "rigs"):
            os.symlink(f"{SOURCE}/{part}",
                       f"{self.top}/prefix/share/stagecraft/{part}")
        self.env = {**os.environ, "STAGECRAFT_RIG": self.rig,
                    "STAGECRAFT_RUN": self.run, "TZ": "UTC", "LC_ALL": "C"}

    def call(self, *words, code=0, **more):
        done = subprocess.run([self.program, *words], env=self.env, text=True,
                              capture_output=True, timeout=DEADLINE_S,
                              **{"cwd": self.top, **more})
        self.assertEqual(done.returncode, code, (words, done))
        return done

    def refuse(self, sentence, *words, **more):
        """Exit code 100 and one line that holds the sentence."""
        done = self.call(*words, code=100, **more)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("stagecraft: error: "), done)
        self.assertIn(sentence, done.stderr)

    def write(self, path, text, mode=0o644):
        path = os.path.join(self.top, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)

    def service(self, name, **files):
        self.write(f"rig/services/{name}/run", "#!/bin/sh\n", 0o755)
        for file, text in files.items():
            self.write(f"rig/services/{name}/{file}", text)

    def play(self, name, pid=0, wants=b"u", state=0):
        """A runsv of the service: pipes with a reader, and a status."""
        path = f"{self.run}/tree/{name}/supervise"
        os.makedirs(path, exist_ok=True)
        for pipe in ("ok", "control"):
            if not os.path.exists(f"{path}/{pipe}"):
                os.mkfifo(f"{path}/{pipe}")
                fd = os.open(f"{path}/{pipe}", os.O_RDONLY | os.O_NONBLOCK)
                self.addCleanup(os.close, fd)
        label = struct.pack(">QI", TAI_EPOCH + int(time.time()) - 60, 0)
        self.write(f"run/tree/{name}/supervise/status", label +
                   struct.pack("<I", pid) + b"\0" + wants +
                   bytes([0, state]))

    def identity(self, pid):
        with open(f"/proc/{pid}/stat") as stat:
            return f"{pid} " + stat.read().rpartition(")")[2].split()[19]

    def set_ready(self, name, pid=os.getpid()):
        self.write(f"run/svc/{name}/ready", f"{self.identity(pid)} 1\n")

    def play_ready(self, name):
        self.play(name, os.getpid(), state=1)
        self.set_ready(name)

    def play_up(self):
        """The rig is up, its runsvdir is this process, its watcher is well."""
        self.write("run/rig", self.rig + "\n")
        self.write("run/runsvdir", self.identity(os.getpid()) + "\n")
        self.play_ready("stagecraft-watch")


def until_watching(child):
    def watches():
        found = pathlib.Path(f"/proc/{child.pid}/fdinfo").glob("*")
        try:
            return any("inotify wd" in file.read_text() for file in found)
        except OSError:  # one was closed between the two
            return False
    wait_until(watches, DEADLINE_S, "it waits for changes")


class Reader:
    """What a program writes, waited for with a deadline."""

    def __init__(self, fd):
        self.fd, self.text = fd, ""

    def until(self, wanted):
        end = time.monotonic() + DEADLINE_S
        while wanted not in self.text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"{wanted!r} is not in {self.text!r}")
            try:
                got = os.read(self.fd, 65536)
            except OSError:  # a terminal whose other side has gone
                got = b""
            if not got:
                raise AssertionError(f"{wanted!r} is not in {self.text!r}")
            self.text += got.decode(errors="replace")
        before, _, self.text = self.text.partition(wanted)
        return before


class Status(World):
    def test_no_rig_is_up(self):
        done = self.call("status", code=1)
        self.assertEqual(done.stdout,
                         "no rig is up; start one with stagecraft up\n")
        self.service("jack")
        got = json.loads(self.call("status", "--json", code=1).stdout)
        self.assertEqual((got["up"], got["supervised"], got["rig"], got["run"]),
                         (False, False, self.rig, self.run))
        self.assertEqual([s["name"] for s in got["services"]],
                         ["jack", "stagecraft-watch"])
        shutil.rmtree(self.rig)
        got = json.loads(self.call("status", "--json", code=1).stdout)
        self.assertEqual(got["services"], [])

    def test_the_variable_names_the_rig_before_the_one_that_is_up(self):
        self.play_up()
        self.env["STAGECRAFT_RIG"] = self.top + "/other"
        for verb in (["status"], ["down"], ["stop", "jack"], ["wait"]):
            self.refuse(f"the rig that is up is {self.rig}, not "
                        f"{self.top}/other", *verb)
        del self.env["STAGECRAFT_RIG"]
        self.call("status")

    def test_a_server_that_is_meant_to_be_slow(self):
        self.play_up()
        self.service("jack", provides="jack\n")
        self.play_ready("jack")
        warning = "runs without a real-time thread"
        if warning not in self.call("status").stdout:
            self.skipTest("this process has one")
        self.write("rig/rig.conf", "jack.period 64\njack.realtime no\n")
        self.assertNotIn(warning, self.call("status").stdout)
        self.write("rig/rig.conf", "jack.realtime yes\n")
        self.assertIn(warning, self.call("status").stdout)

    def test_all_is_well(self):
        self.play_up()
        self.service("jack")
        self.play_ready("jack")
        self.service("off.DISABLED")
        self.service("idle")
        self.play("idle", os.getpid(), state=1)
        self.write("run/svc/idle/wait", f"{time.time_ns()} alsa\n")
        done = self.call("status")
        head, titles, *rows = done.stdout.splitlines()
        self.assertEqual(head,
                         f"rig {self.rig}: 1 ready, 1 idle, 1 disabled")
        self.assertEqual(titles.split(), ["SERVICE", "STATE", "UPTIME",
                         "RESTARTS", "PID", "CPU", "MEMORY", "LAST", "EXIT"])
        self.assertEqual([row.split()[:2] for row in rows],
                         [["idle", "idle"], ["waits", "for"],
                          ["jack", "ready"], ["off", "disabled"]])
        self.assertIn("stagecraft-watch  ready",
                      self.call("status", "-a").stdout)
        one = self.call("status", "jack").stdout.splitlines()
        self.assertEqual((one[0], len(one)), (f"rig {self.rig}", 3))
        self.assertIn("stagecraft-watch  ready",
                      self.call("status", "stagecraft-watch").stdout)
        got = json.loads(self.call("status", "jack", "--json").stdout)
        self.assertEqual([s["name"] for s in got["services"]], ["jack"])
        self.assertTrue(got["services"][0]["ready"])

    def test_something_is_wrong(self):
        self.play_up()
        self.service("synth")
        self.play("synth", wants=b"d")
        self.write("run/svc/synth/hold", "-1 1 gave up: exit 100\n")
        got = self.call("status", code=1).stdout
        self.assertIn("1 failed\n", got)
        self.assertIn("gave up: exit 100; stagecraft logs synth says why\n",
                      got)
        self.write("run/svc/synth/hold", "1 1 crashed \x1b[31m\n")
        got = self.call("status", code=1).stdout
        self.assertIn(" held ", got)
        self.assertNotIn("\x1b", got)
        os.unlink(self.run + "/svc/synth/hold")
        self.assertIn(" down ", self.call("status").stdout)
        os.unlink(self.run + "/runsvdir")
        self.assertIn("runsvdir is not running",
                      self.call("status", code=1).stdout)

    def start_server(self):
        """A process in a session of its own, with a child."""
        server = subprocess.Popen(["sh", "-c", "echo; cat; :"],
                                  stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE,
                                  start_new_session=True)
        self.addCleanup(server.wait)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.stdin.close)
        server.stdin.write(b"x\n")
        server.stdin.flush()
        Reader(server.stdout.fileno()).until("x")  # now there is a cat
        return server.pid

    def test_server_without_real_time(self):
        self.play_up()
        for name in ("jack", "other"):
            pid = self.start_server()
            self.service(name)
            self.play(name, pid, state=1)
            self.set_ready(name, pid)
        self.assertNotIn("real-time", self.call("status").stdout)
        self.service("jack", provides="jack\n")
        self.assertIn("\njack runs without a real-time thread",
                      self.call("status").stdout)

    def test_watcher_is_not_well(self):
        self.play_up()
        self.play("stagecraft-watch")
        self.assertIn("stagecraft-watch  starting",
                      self.call("status", code=1).stdout)

    def test_wrong_words(self):
        self.play_up()
        self.refuse('there is no service "nobody"', "status", "nobody")
        self.refuse("one word too many", "status", "a", "b")
        self.refuse("the rig that is up is", "status", "-r", self.top)

    def test_disk_is_full(self):
        self.play_up()
        with open("/dev/full", "w") as full:
            for words in (["status"], ["status", "-j"], ["crashes"],
                          ["enable"]):
                done = subprocess.run([self.program, *words], env=self.env,
                                      stdout=full, stderr=subprocess.PIPE,
                                      text=True, timeout=DEADLINE_S)
                self.assertEqual(done.returncode, 111, done)
                self.assertIn("unable to show it: ", done.stderr)

    def start_watch(self, *words, **more):
        child = subprocess.Popen([self.program, "status", "--watch", *words],
                                 env=self.env, stderr=subprocess.PIPE, **more)
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def test_watch_json(self):
        child = self.start_watch("--json", stdout=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        reader = Reader(child.stdout.fileno())
        self.assertFalse(json.loads(reader.until("\n"))["up"])
        self.play_up()
        reader.until('"up":true')
        self.service("synth")
        reader.until('"name":"synth","state":"new"')
        self.play("synth", os.getpid(), state=1)
        reader.until('"name":"synth","state":"starting"')
        self.set_ready("synth")
        reader.until('"name":"synth","state":"ready"')
        shutil.rmtree(self.rig + "/services/synth")
        reader.until('"services":[{"name":"stagecraft-watch"')
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(DEADLINE_S), 0)
        self.assertEqual(child.stderr.read(), b"")

    def test_watch_of_one_that_goes(self):
        self.play_up()
        self.service("synth")
        child = self.start_watch("synth", stdout=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        reader = Reader(child.stdout.fileno())
        reader.until("synth")
        shutil.rmtree(self.rig + "/services/synth")
        self.assertEqual(child.wait(DEADLINE_S), 100)
        self.assertIn(b'there is no service "synth"', child.stderr.read())

    def test_watch_of_nobody(self):
        self.play_up()
        child = self.start_watch(stdout=subprocess.PIPE)
        Reader(child.stdout.fileno()).until("rig ")
        child.stdout.close()
        self.service("synth")  # it is to draw, and nobody reads
        self.assertEqual(child.wait(DEADLINE_S), 0)
        self.assertEqual(child.stderr.read(), b"")

    def test_watch_on_a_terminal(self):
        self.play_up()
        for number in range(40):
            self.service(f"s{number:02}")
        self.env.update(TERM="xterm", COLUMNS="60", LINES="20")
        self.env.pop("NO_COLOR", None)
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        child = self.start_watch(stdout=slave)
        os.close(slave)
        reader = Reader(master)
        self.assertEqual(reader.until("\x1b[H"), "\x1b[?1049h\x1b[?25l")
        lines = reader.until("\x1b[J").split("\r\n")
        self.assertEqual(len(lines), 20)
        self.assertEqual(lines[-1], "...\x1b[K")
        self.assertIn("\x1b[33mnew", "".join(lines))
        reader.until("\x1b[J")  # a second later
        child.send_signal(signal.SIGTERM)
        reader.until("\x1b[?25h\x1b[?1049l")
        self.assertEqual(child.wait(DEADLINE_S), 0)


class Enable(World):
    def test_template(self):
        done = self.call("enable", "synth", "jack")
        self.assertEqual(done.stdout,
                         "synth is enabled and starts with stagecraft up\n"
                         "jack is enabled and starts with stagecraft up\n")
        path = self.rig + "/services/synth"
        self.assertEqual(os.readlink(path + "/run"),
                         f"{SOURCE}/services/synth/run")
        self.assertFalse(os.path.islink(path + "/env"))
        self.assertEqual(sorted(os.listdir(path)),
                         sorted(os.listdir(SOURCE + "/services/synth")))
        self.assertEqual(self.call("enable", "jack").stdout,
                         "jack is enabled already\n")

    def test_there_and_back(self):
        self.play_up()
        self.service("mine", data="kept")
        self.assertEqual(self.call("disable", "mine").stdout,
                         "mine is disabled and stops now\n")
        self.assertEqual(os.listdir(self.rig + "/services"),
                         ["mine.DISABLED"])
        self.assertEqual(self.call("disable", "mine").stdout,
                         "mine is disabled already\n")
        self.assertEqual(self.call("enable", "mine").stdout,
                         "mine is enabled and starts now\n")
        with open(self.rig + "/services/mine/data") as file:
            self.assertEqual(file.read(), "kept")

    def test_removed_and_back(self):
        self.service("mine", data="first")
        trash = self.rig + "/state/trash/services"
        self.assertEqual(self.call("remove", "mine").stdout,
                         "mine is removed; it is kept in state/trash/services/"
                         "mine.1 of the rig\n")
        self.assertEqual(os.listdir(self.rig + "/services"), [])
        self.service("mine.DISABLED", data="second")
        self.service("minette", data="another's")
        self.play_up()
        self.assertEqual(self.call("remove", "mine", "minette").stdout,
                         "mine is removed; it is kept in state/trash/services/"
                         "mine.DISABLED.2 of the rig\n"
                         "minette is removed and stops now; it is kept in "
                         "state/trash/services/minette.1 of the rig\n")
        # The newest comes back as it was, and never over another one.
        self.assertEqual(self.call("remove", "--undo", "mine").stdout,
                         "mine is back, disabled as it was\n")
        self.refuse("there is a service mine again", "remove", "-u", "mine")
        self.assertEqual(sorted(os.listdir(trash)), ["mine.1", "minette.1"])
        self.call("remove", "mine")
        os.rename(trash + "/mine.DISABLED.2", trash + "/mine.DISABLED.10")
        self.service("mine", data="third")
        self.call("remove", "mine")
        self.assertEqual(sorted(os.listdir(trash)), [
            "mine.1", "mine.11", "mine.DISABLED.10", "minette.1"])
        self.assertEqual(self.call("remove", "-u", "mine").stdout,
                         "mine is back and starts now\n")
        with open(self.rig + "/services/mine/data") as file:
            self.assertEqual(file.read(), "third")

    def test_what_others_keep_in_the_trash_stays(self):
        trash = self.rig + "/state/trash/services"
        others = ["mine.00", "mine.007", "mine.99999999999", "mine.1x",
                  "mine.DISABLED", "mine.-1", "mine.", "mine"]
        for name in others:
            os.makedirs(f"{trash}/{name}")
        self.refuse('no service "mine" was removed', "remove", "-u", "mine")
        self.service("mine")
        self.assertIn("mine.1 of", self.call("remove", "mine").stdout)
        self.assertEqual(self.call("remove", "-u", "mine").stdout,
                         "mine is back\n")
        self.assertEqual(sorted(os.listdir(trash)), sorted(others))

    def test_what_is_not_removed(self):
        self.service("jack", provides="jack\n")
        self.service("a", needs="jack\n")
        self.assertEqual(self.call("remove", "jack").stderr,
                         "stagecraft: warning: a needs jack\n")
        os.mkdir(self.rig + "/elsewhere")
        os.symlink("../elsewhere", self.rig + "/services/linked")
        self.refuse("linked has no directory of its own in the rig", "remove",
                    "linked")
        self.write("rig/services/flat", "no directory")
        self.refuse("is a file", "remove", "flat")
        self.refuse("did you mean linked?", "remove", "likned")
        self.refuse("cannot be the name of a service", "remove", "a/b")
        self.refuse("cannot be the name of a service", "remove", "-u", "..")
        self.refuse('no service "a" was removed', "remove", "-u", "a")
        self.refuse("there is no rig in", "remove", "-r", "/nowhere", "jack")
        self.refuse("is not told enough", "remove")
        # A place that cannot be made: nothing is moved.
        os.rename(self.rig + "/state", self.rig + "/other")
        self.write("rig/state", "in the way")
        self.refuse("", "remove", "a")
        self.assertEqual(sorted(os.listdir(self.rig + "/services")),
                         ["a", "flat", "linked"])

    def test_who_misses_it(self):
        self.service("jack", provides="jack\n")
        self.service("a", needs="jack\n")
        done = self.call("disable", "jack")
        self.assertEqual(done.stderr, "stagecraft: warning: a needs jack\n")
        self.call("enable", "jack")
        self.service("b", needs="service:jack\n")
        done = self.call("disable", "jack")
        self.assertEqual(done.stderr,
                         "stagecraft: warning: a, b need jack\n")

    def test_list(self):
        self.call("enable", "jack")
        self.call("disable", "jack")
        self.call("enable", "synth")
        self.write("rig/services/mine/run", "#!/bin/sh\n# My own\n")
        rows = [row.split(None, 2)
                for row in self.call("enable").stdout.splitlines()]
        is_what = {row[0]: row[1:] for row in rows}
        self.assertEqual(is_what["synth"][0], "on")
        self.assertEqual(is_what["jack"][0], "disabled")
        self.assertEqual(is_what["a2j"][0], "-")
        self.assertEqual(is_what["mine"], ["on", "My own"])
        for name, what in is_what.items():
            self.assertGreater(len(what[1]), 5, name)

    def test_wrong_words(self):
        self.refuse("did you mean synth?", "enable", "synht")
        self.refuse("stagecraft enable lists them", "enable", "xyzzyx")
        self.refuse("cannot be the name of a service", "enable", "a/b")
        self.refuse("cannot be the name of a service", "disable", "")
        self.service("piano")
        self.refuse("did you mean piano?", "disable", "pinao")
        self.refuse("stagecraft status lists them", "disable", "xyzzyx")
        self.refuse("is not told enough", "disable")
        self.service("piano.DISABLED")
        self.refuse("is there too", "disable", "piano")
        self.refuse("there is no rig in", "enable", "-r", "/nowhere", "jack")
        self.refuse("there is no rig in", "disable", "-r", "/nowhere", "jack")
        self.assertEqual(sorted(os.listdir(self.rig + "/services")),
                         ["piano", "piano.DISABLED"])

    def test_nothing_installed(self):
        shutil.rmtree(self.top + "/prefix/share")
        self.refuse("unable to find stagecraft's own files", "enable")
        self.refuse("there is neither", "enable", "jack")
        self.service("mine.DISABLED")
        self.call("enable", "mine")


class New(World):
    def run_text(self, name):
        with open(f"{self.rig}/services/{name}/run") as file:
            return file.read()

    def test_files(self):
        done = self.call("new", "service", "piano", "--", "sh", "-c",
                         "echo 'it'\"s\" \"$1\"", "a b")
        self.assertEqual(done.stderr, "")
        self.assertIn("it starts with stagecraft up", done.stdout)
        path = self.rig + "/services/piano"
        self.assertEqual(sorted(os.listdir(path)), ["finish", "log", "run"])
        got = subprocess.run(["./run", "x"], cwd=path, text=True,
                             capture_output=True, timeout=DEADLINE_S)
        self.assertEqual(got.stdout, "its \n")
        for script in ("run", "finish", "log/run"):
            with open(f"{path}/{script}") as file:
                lines = file.read().splitlines()
            self.assertEqual(lines[0], "#!/bin/sh")
            self.assertTrue(lines[1].startswith("# piano: "))
            self.assertTrue(os.access(f"{path}/{script}", os.X_OK))

    @unittest.skipUnless(shutil.which("shellcheck"), "needs shellcheck")
    def test_shellcheck(self):
        self.call("new", "service", "odd one", "--", "printf", "%s", "$HOME",
                  "*", "it's", "`x`", "\\", "!", "a\nb", "ü")
        path = self.rig + "/services/odd one"
        done = subprocess.run(["shellcheck", "run", "finish", "log/run"],
                              cwd=path, capture_output=True, text=True,
                              timeout=DEADLINE_S)
        self.assertEqual(done.stdout, "")

    @unittest.skipUnless(shutil.which("runsv") and shutil.which("svlogd"),
                         "needs runit")
    def test_plain_runsv(self):
        self.call("new", "service", "once", "--", "sh", "-c", "echo hello")
        path = self.rig + "/services/once"
        env = {k: v for k, v in os.environ.items() if k != "STAGECRAFT_LOG"}
        child = subprocess.Popen(["runsv", path], env=env)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        log = pathlib.Path(path, "log/main/current")
        ended = "run has ended: exit code 0, signal 0"
        wait_until(lambda: log.exists() and ended in log.read_text(),
                   DEADLINE_S, ended)
        self.assertRegex(log.read_text(),
                         r"^\d{4}-\d\d-\d\d_[\d:.]+ hello\n")

    def test_needs(self):
        self.call("new", "service", "fx", "-n", " jack , port:Synth:*", "--",
                  "true")
        with open(self.rig + "/services/fx/needs") as file:
            self.assertEqual(file.read(), "jack\nport:Synth:*\n")
        self.refuse("nothing that can be waited for", "new", "service", "x",
                    "--needs=jak", "--", "true")
        self.refuse("nothing that can be waited for", "new", "service", "x",
                    "--needs", "", "--", "true")

    def test_warnings(self):
        self.assertIn('there is no program "no-such-program"',
                      self.call("new", "service", "a", "--",
                                "no-such-program").stderr)
        self.write("song.mid", "")
        self.assertIn('"song.mid" is a file in this directory',
                      self.call("new", "service", "b", "--", "true",
                                "song.mid", "-x", ".").stderr)
        self.write("bin/own", "#!/bin/sh\n", 0o755)
        self.call("new", "service", "c", "--", "bin/own")
        self.assertIn(f"exec {os.path.realpath(self.top)}/bin/own\n",
                      self.run_text("c"))
        self.write("bin/plain", "")
        self.assertIn("there is no program",
                      self.call("new", "service", "d", "--",
                                "bin/plain").stderr)

    def test_never_overwrites(self):
        self.service("mine")
        self.service("off.DISABLED")
        self.refuse("nothing was changed", "new", "service", "mine", "--", "x")
        self.refuse("stagecraft enable off", "new", "service", "off", "--",
                    "x")
        self.assertEqual(self.run_text("mine"), "#!/bin/sh\n")

    def test_wrong_words(self):
        self.refuse("is not told enough", "new")
        self.refuse("what is x to run?", "new", "service", "x")
        self.refuse("service, rack or rig", "new", "thing", "x")
        self.refuse("cannot be the program", "new", "service", "x", "--", "-x")
        self.refuse("cannot be the program", "new", "service", "x", "--", "")
        self.refuse("there is no program ./x", "new", "service", "x", "--",
                    "./x")
        self.refuse("cannot be the name", "new", "service", ".x", "--", "true")
        self.refuse("there is no rig in", "new", "service", "x", "-r", "/no",
                    "--", "true")
        self.refuse("a rig takes one directory", "new", "rig", "a", "b")
        self.refuse("a rig takes one directory", "new", "rig", "a", "-n", "x")
        self.refuse("a rack takes one name", "new", "rack", "a", "b")
        self.refuse("cannot be the name", "new", "rack", ".x")
        self.assertEqual(os.listdir(self.rig + "/services"), [])

    def test_rack(self):
        done = self.call("new", "rack", "fx")
        fx = self.rig + "/services/fx"
        self.assertTrue(done.stdout.startswith(f"made {fx}; "), done)
        self.assertFalse(os.path.islink(fx + "/rack"))
        with open(fx + "/run") as run:
            self.assertIn("exec stagecraft-rack .\n", run.read())
        self.refuse("nothing was changed", "new", "rack", "fx")

    def test_read_only(self):
        if os.geteuid() == 0:
            self.skipTest("root may write anywhere")
        os.chmod(self.rig + "/services", 0o555)
        self.addCleanup(os.chmod, self.rig + "/services", 0o755)
        self.refuse("unable to make", "new", "service", "x", "--", "true")

    def test_rig(self):
        done = self.call("new", "rig", "next")
        self.assertEqual(
            done.stdout, f"made a rig in {self.top}/next; stagecraft -r next "
            "up starts it\n")
        self.assertEqual(os.listdir(self.top + "/next/services"), ["jack"])
        self.refuse("is a rig already", "new", "rig", "next")
        self.write("other/thing", "")
        self.refuse("is not a rig", "new", "rig", "other")


class Logs(World):
    def setUp(self):
        super().setUp()
        self.write("run/log/jack/@4000000067000000000000aa.s",
                   "2026-11-23_23:59:59.00000 one\n")
        self.write("run/log/jack/current", "2026-11-24_00:00:02.00000 three\n"
                   "unstamped\n2026-11-24_00:00:04.00000 five")
        self.write("run/log/synth/current",
                   "@" + format(TAI_EPOCH + 1795478401, "016x") +
                   "00000000 two\n2026-11-24_00:00:03.00000 f\xf6ur\n")
        self.write("run/log/.x/current", "never\n")

    ALL = ("2026-11-23 23:59:59.000 jack: one\n"
           "2026-11-24 00:00:01.000 synth: two\n"
           "2026-11-24 00:00:02.000 jack: three\n"
           "                        jack: unstamped\n"
           "2026-11-24 00:00:03.000 synth: f\xf6ur\n"
           "2026-11-24 00:00:04.000 jack: five\n")

    def test_merge(self):
        self.assertEqual(self.call("logs").stdout, self.ALL)
        self.assertEqual(self.call("logs", "-n", "all").stdout, self.ALL)
        lines = self.ALL.splitlines(True)
        for count in (1, 2, 5, 6, 7):
            self.assertEqual(self.call("logs", f"-n{count}").stdout,
                             "".join(lines[-count:]))
        self.assertEqual(self.call("logs", "-n", "0").stdout, "")
        self.assertEqual(self.call("logs", "synth", "synth").stdout,
                         lines[1] + lines[4])

    def test_nothing_yet(self):
        shutil.rmtree(self.run)
        self.assertEqual(self.call("logs").stdout, "there are no logs yet\n")
        self.service("quiet")
        self.assertEqual(self.call("logs", "quiet").stdout, "")

    def test_wrong_words(self):
        self.refuse("did you mean synth?", "logs", "sytnh")
        self.refuse("neither a log nor a service", "logs", "xyzzyx")
        self.refuse("neither a log nor a service", "logs", "../log/jack")
        for number in ("", "x", "-1", "1x", "1000001"):
            self.refuse("is no number of lines", "logs", "--lines=" + number)

    def test_unreadable(self):
        self.write("run/log/bad", "no directory")
        self.assertEqual(self.call("logs").stdout, self.ALL)
        with open("/dev/full", "w") as full:
            done = subprocess.run([self.program, "logs"], env=self.env,
                                  stdout=full, stderr=subprocess.PIPE,
                                  text=True, timeout=DEADLINE_S)
        self.assertEqual(done.returncode, 111)

    def test_long_log(self):
        lines = "".join(f"2026-11-24_00:{i // 60 % 60:02}:{i % 60:02}.00000 "
                        f"{i} {'x' * 90}\n" for i in range(3600))
        self.write("run/log/long/current", lines)
        got = self.call("logs", "long", "-n", "all").stdout.splitlines()
        self.assertEqual(len(got), 3600)
        got = self.call("logs", "long", "-n", "1000").stdout.splitlines()
        self.assertEqual(len(got), 1000)
        self.assertIn("long: 2600 x", got[0])

    def test_terminal(self):
        self.write("run/log/evil/current", b"\x1b[2J\xff\n")
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        child = subprocess.Popen([self.program, "logs", "evil"], env=self.env,
                                 stdout=slave)
        os.close(slave)
        self.assertEqual(Reader(master).until("\r\n").strip(),
                         "evil: ?[2J?")
        self.assertEqual(child.wait(DEADLINE_S), 0)

    def follow(self, *words):
        child = subprocess.Popen([self.program, "logs", "-f", *words],
                                 env=self.env, stdout=subprocess.PIPE)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.addCleanup(child.stdout.close)
        return child, Reader(child.stdout.fileno())

    def append(self, name, text):
        with open(f"{self.run}/log/{name}/current", "a") as file:
            file.write(text)

    def test_follow(self):
        child, reader = self.follow("-n", "2")
        self.assertIn("jack: unstamped\n", reader.until("synth: f"))
        self.append("jack", " and more\n")
        reader.until("jack: five and more\n")
        os.rename(self.run + "/log/jack/current",
                  self.run + "/log/jack/@4000000068000000000000aa.s")
        self.write("run/log/jack/current", "six\n")
        reader.until("jack: six\n")
        self.write("run/log/late/current", "seven\n")
        reader.until("late: seven\n")
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(DEADLINE_S), 0)

    def test_follow_one(self):
        self.service("quiet")
        child, reader = self.follow("quiet")
        self.append("jack", "\n")
        self.write("run/log/other/current", "not this\n")
        self.write("run/log/quiet/current", "this\n")
        self.assertNotIn("other", reader.until("quiet: this\n"))
        self.append("quiet", "that\n")  # seen by the follower: it is at work
        reader.until("quiet: that\n")
        child.terminate()
        self.assertEqual(child.wait(DEADLINE_S), 0)


class Crashes(World):
    def death(self, wall_s, **more):
        return {"wall_ns": wall_s * 10 ** 9, "mono_ns": wall_s, "ran_ns":
                2 * 10 ** 9, "exit_code": 3, "signal": 0, "asked": "", **more}

    def test_none(self):
        done = self.call("crashes")
        self.assertEqual(done.stdout, "nothing has crashed or ended\n")
        self.service("quiet")
        self.assertEqual(self.call("crashes", "quiet").stdout, done.stdout)
        self.assertEqual(json.loads(self.call("crashes", "-j").stdout),
                         {"services": []})
        self.refuse('there is no service "nobody"', "crashes", "nobody")

    def test_record(self):
        kept = [
            self.death(1795478400, lines=[
                "2026-11-23_23:59:00.00000 the run before",
                "2026-11-23_23:59:59.50000 last \x1b[31mwords",
                "2026-11-24_00:00:09.00000 the run after", 7, "no stamp"]),
            self.death(1795478500, exit_code=-1, signal=11, ran_ns=-1,
                       lines=["2026-11-23_23:59:59.50000 from long ago"])]
        self.write("rig/state/crashes/synth.json", json.dumps(kept))
        self.write("run/svc/fx/deaths",
                   json.dumps(self.death(1795478450, asked="down")) + "\n")
        got = self.call("crashes").stdout
        self.assertEqual(got, """\
fx: ended 1 time
  2026-11-24 00:00:50  ran 2 s           asked to stop by down

synth: ended 2 times, the last one first
  2026-11-24 00:01:40  ran ?             killed by signal 11 (Segmentation fault)
      23:59:59.500  from long ago
  2026-11-24 00:00:00  ran 2 s           failed: exit 3
      23:59:59.500  last ?[31mwords
      no stamp
""")
        one = self.call("crashes", "synth").stdout
        self.assertTrue(one.startswith("synth: "))
        got = json.loads(self.call("crashes", "synth", "--json").stdout)
        deaths = got["services"][0]["deaths"]
        self.assertEqual([d["signal"] for d in deaths], [11, 0])
        self.assertEqual(deaths[1]["words"], "failed: exit 3")
        self.assertEqual(len(deaths[1]["lines"]), 5)

    def test_of_another_rig_than_the_one_that_is_up(self):
        self.play_up()
        self.write("run/svc/fx/deaths",
                   json.dumps(self.death(1795478450)) + "\n")
        self.assertIn("fx: ended 1 time", self.call("crashes").stdout)
        self.write("other/services/fx/run", "")
        self.assertEqual(self.call("crashes", "-r", self.top + "/other").stdout,
                         "nothing has crashed or ended\n")
        self.assertEqual(
            self.call("crashes", "-r", self.top + "/other", "fx").stdout,
            "nothing has crashed or ended\n")
        self.refuse(f"{self.top}/none is no rig", "crashes", "-r",
                    self.top + "/none")

    def test_garbage(self):
        self.write("rig/state/crashes/synth.json", b"\xff[")
        self.assertIn("nothing has crashed",
                      self.call("crashes", "synth").stdout)


class Wait(World):
    def setUp(self):
        super().setUp()
        self.service("synth")
        self.play_up()

    def hold(self, until_ns):
        self.play("synth", wants=b"d")
        self.write("run/svc/synth/hold", f"{until_ns} 1 crashed\n")

    def start(self, *words):
        """A wait that has read its words and watches."""
        child = subprocess.Popen(
            [self.program, "wait", *words], env=self.env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        until_watching(child)
        return child

    def finish(self, child, code):
        out, err = child.communicate(timeout=DEADLINE_S)
        self.assertEqual(child.returncode, code, (out, err))
        return out, err

    def test_what_will_not_be_ready_is_not_waited_for(self):
        self.play("synth", wants=b"d")
        self.assertIn("down      synth",
                      self.call("wait", "synth", code=1).stdout)
        self.hold(-1)
        self.assertIn("failed    synth",
                      self.call("wait", "synth", code=1).stdout)

    def test_words_do_not_command_the_terminal(self):
        self.play("synth", wants=b"d")
        self.write("run/svc/synth/hold", "-1 1 crashed \u009b2J\n")
        self.assertIn("  crashed ?2J; ",
                      self.call("wait", "synth", code=1).stdout)

    def test_none_looks_once(self):
        self.hold(2 ** 62)
        done = self.call("wait", "-t", "0", "synth", code=111)
        self.assertIn("synth is not ready: held, crashed", done.stderr)
        self.play("synth", wants=b"u")
        self.call("wait", "-t", "0s", code=111)
        self.play_ready("synth")
        self.call("wait", "-t", "0", "synth")

    def test_one_that_goes_or_comes_meanwhile(self):
        self.hold(2 ** 62)
        child = self.start("synth")
        self.play_ready("synth")
        self.assertIn("ready     synth", self.finish(child, 0)[0])
        self.hold(2 ** 62)
        child = self.start("synth")
        os.rename(self.rig + "/services/synth",
                  self.rig + "/services/synth.DISABLED")
        self.assertIn("disabled  synth", self.finish(child, 1)[0])
        os.rename(self.rig + "/services/synth.DISABLED",
                  self.rig + "/services/synth")
        child = self.start("synth")
        shutil.rmtree(self.rig + "/services/synth")
        self.assertIn("synth was removed meanwhile",
                      self.finish(child, 1)[1])


class Restart(World):
    def test_what_was_stopped_is_started_before_a_signal_is_heard(self):
        player = subprocess.Popen(["tail", "-f", "/dev/null"])
        self.addCleanup(player.wait)
        self.addCleanup(player.kill)
        self.service("synth")
        self.play_up()
        self.play("synth", player.pid, state=1)
        told = os.open(self.run + "/tree/synth/supervise/control",
                       os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, told)
        child = subprocess.Popen([self.program, "restart", "synth"],
                                 env=self.env)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        until_watching(child)
        child.send_signal(signal.SIGTERM)
        self.play("synth", wants=b"d")
        self.assertEqual(child.wait(DEADLINE_S), -signal.SIGTERM)
        self.assertRegex(os.read(told, 100), b"^d.*u$")


class Words(World):
    def test_help(self):
        self.assertIn("  status ", self.call("help").stdout)
        self.assertIn("--watch", self.call("help", "status").stdout)
        self.refuse("did you mean status?", "help", "staus")
        self.refuse("stagecraft help lists them", "help", "xyzzyx")

    def test_version(self):
        self.assertRegex(self.call("version").stdout,
                         r"^stagecraft \d+\.\d+\.\d+\n$")
        self.refuse("one word too many", "version", "x")


if __name__ == "__main__":
    sys.argv[1:] = []
    unittest.main()
