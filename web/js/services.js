// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Services: how each is, why it ended, what it says, and new ones.

import {post} from "./api.js";
import {el, holdButton, put} from "./dom.js";
import {LiveLog} from "./log.js";
import {TemplateList} from "./templates.js";

const TONES = {
  ready: "good",
  failed: "bad",
  held: "bad",
  starting: "warn",
  waiting: "warn",
  stopping: "warn",
};
const ORDER = {failed: 0, held: 0, starting: 1, waiting: 1, stopping: 1, disabled: 3};
const MB = 1048576;
const DEATHS = 5; // shown
const AGED_MS = 10000;
const WATCHER = "stagecraft-watch"; // without which nothing can be asked for

export function duration(seconds) {
  if (seconds < 0) {
    return "";
  }
  const units = [["d", 86400], ["h", 3600], ["min", 60]];
  for (const [unit, size] of units) {
    if (seconds >= size) {
      return `${Math.floor(seconds / size)} ${unit}`;
    }
  }
  return `${Math.floor(seconds)} s`;
}

// How something ended, in words.
export function ending(death) {
  if (death.signal) {
    return `ended by signal ${death.signal}${death.core ? ", with a core" : ""}`;
  }
  return `ended with ${death.exit_code}${death.asked ? ", as asked" : ""}`;
}

// What is wrong first, then what plays, then what is switched off.
export function sorted(services) {
  return [...services].sort((a, b) => (ORDER[a.state] ?? 2) - (ORDER[b.state] ?? 2)
    || a.name.localeCompare(b.name));
}

// In a line: since when, how often. now: in ms, as Date has it.
export function facts(service, now = Date.now()) {
  const age = service.uptime_s + (now - (service.heard_ms ?? now)) / 1000;
  const times = (count) => (count === 1 ? "once" : `${count} times`);
  return [
    service.uptime_s >= 0 ? `for ${duration(age)}` : "",
    service.restarts ? `started again ${times(service.restarts)}` : "",
    service.crashes ? `crashed ${times(service.crashes)}` : "",
    service.memory_bytes ? `${Math.round(service.memory_bytes / MB)} MB` : "",
  ].filter(Boolean).join(", ");
}

function drawDeath(name, death) {
  const when = new Date(death.wall_ns / 1e6).toLocaleString();
  return el("div", {},
    el("p", {}, `${when}: ${ending(death)}, after ${duration(death.ran_ns / 1e9)}`),
    death.lines?.length ? el("pre", {
      class: "log",
      tabindex: 0,
      role: "region",
      "data-key": `words-${name}-${death.wall_ns}`,
      "aria-label": `last words of ${name}`,
    }, death.lines.join("\n")) : null);
}

export function services(place, page) {
  const {store} = page;
  const crashes = new Map(); // name: deaths that are shown
  const logs = new Map(); // name: LiveLog that is shown
  const templates = new TemplateList(page);
  const aging = setInterval(() => page.redraw(), AGED_MS);
  let removed = null; // the name of the one that was removed last
  let epoch = store.areas.rig?.epoch;
  let wasOnline = store.online;

  async function showCrashes(name) {
    if (crashes.delete(name)) {
      page.redraw();
      return;
    }
    const answer = await page.attempt(post("rig/crashes", {name}));
    if (answer) {
      crashes.set(name, Array.isArray(answer) ? answer : answer.deaths ?? []);
      page.redraw();
    }
  }

  function showLog(name) {
    const log = logs.get(name);
    if (log) {
      log.end();
      logs.delete(name);
    } else {
      logs.set(name, new LiveLog(name, page));
    }
    page.redraw();
  }

  async function remove(name) {
    if (await page.attempt(post("rig/remove", {name}), `${name} is removed, and kept aside.`)) {
      removed = name;
      page.redraw();
    }
  }

  async function bringBack() {
    const name = removed;
    if (await page.attempt(post("rig/remove", {name, undo: true}), `${name} is back.`)) {
      removed = null;
      page.redraw();
    }
  }

  function drawRemoved() {
    return removed === null ? null : el("div", {class: "panel row"},
      el("p", {class: "grow cut"}, `${removed} is removed. The rig keeps it in state/trash.`),
      el("button", {
        type: "button",
        "data-key": "back",
        "aria-label": `Bring back ${removed}`,
        disabled: !page.can("admin"),
        onclick: bringBack,
      }, "Bring back"));
  }

  // Another life of the watcher counts lines anew; and we were away.
  function askAgain() {
    if (store.online && (epoch !== store.areas.rig?.epoch || !wasOnline)) {
      for (const log of logs.values()) {
        log.ask();
      }
    }
    epoch = store.areas.rig?.epoch;
    wasOnline = store.online;
  }

  function drawDeaths(name) {
    const deaths = crashes.get(name);
    if (!deaths) {
      return null;
    }
    return deaths.length
      ? deaths.slice(-DEATHS).reverse().map((death) => drawDeath(name, death))
      : el("p", {class: "dim"}, "It has never ended by itself.");
  }

  function drawActs(service) {
    const {name, state} = service;
    const disabled = !page.can("admin");
    const doit = (verb) => () => page.attempt(post(`rig/${verb}`, {name}), `${name}: ${verb}.`);
    const start = (text, key) => el("button",
      {type: "button", "data-key": `${key}-${name}`, disabled, onclick: doit("start")}, text);
    const held = (text, verb, key = verb) => holdButton(text, doit(verb),
      {disabled, "data-key": `${key}-${name}`});
    const opens = (text, key, isOpen, onclick) => el("button",
      {type: "button", "data-key": `${key}-${name}`, "aria-expanded": isOpen, onclick}, text);
    if (state === "disabled") {
      return el("div", {class: "row"}, held("Enable", "enable", "able"),
        holdButton("Remove", () => remove(name), {
          disabled,
          "data-key": `remove-${name}`,
          "aria-label": `Remove ${name}, which is kept aside; hold to confirm`,
        }));
    }
    const acts = name === WATCHER ? [] : [
      state === "down" ? start("Start", "start") : held("Restart", "restart"),
      state === "down" ? null : held("Stop", "stop"),
      ["failed", "held"].includes(state) ? start("Try again", "again") : null,
      held("Disable", "disable", "able"),
    ];
    return el("div", {class: "row"}, acts,
      opens("Log", "log", logs.has(name), () => showLog(name)),
      opens("What happened", "crashes", crashes.has(name), () => showCrashes(name)));
  }

  function drawService(service) {
    const {name, state} = service;
    const isOpen = logs.has(name) || crashes.has(name);
    const last = service.crashes && service.last_exit ? `Ended last: ${service.last_exit}` : "";
    return el("section", {class: `panel${isOpen ? " wide" : ""}`, "aria-label": name},
      el("div", {class: "row"},
        el("h2", {class: "grow cut"}, name),
        el("b", {class: `state ${TONES[state] ?? "dim"}`}, state)),
      el("p", {class: "dim"}, facts(service)),
      service.note ? el("p", {class: "cut"}, service.note) : null,
      last && last !== service.note ? el("p", {class: "cut dim"}, last) : null,
      drawActs(service),
      drawDeaths(name),
      logs.get(name)?.element ?? null);
  }

  return {
    areas: ["rig"],
    draw() {
      const rig = store.state("rig");
      const used = document.activeElement;
      askAgain();
      if (rig && used?.matches("input") && place.contains(used)) {
        return; // somebody writes, and would lose the keyboard of a phone
      }
      put(place, rig
        ? [
          templates.draw(),
          drawRemoved(),
          el("div", {class: "cards"}, sorted(rig.services).map(drawService)),
        ]
        : el("p", {class: "empty"},
          "The watcher does not answer; nothing can be said of services."));
    },
    end() {
      clearInterval(aging);
      for (const log of logs.values()) {
        log.end();
      }
    },
  };
}
