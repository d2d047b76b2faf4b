// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Pairs this device by the code that `stagecraft pair` shows.

import {post} from "./api.js";
import {el, put} from "./dom.js";

// What to call a device that was given no name.
function guessName() {
  const kinds = [["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android phone"],
    ["Macintosh", "Mac"], ["Windows", "Windows computer"], ["Linux", "Linux computer"]];
  return kinds.find(([word]) => navigator.userAgent.includes(word))?.[1] ?? "device";
}

export function pairing(place, page, paired) {
  const code = el("input", {
    id: "code",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    pattern: "[0-9]*",
    maxlength: 6,
    required: true,
  });
  const name = el("input", {id: "name", class: "name", maxlength: 40, value: guessName()});
  const pair = async (event) => {
    event?.preventDefault();
    const device = await page.attempt(
      post("pair", {code: code.value.trim(), name: name.value}), "Paired.");
    code.value = "";
    if (device) {
      history.replaceState(null, "", location.pathname);
      paired();
    } else {
      code.focus();
    }
  };
  put(place, el("form", {class: "pair", onsubmit: pair},
    el("h1", {}, "Pair this device"),
    el("p", {class: "dim"}, "On the show machine, ", el("b", {}, "stagecraft pair"),
      " shows a code of six digits."),
    el("label", {for: "code"}, "Code"), code,
    el("label", {for: "name"}, "What to call this device"), name,
    el("button", {type: "submit"}, "Pair")));
  const link = location.hash.match(/^#pair=(\d{6})$/);
  if (link) {
    code.value = link[1];
    pair();
  } else {
    code.focus();
  }
}
