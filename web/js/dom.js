// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Makes elements. Texts are texts: nothing that comes from a rig is ever HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Puts new content into a place, and leaves what is being used where it was:
// the focus by the data-key of its element, and how far lists were scrolled.
export function put(place, ...children) {
  const keyOf = (element) => element?.closest?.("[data-key]")?.dataset.key;
  const key = place.contains(document.activeElement) ? keyOf(document.activeElement) : undefined;
  const scrolled = new Map();
  for (const each of place.querySelectorAll("[data-scroll]")) {
    scrolled.set(each.dataset.scroll, each.scrollTop);
  }
  place.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const each of place.querySelectorAll("[data-scroll]")) {
    each.scrollTop = scrolled.get(each.dataset.scroll) ?? 0;
  }
  if (key !== undefined) {
    place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({preventScroll: true});
  }
}

const HOLD_MS = 600;

// A button that must be held, for what nobody wants to press by mistake. By
// keyboard, Enter or Space is held, too.
export function holdButton(text, done, attributes) {
  let began = 0;
  let frame = 0;
  const button = el("button", {type: "button", title: "hold to confirm", "aria-label": `${text}, hold to confirm`, ...attributes}, text);
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
      done();
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
