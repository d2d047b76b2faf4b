/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The tempo of a foot: taps in, beats a minute out. Pure. Thread: any, one
 * object by one thread at a time.
 *
 * The tempo is the mean of the last taps in a row. A pause, or a tap far off
 * the others, begins a new row.
 */

#ifndef STAGE_SHOW_TAP_H
#define STAGE_SHOW_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE_SHOW_TAPS_MAX 9             // of which the tempo is made
#define STAGE_SHOW_TAP_LEAST_NS 100000000 // closer ones are one foot's bounce
#define STAGE_SHOW_TAP_MOST_NS 3000000000 // 20 beats a minute

/** Zeroed memory has no taps. */
struct stage_show_tap {
	int64_t taps_ns[STAGE_SHOW_TAPS_MAX]; // the oldest first
	size_t count;
};

/** Takes a tap. Returns true when there is a tempo, then in *micro_bpm,
 * millionths, rounded to a tenth. */
bool stage_show_tap(
	struct stage_show_tap *self, int64_t at_ns, uint32_t *micro_bpm);

#endif
