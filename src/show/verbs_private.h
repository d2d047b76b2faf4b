/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the verbs share; ctx is the daemon. Thread: the loop's. */

#ifndef STAGE_SHOW_VERBS_PRIVATE_H
#define STAGE_SHOW_VERBS_PRIVATE_H

#include "rpc/server.h"
#include "rpc/verb.h"
#include "show/daemon.h"

/** Makes an asker whose answer is the call's, later. Errors: as
 * stage_rpc_call_defer. */
STAGE_NODISCARD enum stage_status stage_show_defer(struct stage_rpc_call *call,
	struct stage_show_asker *out, struct stage_err *err);

/** What there is to see of the place, as JSON. Ownership: the caller's. */
json_t *stage_show_view_place(const struct stage_show_conductor *conductor);

/** The lines of a setlist, without its comments. Ownership: as above. */
json_t *stage_show_view_list(const struct stage_show_setlist *list);

/** The setlist that is meant: args' `set`, or the one in force. NULL: none; an
 * error when one is needed. Ownership: borrowed. */
const char *stage_show_set_of(struct stage_show_daemon *daemon,
	const json_t *args, bool is_needed, struct stage_err *err);

/** take_NAME, the handler of a verb that is done beside the loop by run_NAME;
 * begin makes the piece of work. */
#define STAGE_SHOW_TAKE(name, begin, done)                                     \
	static enum stage_status take_##name(void *ctx,                        \
		struct stage_rpc_call *call, json_t *args, json_t **result,    \
		struct stage_err *err)                                         \
	{                                                                      \
		(void)result;                                                  \
		return begin(ctx, call, args, run_##name, done, err);          \
	}

/** Adds to a report of verify what is wrong with the targets of cues of its
 * songs, and answers with it. Ownership: takes the reply; report is borrowed.
 */
void stage_show_verify_cues(struct stage_show_daemon *daemon,
	struct stage_rpc_reply *reply, json_t *report);

// Each ended by a verb without a name.
extern const struct stage_verb stage_show_go_verbs[];       // verbs_go.c
extern const struct stage_verb stage_show_set_verbs[];      // verbs_set.c
extern const struct stage_verb stage_show_set_edit_verbs[]; // ..._edit.c
extern const struct stage_verb stage_show_song_verbs[];     // verbs_song.c
extern const struct stage_verb stage_show_cue_verbs[];      // verbs_cue.c
extern const struct stage_verb stage_show_midi_verbs[];     // verbs_midi.c

#endif
