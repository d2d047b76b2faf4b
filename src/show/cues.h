/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The cues of a show, with their sockets and files: cue_out.h in a loop.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_CUES_H
#define STAGE_SHOW_CUES_H

#include <jansson.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "show/cue_out.h"
#include "show/news.h"
#include "show/store.h"

struct stage_show_cues;

struct stage_show_cues_config {
	uv_loop_t *loop;
	const struct stage_show_store *store; // borrowed
	const char *qlc_host;                 // where QLC+ is; copied
	uint16_t qlc_port;
	/** Sends whole MIDI messages, as stage_show_jack_send does. */
	enum stage_status (*send_midi)(void *user, const uint8_t *bytes,
		size_t len, struct stage_err *err);
	/** What the view or the journal says is another thing. */
	void (*changed)(void *user);
	void *user;
};

/** Ownership: *out goes with destroy. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_cues_create(
	const struct stage_show_cues_config *config,
	struct stage_show_cues **out, struct stage_err *err);

/** Hangs up everywhere; what is owed is not sent. The memory goes in the loop's
 * next turns. NULL is fine. */
void stage_show_cues_destroy(struct stage_show_cues *self);

/** What the process before has left, for the song that plays since then.
 * Ownership: copied. NULL is fine. */
void stage_show_cues_recall(
	struct stage_show_cues *self, const json_t *journal);

/** A listener of the show's news; user is the cues. */
void stage_show_cues_told(void *user, const struct stage_show_told *told);

/** The queues. Ownership: borrowed. */
struct stage_show_cue_out *stage_show_cues_out(struct stage_show_cues *self);

/** Goes to each target that the cues of songs have, without telling it
 * anything: looks up its name, connects, asks QLC+ for its functions.
 *
 * songs: NULL for all. done is called once, from the loop, a few seconds later
 * at most: report, which is borrowed for the call, has {targets: [{target,
 * cues, place, why}], wrong: [sentence]}; place is where the first of its cues
 * stands, why is "" where all is well. `wrong` has those of all, and what no
 * song's cue can be sent for, in sentences. NULL: out of memory, or the cues
 * have been destroyed. Errors:
 * STAGE_NO_MEMORY, done is then not called. */
typedef void stage_show_probed(void *user, const json_t *report);
STAGE_NODISCARD enum stage_status stage_show_cue_out_probe(
	struct stage_show_cues *self, const struct stage_strv *songs,
	stage_show_probed *done, void *user, struct stage_err *err);

#endif
