// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The patchbay: sources at the left, sinks at the right, cables between them;
// and the same as a list. Tap a source, then a sink.

import {post} from "./api.js";
import {el, put, svg} from "./dom.js";

const ROW = 34;
const WIDTH = 720; // of the drawing; it is scaled to the screen
const BOX = 250;

export const short = (name) => (name.length > 34 ? `${name.slice(0, 16)}…${name.slice(-17)}` : name);

// All ports there are, and those that connections wait for.
export function columns(ports, connections) {
  const known = new Map(ports.map((port) => [port.name, port]));
  const left = new Map();
  const right = new Map();
  for (const port of ports) {
    (port.is_output ? left : right).set(port.name, true);
  }
  for (const {from, to} of connections) {
    if (!known.has(from)) {
      left.set(from, false);
    }
    if (!known.has(to)) {
      right.set(to, false);
    }
  }
  const list = (map) => [...map].map(([name, here]) => ({name, here})).sort((a, b) => a.name.localeCompare(b.name));
  return {left: list(left), right: list(right)};
}

export function patch(place, page) {
  const {store} = page;
  let ports = [];
  let connections = [];
  let taken = null; // the source that was tapped
  let asList = innerWidth < 700;
  let shown = "";
  let filter = "";
  let isAsking = false;

  async function ask() {
    if (isAsking) {
      return;
    }
    isAsking = true;
    try {
      const [one, other] = await Promise.all([post("patchbay/ports"), post("patchbay/list")]);
      ports = one.ports;
      connections = other.connections;
    } catch (error) {
      page.say(error.message, true);
    }
    isAsking = false;
    render();
  }

  const doit = async (verb, body, done) => {
    if (await page.attempt(post(`patchbay/${verb}`, body), done)) {
      ask();
    }
  };

  function tap(name, isSource) {
    if (!page.can("admin")) {
      page.say(page.may("admin") ? "Unlock this device to change connections." : "This device may only look.", true);
      return;
    }
    if (isSource) {
      taken = taken === name ? null : name;
      page.say(taken ? `${taken}: now tap what it goes to.` : "");
      render();
      return;
    }
    if (!taken) {
      page.say("Tap a source at the left first.");
      return;
    }
    const from = taken;
    taken = null;
    const is = connections.some((each) => each.from === from && each.to === name && each.policy !== "forbid" && each.state === "connected");
    doit(is ? "disconnect" : "connect", {from, to: name}, is ? `${from} no longer goes to ${name}.` : `${from} goes to ${name}.`);
  }

  const fits = (name) => !filter || name.toLowerCase().includes(filter.toLowerCase());

  function drawCables() {
    const {left, right} = columns(ports, connections);
    const sources = left.filter((each) => fits(each.name));
    const sinks = right.filter((each) => fits(each.name));
    const height = Math.max(sources.length, sinks.length, 1) * ROW + 8;
    const at = (list, name) => list.findIndex((each) => each.name === name) * ROW + ROW / 2 + 4;
    const port = (each, y, isSource) => svg("g", {
      class: taken === each.name && isSource ? "taken" : "",
      role: "button",
      tabindex: 0,
      "data-key": `${isSource ? "from" : "to"}-${each.name}`,
      "aria-label": `${isSource ? "source" : "sink"} ${each.name}${each.here ? "" : ", away"}`,
      "aria-pressed": isSource ? taken === each.name : null,
      onclick: () => tap(each.name, isSource),
      onkeydown: (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          tap(each.name, isSource);
        }
      },
    }, svg("rect", {class: "port", x: isSource ? 2 : WIDTH - BOX - 2, y: y - ROW / 2 + 2, width: BOX, height: ROW - 4, rx: 6, "stroke-dasharray": each.here ? null : "6 5"}),
    svg("text", {x: isSource ? 12 : WIDTH - BOX + 8, y: y + 5}, short(each.name)));
    return svg("svg", {class: "cables", viewBox: `0 0 ${WIDTH} ${height}`, role: "group", "aria-label": "Ports and cables"},
      connections.filter((each) => each.policy !== "forbid" && fits(each.from) && fits(each.to)).map((each) => {
        const a = at(sources, each.from);
        const b = at(sinks, each.to);
        return svg("path", {class: `cable ${each.state === "connected" ? "" : "away"}`, d: `M${BOX + 2} ${a}C${WIDTH / 2} ${a} ${WIDTH / 2} ${b} ${WIDTH - BOX - 2} ${b}`});
      }),
      sources.map((each, i) => port(each, i * ROW + ROW / 2 + 4, true)),
      sinks.map((each, i) => port(each, i * ROW + ROW / 2 + 4, false)));
  }

  function drawNew() {
    const {left, right} = columns(ports, connections);
    const choice = (label, list, key) => el("label", {class: "grow"}, label, el("select", {class: "grow", "data-key": key, id: key},
      list.map((each) => el("option", {value: each.name}, each.name))));
    const from = choice("Source", left, "new-from");
    const to = choice("Sink", right, "new-to");
    return el("form", {class: "panel row", onsubmit: (event) => {
      event.preventDefault();
      doit("connect", {from: from.querySelector("select").value, to: to.querySelector("select").value}, "Connected.");
    }}, from, to, el("button", {type: "submit", disabled: !page.can("admin")}, "Connect"));
  }

  function drawList() {
    return [drawNew(), el("ul", {class: "list"}, connections.filter((each) => fits(each.from) || fits(each.to)).map((each) => el("li", {},
      el("div", {class: "cut"}, el("b", {}, each.from), " → ", el("b", {}, each.to)),
      el("div", {class: "row"},
        el("span", {class: `grow ${each.state === "connected" ? "good" : "warn"}`}, [each.state, each.policy === "forbid" ? "forbidden" : null, each.layer ? `by ${each.layer}` : null].filter(Boolean).join(", ")),
        el("button", {type: "button", "data-key": `why-${each.from}-${each.to}`, onclick: async () => {
          const answer = await page.attempt(post("patchbay/explain", {from: each.from, to: each.to}));
          if (answer) {
            page.say(answer.sentence);
          }
        }}, "Why"),
        el("button", {type: "button", "data-key": `off-${each.from}-${each.to}`, disabled: !page.can("admin") || each.policy === "forbid", onclick: () => doit("disconnect", {from: each.from, to: each.to}, "Disconnected.")}, "Disconnect")))))];
  }

  function render() {
    const state = store.state("patchbay");
    if (!state) {
      put(place, el("p", {class: "empty"}, "The patchbay does not run."));
      return;
    }
    const away = connections.filter((each) => each.policy !== "forbid" && each.state !== "connected");
    put(place,
      el("div", {class: "row"},
        el("label", {class: "grow"}, "Find a port", el("input", {type: "search", "data-key": "find", id: "find", value: filter, oninput: (event) => { filter = event.target.value; render(); }})),
        el("button", {type: "button", "data-key": "as", "aria-pressed": asList, onclick: () => { asList = !asList; render(); }}, "List"),
        el("button", {type: "button", "data-key": "undo", disabled: !page.can("admin"), onclick: () => doit("undo", {}, "The last change was taken back.")}, "Undo"),
        el("label", {}, "Mode", el("select", {"data-key": "mode", id: "mode", disabled: !page.can("admin"), onchange: (event) => doit("mode", {mode: event.target.value}, "The mode was changed.")},
          ["off", "learn", "enforce", "exclusive", "lock"].map((mode) => el("option", {value: mode, selected: mode === state.mode}, mode))))),
      el("p", {class: "dim"}, `${ports.length} ports, ${connections.length} connections${state.song ? `, song ${state.song}` : ""}`),
      away.length ? el("p", {class: "panel warn"}, `Wanted, and not there: ${away.map((each) => `${each.from} → ${each.to}`).join("; ")}`) : null,
      state.alsa?.why ? el("p", {class: "dim"}, state.alsa.why) : null,
      asList ? drawList() : drawCables());
  }

  return {
    draw() {
      const area = store.areas.patchbay;
      const now = area ? `${area.epoch} ${area.seq} ${page.isLocked()}` : "away";
      if (now !== shown) {
        shown = now;
        if (area) {
          ask();
        } else {
          render();
        }
      }
    },
  };
}
