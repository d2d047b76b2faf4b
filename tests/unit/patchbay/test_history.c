/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "history_world.h"
#include "patchbay/history_index.h"
#include "patchbay/patch_text.h"

#define ONE "A -> B\n"
#define TWO "A -> B\nC -> D\n"
#define THREE "A -> B\nC -> D\nE -> F\n"

static int
setup(void **state)
{
	static struct world world;

	world_init(&world);
	world_open(&world);
	*state = &world;
	return 0;
}

static int
teardown(void **state)
{
	world_finish(*state);
	return 0;
}

static void
save(struct world *world, const char *text)
{
	if (world_save(world, text, "by hand") != STAGE_OK) {
		fail_msg("%s", world->err.text);
	}
	assert_string_equal(stage_history_warning(world->history), "");
}

static void
warns(struct world *world, const char *part)
{
	const char *warning = stage_history_warning(world->history);

	if (strstr(warning, part) == NULL) {
		fail_msg("%s: %s", part, warning);
	}
}

static void
a_first_start_is_empty(void **state)
{
	struct world *world = *state;

	assert_int_equal(world->found, STAGE_HISTORY_FRESH);
	assert_string_equal(world->text, "");
	assert_string_equal(stage_history_warning(world->history), "");
	assert_int_equal(stage_history_current(world->history), 0);
	assert_int_equal(world_undo(world), STAGE_NOT_FOUND);
	assert_string_equal(world->err.text, "there is nothing to undo");
	assert_int_equal(world_redo(world), STAGE_NOT_FOUND);
	// Nothing to save either.
	save(world, "");
	assert_int_equal(scratch_count(&world->scratch), 0);
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_FRESH);
}

static void
what_was_saved_is_there_again(void **state)
{
	struct world *world = *state;
	char *bytes;

	save(world, ONE);
	save(world, "mode lock for Zyn*\nnot A -> \"B\\n\"\n"
		    "A -> B\t# since 2026-11-28T07:33:22Z\n");
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_string_equal(world->text,
		"mode lock for Zyn*\nnot A -> \"B\\n\"\n"
		"A -> B\t# since 2026-11-28T07:33:22Z\n");
	assert_string_equal(stage_history_warning(world->history), "");
	assert_int_equal(stage_history_current(world->history), 2);
	bytes = world_bytes(world, WORLD_FILE, NULL);
	assert_non_null(strstr(bytes,
		"format 1. You may edit the lines; comments are not kept.\n"
		"# generation 2, 2026-11-28T07:33:24Z, undo 1, redo 0: by "
		"hand\nmode lock"));
	assert_non_null(strstr(bytes, "\n# end, 3 lines, "));
	assert_true(scratch_holds(
		&world->scratch, WORLD_STATE "/learned-00000002.patch", bytes));
	free(bytes);
}

static struct stat
stat_file(struct world *world)
{
	struct stat st;

	assert_int_equal(
		stat(scratch_path(&world->scratch, WORLD_FILE), &st), 0);
	return st;
}

static void
nothing_is_written_when_nothing_changed(void **state)
{
	struct world *world = *state;
	struct stat before;

	save(world, ONE);
	before = stat_file(world);
	save(world, ONE);
	world_reopen(world);
	save(world, ONE);
	assert_int_equal(stat_file(world).st_ino, before.st_ino);
	assert_int_equal(stage_history_current(world->history), 1);
	assert_false(world_has_generation(world, 2));
}

static void
ten_changes_come_back_one_by_one(void **state)
{
	struct world *world = *state;
	char text[11][256] = {""};

	for (int i = 1; i <= 10; i++) {
		char before[sizeof(text[0])];
		memcpy(before, text[i - 1], sizeof(before));
		snprintf(text[i], sizeof(text[i]), "%.200sA:%d -> B\n", before,
			i);
		save(world, text[i]);
	}
	for (int i = 9; i >= 0; i--) {
		world_reopen(world);
		assert_int_equal(world_undo(world), STAGE_OK);
		assert_string_equal(world->text, text[i]);
	}
	assert_int_equal(world_undo(world), STAGE_NOT_FOUND);
	for (int i = 1; i <= 10; i++) {
		world_reopen(world);
		assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
		assert_string_equal(world->text, text[i - 1]);
		assert_int_equal(world_redo(world), STAGE_OK);
		assert_string_equal(world->text, text[i]);
	}
	assert_int_equal(world_redo(world), STAGE_NOT_FOUND);
	assert_string_equal(world->err.text, "there is nothing to redo");
	// Back and forth, in any order.
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_int_equal(world_redo(world), STAGE_OK);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, text[7]);
	assert_int_equal(world_redo(world), STAGE_OK);
	assert_int_equal(world_redo(world), STAGE_OK);
	assert_int_equal(world_redo(world), STAGE_OK);
	assert_int_equal(world_redo(world), STAGE_NOT_FOUND);
	assert_string_equal(world->text, text[10]);
}

static void
a_change_after_an_undo_ends_the_way_forward(void **state)
{
	struct world *world = *state;

	save(world, ONE);
	save(world, TWO);
	assert_int_equal(world_undo(world), STAGE_OK);
	save(world, "X -> Y\n");
	assert_int_equal(world_redo(world), STAGE_NOT_FOUND);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, ONE);
	assert_int_equal(world_redo(world), STAGE_OK);
	assert_string_equal(world->text, "X -> Y\n");
	// What was left is still there to be had.
	assert_string_equal(world_generation(world, 2), TWO);
	assert_int_equal(world_go(world, 2), STAGE_OK);
	assert_string_equal(world->text, TWO);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, "X -> Y\n");
	assert_int_equal(world_go(world, 0), STAGE_OK);
	assert_string_equal(world->text, "");
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_int_equal(world_go(world, 99), STAGE_NOT_FOUND);
	assert_string_equal(world->err.text,
		"there is no generation 99, or it is no longer kept");
	assert_string_equal(world->text, "X -> Y\n");
}

static void
the_list_tells_when_and_why(void **state)
{
	static const char *const reasons[] = {"connected\nA", "by \xff\x01",
		"undo to generation 1", "redo of generation 2",
		"back to generation 1"};
	struct world *world = *state;
	const struct stage_learned_head *heads;
	size_t count = 0;

	assert_int_equal(world_save(world, ONE, reasons[0]), STAGE_OK);
	assert_int_equal(world_save(world, TWO, reasons[1]), STAGE_OK);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_int_equal(world_redo(world), STAGE_OK);
	assert_int_equal(world_go(world, 1), STAGE_OK);
	for (int i = 0; i < 2; i++) {
		heads = stage_history_list(world->history, &count);
		assert_int_equal(count, 5);
		for (size_t k = 0; k < count; k++) {
			assert_int_equal(heads[k].number, k + 1);
			assert_int_equal(
				heads[k].time_s, WORLD_TIME_S + 1 + (int64_t)k);
			assert_string_equal(
				heads[k].reason, k == 0   ? "connected A"
						 : k == 1 ? "by ? "
							  : reasons[k]);
		}
		world_reopen(world);
	}
}

static void
generations_are_compared(void **state)
{
	struct world *world = *state;
	struct stage_patch_list added = {0};
	struct stage_patch_list removed = {0};

	save(world, TWO);
	save(world, "C -> D\t# since 2026-11-28T07:33:22Z\nX -> Y\n");
	assert_int_equal(stage_history_diff(
				 world->history, 1, 2, &added, &removed, NULL),
		STAGE_OK);
	assert_int_equal(added.count, 1);
	assert_string_equal(added.items[0].from.text, "X");
	assert_int_equal(removed.count, 1);
	assert_string_equal(removed.items[0].from.text, "A");
	stage_patch_list_finish(&added);
	stage_patch_list_finish(&removed);
	assert_int_equal(stage_history_diff(
				 world->history, 0, 1, &added, &removed, NULL),
		STAGE_OK);
	assert_int_equal(added.count, 2);
	assert_int_equal(removed.count, 0);
	stage_patch_list_finish(&added);
	assert_int_equal(stage_history_diff(world->history, 1, 3, &added,
				 &removed, &world->err),
		STAGE_NOT_FOUND);
	assert_int_equal(added.count + removed.count, 0);
}

static void
an_edit_by_hand_is_taken(void **state)
{
	struct world *world = *state;
	char *bytes;

	save(world, ONE);
	// Behind our last line, which has the old checksum.
	world_append(world, "# mine\nX -> Y\n");
	bytes = world_bytes(world, WORLD_FILE, NULL);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world->found, STAGE_HISTORY_EDITED);
	assert_string_equal(world->text, ONE "X -> Y\n");
	assert_string_equal(stage_history_warning(world->history), "");
	assert_true(scratch_holds(&world->scratch, WORLD_FILE, bytes));
	free(bytes);
	// The same again is nothing new, also for a new process.
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_int_equal(stage_history_current(world->history), 2);
	save(world, ONE "X -> Y\n");
	assert_false(world_has_generation(world, 3));
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, ONE);
	assert_int_equal(world_redo(world), STAGE_OK);
	// A file of the user's own, without any line of ours.
	world_edit(world, "M -> N");
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_EDITED);
	assert_string_equal(world->text, "M -> N\n");
	save(world, "M -> N\nO -> P\n");
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, ONE "X -> Y\n");
}

static void
only_comments_mean_no_connections(void **state)
{
	struct world *world = *state;

	save(world, TWO);
	world_edit(world, "# nothing\n");
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world->found, STAGE_HISTORY_EDITED);
	assert_string_equal(world->text, "");
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, TWO);
}

static void
a_file_that_was_first_is_not_undone(void **state)
{
	struct world *world = *state;

	world_edit(world, ONE);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world->found, STAGE_HISTORY_EDITED);
	assert_int_equal(stage_history_current(world->history), 1);
	assert_int_equal(world_undo(world), STAGE_NOT_FOUND);
	save(world, TWO);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, ONE);
	assert_int_equal(world_undo(world), STAGE_NOT_FOUND);
}

static void
an_old_file_put_back_is_taken(void **state)
{
	struct world *world = *state;
	char *first;

	save(world, ONE);
	first = world_bytes(world, WORLD_FILE, NULL);
	save(world, TWO);
	save(world, THREE);
	world_edit(world, first);
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_EDITED);
	assert_string_equal(world->text, ONE);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, THREE);
	free(first);
}

static void
what_another_hand_changed_is_not_overwritten(void **state)
{
	struct world *world = *state;

	save(world, ONE);
	world_edit(world, "X -> Y\n");
	assert_int_equal(world_save(world, TWO, "by hand"), STAGE_BUSY);
	assert_non_null(strstr(world->err.text, "somebody else has changed"));
	assert_true(scratch_holds(&world->scratch, WORLD_FILE, "X -> Y\n"));
	assert_int_equal(world_undo(world), STAGE_BUSY);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_string_equal(world->text, "X -> Y\n");
	save(world, TWO);
	// Even when it is worth nothing.
	world_cut(world, 0);
	assert_int_equal(world_save(world, ONE, "by hand"), STAGE_BUSY);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world->found, STAGE_HISTORY_BAD);
	assert_string_equal(world->text, TWO);
	// What somebody has taken away is written again.
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_FILE)), 0);
	save(world, ONE);
	world_reopen(world);
	assert_string_equal(world->text, ONE);
}

static void
saving_comes_after_loading(void **state)
{
	struct world *world = *state;
	struct stage_patch_list list = {0};
	char file[SCRATCH_PATH_MAX];

	save(world, ONE);
	world_close(world);
	strcpy(file, scratch_path(&world->scratch, WORLD_FILE));
	assert_int_equal(stage_history_create(file,
				 scratch_path(&world->scratch, WORLD_STATE),
				 &world->history, NULL),
		STAGE_OK);
	assert_int_equal(world_save(world, TWO, "by hand"), STAGE_BUG);
	assert_int_equal(
		stage_history_go(world->history, 1, 0, &list, NULL), STAGE_BUG);
	assert_int_equal(list.count, 0);
}

static void
what_no_file_can_hold_is_refused(void **state)
{
	static char empty[] = "";
	static char a[] = "a";
	struct world *world = *state;
	struct stage_patch_statement bad = {
		.from = {a, STAGE_PATCH_LITERAL},
		.to = {empty, STAGE_PATCH_LITERAL},
	};
	struct stage_patch_list list = {.items = &bad, .count = 1};

	save(world, ONE);
	assert_int_equal(
		stage_history_save(world->history, &list, "x", 0, &world->err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(world->err.text, "unable to save"));
	world_reopen(world);
	assert_string_equal(world->text, ONE);
}

// The next process could not read it, and would go back to an older one.
static void
what_is_too_much_for_a_file_is_not_saved(void **state)
{
	struct world *world = *state;
	struct stage_patch_list list = {0};

	save(world, ONE);
	for (size_t i = 0; i <= STAGE_PATCH_STATEMENTS_MAX; i++) {
		assert_int_equal(stage_patch_list_want(
					 &list, STAGE_PATCH_JACK, "A", "B"),
			STAGE_OK);
	}
	assert_int_equal(
		stage_history_save(world->history, &list, "x", 0, &world->err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(world->err.text, "at most 100000 lines"));
	stage_patch_list_finish(&list);
	world_reopen(world);
	assert_string_equal(world->text, ONE);
	assert_string_equal(stage_history_warning(world->history), "");
}

// Damages of learned.patch; what it was is in `text`.
struct damage {
	const char *name;
	const char *sentence; // about it
	void (*make)(struct world *world, const char *bytes, size_t len);
};

static void
make_empty(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	world_edit(world, "");
}

static void
make_blank(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	world_edit(world, "\r\n \t\n");
}

static void
make_garbage(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	world_edit(world, "\x7f"
			  "ELF\x02\x01\x01 what is this\n");
}

static void
make_zeros(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	world_cut(world, 0);
	world_cut(world, len);
}

static void
make_newer(struct world *world, const char *bytes, size_t len)
{
	char *copy = strdup(bytes);

	(void)len;
	assert_non_null(copy);
	*strstr(copy, "format 1") = 'F';
	memcpy(strstr(copy, "Format 1"), "format 7", 8);
	world_edit(world, copy);
	free(copy);
}

static void
make_unreadable(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	// What no rights can read, and root neither.
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_FILE)), 0);
	assert_int_equal(
		mkdir(scratch_path(&world->scratch, WORLD_FILE), 0700), 0);
}

static void
make_loop(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_FILE)), 0);
	assert_int_equal(symlink("learned.patch",
				 scratch_path(&world->scratch, WORLD_FILE)),
		0);
}

static void
make_wrong(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	world_append(world, "A:out B:in\n");
}

static void
make_cut(struct world *world, const char *bytes, size_t len)
{
	(void)bytes;
	world_cut(world, len - 20);
}

static const struct damage damages[] = {
	{"empty", "this file is empty", make_empty},
	{"blank", "this file is empty", make_blank},
	{"garbage", "learned.patch:1:1: control character 0x7f", make_garbage},
	{"zeros", "a zero byte", make_zeros},
	{"newer", "another version of stagecraft, in format 7", make_newer},
	{"unreadable", "unable to read", make_unreadable},
	{"loop", "unable to open", make_loop},
	{"wrong", "an arrow is missing here", make_wrong},
	{"cut", "this file was cut off: its last line is missing", make_cut},
};

static void
check_damage(struct world *world, const struct damage *damage)
{
	size_t len = 0;
	char *bytes;

	save(world, ONE);
	save(world, TWO);
	bytes = world_bytes(world, WORLD_FILE, &len);
	damage->make(world, bytes, len);
	free(bytes);
	world_reopen(world);
	print_message("# %s: %s\n", damage->name,
		stage_history_warning(world->history));
	assert_int_equal(world->found, STAGE_HISTORY_BAD);
	assert_string_equal(world->text, TWO);
	warns(world, damage->sentence);
	warns(world, "it is kept as ");
	warns(world, "generation 2 of 2026-11-28T07:33:2");
	assert_true(scratch_has(&world->scratch, WORLD_FILE ".bad-1"));
	// It is all there again, once told.
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_string_equal(stage_history_warning(world->history), "");
	assert_string_equal(world->text, TWO);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, ONE);
	assert_true(scratch_has(&world->scratch, WORLD_FILE ".bad-1"));
}

static void
no_damage_means_no_connections(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(damages); i++) {
		check_damage(world, &damages[i]);
		world_finish(world);
		world_init(world);
		world_open(world);
	}
}

static void
a_file_cut_anywhere_is_known(void **state)
{
	struct world *world = *state;
	size_t whole = 0;
	char *bytes;

	save(world, ONE);
	save(world, TWO);
	bytes = world_bytes(world, WORLD_FILE, &whole);
	// Without its last newline nothing is missing.
	for (size_t len = 0; len < whole; len++) {
		world_edit(world, bytes);
		world_cut(world, len);
		assert_int_equal(world_load(world), STAGE_OK);
		assert_int_equal(world->found, len == whole - 1
						       ? STAGE_HISTORY_WHOLE
						       : STAGE_HISTORY_BAD);
		assert_string_equal(world->text, TWO);
	}
	assert_int_equal(stage_history_current(world->history), 2);
	free(bytes);
}

static void
bad_files_are_never_overwritten(void **state)
{
	static const char *const bad[] = {"one", "two", "three"};
	struct world *world = *state;

	save(world, ONE);
	for (size_t i = 0; i < STAGE_COUNT_OF(bad); i++) {
		world_edit(world, bad[i]);
		assert_int_equal(world_load(world), STAGE_OK);
		assert_int_equal(world->found, STAGE_HISTORY_BAD);
		save(world, i % 2 == 0 ? TWO : ONE);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(bad); i++) {
		char name[64];
		snprintf(name, sizeof(name), WORLD_FILE ".bad-%zu", i + 1);
		assert_true(scratch_holds(&world->scratch, name, bad[i]));
	}
}

static void
a_missing_file_is_made_again(void **state)
{
	struct world *world = *state;

	save(world, ONE);
	save(world, TWO);
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_FILE)), 0);
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_MISSING);
	assert_string_equal(world->text, TWO);
	warns(world, "learned.patch is missing; generation 2 of 2026-11-28T");
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_string_equal(world->text, TWO);
}

static void
damage_generation(struct world *world, const char *number, const char *text)
{
	char name[64];

	snprintf(name, sizeof(name), WORLD_STATE "/learned-%s.patch", number);
	scratch_write(&world->scratch, name, text);
}

static void
a_bad_generation_is_passed_over(void **state)
{
	struct world *world = *state;
	char *bytes;

	save(world, ONE);
	save(world, TWO);
	save(world, THREE);
	// One that has a good head and a changed line.
	bytes = world_bytes(world, WORLD_STATE "/learned-00000003.patch", NULL);
	*strstr(bytes, "E -> F") = 'X';
	damage_generation(world, "00000003", bytes);
	free(bytes);
	world_edit(world, "");
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world->found, STAGE_HISTORY_BAD);
	assert_string_equal(world->text, TWO);
	// Numbers are not used twice.
	save(world, "X -> Y\n");
	assert_int_equal(stage_history_current(world->history), 4);
	// What an undo leads to is damaged: nothing changes.
	damage_generation(world, "00000002", "");
	assert_int_equal(world_undo(world), STAGE_BAD_INPUT);
	assert_string_equal(world->text, "X -> Y\n");
	world_reopen(world);
	assert_string_equal(world->text, "X -> Y\n");
}

static void
the_newest_generation_is_made_good(void **state)
{
	static const char *const damage[] = {"", "x"};
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(damage); i++) {
		save(world, i == 0 ? ONE : TWO);
		damage_generation(
			world, i == 0 ? "00000001" : "00000002", damage[i]);
		world_reopen(world);
		assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
		assert_string_equal(world->text, i == 0 ? ONE : TWO);
		assert_string_equal(
			world_generation(world, i + 1), i == 0 ? ONE : TWO);
	}
}

static void
where_nothing_is_good_all_of_it_stays(void **state)
{
	struct world *world = *state;

	save(world, ONE);
	damage_generation(world, "00000001", "damaged");
	world_edit(world, "damaged, too");
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_LOST);
	assert_string_equal(world->text, "");
	warns(world, "nothing that was learned is known");
	save(world, "");
	assert_false(scratch_has(&world->scratch, WORLD_FILE));
	save(world, TWO);
	assert_true(scratch_holds(
		&world->scratch, WORLD_FILE ".bad-1", "damaged, too"));
	assert_true(scratch_holds(&world->scratch,
		WORLD_STATE "/learned-00000001.patch", "damaged"));
	assert_int_equal(stage_history_current(world->history), 2);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, "");
}

static void
lost_generations_are_no_reason_to_forget(void **state)
{
	struct world *world = *state;

	save(world, ONE);
	save(world, TWO);
	assert_int_equal(stage_io_remove_tree(
				 scratch_path(&world->scratch, "state"), NULL),
		STAGE_OK);
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_string_equal(world->text, TWO);
	assert_int_equal(stage_history_current(world->history), 2);
	assert_int_equal(world_undo(world), STAGE_NOT_FOUND);
	save(world, THREE);
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, TWO);
}

static void
a_save_that_was_interrupted_is_completed(void **state)
{
	struct world *world = *state;

	save(world, ONE);
	save(world, TWO);
	assert_int_equal(unlink(scratch_path(&world->scratch,
				 WORLD_STATE "/learned-00000002.patch")),
		0);
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_string_equal(world->text, TWO);
	assert_true(world_has_generation(world, 2));
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, ONE);
}

static void
a_state_directory_that_is_none_is_told(void **state)
{
	struct world *world = *state;

	assert_int_equal(stage_io_make_dirs(
				 scratch_path(&world->scratch, "state"), NULL),
		STAGE_OK);
	scratch_write(&world->scratch, WORLD_STATE, "a file");
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world_save(world, ONE, "by hand"), STAGE_OK);
	warns(world, "generation 1 is not kept: ");
	assert_int_equal(world_save(world, TWO, "by hand"), STAGE_OK);
	world_reopen(world);
	assert_string_equal(world->text, TWO);
	assert_int_equal(world_undo(world), STAGE_NOT_FOUND);
	// As soon as it can be, what is in force is kept.
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_STATE)), 0);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_string_equal(stage_history_warning(world->history), "");
	assert_true(world_has_generation(world, 2));
}

static void
a_state_directory_that_cannot_be_read_is_told(void **state)
{
	struct world *world = *state;

	assert_int_equal(stage_io_make_dirs(
				 scratch_path(&world->scratch, "state"), NULL),
		STAGE_OK);
	assert_int_equal(
		symlink("patchbay", scratch_path(&world->scratch, WORLD_STATE)),
		0);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world->found, STAGE_HISTORY_LOST);
	warns(world, "Too many levels of symbolic links");
	assert_int_equal(world_save(world, ONE, "by hand"), STAGE_OK);
	warns(world, "generation 1 is not kept: unable to read ");
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_string_equal(world->text, ONE);
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_STATE)), 0);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_string_equal(stage_history_warning(world->history), "");
	assert_true(world_has_generation(world, 1));
}

// By hand it is 8 kB long, with our escapes it would be 32.
static void
a_line_that_we_could_not_write_is_refused(void **state)
{
	struct world *world = *state;
	char text[8192] = "A -> B";
	size_t len = strlen(text);

	save(world, ONE);
	for (; len + 3 < sizeof(text); len += 2) {
		memcpy(text + len, "\xc2\x85", 2);
	}
	world_edit(world, text);
	assert_int_equal(world_load(world), STAGE_OK);
	assert_int_equal(world->found, STAGE_HISTORY_BAD);
	assert_string_equal(world->text, ONE);
	warns(world, "one of its names would fit into no line of ours");
	assert_true(scratch_holds(&world->scratch, WORLD_FILE ".bad-1", text));
}

#define DAYS 45
#define A_DAY 4 // changes
// Days whose last change is among the newest anyway.
#define RECENT_DAYS ((STAGE_HISTORY_NEWEST + A_DAY - 1) / A_DAY)

static void
make_many_changes(struct world *world)
{
	char text[64];

	for (int i = 0; i < DAYS * A_DAY; i++) {
		world->now_s =
			WORLD_TIME_S + i / A_DAY * (int64_t)86400 + i % A_DAY;
		snprintf(text, sizeof(text), "A:%d -> B\n", i + 1);
		save(world, text);
	}
}

static void
old_generations_go(void **state)
{
	struct world *world = *state;
	unsigned last = DAYS * A_DAY;
	size_t count = 0;

	make_many_changes(world);
	for (int i = 0; i < 2; i++) {
		(void)stage_history_list(world->history, &count);
		// The one that the last step of undo leads to, too.
		assert_int_equal(count, STAGE_HISTORY_NEWEST + 1 +
						STAGE_HISTORY_DAYS -
						RECENT_DAYS);
		world_reopen(world);
	}
	for (unsigned i = 1; i <= last; i++) {
		bool is_kept = i >= last - STAGE_HISTORY_STEPS ||
			       (i % A_DAY == 0 &&
				       i > last - STAGE_HISTORY_DAYS * A_DAY);
		assert_int_equal(world_has_generation(world, i), is_kept);
	}
	// Steps back are generations, too, and yet lead on.
	for (int i = 0; i < STAGE_HISTORY_NEWEST - 1; i++) {
		assert_int_equal(world_undo(world), STAGE_OK);
	}
	assert_string_equal(world->text, "A:131 -> B\n");
	for (int i = 0; i < STAGE_HISTORY_NEWEST - 1; i++) {
		assert_int_equal(world_redo(world), STAGE_OK);
	}
	assert_string_equal(world->text, "A:180 -> B\n");
}

static void
strange_names_are_left_alone(void **state)
{
	static const char *const names[] = {"learned-1.patch",
		"learned-0000000x.patch", "learned-.patch", "mode",
		"learned-00000000.patch", "learned-99999999999999999999.patch",
		"learned-00000009.patch.bak", "learned-00000007.patch"};
	struct world *world = *state;
	size_t count = 0;

	save(world, ONE);
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		char name[64];
		snprintf(name, sizeof(name), WORLD_STATE "/%s", names[i]);
		scratch_write(&world->scratch, name, "mine");
	}
	world_reopen(world);
	(void)stage_history_list(world->history, &count);
	assert_int_equal(count, 1);
	save(world, TWO);
	assert_int_equal(stage_history_current(world->history), 8);
	assert_true(scratch_holds(&world->scratch,
		WORLD_STATE "/learned-00000007.patch", "mine"));
}

static void
paths_have_a_limit(void **state)
{
	char path[STAGE_PATH_MAX + 1];
	struct stage_history *history = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(stage_history_create(path, "d", &history, &err),
		STAGE_TOO_LONG);
	assert_int_equal(stage_history_create("f", path, &history, &err),
		STAGE_TOO_LONG);
	assert_null(history);
	stage_history_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_first_start_is_empty),
		TEST(what_was_saved_is_there_again),
		TEST(nothing_is_written_when_nothing_changed),
		TEST(ten_changes_come_back_one_by_one),
		TEST(a_change_after_an_undo_ends_the_way_forward),
		TEST(the_list_tells_when_and_why),
		TEST(generations_are_compared),
		TEST(an_edit_by_hand_is_taken),
		TEST(only_comments_mean_no_connections),
		TEST(a_file_that_was_first_is_not_undone),
		TEST(an_old_file_put_back_is_taken),
		TEST(what_another_hand_changed_is_not_overwritten),
		TEST(saving_comes_after_loading),
		TEST(what_no_file_can_hold_is_refused),
		TEST(what_is_too_much_for_a_file_is_not_saved),
		TEST(no_damage_means_no_connections),
		TEST(a_file_cut_anywhere_is_known),
		TEST(bad_files_are_never_overwritten),
		TEST(a_missing_file_is_made_again),
		TEST(a_bad_generation_is_passed_over),
		TEST(the_newest_generation_is_made_good),
		TEST(where_nothing_is_good_all_of_it_stays),
		TEST(lost_generations_are_no_reason_to_forget),
		TEST(a_save_that_was_interrupted_is_completed),
		TEST(a_state_directory_that_is_none_is_told),
		TEST(a_state_directory_that_cannot_be_read_is_told),
		TEST(a_line_that_we_could_not_write_is_refused),
		TEST(old_generations_go),
		TEST(strange_names_are_left_alone),
		TEST(paths_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
