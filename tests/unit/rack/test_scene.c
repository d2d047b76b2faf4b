/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char whole[] = "slot reverb http://example.org/a no 0.3\n"
			    "value decay 1.5\n"
			    "value :pan -0.5\n"
			    "slot \"e q\" http://example.org/b yes 1\n"
			    "end 2\n";

static void
a_scene_is_written_as_it_was_read(void **state)
{
	struct stage_rack_scene scene;
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	const struct stage_rack_scene_slot *slot;
	(void)state;

	assert_int_equal(
		stage_rack_scene_parse(whole, strlen(whole), "f", &scene, &err),
		STAGE_OK);
	slot = stage_rack_scene_find(&scene, "reverb");
	assert_non_null(slot);
	assert_int_equal(slot->value_count, 2);
	assert_string_equal(scene.values[slot->first_value + 1].symbol, ":pan");
	assert_true(stage_rack_scene_find(&scene, "e q")->is_bypassed);
	assert_null(stage_rack_scene_find(&scene, "x"));
	assert_int_equal(stage_rack_scene_write(&scene, &text), STAGE_OK);
	assert_int_equal(stage_str_add(&text, ""), STAGE_OK);
	assert_non_null(strstr(stage_str_text(&text), "value :pan -0.5\n"));
	stage_rack_scene_finish(&scene);
	assert_int_equal(stage_rack_scene_parse(stage_str_text(&text), text.len,
				 "f", &scene, &err),
		STAGE_OK);
	assert_int_equal(scene.slot_count, 2);
	assert_int_equal(scene.value_count, 2);
	stage_rack_scene_finish(&scene);
	stage_str_finish(&text);
}

static const struct {
	const char *text;
	const char *sentence;
} slips[] = {
	{"", "f: its end is not there"},
	{"slot a b no 1\n", "f: its end is not there"},
	{"value x 1\nend 0\n", "f:1:7: this is no value of a slot"},
	{"end 1\n", "f:1:5: there are 0 slots before it"},
	{"end 0\nend 0\n", "f:2:1: this stands behind the end"},
	{"slot a b no 2\n", "f:1:13: 2 is not from 0 to 1"},
	{"slto a b no 1\n", "f:1:1: \"slto\" is nothing"},
	{"slot a b no 1\nvalue x nan\n", "f:2:9: \"nan\" is no number"},
};

static void
what_is_not_whole_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(slips); i++) {
		struct stage_rack_scene scene;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_rack_scene_parse(slips[i].text,
				strlen(slips[i].text), "f", &scene, &err),
			STAGE_BAD_INPUT);
		err.text[strlen(slips[i].sentence)] = '\0';
		assert_string_equal(err.text, slips[i].sentence);
		stage_rack_scene_finish(&scene);
	}
}

static void
it_grows(void **state)
{
	struct stage_rack_scene scene = {0};
	struct stage_rack_scene_slot slot = {.wet = 1};
	(void)state;

	assert_int_equal(stage_rack_scene_add_value(&scene, "x", 1), STAGE_BUG);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(slot.id, sizeof(slot.id), "s%u", i);
		assert_int_equal(
			stage_rack_scene_add_slot(&scene, &slot), STAGE_OK);
		assert_int_equal(
			stage_rack_scene_add_value(&scene, "x", (float)i),
			STAGE_OK);
	}
	assert_true(
		scene.values[stage_rack_scene_find(&scene, "s33")->first_value]
			.value == 33);
	stage_rack_scene_finish(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scene_is_written_as_it_was_read),
		cmocka_unit_test(what_is_not_whole_is_refused),
		cmocka_unit_test(it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
