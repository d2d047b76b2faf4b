/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "doctor/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "world.h"

static struct stage_doctor_facts
look(const struct world *world, const struct stage_services *services)
{
	struct stage_doctor_facts facts;

	stage_doctor_look(
		&world->rig, world_path(world, "system"), services, &facts);
	return facts;
}

static void
what_is_not_there_is_not_known(void **state)
{
	struct world *world = *state;
	struct stage_services none = {0};
	struct stage_doctor_facts facts = look(world, &none);

	assert_null(facts.server);
	assert_int_equal(facts.memlock_bytes, STAGE_DOCTOR_UNKNOWN);
	assert_string_equal(facts.governor, "");
	assert_int_equal(facts.other_card, STAGE_DOCTOR_UNKNOWN);
	assert_int_equal(facts.memory_bytes, STAGE_DOCTOR_UNKNOWN);
	assert_int_equal(facts.swap_bytes, STAGE_DOCTOR_UNKNOWN);
	assert_int_equal(facts.swappiness, STAGE_DOCTOR_UNKNOWN);
	assert_int_equal(facts.temperature_mc, STAGE_DOCTOR_UNKNOWN);
	// The disk is where the rig is, whatever the system.
	assert_true(facts.disk_bytes > 0);
	assert_false(facts.is_up);
}

static void
the_computer_is_read(void **state)
{
	struct world *world = *state;
	struct stage_services none = {0};
	struct stage_doctor_facts facts;

	world_write(world, "system/proc/meminfo", 0644,
		"MemTotal:        2000 kB\nMemFree:  1 kB\n"
		"MemAvailable:    1000 kB\nSwapTotal:   0 kB\n");
	world_write(world, "system/proc/sys/vm/swappiness", 0644, "60\n");
	world_write(world, "system/sys/class/thermal/thermal_zone0/temp", 0644,
		"41000\n");
	world_write(world, "system/sys/class/thermal/thermal_zone1/temp", 0644,
		"52500\n");
	world_write(world, "system/sys/class/thermal/thermal_zone2/temp", 0644,
		"-40000\n");
	world_write(world, "system/sys/class/thermal/thermal_zone3/temp", 0644,
		"999999999\n");
	world_write(world,
		"system/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
		0644, "performance\n");
	world_write(world,
		"system/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor",
		0644, "schedutil\n");
	world_is_up(world);
	facts = look(world, &none);
	assert_int_equal(facts.memory_bytes, 2000 * 1024);
	assert_int_equal(facts.memory_free_bytes, 1000 * 1024);
	assert_int_equal(facts.swap_bytes, 0);
	assert_int_equal(facts.swappiness, 60);
	assert_int_equal(facts.temperature_mc, 52500);
	assert_string_equal(facts.governor, "schedutil");
	assert_true(facts.is_up);
	assert_false(facts.is_supervised);
}

static void
without_zones_sensors_are_read(void **state)
{
	struct world *world = *state;
	struct stage_services none = {0};

	world_write(world, "system/sys/class/hwmon/hwmon2/temp1_input", 0644,
		"61000\n");
	assert_int_equal(look(world, &none).temperature_mc, 61000);
}

static void
the_server_is_read(void **state)
{
	struct world *world = *state;
	struct stage_service server = {
		.name = "jack", .phase = STAGE_PHASE_READY, .pid = 77};
	struct stage_services services = {.items = &server, .count = 1};
	struct stage_doctor_facts facts;

	world_service(world, "jack");
	world_write(world, "rig/services/jack/provides", 0644, "jack\n");
	world_write(world, "system/proc/77/status", 0644,
		"Name:\tjack\nVmLck:\t   12 kB\n");
	world_write(world, "system/proc/77/limits", 0644,
		"Limit                     Soft Limit  Hard Limit  Units\n"
		"Max locked memory         8388608     8388608     bytes\n");
	facts = look(world, &services);
	assert_ptr_equal(facts.server, &server);
	assert_int_equal(facts.locked_bytes, 12 * 1024);
	assert_int_equal(facts.memlock_bytes, 8388608);
	world_write(world, "system/proc/77/limits", 0644,
		"Max locked memory         unlimited   unlimited   bytes\n");
	facts = look(world, &services);
	assert_int_equal(facts.memlock_bytes, STAGE_DOCTOR_UNLIMITED);
}

static void
who_has_a_card_is_found_but_not_our_own(void **state)
{
	struct world *world = *state;
	struct stage_service own = {
		.name = "own", .phase = STAGE_PHASE_READY, .pid = getpid()};
	struct stage_services services = {.items = &own, .count = 1};
	struct stage_doctor_facts facts;
	char text[64];

	world_write(world, "system/proc/4999999/comm", 0644, "pulseaudio\n");
	world_write(world, "system/proc/asound/card3/pcm0p/sub0/status", 0644,
		"state: RUNNING\nowner_pid   : 4999999\n");
	facts = look(world, &services);
	assert_int_equal(facts.other_card, 3);
	assert_int_equal(facts.other.pid, 4999999);
	assert_string_equal(facts.other.program, "pulseaudio");
	snprintf(text, sizeof(text), "state: RUNNING\nowner_pid   : %ld\n",
		(long)getpid());
	world_write(world, "system/proc/asound/card3/pcm0p/sub0/status", 0644,
		text);
	facts = look(world, &services);
	assert_int_equal(facts.other_card, STAGE_DOCTOR_UNKNOWN);
}

static void
it_is_told_as_json(void **state)
{
	struct world *world = *state;
	struct stage_services none = {0};
	struct stage_doctor_facts facts = look(world, &none);
	struct stage_doctor doctor;
	json_t *json;

	stage_doctor_judge(&facts, &doctor);
	json = stage_doctor_to_json(&doctor, &facts);
	assert_int_equal(json_array_size(json_object_get(json, "checks")),
		STAGE_DOCTOR_CHECKS);
	assert_string_equal(
		json_string_value(json_object_get(json, "worst")), "warn");
	assert_true(json_is_null(json_object_get(
		json_object_get(json, "machine"), "temperature_c")));
	json_decref(json);
}

int
main(void)
{
#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	static const struct CMUnitTest tests[] = {
		CASE(what_is_not_there_is_not_known),
		CASE(the_computer_is_read),
		CASE(without_zones_sensors_are_read),
		CASE(the_server_is_read),
		CASE(who_has_a_card_is_found_but_not_our_own),
		CASE(it_is_told_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
