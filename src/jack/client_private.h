/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files client*.c share, but for the worker and its box:
 *
 * - client.c: the client as its owner sees it, and the signs of a server;
 * - client_step.c: what happens to it, and all that follows from that;
 * - client_graph.c: what is told of the graph, and edits of it.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_JACK_CLIENT_PRIVATE_H
#define STAGE_JACK_CLIENT_PRIVATE_H

#include "jack/client.h"
#include "jack/client_core.h"
#include "jack/client_worker.h"
#include "jack/graph_feed.h"
#include "jack/watch.h"

#define STAGE_JACK_REASON_MAX 256

/** What the worker reads; stays with it should it be abandoned. */
struct stage_jack_client_texts {
	char name[STAGE_JACK_OWN_NAME_MAX];
	char server[STAGE_JACK_SERVER_NAME_MAX];
};

struct stage_jack_client_watch {
	struct stage_jack_watch at;
	uv_fs_event_t handle;
};

struct stage_jack_client {
	uv_loop_t *loop; // borrowed
	struct stage_jack_client_ops ops;
	void *user; // borrowed
	unsigned heartbeat_ms;
	unsigned retry_ms;
	unsigned watchdog_ms;
	unsigned patience_ms;
	unsigned close_ms;
	unsigned look_ms;    // of the watchdog, now
	unsigned overdue_ms; // what the watchdog has seen of this answer
	struct stage_jack_client_texts *texts;

	struct stage_jack_core core;
	struct stage_jack_worker *worker; // NULL once it has gone
	struct stage_jack_sink *box;      // the worker's
	struct stage_jack_feed *feed;
	unsigned generation; // opens asked for
	uint32_t last_frames;
	bool has_frames;   // last_frames is of this open
	const char *asked; // the last command, in words
	struct stage_jack_info info;
	char reason[STAGE_JACK_REASON_MAX];
	char told_reason[STAGE_JACK_REASON_MAX]; // with ops.failed

	uv_async_t async;
	uv_timer_t timer;
	uv_timer_t watchdog;
	uv_timer_t look_timer;
	struct stage_jack_client_watch watches[STAGE_JACK_WATCH_MAX];
	size_t watch_count;
	size_t handle_count; // not closed yet
};

/** Something happened: does all that follows. The owner is told last; it may
 * destroy the client then. */
void stage_jack_client_step(
	struct stage_jack_client *self, enum stage_jack_core_event event);

/** Takes in the worker's messages, until there are none or it has gone. */
void stage_jack_client_take_messages(struct stage_jack_client *self);

/** Takes in its notes of the graph, and tells the owner. */
void stage_jack_client_take_notes(struct stage_jack_client *self);

/** Tells the owner of the client, user, of an event of the feed's. The
 * owner may destroy the client then. */
void stage_jack_client_tell_graph(
	void *user, const struct stage_jack_graph_event *event);

/** Looks every look_ms for how long an answer is overdue. */
void stage_jack_client_start_watchdog(
	struct stage_jack_client *self, unsigned look_ms);

void stage_jack_client_set_reason(
	struct stage_jack_client *self, const char *reason);

/** Lets the loop go; frees when it has. */
void stage_jack_client_close_handles(struct stage_jack_client *self);

#endif
