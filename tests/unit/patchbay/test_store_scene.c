/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
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
#include "store_world.h"

#define SONG "song.patch"
#define SET "the set's patch"

// Two songs with a patch, one without; a set with one, and one without.
static int
setup(void **state)
{
	struct store_world *w;

	store_world_setup(state);
	w = *state;
	store_world_write(w, "songs/one/song.patch", "A -> B\n");
	store_world_write(w, "songs/two/song.patch", "A -> C\nnot D -> E\n");
	store_world_write(w, "songs/bare/song.conf", "\n");
	store_world_write(w, "setlists/gig.setlist", "one\n");
	store_world_write(w, "setlists/gig.patch", "X -> Y\n");
	store_world_write(w, "setlists/plain.setlist", "one\n");
	store_world_write(w, "setlists/wild.patch", "X -> Z\n");
	return 0;
}

static int
teardown(void **state)
{
	failing_calls_disarm();
	return store_world_teardown(state);
}

static enum stage_status
choose(struct store_world *w, const char *song, const char *set)
{
	enum stage_status status;

	w->err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_patch_store_set_scene(w->store, song, set, &w->err);
	assert_int_equal(status, w->err.status);
	assert_int_equal(status != STAGE_OK, w->err.text[0] != '\0');
	if (status == STAGE_OK) {
		stage_patch_store_save_scene(w->store);
	}
	return status;
}

static void
assert_scene(struct store_world *w, const char *song, const char *set,
	const char *song_text, const char *set_text)
{
	const struct stage_patch_settings *settings =
		stage_patch_store_settings(w->store);

	assert_string_equal(settings->song, song);
	assert_string_equal(settings->set, set);
	assert_string_equal(store_world_file(w, SONG), song_text);
	assert_string_equal(store_world_file(w, SET), set_text);
}

static void
a_scene_is_chosen_and_outlives_a_kill(void **state)
{
	static const struct {
		const char *song, *set, *song_text, *set_text;
	} cases[] = {
		{"one", "gig", "A -> B;", "X -> Y;"},
		{"two", "gig", "A -> C;not D -> E;", "X -> Y;"},
		{"bare", "plain", "", ""},
		{"", "wild", "", "X -> Z;"},
		{"one", "", "A -> B;", ""},
		{"", "", "", ""},
	};
	struct store_world *w = *state;
	char path[STAGE_PATH_MAX];

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			choose(w, cases[i].song, cases[i].set), STAGE_OK);
		assert_scene(w, cases[i].song, cases[i].set, cases[i].song_text,
			cases[i].set_text);
		store_world_reopen(w);
		assert_scene(w, cases[i].song, cases[i].set, cases[i].song_text,
			cases[i].set_text);
		stage_patch_store_song_path(w->store, path);
		assert_int_equal(path[0] != '\0', cases[i].song[0] != '\0');
		stage_patch_store_set_path(w->store, path);
		assert_int_equal(path[0] != '\0', cases[i].set[0] != '\0');
	}
	store_world_complained(w, NULL);
}

static void
names_that_are_none_are_refused(void **state)
{
	static char long_name[STAGE_PATCH_SCENE_NAME_MAX + 1];
	static const struct {
		const char *song, *set;
		enum stage_status status;
		const char *sentence; // a part of it
	} cases[] = {
		{"none", "gig", STAGE_NOT_FOUND, "there is no song none"},
		{"one", "none", STAGE_NOT_FOUND, "there is no set none"},
		{"one/", "", STAGE_BAD_INPUT, "is empty"},
		{"/one", "", STAGE_BAD_INPUT, "is empty"},
		{"../songs/one", "", STAGE_BAD_INPUT, "begins with a dot"},
		{"one/..", "", STAGE_BAD_INPUT, "begins with a dot"},
		{"..", "", STAGE_BAD_INPUT, "begins with a dot"},
		{".", "", STAGE_BAD_INPUT, "begins with a dot"},
		{"", "../setlists/gig", STAGE_BAD_INPUT, "of a set"},
		{"", ".gig", STAGE_BAD_INPUT, "of a set"},
		{"gig.setlist", "", STAGE_NOT_FOUND, "there is no song"},
		{"file", "", STAGE_NOT_FOUND, "is no directory"},
		{long_name, "", STAGE_BAD_INPUT, "too long"},
		{"", long_name, STAGE_BAD_INPUT, "too long"},
		{"A \"b\"\n", "", STAGE_NOT_FOUND, "A \"b\""},
	};
	struct store_world *w = *state;

	memset(long_name, 'x', sizeof(long_name) - 1);
	store_world_write(w, "songs/file", "");
	assert_int_equal(choose(w, "one", "gig"), STAGE_OK);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(choose(w, cases[i].song, cases[i].set),
			cases[i].status);
		assert_non_null(strstr(w->err.text, cases[i].sentence));
		assert_scene(w, "one", "gig", "A -> B;", "X -> Y;");
	}
}

static void
a_bad_patch_leaves_the_scene_before(void **state)
{
	struct store_world *w = *state;

	assert_int_equal(choose(w, "one", "gig"), STAGE_OK);
	store_world_write(w, "songs/two/song.patch", "A -> C\nA ->\n");
	assert_int_equal(choose(w, "two", "wild"), STAGE_BAD_INPUT);
	assert_non_null(strstr(w->err.text, "songs/two/song.patch:2:5: "));
	assert_scene(w, "one", "gig", "A -> B;", "X -> Y;");
	store_world_write(w, "setlists/wild.patch", "garbage\n");
	assert_int_equal(choose(w, "bare", "wild"), STAGE_BAD_INPUT);
	assert_non_null(strstr(w->err.text, "wild.patch:1:"));
	assert_scene(w, "one", "gig", "A -> B;", "X -> Y;");
	failing_calls_arm(FAILING_READ, 1, 100, EIO);
	assert_int_equal(choose(w, "two", ""), STAGE_IO);
	failing_calls_disarm();
	assert_scene(w, "one", "gig", "A -> B;", "X -> Y;");
	store_world_reopen(w);
	assert_scene(w, "one", "gig", "A -> B;", "X -> Y;");
}

static void
the_files_of_a_scene_are_read_again(void **state)
{
	struct store_world *w = *state;

	assert_int_equal(choose(w, "one", "gig"), STAGE_OK);
	assert_false(stage_patch_store_read(w->store));
	store_world_write(w, "songs/one/song.patch", "A -> B\nA -> C\n");
	store_world_write(w, "setlists/gig.patch", "mode lock\n");
	assert_true(stage_patch_store_read(w->store));
	assert_scene(w, "one", "gig", "A -> B;A -> C;", "mode lock;");
	store_world_write(w, "songs/one/song.patch", "A - B\n");
	assert_false(stage_patch_store_read(w->store));
	store_world_complained(w, "what it said before stays in force");
	assert_scene(w, "one", "gig", "A -> B;A -> C;", "mode lock;");
	assert_int_equal(
		unlink(world_path(&w->world, "rig/songs/one/song.patch")), 0);
	assert_true(stage_patch_store_read(w->store));
	assert_scene(w, "one", "gig", "", "mode lock;");
	store_world_complained(w, NULL);
}

static void
a_choice_that_cannot_be_written_holds(void **state)
{
	struct store_world *w = *state;

	failing_calls_arm(FAILING_WRITE, 1, 100, ENOSPC);
	assert_int_equal(choose(w, "one", "gig"), STAGE_OK);
	failing_calls_disarm();
	store_world_complained(w, "settings");
	assert_scene(w, "one", "gig", "A -> B;", "X -> Y;");
	store_world_reopen(w);
	assert_scene(w, "", "", "", "");
}

static enum stage_status
write_song(struct store_world *w, const char *text)
{
	struct stage_patch_list list = {0};
	enum stage_status status;

	assert_int_equal(
		stage_patch_text_parse(text, strlen(text), "test", &list, NULL),
		STAGE_OK);
	w->err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_patch_store_write_song(w->store, &list, &w->err);
	assert_int_equal(status, w->err.status);
	assert_int_equal(status != STAGE_OK, w->err.text[0] != '\0');
	stage_patch_list_finish(&list);
	return status;
}

static void
a_song_is_written_where_there_is_no_hand(void **state)
{
	struct store_world *w = *state;
	char *text;

	assert_int_equal(write_song(w, "A -> B\n"), STAGE_NOT_FOUND);
	assert_non_null(strstr(w->err.text, "no song is in force"));
	assert_int_equal(choose(w, "bare", ""), STAGE_OK);
	assert_int_equal(write_song(w, "A -> B\n\"A\\n\" -> C\n"), STAGE_OK);
	assert_scene(w, "bare", "", "A -> B;\"A\\n\" -> C;", "");
	assert_false(stage_patch_store_read(w->store)); // it is in force
	assert_scene(w, "bare", "", "A -> B;\"A\\n\" -> C;", "");
	assert_int_equal(write_song(w, "A -> D\n"), STAGE_OK); // it is ours
	assert_scene(w, "bare", "", "A -> D;", "");
	assert_true(world_has(&w->world, "rig/songs/bare/song.patch.1"));
	// From the first letter that a hand writes on it is the user's.
	text = store_world_bytes(w, "songs/bare/song.patch");
	*strstr(text, "A -> D") = 'X';
	store_world_write(w, "songs/bare/song.patch", text);
	assert_int_equal(write_song(w, "A -> E\n"), STAGE_EXISTS);
	assert_true(world_holds(&w->world, "rig/songs/bare/song.patch", text));
	free(text);
	assert_int_equal(choose(w, "one", ""), STAGE_OK);
	assert_int_equal(write_song(w, "A -> B\n"), STAGE_EXISTS);
	assert_non_null(strstr(w->err.text, "was written by hand"));
}

static void
a_song_that_cannot_be_read_or_written_stays(void **state)
{
	static const struct {
		enum failing_call call;
		int errnum;
		enum stage_status status;
	} cases[] = {
		{FAILING_WRITE, ENOSPC, STAGE_FULL},
		{FAILING_RENAME, EROFS, STAGE_DENIED},
		{FAILING_READ, EIO, STAGE_IO},
	};
	struct store_world *w = *state;
	char *before;

	assert_int_equal(choose(w, "bare", ""), STAGE_OK);
	assert_int_equal(write_song(w, "A -> B\n"), STAGE_OK);
	before = store_world_bytes(w, "songs/bare/song.patch");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		failing_calls_arm(cases[i].call, 1, 100, cases[i].errnum);
		assert_int_equal(write_song(w, "A -> C\n"), cases[i].status);
		failing_calls_disarm();
		assert_non_null(strstr(w->err.text, "songs/bare/song.patch"));
		assert_true(world_holds(
			&w->world, "rig/songs/bare/song.patch", before));
	}
	free(before);
	assert_int_equal(write_song(w, "A -> C\n"), STAGE_OK);
}

static void
ignore_complaint(void *user, const struct stage_err *err)
{
	(void)user;
	(void)err;
}

static enum stage_status
play(struct stage_patch_store *store, struct stage_err *err)
{
	struct stage_patch_list list = {0};
	enum stage_status status =
		stage_patch_store_set_scene(store, "one", "gig", err);

	if (status == STAGE_OK) {
		status = stage_patch_store_set_scene(store, "bad", "", err);
		assert_int_not_equal(status, STAGE_OK);
		status = status == STAGE_BAD_INPUT ? STAGE_OK : status;
		*err = (struct stage_err)STAGE_ERR_INIT;
	}
	if (status == STAGE_OK) {
		status = stage_patch_store_set_scene(store, "bare", "", err);
		stage_patch_store_save_scene(store);
	}
	if (status == STAGE_OK) {
		status = stage_patch_list_want(
			&list, STAGE_PATCH_JACK, "A", "B");
	}
	if (status == STAGE_OK) {
		status = stage_patch_store_write_song(store, &list, err);
	}
	stage_patch_list_finish(&list);
	return status;
}

static enum stage_status
play_once(void *user)
{
	struct store_world *w = user;
	struct stage_patch_store *store = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_patch_store_create(
		&w->world.rig, ignore_complaint, NULL, &store, &err);

	if (status == STAGE_OK) {
		status = play(store, &err);
		stage_patch_store_destroy(store);
	}
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct store_world *w = *state;

	store_world_close(w);
	store_world_write(w, "songs/bad/song.patch", "A\n");
	assert_true(failing_alloc_sweep_tolerant(play_once, w) > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_scene_is_chosen_and_outlives_a_kill),
		TEST(names_that_are_none_are_refused),
		TEST(a_bad_patch_leaves_the_scene_before),
		TEST(the_files_of_a_scene_are_read_again),
		TEST(a_choice_that_cannot_be_written_holds),
		TEST(a_song_is_written_where_there_is_no_hand),
		TEST(a_song_that_cannot_be_read_or_written_stays),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
