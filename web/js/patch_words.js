// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// What the patchbay says, put in order for the eye. Pure.

const MANY = 8; // ports of a client in one column; more are folded

// A name as patch files have it: alsa:Keys:out, or with quotes: alsa:"a -> b:in".
export function parts(name) {
  const system = name.startsWith("alsa:") ? "alsa" : "jack";
  const text = system === "alsa" ? name.slice(5) : name;
  const rest = text.startsWith('"') ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text;
  const at = rest.indexOf(":");
  return at < 0 ? {system, client: rest, port: rest}
    : {system, client: rest.slice(0, at), port: rest.slice(at + 1)};
}

// "audio", "MIDI", "ALSA": what a port carries, as a word.
export function kindOf({system, type}) {
  if (system === "alsa") {
    return "ALSA";
  }
  return type.includes("midi") ? "MIDI" : type.includes("audio") ? "audio" : type;
}

const byName = (a, b) => a.name.localeCompare(b.name, undefined, {numeric: true});

const away = (name, other) => {
  const {system} = parts(name);
  return {name, here: false, kind: other ?? (system === "alsa" ? "ALSA" : "")};
};

// All ports there are, and those that connections wait for: {left, right}, each
// [{name, here, kind}].
export function columns(ports, connections) {
  const known = new Map(ports.map((port) => [port.name, port]));
  const left = new Map();
  const right = new Map();
  for (const port of ports) {
    const seen = {name: port.name, here: true, kind: kindOf(port)};
    (port.is_output ? left : right).set(port.name, seen);
  }
  const kind = (name) => (known.has(name) ? kindOf(known.get(name)) : undefined);
  for (const {from, to} of connections) {
    if (!left.has(from)) {
      left.set(from, away(from, kind(to)));
    }
    if (!right.has(to)) {
      right.set(to, away(to, kind(from)));
    }
  }
  return {left: [...left.values()].sort(byName), right: [...right.values()].sort(byName)};
}

export const fits = (name, words) => {
  const text = name.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
};

// The rows of a column: {client} heads a group, {name, ...} is a port of it.
// folded: {client: bool}, what the user has said of it.
export function rows(list, words, folded) {
  const groups = new Map();
  for (const port of list.filter(({name}) => fits(name, words))) {
    const {client} = parts(port.name);
    groups.set(client, [...groups.get(client) ?? [], port]);
  }
  return [...groups].flatMap(([client, ports]) => {
    const isFolded = folded[client] ?? (ports.length > MANY && !words);
    const head = {client, count: ports.length, isFolded, here: ports.some((each) => each.here)};
    return [head, ...isFolded ? [] : ports];
  });
}

// In which row a port is: its own, or that of its client when that is folded.
export function rowOf(list, name) {
  const at = list.findIndex((row) => row.name === name);
  const {client} = parts(name);
  return at >= 0 ? at : list.findIndex((row) => row.client === client && row.isFolded);
}

export const isWanted = ({policy}) => policy !== "forbid" && policy !== "not";

// Which devices are away, and how many connections wait for each.
export function devicesAway(connections) {
  const found = new Map();
  for (const each of connections.filter(isWanted)) {
    for (const client of new Set((each.missing ?? []).map((name) => parts(name).client))) {
      found.set(client, (found.get(client) ?? 0) + 1);
    }
  }
  return [...found].map(([client, count]) => ({client, count}))
    .sort((a, b) => a.client.localeCompare(b.client));
}

// Whether a server could connect the two.
export const canConnect = (from, to) => !from.kind || !to.kind || from.kind === to.kind;

// How a connection is, in words, and whether that is good or to be looked at.
export function stateOf({state, policy, layer, missing, file, line}) {
  const gone = [...new Set((missing ?? []).map((name) => parts(name).client))];
  const words = [
    gone.length ? `waits for ${gone.join(" and ")}` : state,
    policy === "forbid" ? "forbidden" : null,
    layer ? `layer ${layer}` : "nobody has asked for it",
    file ? `${file}${line ? ` line ${line}` : ""}` : null,
  ];
  return {words: words.filter(Boolean).join(", "), isGood: state === "connected"};
}

// What the list is cut down to: "all", "connected", "waiting", or a layer's name.
export function chosen(connections, what) {
  const takes = {
    all: () => true,
    connected: ({state}) => state === "connected",
    waiting: (each) => isWanted(each) && each.state !== "connected",
  }[what] ?? (({layer}) => layer === what);
  return connections.filter(takes);
}

export const layers = (connections) =>
  [...new Set(connections.map(({layer}) => layer).filter(Boolean))].sort();

// What a rule forbids, {from, to}, when it was made by command and can so be
// lifted; else null.
export function liftable({text, policy, file}) {
  const found = /^forbid\s+(.+?)\s+->\s+(.+)$/.exec(text);
  return policy === "forbid" && file === "learned.patch" && found && !/\sexcept\s/.test(text)
    ? {from: found[1], to: found[2]} : null;
}
