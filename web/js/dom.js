// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Makes elements. Texts are texts: nothing that comes from a rig is ever HTML.

const SVG = "http://www.w3.org/2000/svg";
const heard = new WeakMap(); // element: {event: who hears it}

// Has somebody hear an event of an element, instead of who did before.
export function hear(element, name, listener) {
  const own = heard.get(element) ?? {};
  heard.set(element, own);
  if (!(name in own)) {
    element.addEventListener(name, (event) => own[name].call(element, event));
  }
  own[name] = listener;
}

export const heardBy = (element) => heard.get(element) ?? {};

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) {
      hear(element, name.slice(2), value);
    } else if (name.startsWith("aria-") && typeof value === "boolean") {
      element.setAttribute(name, String(value)); // which has three states
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  const isShown = (child) => child !== null && child !== undefined && child !== false;
  element.append(...children.flat(Infinity).filter(isShown));
  return element;
}

export const el = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

const keyOf = (element) => element?.closest?.("[data-key]")?.dataset.key;

function takesFocus(element) {
  if (!element || element.disabled) {
    return false;
  }
  element.focus({preventScroll: true});
  return document.activeElement === element;
}

let lost = null; // the focus that could not be put back: {place, key, at}

// Who presses something has taken to what has the focus instead.
export const forgetFocus = () => { lost = null; };

// Whether a place waits for what had the focus in it; not when somebody has
// since put it elsewhere.
export const isFocusLost = (place) =>
  lost?.place === place && lost.at === document.activeElement;

// Remembers where the focus is in a place, and gives a function that puts it
// there again: on what has the same data-key, or, where that is gone or
// disabled, on what was nearest to it, or else on the first that can have it.
// When what had it comes back, as after a lost connection, so does the focus.
export function holdFocus(place) {
  const key = place.contains(document.activeElement) ? keyOf(document.activeElement) : undefined;
  const wanted = isFocusLost(place) ? lost.key : key;
  const keys = key === undefined ? [] : [...place.querySelectorAll("[data-key]")].map(keyOf);
  const at = keys.indexOf(key);
  // Of two that are as near the later one, which stands where it stood.
  const near = keys.map((each, i) => [Math.abs(i - at - 0.25), each]).sort((a, b) => a[0] - b[0]);
  const find = (each) => place.querySelector(`[data-key="${CSS.escape(each)}"]`);
  return () => {
    if (wanted === undefined) {
      return;
    }
    if (takesFocus(find(wanted))) {
      forgetFocus();
      return;
    }
    if (!near.some(([, each]) => takesFocus(find(each)))
      && ![...place.querySelectorAll("[data-key]")].some(takesFocus)) {
      takesFocus(place); // Tab goes on from here
    }
    lost = {place, key: wanted, at: document.activeElement};
  };
}

// Puts new content into a place, and leaves what is being used where it was:
// the focus, and how far lists were scrolled.
export function put(place, ...children) {
  const focus = holdFocus(place);
  const scrolled = new Map();
  for (const each of place.querySelectorAll("[data-scroll]")) {
    scrolled.set(each.dataset.scroll, each.scrollTop);
  }
  place.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const each of place.querySelectorAll("[data-scroll]")) {
    each.scrollTop = scrolled.get(each.dataset.scroll) ?? 0;
  }
  focus();
}

const HOLD_MS = 600;

// A button that must be held, for what nobody wants to press by mistake. By
// keyboard, Enter or Space is held, too.
export function holdButton(text, done, attributes) {
  let began = 0;
  let frame = 0;
  const button = el("button", {
    type: "button",
    title: "hold to confirm",
    "aria-label": `${text}, hold to confirm`,
    onconfirm: done,
    ...attributes,
  }, text);
  const stop = () => {
    began = 0;
    cancelAnimationFrame(frame);
    button.classList.remove("holding");
  };
  const step = () => {
    const part = Math.min(1, (performance.now() - began) / HOLD_MS);
    button.style.setProperty("--held", `${part * 100}%`);
    if (part === 1) {
      stop();
      heardBy(button).confirm();
    } else if (began) {
      frame = requestAnimationFrame(step);
    }
  };
  const start = (event) => {
    if (!began && !button.disabled) {
      event.preventDefault();
      button.focus();
      began = performance.now();
      button.classList.add("holding");
      step();
    }
  };
  button.addEventListener("pointerdown", start);
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
    button.addEventListener(name, stop);
  }
  button.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      start(event);
    }
  });
  button.addEventListener("keyup", stop);
  return button;
}
