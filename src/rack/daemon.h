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
#include "rack/rack.h"
#include "rig/paths.h"

struct stage_rack_daemon;
struct stage_rack_learning;

/** Plays the rack in a directory, a service's. Ownership: *out goes with
 * destroy; rig is borrowed until the loop has ended. Errors: STAGE_NOT_FOUND,
 * STAGE_BAD_INPUT, STAGE_BUSY when this rack is played already. */
STAGE_NODISCARD enum stage_status stage_rack_daemon_create(uv_loop_t *loop,
	const struct stage_rig *rig, const char *directory,
	struct stage_rack_daemon **out, struct stage_err *err);

/** Fades out, remembers everything, and ends; the loop then ends by itself. */
void stage_rack_daemon_destroy(struct stage_rack_daemon *self);

/** Its rack, for the verbs. Ownership: borrowed. */
struct stage_rack *stage_rack_daemon_rack(struct stage_rack_daemon *self);

/** What it learns. Ownership: borrowed. */
struct stage_rack_learning *stage_rack_daemon_learning(
	struct stage_rack_daemon *self);

/** To be called when a verb has changed something. */
void stage_rack_daemon_changed(struct stage_rack_daemon *self);

/** Whether a JACK server plays it. */
bool stage_rack_daemon_is_playing(const struct stage_rack_daemon *self);

#endif
