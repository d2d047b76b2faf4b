# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the watcher and the command line say of a rig and its computer."""

import json

from harness import show, songs, wait_until

TALK = "#!/bin/sh\nexec 2>&1\necho begins\nwhile read x; do echo $x; done " \
    "<>/tmp/words\n"


class Watcher:
    """A connection to the watcher's socket."""

    def __init__(self, machine):
        path = machine.outside(machine.run_dir / "rig.sock")
        self.talk = wait_until(lambda: songs.Stage.reach(path), 30,
                               "the watcher listens")
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

    def ask():
        return json.loads(machine.stagecraft("doctor", "--json").stdout)

    # The watcher itself may be on its way.
    found = wait_until(lambda: (told := ask())["checks"][0]["level"] == "ok"
                       and told, 30, ask)
    checks = {each["name"]: each for each in found["checks"]}
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
    assert told["checks"][0] == found["checks"][0]
    assert told["machine"].keys() == found["machine"].keys()


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


def test_services_are_made_from_templates(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    with Watcher(machine) as watcher:
        listed = watcher.call("templates")["result"]["templates"]
        clock = next(each for each in listed if each["name"] == "midi-clock")
        assert clock["is"] == "" and "MIDI clock" in clock["what"]
        answer = watcher.call("enable", name="midi-clock", **{"as": "clock-2"})
        assert answer["result"] == {}, answer
        made = machine.rig / "services/clock-2"
        assert (made / "run").is_symlink() and (made / "env").is_dir()
        assert "clock-2" in show.services(machine)
        # A second one of that name changes nothing, nor do names that are none.
        for name, template in (("clock-2", "midi-clock"), ("../x", "midi"),
                               ("a\nb", "midi"), ("x", "no-such")):
            answer = watcher.call("enable", name=template, **{"as": name})
            assert answer["error"]["message"], (name, template)
        machine.stagecraft("disable", "clock-2", check=True)
        answer = watcher.call("enable", name="midi", **{"as": "clock-2"})
        assert "disabled" in answer["error"]["message"]
        listed = watcher.call("templates")["result"]["templates"]
        assert all(each["is"] == "" for each in listed)
    for words in (("--as", "x"), ("--as", "x", "midi", "show"), ("--as",)):
        done = machine.stagecraft("enable", *words)
        assert done.returncode == 100 and done.stderr.count("\n") == 1, words
