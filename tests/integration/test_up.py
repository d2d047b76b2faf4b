# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""up and down: whoever calls them, wherever the rig is, however often."""

import os
import signal
import subprocess

import pytest

from harness import show, wait_until

WAYS = [{}, {"xdg": False}, {"user": True}, {"user": True, "xdg": False},
        {"env": {"STAGECRAFT_RUN": "/run/a 'b'"}}]
DEAF = "#!/bin/sh\ntrap '' TERM\nwhile :; do tail -f /dev/null; done\n"


def tree(top):
    """Everything below a directory, with what would tell of a change."""
    found = {}
    for path in sorted(top.rglob("*")):
        stat = path.lstat()
        found[str(path.relative_to(top))] = (
            stat.st_mode, stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


def pids(machine):
    """All but the command itself. A script that is ready once it runs may
    become its program a moment later, as the same process."""
    return {p["pid"] for p in machine.processes()
            if p["comm"] != "stagecraft"}


def run_files(machine):
    return sorted(os.listdir(machine.outside(machine.run_dir)))


def check_nothing_left(machine):
    """Only the logs and the lock stay. A runsv has closed all it had before the
    kernel takes its process away."""
    wait_until(lambda: not machine.leftovers(), 10,
               lambda: f"nothing is left, but: {machine.leftovers()}")
    assert run_files(machine) == ["lock", "log"]


def one_sentence(done, code=100):
    lines = done.stderr.splitlines()
    assert done.returncode == code, (done.stdout, done.stderr)
    assert len(lines) == 1 and lines[0].startswith("stagecraft: error: "), lines
    return lines[0]


@pytest.mark.parametrize("options", WAYS, ids=[
    "root", "root-no-xdg", "user", "user-no-xdg", "STAGECRAFT_RUN"])
def test_up_and_down(make_machine, options):
    machine = make_machine(**options)
    show.use_tools(machine)
    lines = machine.up("--demo").stdout.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    show.await_demo(machine, "after up")
    show.is_sounding(machine)
    show.await_loggers(machine, *show.DEMO)
    before = pids(machine)
    rig_before = tree(machine.rig)
    started = machine.outside(machine.run_dir / "runsvdir").read_text()
    again = machine.up()
    assert "up already" in again.stdout
    assert pids(machine) == before
    assert tree(machine.rig) == rig_before
    assert machine.outside(
        machine.run_dir / "runsvdir").read_text() == started
    down = machine.down()
    assert down.stdout.splitlines()[-1] == "the rig is down"
    assert down.stderr == ""
    check_nothing_left(machine)
    assert machine.down().stdout == "no rig is up\n"


@pytest.mark.machine(user=True, xdg=False)
def test_a_run_directory_in_tmp_is_ours_alone(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    stat = machine.outside(machine.run_dir).stat()
    assert stat.st_mode & 0o777 == 0o700 and stat.st_uid == machine.uid


@pytest.mark.machine(user=True, xdg=False)
def test_a_run_directory_of_somebody_else_is_refused(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.run(["mkdir", machine.run_dir], as_root=True, check=True)
    said = one_sentence(machine.stagecraft("up", "-r", machine.rig))
    assert str(machine.run_dir) in said
    assert machine.processes() == []


@pytest.mark.machine(user=True, xdg=False)
def test_the_run_directory_that_an_init_made(machine):
    run_dir = machine.outside("/run/stagecraft")
    run_dir.mkdir(mode=0o755)
    os.chown(run_dir, machine.uid, machine.uid)
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    assert (run_dir / "rig").read_text() == f"{machine.rig}\n"
    assert show.service(machine, "stay")["ready"]
    seen = machine.stagecraft("status", "stay", as_root=True, check=True)
    assert "ready" in seen.stdout
    for verb in ("up", "down"):
        said = one_sentence(machine.stagecraft(verb, as_root=True))
        assert f"sudo -u #{machine.uid} stagecraft" in said
    machine.down()
    assert sorted(os.listdir(run_dir)) == ["lock", "log"]
    os.chown(run_dir, 0, 0)
    machine.run(["rm", "-rf", run_dir], as_root=True)
    machine.up()
    assert machine.outside(f"/tmp/stagecraft-{machine.uid}/rig").exists()


def test_a_run_directory_that_holds_other_things_is_refused(machine):
    """`down` empties the run directory, so it must be for us alone."""
    show.make_rig(machine, stay=show.STAY)
    letters = machine.home / "letters"
    letters.mkdir()
    (letters / "dear").write_text("you")
    for run in (letters, machine.rig, machine.rig.parent):
        machine.set_env(STAGECRAFT_RUN=run)
        before = tree(machine.home / "rig"), tree(letters)
        said = one_sentence(machine.stagecraft("up", "-r", machine.rig))
        assert str(run) in said and "STAGECRAFT_RUN" in said
        machine.stagecraft("down")
        assert (tree(machine.home / "rig"), tree(letters)) == before
    assert machine.processes() == []


@pytest.mark.machine(xdg=False)
def test_a_runtime_directory_of_somebody_else_is_passed_over(machine):
    """As after `su`: who owns it could put a service of root's there."""
    theirs = machine.outside("/run/user/1234")
    theirs.mkdir(parents=True)
    os.chown(theirs, 1234, 1234)
    machine.set_env(XDG_RUNTIME_DIR="/run/user/1234")
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    assert os.listdir(theirs) == []
    assert machine.outside("/run/stagecraft/rig").exists()
    machine.down()
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_another_rig_is_up(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    show.await_loggers(machine, "stay")
    before = pids(machine)
    other = machine.home / "other"
    said = one_sentence(machine.stagecraft("up", "-r", other))
    assert str(machine.rig) in said and "down" in said
    assert pids(machine) == before
    said = one_sentence(machine.stagecraft("down", "-r", other))
    assert str(machine.rig) in said
    assert pids(machine) == before


def test_a_refused_up_makes_no_rig(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    other = machine.home / "other"
    one_sentence(machine.stagecraft("up", "-r", other))
    assert not other.exists()


def test_what_is_no_rig_is_left_alone(machine):
    machine.rig.mkdir()
    (machine.rig / "letter.txt").write_text("dear")
    before = tree(machine.home / "rig")
    said = one_sentence(machine.stagecraft("up", "-r", machine.rig))
    assert "is not a rig" in said
    assert tree(machine.rig) == before
    file = machine.home / "file"
    file.write_text("x")
    one_sentence(machine.stagecraft("up", "-r", file))
    assert file.read_text() == "x"
    assert machine.processes() == []
    assert not machine.outside(machine.run_dir / "rig").exists()


def test_a_checkout_is_no_rig(machine):
    """It has a directory services, and ~/stagecraft is the default rig."""
    checkout = machine.rig
    for name in ("meson.build", "src/rig/bring_up.c", "services/jack/run"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("")
    before = tree(checkout)
    for words in (("up",), ("up", "--demo")):
        said = one_sentence(machine.stagecraft(*words, "-r", checkout))
        assert "holds the source of stagecraft, not a rig" in said
    assert tree(checkout) == before
    assert machine.processes() == []


def test_an_empty_directory_becomes_a_rig(machine):
    machine.rig.mkdir()
    assert "made a new minimal rig" in machine.up().stdout
    assert show.service(machine, "jack")["ready"]


def test_a_rig_named_by_a_relative_path(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.stagecraft("up", "-r", "./rig/../rig", check=True)
    assert show.service(machine, "stay")["ready"]
    assert "up already" in machine.up().stdout


@pytest.mark.parametrize("name", [
    "two words", "it's", 'a "b" $c `d` \\e', "Bühne ♫", "-r"])
def test_a_rig_path_of_any_kind(machine, name):
    machine.rig = machine.home / name
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    assert show.service(machine, "stay")["ready"]
    pid = show.service(machine, "stay")["pid"]
    machine.kill(pid)
    wait_until(lambda: show.service(machine, "stay")["ready"] and
               show.service(machine, "stay")["pid"] != pid, 10,
               "it is back")
    machine.down()
    check_nothing_left(machine)


def test_a_rig_path_with_a_line_break_is_refused(machine):
    machine.rig = machine.home / "new\nline"
    said = one_sentence(machine.stagecraft("up", "-r", machine.rig))
    assert "line break" in said
    assert sorted(os.listdir(machine.home)) == ["prefix"]


def test_a_read_only_rig(machine):
    show.use_tools(machine)
    machine.up("--demo")
    machine.down()
    machine.run(["mount", "--bind", machine.rig, machine.rig], check=True)
    machine.run(["mount", "-o", "remount,bind,ro", machine.rig], check=True)
    inside = machine.outside(machine.rig)
    before = tree(inside)
    assert machine.run(["touch", machine.rig / "x"]).returncode != 0
    machine.up()
    show.await_demo(machine, "after up")
    show.is_sounding(machine)
    pid = show.service(machine, "synth")["pid"]
    machine.kill(pid)
    wait_until(lambda: show.service(machine, "synth")["pid"] != pid and
               show.check_demo(machine), 20, "the synth is back")
    assert show.deaths(machine, "synth")
    done = machine.stagecraft("disable", "synth")
    one_sentence(done)
    show.await_demo(machine, "still")
    machine.down()
    assert tree(inside) == before
    check_nothing_left(machine)
    machine.run(["umount", machine.rig], check=True)


OLD = "/opt/old/share/stagecraft/services/jack"


def from_another_computer(machine):
    """A rig with a template's service, as a computer with another PREFIX made
    it."""
    show.make_rig(machine, stay=show.STAY)
    machine.stagecraft("enable", "jack", "-r", machine.rig, check=True)
    lead = machine.outside(machine.rig) / "services/jack"
    links = [entry for entry in lead.iterdir() if entry.is_symlink()]
    assert lead / "run" in links
    there = {link: os.readlink(link) for link in links}
    for link in links:
        link.unlink()
        link.symlink_to(f"{OLD}/{link.name}")
    return there


def test_a_rig_from_another_prefix_is_linked_anew(machine):
    links = from_another_computer(machine)
    up = machine.up()
    assert "linked to the templates of this computer: jack\n" in up.stdout
    assert {link: os.readlink(link) for link in links} == links
    show.await_state(machine, "jack", "ready")
    assert "linked to" not in machine.up().stdout


def test_a_read_only_rig_from_another_prefix_is_told(machine):
    links = from_another_computer(machine)
    machine.run(["mount", "--bind", machine.rig, machine.rig], check=True)
    machine.run(["mount", "-o", "remount,bind,ro", machine.rig], check=True)
    up = machine.stagecraft("up", "-r", machine.rig)
    assert "the links of jack lead to templates of another computer" in \
        up.stderr
    assert up.stderr.count("warning") == 1
    show.await_state(machine, "stay", "ready")
    assert {os.readlink(link) for link in links} == \
        {f"{OLD}/{link.name}" for link in links}
    machine.down()
    machine.run(["umount", machine.rig], check=True)


def test_two_ups_at_once(machine):
    show.make_rig(machine, stay=show.STAY)
    command = [machine.prefix / "bin/stagecraft", "up", "-r", machine.rig]
    running = [machine.popen(command, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for _ in range(4)]
    outputs = [one.communicate(timeout=30) for one in running]
    assert [one.poll() for one in running] == [0] * 4, outputs
    assert sum("up already" in out for out, _ in outputs) == 3

    def is_supervised_once():  # a child of runsv is called so until it execs
        runsvs, runsvdirs = show.supervisors(machine)
        return len(runsvdirs) == 1 and len(runsvs["stay"]) == 1

    wait_until(is_supervised_once, 10, lambda: str(show.supervisors(machine)))


def test_two_ups_at_once_make_one_rig(machine):
    command = [machine.prefix / "bin/stagecraft", "up", "-r", machine.rig]
    running = [machine.popen(command, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for _ in range(3)]
    outputs = [one.communicate(timeout=30) for one in running]
    assert [one.poll() for one in running] == [0] * 3, outputs
    assert sum("made a new" in out for out, _ in outputs) == 1
    assert sorted(os.listdir(machine.home)) == ["prefix", "rig"]


def test_ups_and_downs_at_once_leave_one_or_the_other(machine):
    show.make_rig(machine, stay=show.STAY)
    stagecraft = machine.prefix / "bin/stagecraft"
    commands = [[stagecraft, "up", "-r", machine.rig, "-t", "5s"],
                [stagecraft, "down"]] * 3
    running = [machine.popen(command, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for command in commands]
    outputs = [one.communicate(timeout=60) for one in running]
    assert all(one.poll() in (0, 111) for one in running), outputs
    if machine.outside(machine.run_dir / "rig").exists():
        show.await_state(machine, "stay", "ready")
        machine.down()
    check_nothing_left(machine)


def test_down_is_killed_half_way_and_repeated(machine):
    show.make_rig(machine, deaf=DEAF, stay=show.STAY, jack=show.JACK)
    machine.up()
    runsvdir = show.supervisors(machine)[1]
    down = machine.popen([machine.prefix / "bin/stagecraft", "down"],
                         stdout=subprocess.PIPE)
    wait_until(lambda: down.pid, 5, "down runs")
    wait_until(lambda: show.supervisors(machine)[1] != runsvdir, 5,
               "it has begun")
    down.kill(signal.SIGKILL)
    down.wait()
    assert program_is_there(machine, "stagecraft-jack")
    again = machine.down()
    assert "deaf (it had to be killed)" in again.stdout
    check_nothing_left(machine)


def test_up_after_a_down_that_was_killed(machine):
    show.make_rig(machine, deaf=DEAF, stay=show.STAY)
    machine.up()
    down = machine.popen([machine.prefix / "bin/stagecraft", "down"])
    wait_until(lambda: not show.supervisors(machine)[1], 5, "it has begun")
    down.kill(signal.SIGKILL)
    down.wait()
    machine.up()
    runsvs, runsvdirs = show.supervisors(machine)
    assert len(runsvdirs) == 1
    for name in ("deaf", "stay", "stagecraft-watch"):
        show.await_state(machine, name, "ready")
        assert len(runsvs[name]) == 1
    machine.down()
    check_nothing_left(machine)


def program_is_there(machine, comm):
    return bool(show.program_pids(machine, comm))


def test_down_of_a_rig_whose_directory_was_pulled_out(machine):
    show.make_rig(machine, stay=show.STAY, jack=show.JACK)
    machine.up()
    os.rename(machine.rig, machine.home / "elsewhere")
    down = machine.down()
    assert "stopped   stay" in down.stdout
    check_nothing_left(machine)


def test_down_ends_what_a_service_left_behind(machine):
    run = ("#!/bin/sh\nsetsid tail -f /dev/null >/dev/null &\n"
           "exec tail -f /dev/null\n")
    show.make_rig(machine, messy=run)
    machine.up()
    wait_until(lambda: len(show.program_pids(machine, "tail")) == 2, 5)
    machine.down()
    check_nothing_left(machine)


def test_down_ends_a_rig_whose_supervision_was_killed(machine):
    show.make_rig(machine, stay=show.STAY, jack=show.JACK)
    machine.up()
    runsvs, runsvdirs = show.supervisors(machine)
    watch = show.program_pids(machine, "stagecraft-watch")
    for pid in runsvdirs + watch + sum(runsvs.values(), []):
        machine.world.kill(pid, signal.SIGSTOP)
    for pid in runsvdirs + watch + sum(runsvs.values(), []):
        machine.kill(pid)
    machine.down()
    check_nothing_left(machine)


def foreground(machine, *more):
    """`up --foreground`, once it has said that it is there."""
    running = machine.popen(
        [machine.prefix / "bin/stagecraft", "up", "-r", machine.rig,
         "--foreground", *more], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    line = running.stdout.readline()
    while line.startswith("made "):
        line = running.stdout.readline()
    assert "rig" in line, line
    return running


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_foreground_ends_the_rig_when_asked(machine, signum):
    show.make_rig(machine, stay=show.STAY, jack=show.JACK)
    running = foreground(machine)
    machine.stagecraft("wait", "-t", "20s", check=True)
    running.kill(signum)
    out, _ = running.communicate(timeout=20)
    assert running.poll() == 0
    assert "the rig is down" in out
    check_nothing_left(machine)


def test_foreground_ends_when_the_rig_is_taken_down(machine):
    show.make_rig(machine, stay=show.STAY)
    running = foreground(machine)
    machine.stagecraft("wait", "-t", "20s", check=True)
    machine.down()
    assert running.wait(10) == 0
    check_nothing_left(machine)


def test_foreground_killed_and_started_again_adopts(machine):
    show.make_rig(machine, stay=show.STAY, jack=show.JACK)
    first = foreground(machine)
    machine.stagecraft("wait", "-t", "20s", check=True)
    show.await_loggers(machine, "stay", "jack")
    before = pids(machine)
    first.kill(signal.SIGKILL)
    first.wait()
    assert pids(machine) == before
    second = foreground(machine)
    assert pids(machine) == before
    runsvdir = show.supervisors(machine)[1][0]
    machine.kill(runsvdir)
    wait_until(lambda: show.supervisors(machine)[1] not in ([], [runsvdir]),
               10, "a new runsvdir")
    assert show.service(machine, "stay")["ready"]
    second.kill(signal.SIGTERM)
    assert second.wait(20) == 0
    check_nothing_left(machine)


def test_foreground_minds_runsvdir_where_the_watcher_cannot(machine):
    show.make_rig(machine, stay=show.STAY)
    running = foreground(machine)
    machine.stagecraft("wait", "-t", "20s", check=True)
    watch = wait_until(lambda: show.program_pids(machine, "stagecraft-watch"),
                       10, "the watcher runs")[0]
    runsvdir = show.supervisors(machine)[1][0]
    machine.kill(watch, signal.SIGSTOP)
    machine.kill(runsvdir)
    wait_until(lambda: show.supervisors(machine)[1] not in ([], [runsvdir]),
               10, "a new runsvdir")
    machine.kill(watch, signal.SIGCONT)
    show.put(machine, "more")
    show.await_state(machine, "more", "ready")
    assert len(show.supervisors(machine)[1]) == 1
    running.kill(signal.SIGTERM)
    assert running.wait(20) == 0
    check_nothing_left(machine)


def test_up_says_who_is_late(machine):
    show.make_rig(machine, stay=show.STAY,
                  late={"run": show.STAY, "ready": "notify\n"})
    done = machine.stagecraft("up", "-r", machine.rig, "-t", "300ms")
    assert done.returncode == 111
    assert done.stderr.startswith("stagecraft: error: late is not ready")
    show.await_state(machine, "stay", "ready")


def test_up_says_that_the_rig_was_taken_down_meanwhile(machine):
    show.make_rig(machine, stay=show.STAY,
                  late={"run": show.STAY, "ready": "notify\n"})
    up = machine.popen([machine.prefix / "bin/stagecraft", "up", "-r",
                        machine.rig], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    show.await_state(machine, "late", "starting")
    machine.down()
    _, said = up.communicate(timeout=30)
    assert up.poll() == 111
    assert said == "stagecraft: error: the rig was taken down meanwhile\n"
    check_nothing_left(machine)


def test_marks_of_another_boot_mean_nothing(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    for process in machine.processes():
        machine.world.kill(process["pid"], signal.SIGSTOP)
    for process in machine.processes():
        machine.kill(process["pid"])
    wait_until(lambda: not machine.processes(), 5, "all is dead")
    boot = machine.outside(machine.run_dir / "boot")
    boot.write_text("another\n")
    assert "up already" not in machine.up().stdout
    assert show.service(machine, "stay")["restarts"] == 0
    machine.down()
    check_nothing_left(machine)
