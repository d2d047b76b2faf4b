/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "failing_alloc.h"
#include "failing_calls.h"
#include "scratch.h"

static int
setup(void **state)
{
	static struct scratch scratch;

	scratch_init(&scratch);
	*state = &scratch;
	return 0;
}

static int
teardown(void **state)
{
	failing_calls_disarm();
	scratch_finish(*state);
	return 0;
}

static void
reading_goes_on_or_is_undone(void **state)
{
	const char *path = scratch_write(*state, "f", "hello");
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str out = {0};

	failing_calls_arm(FAILING_READ, 1, 3, EINTR);
	assert_int_equal(stage_io_read_file(path, 9, &out, &err), STAGE_OK);
	assert_string_equal(stage_str_text(&out), "hello");
	failing_calls_arm(FAILING_READ, 2, 1, EIO);
	assert_int_equal(stage_io_read_file(path, 9, &out, &err), STAGE_IO);
	assert_string_equal(stage_str_text(&out), "hello");
	assert_non_null(strstr(err.text, "Input/output error"));
	failing_calls_disarm();
	stage_str_finish(&out);
}

static void
writing_goes_on_or_fails(void **state)
{
	int fd = open("/dev/null", O_WRONLY);
	(void)state;

	failing_calls_arm(FAILING_WRITE, 1, 3, EINTR);
	assert_int_equal(stage_io_write_all(fd, "x", 1), STAGE_OK);
	assert_int_equal(failing_calls_disarm(), 4);
	failing_calls_arm(FAILING_WRITE, 1, 1, ENOSPC);
	assert_int_equal(stage_io_write_all(fd, "x", 1), STAGE_FULL);
	failing_calls_arm(FAILING_WRITE, 1, 1, 0);
	assert_int_equal(stage_io_write_all(fd, "x", 1), STAGE_IO);
	failing_calls_disarm();
	close(fd);
}

static void
a_file_that_stays_is_said(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	const char *path = scratch_write(*state, "f", "");

	failing_calls_arm(FAILING_UNLINK, 1, 1, EACCES);
	assert_int_equal(stage_io_remove_tree(path, &err), STAGE_DENIED);
	failing_calls_disarm();
	assert_non_null(strstr(err.text, "unable to remove"));
}

static enum stage_status
list(void *user)
{
	struct scratch *scratch = user;
	struct stage_strv names = {0};
	enum stage_status status =
		stage_io_list_dir(scratch->dir, &names, NULL);

	stage_strv_finish(&names);
	return status;
}

static enum stage_status
read_file(void *user)
{
	struct stage_str out = {0};
	enum stage_status status = stage_io_read_file(user, 99, &out, NULL);

	stage_str_finish(&out);
	return status;
}

// Leaves nothing behind for the next round, whatever could be removed.
static enum stage_status
remove_tree(void *user)
{
	struct scratch *scratch = user;
	enum stage_status status;

	mkdir(scratch_path(scratch, "tree"), 0777);
	mkdir(scratch_path(scratch, "tree/a"), 0777);
	mkdir(scratch_path(scratch, "tree/a/b"), 0777);
	mkdir(scratch_path(scratch, "tree/c"), 0777);
	status = stage_io_remove_tree(scratch_path(scratch, "tree"), NULL);
	assert_int_equal(scratch_has(scratch, "tree"), status != STAGE_OK);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct scratch *scratch = *state;
	char path[SCRATCH_PATH_MAX];

	strcpy(path, scratch_write(scratch, "f", "text"));
	assert_true(failing_alloc_sweep(read_file, path) > 0);
	assert_true(failing_alloc_sweep(list, scratch) > 0);
	assert_true(failing_alloc_sweep(remove_tree, scratch) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reading_goes_on_or_is_undone),
		TEST(writing_goes_on_or_fails),
		TEST(a_file_that_stays_is_said),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
