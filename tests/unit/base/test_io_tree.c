/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "scratch.h"

#define NOBODY 65534

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
	scratch_finish(*state);
	return 0;
}

static void
make_dir(struct scratch *scratch, const char *name)
{
	assert_int_equal(stage_io_make_dirs(scratch_path(scratch, name), NULL),
		STAGE_OK);
}

static void
removes_everything(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;

	make_dir(scratch, "tree/a/b/c");
	make_dir(scratch, "tree/.hidden/x");
	make_dir(scratch, "tree/with blank");
	scratch_write(scratch, "tree/a/b/file", "x");
	scratch_write(scratch, "tree/.hidden/.file", "x");
	assert_int_equal(mkfifo(scratch_path(scratch, "tree/pipe"), 0666), 0);
	assert_int_equal(
		stage_io_remove_tree(scratch_path(scratch, "tree"), &err),
		STAGE_OK);
	assert_false(scratch_has(scratch, "tree"));
	assert_string_equal(err.text, "");
}

static void
links_are_not_followed(void **state)
{
	struct scratch *scratch = *state;

	make_dir(scratch, "kept");
	scratch_write(scratch, "kept/file", "x");
	make_dir(scratch, "tree");
	assert_int_equal(
		symlink("../kept", scratch_path(scratch, "tree/link")), 0);
	assert_int_equal(
		symlink("nowhere", scratch_path(scratch, "tree/dangling")), 0);
	assert_int_equal(symlink("kept", scratch_path(scratch, "top")), 0);
	assert_int_equal(
		stage_io_remove_tree(scratch_path(scratch, "tree"), NULL),
		STAGE_OK);
	assert_int_equal(
		stage_io_remove_tree(scratch_path(scratch, "top"), NULL),
		STAGE_OK);
	assert_false(scratch_has(scratch, "tree"));
	assert_false(scratch_has(scratch, "top"));
	assert_true(scratch_has(scratch, "kept/file"));
}

static void
one_file_or_nothing_is_fine(void **state)
{
	struct scratch *scratch = *state;

	assert_int_equal(
		stage_io_remove_tree(scratch_write(scratch, "file", "x"), NULL),
		STAGE_OK);
	assert_int_equal(scratch_count(scratch), 0);
	assert_int_equal(
		stage_io_remove_tree(scratch_path(scratch, "file"), NULL),
		STAGE_OK);
	assert_int_equal(
		stage_io_remove_tree(scratch_path(scratch, "no/file"), NULL),
		STAGE_OK);
}

static void
wide_and_deep(void **state)
{
	struct scratch *scratch = *state;
	struct stage_str deep = {0};

	for (int i = 0; i < 300; i++) {
		char name[32];
		assert_int_equal(
			stage_format(name, sizeof(name), "tree/dir-%d/x", i),
			STAGE_OK);
		make_dir(scratch, name);
	}
	assert_int_equal(
		stage_str_add(&deep, scratch_path(scratch, "tree/")), STAGE_OK);
	while (deep.len < STAGE_PATH_MAX - 10) {
		assert_int_equal(stage_str_add(&deep, "d/"), STAGE_OK);
	}
	assert_int_equal(
		stage_io_make_dirs(stage_str_text(&deep), NULL), STAGE_OK);
	assert_int_equal(
		stage_io_remove_tree(scratch_path(scratch, "tree"), NULL),
		STAGE_OK);
	assert_false(scratch_has(scratch, "tree"));
	stage_str_finish(&deep);
}

// A tree of which the directory "a" may not be touched.
static void
make_guarded(struct scratch *scratch)
{
	make_dir(scratch, "tree/a");
	make_dir(scratch, "tree/z/deep");
	scratch_write(scratch, "tree/a/guarded", "x");
	scratch_write(scratch, "tree/m", "x");
	scratch_write(scratch, "tree/z/deep/file", "x");
	if (geteuid() == 0) {
		static const char *const names[] = {".", "tree", "tree/m",
			"tree/z", "tree/z/deep", "tree/z/deep/file"};
		for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
			assert_int_equal(chown(scratch_path(scratch, names[i]),
						 NOBODY, NOBODY),
				0);
		}
	}
	assert_int_equal(chmod(scratch_path(scratch, "tree/a"), 0555), 0);
}

// Root may do anything, so its rights are put down for a moment.
static enum stage_status
remove_as_nobody(const char *path, struct stage_err *err)
{
	bool is_root = geteuid() == 0;
	enum stage_status status;

	if (is_root) {
		assert_int_equal(seteuid(NOBODY), 0);
	}
	status = stage_io_remove_tree(path, err);
	if (is_root) {
		assert_int_equal(seteuid(0), 0);
	}
	return status;
}

static void
a_failure_does_not_stop_the_rest(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;

	make_guarded(scratch);
	assert_int_equal(remove_as_nobody(scratch_path(scratch, "tree"), &err),
		STAGE_DENIED);
	assert_non_null(strstr(err.text, "tree/a: Permission denied"));
	assert_true(scratch_has(scratch, "tree/a/guarded"));
	assert_false(scratch_has(scratch, "tree/m"));
	assert_false(scratch_has(scratch, "tree/z"));
	assert_int_equal(chmod(scratch_path(scratch, "tree/a"), 0755), 0);
}

static void
an_unreadable_directory_is_reported(void **state)
{
	struct scratch *scratch = *state;

	make_guarded(scratch);
	assert_int_equal(chmod(scratch_path(scratch, "tree/a"), 0), 0);
	assert_int_equal(remove_as_nobody(scratch_path(scratch, "tree"), NULL),
		STAGE_DENIED);
	assert_false(scratch_has(scratch, "tree/z"));
	assert_int_equal(chmod(scratch_path(scratch, "tree/a"), 0755), 0);
	assert_true(scratch_has(scratch, "tree/a/guarded"));
}

static void
an_unreadable_empty_directory_is_removed(void **state)
{
	struct scratch *scratch = *state;

	make_guarded(scratch);
	make_dir(scratch, "tree/z/secret");
	assert_int_equal(chmod(scratch_path(scratch, "tree/z/secret"), 0), 0);
	assert_int_equal(
		remove_as_nobody(scratch_path(scratch, "tree/z"), NULL),
		STAGE_OK);
	assert_false(scratch_has(scratch, "tree/z"));
	assert_int_equal(chmod(scratch_path(scratch, "tree/a"), 0755), 0);
}

static void
too_deep_for_a_path_is_reported(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char name[201];
	int depth = 0;
	int fd = open(scratch->dir, O_RDONLY | O_DIRECTORY);

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (depth = 0; depth < 25; depth++) {
		int next;
		assert_int_equal(mkdirat(fd, name, 0777), 0);
		next = openat(fd, name, O_RDONLY | O_DIRECTORY);
		assert_true(next >= 0);
		close(fd);
		fd = next;
	}
	assert_int_equal(
		stage_io_remove_tree(scratch_path(scratch, name), &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "File name too long"));
	// Take the tail off from inside, for the clean-up.
	for (; depth > 15; depth--) {
		int up = openat(fd, "..", O_RDONLY | O_DIRECTORY);
		assert_true(up >= 0);
		close(fd);
		assert_int_equal(unlinkat(up, name, AT_REMOVEDIR), 0);
		fd = up;
	}
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(removes_everything),
		TEST(links_are_not_followed),
		TEST(one_file_or_nothing_is_fine),
		TEST(wide_and_deep),
		TEST(a_failure_does_not_stop_the_rest),
		TEST(an_unreadable_directory_is_reported),
		TEST(an_unreadable_empty_directory_is_removed),
		TEST(too_deep_for_a_path_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
