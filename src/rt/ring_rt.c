/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "rt/ring_private.h"

// Copies len bytes to the place of index `at`, around the end if need be.
STAGE_RT static void
copy_in(struct stage_ring *self, uint32_t at, const void *from, uint32_t len)
{
	uint32_t start = at & (self->size - 1);
	uint32_t first = self->size - start < len ? self->size - start : len;

	if (len == 0) {
		return;
	}
	memcpy(self->bytes + start, from, first);
	memcpy(self->bytes, (const unsigned char *)from + first, len - first);
}

STAGE_RT static void
copy_out(const struct stage_ring *self, uint32_t at, void *to, uint32_t len)
{
	uint32_t start = at & (self->size - 1);
	uint32_t first = self->size - start < len ? self->size - start : len;

	if (len == 0) {
		return;
	}
	memcpy(to, self->bytes + start, first);
	memcpy((unsigned char *)to + first, self->bytes, len - first);
}

STAGE_RT uint32_t
stage_ring_capacity(const struct stage_ring *self)
{
	return self->size;
}

// The consumer's release of bytes it has read pairs with this acquire.
STAGE_RT static uint32_t
free_bytes(const struct stage_ring *self)
{
	uint32_t written =
		atomic_load_explicit(&self->written, memory_order_relaxed);
	uint32_t read = atomic_load_explicit(&self->read, memory_order_acquire);

	return self->size - (written - read);
}

STAGE_RT enum stage_status
stage_ring_write(struct stage_ring *self, uint32_t type, const void *payload,
	uint32_t size)
{
	const struct stage_ring_header header = {.type = type, .size = size};
	uint32_t at;

	if (size > self->size - STAGE_RING_HEADER_BYTES) {
		return STAGE_TOO_LONG;
	}
	if (STAGE_RING_HEADER_BYTES + size > free_bytes(self)) {
		return STAGE_FULL;
	}
	at = atomic_load_explicit(&self->written, memory_order_relaxed);
	copy_in(self, at, &header, STAGE_RING_HEADER_BYTES);
	copy_in(self, at + STAGE_RING_HEADER_BYTES, payload, size);
	atomic_store_explicit(&self->written,
		at + STAGE_RING_HEADER_BYTES + size, memory_order_release);
	return STAGE_OK;
}

STAGE_RT uint32_t
stage_ring_room(const struct stage_ring *self)
{
	uint32_t bytes = free_bytes(self);

	return bytes > STAGE_RING_HEADER_BYTES ? bytes - STAGE_RING_HEADER_BYTES
					       : 0;
}

STAGE_RT enum stage_status
stage_ring_peek(const struct stage_ring *self, struct stage_ring_header *out)
{
	uint32_t read = atomic_load_explicit(&self->read, memory_order_relaxed);

	if (atomic_load_explicit(&self->written, memory_order_acquire) ==
		read) {
		return STAGE_NOT_FOUND;
	}
	copy_out(self, read, out, STAGE_RING_HEADER_BYTES);
	return STAGE_OK;
}

// Gives the bytes of the oldest message back to the producer.
STAGE_RT static void
advance(struct stage_ring *self, uint32_t size)
{
	uint32_t read = atomic_load_explicit(&self->read, memory_order_relaxed);

	atomic_store_explicit(&self->read,
		read + STAGE_RING_HEADER_BYTES + size, memory_order_release);
}

STAGE_RT enum stage_status
stage_ring_read(struct stage_ring *self, struct stage_ring_header *out,
	void *payload, uint32_t size)
{
	uint32_t read = atomic_load_explicit(&self->read, memory_order_relaxed);
	enum stage_status status = stage_ring_peek(self, out);

	if (status != STAGE_OK) {
		return status;
	}
	if (out->size > size) {
		return STAGE_TOO_LONG;
	}
	copy_out(self, read + STAGE_RING_HEADER_BYTES, payload, out->size);
	advance(self, out->size);
	return STAGE_OK;
}

STAGE_RT bool
stage_ring_skip(struct stage_ring *self)
{
	struct stage_ring_header header;

	if (stage_ring_peek(self, &header) != STAGE_OK) {
		return false;
	}
	advance(self, header.size);
	return true;
}
