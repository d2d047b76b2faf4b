// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The patchbay: sources at the left, sinks at the right, cables between them;
// and the same as a list.

import {post} from "./api.js";
import {closeDialogs} from "./dialog.js";
import {el} from "./dom.js";
import {update} from "./morph.js";
import {Cables} from "./patch_cables.js";
import {historyDialog} from "./patch_history.js";
import {List} from "./patch_list.js";
import {canConnect, columns, devicesAway} from "./patch_words.js";

const NARROW = 700; // px: begin with the list

const MODES = {
  off: "nothing is done",
  learn: "what you connect is kept",
  enforce: "kept as it is, nothing is learned",
  exclusive: "nothing else may be connected",
  lock: "for the show: kept, and nothing is learned",
};

const many = (count) => (count === 1 ? "1 connection waits" : `${count} connections wait`);

class Patch {
  #shown = "";
  #isAsking = false;
  #isLate = false;

  constructor(place, page) {
    Object.assign(this, {place, page, store: page.store});
    this.ports = [];
    this.connections = [];
    this.rules = [];
    this.columns = {left: [], right: []};
    this.asList = innerWidth < NARROW;
    this.words = "";
    this.only = "all";
    this.taken = null; // the source that was tapped
    this.chosen = {from: "", to: ""}; // of the list's form
    this.folded = {from: {}, to: {}};
    this.stop = {from: "", to: ""}; // where Tab comes to in each column
    this.explained = new Map();
    document.body.classList.add("long");
  }

  end() {
    closeDialogs();
    document.body.classList.remove("long");
  }

  // One after the other; what happens meanwhile is asked for once more.
  async ask() {
    if (this.#isAsking) {
      this.#isLate = true;
      return;
    }
    this.#isAsking = true;
    try {
      const [ports, list, rules] = await Promise.all(
        ["ports", "list", "rules"].map((verb) => post(`patchbay/${verb}`)));
      this.ports = ports.ports;
      this.connections = list.connections;
      this.rules = rules.rules;
      this.columns = columns(this.ports, this.connections);
    } catch (error) {
      this.page.say(error.message, true);
    }
    this.#isAsking = false;
    this.render();
    if (this.#isLate) {
      this.#isLate = false;
      this.ask();
    }
  }

  async doit(verb, body, done) {
    const answer = await this.page.attempt(post(`patchbay/${verb}`, body), done);
    if (answer) {
      if (answer.warning) {
        this.page.say(answer.warning, true);
      }
      if (answer.mode) {
        this.store.state("patchbay").mode = answer.mode; // before it is told
      }
      this.ask();
    }
  }

  async explain(from, to) {
    const answer = await this.page.attempt(post("patchbay/explain", {from, to}));
    if (answer) {
      this.explained.set(`${from}-${to}`, answer.sentence);
      this.render();
    }
  }

  fold(side, client, isFolded) {
    this.folded[side][client] = isFolded;
    this.render();
  }

  focus(side, key) {
    this.stop[side] = key;
    this.render();
    this.place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  tap(name, isSource) {
    const {page} = this;
    if (!page.can("admin")) {
      page.say(page.may("admin") ? "Unlock this device to change connections."
        : "This device may only look.", true);
    } else if (isSource) {
      this.taken = this.taken === name ? null : name;
      page.say(this.taken ? `${this.taken}: now tap what it goes to.` : "");
      this.render();
    } else if (this.taken) {
      this.#join(this.taken, name);
    } else {
      page.say("Tap a source at the left first.");
    }
  }

  #join(from, to) {
    const find = (list, name) => list.find((each) => each.name === name) ?? {};
    const is = this.connections.some((each) => each.from === from && each.to === to
      && each.policy !== "forbid" && each.state === "connected");
    if (!canConnect(find(this.columns.left, from), find(this.columns.right, to))) {
      this.page.say(`${from} and ${to} are not of one kind.`, true);
      return;
    }
    this.taken = null;
    this.doit(is ? "disconnect" : "connect", {from, to},
      is ? `${from} no longer goes to ${to}.` : `${from} goes to ${to}.`);
  }

  #drawFind() {
    return el("label", {class: "broad"}, "Find a port or client", el("input", {
      type: "search",
      id: "find",
      "data-key": "find",
      autocomplete: "off",
      value: this.words,
      oninput: (event) => {
        this.words = event.target.value.trim();
        this.render();
      },
    }));
  }

  #drawMode(state) {
    return el("label", {class: "mode"}, "Mode", el("select", {
      id: "mode",
      "data-key": "mode",
      disabled: !this.page.can("admin"),
      onchange: (event) => this.doit("mode", {mode: event.target.value},
        `Mode ${event.target.value}: ${MODES[event.target.value]}.`),
    }, Object.entries(MODES).map(([mode, words]) =>
      el("option", {value: mode, selected: mode === state.mode}, `${mode}: ${words}`))));
  }

  #drawTools(state) {
    const button = (key, text, onclick, attributes) =>
      el("button", {type: "button", "data-key": key, onclick, ...attributes}, text);
    const disabled = !this.page.can("admin");
    return el("div", {class: "row ends", "data-key": "tools"},
      this.#drawFind(),
      button("as", "List", () => {
        this.asList = !this.asList;
        this.render();
      }, {"aria-pressed": this.asList}),
      button("undo", "Undo", () => this.doit("undo", {}, "The last change was taken back."),
        {disabled}),
      button("redo", "Redo", () => this.doit("redo", {}, "It was made again."), {disabled}),
      button("history", "History", () => historyDialog(this)),
      this.#drawMode(state));
  }

  #drawAway() {
    const away = devicesAway(this.connections);
    return away.length === 0 ? null : el("div", {class: "panel", "data-key": "away"},
      el("h2", {}, "Wanted, and not there"),
      el("ul", {class: "list"}, away.map(({client, count}) => el("li", {class: "warn cut"},
        `▲ ${client} is away: ${many(count)}`))));
  }

  #drawNumbers(state) {
    const {ports, connections} = this;
    const words = [`${ports.length} ports`, `${connections.length} connections`,
      state.set ? `set ${state.set}` : null, state.song ? `song ${state.song}` : null,
      state.rivals?.length ? `${state.rivals.join(" and ")} changes connections, too` : null];
    return [
      el("p", {class: "dim"}, words.filter(Boolean).join(", ")),
      state.alsa?.why ? el("p", {class: "dim cut"}, state.alsa.why) : null];
  }

  render() {
    const state = this.store.state("patchbay");
    if (!state) {
      update(this.place, el("p", {class: "empty"}, "The patchbay does not run."));
      return;
    }
    const list = new List(this);
    update(this.place,
      this.#drawTools(state),
      this.#drawNumbers(state),
      this.#drawAway(),
      this.asList ? list.draw() : new Cables(this).draw(),
      list.drawRules());
  }

  draw() {
    const area = this.store.areas.patchbay;
    if (area?.isOld) {
      return; // what is new is on its way
    }
    const now = area ? `${area.epoch} ${area.seq} ${this.page.isLocked()}` : "away";
    if (now === this.#shown) {
      return;
    }
    this.#shown = now;
    if (area) {
      this.ask();
    } else {
      this.render();
    }
  }
}

export const patch = (place, page) => new Patch(place, page);
