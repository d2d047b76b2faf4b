/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-rack: a rack, its client in JACK, its socket, and what makes it
 * remember.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_DAEMON_H
#define STAGE_RACK_DAEMON_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rack/home.h"
#include "rack/rack.h"

struct stage_rack_daemon;
struct stage_rack_learning;
struct stage_rack_meters;

/** What the owner of a rack hears, who is not the whole process. */
struct stage_rack_daemon_events {
	/** It is played for the first time: ports are there, plug-ins warm. */
	void (*ready)(void *user);

	/** Why no server plays it yet, or not any more. */
	void (*waits)(void *user, const char *reason);

	/** Something has changed, or was saved. */
	void (*changed)(void *user);

	/** Plug-ins hang and are left as they are, before it ends: the process
	 * is to end by _exit, when it does. */
	void (*left)(void *user);

	/** It has ended, its memory too; the last thing told. */
	void (*ended)(void *user);

	/** libjack hangs: the process is to end, and does when this returns. */
	void (*stuck)(void *user, const char *sentence);
};

/** Plays a rack. events: NULL, or what to tell instead of whoever started the
 * process. Ownership: *out goes with destroy; events and user are borrowed
 * until `ended`, or an error. Errors: STAGE_NOT_FOUND, STAGE_BAD_INPUT,
 * STAGE_BUSY when this rack is played already. */
STAGE_NODISCARD enum stage_status stage_rack_daemon_create(uv_loop_t *loop,
	const struct stage_rack_home *home,
	const struct stage_rack_daemon_events *events, void *user,
	struct stage_rack_daemon **out, struct stage_err *err);

/** Reads the directory now, as it does by itself soon after it has changed, and
 * remembers everything. */
void stage_rack_daemon_reload(struct stage_rack_daemon *self);

/** Fades out, remembers everything, and ends; the loop then ends by itself,
 * where nothing else keeps it. NULL is fine. */
void stage_rack_daemon_destroy(struct stage_rack_daemon *self);

/** Its rack, for the verbs. Ownership: borrowed. */
struct stage_rack *stage_rack_daemon_rack(struct stage_rack_daemon *self);

/** What it learns. Ownership: borrowed. */
struct stage_rack_learning *stage_rack_daemon_learning(
	struct stage_rack_daemon *self);

/** How loud it is. Ownership: borrowed. */
struct stage_rack_meters *stage_rack_daemon_meters(
	struct stage_rack_daemon *self);

/** To be called when a verb has changed something. */
void stage_rack_daemon_changed(struct stage_rack_daemon *self);

/** Whether a JACK server plays it. */
bool stage_rack_daemon_is_playing(const struct stage_rack_daemon *self);

#endif
