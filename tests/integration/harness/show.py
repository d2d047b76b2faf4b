# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rig is doing, and what is done to it, as its user would see and do it.

Every function takes the machine first.
"""

import contextlib
import json
import os
import pathlib
import shlex
import shutil
import socket

from .waiting import wait_until

SOURCE = pathlib.Path(__file__).resolve().parents[3]
BUILDS = ["build/rows/gcc", "build"]

# A /dev of the machine's own with what programs need, where nodes may come.
OWN_DEV = """set -eu
mkdir /tmp/dev
mount -t tmpfs -o mode=0755 dev /tmp/dev
for node in null zero full random urandom tty shm; do
    if [ -d /dev/$node ]; then
        mkdir /tmp/dev/$node
        mount --bind /dev/$node /tmp/dev/$node
    elif [ -e /dev/$node ]; then
        : >/tmp/dev/$node
        mount --bind /dev/$node /tmp/dev/$node
    fi
done
ln -s /proc/self/fd /tmp/dev/fd
mount --rbind /tmp/dev /dev
"""
STAY = "#!/bin/sh\nexec tail -f /dev/null\n"  # a service that just stays

RACK = "stagecraft-rack"
PLAYERS = {"global-fx": f"{RACK} global-fx", "midi-demo": "jack_midiseq",
           "patchbay": "stagecraft-patchbay", "synth": f"{RACK} synth"}
BESIDE = {"show": "stagecraft-show", "web": "stagecraft-web"}  # go on without
SERVERS = {"jack": {"jack": "stagecraft-jack"},
           "pipewire": {"pipewire": "pipewire", "wireplumber": "wireplumber"}}
DEMO_PROGRAMS = PLAYERS | SERVERS["jack"] | BESIDE
DEMO = sorted(DEMO_PROGRAMS)
DEMO_EDGES = {("Demo:out", "synth:midi_in"),
              ("synth:out_1", "global-fx:in_1"),
              ("synth:out_2", "global-fx:in_2"),
              ("global-fx:out_1", "system:playback_1"),
              ("global-fx:out_2", "system:playback_2")}


def full():
    """True when all the trials are wanted, not only enough to see."""
    return bool(os.environ.get("STAGE_FULL"))


def find_tools():
    """The directory of the test tools that were built."""
    wanted = [os.environ.get("STAGECRAFT_TEST_BUILD", "")]
    wanted += [str(SOURCE / build) for build in BUILDS]
    for build in wanted:
        tools = pathlib.Path(build) / "tests/tools"
        if build and (tools / "jack-stale").is_file():
            return tools
    raise FileNotFoundError("tests/tools is not built: run tests/run --quick")


def use_tools(machine):
    """Puts the test tools into the machine's PATH."""
    directory = machine.home / "tools"
    if not directory.exists():
        directory.mkdir(mode=0o755)
        for tool in ("jack-stale", "jack-listen", "jack-client", "jack-exact",
                     "jack-level", "jack-outage", "jack-click", "jack-midi",
                     "jack-tail", "jack-meter", "jack-onset", "jack-hush",
                     "jack-count.so", "jack-stuck.so", "rt-clean.so",
                     "wall-jump.so", "jack-ports", "jack-puppet",
                     "patch-convert", "patchbay-without-alsa"):
            shutil.copy2(find_tools() / tool, directory)
    path = machine.env["PATH"]
    if str(directory) not in path:
        machine.set_env(PATH=f"{path}:{directory}")


def use_own_dev(machine):
    """Gives the machine a /dev of its own."""
    machine.run(["sh", "-c", OWN_DEV], check=True)


def programs(machine):
    """{service: program} of the demo rig on the machine's audio server."""
    return PLAYERS | SERVERS[machine.server] | BESIDE


def jack_words(machine, *words):
    """The words that run a JACK client on the machine's audio server, as from a
    terminal."""
    if machine.server != "pipewire":
        return list(words)
    runtime = machine.env.get("XDG_RUNTIME_DIR", machine.run_dir)
    return ["env", f"XDG_RUNTIME_DIR={runtime}",
            "PIPEWIRE_PROPS={ jack.default-as-system = true }",
            "pw-jack", *words]


def run_jack_tool(machine, words, **options):
    """Runs such a client to its end; options as for machine.run."""
    return machine.run(jack_words(machine, *words), **options)


def connect(machine, source, target):
    """Connects two ports by hand."""
    run_jack_tool(machine, ["jack_connect", source, target], check=True)


def disconnect(machine, source, target):
    run_jack_tool(machine, ["jack_disconnect", source, target], check=True)


# Looking -----------------------------------------------------------------


def services(machine):
    """The services by name. Exit code 1 only says that one is not well."""
    done = machine.stagecraft("status", "--json")
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)["services"]
    return {service["name"]: service for service in found}


def service(machine, name):
    """One service; None when there is none of that name."""
    return services(machine).get(name)


def await_state(machine, name, state, deadline=15):
    """Waits for a service's state (several: a tuple) and gives the service."""
    states = (state,) if isinstance(state, str) else state
    seen = {}

    def look():
        seen["now"] = service(machine, name)
        return seen["now"] and seen["now"]["state"] in states and seen["now"]

    return wait_until(look, deadline, lambda: f"{name} is "
                      f"{' or '.join(states)}; it is {seen['now']}")


def edges(machine):
    """Connections as (source, target); jack_lsp indents them by three."""
    source = None
    found = set()
    listing = run_jack_tool(machine, ["jack_lsp", "-c"]).stdout
    for line in listing.splitlines():
        if line.startswith("   "):
            found.add((source, line.strip()))
        else:
            source = line
    return found


def stale(machine):
    """What jack-stale tells: present, stale, live_servers."""
    done = machine.run(["jack-stale"])
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def is_sounding(machine, deadline=20):
    """Hears sound at system:playback_1, or fails."""
    heard = run_jack_tool(
        machine, ["jack-listen", "-t", f"{deadline}s", "system:playback_1"],
        timeout=deadline + 10)
    assert heard.returncode == 0, "no sound: " + heard.stdout + heard.stderr


def zombies(machine):
    """Processes that ended and whose parent does not ask.

    Those of runsvdir are not counted: it reaps a runsv at its next look only,
    and, where the runsv of a killed runsvdir goes on, tries another at each."""
    processes = machine.processes()
    runsvdirs = {p["pid"] for p in processes if p["comm"] == "runsvdir"}
    return [p for p in processes if p["state"] == "Z"
            and not (p["comm"] == "runsv" and p["ppid"] in runsvdirs)]


def supervisors(machine, processes=None):
    """{name: [pid of runsv]} and the pids of runsvdir, as a pair. processes: as
    they were, instead of as they are."""
    runsvs = {}
    runsvdirs = []
    for process in machine.processes() if processes is None else processes:
        words = process["cmdline"]
        if process["state"] == "Z" or not words:
            continue
        if words[0] == "runsv":
            runsvs.setdefault(words[1], []).append(process["pid"])
        elif words[0] == "runsvdir":
            runsvdirs.append(process)
    # One whose parent is another is about to become a runsv.
    own = {process["pid"] for process in runsvdirs}
    return runsvs, [process["pid"] for process in runsvdirs
                    if process["ppid"] not in own]


def await_loggers(machine, *services):
    """Waits until these and the watcher have theirs: `up` does not."""
    for name in (*services, "stagecraft-watch"):
        wait_until(lambda name=name: logger_pids(machine, name), 60,
                   f"{name} has a logger")


def program_pids(machine, program, processes=None):
    """Pids of the live processes of a program; "PROGRAM DIRECTORY" of those in
    a directory of that name alone. processes: as for supervisors()."""
    comm, _, directory = program.partition(" ")
    return [p["pid"] for p in
            (machine.processes() if processes is None else processes)
            if p["comm"] == comm[:15] and p["state"] != "Z"
            and directory in ("", p["cwd"])]


def logger_pids(machine, name):
    """Pids of the live loggers of a service."""
    return [p["pid"] for p in machine.processes()
            if p["comm"] == "svlogd" and p["state"] != "Z"
            and p["cmdline"][-1:] == [f"{machine.run_dir}/log/{name}"]]


def deaths(machine, name):
    """The deaths of a service since the rig came up, oldest first."""
    path = machine.outside(machine.run_dir / "svc" / name / "deaths")
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()[1:]]


def check_demo(machine, names=None):
    """Asserts that the demo rig (all of it, or these services) is whole, but
    for the sound."""
    now = services(machine)
    for name in names or programs(machine):
        assert now[name]["ready"], f"{name} is not ready: {now[name]}"
    assert now["a2j"]["state"] in ("idle", "ready"), now["a2j"]
    missing = DEMO_EDGES - edges(machine)
    assert not missing, f"not connected: {missing}"
    return True


def await_demo(machine, what, names=None, deadline=40):
    """Waits until the demo rig is whole as check_demo has it."""
    wait_until(lambda: check_demo(machine, names), deadline,
               f"the rig is whole {what}")


def check_one_of_each(machine):
    """Asserts that nothing of the demo rig runs twice, and no zombie is."""
    processes = machine.processes()
    runsvs, runsvdirs = supervisors(machine, processes)
    assert len(runsvdirs) == 1, f"runsvdir: {runsvdirs}"
    wanted = {*programs(machine), "a2j", "stagecraft-watch"}
    assert set(runsvs) == wanted, runsvs
    for name, pids in runsvs.items():
        assert len(pids) == 1, f"runsv {name}: {pids}"
    for program in (*programs(machine).values(), "stagecraft-watch"):
        pids = program_pids(machine, program, processes)
        assert len(pids) == 1, f"{program}: {pids}"
    loggers = program_pids(machine, "svlogd", processes)
    assert len(loggers) == len(wanted), f"svlogd: {loggers}"
    assert not zombies(machine), zombies(machine)
    return True


def check_no_stale(machine):
    """Asserts that JACK's registry is clean: one slot at most, nothing dead."""
    found = stale(machine)
    assert found["present"]["slots"] <= 1, found
    assert not any(found["stale"].values()), found
    return True


# Doing -------------------------------------------------------------------


def write(path, text, mode=0o644):
    """A file with a mode whatever the umask is."""
    path = pathlib.Path(path)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def make_service(directory, run=STAY, mode=0o755, **files):
    """A service directory; files: needs="jack", check="#!/bin/sh..."."""
    directory = pathlib.Path(directory)
    directory.mkdir()
    directory.chmod(0o755)
    for name, text in files.items():
        script = text.startswith("#!")
        write(directory / name, text, 0o755 if script else 0o644)
    if run is not None:
        write(directory / "run", run, mode)
    return directory


def put(machine, name, run=STAY, mode=0o755, **files):
    """Makes a service aside and drops it in, as mv does; its directory."""
    new = make_service(machine.rig / ".new", run, mode, **files)
    target = machine.rig / "services" / name
    os.rename(new, target)
    if machine.uid is not None:
        for path in (target, *target.rglob("*")):
            os.chown(path, machine.uid, machine.uid)
    return target


def make_rig(machine, **services_to_run):
    """A rig with services of these names: {name: run} or {name: files}."""
    (machine.rig / "services").mkdir(parents=True)
    for name, what in services_to_run.items():
        files = {"run": what} if isinstance(what, str) else what
        put(machine, name, **files)
    if machine.uid is not None:
        for path in (machine.rig, machine.rig / "services"):
            os.chown(path, machine.uid, machine.uid)


def make_pipewire_demo(machine):
    """The demo rig with PipeWire for its audio server; it is not taken up."""
    models = machine.outside(machine.prefix / "share/stagecraft/rigs")
    shutil.copytree(models / "demo", machine.rig)
    templates = machine.rig / "templates"
    names = [line for line in templates.read_text().splitlines()
             if not line.startswith("#") and line != "jack"]
    templates.unlink()
    (machine.rig / "services").mkdir()
    if machine.uid is not None:
        for path in (machine.rig, *machine.rig.rglob("*")):
            os.chown(path, machine.uid, machine.uid)
    machine.stagecraft("enable", "-r", machine.rig, *names, "pipewire",
                       "wireplumber", check=True)
    machine.server = "pipewire"


@contextlib.contextmanager
def dead_socket(path):
    """A socket at a path that nobody listens on; it goes with the block."""
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))
    try:
        yield path
    finally:
        pathlib.Path(path).unlink(missing_ok=True)


def client_run(*arguments):
    """A run script that is a jack-client; arguments as for that tool."""
    return f"#!/bin/sh\nexec 2>&1\nexec jack-client {shlex.join(arguments)}\n"


JACK = {"run": "#!/bin/sh\nexec 2>&1\nexec stagecraft-jack -d dummy\n",
        "ready": "notify\n", "provides": "jack\n"}


def client(name, *arguments, needs="jack bound"):
    """Files of a service that is a jack-client, ready when its port is."""
    return {"run": client_run(*arguments, name), "needs": needs + "\n",
            "ready": f"port:{name}:out_2\n"}
