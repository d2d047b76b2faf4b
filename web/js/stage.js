// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The view of who plays: the song, the next one, and what a thumb must find.

import {post} from "./api.js";
import {parts} from "./chords.js";
import {el, put} from "./dom.js";

const KEYS = {ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "previous", PageUp: "previous"};

// A beat that is seen, from a tempo; it starts when the song does.
class Beat {
  #timer = 0;

  show(element, bpm) {
    clearInterval(this.#timer);
    if (bpm > 0) {
      this.#timer = setInterval(() => {
        element.classList.add("now");
        setTimeout(() => element.classList.remove("now"), 90);
      }, 60000 / bpm);
    }
  }

  end() {
    clearInterval(this.#timer);
  }
}

// Keeps the screen awake where a browser lets us: that takes HTTPS or localhost.
async function stayAwake(held) {
  if (!document.hidden && navigator.wakeLock && !held.lock) {
    held.lock = await navigator.wakeLock.request("screen").catch(() => null);
    held.lock?.addEventListener("release", () => { held.lock = null; });
  }
}

export function stage(place, page) {
  const {store} = page;
  const beat = new Beat();
  const awake = {lock: null};
  let words = {song: undefined, info: null};
  let seenSong = null;

  const act = (verb) => {
    if (page.may("performer")) {
      const playing = store.state("show")?.song?.name ?? "";
      page.attempt(post(verb, undefined, verb === "panic" ? {} : {current: playing}),
        verb === "panic" ? "Panic: all notes end." : "");
    }
  };
  const onKey = (event) => {
    const verb = KEYS[event.key];
    const isTyping = event.target.closest?.("input, select, textarea, button, [role=button], .setlist");
    if (verb && !isTyping && !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      act(verb);
    }
  };
  const onVisible = () => stayAwake(awake);
  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", onVisible);
  onVisible();

  async function fetchWords(song) {
    words = {song, info: null};
    if (song) {
      const answer = await post("show/info", {song}).catch(() => null);
      if (words.song === song) {
        words.info = answer;
        page.redraw();
      }
    }
  }

  function drawWords(song, info) {
    const notes = [song?.notes, info?.notes_file?.text].filter(Boolean).join("\n");
    const text = info?.lyrics?.text ?? info?.lyrics?.trouble ?? "";
    if (!notes && !text) {
      return el("p", {class: "dim"}, "No notes for this song.");
    }
    const shown = info?.lyrics?.chords
      ? parts(text).map((part) => (part.chord ? el("span", {class: "chord"}, part.text) : part.text))
      : text;
    return [
      notes ? el("p", {class: "words"}, notes) : null,
      text ? el("div", {class: "words", tabindex: 0, role: "region", "aria-label": "Words", "data-scroll": "words"}, shown) : null,
    ];
  }

  function drawLine(line, where) {
    if (line.kind === "break") {
      return el("li", {class: "break"}, `— ${line.name} —`);
    }
    if (line.kind === "bad") {
      return el("li", {class: "break bad"}, `${line.number} cannot be a song: ${line.name}`);
    }
    const plays = line.number === where.playing?.number;
    const chosen = line.number === where.selected?.number;
    const what = plays ? ", plays" : chosen ? ", selected" : line.skip ? ", skipped" : "";
    return el("li", {class: [plays && "plays", chosen && "chosen", line.skip && "skips"].filter(Boolean).join(" ")},
      el("button", {
        type: "button",
        "data-key": `song-${line.number}`,
        "aria-current": plays ? "true" : null,
        disabled: !page.may("performer"),
        onclick: () => page.attempt(post(`select/${line.number}`), `${line.name} is selected; GO plays it.`),
      }, el("span", {class: "number"}, line.number), el("span", {class: "grow cut"}, line.name),
      el("span", {"aria-hidden": "true"}, plays ? "▶" : chosen ? "●" : ""), el("span", {class: "hint"}, what)));
  }

  function drawSick(song) {
    const sick = (song?.clients ?? []).filter((client) => client.state === "error" || client.why || client.late);
    return sick.map((client) => el("p", {class: "panel sick"}, `${client.label || client.name}: ${client.why || "is late"}`));
  }

  // The song that plays is kept in the middle of the list.
  function middle(list) {
    const plays = list.querySelector(".plays") ?? list.querySelector(".chosen");
    if (plays) {
      list.scrollTop = plays.offsetTop - list.offsetTop - (list.clientHeight - plays.clientHeight) / 2;
    }
  }

  function draw() {
    const show = store.state("show");
    if (!show) {
      put(place, el("p", {class: "empty"}, "The show manager does not run. The view Services says why; ", el("b", {}, "stagecraft enable show"), " makes its service."));
      return;
    }
    const where = show.place ?? {list: []};
    const name = show.song?.name ?? "";
    if (words.song !== name) {
      fetchWords(name);
    }
    const info = words.info;
    const tempo = show.song?.tempo ?? 0;
    const loading = show.incoming?.name ?? where.coming?.name ?? "";
    const pulse = el("span", {class: "beat", "aria-hidden": "true"}, tempo ? `${Math.round(tempo * 10) / 10}` : "");
    const list = el("ol", {class: "setlist", "data-scroll": "setlist", "aria-label": where.set ? `Setlist ${where.set}` : "Songs"}, (where.list ?? []).map((line) => drawLine(line, where)));
    const disabled = !page.may("performer") || !store.online;
    const isGo = where.selected && where.selected.number !== where.next?.number;
    put(place, el("div", {class: "stage"},
      el("div", {},
        el("h1", {class: "song"}, show.song?.title || name || "No song plays"),
        el("p", {class: "row"},
          el("span", {class: "next grow"}, loading ? `${loading} is being loaded…` : where.next ? `Next: ${where.next.name}` : where.over ? "The set is over" : ""),
          tempo ? pulse : null, tempo ? el("span", {class: "dim"}, `bpm ${show.song.metre?.join("/") ?? ""}`) : null,
          show.mode === "edit" ? el("span", {class: "warn"}, "edit mode") : null),
        where.trouble ? el("p", {class: "bad"}, where.trouble) : null,
        drawSick(show.song)),
      el("div", {class: "middle"},
        list,
        el("div", {}, drawWords(show.song, info))),
      el("div", {class: "keys"},
        el("button", {type: "button", class: "panic", "data-key": "panic", disabled, onclick: () => act("panic")}, "PANIC"),
        el("button", {type: "button", "data-key": "previous", disabled: disabled || !where.previous, onclick: () => act("previous")}, "PREVIOUS"),
        el("button", {type: "button", class: "go", "data-key": "next", disabled: disabled || (!where.next && !isGo), onclick: () => act(isGo ? "go" : "next")}, isGo ? `GO: ${where.selected.name}` : "NEXT"))));
    if (tempo && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      beat.show(pulse, tempo);
    } else {
      beat.end();
    }
    if (seenSong !== name) {
      seenSong = name;
      middle(list);
      page.say(name ? `${show.song?.title || name} plays.` : "");
    }
  }

  return {
    draw,
    end() {
      beat.end();
      awake.lock?.release();
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("visibilitychange", onVisible);
    },
  };
}
