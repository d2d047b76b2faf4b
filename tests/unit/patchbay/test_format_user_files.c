/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Two real snapshots and three Carla projects of a user, where they are beside
 * the tree. They are not part of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/io.h"
#include "fixture.h"

#define FILE_MAX (1U << 20) // bytes

static bool
load(const char *name, struct stage_str *out)
{
	char path[STAGE_PATH_MAX];

	*out = (struct stage_str){0};
	return stage_io_join(path, sizeof(path), USER_FILES, name, NULL) ==
		       STAGE_OK &&
	       stage_io_read_file(path, FILE_MAX, out, NULL) == STAGE_OK;
}

static size_t
count(const struct stage_patch_import *import, enum stage_patch_system system)
{
	size_t found = 0;

	for (size_t i = 0; i < import->list.count; i++) {
		found += import->list.items[i].system == system;
	}
	return found;
}

// Writes it again and reads that.
static void
check_again(const char *format, const struct stage_patch_import *import)
{
	struct stage_patch_import again;
	struct stage_strv report;
	struct stage_str bytes;

	fixture_write(format, &import->list, &bytes, &report);
	assert_int_equal(report.count, 0);
	fixture_read(format, &bytes, &again);
	fixture_same(&import->list, &again.list);
	stage_patch_import_finish(&again);
	stage_strv_finish(&report);
	stage_str_finish(&bytes);
}

static void
the_files_are_read_whole(void **state)
{
	static const struct {
		const char *name;
		const char *format;
		size_t jack;
		size_t alsa;
		const char *told;
	} cases[] = {
		{"global-patchbay-new-root.xml", "aj-snapshot", 19, 1,
			"14 names of a2jmidid"},
		// 8 in the file, of which 1 is the kernel's
		{"global-patchbay-old-two-roots.xml", "aj-snapshot", 34, 7,
			"kernel's own: 1 connection"},
		{"global-fx.carxp", "carla", 12, 0, NULL},
		{"global-toms-carla.carxp", "carla", 25, 0, NULL},
		{"global-toms.carxp", "carla", 21, 0, NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_import import;
		struct stage_str bytes;
		assert_true(load(cases[i].name, &bytes));
		fixture_read(cases[i].format, &bytes, &import);
		assert_int_equal(
			count(&import, STAGE_PATCH_JACK), cases[i].jack);
		assert_int_equal(
			count(&import, STAGE_PATCH_ALSA), cases[i].alsa);
		if (cases[i].told != NULL) {
			assert_int_equal(
				fixture_told(&import.report, cases[i].told), 1);
		}
		check_again(cases[i].format, &import);
		stage_patch_import_finish(&import);
		stage_str_finish(&bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_files_are_read_whole),
	};

	// cmocka's own "not ok 1 # SKIP" counts as failed.
	if (access(USER_FILES, F_OK) != 0) {
		printf("1..0 # SKIP there is no %s\n", USER_FILES);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
