/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Cuts a byte stream into lines: the framing of our JSON-RPC, one line a
 * message. Pure: takes bytes, returns lines.
 *
 * A zeroed struct with `max_bytes` set is empty and valid. Feed what arrived,
 * then ask for lines until there is none; memory stays under max_bytes plus one
 * feed. A carriage return before the newline counts as white space of the line;
 * it is the reader of the line who skips it.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RPC_FRAME_H
#define STAGE_RPC_FRAME_H

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"

struct stage_rpc_frame {
	struct stage_str bytes; // owned; what arrived and was not handed out
	size_t at;              // where the next line starts in bytes
	size_t scanned;         // no newline lies in [at, scanned)
	size_t max_bytes;       // longest line without its newline
};

/** Appends what arrived. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rpc_frame_feed(
	struct stage_rpc_frame *self, const void *bytes, size_t len);

/** Hands out the next whole line, without its newline, zero-terminated.
 *
 * Ownership: the line is borrowed until the next call with this frame.
 * Errors: STAGE_NOT_FOUND when there is no whole line yet, STAGE_TOO_LONG when
 * the line at hand, whole or not, is over max_bytes (the stream is then lost).
 */
STAGE_NODISCARD enum stage_status stage_rpc_frame_next(
	struct stage_rpc_frame *self, const char **line, size_t *len);

/** Frees the memory and leaves an empty, valid frame. self may be NULL. */
void stage_rpc_frame_finish(struct stage_rpc_frame *self);

#endif
