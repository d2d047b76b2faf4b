/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/habits.h"

#include <stdlib.h>
#include <string.h>

#define MS 1000000 // ns
#define FEW 3      // times, or misses, that say something
#define SILENT 2   // misses of its announce
#define MISSES_MAX 1000
#define KB 1024
#define KB_MAX (INT64_C(1) << 40) // of one program

// What was seen of one thing, the last times.
struct seen {
	int64_t values[STAGE_SHOW_TIMES_MAX]; // [count], the oldest first
	size_t count;
};

struct times {
	struct seen ms;
	unsigned misses; // in a row, the last ones
};

struct habit {
	char *program; // owned
	struct times times[STAGE_SHOW_DEADLINE_COUNT];
	struct seen kb; // of memory
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
add(struct seen *seen, int64_t value)
{
	if (seen->count == STAGE_SHOW_TIMES_MAX) {
		seen->count--;
		memmove(seen->values, seen->values + 1,
			seen->count * sizeof(seen->values[0]));
	}
	seen->values[seen->count++] = value;
}

static int64_t
most(const struct seen *seen)
{
	int64_t most = 0;

	for (size_t i = 0; i < seen->count; i++) {
		most = seen->values[i] > most ? seen->values[i] : most;
	}
	return most;
}

void
stage_show_habits_note(struct stage_show_habits *self, const char *program,
	enum stage_show_deadline what, int64_t took_ns)
{
	struct habit *habit = self != NULL ? touch(self, program) : NULL;

	if (habit != NULL && took_ns >= 0) {
		habit->times[what].misses = 0;
		add(&habit->times[what].ms, took_ns / MS);
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
	if (times->ms.count < FEW && times->misses < FEW) {
		least_ns = usual_ns;
	}
	if (times->ms.count == 0 || times->misses >= FEW) {
		return least_ns;
	}
	wanted_ns = 2 * most(&times->ms) * MS;
	if (wanted_ns > STAGE_SHOW_PATIENCE_MAX_NS) {
		wanted_ns = STAGE_SHOW_PATIENCE_MAX_NS;
	}
	return wanted_ns > least_ns ? wanted_ns : least_ns;
}

bool
stage_show_habits_is_silent(
	const struct stage_show_habits *self, const char *program)
{
	const struct habit *habit = self != NULL ? find(self, program) : NULL;

	return habit != NULL &&
	       habit->times[STAGE_SHOW_DEADLINE_ANNOUNCE].misses >= SILENT;
}

void
stage_show_habits_note_memory(
	struct stage_show_habits *self, const char *program, int64_t bytes)
{
	struct habit *habit =
		self != NULL && bytes > 0 ? touch(self, program) : NULL;

	if (habit != NULL) {
		add(&habit->kb, bytes / KB);
		self->has_changed = true;
	}
}

int64_t
stage_show_habits_memory(
	const struct stage_show_habits *self, const char *program)
{
	const struct habit *habit = self != NULL ? find(self, program) : NULL;

	return habit != NULL ? most(&habit->kb) * KB : 0;
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
write_seen(const struct seen *seen)
{
	json_t *array = json_array();

	for (size_t i = 0; i < seen->count; i++) {
		(void)json_array_append_new(
			array, json_integer(seen->values[i]));
	}
	return array;
}

static json_t *
write_times(const struct times *times)
{
	return json_pack("{s:o, s:i}", "ms", write_seen(&times->ms), "misses",
		(int)times->misses);
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
		json_object_set_new(item, "kb", write_seen(&habit->kb));
		(void)json_array_append_new(programs, item);
	}
	return json_pack("{s:o}", "programs", programs);
}

static void
read_seen(struct seen *seen, int64_t limit, const json_t *from)
{
	size_t at;
	json_t *item;

	json_array_foreach (from, at, item) {
		json_int_t value = json_integer_value(item);

		if (json_is_integer(item) && value >= 0 && value <= limit) {
			add(seen, value);
		}
	}
}

static void
read_times(struct times *times, const json_t *from)
{
	json_int_t misses = json_integer_value(json_object_get(from, "misses"));

	times->misses =
		misses > 0 && misses < MISSES_MAX ? (unsigned)misses : 0;
	read_seen(&times->ms, STAGE_SHOW_PATIENCE_MAX_NS / MS,
		json_object_get(from, "ms"));
}

static void
read_habit(struct habit *habit, const json_t *from)
{
	for (size_t what = 0; what < STAGE_SHOW_DEADLINE_COUNT; what++) {
		read_times(&habit->times[what],
			json_object_get(from, words[what]));
	}
	read_seen(&habit->kb, KB_MAX, json_object_get(from, "kb"));
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

		if (habit != NULL) {
			read_habit(habit, item);
		}
	}
}
