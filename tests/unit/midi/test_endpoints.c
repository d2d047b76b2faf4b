/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/endpoints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "midi_world.h"

#define PORT "Keystation 61 MIDI 1"
#define FIRST "Keystation 61 (capture): " PORT
#define SECOND "Keystation 61 #2 (capture): " PORT

static int
set_up(void **state)
{
	static struct midi_world world;

	midi_world_init(&world);
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	midi_world_finish(*state);
	return 0;
}

static void
plug(struct midi_world *world, int client, const char *serial,
	const char *place)
{
	struct stage_midi_identity keyboard = midi_keyboard(serial, place);

	midi_world_plug(world, client, &keyboard, PORT, 1);
}

static void
an_endpoint_outlives_its_device(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_endpoint *endpoint;

	plug(world, 20, "A", "1");
	assert_true(midi_world_update(world));
	endpoint = stage_midi_endpoints_at(world->endpoints, 0);
	assert_string_equal(midi_world_name(world, 20, 0), FIRST);
	midi_world_pull(world, 20);
	assert_false(midi_world_update(world));
	assert_int_equal(world->went, 1);
	assert_false(endpoint->is_here);
	plug(world, 28, "A", "1");
	assert_false(midi_world_update(world));
	assert_ptr_equal(
		stage_midi_endpoints_at(world->endpoints, 0), endpoint);
	assert_true(endpoint->is_here);
	assert_int_equal(endpoint->address.client, 28);
	assert_int_equal(world->came, 2);
	assert_int_equal(world->new_ones, 1);
	assert_int_equal(stage_midi_endpoints_count(world->endpoints), 1);
}

static void
twins_keep_their_names_in_any_order(void **state)
{
	struct midi_world *world = *state;

	plug(world, 20, "A", "1");
	plug(world, 24, "B", "2");
	midi_world_update(world);
	assert_string_equal(midi_world_name(world, 20, 0), FIRST);
	assert_string_equal(midi_world_name(world, 24, 0), SECOND);
	midi_world_pull(world, 20);
	midi_world_pull(world, 24);
	midi_world_update(world);
	plug(world, 20, "B", "1"); // first, and in the other's socket
	midi_world_update(world);
	assert_string_equal(midi_world_name(world, 20, 0), SECOND);
	plug(world, 24, "A", "2");
	midi_world_update(world);
	assert_string_equal(midi_world_name(world, 24, 0), FIRST);
	assert_int_equal(world->new_ones, 2);
}

static void
a_device_that_moved_is_known_by_its_new_place(void **state)
{
	struct midi_world *world = *state;

	plug(world, 20, "", "1");
	midi_world_update(world);
	midi_world_pull(world, 20);
	midi_world_update(world);
	plug(world, 20, "", "2");
	assert_true(midi_world_update(world));
	assert_string_equal(
		stage_midi_endpoints_at(world->endpoints, 0)->identity.place,
		"2");
	assert_int_equal(world->new_ones, 1);
}

static void
equal_ports_of_a_device_get_numbers(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_identity keyboard = midi_keyboard("A", "1");

	midi_world_plug(world, 20, &keyboard, PORT, 3);
	midi_world_update(world);
	assert_string_equal(midi_world_name(world, 20, 0), FIRST);
	assert_string_equal(midi_world_name(world, 20, 1), FIRST " (2)");
	assert_string_equal(midi_world_name(world, 20, 2), FIRST " (3)");
	midi_world_pull(world, 20);
	midi_world_update(world);
	midi_world_plug(world, 20, &keyboard, PORT, 2);
	world->found[0] = world->found[1]; // port 0 is not there
	world->count = 1;
	midi_world_update(world);
	assert_string_equal(midi_world_name(world, 20, 1), FIRST " (2)");
}

static void
a_name_is_a_promise(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_identity keyboard = midi_keyboard("A", "1");

	plug(world, 20, "A", "1");
	midi_world_update(world);
	midi_world_pull(world, 20);
	snprintf(keyboard.name, sizeof(keyboard.name), "Renamed");
	midi_world_plug(world, 20, &keyboard, "New firmware", 1);
	midi_world_update(world);
	assert_string_equal(midi_world_name(world, 20, 0), FIRST);
	midi_world_update(world);
	assert_int_equal(world->new_ones, 1);
	assert_int_equal(world->came, 2);
}

static void
names_that_look_the_same_are_told_apart(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_identity a = midi_program("a*");
	struct stage_midi_identity b = midi_program("a#");

	midi_world_plug(world, 128, &a, "p", 1);
	midi_world_plug(world, 129, &b, "p", 1);
	midi_world_update(world);
	assert_string_equal(midi_world_name(world, 128, 0), "a  (capture): p");
	assert_string_equal(
		midi_world_name(world, 129, 0), "a  #2 (capture): p");
}

static void
programs_are_kept_for_this_run_only(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_identity program = midi_program("Seq");

	midi_world_plug(world, 128, &program, "out", 1);
	assert_false(midi_world_update(world));
	midi_world_plug(world, 130, &program, "out", 1);
	midi_world_update(world);
	assert_string_equal(
		midi_world_name(world, 128, 0), "Seq (capture): out");
	assert_string_equal(
		midi_world_name(world, 130, 0), "Seq #2 (capture): out");
	midi_world_pull(world, 128);
	midi_world_update(world);
	midi_world_plug(world, 131, &program, "out", 1);
	midi_world_update(world);
	assert_string_equal(
		midi_world_name(world, 131, 0), "Seq (capture): out");
	assert_false(stage_midi_endpoint_is_kept(
		stage_midi_endpoints_at(world->endpoints, 0)));
}

static void
old_programs_are_dropped(void **state)
{
	struct midi_world *world = *state;

	plug(world, 20, "A", "1");
	for (int i = 0; i < 2 * STAGE_MIDI_SOFTWARE_MAX; i++) {
		struct stage_midi_identity program;
		char name[16];
		snprintf(name, sizeof(name), "p%d", i);
		program = midi_program(name);
		midi_world_plug(world, 128, &program, "x", 1);
		midi_world_update(world);
		midi_world_pull(world, 128);
	}
	midi_world_pull(world, 20);
	midi_world_update(world);
	assert_int_equal(stage_midi_endpoints_count(world->endpoints),
		STAGE_MIDI_SOFTWARE_MAX + 1);
	assert_int_equal(world->forgotten, STAGE_MIDI_SOFTWARE_MAX);
	assert_string_equal(
		stage_midi_endpoints_at(world->endpoints, 1)->identity.name,
		"p64");
}

static void
gone_is_told_at_once(void **state)
{
	struct midi_world *world = *state;

	plug(world, 20, "A", "1");
	midi_world_update(world);
	stage_midi_endpoints_gone(
		world->endpoints, (struct stage_midi_address){20, 1});
	assert_int_equal(world->went, 0);
	stage_midi_endpoints_gone(
		world->endpoints, (struct stage_midi_address){20, 0});
	assert_int_equal(world->went, 1);
	midi_world_update(world); // it was back before we looked
	assert_int_equal(world->came, 2);
	stage_midi_endpoints_gone(
		world->endpoints, (struct stage_midi_address){20, -1});
	assert_int_equal(world->went, 2);
}

static void
another_device_at_the_same_address_is_seen(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_identity other = midi_keyboard("C", "1");

	plug(world, 20, "A", "1");
	midi_world_update(world);
	midi_world_pull(world, 20);
	snprintf(other.name, sizeof(other.name), "Other");
	midi_world_plug(world, 20, &other, "x", 1);
	midi_world_update(world); // and no exit was ever told
	assert_string_equal(
		midi_world_name(world, 20, 0), "Other (capture): x");
	assert_int_equal(world->went, 1);
}

static void
a_direction_that_comes_later_is_told(void **state)
{
	struct midi_world *world = *state;

	plug(world, 20, "A", "1");
	world->found[0].has[STAGE_MIDI_PLAYBACK] = false;
	midi_world_update(world);
	assert_int_equal(world->came, 1);
	world->found[0].has[STAGE_MIDI_PLAYBACK] = true;
	assert_true(midi_world_update(world));
	assert_int_equal(world->came, 2);
	world->found[0].has[STAGE_MIDI_PLAYBACK] = false;
	assert_false(midi_world_update(world));
	assert_true(stage_midi_endpoints_at(world->endpoints, 0)
			    ->has[STAGE_MIDI_PLAYBACK]);
}

static void
what_is_here_is_not_forgotten(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_endpoint *endpoint;

	plug(world, 20, "A", "1");
	midi_world_update(world);
	endpoint = stage_midi_endpoints_at(world->endpoints, 0);
	assert_int_equal(
		stage_midi_endpoints_forget(world->endpoints, endpoint),
		STAGE_BUSY);
	midi_world_pull(world, 20);
	midi_world_update(world);
	assert_int_equal(
		stage_midi_endpoints_forget(world->endpoints, endpoint),
		STAGE_OK);
	assert_int_equal(world->forgotten, 1);
	assert_int_equal(stage_midi_endpoints_count(world->endpoints), 0);
}

static void
a_full_table_leaves_out_the_rest(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_identity keyboard = midi_keyboard("A", "1");
	size_t lost = 0;

	midi_world_plug(world, 20, &keyboard, PORT, WORLD_FOUND_MAX);
	stage_midi_endpoints_update(
		world->endpoints, world->found, world->count, &lost);
	assert_int_equal(lost, WORLD_FOUND_MAX - STAGE_MIDI_ENDPOINTS_MAX);
	assert_int_equal(stage_midi_endpoints_count(world->endpoints),
		STAGE_MIDI_ENDPOINTS_MAX);
}

static void
virtual_ports_are_endpoints_too(void **state)
{
	struct midi_world *world = *state;
	struct stage_midi_endpoint *lights =
		stage_midi_endpoints_add_virtual(world->endpoints, "Lights");
	struct stage_midi_identity identity = midi_program("Lights");

	assert_non_null(lights);
	assert_ptr_equal(
		stage_midi_endpoints_add_virtual(world->endpoints, "Lights"),
		lights);
	assert_true(stage_midi_endpoint_is_kept(lights));
	identity.kind = STAGE_MIDI_VIRTUAL;
	midi_world_plug(world, 140, &identity, "Lights", 1);
	midi_world_update(world);
	assert_true(lights->is_here);
	assert_int_equal(stage_midi_endpoints_count(world->endpoints), 1);
	assert_non_null(
		stage_midi_endpoints_add_virtual(world->endpoints, "Sound"));
	identity = midi_program("Sound");
	identity.kind = STAGE_MIDI_VIRTUAL;
	midi_world_plug(world, 140, &identity, "Sound", 1); // of one client
	for (size_t i = 0; i < world->count; i++) {
		bool is_sound = world->found[i].port_name[0] == 'S';
		world->found[i].address.port = is_sound ? 1 : 0;
	}
	midi_world_update(world);
	assert_int_equal(stage_midi_endpoints_count(world->endpoints), 2);
	assert_string_equal(
		midi_world_name(world, 140, 1), "Sound (capture): Sound");
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_endpoint_outlives_its_device),
		TEST(twins_keep_their_names_in_any_order),
		TEST(a_device_that_moved_is_known_by_its_new_place),
		TEST(equal_ports_of_a_device_get_numbers),
		TEST(a_name_is_a_promise),
		TEST(names_that_look_the_same_are_told_apart),
		TEST(programs_are_kept_for_this_run_only),
		TEST(old_programs_are_dropped),
		TEST(gone_is_told_at_once),
		TEST(another_device_at_the_same_address_is_seen),
		TEST(a_direction_that_comes_later_is_told),
		TEST(what_is_here_is_not_forgotten),
		TEST(a_full_table_leaves_out_the_rest),
		TEST(virtual_ports_are_endpoints_too),
	};

	stage_midi_endpoints_destroy(NULL);
	return cmocka_run_group_tests_name("midi/endpoints", tests, NULL, NULL);
}
