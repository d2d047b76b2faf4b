// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The computer: what plays, how hard it works, and which devices may come.

import {post} from "./api.js";
import {el, holdButton, put} from "./dom.js";

export function system(place, page) {
  const {store} = page;
  let devices = null;
  let cards = null;
  let shown = "";

  async function ask() {
    if (page.may("admin") && !page.isLocked()) {
      devices = (await post("web/devices").catch(() => null))?.devices ?? null;
    } else {
      devices = null;
    }
    cards = await post("jack/list").catch(() => null);
    render();
  }

  function drawSound() {
    const jack = store.state("jack");
    if (!jack) {
      return el("p", {class: "empty"}, "stagecraft-jack does not run; the sound is somebody else's.");
    }
    const load = Math.min(100, Math.round(jack.load_percent));
    const set = (key, label, values) => el("label", {}, label, el("select", {"data-key": key, id: key, disabled: !page.can("admin"), onchange: (event) => page.attempt(post("jack/set", {key, value: event.target.value}), "Changed.")},
      values.map((value) => el("option", {value, selected: Number(value) === jack[key === "rate" ? "rate_hz" : "period_frames"]}, value))));
    const rates = [44100, 48000, 88200, 96000];
    const periods = [32, 64, 128, 256, 512, 1024, 2048];
    return el("section", {class: "panel", "aria-label": "Sound"},
      el("h2", {}, "Sound"),
      jack.note ? el("p", {class: "warn"}, jack.note) : null,
      el("dl", {},
        el("dt", {}, "Plays on"), el("dd", {}, jack.device || jack.driver),
        el("dt", {}, "Ports"), el("dd", {}, `${jack.inputs} in, ${jack.outputs} out`),
        el("dt", {}, "Delay"), el("dd", {}, `${(jack.period_frames / jack.rate_hz * 1000).toFixed(1)} ms a period`),
        el("dt", {}, "Xruns"), el("dd", {}, `${jack.xruns}`),
        el("dt", {}, "Load"), el("dd", {}, `${load} %`, meter(load))),
      el("div", {class: "row"}, set("rate", "Rate (Hz)", rates.includes(jack.rate_hz) ? rates : [jack.rate_hz, ...rates]), set("period", "Period (frames)", periods.includes(jack.period_frames) ? periods : [jack.period_frames, ...periods])),
      cards?.cards?.length ? el("ul", {class: "list"}, cards.cards.map((card) => el("li", {class: "row"}, el("span", {class: "grow cut"}, card.title || card.id),
        el("button", {type: "button", "data-key": `card-${card.id}`, "aria-pressed": card.is_used, disabled: !page.can("admin"), onclick: () => page.attempt(post("jack/use", {card: card.id}), "It plays there now.")}, card.is_used ? "In use" : "Use")))) : null);
  }

  function meter(percent) {
    const bar = el("span", {});
    bar.style.width = `${percent}%`;
    return el("div", {class: "meter", role: "img", "aria-label": `${percent} percent`}, bar);
  }

  function drawDevices() {
    const device = store.device;
    return el("section", {class: "panel", "aria-label": "Devices"},
      el("h2", {}, "Devices"),
      el("p", {}, `This one is ${device.name}, a ${device.role}.`),
      devices ? el("ul", {class: "list"}, devices.map((each) => el("li", {class: "row"},
        el("span", {class: "grow cut"}, `${each.name}, ${each.role}${each.id === device.id ? " (this one)" : ""}`),
        holdButton("Forget", async () => {
          if (await page.attempt(post("web/revoke", {id: each.id}), `${each.name} is forgotten.`)) {
            ask();
          }
        }, {"data-key": `forget-${each.id}`})))) : el("p", {class: "dim"}, page.may("admin") ? "Unlock to see the others." : "An admin sees the others."),
      el("div", {class: "row"},
        el("button", {type: "button", "data-key": "pair", disabled: !page.can("admin"), onclick: async () => {
          const answer = await page.attempt(post("web/pair", {role: "performer"}));
          if (answer) {
            page.say(`Code ${answer.code}, for ${answer.seconds} s, at ${answer.urls[0]}`);
          }
        }}, "Pair another device"),
        holdButton("Unpair this one", () => page.attempt(post("unpair")), {"data-key": "unpair"})));
  }

  function drawPage() {
    const web = store.state("web");
    return web ? el("section", {class: "panel", "aria-label": "Page"}, el("h2", {}, "This page"),
      el("dl", {}, el("dt", {}, "Is at"), el("dd", {}, web.urls.join(", ")), el("dt", {}, "Pages open"), el("dd", {}, `${web.viewers}`))) : null;
  }

  function drawMidi() {
    const midi = store.state("midi");
    return midi ? el("section", {class: "panel", "aria-label": "MIDI"}, el("h2", {}, "MIDI"),
      midi.trouble || midi.note ? el("p", {class: "warn"}, midi.trouble || midi.note) : null,
      el("button", {type: "button", "data-key": "midi-panic", disabled: !page.may("performer"), onclick: () => page.attempt(post("midi/panic"), "All notes end.")}, "End all notes")) : null;
  }

  function render() {
    put(place, el("div", {class: "cards"}, drawSound(), drawMidi(), drawDevices(), drawPage()));
  }

  return {
    draw() {
      const now = `${page.isLocked()} ${store.areas.web?.seq} ${store.areas.jack?.epoch}`;
      if (now !== shown) {
        shown = now;
        ask();
      }
      if (!place.contains(document.activeElement) || !document.activeElement.matches("select")) {
        render();
      }
    },
  };
}
