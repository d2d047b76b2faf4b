/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/settings.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

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
assert_settings(const struct stage_patch_settings *settings,
	enum stage_patch_mode mode, enum stage_patch_mode unlocked,
	const char *song, const char *set)
{
	assert_int_equal(settings->mode, mode);
	assert_int_equal(settings->unlocked, unlocked);
	assert_string_equal(settings->song, song);
	assert_string_equal(settings->set, set);
}

static void
assert_default(const struct stage_patch_settings *settings)
{
	assert_settings(settings, STAGE_PATCH_MODE_LEARN,
		STAGE_PATCH_MODE_LEARN, "", "");
}

static void
the_first_start_has_defaults(void **state)
{
	struct scratch *scratch = *state;
	struct stage_patch_settings settings;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_patch_settings_load(scratch_path(scratch, "state/none"),
			&settings, NULL, &err),
		STAGE_OK);
	assert_default(&settings);
	assert_int_equal(scratch_count(scratch), 0);
}

static void
what_is_saved_is_read(void **state)
{
	static const char *const names[] = {"", "Song", "My song #2",
		"\"quoted\"", "back\\slash", "#", "Gr\xc3\xbcn", "line\nbreak",
		" edges ", "tab\there"};
	struct scratch *scratch = *state;
	struct stage_patch_settings settings = stage_patch_settings_default();
	struct stage_patch_settings back;
	char dir[SCRATCH_PATH_MAX];

	strcpy(dir, scratch_path(scratch, "state/patchbay"));
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		settings.mode = i % STAGE_PATCH_MODE_COUNT;
		settings.unlocked = i % STAGE_PATCH_MODE_LOCK;
		strcpy(settings.song, names[i]);
		strcpy(settings.set, names[STAGE_COUNT_OF(names) - 1 - i]);
		assert_int_equal(
			stage_patch_settings_save(dir, &settings, NULL),
			STAGE_OK);
		assert_int_equal(
			stage_patch_settings_load(dir, &back, NULL, NULL),
			STAGE_OK);
		assert_settings(&back, settings.mode, settings.unlocked,
			settings.song, settings.set);
	}
	memset(settings.song, 'x', sizeof(settings.song) - 1);
	assert_int_equal(
		stage_patch_settings_save(dir, &settings, NULL), STAGE_OK);
	assert_int_equal(
		stage_patch_settings_load(dir, &back, NULL, NULL), STAGE_OK);
	assert_int_equal(strlen(back.song), STAGE_PATCH_SCENE_NAME_MAX - 1);
}

static void
a_name_that_no_file_holds_is_refused(void **state)
{
	struct scratch *scratch = *state;
	struct stage_patch_settings settings = stage_patch_settings_default();
	struct stage_err err = STAGE_ERR_INIT;

	strcpy(settings.set, "Gr\xfcn");
	assert_int_equal(
		stage_patch_settings_save(scratch->dir, &settings, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "the name of the set"));
	assert_false(scratch_has(scratch, "settings"));
}

static void
damaged_ones_are_told_and_not_used(void **state)
{
	static const struct {
		const char *text;
		const char *sentence; // a part of it
	} cases[] = {
		{"mode loud\n", "settings:1:6: "},
		{"mode learn\nmode off\n", "settings:2:1: "},
		{"colour blue\n", "settings:1:1: "},
		{"mode\n", "settings:1:5: "},
		{"song a b\n", "settings:1:8: "},
		{"song Gr\xfcn\n", "UTF-8"},
		{"song \"x\n", "settings:1:"},
	};
	struct scratch *scratch = *state;
	struct stage_patch_settings settings;
	char text[400] = "song ";

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		scratch_write(scratch, "settings", cases[i].text);
		assert_int_equal(stage_patch_settings_load(
					 scratch->dir, &settings, NULL, &err),
			STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].sentence));
		assert_default(&settings);
		assert_true(scratch_holds(scratch, "settings", cases[i].text));
	}
	memset(text + 5, 'x', STAGE_PATCH_SCENE_NAME_MAX);
	scratch_write(scratch, "settings", text);
	assert_int_not_equal(
		stage_patch_settings_load(scratch->dir, &settings, NULL, NULL),
		STAGE_OK);
	assert_default(&settings);
}

static void
the_generation_before_takes_the_place(void **state)
{
	struct scratch *scratch = *state;
	struct stage_patch_settings settings = stage_patch_settings_default();
	struct stage_atomic_found found = {0};
	struct stage_err err = STAGE_ERR_INIT;

	for (int i = 0; i < 3; i++) {
		settings.mode = (enum stage_patch_mode)i;
		assert_int_equal(stage_patch_settings_save(
					 scratch->dir, &settings, NULL),
			STAGE_OK);
	}
	scratch_write(scratch, "settings", "mode");
	assert_int_equal(stage_patch_settings_load(
				 scratch->dir, &settings, &found, &err),
		STAGE_OK);
	assert_int_equal(settings.mode, 1);
	assert_int_equal(found.generation, 1);
	assert_non_null(strstr(found.why.text, "settings:1:5: "));
	scratch_write(scratch, "settings.1", "");
	assert_int_equal(unlink(scratch_path(scratch, "settings")), 0);
	assert_int_equal(stage_patch_settings_load(
				 scratch->dir, &settings, &found, &err),
		STAGE_OK);
	assert_default(&settings); // what is empty says nothing
}

// Nothing could end it.
static void
no_lock_ends_a_lock(void **state)
{
	struct scratch *scratch = *state;
	struct stage_patch_settings settings;

	scratch_write(scratch, "settings", "mode lock\nunlocked lock\n");
	assert_int_equal(
		stage_patch_settings_load(scratch->dir, &settings, NULL, NULL),
		STAGE_OK);
	assert_settings(&settings, STAGE_PATCH_MODE_LOCK,
		STAGE_PATCH_MODE_LEARN, "", "");
}

static void
a_disk_that_is_full_or_read_only_is_told(void **state)
{
	static const struct {
		enum failing_call call;
		int errnum;
		enum stage_status status;
	} cases[] = {
		{FAILING_WRITE, ENOSPC, STAGE_FULL},
		{FAILING_FSYNC, EIO, STAGE_IO},
		{FAILING_RENAME, EROFS, STAGE_DENIED},
	};
	struct scratch *scratch = *state;
	struct stage_patch_settings settings = stage_patch_settings_default();
	struct stage_patch_settings back;

	assert_int_equal(
		stage_patch_settings_save(scratch->dir, &settings, NULL),
		STAGE_OK);
	settings.mode = STAGE_PATCH_MODE_OFF;
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		failing_calls_arm(cases[i].call, 1, 9, cases[i].errnum);
		assert_int_equal(stage_patch_settings_save(
					 scratch->dir, &settings, &err),
			cases[i].status);
		failing_calls_disarm();
		assert_non_null(strstr(err.text, "settings"));
		assert_int_equal(stage_patch_settings_load(
					 scratch->dir, &back, NULL, NULL),
			STAGE_OK);
		assert_default(&back);
	}
}

static void
a_directory_that_cannot_be_made_is_told(void **state)
{
	struct scratch *scratch = *state;
	struct stage_patch_settings settings = stage_patch_settings_default();
	struct stage_err err = STAGE_ERR_INIT;
	char name[5000];

	scratch_write(scratch, "state", "");
	assert_int_not_equal(stage_patch_settings_save(
				     scratch_path(scratch, "state/patchbay"),
				     &settings, &err),
		STAGE_OK);
	assert_string_not_equal(err.text, "");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(stage_patch_settings_save(name, &settings, &err),
		STAGE_TOO_LONG);
	assert_int_equal(stage_patch_settings_load(name, &settings, NULL, &err),
		STAGE_TOO_LONG);
}

static enum stage_status
save_and_load(void *user)
{
	struct scratch *scratch = user;
	struct stage_patch_settings settings = stage_patch_settings_default();
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	strcpy(settings.song, "My song");
	strcpy(settings.set, "gig");
	status = stage_patch_settings_save(scratch->dir, &settings, &err);
	if (status == STAGE_OK) {
		status = stage_patch_settings_load(
			scratch->dir, &settings, NULL, &err);
	}
	assert_int_equal(status != STAGE_OK, err.text[0] != '\0');
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	assert_true(failing_alloc_sweep(save_and_load, *state) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_start_has_defaults),
		TEST(what_is_saved_is_read),
		TEST(a_name_that_no_file_holds_is_refused),
		TEST(damaged_ones_are_told_and_not_used),
		TEST(the_generation_before_takes_the_place),
		TEST(no_lock_ends_a_lock),
		TEST(a_disk_that_is_full_or_read_only_is_told),
		TEST(a_directory_that_cannot_be_made_is_told),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
