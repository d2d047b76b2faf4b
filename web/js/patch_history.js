// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The dialog of what was changed, when, and why.

import {post} from "./api.js";
import {openDialog, opener} from "./dialog.js";
import {el} from "./dom.js";

const SHOWN = 50;

export async function historyDialog({page}) {
  const key = opener();
  const answer = await page.attempt(post("patchbay/history"));
  if (answer) {
    const all = answer.generations;
    openDialog("What was changed", () => (all.length === 0
      ? el("p", {class: "dim"}, "Nothing yet.")
      : el("ol", {class: "list", "aria-label": "Changes, newest first"},
        all.slice(0, SHOWN).map((each) => el("li", {},
          el("b", {}, each.reason), each.in_force ? el("span", {class: "good"}, " now") : null,
          el("p", {class: "dim"}, new Date(each.time).toLocaleString()))))), undefined, key);
  }
}
