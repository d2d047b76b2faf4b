# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Show control with the programs that operators have: liblo's oscsend and
oscdump, and what Bitfocus Companion says to QLab, by the library that it uses."""

import json
import shutil
import signal

import pytest

from harness import npm, osc, racks, show, songs, wait_until

PORT = 53000
# What Companion's module for QLab says by TCP when it connects, and what it
# says then, for what comes back; prints all that comes as a line of JSON, in
# order, until its input ends. Lines from there are sent, too.
COMPANION = r"""
const OSC = require(process.argv[2] + "/node_modules/osc");
const keys = JSON.stringify(["number", "uniqueID", "listName", "type",
    "isPaused", "duration", "actionElapsed", "parent", "flagged", "notes",
    "autoLoad", "colorName", "isRunning", "isLoaded", "armed", "isBroken",
    "percentActionElapsed", "cartPosition"]);
const port = new OSC.TCPSocketPort({address: process.argv[3], port: 53000,
    metadata: true});
const send = (address, ...args) => port.send({address, args});
const text = value => ({type: "s", value});

port.on("ready", () => {
    send("/connect");
    send("/version");
    send("/workspaces");
    send("/cue/playhead/uniqueID");
    send("/updates");
    send("/updates", {type: "i", value: 1});
    send("/cueLists");
    send("/selectedCues/uniqueIDs");
    send("/auditionWindow");
    send("/overrideWindow");
    send("/showMode");
    send("/settings/general/minGoTime");
    send("/cue/playhead/parent");
    send("/cue/active/valuesForKeys", text(keys));
});
port.on("message", message => {
    console.log(JSON.stringify([message.address,
        ...message.args.map(arg => arg.value)]));
    const parts = message.address.split("/");
    if (parts[1] == "update" && parts[4] == "cue_id")
        send("/" + parts.slice(2).join("/") + "/valuesForKeys", text(keys));
    if (parts[1] == "update" && parts[6] == "playbackPosition" &&
        message.args.length)
        send("/cue_id/" + message.args[0].value + "/valuesForKeys",
            text(keys));
});
port.on("error", error => { console.error(error); process.exit(1); });
require("readline").createInterface({input: process.stdin})
    .on("line", line => send(...JSON.parse(line)))
    .on("close", () => process.exit(0));
port.open();
"""


# Says what each of its arguments says, a message as JSON, from 10.9.9.1, and
# prints the first answer to each.
STRANGER = osc.CODEC + r"""
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("10.9.9.1", 0))
peer.settimeout(30)
for message in sys.argv[1:]:
    peer.sendto(pack(*json.loads(message)), ("10.9.9.1", 53000))
    address, answer = unpack(peer.recv(65536))[:2]
    print(address, json.loads(answer).get("status"),
          json.loads(answer).get("data"))
"""

# Says each of them, from one socket, before the next one.
CROWD = osc.CODEC + r"""
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port, *message in json.loads(sys.argv[1]):
    peer.sendto(pack(*message), ("127.0.0.1", port))
"""


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, {"plain": ""})
    for name in "ABCD":
        stage.song(name, f"plain n{name}AAA")
    yield stage
    stage.end()


def configure(stage, *lines):
    stage.machine.rig.joinpath("rig.conf").write_text(
        "".join(f"show.{line}\n" for line in lines))


def begin(stage):
    stage.up()
    await_port(stage, "127.0.0.1")


def await_port(stage, host):
    for table in ("-Hlun", "-Hltn"):
        wait_until(lambda: f"{host}:{PORT} " in stage.machine.run(
            ["ss", table], check=True).stdout, 30, f"it listens at {host}")


def send(stage, *words, by="udp", host="127.0.0.1"):
    stage.machine.run(["oscsend", f"osc.{by}://{host}:{PORT}", *words],
                      check=True)


def await_playing(stage, name):
    wait_until(lambda: stage.playing() == name, 30,
               lambda: f"{name} plays, not {stage.playing()}")


class Dump:
    """An oscdump."""

    def __init__(self, machine, port):
        self.path = machine.home / f"dump-{port}"
        self.running = machine.popen(
            ["sh", "-c", f"exec oscdump -L osc.udp://:{port} >{self.path}"])
        wait_until(lambda: f":{port} " in machine.run(["ss", "-Hlun"]).stdout,
                   30, "oscdump listens")

    def heard(self):
        return [line.split(" ", 1)[1]
                for line in self.path.read_text().splitlines()]

    def await_last(self, *lines):
        """Waits until the last ones that begin as these do are these."""
        def last():
            starts = {line.split(" ")[0] for line in lines}
            found = [line for line in self.heard()
                     if line.split(" ")[0] in starts]
            return tuple(found[-len(lines):])
        wait_until(lambda: last() == lines, 30, lambda: f"{lines}: {last()}")

    def end(self):
        self.running.kill()
        self.running.wait()


def test_oscsend_drives_a_show_and_oscdump_follows_it(stage):
    configure(stage, "guard 10s", "osc.notify 127.0.0.1:9801")
    dump = Dump(stage.machine, 9801)
    begin(stage)
    dump.await_last('/stagecraft/song/name s ""', '/stagecraft/state s "idle"')

    def await_song(name, number):
        # In this order; the state is ready when all is there.
        dump.await_last(f'/stagecraft/song/name s "{name}"',
                        f"/stagecraft/song/number i {number}",
                        '/stagecraft/state s "ready"')

    send(stage, "/go")
    await_song("A", 1)
    # By TCP, in both framings.
    send(stage, "/cue/3/start", by="tcp")
    await_song("C", 3)
    tools = show.find_tools()
    shutil.copy2(tools / "osc-liblo", stage.machine.home)
    liblo = stage.machine.home / "osc-liblo"
    stage.machine.run([liblo, "slip", str(PORT), "1", "/cue/2/start"],
                      check=True)
    await_song("B", 2)
    assert stage.machine.run(
        [liblo, "sized", str(PORT), "1", "/stagecraft/song/name"],
        check=True).stdout == '/stagecraft/song/name ,s "B"\n'

    # What is let go does nothing; nor does what is no OSC.
    send(stage, "/cue/4/start", "f", "0")
    send(stage, "/cue/4/start", "F")
    send(stage, "/cue/4/start", "i", "0")
    send(stage, "/stagecraft/select", "s", "D")
    dump.await_last('/stagecraft/selected/name s "D"')
    assert stage.playing() == "B"

    # Two at once are one: a foot that bounced.
    peer = osc.Peer(stage.machine, PORT, "pedal")
    peer.say("/stagecraft/select", 1)
    dump.await_last('/stagecraft/selected/name s "A"')
    peer.say("/stagecraft/next")
    peer.say("/stagecraft/next")
    wait_until(lambda: any(said[:2] == ["/stagecraft/error",
                                        "/stagecraft/next"]
                           for said in peer.heard()), 30,
               "the second is refused")
    await_song("C", 3)
    peer.end()

    # It is there again after a crash, and tells who listens.
    stage.machine.kill(show.service(stage.machine, "show")["pid"])
    wait_until(lambda: show.service(stage.machine, "show")["restarts"] == 1,
               30, "it is started anew")
    show.await_state(stage.machine, "show", "ready", 30)
    await_port(stage, "127.0.0.1")
    send(stage, "/cue/1/start", "T")
    await_song("A", 1)
    dump.end()


def test_of_wishes_by_osc_and_nsm_the_latest_wins(stage):
    begin(stage)
    script = stage.machine.home / "crowd.py"
    script.write_text(CROWD)
    pid = show.service(stage.machine, "show")["pid"]

    def nsm(song):
        return [stage.port(), "/nsm/server/open", song]

    def cue(number):
        return [PORT, f"/cue/{number}/start"]

    for wishes, song in (([nsm("A"), cue(2), nsm("C")], "C"),
                         ([cue(4), nsm("A"), cue(2)], "B"),
                         ([nsm("C"), cue(4)], "D"),
                         ([cue(3), nsm("A")], "A")):
        stage.machine.kill(pid, signal.SIGSTOP)  # all wait when it reads
        stage.machine.run(["/usr/bin/python3", script, json.dumps(wishes)],
                          check=True)
        stage.machine.kill(pid, signal.SIGCONT)
        await_playing(stage, song)
        wait_until(lambda: not stage.state()["incoming"], 30, "nothing comes")
        assert stage.playing() == song


def test_others_come_in_by_the_interface_that_is_named(stage):
    configure(stage, "port 21510", "osc.interface lo", "osc.passcode sesame")
    stage.machine.run(["ip", "link", "set", "lo", "up"], as_root=True)
    begin(stage)
    assert stage.port() == 21510  # of NSM, which stays on this computer
    assert "10.9.9.1" not in stage.machine.run(["ss", "-Hlun"]).stdout
    # An address that comes later is listened at without being asked to.
    stage.machine.run(["ip", "address", "add", "10.9.9.1/24", "dev", "lo"],
                      check=True, as_root=True)
    await_port(stage, "10.9.9.1")
    stranger = stage.machine.home / "stranger.py"
    stranger.write_text(STRANGER)
    assert stage.machine.run(
        ["/usr/bin/python3", stranger, '["/version"]', '["/go"]',
         '["/connect"]', '["/connect", "Sesame"]', '["/cueLists"]'],
        check=True).stdout.splitlines() == [
            "/reply/version ok 4.7", "/reply/go denied None",
            "/reply/connect error badpass", "/reply/connect error badpass",
            "/reply/cueLists denied None"]
    send(stage, "/go", host="10.9.9.1")
    send(stage, "/select/3")  # from here no passcode is needed
    wait_until(lambda: stage.state()["place"]["selected"]["name"] == "C", 30,
               "C is selected")
    assert stage.playing() is None
    assert stage.machine.run(
        ["/usr/bin/python3", stranger, '["/connect", "sesame"]'],
        check=True).stdout == "/reply/connect ok ok\n"
    send(stage, "/go", host="10.9.9.1")  # the computer is known now
    await_playing(stage, "C")
    stage.machine.run(["ip", "address", "del", "10.9.9.1/24", "dev", "lo"],
                      check=True, as_root=True)
    wait_until(lambda: "10.9.9.1" not in stage.machine.run(
        ["ss", "-Hlun"]).stdout, 30, "it does not listen there any more")


@pytest.fixture(scope="session")
def osc_js(tmp_path_factory):
    """A directory with npm's osc."""
    home = tmp_path_factory.mktemp("osc-js")
    npm.get(home, "osc@2", "--omit=optional")
    return home


def test_companions_module_for_qlab_finds_its_way(stage, osc_js):
    machine = stage.machine
    shutil.copytree(osc_js / "node_modules", machine.home / "node_modules")
    machine.home.joinpath("companion.js").write_text(COMPANION)
    machine.rig.joinpath("setlists").mkdir(exist_ok=True)
    machine.rig.joinpath("setlists/Friday.setlist").write_text(
        "A\nbreak 20 minutes\n- B\nC\n")
    begin(stage)
    assert "result" in stage.call("set-use", set="Friday")
    send(stage, "/cue/1/start")
    await_playing(stage, "A")

    companion = racks.Piped(
        machine, "companion", f"exec 3<>{{pipe}}; exec node {machine.home}/"
        f"companion.js {machine.home} 127.0.0.1 <{{pipe}}")

    def heard():
        return [json.loads(line) for line in
                companion.heard().split("\n")[:-1]]

    def reply(address):
        """The last one, taken apart."""
        found = []

        def has_come():
            found[:] = [said[1] for said in heard()
                        if said[0] == "/reply" + address]
            return found
        wait_until(has_come, 30, lambda: f"{address} is answered: {heard()}")
        return json.loads(found[-1])

    assert reply("/connect")["data"] == "ok"
    assert reply("/version")["data"].startswith("4.")
    workspace, = reply("/workspaces")["data"]
    assert workspace["displayName"] == machine.rig.name
    assert len(workspace["uniqueID"]) == 36
    cue_list, = reply("/cueLists")["data"]
    assert (cue_list["listName"], cue_list["type"]) == ("Friday", "Cue List")
    assert [(cue["number"], cue["listName"], cue["armed"])
            for cue in cue_list["cues"]] == [
                ("1", "A", True), ("2", "B", False), ("3", "C", True)]
    ids = {cue["listName"]: cue["uniqueID"] for cue in cue_list["cues"]}
    assert reply("/cue/playhead/uniqueID")["data"] == ids["C"]
    assert reply(f"/cue_id/{ids['C']}/parent")["data"] == cue_list["uniqueID"]
    assert reply("/updates")["status"] == "ok"
    assert reply("/showMode")["data"] is True
    assert not reply("/auditionWindow")["data"]
    assert reply("/settings/general/minGoTime")["data"] == 0.5
    running = reply("/cue/active/valuesForKeys")
    assert running["workspace_id"] == workspace["uniqueID"]
    assert running["data"]["uniqueID"] == ids["A"]
    assert running["data"]["isRunning"] is True
    assert running["data"]["type"] == "Group"

    # Its buttons, and what it shows then.
    companion.say(json.dumps(["/go"]))
    await_playing(stage, "C")
    of_c = reply(f"/workspace/{workspace['uniqueID']}/cue_id/{ids['C']}"
                 "/valuesForKeys")
    assert of_c["data"]["listName"] == "C"
    companion.say(json.dumps(["/playhead/previous"]))
    place = (f"/update/workspace/{workspace['uniqueID']}/cueList/"
             f"{cue_list['uniqueID']}/playbackPosition")
    # Behind the last one none had been selected.
    wait_until(lambda: [said for said in heard() if said[0] == place] ==
               [[place], [place, ids["C"]]], 30,
               lambda: f"C is selected: {heard()}")
    assert reply(f"/cue_id/{ids['C']}/valuesForKeys")["data"]["isLoaded"]
    companion.say(json.dumps(["/panicInTime", {"type": "f", "value": 0}]))
    wait_until(lambda: ["/stagecraft/state", "panic"] in heard(), 30,
               "there is panic")
    companion.end()
