// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The computer: what plays, how hard it works, and which devices may come.

import {get, post} from "./api.js";
import {Devices} from "./devices.js";
import {Doctor} from "./doctor.js";
import {el, put} from "./dom.js";

const RATES = [44100, 48000, 88200, 96000];
const PERIODS = [32, 64, 128, 256, 512, 1024, 2048];

// The values to choose from, with the one in force whatever it is.
export function choices(values, now) {
  return values.includes(now) ? values : [now, ...values];
}

// How many xruns, in words; since: of the song, null where it is not known.
export function xrunWords(since, all, song) {
  const of = song ? `${since ?? "not known"} in this song` : "no song plays";
  return `${of}, ${all} since the server began`;
}

function meter(percent) {
  const bar = el("span", {});
  bar.style.width = `${percent}%`;
  return el("div", {class: "meter", role: "img", "aria-label": `${percent} percent`}, bar);
}

export function system(place, page) {
  const {store} = page;
  const doctor = new Doctor(page);
  const devices = new Devices(page);
  let cards = null;
  let epoch;
  let seen = ""; // xruns and song that `since` is of
  let since = null; // xruns of this song

  async function askCards() {
    cards = await post("jack/list").catch(() => null);
    page.redraw();
  }

  // The show manager counts them, and does not tell of each.
  async function askXruns() {
    const state = await get("show/state").catch(() => null);
    since = state?.state.jack?.xruns ?? null;
    page.redraw();
  }

  function look() {
    const now = `${store.state("jack")?.xruns} ${store.state("show")?.song?.name}`;
    devices.look();
    if (store.areas.jack?.epoch !== epoch) {
      epoch = store.areas.jack?.epoch;
      askCards();
    }
    if (now !== seen) {
      seen = now;
      askXruns();
    }
  }

  function drawSetting(key, label, values, now) {
    return el("label", {for: key}, label, el("select", {
      "data-key": key,
      id: key,
      disabled: !page.can("admin"),
      onchange: (event) => page.attempt(
        post("jack/set", {key, value: event.target.value}), "Changed."),
    }, choices(values, now).map((value) => el("option", {value, selected: value === now}, value))));
  }

  function drawCard(card) {
    return el("li", {class: "row"},
      el("span", {class: "grow cut"}, card.title || card.id),
      el("button", {
        type: "button",
        "data-key": `card-${card.id}`,
        "aria-pressed": card.is_used,
        disabled: !page.can("admin"),
        onclick: () => page.attempt(post("jack/use", {card: card.id}), "It plays there now."),
      }, card.is_used ? "In use" : "Use"));
  }

  function drawSound() {
    const jack = store.state("jack");
    if (!jack) {
      return el("section", {class: "panel", "aria-label": "Sound"},
        el("h2", {}, "Sound"),
        el("p", {class: "dim"},
          "stagecraft-jack does not run; the sound is somebody else's, or there is none."));
    }
    const load = Math.min(100, Math.round(jack.load_percent));
    const delay = (jack.period_frames / jack.rate_hz * 1000).toFixed(1);
    return el("section", {class: "panel", "aria-label": "Sound"},
      el("h2", {}, "Sound"),
      jack.note ? el("p", {class: "warn"}, jack.note) : null,
      el("dl", {},
        el("dt", {}, "Plays on"), el("dd", {}, jack.device || jack.driver),
        el("dt", {}, "Ports"), el("dd", {}, `${jack.inputs} in, ${jack.outputs} out`),
        el("dt", {}, "Delay"), el("dd", {}, `${delay} ms a period`),
        el("dt", {}, "Xruns"),
        el("dd", {}, xrunWords(since, jack.xruns, store.state("show")?.song)),
        el("dt", {}, "Load"), el("dd", {}, `${load} %`, meter(load))),
      el("div", {class: "row"},
        drawSetting("rate", "Rate (Hz)", RATES, jack.rate_hz),
        drawSetting("period", "Period (frames)", PERIODS, jack.period_frames)),
      cards?.cards?.length ? el("ul", {class: "list"}, cards.cards.map(drawCard)) : null);
  }

  function drawMidi() {
    const midi = store.state("midi");
    return midi ? el("section", {class: "panel", "aria-label": "MIDI"},
      el("h2", {}, "MIDI"),
      midi.trouble || midi.note ? el("p", {class: "warn"}, midi.trouble || midi.note) : null,
      el("button", {
        type: "button",
        "data-key": "midi-panic",
        disabled: !page.may("performer"),
        onclick: () => page.attempt(post("midi/panic"), "All notes end."),
      }, "End all notes")) : null;
  }

  function drawPage() {
    const web = store.state("web");
    return web ? el("section", {class: "panel", "aria-label": "Page"},
      el("h2", {}, "This page"),
      el("dl", {},
        el("dt", {}, "Is at"), el("dd", {}, web.urls.join(", ")),
        el("dt", {}, "Pages open"), el("dd", {}, `${web.viewers}`))) : null;
  }

  return {
    areas: ["jack", "show", "midi", "web"],
    draw() {
      look();
      if (document.activeElement?.matches("select") && place.contains(document.activeElement)) {
        return; // its list may be open, and would be closed
      }
      put(place, el("div", {class: "cards"}, drawSound(), doctor.drawComputer(),
        doctor.drawChecks(), devices.draw(), drawMidi(), drawPage()));
    },
    end() {
      doctor.end();
      devices.end();
    },
  };
}
