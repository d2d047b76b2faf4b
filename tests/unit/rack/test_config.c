/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

#define URI "plugin http://example.org/a\n"

static void
a_rack_without_words_is_the_usual_one(void **state)
{
	struct stage_rack_config config;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_rack_config_parse("", 0, "rack", &config, &err),
		STAGE_OK);
	assert_string_equal(config.client, "");
	assert_int_equal(config.ins, 2);
	assert_int_equal(config.outs, 2);
	assert_true(config.has_midi);
	assert_true(config.gain_db == 0);
	assert_int_equal(config.fade_ns, 20 * STAGE_NS_PER_MS);
	assert_int_equal(config.hold_ns, STAGE_NS_PER_S);
	assert_int_equal(config.patience_ns, 10 * STAGE_NS_PER_S);
}

static void
a_rack_says_all_of_it(void **state)
{
	static const char text[] =
		"client \"GLOBAL FX\"\nin 0\nout 4\n"
		"midi no\ngain -3.5\nfade 50ms\npatience 2s\n"
		"hold forever\n";
	struct stage_rack_config config;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_rack_config_parse(
				 text, strlen(text), "rack", &config, &err),
		STAGE_OK);
	assert_string_equal(config.client, "GLOBAL FX");
	assert_int_equal(config.ins, 0);
	assert_int_equal(config.outs, 4);
	assert_false(config.has_midi);
	assert_true(config.gain_db == -3.5);
	assert_int_equal(config.fade_ns, 50 * STAGE_NS_PER_MS);
	assert_int_equal(config.hold_ns, STAGE_RACK_HOLD_FOREVER);
	assert_int_equal(config.patience_ns, 2 * STAGE_NS_PER_S);
}

static const struct {
	const char *text;
	const char *sentence; // how it begins
} racks[] = {
	{"cleint x\n", "f:1:1: "},
	{"hold for ever\n", "f:1:"},
	{"hold long\n", "f:1:6: "},
	{"in 3\nout 2\n", "f: a rack has no fewer outputs"},
	{"client a:b\n", "f: a client's name has no colon"},
	{"gain loud\n", "f:1:6: \"loud\" is no number"},
	{"gain 25\n", "f:1:6: 25 is not from -120 to 24"},
	{"gain 0x1p3\n", "f:1:6: \"0x1p3\" is no number"},
	{"out 33\n", "f:1:5: "},
	{"midi 1\n", "f:1:6: "},
	{"alias in_3 x\n", "f:1:1: this rack has no port \"in_3\""},
	{"alias in_1 a\nalias in_1 b\nalias in_1 c\n",
		"f:3:1: a port has 2 aliases at most"},
	{"title out_1 a\ntitle out_1 b\n", "f:2:1: out_1 has a title"},
	{"connect out_1 x\n", "f:1:15: \"x\" is no port of another client"},
	{"midi no\nalias midi_in x\n", "f:2:1: this rack has no port"},
	{"alias inn_0 x\n", "f:1:1: this rack has no port"},
	{"alias inn x\n", "f:1:1: this rack has no port"},
	{"alias in_1\n", "f:1:11: "},
	{"osc 0\n", "f:1:5: "},
	{"osc 65536\n", "f:1:5: "},
	{"osc here 9000\n", "f:1:5: \"here\" is no address"},
	{"osc\n", "f:1:4: "},
	{"map cc 1 7 wet\n", "f:1:12: \"wet\" is not gain, mute or snapshot"},
};

static void
a_slip_in_a_rack_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(racks); i++) {
		struct stage_rack_config config = {.ins = 7};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_rack_config_parse(racks[i].text,
				strlen(racks[i].text), "f", &config, &err),
			STAGE_BAD_INPUT);
		assert_memory_equal(
			err.text, racks[i].sentence, strlen(racks[i].sentence));
		assert_int_equal(config.ins, 7);
	}
}

static void
a_slot_says_all_of_it(void **state)
{
	static const char text[] = "# a reverb\n" URI "name Hall\nwet 0.3\n"
				   "bypass yes\nset a 1.5\nset b -2e-3\n"
				   "file http://example.org/ir \"a hall\"\n";
	struct stage_rack_slot_config slot;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_rack_slot_config_parse(
				 text, strlen(text), "f", &slot, &err),
		STAGE_OK);
	assert_string_equal(slot.plugin, "http://example.org/a");
	assert_string_equal(slot.label, "Hall");
	assert_true(slot.is_bypassed);
	assert_true(slot.wet == 0.3F);
	assert_int_equal(slot.count, 2);
	assert_true(*stage_rack_slot_config_get(&slot, "a") == 1.5F);
	assert_true(*stage_rack_slot_config_get(&slot, "b") == -2e-3F);
	assert_null(stage_rack_slot_config_get(&slot, "c"));
	assert_int_equal(slot.files.count, 1);
	assert_string_equal(
		stage_rack_files_get(&slot.files, "http://example.org/ir"),
		"a hall");
	stage_rack_slot_config_finish(&slot);
}

static void
a_slot_says_which_ports_are_its_own(void **state)
{
	static const char text[] = URI "sidechain\nouts \"the drums\"\n";
	struct stage_rack_slot_config slot;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_rack_slot_config_parse(
				 text, strlen(text), "f", &slot, &err),
		STAGE_OK);
	assert_true(slot.sides[STAGE_RACK_SIDECHAIN].is_there);
	assert_string_equal(slot.sides[STAGE_RACK_SIDECHAIN].name, "");
	assert_int_equal(slot.sides[STAGE_RACK_SIDECHAIN].line, 2);
	assert_string_equal(slot.sides[STAGE_RACK_SIDE_OUTS].name, "the drums");
	assert_false(slot.sides[STAGE_RACK_SIDE_SEND].is_there);
	stage_rack_slot_config_finish(&slot);
}

static void
a_slot_is_wet_and_heard_unless_it_says_so(void **state)
{
	struct stage_rack_slot_config slot;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_rack_slot_config_parse(
				 URI, strlen(URI), "f", &slot, &err),
		STAGE_OK);
	assert_true(slot.wet == 1);
	assert_false(slot.is_bypassed);
	stage_rack_slot_config_finish(&slot);
}

static const struct {
	const char *text;
	const char *sentence;
} slots[] = {
	{"", "f: there is no line \"plugin URI\""},
	{"plugin reverb\n", "f:1:8: \"reverb\" is no URI"},
	{"plugin\n", "f:1:7: "},
	{URI URI, "f:2:1: plugin stands here twice"},
	{URI "sett a 1\n",
		"f:2:1: there is no \"sett\"; did you mean \"set\"?"},
	{URI "\nreverberate 1\n", "f:3:1: there is no \"reverberate\""},
	{URI "set a\n", "f:2:6: "},
	{URI "set a b\n", "f:2:7: \"b\" is no number"},
	{URI "set a nan\n", "f:2:7: \"nan\" is no number"},
	{URI "set a 1e999\n", "f:2:7: \"1e999\" is no number"},
	{URI "file ir hall\n", "f:2:6: \"ir\" is no URI"},
	{URI "file a:b \"\"\n", "f:2:10: this is no path"},
	{URI "file a:b c\nfile a:b d\n", "f:3:6: \"a:b\" is set twice"},
	{URI "set a 1\nset a 2\n", "f:3:5: \"a\" is set twice"},
	{URI "wet 1.5\n", "f:2:5: 1.5 is not from 0 to 1"},
	{URI "bypass maybe\n", "f:2:8: \"maybe\" is neither"},
	{URI "name \"a\\tb\"\n", "f:2:6: name has a tab"},
	{URI "name \"\"\n", "f:2:6: name is empty"},
	{URI "sidechain in\n", "f:2:11: in_1 is a port of the rack itself"},
	{URI "outs a:b\n", "f:2:6: a name of ports"},
	{URI "send \"\"\n", "f:2:6: a name of ports"},
	{URI "return a b\n", "f:2:10: "},
	{URI "outs\nouts\n", "f:3:1: outs stands here twice"},
};

static void
a_slip_in_a_slot_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(slots); i++) {
		struct stage_rack_slot_config slot;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_rack_slot_config_parse(slots[i].text,
				strlen(slots[i].text), "f", &slot, &err),
			STAGE_BAD_INPUT);
		assert_memory_equal(
			err.text, slots[i].sentence, strlen(slots[i].sentence));
		stage_rack_slot_config_finish(&slot);
	}
}

static void
many_values_have_room_up_to_the_limit(void **state)
{
	static char text[64 * STAGE_RACK_SETTINGS_MAX];
	struct stage_rack_slot_config slot;
	struct stage_err err = STAGE_ERR_INIT;
	size_t len = (size_t)sprintf(text, URI);
	(void)state;

	for (int i = 0; i < STAGE_RACK_SETTINGS_MAX; i++) {
		len += (size_t)sprintf(text + len, "set s%d %d\n", i, i);
	}
	assert_int_equal(
		stage_rack_slot_config_parse(text, len, "f", &slot, &err),
		STAGE_OK);
	assert_true(*stage_rack_slot_config_get(&slot, "s2047") == 2047);
	stage_rack_slot_config_finish(&slot);
	len += (size_t)sprintf(text + len, "set more 1\n");
	assert_int_equal(
		stage_rack_slot_config_parse(text, len, "f", &slot, &err),
		STAGE_BAD_INPUT);
	stage_rack_slot_config_finish(&slot);
}

static const struct {
	const char *file;
	const char *id; // "": no slot
} names[] = {
	{"10-reverb.slot", "reverb"},
	{"reverb.slot", "reverb"},
	{"10-20-x.slot", "20-x"},
	{"10.slot", "10"},
	{"10reverb.slot", "10reverb"},
	{"10-Grün.slot", "Grün"},
	{"10-.slot", ""},
	{".slot", ""},
	{".10-reverb.slot", ""},
	{"10-reverb.slot.off", ""},
	{"10-reverb.slot~", ""},
	{"rack", ""},
};

static void
an_identity_is_the_name_without_the_number(void **state)
{
	char id[STAGE_RACK_ID_MAX];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		assert_int_equal(stage_rack_slot_id(names[i].file, id),
			names[i].id[0] != '\0');
		assert_string_equal(id, names[i].id);
	}
}

static const struct {
	const char *id;
	bool is_taken;
} endings[] = {
	{"fx.1", true},
	{"fx.16", true},
	{"fx.two.3", true},
	{"fx", false},
	{"fx1", false},
	{"fx.", false},
	{"fx.1a", false},
	{"fx.a1", false},
	{"", false},
};

static void
an_identity_does_not_end_as_a_checkpoint(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(endings); i++) {
		assert_int_equal(stage_rack_slot_id_is_taken(endings[i].id),
			endings[i].is_taken);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rack_without_words_is_the_usual_one),
		cmocka_unit_test(a_rack_says_all_of_it),
		cmocka_unit_test(a_slip_in_a_rack_is_named),
		cmocka_unit_test(a_slot_says_all_of_it),
		cmocka_unit_test(a_slot_says_which_ports_are_its_own),
		cmocka_unit_test(a_slot_is_wet_and_heard_unless_it_says_so),
		cmocka_unit_test(a_slip_in_a_slot_is_named),
		cmocka_unit_test(many_values_have_room_up_to_the_limit),
		cmocka_unit_test(an_identity_is_the_name_without_the_number),
		cmocka_unit_test(an_identity_does_not_end_as_a_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
