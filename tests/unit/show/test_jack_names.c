/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/jack_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine_world.h"

#define OUTSIDER 7 // a process of nobody's

static int
set_up(void **state)
{
	static struct world world;

	world_begin(&world);
	world_song(&world, "A", "ams:ams:nAAAA\nzyn:zyn:nAAAB\n");
	world_song(&world, "B", "ams:ams:nBAAA\nams:ams:nBAAB\n");
	*state = &world;
	return 0;
}

static bool
is_ahead(const struct stage_show_song *song)
{
	return song->phase == STAGE_SHOW_AHEAD;
}

static void
add(json_t *list, const char *name, pid_t pid)
{
	json_array_append_new(
		list, json_pack("{s:s, s:i}", "name", name, "pid", (int)pid));
}

static pid_t
pid_of(struct world *world, const char *id)
{
	return world_program(world, id)->process.pid;
}

// A plays, B is loaded ahead. Ownership: the caller's.
static json_t *
two_songs(struct world *world)
{
	json_t *list = json_array();

	world_play(world, "A", "");
	stage_show_engine_preload(world->engine, "B");
	add(list, "zyn.nAAAB", pid_of(world, "nAAAB"));
	add(list, "system", OUTSIDER);
	return list;
}

static void
expect(struct world *world, const json_t *list, const char *foreign,
	const char *called)
{
	struct stage_show_jack_names names = {0};
	struct stage_strv ahead = {0};
	struct stage_str text = {0};
	char *dumped;
	json_t *json;

	stage_show_jack_names_take(&names, list, &world_ops, world);
	stage_show_jack_names_foreign(&names, world->engine, is_ahead, &ahead);
	for (size_t i = 0; i < ahead.count; i++) {
		assert_int_equal(
			stage_str_add(&text, ahead.items[i]), STAGE_OK);
		assert_int_equal(stage_str_add(&text, " "), STAGE_OK);
	}
	assert_string_equal(stage_str_text(&text), foreign);
	json = stage_show_jack_names_called(&names, world->engine);
	dumped = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(dumped, called);
	free(dumped);
	json_decref(json);
	stage_str_finish(&text);
	stage_strv_finish(&ahead);
	stage_show_jack_names_finish(&names);
}

static void
a_client_is_of_the_song_of_its_process(void **state)
{
	struct world *world = *state;
	json_t *list = two_songs(world);

	add(list, "ams", pid_of(world, "nAAAA"));
	expect(world, list, "", "{}");
	add(list, "ams-01", pid_of(world, "nBAAA"));
	expect(world, list, "ams-01: ", "{\"B\":{\"ams\":\"ams-01\"}}");
	// A child of it, and a daemon that it has become.
	add(list, "ams-02", pid_of(world, "nBAAB") + 10000);
	add(list, "my tool", pid_of(world, "nBAAA") + DAEMON);
	expect(world, list, "ams-01: ams-02: my tool: ",
		"{\"B\":{\"ams\":\"ams-01\",\"ams-01\":\"ams-02\"}}");
	json_decref(list);
}

static void
who_is_of_no_song_keeps_his_number(void **state)
{
	struct world *world = *state;
	json_t *list = two_songs(world);

	add(list, "ams", OUTSIDER);
	add(list, "ams-01", pid_of(world, "nAAAA"));
	add(list, "ams-02", pid_of(world, "nBAAA"));
	expect(world, list, "ams-02: ", "{\"B\":{\"ams-01\":\"ams-02\"}}");
	json_decref(list);
}

static void
a_song_that_plays_alone_is_called_as_it_was(void **state)
{
	struct world *world = *state;
	json_t *list = two_songs(world);

	// JACK has never two of one name; A's has gone since.
	add(list, "ams-01", pid_of(world, "nBAAA"));
	expect(world, list, "ams-01: ", "{\"B\":{\"ams\":\"ams-01\"}}");
	world_come_up(world, "");
	world_open(world, "B");
	world_end_ended(world);
	expect(world, list, "", "{\"B\":{\"ams\":\"ams-01\"}}");
	json_decref(list);
}

static void
what_nobody_has_told_is_not_known(void **state)
{
	struct world *world = *state;
	struct stage_show_jack_names names = {0};
	json_t *odd = json_loads(
		"[1, {}, {\"name\": \"x\"}, {\"name\": 7, \"pid\": 5}, "
		"{\"name\": \"y\", \"pid\": -1}]",
		0, NULL);

	world_play(world, "A", "");
	assert_null(stage_show_jack_names_called(&names, world->engine));
	expect(world, odd, "", "{}");
	expect(world, NULL, "", "{}");
	json_decref(odd);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_client_is_of_the_song_of_its_process),
		TEST(who_is_of_no_song_keeps_his_number),
		TEST(a_song_that_plays_alone_is_called_as_it_was),
		TEST(what_nobody_has_told_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
