/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What plug-ins say, LV2's log extension, on its way to our log: a few lines
 * that any thread can write to without waiting, the audio thread too. What has
 * no room is dropped and counted.
 *
 * Thread: any, but for what is marked.
 */

#ifndef STAGE_RACK_LINES_H
#define STAGE_RACK_LINES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "rack/config.h"
#include "rt/rt.h"

#define STAGE_RACK_LINES 64
#define STAGE_RACK_LINE_MAX 240 // bytes with the zero; longer ones are cut

enum stage_rack_line_level {
	STAGE_RACK_LINE_NOTE,
	STAGE_RACK_LINE_WARNING,
	STAGE_RACK_LINE_ERROR,
};

struct stage_rack_line {
	_Atomic int state;
	enum stage_rack_line_level level;
	char slot[STAGE_RACK_ID_MAX];
	char text[STAGE_RACK_LINE_MAX];
};

/** Zeroed memory is an empty one. */
struct stage_rack_lines {
	struct stage_rack_line lines[STAGE_RACK_LINES];
	_Atomic uint32_t lost;
};

/** A line to be written, or NULL, counted as lost. It is given back by
 * stage_rack_lines_put. */
STAGE_RT struct stage_rack_line *stage_rack_lines_take(
	struct stage_rack_lines *self);
STAGE_RT void stage_rack_lines_put(struct stage_rack_line *line);

/** Logs what is there. Thread: any but [rt]. */
void stage_rack_lines_log(struct stage_rack_lines *self);

#endif
