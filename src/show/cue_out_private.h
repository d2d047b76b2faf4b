/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the cues share: cue_out.c has the moments and what is in
 * force, cue_queue.c the targets. Thread: the loop's. */

#ifndef STAGE_SHOW_CUE_OUT_PRIVATE_H
#define STAGE_SHOW_CUE_OUT_PRIVATE_H

#include "show/cue_out.h"

#define STAGE_SHOW_SCRIPTS_MAX 16 // songs whose cues are known

/** What became of one cue of a script. */
struct stage_show_cue_mark {
	int64_t sent_ns; // the last time; 0: never
	char *why;       // of the last time that it was not; owned, or NULL
};

/** The cues of one song, as it was when it was loaded. */
struct stage_show_script {
	struct stage_show_script *next; // older
	unsigned refs;                  // the list's, and entries'
	char *song;
	struct stage_show_song_conf conf;
	struct stage_show_cue_mark *marks; // [conf.cue_count]
	bool has_happened[STAGE_SHOW_WHEN_COUNT];
	bool is_dropped; // will not play
};

/** What was fired by hand together. */
struct stage_show_cue_batch {
	struct stage_show_cue_fired fired;
	unsigned waiting, sent, failed;
	char why[STAGE_ERR_TEXT_MAX];
};

/** A cue that is owed to a target. */
struct stage_show_cue_entry {
	struct stage_show_cue_entry *next;
	struct stage_show_script *script;   // a reference
	size_t at;                          // of its cues
	struct stage_show_cue_batch *batch; // NULL: it was not fired by hand
	bool has_failed;                    // and was told of
	bool is_stale; // is being sent, and not wanted any more
};

/** What is sent again of what is in force. */
enum stage_show_cue_which {
	STAGE_SHOW_CUES_STATE,  // what says how things are to be
	STAGE_SHOW_CUES_RECENT, // also all of the last moment
	STAGE_SHOW_CUES_ALL,
};

struct stage_show_cue_out {
	const struct stage_show_cue_ops *ops;
	void *user;
	char *qlc_host;
	uint16_t qlc_port;
	struct stage_show_cue_target *targets;
	struct stage_show_script *scripts; // newest first
	struct stage_show_script *current; // of the song that plays; or NULL
};

// cue_out.c

void stage_show_script_unref(struct stage_show_script *self);

/** Queues what is in force for a target and does not wait there. */
void stage_show_cue_again(struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target,
	enum stage_show_cue_which which);

/** True when something that is in force is for that target. */
bool stage_show_cue_has_force(const struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target);

/** True for the cues ready and go of the song that plays, which have had their
 * moment. */
bool stage_show_cue_is_in_force(const struct stage_show_cue_out *self,
	const struct stage_show_script *script, size_t at);

// cue_out_view.c

/** True when a cue is owed to a target, and was not fired by hand. */
bool stage_show_cue_owes(const struct stage_show_cue_target *target,
	const struct stage_show_script *script, size_t at);

static inline const struct stage_show_cue *
stage_show_cue_of(const struct stage_show_cue_entry *entry)
{
	return &entry->script->conf.cues[entry->at];
}

// cue_target.c

/** The target of a cue; made where there is none. NULL: out of memory. */
struct stage_show_cue_target *stage_show_cue_target_of(
	struct stage_show_cue_out *self, const struct stage_show_cue *cue);

/** The same, NULL where there is none. */
struct stage_show_cue_target *stage_show_cue_find_target(
	const struct stage_show_cue_out *self,
	const struct stage_show_cue *cue);

/** Takes entries off all queues for which is_wanted is false. What is being
 * sent stays. */
void stage_show_cue_filter(struct stage_show_cue_out *self,
	bool (*is_wanted)(const struct stage_show_cue_out *self,
		const struct stage_show_cue_entry *entry));

/** Drops the targets that nobody has anything for. */
void stage_show_cue_sweep(struct stage_show_cue_out *self);

// cue_queue.c

/** Puts an entry at the end of a queue. */
void stage_show_cue_push(struct stage_show_cue_target *target,
	struct stage_show_cue_entry *entry);

/** It is done with, one way or the other. Ownership: frees it. */
void stage_show_cue_settle(
	struct stage_show_cue_entry *entry, bool is_sent, const char *why);

/** Adds a cue at the end of its target's queue, unless it waits there. Out of
 * memory costs the cue, and is told. */
void stage_show_cue_queue(struct stage_show_cue_out *self,
	struct stage_show_script *script, size_t at,
	struct stage_show_cue_batch *batch);

/** Sends what can be sent now. */
void stage_show_cue_pump(struct stage_show_cue_out *self);

/** Looks whether a target is still the one that was told. */
void stage_show_cue_check(
	struct stage_show_cue_out *self, struct stage_show_cue_target *target);

/** Frees a target, and what is owed to it. */
void stage_show_cue_target_destroy(
	struct stage_show_cue_out *self, struct stage_show_cue_target *target);

#endif
