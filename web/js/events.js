// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Hears the server's events, and keeps trying. Who is on a stage must see within
// seconds that a page shows what was, not what is.

import {get, pathOf} from "./api.js";

const SILENT_MS = 5000; // the server says something every two seconds
const AGAIN_MS = 500;
const SETTLE_MS = 100; // events come in heaps; one question is enough for all
const NAMES = ["hello", "me", "snapshot", "down", "change", "resync"];

export class Hearing {
  #source = null;
  #timer = 0;
  #asked = new Map(); // area: timer

  constructor(store, unpaired) {
    this.store = store;
    this.unpaired = unpaired;
    store.listen((area, event) => event && this.#refresh(area));
  }

  start() {
    this.#open();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.store.online) {
        this.#open();
      }
    });
  }

  stop() {
    clearTimeout(this.#timer);
    this.#source?.abort();
    this.#source = null;
  }

  // EventSource does not tell of comments, by which we know that somebody is
  // there, so the stream is read by hand.
  async #open() {
    this.stop();
    const source = new AbortController();
    this.#source = source;
    const hear = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => source.abort(), SILENT_MS);
    };
    hear();
    try {
      const answer = await fetch("/api/events",
        {signal: source.signal, credentials: "same-origin", cache: "no-store"});
      if (answer.status === 401) {
        this.stop();
        this.store.setDevice(null);
        this.unpaired();
        return;
      }
      if (answer.ok) {
        await this.#read(answer.body.getReader(), hear);
      }
    } catch {
      // as good as ended
    }
    if (this.#source === source) {
      this.store.setOnline(false);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#open(), AGAIN_MS);
    }
  }

  async #read(reader, hear) {
    const parser = new Parser((name, data) => {
      if (NAMES.includes(name)) {
        this.store.take(name, data);
      }
    });
    const decoder = new TextDecoder();
    for (;;) {
      const {done, value} = await reader.read();
      if (done) {
        return;
      }
      hear();
      this.store.setOnline(true);
      parser.feed(decoder.decode(value, {stream: true}));
    }
  }

  // Asks for the state of an area whose event did not say all.
  #refresh(area) {
    if (!this.store.areas[area]?.isOld || this.#asked.has(area)) {
      return;
    }
    this.#asked.set(area, setTimeout(async () => {
      this.#asked.delete(area);
      try {
        const {epoch, seq, state} = await get(`${pathOf(area)}/state`);
        this.store.take("snapshot", {area, epoch, seq, state});
      } catch {
        // it is away: that is told by itself
      }
    }, SETTLE_MS));
  }
}

// Server-sent events out of pieces of text (HTML Standard, 9.2.6), those with
// one line of data that is JSON.
export class Parser {
  #rest = "";
  #name = "message";
  #data = null;

  constructor(take) {
    this.take = take;
  }

  feed(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) {
      this.#line(line);
    }
  }

  #line(line) {
    if (line === "") {
      if (this.#data !== null) {
        let data;
        try {
          data = JSON.parse(this.#data);
        } catch {
          data = null;
        }
        if (data) {
          this.take(this.#name, data);
        }
      }
      this.#name = "message";
      this.#data = null;
    } else if (line.startsWith("event: ")) {
      this.#name = line.slice(7);
    } else if (line.startsWith("data: ")) {
      this.#data = line.slice(6);
    }
  }
}
