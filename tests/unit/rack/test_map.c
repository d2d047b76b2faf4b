/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/map.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/conf.h"

struct taking {
	struct stage_rack_maps maps;
	bool is_rack;
};

static enum stage_status
take(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct taking *taking = user;

	return stage_rack_maps_take(&taking->maps, line, taking->is_rack, err);
}

static enum stage_status
read(const char *words, struct taking *taking, struct stage_err *err)
{
	char text[200];

	snprintf(text, sizeof(text), "map %s\n", words);
	return stage_conf_parse(text, strlen(text), "f", take, taking, err);
}

static const char *const both_ways[] = {
	"cc 1 74 decay_time 0.4 15 log",
	"cc any 0 wet",
	"cc14 16 31 pan 1 -1 pickup",
	"nrpn 2 16383 size 0.001 0.1 log pickup",
	"bend 3 pitch",
	"note 10 127 bypass",
	"program any 5 \"a b\"",
};

static void
a_map_is_written_as_it_was_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(both_ways); i++) {
		struct taking taking = {.is_rack = false};
		struct stage_err err = STAGE_ERR_INIT;
		struct stage_str text = {0};
		assert_int_equal(read(both_ways[i], &taking, &err), STAGE_OK);
		assert_int_equal(taking.maps.count, 1);
		assert_int_equal(
			stage_rack_map_write(&taking.maps.items[0], &text),
			STAGE_OK);
		assert_string_equal(stage_str_text(&text), both_ways[i]);
		stage_str_finish(&text);
		stage_rack_maps_finish(&taking.maps);
	}
}

static const struct {
	const char *words;
	bool is_rack;
	const char *sentence;
} slips[] = {
	{"cd 1 74 x", false, "f:1:5: \"cd\" is not cc, cc14, "},
	{"cc 0 74 x", false, "f:1:8: "},
	{"cc 17 74 x", false, "f:1:8: "},
	{"cc 1 128 x", false, "f:1:10: "},
	{"cc14 1 32 x", false, "f:1:12: "},
	{"nrpn 1 16384 x", false, "f:1:12: "},
	{"cc 1", false, "f:1:9: the number is missing"},
	{"cc 1 74", false, "f:1:12: what it controls is missing"},
	{"cc 1 74 x 1", false, "f:1:16: the highest value is missing"},
	{"cc 1 74 x 1 loud", false, "f:1:17: \"loud\" is no number"},
	{"cc 1 74 x 1 2 lgo", false, "f:1:19: \"lgo\" is not linear, log or"},
	{"cc 1 74 x 0 2 log", false, "f:1:5: a range that is log"},
	{"cc 1 74 x -1 2 log", false, "f:1:5: a range that is log"},
	{"cc 1 74 x", true, "f:1:13: \"x\" is not gain, mute or snapshot"},
	{"program 1 5 snapshot", true, "f:1:25: the name of the snapshot"},
};

static void
a_slip_is_named_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(slips); i++) {
		struct taking taking = {.is_rack = slips[i].is_rack};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			read(slips[i].words, &taking, &err), STAGE_BAD_INPUT);
		err.text[strlen(slips[i].sentence)] = '\0';
		assert_string_equal(err.text, slips[i].sentence);
		assert_int_equal(taking.maps.count, 0);
		stage_rack_maps_finish(&taking.maps);
	}
}

static void
a_way_is_scaled_and_back(void **state)
{
	static const struct {
		float min, max;
		bool is_log;
		float part, value;
	} rows[] = {
		{0, 10, false, 0, 0}, {0, 10, false, 0.5F, 5},
		{0, 10, false, 1, 10}, {10, 0, false, 0.25F, 7.5F},
		{1, 100, true, 0.5F, 10}, {100, 1, true, 0.5F, 10},
		{-1, -100, true, 0.5F, -10}, {0.4F, 15, true, 1, 15},
		{0, 10, true, 0.5F, 5}, // no log is there
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		float value = stage_rack_map_scale(
			rows[i].min, rows[i].max, rows[i].is_log, rows[i].part);
		assert_true(fabsf(value - rows[i].value) < 1e-4F);
		assert_true(fabsf(stage_rack_map_part(rows[i].min, rows[i].max,
					  rows[i].is_log, value) -
				    rows[i].part) < 1e-4F);
	}
	assert_true(stage_rack_map_part(1, 1, false, 1) == 0);
}

static void
no_more_are_added_than_there_is_room_for(void **state)
{
	struct stage_rack_maps maps = {0};
	struct stage_rack_map map = {.target = "x"};
	(void)state;

	for (unsigned i = 0; i < STAGE_RACK_MAPS_MAX; i++) {
		map.number = (uint16_t)i;
		assert_int_equal(stage_rack_maps_add(&maps, &map), STAGE_OK);
	}
	assert_int_equal(stage_rack_maps_add(&maps, &map), STAGE_FULL);
	assert_int_equal(maps.count, STAGE_RACK_MAPS_MAX);
	assert_int_equal(maps.items[100].number, 100);
	stage_rack_maps_finish(&maps);
	stage_rack_maps_finish(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_is_written_as_it_was_read),
		cmocka_unit_test(a_slip_is_named_with_its_place),
		cmocka_unit_test(a_way_is_scaled_and_back),
		cmocka_unit_test(no_more_are_added_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
