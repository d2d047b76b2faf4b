// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// One slot of a rack: how it is, where it stands, and its knobs when it is open.

import {post} from "./api.js";
import {el, holdButton} from "./dom.js";
import {learnDialog} from "./rack_learn.js";
import {condition, named} from "./rack_words.js";

const nameOf = (slot) => slot.label || slot.slot;

// view: {page, knobs, levels, open, toggle, look}, of racks.js.
export class SlotCard {
  constructor(view, rack, slots, at) {
    Object.assign(this, view, {rack, slots, at, slot: slots[at]});
    this.key = `${rack} ${this.slot.slot}`;
    this.known = view.open.get(this.key);
  }

  #ask(verb, body, done) {
    const asked = post(`rack/${this.rack}/${verb}`, {slot: this.slot.slot, ...body});
    return this.page.attempt(asked, done);
  }

  #button(name, text, attributes, onclick) {
    return el("button", {
      type: "button",
      "data-key": `${name}-${this.key}`,
      onclick,
      ...attributes,
    }, text);
  }

  #move(step) {
    const name = nameOf(this.slot);
    const other = this.slots[this.at + step].slot;
    const place = `${this.at + step + 1} of ${this.slots.length}`;
    this.#ask("move", {where: step < 0 ? "before" : "behind", other},
      `${name} is at place ${place} now.`);
  }

  #drawMove(step, text, word) {
    const to = this.at + step;
    return this.#button(word === "earlier" ? "up" : "down", text, {
      "aria-label": `${nameOf(this.slot)} ${word}`,
      disabled: !this.page.can("admin") || to < 0 || to >= this.slots.length,
    }, () => this.#move(step));
  }

  #drawHead() {
    const {word, level} = condition(this.slot);
    return [
      el("div", {class: "row"},
        el("h3", {class: "grow cut"}, `${this.at + 1}. ${nameOf(this.slot)}`),
        el("span", {class: level}, word)),
      this.slot.name && this.slot.name !== nameOf(this.slot)
        ? el("p", {class: "dim cut"}, this.slot.name) : null];
  }

  // Why it is left out, and what else is to be known.
  #drawTrouble() {
    const {fault, note, guarded} = this.slot;
    return [
      fault ? el("div", {class: "row"},
        el("p", {class: "bad grow cut", role: "note"}, fault),
        this.#button("revive", "Revive", {
          "aria-label": `Revive ${nameOf(this.slot)}`,
          disabled: !this.page.can("performer"),
        }, () => this.#ask("revive", {}, `${nameOf(this.slot)} is tried again.`))) : null,
      note ? el("p", {class: "warn cut"}, note) : null,
      guarded > 0
        ? el("p", {class: "warn"}, `${guarded} blocks of its sound were not let through`) : null];
  }

  #drawPresets() {
    const id = `preset-${this.rack}-${this.slot.slot}`;
    const load = async (event) => {
      const preset = event.target.value;
      if (preset && await this.#ask("preset", {preset}, "The preset is loaded.") !== null) {
        this.look(this.rack, this.slot.slot);
      }
    };
    return this.known.presets.length === 0 ? null : el("label", {"data-key": `label-${id}`},
      "Preset", el("select", {
        id,
        "data-key": id,
        disabled: !this.page.can("admin"),
        onchange: load,
      }, el("option", {value: ""}, "choose"),
      this.known.presets.map((each) => el("option", {value: each.uri}, each.name))));
  }

  #drawOpen() {
    const draw = (value) => this.knobs.draw(this.rack, this.slot.slot, value);
    const disabled = !this.page.can("admin");
    const remove = () => this.#ask("remove", {}, "It is taken out; its file is kept aside.");
    return el("div", {class: "inside"},
      this.#drawPresets(),
      this.known.values.length === 0 ? el("p", {class: "dim"}, "It has no knobs.") : null,
      this.known.values.map(draw),
      el("details", {"data-key": `details-${this.key}`},
        el("summary", {"data-key": `mixer-${this.key}`}, "Mixer"),
        (this.known.mixer ?? []).map(named).map(draw)),
      el("div", {class: "row"},
        this.#button("learn", "MIDI learn", {
          disabled,
          "aria-label": `MIDI learn of ${nameOf(this.slot)}`,
        }, () => learnDialog(this.page, this.rack, this.known)),
        holdButton("Take out", remove, {
          disabled,
          "data-key": `remove-${this.key}`,
          "aria-label": `Take out ${nameOf(this.slot)}, hold to confirm`,
        })));
  }

  draw() {
    const {slot, page} = this;
    const name = nameOf(slot);
    return el("li", {class: "panel", "data-key": `slot-${this.key}`},
      this.#drawHead(),
      this.#drawTrouble(),
      slot.fault ? null : this.levels.draw(this.rack, slot.slot, name),
      el("div", {class: "row"},
        this.#button("open", this.known ? "Close" : "Open", {
          "aria-label": `${this.known ? "Close" : "Open"} ${name}`,
          "aria-expanded": Boolean(this.known),
        }, () => this.toggle(this.rack, slot.slot)),
        this.#button("bypass", "Bypass", {
          "aria-label": `Bypass ${name}`,
          "aria-pressed": slot.bypassed ?? false,
          disabled: !page.can("performer"),
        }, () => this.#ask("bypass", {on: !slot.bypassed})),
        this.#drawMove(-1, "↑", "earlier"),
        this.#drawMove(1, "↓", "later")),
      this.known ? this.#drawOpen() : null);
  }
}
