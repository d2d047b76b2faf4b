# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The views Services and System by keyboard alone, in a browser."""

import json
import os
import pathlib

import pytest

from harness import look, phone, show, wait_until
from harness.look import HEADING, SIZES, Hands, open_paired, unlock, view
from harness.phone import LANDSCAPE

TALK = "#!/bin/sh\nexec 2>&1\necho begins\n" \
    "while read x; do echo \"$x\"; done <>/tmp/words\n"
SICK = "#!/bin/sh\n[ -e /tmp/font ] || { echo no font; exit 100; }\n" \
    "exec tail -f /dev/null\n"
FOCUS = "document.activeElement"
SAID = "document.querySelector('#said').textContent"


@pytest.fixture(scope="module")
def demo(make_shared_machine):
    for found in phone.demo(make_shared_machine):
        machine = found[0]
        machine.run(["mkfifo", "/tmp/words"], check=True)
        show.put(machine, "talk", TALK)
        show.await_state(machine, "talk", "ready", 60)
        yield found


@pytest.fixture
def rig(demo):
    yield from phone.fresh(demo)


def say(machine, text):
    machine.run(["sh", "-c", 'printf "%s\\n" "$1" >/tmp/words', "sh", text],
                check=True)


def card(name):
    return f"document.querySelector('section[aria-label={json.dumps(name)}]')"


def await_card(tab, name, state):
    tab.until(f"{card(name)}?.querySelector('b').textContent === {state!r}",
              f"{name} is {state}")


def await_log(tab, name, text):
    tab.until(f"document.querySelector('[data-key=\"lines-{name}\"]')"
              f"?.textContent.includes({json.dumps(text)})", f"it said {text}")


def open_by_keyboard(rig, name):
    """A device that is unlocked and shows a view, all without a finger: (tab,
    hands)."""
    tab = open_paired(rig)
    hands = Hands(tab)
    hands.use("lock")
    tab.until("!!document.querySelector('#lock[aria-pressed=false]')")
    hands.use(f"tab-{name}")
    tab.until(f"!!document.querySelector('[data-key=tab-{name}]"
              "[aria-current=page]')")
    return tab, hands


def test_a_log_is_seen_as_it_is_written(rig):
    machine = rig[0]
    tab, hands = open_by_keyboard(rig, "services")
    hands.use("log-talk")
    await_log(tab, "talk", "begins")
    say(machine, "<i>hello</i> there")
    await_log(tab, "talk", "<i>hello</i> there")
    assert hands.at() == "log-talk"
    # A flood: the last of it is there, and that some was left out.
    machine.run(["sh", "-c", "seq -f 'flood %g' 5000 >/tmp/words"], check=True)
    await_log(tab, "talk", "flood 5000")
    tab.until("document.querySelector('[data-key=lines-talk]').textContent"
              ".split('\\n').length <= 501")
    tab.reload()
    hands.use("log-talk")
    await_log(tab, "talk", "flood 5000")
    # The watcher is another one, and counts anew.
    machine.kill(show.service(machine, "stagecraft-watch")["pid"])
    wait_until(lambda: machine.outside(machine.run_dir / "rig.sock").exists(),
               30, "a watcher")
    tab.until("document.querySelector('#offline').hidden && "
              f"!!{card('talk')}", "it is back")
    say(machine, "to the next watcher")
    await_log(tab, "talk", "to the next watcher")
    assert tab.complaints() == []


def test_a_crash_is_explained_and_mended(rig):
    machine = rig[0]
    tab, hands = open_by_keyboard(rig, "services")
    say(machine, "last words")
    wait_until(lambda: "last words" in machine.stagecraft(
        "logs", "talk").stdout, 30, "it is said")
    pid = show.service(machine, "talk")["pid"]
    machine.kill(pid)
    tab.until(f"{card('talk')}.textContent.includes('crashed once')")
    await_card(tab, "talk", "ready")
    tab.reload()
    hands.use("crashes-talk")
    tab.until(f"{card('talk')}.textContent.includes('ended by signal 9')")
    tab.until(f"{card('talk')}.querySelector('.log')?.textContent"
              ".includes('last words')")

    # Who reads the last words goes on there when all is drawn anew, as it is
    # for one that gives up; that one comes first, and the lamp says so.
    tab.key("Tab")
    words = tab.eval(f"{FOCUS}.getAttribute('aria-label')")
    assert words == "last words of talk"
    show.put(machine, "sick", SICK)
    await_card(tab, "sick", "failed")
    assert tab.eval("document.querySelector('.cards section')"
                    ".getAttribute('aria-label')") == "sick"
    tab.until("document.querySelector('#lamp').textContent === 'Trouble'")
    assert tab.eval(f"{FOCUS}.getAttribute('aria-label')") == words
    hands.use("lamp")
    tab.until("document.querySelector('#why').textContent.includes('sick: ')")
    hands.use("lamp")
    tab.until("document.querySelector('#why').hidden")
    # What it lacked is no file of the rig, whose change would start it.
    machine.run(["touch", "/tmp/font"], check=True)
    hands.use_held("restart-sick")
    await_card(tab, "sick", "ready")
    # A touch alone does nothing.
    hands.use("stop-sick")
    assert show.service(machine, "sick")["state"] == "ready"
    hands.use_held("stop-sick")
    await_card(tab, "sick", "down")
    tab.reload()
    hands.use("start-sick")
    await_card(tab, "sick", "ready")
    assert tab.complaints() == []


def test_a_service_is_made_from_a_template(rig):
    machine = rig[0]
    tab, hands = open_by_keyboard(rig, "services")
    hands.use("new")
    hands.use("template-midi-clock")
    hands.await_focus("new-name")
    assert tab.eval(f"{FOCUS}.value") == "midi-clock"
    tab.key("Escape")
    hands.await_focus("template-midi-clock")  # where it came from
    tab.key("Enter")
    hands.await_focus("new-name")
    tab.eval(f"{FOCUS}.select()")
    tab.write("a/b")
    tab.key("Enter")
    tab.until(f"{SAID}.includes('a/b')", "it is refused, and said why")
    tab.eval(f"document.querySelector('#new-name').select()")
    hands.reach("new-name")
    tab.write("clock-2")
    hands.use("new-make")
    tab.until(f"{SAID}.includes('clock-2 is made')")
    hands.await_focus("new")
    assert (machine.rig / "services/clock-2/run").is_symlink()
    tab.reload()
    tab.until(f"!!{card('clock-2')}")
    hands.use_held("able-clock-2")
    await_card(tab, "clock-2", "disabled")
    tab.reload()
    hands.use_held("able-clock-2")
    tab.until(f"{card('clock-2')}.querySelector('b').textContent"
              " !== 'disabled'")
    assert tab.complaints() == []


def test_a_service_is_removed_and_brought_back(rig):
    machine = rig[0]
    machine.stagecraft("enable", "midi-clock", "--as", "clock-3", check=True)
    (machine.rig / "services/clock-3/mine").write_text("kept")
    tab, hands = open_by_keyboard(rig, "services")
    hands.use_held("able-clock-3")
    await_card(tab, "clock-3", "disabled")
    hands.use("remove-clock-3")
    assert (machine.rig / "services/clock-3.DISABLED").is_dir(), \
        "a short press removes nothing"
    hands.use_held("remove-clock-3")
    hands.await_said("clock-3 is removed, and kept aside.")
    tab.until(f"!{card('clock-3')}")
    assert not (machine.rig / "services/clock-3.DISABLED").exists()
    assert (machine.rig / "state/trash/services/clock-3.DISABLED.1/mine"
            ).read_text() == "kept"
    hands.use("back")
    hands.await_said("clock-3 is back.")
    await_card(tab, "clock-3", "disabled")
    assert (machine.rig / "services/clock-3.DISABLED/mine").is_file()
    # What a service leaves, and nothing of it is heard of any more.
    machine.stagecraft("remove", "clock-3", check=True)
    tab.until(f"!{card('clock-3')}")
    assert tab.complaints() == []


def test_a_second_device_is_paired_and_revoked(rig):
    page, chromium = rig[1:]
    tab, hands = open_by_keyboard(rig, "system")
    hands.choose("role", "viewer")
    hands.use("pair")
    code = tab.until("document.querySelector('.digits')?.textContent")
    assert len(code) == 6
    other = chromium.tab()
    other.size(390, 844)
    other.open(f"http://localhost:{page.port}/")
    theirs = Hands(other)
    theirs.await_focus("code")
    theirs.write(code)
    theirs.reach("name")
    other.eval(f"{FOCUS}.select()")
    theirs.write("Singer")
    theirs.press("Enter")
    other.until(f"{HEADING} !== 'Pair this device' && "
                "!!document.querySelector('.song')", "it is paired")
    tab.until("!document.querySelector('.digits')", "the code has gone")
    tab.reload()
    key = tab.until("[...document.querySelectorAll('[data-key^=forget-]')]"
                    ".find((each) => each.getAttribute('aria-label')"
                    ".includes('Singer'))?.dataset.key")
    assert "seen just now" in tab.eval(
        f"document.querySelector('[data-key={key}]')"
        ".parentElement.textContent")
    assert other.eval("[...document.querySelectorAll('.keys button')].every("
                      "(each) => each.disabled)"), "a viewer plays nothing"
    hands.use_held(key)
    other.until(f"{HEADING} === 'Pair this device'", "it is revoked")
    tab.until(f"!document.querySelector('[data-key={key}]')")
    assert tab.complaints() == []


def test_the_computer_is_examined(rig):
    machine, page, _ = rig
    tab = open_paired(rig, "viewer")
    hands = Hands(tab)
    view(tab, "system")
    found = page.call("rig", "doctor")["result"]
    tab.until(f"{card('Doctor')}.querySelectorAll('li').length === "
              f"{len(found['checks'])}")
    degrees = found["machine"]["temperature_c"]
    tab.until(f"{card('Computer')}.textContent.includes("
              f"{'not known' if degrees is None else '°C'!r})")
    tab.until(f"/[\\d.]+ GB of [\\d.]+ GB free/.test("
              f"{card('Computer')}.textContent)")
    tab.until(f"{card('Sound')}.textContent.includes('no song plays')")
    page.call("show", "play", number=1)
    tab.until(f"/\\d+ in this song/.test({card('Sound')}.textContent)")
    server = show.program_pids(machine, "stagecraft-jack")[0]
    assert server
    # What ails is the first that is read.
    show.put(machine, "ailing", "#!/bin/sh\nexit 100\n")
    show.await_state(machine, "ailing", "failed")
    hands.use("doctor")
    tab.until(f"{card('Doctor')}.querySelector('li').textContent"
              ".includes('services: trouble')")
    machine.stagecraft("disable", "ailing", check=True)
    assert tab.complaints() == []


# What has the focus in each view when the connection is lost; each device is
# locked when it is back.
FOCUSED = {"stage": "panic", "patch": "new-why",
           "racks": "open-global-fx reverb", "services": "log-talk",
           "system": "doctor"}
AWAY = """window.away = []; new MutationObserver(() => {
    away.push([document.querySelector('#offline').hidden,
               document.querySelector('#lamp').textContent]);
}).observe(document.querySelector('#offline'), {attributes: true}); true"""


def test_each_view_says_that_it_is_not_connected_and_keeps_its_place(rig):
    machine, page, _ = rig
    page.call("show", "play", number=1)
    everybody = []
    for name, key in FOCUSED.items():
        tab, hands = open_by_keyboard(rig, name)
        hands.reach(key)
        tab.eval(AWAY)
        everybody.append((name, tab, hands))
    machine.kill(show.service(machine, "web")["pid"])
    for name, tab, hands in everybody:
        # What is drawn as the bar goes is of the new connection, on which not
        # all has been told yet.
        tab.until("away.some(([hidden, lamp]) => !hidden && "
                  "lamp === 'Not connected') && "
                  "document.querySelector('#offline').hidden",
                  f"{name} is back")
        tab.until("document.querySelector('#lamp').textContent"
                  " !== 'Not connected'")
        hands.await_focus(FOCUSED[name])
        # Tab goes on from there.
        hands.press("Tab")
        assert hands.at() not in ("", FOCUSED[name])
        assert tab.complaints() == []


def test_who_has_gone_on_meanwhile_is_left_there(rig):
    """The focus comes back to nobody who has taken to something else."""
    machine, page, _ = rig
    tab, hands = open_by_keyboard(rig, "services")
    machine.stagecraft("stop", "talk", check=True)
    await_card(tab, "talk", "down")
    hands.use("start-talk")
    await_card(tab, "talk", "ready")
    tab.until(f"!{card('talk')}.querySelector('[data-key=start-talk]')")
    near = hands.at()
    assert near.endswith("-talk")
    hands.use("log-talk")
    machine.stagecraft("stop", "talk", check=True)
    await_card(tab, "talk", "down")
    assert hands.at() == "log-talk"
    machine.stagecraft("start", "talk", check=True)
    await_card(tab, "talk", "ready")
    assert tab.complaints() == []


def open_all(rig, tab, name):
    """All that can be opened in a view."""
    tab.click("#lamp[aria-expanded=false]")
    if name == "services":
        tab.click("[data-key=log-talk]")
        await_log(tab, "talk", "begins")
        tab.click("[data-key=crashes-jack]")
        tab.click("[data-key=new]")
        tab.until("!!document.querySelector('[data-key=template-midi]')")
    if name == "form":
        tab.click("[data-key=new]")
        tab.click("[data-key=template-midi-clock]")
        tab.until("!!document.querySelector('#new-name')")
    if name == "system":
        tab.click("[data-key=pair]")
        tab.until("!!document.querySelector('.digits')")
        tab.until(f"{card('Doctor')}.querySelectorAll('li').length > 5")
    if name == "stage":
        rig[1].call("show", "play", number=5)  # the last one
        tab.until(f"{HEADING} === 'Encore' && !!document.querySelector("
                  "'.words .chord') && !!document.querySelector("
                  "'.go:disabled')", "it plays, and is the last one")


@pytest.mark.parametrize("name", ["stage", "services", "form", "system"])
def test_what_is_opened_fits_and_leaves_nobody_out(rig, axe, tmp_path, name):
    place = pathlib.Path(os.environ.get("STAGECRAFT_TEST_SCREENSHOTS",
                                        tmp_path))
    place.mkdir(exist_ok=True)
    tab = open_paired(rig)
    unlock(tab)
    say(rig[0], "begins " + "x" * 300)
    view(tab, "services" if name == "form" else name)
    open_all(rig, tab, name)
    for width, height in SIZES + LANDSCAPE:
        tab.size(width, height)
        look.check_fits(tab, name, width)
        if name == "stage":
            check_thumbs(tab, width, height)
        tab.screenshot(place / f"open-{name}-{width}.png")
        found = look.violations(tab, axe)
        assert not found, json.dumps(found, indent=1)
    assert tab.complaints() == []


def check_thumbs(tab, width, height):
    """The keys of a show are on the screen, and the song is in the middle."""
    if height < 350:  # there is no room for what the lamp says, too
        tab.click("#lamp[aria-expanded=true]")
    seen = tab.eval(
        "[...document.querySelectorAll('.keys button')].map((each) => {"
        " const box = each.getBoundingClientRect();"
        " return [box.top, box.bottom, box.height]; })")
    assert len(seen) == 3
    for top, bottom, tall in seen:
        assert top >= 0 and bottom <= height and tall >= 64, \
            f"{top} to {bottom} of {height} at {width}"
    tab.until("(() => { const list = document.querySelector('.setlist')"
              ".getBoundingClientRect(); const song = document.querySelector("
              "'.setlist .plays').getBoundingClientRect(); return song.top >="
              " list.top - 1 && song.bottom <= Math.min(list.bottom + 1, "
              "document.querySelector('.keys').getBoundingClientRect().top); "
              "})()", f"the song is seen in its list at {width}")
    # At the end of the set NEXT can do nothing, and calls for no thumb.
    next_colour, other_colour = tab.eval(
        "['next', 'previous'].map((key) => getComputedStyle(document"
        ".querySelector(`[data-key=${key}]`)).backgroundColor)")
    assert next_colour == other_colour
