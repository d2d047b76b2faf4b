# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTTP API: who may come, who may do what, and who cannot do harm."""

import json
import random
import signal
import socket
import time

import pytest

from harness import show, wait_until, web

IDLE = "#!/bin/sh\nexec tail -f /dev/null\n"
CONF = ("web.connections 200\nweb.head_timeout 500ms\n"
        "web.connections_per_address 8\n")


@pytest.fixture(scope="module")
def page(make_shared_machine):
    machine = make_shared_machine()
    show.make_rig(machine, web=web.WEB, idle=IDLE)
    (machine.rig / "rig.conf").write_text(CONF)
    machine.up()
    page = web.Page(machine)
    yield page
    page.end()


def own(page):
    return f"http://localhost:{page.port}"


def pid_of(page, name):
    services = {each["name"]: each
                for each in page.machine.status()["services"]}
    return services[name]["pid"]


def test_a_device_is_paired_and_does_what_its_role_may(page):
    assert page.ask("GET", "/api/me").code == 401
    token, ident = page.pair("viewer", "Anna's phone")
    me = page.ask("GET", "/api/me", cookie=token)
    assert (me.code, me.json["id"], me.json["role"], me.json["locked"]) == (
        200, ident, "viewer", True)
    assert page.ask("GET", "/api/rig/state", cookie=token).code == 200
    before = pid_of(page, "idle")
    for path in ("/api/go", "/api/rig/restart", "/api/web/pair"):
        answer = page.ask("POST", path, {"name": "idle"}, cookie=token)
        assert answer.code == 403 and "viewer" in answer.json["error"], path

    performer, _ = page.pair("performer")
    assert page.ask("POST", "/api/rig/restart", {"name": "idle"},
                    token=performer).code == 403
    # It may, but nobody is there to do it; and that is said.
    answer = page.ask("POST", "/api/next", token=performer)
    assert answer.code == 503 and "show" in answer.json["error"]

    admin, _ = page.pair("admin")
    answer = page.ask("POST", "/api/rig/restart", {"name": "idle"},
                      token=admin)
    assert answer.code == 423 and "locked" in answer.json["error"]
    assert pid_of(page, "idle") == before
    assert page.ask("POST", "/api/unlock", token=admin).json["locked"] is False
    answer = page.ask("POST", "/api/rig/restart", {"name": "idle"},
                      token=admin)
    assert answer.code == 200, answer.bytes
    wait_until(lambda: pid_of(page, "idle") not in (None, before), 30,
               "it was restarted")
    assert page.ask("POST", "/api/lock", token=admin).json["locked"] is True
    assert page.ask("POST", "/api/rig/stop", {"name": "idle"},
                    token=admin).code == 423
    answer = page.ask("POST", "/api/rig/crashes", {"name": "nobody"},
                      token=admin)
    assert answer.code == 404 and "nobody" in answer.json["error"]


def test_what_comes_from_elsewhere_is_refused(page):
    token, _ = page.pair("performer")
    go = ("POST", "/api/panic")
    assert page.ask(*go, cookie=token).code == 503  # as far as it gets
    assert page.ask(*go, cookie=token, Origin=None).code == 403
    assert page.ask(*go, cookie=token, Origin="http://evil.example").code == 403
    assert page.ask(*go, cookie=token, Origin="null").code == 403
    assert page.ask(*go, cookie=token, Sec_Fetch_Site="cross-site").code == 403
    assert page.ask(*go, token=token, Origin="http://evil.example").code == 403
    assert page.ask(*go, cookie=token, Host="evil.example").code == 421
    assert page.ask(*go, cookie=token,
                    Host=f"evil.example:{page.port}").code == 421
    assert page.ask("GET", "/", Host=f"evil.example:{page.port}").code == 421
    assert page.ask("GET", "/", Host=None).code in (400, 421)
    assert page.ask(*go, {}, cookie=token, Content_Type="text/plain").code == 415
    assert page.ask("GET", "/api/panic", cookie=token).code == 405
    assert page.ask("PUT", "/api/panic", cookie=token).code == 405
    assert page.ask("POST", "/api/panic", b"{", cookie=token,
                    Content_Type="application/json").code == 400
    assert page.ask("POST", "/api/panic", b"[1]", cookie=token,
                    Content_Type="application/json").code == 400


def test_a_token_that_is_revoked_is_worth_nothing(page):
    token, ident = page.pair("viewer")
    events = page.listen(token)
    assert events.next()[0] == "hello"
    page.machine.stagecraft("unpair", ident, check=True)
    assert page.ask("GET", "/api/me", cookie=token).code == 401
    while events.next() is not None:
        pass  # what was there before
    events.end()
    assert page.ask("GET", "/api/me", cookie="0" * 64).code == 401
    # The page can be loaded, all of it, to pair the device anew: a cookie that
    # is worth nothing is no guess there, and the browser is told to forget it.
    assert [page.ask("GET", "/js/main.js", cookie=token).code
            for _ in range(12)] == [200] * 12
    answer = page.ask("GET", "/api/me", cookie=token)
    assert answer.code == 401 and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert page.ask("GET", "/api/me").headers["Set-Cookie"] is None
    # Who gives one back has none.
    token, _ = page.pair("viewer")
    answer = page.ask("POST", "/api/unpair", cookie=token)
    assert answer.code == 200 and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert page.ask("GET", "/api/me", cookie=token).code == 401


def test_devices_are_remembered_and_tokens_are_in_no_file(page):
    token, ident = page.pair("performer", "Bob\nthe <b>drummer</b>")
    listed = page.machine.stagecraft("devices", check=True).stdout
    assert ident in listed and "Bob the <b>drummer</b>" in listed
    file = page.machine.rig / "state/web/devices"
    assert file.stat().st_mode & 0o077 == 0
    assert token not in file.read_text()
    pid = pid_of(page, "web")
    page.machine.kill(pid)
    wait_until(lambda: pid_of(page, "web") not in (None, pid), 30, "it is back")
    show.await_state(page.machine, "web", "ready", 30)
    page.port = page.find_port()
    assert page.ask("GET", "/api/me", cookie=token).json["id"] == ident


def test_who_guesses_a_code_is_stopped(page):
    code = page.code()
    wrong = "000000" if code != "000000" else "111111"
    origin = {"Origin": own(page)}
    codes = []
    for _ in range(8):
        codes.append(page.ask("POST", "/api/pair", {"code": wrong}, **origin)
                     .code)
    assert codes[:5] == [403] * 5 and codes[-1] == 429
    # The right one has gone as well.
    answer = page.ask("POST", "/api/pair", {"code": code}, **origin)
    assert answer.code == 429 and int(answer.headers["Retry-After"]) >= 1
    wait_until(lambda: page.ask("POST", "/api/pair", {"code": code},
                                **origin).code == 403, 30, "it may try again")
    # The server of the tests that follow has forgotten that.
    pid = pid_of(page, "web")
    page.machine.kill(pid)
    wait_until(lambda: pid_of(page, "web") not in (None, pid), 30, "it is back")
    show.await_state(page.machine, "web", "ready", 30)
    page.port = page.find_port()


def test_files_are_served_and_no_others(page):
    answer = page.ask("GET", "/")
    assert answer.code == 200 and answer.headers["ETag"]
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers
    again = page.ask("GET", "/", If_None_Match=answer.headers["ETag"])
    assert (again.code, again.bytes) == (304, b"")
    for path in ("/../../etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd",
                 "/%2e%2e/%2e%2e/etc/passwd", "/index.html%00.js",
                 "/.hidden", "/nothing", "/api", "/api/../index.html"):
        answer = page.ask("GET", path)
        assert answer.code in (400, 404) or path.startswith("/index"), path
        assert b"root:" not in answer.bytes
    page.ask("GET", "/" + "a" * 10000)
    assert page.ask("GET", "/").code == 200


def test_events_tell_what_there_is_and_what_becomes_of_it(page):
    token, _ = page.pair("admin")
    events = page.listen(token)
    assert events.next()[1]["device"]["role"] == "admin"
    first = events.until(lambda name, data: name == "snapshot"
                         and data["area"] == "rig", "the rig's state")
    assert {"epoch", "seq", "state"} <= first.keys()
    page.ask("POST", "/api/unlock", token=token)
    assert events.until(lambda name, _: name == "me", "the unlock")[
        "locked"] is False
    # Nobody can end what all listen to.
    assert page.ask("POST", "/api/rig/unsubscribe", token=token).code == 404
    page.ask("POST", "/api/rig/restart", {"name": "idle"}, token=token)
    change = events.until(
        lambda name, data: name == "change" and data["area"] == "rig"
        and data["data"].get("name") == "idle", "the restart")
    assert change["epoch"] == first["epoch"] and change["seq"] > first["seq"]
    # The watcher is killed: it is away, and comes back with all there is.
    services = page.machine.processes()
    watcher = next(each for each in services
                   if each["cmdline"][0].endswith("stagecraft-watch"))
    page.machine.kill(watcher["pid"])
    events.until(lambda name, data: name == "down" and data["area"] == "rig",
                 "that it is away")
    anew = events.until(lambda name, data: name == "snapshot"
                        and data["area"] == "rig", "that it is back")
    assert anew["epoch"] != first["epoch"]
    events.end()


def test_a_call_with_an_id_is_made_once(page):
    token, _ = page.pair("admin")
    page.ask("POST", "/api/unlock", token=token)
    before = len(page.call("web", "devices")["result"]["devices"])
    first = page.ask("POST", "/api/web/pair?id=abc", token=token)
    assert first.code == 200
    assert page.ask("POST", "/api/web/pair?id=abc", token=token).json == \
        first.json
    assert page.ask("POST", "/api/web/pair?id=abd", token=token).json != \
        first.json
    assert page.ask("POST", "/api/web/pair?id=" + "x" * 65,
                    token=token).code == 400
    assert len(page.call("web", "devices")["result"]["devices"]) == before
    # Without a show manager nobody knows what plays.
    assert page.ask("POST", "/api/rig/restart?if_current=A", {"name": "idle"},
                    token=token).code == 503


def verbs_of(page, name):
    return {verb["name"]: verb
            for verb in page.call(name, "verbs")["result"]["verbs"]}


def test_the_description_is_that_of_the_verbs(page):
    token, _ = page.pair("viewer")
    described = page.ask("GET", "/api/openapi.json", cookie=token).json
    for area in ("rig", "web"):
        verbs = verbs_of(page, area)
        paths = {path: what for path, what in described["paths"].items()
                 if path.startswith(f"/api/{area}/")}
        assert {name for name, verb in verbs.items()
                if verb["deed"] == "listens"} == {"subscribe", "unsubscribe"}
        verbs = {name: verb for name, verb in verbs.items()
                 if verb["deed"] != "listens"}
        assert paths.keys() == {f"/api/{area}/{name}" for name in verbs}
        for name, verb in verbs.items():
            assert paths[f"/api/{area}/{name}"]["post"]["x-role"] == {
                "looks": "viewer", "plays": "performer", "turns": "performer",
                "changes": "admin"}[verb["deed"]]
            post = paths[f"/api/{area}/{name}"]["post"]
            schema = post["requestBody"]["content"]["application/json"][
                "schema"]
            assert schema["properties"].keys() == {
                arg["name"] for arg in verb["args"]}
            assert set(schema.get("required", [])) == {
                arg["name"] for arg in verb["args"] if arg["required"]}


def is_there(page):
    try:
        return page.ask("GET", "/").code == 200
    except OSError:
        return False


def test_who_sends_too_much_or_too_slowly_is_stopped(page):
    token, _ = page.pair("viewer")
    big = page.ask("POST", "/api/unlock", b"{\"a\":\"" + b"x" * 70000 + b"\"}",
                   cookie=token, Content_Type="application/json")
    assert big.code == 413
    slow = page.reach()
    slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    began = time.monotonic()
    ended = False
    while not ended and time.monotonic() < began + 20:
        try:
            slow.sendall(b"X-A: b\r\n")
            slow.settimeout(0.1)
            ended = slow.recv(1) == b""
        except socket.timeout:
            pass
        except OSError:
            ended = True
    assert ended, "a request that never ends is cut off"
    slow.close()

    # More sockets than there may be: those that are too many are closed, those
    # that say nothing in time too, and the page is there.
    idle = [page.reach() for _ in range(300)]
    wait_until(lambda: is_there(page), 30, "there is room")
    for one in idle:
        one.close()
    state = page.call("web", "state")["result"]["state"]
    assert state["connections"] <= 200


def test_garbage_changes_nothing(page):
    token, _ = page.pair("viewer")
    random_bytes = random.Random(20261129)
    pid = pid_of(page, "web")
    starts = [b"", b"GET / HTTP/1.1\r\n", b"POST /api/panic HTTP/1.1\r\nHost: ",
              b"GET /api/events HTTP/1.1\r\nCookie: stagecraft=",
              b"POST /api/pair HTTP/1.1\r\nContent-Length: 10\r\n\r\n"]
    for _ in range(200 if show.full() else 60):
        one = page.reach()
        one.sendall(random_bytes.choice(starts)
                    + random_bytes.randbytes(random_bytes.randrange(300)))
        one.close()
    texts = ["{}", "[]", "{\"id\":" * 2000, "\"\\ud800\"", "{\"a\":1,\"a\":2}",
             "nul", "1e999999", "{\"code\":{}}", "{\"code\":\"\\u0000\"}"]
    for text in texts:
        answer = page.ask("POST", "/api/unlock", text.encode(), cookie=token,
                          Content_Type="application/json")
        assert answer.code in (200, 400), text
    assert pid_of(page, "web") == pid
    assert page.ask("GET", "/api/me", cookie=token).code == 200


def test_it_ends_and_comes_back_with_streams_open(page):
    token, _ = page.pair("viewer")
    listening = [page.listen(token) for _ in range(20)]
    for each in listening:
        each.next()
    pid = pid_of(page, "web")
    page.machine.kill(pid, signal.SIGTERM)
    for each in listening:
        while each.next() is not None:
            pass
        each.end()
    wait_until(lambda: pid_of(page, "web") not in (None, pid), 30, "it is back")
    show.await_state(page.machine, "web", "ready", 30)
    page.port = page.find_port()
    assert page.ask("GET", "/api/me", cookie=token).code == 200
    assert json.loads(page.ask("GET", "/api/state", cookie=token).bytes)[
        "show"] is None
