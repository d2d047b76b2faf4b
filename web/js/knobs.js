// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The knobs of a rack. What is being turned is where the hand is, not where the
// rack says.

import {post} from "./api.js";
import {el} from "./dom.js";
import {meaning} from "./rack_words.js";

const SEND_MS = 40;  // a knob that is turned is sent so often at most
const OURS_MS = 600; // since the last turn: the rack may not have it yet
const STEPS = 500;

export class Knobs {
  #turned = new Map(); // "rack slot symbol": {value, timer}, while it is ours
  #sending = new Set();

  // settled(rack, slot): what the rack says holds again.
  constructor(page, settled) {
    this.page = page;
    this.settled = settled;
  }

  #turn(rack, slot, symbol, value) {
    const key = `${rack} ${slot} ${symbol}`;
    clearTimeout(this.#turned.get(key)?.timer);
    const timer = setTimeout(() => {
      this.#turned.delete(key);
      this.settled(rack, slot);
    }, OURS_MS);
    this.#turned.set(key, {value, timer});
    if (this.#sending.has(key)) {
      return;
    }
    this.#sending.add(key);
    setTimeout(() => {
      this.#sending.delete(key);
      const last = this.#turned.get(key).value;
      this.page.attempt(post(`rack/${rack}/set`, {slot, symbol, value: last}));
    }, SEND_MS);
  }

  #now(rack, slot, value) {
    const turned = this.#turned.get(`${rack} ${slot} ${value.symbol}`);
    return turned ? {...value, value: turned.value} : value;
  }

  draw(rack, slot, given) {
    const value = this.#now(rack, slot, given);
    const id = `${rack}-${slot}-${value.symbol}`;
    const common = {id, "data-key": id, disabled: !this.page.can("performer")};
    const turn = (to) => this.#turn(rack, slot, value.symbol, to);
    const label = el("label", {for: id}, value.name ?? value.symbol);
    if (value.points?.length && value.enumeration) {
      return el("div", {"data-key": `knob-${id}`}, label, drawChoice(value, common, turn));
    }
    return el("div", {"data-key": `knob-${id}`},
      value.toggled ? drawSwitch(value, common, turn, label)
        : drawRange(value, common, turn, label));
  }
}

const drawChoice = (value, common, turn) => el("select", {
  ...common,
  onchange: (event) => turn(Number(event.target.value)),
}, value.points.map((point) => el("option", {
  value: point.value,
  selected: Math.abs(point.value - value.value) < 1e-6,
}, point.label)));

const drawSwitch = (value, common, turn, label) => el("div", {class: "row switch"},
  el("input", {
    ...common,
    type: "checkbox",
    checked: value.value > 0,
    onchange: (event) => turn(event.target.checked ? 1 : 0),
  }), label);

function drawRange(value, common, turn, label) {
  const step = value.integer ? 1 : (value.max - value.min) / STEPS || "any";
  return [
    el("div", {class: "row"}, el("span", {class: "grow cut"}, label),
      el("output", {for: common.id, class: "dim"}, meaning(value))),
    el("input", {
      ...common,
      type: "range",
      min: value.min,
      max: value.max,
      step,
      value: value.value,
      "aria-valuetext": meaning(value),
      oninput(event) {
        const now = {...value, value: Number(event.target.value)};
        this.setAttribute("aria-valuetext", meaning(now));
        this.parentNode.querySelector("output").textContent = meaning(now);
        turn(now.value);
      },
    })];
}
