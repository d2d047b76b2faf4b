/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What runsv says about a service in `supervise/status`: 20 bytes, replaced by
 * rename(2) at each change, so that a reader never sees half of one.
 *
 * The file outlives its writer: that runsv is there at all is a question for
 * stage_runit_is_supervised (control.h).
 * Thread: any but the real-time one. Nothing here allocates.
 */

#ifndef STAGE_RUNIT_STATUS_H
#define STAGE_RUNIT_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "runit/tai.h"

#define STAGE_RUNIT_STATUS_BYTES 20

enum stage_runit_state {
	STAGE_RUNIT_DOWN,
	STAGE_RUNIT_RUN,
	STAGE_RUNIT_FINISH, // `finish` runs, or is about to
	STAGE_RUNIT_STATE_COUNT,
};

struct stage_runit_status {
	enum stage_runit_state state;
	pid_t pid;      // of `run` or `finish`; 0 when there is none
	bool is_paused; // by `p`; not seen when somebody else stopped it
	bool wants_up;  // false after `d`, `o` and `x`
	bool term_sent; // TERM was sent to this pid
	// The last start or stop by the wall clock of that moment, unix time;
	// the start of `finish` does not count.
	int64_t since_wall_ns;
	unsigned char since_label[STAGE_RUNIT_TAI_BYTES]; // the same, as read
};

/** True when all fields are equal. */
bool stage_runit_status_equal(
	const struct stage_runit_status *a, const struct stage_runit_status *b);

/** Reads bytes[len] as runsv writes them.
 *
 * Errors: STAGE_BAD_INPUT with a sentence when the length is not 20, a field
 * has a value that runsv never writes, or a service runs without a pid; `out`
 * is then untouched.
 */
STAGE_NODISCARD enum stage_status stage_runit_status_decode(const void *bytes,
	size_t len, struct stage_runit_status *out, struct stage_err *err);

/** Writes what runsv would into bytes[STAGE_RUNIT_STATUS_BYTES]; the time is
 * taken from since_wall_ns. */
void stage_runit_status_encode(
	const struct stage_runit_status *status, unsigned char *bytes);

/** Reads DIRECTORY/supervise/status, for a logger with DIRECTORY = NAME/log.
 *
 * Never blocks. Errors: STAGE_NOT_FOUND when the service was never supervised
 * or is not there, STAGE_DENIED, STAGE_BAD_INPUT, STAGE_TOO_LONG, STAGE_IO.
 */
STAGE_NODISCARD enum stage_status stage_runit_status_read(
	const char *service_dir, struct stage_runit_status *out,
	struct stage_err *err);

#endif
