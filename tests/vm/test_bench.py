# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench itself: a guest boots, runs commands and tells how they ended."""

import os
import signal

import pytest

from bench import BootFailed, GuestError, Vm
from bench.vm import BOOT_DEADLINE_S


def children():
    """The pids of our own children."""
    path = f"/proc/self/task/{os.getpid()}/children"
    with open(path, encoding="ascii") as file:
        return file.read().split()


def test_commands(vm):
    done = vm.run("echo out; echo err >&2; cat; exit 3", text="in",
                  check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "out\nin", "err\n")


def test_kernel_is_the_stock_one(vm, unpacked):
    assert vm.run(["uname", "-r"]).stdout.strip() == unpacked.modules.name


def test_programs_run_on(vm):
    program = vm.start("echo begun; trap 'echo asked; exit 7' TERM; "
                       "cat /dev/zero >/dev/null & wait")
    assert program.await_output("^be(.*)$") == ["gun"]
    assert program.status() is None
    program.kill(signal.SIGTERM)
    assert (program.wait(), program.output()) == (7, "begun\nasked\n")
    other = vm.start("exec cat /dev/zero >/dev/null")
    vm.tidy()
    assert other.status() == -signal.SIGKILL


def test_waiting_happens_inside(vm):
    before = vm.now()
    vm.start("read -r line </proc/uptime; : >/tmp/there")
    vm.await_success("test -e /tmp/there")
    with pytest.raises(GuestError, match="not within 1 s: sh -c exit 5"):
        vm.await_success("exit 5", 1)
    assert vm.now() > before + 1


def test_product_is_there(vm):
    assert "status" in vm.run(["stagecraft", "--help"]).stdout
    vm.run("touch /usr/local/bin/x 2>&1 | grep 'Read-only file system'")


def test_a_directory_is_shared(vm):
    (vm.share / "in").write_text("from the host\n", encoding="utf-8")
    assert vm.run("cat /stage/share/in && echo back >/stage/share/out"
                  ).stdout == "from the host\n"
    assert (vm.share / "out").read_text(encoding="utf-8") == "back\n"


def test_a_guest_is_made_as_good_as_new(vm):
    """Whatever is open, also in the agent."""
    names = "cut -d' ' -f1 /proc/modules | sort"
    vm.renew()
    before = vm.run(names).stdout
    vm.loopback()
    vm.keyboard("kb1", "Grand", serial="SN1").plug()
    vm.modprobe("snd-seq")
    vm.call("patchbay.program", "Left")
    vm.start("exec cat /dev/zero >/dev/null")
    for directory in ("/tmp", "/run", "/root", "/dev/shm"):
        vm.run(f"cd {directory} && mkdir -p some/where && touch a some/b")
    assert vm.run(names).stdout != before
    vm.renew()
    assert vm.run(names).stdout == before
    assert vm.run("find /tmp /run /root /dev/shm -mindepth 1").stdout == ""
    assert vm.run("pgrep -x cat", check=False).stdout == ""


def test_end_of_a_guest(boot):
    vm = boot()
    pid = vm.machine.pid
    assert os.path.isdir(f"/proc/{pid}") and os.path.isdir(vm.directory)
    with pytest.raises(GuestError, match="the guest has ended"):
        vm.run("echo c >/proc/sysrq-trigger")
    vm.close()
    assert not os.path.isdir(f"/proc/{pid}")
    assert not os.path.exists(vm.directory)
    assert vm.machine.process.returncode is not None


def test_failing_boot_is_one_sentence(boot, paths, unpacked, tmp_path):
    with pytest.raises(BootFailed) as error:
        Vm(unpacked, tmp_path, {**paths, "PREFIX": "/not there"})
    assert str(error.value) == (
        "the guest ended while it booted; its console: "
        "guest: the host has no /not there")
    with pytest.raises(BootFailed, match="qemu: .*no-such-device"):
        boot(more=["-device", "no-such-device"])


def test_a_boot_that_hangs_is_ended(unpacked, paths, tmp_path, monkeypatch):
    monkeypatch.setitem(BOOT_DEADLINE_S, "functional", 1)
    before = children()
    with pytest.raises(BootFailed) as error:
        Vm(unpacked, tmp_path, paths, more=["-S"])
    assert str(error.value) == ("the guest did not boot within 1 s; "
                                "its console: nothing at all")
    assert children() == before and not tmp_path.exists()


def test_a_test_that_hangs_is_ended(vm):
    signal.alarm(1)
    with pytest.raises(AssertionError, match="the test is not done after"):
        vm.run("exec cat /dev/zero >/dev/null", timeout=60)
    vm.tidy()
    assert vm.run("echo alive").stdout == "alive\n"
