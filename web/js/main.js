// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Puts the page together: which view is shown, the lamp, the lock.

import {post} from "./api.js";
import {el, put} from "./dom.js";
import {Hearing} from "./events.js";
import {Store, health} from "./store.js";
import {pairing} from "./pair.js";
import {stage} from "./stage.js";
import {patch} from "./patch.js";
import {racks} from "./racks.js";
import {services} from "./services.js";
import {system} from "./system.js";

const VIEWS = {stage, patch, racks, services, system};
const TITLES = {stage: "Stage", patch: "Patchbay", racks: "Racks", services: "Services", system: "System"};
const DRAW_MS = 40; // at most so often

const store = new Store();
const place = document.getElementById("view");
const said = document.getElementById("said");
const lamp = document.getElementById("lamp");
const lock = document.getElementById("lock");
const offline = document.getElementById("offline");
const tabs = document.getElementById("tabs");
const title = document.getElementById("title");

let current = null;
let isDue = false;
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
  may: (role) => ["viewer", "performer", "admin"].indexOf(store.device?.role) >= ["viewer", "performer", "admin"].indexOf(role),
  isLocked: () => store.device?.locked ?? true,
  can: (role) => page.may(role) && !page.isLocked(),
  redraw: () => drawSoon(),
};

function nameOfHash() {
  const name = location.hash.slice(1).split("=")[0];
  return name in VIEWS ? name : "stage";
}

function drawLamp() {
  const {level, why} = health(store);
  const words = {good: "All well", warn: "Look here", bad: "Trouble"};
  lamp.className = `lamp ${level}`;
  lamp.textContent = store.online ? words[level] : "Not connected";
  lamp.setAttribute("aria-expanded", showsWhy);
  if (showsWhy) {
    page.say(why.length ? why.join(" · ") : "Everything runs as it should.");
  }
}

function drawBar() {
  const isPaired = store.device !== null;
  tabs.hidden = !isPaired;
  lock.hidden = !isPaired || !page.may("performer");
  lock.setAttribute("aria-pressed", page.isLocked());
  lock.textContent = page.isLocked() ? "Locked" : "Unlocked";
  put(tabs, Object.keys(VIEWS).map((name) => el("button", {
    type: "button",
    "data-key": `tab-${name}`,
    "aria-current": name === current?.name ? "page" : null,
    onclick: () => { location.hash = name; },
  }, TITLES[name])));
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
    document.title = `${TITLES[name]} · Stagecraft`;
    title.textContent = TITLES[name];
    title.hidden = name === "stage"; // which has the song there
    page.say("");
    drawBar();
  }
  current.view.draw();
}

function drawSoon() {
  if (!isDue) {
    isDue = true;
    setTimeout(draw, DRAW_MS);
  }
}

lamp.addEventListener("click", () => {
  showsWhy = !showsWhy;
  if (!showsWhy) {
    page.say("");
  }
  drawLamp();
});
lock.addEventListener("click", () => page.attempt(post(page.isLocked() ? "unlock" : "lock")));
window.addEventListener("hashchange", () => {
  drawSoon();
  place.focus({preventScroll: true});
});
store.listen((area) => {
  if (area === "online" || area === "device" || store.device !== null) {
    drawSoon();
  }
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
