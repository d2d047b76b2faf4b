// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The tempo as a number, and a beat that is seen. It begins when the song does.

import {el} from "./dom.js";

const SHOWN_MS = 90;

// When the beat after `now` is, of those that began at `began`, in ms.
export function nextBeat(began, now, bpm) {
  const beat = 60000 / bpm;
  return began + (Math.floor((now - began) / beat) + 1) * beat;
}

export class Beat {
  #timer = 0;
  #began = 0;
  #of = ""; // song and tempo that are shown

  constructor() {
    this.element = el("span", {class: "beat", "aria-hidden": "true"});
  }

  show(song, bpm) {
    const of = `${song} ${bpm}`;
    if (of !== this.#of) {
      this.#of = of;
      this.#began = performance.now();
      this.element.textContent = `${Math.round(bpm * 10) / 10}`;
      this.#wait(bpm);
    }
  }

  // Each beat is counted from the first, so that they do not drift.
  #wait(bpm) {
    clearTimeout(this.#timer);
    if (!(bpm > 0) || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      return;
    }
    const now = performance.now();
    this.#timer = setTimeout(() => {
      this.element.classList.add("now");
      setTimeout(() => this.element.classList.remove("now"), SHOWN_MS);
      this.#wait(bpm);
    }, nextBeat(this.#began, now, bpm) - now);
  }

  end() {
    clearTimeout(this.#timer);
    this.#of = "";
  }
}
