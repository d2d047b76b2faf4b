/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // pipe2

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "rt/rtlog.h"

#define GOT_MAX 65536

enum id {
	LOG_LATE,
	LOG_GONE,
	LOG_FINE,
	LOG_TALK,
	LOG_NOTHING,
	LOG_LONG
};

static char long_text[2000];

static const struct stage_rtlog_line lines[] = {
	[LOG_LATE] = {STAGE_LOG_WARNING, "block {a} was {b} us late"},
	[LOG_GONE] = {STAGE_LOG_ERROR, "gone"},
	[LOG_FINE] = {STAGE_LOG_INFO, "{b}{a}{c}%d{a"},
	[LOG_TALK] = {STAGE_LOG_DEBUG, "{a}"},
	[LOG_NOTHING] = {STAGE_LOG_INFO, NULL},
	[LOG_LONG] = {STAGE_LOG_INFO, long_text},
};

struct capture {
	int saved_fd;
	int pipe[2];
	char got[GOT_MAX];
};

static void
capture_start(struct capture *self)
{
	assert_int_equal(pipe2(self->pipe, O_NONBLOCK | O_CLOEXEC), 0);
	self->saved_fd = dup(STDERR_FILENO);
	assert_true(self->saved_fd >= 0);
	assert_true(dup2(self->pipe[1], STDERR_FILENO) >= 0);
	stage_log_init("prog", STAGE_LOG_DEBUG);
}

static const char *
capture_stop(struct capture *self)
{
	ssize_t len;

	assert_true(dup2(self->saved_fd, STDERR_FILENO) >= 0);
	len = read(self->pipe[0], self->got, sizeof(self->got) - 1);
	self->got[len > 0 ? len : 0] = '\0';
	close(self->saved_fd);
	close(self->pipe[0]);
	close(self->pipe[1]);
	return self->got;
}

static struct stage_rtlog *
create(size_t records)
{
	return stage_rtlog_create(lines, STAGE_COUNT_OF(lines), records);
}

static void
records_become_lines(void **state)
{
	static struct capture capture;
	struct stage_rtlog *log = create(16);
	(void)state;

	capture_start(&capture);
	stage_rtlog(log, LOG_LATE, 12, -345);
	stage_rtlog(log, LOG_GONE, 0, 0);
	stage_rtlog(log, LOG_FINE, INT64_MAX, INT64_MIN);
	stage_rtlog(log, LOG_TALK, 7, 0);
	stage_rtlog(log, LOG_NOTHING, 8, 9);
	stage_rtlog(log, 1000, 1, 2);
	size_t count = stage_rtlog_drain(log);
	size_t again = stage_rtlog_drain(log);
	assert_string_equal(capture_stop(&capture),
		"prog: warning: block 12 was -345 us late\n"
		"prog: error: gone\n"
		"prog: -92233720368547758089223372036854775807{c}%d{a\n"
		"prog: debug: 7\n"
		"prog: error: unknown real-time message 4 (8, 9)\n"
		"prog: error: unknown real-time message 1000 (1, 2)\n");
	assert_int_equal(count, 6);
	assert_int_equal(again, 0);
	stage_rtlog_destroy(log);
	stage_rtlog_destroy(NULL);
}

static void
what_does_not_fit_is_counted(void **state)
{
	static struct capture capture;
	struct stage_rtlog *log = create(4);
	const char *got;
	size_t count;
	(void)state;

	capture_start(&capture);
	for (int i = 0; i < 100; i++) {
		stage_rtlog(log, LOG_TALK, i, 0);
	}
	count = stage_rtlog_drain(log);
	stage_rtlog(log, LOG_TALK, 100, 0);
	assert_int_equal(stage_rtlog_drain(log), 1);
	got = capture_stop(&capture);
	assert_int_equal(count, 5); // 4 of 24 bytes in a ring of 128
	assert_non_null(
		strstr(got, "prog: debug: 4\n"
			    "prog: warning: 95 real-time messages were lost\n"
			    "prog: debug: 100\n"));
	stage_rtlog_destroy(log);
}

static void
a_long_text_is_cut(void **state)
{
	static struct capture capture;
	struct stage_rtlog *log = create(1);
	const char *got;
	(void)state;

	memset(long_text, 'x', sizeof(long_text) - 1);
	memcpy(long_text + 508, "{a}", 3);
	capture_start(&capture);
	stage_rtlog(log, LOG_LONG, 123456, 0);
	stage_rtlog_drain(log);
	got = capture_stop(&capture);
	assert_int_equal(strlen(got), strlen("prog: ") + 511 + 1);
	assert_non_null(strstr(got, "x123\n"));
	stage_rtlog_destroy(log);
}

static void
too_many_records_cannot_be(void **state)
{
	struct stage_rtlog *log = create(0);
	(void)state;

	assert_non_null(log);
	if (stage_rtlog_lock_memory(log, NULL) != STAGE_OK) {
		print_message("# memory may not be locked here\n");
	}
	stage_rtlog_destroy(log);
	assert_null(create(SIZE_MAX));
	assert_null(create(STAGE_COUNT_OF(long_text) << 20));
}

struct talker {
	struct stage_rtlog *log;
	atomic_bool is_done;
};

static void *
talk(void *user)
{
	struct talker *self = user;

	for (int i = 0; i < 20000; i++) {
		stage_rtlog(self->log, LOG_TALK, i, 0);
	}
	stage_rtlog(self->log, LOG_GONE, 0, 0);
	atomic_store(&self->is_done, true);
	return NULL;
}

// Drained while it is written: lines and losses make up all there was.
static void
two_threads(void **state)
{
	struct talker talker = {.log = create(64)};
	struct stage_rtlog *log = talker.log;
	size_t count = 0;
	pthread_t thread;
	(void)state;

	stage_log_init("prog", STAGE_LOG_ERROR);
	int null_fd = open("/dev/null", O_WRONLY);
	int saved_fd = dup(STDERR_FILENO);
	dup2(null_fd, STDERR_FILENO);
	assert_int_equal(pthread_create(&thread, NULL, talk, &talker), 0);
	while (!atomic_load(&talker.is_done)) {
		count += stage_rtlog_drain(log);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	count += stage_rtlog_drain(log);
	dup2(saved_fd, STDERR_FILENO);
	close(saved_fd);
	close(null_fd);
	assert_true(count >= 64 && count <= 20001);
	assert_int_equal(stage_rtlog_drain(log), 0);
	stage_rtlog_destroy(log);
}

static enum stage_status
use_rtlog(void *user)
{
	struct stage_rtlog *log = create(16);
	(void)user;

	if (log == NULL) {
		return STAGE_NO_MEMORY;
	}
	stage_rtlog(log, LOG_TALK, 1, 2);
	stage_rtlog_destroy(log);
	return STAGE_OK;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	assert_int_equal(failing_alloc_sweep(use_rtlog, NULL), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_become_lines),
		cmocka_unit_test(what_does_not_fit_is_counted),
		cmocka_unit_test(a_long_text_is_cut),
		cmocka_unit_test(too_many_records_cannot_be),
		cmocka_unit_test(two_threads),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
