/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "base/io.h"
#include "check.h"
#include "cli/log_format.h"
#include "cli/log_merge.h"
#include "fuzz.h"
#include "rig/run_file.h"
#include "runit/tai.h"

#define OLD "@400000005f5e100000000000.s"

// A log directory of two files, which are also its lines one after the other.
struct log {
	const uint8_t *data;
	size_t size;
	size_t cut; // where the second file begins
	size_t at;  // the next line
};

static void
write_files(const struct log *log, const char *dir)
{
	char path[STAGE_PATH_MAX];

	snprintf(path, sizeof(path), "%s/" OLD, dir);
	FUZZ_CHECK(stage_run_file_replace(path, log->data, log->cut, 0644) ==
		   STAGE_OK);
	snprintf(path, sizeof(path), "%s/current", dir);
	FUZZ_CHECK(stage_run_file_replace(path, log->data + log->cut,
			   log->size - log->cut, 0644) == STAGE_OK);
}

// The next line by the book: to a newline, or to the end of its file.
static bool
next(struct log *log, const char **text, size_t *len)
{
	size_t end = log->at < log->cut ? log->cut : log->size;
	const uint8_t *start = log->data + log->at;
	const uint8_t *newline = memchr(start, '\n', end - log->at);

	if (log->at == log->size) {
		return false;
	}
	*text = (const char *)start;
	*len = newline != NULL ? (size_t)(newline - start) : end - log->at;
	log->at += *len + (newline != NULL);
	return true;
}

// What is shown on a terminal is one line of clean text; what is piped on is
// the line as it was.
static void
check_shown(const struct stage_log_line *line)
{
	struct stage_str out = {0};

	FUZZ_CHECK(stage_log_format_line(line, true, &out) == STAGE_OK);
	FUZZ_CHECK(out.data[out.len - 1] == '\n');
	fuzz_check_text(out.data, out.len - 1);
	stage_str_clear(&out);
	FUZZ_CHECK(stage_log_format_line(line, false, &out) == STAGE_OK);
	FUZZ_CHECK(out.len > line->len);
	FUZZ_CHECK(memcmp(out.data + out.len - 1 - line->len, line->text,
			   line->len) == 0);
	stage_str_finish(&out);
}

static void
check_line(const struct stage_log_line *line, struct log *log, int64_t *time)
{
	const char *text;
	size_t len;
	size_t stamp = 0;
	int64_t wall_ns = *time;

	FUZZ_CHECK(next(log, &text, &len));
	FUZZ_CHECK(line->has_time == (stage_runit_tai_parse_stamp(text, len,
					      &wall_ns, &stamp) == STAGE_OK));
	FUZZ_CHECK(line->wall_ns == wall_ns);
	FUZZ_CHECK(line->len == len - stamp);
	FUZZ_CHECK(memcmp(line->text, text + stamp, line->len) == 0);
	*time = wall_ns;
	check_shown(line);
}

static void
check_log(struct log *log, const char *dir)
{
	struct stage_log_merge *merge = stage_log_merge_create(true);
	struct stage_log_line line;
	int64_t time = INT64_MIN;
	const char *text;
	size_t len;

	FUZZ_CHECK(merge != NULL);
	FUZZ_CHECK(stage_log_merge_add(merge, dir, "x", 0, NULL) == STAGE_OK);
	while (stage_log_merge_next(merge, &line)) {
		check_line(&line, log, &time);
	}
	FUZZ_CHECK(!next(log, &text, &len));
	FUZZ_CHECK(stage_log_merge_take_err(merge) == NULL);
	stage_log_merge_destroy(merge);
}

// Two logs of the same times: each keeps its order.
static void
check_two(const struct log *log, const char *dir)
{
	struct stage_log_merge *merge = stage_log_merge_create(true);
	struct stage_log_line line;
	int64_t times[2] = {INT64_MIN, INT64_MIN};
	struct log logs[2] = {*log, *log};

	FUZZ_CHECK(merge != NULL);
	FUZZ_CHECK(stage_log_merge_add(merge, dir, "0", 0, NULL) == STAGE_OK);
	FUZZ_CHECK(stage_log_merge_add(merge, dir, "1", 0, NULL) == STAGE_OK);
	while (stage_log_merge_next(merge, &line)) {
		int which = line.name[0] - '0';
		check_line(&line, &logs[which], &times[which]);
	}
	FUZZ_CHECK(logs[0].at == logs[0].size && logs[1].at == logs[1].size);
	stage_log_merge_destroy(merge);
}

// The first byte is where the rotated file ends and `current` begins.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char dir[FUZZ_DIR_MAX];
	struct log log;

	if (size < 1 || size > STAGE_LOG_LINE_MAX) {
		return 0;
	}
	log = (struct log){data + 1, size - 1, (size - 1) * data[0] / 256, 0};
	fuzz_dir_make(dir);
	write_files(&log, dir);
	check_two(&log, dir);
	check_log(&log, dir);
	fuzz_dir_remove(dir);
	return 0;
}
