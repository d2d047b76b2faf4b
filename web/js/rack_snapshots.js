// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The snapshots of a rack: all its values under a name, to go to at once or
// slowly.

import {post} from "./api.js";
import {openDialog} from "./dialog.js";
import {el, holdButton} from "./dom.js";

const MORPHS = [["", "at once"], ["500ms", "half a second"], ["2s", "two seconds"],
  ["8s", "eight seconds"]];

class Snapshots {
  #names = [];
  #morph = "";
  #name = "";

  constructor(page, rack) {
    Object.assign(this, {page, rack});
    this.dialog = openDialog(`Snapshots of ${rack}`, () => this.#draw());
    this.#load();
  }

  async #ask(body, done) {
    try {
      const answer = await post(`rack/${this.rack}/snapshot`, body);
      if (done) {
        this.dialog.say(done);
      }
      return answer;
    } catch (error) {
      this.dialog.say(error.message, true);
      return null;
    }
  }

  async #load() {
    this.#names = (await this.#ask({}))?.snapshots ?? this.#names;
    this.dialog.render();
  }

  async #change(body, done) {
    await this.#ask(body, done);
    await this.#load();
  }

  #drawName(name) {
    const morph = this.#morph ? {morph: this.#morph} : {};
    return el("li", {class: "row", "data-key": `snapshot-${name}`},
      el("button", {
        type: "button",
        class: "grow cut",
        "data-key": `recall-${name}`,
        "aria-label": `Go to ${name}`,
        onclick: () => this.#ask({name, ...morph}, `${name} is what plays now.`),
      }, name),
      holdButton("Remove", () => this.#change({name, remove: true}, `${name} is forgotten.`), {
        "data-key": `unsnap-${name}`,
        "aria-label": `Remove ${name}, hold to confirm`,
      }));
  }

  #draw() {
    const save = (event) => {
      event.preventDefault();
      this.#change({name: this.#name, save: true}, `The values of now are ${this.#name}.`);
    };
    return [
      el("form", {class: "row ends", onsubmit: save},
        el("label", {class: "grow"}, "Name", el("input", {
          id: "snapshot-name",
          "data-key": "snapshot-name",
          type: "text",
          required: true,
          autofocus: true,
          autocomplete: "off",
          oninput: (event) => { this.#name = event.target.value; },
        })),
        el("button", {type: "submit", "data-key": "snapshot-save"}, "Save as this")),
      el("label", {}, "How long going there takes", el("select", {
        id: "snapshot-morph",
        "data-key": "snapshot-morph",
        onchange: (event) => {
          this.#morph = event.target.value;
          this.dialog.render();
        },
      }, MORPHS.map(([value, text]) =>
        el("option", {value, selected: value === this.#morph}, text)))),
      this.#names.length === 0 ? el("p", {class: "dim"}, "There are none yet.")
        : el("ul", {class: "list"}, this.#names.map((each) => this.#drawName(each)))];
  }
}

export const snapshotDialog = (page, rack) => new Snapshots(page, rack);
