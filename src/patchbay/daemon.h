/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The patchbay as a whole: files, engine and server around one loop.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_PATCHBAY_DAEMON_H
#define STAGE_PATCHBAY_DAEMON_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/backend.h"
#include "rig/paths.h"

struct stage_patchbay;

/** Reads the patch files of a rig, watches them, and keeps the connections.
 *
 * backends: by system, NULL where one was not built in. rig and backends are
 * borrowed, the array is not. Ownership: *out with stage_patchbay_destroy.
 * Errors: STAGE_NO_MEMORY; STAGE_BUSY and the like of the socket, with a
 * sentence.
 */
STAGE_NODISCARD enum stage_status stage_patchbay_create(uv_loop_t *loop,
	const struct stage_rig *rig,
	const struct stage_patch_backend_class *const *backends,
	struct stage_patchbay **out, struct stage_err *err);

/** Reads the patch files now, as it does by itself some time after they have
 * changed. What is wrong with one leaves what it said before in force. */
void stage_patchbay_reload(struct stage_patchbay *self);

/** Saves what is not saved and ends; connections stay as they are. The loop
 * must run on until it is done. NULL is fine. */
void stage_patchbay_destroy(struct stage_patchbay *self);

#endif
