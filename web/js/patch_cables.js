// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// The ports in two columns, and the cables between them. Tap a source, then a
// sink. By keyboard each column is one stop: arrows go up, down and across.

import {el, svg} from "./dom.js";
import {canConnect, isWanted, parts, rowOf, rows} from "./patch_words.js";

const ROW = 48; // px, as the style sheet has it
const WIDE = 100;

// board: {columns, connections, words, folded, taken, stop, tap, fold, focus}, of
// patch.js.
export class Cables {
  constructor(board) {
    this.board = board;
    this.sides = {
      from: rows(board.columns.left, board.words, board.folded.from),
      to: rows(board.columns.right, board.words, board.folded.to),
    };
    this.source = board.columns.left.find((each) => each.name === board.taken);
  }

  #keyOf(side, row) {
    return row.client === undefined ? `${side}-${row.name}` : `${side}-client-${row.client}`;
  }

  // The row of a column that Tab comes to.
  #stop(side) {
    const list = this.sides[side].map((row) => this.#keyOf(side, row));
    const stop = this.board.stop[side];
    return list.includes(stop) ? stop : list[0];
  }

  #step(event, side, at) {
    const other = side === "from" ? "to" : "from";
    const [to, place] = {
      ArrowUp: [side, at - 1],
      ArrowDown: [side, at + 1],
      ArrowLeft: ["from", at],
      ArrowRight: ["to", at],
      Home: [side, 0],
      End: [side, Infinity],
    }[event.key] ?? [other, -1];
    const list = this.sides[to];
    if (event.key === "Escape" && this.board.taken) {
      this.board.tap(this.board.taken, true);
    } else if (place >= 0 && list.length > 0) {
      event.preventDefault();
      this.board.focus(to, this.#keyOf(to, list[Math.min(place, list.length - 1)]));
    }
  }

  #draw(side, row, at, attributes, ...content) {
    const key = this.#keyOf(side, row);
    return el("li", {"data-key": `row-${key}`}, el("button", {
      type: "button",
      "data-key": key,
      tabindex: this.#stop(side) === key ? 0 : -1,
      onkeydown: (event) => this.#step(event, side, at),
      onfocus: () => { this.board.stop[side] = key; },
      ...attributes,
    }, content));
  }

  #drawClient(side, row, at) {
    return this.#draw(side, row, at, {
      class: `client${row.here ? "" : " gone"}`,
      "aria-expanded": !row.isFolded,
      onclick: () => this.board.fold(side, row.client, !row.isFolded),
    }, el("span", {"aria-hidden": "true"}, row.isFolded ? "▸ " : "▾ "),
    el("span", {class: "name"}, row.client), " ",
    el("span", {class: row.isFolded ? "kind" : "hint"}, `${row.count} ports`),
    row.here ? null : el("span", {class: "kind"}, " away"));
  }

  #drawPort(side, row, at) {
    const isSource = side === "from";
    const isTaken = isSource && this.board.taken === row.name;
    const isUnfit = !isSource && this.source && !canConnect(this.source, row);
    const {client, port} = parts(row.name);
    return this.#draw(side, row, at, {
      class: `port${row.here ? "" : " gone"}${isUnfit ? " unfit" : ""}`,
      title: row.name,
      "aria-pressed": isSource ? isTaken : null,
      "aria-disabled": isUnfit ? "true" : null,
      onclick: () => this.board.tap(row.name, isSource),
    }, el("span", {class: "hint"}, `${isSource ? "source" : "sink"} of ${client}: `),
    el("span", {class: "name"}, port), " ",
    el("span", {class: "kind"}, row.here ? row.kind : "away"));
  }

  #drawColumn(side, label) {
    return el("ul", {class: "column", "aria-label": label, "data-key": `column-${side}`},
      this.sides[side].map((row, at) => (row.client === undefined ? this.#drawPort(side, row, at)
        : this.#drawClient(side, row, at))));
  }

  // A cable that is there is solid for audio and dotted for MIDI; one that waits
  // is dashed.
  #drawCable(each, kinds) {
    const a = rowOf(this.sides.from, each.from);
    const b = rowOf(this.sides.to, each.to);
    if (a < 0 || b < 0) {
      return null;
    }
    const [y, z] = [a, b].map((row) => row * ROW + ROW / 2);
    const kind = kinds.get(each.from) === "audio" ? "" : " midi";
    return svg("path", {
      class: `cable${each.state === "connected" ? kind : " away"}`,
      "vector-effect": "non-scaling-stroke",
      d: `M0 ${y}C${WIDE / 2} ${y} ${WIDE / 2} ${z} ${WIDE} ${z}`,
    });
  }

  #drawCables() {
    const height = Math.max(this.sides.from.length, this.sides.to.length, 1) * ROW;
    const kinds = new Map(this.board.columns.left.map((each) => [each.name, each.kind]));
    return svg("svg", {
      class: "cables",
      viewBox: `0 0 ${WIDE} ${height}`,
      height,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    }, this.board.connections.filter(isWanted).map((each) => this.#drawCable(each, kinds)));
  }

  draw() {
    return [
      el("p", {class: "dim legend"}, "Tap a source, then a sink. ",
        el("span", {class: "sample"}, "audio"), el("span", {class: "sample midi"}, "MIDI"),
        el("span", {class: "sample away"}, "waits")),
      el("div", {class: "board"}, this.#drawColumn("from", "Sources"), this.#drawCables(),
        this.#drawColumn("to", "Sinks"))];
  }
}
