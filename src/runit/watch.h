/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees each change of one service, and the coming and going of its runsv, as
 * it happens.
 *
 * The status file is seen by pathwatch.h, with what that promises for missing,
 * replaced and linked supervise directories. That runsv has ended leaves no
 * trace in the directory, even when it was killed: it is seen at the control
 * pipe, whose writing end we hold and which then has no reader any more. That
 * costs one descriptor for each service. There is no polling and no timer,
 * except as pathwatch.h says when the system's limits are reached.
 *
 * Changes are gathered in a turn of the loop: a state that lasts shorter than
 * that may be skipped, yet since_label differs after each start and stop.
 * Thread: the loop's.
 */

#ifndef STAGE_RUNIT_WATCH_H
#define STAGE_RUNIT_WATCH_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "runit/status.h"

/** What is known of a service. */
struct stage_runit_seen {
	bool is_supervised; // a runsv takes care of it
	bool has_status;    // there is a status that can be read
	// What runsv wrote last; without a runsv its process may run all the
	// same or have ended. All zero without has_status.
	struct stage_runit_status status;
};

/** What to call; data is the first argument of both. Both may destroy the watch
 * that calls. */
struct stage_runit_watch_ops {
	/** Something is new; the first call comes when the loop runs. */
	void (*seen)(void *data, const struct stage_runit_seen *seen);
	/** As in pathwatch.h: a limit is reached. May be NULL. */
	void (*notice)(void *data, const struct stage_err *err);
};

struct stage_runit_watch;

/** Starts watching DIRECTORY/supervise; DIRECTORY/log is one more service.
 *
 * Ownership: free with stage_runit_watch_destroy; service_dir is copied; loop,
 * ops and data are borrowed. Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG,
 * STAGE_BAD_INPUT for an empty path. What is not there yet is no error.
 */
STAGE_NODISCARD enum stage_status stage_runit_watch_create(uv_loop_t *loop,
	const char *service_dir, const struct stage_runit_watch_ops *ops,
	void *data, struct stage_runit_watch **out, struct stage_err *err);

/** Stops and frees it when the loop has run once more; self may be NULL. */
void stage_runit_watch_destroy(struct stage_runit_watch *self);

/** What was seen last; all false before the first call.
 * Ownership: borrowed until the loop runs. */
const struct stage_runit_seen *stage_runit_watch_last(
	const struct stage_runit_watch *self);

#endif
