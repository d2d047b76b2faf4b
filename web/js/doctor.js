// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// How the computer does: what is left of it, and what to mend before a show.

import {post} from "./api.js";
import {el} from "./dom.js";

const AGAIN_MS = 10000;
const WORDS = {ok: "fine", unknown: "not known", warn: "look here", bad: "trouble"};
const TONES = {ok: "good", unknown: "dim", warn: "warn", bad: "bad"};
const ORDER = {bad: 0, warn: 1, unknown: 2, ok: 3};

// 1500000000 is "1.5 GB".
export function size(bytes) {
  if (bytes === null || bytes === undefined) {
    return "not known";
  }
  const giga = bytes / 1e9;
  return giga >= 1 ? `${giga.toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

export function left(free, all) {
  return free === null || free === undefined || !all
    ? "not known"
    : `${size(free)} of ${size(all)} free`;
}

// What is worst comes first; checks of one kind stay in their order.
export function worstFirst(checks) {
  return [...checks].sort((a, b) => ORDER[a.level] - ORDER[b.level]);
}

function drawCheck(check) {
  return el("li", {},
    el("b", {class: `state ${TONES[check.level]}`}, `${check.name}: ${WORDS[check.level]}`),
    el("span", {class: "cut block"}, check.text));
}

export class Doctor {
  #found; // undefined: nobody has answered yet; null: nobody answers
  #timer;

  constructor(page) {
    this.page = page;
    this.#timer = setInterval(() => this.ask(), AGAIN_MS);
    this.ask();
  }

  async ask() {
    if (this.page.store.online && !document.hidden) {
      this.#found = await post("rig/doctor").catch(() => null);
      this.page.redraw();
    }
  }

  // The temperature and what is free.
  drawComputer() {
    const machine = this.#found?.machine ?? {};
    const level = (name) => TONES[
      this.#found?.checks.find((check) => check.name === name)?.level] ?? "dim";
    const row = (name, title, text) => [
      el("dt", {}, title),
      el("dd", {class: level(name) === "good" ? "" : `state ${level(name)}`}, text),
    ];
    const degrees = machine.temperature_c ?? null;
    return el("section", {class: "panel", "aria-label": "Computer"},
      el("h2", {}, "Computer"),
      el("dl", {},
        row("temperature", "Temperature",
          degrees === null ? "not known" : `${Math.round(degrees)} °C`),
        row("disk", "Disk", left(machine.disk_free_bytes, machine.disk_bytes)),
        row("memory", "Memory", left(machine.memory_free_bytes, machine.memory_bytes))));
  }

  drawChecks() {
    return el("section", {class: "panel", "aria-label": "Doctor"},
      el("div", {class: "row"},
        el("h2", {class: "grow"}, "Doctor"),
        el("button", {
          type: "button",
          "data-key": "doctor",
          onclick: () => this.ask(),
        }, "Look again")),
      this.#found
        ? el("ul", {class: "list"}, worstFirst(this.#found.checks).map(drawCheck))
        : el("p", {class: "dim"}, this.#found === undefined ? "Looking…"
          : "The watcher does not answer; nothing is known."));
  }

  end() {
    clearInterval(this.#timer);
  }
}
