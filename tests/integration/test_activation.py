# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything is a directory: dropped in it is on, taken out it is off.

STAGE_FULL=1 takes 40 trials instead of 2, and all the directories that runit
can hold, 1000, instead of 60.
"""

import os
import random
import shutil
import signal
import statistics
import subprocess
import time

import pytest

from harness import quiet, show, wait_until

TRIALS = 40 if show.full() else 2
RUNIT_MAX = 1000  # services on one runsvdir, as runit is built
MANY = RUNIT_MAX - 3 if show.full() else 60  # beside stay, late, the watcher
PLAIN_TRIALS = 10 if show.full() else 2  # each may take 5 s
NAMES = ["two words", "it's", 'say "hi"', "$(reboot)", "`id`", "Bühne-♫",
         "日本語", "-r", "a*b?[c]", "back\\slash", "x" * 200, "%n%s", "a:b=c"]


@pytest.fixture
def rig(machine):
    """A rig that is up, with one service in it."""
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    return machine


def services_dir(machine):
    return machine.rig / "services"


def is_on(machine, name):
    """Its program runs: cheaper to look at than status."""
    mark = machine.outside(machine.run_dir / "svc" / name / "ready")
    tree = machine.outside(machine.run_dir / "tree" / name)
    return mark.exists() and tree.exists()


def is_off(machine, name):
    """Neither its program nor its runsv is there."""
    gone = os.listdir(machine.outside(machine.run_dir / "tree"))
    return not any(entry == name or entry.endswith("-" + name)
                   for entry in gone)


def measured(act, condition, what, deadline=10):
    """Seconds from an act until a condition holds, looked at often."""
    started = time.monotonic()
    act()
    wait_until(condition, deadline, what)
    return time.monotonic() - started


def say(what, times):
    print(f"{what}: least {min(times) * 1000:.0f} ms, median "
          f"{statistics.median(times) * 1000:.0f} ms, most "
          f"{max(times) * 1000:.0f} ms of {len(times)}")


# Times --------------------------------------------------------------------


def plain_runsvdir(machine, rng):
    """Seconds until plain runsvdir has noticed a directory that was moved in,
    at a random moment of the 5 s between two looks."""
    top = machine.home / "plain"
    top.mkdir()
    runsvdir = machine.popen(["runsvdir", "-P", top], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    times = []
    for number in range(PLAIN_TRIALS):
        new = show.make_service(machine.home / f".p{number}")
        status = top / f"p{number}" / "supervise/status"
        quiet(rng.uniform(1.2, 5))
        times.append(measured(lambda n=new, i=number: os.rename(
            n, top / f"p{i}"), status.exists, "plain runsvdir"))
    runsvdir.kill(signal.SIGHUP)
    runsvdir.wait()
    wait_until(lambda: not [p for p in machine.processes()
                            if p["cmdline"][:1] == ["runsv"] and
                            p["cmdline"][1].startswith("p")], 10)
    return times


def acts(machine, number):
    """The ways to switch a service on and off: (what, act, is it done)."""
    services = services_dir(machine)
    name = f"t{number}"
    made = show.make_service(machine.home / name)
    target, off = services / name, services / f"{name}.DISABLED"

    def on():
        return is_on(machine, name)

    def gone():
        return is_off(machine, name)

    drop = ("mv in", lambda: os.rename(made, target), on) if number % 2 else \
        ("cp -r", lambda: shutil.copytree(made, target), on)
    return [drop, ("to .DISABLED", lambda: os.rename(target, off), gone),
            ("back", lambda: os.rename(off, target), on),
            ("remove", lambda: shutil.rmtree(target), gone)]


def test_times_of_drop_in_remove_and_rename(rig):
    rng = random.Random(20261124)
    times = {}
    for number in range(TRIALS):
        for what, act, is_done in acts(rig, number):
            # runsvdir looks once a second at most: acts in a row would all be
            # measured at the same, worst moment.
            quiet(rng.uniform(2.2, 3.5))
            times.setdefault(what, []).append(
                measured(act, is_done, f"{what} of t{number}"))
    plain = plain_runsvdir(rig, rng)
    for what, taken in times.items():
        say(what, taken)
    say("plain runsvdir, mv in", plain)
    ours = times["mv in"] + times["cp -r"] + times["back"]
    print(f"plain runsvdir takes {statistics.mean(plain):.2f} s on average, "
          f"{statistics.mean(plain) / statistics.mean(ours):.0f} times as "
          "long")
    assert max(sum(times.values(), [])) < 20  # sanity only


def test_many_directories(rig):
    names = [f"m{number:04}" for number in range(MANY)]
    for name in names:
        show.make_service(rig.home / name)
    started = time.monotonic()
    for name in names:
        os.rename(rig.home / name, services_dir(rig) / name)
    wait_until(lambda: all(is_on(rig, name) for name in names), 240,
               "all are on")
    print(f"{MANY} directories more: on after {time.monotonic() - started:.1f} s")
    rig.stagecraft("wait", "-t", "120s", check=True, timeout=180)
    now = show.services(rig)
    assert all(now[name]["ready"] for name in names)
    late = show.put(rig, "late")
    taken = measured(lambda: None, lambda: is_on(rig, "late"), "late is on", 60)
    print(f"one more beside them: {taken * 1000:.0f} ms")
    if MANY + 3 == RUNIT_MAX:
        show.put(rig, "too many")
        wait_until(lambda: "1000 services at most" in
                   show.service(rig, "too many")["note"], 30)
        shutil.rmtree(services_dir(rig) / "too many")
    for name in names + ["late"]:
        shutil.rmtree(services_dir(rig) / name)
    assert not late.exists()
    wait_until(lambda: all(is_off(rig, name) for name in names), 240,
               "all are off")
    wait_until(lambda: len(show.program_pids(rig, "tail")) == 1, 60)


# Names and directories ----------------------------------------------------


def test_names_of_every_kind(rig):
    for name in NAMES:
        show.put(rig, name)
    for name in NAMES:
        show.await_state(rig, name, "ready")
    assert not rig.stagecraft("logs", "--", "-r").stderr
    rig.stagecraft("restart", "--", *NAMES, check=True, timeout=60)
    for name in NAMES:
        os.rename(services_dir(rig) / name,
                  services_dir(rig) / f"{name[:150]}.DISABLED")
    for name in NAMES:
        wait_until(lambda n=name: is_off(rig, n), 20, f"{name} is off")
    assert len(show.program_pids(rig, "tail")) == 1


def test_a_directory_that_is_copied_slowly(rig):
    """What has no run yet is not started, and not complained of."""
    target = services_dir(rig) / "slow"
    target.mkdir()
    show.put(rig, "other")
    show.await_state(rig, "other", "ready")
    assert not machine_has(rig, "slow")
    show.write(target / "needs", "file:/tmp/x\n")
    show.write(target / ".run.part", show.STAY, 0o755)
    os.rename(target / ".run.part", target / "run")
    show.await_state(rig, "slow", "idle")


def machine_has(machine, name):
    return machine.outside(machine.run_dir / "tree" / name).exists()


def test_a_link_to_a_directory_elsewhere(rig):
    elsewhere = show.make_service(rig.home / "elsewhere")
    os.symlink(elsewhere, services_dir(rig) / "link")
    show.await_state(rig, "link", "ready")
    os.unlink(services_dir(rig) / "link")
    wait_until(lambda: is_off(rig, "link"), 10)
    assert (elsewhere / "run").exists()
    assert sorted(os.listdir(elsewhere)) == ["run"]


def test_a_link_that_leads_nowhere_or_round(rig):
    os.symlink("/no/such/place", services_dir(rig) / "dangling")
    os.symlink("round", services_dir(rig) / "round")
    show.put(rig, "after")
    show.await_state(rig, "after", "ready")
    assert show.service(rig, "stay")["ready"]
    now = show.services(rig)
    assert "dangling" not in now and "round" not in now


def test_a_file_is_no_service(rig):
    show.write(services_dir(rig) / "notes.txt", "mine")
    show.put(rig, "after")
    show.await_state(rig, "after", "ready")
    assert show.service(rig, "notes.txt") is None


def test_the_rig_holds_nothing_of_runit(rig):
    show.put(rig, "after")
    show.await_state(rig, "after", "ready")
    found = [str(path) for path in rig.rig.rglob("*")
             if path.name in ("supervise", "log", "ok", "control")]
    assert found == []


def test_removed_and_recreated_at_once(rig):
    pid = show.service(rig, "stay")["pid"]
    for number in range(4):
        new = show.make_service(rig.home / "next")
        (new / f"mark{number}").touch()
        shutil.rmtree(services_dir(rig) / "stay")
        os.rename(new, services_dir(rig) / "stay")
        pid = wait_until(lambda p=pid: [
            tail for tail in show.program_pids(rig, "tail") if tail != p and
            rig.run(["readlink", f"/proc/{tail}/cwd"]).stdout ==
            f"{services_dir(rig)}/stay\n"], 15, "the new one runs")[0]
        wait_until(lambda p=pid: show.service(rig, "stay")["ready"] and
                   show.program_pids(rig, "tail") == [p], 10,
                   "it is ready, and the old one has ended")


def test_replaced_while_the_old_one_is_slow_to_stop(rig):
    """Never two of a service at a time."""
    slow = "#!/bin/sh\ntrap 'read x <>/tmp/go; exit 0' TERM\n" \
           ": >/tmp/armed\nwhile :; do read y <>/tmp/never; done\n"
    rig.run(["mkfifo", "/tmp/go", "/tmp/never"], check=True)
    show.put(rig, "slow", slow)
    old = show.await_state(rig, "slow", "ready")["pid"]
    # Or it has not read its script yet, which is about to go.
    wait_until(rig.outside("/tmp/armed").exists, 15, "it is slow to stop")
    new = show.make_service(rig.home / "next")
    shutil.rmtree(services_dir(rig) / "slow")
    os.rename(new, services_dir(rig) / "slow")
    wait_until(lambda: [e for e in os.listdir(rig.outside(
        rig.run_dir / "tree")) if e.startswith(".gone-")], 10)
    show.put(rig, "after")
    show.await_state(rig, "after", "ready")
    tails = wait_until(lambda: [] if len(show.program_pids(rig, "tail")) < 2
                       else show.program_pids(rig, "tail"), 10, "after is on")
    assert len(tails) == 2  # stay and after
    rig.run(["sh", "-c", "echo >/tmp/go"], check=True)
    wait_until(lambda: show.service(rig, "slow")["pid"] not in (0, old) and
               len(show.program_pids(rig, "tail")) == 3, 15,
               "the new one took over")
    show.await_state(rig, "slow", "ready")


def test_a_removed_service_that_ignores_term_is_killed(rig):
    deaf = "#!/bin/sh\ntrap '' TERM\nwhile :; do tail -f /dev/null; done\n"
    show.put(rig, "deaf", deaf)
    show.await_state(rig, "deaf", "ready")
    shutil.rmtree(services_dir(rig) / "deaf")
    wait_until(lambda: is_off(rig, "deaf"), 40, "it was killed")
    wait_until(lambda: len(show.program_pids(rig, "tail")) == 1, 10)


def test_the_stick_is_pulled_and_put_back(rig):
    pid = show.service(rig, "stay")["pid"]
    os.rename(rig.rig, rig.home / "pulled")
    (rig.home / "pulled/services/unseen").mkdir()
    os.rename(rig.home / "pulled", rig.rig)
    show.put(rig, "after")
    show.await_state(rig, "after", "ready")
    assert show.service(rig, "stay")["pid"] == pid


def test_what_died_while_the_stick_was_out_is_back_with_it(rig):
    pid = show.service(rig, "stay")["pid"]
    os.rename(rig.rig, rig.home / "pulled")
    rig.kill(pid)
    hold = rig.outside(rig.run_dir / "svc/stay/hold")
    wait_until(hold.exists, 30, "it was tried in vain")
    assert not hold.read_text().startswith("-1 ")  # not for good
    os.rename(rig.home / "pulled", rig.rig)
    show.await_state(rig, "stay", "ready", 20)  # it was tried some times


# Runs that fail -----------------------------------------------------------


def test_a_run_that_leads_nowhere_says_so(rig):
    """As in a rig that was copied from a computer with another PREFIX."""
    target = show.make_service(rig.home / "next")
    (target / "run").unlink()
    os.symlink("/no/such/template/run", target / "run")
    os.rename(target, services_dir(rig) / "astray")
    show.await_state(rig, "astray", "failed")
    assert "leads to /no/such/template/run, which is not there" in \
        rig.stagecraft("logs", "astray").stdout


def test_a_directory_without_run_is_not_waited_for(rig):
    (services_dir(rig) / "lost+found").mkdir()
    show.put(rig, "after")
    show.await_state(rig, "after", "ready")
    lost = show.service(rig, "lost+found")
    assert lost["state"] == "idle" and lost["note"] == 'has no file "run"'
    again = rig.up()
    assert "idle      lost+found" in again.stdout


def test_what_a_service_writes_beside_itself_lifts_no_hold(rig):
    """Its working directory is its own: logs, settings, cores."""
    finish = services_dir(rig) / "writer/finish"
    new = show.make_service(
        rig.home / "next", "#!/bin/sh\necho x >>own.log\nexit 100\n",
        finish="#!/bin/sh\necho y >>own.log\n")
    (new / "finish").chmod(0o755)
    os.rename(new, services_dir(rig) / "writer")
    show.await_state(rig, "writer", "failed")
    wait_until(lambda: (services_dir(rig) / "writer/own.log").read_text() ==
               "x\ny\n", 10, "finish ran")
    show.put(rig, "after")
    show.await_state(rig, "after", "ready")
    assert (services_dir(rig) / "writer/own.log").read_text() == "x\ny\n"
    writer = show.service(rig, "writer")
    assert writer["state"] == "failed" and writer["restarts"] == 1
    finish.unlink()
    wait_until(lambda: show.service(rig, "writer")["restarts"] == 2, 10,
               "a user's change lifts it")



def test_run_that_is_not_executable(rig):
    target = show.put(rig, "mute", mode=0o644)
    mute = show.await_state(rig, "mute", "failed")
    assert mute["note"] and "\n" not in mute["note"]
    assert "is not executable; try chmod +x" in \
        rig.stagecraft("logs", "mute").stdout
    (target / "run").chmod(0o755)
    show.await_state(rig, "mute", "ready", 5)


@pytest.mark.parametrize("run, said", [
    ("#!/no/such/shell\n", "interpreter"),
    ("\x7fELF", "not a program"),
    ("#!/bin/sh\nexec no-such-binary\n", "no-such-binary"),
    ("#!/bin/sh\nexec stagecraft-exec no-such-binary\n",
     "no such program in PATH")])
def test_missing_programs(rig, run, said):
    target = show.put(rig, "missing", run)
    missing = show.await_state(rig, "missing", ("failed", "held"), 30)
    assert missing["note"]
    assert said in rig.stagecraft("logs", "missing").stdout
    show.write(target / "run", show.STAY, 0o755)
    show.await_state(rig, "missing", "ready", 30)


def test_exit_100_stays_down_until_something_changes(rig):
    target = show.put(rig, "no", "#!/bin/sh\necho I cannot\nexit 100\n")
    no = show.await_state(rig, "no", "failed")
    assert "exit 100" in no["note"] and no["restarts"] == 1
    code = rig.stagecraft("status")
    assert code.returncode == 1 and "failed" in code.stdout
    show.write(target / "run", show.STAY, 0o755)
    show.await_state(rig, "no", "ready", 30)


def test_a_mended_rig_conf_lifts_what_gave_up_because_of_it(machine):
    show.make_rig(machine, jack=show.JACK, stay=show.STAY)
    settings = machine.rig / "rig.conf"
    settings.write_text("jack.period nonsense\n")
    machine.stagecraft("up", "-r", machine.rig)
    assert show.await_state(machine, "jack", "failed")["restarts"] == 1
    assert f"{settings}:1:13: " in machine.stagecraft("logs", "jack").stdout
    settings.write_text("jack.period 512\n")
    show.await_state(machine, "jack", "ready", 10)


def count_starts(machine):
    path = machine.outside("/tmp/starts")
    return len(path.read_text().split()) if path.exists() else 0


# Ends after that many seconds: `read -t` on a pipe that nobody writes.
AGED = """#!/bin/bash
echo x >>/tmp/starts
read -r -t {age} x <>/tmp/never
exit {code}
"""


@pytest.mark.parametrize("age, code", [("0.01", 0), ("0.9", 1), ("1.1", 1)])
def test_loops_are_held_back_with_growing_delays(rig, age, code):
    rig.run(["mkfifo", "/tmp/never"], check=True)
    show.put(rig, "loop", AGED.format(age=age, code=code))
    held = show.await_state(rig, "loop", "held", 40)
    assert "crashed 5 times in" in held["note"]
    assert "next try in" in held["note"]
    assert f"exit {code}" in held["note"]
    assert count_starts(rig) == 5

    def counts():  # these are another file than the hold
        now = show.service(rig, "loop")
        return now["restarts"], now["crashes"]

    wait_until(lambda: counts() == (5, 5), 4, counts)
    hold = rig.outside(rig.run_dir / "svc/loop/hold").read_text().split()
    rig.stagecraft("start", "loop", timeout=60)
    wait_until(lambda: count_starts(rig) == 6, 30, "start lifts it at once")
    if age == "0.01":
        # And left alone it is tried again by itself, held longer.
        show.await_state(rig, "loop", "held", 40)
        before = count_starts(rig)
        wait_until(lambda: count_starts(rig) > before, 30, "the next try")
    assert hold


def test_a_change_in_its_directory_lifts_a_hold(rig):
    target = show.put(rig, "loop", "#!/bin/sh\nexit 3\n")
    show.await_state(rig, "loop", "held", 40)
    show.write(target / "new-file", "x")
    show.write(target / "run", show.STAY, 0o755)
    show.await_state(rig, "loop", "ready", 30)


def test_the_wall_clock_steps(rig):
    """A hold is counted on the monotonic clock: what the wall clock does
    neither lifts nor prolongs it. (The clock of this machine cannot be set by
    a test; that the times kept are monotonic ones can be seen.)"""
    show.put(rig, "loop", "#!/bin/sh\nexit 3\n")
    show.await_state(rig, "loop", "held", 40)
    until, level = rig.outside(
        rig.run_dir / "svc/loop/hold").read_text().split()[:2]
    left = int(until) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    assert 0 < left <= 5_000_000_000 and level == "1"
    # The directory's own time may lie in the past or the future.
    for when in (1, time.time() + 86400):
        os.utime(services_dir(rig), (when, when))
        os.utime(rig.outside(rig.run_dir / "tree"), (when, when))
        name = f"at{when:.0f}"
        show.put(rig, name)
        show.await_state(rig, name, "ready")


# Waking runsvdir ----------------------------------------------------------

# Counts the signals it gets, and starts a runsv for the watcher's directory as
# the real one would; SIGALRM would kill an unpatched one, so it is not caught.
UNPATCHED = r"""
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <dirent.h>
#include <string.h>
#include <poll.h>
#include <sys/stat.h>
static void on_hup(int s) { (void)s; _exit(111); }
static void on_term(int s) { (void)s; _exit(0); }
int main(int argc, char **argv)
{
    char done[64][256]; int count = 0;
    (void)argc;
    signal(SIGHUP, on_hup); signal(SIGTERM, on_term);
    if (chdir(argv[argc - 1]) != 0) return 1;
    for (;;) {
        DIR *dir = opendir(".");
        for (struct dirent *e; dir && (e = readdir(dir));) {
            int known = e->d_name[0] == '.';
            for (int i = 0; i < count; i++)
                known |= strcmp(done[i], e->d_name) == 0;
            if (known || count == 64) continue;
            strcpy(done[count++], e->d_name);
            if (fork() == 0) {
                setsid();
                execlp("runsv", "runsv", e->d_name, (char *)0);
                _exit(111);
            }
        }
        if (dir) closedir(dir);
        poll(0, 0, 100);
    }
}
"""


def test_an_unpatched_runsvdir_is_never_sent_an_alarm(machine):
    if shutil.which("cc") is None:
        pytest.skip("there is no compiler")
    own = machine.home / "bin"
    own.mkdir()
    subprocess.run(["cc", "-x", "c", "-w", "-o", own / "runsvdir", "-"],
                   input=UNPATCHED, text=True, check=True)
    machine.set_env(PATH=f"{machine.prefix}/bin:{own}:/usr/bin:/bin")
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    before = show.supervisors(machine)[1]
    assert len(before) == 1
    for number in range(5):
        show.put(machine, f"n{number}")
        show.await_state(machine, f"n{number}", "ready")
        shutil.rmtree(services_dir(machine) / f"n{number}")
    assert show.supervisors(machine)[1] == before
    assert "Alarm" not in machine.outside(
        machine.run_dir / "runsvdir.log").read_text()
