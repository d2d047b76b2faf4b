/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Snapshots of a rack without JACK, and the controllers that recall them. */

#include "rack/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "offline.h"

static void
save(struct world *world, const char *name)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_snapshot_save(world->rack, name, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

static void
check_list(const struct world *world, const char *wanted)
{
	json_t *names = stage_rack_snapshot_list(world->rack);
	char text[256] = "";

	for (size_t i = 0; i < json_array_size(names); i++) {
		size_t len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "%s ",
			json_string_value(json_array_get(names, i)));
	}
	json_decref(names);
	assert_string_equal(text, wanted);
}

static void
one_that_is_removed_leaves_the_others(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	scratch_write(&world->scratch, "10-gain.slot", TEST "middle\n");
	start(world);
	save(world, "verse");
	save(world, "verse.1");
	save(world, "verse.16");
	assert_int_equal(stage_rack_snapshot_remove(world->rack, "verse", &err),
		STAGE_OK);
	check_list(world, "verse.1 verse.16 ");
	assert_int_equal(stage_rack_snapshot_remove(world->rack, "verse", &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "there is no snapshot \"verse\""));
	check_list(world, "verse.1 verse.16 ");
}

// A controller that the audio thread has heard with the plan it has.
static void
hear(struct world *world, uint16_t number)
{
	const struct stage_rack_told told = {.kind = STAGE_RACK_MAP_CC,
		.channel = 1,
		.number = number,
		.index = 0,
		.part = 1};

	assert_int_equal(stage_ring_write(world->wire.decoder.told, 0, &told,
				 sizeof(told)),
		STAGE_OK);
	(void)stage_rack_tidy(world->rack);
}

static void
what_an_older_plan_tells_is_of_no_other_map(void **state)
{
	struct world *world = *state;
	struct stage_rack_own *own;

	scratch_write(&world->scratch, "rack", "map cc 1 7 snapshot a\n");
	start(world);
	own = &world->rack->own;
	scratch_write(&world->scratch, "rack",
		"map cc 1 8 mute\nmap cc 1 7 snapshot a\n");
	stage_rack_reload(world->rack);
	hear(world, 7);
	assert_true(stage_rack_own_get(own, STAGE_RACK_OWN_MUTE) == 0);
	hear(world, 8);
	assert_true(stage_rack_own_get(own, STAGE_RACK_OWN_MUTE) == 1);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_that_is_removed_leaves_the_others),
		TEST(what_an_older_plan_tells_is_of_no_other_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
