/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What jackside.c and jack_outbox.c share. Thread: the loop's. */

#ifndef STAGE_SHOW_JACK_PRIVATE_H
#define STAGE_SHOW_JACK_PRIVATE_H

#include <pthread.h>

#include "jack/client.h"
#include "show/wire.h"

enum stage_show_roll {
	STAGE_SHOW_ROLL_AS_IT_IS,
	STAGE_SHOW_ROLL_OFF,
	STAGE_SHOW_ROLL_ON,
};

/** What the worker is to do. */
struct stage_show_asked {
	bool has_wish; // be or stay master, or be so no more
	bool must_locate;
	enum stage_show_roll roll;
	bool must_panic;
	bool must_part; // panic from all that it is connected to
};

struct stage_show_waiting;

/** Messages that wait for a server, in their order. Zeroed memory is empty. */
struct stage_show_outbox {
	struct stage_show_waiting *first; // owned
	size_t count;                     // messages
};

struct stage_show_jack {
	uv_loop_t *loop;
	const struct stage_show_jack_events *events;
	void *user;
	struct stage_jack_client *client;
	struct stage_show_wire wire;
	uv_async_t async;
	uv_timer_t timer; // of messages that wait, and of a master to be
	pthread_t ear;
	bool has_ear;
	atomic_bool is_over;   // for [ear]
	_Atomic unsigned refs; // ours, those of handles, one for each setup
			       // without a teardown
	pthread_mutex_t
		mutex; // of the next three; never held in a call of JACK
	struct stage_show_asked asked;
	struct stage_show_tempo tempo;
	bool is_wanted; // to be master; written by the loop only

	_Atomic int64_t stale_ns; // then nobody waits for what did not go out
	struct stage_show_outbox outbox;
	struct stage_show_jack_view told; // by `changed`
	uint32_t rate_hz;
	bool is_open;
	bool is_asking; // whether we are master is not known yet
	bool has_told;  // that another one is
	bool is_ended;
	uint8_t scratch[sizeof(struct stage_show_in_header) +
			STAGE_SHOW_MIDI_MAX];
};

/** Tells when something has changed. */
void stage_show_jack_changed(struct stage_show_jack *self);

/** Sets the time of what is to be done next. */
void stage_show_jack_set_timer(struct stage_show_jack *self);

/** A server is there: what waits for it goes. */
void stage_show_outbox_flush(struct stage_show_jack *self);

/** Gives up what has waited for too long, and says so. */
void stage_show_outbox_expire(struct stage_show_jack *self);

/** Until then; negative: nothing waits. */
int64_t stage_show_outbox_wait_ms(const struct stage_show_outbox *self);

void stage_show_outbox_finish(struct stage_show_outbox *self);

#endif
