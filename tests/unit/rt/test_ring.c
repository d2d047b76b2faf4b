/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "rt/ring.h"

#define NOBODY 65534
#define HEADER STAGE_RING_HEADER_BYTES

// The sanitizers make mlock(2) do nothing and succeed.
#if defined(__has_feature)
#	if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#		define LOCK_IS_NOTHING 1
#	endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#	define LOCK_IS_NOTHING 1
#endif
#ifndef LOCK_IS_NOTHING
#	define LOCK_IS_NOTHING 0
#endif

static void
sizes_are_powers_of_two(void **state)
{
	static const struct {
		size_t asked;
		uint32_t got;
	} cases[] = {
		{0, 64},
		{1, 64},
		{64, 64},
		{65, 128},
		{1000, 1024},
		{1024, 1024},
		{1025, 2048},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_ring *ring = stage_ring_create(cases[i].asked);
		assert_non_null(ring);
		assert_int_equal(stage_ring_capacity(ring), cases[i].got);
		assert_int_equal(stage_ring_room(ring), cases[i].got - HEADER);
		assert_true(stage_ring_check(ring));
		stage_ring_destroy(ring);
	}
	assert_null(stage_ring_create((size_t)STAGE_RING_BYTES_MAX + 1));
	assert_null(stage_ring_create(SIZE_MAX));
	stage_ring_destroy(NULL);
}

static void
an_empty_ring_has_nothing(void **state)
{
	struct stage_ring *ring = stage_ring_create(64);
	struct stage_ring_header header = {77, 78};
	char payload[8] = "kept";
	(void)state;

	assert_int_equal(stage_ring_peek(ring, &header), STAGE_NOT_FOUND);
	assert_int_equal(
		stage_ring_read(ring, &header, payload, 8), STAGE_NOT_FOUND);
	assert_false(stage_ring_skip(ring));
	assert_int_equal(header.type, 77);
	assert_int_equal(header.size, 78);
	assert_string_equal(payload, "kept");
	stage_ring_destroy(ring);
}

static void
messages_come_in_order(void **state)
{
	struct stage_ring *ring = stage_ring_create(256);
	struct stage_ring_header header;
	char payload[16] = "";
	(void)state;

	assert_int_equal(stage_ring_write(ring, 1, "one", 4), STAGE_OK);
	assert_int_equal(stage_ring_write(ring, 2, NULL, 0), STAGE_OK);
	assert_int_equal(stage_ring_write(ring, 3, "three", 6), STAGE_OK);
	assert_true(stage_ring_check(ring));
	assert_int_equal(stage_ring_peek(ring, &header), STAGE_OK);
	assert_int_equal(header.type, 1);
	assert_int_equal(header.size, 4);
	assert_int_equal(stage_ring_read(ring, &header, payload, 16), STAGE_OK);
	assert_string_equal(payload, "one");
	assert_int_equal(stage_ring_read(ring, &header, NULL, 0), STAGE_OK);
	assert_int_equal(header.type, 2);
	assert_int_equal(header.size, 0);
	// Too small a buffer: told, nothing lost.
	memset(payload, 'x', sizeof(payload));
	assert_int_equal(
		stage_ring_read(ring, &header, payload, 5), STAGE_TOO_LONG);
	assert_int_equal(header.size, 6);
	assert_int_equal(payload[0], 'x');
	assert_int_equal(stage_ring_read(ring, &header, payload, 6), STAGE_OK);
	assert_string_equal(payload, "three");
	assert_int_equal(stage_ring_write(ring, 4, "x", 1), STAGE_OK);
	assert_true(stage_ring_skip(ring));
	assert_int_equal(stage_ring_peek(ring, &header), STAGE_NOT_FOUND);
	stage_ring_destroy(ring);
}

static void
all_or_nothing(void **state)
{
	struct stage_ring *ring = stage_ring_create(64);
	struct stage_ring_header header;
	char payload[64];
	(void)state;

	memset(payload, 'p', sizeof(payload));
	assert_int_equal(
		stage_ring_write(ring, 1, payload, 57), STAGE_TOO_LONG);
	assert_int_equal(
		stage_ring_write(ring, 1, payload, UINT32_MAX), STAGE_TOO_LONG);
	assert_int_equal(stage_ring_write(ring, 1, payload, 56), STAGE_OK);
	assert_int_equal(stage_ring_room(ring), 0);
	assert_int_equal(stage_ring_write(ring, 2, NULL, 0), STAGE_FULL);
	assert_true(stage_ring_skip(ring));
	assert_int_equal(stage_ring_write(ring, 1, payload, 40), STAGE_OK);
	assert_int_equal(stage_ring_room(ring), 64 - 48 - HEADER);
	assert_int_equal(stage_ring_write(ring, 2, payload, 9), STAGE_FULL);
	assert_int_equal(stage_ring_write(ring, 2, payload, 8), STAGE_OK);
	assert_int_equal(stage_ring_room(ring), 0);
	assert_int_equal(stage_ring_read(ring, &header, payload, 64), STAGE_OK);
	assert_int_equal(header.size, 40);
	assert_int_equal(stage_ring_read(ring, &header, payload, 64), STAGE_OK);
	assert_int_equal(header.size, 8);
	// Exactly room for a header is room for an empty message.
	assert_int_equal(stage_ring_write(ring, 1, payload, 48), STAGE_OK);
	assert_int_equal(stage_ring_room(ring), 0);
	assert_int_equal(stage_ring_write(ring, 2, NULL, 0), STAGE_OK);
	assert_int_equal(stage_ring_write(ring, 3, NULL, 0), STAGE_FULL);
	stage_ring_destroy(ring);
}

// Every payload length at every place, header and payload across the end.
static void
wraps_anywhere(void **state)
{
	struct stage_ring *ring = stage_ring_create(64);
	unsigned char payload[56];
	unsigned char got[56];
	(void)state;

	for (uint32_t round = 0; round < 64 * 57; round++) {
		struct stage_ring_header header;
		uint32_t size = round % 57;
		for (uint32_t i = 0; i < size; i++) {
			payload[i] = (unsigned char)(round * 31 + i);
		}
		assert_int_equal(
			stage_ring_write(ring, round, payload, size), STAGE_OK);
		assert_true(stage_ring_check(ring));
		memset(got, 0, sizeof(got));
		assert_int_equal(
			stage_ring_read(ring, &header, got, sizeof(got)),
			STAGE_OK);
		assert_int_equal(header.type, round);
		assert_int_equal(header.size, size);
		assert_memory_equal(got, payload, size);
	}
	stage_ring_destroy(ring);
}

static int
lock_as_nobody(void)
{
	struct stage_ring *ring = stage_ring_create(1U << 20);
	struct rlimit limit = {0, 0};
	struct stage_err err = STAGE_ERR_INIT;
	int code = 0;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
		(geteuid() == 0 &&
			(setgid(NOBODY) != 0 || setuid(NOBODY) != 0))) {
		code = 77;
	} else if (!LOCK_IS_NOTHING &&
		   (stage_ring_lock_memory(ring, &err) != STAGE_DENIED ||
			   err.text[0] == '\0')) {
		code = 1;
	} else if (stage_ring_write(ring, 1, "x", 1) != STAGE_OK) {
		code = 2;
	}
	stage_ring_destroy(ring);
	return code;
}

static void
memory_can_be_locked(void **state)
{
	struct stage_ring *ring = stage_ring_create(64);
	struct rlimit limit;
	int exit_status = 0;
	pid_t child = fork();
	(void)state;

	if (child == 0) {
		_exit(lock_as_nobody());
	}
	assert_int_equal(waitpid(child, &exit_status, 0), child);
	assert_true(WIFEXITED(exit_status));
	assert_int_equal(WEXITSTATUS(exit_status), 0);
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	if (limit.rlim_cur >= 65536) {
		assert_int_equal(stage_ring_lock_memory(ring, NULL), STAGE_OK);
	}
	assert_int_equal(stage_ring_write(ring, 1, "x", 1), STAGE_OK);
	stage_ring_destroy(ring);
}

static enum stage_status
use_ring(void *user)
{
	struct stage_ring *ring = stage_ring_create(1000);
	enum stage_status status = STAGE_NO_MEMORY;
	(void)user;

	if (ring != NULL) {
		status = stage_ring_write(ring, 1, "x", 1);
	}
	stage_ring_destroy(ring);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	assert_int_equal(failing_alloc_sweep(use_ring, NULL), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_powers_of_two),
		cmocka_unit_test(an_empty_ring_has_nothing),
		cmocka_unit_test(messages_come_in_order),
		cmocka_unit_test(all_or_nothing),
		cmocka_unit_test(wraps_anywhere),
		cmocka_unit_test(memory_can_be_locked),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
