// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// What the view of racks decides, without a browser.

import assert from "node:assert/strict";
import test from "node:test";

import {FLOOR_DB, next, partOf, wordsOf} from "../js/levels.js";
import {condition, controls, digits, learnText, meaning, named, readMap, search, shape}
  from "../js/rack_words.js";
import {Store} from "../js/store.js";

test("numbers are short, and words are better", () => {
  assert.equal(digits(440.123), "440");
  assert.equal(digits(12.34), "12.3");
  assert.equal(digits(0.25), "0.25");
  assert.equal(digits(-3), "-3");
  assert.equal(meaning({value: 1, points: [{value: 1, label: "Saw"}]}), "Saw");
  assert.equal(meaning({value: 2, points: [{value: 1, label: "Saw"}]}), "2");
  assert.equal(meaning({value: 2, unit: "dB"}), "2 dB");
});

test("what every slot has is named, and what a plug-in says of itself stays", () => {
  assert.equal(named({symbol: "wet", value: 1}).name, "Wet part");
  assert.equal(named({symbol: ":gain", value: 1}).unit, "dB");
  assert.equal(named({symbol: "gain", name: "Drive"}).name, "Drive");
  assert.deepEqual(
    controls({
      plugin: "x",
      values: [{symbol: "size"}, {symbol: "m", name: "Mix"}],
      mixer: [{symbol: "pan"}],
    }).map((each) => [each.symbol, each.name]),
    [["size", "size"], ["m", "Mix"], ["pan", "Left and right"], ["bypass", "Bypass"]]);
  assert.deepEqual(
    controls({slot: "rack", values: [{symbol: "gain"}, {symbol: "mute"}]})
      .map((each) => [each.name, each.unit, each.toggled]),
    [["Gain of what comes out", "dB", undefined], ["Mute", undefined, true]]);
});

test("a map is read as racks write it", () => {
  const cases = [
    ["cc 1 74 wet 0 0.5 log pickup", "controller 74, channel 1", "wet", "0 0.5 log pickup"],
    ["cc any 7 gain", "controller 7, any channel", "gain", ""],
    ["nrpn 3 260 width 2 0", "NRPN 260, channel 3", "width", "2 0"],
    ["bend 4 wet", "pitch wheel, channel 4", "wet", ""],
    ["note 10 36 bypass", "key 36, channel 10", "bypass", ""],
    ['program 1 5 snapshot "my \\"own\\""', "program 5, channel 1", "snapshot", 'my "own"'],
  ];
  for (const [text, heard, target, rest] of cases) {
    assert.deepEqual(readMap(text), {heard, target, rest}, text);
  }
});

test("a range is learned when it has both ends", () => {
  assert.equal(learnText("wet", "", "", false), "wet");
  assert.equal(learnText("wet", "0.1", "", false), "wet");
  assert.equal(learnText("wet", "1", "0.25", true), "wet 1 0.25 pickup");
  assert.equal(learnText("wet", "-20", "1e1", false), "wet -20 10");
});

const PLUGINS = [
  {name: "Plate Reverb", uri: "http://x/plate"},
  {name: "Ambience", uri: "http://mda/reverb"},
  {name: "Reverb, small", uri: "http://x/small"},
  {name: "Reverb that fails", uri: "http://x/no", fault: "it is broken"},
  {name: "Amplifier", uri: "http://x/amp"},
];

test("plug-ins are found by words of name and URI, the beginning first", () => {
  const names = (text) => search(PLUGINS, text).map((each) => each.name);
  assert.deepEqual(names("reverb"), ["Reverb, small", "Ambience", "Plate Reverb"]);
  assert.deepEqual(names("VERB mda"), ["Ambience"]);
  assert.deepEqual(names("  "), ["Ambience", "Amplifier", "Plate Reverb", "Reverb, small"]);
  assert.deepEqual(names("nothing"), []);
});

test("what goes in and out is said in words", () => {
  assert.equal(shape({ins: 1, outs: 2, midi_in: 1, midi_out: 0, values: 3}),
    "1 in, 2 out, MIDI in, 3 knobs");
  assert.equal(shape({ins: 0, outs: 0, midi_in: 0, midi_out: 1, values: 1}), "MIDI out, 1 knob");
});

test("what is left out is worse than what is bypassed", () => {
  assert.deepEqual(condition({state: "passes", fault: "no such plug-in", bypassed: true}),
    {word: "left out", level: "bad"});
  assert.equal(condition({state: "plays", fault: "", bypassed: true}).word, "bypassed");
  assert.equal(condition({state: "plays", fault: ""}).level, "good");
  assert.equal(condition({state: "waits", fault: ""}).level, "warn");
});

test("a level falls slowly, rises at once, and has words", () => {
  assert.equal(next(-6, [-30, -10]), -10);
  assert.equal(next(-10, [-30]), -14);
  assert.equal(next(-10, [-30, 2]), 2);
  assert.equal(next(FLOOR_DB, [-100]), FLOOR_DB);
  assert.equal(next(FLOOR_DB, []), FLOOR_DB);
  assert.equal(partOf(0), 1);
  assert.equal(partOf(-30), 0.5);
  assert.equal(partOf(-100), 0);
  assert.equal(wordsOf(-60), "silent");
  assert.equal(wordsOf(-12), "-12 dB");
  assert.equal(wordsOf(3), "over by 3 dB");
});

test("levels come by a way of their own, and make nothing old", () => {
  const store = new Store();
  const drawn = [];
  const heard = [];
  store.take("snapshot", {area: "rack-fx", epoch: "e", seq: 5, state: {}});
  store.listen((area) => drawn.push(area));
  const forget = store.listenToMeters((area, data) => heard.push([area, data]));
  const meter = (seq, epoch = "e") => store.take("change",
    {area: "rack-fx", topic: "meter", epoch, seq, data: {out: [seq]}});
  meter(6);
  meter(4);
  meter(7, "other");
  assert.deepEqual(heard, [["rack-fx", {out: [6]}]]);
  assert.deepEqual(drawn, []);
  assert.equal(store.areas["rack-fx"].isOld, undefined);
  store.take("change", {area: "rack-fx", topic: "slot", epoch: "e", seq: 7, data: {}});
  assert.deepEqual(drawn, ["rack-fx"]);
  assert.equal(store.areas["rack-fx"].isOld, true);
  forget();
  meter(8);
  assert.equal(heard.length, 1);
});
