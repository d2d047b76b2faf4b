/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/recall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "plugin http://example.org/a\nbypass yes no\nwet 0.25 1\n"

static struct stage_rack_memory
parse(const char *text)
{
	struct stage_rack_memory memory;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_memory_parse(text, strlen(text), "f", &memory, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return memory;
}

static void
all_of_it_comes_back(void **state)
{
	static unsigned char bytes[5000]; // several lines
	struct stage_rack_memory first =
		parse(HEAD "value a 0.100000001 0.5\nvalue b -3 -\n"
			   "file k:1 \"a hall.wav\"\nend 2\n");
	struct stage_rack_memory second;
	struct stage_str text = {0};
	(void)state;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (unsigned char)(i * 7);
	}
	assert_int_equal(stage_rack_memory_add_property(
				 &first, "k:1", "t:1", 3, bytes, sizeof(bytes)),
		STAGE_OK);
	assert_int_equal(
		stage_rack_memory_add_property(&first, "k:2", "t:2", 0, "", 0),
		STAGE_OK);
	assert_int_equal(stage_rack_memory_write(&first, &text), STAGE_OK);
	second = parse(stage_str_text(&text));
	assert_string_equal(second.plugin, "http://example.org/a");
	assert_true(second.is_bypassed);
	assert_false(second.was_configured_bypassed);
	assert_true(second.wet == 0.25F && second.configured_wet == 1);
	assert_int_equal(second.value_count, 2);
	assert_true(second.values[0].value == 0.1F);
	assert_true(second.values[0].configured == 0.5F);
	assert_true(second.values[0].has_configured);
	assert_false(second.values[1].has_configured);
	assert_int_equal(second.configured_files.count, 1);
	assert_string_equal(
		stage_rack_files_get(&second.configured_files, "k:1"),
		"a hall.wav");
	assert_int_equal(second.property_count, 2);
	assert_string_equal(second.properties[0].key, "k:1");
	assert_string_equal(second.properties[1].type, "t:2");
	assert_int_equal(second.properties[0].flags, 3);
	assert_int_equal(second.properties[0].bytes.len, sizeof(bytes));
	assert_memory_equal(
		second.properties[0].bytes.data, bytes, sizeof(bytes));
	assert_int_equal(second.properties[1].bytes.len, 0);
	stage_str_finish(&text);
	stage_rack_memory_finish(&first);
	stage_rack_memory_finish(&second);
}

// Samplers keep all their sounds.
static void
a_state_of_megabytes_comes_back(void **state)
{
	struct stage_rack_memory first = parse(HEAD "end 0\n");
	struct stage_rack_memory second;
	struct stage_str text = {0};
	size_t len = (size_t)3 << 20;
	unsigned char *bytes = calloc(1, len);
	(void)state;

	assert_non_null(bytes);
	bytes[len - 1] = 7;
	assert_int_equal(stage_rack_memory_add_property(
				 &first, "k:1", "t:1", 3, bytes, len),
		STAGE_OK);
	assert_int_equal(stage_rack_memory_write(&first, &text), STAGE_OK);
	second = parse(stage_str_text(&text));
	assert_int_equal(second.properties[0].bytes.len, len);
	assert_memory_equal(second.properties[0].bytes.data, bytes, len);
	free(bytes);
	stage_str_finish(&text);
	stage_rack_memory_finish(&first);
	stage_rack_memory_finish(&second);
}

static const struct {
	const char *text;
	const char *sentence;
} broken[] = {
	{HEAD "file k:1 a\nfile k:1 b\nend 0\n", "f:5:6: "},
	{"", "f: its end is not there"},
	{HEAD "value a 1 -\n", "f: its end is not there"},
	{HEAD "value a 1 -\nend 2\n", "f:5:5: there are 1 values before it"},
	{HEAD "end 0\nvalue a 1 -\n", "f:5:1: this stands behind the end"},
	{HEAD "value a inf -\nend 1\n", "f:4:9: \"inf\" is no number"},
	{HEAD "value a 1\nend 1\n", "f:4:10: "},
	{HEAD "bytes YQ==\nend 0\n", "f:4:1: bytes stand behind"},
	{HEAD "property k t 0\nbytes *\nend 0\n", "f:5:7: this is no base64"},
	{HEAD "property k t -1\nend 0\n", "f:4:14: "},
	{HEAD "knob 1\nend 0\n", "f:4:1: \"knob\" is nothing"},
	{"bypass yes perhaps\nend 0\n", "f:1:12: "},
};

static void
what_is_not_whole_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(broken); i++) {
		struct stage_rack_memory memory;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_rack_memory_parse(broken[i].text,
				strlen(broken[i].text), "f", &memory, &err),
			STAGE_BAD_INPUT);
		assert_memory_equal(err.text, broken[i].sentence,
			strlen(broken[i].sentence));
	}
}

static struct stage_rack_slot_config
slot(const char *text)
{
	struct stage_rack_slot_config config;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_slot_config_parse(
		    text, strlen(text), "f", &config, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return config;
}

// Remembered: 5, when the slot file said 1 of "a" and nothing of "b".
static const struct {
	const char *slot;
	const char *symbol;
	float value;
} recalls[] = {
	{"set a 1\n", "a", 5},           // as it was
	{"set a 2\n", "a", -1},          // the user has changed his mind
	{"", "a", -1},                   // and here
	{"", "b", 5},                    // as it was
	{"set b 7\n", "b", -1},          // he says something now
	{"set a 1\nset z 1\n", "z", -1}, // never known
};

static void
the_file_wins_where_it_was_changed(void **state)
{
	struct stage_rack_memory memory =
		parse(HEAD "value a 5 1\nvalue b 5 -\nend 2\n");
	char text[128];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(recalls); i++) {
		struct stage_rack_slot_config config;
		float value = -1;
		strcpy(text, "plugin http://example.org/a\n");
		strcat(text, recalls[i].slot);
		config = slot(text);
		stage_rack_memory_recall(
			&memory, &config, recalls[i].symbol, &value);
		assert_true(value == recalls[i].value);
		stage_rack_slot_config_finish(&config);
	}
	stage_rack_memory_finish(&memory);
}

static void
bypass_and_wet_are_recalled_likewise(void **state)
{
	struct stage_rack_memory memory = parse(HEAD "end 0\n");
	struct stage_rack_slot_config same =
		slot("plugin http://example.org/a\n");
	struct stage_rack_slot_config other =
		slot("plugin http://example.org/a\nbypass yes\nwet 0.5\n");
	bool is_bypassed = false;
	float wet = 1;
	(void)state;

	assert_true(stage_rack_memory_is_of(&memory, &same));
	stage_rack_memory_recall_slot(&memory, &same, &is_bypassed, &wet);
	assert_true(is_bypassed && wet == 0.25F);
	is_bypassed = true;
	wet = 0.5F;
	memory.is_bypassed = false;
	stage_rack_memory_recall_slot(&memory, &other, &is_bypassed, &wet);
	assert_true(is_bypassed && wet == 0.5F);
	stage_rack_memory_finish(&memory);
}

static void
another_plugin_remembers_nothing(void **state)
{
	struct stage_rack_memory memory = parse(HEAD "end 0\n");
	struct stage_rack_slot_config other =
		slot("plugin http://example.org/b\n");
	(void)state;

	assert_false(stage_rack_memory_is_of(&memory, &other));
	stage_rack_memory_finish(&memory);
	stage_rack_memory_finish(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_comes_back),
		cmocka_unit_test(a_state_of_megabytes_comes_back),
		cmocka_unit_test(what_is_not_whole_is_refused),
		cmocka_unit_test(the_file_wins_where_it_was_changed),
		cmocka_unit_test(bypass_and_wet_are_recalled_likewise),
		cmocka_unit_test(another_plugin_remembers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
