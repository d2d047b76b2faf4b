/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "songs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"

#define LONG_AGO 1000000000 // seconds: what is written then is not racy

void
songs_init(struct songs *self)
{
	scratch_init(&self->scratch);
	assert_int_equal(
		stage_show_store_init(&self->store, self->scratch.dir, NULL),
		STAGE_OK);
}

void
songs_finish(struct songs *self)
{
	scratch_finish(&self->scratch);
}

void
songs_clear(struct songs *self)
{
	scratch_finish(&self->scratch);
	songs_init(self);
}

// The path of what is to be made, in a directory that is there.
static void
make_way(struct songs *self, const char *name, char *path)
{
	char *slash;

	assert_int_equal(stage_io_join(path, SCRATCH_PATH_MAX,
				 self->scratch.dir, name, NULL),
		STAGE_OK);
	slash = strrchr(path, '/');
	*slash = '\0';
	assert_int_equal(stage_io_make_dirs(path, NULL), STAGE_OK);
	*slash = '/';
}

void
songs_write(struct songs *self, const char *name, const char *text)
{
	char path[SCRATCH_PATH_MAX];

	make_way(self, name, path);
	scratch_write(&self->scratch, name, text);
}

void
songs_link(struct songs *self, const char *name, const char *target)
{
	char path[SCRATCH_PATH_MAX];

	make_way(self, name, path);
	assert_int_equal(symlink(target, path), 0);
}

void
songs_set_time(struct songs *self, const char *name, time_t seconds)
{
	const struct timespec times[2] = {
		{.tv_sec = seconds}, {.tv_sec = seconds}};

	assert_int_equal(utimensat(AT_FDCWD, scratch_path(&self->scratch, name),
				 times, AT_SYMLINK_NOFOLLOW),
		0);
}

static void
dump_file(const char *path, const char *shown, struct stage_str *out)
{
	struct stage_str text = {0};

	assert_int_equal(
		stage_io_read_file(path, 1000000, &text, NULL), STAGE_OK);
	assert_int_equal(stage_str_addf(out, "%s: ", shown), STAGE_OK);
	for (size_t i = 0; i < text.len; i++) {
		const char *escaped = text.data[i] == '\n' ? "|" : NULL;
		assert_int_equal(escaped != NULL ? stage_str_add(out, escaped)
						 : stage_str_append(out,
							   &text.data[i], 1),
			STAGE_OK);
	}
	assert_int_equal(stage_str_add(out, "\n"), STAGE_OK);
	stage_str_finish(&text);
}

static void
dump_link(const char *path, const char *shown, struct stage_str *out)
{
	char target[SCRATCH_PATH_MAX] = "";

	assert_true(readlink(path, target, sizeof(target) - 1) > 0);
	assert_int_equal(
		stage_str_addf(out, "%s -> %s\n", shown, target), STAGE_OK);
}

static void dump_directory(
	const char *path, const char *shown, struct stage_str *out);

static void
dump_any(const char *path, const char *shown, struct stage_str *out)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	if (S_ISDIR(st.st_mode)) {
		assert_int_equal(stage_str_addf(out, "%s/\n", shown), STAGE_OK);
		dump_directory(path, shown, out);
	} else if (S_ISLNK(st.st_mode)) {
		dump_link(path, shown, out);
	} else {
		dump_file(path, shown, out);
	}
}

static void
dump_directory(const char *path, const char *shown, struct stage_str *out)
{
	struct stage_strv names = {0};

	assert_int_equal(stage_io_list_dir(path, &names, NULL), STAGE_OK);
	for (size_t i = 0; i < names.count; i++) {
		char below[SCRATCH_PATH_MAX];
		char name[SCRATCH_PATH_MAX];
		snprintf(below, sizeof(below), "%s/%s", path, names.items[i]);
		snprintf(name, sizeof(name), "%s%s%s", shown,
			shown[0] != '\0' ? "/" : "", names.items[i]);
		dump_any(below, name, out);
	}
	stage_strv_finish(&names);
}

struct stage_str
songs_dump(struct songs *self, const char *name)
{
	char path[SCRATCH_PATH_MAX];
	struct stage_str out = {0};

	strcpy(path, scratch_path(&self->scratch, name));
	if (access(path, F_OK) == 0) {
		dump_directory(path, "", &out);
	}
	return out;
}

void
songs_check(struct songs *self, const char *name, const char *text)
{
	struct stage_str out = songs_dump(self, name);

	assert_string_equal(stage_str_text(&out), text);
	stage_str_finish(&out);
}

void
songs_make_opener(struct songs *self, const char *name)
{
	static const struct {
		const char *file;
		const char *text;
	} files[] = {
		{"session.nsm", "Zyn:zyn:nAAAA\nHydrogen:hydrogen:nBBBB\n"
				"JACKPatch:jackpatch:nCCCC\n# mine\n"},
		{"song.conf", "tempo 120\nclient nAAAA alone yes\n"},
		{"song.patch", "Zyn.nAAAA:out_* -> Hydrogen.nBBBB:in\n"},
		{"Zyn.nAAAA.xmz", "zyn"},
		{"Hydrogen.nBBBB/Hydrogen.nBBBB.h2song", "hydrogen"},
		{"Hydrogen.nBBBB/empty", ""},
		{"JACKPatch.nCCCC.jackpatch",
			"Zyn.nAAAA:out |> system:playback_1\n"},
		{"notes.txt", "capo nAAAA"},
	};
	char path[SCRATCH_PATH_MAX];

	for (size_t i = 0; i < STAGE_COUNT_OF(files); i++) {
		snprintf(
			path, sizeof(path), "songs/%s/%s", name, files[i].file);
		songs_write(self, path, files[i].text);
		songs_set_time(self, path, LONG_AGO);
	}
	snprintf(path, sizeof(path), "songs/%s/samples", name);
	songs_link(self, path, "/usr/share/sounds");
}
