/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Cues on their way: what each target is to be told now, and what it is to be
 * told again.
 *
 *     moment of a song ──► queue of each target ──► ops->send, one at a time
 *                              ▲                         │
 *          came back, started   │ in force               ├─ said: done
 *          anew ────────────────┘                        ├─ away: again, later
 *                                                        └─ wrong: aside
 *
 * A target is told its cues in their order, each when the one before has gone;
 * targets do not wait for each other, and nobody waits for them. What cannot be
 * sent is tried again, more and more rarely, for as long as its song is the one
 * that matters.
 *
 * In force are the cues `ready` and `go` of the song that plays. They are sent
 * again:
 *
 *	                            state   by its kind   once
 *	target was started anew       x          x
 *	connection came back          x
 *	the show manager came back    x      if not sent
 *
 * For a target on this computer a new socket at its port tells that it was
 * started anew; where there is no connection, somebody looks from time to time.
 *`once` is at its moment or never: it is not tried again either.
 *
 * When a song goes, `leave` of the one before is sent ahead of `go`, so that a
 * look which both of them have stays.
 *
 * Pure: sockets, files and the clock are behind stage_show_cue_ops. Thread: the
 * loop's.
 */

#ifndef STAGE_SHOW_CUE_OUT_H
#define STAGE_SHOW_CUE_OUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "show/cue.h"
#include "show/songconf.h"

#define STAGE_SHOW_TARGET_TEXT_MAX 320 // bytes with the zero

#define STAGE_SHOW_CUE_BACKOFF_MIN_NS 250000000
#define STAGE_SHOW_CUE_BACKOFF_MAX_NS 2000000000
// In this time a datagram that nobody took comes back.
#define STAGE_SHOW_CUE_RECENT_NS 1000000000

struct stage_show_cue_entry;

/** Who is told. Ownership: of the cues; only `carrier` is for others to set. */
struct stage_show_cue_target {
	struct stage_show_cue_target *next;
	enum stage_show_cue_kind kind;
	enum stage_show_transport transport; // OSC
	char *host;                          // "": MIDI
	uint16_t port;
	char text[STAGE_SHOW_TARGET_TEXT_MAX]; // "osc tcp 10.0.0.5:3032"
	void *carrier; // what ops->send made for it; freed by ops->drop

	struct stage_show_cue_entry *queue, **tail; // owed, in order
	struct stage_show_cue_entry *aside;         // it did not know them
	bool is_sending;                            // the first of the queue
	bool is_busy;                               // in a call
	unsigned fails;                             // since it was reached last
	int64_t retry_ns;                           // INT64_MIN: now
	int64_t aside_ns;       // when those are tried again
	int64_t look_ns;        // when to look for who listens; or INT64_MAX
	unsigned looks;         // that found nobody
	unsigned losses;        // of what had been sent, until it is calm
	int64_t calm_ns;        // when it is; or INT64_MAX
	uint64_t identity;      // as below, of who was told last; 0: nobody yet
	uint64_t next_identity; // of who is being told
	uint64_t sent;          // cues
	int64_t sent_ns;        // when the last one was
	char why[STAGE_ERR_TEXT_MAX]; // what is wrong; "": nothing
};

enum stage_show_cue_result {
	STAGE_SHOW_CUE_SAID,
	STAGE_SHOW_CUE_AWAY,  // nobody is there: this, and what follows, later
	STAGE_SHOW_CUE_WRONG, // it is there, and does not know what was said;
			      // later, beside all others
	STAGE_SHOW_CUE_LOST, // it may have been done or not: never again
};

/** That nobody can know who listens there; 0 is: nobody does. */
#define STAGE_SHOW_CUE_ANYBODY UINT64_MAX

/** What the cues ask of the world. None of these blocks. */
struct stage_show_cue_ops {
	int64_t (*now_ns)(void *user);
	/** Reads what a song says; out is not initialised. */
	enum stage_status (*read)(void *user, const char *song,
		struct stage_show_song_conf *out, struct stage_err *err);
	/** Who listens at a target on this computer: another number for each
	 * socket. */
	uint64_t (*identify)(
		void *user, const struct stage_show_cue_target *target);
	/** Sends one cue; stage_show_cue_out_sent is called once, in this call
	 * or later. */
	void (*send)(void *user, struct stage_show_cue_target *target,
		const struct stage_show_cue *cue);
	/** The target goes: frees its carrier. What it was sending is
	 * forgotten. */
	void (*drop)(void *user, struct stage_show_cue_target *target);
	/** A sentence for the log. */
	void (*tell)(void *user, bool is_trouble, const char *sentence);
	/** What stage_show_cue_out_view or _journal says has changed. */
	void (*changed)(void *user);
};

struct stage_show_cue_out;

/** Makes one; no song plays. ops are borrowed, qlc_host is copied: where QLC+
 * is. NULL: out of memory. */
struct stage_show_cue_out *stage_show_cue_out_create(
	const struct stage_show_cue_ops *ops, void *user, const char *qlc_host,
	uint16_t qlc_port);

/** Drops all targets; what is owed is not sent. NULL is fine. */
void stage_show_cue_out_destroy(struct stage_show_cue_out *self);

/** A moment of a song. */
void stage_show_cue_out_moment(struct stage_show_cue_out *self,
	const char *song, enum stage_show_when when);

/** A song that was to play does not. What it owes is not sent. */
void stage_show_cue_out_forget(
	struct stage_show_cue_out *self, const char *song);

/** The song has played since before this process was there; journal is what
 * stage_show_cue_out_journal gave. */
void stage_show_cue_out_resume(struct stage_show_cue_out *self,
	const char *song, const json_t *journal);

/** What the next process must know: which cues in force were not sent yet.
 * Ownership: the caller's. NULL: out of memory. */
json_t *stage_show_cue_out_journal(const struct stage_show_cue_out *self);

/** What became of the cue that ops->send was called for. why: one clause; ""
 * for SAID. */
void stage_show_cue_out_sent(struct stage_show_cue_out *self,
	struct stage_show_cue_target *target, enum stage_show_cue_result result,
	const char *why);

/** While nothing is being sent: a connection has ended, or, is_back, what was
 * sent came back. Who hangs up right behind a cue does so always, and is not
 * told anything again for that. */
void stage_show_cue_out_lost(struct stage_show_cue_out *self,
	struct stage_show_cue_target *target, bool is_back, const char *why);

/** How many were sent of what somebody fired by hand, how many were not, and
 * why the first of these. */
struct stage_show_cue_fired {
	void (*done)(
		void *user, unsigned sent, unsigned failed, const char *why);
	void *user;
};

/** Sends the cues of one moment of a song, at once or never, whatever plays.
 * fired->done is called once. Errors, and it is not: STAGE_NOT_FOUND, there are
 * none; those of ops->read. */
STAGE_NODISCARD enum stage_status stage_show_cue_out_fire(
	struct stage_show_cue_out *self, const char *song,
	enum stage_show_when when, const struct stage_show_cue_fired *fired,
	struct stage_err *err);

/** When stage_show_cue_out_step must be called at the latest; INT64_MAX: there
 * is nothing to wait for. */
int64_t stage_show_cue_out_deadline_ns(const struct stage_show_cue_out *self);
void stage_show_cue_out_step(struct stage_show_cue_out *self);

/** For people: {song, cues: [{line, when, target, state, why}], targets:
 * [{target, state, sent, owed, why}]}. Ownership: the caller's. NULL: out of
 * memory. */
json_t *stage_show_cue_out_view(const struct stage_show_cue_out *self);

/** Writes whom a cue is for, as in stage_show_cue_target, into out. */
void stage_show_cue_target_text(const struct stage_show_cue *cue,
	const char *qlc_host, uint16_t qlc_port,
	char out[STAGE_SHOW_TARGET_TEXT_MAX]);

#endif
