# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page on a network: where it is served, to whom, how many, and by TLS."""

import contextlib
import ssl
import time

import pytest

from harness import show, wait_until, web

HERE = "192.0.2.1"
THERE = "192.0.2.2"
HIDDEN = "198.51.100.1"  # of an interface that nobody names
PER_ADDRESS = 8
CONNECTIONS = 64


class Here(web.Page):
    """The page, on a computer with two networks."""

    def code(self, role="performer"):
        answer = self.call("web", "pair", role=role, interface="stage0")
        return answer["result"]["code"]


class Far(web.Page):
    """The page as it is seen from another computer: a network namespace at the
    other end of a cable."""

    def __init__(self, page):
        machine = page.machine
        self.machine = machine
        self.port = page.port
        self.path = machine.home / "far-door"
        script = machine.home / "door.py"
        self.door = machine.popen(
            ["unshare", "--net", "/usr/bin/python3", script, self.path])
        wait_until(self.path.exists, 30, "the door is there")
        enter = ["nsenter", f"--net=/proc/{self.door.pid}/ns/net"]
        for words in (
                ["ip", "link", "set", "far0", "netns", str(self.door.pid)],
                [*enter, "ip", "address", "add", f"{THERE}/24", "dev", "far0"],
                [*enter, "ip", "link", "set", "far0", "up"],
                [*enter, "ip", "route", "add", "default", "via", HERE]):
            machine.run(words, check=True)

    def reach(self, address=HERE):
        return super().reach(address)

    def hears(self, address=HERE):
        """Whether somebody listens there."""
        try:
            self.reach(address).close()
        except ConnectionRefusedError:
            return False
        return True

    def ask(self, method, path, body=None, address=HERE, **how):
        how.setdefault("Host", f"{HERE}:{self.port}")
        if "cookie" in how or method == "POST" and "token" not in how:
            how.setdefault("Origin", f"http://{how['Host']}")
        return super().ask(method, path, body, address=address, **how)


@pytest.fixture(scope="module")
def lan(make_shared_machine):
    """(the page, the page seen from afar); stage0 is the cable between."""
    machine = make_shared_machine()
    link = ["ip", "link", "add"]
    if machine.run([*link, "stage0", "type", "veth", "peer",
                    "far0"]).returncode != 0:
        pytest.skip("no virtual interface can be made here")
    machine.run([*link, "office0", "type", "veth", "peer", "office1"],
                check=True)
    for name, address in ("stage0", HERE), ("office0", HIDDEN):
        machine.run(["ip", "address", "add", f"{address}/24", "dev", name],
                    check=True)
        machine.run(["ip", "link", "set", name, "up"], check=True)
    show.make_rig(machine, web=web.WEB)
    (machine.rig / "rig.conf").write_text(
        f"web.connections_per_address {PER_ADDRESS}\n"
        f"web.connections {CONNECTIONS}\nweb.head_timeout 700ms\n")
    machine.up()
    page = Here(machine)
    far = Far(page)
    yield page, far
    far.end()
    page.end()


def again(page, far, conf):
    """The server anew, with another rig.conf."""
    machine = page.machine
    (machine.rig / "rig.conf").write_text(conf)
    machine.stagecraft("restart", "web", check=True)
    show.await_state(machine, "web", "ready", 30)
    page.port = page.find_port()
    if far is not None:
        far.port = page.port


def pid_of(page):
    services = page.machine.status()["services"]
    return next(each["pid"] for each in services if each["name"] == "web")


def test_it_is_served_where_it_was_said_and_nowhere_else(lan):
    page, far = lan
    before = (page.machine.rig / "rig.conf").read_text()
    assert page.ask("GET", "/").code == 200
    assert not far.hears() and not far.hears(HIDDEN)
    again(page, far, before + "web.interface stage0\n")
    assert far.hears() and not far.hears(HIDDEN)
    assert page.ask("GET", "/").code == 200
    answer = far.ask("GET", "/")
    assert answer.code == 200
    # By our address it is us; by a name that was pointed at it, it is not.
    for host in ("evil.example", f"evil.example:{far.port}", "localhost",
                 f"{HIDDEN}:{far.port}", f"{THERE}:{far.port}", HERE,
                 f"{HERE}.evil.example:{far.port}"):
        assert far.ask("GET", "/", Host=host).code == 421, host
    # Another address of the interface is served at once, and no longer when
    # it is taken away.
    more = "192.0.2.77"
    page.machine.run(["ip", "address", "add", f"{more}/24", "dev", "stage0"],
                     check=True)
    wait_until(lambda: far.hears(more), 30, "the new address is served")
    assert far.ask("GET", "/", address=more,
                   Host=f"{more}:{far.port}").code == 200
    page.machine.run(["ip", "address", "del", f"{more}/24", "dev", "stage0"],
                     check=True)
    wait_until(lambda: page.ask("GET", "/", Host=f"{more}:{page.port}").code
               == 421, 30, "it is no name of ours any more")
    again(page, far, before)
    assert not far.hears()


def test_a_device_is_paired_over_the_network_it_comes_by(lan):
    page, far = lan
    assert not far.hears()
    said = page.call("web", "pair", role="performer")
    assert "stage0" in said["error"]["message"], said
    said = page.call("web", "pair", role="performer", interface="stage0")
    urls = said["result"]["urls"]
    assert urls[0] == f"http://{HERE}:{page.port}/"
    wait_until(far.hears, 30, "it is served while the code holds")
    answer = far.ask("POST", "/api/pair", {"code": said["result"]["code"],
                                           "name": "phone"})
    assert answer.code == 200, answer.bytes
    assert answer.json["interface"] == "stage0"
    token, ident = answer.cookie, answer.json["id"]
    assert far.ask("GET", "/api/me", cookie=token).json["id"] == ident
    assert far.ask("POST", "/api/panic", cookie=token).code == 503
    assert far.ask("POST", "/api/panic", cookie=token,
                   Origin=f"http://localhost:{far.port}").code == 403
    assert not far.hears(HIDDEN)
    # It stays so after a crash, and ends with the device.
    pid = pid_of(page)
    page.machine.kill(pid)
    wait_until(lambda: pid_of(page) not in (None, pid), 30, "it is back")
    show.await_state(page.machine, "web", "ready", 30)
    page.port = far.port = page.find_port()
    assert far.hears()
    assert far.ask("GET", "/api/me", cookie=token).code == 200
    page.machine.stagecraft("unpair", ident, check=True)
    wait_until(lambda: not far.hears(), 30, "nobody is left to serve there")


def test_one_address_gets_its_share_of_the_connections(lan):
    page, far = lan
    before = (page.machine.rig / "rig.conf").read_text()
    again(page, far, before + "web.interface stage0\n")
    token, _ = page.pair("viewer")

    def is_shut(one):
        one.settimeout(0.05)
        try:
            return one.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(far.reach()) for _ in range(30)]
        wait_until(lambda: sum(map(is_shut, idle)) >= 30 - PER_ADDRESS, 30,
                   "those above the share are closed")
        # Others are served meanwhile: from here, and by another address.
        assert page.ask("GET", "/api/me", cookie=token).code == 200
    wait_until(lambda: state(page)["connections"] < 5, 30, "they have ended")
    again(page, far, before)


def state(page):
    return page.call("web", "state")["result"]["state"]


def test_a_thousand_idle_sockets_stop_nobody(lan):
    page, _ = lan
    pid = pid_of(page)
    token, _ = page.pair("viewer")
    events = page.listen(token)
    assert events.next()[0] == "hello"
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            for _ in range(250):
                stack.enter_context(page.reach())
            assert state(page)["connections"] <= CONNECTIONS
        # Who listens already is not thrown out, and hears what happens.
        page.machine.stagecraft("pair", "-i", "stage0", check=True)
        events.until(lambda name, data: name == "change"
                     and data["area"] == "web", "that a code was given")
        # Those that say nothing make room for one that does.
        wait_until(lambda: asks(page, token), 30, "a paired page is answered")
    events.end()
    assert pid_of(page) == pid


def asks(page, token):
    try:
        return page.ask("GET", "/api/me", cookie=token).code == 200
    except OSError:
        return False


def dribble(page, head, byte):
    """Sends a head, then one byte and again, until it is cut off."""
    with page.reach() as slow:
        slow.sendall(head)
        slow.settimeout(0.05)
        deadline = time.monotonic() + 30
        count = 0
        while time.monotonic() < deadline:
            try:
                slow.sendall(byte)
                count += 1
                if slow.recv(1) == b"":
                    return count
            except TimeoutError:
                pass
            except OSError:
                return count
    raise AssertionError("it was never cut off")


def test_who_is_slow_at_the_head_or_the_body_is_cut_off(lan):
    page, _ = lan
    token, _ = page.pair("admin")
    host = f"Host: localhost:{page.port}\r\n".encode()
    auth = f"Authorization: Bearer {token}\r\n".encode()
    body = b"Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
    for head, byte in (
            (b"", b"G"),
            (b"GET / HTTP/1.1\r\n", b"X-A: b\r\n"),
            (b"GET / HTTP/1.1\r\nX-Long: ", b"a"),
            (b"POST /api/unlock HTTP/1.1\r\n" + host + auth + body, b" ")):
        assert dribble(page, head, byte) > 1
        assert page.ask("GET", "/api/me", token=token).json["locked"] is True
    # One that is paired is answered while 20 others are slow.
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            slow = stack.enter_context(page.reach())
            slow.sendall(b"POST /api/unlock HTTP/1.1\r\n" + host + auth + body)
        assert page.ask("GET", "/api/me", token=token).code == 200


def test_a_token_that_has_expired_is_worth_nothing(lan):
    page, far = lan
    token, ident = page.pair("admin")
    other, _ = page.pair("viewer")
    assert page.ask("GET", "/api/me", cookie=token).code == 200
    file = page.machine.rig / "state/web/devices"
    lines = file.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if ident in line)
    until = page.ask("GET", "/api/me", cookie=token).json["until"]
    assert str(until) in lines[at]
    lines[at] = lines[at].replace(str(until), str(int(time.time()) - 1))
    file.write_text("".join(lines))
    again(page, far, (page.machine.rig / "rig.conf").read_text())
    assert page.ask("GET", "/api/me", cookie=token).code == 401
    assert page.ask("POST", "/api/unlock", token=token).code == 401
    assert page.ask("GET", "/api/events", token=token).code == 401
    assert page.ask("GET", "/api/me", cookie=other).code == 200


def make_certificate(rig, name):
    """A certificate that signs itself, and its key."""
    return ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-addext",
            f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout",
            str(rig / f"{name}.key"), "-out", str(rig / f"{name}.pem")]


@pytest.fixture(scope="module")
def tls(make_shared_machine):
    machine = make_shared_machine()
    show.make_rig(machine, web=web.WEB)
    for name in ("localhost", "other"):
        machine.run(make_certificate(machine.rig, name), check=True)
    (machine.rig / "rig.conf").write_text(
        "web.certificate localhost.pem\nweb.key localhost.key\n"
        "web.head_timeout 700ms\n")
    machine.up()
    page = web.Page(machine)
    yield page
    page.end()


class Secure:
    """Requests over TLS; with what the browser knows of us."""

    def __init__(self, page):
        self.page = page
        self.context = ssl.create_default_context(
            cafile=page.machine.rig / "localhost.pem")
        self.reach = page.reach

    def __enter__(self):
        def reach(address="127.0.0.1"):
            return self.context.wrap_socket(self.reach(address),
                                            server_hostname="localhost")
        self.page.reach = reach
        return self.page

    def __exit__(self, *_):
        self.page.reach = self.reach


def test_by_tls_everything_is_as_without(tls):
    origin = {"Origin": f"https://localhost:{tls.port}"}
    with Secure(tls) as page:
        assert state(page)["urls"] == [f"https://127.0.0.1:{page.port}/"]
        answer = page.ask("GET", "/")
        assert answer.code == 200 and b"<html" in answer.bytes
        answer = page.ask("POST", "/api/pair",
                          {"code": page.code("admin"), "name": "p"}, **origin)
        assert answer.code == 200, answer.bytes
        assert "Secure" in answer.headers["Set-Cookie"]
        token = answer.cookie
        assert page.ask("GET", "/api/me", cookie=token).code == 200
        assert page.ask("POST", "/api/unlock", cookie=token,
                        **origin).code == 200
        assert page.ask("POST", "/api/unlock", cookie=token,
                        Origin=f"http://localhost:{page.port}").code == 403
        # An answer that is larger than a buffer, and one that comes later.
        big = page.ask("POST", "/api/lock",
                       b'{"a":"' + b"x" * 60000 + b'"}', cookie=token,
                       Content_Type="application/json", **origin)
        assert big.code == 200, big.bytes
        assert len(page.ask("GET", "/api/openapi.json",
                            cookie=token).bytes) > 4000
        for _ in range(20):
            assert page.ask("GET", "/api/rig/state", cookie=token).code == 200
        events = page.listen(token)
        assert events.next()[0] == "hello"
        events.until(lambda name, data: name == "snapshot"
                     and data["area"] == "rig", "the rig's state")
        assert page.ask("POST", "/api/unlock", cookie=token,
                        **origin).code == 200
        assert events.until(lambda name, _: name == "me", "the unlock")[
            "locked"] is False
        events.end()


def test_what_is_no_tls_is_not_answered(tls):
    # Neither HTTP nor a handshake that never comes to its end keeps a place.
    for words in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                  b"\x16\x03\x01\x02\x00\x01", b"", b"\x00" * 2000):
        with tls.reach() as one:
            one.sendall(words)
            heard = b""
            with contextlib.suppress(ConnectionError):
                while part := one.recv(4096):  # fails when nothing comes
                    heard += part
            assert b"HTTP" not in heard
    # Who waits for one does not keep others waiting.
    before = (tls.machine.rig / "rig.conf").read_text()
    again(tls, None, before.replace("700ms", "600s"))
    with contextlib.ExitStack() as stack:
        halves = [stack.enter_context(tls.reach()) for _ in range(20)]
        for half in halves:
            half.sendall(b"\x16\x03\x01\x02\x00\x01")
        with Secure(tls) as page:
            assert page.ask("GET", "/").code == 200
        for half in halves:
            half.setblocking(False)
            with pytest.raises(BlockingIOError):
                half.recv(1)
    again(tls, None, before)
    with Secure(tls) as page:
        assert page.ask("GET", "/").code == 200


@pytest.mark.parametrize("files, sentence", [
    (("localhost.pem", "other.key"), "belong together"),
    (("missing.pem", "localhost.key"), "missing.pem"),
    (("localhost.pem", "missing.key"), "missing.key"),
    (("garbage", "localhost.key"), "PEM"),
    (("localhost.pem", "garbage"), "PEM"),
    (("empty", "empty"), "PEM"),
    (("localhost.key", "localhost.pem"), "PEM"),
])
def test_bad_certificates_are_told_of_in_one_sentence(tls, files, sentence):
    machine = tls.machine
    (machine.rig / "garbage").write_text("-----BEGIN CERTIFICATE-----\nno\n")
    (machine.rig / "empty").write_text("")
    before = (machine.rig / "rig.conf").read_text()
    try:
        (machine.rig / "rig.conf").write_text(
            f"web.certificate {files[0]}\nweb.key {files[1]}\n")
        machine.stagecraft("stop", "web", check=True)
        done = machine.run([machine.prefix / "bin/stagecraft-web"], timeout=30)
        assert done.returncode in (100, 111), done
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1 and sentence in lines[0], done.stderr
    finally:
        (machine.rig / "rig.conf").write_text(before)
        machine.stagecraft("start", "web", check=True)
        show.await_state(machine, "web", "ready", 30)
        tls.port = tls.find_port()


def test_an_interface_may_come_and_go(lan):
    page, far = lan
    before = (page.machine.rig / "rig.conf").read_text()
    again(page, far, before + "web.interface nothing0 stage0\n")
    assert page.ask("GET", "/").code == 200 and far.hears()
    page.machine.run(["ip", "link", "set", "stage0", "down"], check=True)
    wait_until(lambda: state(page)["urls"] == [
        f"http://127.0.0.1:{page.port}/"], 30, "it is no longer there")
    page.machine.run(["ip", "link", "set", "stage0", "up"], check=True)
    wait_until(far.hears, 30, "it is there again")
    again(page, far, before)
