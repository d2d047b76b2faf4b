/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "doctor/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MB INT64_C(1000000)
#define GB (1000 * MB)

static struct stage_service server = {
	.name = "jack", .phase = STAGE_PHASE_READY, .pid = 7};

// All is well.
static struct stage_doctor_facts
fit(const struct stage_services *services)
{
	return (struct stage_doctor_facts){.services = services,
		.server = &server,
		.is_up = true,
		.is_supervised = true,
		.locked_bytes = 100 * MB,
		.memlock_bytes = STAGE_DOCTOR_UNLIMITED,
		.governor = "performance",
		.other_card = STAGE_DOCTOR_UNKNOWN,
		.disk_bytes = 100 * GB,
		.disk_free_bytes = 50 * GB,
		.memory_bytes = 8 * GB,
		.memory_free_bytes = 4 * GB,
		.swap_bytes = 0,
		.swappiness = 60,
		.temperature_mc = 50000,
		.wall_s = INT64_C(1800000000)};
}

static const struct stage_doctor_check *
find(const struct stage_doctor *doctor, const char *name)
{
	for (size_t i = 0; i < STAGE_DOCTOR_CHECKS; i++) {
		if (strcmp(doctor->checks[i].name, name) == 0) {
			return &doctor->checks[i];
		}
	}
	fail_msg("there is no check %s", name);
	return NULL;
}

// These facts make this check say that, and no other anything.
static void
expect(const struct stage_doctor_facts *facts, const char *name,
	enum stage_doctor_level level, const char *words)
{
	struct stage_doctor doctor;

	stage_doctor_judge(facts, &doctor);
	for (size_t i = 0; i < STAGE_DOCTOR_CHECKS; i++) {
		const struct stage_doctor_check *check = &doctor.checks[i];

		assert_true(check->text[0] != '\0');
		if (strcmp(check->name, name) != 0) {
			assert_int_equal(check->level, STAGE_DOCTOR_OK);
		}
	}
	assert_int_equal(find(&doctor, name)->level, level);
	if (strstr(find(&doctor, name)->text, words) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", words,
			find(&doctor, name)->text);
	}
	assert_int_equal(stage_doctor_worst(&doctor),
		level == STAGE_DOCTOR_NOT_KNOWN ? STAGE_DOCTOR_OK : level);
}

static void
a_fit_computer_is_fit(void **state)
{
	struct stage_services none = {0};
	struct stage_doctor_facts facts = fit(&none);

	(void)state;
	expect(&facts, "services", STAGE_DOCTOR_OK, "runs");
	expect(&facts, "realtime", STAGE_DOCTOR_OK, "as it was told to");
}

static void
each_fault_has_its_sentence(void **state)
{
	struct stage_services none = {0};
	struct stage_doctor_facts facts;

	(void)state;
#define FAULT(change, name, level, words)                                      \
	facts = fit(&none);                                                    \
	change;                                                                \
	expect(&facts, name, level, words)
	FAULT(facts.is_up = false, "services", STAGE_DOCTOR_WARN, "up");
	FAULT(facts.is_supervised = false, "services", STAGE_DOCTOR_BAD,
		"runsvdir");
	FAULT(facts.is_slow = true, "realtime", STAGE_DOCTOR_WARN,
		"stagecraft-jack(8)");
	FAULT(facts.server = NULL, "realtime", STAGE_DOCTOR_NOT_KNOWN, "runs");
	FAULT((facts.locked_bytes = 0, facts.memlock_bytes = 8 * MB), "memlock",
		STAGE_DOCTOR_WARN, "8000 kB");
	FAULT((facts.locked_bytes = 0,
		      facts.memlock_bytes = STAGE_DOCTOR_UNKNOWN),
		"memlock", STAGE_DOCTOR_NOT_KNOWN, "");
	FAULT((facts.other_card = 2, facts.other.pid = 99,
		      strcpy(facts.other.program, "pulseaudio")),
		"cards", STAGE_DOCTOR_WARN, "pulseaudio (process 99)");
	FAULT(facts.governor[0] = '\0', "governor", STAGE_DOCTOR_NOT_KNOWN, "");
	FAULT(strcpy(facts.governor, "powersave"), "governor",
		STAGE_DOCTOR_WARN, "powersave");
	FAULT(facts.disk_free_bytes = 1900 * MB, "disk", STAGE_DOCTOR_WARN,
		"1900 MB");
	FAULT(facts.disk_free_bytes = 100 * MB, "disk", STAGE_DOCTOR_BAD,
		"100 MB");
	FAULT(facts.is_read_only = true, "disk", STAGE_DOCTOR_WARN, "written");
	FAULT(facts.disk_free_bytes = STAGE_DOCTOR_UNKNOWN, "disk",
		STAGE_DOCTOR_NOT_KNOWN, "");
	FAULT(facts.memory_free_bytes = 900 * MB, "memory", STAGE_DOCTOR_WARN,
		"900 MB");
	FAULT(facts.memory_free_bytes = 300 * MB, "memory", STAGE_DOCTOR_BAD,
		"300 MB");
	FAULT(facts.memory_free_bytes = STAGE_DOCTOR_UNKNOWN, "memory",
		STAGE_DOCTOR_NOT_KNOWN, "");
	FAULT(facts.swap_bytes = GB, "swap", STAGE_DOCTOR_WARN, "60");
	FAULT(facts.swap_bytes = STAGE_DOCTOR_UNKNOWN, "swap",
		STAGE_DOCTOR_NOT_KNOWN, "");
	FAULT(facts.temperature_mc = 82000, "temperature", STAGE_DOCTOR_WARN,
		"82 degrees");
	FAULT(facts.temperature_mc = 99000, "temperature", STAGE_DOCTOR_BAD,
		"99 degrees");
	FAULT(facts.temperature_mc = STAGE_DOCTOR_UNKNOWN, "temperature",
		STAGE_DOCTOR_NOT_KNOWN, "not known");
	FAULT(facts.wall_s = 1000, "clock", STAGE_DOCTOR_WARN, "date -s");
#undef FAULT
}

static void
a_small_stick_is_not_full(void **state)
{
	struct stage_services none = {0};
	struct stage_doctor_facts facts = fit(&none);

	(void)state;
	facts.disk_bytes = 500 * MB;
	facts.disk_free_bytes = 150 * MB;
	expect(&facts, "disk", STAGE_DOCTOR_OK, "150 MB");
}

static void
memory_may_be_swapped_out_late(void **state)
{
	struct stage_services none = {0};
	struct stage_doctor_facts facts = fit(&none);

	(void)state;
	facts.swap_bytes = GB;
	facts.swappiness = 10;
	expect(&facts, "swap", STAGE_DOCTOR_OK, "late");
}

static void
the_worst_service_is_named(void **state)
{
	struct stage_service items[] = {
		{.name = "a", .phase = STAGE_PHASE_READY},
		{.name = "b", .phase = STAGE_PHASE_STARTING},
		{.name = "c",
			.phase = STAGE_PHASE_FAILED,
			.note = "no file x.sf2"},
		{.name = "d", .phase = STAGE_PHASE_IDLE},
		{.name = "e", .phase = STAGE_PHASE_READY, .note = "is silent"},
	};
	struct stage_services services = {.items = items, .count = 5};
	struct stage_doctor_facts facts = fit(&services);

	(void)state;
	expect(&facts, "services", STAGE_DOCTOR_BAD,
		"c failed: no file x.sf2 (and 2 more); stagecraft logs c");
	items[2].phase = STAGE_PHASE_DOWN;
	items[1].phase = STAGE_PHASE_READY;
	expect(&facts, "services", STAGE_DOCTOR_WARN,
		"e is not well: is silent; ");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fit_computer_is_fit),
		cmocka_unit_test(each_fault_has_its_sentence),
		cmocka_unit_test(a_small_stick_is_not_full),
		cmocka_unit_test(memory_may_be_swapped_out_late),
		cmocka_unit_test(the_worst_service_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
