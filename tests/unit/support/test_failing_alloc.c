/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

struct seen {
	unsigned runs;
	unsigned failures;
};

// Allocates in every way there is, and gives up at the first failure.
static enum stage_status
every_way(void *user)
{
	struct seen *seen = user;
	void *blocks[6] = {NULL};
	enum stage_status status = STAGE_OK;

	seen->runs++;
	blocks[0] = malloc(10);
	blocks[1] = calloc(2, 10);
	blocks[2] = realloc(NULL, 10);
	blocks[3] = strdup("text");
	blocks[4] = strndup("text", 2);
	blocks[5] = aligned_alloc(64, 64);
	for (size_t i = 0; i < 6; i++) {
		status = blocks[i] == NULL ? STAGE_NO_MEMORY : status;
	}
	void *bigger = realloc(blocks[0], 1000);
	status = bigger == NULL ? STAGE_NO_MEMORY : status;
	blocks[0] = bigger != NULL ? bigger : blocks[0];
	for (size_t i = 0; i < 6; i++) {
		free(blocks[i]);
	}
	seen->failures += status != STAGE_OK;
	return status;
}

static void
each_allocation_fails_once(void **state)
{
	struct seen seen = {0};
	(void)state;

	assert_int_equal(failing_alloc_sweep(every_way, &seen), 7);
	assert_int_equal(seen.runs, 8);
	assert_int_equal(seen.failures, 7);
}

static enum stage_status
does_without(void *user)
{
	(void)user;
	free(malloc(100));
	return STAGE_OK;
}

static void
tolerant_work_may_succeed(void **state)
{
	(void)state;
	assert_int_equal(failing_alloc_sweep_tolerant(does_without, NULL), 1);
}

static void
copies_are_whole(void **state)
{
	char *copy = strndup("abcdef", 3);
	char *all = strdup("abcdef");
	(void)state;

	assert_string_equal(copy, "abc");
	assert_string_equal(all, "abcdef");
	free(copy);
	free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_fails_once),
		cmocka_unit_test(tolerant_work_may_succeed),
		cmocka_unit_test(copies_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
