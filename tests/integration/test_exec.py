# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft-exec: every condition, every sign of readiness, every end."""

import os
import signal
import subprocess

import pytest

from harness import show, wait_until

PERMANENT, TEMPORARY = 100, 111


def command(machine, *words):
    return [machine.prefix / "bin/stagecraft-exec", *words]


def execute(machine, *words, **options):
    return machine.run(command(machine, *words), **options)


def start(machine, *words):
    return machine.popen(command(machine, *words), stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)


def one_sentence(done, code=PERMANENT):
    lines = done.stderr.splitlines()
    assert done.returncode == code, (done.stdout, done.stderr)
    assert len(lines) == 1, lines
    assert lines[0].startswith("stagecraft-exec: error: "), lines
    return lines[0]


def is_waiting(running):
    """The chain loader has not become its program yet."""
    return running.poll() is None and running.pid is not None


@pytest.fixture
def server(machine):
    """A rig with nothing but a JACK server that is up."""
    show.use_tools(machine)
    show.make_rig(machine, jack=show.JACK)
    machine.up()
    return machine


# Without a rig ------------------------------------------------------------


def test_without_a_rig_it_becomes_the_program(machine):
    done = execute(machine, "sh", "-c", "echo $$ $#; exit 7", "sh", "a b", "")
    assert done.returncode == 7
    assert done.stdout.split()[1] == "2"
    assert done.stderr == ""


def test_the_process_stays_the_same(machine):
    running = machine.popen(
        ["sh", "-c", "echo $$; exec \"$0\" \"$@\"",
         *command(machine, "-w", "file:/dev/null", "sh", "-c", "echo $$")],
        stdout=subprocess.PIPE)
    out, _ = running.communicate()
    assert len(set(out.split())) == 1


def test_help(machine):
    done = execute(machine, "-h")
    assert done.returncode == 0 and "-w CONDITION" in done.stdout


@pytest.mark.parametrize("words", [
    (), ("-w",), ("-w", "moon", "true"), ("-w", "port:x", "true"),
    ("-w", "service:", "true"), ("-w", "file:", "true"), ("-t", "x", "true"),
    ("-t", "-1s", "true"), ("-b", "alsa", "true"), ("-r", "soon", "true"),
    ("-k", "STOP", "true"),
    ("-p", "fifo:100", "true"), ("-p", "fast", "true"), ("-n", "20", "true"),
    ("-l", "rtprio", "true"), ("-l", "speed=1", "true"),
    ("-l", "core=x", "true"), ("-c", "x", "true"), ("-c", "3-1", "true"),
    ("-c", "9999", "true"), ("-e", "/dev/null", "true"), ("-E", "x", "true"),
    ("-E", "=x", "true"), ("-u", "nobody-there", "true"),
    ("-u", "root:nobody-there", "true"), ("-C", "/nowhere", "true"),
    ("-Q", "true"), ("--wait", "jack", "true"), ("-w", "jack")])
def test_wrong_words(machine, words):
    one_sentence(execute(machine, *words))


def test_programs_that_cannot_be_started(machine):
    plain = show.write(machine.home / "plain", "#!/bin/sh\n")
    text = show.write(machine.home / "text", "just words\n", 0o755)
    bad = show.write(machine.home / "bad", "#!/no/such/shell\n", 0o755)
    cases = {"no-such-program": "no such program in PATH",
             plain: "not executable", text: "not a program",
             bad: "interpreter", machine.home / "gone": "does not exist"}
    for program, words in cases.items():
        assert words in one_sentence(execute(machine, program))
        assert words in one_sentence(
            execute(machine, "-r", "file:/tmp/x", program))


def test_exit_status_and_signal_are_mirrored_by_a_parent(machine):
    for script, code in [("exit 0", 0), ("exit 3", 3), ("exit 111", 111),
                         ("kill -9 $$", -9), ("kill -11 $$", -11),
                         ("kill -15 $$", -15)]:
        for words in ((), ("-r", "file:/tmp/x")):
            done = execute(machine, *words, "sh", "-c", script)
            assert done.returncode == code, (script, words)


def parent_of_traps(machine, *names):
    """A stagecraft-exec that stays, over a shell that says what it hears."""
    traps = "; ".join(f"trap 'echo {name}' {name}" for name in names)
    running = start(machine, "-r", "file:/tmp/x", "sh", "-c",
                    f"{traps}; echo there; while :; do read -r x <>/tmp/f; "
                    "done")
    assert running.stdout.readline() == "there\n"
    return running


def test_signals_are_passed_on(machine):
    machine.run(["mkfifo", "/tmp/f"], check=True)
    names = ["HUP", "USR1", "USR2", "ALRM", "WINCH", "CONT"]
    running = parent_of_traps(machine, *names)
    for name in names:
        running.kill(getattr(signal, "SIG" + name))
        assert running.stdout.readline() == name + "\n"
    running.kill(signal.SIGTERM)
    assert running.wait() == -signal.SIGTERM


@pytest.mark.parametrize("name", ["TERM", "INT", "QUIT"])
def test_a_stop_is_passed_on_and_the_end_is_the_programs(machine, name):
    script = f"trap 'echo bye; exit 5' {name}; echo there; " \
             "while :; do read -r x <>/tmp/f; done"
    machine.run(["mkfifo", "/tmp/f"], check=True)
    running = start(machine, "-r", "file:/tmp/x", "sh", "-c", script)
    assert running.stdout.readline() == "there\n"
    running.kill(getattr(signal, "SIG" + name))
    assert running.stdout.readline() == "bye\n"
    assert running.wait() == 5


def test_a_stop_by_a_signal_of_its_own(machine):
    script = "trap '' TERM; trap 'echo bye; exit 5' USR1; echo there; " \
             "while :; do read -r x <>/tmp/f; done"
    machine.run(["mkfifo", "/tmp/f"], check=True)
    running = start(machine, "-k", "USR1", "sh", "-c", script)
    assert running.stdout.readline() == "there\n"
    running.kill(signal.SIGTERM)
    assert running.stdout.readline() == "bye\n"
    assert running.wait() == 5


def test_kill_of_the_parent_ends_the_child(machine):
    running = start(machine, "-r", "file:/tmp/x", *["tail", "-f", "/dev/null"])
    wait_until(lambda: show.program_pids(machine, "tail"))
    running.kill(signal.SIGKILL)
    running.wait()
    wait_until(lambda: not machine.processes(), 5, "the child is gone")


def test_a_stop_while_waiting_is_obeyed(machine):
    running = start(machine, "-w", "file:/tmp/never", "true")
    wait_until(lambda: is_waiting(running), 5)
    wait_until(lambda: "stagecraft-exec" in
               [p["comm"] for p in machine.processes()], 5)
    running.kill(signal.SIGTERM)
    assert running.wait() in (0, -signal.SIGTERM)


# Conditions ---------------------------------------------------------------


def test_wait_for_a_file(machine):
    running = start(machine, "-w", "file:/tmp/a/b/c", "echo", "there")
    wait_until(lambda: is_waiting(running), 5)
    for make in (["mkdir", "/tmp/a"], ["mkdir", "/tmp/a/b"]):
        machine.run(make, check=True)
        assert running.poll() is None
    machine.run(["touch", "/tmp/a/b/c"], check=True)
    assert running.communicate(timeout=5)[0] == "there\n"
    assert running.poll() == 0


def test_wait_for_several_names_only_what_is_missing(machine):
    machine.run(["touch", "/tmp/one"], check=True)
    said = one_sentence(
        execute(machine, "-t", "100ms", "-w", "file:/tmp/one", "-w",
                "file:/tmp/two", "-w", "alsa", "echo", "x"), TEMPORARY)
    assert "waiting for file:/tmp/two, alsa" in said


@pytest.mark.parametrize("condition", [
    "jack", "port:Nobody:out", "port:system:*", "alsa", "net:stage0",
    "file:/tmp/no", "service:nobody"])
def test_a_time_out_names_what_is_missing(machine, condition):
    said = one_sentence(execute(machine, "-t", "150ms", "-w", condition,
                                "echo", "x"), TEMPORARY)
    assert f"still waiting for {condition}" in said
    # libjack makes its data base even where no server is.
    machine.run(["stagecraft-jack", "--clean"], check=True)


def test_wait_for_alsa_that_comes(machine):
    show.use_own_dev(machine)
    running = start(machine, "-w", "alsa", "echo", "there")
    wait_until(lambda: is_waiting(running), 5)
    machine.run(["mkdir", "/dev/snd"], check=True)
    assert running.poll() is None
    machine.run(["touch", "/dev/snd/seq"], check=True)
    assert running.communicate(timeout=5)[0] == "there\n"


def test_wait_for_a_network_interface(machine):
    ip = ["ip", "link", "add", "stage0", "type", "dummy"]
    if machine.run(ip).returncode != 0:
        ip = ["ip", "link", "add", "stage0", "type", "veth", "peer", "far0"]
        if machine.run(ip).returncode != 0:
            pytest.skip("no kind of virtual interface can be made here")
    running = start(machine, "-w", "net:stage0", "echo", "there")
    wait_until(lambda: is_waiting(running), 5)
    machine.run(["ip", "link", "set", "stage0", "up"], check=True)
    machine.run(["ip", "link", "set", "far0", "up"])
    machine.run(["ip", "address", "add", "192.0.2.1/24", "dev", "stage0"],
                check=True)
    assert running.communicate(timeout=5)[0] == "there\n"


def test_wait_for_the_server_and_for_a_port(machine):
    show.use_tools(machine)
    show.make_rig(machine)
    machine.up()
    jack = start(machine, "-w", "jack", "echo", "there")
    port = start(machine, "-w", "port:C*:out_1", "echo", "there")
    wait_until(lambda: is_waiting(jack) and is_waiting(port), 5)
    show.put(machine, "jack", **show.JACK)
    assert jack.communicate(timeout=10)[0] == "there\n"
    assert is_waiting(port)
    show.put(machine, "client", **show.client("Client"))
    assert port.communicate(timeout=10)[0] == "there\n"


def test_wait_for_a_service(machine):
    show.make_rig(machine)
    machine.up()
    run = "#!/bin/sh\nmkfifo /tmp/go\nread x </tmp/go\n" \
          "echo >&$STAGECRAFT_READY_FD\nexec tail -f /dev/null\n"
    running = start(machine, "-w", "service:slow", "echo", "there")
    wait_until(lambda: is_waiting(running), 5)
    show.put(machine, "slow", run, ready="notify\n")
    show.await_state(machine, "slow", "starting")
    wait_until(lambda: machine.outside("/tmp/go").exists(), 5)
    assert is_waiting(running)
    machine.run(["sh", "-c", "echo >/tmp/go"], check=True)
    assert running.communicate(timeout=5)[0] == "there\n"
    show.await_state(machine, "slow", "ready")


def test_what_is_waited_for_is_shown_and_since_when(machine):
    show.make_rig(machine, one={"run": show.STAY, "needs":
                                "service:other\nfile:/tmp/a b\n"},
                  two="#!/bin/sh\nexec stagecraft-exec -w file:/tmp/c "
                      "tail -f /dev/null\n")
    done = machine.stagecraft("up", "-r", machine.rig, "-t", "300ms")
    assert done.returncode == 111
    one = show.await_state(machine, "one", "waiting")
    assert one["note"].startswith("waits for service:other, file:/tmp/a b ")
    two = show.await_state(machine, "two", "idle")
    assert two["note"].startswith("waits for file:/tmp/c since ")
    machine.run(["touch", "/tmp/c"], check=True)
    show.await_state(machine, "two", "ready")


# Bound --------------------------------------------------------------------


def test_bound_it_goes_and_comes_with_the_server(server):
    show.put(server, "bound",
             "#!/bin/sh\nexec stagecraft-exec -b jack tail -f /dev/null\n")
    show.await_state(server, "bound", "ready")
    before = show.program_pids(server, "tail")
    parent = show.service(server, "bound")["pid"]
    server.stagecraft("stop", "jack", check=True)
    wait_until(lambda: not show.program_pids(server, "tail"), 10,
               "it was ended")
    bound = show.await_state(server, "bound", "waiting")
    assert "jack" in bound["note"] and bound["pid"] == parent
    server.stagecraft("start", "jack", check=True)
    show.await_state(server, "bound", "ready")
    after = show.program_pids(server, "tail")
    assert len(after) == 1 and after != before
    assert show.service(server, "bound")["crashes"] == 0


def test_bound_it_is_killed_when_it_does_not_go(server):
    script = "trap '' TERM; echo there; tail -f /dev/null & wait; wait"
    running = start(server, "-b", "jack", "sh", "-c", script)
    assert running.stdout.readline() == "there\n"
    server.kill(show.program_pids(server, "stagecraft-jack")[0])
    assert running.stdout.readline() == "there\n"  # the next one
    running.kill(signal.SIGKILL)
    running.wait()
    for pid in show.program_pids(server, "tail"):
        server.kill(pid)


def test_bound_an_own_end_is_mirrored(server):
    done = execute(server, "-b", "jack", "sh", "-c", "exit 3")
    assert done.returncode == 3
    done = execute(server, "-b", "jack", "sh", "-c", "kill -9 $$")
    assert done.returncode == -9


# Ready --------------------------------------------------------------------


READY = {
    "fd": ("notify", "echo >&$STAGECRAFT_READY_FD"),
    "sd_notify": ("notify", "/usr/bin/python3 -c 'import os, socket; "
                  "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); "
                  "s.connect(os.environ[\"NOTIFY_SOCKET\"]); "
                  "s.send(b\"STATUS=x\\nREADY=1\\n\")'"),
    "file": ("file:/tmp/up", "echo x >/tmp/up"),
}


@pytest.mark.parametrize("by", ["service", "exec"])
@pytest.mark.parametrize("kind", READY)
def test_ready_when_it_says_so(machine, kind, by):
    sign, act = READY[kind]
    script = f"mkfifo /tmp/go; read x </tmp/go\n{act}\n" \
             "exec tail -f /dev/null\n"
    files = {"run": "#!/bin/sh\n" + script, "ready": sign + "\n"}
    if by == "exec":
        files = {"run": f"#!/bin/sh\nexec stagecraft-exec -r {sign} ./main\n",
                 "main": "#!/bin/sh\n" + script}
    show.make_rig(machine)
    machine.up()
    show.put(machine, "slow", **files)
    wait_until(lambda: machine.outside("/tmp/go").exists(), 5)
    assert show.service(machine, "slow")["state"] == "starting"
    machine.run(["sh", "-c", "echo >/tmp/go"], check=True)
    show.await_state(machine, "slow", "ready")


def test_a_helper_does_not_speak_for_its_service(machine):
    """One that still runs while the service does, and one that has ended."""
    show.make_rig(machine)
    machine.up()
    show.put(machine, "plain", "#!/bin/sh\nstagecraft-exec true\n"
             "stagecraft-exec tail -f /dev/null &\nexec tail -f /dev/null\n")
    show.await_state(machine, "plain", "ready")
    wait_until(lambda: len(show.program_pids(machine, "tail")) == 2, 5)
    mark = machine.outside(
        machine.run_dir / "svc/plain/ready").read_text()
    assert int(mark.split()[0]) == show.service(machine, "plain")["pid"]
    show.put(machine, "signed", "#!/bin/sh\n"
             "stagecraft-exec -r file:/tmp/helped tail -f /dev/null &\n"
             "exec stagecraft-exec -r file:/tmp/up tail -f /dev/null\n")
    wait_until(lambda: len(show.program_pids(machine, "tail")) == 4, 5)
    machine.run(["touch", "/tmp/helped"], check=True)
    assert show.service(machine, "signed")["state"] == "starting"
    machine.run(["touch", "/tmp/up"], check=True)
    show.await_state(machine, "signed", "ready")


def test_ready_by_a_port(server):
    show.put(server, "client", **show.client("Client"))
    show.await_state(server, "client", "ready")
    show.put(server, "other", show.client_run("Other"), needs="jack bound\n",
             ready="port:Somebody:*\n")
    wait_until(lambda: "Other:out_2" in
               server.run(["jack_lsp"]).stdout, 10)
    assert show.service(server, "other")["state"] == "starting"


def test_ready_by_a_check(machine):
    show.make_rig(machine)
    machine.up()
    show.put(machine, "asked", check="#!/bin/sh\ntest -e /tmp/up\n")
    show.await_state(machine, "asked", "starting")
    machine.run(["touch", "/tmp/up"], check=True)
    show.await_state(machine, "asked", "ready")


def test_ready_is_of_one_incarnation(machine):
    run = "#!/bin/sh\n[ -e /tmp/up ] || { : >/tmp/up; " \
          "echo >&$STAGECRAFT_READY_FD; }\nexec tail -f /dev/null\n"
    show.make_rig(machine, once={"run": run, "ready": "notify\n"})
    machine.up()
    pid = show.service(machine, "once")["pid"]
    machine.kill(pid)
    again = show.await_state(machine, "once", "starting")
    wait_until(lambda: show.service(machine, "once")["pid"] not in (0, pid))
    assert not again["ready"]


# Limits and environment ---------------------------------------------------


def test_limits_and_scheduling(machine):
    done = execute(machine, "-l", "nofile=123", "-l", "core=0", "-l",
                   "memlock=65536", "-n", "5", "sh", "-c",
                   "ulimit -n; ulimit -c; ulimit -l; nice")
    assert done.stdout.split() == ["123", "0", "64", "5"]
    done = execute(machine, "-c", "0", "-p", "fifo:7", "sh", "-c",
                   "grep Cpus_allowed_list /proc/self/status; chrt -p $$")
    if "unable to set scheduling" in done.stderr:
        pytest.skip("no real-time scheduling here")
    assert "Cpus_allowed_list:\t0\n" in done.stdout
    assert "SCHED_FIFO" in done.stdout and "priority: 7" in done.stdout


def test_environment(machine):
    directory = machine.home / "env"
    directory.mkdir()
    show.write(directory / "A", "one two\nmore\n")
    show.write(directory / "B", "")
    show.write(directory / "C", "from file\n")
    show.write(directory / ".hidden", "x\n")
    machine.set_env(B="b", D="d")
    done = execute(machine, "-e", directory, "-E", "C=word=1", "-C", "/dev",
                   "sh", "-c", 'echo "$A|${B-unset}|$C|$D"; pwd')
    assert done.stdout == "one two|unset|word=1|d\n/dev\n"


def test_user(machine):
    done = execute(machine, "-u", "nobody", "id", "-un")
    assert done.stdout == "nobody\n"


@pytest.mark.machine(user=True)
def test_what_is_not_permitted_is_told(machine):
    said = one_sentence(execute(machine, "-n", "-5", "true"))
    assert "niceness" in said
    said = one_sentence(execute(machine, "-u", "root", "true"))
    assert "root" in said
