# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in a browser, on the demo rig."""

import json
import os
import pathlib
import re

import pytest

from harness import look, phone, quiet, show, wait_until
from harness.look import HEADING, SIZES, open_paired, unlock, view
from harness.phone import SONGS, VIEWS


@pytest.fixture(scope="module")
def demo(make_shared_machine):
    yield from phone.demo(make_shared_machine)


@pytest.fixture
def rig(demo):
    yield from phone.fresh(demo)


def test_a_device_is_paired_by_its_code(rig):
    _, page, chromium = rig
    tab = chromium.tab()
    tab.size(390, 844)
    tab.open(f"http://localhost:{page.port}/")
    tab.until(f"{HEADING} === 'Pair this device'")
    code = page.code("performer")
    tab.type("#code", "000000" if code != "000000" else "111111")
    tab.click_text("Pair")
    tab.until("document.querySelector('#said').textContent"
              ".includes('not the code')")
    tab.type("#code", code)
    tab.type("#name", "Anna")
    tab.click_text("Pair")
    tab.until("!!document.querySelector('.keys .go')", "the stage")
    devices = page.call("web", "devices")["result"]["devices"]
    assert ("Anna", "performer") in [(each["name"], each["role"])
                                     for each in devices]
    # It is revoked: it sees that at once, and nothing else.
    ident = next(each["id"] for each in devices if each["name"] == "Anna")
    page.call("web", "revoke", id=ident)
    tab.until(f"{HEADING} === 'Pair this device'")
    assert tab.complaints() == []


def test_a_set_is_played(rig):
    tab = open_paired(rig, "performer")
    tab.until("document.querySelectorAll('.setlist button').length === 5")
    for name in SONGS:
        tab.click_text("NEXT")
        tab.until(f"{HEADING} === {name!r}", f"{name} plays")
        tab.until("document.querySelector('.words .chord')?.textContent"
                  " === 'G'", "its words")
        assert "<b>" in tab.eval("document.querySelector('div.words')"
                                 ".textContent"), "a text is a text"
        # The guard of the double GO is over.
        show_state = rig[1].call("show", "state")["result"]["state"]
        assert show_state["song"]["name"] == name
        tab.reload()
        tab.until(f"{HEADING} === {name!r}", "it is there after a reload")
        tab.until("[...document.querySelectorAll('.keys button')].some("
                  "(each) => !each.disabled)")
        songs_guard(rig)
    tab.until("document.querySelector('.next').textContent"
              ".includes('over')", "the end of the set")
    # By keys, as a pedal sends them; locked, as it is.
    assert tab.eval("document.querySelector('#lock').getAttribute"
                    "('aria-pressed')") == "true"
    # A button that was touched has the focus, and the pedal works on.
    tab.eval("document.querySelector('[data-key=previous]').focus()")
    tab.key("PageUp")
    tab.until(f"{HEADING} === {SONGS[3]!r}", "the song before")
    songs_guard(rig)
    tab.key("ArrowRight")
    tab.until(f"{HEADING} === {SONGS[4]!r}", "the next song")
    assert tab.complaints() == []


def songs_guard(rig):
    """Waits until another GO is no slip."""
    state = rig[1].call("show", "state")["result"]["state"]
    quiet(state["place"]["guard_ms"] / 1000)


def test_connections_are_made_and_unmade(rig):
    machine = rig[0]
    tab = open_paired(rig)
    view(tab, "patch")
    tab.until("document.querySelectorAll('.list li').length > 0")
    assert tab.eval("[...document.querySelectorAll('.list button')].filter("
                    "(each) => each.textContent === 'Disconnect')"
                    ".every((each) => each.disabled)"), "it is locked"
    unlock(tab)
    tab.click("[data-key=as]")  # the cables
    tab.until("!!document.querySelector('svg.cables')")
    source, sink = "global-fx:out_1", "synth:in_1"
    sinks = tab.eval("[...document.querySelectorAll('[data-key^=\"to-\"]')]"
                     ".map((each) => each.dataset.key.slice(3))")
    sink = next(name for name in sinks if name == "system:playback_2")

    def press(key):
        tab.until(f"!!document.querySelector('[data-key=\"{key}\"]')")
        tab.eval(f"document.querySelector('[data-key=\"{key}\"]')"
                 ".dispatchEvent(new MouseEvent('click', {bubbles: true}))")

    def connected():
        listed = rig[1].call("patchbay", "list")["result"]["connections"]
        return any(each["from"] == source and each["to"] == sink
                   and each["state"] == "connected" for each in listed)

    assert not connected()
    press(f"from-{source}")
    press(f"to-{sink}")
    wait_until(connected, 30, "it is connected")
    tab.until("document.querySelector('#said').textContent.includes('goes to')")
    tab.until("document.querySelectorAll('path.cable:not(.away)').length > 5")
    press(f"from-{source}")
    press(f"to-{sink}")
    wait_until(lambda: not connected(), 30,
               lambda: "it is not; the page says: " + tab.eval(
                   "document.getElementById('said').textContent"))
    assert machine.run_dir
    assert tab.complaints() == []


def test_a_knob_survives_the_death_of_its_rack(rig):
    machine = rig[0]
    tab = open_paired(rig)
    unlock(tab)
    view(tab, "racks")
    tab.click("[data-key='open-global-fx reverb']")
    knob = "global-fx-reverb-size"
    tab.until(f"!!document.getElementById('{knob}')")
    tab.eval(f"(() => {{ const it = document.getElementById('{knob}'); "
             "it.value = 0.25; it.dispatchEvent(new Event('input', "
             "{bubbles: true})); })()")

    def value():
        """-1: the rack has ended while it was asked."""
        try:
            got = rig[1].call("rack-global-fx", "get", slot="reverb")["result"]
        except (OSError, ValueError):
            return -1
        return next(each["value"] for each in got["values"]
                    if each["symbol"] == "size")

    wait_until(lambda: abs(value() - 0.25) < 0.01, 30, "the knob is turned")
    rig[1].call("rack-global-fx", "save")
    services = {each["name"]: each for each in machine.status()["services"]}
    machine.kill(services["global-fx"]["pid"])
    show.await_state(machine, "global-fx", "ready", 60)
    wait_until(lambda: abs(value() - 0.25) < 0.01, 30, "it is as it was")
    tab.reload()
    tab.click("[data-key='open-global-fx reverb']")
    tab.until(f"Math.abs(document.getElementById('{knob}')?.value - 0.25)"
              " < 0.01", "the page shows it")
    assert tab.complaints() == []


def test_a_service_that_crashed_is_seen_and_started(rig):
    machine = rig[0]
    tab = open_paired(rig)
    unlock(tab)
    view(tab, "services")
    tab.until("document.body.innerText.includes('midi-demo')")
    machine.stagecraft("stop", "midi-demo", check=True)
    card = "section[aria-label=midi-demo]"
    tab.until(f"document.querySelector('{card} b').textContent === 'down'")
    tab.click("[data-key=start-midi-demo]")
    tab.until(f"document.querySelector('{card} b').textContent === 'ready'")
    # By keyboard: held, for what nobody wants to do by mistake.
    tab.eval("document.querySelector('[data-key=stop-midi-demo]').focus()")
    tab.key("Enter")
    assert tab.eval(f"document.querySelector('{card} b').textContent") == "ready"
    tab.eval("document.querySelector('[data-key=stop-midi-demo]').focus()")
    tab.key("Enter", down_s=1)
    tab.until(f"document.querySelector('{card} b').textContent === 'down'")
    tab.click("[data-key=start-midi-demo]")
    tab.until(f"document.querySelector('{card} b').textContent === 'ready'")
    assert tab.complaints() == []


def test_it_says_that_it_is_not_connected_and_comes_back(rig):
    machine = rig[0]
    tab = open_paired(rig, "viewer")
    tab.until("document.querySelector('#lamp').textContent"
              " !== 'Not connected'")
    tab.eval("window.wasAway = false; new MutationObserver(() => {"
             " wasAway = wasAway || !document.querySelector('#offline').hidden;"
             " }).observe(document.querySelector('#offline'),"
             " {attributes: true}); true")
    pid = {each["name"]: each for each in machine.status()["services"]}[
        "web"]["pid"]
    machine.kill(pid)
    tab.until("wasAway && document.querySelector('#offline').hidden")
    tab.until("document.querySelector('#lamp').textContent"
              " !== 'Not connected'")


def test_every_view_fits_every_screen(rig, tmp_path):
    place = pathlib.Path(os.environ.get("STAGECRAFT_TEST_SCREENSHOTS",
                                        tmp_path))
    place.mkdir(exist_ok=True)
    tab = open_paired(rig)
    unlock(tab)
    rig[1].call("show", "play", number=2)
    for width, height in SIZES:
        tab.size(width, height)
        for name in VIEWS:
            view(tab, name)
            tab.until("document.querySelector('#view').children.length > 0")
            if name == "racks":
                tab.until("document.body.innerText.includes('Reverb')")
            look.check_fits(tab, name, width)
            if name == "stage":
                assert tab.eval(
                    "[...document.querySelectorAll('.keys button')].every("
                    "(each) => each.offsetHeight >= 64)")
            tab.screenshot(place / f"{name}-{width}.png")
    assert tab.complaints() == []


def test_nobody_is_left_out(rig, axe):
    """axe-core finds nothing in any view, locked or not."""
    tab = open_paired(rig)
    all_found = {}
    for is_unlocked in (False, True):
        if is_unlocked:
            unlock(tab)
        for name in VIEWS:
            view(tab, name)
            if name == "racks":
                tab.click("[data-key='open-global-fx reverb']")
                tab.until("!!document.getElementById('global-fx-reverb-size')")
            found = look.violations(tab, axe)
            if found:
                all_found[name] = found
    assert all_found == {}, json.dumps(all_found, indent=1)


def test_it_weighs_little(source):
    files = [path for path in (source / "web").rglob("*")
             if path.is_file() and path.parent.name != "test"]
    assert sum(path.stat().st_size for path in files) <= 150_000
    for path in files:
        assert "http://" not in path.read_text().replace(
            "http://www.w3.org/2000/svg", "") and \
            "https://" not in path.read_text(), f"{path} asks elsewhere"


def test_what_is_loaded_ahead_is_there(source):
    """One that is asked for too early is only slow; one that is not there, and
    is asked for each time, is more."""
    page = (source / "web/index.html").read_text()
    ahead = re.findall(r'rel="modulepreload" href="([^"]*)"', page)
    assert len(ahead) == len(set(ahead)) > 10
    assert [name for name in ahead if not (source / "web" / name).is_file()
            ] == []
