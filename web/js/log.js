// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The log of a service as it is written.

import {post} from "./api.js";
import {el} from "./dom.js";

const SHOWN = 100; // at first
const MOST = 500;
const AGAIN_MS = 10000; // the watcher follows a log for half a minute

// What is known of a log. Pure.
export class Lines {
  constructor(most = MOST) {
    this.most = most;
    this.lines = []; // {number, text, at_ms}; text null: so many were left out
    this.next = 0; // 0: nothing is known
  }

  // Begins anew, with the answer to a question.
  begin({next, lines}) {
    this.lines = [...lines];
    this.next = next;
  }

  // Adds what was told. False: it is of another time, so ask again.
  add({next, lines}) {
    if (!this.next || next < this.next) {
      return false;
    }
    const fresh = lines.filter((line) => line.number >= this.next);
    if (fresh.length && fresh[0].number > this.next) {
      this.lines.push({text: null, count: fresh[0].number - this.next});
    }
    this.lines.push(...fresh);
    this.lines.splice(0, this.lines.length - this.most);
    this.next = next;
    return true;
  }
}

export function lineText(line) {
  if (line.text === null) {
    return `… ${line.count} ${line.count === 1 ? "line" : "lines"} left out …`;
  }
  const at = line.at_ms === undefined ? "" : `${new Date(line.at_ms).toLocaleTimeString()}  `;
  return `${at}${line.text}`;
}

// A log that is shown and kept up.
export class LiveLog {
  #lines = new Lines();
  #timer = 0;
  #forget;

  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.element = el("pre", {
      class: "log",
      tabindex: 0,
      role: "region",
      "aria-label": `log of ${name}`,
      "data-key": `lines-${name}`,
      "data-scroll": `lines-${name}`,
    }, "…");
    this.#forget = page.store.listen((area, data) => {
      if (area === "log" && data.name === name) {
        if (this.#lines.add(data)) {
          this.#draw();
        } else {
          this.ask();
        }
      }
    });
    this.#timer = setInterval(() => this.#renew(), AGAIN_MS);
    this.ask();
  }

  // From the beginning, as after a time without connection.
  async ask() {
    const answer = await this.page.attempt(
      post("rig/log", {name: this.name, lines: SHOWN}));
    if (answer) {
      this.#lines.begin(answer);
      this.#draw();
    }
  }

  async #renew() {
    const answer = await post("rig/log", {name: this.name, lines: 0}).catch(() => null);
    if (answer && !this.#lines.add(answer)) {
      this.ask();
    }
  }

  // Who has scrolled back reads, and is left there.
  #draw() {
    const pane = this.element;
    const isAtEnd = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 8;
    pane.textContent = this.#lines.lines.map(lineText).join("\n") || "It has said nothing yet.";
    if (isAtEnd) {
      pane.scrollTop = pane.scrollHeight;
    }
  }

  end() {
    clearInterval(this.#timer);
    this.#forget();
  }
}
