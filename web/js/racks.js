// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Racks: plug-ins in the order of the sound, and their knobs.

import {post} from "./api.js";
import {closeDialogs} from "./dialog.js";
import {el} from "./dom.js";
import {Knobs} from "./knobs.js";
import {Levels} from "./levels.js";
import {update} from "./morph.js";
import {addDialog} from "./rack_add.js";
import {SlotCard} from "./rack_slot.js";
import {snapshotDialog} from "./rack_snapshots.js";

class Racks {
  #shown = "";

  constructor(place, page) {
    Object.assign(this, {place, page, store: page.store});
    this.open = new Map(); // "rack slot": what `get` said
    this.knobs = new Knobs(page);
    this.levels = new Levels(place, page.store);
    this.toggle = (rack, slot) => this.#toggle(rack, slot);
    this.look = (rack, slot) => this.#look(rack, slot);
    document.body.classList.add("long");
  }

  end() {
    this.levels.end();
    closeDialogs();
    document.body.classList.remove("long");
  }

  #names() {
    return Object.keys(this.store.areas).filter((area) => area.startsWith("rack-"))
      .map((area) => area.slice(5)).sort();
  }

  #toggle(rack, slot) {
    if (this.open.delete(`${rack} ${slot}`)) {
      this.#render();
    } else {
      this.#look(rack, slot);
    }
  }

  // Presets are an admin's to load, and to know.
  async #look(rack, slot) {
    try {
      const [values, {presets}] = await Promise.all([
        post(`rack/${rack}/get`, {slot}),
        this.page.may("admin") ? post(`rack/${rack}/preset`, {slot}).catch(() => ({presets: []}))
          : {presets: []},
      ]);
      this.open.set(`${rack} ${slot}`, {...values, presets});
    } catch (error) {
      this.open.delete(`${rack} ${slot}`);
      this.page.say(error.message, true);
    }
    this.#render();
  }

  #drawHead(rack, state) {
    const [level, word] = !state ? ["warn", "away"]
      : state.playing ? ["good", "plays"] : ["warn", "does not play"];
    return [
      el("div", {class: "row"},
        el("h2", {class: "grow cut"}, rack),
        el("span", {class: level}, word),
        el("button", {
          type: "button",
          "data-key": `mute-${rack}`,
          "aria-label": `Mute ${rack}`,
          "aria-pressed": state?.mute ?? false,
          disabled: !state || !this.page.can("performer"),
          onclick: () => this.page.attempt(post(`rack/${rack}/mute`, {on: !state.mute})),
        }, "Mute")),
      state ? this.levels.draw(rack, "", `what ${rack} puts out`) : null];
  }

  #drawMore(rack, state) {
    const disabled = !this.page.can("admin");
    const button = (name, text, onclick) => el("button",
      {type: "button", "data-key": `${name}-${rack}`, disabled, onclick}, text);
    return el("div", {class: "row"},
      button("add", "Add a plug-in", () => addDialog(this.page, rack, state.slots)),
      button("snapshots", "Snapshots", () => snapshotDialog(this.page, rack)));
  }

  #drawRack(rack) {
    const state = this.store.state(`rack-${rack}`);
    return el("section", {"aria-label": `Rack ${rack}`, "data-key": `rack-${rack}`},
      this.#drawHead(rack, state),
      state ? el("ol", {class: "cards slots"},
        state.slots.map((_, at) => new SlotCard(this, rack, state.slots, at).draw())) : null,
      state ? this.#drawMore(rack, state) : null);
  }

  #render() {
    const names = this.#names();
    this.levels.watch(names.filter((rack) => this.store.state(`rack-${rack}`)));
    update(this.place,
      names.length === 0 ? el("p", {class: "empty"}, "There are no racks. ",
        el("b", {}, "stagecraft new rack NAME"), " makes one.") : null,
      names.map((rack) => this.#drawRack(rack)));
  }

  draw() {
    const now = this.#names().map((rack) => {
      const area = this.store.areas[`rack-${rack}`];
      return `${rack} ${area?.epoch} ${area?.seq} ${area?.isOld}`;
    }).join() + this.page.isLocked();
    if (now === this.#shown) {
      return;
    }
    this.#shown = now;
    this.#render();
    for (const key of [...this.open.keys()]) {
      const [rack, slot] = key.split(" ");
      if (this.store.state(`rack-${rack}`)) {
        this.#look(rack, slot);
      }
    }
  }
}

export const racks = (place, page) => new Racks(place, page);
