/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees services come, go and change in a services directory, as it happens.
 *
 * It knows a service dropped in by mv, by cp -r (reported when its `run` is
 * there and not empty) or as a link to a directory; a rename to NAME.DISABLED
 * or back; a directory removed and made again; and changes of the files in a
 * service, in its env/ and control/ and of log/run. What counts is in
 * snapshot.h and scan.h, which names in name.h. The services directory itself
 * may be missing, be removed and come back.
 *
 * Each service costs one to four watches of the system; a missing one is
 * handled as pathwatch.h says. Events are gathered in a turn of the loop; what
 * came and went within it is not reported. Thread: the loop's.
 */

#ifndef STAGE_RUNIT_DIRWATCH_H
#define STAGE_RUNIT_DIRWATCH_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "runit/snapshot.h"

/** What to call; data is the first argument of both. Both may destroy the watch
 * that calls. */
struct stage_runit_dirwatch_ops {
	/** The first call comes when the loop runs, even without changes; it
	 * reports each service that is there as added. When the services
	 * directory is missing, is_there is false and all are removed.
	 * Ownership: changes are borrowed during the call. */
	void (*changed)(void *data, bool is_there,
		const struct stage_runit_changes *changes);
	/** As in pathwatch.h; also when the directory cannot be read. May be
	 * NULL. */
	void (*notice)(void *data, const struct stage_err *err);
};

struct stage_runit_dirwatch;

/** Starts watching.
 *
 * Ownership: free with stage_runit_dirwatch_destroy; services_dir is copied;
 * loop, ops and data are borrowed. Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG,
 * STAGE_BAD_INPUT for an empty path.
 */
STAGE_NODISCARD enum stage_status stage_runit_dirwatch_create(uv_loop_t *loop,
	const char *services_dir, const struct stage_runit_dirwatch_ops *ops,
	void *data, struct stage_runit_dirwatch **out, struct stage_err *err);

/** Stops and frees it when the loop has run once more; self may be NULL. */
void stage_runit_dirwatch_destroy(struct stage_runit_dirwatch *self);

/** What was there last, also directories that are no services (yet).
 * Ownership: borrowed until the loop runs. */
const struct stage_runit_snapshot *stage_runit_dirwatch_last(
	const struct stage_runit_dirwatch *self);

#endif
