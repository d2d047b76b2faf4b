// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The view of who plays: the song, the next one, and what a thumb must find.

import {post} from "./api.js";
import {Awake} from "./awake.js";
import {Beat} from "./beat.js";
import {parts} from "./chords.js";
import {el, put} from "./dom.js";

const KEYS = {
  ArrowRight: "next",
  PageDown: "next",
  " ": "next",
  ArrowLeft: "previous",
  PageUp: "previous",
};
// What needs these keys itself. A button that was pressed last keeps the focus,
// and a pedal must go on working.
const TYPES = "input, select, textarea, .words";
const PRESSES = `${TYPES}, button, a`;

function drawSick(song) {
  const sick = (song?.clients ?? []).filter(
    (client) => client.state === "error" || client.why || client.late);
  return sick.map((client) => el("p", {class: "panel sick"},
    `${client.label || client.name}: ${client.why || "is late"}`));
}

function drawWords(song, info) {
  const notes = [song?.notes, info?.notes_file?.text].filter(Boolean).join("\n");
  const text = info?.lyrics?.text ?? info?.lyrics?.trouble ?? "";
  if (!notes && !text) {
    return el("p", {class: "dim"}, "No notes for this song.");
  }
  const piece = (part) => (part.chord ? el("span", {class: "chord"}, part.text) : part.text);
  return [
    notes ? el("p", {class: "words"}, notes) : null,
    text ? el("div", {
      class: "words",
      tabindex: 0,
      role: "region",
      "aria-label": "Words",
      "data-key": "words",
      "data-scroll": "words",
    }, info?.lyrics?.chords ? parts(text).map(piece) : text) : null,
  ];
}

// What the line below the song says.
export function comes(show, where) {
  const loading = show.incoming?.name ?? where.coming?.name ?? "";
  if (loading) {
    return `${loading} is being loaded…`;
  }
  if (where.next) {
    return `Next: ${where.next.name}`;
  }
  return where.over ? "The set is over" : "";
}

export function stage(place, page) {
  const {store} = page;
  const beat = new Beat();
  let isAwake = true;
  let words = {song: undefined, info: null};
  let seenSong = null;
  let seenList = "";
  const awake = new Awake((is) => {
    if (is !== isAwake) {
      isAwake = is;
      page.redraw();
    }
  });

  const act = (verb) => {
    if (page.may("performer")) {
      const playing = store.state("show")?.song?.name ?? "";
      page.attempt(post(verb, undefined, verb === "panic" ? {} : {current: playing}),
        verb === "panic" ? "Panic: all notes end." : "");
    }
  };
  const onKey = (event) => {
    const verb = KEYS[event.key];
    const isMeant = !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (verb && isMeant && !event.target.closest?.(event.key === " " ? PRESSES : TYPES)) {
      event.preventDefault();
      act(verb);
    }
  };
  document.addEventListener("keydown", onKey);

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
    const classes = [plays && "plays", chosen && "chosen", line.skip && "skips"];
    return el("li", {class: classes.filter(Boolean).join(" ")},
      el("button", {
        type: "button",
        "data-key": `song-${line.number}`,
        "aria-current": plays ? "true" : null,
        disabled: !page.may("performer"),
        onclick: () => page.attempt(post(`select/${line.number}`),
          `${line.name} is selected; GO plays it.`),
      },
      el("span", {class: "number"}, line.number),
      el("span", {class: "grow cut"}, line.name),
      el("span", {"aria-hidden": "true"}, plays ? "▶" : chosen ? "●" : ""),
      el("span", {class: "hint"}, what)));
  }

  // The song that plays is kept in the middle of the list.
  function middle(list) {
    const plays = list.querySelector(".plays") ?? list.querySelector(".chosen");
    if (plays) {
      list.scrollTop = plays.offsetTop - list.offsetTop
        - (list.clientHeight - plays.clientHeight) / 2;
    }
  }

  const onResize = () => {
    const list = place.querySelector(".setlist");
    if (list) {
      middle(list);
    }
  };
  window.addEventListener("resize", onResize);

  function drawHead(show, where, name) {
    const tempo = show.song?.tempo ?? 0;
    return el("div", {class: "head"},
      el("h1", {class: "song"}, show.song?.title || name || "No song plays"),
      el("p", {class: "row"},
        el("span", {class: "next grow"}, comes(show, where)),
        tempo ? beat.element : null,
        tempo ? el("span", {class: "dim"}, `bpm ${show.song.metre?.join("/") ?? ""}`) : null,
        show.mode === "edit" ? el("span", {class: "warn"}, "edit mode") : null),
      where.trouble ? el("p", {class: "bad"}, where.trouble) : null,
      isAwake ? null : el("p", {class: "dim"},
        "This screen may go dark: have it stay on in the phone's own settings."),
      drawSick(show.song));
  }

  function drawKeys(where) {
    const disabled = !page.may("performer") || !store.online;
    const isGo = where.selected && where.selected.number !== where.next?.number;
    const key = (name, attributes, text) => el("button",
      {type: "button", "data-key": name, ...attributes}, text);
    return el("div", {class: "keys"},
      key("panic", {class: "panic", disabled, onclick: () => act("panic")}, "PANIC"),
      key("previous", {
        disabled: disabled || !where.previous,
        onclick: () => act("previous"),
      }, "PREVIOUS"),
      key("next", {
        class: "go",
        disabled: disabled || (!where.next && !isGo),
        onclick: () => act(isGo ? "go" : "next"),
      }, isGo ? `GO: ${where.selected.name}` : "NEXT"));
  }

  function draw() {
    const show = store.state("show");
    if (!show) {
      put(place, el("p", {class: "empty"},
        "The show manager does not run. The view Services says why; ",
        el("b", {}, "stagecraft enable show"), " makes its service."));
      return;
    }
    const where = show.place ?? {list: []};
    const name = show.song?.name ?? "";
    if (words.song !== name) {
      fetchWords(name);
    }
    beat.show(name, show.song?.tempo ?? 0);
    const list = el("ol", {
      class: "setlist",
      "data-scroll": "setlist",
      "aria-label": where.set ? `Setlist ${where.set}` : "Songs",
    }, (where.list ?? []).map((line) => drawLine(line, where)));
    put(place, el("div", {class: "stage"},
      drawHead(show, where, name),
      el("div", {class: "middle"}, list, el("div", {}, drawWords(show.song, words.info))),
      drawKeys(where)));
    const shown = `${name}/${where.set}/${where.list?.length}`;
    if (seenList !== shown) {
      seenList = shown;
      middle(list);
    }
    if (seenSong !== name) {
      seenSong = name;
      page.say(name ? `${show.song?.title || name} plays.` : "");
    }
  }

  return {
    areas: ["show"],
    draw,
    end() {
      beat.end();
      awake.end();
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("resize", onResize);
    },
  };
}
