// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// A show by the page alone, as people have it: Playwright on Debian's Chromium,
// on the show machine of test_web_journey.py.
//
// Usage: journey.mjs PORT SHOTS SONG... (of the setlist that is used, in order)

import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdirSync} from "node:fs";

import {chromium} from "playwright-core";

const [port, shots, ...songs] = process.argv.slice(2);
const url = `http://localhost:${port}/`;
const PATIENCE_MS = 60000;
const HELD = {delay: 900}; // what must be held to do something
const SIZES = [[320, 640], [390, 844], [768, 1024], [1280, 800]];
const VIEWS = ["Stage", "Patchbay", "Racks", "Services", "System"];
const pages = [];
const complaints = [];

const stagecraft = (...words) =>
  JSON.parse(execFileSync("stagecraft", [...words, "--json"], {encoding: "utf8"}));
const service = (name) => stagecraft("status").services.find((each) => each.name === name);
const kill9 = (name) => process.kill(service(name).pid, "SIGKILL");

mkdirSync(shots, {recursive: true});
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"],
});

// A browser of its own: it shares no cookie with another one.
async function device(name, code) {
  const context = await browser.newContext({
    viewport: {width: 390, height: 844},
    hasTouch: true,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  pages.push(page);
  page.on("pageerror", (error) => complaints.push(`${name}: ${error}`));
  await page.goto(url);
  await page.getByLabel("Code").fill(code);
  await page.getByLabel("What to call this device").fill(name);
  await page.getByRole("button", {name: "Pair", exact: true}).click();
  await page.getByRole("button", {name: "PANIC"}).waitFor();
  return page;
}

const button = (place, name) => place.getByRole("button", {name, exact: true});
const plays = (page, song) => page.getByRole("heading", {name: song, level: 1}).waitFor();
const show = (page, view) => page.getByLabel("Views").getByText(view, {exact: true}).click();
const card = (page, name) => page.getByRole("region", {name, exact: true});

// What a daemon has done about it, a frame later or more.
async function until(what, isSo) {
  for (const end = Date.now() + PATIENCE_MS; !isSo();) {
    assert(Date.now() < end, `not in time: ${what}`);
    await phone.evaluate(() => new Promise(requestAnimationFrame));
  }
}

async function step(what, doit) {
  try {
    await doit();
  } catch (error) {
    for (const [number, each] of pages.entries()) {
      await each.screenshot({path: `${shots}/journey-failed-${number}.png`});
    }
    throw error;
  }
  console.log(`ok: ${what}`);
}

const phone = await device("Anna", stagecraft("pair", "--role", "admin").code);

await step(`a set of ${songs.length} songs is played`, async () => {
  const {guard_ms: guardMs} = await phone.evaluate(async () =>
    (await (await fetch("/api/show/state")).json()).state.place);
  for (const song of songs) {
    await button(phone, "NEXT").tap();
    await plays(phone, song);
    await phone.reload();
    await plays(phone, song);
    await phone.locator(".setlist .plays").getByText(song).waitFor();
    // Until another NEXT is no slip: the page's time begins as it is loaded.
    await phone.waitForFunction((ms) => performance.now() > ms, guardMs);
  }
  await phone.getByText("The set is over").waitFor();
  assert(await button(phone, "NEXT").isDisabled());
});

await step("two ports are connected, and no longer", async () => {
  const [from, to] = ["global-fx:out_1", "system:playback_2"];
  const cable = async () => {
    await button(phone, "List").tap();
    await phone.locator(`[data-key="from-${from}"]`).tap();
    await phone.getByText("now tap what it goes to").waitFor();
    await phone.locator(`[data-key="to-${to}"]`).tap();
  };
  const listed = phone.getByRole("list", {name: "Connections"}).getByRole("listitem")
    .filter({hasText: `${from} → ${to}`});
  const isConnected = () => stagecraft("patch", "list").connections.some((each) =>
    each.from === from && each.to === to && each.state === "connected");

  await button(phone, "Locked").tap();
  await button(phone, "Unlocked").waitFor();
  await show(phone, "Patchbay");
  await cable();
  await phone.getByText(`${from} goes to ${to}.`).waitFor();
  await until("it is connected", isConnected);
  await phone.reload();
  await listed.getByText("connected").waitFor();
  await cable();
  await phone.getByText(`${from} no longer goes to ${to}.`).waitFor();
  await phone.reload();
  await phone.getByRole("list", {name: "Connections"}).getByRole("listitem").first().waitFor();
  assert.equal(await listed.count(), 0);
  await until("it is not", () => !isConnected());
});

await step("a knob is as it was after kill -9 of its rack", async () => {
  const knob = phone.locator("#global-fx-reverb-size");
  await show(phone, "Racks");
  await button(phone, "Open Reverb").tap();
  await knob.fill("0.25");
  const isTurned = () => Math.abs(stagecraft("rack", "get", "global-fx", "reverb").values
    .find(({symbol}) => symbol === "size").value - 0.25) < 0.01;
  await until("it is turned", isTurned);
  kill9("global-fx");
  execFileSync("stagecraft", ["wait", "global-fx"]);
  await phone.reload();
  await button(phone, "Open Reverb").tap();
  assert(Math.abs(Number(await knob.inputValue()) - 0.25) < 0.01);
  assert(isTurned());
});

await step("a service that crashed is restarted", async () => {
  await show(phone, "Services");
  await card(phone, "midi-demo").getByText("ready", {exact: true}).waitFor();
  kill9("midi-demo");
  await card(phone, "midi-demo").getByText("crashed once").waitFor();
  await card(phone, "midi-demo").getByText("ready", {exact: true}).waitFor();
  await phone.reload();
  await button(card(phone, "midi-demo"), "What happened").tap();
  await card(phone, "midi-demo").getByText("ended by signal 9").waitFor();
  const {pid} = service("midi-demo");
  await button(card(phone, "midi-demo"), "Restart, hold to confirm").click(HELD);
  await phone.getByText("midi-demo: restart.").waitFor();
  await card(phone, "midi-demo").getByText("ready", {exact: true}).waitFor();
  await phone.reload();
  await card(phone, "midi-demo").getByText("ready", {exact: true}).waitFor();
  assert.notEqual(service("midi-demo").pid, pid);
});

await step("a second device is paired and revoked", async () => {
  await show(phone, "System");
  await phone.getByLabel("Pair another device as").selectOption("performer");
  await button(phone, "Show a code").tap();
  const tablet = await device("Ben", await phone.locator(".digits").innerText());
  await tablet.reload();
  await plays(tablet, songs.at(-1));
  await phone.reload();
  await phone.getByText("Ben, performer").waitFor();
  await button(phone, "Forget Ben, hold to confirm").click(HELD);
  await phone.getByText("Ben is forgotten.").waitFor();
  await tablet.getByRole("heading", {name: "Pair this device"}).waitFor();
  await tablet.reload();
  await tablet.getByRole("heading", {name: "Pair this device"}).waitFor();
  await phone.reload();
  await phone.getByText("This one is Anna").waitFor();
  assert.equal(await phone.getByText("Ben, performer").count(), 0);
});

await step("every view is seen on every screen", async () => {
  for (const [width, height] of SIZES) {
    await phone.setViewportSize({width, height});
    for (const view of VIEWS) {
      await show(phone, view);
      await phone.reload();
      await phone.locator("#view > *").first().waitFor();
      await phone.screenshot({path: `${shots}/journey-${view.toLowerCase()}-${width}.png`});
      const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
      assert(wide <= width, `${view} at ${width} is ${wide} wide`);
    }
  }
});

await browser.close();
assert.deepEqual(complaints, []);
