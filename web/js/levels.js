// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// How loud racks are. They tell only who asks for it, again and again, so this
// asks while it is looked at.

import {post} from "./api.js";
import {el} from "./dom.js";

const ASK_MS = 4000;  // a rack tells for six seconds
const FALL_DB = 4;    // each time, so that the eye can follow
export const FLOOR_DB = -60; // nothing is drawn below

export const partOf = (db) => Math.min(1, Math.max(0, (db - FLOOR_DB) / -FLOOR_DB));

export function wordsOf(db) {
  if (db > 0) {
    return `over by ${db} dB`;
  }
  return db <= FLOOR_DB ? "silent" : `${db} dB`;
}

// What is shown after `before` when the channels have these levels now.
export const next = (before, channels) =>
  Math.max(before - FALL_DB, ...channels, FLOOR_DB);

export class Levels {
  #shown = new Map(); // "rack slot": dB
  #timer = 0;
  #racks = [];

  constructor(place, store) {
    this.place = place;
    this.forget = store.listenToMeters((area, data) => this.#take(area.slice(5), data));
    this.#timer = setInterval(() => this.#ask(), ASK_MS);
  }

  end() {
    this.forget();
    clearInterval(this.#timer);
  }

  // Which racks are looked at.
  watch(racks) {
    const isNew = racks.some((rack) => !this.#racks.includes(rack));
    this.#racks = racks;
    if (isNew) {
      this.#ask();
    }
  }

  draw(rack, slot, name) {
    const db = this.#shown.get(`${rack} ${slot}`) ?? FLOOR_DB;
    const drawn = el("div", {
      class: "level",
      role: "meter",
      "data-key": `level-${rack} ${slot}`,
      "aria-label": `Level of ${name}`,
      "aria-valuemin": FLOOR_DB,
      "aria-valuemax": 24,
      "aria-valuenow": db,
    }, el("span", {class: "bar"}), el("span", {class: "words"}));
    this.#show(drawn, db);
    return drawn;
  }

  #show(element, db) {
    element.setAttribute("aria-valuenow", db);
    element.setAttribute("aria-valuetext", wordsOf(db));
    element.classList.toggle("over", db > 0);
    element.firstChild.style.setProperty("--part", partOf(db));
    element.lastChild.textContent = wordsOf(db);
  }

  #ask() {
    for (const rack of document.hidden ? [] : this.#racks) {
      post(`rack/${rack}/meter`).catch(() => {}); // away: that is told anyway
    }
  }

  #take(rack, {slots, out}) {
    for (const [slot, channels] of [...Object.entries(slots), ["", out]]) {
      const key = `${rack} ${slot}`;
      const db = next(this.#shown.get(key) ?? FLOOR_DB, channels);
      const shown = this.place.querySelector(`[data-key="${CSS.escape(`level-${key}`)}"]`);
      this.#shown.set(key, db);
      if (shown) {
        this.#show(shown, db);
      }
    }
  }
}
