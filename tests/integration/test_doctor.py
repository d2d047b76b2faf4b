# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the watcher and the command line say of a rig and its computer."""

import json
import socket

from harness import show, wait_until

TALK = "#!/bin/sh\nexec 2>&1\necho begins\nwhile read x; do echo $x; done " \
    "<>/tmp/words\n"


class Watcher:
    """A connection to the watcher's socket."""

    def __init__(self, machine):
        self.talk = socket.socket(socket.AF_UNIX)
        self.talk.settimeout(30)
        self.talk.connect(str(machine.outside(machine.run_dir / "rig.sock")))
        self.lines = self.talk.makefile()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.talk.close()

    def call(self, verb, **params):
        self.talk.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": verb,
                                      "params": params}).encode() + b"\n")
        return self.next(lambda message: message.get("id") == 1)

    def next(self, is_wanted):
        while True:
            message = json.loads(self.lines.readline())
            if is_wanted(message):
                return message

    def next_lines(self):
        event = self.next(lambda message: message.get("params", {}).get(
            "topic") == "log")
        return event["params"]["data"]


def test_the_doctor_names_what_is_bad(machine):
    show.make_rig(machine, stay=show.STAY)
    done = machine.stagecraft("doctor", "-r", machine.rig)
    assert done.returncode == 0 and "no rig is up" in done.stdout
    machine.up()
    found = json.loads(machine.stagecraft("doctor", "--json",
                                          check=True).stdout)
    checks = {each["name"]: each for each in found["checks"]}
    assert checks["services"]["level"] == "ok"
    assert checks["realtime"]["level"] == "unknown"
    assert found["machine"]["disk_bytes"] > found["machine"][
        "disk_free_bytes"] > 0
    assert all(each["text"] for each in checks.values())

    show.put(machine, "sick", "#!/bin/sh\necho no font\nexit 100\n")
    show.await_state(machine, "sick", "failed")
    done = machine.stagecraft("doctor", "--json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["worst"] == "bad"
    text = found["checks"][0]["text"]
    assert "sick failed" in text and "stagecraft logs sick" in text
    shown = machine.stagecraft("doctor")
    assert shown.returncode == 1 and "sick failed" in shown.stdout
    with Watcher(machine) as watcher:
        told = watcher.call("doctor")["result"]
    assert [each["level"] for each in told["checks"]] == [
        each["level"] for each in found["checks"]]


def test_a_log_is_followed_by_the_watcher(machine):
    machine.run(["mkfifo", "/tmp/words"], check=True)
    show.make_rig(machine, talk=TALK)
    machine.up()

    def say(text):
        machine.run(["sh", "-c", f"echo '{text}' >/tmp/words"], check=True)

    with Watcher(machine) as watcher:
        refused = watcher.call("log", name="nobody")["error"]["message"]
        assert "nobody" in refused
        refused = watcher.call("log", name="talk", lines=999)
        assert "0 to 200" in refused["error"]["message"]
        watcher.call("subscribe")
        wait_until(lambda: "begins" in str(watcher.call(
            "log", name="talk", lines=5)["result"]["lines"]), 30, "its log")
        first = watcher.call("log", name="talk", lines=0)["result"]
        assert first["lines"] == []
        say("<b>one</b>")
        told = watcher.next_lines()
        assert [each["text"] for each in told["lines"]] == ["<b>one</b>"]
        assert told["lines"][0]["number"] == first["next"]
        # The file is another one when the logger is started anew.
        machine.stagecraft("restart", "talk", check=True)
        say("two")
        texts = []
        while "two" not in texts:
            told = watcher.next_lines()
            texts += [each["text"] for each in told["lines"]]
        assert texts == ["begins", "two"]
