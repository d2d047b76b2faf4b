// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// What the views Stage, Services and System decide: node --test web/test

import assert from "node:assert/strict";
import test from "node:test";

import {nextBeat} from "../js/beat.js";
import {ago} from "../js/devices.js";
import {left, size, worstFirst} from "../js/doctor.js";
import {Lines, lineText} from "../js/log.js";
import {duration, ending, facts, sorted} from "../js/services.js";
import {comes} from "../js/stage.js";
import {Store, health} from "../js/store.js";
import {choices, xrunWords} from "../js/system.js";
import {freeName} from "../js/templates.js";

const line = (number) => ({number, text: `line ${number}`});
const texts = (log) => log.lines.map((each) => lineText(each));

test("a log goes on where it was, and says what it lacks", () => {
  const log = new Lines();
  assert.equal(log.add({next: 9, lines: [line(8)]}), false, "nothing is known yet");
  log.begin({next: 3, lines: [line(1), line(2)]});
  assert.equal(log.add({next: 4, lines: [line(3)]}), true);
  // Told twice, by an answer and by an event.
  assert.equal(log.add({next: 4, lines: [line(3)]}), true);
  assert.equal(log.add({next: 12, lines: [line(10), line(11)]}), true);
  assert.deepEqual(texts(log), ["line 1", "line 2", "line 3", "… 6 lines left out …",
    "line 10", "line 11"]);
  // The watcher was started anew, and counts anew.
  assert.equal(log.add({next: 2, lines: [line(1)]}), false);
  log.begin({next: 2, lines: [line(1)]});
  assert.deepEqual(texts(log), ["line 1"]);
});

test("a log is bounded, and its lines have their time", () => {
  const log = new Lines(3);
  log.begin({next: 1, lines: []});
  log.add({next: 11, lines: [...Array(10).keys()].map((number) => line(number + 1))});
  assert.deepEqual(texts(log), ["line 8", "line 9", "line 10"]);
  assert.match(lineText({text: "x", at_ms: 0}), /\d+:\d\d:\d\d.*  x$/);
  assert.equal(lineText({text: null, count: 1}), "… 1 line left out …");
});

test("lines of a log are no state", () => {
  const store = new Store();
  const told = [];
  store.take("snapshot", {area: "rig", epoch: "e", seq: 1, state: {services: []}});
  store.listen((area, data) => told.push([area, data]));
  const data = {name: "a", next: 2, lines: [line(1)]};
  store.take("change", {area: "rig", topic: "log", epoch: "e", seq: 2, data});
  assert.deepEqual(told, [["log", data]]);
  assert.equal(store.areas.rig.isOld, undefined);
});

test("the lamp says when the computer ails", () => {
  const store = new Store();
  store.setOnline(true);
  store.take("snapshot", {area: "rig", epoch: "e", seq: 1, state: {services: [], troubles: []}});
  assert.equal(health(store).level, "good");
  const tell = (seq, troubles) => store.take("change",
    {area: "rig", topic: "computer", epoch: "e", seq, data: {troubles}});
  tell(2, [{name: "disk", level: "warn", text: "100 MB are left"}]);
  assert.deepEqual(health(store), {level: "warn", why: ["disk: 100 MB are left"]});
  tell(3, [{name: "temperature", level: "bad", text: "99 degrees C"}]);
  assert.equal(health(store).level, "bad");
  tell(4, []);
  assert.equal(health(store).level, "good");
  assert.equal(store.areas.rig.isOld, undefined);
});

test("services that ail come first, those that are off last", () => {
  const of = (name, state) => ({name, state});
  const names = sorted([of("b", "ready"), of("off", "disabled"), of("z", "failed"),
    of("a", "ready"), of("s", "starting")]).map((each) => each.name);
  assert.deepEqual(names, ["z", "s", "a", "b", "off"]);
});

test("facts are said in words", () => {
  assert.equal(facts({uptime_s: 61, restarts: 1, crashes: 2, memory_bytes: 3 << 20}),
    "for 1 min, started again once, crashed 2 times, 3 MB");
  const heard = {uptime_s: 58, heard_ms: 1000, restarts: 0, crashes: 0, memory_bytes: 0};
  assert.equal(facts(heard, 4000), "for 1 min", "time goes on");
  assert.equal(facts({uptime_s: -1, restarts: 0, crashes: 0, memory_bytes: 0}), "");
  assert.equal(duration(3700), "1 h");
  assert.equal(ending({signal: 9}), "ended by signal 9");
});

test("a new service has a name of its own", () => {
  assert.equal(freeName("midi", []), "midi");
  assert.equal(freeName("midi", [{name: "midi"}, {name: "midi-2"}]), "midi-3");
});

test("what is not known is said to be so", () => {
  assert.equal(size(null), "not known");
  assert.equal(size(1.5e9), "1.5 GB");
  assert.equal(size(20e6), "20 MB");
  assert.equal(left(1e9, 2e9), "1.0 GB of 2.0 GB free");
  assert.equal(left(null, null), "not known");
  assert.equal(xrunWords(null, 7, {name: "a"}), "not known in this song, 7 since the server began");
  assert.equal(xrunWords(0, 7, {name: "a"}), "0 in this song, 7 since the server began");
  assert.equal(xrunWords(null, 7, null), "no song plays, 7 since the server began");
});

test("the worst check comes first", () => {
  const checks = [["a", "ok"], ["b", "unknown"], ["c", "bad"], ["d", "ok"], ["e", "warn"]]
    .map(([name, level]) => ({name, level}));
  assert.deepEqual(worstFirst(checks).map((each) => each.name), ["c", "e", "b", "a", "d"]);
});

test("beats do not drift", () => {
  assert.equal(nextBeat(1000, 1000, 120), 1500);
  assert.equal(nextBeat(1000, 1499, 120), 1500);
  assert.equal(nextBeat(1000, 61010, 120), 61500);
});

test("what comes is said once", () => {
  const next = {name: "B"};
  assert.equal(comes({}, {next}), "Next: B");
  assert.equal(comes({incoming: {name: "C"}}, {next}), "C is being loaded…");
  assert.equal(comes({}, {over: true}), "The set is over");
  assert.equal(comes({}, {}), "");
});

test("a value in force can always be seen", () => {
  assert.deepEqual(choices([1, 2], 2), [1, 2]);
  assert.deepEqual(choices([1, 2], 3), [3, 1, 2]);
});

test("when a device was seen is said in words", () => {
  assert.equal(ago(0, 100), "never");
  assert.equal(ago(90, 100), "just now");
  assert.equal(ago(100, 400), "5 min ago");
});
