/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/files.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "failing_calls.h"
#include "patchbay/patch_text.h"
#include "scratch.h"

struct fixture {
	struct scratch scratch;
	struct stage_patch_files files;
	struct stage_str complaints; // a line each
	enum stage_status status;    // of the last complaint
	bool has_changed;            // by the last read
};

static void
on_complaint(void *user, const struct stage_err *err)
{
	struct fixture *f = user;

	f->status = err->status;
	(void)!stage_str_addf(&f->complaints, "%s\n", err->text);
}

static int
setup(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.has_changed = false};
	scratch_init(&fixture.scratch);
	*state = &fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	failing_calls_disarm();
	stage_patch_files_finish(&f->files);
	stage_str_finish(&f->complaints);
	scratch_finish(&f->scratch);
	return 0;
}

static void
read_all(struct fixture *f)
{
	struct stage_err err = STAGE_ERR_INIT;

	f->has_changed = false;
	assert_int_equal(stage_patch_files_read(&f->files, f->scratch.dir,
				 on_complaint, f, &f->has_changed, &err),
		STAGE_OK);
	assert_int_equal(err.status, STAGE_OK);
}

// What is in force: "NAME: LINE; LINE; \n" of each file.
static void
assert_files(struct fixture *f, const char *expected)
{
	struct stage_str all = {0};

	for (size_t i = 0; i < f->files.count; i++) {
		struct stage_str text = {0};
		assert_int_equal(
			stage_patch_text_format(&f->files.items[i].list, &text),
			STAGE_OK);
		for (size_t at = 0; at < text.len; at++) {
			text.data[at] =
				text.data[at] == '\n' ? ';' : text.data[at];
		}
		assert_int_equal(
			stage_str_addf(&all, "%s: %s\n", f->files.items[i].name,
				stage_str_text(&text)),
			STAGE_OK);
		stage_str_finish(&text);
	}
	assert_string_equal(stage_str_text(&all), expected);
	stage_str_finish(&all);
}

static void
assert_complaint(struct fixture *f, const char *part)
{
	if (part == NULL) {
		assert_string_equal(stage_str_text(&f->complaints), "");
	} else {
		assert_non_null(strstr(stage_str_text(&f->complaints), part));
		stage_str_clear(&f->complaints);
	}
}

static void
patch_files_are_read_by_name(void **state)
{
	struct fixture *f = *state;

	scratch_write(&f->scratch, "b.patch", "B -> B\n");
	scratch_write(&f->scratch, "a.patch", "mode lock\nA -> A\n");
	scratch_write(&f->scratch, "10.patch", "");
	scratch_write(&f->scratch, "learned.patch", "L -> L\n");
	scratch_write(&f->scratch, ".hidden.patch", "H -> H\n");
	scratch_write(&f->scratch, "notes.txt", "no patch\n");
	scratch_write(&f->scratch, "a.patch~", "no patch\n");
	read_all(f);
	assert_true(f->has_changed);
	assert_files(f, "10.patch: \na.patch: mode lock;A -> A;\n"
			"b.patch: B -> B;\n");
	read_all(f);
	assert_false(f->has_changed);
	assert_complaint(f, NULL);
}

static void
files_come_change_and_go(void **state)
{
	struct fixture *f = *state;
	char name[32];

	for (int i = 9; i >= 0; i--) {
		snprintf(name, sizeof(name), "%d.patch", i);
		scratch_write(&f->scratch, name, "A -> B\n");
		read_all(f);
		assert_true(f->has_changed);
	}
	assert_int_equal(f->files.count, 10);
	scratch_write(&f->scratch, "4.patch", "A -> C\n");
	read_all(f);
	assert_true(f->has_changed);
	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "%d.patch", i);
		assert_int_equal(unlink(scratch_path(&f->scratch, name)), 0);
	}
	read_all(f);
	assert_true(f->has_changed);
	assert_files(f, "9.patch: A -> B;\n");
	scratch_write(&f->scratch, "c.patch", "# nothing\n");
	read_all(f);
	assert_int_equal(unlink(scratch_path(&f->scratch, "c.patch")), 0);
	read_all(f);
	assert_false(f->has_changed); // it has said nothing
	assert_complaint(f, NULL);
}

static void
a_bad_file_leaves_what_was_in_force(void **state)
{
	struct fixture *f = *state;

	scratch_write(&f->scratch, "a.patch", "A -> B\n");
	read_all(f);
	scratch_write(&f->scratch, "a.patch", "A -> C\nA ->\n");
	read_all(f);
	assert_false(f->has_changed);
	assert_files(f, "a.patch: A -> B;\n");
	assert_complaint(f, "a.patch:2:5: a name is missing here");
	read_all(f);
	assert_complaint(f, NULL); // once
	scratch_write(&f->scratch, "a.patch", "A -> C\nA -> B -> C\n");
	read_all(f);
	assert_complaint(f, "a.patch:2:8: ");
	scratch_write(&f->scratch, "a.patch", "A -> B\n");
	read_all(f);
	assert_false(f->has_changed);
	scratch_write(&f->scratch, "a.patch", "A -> C\nA -> B -> C\n");
	read_all(f);
	assert_complaint(f, "a.patch:2:8: "); // anew
	assert_int_equal(unlink(scratch_path(&f->scratch, "a.patch")), 0);
	read_all(f);
	assert_true(f->has_changed);
	assert_files(f, "");
}

static void
a_file_that_is_bad_from_the_start_says_nothing(void **state)
{
	struct fixture *f = *state;

	scratch_write(&f->scratch, "a.patch", "garbage\n");
	read_all(f);
	assert_false(f->has_changed);
	assert_complaint(f, "an arrow is missing");
	assert_files(f, "a.patch: \n");
	scratch_write(&f->scratch, "a.patch", "A -> B\n");
	read_all(f);
	assert_true(f->has_changed);
	assert_files(f, "a.patch: A -> B;\n");
}

static void
what_cannot_be_read_leaves_what_was_in_force(void **state)
{
	struct fixture *f = *state;

	scratch_write(&f->scratch, "a.patch", "A -> B\n");
	read_all(f);
	failing_calls_arm(FAILING_READ, 1, 100, EIO);
	read_all(f);
	failing_calls_disarm();
	assert_int_equal(f->status, STAGE_IO);
	assert_complaint(f, "a.patch");
	assert_files(f, "a.patch: A -> B;\n");
	assert_int_equal(unlink(scratch_path(&f->scratch, "a.patch")), 0);
	assert_int_equal(mkdir(scratch_path(&f->scratch, "a.patch"), 0755), 0);
	read_all(f);
	assert_complaint(f, "a.patch");
	assert_files(f, "a.patch: A -> B;\n");
	assert_int_equal(rmdir(scratch_path(&f->scratch, "a.patch")), 0);
	assert_int_equal(
		symlink("nowhere", scratch_path(&f->scratch, "a.patch")), 0);
	read_all(f);
	assert_complaint(f, NULL);
	assert_files(f, ""); // a link to nothing is nothing
}

static void
a_file_that_is_too_big_is_refused(void **state)
{
	struct fixture *f = *state;

	scratch_write(&f->scratch, "a.patch", "");
	assert_int_equal(truncate(scratch_path(&f->scratch, "a.patch"),
				 STAGE_PATCH_FILE_MAX + 1),
		0);
	read_all(f);
	assert_int_equal(f->status, STAGE_TOO_LONG);
	assert_files(f, "a.patch: \n");
}

static void
a_directory_that_cannot_be_listed_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char name[NAME_MAX + 2] = "";

	scratch_write(&f->scratch, "a.patch", "A -> B\n");
	read_all(f);
	f->has_changed = false;
	memset(name, 'x', sizeof(name) - 1); // longer than a name can be
	assert_int_equal(stage_patch_files_read(&f->files,
				 scratch_path(&f->scratch, name), on_complaint,
				 f, &f->has_changed, &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "xxx"));
	assert_false(f->has_changed);
	assert_files(f, "a.patch: A -> B;\n");
	assert_int_equal(stage_patch_files_read(&f->files,
				 scratch_path(&f->scratch, "none"),
				 on_complaint, f, &f->has_changed, &err),
		STAGE_OK);
	assert_true(f->has_changed);
	assert_files(f, "");
}

static enum stage_status
read_twice(void *user)
{
	struct fixture *f = user;
	struct stage_patch_files files = {0};
	struct stage_err err = STAGE_ERR_INIT;
	bool has_changed = false;
	enum stage_status status = STAGE_OK;

	for (int i = 0; i < 2 && status == STAGE_OK; i++) {
		scratch_write(&f->scratch, "b.patch",
			i == 0 ? "B -> C\n" : "B -> C ->\n");
		status = stage_patch_files_read(&files, f->scratch.dir,
			on_complaint, f, &has_changed, &err);
	}
	assert_int_equal(status != STAGE_OK, err.text[0] != '\0');
	for (size_t i = 0; i < files.count; i++) {
		assert_non_null(files.items[i].name);
	}
	stage_patch_files_finish(&files);
	stage_str_finish(&f->complaints);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct fixture *f = *state;

	scratch_write(&f->scratch, "a.patch", "A* -> B\n");
	// A sentence that cannot be kept is told again.
	assert_true(failing_alloc_sweep_tolerant(read_twice, f) > 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(patch_files_are_read_by_name),
		TEST(files_come_change_and_go),
		TEST(a_bad_file_leaves_what_was_in_force),
		TEST(a_file_that_is_bad_from_the_start_says_nothing),
		TEST(what_cannot_be_read_leaves_what_was_in_force),
		TEST(a_file_that_is_too_big_is_refused),
		TEST(a_directory_that_cannot_be_listed_changes_nothing),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
