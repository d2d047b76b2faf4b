// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Puts the page together: which view is shown, the lamp, the lock.

import {post} from "./api.js";
import {el, forgetFocus, put} from "./dom.js";
import {Hearing} from "./events.js";
import {Store, health} from "./store.js";
import {pairing} from "./pair.js";
import {stage} from "./stage.js";
import {patch} from "./patch.js";
import {racks} from "./racks.js";
import {services} from "./services.js";
import {system} from "./system.js";

const VIEWS = {stage, patch, racks, services, system};
const TITLES = {
  stage: "Stage",
  patch: "Patchbay",
  racks: "Racks",
  services: "Services",
  system: "System",
};
const ROLES = ["viewer", "performer", "admin"];
const LAMP = {good: "All well", warn: "Look here", bad: "Trouble"};
const DRAW_MS = 40; // at most so often

const store = new Store();
const place = document.getElementById("view");
const said = document.getElementById("said");
const lamp = document.getElementById("lamp");
const lock = document.getElementById("lock");
const offline = document.getElementById("offline");
const tabs = document.getElementById("tabs");
const title = document.getElementById("title");
const reasons = document.getElementById("why");

let current = null;
let isDue = false;
let isChanged = true; // what the view shows
let afterwards = null;
let isPressed = false; // something is, and must not be replaced meanwhile
let showsWhy = false;

// What views use.
const page = {
  store,
  say(text, isBad = false) {
    said.textContent = text;
    said.classList.toggle("bad", isBad);
  },
  // Asks, and says what went wrong.
  async attempt(asked, done) {
    try {
      const result = await asked;
      page.say(done ?? "");
      return result;
    } catch (error) {
      page.say(error.message, true);
      return null;
    }
  },
  may: (role) => ROLES.indexOf(store.device?.role) >= ROLES.indexOf(role),
  isLocked: () => store.device?.locked ?? true,
  can: (role) => page.may(role) && !page.isLocked(),
  // then: what to do when it is drawn.
  redraw(then) {
    isChanged = true;
    afterwards = then ?? afterwards;
    drawSoon();
  },
};

const tabOf = Object.fromEntries(Object.entries(TITLES).map(([name, text]) => [name, el("button", {
  type: "button",
  "data-key": `tab-${name}`,
  onclick: () => { location.hash = name; },
}, text)]));
tabs.append(...Object.values(tabOf));

// On a narrow screen there is not room for all.
function showTab() {
  tabOf[nameOfHash()].scrollIntoView({block: "nearest", inline: "nearest"});
}

function nameOfHash() {
  const name = location.hash.slice(1).split("=")[0];
  return name in VIEWS ? name : "stage";
}

function drawLamp() {
  const {level, why} = health(store);
  const text = store.online ? LAMP[level] : "Not connected";
  lamp.className = `lamp ${level}`;
  if (lamp.textContent !== text) {
    lamp.textContent = text; // which is said aloud
  }
  lamp.setAttribute("aria-expanded", showsWhy);
  reasons.hidden = !showsWhy || store.device === null;
  put(reasons, (why.length ? why : ["Everything runs as it should."]).map((each) =>
    el("li", {}, each)));
}

function drawBar() {
  const isPaired = store.device !== null;
  tabs.hidden = !isPaired;
  lock.hidden = !isPaired || !page.may("performer");
  lock.setAttribute("aria-pressed", page.isLocked());
  lock.textContent = page.isLocked() ? "Locked" : "Unlocked";
  for (const [name, tab] of Object.entries(tabOf)) {
    if (name === current?.name) {
      tab.setAttribute("aria-current", "page");
    } else {
      tab.removeAttribute("aria-current");
    }
  }
  offline.hidden = store.online || !isPaired;
  offline.textContent = "Not connected. What is below is how it was.";
}

function draw() {
  isDue = false;
  drawLamp();
  drawBar();
  if (store.device === null) {
    return;
  }
  const name = nameOfHash();
  if (current?.name !== name) {
    current?.view.end?.();
    put(place);
    current = {name, view: VIEWS[name](place, page)};
    isChanged = true;
    document.title = `${TITLES[name]} · Stagecraft`;
    title.textContent = TITLES[name];
    title.hidden = name === "stage"; // which has the song there
    page.say("");
    drawBar();
    showTab();
  }
  if (isChanged && !isPressed) {
    isChanged = false;
    current.view.draw();
    afterwards?.();
    afterwards = null;
  }
}

function drawSoon() {
  if (!isDue) {
    isDue = true;
    setTimeout(draw, DRAW_MS);
  }
}

lamp.addEventListener("click", () => {
  showsWhy = !showsWhy;
  drawLamp();
});
// A button that is replaced between press and release is not clicked.
function press(pressed) {
  isPressed = pressed;
  if (pressed) {
    forgetFocus();
  } else {
    drawSoon();
  }
}
for (const [name, pressed] of [["pointerdown", true], ["pointerup", false],
  ["pointercancel", false], ["keydown", true], ["keyup", false]]) {
  document.addEventListener(name, () => press(pressed), true);
}
window.addEventListener("resize", showTab);
window.addEventListener("blur", () => press(false));
lock.addEventListener("click", () => page.attempt(post(page.isLocked() ? "unlock" : "lock")));
window.addEventListener("hashchange", () => {
  drawSoon();
  place.focus({preventScroll: true});
});
store.listen((area) => {
  const isAll = area === "online" || area === "device";
  if (area === "log" || (!isAll && store.device === null)) {
    return;
  }
  isChanged ||= isAll || (current?.view.areas?.includes(area) ?? true);
  drawSoon();
});

const hearing = new Hearing(store, () => {
  current?.view.end?.();
  current = null;
  title.hidden = true;
  drawBar();
  pairing(place, page, () => {
    put(place);
    hearing.start();
  });
});
hearing.start();
drawBar();
