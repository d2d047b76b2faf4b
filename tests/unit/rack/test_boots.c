/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* What may have happened between two starts of a rack: its plug-in is another
 * version of it, or away, or the user has edited its file. */

#include "offline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SLOT "plugin http://stagecraft.example/test#middle\n"

static const char prefixes[] =
	"@prefix doap: <http://usefulinc.com/ns/doap#> .\n"
	"@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
	"@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
	"@prefix test: <http://stagecraft.example/test#> .\n";

static const char manifest[] =
	"test:middle a lv2:Plugin ; lv2:binary <plugins.so> ;"
	" rdfs:seeAlso <plugin.ttl> .\n";

static const char ports[] =
	"test:middle a lv2:Plugin ; doap:name \"Middle\" ;"
	" lv2:port [ a lv2:AudioPort, lv2:InputPort ; lv2:index 0 ;"
	" lv2:symbol \"in\" ; lv2:name \"in\" ],"
	" [ a lv2:AudioPort, lv2:OutputPort ; lv2:index 1 ;"
	" lv2:symbol \"out\" ; lv2:name \"out\" ],"
	" [ a lv2:ControlPort, lv2:InputPort ; lv2:index 2 ;"
	" lv2:symbol \"gain\" ; lv2:name \"gain\" ; lv2:default 1.0 ;"
	" lv2:minimum 0.0 ; lv2:maximum 4.0 ]";

static const char depth[] =
	", [ a lv2:ControlPort, lv2:InputPort ; lv2:index 3 ;"
	" lv2:symbol \"depth\" ; lv2:name \"depth\" ; lv2:default 0.0 ;"
	" lv2:minimum 0.0 ; lv2:maximum 1.0 ]";

// The bundle with a plug-in that has `depth`, or has it no more, or yet.
static void
install(struct world *world, bool has_depth)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", prefixes, manifest);
	scratch_write(&world->scratch, "lv2/it.lv2/manifest.ttl", text);
	snprintf(text, sizeof(text), "%s%s%s .\n", prefixes, ports,
		has_depth ? depth : "");
	scratch_write(&world->scratch, "lv2/it.lv2/plugin.ttl", text);
}

static void
uninstall(struct world *world)
{
	unlink(scratch_path(&world->scratch, "lv2/it.lv2/manifest.ttl"));
}

static int
set_up_bundle(void **state)
{
	int result = set_up(state);
	struct world *world = *state;

	if (result != 0) {
		return result;
	}
	mkdir(scratch_path(&world->scratch, "lv2"), 0755);
	mkdir(scratch_path(&world->scratch, "lv2/it.lv2"), 0755);
	setenv("LV2_PATH", scratch_path(&world->scratch, "lv2"), 1);
	install(world, true);
	scratch_write(&world->scratch, "10-it.slot", SLOT);
	return symlink(TEST_PLUGINS "/test.lv2/plugins.so",
		scratch_path(&world->scratch, "lv2/it.lv2/plugins.so"));
}

static void
begin(struct world *world)
{
	start(world);
	set_rate(world, RATE_HZ);
}

static void
save_and_stop(struct world *world)
{
	assert_true(stage_rack_save(world->rack));
	stop(world);
}

// The run directory does not outlive a boot.
static void
reboot(struct world *world)
{
	save_and_stop(world);
	unlink(scratch_path(&world->scratch, "pages/it.page"));
}

static float
value_of(struct world *world, const char *symbol)
{
	struct stage_rack_slot *slot = slot_of(world, "it");
	json_t *all = stage_rack_describe_slot(slot);
	json_t *values = json_object_get(all, "values");
	float found = -1;

	for (size_t i = 0; i < json_array_size(values); i++) {
		json_t *value = json_array_get(values, i);
		if (strcmp(json_string_value(json_object_get(value, "symbol")),
			    symbol) == 0) {
			found = (float)json_number_value(
				json_object_get(value, "value"));
		}
	}
	json_decref(all);
	return found;
}

static void
a_value_that_its_plugin_has_no_more_is_kept(void **state)
{
	struct world *world = *state;

	begin(world);
	assert_string_equal(slot_of(world, "it")->note, "");
	set(world, "it", "depth", 0.25);
	set(world, "it", "gain", 2);
	reboot(world);
	install(world, false);
	for (int boots = 0; boots < 3; boots++) {
		begin(world);
		assert_true(value_of(world, "depth") == -1);
		assert_true(value_of(world, "gain") == 2 + (float)boots / 4);
		assert_non_null(strstr(slot_of(world, "it")->note,
			"no \"depth\" any more; the value is kept"));
		set_rate(world, 44100); // another instance
		set(world, "it", "gain", 2 + (boots + 1) / 4.0);
		reboot(world);
	}
	install(world, true);
	begin(world);
	assert_string_equal(slot_of(world, "it")->note, "");
	assert_true(value_of(world, "depth") == 0.25F);
	assert_true(value_of(world, "gain") == 2.75F);
}

// It was killed before it had saved, and the plug-in is another version then.
static void
a_value_of_the_page_alone_is_kept(void **state)
{
	struct world *world = *state;

	begin(world);
	set(world, "it", "depth", 0.25);
	save_and_stop(world);
	begin(world);
	set(world, "it", "depth", 0.5);
	stop(world);
	install(world, false);
	begin(world);
	assert_true(stage_rack_is_dirty(world->rack));
	reboot(world);
	install(world, true);
	begin(world);
	assert_true(value_of(world, "depth") == 0.5F);
}

static void
a_value_that_its_plugin_has_new_is_what_the_plugin_says(void **state)
{
	struct world *world = *state;

	install(world, false);
	begin(world);
	set(world, "it", "gain", 2);
	reboot(world);
	install(world, true);
	begin(world);
	assert_true(value_of(world, "depth") == 0);
	assert_true(value_of(world, "gain") == 2);
}

static void
a_plugin_that_is_away_loses_nothing(void **state)
{
	struct world *world = *state;

	begin(world);
	set(world, "it", "depth", 0.25);
	set(world, "it", "wet", 0.5);
	reboot(world);
	uninstall(world);
	for (int boots = 0; boots < 3; boots++) {
		begin(world);
		assert_non_null(strstr(slot_of(world, "it")->fault, "#middle"));
		reboot(world);
	}
	install(world, true);
	begin(world);
	assert_string_equal(slot_of(world, "it")->fault, "");
	assert_true(value_of(world, "depth") == 0.25F);
	assert_true(stage_rack_page_wet(&slot_of(world, "it")->page) == 0.5F);
}

// Newer than the checkpoint and the page, but for what it leaves as it was.
static void
what_is_edited_while_it_is_down_wins(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-it.slot",
		SLOT "set gain 0.5\nset depth 0.5\nwet 0.5\n");
	for (int boots = 0; boots < 2; boots++) {
		begin(world);
		set(world, "it", "gain", 3);
		set(world, "it", "depth", 0.25);
		set(world, "it", "wet", 0.25);
		if (boots == 0) {
			reboot(world);
		} else {
			save_and_stop(world); // the page is there, too
		}
		scratch_write(&world->scratch, "10-it.slot",
			boots == 0 ? SLOT "set gain 1.5\nset depth 0.5\n"
					  "wet 0.5\n"
				   : SLOT "set gain 1.75\nset depth 0.5\n"
					  "wet 0.5\n");
		begin(world);
		assert_true(
			value_of(world, "gain") == (boots == 0 ? 1.5F : 1.75F));
		assert_true(value_of(world, "depth") == 0.25F);
		assert_true(stage_rack_page_wet(&slot_of(world, "it")->page) ==
			    0.25F);
		save_and_stop(world);
	}
	begin(world);
}

#undef TEST
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up_bundle, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_that_its_plugin_has_no_more_is_kept),
		TEST(a_value_of_the_page_alone_is_kept),
		TEST(a_value_that_its_plugin_has_new_is_what_the_plugin_says),
		TEST(a_plugin_that_is_away_loses_nothing),
		TEST(what_is_edited_while_it_is_down_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
