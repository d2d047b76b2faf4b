/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Two threads and a ring; meant to be run under the thread sanitizer too. */

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rt/ring.h"

#define MESSAGES 200000
#define PAYLOAD_MAX 120
#define DEADLINE_NS (60 * STAGE_NS_PER_S)

// Length and content follow from the number, so that the reader knows both.
static uint32_t
length_of(uint32_t number)
{
	return number * 2654435761U >> 16 & 127
		       ? number * 2654435761U % PAYLOAD_MAX
		       : 0;
}

static void
fill(unsigned char *payload, uint32_t number, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		payload[i] = (unsigned char)(number + i * 7);
	}
}

struct talk {
	struct stage_ring *ring;
	int64_t deadline_ns;
	uint32_t plain;      // written before a message, read after it
	uint32_t full_count; // by the producer
	bool is_late;
};

static void *
produce(void *user)
{
	struct talk *talk = user;
	unsigned char payload[PAYLOAD_MAX];

	for (uint32_t n = 0; n < MESSAGES; n++) {
		uint32_t len = length_of(n);
		fill(payload, n, len);
		if (n == MESSAGES - 1) {
			talk->plain = 4711; // no atomic: the ring orders it
		}
		while (stage_ring_write(talk->ring, n, payload, len) !=
			STAGE_OK) {
			talk->full_count++;
			if (stage_clock_now_ns() > talk->deadline_ns) {
				talk->is_late = true;
				return NULL;
			}
			sched_yield();
		}
	}
	return NULL;
}

static void
consume(struct talk *talk)
{
	unsigned char expected[PAYLOAD_MAX];
	unsigned char got[PAYLOAD_MAX];
	uint32_t n = 0;

	while (n < MESSAGES && stage_clock_now_ns() < talk->deadline_ns) {
		struct stage_ring_header header;
		if (stage_ring_read(talk->ring, &header, got, sizeof(got)) !=
			STAGE_OK) {
			sched_yield();
			continue;
		}
		assert_int_equal(header.type, n);
		assert_int_equal(header.size, length_of(n));
		fill(expected, n, header.size);
		assert_memory_equal(got, expected, header.size);
		n++;
	}
	assert_int_equal(n, MESSAGES);
}

static void
nothing_is_lost_or_torn(void **state)
{
	static const size_t sizes[] = {128, 1000, 65536};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(sizes); i++) {
		struct talk talk = {
			.ring = stage_ring_create(sizes[i]),
			.deadline_ns = stage_clock_now_ns() + DEADLINE_NS,
		};
		pthread_t thread;
		assert_non_null(talk.ring);
		assert_int_equal(
			pthread_create(&thread, NULL, produce, &talk), 0);
		consume(&talk);
		assert_int_equal(talk.plain, 4711);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_false(talk.is_late);
		assert_true(stage_ring_check(talk.ring));
		print_message("# %zu bytes: %u times full\n", sizes[i],
			talk.full_count);
		stage_ring_destroy(talk.ring);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_or_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
