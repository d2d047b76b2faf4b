/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/mark.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "base/utf8.h"
#include "rig/proc_file.h"
#include "rig/run_file.h"

static const char *const names[] = {
	[STAGE_MARK_PROCESS] = "process",
	[STAGE_MARK_READY] = "ready",
	[STAGE_MARK_WAIT] = "wait",
	[STAGE_MARK_HOLD] = "hold",
	[STAGE_MARK_ASKED] = "asked",
	[STAGE_MARK_NOTE] = "note",
};

static_assert(STAGE_COUNT_OF(names) == STAGE_MARK_COUNT,
	"every mark has a file name");

enum stage_status
stage_mark_prepare(
	const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(rig, path, "svc/%s", service);
	return stage_io_make_dirs(path, err);
}

void
stage_mark_clear(
	const struct stage_rig *rig, const char *service, enum stage_mark mark)
{
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(rig, path, "svc/%s/%s", service, names[mark]);
	unlink(path);
}

static enum stage_status
write_mark(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, const char *line)
{
	char path[STAGE_PATH_MAX];
	char text[STAGE_MARK_TEXT_MAX];
	int len = snprintf(text, sizeof(text), "%s\n", line);

	stage_rig_run_path(rig, path, "svc/%s/%s", service, names[mark]);
	return stage_run_file_replace(path, text, (size_t)len, 0644);
}

// One line without its newline; a file without one was not written by us.
static bool
read_mark(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, char *line)
{
	char path[STAGE_PATH_MAX];
	struct stage_str bytes = {0};
	const char *end;
	bool ok;

	stage_rig_run_path(rig, path, "svc/%s/%s", service, names[mark]);
	ok = stage_io_read_file(path, STAGE_MARK_TEXT_MAX, &bytes, NULL) ==
		     STAGE_OK &&
	     bytes.len > 0;
	end = ok ? memchr(bytes.data, '\n', bytes.len) : NULL;
	ok = end != NULL && end == bytes.data + bytes.len - 1;
	if (ok) {
		snprintf(line, STAGE_MARK_TEXT_MAX, "%.*s",
			(int)(bytes.len - 1), bytes.data);
	}
	stage_str_finish(&bytes);
	return ok;
}

void
stage_mark_words(char *out, size_t size, const char *words)
{
	size_t len = stage_utf8_clip(words, strlen(words), size - 1);
	size_t at = 0;

	while (at < len) {
		size_t bytes = stage_utf8_char_bytes(words + at, len - at);
		unsigned char first = (unsigned char)words[at];
		if (bytes == 0 || first < 0x20 || first == 0x7f) {
			out[at] = '?';
			at++;
		} else {
			memcpy(out + at, words + at, bytes);
			at += bytes;
		}
	}
	out[at] = '\0';
}

// For the words of all marks.
static void
copy_words(char *out, const char *words)
{
	stage_mark_words(out, STAGE_MARK_WORDS_MAX, words);
}

enum stage_status
stage_mark_set_text(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, const char *text)
{
	char words[STAGE_MARK_WORDS_MAX];

	copy_words(words, text);
	return write_mark(rig, service, mark, words);
}

bool
stage_mark_get_text(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, char *text)
{
	char line[STAGE_MARK_TEXT_MAX];

	if (!read_mark(rig, service, mark, line)) {
		return false;
	}
	copy_words(text, line);
	return true;
}

enum stage_status
stage_mark_set_process(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, const struct stage_process *process)
{
	char id[STAGE_PROC_TEXT_MAX];
	char line[STAGE_PROC_TEXT_MAX + 24];

	stage_proc_id_format(&process->id, id);
	snprintf(line, sizeof(line), "%s %" PRId64, id, process->since_ns);
	return write_mark(rig, service, mark, line);
}

// Takes a number off the front of a line: a blank ends it, or the line.
static bool
take_number(const char **line, int64_t *number)
{
	char word[24];
	size_t len = strcspn(*line, " ");

	if (stage_format(word, sizeof(word), "%.*s", (int)len, *line) !=
			STAGE_OK ||
		stage_num_parse(word, INT64_MIN, INT64_MAX, number, NULL) !=
			STAGE_OK) {
		return false;
	}
	*line += (*line)[len] == ' ' ? len + 1 : len;
	return true;
}

bool
stage_mark_get_process(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, struct stage_process *process)
{
	char line[STAGE_MARK_TEXT_MAX];
	struct stage_process got;
	const char *rest;

	if (!read_mark(rig, service, mark, line) ||
		!stage_proc_id_parse(line, &got.id, &rest) || *rest != ' ') {
		return false;
	}
	rest++;
	if (!take_number(&rest, &got.since_ns) || *rest != '\0') {
		return false;
	}
	*process = got;
	return true;
}

enum stage_status
stage_mark_set_wait(const struct stage_rig *rig, const char *service,
	const struct stage_wait *wait)
{
	char words[STAGE_MARK_WORDS_MAX];
	char line[STAGE_MARK_TEXT_MAX];

	copy_words(words, wait->text);
	snprintf(line, sizeof(line), "%" PRId64 " %s", wait->since_wall_ns,
		words);
	return write_mark(rig, service, STAGE_MARK_WAIT, line);
}

bool
stage_mark_get_wait(const struct stage_rig *rig, const char *service,
	struct stage_wait *wait)
{
	char line[STAGE_MARK_TEXT_MAX];
	const char *rest = line;
	int64_t since_wall_ns;

	if (!read_mark(rig, service, STAGE_MARK_WAIT, line) ||
		!take_number(&rest, &since_wall_ns)) {
		return false;
	}
	wait->since_wall_ns = since_wall_ns;
	copy_words(wait->text, rest);
	return true;
}

enum stage_status
stage_mark_set_hold(const struct stage_rig *rig, const char *service,
	const struct stage_hold *hold)
{
	char words[STAGE_MARK_WORDS_MAX];
	char line[STAGE_MARK_TEXT_MAX];

	copy_words(words, hold->text);
	snprintf(line, sizeof(line), "%" PRId64 " %d %s", hold->until_ns,
		hold->level, words);
	return write_mark(rig, service, STAGE_MARK_HOLD, line);
}

bool
stage_mark_get_hold(const struct stage_rig *rig, const char *service,
	struct stage_hold *hold)
{
	char line[STAGE_MARK_TEXT_MAX];
	const char *rest = line;
	int64_t until_ns;
	int64_t level;

	if (!read_mark(rig, service, STAGE_MARK_HOLD, line) ||
		!take_number(&rest, &until_ns) || !take_number(&rest, &level) ||
		level < 1 || level > INT_MAX) {
		return false;
	}
	hold->until_ns = until_ns;
	hold->level = (int)level;
	copy_words(hold->text, rest);
	return true;
}

bool
stage_mark_is_ready(const struct stage_rig *rig, const char *service)
{
	struct stage_process ready;

	return stage_mark_get_process(rig, service, STAGE_MARK_READY, &ready) &&
	       stage_proc_alive(&ready.id);
}
