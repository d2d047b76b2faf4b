// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Makes a service of a template: which, then by what name.

import {post} from "./api.js";
import {el} from "./dom.js";

// A name that no service has: "synth", or else "synth-2" and so on.
export function freeName(template, services) {
  const taken = new Set(services.map((service) => service.name));
  let name = template;
  for (let number = 2; taken.has(name); number++) {
    name = `${template}-${number}`;
  }
  return name;
}

export class TemplateList {
  #templates = null; // those to choose from; null: closed
  #chosen = null;
  #form = null; // of the one that is chosen

  constructor(page) {
    this.page = page;
  }

  async #open() {
    const answer = await this.page.attempt(post("rig/templates"));
    this.#templates = answer?.templates ?? null;
    this.page.redraw();
  }

  #close() {
    this.#templates = null;
    this.#leave("new");
  }

  // Puts the form away, and the focus where it came from.
  #leave(key) {
    this.#chosen = null;
    document.activeElement?.blur();
    this.page.redraw(() => document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus());
  }

  #choose(template) {
    const services = this.page.store.state("rig")?.services ?? [];
    const name = el("input", {
      id: "new-name",
      "data-key": "new-name",
      autocapitalize: "none",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 100,
      required: true,
      value: freeName(template.name, services),
    });
    const cancel = () => this.#leave(`template-${template.name}`);
    this.#chosen = template;
    this.#form = el("form", {
      class: "row",
      onsubmit: (event) => {
        event.preventDefault();
        this.#make(template.name, name.value.trim());
      },
      onkeydown: (event) => event.key === "Escape" && cancel(),
    },
    el("label", {class: "grow", for: "new-name"}, `Name of the new ${template.name}`, name),
    el("button", {type: "submit", "data-key": "new-make"}, "Make and start"),
    el("button", {type: "button", "data-key": "new-cancel", onclick: cancel}, "Cancel"));
    this.page.redraw(() => name.focus());
  }

  async #make(template, name) {
    const body = name === template ? {name} : {name: template, as: name};
    if (await this.page.attempt(post("rig/enable", body), `${name} is made, and starts.`)) {
      this.#close();
    }
  }

  #drawList() {
    return el("ul", {class: "list"}, this.#templates.map((template) => el("li", {},
      el("button", {
        type: "button",
        class: "choice",
        "data-key": `template-${template.name}`,
        disabled: !this.page.can("admin"),
        onclick: () => this.#choose(template),
      },
      el("b", {}, template.name), " ",
      el("span", {class: "dim"}, template.what),
      template.is ? el("span", {class: "good"}, ` (${template.is})`) : null))));
  }

  draw() {
    const isOpen = this.#templates !== null;
    return el("section", {class: "panel", "aria-label": "New service"},
      el("button", {
        type: "button",
        "data-key": "new",
        "aria-expanded": isOpen,
        onclick: () => (isOpen ? this.#close() : this.#open()),
      }, isOpen ? "Close the templates" : "New service…"),
      this.#chosen ? this.#form : isOpen ? this.#drawList() : null);
  }
}
