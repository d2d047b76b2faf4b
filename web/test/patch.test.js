// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// What the view of the patchbay decides, without a browser.

import assert from "node:assert/strict";
import test from "node:test";

import {canConnect, chosen, columns, devicesAway, fits, kindOf, layers, liftable, parts, rowOf,
  rows, stateOf} from "../js/patch_words.js";

const AUDIO = "32 bit float mono audio";
const port = (name, isOutput, type = AUDIO) => ({
  name, type, is_output: isOutput, system: name.startsWith("alsa:") ? "alsa" : "jack",
});

test("a name is a client and a port, in quotes or not", () => {
  const cases = [
    ["system:playback_1", "jack", "system", "playback_1"],
    ["alsa:Keystation 61:MIDI 1", "alsa", "Keystation 61", "MIDI 1"],
    ['alsa:"A \\"b\\":in"', "alsa", 'A "b"', "in"],
    ['"alsa:x:in"', "jack", "alsa", "x:in"],
    ['"odd -> name:out"', "jack", "odd -> name", "out"],
    ["fx:out:1", "jack", "fx", "out:1"],
    ["nothing", "jack", "nothing", "nothing"],
  ];
  for (const [name, system, client, of] of cases) {
    assert.deepEqual(parts(name), {system, client, port: of}, name);
  }
});

test("columns have what is there and what is waited for, with its kind", () => {
  const ports = [port("b:out", true), port("a:in", false, "8 bit raw midi")];
  const found = columns(ports, [
    {from: "b:out", to: "gone:in"}, {from: "lost:out", to: "a:in"}, {from: "x:o", to: "y:i"}]);
  assert.deepEqual(found.left, [
    {name: "b:out", here: true, kind: "audio"},
    {name: "lost:out", here: false, kind: "MIDI"},
    {name: "x:o", here: false, kind: ""}]);
  assert.deepEqual(found.right.map((each) => [each.name, each.here, each.kind]),
    [["a:in", true, "MIDI"], ["gone:in", false, "audio"], ["y:i", false, ""]]);
  assert.equal(kindOf(port("alsa:K:1", true, "")), "ALSA");
});

test("ports are sorted as people count", () => {
  const found = columns([port("a:out_10", true), port("a:out_9", true)], []);
  assert.deepEqual(found.left.map((each) => each.name), ["a:out_9", "a:out_10"]);
});

test("clients with many ports are folded, unless something is looked for", () => {
  const list = [...Array(9)].map((_, i) => ({name: `big:${i}`, here: true}))
    .concat({name: "small:1", here: false});
  const heads = (words, folded) => rows(list, words, folded).filter((row) => row.client)
    .map((row) => [row.client, row.count, row.isFolded, row.here]);
  assert.deepEqual(heads("", {}), [["big", 9, true, true], ["small", 1, false, false]]);
  assert.equal(rows(list, "", {}).length, 3);
  assert.equal(rows(list, "", {big: false}).length, 12);
  assert.deepEqual(heads("BIG 3", {}), [["big", 1, false, true]]);
  assert.deepEqual(heads("big", {big: true}), [["big", 9, true, true]]);
});

test("a cable ends at its port, or at the client that is folded", () => {
  const list = [...Array(9)].map((_, i) => ({name: `big:${i}`, here: true}))
    .concat({name: "small:1", here: true});
  assert.equal(rowOf(rows(list, "", {}), "big:5"), 0);
  assert.equal(rowOf(rows(list, "", {}), "small:1"), 2);
  assert.equal(rowOf(rows(list, "", {big: false}), "big:5"), 6);
  assert.equal(rowOf(rows(list, "small", {}), "big:5"), -1);
});

const CONNECTIONS = [
  {from: "a:1", to: "b:1", state: "connected", policy: "want", layer: "song"},
  {from: "alsa:Keys:1", to: "b:2", state: "missing", policy: "want", layer: "global",
    file: "x.patch", line: 3, missing: ["alsa:Keys:1"]},
  {from: "alsa:Keys:2", to: "c:2", state: "missing", policy: "want", layer: "global",
    missing: ["alsa:Keys:2", "c:2"]},
  {from: "d:1", to: "e:1", state: "connected"},
  {from: "d:2", to: "e:2", state: "missing", policy: "forbid", missing: ["e:2"]},
];

test("a device that is away is named once, with what waits for it", () => {
  assert.deepEqual(devicesAway(CONNECTIONS),
    [{client: "c", count: 1}, {client: "Keys", count: 2}]);
  assert.deepEqual(devicesAway([]), []);
});

test("a connection says how it is, and who wants it", () => {
  assert.deepEqual(stateOf(CONNECTIONS[0]), {words: "connected, layer song", isGood: true});
  assert.deepEqual(stateOf(CONNECTIONS[1]),
    {words: "waits for Keys, layer global, x.patch line 3", isGood: false});
  assert.equal(stateOf(CONNECTIONS[2]).words, "waits for Keys and c, layer global");
  assert.equal(stateOf(CONNECTIONS[3]).words, "connected, nobody has asked for it");
});

test("the list is cut down to states and layers", () => {
  const count = (what) => chosen(CONNECTIONS, what).length;
  assert.deepEqual(["all", "connected", "waiting", "song", "set"].map(count), [5, 2, 2, 1, 0]);
  assert.deepEqual(layers(CONNECTIONS), ["global", "song"]);
});

test("ports of two kinds do not go together; who is away may", () => {
  assert.equal(canConnect({kind: "audio"}, {kind: "MIDI"}), false);
  assert.equal(canConnect({kind: "ALSA"}, {kind: "MIDI"}), false);
  assert.equal(canConnect({kind: "MIDI"}, {kind: "MIDI"}), true);
  assert.equal(canConnect({kind: ""}, {kind: "MIDI"}), true);
});

test("words are looked for in any order", () => {
  assert.equal(fits("Keystation 61:MIDI 1", "midi key"), true);
  assert.equal(fits("Keystation 61:MIDI 1", "midi 2"), false);
  assert.equal(fits("a", ""), true);
});

test("only a forbid that was made by command is lifted", () => {
  const rule = (text, file = "learned.patch", policy = "forbid") => ({text, file, policy});
  assert.deepEqual(liftable(rule("forbid a:1 -> b:*")), {from: "a:1", to: "b:*"});
  assert.equal(liftable(rule("forbid a:1 -> b:1", "10-x.patch")), null);
  assert.equal(liftable(rule("forbid a:* -> b:* except a:2")), null);
  assert.equal(liftable(rule("a:* -> b:*", "learned.patch", "want")), null);
});
