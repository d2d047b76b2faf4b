/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One daemon, as seen from here: it is connected to whenever its socket is
 * there, its events are passed on, and its verbs are called, many at a time.
 *
 * A daemon that is killed is gone at once, with all calls that wait for it, and
 * comes back by itself.
 *
 * Thread: the loop's. Callbacks come from the loop, but for what
 * stage_web_upstream_call says.
 */

#ifndef STAGE_WEB_UPSTREAM_H
#define STAGE_WEB_UPSTREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_WEB_CALLS_MAX 256 // that wait for one daemon
#define STAGE_WEB_CALL_S 30     // that an answer may take

struct stage_web_upstream;

struct stage_web_upstream_events {
	/** There is a fresh snapshot: at its start, after events were lost, or
	 * as asked for. */
	void (*snapshot)(void *user, struct stage_web_upstream *from);
	/** Something happened: {topic, epoch, seq, data}. Borrowed. */
	void (*event)(void *user, struct stage_web_upstream *from,
		const json_t *event);
	/** It has gone. */
	void (*gone)(void *user, struct stage_web_upstream *from);
};

/** Begins. area is copied; events and user are borrowed until it is destroyed.
 * Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_web_upstream_create(
	struct stage_web_upstream **out, uv_loop_t *loop, const char *area,
	const char *path, const struct stage_web_upstream_events *events,
	void *user, struct stage_err *err);

/** Ends: calls that wait fail with STAGE_GONE first, and no other callback
 * comes. The loop frees it. NULL is fine. */
void stage_web_upstream_destroy(struct stage_web_upstream *self);

const char *stage_web_upstream_area(const struct stage_web_upstream *self);

/** True while it answers. */
bool stage_web_upstream_is_there(const struct stage_web_upstream *self);

/** The last snapshot, {epoch, seq, state}; NULL while it is not there.
 * Ownership: borrowed until the loop turns. */
const json_t *stage_web_upstream_snapshot(
	const struct stage_web_upstream *self);

/** Its verbs as it describes them, [{name, help, args}]; NULL: not known. */
const json_t *stage_web_upstream_verbs(const struct stage_web_upstream *self);

/** Wants a snapshot that is as new as all events: true when there is one; else
 * it is asked for, and `snapshot` comes, or `gone`. */
bool stage_web_upstream_refresh(struct stage_web_upstream *self);

/** Gets what a call gave: result, or NULL and why. Both borrowed. */
typedef void stage_web_done(
	void *user, const json_t *result, const struct stage_err *err);

/** Calls a verb. done is called exactly once, later, or before this returns
 * when it cannot even be asked: STAGE_GONE, STAGE_FULL, STAGE_NO_MEMORY, and
 * STAGE_TIMEOUT. Ownership: params is the upstream's from now on; NULL: none.
 */
void stage_web_upstream_call(struct stage_web_upstream *self, const char *verb,
	json_t *params, stage_web_done *done, void *user);

#endif
