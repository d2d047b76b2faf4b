// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Services: how each is, why it ended, and what it said.

import {post} from "./api.js";
import {el, holdButton, put} from "./dom.js";

const TONES = {ready: "good", failed: "bad", held: "bad", starting: "warn", waiting: "warn", stopping: "warn"};

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

export function services(place, page) {
  const {store} = page;
  const crashes = new Map(); // name: deaths that are shown

  async function showCrashes(name) {
    if (crashes.delete(name)) {
      render();
      return;
    }
    const answer = await page.attempt(post("rig/crashes", {name}));
    if (answer) {
      crashes.set(name, answer.deaths ?? answer.services?.find((each) => each.name === name)?.deaths ?? []);
      render();
    }
  }

  function drawDeaths(name) {
    const deaths = crashes.get(name);
    if (!deaths) {
      return null;
    }
    if (!deaths.length) {
      return el("p", {class: "dim"}, "It has never ended by itself.");
    }
    return deaths.slice(-5).reverse().map((death) => el("div", {},
      el("p", {}, `${new Date(death.wall_ns / 1e6).toLocaleString()}: ${ending(death)}, after ${duration(death.ran_ns / 1e9)}`),
      death.lines?.length ? el("pre", {class: "log", tabindex: 0, role: "region", "aria-label": `last words of ${name}`}, death.lines.join("\n")) : null));
  }

  function drawService(service) {
    const can = page.can("admin");
    const doit = (verb) => () => page.attempt(post(`rig/${verb}`, {name: service.name}), `${service.name}: ${verb}.`);
    const isOff = ["down", "disabled"].includes(service.state);
    return el("section", {class: "panel", "aria-label": service.name},
      el("div", {class: "row"}, el("h2", {class: "grow cut"}, service.name), el("b", {class: TONES[service.state] ?? "dim"}, service.state)),
      el("p", {class: "dim"}, [duration(service.uptime_s), service.restarts ? `started again ${service.restarts} times` : null, service.crashes ? `crashed ${service.crashes} times` : null, service.memory_bytes ? `${Math.round(service.memory_bytes / 1048576)} MB` : null].filter(Boolean).join(", ")),
      service.note || service.last_exit ? el("p", {class: "cut"}, service.note || service.last_exit) : null,
      el("div", {class: "row"},
        isOff ? el("button", {type: "button", "data-key": `start-${service.name}`, disabled: !can, onclick: doit("start")}, "Start")
          : holdButton("Restart", doit("restart"), {disabled: !can, "data-key": `restart-${service.name}`}),
        isOff ? null : holdButton("Stop", doit("stop"), {disabled: !can, "data-key": `stop-${service.name}`}),
        ["failed", "held"].includes(service.state) ? el("button", {type: "button", "data-key": `again-${service.name}`, disabled: !can, onclick: doit("start")}, "Try again") : null,
        holdButton(service.state === "disabled" ? "Enable" : "Disable", doit(service.state === "disabled" ? "enable" : "disable"), {disabled: !can, "data-key": `able-${service.name}`}),
        el("button", {type: "button", "data-key": `crashes-${service.name}`, "aria-expanded": crashes.has(service.name), onclick: () => showCrashes(service.name)}, "What happened")),
      drawDeaths(service.name));
  }

  function drawNew() {
    const name = el("input", {id: "template", "data-key": "template", placeholder: "midi-clock", autocapitalize: "none"});
    return el("form", {class: "panel row", onsubmit: async (event) => {
      event.preventDefault();
      if (await page.attempt(post("rig/enable", {name: name.value.trim()}), "The service is made, and starts.")) {
        name.value = "";
      }
    }}, el("label", {class: "grow", for: "template"}, "Add a service from a template", name), el("button", {type: "submit", disabled: !page.can("admin")}, "Add"));
  }

  function render() {
    const rig = store.state("rig");
    if (!rig) {
      put(place, el("p", {class: "empty"}, "The watcher does not answer; nothing can be said of services."));
      return;
    }
    const worst = {failed: 0, held: 0, starting: 1, waiting: 1};
    const list = [...rig.services].sort((a, b) => (worst[a.state] ?? 2) - (worst[b.state] ?? 2) || a.name.localeCompare(b.name));
    const isTyping = place.contains(document.activeElement) && document.activeElement.matches("input");
    const isHeld = place.querySelector(".holding");
    if (isTyping || isHeld) {
      return; // it would be taken out of somebody's hands
    }
    put(place, el("div", {class: "cards"}, list.map(drawService)), drawNew());
  }

  return {draw: render};
}
