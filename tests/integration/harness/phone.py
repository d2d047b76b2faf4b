# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo rig with a set of songs, and its page in a browser."""

from . import browser, show, web

SONGS = ["Opener", "Ballad", "Waltz", "Hymn", "Encore"]
VIEWS = ["stage", "patch", "racks", "services", "system"]
LANDSCAPE = [(667, 375), (844, 390), (568, 320)]
FOCUS = "document.activeElement"


def make_songs(machine):
    for number, name in enumerate(SONGS):
        song = machine.rig / "songs" / name
        song.mkdir(parents=True)
        (song / "session.nsm").write_text("")
        (song / "song.conf").write_text(
            f"tempo {90 + number}\nmetre 4/4\nnotes \"capo on {number}\"\n"
            "lyrics words.cho\n")
        (song / "words.cho").write_text(
            f"{{title: {name}}}\n[G]Oh <b>{name}</b>, [C]here we go\n")
    (machine.rig / "setlists").mkdir(exist_ok=True)
    (machine.rig / "setlists/Friday.setlist").write_text(
        "\n".join([*SONGS[:2], "break 20 minutes", *SONGS[2:]]) + "\n")


def begin(machine, has_songs=True):
    """Has a machine play the demo rig, with the songs; gives its page."""
    show.use_tools(machine)
    assert "the page is at http://127.0.0.1:8088/" in machine.up(
        "--demo").stdout
    if has_songs:
        make_songs(machine)
        machine.stagecraft("set", "use", "Friday", check=True)
    return web.Page(machine)


def demo(make_shared_machine, has_songs=True):
    """For a fixture of a module: gives (machine, page, browser)."""
    machine = make_shared_machine()
    page = begin(machine, has_songs)
    chromium = browser.Browser(machine)
    yield machine, page, chromium
    chromium.end()
    page.end()


def fresh(demo):
    """For a fixture of a test: the same, with a browser that was never there."""
    yield demo
    _, page, chromium = demo
    chromium.clear(f"http://localhost:{page.port}/icon.svg")
