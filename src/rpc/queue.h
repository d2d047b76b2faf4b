/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What one connection still has to be sent: lines in order, bounded. Pure.
 *
 * Answers must arrive or the connection ends; events may be dropped as long as
 * the client is told. When an event finds the queue full, all unsent events go
 * and the queue is *lagging*: further events are only counted. Once all the
 * rest was sent, the owner sends one resync message and calls
 * stage_rpc_queue_resume.
 *
 *	          push_event: fits
 *	             ┌─────┐
 *	             │     ▼
 *	resume ──► [ flowing ] ── push_event or push_answer: full ──┐
 *	  ▲                                                         ▼
 *	  └──────── all sent (needs_resync) ◄──────────────── [ lagging ]
 *
 * Lines are shared between the queues of all clients that get them.
 * A zeroed struct with `max_bytes` set is empty and valid.
 * Thread: any, all queues that share lines by one thread.
 */

#ifndef STAGE_RPC_QUEUE_H
#define STAGE_RPC_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/attr.h"
#include "base/status.h"

struct stage_rpc_line;       // bytes with a count of those who hold them
struct stage_rpc_queue_node; // one place in a queue

/** Copies bytes into a shared line, held once. NULL when out of memory. */
struct stage_rpc_line *stage_rpc_line_create(const char *bytes, size_t len);

/** Lets go of it; the last one frees it. self may be NULL. */
void stage_rpc_line_destroy(struct stage_rpc_line *self);

struct stage_rpc_queue {
	struct stage_rpc_queue_node *first; // owned
	struct stage_rpc_queue_node *last;
	size_t sent_bytes;   // of the first line
	size_t bytes;        // held by all nodes, their own size included
	size_t answer_bytes; // the part of it that are answers
	size_t max_bytes;
	uint64_t dropped; // events since the last resume
	bool is_lagging;
};

/** Appends an answer; drops events if that makes the room.
 *
 * Ownership: the line is held once more. Errors: STAGE_FULL, STAGE_NO_MEMORY;
 * the caller has to end the connection then.
 */
STAGE_NODISCARD enum stage_status stage_rpc_queue_push_answer(
	struct stage_rpc_queue *self, struct stage_rpc_line *line);

/** Appends an event, or counts it as dropped; line may be NULL for one that
 * could not be made for lack of memory. */
void stage_rpc_queue_push_event(
	struct stage_rpc_queue *self, struct stage_rpc_line *line);

/** Drops all events of which nothing was sent yet; returns how many. */
size_t stage_rpc_queue_drop_events(struct stage_rpc_queue *self);

/** True when lagging and all that was left has been sent. */
bool stage_rpc_queue_needs_resync(const struct stage_rpc_queue *self);

/** Ends lagging and returns how many events were dropped. */
uint64_t stage_rpc_queue_resume(struct stage_rpc_queue *self);

/** Fills iov[max] with what is to be sent next; returns how many entries. */
size_t stage_rpc_queue_peek(
	const struct stage_rpc_queue *self, struct iovec *iov, size_t max);

/** Removes that many bytes from the front: what was sent. */
void stage_rpc_queue_consume(struct stage_rpc_queue *self, size_t bytes);

/** Frees all and leaves an empty, valid queue. self may be NULL. */
void stage_rpc_queue_finish(struct stage_rpc_queue *self);

#endif
