/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "show/store.h"
#include "songs.h"

static int
setup(void **state)
{
	static struct songs songs;

	songs_init(&songs);
	*state = &songs;
	return 0;
}

static int
teardown(void **state)
{
	songs_finish(*state);
	return 0;
}

static void
duplicate(struct songs *songs, const char *name, const char *fresh)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_show_store_duplicate(&songs->store, name, fresh, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

// The ids of a song's clients, in order.
static void
read_ids(struct songs *songs, const char *name, char ids[3][STAGE_SHOW_ID_MAX])
{
	struct stage_show_session session;
	size_t count = 0;

	assert_int_equal(stage_show_store_load(
				 &songs->store, name, &session, NULL, NULL),
		STAGE_OK);
	assert_int_equal(session.clients, 3);
	for (size_t i = 0; i < session.count; i++) {
		if (session.lines[i].id != NULL) {
			strcpy(ids[count++], session.lines[i].id);
		}
	}
	stage_show_session_finish(&session);
}

static void
all_of_a_copy_has_new_ids(void **state)
{
	struct songs *songs = *state;
	struct stage_str before;
	char ids[3][STAGE_SHOW_ID_MAX];
	char expected[2000];

	songs_make_opener(songs, "Opener");
	before = songs_dump(songs, "songs/Opener");
	duplicate(songs, "Opener", "new/Copy");
	read_ids(songs, "new/Copy", ids);
	snprintf(expected, sizeof(expected),
		"Hydrogen.%s/\n"
		"Hydrogen.%s/Hydrogen.%s.h2song: hydrogen\n"
		"Hydrogen.%s/empty: \n"
		"JACKPatch.%s.jackpatch: Zyn.%s:out |> system:playback_1|\n"
		"Zyn.%s.xmz: zyn\n"
		"notes.txt: capo nAAAA\n"
		"samples -> /usr/share/sounds\n"
		"session.nsm: Zyn:zyn:%s|Hydrogen:hydrogen:%s|"
		"JACKPatch:jackpatch:%s|# mine|\n"
		"song.conf: tempo 120|client %s alone yes|\n"
		"song.patch: Zyn.%s:out_* -> Hydrogen.%s:in|\n",
		ids[1], ids[1], ids[1], ids[1], ids[2], ids[0], ids[0], ids[0],
		ids[1], ids[2], ids[0], ids[0], ids[1]);
	songs_check(songs, "songs/new/Copy", expected);
	songs_check(songs, "songs/Opener", stage_str_text(&before));
	stage_str_finish(&before);
}

static void
a_copy_keeps_modes_and_times(void **state)
{
	struct songs *songs = *state;
	struct stat st;

	songs_write(songs, "songs/a/session.nsm", "");
	songs_write(songs, "songs/a/dir/run", "#!/bin/sh\n");
	songs_set_time(songs, "songs/a/dir/run", 1234567);
	assert_int_equal(
		chmod(scratch_path(&songs->scratch, "songs/a/dir/run"), 0750),
		0);
	assert_int_equal(
		chmod(scratch_path(&songs->scratch, "songs/a/dir"), 0510), 0);
	duplicate(songs, "a", "b");
	assert_int_equal(
		stat(scratch_path(&songs->scratch, "songs/b/dir/run"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(st.st_mtim.tv_sec, 1234567);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(
		stat(scratch_path(&songs->scratch, "songs/b/dir"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0710); // and can be written into
	assert_int_equal(
		chmod(scratch_path(&songs->scratch, "songs/a/dir"), 0700), 0);
}

static void
no_id_of_any_song_is_taken(void **state)
{
	struct songs *songs = *state;
	struct stage_map *ids = stage_map_create(NULL);
	char name[32] = "copy0";

	songs_make_opener(songs, name);
	for (int i = 1; i < 8; i++) {
		char fresh[32];
		snprintf(fresh, sizeof(fresh), "%scopy%d",
			i % 2 == 0 ? "folder/" : "", i);
		duplicate(songs, name, fresh);
		strcpy(name, fresh);
	}
	songs_write(songs, "songs/broken/session.nsm/x", "");
	assert_int_equal(
		stage_show_store_ids(&songs->store, ids, NULL), STAGE_OK);
	assert_int_equal(stage_map_count(ids), 8 * 3);
	stage_map_destroy(ids);
}

static void
what_is_no_content_is_left_out(void **state)
{
	struct songs *songs = *state;

	songs_write(songs, "songs/a/session.nsm", "");
	assert_int_equal(
		mkfifo(scratch_path(&songs->scratch, "songs/a/pipe"), 0600), 0);
	songs_link(songs, "songs/a/out", "../../..");
	duplicate(songs, "a", "b");
	songs_check(songs, "songs/b", "out -> ../../..\nsession.nsm: \n");
}

static void
a_large_file_is_copied_whole(void **state)
{
	struct songs *songs = *state;
	struct stage_str text = {0};

	while (text.len < 300000) {
		assert_int_equal(
			stage_str_addf(&text, "%zu,", text.len), STAGE_OK);
	}
	songs_write(songs, "songs/a/session.nsm", "");
	songs_write(songs, "songs/a/take.wav", stage_str_text(&text));
	duplicate(songs, "a", "b");
	assert_true(scratch_holds(
		&songs->scratch, "songs/b/take.wav", stage_str_text(&text)));
	stage_str_finish(&text);
}

static void
directories_have_an_end(void **state)
{
	struct songs *songs = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char path[300] = "songs/a/session.nsm";

	songs_write(songs, path, "");
	strcpy(path, "songs/a");
	for (int i = 0; i < 40; i++) {
		strcat(path, "/d");
	}
	strcat(path, "/f");
	songs_write(songs, path, "");
	assert_int_equal(stage_show_store_duplicate(
				 &songs->store, "a", "folder/b", &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "nested too deeply in a"));
	assert_false(scratch_has(&songs->scratch, "songs/folder"));
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_of_a_copy_has_new_ids),
		TEST(a_copy_keeps_modes_and_times),
		TEST(no_id_of_any_song_is_taken),
		TEST(what_is_no_content_is_left_out),
		TEST(a_large_file_is_copied_whole),
		TEST(directories_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
