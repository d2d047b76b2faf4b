/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Show control by OSC: what comes in is done by show/remote.h, and answered;
 * what changes is told to whoever listens.
 *
 *	message ─► osc_control.c ─► request ─► remote.h      act
 *	                                  └──► _qlab.c       reply
 *	the show ─► sight ─► _values.c, _qlab.c ─► hearers   what changed
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_OSC_CONTROL_SIDE_H
#define STAGE_SHOW_OSC_CONTROL_SIDE_H

#include "base/attr.h"
#include "base/err.h"
#include "osc/udp.h"
#include "show/daemon.h"
#include "show/osc_control.h"
#include "show/settings.h"

struct stage_show_osc_side;

/** How the side sees and does: the daemon, or a test's. */
struct stage_show_osc_side_ops {
	int64_t (*now_ns)(void *user);
	/** What there is to be seen now; texts stay until the next call. */
	void (*look)(void *user, struct stage_show_sight *out);
	/** Does it; answers once, now or later. */
	void (*act)(void *user, enum stage_show_act act, long number,
		struct stage_show_asker asker);
};

/** Listens as settings say. Ownership: *out goes with destroy; the rest is
 * borrowed until then. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_osc_side_create(uv_loop_t *loop,
	const struct stage_show_osc_settings *settings,
	const struct stage_show_osc_side_ops *ops, void *user,
	struct stage_show_osc_side **out, struct stage_err *err);

/** As stage_show_listen_order. */
void stage_show_osc_side_order(
	struct stage_show_osc_side *self, struct stage_osc_udp *beside);

/** Something may have changed: whoever listens is told what. NULL is fine. */
void stage_show_osc_side_tell(struct stage_show_osc_side *self);

/** Says good-bye and ends. What was asked and is not answered is answered to
 * nobody. NULL is fine. */
void stage_show_osc_side_destroy(struct stage_show_osc_side *self);

#endif
