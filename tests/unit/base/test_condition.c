/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/condition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"

struct bell {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool has_rung;
};

static void *
ring(void *arg)
{
	struct bell *bell = arg;

	pthread_mutex_lock(&bell->mutex);
	bell->has_rung = true;
	pthread_cond_signal(&bell->changed);
	pthread_mutex_unlock(&bell->mutex);
	return NULL;
}

static void
a_signal_or_a_deadline_ends_the_waiting(void **state)
{
	struct bell bell = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	int64_t soon_ns = stage_clock_now_ns() + STAGE_NS_PER_MS;
	pthread_t thread;
	(void)state;

	stage_condition_init(&bell.changed);
	pthread_mutex_lock(&bell.mutex);
	while (stage_condition_await(&bell.changed, &bell.mutex, soon_ns)) {
		continue; // for nothing
	}
	assert_true(stage_clock_now_ns() >= soon_ns);
	assert_int_equal(pthread_create(&thread, NULL, ring, &bell), 0);
	while (!bell.has_rung) {
		assert_true(stage_condition_await(
			&bell.changed, &bell.mutex, INT64_MAX));
	}
	pthread_mutex_unlock(&bell.mutex);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_cond_destroy(&bell.changed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_or_a_deadline_ends_the_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
