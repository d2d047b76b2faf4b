/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // posix_openpt, struct winsize

#include "cli/terminal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"

struct pty {
	int master, slave;
};

static int
setup(void **state)
{
	struct pty *pty = calloc(1, sizeof(*pty));
	struct winsize size = {.ws_row = 33, .ws_col = 99};

	assert_non_null(pty);
	pty->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(pty->master >= 0);
	assert_int_equal(grantpt(pty->master), 0);
	assert_int_equal(unlockpt(pty->master), 0);
	pty->slave = open(ptsname(pty->master), O_RDWR | O_NOCTTY);
	assert_true(pty->slave >= 0);
	assert_int_equal(ioctl(pty->slave, TIOCSWINSZ, &size), 0);
	*state = pty;
	return 0;
}

static int
teardown(void **state)
{
	struct pty *pty = *state;

	close(pty->slave);
	close(pty->master);
	free(pty);
	return 0;
}

static void
set(const char *name, const char *value)
{
	assert_int_equal(
		value != NULL ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void
looking(void **state)
{
	static const struct {
		const char *columns, *lines, *term, *no_colour;
		struct stage_terminal wanted;
	} rows[] = {
		{NULL, NULL, "xterm", NULL, {99, 33, true, true}},
		{"60", "20", "xterm", "", {60, 20, true, true}},
		{"x", "0", "xterm", "1", {99, 33, false, true}},
		{"-1", "99999999", "dumb", NULL, {99, 33, false, false}},
		{NULL, NULL, "", NULL, {99, 33, false, false}},
		{NULL, NULL, NULL, NULL, {99, 33, false, false}},
	};
	struct pty *pty = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_terminal got;
		set("COLUMNS", rows[i].columns);
		set("LINES", rows[i].lines);
		set("TERM", rows[i].term);
		set("NO_COLOR", rows[i].no_colour);
		stage_terminal_look(&got, pty->slave);
		assert_int_equal(got.columns, rows[i].wanted.columns);
		assert_int_equal(got.rows, rows[i].wanted.rows);
		assert_int_equal(got.has_colour, rows[i].wanted.has_colour);
		assert_int_equal(got.has_cursor, rows[i].wanted.has_cursor);
	}
}

static void
no_size(void **state)
{
	struct pty *pty = *state;
	struct winsize size = {0};
	struct stage_terminal got;

	set("COLUMNS", NULL);
	set("LINES", NULL);
	assert_int_equal(ioctl(pty->slave, TIOCSWINSZ, &size), 0);
	stage_terminal_look(&got, pty->slave);
	assert_int_equal(got.columns, 80);
	assert_int_equal(got.rows, 24);
}

static void
no_terminal(void **state)
{
	struct stage_terminal got;
	int fds[2];

	(void)state;
	set("COLUMNS", "60");
	set("TERM", "xterm");
	assert_int_equal(pipe(fds), 0);
	stage_terminal_look(&got, fds[1]);
	assert_int_equal(got.columns, 0);
	assert_int_equal(got.rows, 0);
	assert_false(got.has_colour);
	assert_false(got.has_cursor);
	close(fds[0]);
	close(fds[1]);
	set("COLUMNS", NULL);
}

static void
writing(void **state)
{
	int kept = dup(STDOUT_FILENO);
	int full = open("/dev/full", O_WRONLY);
	int fds[2];
	enum stage_status on_full;
	enum stage_status on_gone;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	dup2(full, STDOUT_FILENO);
	on_full = stage_terminal_write("x", 1);
	dup2(fds[1], STDOUT_FILENO);
	on_gone = stage_terminal_write("x", 1);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(full);
	close(fds[1]);
	assert_int_equal(on_full, STAGE_FULL);
	assert_int_equal(on_gone, STAGE_GONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(looking, setup, teardown),
		cmocka_unit_test_setup_teardown(no_size, setup, teardown),
		cmocka_unit_test(no_terminal),
		cmocka_unit_test(writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
