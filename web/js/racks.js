// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Racks: plug-ins in the order of the sound, and their knobs.

import {post} from "./api.js";
import {el, holdButton, put} from "./dom.js";

const SEND_MS = 40; // a knob that is turned is sent so often at most

export const digits = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3).replace(/\.?0+$/, ""));

// What a value means: the word of its scale point, or the number with its unit.
export function meaning(value) {
  const point = value.points?.find((each) => Math.abs(each.value - value.value) < 1e-6);
  return point ? point.label : `${digits(value.value)}${value.unit ? ` ${value.unit}` : ""}`;
}

export function racks(place, page) {
  const {store} = page;
  const open = new Map(); // "rack slot": what `get` said
  const sending = new Map();
  let plugins = null; // [rack, list]
  let shown = "";

  const areas = () => Object.keys(store.areas).filter((area) => area.startsWith("rack-")).sort();

  async function look(rack, slot) {
    const [values, presets] = await Promise.all([
      post(`rack/${rack}/get`, {slot}),
      post(`rack/${rack}/preset`, {slot}).catch(() => ({presets: []})),
    ]).catch((error) => {
      page.say(error.message, true);
      return [null, null];
    });
    if (values) {
      open.set(`${rack} ${slot}`, {...values, presets: presets.presets ?? []});
      render();
    }
  }

  // While a knob is turned only its last value is sent.
  function turn(rack, slot, symbol, value) {
    const key = `${rack} ${slot} ${symbol}`;
    const is = sending.has(key);
    sending.set(key, value);
    if (!is) {
      setTimeout(() => {
        const last = sending.get(key);
        sending.delete(key);
        page.attempt(post(`rack/${rack}/set`, {slot, symbol, value: last}));
      }, SEND_MS);
    }
  }

  function drawValue(rack, slot, value) {
    const id = `${rack}-${slot}-${value.symbol}`;
    const disabled = !page.can("performer");
    const label = el("label", {for: id}, value.name ?? value.symbol);
    if (value.points?.length && value.enumeration) {
      return el("div", {}, label, el("select", {id, "data-key": id, disabled, onchange: (event) => turn(rack, slot, value.symbol, Number(event.target.value))},
        value.points.map((point) => el("option", {value: point.value, selected: Math.abs(point.value - value.value) < 1e-6}, point.label))));
    }
    if (value.toggled) {
      return el("div", {class: "row"}, el("input", {type: "checkbox", id, "data-key": id, disabled, checked: value.value > 0, onchange: (event) => turn(rack, slot, value.symbol, event.target.checked ? 1 : 0)}), label);
    }
    const out = el("output", {for: id, class: "dim"}, meaning(value));
    return el("div", {}, el("div", {class: "row"}, el("span", {class: "grow"}, label), out),
      el("input", {type: "range", id, "data-key": id, disabled, min: value.min, max: value.max, step: value.integer ? 1 : (value.max - value.min) / 500 || "any", value: value.value,
        oninput: (event) => {
          value.value = Number(event.target.value);
          out.textContent = meaning(value);
          turn(rack, slot, value.symbol, value.value);
        }}));
  }

  function drawOpen(rack, slot) {
    const known = open.get(`${rack} ${slot.slot}`);
    if (!known) {
      return null;
    }
    return el("div", {},
      known.presets.length ? el("label", {}, "Preset", el("select", {"data-key": `preset-${rack}-${slot.slot}`, disabled: !page.can("admin"), onchange: async (event) => {
        if (await page.attempt(post(`rack/${rack}/preset`, {slot: slot.slot, preset: event.target.value}), "The preset is loaded.")) {
          look(rack, slot.slot);
        }
      }}, el("option", {value: ""}, "choose"), known.presets.map((each) => el("option", {value: each.uri}, each.name)))) : null,
      known.values.map((value) => drawValue(rack, slot.slot, value)),
      el("details", {}, el("summary", {}, "Mixer"), (known.mixer ?? []).map((value) => drawValue(rack, slot.slot, value))),
      el("div", {class: "row"},
        el("button", {type: "button", "data-key": `learn-${rack}-${slot.slot}`, disabled: !page.can("admin"), onclick: () => {
          const symbol = known.values[0]?.symbol;
          const which = prompt("Which value is to be turned by the controller that moves next?", symbol);
          if (which) {
            page.attempt(post(`rack/${rack}/learn`, {slot: slot.slot, map: which}), "Now turn the controller.");
          }
        }}, "MIDI learn"),
        holdButton("Take out", () => page.attempt(post(`rack/${rack}/remove`, {slot: slot.slot}), "It is taken out; its file is kept aside."), {disabled: !page.can("admin"), "data-key": `remove-${rack}-${slot.slot}`})));
  }

  function drawSlot(rack, slots, slot, at) {
    const key = `${rack} ${slot.slot}`;
    const isOpen = open.has(key);
    const move = (where, other) => page.attempt(post(`rack/${rack}/move`, {slot: slot.slot, where, other}), "Moved.");
    return el("section", {class: "panel", "aria-label": slot.label || slot.name},
      el("div", {class: "row"},
        el("h3", {class: "grow cut"}, slot.label || slot.name),
        el("span", {class: slot.fault ? "bad" : slot.bypassed ? "warn" : "good"}, slot.fault || (slot.bypassed ? "bypassed" : slot.state))),
      el("p", {class: "dim cut"}, slot.name),
      el("div", {class: "row"},
        el("button", {type: "button", "data-key": `open-${key}`, "aria-expanded": isOpen, onclick: () => {
          if (isOpen) {
            open.delete(key);
            render();
          } else {
            look(rack, slot.slot);
          }
        }}, isOpen ? "Close" : "Open"),
        el("button", {type: "button", "data-key": `bypass-${key}`, "aria-pressed": slot.bypassed, disabled: !page.can("performer"), onclick: () => page.attempt(post(`rack/${rack}/bypass`, {slot: slot.slot, on: !slot.bypassed}))}, "Bypass"),
        el("button", {type: "button", "data-key": `up-${key}`, "aria-label": `${slot.label} earlier`, disabled: !page.can("admin") || at === 0, onclick: () => move("before", slots[at - 1].slot)}, "↑"),
        el("button", {type: "button", "data-key": `down-${key}`, "aria-label": `${slot.label} later`, disabled: !page.can("admin") || at === slots.length - 1, onclick: () => move("after", slots[at + 1].slot)}, "↓")),
      drawOpen(rack, slot));
  }

  function drawAdd(rack) {
    if (plugins?.[0] !== rack) {
      return el("button", {type: "button", "data-key": `add-${rack}`, disabled: !page.can("admin"), onclick: async () => {
        const answer = await page.attempt(post(`rack/${rack}/plugins`));
        if (answer) {
          plugins = [rack, answer.plugins];
          render();
        }
      }}, "Add a plug-in");
    }
    const choice = el("select", {id: `plugin-${rack}`, "data-key": `plugin-${rack}`}, plugins[1].filter((each) => !each.fault).map((each) => el("option", {value: each.uri}, each.name)));
    return el("form", {class: "row", onsubmit: async (event) => {
      event.preventDefault();
      if (await page.attempt(post(`rack/${rack}/add`, {plugin: choice.value}), "It is added at the end.")) {
        plugins = null;
        render();
      }
    }}, el("label", {class: "grow"}, "Plug-in", choice), el("button", {type: "submit"}, "Add"), el("button", {type: "button", onclick: () => { plugins = null; render(); }}, "Cancel"));
  }

  function render() {
    const names = areas();
    put(place, names.length ? null : el("p", {class: "empty"}, "There are no racks. ", el("b", {}, "stagecraft new rack NAME"), " makes one."),
      names.map((area) => {
        const rack = area.slice(5);
        const state = store.state(area);
        return el("section", {"aria-label": `Rack ${rack}`},
          el("div", {class: "row"}, el("h2", {class: "grow"}, rack), el("span", {class: state?.playing ? "good" : "warn"}, state ? (state.playing ? "plays" : "does not play") : "away"),
            el("button", {type: "button", "data-key": `mute-${rack}`, "aria-pressed": state?.mute ?? false, disabled: !state || !page.can("performer"), onclick: () => page.attempt(post(`rack/${rack}/mute`, {on: !state.mute}))}, "Mute")),
          state ? el("div", {class: "cards"}, state.slots.map((slot, at) => drawSlot(rack, state.slots, slot, at))) : null,
          state ? drawAdd(rack) : null);
      }));
  }

  return {
    draw() {
      const now = areas().map((area) => `${area} ${store.areas[area]?.epoch} ${store.areas[area]?.seq}`).join() + page.isLocked();
      if (now === shown) {
        return;
      }
      shown = now;
      render();
      for (const key of sending.size ? [] : open.keys()) {
        const [rack, slot] = key.split(" ");
        if (store.state(`rack-${rack}`) && !place.contains(document.activeElement?.closest?.("input[type=range]") ?? null)) {
          look(rack, slot);
        }
      }
    },
  };
}
