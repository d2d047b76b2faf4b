// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The dialog that adds a plug-in: one is found by words, and put at a place.

import {post} from "./api.js";
import {openDialog, opener} from "./dialog.js";
import {el} from "./dom.js";
import {many, search, shape} from "./rack_words.js";

const SHOWN = 40; // who sees more of them writes another word

const told = (count) => (count > SHOWN ? `${count} plug-ins, the first ${SHOWN} are shown.`
  : `${many(count, "plug-in")}.`);

class Adding {
  #text = "";
  #where = ""; // the slot that it is to stand before; "": the last one
  #isBusy = false;

  constructor(page, rack, slots, plugins, key) {
    Object.assign(this, {page, rack, slots, plugins});
    this.dialog = openDialog(`Add a plug-in to ${rack}`, () => this.#draw(), undefined, key);
    this.dialog.say(`${plugins.length} plug-ins are installed.`);
  }

  async #add(plugin) {
    if (this.#isBusy) {
      return;
    }
    this.#isBusy = true;
    try {
      const {slot, fault} = await post(`rack/${this.rack}/add`, {plugin: plugin.uri});
      if (this.#where) {
        await post(`rack/${this.rack}/move`, {slot, where: "before", other: this.#where});
      }
      this.page.say(fault || `${plugin.name} is added.`, Boolean(fault));
      this.dialog.close();
    } catch (error) {
      this.dialog.say(error.message, true);
    }
    this.#isBusy = false;
  }

  // Down and up go through what was found, as in any list.
  #step(event) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step && event.target.nodeName !== "SELECT") {
      event.preventDefault();
      const all = [...event.currentTarget.querySelectorAll("#plugin-find, .found button")];
      const at = all.indexOf(document.activeElement) + step;
      all[Math.min(all.length - 1, Math.max(0, at))]?.focus();
    }
  }

  #drawFound(found) {
    return el("ul", {class: "list found", "aria-label": "Plug-ins"},
      found.slice(0, SHOWN).map((each) => el("li", {"data-key": `found-${each.uri}`},
        el("button", {
          type: "button",
          "data-key": `add-${each.uri}`,
          onclick: () => this.#add(each),
        }, el("b", {class: "cut"}, each.name), el("span", {class: "dim cut"}, shape(each))))));
  }

  #draw() {
    const found = search(this.plugins, this.#text);
    return el("div", {"data-key": "adding", onkeydown: (event) => this.#step(event)},
      el("label", {}, "Place", el("select", {
        id: "plugin-place",
        "data-key": "plugin-place",
        onchange: (event) => { this.#where = event.target.value; },
      }, el("option", {value: ""}, "at the end"),
      this.slots.map((each) => el("option", {value: each.slot, selected: each.slot === this.#where},
        `before ${each.label || each.slot}`)))),
      el("label", {}, "Find", el("input", {
        type: "search",
        id: "plugin-find",
        "data-key": "plugin-find",
        autofocus: true,
        autocomplete: "off",
        oninput: (event) => {
          this.#text = event.target.value;
          this.dialog.render();
          this.dialog.say(told(search(this.plugins, this.#text).length));
        },
      })),
      this.#drawFound(found));
  }
}

export async function addDialog(page, rack, slots) {
  const key = opener();
  const plugins = await page.attempt(post(`rack/${rack}/plugins`));
  if (plugins) {
    new Adding(page, rack, slots, plugins.filter((each) => !each.fault), key);
  }
}
