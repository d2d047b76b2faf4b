// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Makes what is shown equal to what was drawn anew, and leaves every element
// that is in both as it is: the focus, an open list, a knob that is being
// dragged, and how far it was scrolled. An element is the same one when it has
// the same data-key or id; without one, when it has the same place.

import {hear, heardBy, holdFocus, isFocusLost} from "./dom.js";

const TYPED = ["text", "search", "number"];

const keyOf = (node) => node.dataset?.key ?? (node.id || undefined);

const isSame = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName
  && keyOf(a) === keyOf(b);

// What the user or a script has changed, not who drew it.
const isOwn = (node, name) => name === "style"
  || (name === "open" && ["DETAILS", "DIALOG"].includes(node.nodeName));

function copyAttributes(to, from) {
  for (const {name} of [...to.attributes]) {
    if (!from.hasAttribute(name) && !isOwn(to, name)) {
      to.removeAttribute(name);
    }
  }
  for (const {name, value} of from.attributes) {
    if (to.getAttribute(name) !== value && !isOwn(to, name)) {
      to.setAttribute(name, value);
    }
  }
}

function copyValue(to, from) {
  const isTyped = TYPED.includes(to.type) && to === document.activeElement;
  if (to.type === "checkbox") {
    to.checked = from.checked;
  } else if (["INPUT", "SELECT"].includes(to.nodeName) && !isTyped && to.value !== from.value) {
    to.value = from.value;
  }
}

function copy(to, from) {
  if (to.nodeType !== Node.ELEMENT_NODE) {
    if (to.data !== from.data) {
      to.data = from.data;
    }
    return;
  }
  if (to.classList.contains("holding")) {
    return; // a button that is held
  }
  copyAttributes(to, from);
  for (const [name, listener] of Object.entries(heardBy(from))) {
    hear(to, name, listener);
  }
  copyChildren(to, from);
  copyValue(to, from);
}

function copyChildren(to, from) {
  const keyed = new Map([...to.children].map((child) => [keyOf(child), child]));
  let at = to.firstChild;
  for (const next of [...from.childNodes]) {
    const key = keyOf(next);
    const found = key === undefined ? at : keyed.get(key);
    if (!found || !isSame(found, next)) {
      to.insertBefore(next, at);
      continue;
    }
    if (found === at) {
      at = at.nextSibling;
    } else {
      to.insertBefore(found, at);
    }
    copy(found, next);
  }
  while (at) {
    const rest = at.nextSibling;
    at.remove();
    at = rest;
  }
}

export function update(place, ...children) {
  const fresh = document.createElement("div");
  const before = document.activeElement;
  const wasLost = isFocusLost(place);
  const focus = holdFocus(place);
  fresh.append(...children.flat(Infinity).filter(Boolean));
  copyChildren(place, fresh);
  if (wasLost || document.activeElement !== before || before.disabled) {
    focus();
  }
}
