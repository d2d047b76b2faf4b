// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Which devices may come, and the code for another one.

import {post} from "./api.js";
import {el, holdButton} from "./dom.js";
import {duration} from "./services.js";

const ROLES = {
  viewer: "viewer: looks",
  performer: "performer: plays",
  admin: "admin: everything",
};

// When a device was seen last, in words; both in seconds since 1970.
export function ago(seen, now) {
  return seen > 0 ? (now - seen < 60 ? "just now" : `${duration(now - seen)} ago`) : "never";
}

export class Devices {
  #list = null; // null: not ours to see
  #code = null; // {code, urls, until} that is shown
  #timer = 0;
  #asked = "";

  constructor(page) {
    this.page = page;
  }

  // Asks when something may be another.
  look() {
    const {page} = this;
    const now = `${page.can("admin")} ${page.store.areas.web?.seq} ${page.store.areas.web?.epoch}`;
    if (now !== this.#asked) {
      this.#asked = now;
      this.ask();
    }
  }

  async ask() {
    const count = this.#list?.length;
    this.#list = this.page.can("admin")
      ? (await post("web/devices").catch(() => null))?.devices ?? null
      : null;
    if (this.#code && count !== undefined && this.#list?.length > count) {
      this.#show(null); // it has come
    }
    this.page.redraw();
  }

  #show(code) {
    clearTimeout(this.#timer);
    this.#code = code;
    if (code) {
      this.#timer = setTimeout(() => {
        this.#code = null;
        this.page.redraw();
      }, code.seconds * 1000);
    }
    this.page.redraw();
  }

  async #pair(role) {
    const answer = await this.page.attempt(post("web/pair", {role}));
    if (answer) {
      this.#show(answer);
    }
  }

  async #forget(device) {
    const {page} = this;
    if (await page.attempt(post("web/revoke", {id: device.id}), `${device.name} is forgotten.`)) {
      this.ask();
    }
  }

  #drawDevice(device) {
    const isOwn = device.id === this.page.store.device.id;
    const seen = isOwn ? "this one" : `seen ${ago(device.seen, Date.now() / 1000)}`;
    return el("li", {class: "row"},
      el("span", {class: "grow cut"}, `${device.name}, ${device.role} `,
        el("span", {class: "dim block"}, seen)),
      holdButton("Forget", () => this.#forget(device), {
        "data-key": `forget-${device.id}`,
        "aria-label": `Forget ${device.name}, hold to confirm`,
      }));
  }

  #drawCode() {
    const code = this.#code;
    return code ? el("div", {class: "code", role: "status"},
      el("p", {class: "digits"}, code.code),
      el("p", {class: "cut"}, `Type it at ${code.urls.at(-1)}. It pairs one ${code.role}, `
        + `within ${Math.round(code.seconds / 60)} minutes.`)) : null;
  }

  #drawPair() {
    const disabled = !this.page.can("admin");
    const role = el("select", {id: "role", "data-key": "role", disabled},
      Object.entries(ROLES).map(([value, text]) =>
        el("option", {value, selected: value === (this.role ?? "performer")}, text)));
    role.addEventListener("change", () => { this.role = role.value; });
    return el("div", {class: "row"},
      el("label", {class: "grow", for: "role"}, "Pair another device as", role),
      el("button", {
        type: "button",
        "data-key": "pair",
        disabled,
        onclick: () => this.#pair(role.value),
      }, "Show a code"));
  }

  draw() {
    const {page} = this;
    const {device} = page.store;
    return el("section", {class: "panel", "aria-label": "Devices"},
      el("h2", {}, "Devices"),
      el("p", {}, `This one is ${device.name}, ${device.role}.`),
      this.#list
        ? el("ul", {class: "list"}, this.#list.map((each) => this.#drawDevice(each)))
        : el("p", {class: "dim"},
          page.may("admin") ? "Unlock to see the others." : "An admin sees the others."),
      page.may("admin") ? this.#drawPair() : null,
      this.#drawCode(),
      el("div", {class: "row"},
        holdButton("Unpair this one", () => page.attempt(post("unpair")), {"data-key": "unpair"})));
  }

  end() {
    clearTimeout(this.#timer);
  }
}
