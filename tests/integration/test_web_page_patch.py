# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page's view of the patchbay, on the demo rig: all of it by keyboard
alone."""

import json
import os
import pathlib

import pytest

from harness import look, phone, show, wait_until
from harness.puppet import Puppet

SOURCE, SINK = "global-fx:out_1", "system:playback_2"
KEYS = "Keystation 61:out"  # a keyboard that is in its case


@pytest.fixture(scope="module")
def demo(make_shared_machine):
    for found in phone.demo(make_shared_machine, has_songs=False):
        show.await_state(found[0], "global-fx", "ready", 60)
        yield found


@pytest.fixture
def rig(demo):
    yield from phone.fresh(demo)


@pytest.fixture
def hands(rig):
    tab = look.open_view(rig, "patch")
    tab.until("document.querySelectorAll('.list li').length > 3")
    yield look.Hands(tab)
    assert tab.complaints() == [], json.dumps(tab.complaints())


def ask(rig, method, **params):
    answer = rig[1].call("patchbay", method, **params)
    assert "result" in answer, answer
    return answer["result"]


def find(rig, source, sink):
    """What is said of a connection; None: it is neither there nor wanted."""
    return next((each for each in ask(rig, "list")["connections"]
                 if (each["from"], each["to"]) == (source, sink)), None)


def is_connected(rig, source=SOURCE, sink=SINK):
    found = find(rig, source, sink)
    return found is not None and found["state"] == "connected"


def show_cables(hands):
    hands.use("as")
    hands.tab.until("!!document.querySelector('svg.cables')")


def go_to(hands, key):
    """Down a column by arrows."""
    for _ in range(60):
        if hands.at() == key:
            return
        hands.press("ArrowDown")
    raise AssertionError(f"the arrows never come to {key}, but {hands.at()}")


def test_two_ports_are_connected_on_the_board(rig, hands):
    show_cables(hands)
    solid = "document.querySelectorAll('path.cable:not(.away)').length"
    cables = hands.tab.eval(solid)
    first = hands.tab.eval("document.querySelector('[data-key=column-from] "
                           "button').dataset.key")
    hands.reach(first)
    go_to(hands, f"from-{SOURCE}")
    hands.press("Enter")
    hands.await_said(f"{SOURCE}: now tap what it goes to.")
    assert hands.at() == f"from-{SOURCE}"
    # What cannot be connected says so, and is not.
    hands.press("ArrowRight", "Home")
    go_to(hands, "to-synth:midi_in")
    assert hands.tab.eval("document.activeElement.ariaDisabled") == "true"
    hands.press("Enter")
    hands.await_said("are not of one kind")
    hands.press("Home")
    go_to(hands, f"to-{SINK}")
    hands.press("Enter")
    wait_until(lambda: is_connected(rig), 30, "it is connected")
    hands.await_said(f"{SOURCE} goes to {SINK}.")
    hands.await_focus(f"to-{SINK}")
    hands.tab.until(f"{solid} > {cables}", "the page knows, too")
    # Away again, and back by undo, and away by redo.
    hands.press("ArrowLeft", "Home")
    go_to(hands, f"from-{SOURCE}")
    hands.press(" ", "ArrowRight", "Home")
    go_to(hands, f"to-{SINK}")
    hands.press(" ")
    wait_until(lambda: not is_connected(rig), 30,
               lambda: "it is not; the page says: " + hands.tab.eval(
                   "document.getElementById('said').textContent"))
    for key, wanted in (("undo", True), ("redo", False)):
        hands.use(key)
        wait_until(lambda wanted=wanted: is_connected(rig) == wanted, 30, key)
        hands.await_focus(key)
    # Escape lets go of a source.
    hands.tab.eval("document.querySelector('[data-key=column-from] "
                   "[tabindex=\"0\"]').focus()")
    hands.press("Home")
    go_to(hands, f"from-{SOURCE}")
    hands.press("Enter")
    hands.tab.until("!!document.querySelector('[aria-pressed=true].port')")
    hands.press("Escape")
    hands.tab.until("!document.querySelector('[aria-pressed=true].port')")


def test_clients_are_folded_and_found(rig, hands):
    crowd = Puppet(rig[0], "crowd")
    try:
        crowd.do("ports", "out", "12")
        crowd.do("activate")
        show_cables(hands)
        # Nobody wants them: they are shown all the same, as soon as they come.
        folded = "from-client-crowd"
        hands.tab.until("document.querySelector('[data-key=\"from-client-crowd"
                        "\"]')?.textContent.includes('crowd 12 ports')",
                        "it is there")
        assert not hands.tab.eval(
            "!!document.querySelector('[data-key^=\"from-crowd:\"]')")
        hands.reach(hands.tab.eval("document.querySelector('[data-key=column-"
                                   "from] [tabindex=\"0\"]').dataset.key"))
        hands.press("Home")
        go_to(hands, folded)
        hands.press("Enter")
        hands.tab.until("document.querySelectorAll('[data-key^=\"from-crowd:"
                        "\"]').length === 12")
        hands.await_focus(folded)
        hands.reach("find")
        hands.write("CROWD _1")
        hands.tab.until("document.querySelectorAll('[data-key^=\"from-crowd:"
                        "\"]').length === 4 && document.querySelectorAll("
                        "'[data-key^=\"from-\"]').length === 5",
                        "out_1, 10, 11, 12 of crowd and nothing else")
        assert hands.at() == "find"
        hands.press("Escape")
    finally:
        crowd.kill()
    hands.tab.until("!document.querySelector('[data-key=\"from-client-crowd\"]')",
                    "it goes as it came")


def test_the_list_connects_explains_and_disconnects(rig, hands):
    hands.choose("new-from", SOURCE)
    hands.tab.until("[...document.getElementById('new-to').options].every("
                    "(each) => each.textContent.includes('(audio)'))",
                    "only what fits can be chosen")
    hands.choose("new-to", SINK)
    hands.use("new-why")
    hands.tab.until("document.querySelector('[data-key=new] [role=status]')"
                    ".textContent.includes('not connected')", "it says why not")
    hands.await_focus("new-why")
    hands.use("new-connect")
    wait_until(lambda: is_connected(rig), 30, "it is connected")
    pair = f"{SOURCE}-{SINK}"
    hands.use(f"why-{pair}")
    row = f"document.querySelector('[data-key=\"pair-{pair}\"]')"
    hands.tab.until(f"{row}.querySelector('[role=status]').textContent"
                    ".includes('learned.patch')", "it says why")
    hands.await_focus(f"why-{pair}")
    hands.choose("only", "waiting")
    hands.tab.until(f"!{row}")
    hands.choose("only", "connected")
    hands.use(f"off-{pair}")
    wait_until(lambda: not is_connected(rig), 30, "it is not")
    hands.tab.until("document.activeElement !== document.body",
                    "the focus is on what was nearest")


def test_a_device_that_is_away_is_named(rig, hands):
    ask(rig, "connect", **{"from": KEYS, "to": "synth:midi_in"})
    try:
        hands.tab.until("document.querySelector('[data-key=away]')?.innerText"
                        ".includes('Keystation 61 is away: 1 connection')")
        hands.tab.until("document.querySelector('[data-key=connections]')"
                        ".innerText.includes('waits for Keystation 61')")
        show_cables(hands)
        gone = f"document.querySelector('[data-key=\"from-{KEYS}\"]')"
        hands.tab.until(f"{gone}.innerText.includes('away')")
        assert hands.tab.eval("document.querySelectorAll('path.cable.away')"
                              ".length") == 1
    finally:
        ask(rig, "disconnect", **{"from": KEYS, "to": "synth:midi_in"})
    hands.tab.until("!document.querySelector('[data-key=away]')")


def test_a_connection_is_forbidden_and_that_is_lifted(rig, hands):
    ask(rig, "connect", **{"from": SOURCE, "to": SINK})
    pair = f"{SOURCE}-{SINK}"
    hands.reach(f"forbid-{pair}")
    hands.press("Enter")
    assert is_connected(rig), "a short press does nothing"
    hands.hold()
    wait_until(lambda: not is_connected(rig), 30, "it is taken away")
    hands.use("rules-open")
    hands.tab.until("document.querySelector('[data-key=rules]').open")
    text = f"forbid {SOURCE} -> {SINK}"
    assert text in [each["text"] for each in ask(rig, "rules")["rules"]]
    hands.use(f"lift-{text}")
    wait_until(lambda: text not in [each["text"] for each in ask(
        rig, "rules")["rules"]], 30, "it is lifted")
    hands.await_said("It may be connected again.")
    ask(rig, "disconnect", **{"from": SOURCE, "to": SINK})


def test_the_mode_is_changed_and_history_read(rig, hands):
    hands.choose("mode", "enforce")
    wait_until(lambda: ask(rig, "mode")["mode"] == "enforce", 30, "the mode")
    hands.await_focus("mode")
    hands.await_said("Mode enforce")
    hands.choose("mode", "learn")
    wait_until(lambda: ask(rig, "mode")["mode"] == "learn", 30, "the mode")
    hands.await_said("Mode learn")
    hands.use("history")
    hands.tab.until("document.querySelector('dialog')?.innerText"
                    ".includes('connected by command')")
    hands.press("Escape")
    hands.await_focus("history")


def test_a_viewer_sees_all_and_changes_nothing(rig):
    tab = look.open_view(rig, "patch", role="viewer", unlocked=False)
    tab.until("document.querySelectorAll('.list li').length > 3")
    assert tab.eval("[...document.querySelectorAll('main button')].filter("
                    "(each) => !each.disabled).map((each) => each.textContent)"
                    ".filter((each) => each !== 'Why')") == ["List", "History"]
    tab.click("[data-key=as]")
    tab.click(f"[data-key='from-{SOURCE}']")
    tab.until("document.querySelector('#said').textContent"
              ".includes('may only look')")
    assert tab.complaints() == []


def test_both_ways_to_see_it_fit_and_leave_nobody_out(rig, axe, tmp_path):
    place = pathlib.Path(os.environ.get("STAGECRAFT_TEST_SCREENSHOTS",
                                        tmp_path))
    ask(rig, "connect", **{"from": KEYS, "to": "synth:midi_in"})
    ask(rig, "forbid", **{"from": "synth:*", "to": SINK})
    tab = look.open_view(rig, "patch")
    tab.until("!!document.querySelector('[data-key=rules]')")
    tab.eval("document.querySelector('[data-key=rules]').open = true")
    found = {}

    def check(name):
        look.check_sizes(tab, place, f"patch-{name}")
        found.update({name: bad for bad in [look.violations(tab, axe)] if bad})

    check("list")
    tab.click("[data-key=as]")
    tab.click(f"[data-key='from-{SOURCE}']")
    tab.until("!!document.querySelector('[aria-pressed=true].port')")
    check("board")
    tab.click("[data-key=history]")
    tab.until("!!document.querySelector('dialog[open]')")
    check("history")
    ask(rig, "forbid", **{"from": "synth:*", "to": SINK, "lift": True})
    ask(rig, "disconnect", **{"from": KEYS, "to": "synth:midi_in"})
    assert found == {}, json.dumps(found, indent=1)
    assert tab.complaints() == []
