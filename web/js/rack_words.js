// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// What racks say, in words for people. Pure.

const NEAR = 1e-6;

export function digits(value) {
  if (Math.abs(value) >= 100) {
    return value.toFixed(0);
  }
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3).replace(/\.?0+$/, "");
}

// What a value means: the word of its scale point, or the number with its unit.
export function meaning(value) {
  const point = value.points?.find((each) => Math.abs(each.value - value.value) < NEAR);
  return point ? point.label : `${digits(value.value)}${value.unit ? ` ${value.unit}` : ""}`;
}

// What every slot has beside the values of its plug-in has no words of its own.
const MIXER = {
  wet: {name: "Wet part"},
  gain: {name: "Gain of what goes in", unit: "dB"},
  pan: {name: "Left and right"},
  width: {name: "Width"},
};

export const named = (value) => ({...MIXER[value.symbol.replace(/^:/, "")], ...value});

// A rack's own values have none, either.
const OWN = {
  gain: {name: "Gain of what comes out", unit: "dB"},
  mute: {name: "Mute", toggled: true},
};

export const ownValues = ({values}) => values.map((each) => ({...OWN[each.symbol], ...each}));

// All that a controller can turn of a slot, or of the rack: [{symbol, name}].
export function controls({plugin, values, mixer}) {
  if (plugin === undefined) {
    return ownValues({values});
  }
  return [
    ...values.map((each) => ({...each, name: each.name ?? each.symbol})),
    ...(mixer ?? []).map(named),
    {symbol: "bypass", name: "Bypass"},
  ];
}

const wordsOf = (text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)]
  .map(([, quoted, bare]) => quoted?.replace(/\\(.)/g, "$1") ?? bare);

const KINDS = {
  cc: "controller",
  cc14: "fine controller",
  nrpn: "NRPN",
  note: "key",
  program: "program",
  bend: "pitch wheel",
};

// A map as racks write it, "cc 1 74 wet 0 0.5 log pickup", taken apart: {heard,
// target, rest}. heard: what is turned, in words.
export function readMap(text) {
  const [kind, channel, ...more] = wordsOf(text);
  const number = kind === "bend" ? "" : ` ${more.shift()}`;
  const [target, ...rest] = more;
  const where = channel === "any" ? "any channel" : `channel ${channel}`;
  return {heard: `${KINDS[kind] ?? kind}${number}, ${where}`, target, rest: rest.join(" ")};
}

// What is to be learned: a symbol and perhaps a range.
export function learnText(symbol, low, high, hasPickup) {
  const range = low !== "" && high !== "" ? ` ${Number(low)} ${Number(high)}` : "";
  return `${symbol}${range}${hasPickup ? " pickup" : ""}`;
}

// The plug-ins that have all these words in name or URI: those whose name begins
// so first.
export function search(plugins, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = plugins.filter((each) => {
    const all = `${each.name} ${each.uri}`.toLowerCase();
    return !each.fault && words.every((word) => all.includes(word));
  });
  const rank = (each) => (each.name.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

export const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// "2 in, 2 out, MIDI in".
export const shape = ({ins, outs, midi_in: midiIn, midi_out: midiOut, values}) => [
  ins || outs ? `${ins} in, ${outs} out` : null,
  midiIn ? "MIDI in" : null,
  midiOut ? "MIDI out" : null,
  many(values, "knob"),
].filter(Boolean).join(", ");

// How a slot is, in a word, and whether that is good, warn or bad.
export function condition(slot) {
  if (slot.fault) {
    return {word: "left out", level: "bad"};
  }
  return slot.bypassed ? {word: "bypassed", level: "warn"}
    : {word: slot.state, level: slot.state === "plays" ? "good" : "warn"};
}
