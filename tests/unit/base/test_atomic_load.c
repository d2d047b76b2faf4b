/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "failing_alloc.h"
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
	scratch_finish(*state);
	return 0;
}

// Valid files begin with "ok"; user counts the calls.
static enum stage_status
begins_with_ok(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	unsigned *calls = user;

	if (calls != NULL) {
		++*calls;
	}
	assert_int_equal(bytes[len], '\0');
	if (strncmp(bytes, "ok", 2) != 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: it does not begin with ok", name);
	}
	return STAGE_OK;
}

static void
the_newest_valid_generation(void **state)
{
	static const struct {
		const char *files[4]; // f, f.1, f.2, f.3; NULL: not there
		enum stage_status status;
		const char *text;
		unsigned generation;
		const char *why;
	} cases[] = {
		{{"ok 0", "ok 1"}, STAGE_OK, "ok 0", 0, ""},
		{{"bad", "ok 1", "ok 2"}, STAGE_OK, "ok 1", 1,
			"f: it does not begin with ok"},
		{{"", "ok 1"}, STAGE_OK, "ok 1", 1,
			"f: it does not begin with ok"},
		{{"bad", "worse", "ok 2"}, STAGE_OK, "ok 2", 2,
			"f: it does not begin with ok"},
		{{"bad", NULL, NULL, "ok 3"}, STAGE_OK, "ok 3", 3,
			"f: it does not begin with ok"},
		{{NULL, "ok 1"}, STAGE_OK, "ok 1", 1, "unable to open"},
		{{NULL, "bad", "ok 2"}, STAGE_OK, "ok 2", 2,
			"f.1: it does not begin with ok"},
		{{"ok but too long", "ok 1"}, STAGE_OK, "ok 1", 1,
			"it is longer than 10 bytes"},
		{{"bad", "worse"}, STAGE_BAD_INPUT, "", 9,
			"f: it does not begin with ok"},
		{{NULL, "bad"}, STAGE_BAD_INPUT, "", 9,
			"f.1: it does not begin with ok"},
		{{NULL}, STAGE_NOT_FOUND, "", 9, "unable to open"},
	};
	static const char *const names[] = {"f", "f.1", "f.2", "f.3"};

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct scratch *scratch = *state;
		struct stage_atomic_found found = {.generation = 9};
		struct stage_err err = STAGE_ERR_INIT;
		struct stage_str out = {0};
		const char *why;
		assert_int_equal(stage_str_add(&out, "left over"), STAGE_OK);
		for (size_t k = 0; k < STAGE_COUNT_OF(names); k++) {
			if (cases[i].files[k] != NULL) {
				scratch_write(
					scratch, names[k], cases[i].files[k]);
			}
		}
		assert_int_equal(
			stage_atomic_load(scratch_path(scratch, "f"), 10,
				begins_with_ok, NULL, &out, &found, &err),
			cases[i].status);
		assert_string_equal(stage_str_text(&out), cases[i].text);
		assert_int_equal(found.generation, cases[i].generation);
		why = cases[i].status == STAGE_OK ? found.why.text : err.text;
		if (strstr(why, cases[i].why) == NULL) {
			fail_msg("case %zu: %s", i, why);
		}
		if (cases[i].status == STAGE_OK) {
			assert_string_equal(err.text, "");
		}
		stage_str_finish(&out);
		assert_int_equal(
			stage_atomic_remove(scratch_path(scratch, "f"), NULL),
			STAGE_OK);
	}
}

static void
anything_is_valid_without_a_check(void **state)
{
	struct scratch *scratch = *state;
	struct stage_str out = {0};

	assert_int_equal(stage_atomic_load(scratch_write(scratch, "f", "bad"),
				 10, NULL, NULL, &out, NULL, NULL),
		STAGE_OK);
	assert_string_equal(stage_str_text(&out), "bad");
	stage_str_finish(&out);
}

static void
generations_lie_beside_the_target_of_a_link(void **state)
{
	struct scratch *scratch = *state;
	struct stage_atomic_found found = {.generation = 9};
	struct stage_str out = {0};

	assert_int_equal(mkdir(scratch_path(scratch, "d"), 0777), 0);
	scratch_write(scratch, "d/real", "bad");
	scratch_write(scratch, "d/real.1", "ok");
	assert_int_equal(symlink("d/real", scratch_path(scratch, "f")), 0);
	assert_int_equal(stage_atomic_load(scratch_path(scratch, "f"), 10,
				 begins_with_ok, NULL, &out, &found, NULL),
		STAGE_OK);
	assert_int_equal(found.generation, 1);
	stage_str_finish(&out);
}

static void
paths_that_cannot_be(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str out = {0};

	assert_int_equal(symlink("loop", scratch_path(scratch, "loop")), 0);
	assert_int_equal(stage_atomic_load(scratch_path(scratch, "loop"), 10,
				 NULL, NULL, &out, NULL, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "unable to follow"));
	assert_int_equal(mkdir(scratch_path(scratch, "d"), 0777), 0);
	assert_int_equal(stage_atomic_load(scratch_path(scratch, "d"), 10, NULL,
				 NULL, &out, NULL, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "Is a directory"));
	stage_str_finish(&out);
}

// Want of descriptors is no reason to present something old.
static void
passing_trouble_does_not_fall_back(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str out = {0};
	struct rlimit old_limit;
	struct rlimit limit;
	unsigned calls = 0;
	int lowest = dup(0);

	close(lowest);
	scratch_write(scratch, "f.1", "ok 1");
	scratch_write(scratch, "f", "ok 0");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old_limit), 0);
	limit = old_limit;
	limit.rlim_cur = (rlim_t)lowest;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(stage_atomic_load(scratch_path(scratch, "f"), 10,
				 begins_with_ok, &calls, &out, NULL, &err),
		STAGE_FULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old_limit), 0);
	assert_int_equal(calls, 0);
	assert_non_null(strstr(err.text, "f: Too many open files"));
	stage_str_finish(&out);
}

static enum stage_status
save_and_load(void *user)
{
	struct stage_str out = {0};
	struct stage_atomic_found found = {.generation = 9};
	enum stage_status status;

	status = stage_atomic_save(user, "ok", 2, 2, NULL);
	if (status == STAGE_OK) {
		status = stage_atomic_load(
			user, 10, begins_with_ok, NULL, &out, &found, NULL);
	}
	if (status == STAGE_OK) {
		assert_int_equal(found.generation, 0);
	}
	stage_str_finish(&out);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct scratch *scratch = *state;
	char path[SCRATCH_PATH_MAX];

	strcpy(path, scratch_path(scratch, "f"));
	assert_true(failing_alloc_sweep(save_and_load, path) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_newest_valid_generation),
		TEST(anything_is_valid_without_a_check),
		TEST(generations_lie_beside_the_target_of_a_link),
		TEST(paths_that_cannot_be),
		TEST(passing_trouble_does_not_fall_back),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
