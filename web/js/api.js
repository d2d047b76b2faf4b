// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Asks the server.

export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

let made = 0;
const ours = Math.random().toString(36).slice(2);

// An id of a call, so that one that is sent again is not made again.
export const newId = () => `${ours}-${++made}`;

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, {credentials: "same-origin", cache: "no-store", ...options});
  } catch {
    throw new Refused(0, "the show machine does not answer");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Refused(answer.status, body.error ?? `refused (${answer.status})`);
  }
  return body;
}

export const get = (path) => ask(`/api/${path}`);

// Does a verb: post("rig/restart", {name: "synth"}). current: only while that
// song plays.
export function post(path, body, {current} = {}) {
  const query = new URLSearchParams({id: newId()});
  if (current !== undefined) {
    query.set("if_current", current);
  }
  return ask(`/api/${path}?${query}`, {
    method: "POST",
    headers: body === undefined ? {} : {"Content-Type": "application/json"},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

// "rack-fx" is asked for at rack/fx.
export const pathOf = (area) => (area.startsWith("rack-") ? `rack/${area.slice(5)}` : area);
