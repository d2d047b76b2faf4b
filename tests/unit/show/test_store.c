/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // flock

#include "show/store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

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
check_list(struct songs *songs, const char *names, const char *odd)
{
	struct stage_strv list = {0};
	struct stage_strv oddities = {0};
	struct stage_str text = {0};

	assert_int_equal(
		stage_show_store_list(&songs->store, &list, &oddities, NULL),
		STAGE_OK);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(
			stage_str_addf(&text, "%s\n", list.items[i]), STAGE_OK);
	}
	assert_string_equal(stage_str_text(&text), names);
	stage_str_clear(&text);
	for (size_t i = 0; i < oddities.count; i++) {
		assert_true(stage_starts_with(
			oddities.items[i], songs->store.songs));
		assert_int_equal(
			stage_str_addf(&text, "%s\n",
				oddities.items[i] + strlen(songs->store.songs) +
					1),
			STAGE_OK);
	}
	assert_string_equal(stage_str_text(&text), odd);
	stage_str_finish(&text);
	stage_strv_finish(&list);
	stage_strv_finish(&oddities);
}

static void
songs_are_listed(void **state)
{
	struct songs *songs = *state;

	check_list(songs, "", "");
	songs_write(songs, "songs/b/session.nsm", "");
	songs_write(songs, "songs/a/x y/session.nsm", "");
	songs_write(songs, "songs/a/z/w/v/session.nsm", "");
	songs_write(songs, "songs/a/z/w/v2/u/session.nsm", "");
	songs_write(songs, "songs/b/inner/session.nsm", "");
	songs_write(songs, "songs/.hidden/session.nsm", "");
	songs_write(songs, "songs/empty/notes", "");
	songs_write(songs, "songs/file", "");
	songs_write(songs, "songs/c/session.nsm/what", "");
	check_list(songs, "a/x y\na/z/w/v\nb\nc\n", "");
}

static void
what_cannot_be_a_song_is_odd(void **state)
{
	struct songs *songs = *state;

	songs_write(songs, "songs/a:b/session.nsm", "");
	songs_write(songs, "songs/x/-y/session.nsm", "");
	songs_write(songs, "songs/x/-z/notes", "");
	songs_write(songs, "elsewhere/session.nsm", "");
	songs_link(songs, "songs/linked", "../elsewhere");
	songs_link(songs, "songs/loop", ".");
	check_list(songs, "",
		"a:b: \"a:b\" cannot be the name of a song: it holds a "
		"colon\n"
		"linked: this is a link, which is not followed\n"
		"loop: this is a link, which is not followed\n"
		"x/-y: \"x/-y\" cannot be the name of a song: a part of it "
		"begins with a dot or a dash\n");
}

static void
songs_may_be_a_link_itself(void **state)
{
	struct songs *songs = *state;

	songs_write(songs, "elsewhere/a/session.nsm", "");
	songs_link(songs, "songs", "elsewhere");
	check_list(songs, "a\n", "");
	assert_int_equal(
		stage_show_store_make(&songs->store, "b", NULL), STAGE_OK);
	check_list(songs, "a\nb\n", "");
	songs_check(songs, "elsewhere",
		"a/\na/session.nsm: \nb/\nb/session.nsm: \n");
}

static void
check_no_way(struct songs *songs, const char *name, enum stage_status status,
	const char *sentence)
{
	char path[STAGE_PATH_MAX];
	struct stage_show_session session;
	struct stage_show_song_conf conf;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_show_store_path(&songs->store, name, path, &err), status);
	if (strstr(err.text, sentence) == NULL) {
		fail_msg("%s: %s", name, err.text);
	}
	assert_int_equal(stage_show_store_load(
				 &songs->store, name, &session, &conf, NULL),
		status);
	assert_int_equal(session.count, 0);
	assert_int_equal(conf.complaint_count, 0);
	assert_int_equal(
		stage_show_store_save(&songs->store, name, &session, NULL),
		status);
	assert_int_equal(
		stage_show_store_duplicate(&songs->store, name, "copy", NULL),
		status);
	assert_int_equal(
		stage_show_store_rename(&songs->store, name, "new", NULL),
		status);
	assert_int_equal(
		stage_show_store_remove(&songs->store, name, NULL, NULL),
		status);
}

static void
nothing_leads_out_of_songs(void **state)
{
	static const struct {
		const char *name;
		enum stage_status status;
		const char *sentence;
	} cases[] = {
		{"../elsewhere", STAGE_BAD_INPUT, "begins with a dot"},
		{"/etc", STAGE_BAD_INPUT, "a part of it is empty"},
		{"a/../../elsewhere", STAGE_BAD_INPUT, "begins with a dot"},
		{"linked", STAGE_DENIED, "is a link, which is not followed"},
		{"linked/a", STAGE_DENIED, "is a link, which is not followed"},
		{"a/linked", STAGE_DENIED, "is a link, which is not followed"},
		{"none", STAGE_NOT_FOUND, "there is no song \"none\""},
		{"a/none", STAGE_NOT_FOUND, "there is no song \"a/none\""},
		{"file/x", STAGE_NOT_FOUND, "there is no song \"file/x\""},
	};
	struct songs *songs = *state;
	struct stage_str before;

	songs_write(songs, "elsewhere/session.nsm", "a:b:nA\n");
	songs_write(songs, "elsewhere/a/session.nsm", "a:b:nA\n");
	songs_write(songs, "songs/a/notes", "");
	songs_write(songs, "songs/file", "");
	songs_link(songs, "songs/linked", "../elsewhere");
	songs_link(songs, "songs/a/linked", "../../elsewhere");
	before = songs_dump(songs, "");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		check_no_way(songs, cases[i].name, cases[i].status,
			cases[i].sentence);
	}
	songs_check(songs, "", stage_str_text(&before));
	stage_str_finish(&before);
}

static void
a_song_is_loaded(void **state)
{
	struct songs *songs = *state;
	struct stage_show_session session;
	struct stage_show_song_conf conf;
	char path[STAGE_PATH_MAX];

	songs_make_opener(songs, "Set 1/Opener");
	assert_int_equal(stage_show_store_load(&songs->store, "Set 1/Opener",
				 &session, &conf, NULL),
		STAGE_OK);
	assert_int_equal(session.clients, 3);
	assert_int_equal(session.bad, 1);
	assert_true(conf.tempo_bpm == 120);
	assert_int_equal(conf.complaint_count, 0);
	stage_show_song_conf_finish(&conf);
	stage_show_session_finish(&session);
	assert_int_equal(stage_show_store_path(
				 &songs->store, "Set 1/Opener", path, NULL),
		STAGE_OK);
	assert_string_equal(
		path, scratch_path(&songs->scratch, "songs/Set 1/Opener"));
}

static void
a_song_without_song_conf_is_loaded(void **state)
{
	struct songs *songs = *state;
	struct stage_show_session session;
	struct stage_show_song_conf conf;

	songs_write(songs, "songs/a/session.nsm", "a:b:nA\n");
	assert_int_equal(stage_show_store_load(
				 &songs->store, "a", &session, &conf, NULL),
		STAGE_OK);
	assert_int_equal(conf.complaint_count, 0);
	assert_int_equal(conf.tail_ns, STAGE_SHOW_UNSAID);
	stage_show_song_conf_finish(&conf);
	stage_show_session_finish(&session);
}

// A song.conf that is none is told about and costs nothing else.
static void
check_odd_conf(struct songs *songs, const char *sentence)
{
	struct stage_show_session session;
	struct stage_show_song_conf conf;

	assert_int_equal(stage_show_store_load(
				 &songs->store, "a", &session, &conf, NULL),
		STAGE_OK);
	assert_int_equal(session.clients, 1);
	assert_int_equal(conf.complaint_count, 1);
	if (strstr(conf.complaints.items[0], sentence) == NULL) {
		fail_msg("%s", conf.complaints.items[0]);
	}
	stage_show_song_conf_finish(&conf);
	stage_show_session_finish(&session);
}

static void
a_song_conf_that_is_none_costs_no_song(void **state)
{
	struct songs *songs = *state;

	songs_write(songs, "songs/a/session.nsm", "a:b:nA\n");
	songs_write(songs, "songs/a/song.conf", "titel x\n");
	check_odd_conf(songs, "songs/a/song.conf:1:1: unknown key \"titel\"");
	unlink(scratch_path(&songs->scratch, "songs/a/song.conf"));
	songs_link(songs, "songs/a/song.conf", "/etc/passwd");
	check_odd_conf(songs, "song.conf is a link, and should be a file");
	unlink(scratch_path(&songs->scratch, "songs/a/song.conf"));
	songs_write(songs, "songs/a/song.conf/x", "");
	check_odd_conf(songs, "song.conf is a directory, and should be");
}

static void
a_session_that_is_none_is_refused(void **state)
{
	struct songs *songs = *state;
	struct stage_show_session session = {0};
	struct stage_err err = STAGE_ERR_INIT;

	songs_write(songs, "songs/a/session.nsm/x", "");
	songs_write(songs, "elsewhere", "a:b:nA\n");
	songs_link(songs, "songs/b/session.nsm", "../../elsewhere");
	songs_write(songs, "songs/c/session.nsm", "");
	unlink(scratch_path(&songs->scratch, "songs/c/session.nsm"));
	assert_int_equal(
		mkfifo(scratch_path(&songs->scratch, "songs/c/session.nsm"),
			0600),
		0);
	assert_int_equal(
		stage_show_store_load(&songs->store, "a", &session, NULL, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "is a directory, and should be"));
	assert_int_equal(
		stage_show_store_load(&songs->store, "b", &session, NULL, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "is a link, and should be a file"));
	assert_int_equal(
		stage_show_store_save(&songs->store, "b", &session, &err),
		STAGE_BAD_INPUT);
	assert_int_equal(
		stage_show_store_load(&songs->store, "c", &session, NULL, &err),
		STAGE_BAD_INPUT);
	assert_true(scratch_holds(&songs->scratch, "elsewhere", "a:b:nA\n"));
}

static ino_t
inode_of(struct songs *songs, const char *name)
{
	struct stat st;

	assert_int_equal(lstat(scratch_path(&songs->scratch, name), &st), 0);
	return st.st_ino;
}

static void
a_load_and_a_save_change_no_byte(void **state)
{
	static const char file[] = "songs/a/session.nsm";
	static const char text[] = "a:b:nA\r\n\r\njunk\nc:d:nB";
	struct songs *songs = *state;
	struct stage_show_session session;
	ino_t before;

	songs_write(songs, file, text);
	before = inode_of(songs, file);
	assert_int_equal(
		stage_show_store_load(&songs->store, "a", &session, NULL, NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_store_save(&songs->store, "a", &session, NULL),
		STAGE_OK);
	assert_true(scratch_holds(&songs->scratch, file, text));
	assert_int_equal(inode_of(songs, file), before); // nothing was written
	assert_int_equal(stage_show_session_add(&session, "e", "f", "nC", NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_store_save(&songs->store, "a", &session, NULL),
		STAGE_OK);
	assert_true(scratch_holds(&songs->scratch, file,
		"a:b:nA\r\n\r\njunk\nc:d:nB\r\ne:f:nC\r\n"));
	stage_show_session_finish(&session);
}

// A session.nsm that nobody may write is left alone, also by root; a copy of it
// is a song as any other.
static void
a_template_is_not_saved(void **state)
{
	static const char file[] = "songs/a/session.nsm";
	struct songs *songs = *state;
	struct stage_show_session session;
	struct stage_err err = STAGE_ERR_INIT;

	songs_write(songs, file, "a:b:nA\n");
	assert_int_equal(chmod(scratch_path(&songs->scratch, file), 0440), 0);
	assert_int_equal(
		stage_show_store_load(&songs->store, "a", &session, NULL, NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_store_save(&songs->store, "a", &session, &err),
		STAGE_OK);
	assert_int_equal(
		stage_show_session_remove(&session, "nA", NULL), STAGE_OK);
	assert_int_equal(
		stage_show_store_save(&songs->store, "a", &session, &err),
		STAGE_DENIED);
	assert_non_null(strstr(err.text, "it is read-only, as a template is"));
	assert_true(scratch_holds(&songs->scratch, file, "a:b:nA\n"));
	assert_int_equal(
		stage_show_store_duplicate(&songs->store, "a", "b", NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_store_save(&songs->store, "b", &session, &err),
		STAGE_OK);
	stage_show_session_finish(&session);
	songs_check(songs, "songs/b", "session.nsm: \n");
}

static void
a_song_is_made(void **state)
{
	struct songs *songs = *state;
	struct stat st;
	mode_t before = umask(0);

	assert_int_equal(
		stage_show_store_make(&songs->store, "Set 1/a/b/c", NULL),
		STAGE_OK);
	umask(before);
	songs_check(songs, "songs",
		"Set 1/\nSet 1/a/\nSet 1/a/b/\nSet 1/a/b/c/\n"
		"Set 1/a/b/c/session.nsm: \n");
	assert_int_equal(
		stat(scratch_path(&songs->scratch, "songs/Set 1/a/b/c"), &st),
		0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(
		stat(scratch_path(&songs->scratch, "songs/Set 1"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	check_list(songs, "Set 1/a/b/c\n", "");
}

static void
no_song_is_made_where_something_is(void **state)
{
	static const struct {
		const char *name;
		enum stage_status status;
		const char *sentence;
	} cases[] = {
		{"a", STAGE_EXISTS, "there is a song \"a\" already"},
		{"a/b", STAGE_BAD_INPUT,
			"\"a/b\" would be inside of the song "
			"\"a\""},
		{"a/b/c", STAGE_BAD_INPUT, "inside of the song \"a\""},
		{"folder", STAGE_EXISTS,
			"there is something that is called \"folder\" already"},
		{"file", STAGE_EXISTS, "called \"file\" already"},
		{"dangling", STAGE_EXISTS, "called \"dangling\" already"},
		{"linked/x", STAGE_DENIED, "is a link, which is not followed"},
		{"../x", STAGE_BAD_INPUT, "begins with a dot"},
		{"$(id)/..", STAGE_BAD_INPUT, "begins with a dot"},
	};
	struct songs *songs = *state;
	struct stage_str before;

	songs_write(songs, "songs/a/session.nsm", "");
	songs_write(songs, "songs/folder/b/session.nsm", "");
	songs_write(songs, "songs/file", "");
	songs_write(songs, "elsewhere/notes", "");
	songs_link(songs, "songs/dangling", "nowhere");
	songs_link(songs, "songs/linked", "../elsewhere");
	songs_write(songs, "songs/x/session.nsm", "x:y:nA\n");
	before = songs_dump(songs, "songs");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_show_store_make(
					 &songs->store, cases[i].name, &err),
			cases[i].status);
		if (strstr(err.text, cases[i].sentence) == NULL) {
			fail_msg("%s: %s", cases[i].name, err.text);
		}
		assert_int_equal(stage_show_store_rename(&songs->store, "x",
					 cases[i].name, NULL),
			cases[i].status);
		assert_int_equal(stage_show_store_duplicate(&songs->store, "x",
					 cases[i].name, NULL),
			cases[i].status);
	}
	songs_check(songs, "songs", stage_str_text(&before));
	songs_check(songs, "elsewhere", "notes: \n");
	stage_str_finish(&before);
}

static void
names_with_a_meaning_to_a_shell_have_none(void **state)
{
	static const char *const names[] = {"x$(touch PWNED)", "a;b", "a b",
		"'", "\"", "*", "`id`", "a\\b", "caf\xc3\xa9", "cafe\xcc\x81",
		"\xf0\x9f\x8e\xb9", "A", "a"};
	struct songs *songs = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		char copy[64];
		assert_int_equal(
			stage_show_store_make(&songs->store, names[i], NULL),
			STAGE_OK);
		snprintf(copy, sizeof(copy), "copies/%s", names[i]);
		assert_int_equal(stage_show_store_duplicate(
					 &songs->store, names[i], copy, NULL),
			STAGE_OK);
	}
	check_list(songs,
		"\"\n'\n*\nA\n`id`\na\na b\na;b\na\\b\ncafe\xcc\x81\n"
		"caf\xc3\xa9\ncopies/\"\ncopies/'\ncopies/*\ncopies/A\n"
		"copies/`id`\ncopies/a\ncopies/a b\ncopies/a;b\ncopies/a\\b\n"
		"copies/cafe\xcc\x81\ncopies/caf\xc3\xa9\n"
		"copies/x$(touch PWNED)\ncopies/\xf0\x9f\x8e\xb9\n"
		"x$(touch PWNED)\n\xf0\x9f\x8e\xb9\n",
		"");
}

static void
a_song_that_is_removed_is_in_the_trash(void **state)
{
	struct songs *songs = *state;
	struct stage_str before;
	char where[STAGE_PATH_MAX];

	songs_make_opener(songs, "Set 1/x/Opener");
	songs_write(songs, "songs/Set 1/notes", "");
	songs_write(songs, "state/show/generations/Set 1:x:Opener/1/info", "i");
	before = songs_dump(songs, "songs/Set 1/x/Opener");
	assert_int_equal(stage_show_store_remove(
				 &songs->store, "Set 1/x/Opener", where, NULL),
		STAGE_OK);
	songs_check(songs, "songs", "Set 1/\nSet 1/notes: \n");
	assert_string_equal(
		where, scratch_path(&songs->scratch,
			       "state/show/trash/Set 1:x:Opener.1/song"));
	songs_check(songs, "state/show/trash/Set 1:x:Opener.1/song",
		stage_str_text(&before));
	songs_check(songs, "state/show/trash/Set 1:x:Opener.1/generations",
		"1/\n1/info: i\n");
	songs_check(songs, "state/show/generations", "");
	stage_str_finish(&before);
	// And once more, beside the first one.
	songs_make_opener(songs, "Set 1/x/Opener");
	assert_int_equal(stage_show_store_remove(
				 &songs->store, "Set 1/x/Opener", where, NULL),
		STAGE_OK);
	assert_true(stage_ends_with(where, "Set 1:x:Opener.2/song"));
}

static void
a_new_song_has_no_generations_of_an_old_one(void **state)
{
	struct songs *songs = *state;

	songs_write(songs, "state/show/generations/a/1/info", "i");
	assert_int_equal(
		stage_show_store_make(&songs->store, "a", NULL), STAGE_OK);
	songs_check(songs, "state/show",
		"generations/\ntrash/\ntrash/a.1/\ntrash/a.1/generations/\n"
		"trash/a.1/generations/1/\ntrash/a.1/generations/1/info: "
		"i\n");
}

static void
a_song_is_renamed(void **state)
{
	struct songs *songs = *state;
	struct stage_str before;

	songs_make_opener(songs, "old/Opener");
	songs_write(songs, "state/show/generations/old:Opener/1/info", "i");
	songs_write(songs, "setlists/friday.setlist",
		"# old/Opener\nold/Opener\nx\n- old/Opener\n");
	songs_write(songs, "setlists/empty.setlist", "x\n");
	before = songs_dump(songs, "songs/old/Opener");
	assert_int_equal(stage_show_store_rename(&songs->store, "old/Opener",
				 "new one/#1", NULL),
		STAGE_OK);
	songs_check(songs, "songs/new one/#1", stage_str_text(&before));
	check_list(songs, "new one/#1\n", "");
	assert_false(scratch_has(&songs->scratch, "songs/old"));
	songs_check(songs, "state/show",
		"generations/\ngenerations/new one:#1/\n"
		"generations/new one:#1/1/\n"
		"generations/new one:#1/1/info: i\n");
	songs_check(songs, "setlists",
		"empty.setlist: x|\n"
		"friday.setlist: # old/Opener|new one/#1|x|- new one/#1|\n");
	stage_str_finish(&before);
}

static void
a_song_is_not_renamed_into_itself(void **state)
{
	struct songs *songs = *state;
	struct stage_err err = STAGE_ERR_INIT;

	songs_write(songs, "songs/a/session.nsm", "");
	assert_int_equal(
		stage_show_store_rename(&songs->store, "a", "a/b", &err),
		STAGE_BAD_INPUT);
	assert_string_equal(
		err.text, "\"a/b\" would be inside of the song \"a\"");
	assert_int_equal(stage_show_store_rename(&songs->store, "a", "a", &err),
		STAGE_EXISTS);
	songs_check(songs, "songs", "a/\na/session.nsm: \n");
}

// A rename that was interrupted after the directory had its new name.
static void
a_rename_is_finished(void **state)
{
	static const char journal[] = "from \"a b\"\nto c\n";
	struct songs *songs = *state;

	songs_write(songs, "songs/c/session.nsm", "");
	songs_write(songs, "state/show/renaming", journal);
	songs_write(songs, "state/show/generations/a b/1/info", "i");
	songs_write(songs, "setlists/x.setlist", "a b\n");
	assert_int_equal(
		stage_show_store_init(&songs->store, songs->scratch.dir, NULL),
		STAGE_OK);
	songs_check(songs, "state/show",
		"generations/\ngenerations/c/\ngenerations/c/1/\n"
		"generations/c/1/info: i\n");
	songs_check(songs, "setlists", "x.setlist: c|\n");
	// And one that was interrupted before.
	songs_write(songs, "songs/a b/session.nsm", "");
	songs_write(songs, "state/show/renaming", journal);
	songs_write(songs, "setlists/y.setlist", "a b\n");
	assert_int_equal(
		stage_show_store_init(&songs->store, songs->scratch.dir, NULL),
		STAGE_OK);
	songs_check(songs, "songs",
		"a b/\na b/session.nsm: \nc/\nc/session.nsm: \n");
	assert_false(scratch_has(&songs->scratch, "state/show/renaming"));
	songs_check(songs, "setlists", "x.setlist: c|\ny.setlist: a b|\n");
	// And one that is not ours.
	songs_write(songs, "state/show/renaming", "from ../x\nto c\n");
	assert_int_equal(
		stage_show_store_init(&songs->store, songs->scratch.dir, NULL),
		STAGE_OK);
	assert_int_equal(
		scratch_has(&songs->scratch, "state/show/renaming"), false);
}

static void
what_a_crash_left_is_cleared(void **state)
{
	struct songs *songs = *state;

	songs_write(songs, "songs/s/a/session.nsm", "new");
	songs_write(songs, "songs/s/.a.stage-old/session.nsm", "old");
	songs_write(songs, "songs/s/.b.stage-old/session.nsm", "old");
	songs_write(songs, "songs/s/.b.stage-new/session.nsm", "new");
	songs_write(songs, "songs/.c.stage-new/session.nsm", "new");
	songs_write(songs, "songs/s/a/.x.stage-new/mine", "mine");
	songs_write(songs, "songs/.stage-new/mine", "mine");
	songs_write(songs, "songs/.mine/mine", "mine");
	assert_int_equal(
		stage_show_store_init(&songs->store, songs->scratch.dir, NULL),
		STAGE_OK);
	songs_check(songs, "songs",
		".mine/\n.mine/mine: mine\n"
		".stage-new/\n.stage-new/mine: mine\n"
		"s/\ns/a/\ns/a/.x.stage-new/\n"
		"s/a/.x.stage-new/mine: mine\ns/a/session.nsm: new\n"
		"s/b/\ns/b/session.nsm: old\n");
}

static void
one_changes_at_a_time(void **state)
{
	struct songs *songs = *state;
	struct stage_err err = STAGE_ERR_INIT;
	int lock;

	songs_write(songs, "songs/a/session.nsm", "");
	songs_write(songs, "songs/.b.stage-new/session.nsm", "");
	lock = open(
		scratch_path(&songs->scratch, "songs"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	assert_int_equal(
		stage_show_store_make(&songs->store, "b", &err), STAGE_BUSY);
	assert_non_null(strstr(err.text, "another program is changing"));
	assert_int_equal(
		stage_show_store_duplicate(&songs->store, "a", "b", &err),
		STAGE_BUSY);
	assert_int_equal(stage_show_store_rename(&songs->store, "a", "b", &err),
		STAGE_BUSY);
	assert_int_equal(
		stage_show_store_remove(&songs->store, "a", NULL, &err),
		STAGE_BUSY);
	// Nor does it clear what the other one is making.
	assert_int_equal(
		stage_show_store_init(&songs->store, songs->scratch.dir, NULL),
		STAGE_OK);
	assert_true(scratch_has(&songs->scratch, "songs/.b.stage-new"));
	close(lock);
	assert_int_equal(
		stage_show_store_make(&songs->store, "b", &err), STAGE_OK);
	assert_false(scratch_has(&songs->scratch, "songs/.b.stage-new"));
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(songs_are_listed),
		TEST(what_cannot_be_a_song_is_odd),
		TEST(songs_may_be_a_link_itself),
		TEST(nothing_leads_out_of_songs),
		TEST(a_song_is_loaded),
		TEST(a_song_without_song_conf_is_loaded),
		TEST(a_song_conf_that_is_none_costs_no_song),
		TEST(a_session_that_is_none_is_refused),
		TEST(a_load_and_a_save_change_no_byte),
		TEST(a_template_is_not_saved),
		TEST(a_song_is_made),
		TEST(no_song_is_made_where_something_is),
		TEST(names_with_a_meaning_to_a_shell_have_none),
		TEST(a_song_that_is_removed_is_in_the_trash),
		TEST(a_new_song_has_no_generations_of_an_old_one),
		TEST(a_song_is_renamed),
		TEST(a_song_is_not_renamed_into_itself),
		TEST(a_rename_is_finished),
		TEST(what_a_crash_left_is_cleared),
		TEST(one_changes_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
