/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/tails.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define LEASE_MS 60000
#define STAMP "@4000000067000000000000aa "

struct ears {
	struct world world;
	uv_loop_t loop;
	struct stage_tails *tails;
	json_t *told; // the last that was told; NULL: nothing
	size_t told_count;
};

static void
on_told(void *user, json_t *lines)
{
	struct ears *self = user;

	json_decref(self->told);
	self->told = lines;
	self->told_count++;
}

static void
start(struct ears *self, int64_t lease_ms)
{
	struct stage_tails_config config = {.loop = &self->loop,
		.rig = &self->world.rig,
		.told = on_told,
		.user = self,
		.lease_ms = lease_ms};

	assert_int_equal(
		stage_tails_create(&self->tails, &config, NULL), STAGE_OK);
}

static int
setup(void **state)
{
	struct ears *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	world_init(&self->world);
	assert_int_equal(uv_loop_init(&self->loop), 0);
	start(self, LEASE_MS);
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct ears *self = *state;

	stage_tails_destroy(self->tails);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	json_decref(self->told);
	world_finish(&self->world);
	free(self);
	return 0;
}

// Adds lines "FIRST".."LAST", each "line N", to a log.
static void
add_lines(const struct ears *self, const char *name, int first, int last)
{
	char path[STAGE_PATH_MAX];
	FILE *file;

	stage_rig_run_path(&self->world.rig, path, "log/%s/current", name);
	file = fopen(path, "a");
	assert_non_null(file);
	for (int i = first; i <= last; i++) {
		assert_true(fprintf(file, STAMP "line %d\n", i) > 0);
	}
	assert_int_equal(fclose(file), 0);
}

static json_t *
read_log(const struct ears *self, const char *name, size_t count)
{
	json_t *got = NULL;

	assert_int_equal(stage_tails_read(self->tails, name, count, &got, NULL),
		STAGE_OK);
	assert_string_equal(
		json_string_value(json_object_get(got, "name")), name);
	return got;
}

static int
next_of(const json_t *view)
{
	return (int)json_integer_value(json_object_get(view, "next"));
}

// The view has these lines and no others.
static void
expect_lines(const json_t *view, int first, int last)
{
	const json_t *lines = json_object_get(view, "lines");

	assert_int_equal(json_array_size(lines), last - first + 1);
	for (int i = first; i <= last; i++) {
		const json_t *line = json_array_get(lines, (size_t)(i - first));
		char text[32];
		snprintf(text, sizeof(text), "line %d", i);
		assert_string_equal(
			json_string_value(json_object_get(line, "text")), text);
		assert_int_equal(
			json_integer_value(json_object_get(line, "number")), i);
		assert_true(json_integer_value(json_object_get(line, "at_ms")) >
			    1700000000000);
	}
}

static void
await_told(struct ears *self, size_t count)
{
	while (self->told_count < count) {
		uv_run(&self->loop, UV_RUN_ONCE);
	}
}

static void
the_last_lines_come_first_and_then_new_ones(void **state)
{
	struct ears *self = *state;
	json_t *got;

	world_write(&self->world, "run/log/synth/current", 0644, "");
	add_lines(self, "synth", 1, 10);
	got = read_log(self, "synth", 3);
	assert_int_equal(next_of(got), 11);
	expect_lines(got, 8, 10);
	json_decref(got);
	add_lines(self, "synth", 11, 12);
	await_told(self, 1);
	assert_int_equal(next_of(self->told), 13);
	expect_lines(self->told, 11, 12);
	// Asked again there is no other follower, and no line twice.
	got = read_log(self, "synth", 0);
	expect_lines(got, 1, 0);
	json_decref(got);
	assert_int_equal(stage_tails_count(self->tails), 1);
	add_lines(self, "synth", 13, 13);
	await_told(self, 2);
	expect_lines(self->told, 13, 13);
}

static void
of_a_flood_the_last_lines_are_told(void **state)
{
	struct ears *self = *state;

	world_write(&self->world, "run/log/synth/current", 0644, "");
	json_decref(read_log(self, "synth", 0));
	add_lines(self, "synth", 1, 1000);
	while (next_of(self->told) < 1001) {
		await_told(self, self->told_count + 1);
		assert_true(json_array_size(json_object_get(
				    self->told, "lines")) <= STAGE_TAILS_TOLD);
	}
	expect_lines(self->told, 1001 - STAGE_TAILS_TOLD, 1000);
}

static void
a_log_may_come_later(void **state)
{
	struct ears *self = *state;

	json_t *got = read_log(self, "synth", 100);

	assert_int_equal(next_of(got), 1);
	expect_lines(got, 1, 0);
	json_decref(got);
	world_write(&self->world, "run/log/synth/current", 0644, "");
	add_lines(self, "synth", 1, 2);
	await_told(self, 1);
	expect_lines(self->told, 1, 2);
}

static void
a_line_is_cut_and_is_text(void **state)
{
	struct ears *self = *state;
	static char line[STAGE_TAILS_LINE_MAX + 100];
	const char *text;
	json_t *got;

	memset(line, 'x', sizeof(line) - 2);
	line[0] = (char)0xff; // no UTF-8
	line[sizeof(line) - 2] = '\n';
	world_write(&self->world, "run/log/synth/current", 0644, line);
	got = read_log(self, "synth", 1);
	text = json_string_value(json_object_get(
		json_array_get(json_object_get(got, "lines"), 0), "text"));
	assert_non_null(text);
	assert_true(strlen(text) >= STAGE_TAILS_LINE_MAX - 1);
	assert_true(strlen(text) < STAGE_TAILS_LINE_MAX + 8);
	assert_null(json_object_get(
		json_array_get(json_object_get(got, "lines"), 0), "at_ms"));
	json_decref(got);
}

static void
nobody_asks_for_it_any_more(void **state)
{
	struct ears *self = *state;

	stage_tails_destroy(self->tails);
	start(self, 1);
	json_decref(read_log(self, "synth", 1));
	json_decref(read_log(self, "other", 1));
	assert_int_equal(stage_tails_count(self->tails), 2);
	while (stage_tails_count(self->tails) > 0) {
		uv_run(&self->loop, UV_RUN_ONCE);
	}
	assert_int_equal(self->told_count, 0);
}

static void
not_all_logs_at_once(void **state)
{
	struct ears *self = *state;
	struct stage_err err = STAGE_ERR_INIT;
	json_t *got = NULL;
	char name[16];

	for (int i = 0; i < STAGE_TAILS_MAX; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		json_decref(read_log(self, name, 1));
	}
	assert_int_equal(stage_tails_read(self->tails, "more", 1, &got, &err),
		STAGE_FULL);
	assert_non_null(strstr(err.text, "16 logs"));
	json_decref(read_log(self, "s3", 1)); // which is one of them
}

static void
nothing_is_fine(void **state)
{
	(void)state;
	stage_tails_destroy(NULL);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(the_last_lines_come_first_and_then_new_ones),
		CASE(of_a_flood_the_last_lines_are_told),
		CASE(a_log_may_come_later),
		CASE(a_line_is_cut_and_is_text),
		CASE(nobody_asks_for_it_any_more),
		CASE(not_all_logs_at_once),
		CASE(nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
