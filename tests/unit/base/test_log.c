/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // pipe2

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

#define GOT_MAX 8192

// Standard error goes into a pipe while one call is made.
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

static void
each_level_has_its_word(void **state)
{
	struct capture capture;
	(void)state;

	capture_start(&capture);
	stage_log_init("prog", STAGE_LOG_DEBUG);
	stage_log_err("unable to %s %d", "count to", 3);
	stage_log_warn("hm");
	stage_log_info("well");
	stage_log_debug("so so");
	assert_string_equal(capture_stop(&capture),
		"prog: error: unable to count to 3\n"
		"prog: warning: hm\n"
		"prog: well\n"
		"prog: debug: so so\n");
	assert_string_equal(stage_log_prog(), "prog");
}

static void
a_level_hides_what_is_below(void **state)
{
	struct capture capture;
	(void)state;

	capture_start(&capture);
	stage_log_init("prog", STAGE_LOG_WARNING);
	stage_log_info("hidden");
	stage_log_debug("hidden");
	stage_log_warn("shown");
	stage_log_init("prog", STAGE_LOG_ERROR);
	stage_log_warn("hidden");
	assert_string_equal(capture_stop(&capture), "prog: warning: shown\n");
}

static void
errno_is_said_and_kept(void **state)
{
	struct capture capture;
	(void)state;

	stage_log_init("prog", STAGE_LOG_INFO);
	capture_start(&capture);
	errno = ENOENT;
	stage_log_err_errno("unable to open %s", "a");
	int after_err = errno;
	stage_log_warn_errno("unable to open %s", "b");
	int after_warn = errno;
	assert_string_equal(capture_stop(&capture),
		"prog: error: unable to open a: No such file or directory\n"
		"prog: warning: unable to open b: No such file or directory\n");
	assert_int_equal(after_err, ENOENT);
	assert_int_equal(after_warn, ENOENT);
}

static void
one_call_is_one_clean_line(void **state)
{
	struct capture capture;
	(void)state;

	stage_log_init("prog", STAGE_LOG_INFO);
	capture_start(&capture);
	stage_log_info("a\nb\r\x1b[31mc\td\x7f");
	assert_string_equal(capture_stop(&capture), "prog: a b  [31mc\td \n");
	capture_start(&capture);
	stage_log_info("\xc2\x9b"
		       "2J\x9b"
		       "2J\xc3\x9b\xc2\xa0\xff");
	assert_string_equal(
		capture_stop(&capture), "prog:   2J 2J\xc3\x9b\xc2\xa0\xff\n");
}

static void
a_long_line_is_cut_but_ends(void **state)
{
	struct capture capture;
	char text[6000];
	const char *got;
	size_t len;
	(void)state;

	for (size_t i = 0; i + 2 < sizeof(text); i += 2) {
		memcpy(text + i, "\xc3\xa4", 3);
	}
	stage_log_init("prog", STAGE_LOG_INFO);
	capture_start(&capture);
	errno = EIO;
	stage_log_err_errno("%s", text);
	got = capture_stop(&capture);
	len = strlen(got);
	assert_true(len > 2000 && len <= 2048);
	assert_int_equal(got[len - 1], '\n');
	assert_int_equal((unsigned char)got[len - 2], 0xa4);
	assert_ptr_equal(strchr(got, '\n'), got + len - 1);
}

static void
a_full_pipe_drops_the_line(void **state)
{
	static char filling[65536];
	struct capture capture;
	(void)state;

	stage_log_init("prog", STAGE_LOG_INFO);
	capture_start(&capture);
	while (write(capture.pipe[1], filling, sizeof(filling)) > 0) {
	}
	errno = EDOM;
	stage_log_info("nobody reads this");
	int after = errno;
	capture_stop(&capture);
	assert_int_equal(after, EDOM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_level_has_its_word),
		cmocka_unit_test(a_level_hides_what_is_below),
		cmocka_unit_test(errno_is_said_and_kept),
		cmocka_unit_test(one_call_is_one_clean_line),
		cmocka_unit_test(a_long_line_is_cut_but_ends),
		cmocka_unit_test(a_full_pipe_drops_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
