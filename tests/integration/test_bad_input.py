# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input to every command and file: one sentence, exit code 100, and nothing
has changed."""

import json
import os
import pathlib
import re
import sys

import pytest

from harness import show, wait_until

VERBS = ["up", "down", "status", "start", "stop", "restart", "wait", "enable",
         "disable", "remove", "new", "logs", "crashes", "doctor", "help",
         "version"]
LONG = "x" * 5000

STAGECRAFT = [
    ("nonsense",), ("upp",), ("",), ("--nonsense",), ("-r",),
    ("up", "-r", LONG),
    ("up", "there"), ("up", "-t", "soon"), ("up", "-t", ""), ("up", "-t",
     "-1s"), ("up", "--timeout"), ("up", "--demo=yes"), ("up", "-t", "1e9y"),
    ("down", "now"), ("down", "-9"),
    ("start",), ("stop",), ("restart",), ("enable", "nobody"), ("disable",),
    ("remove",), ("remove", "nobody"), ("remove", "-u", "nobody"),
    ("disable", "nobody"), ("start", "nobody"), ("stop", "nobody"),
    ("restart", "nobody"), ("status", "nobody"), ("wait", "nobody"),
    ("logs", "nobody"), ("crashes", "nobody"), ("help", "nobody"),
    ("start", ""), ("start", "../stay"), ("stop", "stay/"), ("start", LONG),
    ("start", "stay", "nobody"), ("stop", "stay", "nobody"),
    ("enable", "../../etc"), ("enable", "a\nb"), ("enable", LONG),
    ("status", "stay", "stay"), ("wait", "-t", "never"),
    ("logs", "-n", "x"), ("logs", "-n", "-1"), ("logs", "-n", "9" * 30),
    ("logs", "-n"), ("crashes", "a", "b"),
    ("new",), ("new", "service"), ("new", "service", "x"),
    ("new", "service", "x", "--"), ("new", "thing", "x", "--", "true"),
    ("new", "service", "a/b", "--", "true"),
    ("new", "service", ".x", "--", "true"),
    ("new", "service", "x.DISABLED", "--", "true"),
    ("new", "service", "x~", "--", "true"),
    ("new", "service", "", "--", "true"),
    ("new", "service", LONG, "--", "true"),
    ("new", "service", "a\nb", "--", "true"),
    ("new", "service", "stay", "--", "true"),
    ("new", "service", "stagecraft-watch", "--", "true"),
    ("version", "x"),
]


def tree(top):
    """Everything below a directory that a command could have changed; state/
    is the watcher's, which may be at work."""
    found = {}
    for path in sorted(pathlib.Path(top).rglob("*")):
        if "state" in path.relative_to(top).parts:
            continue
        stat = path.lstat()
        found[str(path)] = (stat.st_mode, stat.st_size, stat.st_mtime_ns)
    return found


def one_sentence(done, program="stagecraft"):
    """Exactly one line on standard error, in the form that all have."""
    lines = done.stderr.splitlines()
    assert done.returncode == 100, (done.returncode, done.stdout, done.stderr)
    assert len(lines) == 1, done.stderr
    assert re.match(rf"{program}: error: \S", lines[0]), lines[0]
    assert re.search(r"([^.:]|\.\.\.)$", lines[0]), lines[0]
    assert done.stdout == "", done.stdout
    return lines[0]


@pytest.fixture(scope="module")
def up(prefix, tmp_path_factory):
    """One rig for all of these: none of them may change it."""
    from harness import Machine, NotPermitted
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o755)
    try:
        machine = Machine(prefix, home)
    except NotPermitted as error:
        pytest.skip(str(error))
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    yield machine
    machine.finish()


@pytest.mark.parametrize("words", STAGECRAFT, ids=lambda words:
                         " ".join(words)[:40].replace("\n", "_") or "empty")
def test_stagecraft(up, words):
    before, pid = tree(up.rig), show.service(up, "stay")["pid"]
    one_sentence(up.stagecraft(*words))
    assert tree(up.rig) == before
    assert show.service(up, "stay")["pid"] == pid


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb(up, verb):
    before = tree(up.rig)
    if verb not in ("help",):
        one_sentence(up.stagecraft(verb, "--nonsense"))
        one_sentence(up.stagecraft(verb, "-r"))
    done = up.stagecraft(verb, "--help")
    assert done.returncode == 0 and done.stderr == "" and done.stdout
    assert tree(up.rig) == before


@pytest.mark.parametrize("verb", ["start", "stop", "restart", "status", "wait",
                                  "crashes", "logs"])
def test_no_rig_is_up(machine, verb):
    """Some tell of a rig that is not up, none of them makes one."""
    words = [verb, "stay"] if verb in ("start", "stop", "restart") else [verb]
    done = machine.stagecraft(*words)
    assert done.returncode in (0, 1, 100)
    if done.returncode == 100:
        one_sentence(done)
    assert sorted(os.listdir(machine.home)) == ["prefix"]
    assert machine.processes() == []


BAD_ENVIRONMENT = [
    {"STAGECRAFT_RUN": "relative/path"}, {"STAGECRAFT_RUN": "/" + LONG},
    {"STAGECRAFT_RIG": "/" + LONG}, {"XDG_RUNTIME_DIR": "/" + LONG},
]


@pytest.mark.parametrize("environment", BAD_ENVIRONMENT, ids=lambda e:
                         "-".join(e))
def test_bad_environment(machine, environment):
    machine.set_env(**environment)
    for verb in ("up", "down", "status"):
        one_sentence(machine.stagecraft(verb))
    assert sorted(os.listdir(machine.home)) == ["prefix"]
    machine.set_env(**dict.fromkeys(environment))


@pytest.mark.parametrize("words", [
    ("-x",), ("-r",), ("-r", "fast"), ("-r", "1"), ("-p", "0"), ("-d", LONG),
    ("-c", "/nowhere"), ("-c", "/dev/null/x"), ("word",), ("--nonsense",),
    ("-n", "-d", "no-such-driver")])
def test_stagecraft_jack(machine, words):
    one_sentence(machine.run(["stagecraft-jack", *words]), "stagecraft-jack")
    assert machine.shm() == []


@pytest.mark.parametrize("line", [
    "jack.rate fast", "jack.rate 1", "jack.rate", "jack.period 7 8",
    "jack.speed 3", "jack.realtime maybe", "jack.rate 48000\njack.rate x",
    "jack.priority 1000", 'jack.device "open', "jack.rate \xff\xfe",
    "jack.ports 99999999999999999999", "\0"])
def test_rig_conf(machine, line):
    """The file, the line and the column are told."""
    file = machine.home / "rig.conf"
    file.write_bytes(b"# mine\n" + line.encode("latin-1") + b"\n")
    said = one_sentence(machine.run(["stagecraft-jack", "-n", "-c", file]),
                        "stagecraft-jack")
    assert re.search(r"rig\.conf:[23](:\d+)?: ", said), said


@pytest.mark.parametrize("words", [
    (), ("run",), ("jump", "x"), ("run", "nobody"), ("run", "../x"),
    ("log", "../../x"), ("finish", "../x"), ("run", "")])
def test_stagecraft_service(machine, words):
    """Called by hand it says that it is not for that, or what is wrong."""
    show.make_rig(machine, stay=show.STAY)
    machine.set_env(STAGECRAFT_RIG=machine.rig)
    before = tree(machine.home / "rig")
    done = machine.run(["stagecraft-service", *words])
    assert done.returncode == 100, (done.stdout, done.stderr)
    said = (done.stdout + done.stderr).splitlines()
    assert len(said) == 1 and said[0].startswith("stagecraft-service: error: ")
    assert tree(machine.rig) == before
    assert machine.run(["find", "/run", "-name", "x"]).stdout == ""


def test_stagecraft_watch(machine):
    done = machine.run(["stagecraft-watch", "--nonsense"])
    assert done.returncode == 100


FILES = {
    "needs": ["moon", "jack twice", "port:x", "service:", "net:", "file:",
              '"open', "jack\x01", "jack bound bound", "\xff"],
    "ready": ["soon", "port:x", "file:", "check now please", "\0x"],
    "provides": ["jack midi", '"open'],
}


@pytest.mark.parametrize("file, line", [
    (file, line) for file, lines in FILES.items() for line in lines],
    ids=lambda text: repr(text))
def test_files_of_a_service(up, file, line):
    """A service with a bad file stays down and says file and line."""
    name = "bad"
    new = show.make_service(up.rig / ".new")
    (new / file).write_bytes(b"# it\n" + line.encode("latin-1") + b"\n")
    target = up.rig / "services" / name
    os.rename(new, target)
    try:
        bad = show.await_state(up, name, "failed")
        assert "exit 100" in bad["note"] or "gave up" in bad["note"], bad
        said = wait_until(lambda: up.stagecraft("logs", name).stdout, 10)
        assert re.search(rf"{file}:2(:\d+)?: ", said), said
        assert "error: " in said
        assert show.service(up, "stay")["ready"]
        # mended, it is tried at once
        (target / file).write_text("file:/dev/null\n" if file == "needs"
                                   else "started\n" if file == "ready"
                                   else "midi\n")
        show.await_state(up, name, "ready")
    finally:
        os.rename(target, up.home / "gone")
        wait_until(lambda: not show.service(up, name), 10)
        up.run(["rm", "-r", up.home / "gone"])
        up.run(["sh", "-c", f"rm -rf {up.run_dir}/log/{name} "
                f"{up.run_dir}/svc/{name}"])


def test_variables_of_a_service(up):
    new = show.make_service(up.rig / ".new")
    (new / "env").mkdir()
    (new / "env" / "A=B").write_text("x\n")
    target = up.rig / "services/vars"
    os.rename(new, target)
    show.await_state(up, "vars", "failed")
    assert "A=B" in up.stagecraft("logs", "vars").stdout
    os.rename(target, up.home / "vars")
    wait_until(lambda: not show.service(up, "vars"), 10)


def test_names_that_are_no_services_are_passed_over(up):
    """They are warned of once, and harm nobody."""
    names = [".hidden", "a\nb", "n" * 250, "x~"]
    for name in names:
        (up.rig / "services" / name).mkdir()
        show.write(up.rig / "services" / name / "run", show.STAY, 0o755)
    show.write(up.rig / "services/file", "x")
    show.put(up, "after")
    show.await_state(up, "after", "ready")
    assert set(show.services(up)) >= {"after", "stay"}
    assert not set(show.services(up)) & set(names + ["file"])
    for name in names:
        up.run(["rm", "-r", up.rig / "services" / name])
    (up.rig / "services/file").unlink()
    os.rename(up.rig / "services/after", up.home / "after")
    wait_until(lambda: not show.service(up, "after"), 10)


STATE = """import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"state"}\\n')
print(s.makefile().readline())
"""


def test_a_path_that_is_no_utf8(machine):
    """JSON cannot hold it; the watcher tells its state all the same."""
    show.make_rig(machine, stay=show.STAY)
    rig = machine.home / os.fsdecode(b"caf\xe9")
    os.rename(machine.rig, rig)
    machine.stagecraft("up", "-r", rig, check=True)
    wait_until(lambda: machine.outside(machine.run_dir / "rig.sock").exists(),
               10, "the watcher can be asked")
    said = machine.run([sys.executable, "-c", STATE,
                        f"{machine.run_dir}/rig.sock"], check=True).stdout
    state = json.loads(said)["result"]["state"]
    assert state["rig"].endswith("/caf\ufffd"), state["rig"]
    assert "stay" in [service["name"] for service in state["services"]]
    machine.stagecraft("down", check=True)


def test_a_full_run_directory_is_told(machine):
    machine.set_env(STAGECRAFT_RUN="/run/small/run")
    machine.run(["sh", "-c", "mkdir /run/small && mount -t tmpfs -o "
                 "size=64k,nr_inodes=12 small /run/small"], check=True)
    show.make_rig(machine, **{f"s{n}": show.STAY for n in range(5)})
    before = tree(machine.rig)
    done = machine.stagecraft("up", "-r", machine.rig, "-t", "2s")
    assert done.returncode == 111, (done.stdout, done.stderr)
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and "unable to" in lines[0], lines
    assert tree(machine.rig) == before
    machine.run(["umount", "-l", "/run/small"])
