/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // mlock

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "rt/ring_private.h"

#define BYTES_MIN 64
// Not zero: the compiler would make a calloc of it, which touches no page.
#define FILL 0xa5

struct stage_ring *
stage_ring_create(size_t min_bytes)
{
	struct stage_ring *self;
	uint32_t size = BYTES_MIN;

	if (min_bytes > STAGE_RING_BYTES_MAX) {
		return NULL;
	}
	while (size < min_bytes) {
		size *= 2;
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL) {
		return NULL;
	}
	self->bytes = malloc(size);
	if (self->bytes == NULL) {
		free(self);
		return NULL;
	}
	memset(self->bytes, FILL, size);
	self->size = size;
	atomic_init(&self->written, 0);
	atomic_init(&self->read, 0);
	return self;
}

void
stage_ring_destroy(struct stage_ring *self)
{
	if (self != NULL) {
		free(self->bytes);
		free(self);
	}
}

enum stage_status
stage_ring_lock_memory(struct stage_ring *self, struct stage_err *err)
{
	if (mlock(self, sizeof(*self)) != 0 ||
		mlock(self->bytes, self->size) != 0) {
		return stage_err_set_errno(err, errno,
			"unable to lock %u bytes of memory", self->size);
	}
	return STAGE_OK;
}

bool
stage_ring_check(const struct stage_ring *self)
{
	uint32_t written = atomic_load(&self->written);
	uint32_t at = atomic_load(&self->read);

	if (written - at > self->size) {
		return false;
	}
	while (at != written) {
		struct stage_ring_header header;
		unsigned char *to = (unsigned char *)&header;
		for (uint32_t i = 0; i < STAGE_RING_HEADER_BYTES; i++) {
			to[i] = self->bytes[(at + i) & (self->size - 1)];
		}
		if (written - at < STAGE_RING_HEADER_BYTES ||
			header.size > written - at - STAGE_RING_HEADER_BYTES) {
			return false;
		}
		at += STAGE_RING_HEADER_BYTES + header.size;
	}
	return true;
}
