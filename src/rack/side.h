/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Side ports: ports of the rack in JACK that are one slot's own, beside in_1
 * ..., out_1 ...: what its sidechain hears, its outputs that the bus has no
 * channel for, sends and returns.
 *
 * They are in a table that is never freed, so that all threads may look into
 * it. An entry goes round:
 *
 *     EMPTY ──settle──► WANTED ──tidy──► DROPPED ──[worker]──► RELEASED
 *       ▲   [main]         ▲    [main]       │                     │
 *       │                  └────settle───────┘                     │
 *       └───────────────────────────tidy───────────────────────────┘
 *
 * A port that is not wanted any more is faded first, by the plan that has it;
 * when no plan has it, it is dropped. [worker] makes and ends the port itself,
 * and waits for a cycle to pass between taking it from [rt] and its end.
 *
 * Thread: as marked.
 */

#ifndef STAGE_RACK_SIDE_H
#define STAGE_RACK_SIDE_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/status.h"
#include "rack/dry.h"
#include "rack/portline.h"
#include "rt/rt.h"

#define STAGE_RACK_SIDES_MAX 512 // of all slots

enum stage_rack_side_state {
	STAGE_RACK_SIDE_EMPTY,
	STAGE_RACK_SIDE_WANTED,
	STAGE_RACK_SIDE_DROPPED,
	STAGE_RACK_SIDE_RELEASED,
};

struct stage_rack_side {
	char name[STAGE_RACK_PORT_MAX]; // [main] while it is empty
	char slot[STAGE_RACK_ID_MAX];   // [main] whose it is
	bool is_input;                  // likewise
	_Atomic unsigned state;
	_Atomic uint32_t rank;     // of its port among those of the rack
	_Atomic(void *) port;      // jack_port_t; NULL: none
	_Atomic bool is_refused;   // the server had no room for it
	_Atomic bool is_leaving;   // it is to be faded out
	_Atomic uint32_t frames;   // to or from the ports of the rack
	_Atomic bool is_source;    // what it puts out never came in
	_Atomic bool is_return;    // what comes in there is heard
	_Atomic int32_t came;      // frames that it takes there, from the
				   // inputs of the rack; 0: from nowhere
	unsigned refs;             // [main] of plans
	float *buffer;             // [rt] of this piece; NULL: none
	float level;               // [rt] 0: it is not heard
	float target;              // [rt] in this piece
	float last;                // [rt] sample that was put out
	float step, left;          // [rt] where its sound broke off
	struct stage_rack_dry dry; // [rt] without a line: it is heard at once
};

struct stage_rack_sides {
	struct stage_rack_side items[STAGE_RACK_SIDES_MAX];
	_Atomic uint32_t count;   // those behind were never used
	_Atomic uint32_t refused; // by [worker]'s last look
	_Atomic bool must_pass;   // [worker] wants to know of a cycle
	sem_t passed;             // a cycle has
};

/** What a slot wants. */
struct stage_rack_side_wish {
	char name[STAGE_RACK_PORT_MAX]; // of the port, without the client
	char slot[STAGE_RACK_ID_MAX];   // whose it is
	bool is_input;
	bool is_delayed;              // as late as the sound that it is for
	struct stage_rack_side *side; // what settle found for it; or NULL
};

/** Begins with none. The memory is zeroed. */
void stage_rack_sides_init(struct stage_rack_sides *self);

/** Frees it all. No other thread uses it any more. */
void stage_rack_sides_finish(struct stage_rack_sides *self);

/** Has the table hold these ports, in this order, and has all others leave.
 * Names differ. What was there before stays as it is. True when all are there;
 * else there is no room for the last ones. Thread: [main]. */
bool stage_rack_sides_settle(struct stage_rack_sides *self,
	struct stage_rack_side_wish *wishes, size_t count);

/** Drops what has left and is in no plan, and takes back what [worker] is done
 * with. True when [worker] has something to do. Thread: [main]. */
bool stage_rack_sides_tidy(struct stage_rack_sides *self);

/** Looks where its level goes in this piece. Thread: [rt]. */
STAGE_RT void stage_rack_side_begin(struct stage_rack_side *self);

/** Reads what has come, from frame `at` of the piece on, so late as is said.
 * Thread: [rt]. */
STAGE_RT void stage_rack_side_read(struct stage_rack_side *self, uint32_t at,
	float *to, uint32_t frames, uint32_t late, float step);

/** Writes what goes out, from frame `at` of the piece on; its mix goes
 * from one level to another by `step`. from NULL: there is none, but the rest
 * of one that broke off. Thread: [rt]. */
STAGE_RT void stage_rack_side_write(struct stage_rack_side *self, uint32_t at,
	const float *from, uint32_t frames, float mix, float target,
	float step);

/** Its sound breaks off here. Thread: [rt]. */
STAGE_RT void stage_rack_side_cut(struct stage_rack_side *self);

/** Moves on by a piece. Thread: [rt]. */
STAGE_RT void stage_rack_side_end(
	struct stage_rack_side *self, uint32_t frames, float step);

#endif
