// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// A dialog: it has the focus until it is closed, by its button or by Escape, and
// then gives it back to what has the data-key of who opened it.

import {el} from "./dom.js";
import {update} from "./morph.js";

// What has the focus, by its data-key. Who must ask something before a dialog
// can open takes it before that, since the focus may be elsewhere by then.
export const opener = () => document.activeElement?.closest?.("[data-key]")?.dataset.key;

// Opens one. draw gives what is in it; closed is told; key: who opened it. Gives
// {render, say, close}: render draws it anew, say tells what has happened, aloud,
// too.
export function openDialog(title, draw, closed = () => {}, key = opener()) {
  const body = el("div", {});
  const news = el("p", {role: "status", class: "news"});
  const box = el("dialog", {"aria-labelledby": "dialog-title"},
    el("div", {class: "row"},
      el("h2", {id: "dialog-title", class: "grow cut"}, title),
      el("button", {type: "button", "data-key": "dialog-close", onclick: () => box.close()},
        "Close")),
    news, body);
  const dialog = {
    render: () => update(body, draw(dialog)),
    say(text, isBad = false) {
      news.textContent = text;
      news.classList.toggle("bad", isBad);
    },
    close: () => box.close(),
  };
  box.addEventListener("close", () => {
    box.remove();
    closed();
    if (key !== undefined) {
      document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
    }
  });
  document.body.append(box);
  dialog.render();
  box.showModal();
  return dialog;
}

// Closes what is open, for a view that ends.
export function closeDialogs() {
  for (const each of document.querySelectorAll("dialog")) {
    each.close();
  }
}
