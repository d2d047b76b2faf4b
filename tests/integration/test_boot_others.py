# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Started by other init systems: each entry is put to use as docs/boot.md tells,
and run by the program that would run it: start-stop-daemon, runsvdir, s6-svscan,
openrc-run.

Not by the init itself: installing one would replace this machine's.
"""

import os
import pathlib
import shutil
import signal
import subprocess

import pytest
from harness import show, wait_until
from harness.box import HOME, INIT

LIBEXEC = "/usr/local/libexec/stagecraft"


def check_plays(box):
    """A rig of the user's own plays, with the rights that it can have here."""
    jack = show.await_state(box, "jack", "ready")["pid"]
    status = box.outside(f"/proc/{jack}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines()
                  if ":\t" in line)
    assert fields["Uid"].split() == [str(box.uid)] * 4
    audio = box.root(["getent", "group", "audio"]).stdout.split(":")[2]
    assert audio in fields["Groups"].split()
    check_limits(box, jack)
    environment = dict(
        item.split("=", 1) for item in box.outside(f"/proc/{jack}/environ")
        .read_text().split("\0") if item)
    assert environment["HOME"] == str(HOME)
    assert environment["STAGECRAFT_RIG"] == str(HOME / "rig")
    assert environment["PATH"].startswith("/usr/local/bin:")
    for name in ("NOTIFY_SOCKET", "STAGECRAFT_READY_FD", "STAGECRAFT_BOOT",
                 "FROM_THE_CALLER"):
        assert name not in environment
    return jack


def check_limits(box, pid):
    """Real-time rights; where root itself cannot raise one, what it has."""
    wanted = box.root(["sh", "-c", "ulimit -r 95; ulimit -l unlimited; "
                       "exec cat /proc/self/limits"], check=False).stdout
    rights = {line[:26].strip(): tuple(line[26:].split()[:2])
              for line in wanted.splitlines()[1:]}
    limits = box.limits(pid)
    for name in ("Max realtime priority", "Max locked memory"):
        assert limits[name] == rights[name]


def check_nothing_left(box, *stay):
    """Nothing of ours runs but for what the init itself is."""
    def ours():
        return [p for p in box.processes() if p["comm"].startswith(
            ("stagecraft", "runsv", "svlogd")) and p["pid"] not in stay]

    wait_until(lambda: not ours(), 10, lambda: f"nothing runs, but {ours()}")
    assert [name for name in box.shm() if name != "jack-shm-registry"] == []
    assert sorted(os.listdir(box.outside(box.run_dir))) == ["lock", "log"]


def check_it_survives_its_minder(box, jack):
    minder = box.await_minder()
    box.kill(minder)
    box.await_minder(before=minder)
    assert show.await_state(box, "jack", "ready")["pid"] == jack


# sysvinit ----------------------------------------------------------------


def test_sysvinit(make_box):
    box = make_box()
    box.set_env(FROM_THE_CALLER="1")
    script = "/etc/init.d/stagecraft"
    box.root(["cp", f"{INIT}/sysvinit/stagecraft", "/etc/init.d/"])
    assert box.root([script, "status"], check=False).returncode == 3
    assert box.root([script, "stop"]).stdout == "Stopping stagecraft: done\n"
    for _ in range(2):
        box.root([script, "start"], timeout=60)
        assert box.root([script, "status"]).stdout == \
            "stagecraft is running\n"
    # It was ready when start returned.
    assert show.service(box, "jack")["ready"]
    jack = check_plays(box)
    assert len([p for p in box.processes() if p["comm"] == "stagecraft"]) == 1
    # Nobody starts it again but `start`, which finds what still plays.
    box.kill(box.minder())
    wait_until(lambda: box.root([script, "status"], check=False)
               .returncode == 1, 5, "status says that it died")
    assert show.service(box, "jack")["pid"] == jack
    box.root([script, "start"], timeout=60)
    assert check_plays(box) == jack
    box.root([script, "restart"], timeout=60)
    assert check_plays(box) != jack
    for _ in range(2):
        box.root([script, "stop"], timeout=60)
        assert box.root([script, "status"], check=False).returncode == 3
        check_nothing_left(box)
    log = box.outside("/var/log/stagecraft.log").read_text()
    assert log.count("  stopped   jack") == 2
    check_bad_settings(box, script)


def check_bad_settings(box, script):
    """Settings that are wrong: start fails, and the log says why."""
    box.file("/etc/default/stagecraft", "STAGECRAFT_USER=nobody-of-ours\n")
    done = box.root([script, "start"], check=False)
    assert done.returncode == 100
    assert "there is no user nobody-of-ours" in done.stderr
    box.file("/etc/default/stagecraft", "STAGECRAFT_USER='$(id)'\n")
    done = box.root([script, "start"], check=False)
    assert done.returncode == 100 and "no user's name" in done.stderr


def test_inittab(make_box):
    """The line that docs/boot.md gives, run as init would."""
    box = make_box()
    lines = box.outside(f"{INIT}/sysvinit/inittab").read_text().splitlines()
    line = [line for line in lines if not line.startswith("#")]
    name, levels, action, process = line[0].split(":", 3)
    assert len(line) == 1 and len(name) <= 4
    assert (levels, action) == ("2345", "respawn")
    # More than a plain command makes init call a shell.
    running = box.popen(["sh", "-c", f"exec {process}"], as_root=True)
    box.await_minder()
    check_plays(box)
    running.kill(signal.SIGTERM)
    assert running.wait(40) == 0
    check_nothing_left(box)


def test_somebody_elses_rig(make_box):
    """As docs/boot.md has it for the rig of a person."""
    box = make_box()
    box.root(["useradd", "--create-home", "--home-dir", "/var/player",
              "player"])
    box.file("/etc/default/stagecraft",
             "STAGECRAFT_USER=player\nJACK_DEFAULT_SERVER='of hers'\n")
    running = box.popen([f"{LIBEXEC}/boot", "up"], as_root=True)
    box.await_minder()
    box.uid = int(box.root(["id", "-u", "player"]).stdout)
    jack = show.await_state(box, "jack", "ready")["pid"]
    assert box.status()["rig"] == "/var/player/stagecraft"
    environment = box.outside(f"/proc/{jack}/environ").read_text().split("\0")
    assert "JACK_DEFAULT_SERVER=of hers" in environment
    assert "HOME=/var/player" in environment
    box.root([f"{LIBEXEC}/boot", "down"], timeout=40)
    assert running.wait(20) == 0
    check_nothing_left(box)


# runit -------------------------------------------------------------------


@pytest.fixture
def runit(make_box):
    box = make_box()
    box.root(["mkdir", "/etc/sv"], check=False)
    box.root(["cp", "-R", f"{INIT}/runit/stagecraft", "/etc/sv/"])
    box.root(["ln", "-s", "/etc/sv/stagecraft", "/var/service/"])
    box.runsvdir = box.popen(["runsvdir", "-P", "/var/service"], as_root=True)
    return box


def sv(box, *words, check=True):
    return box.root(["env", "SVDIR=/var/service", "sv", *words], check=check,
                    timeout=60)


def of_runit(box):
    """The pids of the outer tree: runsvdir, its runsv and their logger."""
    return [p["pid"] for p in box.processes() if p["cmdline"] in (
        ["runsvdir", "-P", "/var/service"], ["runsv", "stagecraft"],
        ["svlogd", "-tt", "/var/log/stagecraft"])]


def test_runit(runit):
    box = runit
    box.await_minder()
    jack = check_plays(box)
    check_it_survives_its_minder(box, jack)
    program = show.program_pids(box, "stagecraft-jack")
    # sv itself takes a minder of less than a second for the new one.
    sv(box, "-w", "40", "restart", "stagecraft")
    wait_until(lambda: show.program_pids(box, "stagecraft-jack") != program,
               20, "it was restarted")
    box.await_minder()
    check_plays(box)
    sv(box, "-w", "40", "down", "stagecraft")
    check_nothing_left(box, *of_runit(box))
    assert sv(box, "status", "stagecraft").stdout.startswith("down: ")
    log = box.outside("/var/log/stagecraft/current").read_text()
    assert log.count("  stopped   jack") == 2, log
    # Stage 3 of runit: everything is told to end.
    sv(box, "up", "stagecraft")
    check_plays(box)
    sv(box, "-w", "40", "force-shutdown", "stagecraft")
    box.runsvdir.kill(signal.SIGHUP)
    box.runsvdir.wait(40)
    check_nothing_left(box)


def test_runit_leaves_down_what_cannot_work(runit):
    box = runit
    box.await_minder()
    sv(box, "-w", "40", "down", "stagecraft")
    box.file("/etc/default/stagecraft", "STAGECRAFT_RIG=/etc\n")
    sv(box, "up", "stagecraft", check=False)
    log = box.outside("/var/log/stagecraft/current")
    wait_until(lambda: "/etc is not a rig" in log.read_text(), 10,
               "the log says why")
    wait_until(lambda: sv(box, "status", "stagecraft")
               .stdout.startswith("down: "), 10, "it stays down")
    assert log.read_text().count("/etc is not a rig") == 1
    box.runsvdir.kill(signal.SIGHUP)
    box.runsvdir.wait(40)


# s6 ----------------------------------------------------------------------

needs_s6 = pytest.mark.skipif(not shutil.which("s6-svscan"),
                              reason="s6 is not installed")


@pytest.fixture
def s6(make_box):
    box = make_box()
    box.root(["mkdir", "/run/service"])
    box.root(["cp", "-R", f"{INIT}/s6/stagecraft", "/run/service/"])
    box.svscan = box.popen(["s6-svscan", "/run/service"], as_root=True)
    wait_until(lambda: box.root(["s6-svok", "/run/service/stagecraft"],
                                check=False).returncode == 0, 10, "s6 runs")
    return box


def s6_wait(box, how):
    box.root(["s6-svwait", how, "-t", "40000", "/run/service/stagecraft"],
             timeout=60)


def s6_stop(box):
    box.root(["s6-svscanctl", "-t", "/run/service"])
    box.svscan.wait(60)
    check_nothing_left(box)


@needs_s6
def test_s6(s6):
    box = s6
    s6_wait(box, "-U")  # ready, by the descriptor
    assert show.service(box, "jack")["ready"]
    jack = check_plays(box)
    check_it_survives_its_minder(box, jack)
    box.root(["s6-svc", "-d", "/run/service/stagecraft"])
    s6_wait(box, "-D")  # down, and finished
    check_nothing_left(box, *[p["pid"] for p in box.processes()
                              if p["comm"] == "svlogd"])
    log = box.outside("/var/log/stagecraft/current").read_text()
    assert "  stopped   jack" in log
    box.root(["s6-svc", "-u", "/run/service/stagecraft"])
    s6_wait(box, "-U")
    check_plays(box)
    s6_stop(box)


@needs_s6
def test_s6_leaves_down_what_cannot_work(s6):
    box = s6
    s6_wait(box, "-U")
    box.root(["s6-svc", "-d", "/run/service/stagecraft"])
    s6_wait(box, "-D")
    box.file("/etc/default/stagecraft", "STAGECRAFT_RIG=/etc\n")
    box.root(["s6-svc", "-u", "/run/service/stagecraft"])
    log = box.outside("/var/log/stagecraft/current")
    wait_until(lambda: "/etc is not a rig" in log.read_text(), 10,
               "the log says why")
    wait_until(lambda: "exitcode 100" in box.root(
        ["s6-svstat", "/run/service/stagecraft"]).stdout, 10, "it stays down")
    s6_stop(box)
    assert log.read_text().count("/etc is not a rig") == 1


# OpenRC ------------------------------------------------------------------


OPENRC_STATES = ["daemons", "exclusive", "failed", "hotplugged", "inactive",
                 "options", "scheduled", "started", "starting", "stopping",
                 "tmp", "wasinactive"]  # made by its first script at boot


def find_openrc():
    """Where OpenRC's files are: in the root, or where somebody unpacked
    Debian's packages openrc, librc1 and libeinfo1 (`dpkg-deb -x`)."""
    top = pathlib.Path(os.environ.get("STAGECRAFT_TEST_OPENRC", "/"))
    return top if (top / "sbin/openrc-run").exists() else None


@pytest.mark.skipif(not find_openrc(), reason="OpenRC is not here, and to "
                    "install it would change how this machine boots; unpack "
                    "it and set STAGECRAFT_TEST_OPENRC")
def test_openrc(make_box):
    box = make_box()
    top = find_openrc()
    if top != pathlib.Path("/"):
        show_openrc(box, top)
    box.root(["mkdir", "-p", "/etc/runlevels/default",
              *[f"/run/openrc/{name}" for name in OPENRC_STATES]])
    box.file("/run/openrc/softlevel", "default\n")
    box.root(["ln", "-s", f"{INIT}/openrc/stagecraft", "/etc/init.d/"])
    box.file("/etc/init.d/localmount", "#!/sbin/openrc-run\n"
             "start() { return 0; }\n", 0o755)
    box.set_env(FROM_THE_CALLER="1")
    box.root(["rc-update", "add", "stagecraft", "default"])
    service = ["rc-service", "stagecraft"]
    box.root([*service, "start"], timeout=60)
    box.await_minder()
    box.root([*service, "status"])
    jack = check_plays(box)
    check_it_survives_its_minder(box, jack)
    box.root([*service, "restart"], timeout=60)
    box.await_minder()
    assert check_plays(box) != jack
    for _ in range(2):
        box.root([*service, "stop"], timeout=60, check=False)
        check_nothing_left(box)
    assert box.root([*service, "status"], check=False).returncode != 0
    log = box.outside("/var/log/stagecraft.log").read_text()
    assert log.count("  stopped   jack") == 2


def show_openrc(box, top):
    """Lays unpacked packages over the root of a box."""
    for name in ("sbin", "lib"):
        work = box.home / f"openrc-{name}"
        box.root(["mkdir", work])
        box.root(["mount", "-t", "overlay", "-o",
                  f"lowerdir={top / name}:/{name}", "overlay", f"/{name}"])


# All ---------------------------------------------------------------------


def scripts(prefix):
    """Every shell script among the entries."""
    for top in ("libexec/stagecraft", "share/stagecraft/init"):
        for path in sorted((prefix / top).rglob("*")):
            if path.is_file() and (path.suffix == ".sh" or
                                   path.read_bytes().startswith(b"#!")):
                yield path


def test_shellcheck_finds_no_fault(prefix):
    found = list(scripts(prefix))
    assert len(found) >= 12
    done = subprocess.run(
        ["shellcheck", "--external-sources", "--source-path",
         str(prefix.parent.parent), *found], check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, "")
