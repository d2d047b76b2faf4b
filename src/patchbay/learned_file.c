/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/learned_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "patchbay/patch_text.h"
#include "patchbay/utc.h"

#define BOM "\xef\xbb\xbf"
#define FIRST "# What stagecraft-patchbay learned, format "
#define SECOND "# generation "
#define LAST "# end, "
#define HEAD_LINES 2 // FIRST and SECOND
#define SUM_DIGITS 16
#define DIGITS "0123456789abcdef"

// A text on its way.
struct scan {
	const char *at;
	const char *end;
};

uint64_t
stage_learned_sum_bytes(const void *bytes, size_t len)
{
	// Nobody is kept from writing a sum of his own; it is for accidents.
	static const struct stage_hash_key key = {
		{0x7374616765637261, 0x6c6561726e656400}};

	return stage_hash(&key, bytes, len);
}

enum stage_status
stage_learned_sum(const struct stage_patch_list *list, uint64_t *out)
{
	struct stage_str text = {0};
	enum stage_status status = stage_patch_text_format(list, &text);

	if (status == STAGE_OK) {
		*out = stage_learned_sum_bytes(stage_str_text(&text), text.len);
	}
	stage_str_finish(&text);
	return status;
}

void
stage_learned_set_reason(struct stage_learned_head *self, const char *reason)
{
	size_t len = stage_utf8_clip(
		reason, strlen(reason), sizeof(self->reason) - 1);

	memcpy(self->reason, reason, len);
	self->reason[len] = '\0';
	for (size_t i = 0; i < len;) {
		char *at = self->reason + i;
		size_t control = stage_utf8_control_bytes(at, len - i);
		size_t bytes = stage_utf8_char_bytes(at, len - i);
		if (control > 0) {
			memset(at, ' ', control);
			bytes = control;
		} else if (bytes == 0) {
			*at = '?';
			bytes = 1;
		}
		i += bytes;
	}
}

static enum stage_status
add_head(struct stage_str *out, const struct stage_learned_head *head)
{
	char time[STAGE_UTC_BYTES + 1];

	if (!stage_utc_write(head->time_s, time)) {
		(void)stage_utc_write(0, time);
	}
	return stage_str_addf(out,
		FIRST
		"%d. You may edit the lines; comments are not kept.\n" SECOND
		"%" PRIu64 ", %s, undo %" PRIu64 ", redo %" PRIu64 ": %s\n",
		STAGE_LEARNED_FORMAT, head->number, time, head->undo,
		head->redo, head->reason);
}

static enum stage_status
add_last(struct stage_str *out, size_t before, size_t lines)
{
	uint64_t sum =
		stage_learned_sum_bytes(out->data + before, out->len - before);

	return stage_str_addf(out, LAST "%zu %s, %016" PRIx64 "\n", lines,
		lines == 1 ? "line" : "lines", sum);
}

static size_t
lines_of(const struct stage_patch_list *list)
{
	return list->count + list->mode_count;
}

enum stage_status
stage_learned_write(struct stage_str *out,
	const struct stage_learned_head *head,
	const struct stage_patch_list *list)
{
	size_t before = out->len;
	enum stage_status status = lines_of(list) > STAGE_PATCH_STATEMENTS_MAX
					   ? STAGE_TOO_LONG
					   : add_head(out, head);

	if (status == STAGE_OK) {
		status = stage_patch_text_format(list, out);
	}
	if (status == STAGE_OK) {
		status = add_last(out, before, lines_of(list));
	}
	if (status == STAGE_OK && out->len - before > STAGE_PATCH_FILE_MAX) {
		status = STAGE_TOO_LONG;
	}
	if (status != STAGE_OK && out->data != NULL) {
		out->len = before;
		out->data[before] = '\0';
	}
	return status;
}

static bool
set_line(unsigned *line, unsigned number)
{
	bool is_new = *line != number;

	*line = number;
	return is_new;
}

bool
stage_learned_number(struct stage_patch_list *list)
{
	unsigned line = HEAD_LINES;
	bool has_changed = false;

	for (size_t i = 0; i < list->mode_count; i++) {
		line++;
		has_changed |= set_line(&list->modes[i].line, line);
	}
	for (size_t i = 0; i < list->count; i++) {
		line++;
		has_changed |= set_line(&list->items[i].line, line);
	}
	return has_changed;
}

static bool
take(struct scan *scan, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(scan->end - scan->at) < len ||
		memcmp(scan->at, text, len) != 0) {
		return false;
	}
	scan->at += len;
	return true;
}

static bool
take_number(struct scan *scan, uint64_t *out)
{
	const char *start = scan->at;
	uint64_t number = 0;

	while (scan->at != scan->end && *scan->at >= '0' && *scan->at <= '9') {
		uint64_t digit = (uint64_t)(*scan->at - '0');
		if (number > (UINT64_MAX - digit) / 10) {
			return false;
		}
		number = number * 10 + digit;
		scan->at++;
	}
	*out = number;
	return scan->at != start;
}

static bool
take_time(struct scan *scan, int64_t *out)
{
	if (!stage_utc_read(scan->at, (size_t)(scan->end - scan->at), out)) {
		return false;
	}
	scan->at += STAGE_UTC_BYTES;
	return true;
}

// Gives the line at the start of the text, without its end, and moves behind.
static struct scan
take_line(struct scan *scan)
{
	struct scan line = *scan;
	const char *stop =
		line.at == line.end
			? NULL
			: memchr(line.at, '\n', (size_t)(line.end - line.at));

	scan->at = stop == NULL ? scan->end : stop + 1;
	line.end = stop == NULL ? scan->end : stop;
	if (line.end != line.at && line.end[-1] == '\r') {
		line.end--;
	}
	return line;
}

static struct scan
begin(const char *bytes, size_t len)
{
	struct scan scan = {bytes, bytes == NULL ? NULL : bytes + len};

	if (len > 0) {
		(void)take(&scan, BOM);
	}
	return scan;
}

static bool
read_second(struct scan line, struct stage_learned_head *out)
{
	char reason[STAGE_LEARNED_REASON_MAX];
	size_t len;

	if (!take(&line, SECOND) || !take_number(&line, &out->number) ||
		!take(&line, ", ") || !take_time(&line, &out->time_s) ||
		!take(&line, ", undo ") || !take_number(&line, &out->undo) ||
		!take(&line, ", redo ") || !take_number(&line, &out->redo) ||
		!take(&line, ": ") || out->number == 0) {
		return false;
	}
	len = stage_utf8_clip(
		line.at, (size_t)(line.end - line.at), sizeof(reason) - 1);
	memcpy(reason, line.at, len);
	reason[len] = '\0';
	stage_learned_set_reason(out, reason);
	return true;
}

bool
stage_learned_read_head(
	const char *bytes, size_t len, struct stage_learned_head *out)
{
	struct scan scan = begin(bytes, len);
	struct scan first = take_line(&scan);
	struct stage_learned_head head = {0};

	*out = head;
	if (!take(&first, FIRST) || !read_second(take_line(&scan), &head)) {
		return false;
	}
	*out = head;
	return true;
}

// "# end, 12 lines, " and a sum, which *sum points to.
static bool
is_last(struct scan line, const char **sum)
{
	uint64_t lines = 0;

	if (!take(&line, LAST) || !take_number(&line, &lines) ||
		!(take(&line, " lines, ") || take(&line, " line, "))) {
		return false;
	}
	*sum = line.at;
	while (line.at != line.end && *line.at != '\0' &&
		strchr(DIGITS, *line.at) != NULL) {
		line.at++;
	}
	return line.at == line.end && line.end - *sum == SUM_DIGITS;
}

static bool
is_right(const char *bytes, size_t len, const char *sum)
{
	char again[SUM_DIGITS + 1];

	snprintf(again, sizeof(again), "%016" PRIx64,
		stage_learned_sum_bytes(bytes, len));
	return memcmp(sum, again, SUM_DIGITS) == 0;
}

// True when there is a last line; *is_untouched: it closes the file, and its
// sum is right.
static bool
find_last(const char *bytes, size_t len, bool *is_untouched)
{
	struct scan scan = begin(bytes, len);
	bool is_found = false;

	while (scan.at != scan.end) {
		const char *start = scan.at;
		const char *sum = NULL;
		struct scan line = take_line(&scan);
		if (is_last(line, &sum)) {
			is_found = true;
			*is_untouched =
				bytes + len - line.end == 1 &&
				is_right(bytes, (size_t)(start - bytes), sum);
		}
	}
	return is_found;
}

// A file that begins as we begin it must be whole.
static enum stage_status
check_ours(const char *bytes, size_t len, const char *name,
	struct stage_learned *out, struct stage_err *err)
{
	struct scan scan = begin(bytes, len);
	uint64_t format = 0;

	if (!take(&scan, FIRST)) {
		return STAGE_OK;
	}
	if (take_number(&scan, &format) && take(&scan, ".") &&
		format != STAGE_LEARNED_FORMAT) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: this was written by another version of "
			"stagecraft, in format %" PRIu64,
			name, format);
	}
	if (!find_last(bytes, len, &out->is_untouched)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: this file was cut off: its last line is missing",
			name);
	}
	out->has_head = stage_learned_read_head(bytes, len, &out->head);
	out->is_untouched = out->is_untouched && out->has_head;
	return STAGE_OK;
}

static enum stage_status
check_not_empty(
	const char *bytes, size_t len, const char *name, struct stage_err *err)
{
	struct scan scan = begin(bytes, len);
	size_t left = (size_t)(scan.end - scan.at);

	if (left > 0 && left < strlen(FIRST) &&
		memcmp(scan.at, FIRST, left) == 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: this file was cut off in its first line", name);
	}
	while (scan.at != scan.end && strchr(" \t\r\n", *scan.at) != NULL &&
		*scan.at != '\0') {
		scan.at++;
	}
	if (scan.at == scan.end) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: this file is empty; where nothing is to be "
			"connected, a line with # says so",
			name);
	}
	return STAGE_OK;
}

enum stage_status
stage_learned_read(const char *bytes, size_t len, const char *name,
	struct stage_learned *out, struct stage_err *err)
{
	struct stage_learned read = {0};
	enum stage_status status = check_not_empty(bytes, len, name, err);

	if (status == STAGE_OK) {
		status = check_ours(bytes, len, name, &read, err);
	}
	if (status == STAGE_OK) {
		status = stage_patch_text_parse(
			bytes, len, name, &read.list, err);
	}
	if (status == STAGE_OK) {
		*out = read;
	}
	return status;
}
