// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of the rig, by what its daemons say. Pure: events come in, and
// whoever listens is told which area is another one.

export class Store {
  #listeners = new Set();
  #meters = new Set();

  constructor() {
    this.areas = {};     // area: {epoch, seq, state}, null while it is away
    this.device = null;  // who we are; null: not paired
    this.online = false;
  }

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // Levels come many times a second, and change nothing else.
  listenToMeters(listener) {
    this.#meters.add(listener);
    return () => this.#meters.delete(listener);
  }

  tell(area, event) {
    for (const listener of [...this.#listeners]) {
      listener(area, event);
    }
  }

  state(area) {
    return this.areas[area]?.state ?? null;
  }

  setOnline(online) {
    if (this.online !== online) {
      this.online = online;
      this.tell("online");
    }
  }

  setDevice(device) {
    this.device = device;
    this.tell("device");
  }

  take(name, data) {
    switch (name) {
    case "hello":
      this.areas = {};
      this.setDevice(data.device);
      break;
    case "me":
      this.setDevice(data);
      break;
    case "snapshot":
      this.areas[data.area] = {epoch: data.epoch, seq: data.seq, state: data.state};
      if (data.area === "rig") {
        data.state.services.forEach(stamp);
      }
      this.tell(data.area);
      break;
    case "down":
      this.areas[data.area] = null;
      this.tell(data.area);
      break;
    case "change":
      this.#change(data);
      break;
    default: // resync: snapshots follow
    }
  }

  // What is older than the snapshot is in it already.
  #change(event) {
    const known = this.areas[event.area];
    if (!known || known.epoch !== event.epoch || event.seq <= known.seq) {
      return;
    }
    if (event.topic === "meter") {
      this.#meters.forEach((listener) => listener(event.area, event.data));
      return;
    }
    known.seq = event.seq;
    if (event.area === "rig" && event.topic === "log") {
      this.tell("log", event.data); // no state: who looks at it keeps it
      return;
    }
    apply(known, event);
    this.tell(event.area, event);
  }
}

// Notes when we heard of a service, since what it says of its age goes on.
function stamp(service) {
  service.heard_ms = Date.now();
}

// Some events say what has changed, and need no question.
function apply(known, event) {
  const {area, topic, data} = event;
  if (area === "rig" && topic === "service") {
    const services = known.state.services;
    stamp(data);
    const at = services.findIndex((service) => service.name === data.name);
    if (at < 0) {
      services.push(data);
      services.sort((a, b) => (a.name < b.name ? -1 : 1));
    } else {
      services[at] = data;
    }
  } else if (area === "rig" && topic === "removed") {
    known.state.services = known.state.services.filter(({name}) => name !== data.name);
  } else if (area === "rig" && topic === "computer") {
    known.state.troubles = data.troubles;
  } else if (area === "jack" && topic === "load") {
    known.state.load_percent = data.load_percent ?? known.state.load_percent;
  } else if (area === "jack" && topic === "xrun") {
    known.state.xruns = data.xruns ?? known.state.xruns;
  } else {
    known.isOld = true; // the state is to be asked for
  }
}

// The worst that is wrong, for the lamp: {level: good | warn | bad, why: []}.
export function health(store) {
  const bad = [];
  const warn = [];
  if (!store.online) {
    return {level: "bad", why: ["not connected to the show machine"]};
  }
  const jack = store.state("jack");
  const rig = store.state("rig");
  if (!rig) {
    bad.push("the watcher does not answer");
  }
  for (const service of rig?.services ?? []) {
    const {name, state, note} = service;
    if (state === "failed" || state === "held") {
      bad.push(`${name}: ${note || service.last_exit || state}`);
    } else if (state === "starting" || state === "waiting") {
      warn.push(`${name} is ${state}${note ? `: ${note}` : ""}`);
    } else if (note && !["down", "disabled", "idle"].includes(state)) {
      warn.push(`${name}: ${note}`);
    }
  }
  for (const {name, level, text} of rig?.troubles ?? []) {
    (level === "bad" ? bad : warn).push(`${name}: ${text}`);
  }
  if (jack && jack.load_percent > 80) {
    warn.push(`the processor is at ${Math.round(jack.load_percent)} %`);
  }
  for (const client of store.state("show")?.song?.clients ?? []) {
    if (client.state === "error" || client.late) {
      warn.push(`${client.label || client.name}: ${client.why || client.state}`);
    }
  }
  return {level: bad.length ? "bad" : warn.length ? "warn" : "good", why: [...bad, ...warn]};
}
