# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What we write for aj-snapshot is restored by the real one, and what that one
stores is read by us: byte for byte, on a JACK server with ports of these names.
"""

import pathlib
import shutil
import signal
import subprocess

import pytest

from harness import alone, show, wait_until

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("aj-snapshot", "jackd"))),
    reason="aj-snapshot or jackd is not installed")

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = SOURCE / "tests/unit/patchbay/fixtures"
USER_FILES = SOURCE.parent / "shared/data"
NAMES = ["aj-new-root.xml", "aj-old-two-roots.xml", "aj-newline-in-tags.xml",
         "aj-repeated-clients.xml", "aj-references.xml", "aj-apostrophes.xml",
         "aj-attribute-blanks.xml", "aj-colons.xml", "aj-a2j-names.xml",
         "aj-bare-ampersand.xml", "carla.carxp", "ray-jackpatch.xml"]
OF_USER = ["global-patchbay-new-root.xml", "global-patchbay-old-two-roots.xml",
           "global-fx.carxp", "global-toms-carla.carxp", "global-toms.carxp"]

# Names that it must carry, each with a reason to doubt it.
ODD = [("out", "in"), ("a:b:c", "d: e"), ('"quoted"', "it's"),
       ("tab\there", "line\nhere"), (" edge ", "  two  "),
       ("[128] (playback)", "*?\\"), ("{n}", "a|>b"), ("<&>", "&amp;"),
       ("é€😀", "\x7f"), ("x" * 250, "y" * 250), ("cr\rhere", "-->"),
       ("]]>", "%s%n")]


@pytest.fixture
def jack(machine):
    """A machine with jackd on the dummy driver."""
    show.use_tools(machine)
    server = alone.Server(machine)
    wait_until(lambda: machine.run(["jack_lsp"]).returncode == 0,
               30, what="jackd answers")
    yield machine
    server.end(signal.SIGTERM)


def convert(machine, path, name):
    done = machine.run(["patch-convert", name, path], check=True)
    return done.stdout, done.stderr


def pairs(listing):
    return {tuple(bytes.fromhex(word) for word in line.split())
            for line in listing.splitlines()}


def read_edges(machine, path):
    return pairs(convert(machine, path, "hex")[0])


def connected(machine):
    return pairs(machine.run(["jack-ports"], check=True).stdout)


def split(name, clients):
    """The client and the port of a full name; clients are those with a colon
    in their own."""
    for client in clients:
        if name.startswith(client + b":"):
            return client, name[len(client) + 1:]
    return name.split(b":", 1)


def make_ports(machine, edges, clients=()):
    """Makes all ports of the edges, and gives the process."""
    wanted = {("out", edge[0]) for edge in edges}
    wanted |= {("in", edge[1]) for edge in edges}
    lines = []
    for kind, name in sorted(wanted):
        client, port = split(name, clients)
        if client != b"system":
            lines.append(f"{kind} {client.hex()} {port.hex()}\n")
    show.write(machine.home / "ports", "".join(lines))
    running = machine.popen(["jack-ports", machine.home / "ports"],
                            stdout=subprocess.PIPE)
    assert running.stdout.readline() == "ready\n"
    return running


def end_ports(machine, running):
    for process in machine.processes():
        if process["comm"] == "jack-ports":
            machine.kill(process["pid"], signal.SIGTERM)
    running.communicate(timeout=20)


def check_restored(machine, path, clients=()):
    """Writes a file for aj-snapshot, lets it restore that, store it again, and
    compares all of them."""
    edges = read_edges(machine, path)
    assert edges
    ours = machine.home / "ours.xml"
    show.write(ours, convert(machine, path, "aj-snapshot")[0])
    assert read_edges(machine, ours) == edges
    running = make_ports(machine, edges, clients)
    try:
        assert connected(machine) == set()
        machine.run(["aj-snapshot", "-j", "-r", ours], check=True)
        assert connected(machine) == edges
        theirs = machine.home / "theirs.xml"
        machine.run(["aj-snapshot", "-j", "-f", theirs], check=True)
        assert read_edges(machine, theirs) == edges
    finally:
        end_ports(machine, running)


def copy(machine, path):
    shutil.copy(path, machine.home / path.name)
    return machine.home / path.name


@pytest.mark.parametrize("directory, names", [(FIXTURES, NAMES),
                                              (USER_FILES, OF_USER)],
                         ids=["fixtures", "user"])
def test_files_are_restored(jack, directory, names):
    if directory == USER_FILES and not directory.is_dir():
        pytest.skip("the user's files are not beside the tree")
    for name in names:
        print(name)
        check_restored(jack, copy(jack, directory / name))


def test_odd_names_are_restored(jack):
    path = jack.home / "odd.xml"
    lines = []
    for number, (source, target) in enumerate(ODD):
        source, target = (
            "".join(f"&#{ord(char)};" for char in name)
            for name in (source, target))
        lines.append(f'<client name="A{number}"><port name="{source}">'
                     f'<connection port="B {number}:{target}"/></port>'
                     f'</client>\n')
    show.write(path, f"<jack>\n{''.join(lines)}</jack>\n")
    assert len(read_edges(jack, path)) == len(ODD)
    check_restored(jack, path)


def test_odd_clients_are_restored(jack):
    """One with a colon in its name, which the format cannot tell from the port,
    and two with as many bytes as a client may have, with ports as long as JACK
    makes them then: it cuts full names at 256 bytes."""
    longest = "Client-" * 9
    assert len(longest) == 63
    path = jack.home / "clients.jackpatch"
    show.write(path, f"a:b:out |> {longest}:{'y' * 192}\n"
                     f"{longest[:-1]}+:{'x' * 192} |> c:d:e:in\n")
    assert len(read_edges(jack, path)) == 2
    check_restored(jack, path, (b"a:b", b"c:d:e"))


def test_what_aj_snapshot_itself_loses_is_read(jack):
    """A control byte in a name makes aj-snapshot restore nothing of its own
    file; we read all of it, and write all but that name."""
    edges = {(b"A:\x01ctl", b"B:in"), (b"A:caf\xe9", b"B:in"),
             (b"A:out", b"B:in")}
    running = make_ports(jack, edges)
    for source, target in edges:
        jack.run(["sh", "-c", 'jack_connect "$(printf "$1")" "$(printf "$2")"',
                  "sh", *("".join(f"\\{byte:03o}" for byte in name)
                          for name in (source, target))], check=True)
    assert connected(jack) == edges
    theirs = jack.home / "theirs.xml"
    jack.run(["aj-snapshot", "-j", "-f", theirs], check=True)
    end_ports(jack, running)
    assert read_edges(jack, theirs) == edges
    ours, report = convert(jack, theirs, "aj-snapshot")
    assert "control characters: A: ctl -> B:in" in report
    assert "not UTF-8: A:caf? -> B:in" in report
    show.write(jack.home / "ours.xml", ours)
    running = make_ports(jack, edges)
    jack.run(["aj-snapshot", "-j", "-r", theirs])
    assert connected(jack) == set(), "aj-snapshot has learned to read it"
    jack.run(["aj-snapshot", "-j", "-r", jack.home / "ours.xml"], check=True)
    assert connected(jack) == {(b"A:out", b"B:in")}
    end_ports(jack, running)
