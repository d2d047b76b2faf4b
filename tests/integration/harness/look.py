# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page as people have it who look at it on a phone, who use no mouse, or
who hear it."""

import json

SIZES = [(320, 640), (390, 844), (768, 1024), (1280, 800)]
HEADING = "document.querySelector('main h1')?.textContent"
SMALL_PX = 44
TABS_MAX = 300
HELD_S = 1  # of what must be held
AT = "(document.activeElement?.dataset.key ?? document.activeElement?.id)"

# What is too small for a thumb, and what is cut off at the side.
SMALL = """[...document.querySelectorAll('button, select, summary, ' +
  'input:not([type=checkbox]):not([type=range])')].filter((each) =>
  each.checkVisibility() && (each.offsetHeight < %d || each.offsetWidth < %d))
  .map((each) => each.outerHTML)""" % (SMALL_PX, SMALL_PX)
WIDE = """[...document.querySelectorAll('main *, dialog, dialog *')].filter((each) =>
  each.checkVisibility() && !each.closest('svg, .hint') && each.scrollWidth >
  each.clientWidth + 1 && getComputedStyle(each).display !== 'inline'
  && !['INPUT', 'SELECT', 'OPTION'].includes(each.nodeName))
  .map((each) => each.outerHTML.slice(0, 300))"""


def open_paired(rig, role="admin"):
    """A tab of a device that has just been paired; rig: as phone.demo has it."""
    _, page, chromium = rig
    tab = chromium.tab()
    tab.size(390, 844)
    tab.open(f"http://localhost:{page.port}/#pair={page.code(role)}")
    tab.until(f"{HEADING} && {HEADING} !== 'Pair this device'", "it is paired")
    return tab


def view(tab, name):
    tab.eval(f"location.hash = {name!r}")
    tab.until(f"document.querySelector('[data-key=tab-{name}]')"
              "?.getAttribute('aria-current') === 'page'")


def unlock(tab):
    tab.click("#lock[aria-pressed=true]")
    tab.until("!!document.querySelector('#lock[aria-pressed=false]')")


def open_view(rig, name, role="admin", unlocked=True):
    """The same, at a view."""
    tab = open_paired(rig, role)
    view(tab, name)
    if unlocked:
        unlock(tab)
    return tab


def violations(tab, axe):
    """What axe-core finds in what is shown now."""
    tab.eval(axe + "; true")
    return tab.eval(
        "axe.run(document, {resultTypes: ['violations']}).then((all) =>"
        " all.violations.map((each) => [each.id, each.nodes.map((node)"
        " => node.html + node.failureSummary)]))")


def check_fits(tab, name, width):
    """Nothing is wider than the screen, or too small for a finger."""
    wide = tab.eval("document.documentElement.scrollWidth")
    assert wide <= width, f"{name} at {width} is {wide} wide"
    small = tab.eval(SMALL)
    assert small == [], f"{name} at {width}: {small}"


def check_sizes(tab, place, name):
    """It fits every screen, for thumbs too; a picture of each is kept."""
    place.mkdir(exist_ok=True)
    for width, height in SIZES:
        tab.size(width, height)
        check_fits(tab, name, width)
        cut = tab.eval(WIDE)
        assert cut == [], f"{name} at {width}: {cut}"
        tab.screenshot(place / f"{name}-{width}.png")
    tab.size(390, 844)


class Hands:
    """Who has a keyboard, and nothing else."""

    def __init__(self, tab):
        self.tab = tab

    def at(self):
        """The data-key or id of what has the focus."""
        return self.tab.eval(AT)

    def press(self, *names):
        for name in names:
            self.tab.key(name)

    def hold(self, name="Enter"):
        self.tab.key(name, down_s=HELD_S)

    def write(self, text):
        self.tab.call("Input.insertText", text=text)

    def reach(self, name):
        """Tabs until what has that data-key or id has the focus, which must be
        seen."""
        passed = []
        # A dialog that was closed is there, unseen, until the next frame.
        self.tab.until("[...document.querySelectorAll('[data-key], [id]')].some("
                       "(each) => (each.dataset.key ?? each.id) === "
                       f"{json.dumps(name)} && each.checkVisibility() && "
                       "!each.disabled)", f"{name} can be reached")
        while self.at() != name:
            assert len(passed) < TABS_MAX, f"Tab never comes to {name}: {passed}"
            passed.append(self.at())
            self.press("Tab")
        style = self.tab.eval(
            "(() => { const it = getComputedStyle(document.activeElement);"
            " return [it.outlineStyle, parseFloat(it.outlineWidth)]; })()")
        assert style[0] != "none" and style[1] >= 2, f"{name} shows no focus"

    def use(self, name):
        self.reach(name)
        self.press("Enter")

    def use_held(self, name):
        """What must be held to do something."""
        self.reach(name)
        self.hold()

    def choose(self, key, value):
        """An entry of a select, by arrows alone."""
        self.reach(key)
        entries = self.tab.eval("[...document.activeElement.options]"
                                ".map((each) => each.value)")
        now = self.tab.eval("document.activeElement.value")
        steps = entries.index(value) - entries.index(now)
        for _ in range(abs(steps)):
            self.press("ArrowDown" if steps > 0 else "ArrowUp")
        now = self.tab.eval("document.activeElement.value")
        assert now == value, f"{key} is {now} after {steps} of {entries}"

    def await_focus(self, name):
        self.tab.until(f"{AT} === {json.dumps(name)}",
                       f"{name} has the focus, not {self.at()}")

    def await_said(self, text, where="#said"):
        self.tab.until(f"document.querySelector({json.dumps(where)})"
                       f"?.textContent.includes({json.dumps(text)})",
                       f"it says {text!r}")
