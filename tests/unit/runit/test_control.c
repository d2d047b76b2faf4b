/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/control.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "helpers.h"
#include "runit/status.h"

static int
setup(void **state)
{
	struct world *world = malloc(sizeof(*world));

	world_init(world);
	make_dir(in_world(world, "s/supervise"));
	*state = world;
	return 0;
}

static int
teardown(void **state)
{
	world_finish(*state);
	free(*state);
	return 0;
}

static int
make_pipe(const struct world *world, const char *name)
{
	const char *path = in_world(world, "s/supervise/%s", name);
	int fd;

	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void
expect(const struct world *world, const char *letters,
	enum stage_status expected, const char *words)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_runit_control(in_world(world, "s"), letters, &err),
		expected);
	assert_int_equal(err.status, expected);
	assert_non_null(strstr(err.text, words));
	assert_int_equal(
		stage_runit_control(in_world(world, "s"), letters, NULL),
		expected);
}

static void
letters_arrive_as_they_are(void **state)
{
	static const char *const rows[] = {"d", "u", "ud", STAGE_RUNIT_LETTERS,
		"1122", "dddddddddddddddd"};
	int reader = make_pipe(*state, "control");

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		char got[64] = "";
		expect(*state, rows[i], STAGE_OK, "");
		assert_int_equal(
			read(reader, got, sizeof(got)), 2 * strlen(rows[i]));
		assert_memory_equal(got, rows[i], strlen(rows[i]));
	}
	close(reader);
}

static void
other_letters_are_never_sent(void **state)
{
	int reader = make_pipe(*state, "control");
	char got[4];

	expect(*state, "", STAGE_BAD_INPUT, "it knows only the letters");
	expect(*state, "e", STAGE_BAD_INPUT, "\"e\"");
	expect(*state, "uD", STAGE_BAD_INPUT, "\"uD\"");
	expect(*state, "u ", STAGE_BAD_INPUT, "\"u \"");
	expect(*state, "u\n", STAGE_BAD_INPUT, "\"u \"");
	expect(*state, "ddddddddddddddddd", STAGE_TOO_LONG, "16 letters");
	assert_int_equal(read(reader, got, sizeof(got)), 0);
	close(reader);
}

static void
a_missing_runsv_is_told_from_none_ever(void **state)
{
	int reader;

	expect(*state, "d", STAGE_NOT_FOUND, "No such file");
	reader = make_pipe(*state, "control");
	close(reader);
	expect(*state, "d", STAGE_GONE, "its runsv has ended");
}

static void
only_pipes_are_written_to(void **state)
{
	struct world *world = *state;
	const char *path = in_world(world, "s/supervise/control");
	struct stat st;

	write_file(path, "", 0644);
	expect(world, "d", STAGE_BAD_INPUT, "not a named pipe");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
	remove_all(path);
	make_dir(path);
	expect(world, "d", STAGE_BAD_INPUT, "Is a directory");
	remove_all(path);
	make_link("/dev/full", path);
	expect(world, "d", STAGE_BAD_INPUT, "not a named pipe");
}

static void
a_full_pipe_does_not_block(void **state)
{
	int reader = make_pipe(*state, "control");
	int writer = -1;
	char bytes[4096] = {0};

	assert_int_equal(
		stage_runit_control_open(in_world(*state, "s"), &writer, NULL),
		STAGE_OK);
	while (write(writer, bytes, sizeof(bytes)) > 0) {
	}
	assert_int_equal(errno, EAGAIN);
	while (write(writer, bytes, 1) > 0) {
	}
	expect(*state, "d", STAGE_BUSY, "unable to send \"d\"");
	close(writer);
	close(reader);
}

// Such as a group that may write only.
static void
a_pipe_that_cannot_be_read_is_denied(void **state)
{
	struct world *world = *state;
	int reader = make_pipe(world, "control");

	if (geteuid() != 0) {
		close(reader);
		skip();
	}
	assert_int_equal(chmod(world->dir, 0755), 0);
	assert_int_equal(
		chmod(in_world(world, "s/supervise/control"), 0622), 0);
	assert_int_equal(seteuid(65534), 0);
	expect(world, "d", STAGE_DENIED, "Permission denied");
	assert_int_equal(seteuid(0), 0);
	close(reader);
}

static void
paths_too_long_are_refused(void **state)
{
	char *path = malloc(STAGE_PATH_MAX);
	int fd = 42;
	(void)state;

	memset(path, 'x', STAGE_PATH_MAX);
	path[STAGE_PATH_MAX - 1] = '\0';
	assert_int_equal(stage_runit_control(path, "d", NULL), STAGE_TOO_LONG);
	assert_int_equal(
		stage_runit_control_open(path, &fd, NULL), STAGE_TOO_LONG);
	assert_int_equal(fd, 42);
	assert_false(stage_runit_is_supervised(path));
	free(path);
}

static void
supervised_is_who_has_a_reader(void **state)
{
	struct world *world = *state;
	int reader;

	assert_false(stage_runit_is_supervised(in_world(world, "none")));
	assert_false(stage_runit_is_supervised(in_world(world, "s")));
	reader = make_pipe(world, "ok");
	assert_true(stage_runit_is_supervised(in_world(world, "s")));
	close(reader);
	assert_false(stage_runit_is_supervised(in_world(world, "s")));
	remove_all(in_world(world, "s/supervise/ok"));
	write_file(in_world(world, "s/supervise/ok"), "", 0644);
	assert_false(stage_runit_is_supervised(in_world(world, "s")));
}

struct wanted {
	const char *dir;
	enum stage_runit_state state;
	bool wants_up;
	bool is_paused;
};

static bool
is_reached(void *data)
{
	const struct wanted *wanted = data;
	struct stage_runit_status status;

	return stage_runit_status_read(wanted->dir, &status, NULL) ==
		       STAGE_OK &&
	       status.state == wanted->state &&
	       status.wants_up == wanted->wants_up &&
	       status.is_paused == wanted->is_paused;
}

static void
the_real_runsv_obeys(void **state)
{
	// Only states that stay: a program that is about to die can be missed.
	static const struct {
		const char *letters;
		enum stage_runit_state state;
		bool wants_up;
		bool is_paused;
	} rows[] = {
		{"p", STAGE_RUNIT_RUN, true, true},
		{"c", STAGE_RUNIT_RUN, true, false},
		{"d", STAGE_RUNIT_DOWN, false, false},
		{"u", STAGE_RUNIT_RUN, true, false},
		{"cp", STAGE_RUNIT_RUN, true, true},
		{"pc", STAGE_RUNIT_RUN, true, false},
		{"o", STAGE_RUNIT_RUN, false, false},
		{"k", STAGE_RUNIT_DOWN, false, false},
	};
	struct world *world = *state;
	struct wanted wanted = {
		in_world(world, "r"), STAGE_RUNIT_RUN, true, false};
	pid_t pid;

	make_service(wanted.dir, RUN_STAYS);
	pid = start_runsv(world, wanted.dir);
	assert_true(run_until(world, is_reached, &wanted));
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(
			stage_runit_control(wanted.dir, rows[i].letters, NULL),
			STAGE_OK);
		wanted.state = rows[i].state;
		wanted.wants_up = rows[i].wants_up;
		wanted.is_paused = rows[i].is_paused;
		assert_true(run_until(world, is_reached, &wanted));
	}
	end(pid, SIGKILL);
	assert_false(stage_runit_is_supervised(wanted.dir));
	assert_int_equal(
		stage_runit_control(wanted.dir, "u", NULL), STAGE_GONE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(letters_arrive_as_they_are),
		TEST(other_letters_are_never_sent),
		TEST(a_missing_runsv_is_told_from_none_ever),
		TEST(only_pipes_are_written_to),
		TEST(a_full_pipe_does_not_block),
		TEST(a_pipe_that_cannot_be_read_is_denied),
		TEST(paths_too_long_are_refused),
		TEST(supervised_is_who_has_a_reader),
		TEST(the_real_runsv_obeys),
	};

	return cmocka_run_group_tests_name("runit/control", tests, NULL, NULL);
}
