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
import {learnDialog} from "./rack_learn.js";
import {SlotCard} from "./rack_slot.js";
import {snapshotDialog} from "./rack_snapshots.js";
import {ownValues} from "./rack_words.js";

const OWN = "rack"; // means the rack itself

class Racks {
  #shown = "";

  constructor(place, page) {
    Object.assign(this, {place, page, store: page.store});
    this.open = new Map(); // "rack slot": what `get` said
    this.knobs = new Knobs(page, (rack, slot) => {
      if (this.open.has(`${rack} ${slot}`)) {
        this.#look(rack, slot);
      }
    });
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
    const none = {presets: []};
    const mayLoad = slot !== OWN && this.page.may("admin");
    try {
      const [values, {presets}] = await Promise.all([
        post(`rack/${rack}/get`, {slot}),
        mayLoad ? post(`rack/${rack}/preset`, {slot}).catch(() => none) : none,
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

  // Its own gain, and what MIDI turns of it.
  #drawOwn(rack) {
    const known = this.open.get(`${rack} ${OWN}`);
    const gain = known && ownValues(known).find((each) => each.symbol === "gain");
    return !known ? null : el("div", {class: "panel", "data-key": `own-${rack}`},
      this.knobs.draw(rack, OWN, gain),
      el("button", {
        type: "button",
        "data-key": `learn-${rack}`,
        "aria-label": `MIDI learn of ${rack} itself`,
        disabled: !this.page.can("admin"),
        onclick: () => learnDialog(this.page, rack, {...known, label: rack}),
      }, "MIDI learn"));
  }

  #drawMore(rack, state) {
    const disabled = !this.page.can("admin");
    const button = (name, text, onclick, attributes) => el("button",
      {type: "button", "data-key": `${name}-${rack}`, disabled, onclick, ...attributes}, text);
    return el("div", {class: "row"},
      button("add", "Add a plug-in", () => addDialog(this.page, rack, state.slots)),
      button("snapshots", "Snapshots", () => snapshotDialog(this.page, rack)),
      button("own", "Gain", () => this.#toggle(rack, OWN), {
        "aria-expanded": this.open.has(`${rack} ${OWN}`),
        "aria-label": `Gain of ${rack}`,
        disabled: false,
      }));
  }

  #drawRack(rack) {
    const state = this.store.state(`rack-${rack}`);
    return el("section", {"aria-label": `Rack ${rack}`, "data-key": `rack-${rack}`},
      this.#drawHead(rack, state),
      state ? el("ol", {class: "cards slots"},
        state.slots.map((_, at) => new SlotCard(this, rack, state.slots, at).draw())) : null,
      state ? this.#drawMore(rack, state) : null,
      state ? this.#drawOwn(rack) : null);
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
