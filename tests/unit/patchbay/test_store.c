/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/store.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "failing_calls.h"
#include "patchbay/patch_text.h"
#include "store_world.h"

#define LEARNED "patchbay/learned.patch"

static int
teardown(void **state)
{
	failing_calls_disarm();
	return store_world_teardown(state);
}

static void
learn_pair(struct store_world *w, enum stage_patch_policy policy,
	const char *from, const char *to)
{
	bool has_changed = false;

	assert_int_equal(
		stage_patch_store_learn_pair(w->store, policy, STAGE_PATCH_JACK,
			from, to, NULL, &has_changed),
		STAGE_OK);
}

static void
save(struct store_world *w)
{
	bool has_changed;

	assert_int_equal(store_world_save(w, &has_changed), STAGE_OK);
	assert_true(stage_patch_store_is_saved(w->store));
}

static void
the_first_start_writes_nothing(void **state)
{
	struct store_world *w = *state;

	assert_string_equal(store_world_learned(w), "");
	assert_true(stage_patch_store_is_saved(w->store));
	assert_int_equal(
		stage_history_current(stage_patch_store_history(w->store)), 0);
	assert_false(world_has(&w->world, "rig/patchbay"));
	assert_false(world_has(&w->world, "rig/state"));
	store_world_complained(w, NULL);
}

static void
what_was_learned_outlives_a_kill(void **state)
{
	static const char *const names[] = {"A:out", "A:\"q\"", "A:\n", "A:\t",
		"A:\x01\x7f", "Gr\xfcn:out", "a:b:c", "A:[1] (x): {y}", " A ",
		"A -> B except C", "not A", "# A", "/A/", "*\"A\"", "*?\\*",
		"\xef\xbb\xbf:out"};
	struct store_world *w = *state;
	char longest[251] = "";

	memset(longest, 'n', sizeof(longest) - 1);
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		learn_pair(w, STAGE_PATCH_WANT, names[i], longest);
		learn_pair(w, STAGE_PATCH_NOT, longest, names[i]);
	}
	save(w);
	store_world_reopen(w);
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		learn_pair(w, STAGE_PATCH_WANT, names[i], longest);
		learn_pair(w, STAGE_PATCH_NOT, longest, names[i]);
	}
	assert_true(stage_patch_store_is_saved(w->store)); // nothing new
	store_world_complained(w, NULL);
}

static void
what_is_learned_says_whether_it_is_new(void **state)
{
	struct store_world *w = *state;
	struct stage_patch_statement statement = {
		.from = {(char[]){"A"}, STAGE_PATCH_LITERAL},
		.to = {(char[]){"B"}, STAGE_PATCH_LITERAL}};
	bool has_changed = false;

	learn_pair(w, STAGE_PATCH_WANT, "A", "B");
	save(w);
	assert_int_equal(
		stage_patch_store_learn(w->store, &statement, &has_changed),
		STAGE_OK);
	assert_false(has_changed);
	assert_true(stage_patch_store_is_saved(w->store));
	stage_patch_store_unlearn(w->store, STAGE_PATCH_ALSA, "A", "B");
	stage_patch_store_unlearn(w->store, STAGE_PATCH_JACK, "B", "A");
	assert_true(stage_patch_store_is_saved(w->store));
	assert_true(stage_patch_store_forget(w->store, &statement));
	assert_false(stage_patch_store_forget(w->store, &statement));
	assert_false(stage_patch_store_is_saved(w->store));
	assert_string_equal(store_world_learned(w), "");
}

static void
files_of_the_user_are_only_read(void **state)
{
	struct store_world *w = *state;

	store_world_write(w, "patchbay/a.patch", "A -> B\n");
	assert_true(stage_patch_store_read(w->store));
	assert_false(stage_patch_store_read(w->store));
	assert_string_equal(store_world_file(w, "a.patch"), "A -> B;");
	learn_pair(w, STAGE_PATCH_NOT, "A", "B");
	save(w);
	assert_true(world_holds(&w->world, "rig/patchbay/a.patch", "A -> B\n"));
	store_world_write(w, "patchbay/a.patch", "A -> B -> C\n");
	assert_false(stage_patch_store_read(w->store)); // nor what we wrote
	store_world_complained(w, "a.patch:1:8: ");
	assert_false(stage_patch_store_read(w->store));
	store_world_complained(w, NULL);
	assert_string_equal(store_world_file(w, "a.patch"), "A -> B;");
}

// The user saves learned.patch while something is learned.
static void
an_edit_and_what_was_learned_come_together(void **state)
{
	struct store_world *w = *state;
	bool has_changed;

	store_world_learn(w, "A -> B\nC -> D\nE -> F\nG* -> H\n");
	save(w);
	store_world_write(w, LEARNED, "A -> B\nX -> Y\nE -> F\nG* -> H\n");
	learn_pair(w, STAGE_PATCH_WANT, "new", "one");
	stage_patch_store_unlearn(w->store, STAGE_PATCH_JACK, "E", "F");
	assert_false(
		stage_patch_store_read(w->store)); // not before it is saved
	assert_int_equal(store_world_save(w, &has_changed), STAGE_OK);
	assert_true(has_changed);
	assert_string_equal(
		store_world_learned(w), "A -> B;X -> Y;G* -> H;new -> one;");
	store_world_reopen(w);
	assert_string_equal(
		store_world_learned(w), "A -> B;X -> Y;G* -> H;new -> one;");
	store_world_complained(w, NULL);
}

static void
of_both_the_one_that_was_learned_wins(void **state)
{
	struct store_world *w = *state;
	bool has_changed;

	store_world_learn(w, "A -> B\nC -> D\n");
	save(w);
	store_world_write(w, LEARNED, "A -> B\nnot C -> D\nE -> F\n");
	stage_patch_store_unlearn(w->store, STAGE_PATCH_JACK, "C", "D");
	learn_pair(w, STAGE_PATCH_NOT, "E", "F");
	assert_int_equal(store_world_save(w, &has_changed), STAGE_OK);
	assert_string_equal(
		store_world_learned(w), "A -> B;not C -> D;not E -> F;");
}

static void
modes_of_both_come_together(void **state)
{
	struct store_world *w = *state;
	bool has_changed;

	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "A*", STAGE_PATCH_MODE_LOCK, NULL),
		STAGE_OK);
	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "B", STAGE_PATCH_MODE_OFF, NULL),
		STAGE_OK);
	save(w);
	store_world_write(w, LEARNED,
		"mode lock for A*\nmode off for B\nmode learn for C\n"
		"mode enforce\n");
	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "A*", STAGE_PATCH_MODE_LEARN, NULL),
		STAGE_OK);
	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "B", STAGE_PATCH_MODE_COUNT, NULL),
		STAGE_OK);
	assert_int_equal(store_world_save(w, &has_changed), STAGE_OK);
	assert_string_equal(store_world_learned(w),
		"mode learn for C;mode enforce;mode learn for A*;");
}

static void
a_mode_that_is_there_is_no_change(void **state)
{
	static char name[STAGE_PATCH_LINE_MAX + 1];
	struct store_world *w = *state;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "A*", STAGE_PATCH_MODE_COUNT, &err),
		STAGE_OK);
	assert_true(stage_patch_store_is_saved(w->store));
	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "A*", STAGE_PATCH_MODE_LOCK, &err),
		STAGE_OK);
	save(w);
	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "A*", STAGE_PATCH_MODE_LOCK, &err),
		STAGE_OK);
	assert_true(stage_patch_store_is_saved(w->store));
	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, "", STAGE_PATCH_MODE_LOCK, &err),
		STAGE_BAD_INPUT);
	memset(name, 'x', sizeof(name) - 1);
	assert_int_equal(stage_patch_store_learn_mode(
				 w->store, name, STAGE_PATCH_MODE_LOCK, &err),
		STAGE_TOO_LONG);
	assert_true(stage_patch_store_is_saved(w->store));
}

/* The edit cannot be read now: what is in force stays so, and the edit is not
 * overwritten by the save after that. */
static void
an_edit_that_cannot_be_read_yet_takes_nothing_away(void **state)
{
	struct store_world *w = *state;
	enum stage_status status;
	bool has_changed;
	bool was_read = false;
	unsigned at = 0;

	store_world_learn(w, "A -> B\nC -> D\n");
	save(w);
	store_world_write(w, LEARNED, "A -> B\nX -> Y\n");
	learn_pair(w, STAGE_PATCH_WANT, "new", "one");
	do {
		at++;
		failing_calls_arm(FAILING_READ, at, 1000, ENOMEM);
		assert_true(at < 20);
		status = store_world_save(w, &has_changed);
		failing_calls_disarm();
		assert_string_equal(store_world_learned(w),
			has_changed || was_read ? "A -> B;X -> Y;new -> one;"
						: "A -> B;C -> D;new -> one;");
		was_read = was_read || has_changed;
		assert_int_equal(stage_patch_store_is_saved(w->store),
			status == STAGE_OK);
		assert_true(status == STAGE_OK ||
			    world_holds(&w->world, "rig/" LEARNED,
				    "A -> B\nX -> Y\n"));
	} while (status != STAGE_OK);
	assert_true(at > 2);
	assert_string_equal(
		store_world_learned(w), "A -> B;X -> Y;new -> one;");
}

static void
a_full_or_read_only_disk_keeps_it_in_memory(void **state)
{
	static const struct {
		enum failing_call call;
		int errnum;
		enum stage_status status;
	} cases[] = {
		{FAILING_WRITE, ENOSPC, STAGE_FULL},
		{FAILING_RENAME, EROFS, STAGE_DENIED},
		{FAILING_FSYNC, EIO, STAGE_IO},
	};
	struct store_world *w = *state;
	bool has_changed;

	learn_pair(w, STAGE_PATCH_WANT, "A", "B");
	save(w);
	learn_pair(w, STAGE_PATCH_WANT, "C", "D");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char *before = store_world_bytes(w, LEARNED);
		failing_calls_arm(cases[i].call, 1, 1000, cases[i].errnum);
		assert_int_equal(
			store_world_save(w, &has_changed), cases[i].status);
		failing_calls_disarm();
		assert_non_null(strstr(w->err.text, "learned.patch"));
		assert_false(has_changed);
		assert_false(stage_patch_store_is_saved(w->store));
		assert_string_equal(store_world_learned(w), "A -> B;C -> D;");
		assert_true(world_holds(&w->world, "rig/" LEARNED, before));
		free(before);
	}
	assert_false(stage_patch_store_read(w->store));
	save(w);
	store_world_reopen(w);
	assert_string_equal(store_world_learned(w), "A -> B;C -> D;");
}

static void
a_damaged_file_is_put_aside(void **state)
{
	struct store_world *w = *state;
	const char *texts[] = {"", "garbage\n", NULL, "A -> B\n\xff\n"};
	char *half;

	learn_pair(w, STAGE_PATCH_WANT, "A", "B");
	save(w);
	half = store_world_bytes(w, LEARNED);
	half[strlen(half) / 2] = '\0';
	texts[2] = half;
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		char name[64];
		store_world_write(w, LEARNED, texts[i]);
		(void)stage_patch_store_read(w->store);
		assert_string_equal(store_world_learned(w), "A -> B;");
		store_world_complained(w, "learned.patch");
		snprintf(name, sizeof(name), "rig/" LEARNED ".bad-%zu", i + 1);
		assert_true(world_has(&w->world, name));
	}
	free(half);
}

// As a hand works: each change is saved before the next one.
static void
ten_changes_are_undone_one_by_one(void **state)
{
	struct store_world *w = *state;
	char expected[11][256] = {""};
	char name[16];
	unsigned done;

	for (int i = 1; i <= 10; i++) {
		snprintf(name, sizeof(name), "A%d", i);
		learn_pair(w, STAGE_PATCH_WANT, name, "B");
		save(w);
		strcpy(expected[i], store_world_learned(w));
	}
	for (int i = 9; i >= 0; i--) {
		assert_int_equal(
			store_world_undo(w, false, 1, &done), STAGE_OK);
		assert_int_equal(done, 1);
		assert_string_equal(store_world_learned(w), expected[i]);
		store_world_reopen(w); // and each holds
		assert_string_equal(store_world_learned(w), expected[i]);
	}
	assert_int_equal(store_world_undo(w, false, 1, &done), STAGE_NOT_FOUND);
	assert_int_equal(done, 0);
	for (int i = 1; i <= 10; i++) {
		assert_int_equal(store_world_undo(w, true, 1, &done), STAGE_OK);
		assert_string_equal(store_world_learned(w), expected[i]);
	}
	assert_int_equal(store_world_undo(w, true, 1, &done), STAGE_NOT_FOUND);
	assert_int_equal(store_world_undo(w, false, 50, &done), STAGE_OK);
	assert_int_equal(done, 10); // as far as it goes
	assert_string_equal(store_world_learned(w), "");
}

static void
what_is_not_saved_yet_is_the_last_change(void **state)
{
	struct store_world *w = *state;
	unsigned done;

	learn_pair(w, STAGE_PATCH_WANT, "A", "B");
	save(w);
	learn_pair(w, STAGE_PATCH_WANT, "C", "D");
	assert_int_equal(store_world_undo(w, false, 1, &done), STAGE_OK);
	assert_string_equal(store_world_learned(w), "A -> B;");
	assert_int_equal(store_world_undo(w, true, 1, &done), STAGE_OK);
	assert_string_equal(store_world_learned(w), "A -> B;C -> D;");
	learn_pair(w, STAGE_PATCH_WANT, "E", "F");
	failing_calls_arm(FAILING_WRITE, 1, 1000, ENOSPC);
	assert_int_equal(store_world_undo(w, false, 1, &done), STAGE_FULL);
	failing_calls_disarm();
	assert_string_equal(store_world_learned(w), "A -> B;C -> D;E -> F;");
}

static void
the_mode_holds_when_it_cannot_be_written(void **state)
{
	struct store_world *w = *state;
	const struct stage_patch_settings *settings =
		stage_patch_store_settings(w->store);
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_patch_store_set_mode(
				 w->store, STAGE_PATCH_MODE_ENFORCE, &err),
		STAGE_OK);
	for (int i = 0; i < 2; i++) { // twice is once
		assert_int_equal(stage_patch_store_set_mode(
					 w->store, STAGE_PATCH_MODE_LOCK, &err),
			STAGE_OK);
	}
	assert_int_equal(settings->unlocked, STAGE_PATCH_MODE_ENFORCE);
	failing_calls_arm(FAILING_WRITE, 1, 1000, ENOSPC);
	assert_int_equal(stage_patch_store_set_mode(
				 w->store, STAGE_PATCH_MODE_OFF, &err),
		STAGE_FULL);
	failing_calls_disarm();
	assert_int_equal(settings->mode, STAGE_PATCH_MODE_OFF);
	store_world_reopen(w);
	settings = stage_patch_store_settings(w->store);
	assert_int_equal(settings->mode, STAGE_PATCH_MODE_LOCK);
	assert_int_equal(settings->unlocked, STAGE_PATCH_MODE_ENFORCE);
}

static void
damaged_settings_are_told(void **state)
{
	struct store_world *w = *state;
	struct stage_err err = STAGE_ERR_INIT;

	store_world_write(w, "state/patchbay/settings", "mode loud\n");
	store_world_reopen(w);
	store_world_complained(w, "settings:1:6: ");
	store_world_reopen(w);
	store_world_complained(w, "the mode is learn, and no song");
	assert_int_equal(stage_patch_store_settings(w->store)->mode,
		STAGE_PATCH_MODE_LEARN);
	assert_int_equal(stage_patch_store_set_mode(
				 w->store, STAGE_PATCH_MODE_OFF, &err),
		STAGE_OK);
	assert_int_equal(stage_patch_store_set_mode(
				 w->store, STAGE_PATCH_MODE_LEARN, &err),
		STAGE_OK);
	store_world_write(w, "state/patchbay/settings", "mode");
	store_world_reopen(w);
	store_world_complained(w, "those of the generation before it");
	assert_int_equal(stage_patch_store_settings(w->store)->mode,
		STAGE_PATCH_MODE_OFF);
	store_world_write(
		w, "state/patchbay/settings", "song ../../etc\nset .hidden\n");
	store_world_reopen(w);
	store_world_complained(w, ".hidden cannot be the name of a set");
	assert_string_equal(stage_patch_store_settings(w->store)->song, "");
	assert_string_equal(stage_patch_store_settings(w->store)->set, "");
}

static void
ignore_touch(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

static void
ignore_gone(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

static struct stage_graph_port *
add_port(struct stage_graph *graph, struct stage_desired *desired,
	const char *name, bool is_output)
{
	const struct stage_graph_port_info info = {
		.name = name, .type = "audio", .is_output = is_output};
	struct stage_graph_port *port;
	bool is_new;

	assert_int_equal(stage_graph_add(graph, &info, 0, ignore_gone, NULL,
				 &port, &is_new),
		STAGE_OK);
	assert_int_equal(
		stage_desired_add_port(desired, port, ignore_touch, NULL),
		STAGE_OK);
	return port;
}

// What decides about A -> B, with one more file perhaps.
static enum stage_patch_policy
judge(struct store_world *w, const char *more, struct stage_reason *reason,
	char *file)
{
	struct stage_graph *graph = stage_graph_create();
	struct stage_patch_list list = {0};
	const struct stage_desired_file as_if = {
		"more", STAGE_LAYER_GLOBAL, &list};
	struct stage_desired *desired = NULL;
	enum stage_patch_policy policy;

	assert_non_null(graph);
	if (more != NULL) {
		assert_int_equal(stage_patch_text_parse(more, strlen(more),
					 "more", &list, NULL),
			STAGE_OK);
	}
	assert_int_equal(stage_patch_store_desire(w->store, false,
				 more != NULL ? &as_if : NULL, &desired, NULL),
		STAGE_OK);
	policy = stage_desired_judge(desired,
		add_port(graph, desired, "A", true),
		add_port(graph, desired, "B", false), reason);
	strcpy(file, reason->is_said ? reason->file : "");
	stage_desired_destroy(desired);
	stage_graph_destroy(graph);
	stage_patch_list_finish(&list);
	return policy;
}

static void
one_more_file_is_the_last_of_the_users(void **state)
{
	struct store_world *w = *state;
	struct stage_reason reason;
	char file[64];

	store_world_write(w, "patchbay/z.patch", "A -> B\n");
	assert_true(stage_patch_store_read(w->store));
	assert_int_equal(judge(w, NULL, &reason, file), STAGE_PATCH_WANT);
	assert_string_equal(file, "z.patch");
	assert_int_equal(
		judge(w, "not A -> B\n", &reason, file), STAGE_PATCH_NOT);
	assert_string_equal(file, "more");
	// What was learned stands above all of them.
	learn_pair(w, STAGE_PATCH_WANT, "A", "B");
	assert_int_equal(
		judge(w, "not A -> B\n", &reason, file), STAGE_PATCH_WANT);
	assert_string_equal(file, "learned.patch");
	assert_int_equal(
		judge(w, "forbid * -> B\n", &reason, file), STAGE_PATCH_FORBID);
}

static void
ignore_complaint(void *user, const struct stage_err *err)
{
	(void)user;
	(void)err;
}

// All that there is to do, with an edit by hand in between.
static enum stage_status
live(struct store_world *w, struct stage_patch_store *store,
	struct stage_err *err)
{
	bool has_changed = false;
	struct stage_desired *desired = NULL;
	unsigned done;
	enum stage_status status =
		stage_patch_store_learn_pair(store, STAGE_PATCH_WANT,
			STAGE_PATCH_JACK, "A", "B", NULL, &has_changed);

	if (status == STAGE_OK) {
		status = stage_patch_store_learn_mode(
			store, "A*", STAGE_PATCH_MODE_LOCK, err);
	}
	if (status == STAGE_OK) {
		status = stage_patch_store_save(store, "x", &has_changed, err);
	}
	if (status == STAGE_OK) {
		store_world_write(w, LEARNED, "X -> Y\nmode off for Z\n");
		status = stage_patch_store_learn_pair(store, STAGE_PATCH_NOT,
			STAGE_PATCH_JACK, "A", "B", NULL, &has_changed);
	}
	if (status == STAGE_OK) {
		status = stage_patch_store_save(store, "x", &has_changed, err);
	}
	if (status == STAGE_OK) {
		status = stage_patch_store_undo(store, false, 1, &done, err);
	}
	if (status == STAGE_OK) {
		status = stage_patch_store_desire(
			store, false, NULL, &desired, err);
	}
	stage_desired_destroy(desired);
	return status;
}

static enum stage_status
live_once(void *user)
{
	struct store_world *w = user;
	struct stage_patch_store *store = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_patch_store_create(
		&w->world.rig, ignore_complaint, NULL, &store, &err);

	if (status == STAGE_OK) {
		status = live(w, store, &err);
		stage_patch_store_destroy(store);
	}
	// The next one begins as this one did.
	(void)!stage_io_remove_tree(world_path(&w->world, "rig/state"), NULL);
	store_world_write(w, LEARNED, "# none\n");
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct store_world *w = *state;

	store_world_close(w);
	store_world_write(w, "patchbay/a.patch", "A* -> B\n");
	assert_true(failing_alloc_sweep_tolerant(live_once, w) > 100);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, store_world_setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_start_writes_nothing),
		TEST(what_was_learned_outlives_a_kill),
		TEST(what_is_learned_says_whether_it_is_new),
		TEST(files_of_the_user_are_only_read),
		TEST(an_edit_and_what_was_learned_come_together),
		TEST(of_both_the_one_that_was_learned_wins),
		TEST(modes_of_both_come_together),
		TEST(a_mode_that_is_there_is_no_change),
		TEST(an_edit_that_cannot_be_read_yet_takes_nothing_away),
		TEST(a_full_or_read_only_disk_keeps_it_in_memory),
		TEST(a_damaged_file_is_put_aside),
		TEST(ten_changes_are_undone_one_by_one),
		TEST(what_is_not_saved_yet_is_the_last_change),
		TEST(the_mode_holds_when_it_cannot_be_written),
		TEST(damaged_settings_are_told),
		TEST(one_more_file_is_the_last_of_the_users),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
