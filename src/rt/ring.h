/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A queue of typed messages from one thread to one other, without locks.
 *
 * One thread writes, the [producer]; one thread reads, the [consumer]; each may
 * be the real-time one. Neither ever waits. A message is a type, which the two
 * agree on, and a payload of any size up to the capacity, zero included. It is
 * written whole or not at all, and it is read in the order of writing; all that
 * the producer wrote to memory before it is seen by the consumer after it.
 *
 * The capacity is fixed. A message takes STAGE_RING_HEADER_BYTES more than its
 * payload; payloads have no alignment in the ring, which is why they are copied
 * out.
 *
 * Invariants: both indices only grow and wrap with their type; the consumer's
 * never passes the producer's; between them lie whole messages
 * (stage_ring_check).
 */

#ifndef STAGE_RT_RING_H
#define STAGE_RT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "rt/rt.h"

#define STAGE_RING_HEADER_BYTES 8
#define STAGE_RING_BYTES_MAX (1U << 30)

struct stage_ring;

/** What stands before each payload. */
struct stage_ring_header {
	uint32_t type; // the user's own
	uint32_t size; // of the payload, bytes
};

/** Makes an empty ring of at least min_bytes, rounded up to a power of two.
 *
 * The memory is touched, so that the first round through it meets no page
 * faults, but not locked. Thread: any. Ownership: the caller calls
 * stage_ring_destroy, when both threads are done. NULL when out of memory or
 * when min_bytes is above STAGE_RING_BYTES_MAX.
 */
struct stage_ring *stage_ring_create(size_t min_bytes);

/** Frees the ring and what is in it. NULL is fine. Thread: any but [rt]. */
void stage_ring_destroy(struct stage_ring *self);

/** Locks the memory of the ring, so that it is never paged out.
 *
 * It stays locked until the process gives it back to the system: other locked
 * memory may share its pages, and unlocking does not count. Thread: any but
 * [rt]. Errors: STAGE_DENIED or STAGE_NO_MEMORY where the limit on locked
 * memory is too low; the ring works all the same.
 */
STAGE_NODISCARD enum stage_status stage_ring_lock_memory(
	struct stage_ring *self, struct stage_err *err);

/** The bytes there are for messages and their headers. Thread: any. */
STAGE_RT uint32_t stage_ring_capacity(const struct stage_ring *self);

/** [producer] Writes one message, whole or not at all. payload[size] may be
 * NULL when size is 0. Errors: STAGE_FULL, there is no room for it now;
 * STAGE_TOO_LONG, there never will be. */
STAGE_RT STAGE_NODISCARD enum stage_status stage_ring_write(
	struct stage_ring *self, uint32_t type, const void *payload,
	uint32_t size);

/** [producer] The longest payload that can be written now, bytes; 0 also when
 * not even an empty one has room. It can only have grown since. */
STAGE_RT uint32_t stage_ring_room(const struct stage_ring *self);

/** [consumer] Gives the header of the oldest message and leaves it there.
 * Errors: STAGE_NOT_FOUND, there is none; `out` is then untouched. */
STAGE_RT STAGE_NODISCARD enum stage_status stage_ring_peek(
	const struct stage_ring *self, struct stage_ring_header *out);

/** [consumer] Takes the oldest message: its header, and its payload into
 * payload[size].
 *
 * Errors: STAGE_NOT_FOUND, there is none; STAGE_TOO_LONG, its payload is longer
 * than size: the header is filled, the message stays.
 */
STAGE_RT STAGE_NODISCARD enum stage_status stage_ring_read(
	struct stage_ring *self, struct stage_ring_header *out, void *payload,
	uint32_t size);

/** [consumer] Drops the oldest message. False when there is none. */
STAGE_RT bool stage_ring_skip(struct stage_ring *self);

/** Whether the invariants hold. Thread: any but [rt], while nobody writes or
 * reads.
 */
bool stage_ring_check(const struct stage_ring *self);

#endif
