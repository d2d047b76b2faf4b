/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What cues.c and cue_probe.c share. Thread: the loop's. */

#ifndef STAGE_SHOW_CUES_PRIVATE_H
#define STAGE_SHOW_CUES_PRIVATE_H

#include "show/cue_carry.h"
#include "show/cues.h"

struct stage_show_probe;

struct stage_show_cues {
	struct stage_show_cues_config config;
	struct stage_show_cue_out *out;
	struct stage_show_book *book;
	uv_timer_t *timer; // the next deadline; owned by the loop
	json_t *journal;   // of the process before; or NULL
	bool is_ended;
	struct stage_show_probe *probes; // that are not done
};

/** Ends all probes, which report nothing. */
void stage_show_cues_end_probes(struct stage_show_cues *self);

#endif
