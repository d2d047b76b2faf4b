// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The dialog of what MIDI turns in a slot: a control is chosen, and then the
// controller that is turned next is its. What was learned can be forgotten.

import {post} from "./api.js";
import {openDialog} from "./dialog.js";
import {el} from "./dom.js";
import {controls, learnText, readMap} from "./rack_words.js";

class Learning {
  #maps = [];
  #isListening = false;
  #isOpen = true;

  constructor(page, rack, slot) {
    Object.assign(this, {page, rack, slot, controls: controls(slot)});
    this.symbol = this.controls[0].symbol;
    this.low = "";
    this.high = "";
    this.hasPickup = false;
    this.dialog = openDialog(`MIDI of ${slot.label || slot.slot}`, () => this.#draw(), () => {
      this.#isOpen = false;
      this.#cancel();
    });
    this.#load();
  }

  #post(verb, body) {
    return post(`rack/${this.rack}/${verb}`, body);
  }

  #nameOf(symbol) {
    return this.controls.find((each) => each.symbol === symbol)?.name ?? symbol;
  }

  async #load() {
    try {
      const {maps} = await this.#post("map");
      this.#maps = maps.filter((each) => each.slot === this.slot.slot);
    } catch (error) {
      this.dialog.say(error.message, true);
    }
    this.#render();
  }

  #render() {
    if (this.#isOpen) {
      this.dialog.render();
    }
  }

  async #listen() {
    this.#isListening = true;
    this.dialog.say(`Now turn or press what is to turn ${this.#nameOf(this.symbol)}.`);
    this.#render();
    try {
      const map = learnText(this.symbol, this.low, this.high, this.hasPickup);
      const answer = await this.#post("learn", {slot: this.slot.slot, map});
      const {heard, target} = readMap(answer.map);
      this.dialog.say(`Heard: ${heard}. It turns ${this.#nameOf(target)} now.`);
    } catch (error) {
      this.#complain(error);
    }
    this.#isListening = false;
    if (this.#isOpen) {
      this.#load();
    }
  }

  // Not of what we have asked for. Who gave up waiting has it end there, too.
  #complain(error) {
    if (error.code === 504) {
      this.#post("learn", {cancel: true}).catch(() => {});
      this.dialog.say("Nothing was heard for half a minute.", true);
    } else if (this.#isListening) {
      this.dialog.say(error.message, true);
    }
  }

  #cancel() {
    if (this.#isListening) {
      this.#isListening = false;
      this.#post("learn", {cancel: true}).catch((error) => this.page.say(error.message, true));
      this.dialog.say("Cancelled: nothing was learned.");
      this.#render();
    }
  }

  async #forget(target) {
    try {
      await this.#post("map", {slot: this.slot.slot, drop: target});
      this.dialog.say(`Nothing that was learned turns ${this.#nameOf(target)} any more.`);
    } catch (error) {
      this.dialog.say(error.message, true);
    }
    this.#load();
  }

  #drawMap({map, learned}) {
    const {heard, target, rest} = readMap(map);
    const name = this.#nameOf(target);
    return el("li", {class: "row", "data-key": `map-${map}`},
      el("span", {class: "grow cut"}, el("b", {}, heard), ` turns ${name}`,
        rest ? el("span", {class: "dim"}, ` (${rest})`) : null),
      learned ? el("button", {
        type: "button",
        "data-key": `forget-${map}`,
        "aria-label": `Forget ${heard} for ${name}`,
        onclick: () => this.#forget(target),
      }, "Forget") : el("span", {class: "dim"}, "in its file"));
  }

  #drawNumber(key, label) {
    return el("label", {class: "grow"}, label, el("input", {
      type: "number",
      step: "any",
      id: `learn-${key}`,
      "data-key": `learn-${key}`,
      disabled: this.#isListening,
      oninput: (event) => { this[key] = event.target.value; },
    }));
  }

  #drawButton() {
    return this.#isListening
      ? el("button", {type: "button", "data-key": "learn-go", onclick: () => this.#cancel()},
        "Cancel")
      : el("button", {type: "button", "data-key": "learn-go", onclick: () => this.#listen()},
        "Listen");
  }

  #draw() {
    return [
      el("label", {}, "Control", el("select", {
        id: "learn-control",
        "data-key": "learn-control",
        autofocus: true,
        disabled: this.#isListening,
        onchange: (event) => { this.symbol = event.target.value; },
      }, this.controls.map((each) => el("option", {
        value: each.symbol,
        selected: each.symbol === this.symbol,
      }, each.name)))),
      el("div", {class: "row ends"}, this.#drawNumber("low", "From (empty: all)"),
        this.#drawNumber("high", "To")),
      el("div", {class: "row switch"}, el("input", {
        type: "checkbox",
        id: "learn-pickup",
        "data-key": "learn-pickup",
        checked: this.hasPickup,
        disabled: this.#isListening,
        onchange: (event) => { this.hasPickup = event.target.checked; },
      }), el("label", {for: "learn-pickup"}, "Only once it has come by the value")),
      this.#drawButton(),
      el("h3", {}, "What turns it"),
      this.#maps.length === 0 ? el("p", {class: "dim"}, "Nothing yet.")
        : el("ul", {class: "list"}, this.#maps.map((each) => this.#drawMap(each)))];
  }
}

// slot: what `get` said of it.
export const learnDialog = (page, rack, slot) => new Learning(page, rack, slot);
