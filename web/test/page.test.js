// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// What the page decides, without a browser: node --test web/test

import assert from "node:assert/strict";
import test from "node:test";

import {parts} from "../js/chords.js";
import {Parser} from "../js/events.js";
import {duration, ending} from "../js/services.js";
import {Store, health} from "../js/store.js";

function storeWith(areas) {
  const store = new Store();
  store.setOnline(true);
  for (const [area, state] of Object.entries(areas)) {
    store.take("snapshot", {area, epoch: "e", seq: 5, state});
  }
  return store;
}

test("events come in any pieces", () => {
  const text = 'event: hello\ndata: {"a": 1}\n\n:\n\nevent: x\ndata: {"b": "ü\\n"}\n\n'
    + "data: no\n\nevent: y\n\n";
  for (let size = 1; size < text.length; size++) {
    const got = [];
    const parser = new Parser((name, data) => got.push([name, data]));
    for (let at = 0; at < text.length; at += size) {
      parser.feed(text.slice(at, at + size));
    }
    assert.deepEqual(got, [["hello", {a: 1}], ["x", {b: "ü\n"}]]);
  }
});

test("what is older than the snapshot is in it already", () => {
  const store = storeWith({rig: {services: [{name: "a", state: "ready"}]}});
  const change = (seq, state, epoch = "e", name = "a") => store.take("change",
    {area: "rig", topic: "service", epoch, seq, data: {name, state}});
  change(5, "failed");
  change(4, "failed");
  change(6, "failed", "other");
  assert.equal(store.state("rig").services[0].state, "ready");
  change(6, "stopping");
  assert.equal(store.state("rig").services[0].state, "stopping");
  change(7, "new", "e", "0");
  assert.deepEqual(store.state("rig").services.map((each) => each.name), ["0", "a"]);
  store.take("change", {area: "rig", topic: "removed", epoch: "e", seq: 8, data: {name: "a"}});
  assert.deepEqual(store.state("rig").services.map((each) => each.name), ["0"]);
});

test("an event that does not say all makes the state old", () => {
  const store = storeWith({show: {song: null}});
  const told = [];
  store.listen((area) => told.push(area));
  store.take("change", {area: "show", topic: "show", epoch: "e", seq: 6, data: {}});
  assert.equal(store.areas.show.isOld, true);
  assert.deepEqual(told, ["show"]);
  store.take("snapshot", {area: "show", epoch: "e", seq: 6, state: {}});
  assert.equal(store.areas.show.isOld, undefined);
});

test("who is away has no state, and who comes back begins anew", () => {
  const store = storeWith({midi: {a: 1}});
  store.take("down", {area: "midi"});
  assert.equal(store.state("midi"), null);
  store.take("hello", {device: {role: "viewer"}});
  assert.deepEqual(store.areas, {});
  assert.equal(store.device.role, "viewer");
});

test("the lamp is the worst there is, and says why", () => {
  const service = (name, state, note = "") => ({name, state, note, last_exit: ""});
  assert.equal(health(new Store()).level, "bad");
  assert.equal(health(storeWith({rig: {services: [service("a", "ready")]}})).level, "good");
  const idle = service("a", "idle", "waits for alsa");
  assert.equal(health(storeWith({rig: {services: [idle]}})).level, "good");
  assert.equal(health(storeWith({rig: {services: [service("a", "starting")]}})).level, "warn");
  const failed = service("b", "failed", "exit 1");
  const worst = health(storeWith({rig: {services: [service("a", "starting"), failed]}}));
  assert.equal(worst.level, "bad");
  assert.match(worst.why[0], /b: exit 1/);
  assert.equal(health(storeWith({rig: {services: []}, jack: {load_percent: 95}})).level, "warn");
  const song = {clients: [{name: "z", state: "error", why: "it crashed"}]};
  assert.equal(health(storeWith({rig: {services: []}, show: {song}})).why[0], "z: it crashed");
});

test("chords are apart from words", () => {
  const word = (text, chord = false) => ({text, chord});
  assert.deepEqual(parts("[G]Hel[C7]lo"),
    [word("G", true), word("Hel"), word("C7", true), word("lo\n")]);
  assert.deepEqual(parts("{title: One}\n{x: y}\nla"), [word("One\n"), word("la\n")]);
  assert.deepEqual(parts("[open"), [{text: "[open\n", chord: false}]);
});

test("times and ends are short", () => {
  assert.equal(duration(59), "59 s");
  assert.equal(duration(3700), "1 h");
  assert.equal(duration(-1), "");
  assert.equal(ending({signal: 11, core: true}), "ended by signal 11, with a core");
  assert.equal(ending({signal: 0, exit_code: 1, asked: ""}), "ended with 1");
});
