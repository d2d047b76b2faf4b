/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The show's client in JACK, stagecraft-show, and its ports: midi_in, which
 * pedals are connected to; midi_out, of cues; panic, which is connected to what
 * is to fall silent, for that moment. It tells JACK of bars and beats, and
 * moves its transport.
 *
 * The show goes on whether there is a server or not: what is wanted holds for
 * each server that appears. What asks a server is done on the client's worker,
 * so that one that stands still keeps no caller waiting.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_JACKSIDE_H
#define STAGE_SHOW_JACKSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "show/timebase.h"

struct stage_jack_backend;
struct stage_show_jack;

#define STAGE_SHOW_JACK_CLIENT "stagecraft-show"
#define STAGE_SHOW_MIDI_MAX 512       // bytes of one message, in or out
#define STAGE_SHOW_MIDI_WAIT_MS 10000 // that a message waits for a server

struct stage_show_jack_events {
	/** A MIDI message has come in, whole. at_ns: when, monotonic. */
	void (*heard)(
		void *user, const uint8_t *bytes, size_t len, int64_t at_ns);
	/** What stage_show_jack_view says has changed. */
	void (*changed)(void *user);
	/** A beat has begun, or there are none any more: as the view says. */
	void (*beat)(void *user);
	/** Something that a person should know; and the reason why this process
	 * cannot go on. */
	void (*warn)(void *user, const char *sentence);
	void (*hung)(void *user, const char *sentence);
};

/** How it is. */
struct stage_show_jack_view {
	bool is_open;
	bool is_rolling; // the transport
	int32_t bar;     // of the transport while it rolls, from 1; 0: none
	int32_t beat;    // of that bar, likewise
	bool is_wanted;  // to be timebase master
	bool is_master;
	uint32_t rate_hz; // of the server; 0: there is none
	const char *why;  // no server is there; "": it is. Borrowed
	uint64_t sent;    // messages that went out
	uint64_t lost;    // that did not, for lack of a server or room
	uint64_t lost_in; // that came in, and found no room
	size_t waiting;   // that wait for a server
	uint64_t xruns;   // that were told of, by all servers so far
};

/** Looks for a server, for ever. backend: NULL for libjack. Ownership: *out
 * goes with destroy; events and user are borrowed until then. Errors:
 * STAGE_NO_MEMORY, STAGE_BUSY (threads); STAGE_UNSUPPORTED where stagecraft was
 * built without JACK. */
STAGE_NODISCARD enum stage_status stage_show_jack_create(uv_loop_t *loop,
	const struct stage_jack_backend *backend,
	const struct stage_show_jack_events *events, void *user,
	struct stage_show_jack **out, struct stage_err *err);

/** Closes the client. Nothing is told any more. NULL is fine. */
void stage_show_jack_destroy(struct stage_show_jack *self);

/** Sends whole MIDI messages, one behind the other in bytes[len], to midi_out:
 * all of them, in their order and in one cycle where there is room, or none.
 * A note that is not ended by them ends a tenth of a second later.
 *
 * Where no server is there they wait for one, STAGE_SHOW_MIDI_WAIT_MS at most;
 * those that have waited in vain are told of by `warn`. Errors, with a
 * sentence: STAGE_BAD_INPUT, these are no whole messages; STAGE_TOO_LONG, one
 * is longer than STAGE_SHOW_MIDI_MAX; STAGE_FULL, there is no room;
 * STAGE_UNSUPPORTED, self is NULL: stagecraft was built without JACK. */
STAGE_NODISCARD enum stage_status stage_show_jack_send(
	struct stage_show_jack *self, const uint8_t *bytes, size_t len,
	struct stage_err *err);

/** Sets the tempo and the metre; see timebase.h for when they hold.
 * is_master: whether we are to be timebase master; one that is there already
 * stays, and we take over when it has gone. */
void stage_show_jack_tempo(struct stage_show_jack *self,
	const struct stage_show_tempo *tempo, enum stage_show_tempo_at at,
	bool is_master);

/** Moves the transport: to its beginning, on, or off. Ones that are given while
 * no server is there are forgotten, but for the tempo. */
void stage_show_jack_locate(struct stage_show_jack *self);
void stage_show_jack_roll(struct stage_show_jack *self, bool is_rolling);

/** Ends all that sounds at every MIDI input that JACK has: the port panic is
 * connected to each of them for the moment. */
void stage_show_jack_panic(struct stage_show_jack *self);

/** How it is now. NULL: as one without a server. */
void stage_show_jack_view(
	const struct stage_show_jack *self, struct stage_show_jack_view *out);

#endif
