/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A TCP connection to a host by its name, for as long as it lasts. All
 * addresses of the host are tried in turn.
 *
 * Nothing blocks, SIGPIPE never arises, and small writes are not held back.
 * There are no deadlines: who has one destroys the wire. Thread: the loop's.
 */

#ifndef STAGE_SHOW_CUE_WIRE_H
#define STAGE_SHOW_CUE_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "show/cue_lookup.h"

/** What is told. In each of these the wire may be destroyed. */
struct stage_show_wire_ops {
	void (*opened)(void *user);
	void (*got)(void *user, const char *bytes, size_t len);
	/** All that was given to be written has been. */
	void (*written)(void *user);
	/** It has ended, or could not be opened. is_eof: the other side has
	 * ended it in order. why: a clause. */
	void (*ended)(void *user, bool is_eof, const char *why);
};

struct stage_show_wire;

/** Begins to connect; nothing is told in this call. ops and user are borrowed.
 * NULL: out of memory. */
struct stage_show_wire *stage_show_wire_create(uv_loop_t *loop,
	struct stage_show_book *book, const char *host, uint16_t port,
	const struct stage_show_wire_ops *ops, void *user);

/** Writes, when it is open. Errors: STAGE_NO_MEMORY; STAGE_GONE. */
STAGE_NODISCARD enum stage_status stage_show_wire_write(
	struct stage_show_wire *self, const void *bytes, size_t len);

/** Ends it; nothing is told any more. The memory goes in the loop's next turns.
 * NULL is fine. */
void stage_show_wire_destroy(struct stage_show_wire *self);

#endif
