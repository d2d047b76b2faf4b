/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "deeds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "show/generations.h"
#include "show/sets.h"

#define KEEP 5

static void
prepare_song(struct songs *songs)
{
	songs_write(songs, "songs/x/a/session.nsm", "Zyn:zyn:nAAAA\n");
	songs_write(songs, "songs/x/a/song.conf", "client nAAAA alone yes\n");
	songs_write(songs, "songs/x/a/song.patch", "Zyn.nAAAA:l -> b:c\n");
	songs_write(songs, "songs/x/a/Zyn.nAAAA/f", "one");
	songs_link(songs, "songs/x/a/samples", "/usr/share/sounds");
	songs_write(songs, "setlists/s.setlist", "x/a\nx/a\n");
	songs_write(songs, "setlists/t.setlist", "x/a\n");
}

static void
keep(struct songs *songs)
{
	assert_int_equal(stage_show_generations_keep(&songs->store, "x/a",
				 "test", KEEP, NULL, NULL),
		STAGE_OK);
}

// A song with a generation, and changed since.
static void
prepare_changed(struct songs *songs)
{
	prepare_song(songs);
	keep(songs);
	songs_write(songs, "songs/x/a/Zyn.nAAAA/f", "another");
	songs_write(songs, "songs/x/a/more", "more");
}

// What is there now is a generation already, so that it is not one more.
static void
prepare_kept(struct songs *songs)
{
	prepare_changed(songs);
	keep(songs);
}

static enum stage_status
make(struct songs *songs, struct stage_err *err)
{
	return stage_show_store_make(&songs->store, "x/new/b", err);
}

static enum stage_status
duplicate(struct songs *songs, struct stage_err *err)
{
	return stage_show_store_duplicate(
		&songs->store, "x/a", "new/copy", err);
}

static enum stage_status
rename_song(struct songs *songs, struct stage_err *err)
{
	return stage_show_store_rename(&songs->store, "x/a", "y/b", err);
}

static enum stage_status
remove_song(struct songs *songs, struct stage_err *err)
{
	return stage_show_store_remove(&songs->store, "x/a", NULL, err);
}

static enum stage_status
save(struct songs *songs, struct stage_err *err)
{
	struct stage_show_session session;
	enum stage_status status = stage_show_store_load(
		&songs->store, "x/a", &session, NULL, err);

	if (status == STAGE_OK) {
		status = stage_show_session_set_name(
			&session, "nAAAA", "Other", err);
	}
	if (status == STAGE_OK) {
		status = stage_show_store_save(
			&songs->store, "x/a", &session, err);
	}
	stage_show_session_finish(&session);
	return status;
}

static enum stage_status
keep_changed(struct songs *songs, struct stage_err *err)
{
	return stage_show_generations_keep(
		&songs->store, "x/a", "test", KEEP, NULL, err);
}

static enum stage_status
revert(struct songs *songs, struct stage_err *err)
{
	return stage_show_generations_revert(
		&songs->store, "x/a", 1, KEEP, err);
}

static enum stage_status
make_set(struct songs *songs, struct stage_err *err)
{
	return stage_show_set_make(&songs->store, "new", err);
}

static enum stage_status
save_set(struct songs *songs, struct stage_err *err)
{
	struct stage_show_setlist list;
	enum stage_status status =
		stage_show_set_load(&songs->store, "s", &list, err);

	if (status == STAGE_OK) {
		status = stage_show_setlist_add(&list, 1, "Opener", err);
	}
	if (status == STAGE_OK) {
		status = stage_show_set_save(&songs->store, "s", &list, err);
	}
	stage_show_setlist_finish(&list);
	return status;
}

static enum stage_status
duplicate_set(struct songs *songs, struct stage_err *err)
{
	return stage_show_set_duplicate(&songs->store, "s", "new", err);
}

static enum stage_status
rename_set(struct songs *songs, struct stage_err *err)
{
	return stage_show_set_rename(&songs->store, "s", "new", err);
}

static enum stage_status
remove_set(struct songs *songs, struct stage_err *err)
{
	return stage_show_set_remove(&songs->store, "s", NULL, err);
}

const struct deed deeds[] = {
	{"make a song", prepare_song, make},
	{"duplicate a song", prepare_song, duplicate},
	{"rename a song", prepare_changed, rename_song},
	{"remove a song", prepare_song, remove_song},
	{"save a song", prepare_song, save},
	{"keep a generation", prepare_song, keep_changed},
	{"keep a second generation", prepare_changed, keep_changed},
	{"go back", prepare_kept, revert},
	{"make a setlist", prepare_song, make_set},
	{"save a setlist", prepare_song, save_set},
	{"duplicate a setlist", prepare_song, duplicate_set},
	{"rename a setlist", prepare_song, rename_set},
	{"remove a setlist", prepare_song, remove_set},
	{.name = NULL},
};

void
deeds_use_memory(void)
{
	static const char memory[] = "/dev/shm";

	if (access(memory, W_OK | X_OK) == 0) {
		(void)setenv("TMPDIR", memory, 0);
	}
}

void
deed_prepare(const struct deed *self, struct songs *songs)
{
	songs_clear(songs);
	self->prepare(songs);
}

// Bytes of the path that a line begins with.
static size_t
path_bytes(const char *line)
{
	size_t len = strcspn(line, "\n");

	for (size_t i = 0; i + 1 < len; i++) {
		if (memcmp(line + i, ": ", 2) == 0) {
			return i;
		}
	}
	return len;
}

// True for the line of what is no part of a whole generation: what is hidden,
// and when it was taken.
static bool
is_passed_over(const char *line)
{
	static const char info[] = "/info";
	size_t len = path_bytes(line);

	for (size_t i = 0; i + 1 < len; i++) {
		if (memcmp(line + i, "/.", 2) == 0) {
			return true;
		}
	}
	return len > strlen(info) &&
	       memcmp(line + len - strlen(info), info, strlen(info)) == 0;
}

// Puts "nXXXX" for each id.
static void
hide_ids(char *text)
{
	for (char *at = text; (at = strchr(at, 'n')) != NULL; at++) {
		if (strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 4) {
			memcpy(at, "nXXXX", 5);
		}
	}
}

// Appends a generation to `out`, by its key alone, unless it is as the one
// before, which it replaces.
static void
end_generation(struct stage_str *block, struct stage_str *before,
	struct stage_str *out)
{
	if (block->len == 0 ||
		strcmp(stage_str_text(block), stage_str_text(before)) != 0) {
		assert_int_equal(
			stage_str_add(out, stage_str_text(block)), STAGE_OK);
	}
	stage_str_finish(before);
	*before = *block;
	*block = (struct stage_str){0};
}

// The length of KEY/NUMBER/ at the start of a line; 0: there is no such.
static size_t
head_bytes(const char *line)
{
	const char *key = strchr(line, '/');
	const char *number = key != NULL ? strchr(key + 1, '/') : NULL;

	return number != NULL && number < line + strcspn(line, "\n")
		       ? (size_t)(number - line) + 1
		       : 0;
}

static void
add_generations(struct songs *songs, struct stage_str *out)
{
	struct stage_str all = songs_dump(songs, "state/show/generations");
	struct stage_str block = {0};
	struct stage_str before = {0};
	const char *head = "";

	for (const char *line = stage_str_text(&all); *line != '\0';
		line += strcspn(line, "\n") + 1) {
		size_t bytes = head_bytes(line);
		if (bytes == 0 || is_passed_over(line)) {
			continue;
		}
		if (strncmp(line, head, bytes) != 0) {
			end_generation(&block, &before, out);
			head = line;
		}
		assert_int_equal(stage_str_addf(&block, "%.*s| %.*s\n",
					 (int)strcspn(line, "/"), line,
					 (int)(strcspn(line, "\n") - bytes),
					 line + bytes),
			STAGE_OK);
	}
	end_generation(&block, &before, out);
	stage_str_finish(&before);
	stage_str_finish(&all);
}

// What is in the trash, by whatever numbers.
static void
add_trash(struct songs *songs, struct stage_str *out)
{
	struct stage_str all = songs_dump(songs, "state/show/trash");
	const char *line = stage_str_text(&all);

	while (*line != '\0') {
		size_t len = strcspn(line, "\n") + 1;
		const char *rest = strchr(line, '/') + 1;
		size_t bytes = len - (size_t)(rest - line);
		if (bytes > 1 && !stage_starts_with(rest, "generations")) {
			assert_int_equal(
				stage_str_append(out, rest, bytes), STAGE_OK);
		}
		line += len;
	}
	stage_str_finish(&all);
}

// Appends lines but those of empty directories, which whoever is killed may
// leave, until there are none.
static bool
drop_empty(const char *line, struct stage_str *out)
{
	bool is_dropped = false;

	while (*line != '\0') {
		size_t len = strcspn(line, "\n") + 1;
		bool is_empty = line[len - 2] == '/' &&
				strncmp(line + len, line, len - 1) != 0;
		if (!is_empty) {
			assert_int_equal(
				stage_str_append(out, line, len), STAGE_OK);
		}
		is_dropped = is_dropped || is_empty;
		line += len;
	}
	return is_dropped;
}

static void
add_all(struct songs *songs, const char *name, struct stage_str *out)
{
	struct stage_str all = songs_dump(songs, name);
	bool is_dropped = true;

	while (is_dropped) {
		struct stage_str less = {0};
		is_dropped = drop_empty(stage_str_text(&all), &less);
		stage_str_finish(&all);
		all = less;
	}
	assert_int_equal(
		stage_str_addf(out, "[%s]\n%s", name, stage_str_text(&all)),
		STAGE_OK);
	stage_str_finish(&all);
}

// What a save that was killed left: the next one takes it away.
static void
drop_saves(struct songs *songs)
{
	static const char *const left[] = {"setlists/.s.setlist.new",
		"setlists/.t.setlist.new", "setlists/.new.setlist.new",
		"songs/x/a/.session.nsm.new"};

	for (size_t i = 0; i < STAGE_COUNT_OF(left); i++) {
		assert_int_equal(
			stage_io_remove_tree(
				scratch_path(&songs->scratch, left[i]), NULL),
			STAGE_OK);
	}
}

struct stage_str
deed_look(struct songs *songs)
{
	struct stage_str out = {0};

	assert_int_equal(
		stage_show_store_init(&songs->store, songs->scratch.dir, NULL),
		STAGE_OK);
	drop_saves(songs);
	add_all(songs, "songs", &out);
	add_all(songs, "setlists", &out);
	assert_int_equal(stage_str_add(&out, "[generations]\n"), STAGE_OK);
	add_generations(songs, &out);
	assert_int_equal(stage_str_add(&out, "[trash]\n"), STAGE_OK);
	add_trash(songs, &out);
	hide_ids(out.data);
	return out;
}

struct stage_str
deed_before(const struct deed *self, struct songs *songs)
{
	deed_prepare(self, songs);
	return deed_look(songs);
}

struct stage_str
deed_after(const struct deed *self, struct songs *songs)
{
	struct stage_err err = STAGE_ERR_INIT;

	deed_prepare(self, songs);
	if (self->act(songs, &err) != STAGE_OK) {
		fail_msg("%s: %s", self->name, err.text);
	}
	return deed_look(songs);
}
