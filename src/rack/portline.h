/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the file `rack` says of the rack's ports:
 *
 *     alias    in_1   "GLOBAL REVERB:In L"    # other names, two at most
 *     title    in_1   "Reverb, left"          # what people are shown
 *     connect  out_1  system:playback_1       # made when both are there
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_RACK_PORTLINE_H
#define STAGE_RACK_PORTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "jack/names.h"

struct stage_conf_line;

#define STAGE_RACK_PORT_MAX 96        // bytes of the name of one of our ports
#define STAGE_RACK_PORT_LINES_MAX 160 // in one file
#define STAGE_RACK_SIDE_NUMBER_MAX 999

enum stage_rack_port_line_kind {
	STAGE_RACK_ALIAS,
	STAGE_RACK_TITLE,
	STAGE_RACK_CONNECT,
};

struct stage_rack_port_line {
	enum stage_rack_port_line_kind kind;
	char port[STAGE_RACK_PORT_MAX];      // ours, without the client
	char text[STAGE_JACK_PORT_NAME_MAX]; // the other name, or the other
					     // port
	unsigned line;
};

struct stage_rack_port_lines {
	struct stage_rack_port_line items[STAGE_RACK_PORT_LINES_MAX];
	size_t count;
};

/** Takes one of these lines. Errors: STAGE_BAD_INPUT with the place. */
STAGE_NODISCARD enum stage_status stage_rack_port_lines_take(
	struct stage_rack_port_lines *self, const struct stage_conf_line *line,
	struct stage_err *err);

/** Checks that a rack with so many ports has those that the lines are about,
 * or that these may be a slot's, NAME_NUMBER (side.h).
 * name: of the file. Errors: STAGE_BAD_INPUT with the line. */
STAGE_NODISCARD enum stage_status stage_rack_port_lines_check(
	const struct stage_rack_port_lines *self, unsigned ins, unsigned outs,
	bool has_midi, const char *name, struct stage_err *err);

/** The next line of a kind for a port, or NULL for any port, behind `at`, which
 * is SIZE_MAX at first; NULL when there is none. Ownership: borrowed. */
const struct stage_rack_port_line *stage_rack_port_lines_next(
	const struct stage_rack_port_lines *self,
	enum stage_rack_port_line_kind kind, const char *port, size_t *at);

#endif
