/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/history_index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/str.h"

#define FIRST_CAP 16
#define DAY_S 86400
#define NAME_BEGIN "learned-"
#define NAME_END ".patch"
#define NUMBER_MAX 20 // digits

void
stage_history_index_finish(struct stage_history_index *self)
{
	free(self->items);
	*self = (struct stage_history_index){0};
}

// Where the item of a number is, or would be put.
static size_t
place_of(const struct stage_history_index *self, uint64_t number)
{
	size_t low = 0;
	size_t high = self->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (self->items[middle].number < number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static enum stage_status
make_room(struct stage_history_index *self)
{
	size_t cap = self->cap == 0 ? FIRST_CAP : self->cap * 2;
	struct stage_learned_head *grown;

	if (self->count < self->cap) {
		return STAGE_OK;
	}
	grown = realloc(self->items, cap * sizeof(*grown));
	if (grown == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->items = grown;
	self->cap = cap;
	return STAGE_OK;
}

static void
note_number(struct stage_history_index *self, uint64_t number)
{
	if (number > self->last) {
		self->last = number;
	}
}

enum stage_status
stage_history_index_add(
	struct stage_history_index *self, const struct stage_learned_head *head)
{
	size_t at = place_of(self, head->number);
	bool is_there =
		at < self->count && self->items[at].number == head->number;

	if (!is_there && make_room(self) != STAGE_OK) {
		return STAGE_NO_MEMORY;
	}
	if (!is_there) {
		memmove(&self->items[at + 1], &self->items[at],
			(self->count - at) * sizeof(*self->items));
		self->count++;
	}
	self->items[at] = *head;
	note_number(self, head->number);
	return STAGE_OK;
}

const struct stage_learned_head *
stage_history_index_find(
	const struct stage_history_index *self, uint64_t number)
{
	size_t at = place_of(self, number);

	return at < self->count && self->items[at].number == number
		       ? &self->items[at]
		       : NULL;
}

enum stage_status
stage_history_index_path(
	const char *dir, uint64_t number, char *out, struct stage_err *err)
{
	char name[sizeof(NAME_BEGIN NAME_END) + NUMBER_MAX];

	if (stage_format(name, sizeof(name), NAME_BEGIN "%08" PRIu64 NAME_END,
		    number) != STAGE_OK) {
		return stage_err_set(err, STAGE_BUG, "no name for a number");
	}
	return stage_io_join(out, STAGE_PATH_MAX, dir, name, err);
}

// The number in the name of a generation, 0 for any other name.
static uint64_t
number_of(const char *name)
{
	char digits[NUMBER_MAX];
	size_t len = strlen(name);
	size_t around = strlen(NAME_BEGIN) + strlen(NAME_END);
	int64_t number = 0;

	if (!stage_starts_with(name, NAME_BEGIN) ||
		!stage_ends_with(name, NAME_END) || len < around + 8 ||
		len >= around + sizeof(digits)) {
		return 0;
	}
	memcpy(digits, name + strlen(NAME_BEGIN), len - around);
	digits[len - around] = '\0';
	if (strspn(digits, "0123456789") != len - around ||
		stage_num_parse(digits, 0, INT64_MAX - 1, &number, NULL) !=
			STAGE_OK) {
		return 0;
	}
	return (uint64_t)number;
}

static bool
read_head(const char *path, struct stage_learned_head *out)
{
	char bytes[STAGE_LEARNED_HEAD_MAX];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t got = -1;

	if (fd < 0) {
		return false;
	}
	do {
		got = read(fd, bytes, sizeof(bytes));
	} while (got < 0 && errno == EINTR);
	close(fd);
	return got > 0 && stage_learned_read_head(bytes, (size_t)got, out);
}

static enum stage_status
add_file(struct stage_history_index *self, const char *dir, uint64_t number)
{
	struct stage_learned_head head;
	char path[STAGE_PATH_MAX];

	note_number(self, number);
	// A file that was renamed by hand is none of ours.
	if (stage_history_index_path(dir, number, path, NULL) != STAGE_OK ||
		!read_head(path, &head) || head.number != number) {
		return STAGE_OK;
	}
	return stage_history_index_add(self, &head);
}

enum stage_status
stage_history_index_read(struct stage_history_index *self, const char *dir,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_io_list_dir(dir, &names, &why);

	stage_history_index_finish(self);
	if (status == STAGE_NOT_FOUND) {
		stage_strv_finish(&names);
		return STAGE_OK;
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "%s", why.text);
	}
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		uint64_t number = number_of(names.items[i]);
		if (number > 0 && add_file(self, dir, number) != STAGE_OK) {
			status = stage_err_set(err, STAGE_NO_MEMORY,
				"not enough memory to read %s", dir);
		}
	}
	stage_strv_finish(&names);
	if (status != STAGE_OK) {
		stage_history_index_finish(self);
	}
	return status;
}

static int64_t
day_of(const struct stage_learned_head *head)
{
	return head->time_s / DAY_S;
}

// How many days later than that of items[at] there are, and whether items[at]
// is the last of its own.
static size_t
later_days(const struct stage_history_index *self, size_t at, bool *is_last)
{
	size_t days = 0;
	int64_t day = day_of(&self->items[at]);

	*is_last = at + 1 == self->count || day_of(&self->items[at + 1]) != day;
	for (size_t i = at + 1; i < self->count; i++) {
		int64_t next = day_of(&self->items[i]);
		days += next != day;
		day = next;
	}
	return days;
}

// True when some steps of undo, or of redo, lead from the newest to `number`.
static bool
is_reached(
	const struct stage_history_index *self, uint64_t number, bool is_redo)
{
	const struct stage_learned_head *at = &self->items[self->count - 1];

	for (size_t i = 0; i < STAGE_HISTORY_STEPS && at != NULL; i++) {
		uint64_t next = is_redo ? at->redo : at->undo;
		if (next == number) {
			return true;
		}
		at = stage_history_index_find(self, next);
	}
	return false;
}

static bool
may_go(const struct stage_history_index *self, size_t at)
{
	uint64_t number = self->items[at].number;
	bool is_last = false;

	return at + STAGE_HISTORY_NEWEST < self->count &&
	       (later_days(self, at, &is_last) >= STAGE_HISTORY_DAYS ||
		       !is_last) &&
	       !is_reached(self, number, false) &&
	       !is_reached(self, number, true);
}

uint64_t
stage_history_index_take_old(struct stage_history_index *self)
{
	for (size_t i = 0; i < self->count; i++) {
		uint64_t number = self->items[i].number;
		if (may_go(self, i)) {
			self->count--;
			memmove(&self->items[i], &self->items[i + 1],
				(self->count - i) * sizeof(*self->items));
			return number;
		}
	}
	return 0;
}
