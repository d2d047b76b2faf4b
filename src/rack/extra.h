/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The values that each slot has besides those of its plug-in. They are kept
 * and remembered as those are, behind them in the page, under symbols that no
 * plug-in can have, for these begin with a colon.
 *
 * Thread: any.
 */

#ifndef STAGE_RACK_EXTRA_H
#define STAGE_RACK_EXTRA_H

#include <stdbool.h>
#include <stddef.h>

enum stage_rack_extra {
	STAGE_RACK_GAIN,    // of what goes in, dB
	STAGE_RACK_PAN,     // -1 left to 1 right, of what comes out
	STAGE_RACK_WIDTH,   // 0 mono, 1 as it is, 2 twice as wide
	STAGE_RACK_SMITTEN, // 1: a person has switched its plug-in off
	STAGE_RACK_EXTRA_COUNT,
};

struct stage_rack_extra_kind {
	const char *symbol; // in page and checkpoint
	const char *key;    // in a slot file, and for a person; NULL: neither
	float value;        // by default
	float min, max;
};

extern const struct stage_rack_extra_kind
	stage_rack_extras[STAGE_RACK_EXTRA_COUNT];

/** The kind of that key, or symbol; NULL when there is none for a person. */
const struct stage_rack_extra_kind *stage_rack_extra_of(const char *word);

#endif
