/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/carxp_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "rack/builtin_plugin.h"

static struct stage_carxp
project_of(const struct stage_str *text, const char *name)
{
	struct stage_carxp project = {0};
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_carxp_parse(stage_str_text(text), text->len, name, &project,
		    &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return project;
}

static struct stage_carxp
load(const char *name)
{
	struct stage_carxp project;
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];

	snprintf(path, sizeof(path), TEST_FIXTURES "/%s", name);
	if (stage_io_read_file(path, 1 << 20, &text, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	project = project_of(&text, name);
	stage_str_finish(&text);
	return project;
}

static void
test_all_of_a_project_is_read(void **state)
{
	struct stage_carxp project = load("all.carxp");
	const struct stage_carxp_plugin *keys = &project.plugins[0];

	(void)state;
	assert_int_equal(project.plugin_count, 4);
	assert_true(project.is_stereo);
	assert_true(project.bpm == 120.5);
	assert_int_equal(project.inner_count, 1);
	assert_int_equal(project.connection_count, 3);
	assert_string_equal(project.connections[2].source, "a2j:Key: board");
	assert_string_equal(keys->name, "KEYS & Co");
	assert_string_equal(keys->uri, "http://example.org/keys");
	assert_true(keys->is_off);
	assert_true(keys->dry_wet == 0.25 && keys->volume == 0.5);
	assert_true(keys->balance_left == -0.5 && keys->balance_right == 1);
	assert_int_equal(keys->options, 0x5e1);
	assert_int_equal(keys->parameter_count, 3);
	assert_int_equal(keys->parameters[1].control, 74);
	assert_int_equal(keys->parameters[1].channel, 2);
	assert_true(keys->parameters[1].max == 0.9);
	assert_int_equal(keys->custom_count, 4);
	assert_string_equal(keys->customs[0].value, "/no/where.wav");
	assert_string_equal(project.plugins[1].label, "miditranspose");
	assert_int_equal(project.plugins[1].options, -1);
	assert_string_equal(project.plugins[2].binary, "/usr/lib/vst/old.so");
	assert_string_equal(project.plugins[3].binary, "/sounds/piano.sf2");
	stage_carxp_finish(&project);
}

static void
test_a_preset_is_one_plugin(void **state)
{
	static const char *const names[] = {
		"preset.carxp", "preset-crlf.carxp"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct stage_carxp project = load(names[i]);
		assert_int_equal(project.plugin_count, 1);
		assert_string_equal(project.plugins[0].name, "Alone");
		assert_true(project.plugins[0].volume == 1.27);
		stage_carxp_finish(&project);
	}
}

static const struct {
	const char *text;
	const char *sentence;
} broken[] = {
	{"", "f:1:1: no element found"},
	{"<a/>", "f:1:1: this is no file of Carla"},
	{"<CARLA-PROJECT>", "f:1:16: no element found"},
	{"<!DOCTYPE a [<!ENTITY b \"c\">]><CARLA-PROJECT>&b;</CARLA-PROJECT>",
		"f:1:"},
	{"<!DOCTYPE a [<!ENTITY % b SYSTEM \"c\">%b;]><CARLA-PROJECT/>",
		"f:1:"},
	{"<CARLA-PROJECT>\n<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
		"f:2:46: this lies too deep"},
};

static void
test_what_is_no_project_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(broken); i++) {
		struct stage_carxp project;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_carxp_parse(broken[i].text,
				strlen(broken[i].text), "f", &project, &err),
			STAGE_BAD_INPUT);
		if (strncmp(err.text, broken[i].sentence,
			    strlen(broken[i].sentence)) != 0) {
			fail_msg("%s: %s", broken[i].text, err.text);
		}
	}
}

// Plans. Two plug-ins are known: keys, and the built-in ones.

static struct stage_rack_port keys_ports[] = {
	{.kind = STAGE_RACK_EVENTS_IN, .is_midi = true},
	{.kind = STAGE_RACK_AUDIO_OUT},
	{.kind = STAGE_RACK_AUDIO_OUT},
	{.kind = STAGE_RACK_CONTROL_IN, .symbol = "level"},
	{.kind = STAGE_RACK_CONTROL_IN,
		.symbol = "cutoff",
		.is_rate_scaled = true},
};

static const struct stage_rack_plugin keys_plugin = {
	.ports = keys_ports, .port_count = 5};

static struct stage_rack_port sided_ports[] = {
	{.kind = STAGE_RACK_AUDIO_IN, .is_side = true},
	{.kind = STAGE_RACK_AUDIO_IN},
	{.kind = STAGE_RACK_AUDIO_OUT},
	{.kind = STAGE_RACK_AUDIO_OUT, .is_side = true},
};

static const struct stage_rack_plugin sided_plugin = {
	.ports = sided_ports, .port_count = 4};

static const struct stage_rack_plugin *keys = &keys_plugin;

static const struct stage_rack_plugin *
on_find(void *user, const char *uri, struct stage_err *why)
{
	struct stage_rack_plugin **builtin = user;

	if (strcmp(uri, "http://example.org/keys") == 0) {
		return keys;
	}
	stage_rack_plugin_destroy(*builtin);
	*builtin = NULL;
	if (stage_rack_builtin_is(uri)) {
		(void)!stage_rack_builtin_create(uri, builtin, why);
		return *builtin;
	}
	stage_err_set(why, STAGE_NOT_FOUND, "there is no plug-in %s", uri);
	return NULL;
}

static void
on_port_name(void *user, const struct stage_rack_plugin *plugin, uint32_t index,
	char out[STAGE_CARXP_PORT_NAME_MAX])
{
	(void)user;
	(void)plugin;
	snprintf(out, STAGE_CARXP_PORT_NAME_MAX, "%s",
		index == 1 ? "Out L" : "Out R");
}

static bool
on_has_file(void *user, const char *path)
{
	(void)user;
	(void)path;
	return false;
}

static enum stage_status
make_plan(struct stage_carxp *project, enum stage_carxp_way way,
	const struct stage_carxp_names *there, struct stage_carxp_plan *out,
	struct stage_err *err)
{
	struct stage_rack_plugin *builtin = NULL;
	const struct stage_carxp_facts facts = {
		on_find, on_port_name, on_has_file, &builtin, there};
	enum stage_status status =
		stage_carxp_plan_make(project, "whole", way, &facts, out, err);

	stage_rack_plugin_destroy(builtin);
	stage_carxp_finish(project);
	return status;
}

// Ends the project.
static struct stage_carxp_plan
plan_project(struct stage_carxp *project, enum stage_carxp_way way)
{
	struct stage_carxp_plan plan;
	struct stage_err err = STAGE_ERR_INIT;

	if (make_plan(project, way, NULL, &plan, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return plan;
}

static struct stage_carxp_plan
plan_of(const char *name, enum stage_carxp_way way)
{
	struct stage_carxp project = load(name);

	return plan_project(&project, way);
}

static void
assert_file(const struct stage_carxp_plan *plan, size_t at, const char *path,
	const char *text)
{
	assert_true(at < plan->count);
	assert_string_equal(plan->files[at].path, path);
	assert_string_equal(stage_str_text(&plan->files[at].text), text);
}

static void
test_plugins_with_ports_of_their_own_are_racks(void **state)
{
	struct stage_carxp_plan plan =
		plan_of("all.carxp", STAGE_CARXP_BY_NAMES);

	(void)state;
	assert_file(&plan, 0, "keys-co/rack",
		"client \"KEYS & Co\"\nin 0\nout 2\n"
		"alias out_1 \"GLOBAL:KEYS & Co:Out L\"\n"
		"alias out_2 \"KEYS & Co:Out R\"\n"
		"alias midi_in \"KEYS & Co:events-in\"\n"
		"alias midi_out \"KEYS & Co:events-out\"\n");
	assert_file(&plan, 1, "keys-co/10-keys-co-midi.slot",
		"plugin builtin:midi-filter\nset notes 0\nset controls 0\n"
		"set programs 0\n");
	assert_file(&plan, 2, "keys-co/20-keys-co.slot",
		"plugin http://example.org/keys\nname \"KEYS & Co\"\n"
		"bypass yes\nwet 0.25\nset cutoff 12000\n"
		"map cc 2 74 cutoff 4800 43200\n");
	assert_file(&plan, 3, "keys-co/state/keys-co",
		"plugin http://example.org/keys\nbypass yes yes\n"
		"wet 0.25 0.25\n"
		"property http://example.org/keys#file "
		"http://lv2plug.in/ns/ext/atom#Path 3\n"
		"bytes L25vL3doZXJlLndhdgA=\n"
		"property http://example.org/keys#bytes "
		"http://lv2plug.in/ns/ext/atom#Chunk 3\nbytes AAECAwQ=\n"
		"end 0\n");
	assert_file(&plan, 4, "keys-co/30-keys-co-volume.slot",
		"plugin builtin:stereo-gain\nset gain 0.5\n");
	assert_file(&plan, 5, "higher/rack", "client Higher\nin 0\nout 0\n");
	assert_file(&plan, 6, "higher/10-higher.slot",
		"plugin builtin:midi-transpose\nset octaves 2\nname Higher\n");
	assert_int_equal(plan.count, 7);
	assert_string_equal(stage_str_text(&plan.came),
		"keys-co: KEYS & Co, 1 values\n"
		"higher: Higher, as builtin:midi-transpose\n");
	assert_string_equal(stage_str_text(&plan.missing),
		"keys-co: the file /no/where.wav\n");
	assert_string_equal(stage_str_text(&plan.left),
		"Old one, a plug-in of the kind VST2, /usr/lib/vst/old.so; a "
		"rack plays LV2\n"
		"Piano, the sound font /sounds/piano.sf2; stagecraft enable "
		"fluidsynth makes a service that plays it\n"
		"keys-co: KEYS & Co: its value gone, which the plug-in does "
		"not have\n"
		"keys-co: its http://example.org/keys#broken, which is no "
		"base64\n"
		"keys-co: KEYS & Co: balance and panning\n"
		"1 connections inside of Carla\n"
		"two of each mono plug-in: a rack does it by itself\n"
		"the tempo, 120.5: it is the transport's\n"
		"3 connections: stagecraft patch import takes them from the "
		"same file\n");
	stage_carxp_plan_finish(&plan);
}

// Nothing of it is lost, and no channel of the rack goes to its sidechain.
static void
test_ports_beside_the_main_ones_are_the_slots(void **state)
{
	struct stage_carxp_plan plan;
	(void)state;

	keys = &sided_plugin;
	plan = plan_of("all.carxp", STAGE_CARXP_APART);
	keys = &keys_plugin;
	assert_file(&plan, 0, "keys-co/rack",
		"client \"KEYS & Co\"\nin 1\nout 1\n"
		"alias sidechain_1 \"KEYS & Co:Out R\"\n"
		"alias in_1 \"GLOBAL:KEYS & Co:Out L\"\n"
		"alias out_1 \"KEYS & Co:Out R\"\n"
		"alias more_2 \"KEYS & Co:Out R\"\n"
		"alias midi_in \"KEYS & Co:events-in\"\n"
		"alias midi_out \"KEYS & Co:events-out\"\n");
	assert_non_null(strstr(stage_str_text(&plan.files[1].text),
		"sidechain sidechain\nouts more\n"));
	stage_carxp_plan_finish(&plan);
}

static void
test_others_are_one_rack(void **state)
{
	struct stage_carxp_plan plan =
		plan_of("series.carxp", STAGE_CARXP_BY_NAMES);

	(void)state;
	assert_file(&plan, 0, "whole/rack",
		"alias in_1 Carla:audio-in1\nalias in_2 Carla:audio-in2\n"
		"alias out_1 Carla:audio-out1\nalias out_2 Carla:audio-out2\n"
		"alias midi_in Carla:events-in\n"
		"alias midi_out Carla:events-out\n");
	assert_file(&plan, 1, "whole/10-first.slot",
		"plugin http://example.org/keys\nname First\n");
	assert_file(&plan, 2, "whole/20-first-2.slot",
		"plugin http://example.org/absent\nname First\nset any "
		"-0.03\n");
	assert_int_equal(plan.count, 3);
	assert_string_equal(stage_str_text(&plan.missing),
		"whole: First: there is no plug-in http://example.org/absent; "
		"the sound passes through until then\n");
	stage_carxp_plan_finish(&plan);
	plan = plan_of("series.carxp", STAGE_CARXP_APART);
	assert_string_equal(plan.files[0].path, "first/rack");
	assert_file(&plan, 2, "first-2/rack", "# client First\nin 2\nout 2\n");
	assert_string_equal(stage_str_text(&plan.clashes),
		"first-2: client \"First\": the rack first has it; when that "
		"has another one, or has gone, take the # off that line of "
		"services/first-2/rack\n");
	stage_carxp_plan_finish(&plan);
	plan = plan_of("all.carxp", STAGE_CARXP_SERIES);
	assert_string_equal(plan.files[0].path, "whole/rack");
	stage_carxp_plan_finish(&plan);
}

#define HAS                                                                    \
	": the rack other has it; when that has another one, or has gone, "    \
	"take the # off that line of services/keys-co-2/rack\n"

static void
test_names_that_others_have_are_told(void **state)
{
	struct stage_carxp_names there = {0};
	struct stage_carxp project;
	struct stage_carxp_plan plan;
	struct stage_err err = STAGE_ERR_INIT;

	(void)state;
	assert_int_equal(stage_carxp_names_add(&there, STAGE_CARXP_SERVICE,
				 "keys-co", "keys-co"),
		STAGE_OK);
	assert_int_equal(stage_carxp_names_add(&there, STAGE_CARXP_CLIENT,
				 "KEYS & Co", "other"),
		STAGE_OK);
	assert_int_equal(stage_carxp_names_add(&there, STAGE_CARXP_ALIAS,
				 "KEYS & Co:Out R", "other"),
		STAGE_OK);
	project = load("all.carxp");
	assert_int_equal(
		make_plan(&project, STAGE_CARXP_BY_NAMES, &there, &plan, &err),
		STAGE_OK);
	assert_file(&plan, 0, "keys-co-2/rack",
		"# client \"KEYS & Co\"\nin 0\nout 2\n"
		"alias out_1 \"GLOBAL:KEYS & Co:Out L\"\n"
		"# alias out_2 \"KEYS & Co:Out R\"\n"
		"alias midi_in \"KEYS & Co:events-in\"\n"
		"alias midi_out \"KEYS & Co:events-out\"\n");
	assert_string_equal(plan.files[5].path, "higher/rack");
	assert_string_equal(stage_str_text(&plan.clashes),
		"keys-co-2: client \"KEYS & Co\"" HAS
		"keys-co-2: alias out_2 \"KEYS & Co:Out R\"" HAS);
	stage_carxp_plan_finish(&plan);

	// The name that was asked for stays; all at once is a second time.
	project = load("all.carxp");
	assert_int_equal(
		make_plan(&project, STAGE_CARXP_SERIES, &there, &plan, &err),
		STAGE_OK);
	assert_string_equal(plan.files[0].path, "whole/rack");
	stage_carxp_plan_finish(&plan);
	assert_int_equal(stage_carxp_names_add(&there, STAGE_CARXP_SERVICE,
				 "higher", "higher"),
		STAGE_OK);
	project = load("all.carxp");
	assert_int_equal(
		make_plan(&project, STAGE_CARXP_BY_NAMES, &there, &plan, &err),
		STAGE_EXISTS);
	assert_string_equal(err.text,
		"there is a service \"keys-co\" already, and one for each "
		"other plug-in of it; nothing was changed");
	stage_carxp_names_finish(&there);
}

static void
test_one_that_is_not_installed_is_stereo(void **state)
{
	struct stage_carxp_plan plan =
		plan_of("preset.carxp", STAGE_CARXP_BY_NAMES);

	(void)state;
	assert_file(&plan, 0, "whole/rack", "client Alone\nin 2\nout 2\n");
	assert_file(&plan, 2, "whole/20-alone-volume.slot",
		"plugin builtin:stereo-gain\nset gain 1.27\n");
	stage_carxp_plan_finish(&plan);
}

// What moves its values, and how loud it is.
static void
test_all_of_a_plugin_of_carla_itself_comes_over(void **state)
{
	struct stage_carxp_plan plan =
		plan_of("internal.carxp", STAGE_CARXP_SERIES);

	(void)state;
	assert_file(&plan, 1, "whole/10-boost.slot",
		"plugin builtin:stereo-gain\nset gain 1.5\n"
		"map cc 3 20 gain 0.5 2\nname Boost\n");
	assert_file(&plan, 2, "whole/20-boost-volume.slot",
		"plugin builtin:stereo-gain\nset gain 0.75\n");
	assert_file(&plan, 3, "whole/30-thin.slot",
		"plugin builtin:midi-filter\nset channel_1 0\n"
		"map cc 1 21 channel_1\nname Thin\n");
	assert_int_equal(plan.count, 4); // MIDI has no volume
	stage_carxp_plan_finish(&plan);
}

// Its file would be refused for them, and the rack would not start.
static void
test_ports_that_no_rack_has_are_told(void **state)
{
	struct stage_carxp_plan plan;
	struct stage_carxp project;
	struct stage_rack_config config;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};

	(void)state;
	assert_int_equal(
		stage_str_add(&text,
			"<CARLA-PROJECT><Plugin><Info><Type>LV2</Type>"
			"<Name>Wide</Name><URI>http://example.org/wide</URI>"
			"</Info></Plugin><ExternalPatchbay>"),
		STAGE_OK);
	for (int i = 1; i <= STAGE_RACK_CHANNELS_MAX + 1; i++) {
		assert_int_equal(
			stage_str_addf(&text,
				"<Connection><Source>Wide:o%02d</Source>"
				"<Target>system:playback_1</Target>"
				"</Connection>",
				i),
			STAGE_OK);
	}
	assert_int_equal(
		stage_str_add(&text, "</ExternalPatchbay></CARLA-PROJECT>"),
		STAGE_OK);
	project = project_of(&text, "wide");
	plan = plan_project(&project, STAGE_CARXP_BY_NAMES);
	assert_string_equal(plan.files[0].path, "whole/rack");
	assert_int_equal(
		stage_rack_config_parse(stage_str_text(&plan.files[0].text),
			plan.files[0].text.len, "rack", &config, &err),
		STAGE_OK);
	assert_int_equal(config.outs, STAGE_RACK_CHANNELS_MAX);
	assert_non_null(strstr(stage_str_text(&plan.files[0].text),
		"alias out_32 Wide:o32\n"));
	assert_non_null(strstr(stage_str_text(&plan.left),
		"whole: its port o33: a rack has 32 each way\n"));
	stage_carxp_plan_finish(&plan);
	stage_str_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_a_project_is_read),
		cmocka_unit_test(test_a_preset_is_one_plugin),
		cmocka_unit_test(test_what_is_no_project_is_refused),
		cmocka_unit_test(
			test_plugins_with_ports_of_their_own_are_racks),
		cmocka_unit_test(test_ports_beside_the_main_ones_are_the_slots),
		cmocka_unit_test(test_others_are_one_rack),
		cmocka_unit_test(test_names_that_others_have_are_told),
		cmocka_unit_test(test_one_that_is_not_installed_is_stereo),
		cmocka_unit_test(
			test_all_of_a_plugin_of_carla_itself_comes_over),
		cmocka_unit_test(test_ports_that_no_rack_has_are_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
