/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The tempo that holds: of the song that plays, of a foot that taps, or asked
 * for; and JACK's transport, which begins anew with each song.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_PULSE_H
#define STAGE_SHOW_PULSE_H

#include <jansson.h>

#include "base/attr.h"
#include "show/jackside.h"
#include "show/news.h"
#include "show/songconf.h"
#include "show/tap.h"

/** Zeroed memory is none; stage_show_pulse_init. */
struct stage_show_pulse {
	struct stage_show_jack *jack; // borrowed; NULL: there is none
	struct stage_show_tempo tempo;
	enum stage_show_timebase_by by;
	struct stage_show_tap taps;
};

void stage_show_pulse_init(
	struct stage_show_pulse *self, struct stage_show_jack *jack);

/** A song plays. conf: its own; NULL: it says nothing. is_old: it did so before
 * we came, and the transport stays where it is; a tempo of the journal's, which
 * has been read before, then holds. */
void stage_show_pulse_song(struct stage_show_pulse *self,
	const struct stage_show_song_conf *conf, bool is_old);

/** Somebody taps, or moves the transport. */
void stage_show_pulse_tap(struct stage_show_pulse *self, int64_t at_ns);
void stage_show_pulse_roll(
	struct stage_show_pulse *self, enum stage_show_rolling rolling);

/** Sets a tempo; 0 of one of its numbers: as it is. */
void stage_show_pulse_set(struct stage_show_pulse *self,
	const struct stage_show_tempo *tempo, enum stage_show_tempo_at at);

/** {bpm, beats, beat_type, timebase, ...} for the state, and the journal of it.
 * Ownership: the caller's; NULL: out of memory. */
json_t *stage_show_pulse_view(const struct stage_show_pulse *self);
json_t *stage_show_pulse_write(const struct stage_show_pulse *self);

/** Takes over what a journal says; what is odd in it is passed over. */
void stage_show_pulse_read(
	struct stage_show_pulse *self, const json_t *journal);

#endif
