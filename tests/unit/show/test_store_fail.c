/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "deeds.h"
#include "failing_calls.h"
#include "show/generations.h"

/* Each call that a deed makes of the system fails in turn: with a full disk, a
 * read-only one, and one that is broken. */

struct scene {
	const struct deed *deed;
	struct songs songs;
	struct stage_str before;
	struct stage_str after;
};

static bool
is_same(const struct stage_str *a, const struct stage_str *b)
{
	return strcmp(stage_str_text(a), stage_str_text(b)) == 0;
}

// The sentence has the reason, and says what it was about.
static void
check_sentence(const struct scene *scene, const struct stage_err *err,
	enum stage_status status, int errnum, unsigned nth)
{
	assert_int_equal(status == STAGE_OK, err->text[0] == '\0');
	assert_int_equal(status, err->status);
	if (status != STAGE_OK && strstr(err->text, strerror(errnum)) == NULL) {
		fail_msg("%s, call %u fails with %s: %s", scene->deed->name,
			nth, strerror(errnum), err->text);
	}
}

// Nothing is lost: all is as it was, or as it was to be.
static void
check_disk(struct scene *scene, enum stage_status status, unsigned nth)
{
	struct stage_str now = deed_look(&scene->songs);

	if (!is_same(&now, &scene->after) &&
		(status == STAGE_OK || !is_same(&now, &scene->before))) {
		fail_msg("%s, call %u fails:\n%s", scene->deed->name, nth,
			stage_str_text(&now));
	}
	stage_str_finish(&now);
}

// How many calls there are when none fails.
static unsigned
count_calls(struct scene *scene)
{
	deed_prepare(scene->deed, &scene->songs);
	failing_calls_arm_any(UINT_MAX, EIO);
	assert_int_equal(scene->deed->act(&scene->songs, NULL), STAGE_OK);
	return failing_calls_disarm();
}

static void
fail_each_call(struct scene *scene, int errnum)
{
	unsigned count = count_calls(scene);
	unsigned failed = 0;

	for (unsigned nth = 1; nth <= count; nth++) {
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_status status;
		deed_prepare(scene->deed, &scene->songs);
		failing_calls_arm_any(nth, errnum);
		status = scene->deed->act(&scene->songs, &err);
		failing_calls_disarm();
		failed += status != STAGE_OK ? 1 : 0;
		check_sentence(scene, &err, status, errnum, nth);
		check_disk(scene, status, nth);
	}
	print_message("# %s: %u of %u calls matter\n", scene->deed->name,
		failed, count);
	assert_true(failed > 1);
}

static void
nothing_is_lost_whatever_fails(void **state)
{
	static const int errnums[] = {ENOSPC, EROFS, EIO};
	bool is_full = getenv("STAGE_FULL") != NULL;
	(void)state;

	for (unsigned i = 0; deeds[i].name != NULL; i++) {
		struct scene scene = {.deed = &deeds[i]};
		songs_init(&scene.songs);
		scene.before = deed_before(scene.deed, &scene.songs);
		scene.after = deed_after(scene.deed, &scene.songs);
		for (size_t e = 0; e < STAGE_COUNT_OF(errnums); e++) {
			if (is_full || e == i % STAGE_COUNT_OF(errnums)) {
				fail_each_call(&scene, errnums[e]);
			}
		}
		stage_str_finish(&scene.before);
		stage_str_finish(&scene.after);
		songs_finish(&scene.songs);
	}
}

// What a file system lacks is done without.
static void
what_is_lacking_is_done_without(void **state)
{
	static const struct {
		enum failing_call call;
		int errnum;
	} cases[] = {
		{FAILING_RENAMEAT2, EINVAL},
		{FAILING_RENAMEAT2, ENOSYS},
		{FAILING_LINKAT, EPERM},
		{FAILING_LINKAT, EMLINK},
		{FAILING_FLOCK, ENOLCK},
		{FAILING_FLOCK, ENOSYS},
	};
	(void)state;

	for (unsigned i = 0; deeds[i].name != NULL; i++) {
		struct scene scene = {.deed = &deeds[i]};
		songs_init(&scene.songs);
		scene.after = deed_after(scene.deed, &scene.songs);
		for (size_t c = 0; c < STAGE_COUNT_OF(cases); c++) {
			struct stage_str now;
			deed_prepare(scene.deed, &scene.songs);
			failing_calls_arm(
				cases[c].call, 1, 1000, cases[c].errnum);
			assert_int_equal(
				scene.deed->act(&scene.songs, NULL), STAGE_OK);
			failing_calls_disarm();
			now = deed_look(&scene.songs);
			assert_string_equal(stage_str_text(&now),
				stage_str_text(&scene.after));
			stage_str_finish(&now);
		}
		stage_str_finish(&scene.after);
		songs_finish(&scene.songs);
	}
}

static const struct deed *
find_deed(const char *name)
{
	const struct deed *deed = deeds;

	while (strcmp(deed->name, name) != 0) {
		deed++;
	}
	return deed;
}

// How often the disk is waited for: each time it can say that it is broken.
static unsigned
count_syncs(const char *name)
{
	struct scene scene = {.deed = find_deed(name)};
	unsigned nth = 0;
	enum stage_status status = STAGE_IO;

	songs_init(&scene.songs);
	while (status != STAGE_OK) {
		deed_prepare(scene.deed, &scene.songs);
		failing_calls_arm(FAILING_FSYNC, ++nth, 1, EIO);
		status = scene.deed->act(&scene.songs, NULL);
		failing_calls_disarm();
	}
	songs_finish(&scene.songs);
	return nth - 1;
}

// Before anything gets its name, it and all that is in it are on the disk; and
// so is the name, before anybody is told.
static void
all_is_on_the_disk(void **state)
{
	(void)state;

	// four files, the directory of one, the song's; info and its
	// directory, the generation's, the shelf
	assert_int_equal(count_syncs("keep a generation"), 10);
	// the same without info; session.nsm, song.conf and song.patch
	// again, and their directory; the song's, the one above
	assert_int_equal(count_syncs("duplicate a song"), 14);
	// the new directory, the one above
	assert_int_equal(count_syncs("make a song"), 2);
	// the trash, the directory above
	assert_int_equal(count_syncs("remove a song"), 2);
}

// What cannot be shared is copied, and is no change for that.
static void
a_disk_without_links_keeps_no_copies_of_the_same(void **state)
{
	struct songs songs;
	uint64_t first = 0;
	uint64_t second = 0;
	(void)state;

	songs_init(&songs);
	songs_make_opener(&songs, "a");
	assert_int_equal(stage_show_generations_keep(
				 &songs.store, "a", "x", 5, &first, NULL),
		STAGE_OK);
	failing_calls_arm(FAILING_LINKAT, 1, 1000, EPERM);
	assert_int_equal(stage_show_generations_keep(
				 &songs.store, "a", "x", 5, &second, NULL),
		STAGE_OK);
	assert_int_equal(second, first);
	songs_write(&songs, "songs/a/more", "more");
	assert_int_equal(stage_show_generations_keep(
				 &songs.store, "a", "x", 5, &second, NULL),
		STAGE_OK);
	failing_calls_disarm();
	assert_int_equal(second, first + 1);
	assert_true(scratch_holds(&songs.scratch,
		"state/show/generations/a/2/files/Zyn.nAAAA.xmz", "zyn"));
	songs_finish(&songs);
}

// Where names cannot be swapped a song is away for a moment; it comes back when
// the other one cannot take its place.
static void
a_song_that_stood_aside_comes_back(void **state)
{
	struct scene scene = {.deed = find_deed("go back")};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str now;
	(void)state;

	songs_init(&scene.songs);
	deed_prepare(scene.deed, &scene.songs);
	scene.before = songs_dump(&scene.songs, "songs");
	failing_calls_arm(FAILING_RENAMEAT2, 1, 1000, EINVAL);
	// It goes aside; then the other one cannot take its place.
	failing_calls_arm(FAILING_RENAMEAT, 2, 1, EIO);
	assert_int_equal(scene.deed->act(&scene.songs, &err), STAGE_IO);
	failing_calls_disarm();
	now = songs_dump(&scene.songs, "songs");
	assert_string_equal(
		stage_str_text(&now), stage_str_text(&scene.before));
	stage_str_finish(&now);
	stage_str_finish(&scene.before);
	songs_finish(&scene.songs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_whatever_fails),
		cmocka_unit_test(what_is_lacking_is_done_without),
		cmocka_unit_test(all_is_on_the_disk),
		cmocka_unit_test(
			a_disk_without_links_keeps_no_copies_of_the_same),
		cmocka_unit_test(a_song_that_stood_aside_comes_back),
	};

	deeds_use_memory();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
