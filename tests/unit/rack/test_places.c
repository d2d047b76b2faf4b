/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/attr.h"

static const struct stage_rack_own_places song = {"/s/r", "/s/r/state/files"};
static const struct stage_rack_own_places service = {"/g", "/v/files"};
static const struct stage_rack_own_places nowhere = {"", ""};

static const struct {
	const struct stage_rack_own_places *places;
	const char *path;
	const char *remembered;
} paths[] = {
	{&song, "/s/r/hall.wav", "rack:hall.wav"},
	{&song, "/s/r/a/b c.wav", "rack:a/b c.wav"},
	{&song, "/s/r/state/files/x/take.wav", "files:x/take.wav"},
	{&song, "/s/r2/hall.wav", "/s/r2/hall.wav"},
	{&song, "/s/r", "/s/r"},
	{&song, "/s/r/", "/s/r/"},
	{&song, "/else/hall.wav", "/else/hall.wav"},
	{&song, "", ""},
	{&service, "/g/hall.wav", "rack:hall.wav"},
	{&service, "/v/files/x", "files:x"},
	{&nowhere, "/g/hall.wav", "/g/hall.wav"},
};

static void
paths_go_with_the_rack(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(paths); i++) {
		char *shorter = stage_rack_places_shorten(
			paths[i].places, paths[i].path);
		char *again = stage_rack_places_expand(
			paths[i].places, paths[i].remembered);
		assert_string_equal(shorter, paths[i].remembered);
		assert_string_equal(again, paths[i].path);
		free(shorter);
		free(again);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_go_with_the_rack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
