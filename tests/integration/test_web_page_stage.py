# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The view Stage by keyboard alone, its beat, and a screen that stays on."""

import pytest

from harness import look, phone, quiet, show, wait_until
from harness.exact import Recorder
from harness.look import HEADING, Hands, open_paired
from harness.phone import SONGS

SAID = "document.querySelector('#said').textContent"
TRIES = 3  # one in which the server itself was late proves nothing
GO = "document.querySelector('.keys .go')"
# How often the beat was seen.
COUNT_BEATS = """window.beats = 0;
new MutationObserver((all) => {
    for (const each of all) {
        if (each.target.classList.contains('now')) {
            window.beats++;
        }
    }
}).observe(document.querySelector('.beat'), {attributes: true}); true"""


@pytest.fixture(scope="module")
def demo(make_shared_machine):
    yield from phone.demo(make_shared_machine)


@pytest.fixture
def rig(demo):
    yield from phone.fresh(demo)


def state(rig):
    return rig[1].call("show", "state")["result"]["state"]


def guard(rig):
    """Waits until another GO is no slip."""
    quiet(state(rig)["place"]["guard_ms"] / 1000)


def test_a_song_is_selected_and_played_by_keyboard(rig):
    tab = open_paired(rig, "performer")
    hands = Hands(tab)
    assert tab.eval("document.querySelector('#lock').textContent") == "Locked"
    hands.use("song-4")
    tab.until(f"{GO}.textContent === 'GO: Hymn'")
    tab.reload()
    tab.until(f"{GO}?.textContent === 'GO: Hymn'", "it is still selected")
    hands.use("next")
    tab.until(f"{HEADING} === 'Hymn'")
    tab.until(f"{SAID} === 'Hymn plays.'", "it is said aloud")
    assert hands.at() == "next", "the focus stays"
    guard(rig)
    # What is in the middle of the list is what plays.
    assert tab.eval("document.querySelector('[aria-current=true]')"
                    ".dataset.key") == "song-4"
    tab.key("PageDown")  # a pedal, while a button has the focus
    tab.until(f"{HEADING} === {SONGS[4]!r}")
    guard(rig)
    hands.use("previous")
    tab.until(f"{HEADING} === 'Hymn'")
    hands.use("panic")
    tab.until(f"{SAID}.includes('Panic')")
    assert state(rig)["panic"]["level"] >= 1
    hands.use("lock")
    tab.until("document.querySelector('#lock').textContent === 'Unlocked'")
    tab.key("Enter")
    tab.until("document.querySelector('#lock').textContent === 'Locked'")
    assert tab.complaints() == []


def test_the_beat_is_seen_unless_motion_is_unwanted(rig):
    rig[1].call("show", "play", number=1)
    tab = open_paired(rig, "viewer")
    tab.until("document.querySelector('.beat')?.textContent === '90'")
    tab.eval(COUNT_BEATS)
    quiet(1.5)
    assert tab.eval("window.beats") == 0
    tab.call("Emulation.setEmulatedMedia", features=[
        {"name": "prefers-reduced-motion", "value": "no-preference"}])
    tab.reload()
    tab.until("document.querySelector('.beat')?.textContent === '90'")
    tab.eval(COUNT_BEATS)
    tab.until("window.beats >= 3", "three beats")
    assert tab.complaints() == []


def test_a_song_plays_on_when_its_page_dies(rig):
    machine, page, _ = rig
    page.call("show", "play", number=2)
    tab = open_paired(rig, "viewer")
    tab.until(f"{HEADING} === 'Ballad'")
    recorder = Recorder(machine)
    wait_until(lambda: "rec:out" in machine.run(["jack_lsp"]).stdout, 30)
    show.connect(machine, "rec:out", "rec:in")
    wait_until(lambda: recorder.heard()["frames"] > 0, 30, "it is heard")

    def die():
        pid = show.service(machine, "web")["pid"]
        machine.kill(pid)
        wait_until(lambda: show.service(machine, "web")["pid"]
                   not in (0, None, pid), 30, "another one")
        show.await_state(machine, "web", "ready", 60)
        tab.until("document.querySelector('#offline').hidden && document"
                  ".querySelector('#lamp').textContent !== 'Not connected'"
                  f" && {HEADING} === 'Ballad'", "the page is back")

    tries = []
    while len(tries) < TRIES and (not tries or tries[-1]["xruns"]):
        tries.append(recorder.meanwhile(die))
    recorder.end()
    assert tab.complaints() == []
    if tries[-1]["xruns"] and tries[-1]["breaks"]:
        pytest.skip(f"the server itself was late each time: {tries}")
    assert tries[-1]["frames"] > 0 and tries[-1]["breaks"] == 0, tries


@pytest.mark.parametrize("kind", ["lent", "refused", "neither"])
def test_the_screen_stays_on_as_far_as_a_page_can(rig, kind):
    page, chromium = rig[1:]
    tab = chromium.tab()
    tab.size(390, 844)
    lent = {"lent": "window.asked = 0; Object.defineProperty(navigator, "
                    "'wakeLock', {value: {request: async () => { "
                    "window.asked++; return {addEventListener() {}, release() "
                    "{ window.asked--; }}; }}});"}
    tab.lend(lent.get(
        kind, "Object.defineProperty(navigator, 'wakeLock', {value: undefined})"
        ";" + ("delete HTMLCanvasElement.prototype.captureStream;"
               if kind == "neither" else "")))
    tab.open(f"http://localhost:{page.port}/#pair={page.code('performer')}")
    tab.until(f"!!{GO}")
    video = "document.querySelector('video')"
    dark = "document.body.innerText.includes('may go dark')"
    if kind == "lent":
        tab.until("window.asked === 1")
        assert not tab.eval(f"!!{video}")
    elif kind == "refused":
        tab.key("ArrowUp")  # somebody is there
        tab.until(f"{video}?.paused === false")
        tab.until(f"!{dark}")
    else:
        tab.until(dark, "it says so")
    look.view(tab, "system")
    tab.until(f"!{video}", "and is over with the view")
    if kind == "lent":
        tab.until("window.asked === 0")
    assert tab.complaints() == []
