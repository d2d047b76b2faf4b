/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/habits.h"

#include <stdlib.h>
#include <string.h>

#define MS 1000000 // ns
#define FEW 3      // times, or misses, that say something
#define MISSES_MAX 1000

struct times {
	int64_t ms[STAGE_SHOW_TIMES_MAX]; // [count], the oldest first
	size_t count;
	unsigned misses; // in a row, the last ones
};

struct habit {
	char *program; // owned
	struct times times[STAGE_SHOW_DEADLINE_COUNT];
};

struct stage_show_habits {
	struct habit items[STAGE_SHOW_HABITS_MAX]; // seen last comes last
	size_t count;
	bool has_changed;
};

static const char *const words[STAGE_SHOW_DEADLINE_COUNT] = {
	[STAGE_SHOW_DEADLINE_ANNOUNCE] = "announce",
	[STAGE_SHOW_DEADLINE_OPEN] = "open",
	[STAGE_SHOW_DEADLINE_SAVE] = "save",
	[STAGE_SHOW_DEADLINE_QUIT] = "quit",
};

struct stage_show_habits *
stage_show_habits_create(void)
{
	return calloc(1, sizeof(struct stage_show_habits));
}

void
stage_show_habits_destroy(struct stage_show_habits *self)
{
	for (size_t i = 0; self != NULL && i < self->count; i++) {
		free(self->items[i].program);
	}
	free(self);
}

static const struct habit *
find(const struct stage_show_habits *self, const char *program)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i].program, program) == 0) {
			return &self->items[i];
		}
	}
	return NULL;
}

static void
remove_at(struct stage_show_habits *self, size_t at)
{
	self->count--;
	memmove(&self->items[at], &self->items[at + 1],
		(self->count - at) * sizeof(self->items[0]));
}

// The habit of a program, as the one seen last; NULL: out of memory.
static struct habit *
touch(struct stage_show_habits *self, const char *program)
{
	const struct habit *found = find(self, program);
	struct habit habit = {0};

	if (found != NULL) {
		habit = *found;
		remove_at(self, (size_t)(found - self->items));
	} else {
		habit.program = strdup(program);
		if (habit.program == NULL) {
			return NULL;
		}
		if (self->count == STAGE_SHOW_HABITS_MAX) {
			free(self->items[0].program);
			remove_at(self, 0);
		}
	}
	self->items[self->count] = habit;
	return &self->items[self->count++];
}

static void
add(struct times *times, int64_t ms)
{
	if (times->count == STAGE_SHOW_TIMES_MAX) {
		times->count--;
		memmove(times->ms, times->ms + 1,
			times->count * sizeof(times->ms[0]));
	}
	times->ms[times->count++] = ms;
}

void
stage_show_habits_note(struct stage_show_habits *self, const char *program,
	enum stage_show_deadline what, int64_t took_ns)
{
	struct habit *habit = self != NULL ? touch(self, program) : NULL;

	if (habit != NULL && took_ns >= 0) {
		habit->times[what].misses = 0;
		add(&habit->times[what], took_ns / MS);
		self->has_changed = true;
	}
}

void
stage_show_habits_miss(struct stage_show_habits *self, const char *program,
	enum stage_show_deadline what)
{
	struct habit *habit = self != NULL ? touch(self, program) : NULL;

	if (habit != NULL && habit->times[what].misses < MISSES_MAX) {
		habit->times[what].misses++;
		self->has_changed = true;
	}
}

static int64_t
longest_ns(const struct times *times)
{
	int64_t longest = 0;

	for (size_t i = 0; i < times->count; i++) {
		longest = times->ms[i] > longest ? times->ms[i] : longest;
	}
	return longest * MS;
}

int64_t
stage_show_habits_patience_ns(const struct stage_show_habits *self,
	const char *program, enum stage_show_deadline what, int64_t usual_ns)
{
	const struct habit *habit = self != NULL ? find(self, program) : NULL;
	const struct times *times = habit != NULL ? &habit->times[what] : NULL;
	int64_t least_ns = usual_ns / 5 * 2;
	int64_t wanted_ns;

	if (times == NULL) {
		return usual_ns;
	}
	if (times->count < FEW && times->misses < FEW) {
		least_ns = usual_ns;
	}
	if (times->count == 0 || times->misses >= FEW) {
		return least_ns;
	}
	wanted_ns = 2 * longest_ns(times);
	if (wanted_ns > STAGE_SHOW_PATIENCE_MAX_NS) {
		wanted_ns = STAGE_SHOW_PATIENCE_MAX_NS;
	}
	return wanted_ns > least_ns ? wanted_ns : least_ns;
}

bool
stage_show_habits_take_change(struct stage_show_habits *self)
{
	bool has_changed = self->has_changed;

	self->has_changed = false;
	return has_changed;
}

// As JSON.

static json_t *
write_times(const struct times *times)
{
	json_t *array = json_array();

	for (size_t i = 0; i < times->count; i++) {
		(void)json_array_append_new(array, json_integer(times->ms[i]));
	}
	return json_pack(
		"{s:o, s:i}", "ms", array, "misses", (int)times->misses);
}

json_t *
stage_show_habits_write(const struct stage_show_habits *self)
{
	json_t *programs = json_array();

	for (size_t i = 0; i < self->count; i++) {
		const struct habit *habit = &self->items[i];
		json_t *item = json_pack("{s:s}", "program", habit->program);

		for (size_t what = 0; what < STAGE_SHOW_DEADLINE_COUNT;
			what++) {
			json_object_set_new(item, words[what],
				write_times(&habit->times[what]));
		}
		(void)json_array_append_new(programs, item);
	}
	return json_pack("{s:o}", "programs", programs);
}

static void
read_times(struct times *times, const json_t *from)
{
	json_int_t misses = json_integer_value(json_object_get(from, "misses"));
	size_t at;
	json_t *ms;

	times->misses =
		misses > 0 && misses < MISSES_MAX ? (unsigned)misses : 0;
	json_array_foreach (json_object_get(from, "ms"), at, ms) {
		json_int_t value = json_integer_value(ms);

		if (json_is_integer(ms) && value >= 0 &&
			value <= STAGE_SHOW_PATIENCE_MAX_NS / MS) {
			add(times, value);
		}
	}
}

void
stage_show_habits_read(struct stage_show_habits *self, const json_t *from)
{
	size_t at;
	json_t *item;

	json_array_foreach (json_object_get(from, "programs"), at, item) {
		const char *program =
			json_string_value(json_object_get(item, "program"));
		struct habit *habit =
			program != NULL ? touch(self, program) : NULL;

		for (size_t what = 0;
			habit != NULL && what < STAGE_SHOW_DEADLINE_COUNT;
			what++) {
			read_times(&habit->times[what],
				json_object_get(item, words[what]));
		}
	}
}
