/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the daemon share: daemon.c its life, player.c what it
 * plays on, verb_*.c what it can be asked.
 *
 * Thread: main.
 */

#ifndef STAGE_JACKSERVER_DAEMON_PRIVATE_H
#define STAGE_JACKSERVER_DAEMON_PRIVATE_H

#include <uv.h>

#include "jackserver/chooser.h"
#include "jackserver/config.h"
#include "jackserver/guard.h"
#include "jackserver/host.h"
#include "jackserver/outbox.h"
#include "jackserver/plan.h"
#include "jackserver/report.h"
#include "jackserver/sound_watch.h"
#include "rpc/server.h"

#define STAGE_DAEMON_SIGNALS 3

struct stage_daemon {
	uv_loop_t loop;
	uv_signal_t signals[STAGE_DAEMON_SIGNALS];
	uv_timer_t stop_timer;
	uv_timer_t check_timer;
	uv_timer_t retry_timer;
	const struct stage_jackserver_options *options;
	struct stage_jackserver_config config; // with what was set
	struct stage_jackserver_set set;
	struct stage_plan plan;
	struct stage_chooser *chooser;
	struct stage_guard *guard;
	struct stage_outbox outbox;
	int64_t outbox_ns; // when it was looked at
	struct stage_host *host;
	struct stage_sound_watch *watch; // NULL: none is needed, or to be had
	struct stage_rpc_server *rpc;    // NULL: nobody can ask
	struct stage_rpc_reply *reply;   // to who waits for a new device
	struct stage_report report;
	struct stage_control_want opening; // not in force yet
	int64_t silent_since_ns;           // the last cycle before it
	uint64_t xruns_before;
	bool is_ready; // and has said so
	bool is_stopping;
	int exit_code;

	// What the checks have seen last.
	uint32_t frames;
	int64_t moved_ns; // when they were others
	int64_t checked_ns;
	int64_t load_told_ns;
	uint64_t xruns;
	int load_percent;
};

// daemon.c

/** Has it end. */
void stage_daemon_stop(struct stage_daemon *self, int exit_code);

/** Tells subscribers of "state". */
void stage_daemon_publish(struct stage_daemon *self);

/** Ends the process at once: the server cannot be stopped. Removes what it
 * holds from under it. */
void stage_daemon_die(struct stage_daemon *self, int exit_code);

/** Makes the plan anew, of the settings and what was set. */
void stage_daemon_plan(struct stage_daemon *self);

// player.c

/** Begins to play: the chooser's steps, the watch for cards, the checks.
 * Errors: as stage_host_create. */
STAGE_NODISCARD enum stage_status stage_player_start(
	struct stage_daemon *self, struct stage_err *err);

/** Goes on after the settings have changed. */
void stage_player_advance(struct stage_daemon *self);

/** After the host has stopped. */
void stage_player_finish(struct stage_daemon *self);

/** Handed over by daemon.c: the host has stopped. */
void stage_daemon_stopped(void *user);

// verb_*.c

extern const struct stage_verb *const stage_jackserver_verbs[];
extern const struct stage_verb stage_jackserver_verb_clients;
extern const struct stage_verb stage_jackserver_verb_list;
extern const struct stage_verb stage_jackserver_verb_use;
extern const struct stage_verb stage_jackserver_verb_set;

/** Which clients there are, and of which process each is. Ownership: the
 * caller's. */
json_t *stage_daemon_clients(struct stage_daemon *self);

/** Saves what was set, plays by it, and answers the call when it does so.
 * Errors: STAGE_BUSY. */
STAGE_NODISCARD enum stage_status stage_daemon_apply(struct stage_daemon *self,
	struct stage_rpc_call *call, const struct stage_jackserver_set *set,
	struct stage_err *err);

#endif
