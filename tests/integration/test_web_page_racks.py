# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page's view of racks, on the demo rig: all of it by keyboard alone."""

import json
import os
import pathlib

import pytest

from harness import look, phone, racks, show, wait_until

RACK = "rack-global-fx"


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
    tab = look.open_view(rig, "racks")
    tab.until("document.body.innerText.includes('Reverb')")
    yield look.Hands(tab)
    assert tab.complaints() == [], json.dumps(tab.complaints())


def ask(rig, method, **params):
    return rig[1].call(RACK, method, **params)["result"]


def order(rig):
    return [each["slot"] for each in ask(rig, "list")["slots"]]


# Draws twice, and says what is the same and what is as it was drawn last.
MORPH = """(async () => {
  const [{update}, {el}] = await Promise.all(
    [import('/js/morph.js'), import('/js/dom.js')]);
  const place = el('div', {});
  document.body.append(place);
  const heard = [];
  const row = (key, n) => el('li', {'data-key': key, class: `at-${n}`},
    el('button', {type: 'button', 'data-key': `do-${key}`,
      'aria-pressed': n === 2, disabled: key === 'c' && n === 2,
      onclick: () => heard.push(key + n)}, `${key} of ${n}`));
  const draw = (n, keys) => update(place, el('ul', {},
    keys.map((key) => row(key, n))),
    el('details', {'data-key': 'more'}, el('summary', {}, `more ${n}`)),
    el('input', {id: 'typed', value: `drawn ${n}`}),
    el('input', {id: 'other', value: `drawn ${n}`}),
    n === 1 ? el('p', {}, 'only once') : null);
  const at = (key) => place.querySelector(`[data-key=${key}]`);
  const focus = () => document.activeElement.dataset.key ?? document.activeElement.id;
  draw(1, ['a', 'b', 'c']);
  const [a, b] = [at('a'), at('b')];
  const said = {};
  at('more').open = true;
  at('do-b').focus();
  draw(2, ['b', 'd', 'a']);
  said.same = a === at('a') && b === at('b');
  said.order = [...place.querySelectorAll('li')].map((each) => each.dataset.key);
  said.text = place.innerText.includes('of 1') || place.innerText.includes('only once');
  said.pressed = at('do-a').getAttribute('aria-pressed') + b.className;
  said.open = at('more').open;
  said.moved = focus();
  at('do-b').click();
  at('do-a').click();
  said.heard = heard;
  document.getElementById('typed').focus();
  document.getElementById('typed').value = 'half a wo';
  draw(3, ['a', 'c']);
  said.typed = [focus(), document.activeElement.value,
    document.getElementById('other').value];
  at('do-c').focus();
  draw(2, ['a', 'c']);
  said.disabled = focus();
  draw(3, ['x']);
  said.gone = focus();
  draw(3, ['b', 'x', 'c']);
  said.back = focus();
  draw(3, ['x']);
  at('do-x').focus();
  at('more').querySelector('summary').focus();
  draw(3, ['b', 'x', 'c']);
  said.elsewhere = document.activeElement.nodeName;
  place.remove();
  return said;
})()"""


def test_what_is_drawn_anew_leaves_what_is_there(hands):
    assert hands.tab.eval(MORPH) == {
        "same": True, "order": ["b", "d", "a"], "text": False,
        "pressed": "trueat-2", "open": True, "moved": "do-b",
        "heard": ["b2", "a2"],
        "typed": ["typed", "half a wo", "drawn 3"],
        "disabled": "do-a", "gone": "do-x", "back": "do-c",
        "elsewhere": "SUMMARY"}


def test_levels_move_while_they_are_looked_at(rig, hands):
    hands.tab.until("document.querySelector('[data-key=\"level-synth \"]')"
                    "?.innerText.includes('dB')", "the synth is heard")
    seen = hands.tab.eval("(() => { const it = document.querySelector("
                          "'[data-key=\"level-synth \"]'); return [it.role, "
                          "it.ariaLabel, Number(it.ariaValueNow)]; })()")
    assert seen[:2] == ["meter", "Level of what synth puts out"]
    assert -60 < seen[2] <= 24


def test_a_knob_is_turned_and_a_slot_bypassed(rig, hands):
    hands.use("open-global-fx reverb")
    knob = "global-fx-reverb-hf_damp"
    hands.reach(knob)
    before = next(each["value"] for each in ask(rig, "get", slot="reverb")[
        "values"] if each["symbol"] == "hf_damp")
    hands.press("ArrowLeft", "ArrowLeft", "ArrowLeft")

    def value():
        return next(each["value"] for each in ask(rig, "get", slot="reverb")[
            "values"] if each["symbol"] == "hf_damp")

    wait_until(lambda: value() == pytest.approx(before - 3 / 500, abs=1e-4),
               30, lambda: f"three steps below {before}; it is {value()}")
    # What the rack tells of it is drawn, and the focus stays.
    ask(rig, "set", slot="reverb", symbol="size", value=0.125)
    hands.tab.until("document.getElementById('global-fx-reverb-size').value"
                    " === '0.126' || document.getElementById("
                    "'global-fx-reverb-size').ariaValueText === '0.125'")
    assert hands.at() == knob
    hands.use("bypass-global-fx reverb")
    hands.tab.until("document.querySelector('[data-key=\"slot-global-fx "
                    "reverb\"]').innerText.includes('bypassed')")
    hands.await_focus("bypass-global-fx reverb")
    hands.press(" ")
    hands.tab.until("!document.querySelector('[data-key=\"slot-global-fx "
                    "reverb\"]').innerText.includes('bypassed')")


def test_a_plugin_is_added_at_a_place_moved_and_taken_out(rig, hands):
    assert order(rig) == ["eq", "reverb"]
    hands.use("add-global-fx")
    hands.await_said("plug-ins are installed", "dialog .news")
    hands.await_focus("plugin-find")  # where one begins to write
    hands.write("dyna")
    hands.press("Escape", "Escape")  # the words, and the dialog
    hands.await_focus("add-global-fx")
    hands.press("Enter")
    hands.choose("plugin-place", "reverb")
    hands.reach("plugin-find")
    hands.write("mda dynamics")
    hands.await_said("1 plug-in.", "dialog .news")
    hands.press("ArrowDown")
    assert hands.at().startswith("add-http"), hands.at()
    hands.press("ArrowUp")
    assert hands.at() == "plugin-find"
    hands.press("ArrowDown", "Enter")
    wait_until(lambda: len(order(rig)) == 3, 30, "it is there")
    made = next(name for name in order(rig) if name not in ("eq", "reverb"))
    wait_until(lambda: order(rig) == ["eq", made, "reverb"], 30,
               lambda: f"before the reverb: {order(rig)}")
    hands.await_focus("add-global-fx")
    hands.await_said("is added")

    key = f"global-fx {made}"
    hands.use(f"up-{key}")
    wait_until(lambda: order(rig) == [made, "eq", "reverb"], 30, "earlier")
    hands.await_said("at place 1 of 3")
    slot = f"document.querySelector('[data-key={json.dumps('slot-' + key)}]')"
    hands.tab.until(f"{slot}.querySelector('h3').textContent.startsWith('1.')")
    # The button that did it can do no more; its neighbour has the focus.
    hands.tab.until(f"{slot}.contains(document.activeElement)")
    for count in (2, 3):
        hands.use(f"down-{key}")
        hands.await_said(f"at place {count} of 3")
        hands.tab.until(f"{slot}.querySelector('h3').textContent"
                        f".startsWith('{count}.')")
    assert order(rig) == ["eq", "reverb", made]

    hands.use(f"open-{key}")
    hands.reach(f"remove-{key}")
    hands.press("Enter")
    assert made in order(rig), "a short press takes nothing out"
    hands.hold()
    wait_until(lambda: order(rig) == ["eq", "reverb"], 30, "it is out")
    hands.tab.until(f"!{slot}")
    hands.tab.until("document.activeElement !== document.body",
                    "the focus is on what was nearest")


# Holds back what is asked of a rack's plug-ins until it is let go.
HOLD_BACK = """(() => {
  const asks = window.fetch;
  const gate = new Promise((resolve) => { window.letGo = () => {
    window.fetch = asks; resolve(); }; });
  window.fetch = async (path, ...rest) => {
    if (String(path).includes('/plugins?')) {
      window.isAsked = true;
      await gate;
    }
    return asks(path, ...rest);
  };
})()"""


def test_a_dialog_that_comes_late_gives_the_focus_to_who_opened_it(hands):
    hands.reach("add-global-fx")
    hands.tab.eval(HOLD_BACK)
    hands.press("Enter")
    hands.tab.until("window.isAsked === true", "it has asked")
    hands.press("Tab")
    assert hands.at() == "snapshots-global-fx"
    hands.tab.eval("letGo()")
    hands.await_focus("plugin-find")
    hands.press("Escape")
    hands.await_focus("add-global-fx")


def test_a_controller_is_learned_and_forgotten(rig, hands):
    keys = racks.Keys(rig[0])
    try:
        keys.say("connect keys:out\tglobal-fx:midi_in")
        hands.use("open-global-fx reverb")
        hands.use("learn-global-fx reverb")
        hands.choose("learn-control", "wet")
        hands.use("learn-go")
        hands.await_said("Now turn or press what is to turn Wet part",
                         "dialog .news")
        wait_until(lambda: ask(rig, "list")["learning"], 30, "it listens")
        hands.await_focus("learn-go")
        hands.press("Enter")
        hands.await_said("Cancelled", "dialog .news")
        wait_until(lambda: not ask(rig, "list")["learning"], 30, "it does not")
        assert ask(rig, "map")["maps"] == []

        hands.reach("learn-low")
        hands.write("0.25")
        hands.reach("learn-high")
        hands.write("0.75")
        hands.use("learn-go")
        wait_until(lambda: ask(rig, "list")["learning"], 30, "it listens")
        keys.say("send b6 15 7f")
        hands.await_said("Heard: controller 21, channel 7. It turns Wet part",
                         "dialog .news")
        assert ask(rig, "map")["maps"] == [{
            "slot": "reverb", "map": "cc 7 21 wet 0.25 0.75",
            "learned": True}]
        keys.say("send b6 15 7f")
        wait_until(lambda: ask(rig, "get", slot="reverb")["wet"] == 0.75, 30,
                   "it is turned")
        hands.use("forget-cc 7 21 wet 0.25 0.75")
        hands.await_said("Nothing that was learned turns Wet part",
                         "dialog .news")
        assert ask(rig, "map")["maps"] == []
        # Who closes the dialog waits no longer.
        hands.use("learn-go")
        wait_until(lambda: ask(rig, "list")["learning"], 30, "it listens")
        hands.press("Escape")
        wait_until(lambda: not ask(rig, "list")["learning"], 30, "it does not")
        hands.await_focus("learn-global-fx reverb")
    finally:
        keys.end()


def test_the_rack_itself_is_turned(rig, hands):
    hands.use("own-global-fx")
    hands.reach("global-fx-rack-gain")
    hands.press("Home")  # as low as it goes
    wait_until(lambda: ask(rig, "list")["gain_db"] == -120, 30, "it is")
    hands.tab.until("document.activeElement.ariaValueText === '-120 dB'")
    ask(rig, "set", slot="rack", symbol="gain", value=0)
    hands.tab.until("document.activeElement.ariaValueText === '0 dB'")
    hands.use("learn-global-fx")
    assert hands.tab.eval("[...document.getElementById('learn-control').options]"
                          ".map((each) => each.value)") == ["gain", "mute"]
    hands.press("Escape")
    hands.await_focus("learn-global-fx")
    hands.use("own-global-fx")
    hands.tab.until("!document.getElementById('global-fx-rack-gain')")


def test_snapshots_are_saved_gone_to_and_removed(rig, hands):
    ask(rig, "set", slot="reverb", symbol="size", value=0.5)
    hands.use("snapshots-global-fx")
    hands.reach("snapshot-name")
    hands.write("Large <b> hall")
    hands.press("Enter")
    hands.await_said("The values of now are", "dialog .news")
    name = "Large <b> hall"
    ask(rig, "set", slot="reverb", symbol="size", value=0.25)
    hands.use(f"recall-{name}")
    wait_until(lambda: ask(rig, "get", slot="reverb")["values"][0]["value"]
               == 0.5, 30, "it is as it was")
    hands.reach(f"unsnap-{name}")
    hands.hold()
    wait_until(lambda: ask(rig, "snapshot")["snapshots"] == [], 30,
               "it is forgotten")
    hands.press("Escape")
    hands.await_focus("snapshots-global-fx")


def test_what_is_left_out_says_why_and_is_revived(rig, hands):
    ask(rig, "smite", slot="eq")
    slot = "document.querySelector('[data-key=\"slot-global-fx eq\"]')"
    fault = next(each["fault"] for each in ask(rig, "list")["slots"]
                 if each["slot"] == "eq")
    assert fault
    hands.tab.until(f"{slot}.innerText.includes({json.dumps(fault)})")
    hands.use("revive-global-fx eq")
    wait_until(lambda: ask(rig, "list")["slots"][0]["fault"] == "", 30,
               "it plays again")
    hands.tab.until(f"!{slot}.innerText.includes('left out')")
    hands.tab.until("document.activeElement !== document.body")


def test_a_viewer_and_a_locked_device_change_nothing(rig):
    tab = look.open_view(rig, "racks", role="viewer", unlocked=False)
    tab.click("[data-key='open-global-fx reverb']")
    tab.until("!!document.getElementById('global-fx-reverb-size')")
    enabled = tab.eval(
        "[...document.querySelectorAll('main button, main input, main select')]"
        ".filter((each) => !each.disabled).map((each) => each.textContent)")
    assert set(enabled) == {"Open", "Close", "Gain"}
    assert tab.complaints() == [], json.dumps(tab.complaints())


def test_opened_states_fit_and_leave_nobody_out(rig, axe, tmp_path):
    place = pathlib.Path(os.environ.get("STAGECRAFT_TEST_SCREENSHOTS",
                                        tmp_path))
    tab = look.open_view(rig, "racks")
    hands = look.Hands(tab)
    ask(rig, "smite", slot="eq")
    tab.click("[data-key='open-global-fx reverb']")
    tab.until("!!document.getElementById('global-fx-reverb-size')")
    tab.eval("document.querySelector('details').open = true")
    found = {}

    def check(name):
        look.check_sizes(tab, place, f"racks-{name}")
        found.update({name: bad for bad in [look.violations(tab, axe)] if bad})

    check("open")
    ask(rig, "revive", slot="eq")
    ask(rig, "map", slot="reverb", map="cc 1 74 wet 0 0.5")
    for name, key in (("add", "add-global-fx"),
                      ("learn", "learn-global-fx reverb"),
                      ("snapshots", "snapshots-global-fx")):
        tab.click(f"[data-key='{key}']")
        tab.until("!!document.querySelector('dialog[open]')")
        if name == "learn":
            tab.until("!!document.querySelector('dialog li')")
        check(name)
        hands.press("Escape")
        tab.until("!document.querySelector('dialog')")
    ask(rig, "map", slot="reverb", drop="wet")
    assert found == {}, json.dumps(found, indent=1)
    assert tab.complaints() == [], json.dumps(tab.complaints())
