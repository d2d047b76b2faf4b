/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Breaks the invariants of a ring from inside and sees them reported. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rt/ring_private.h"

static void
broken_rings_are_seen(void **state)
{
	struct stage_ring *ring = stage_ring_create(64);
	struct stage_ring_header header = {.type = 1, .size = 57};
	(void)state;

	assert_int_equal(stage_ring_write(ring, 1, "12345678", 8), STAGE_OK);
	assert_true(stage_ring_check(ring));
	memcpy(ring->bytes, &header, sizeof(header));
	assert_false(stage_ring_check(ring)); // longer than what was written
	header.size = 4;
	memcpy(ring->bytes, &header, sizeof(header));
	assert_false(stage_ring_check(ring)); // half a header follows
	header.size = 8;
	memcpy(ring->bytes, &header, sizeof(header));
	assert_true(stage_ring_check(ring));
	atomic_store(&ring->written, 65);
	assert_false(stage_ring_check(ring)); // more than it can hold
	atomic_store(&ring->written, 0);
	atomic_store(&ring->read, 1);
	assert_false(stage_ring_check(ring)); // read before written
	stage_ring_destroy(ring);
}

// The indices wrap with their type after 4 GiB; nobody must notice.
static void
indices_may_wrap(void **state)
{
	struct stage_ring *ring = stage_ring_create(64);
	uint32_t start = UINT32_MAX - 100;
	(void)state;

	atomic_store(&ring->written, start);
	atomic_store(&ring->read, start);
	for (uint32_t i = 0; i < 50; i++) {
		struct stage_ring_header header;
		uint32_t value = 0;
		assert_int_equal(
			stage_ring_room(ring), 64 - STAGE_RING_HEADER_BYTES);
		assert_int_equal(
			stage_ring_write(ring, i, &i, sizeof(i)), STAGE_OK);
		assert_true(stage_ring_check(ring));
		assert_int_equal(
			stage_ring_read(ring, &header, &value, sizeof(value)),
			STAGE_OK);
		assert_int_equal(value, i);
	}
	stage_ring_destroy(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_rings_are_seen),
		cmocka_unit_test(indices_may_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
