/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/computer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define ZONE "system/sys/class/thermal/thermal_zone0/temp"

// What ails is this, in this order, and no more; "" none.
static void
expect(const struct stage_computer *computer, const char *wanted)
{
	json_t *list = stage_computer_view(computer);
	char text[128] = "";
	size_t i;
	json_t *check;

	json_array_foreach (list, i, check) {
		const char *name =
			json_string_value(json_object_get(check, "name"));
		const char *level =
			json_string_value(json_object_get(check, "level"));
		if (strcmp(name, "disk") != 0) { // that is this computer's
			snprintf(text + strlen(text),
				sizeof(text) - strlen(text), "%s %s,", name,
				level);
		}
	}
	assert_string_equal(text, wanted);
	json_decref(list);
}

static void
heat_and_memory_are_told_of_when_they_change(void **state)
{
	struct world *world = *state;
	struct stage_computer computer;
	char system[STAGE_PATH_MAX];

	snprintf(system, sizeof(system), "%s", world_path(world, "system"));
	world_write(world, ZONE, 0644, "50000\n");
	stage_computer_init(&computer, &world->rig, system);
	expect(&computer, "");
	assert_false(stage_computer_look(&computer));
	world_write(world, ZONE, 0644, "60000\n");
	assert_false(stage_computer_look(&computer));
	world_write(world, ZONE, 0644, "85000\n");
	assert_true(stage_computer_look(&computer));
	expect(&computer, "temperature warn,");
	assert_false(stage_computer_look(&computer));
	world_write(world, "system/proc/meminfo", 0644,
		"MemTotal: 1000 kB\nMemAvailable: 10 kB\n");
	assert_true(stage_computer_look(&computer));
	expect(&computer, "memory bad,temperature warn,");
	world_write(world, ZONE, 0644, "50000\n");
	world_write(world, "system/proc/meminfo", 0644,
		"MemTotal: 1000 kB\nMemAvailable: 900 kB\n");
	assert_true(stage_computer_look(&computer));
	expect(&computer, "");
	// What the doctor says besides is not for the lamp.
	world_write(world, "system/proc/sys/vm/swappiness", 0644, "60\n");
	world_write(world, "system/proc/meminfo", 0644,
		"MemTotal: 1000 kB\nMemAvailable: 900 kB\nSwapTotal: 9 kB\n");
	assert_false(stage_computer_look(&computer));
	expect(&computer, "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			heat_and_memory_are_told_of_when_they_change,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
