/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

#define URI "plugin http://example.org/a\n"

static int
set_up(void **state)
{
	static struct scratch scratch;

	scratch_init(&scratch);
	*state = &scratch;
	return 0;
}

static int
tear_down(void **state)
{
	scratch_finish(*state);
	return 0;
}

static void
slots_come_in_the_order_of_their_names(void **state)
{
	struct scratch *scratch = *state;
	struct stage_rack_slots slots;
	struct stage_err err = STAGE_ERR_INIT;

	scratch_write(scratch, "rack", "");
	scratch_write(scratch, "20-eq.slot", URI "name EQ\n");
	scratch_write(scratch, "10-reverb.slot", URI);
	scratch_write(scratch, "15-off.slot.off", URI);
	assert_int_equal(
		stage_rack_slots_load(scratch->dir, &slots, &err), STAGE_OK);
	assert_int_equal(slots.count, 2);
	assert_string_equal(slots.items[0].id, "reverb");
	assert_string_equal(slots.items[1].id, "eq");
	assert_ptr_equal(stage_rack_slots_find(&slots, "eq"), &slots.items[1]);
	assert_null(stage_rack_slots_find(&slots, "off"));
	stage_rack_slots_finish(&slots);
}

static void
a_slip_is_the_fault_of_its_slot_alone(void **state)
{
	struct scratch *scratch = *state;
	struct stage_rack_slots slots;
	struct stage_err err = STAGE_ERR_INIT;
	char place[SCRATCH_PATH_MAX + 32];

	scratch_write(scratch, "10-a.slot", URI "sett x 1\n");
	scratch_write(scratch, "20-b.slot", URI);
	snprintf(place, sizeof(place), "%s/10-a.slot:2:1: ", scratch->dir);
	assert_int_equal(
		stage_rack_slots_load(scratch->dir, &slots, &err), STAGE_OK);
	assert_int_equal(slots.count, 2);
	assert_memory_equal(slots.items[0].fault, place, strlen(place));
	assert_string_equal(slots.items[1].fault, "");
	stage_rack_slots_finish(&slots);
}

static void
the_second_of_a_name_has_a_fault(void **state)
{
	struct scratch *scratch = *state;
	struct stage_rack_slots slots;
	struct stage_err err = STAGE_ERR_INIT;

	scratch_write(scratch, "10-a.slot", URI);
	scratch_write(scratch, "20-a.slot", URI);
	assert_int_equal(
		stage_rack_slots_load(scratch->dir, &slots, &err), STAGE_OK);
	assert_int_equal(slots.count, 2);
	assert_string_equal(slots.items[0].id, "a");
	assert_string_equal(slots.items[0].fault, "");
	assert_string_equal(slots.items[1].id, "20-a.slot");
	assert_non_null(strstr(slots.items[1].fault, "is called \"a\", too"));
	stage_rack_slots_finish(&slots);
}

static void
a_name_that_a_checkpoint_has_is_a_fault(void **state)
{
	struct scratch *scratch = *state;
	struct stage_rack_slots slots;
	struct stage_err err = STAGE_ERR_INIT;

	scratch_write(scratch, "10-fx.slot", URI);
	scratch_write(scratch, "20-fx.1.slot", URI);
	assert_int_equal(
		stage_rack_slots_load(scratch->dir, &slots, &err), STAGE_OK);
	assert_int_equal(slots.count, 2);
	assert_string_equal(slots.items[0].fault, "");
	assert_string_equal(slots.items[1].id, "fx.1");
	assert_non_null(strstr(slots.items[1].fault,
		"20-fx.1.slot: \"fx.1\" is no name for a slot: it ends in a "
		"dot and a number, as older checkpoints do"));
	stage_rack_slots_finish(&slots);
}

static void
a_directory_that_is_not_there_is_an_error(void **state)
{
	struct scratch *scratch = *state;
	struct stage_rack_slots slots;
	struct stage_rack_config config;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_rack_slots_load(
				 scratch_path(scratch, "none"), &slots, &err),
		STAGE_NOT_FOUND);
	stage_rack_slots_finish(&slots);
	assert_int_equal(stage_rack_config_load(scratch->dir, &config, &err),
		STAGE_NOT_FOUND);
}

static void
more_slots_than_there_may_be_are_left_out(void **state)
{
	struct scratch *scratch = *state;
	struct stage_rack_slots slots;
	struct stage_err err = STAGE_ERR_INIT;
	char name[32];

	for (int i = 0; i < STAGE_RACK_SLOTS_MAX + 3; i++) {
		snprintf(name, sizeof(name), "%03d-s%03d.slot", i, i);
		scratch_write(scratch, name, URI);
	}
	assert_int_equal(
		stage_rack_slots_load(scratch->dir, &slots, &err), STAGE_OK);
	assert_int_equal(slots.count, STAGE_RACK_SLOTS_MAX);
	stage_rack_slots_finish(&slots);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(slots_come_in_the_order_of_their_names),
		TEST(a_slip_is_the_fault_of_its_slot_alone),
		TEST(the_second_of_a_name_has_a_fault),
		TEST(a_name_that_a_checkpoint_has_is_a_fault),
		TEST(a_directory_that_is_not_there_is_an_error),
		TEST(more_slots_than_there_may_be_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
