/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A rack that belongs to a song: a client of the session manager in NSM_URL,
 * as nsm.h says. It plays the project that it is told to open, in that
 * directory, and another one in its place when it is told so, in the same
 * process.
 *
 * A project is open when its ports are there and its plug-ins warm. What can be
 * saved is saved by itself, as with every rack; `save` sees to it that all is.
 * Who asks for nothing any more, for it was killed, disturbs nobody: the rack
 * plays on.
 *
 * Only the server is listened to, by its address, which is that of its first
 * answer.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_NSMSIDE_H
#define STAGE_RACK_NSMSIDE_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_rack_nsmside;

/** Announces itself to the server at a URL. Ownership: *out goes with destroy;
 * rig is borrowed until the loop has ended. Errors: STAGE_BAD_INPUT,
 * STAGE_UNSUPPORTED for a URL that is none, or one of another kind, or when
 * this was built without OSC; STAGE_NOT_FOUND for an unknown host. */
STAGE_NODISCARD enum stage_status stage_rack_nsmside_create(uv_loop_t *loop,
	const struct stage_rig *rig, const char *url,
	struct stage_rack_nsmside **out, struct stage_err *err);

/** Ends the rack, as stage_rack_daemon_destroy does; the loop then ends by
 * itself. NULL is fine. */
void stage_rack_nsmside_destroy(struct stage_rack_nsmside *self);

#endif
