/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the carriers share. Thread: the loop's. */

#ifndef STAGE_SHOW_CUE_CARRY_PRIVATE_H
#define STAGE_SHOW_CUE_CARRY_PRIVATE_H

#include "show/cue_carry.h"
#include "show/cue_qlc.h"
#include "show/cue_wire.h"
#include "show/cue_ws.h"

/** How one kind of carrier does it. */
struct stage_show_carry_way {
	/** Sends self->cue, or probes when that is NULL. */
	void (*begin)(struct stage_show_carrier *self);
	/** Hangs up, if there is a connection. */
	void (*hang_up)(struct stage_show_carrier *self);
};

struct stage_show_carry_udp; // its socket

struct stage_show_carrier {
	uv_loop_t *loop;
	struct stage_show_book *book;
	const struct stage_show_cue_target *target;
	const struct stage_show_carrier_ops *ops;
	void *user;
	const struct stage_show_carry_way *way;
	uv_timer_t deadline;
	bool is_busy; // done is owed
	const struct stage_show_cue *cue;
	struct stage_str bytes; // to be sent

	struct stage_show_lookup *lookup; // UDP
	struct stage_show_carry_udp *udp; // or NULL

	struct stage_show_wire *wire; // or NULL
	bool is_open;                 // and something may be sent
	bool is_written;              // what was to be

	struct stage_show_http http;

	struct stage_show_ws ws;
	struct stage_show_qlc qlc;
	int64_t listed_ns; // when its functions were asked for; 0: never
	bool is_asked;     // and have not come
	bool is_said;      // the cue, and is being written
};

extern const struct stage_show_carry_way stage_show_carry_udp_way;
extern const struct stage_show_carry_way stage_show_carry_osc_way;
extern const struct stage_show_carry_way stage_show_carry_http_way;
extern const struct stage_show_carry_way stage_show_carry_qlc_way;

/** Says what became of it, if that is owed. Nothing of self may be relied upon
 * after this call. */
void stage_show_carry_done(struct stage_show_carrier *self,
	enum stage_show_cue_result result, const char *why);

/** The connection has gone: says so, one way or the other. As above. */
void stage_show_carry_gone(struct stage_show_carrier *self, const char *why);

/** Connects, unless there is a connection. */
void stage_show_carry_connect(
	struct stage_show_carrier *self, const struct stage_show_wire_ops *ops);

/** Appends the OSC message of a cue. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_carry_osc(
	struct stage_str *out, const struct stage_show_cue *cue);

#endif
