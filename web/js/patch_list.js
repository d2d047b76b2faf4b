// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The same as the cables, as a list; and what is forbidden.

import {el, holdButton} from "./dom.js";
import {canConnect, chosen, fits, layers, liftable, stateOf} from "./patch_words.js";

const drawChoice = (label, key, list, now, onchange) => el("label", {class: "broad"}, label,
  el("select", {id: key, "data-key": key, onchange}, list.map((port) =>
    el("option", {value: port.name, selected: port.name === now},
      `${port.name} (${port.here ? port.kind : "away"})`))));

// board: {columns, connections, rules, words, only, chosen, page, doit, explain,
// explained, render}, of patch.js.
export class List {
  constructor(board) {
    this.board = board;
    this.disabled = !board.page.can("admin");
  }

  #drawNew() {
    const {board} = this;
    const match = (each) => !board.words || fits(each.name, board.words);
    const sources = board.columns.left.filter(match);
    const from = sources.find((each) => each.name === board.chosen.from) ?? sources[0];
    const all = board.columns.right.filter((each) => from && canConnect(from, each));
    const to = all.find((each) => each.name === board.chosen.to) ?? all[0];
    const choose = (side) => (event) => {
      board.chosen[side] = event.target.value;
      board.render();
    };
    return el("form", {
      class: "panel row ends",
      "data-key": "new",
      onsubmit: (event) => {
        event.preventDefault();
        board.doit("connect", {from: from.name, to: to.name}, `${from.name} goes to ${to.name}.`);
      },
    }, drawChoice("Source", "new-from", sources, from?.name, choose("from")),
    drawChoice("Sink", "new-to", all, to?.name, choose("to")),
    el("button", {
      type: "submit",
      "data-key": "new-connect",
      disabled: this.disabled || !from || !to,
    }, "Connect"),
    el("button", {
      type: "button",
      "data-key": "new-why",
      "aria-label": "Why are they connected, or not",
      disabled: !from || !to,
      onclick: () => board.explain(from.name, to.name),
    }, "Why"),
    el("p", {role: "status", class: "dim cut all"},
      board.explained.get(`${from?.name}-${to?.name}`) ?? ""));
  }

  #drawOnly() {
    const {board} = this;
    const words = [["all", "all"], ["connected", "connected"], ["waiting", "waiting"],
      ...layers(board.connections).map((layer) => [layer, `layer ${layer}`])];
    return el("label", {}, "Show", el("select", {
      id: "only",
      "data-key": "only",
      onchange: (event) => {
        board.only = event.target.value;
        board.render();
      },
    }, words.map(([value, text]) => el("option", {value, selected: value === board.only}, text))));
  }

  #drawButtons(each, pair) {
    const {board} = this;
    const {from, to} = each;
    const about = `${from} to ${to}`;
    return [
      el("button", {
        type: "button",
        "data-key": `why-${pair}`,
        "aria-label": `Why ${about}`,
        onclick: () => board.explain(from, to),
      }, "Why"),
      el("button", {
        type: "button",
        "data-key": `off-${pair}`,
        "aria-label": `Disconnect ${about}`,
        disabled: this.disabled || each.policy === "forbid",
        onclick: () => board.doit("disconnect", {from, to}, `${from} no longer goes to ${to}.`),
      }, "Disconnect"),
      holdButton("Forbid", () => board.doit("forbid", {from, to}, `${about} is forbidden.`), {
        "data-key": `forbid-${pair}`,
        "aria-label": `Forbid ${about}, hold to confirm`,
        disabled: this.disabled,
      })];
  }

  #drawConnection(each) {
    const pair = `${each.from}-${each.to}`;
    const {words, isGood} = stateOf(each);
    const why = this.board.explained.get(pair);
    return el("li", {"data-key": `pair-${pair}`},
      el("div", {class: "cut"}, el("b", {}, each.from), " → ", el("b", {}, each.to)),
      el("p", {class: isGood ? "good" : "warn"}, words),
      el("p", {role: "status", class: "dim cut"}, why ?? ""),
      el("div", {class: "row"}, this.#drawButtons(each, pair)));
  }

  #drawRule(rule) {
    const pair = liftable(rule);
    return el("li", {class: "row", "data-key": `rule-${rule.file}-${rule.text}`},
      el("span", {class: "grow cut"}, el("b", {}, rule.text),
        el("span", {class: "dim"}, ` ${rule.file} line ${rule.line ?? "?"}`)),
      pair ? el("button", {
        type: "button",
        "data-key": `lift-${rule.text}`,
        "aria-label": `Lift ${rule.text}`,
        disabled: this.disabled,
        onclick: () => this.board.doit("forbid", {...pair, lift: true},
          "It may be connected again."),
      }, "Lift") : null);
  }

  drawRules() {
    const {rules} = this.board;
    return rules.length === 0 ? null : el("details", {class: "panel", "data-key": "rules"},
      el("summary", {"data-key": "rules-open"}, `Rules and forbids (${rules.length})`),
      el("ul", {class: "list"}, rules.map((rule) => this.#drawRule(rule))));
  }

  draw() {
    const {board} = this;
    const shown = chosen(board.connections, board.only)
      .filter((each) => fits(`${each.from} ${each.to}`, board.words));
    return [
      this.#drawNew(),
      el("div", {class: "row ends"}, this.#drawOnly(),
        el("p", {class: "dim", role: "status"}, `${shown.length} of ${board.connections.length}`)),
      el("ul", {class: "list", "aria-label": "Connections", "data-key": "connections"},
        shown.map((each) => this.#drawConnection(each)))];
  }
}
