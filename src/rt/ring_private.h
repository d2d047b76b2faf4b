/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is in a ring; for ring_rt.c and ring_setup.c only. */

#ifndef STAGE_RT_RING_PRIVATE_H
#define STAGE_RT_RING_PRIVATE_H

#include <stdatomic.h>

#include "rt/ring.h"

#define STAGE_RING_APART_BYTES 64 // a cache line

struct stage_ring {
	unsigned char *bytes; // [size]
	uint32_t size;        // a power of two
	// Each index has a cache line that only its own thread writes to.
	unsigned char apart_before[STAGE_RING_APART_BYTES];
	_Atomic uint32_t written; // bytes ever written; by the producer
	unsigned char apart_between[STAGE_RING_APART_BYTES];
	_Atomic uint32_t read; // bytes ever read; by the consumer
	unsigned char apart_after[STAGE_RING_APART_BYTES];
};

_Static_assert(sizeof(struct stage_ring_header) == STAGE_RING_HEADER_BYTES,
	"a header is what the header says");

#endif
