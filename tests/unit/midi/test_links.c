/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/links.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"

#define KEYS "a2j:Keystation (capture): 1"
#define KEYS_IN "a2j:Keystation (playback): 1"
#define SYNTH "synth:midi"

static int
set_up(void **state)
{
	*state = stage_midi_links_create("a2j");
	return *state != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	stage_midi_links_destroy(*state);
	return 0;
}

static void
note(struct stage_midi_links *links, struct stage_jack_graph_event event)
{
	assert_int_equal(stage_midi_links_note(links, &event), STAGE_OK);
}

static void
note_pair(struct stage_midi_links *links, enum stage_jack_graph_kind kind,
	const char *from, const char *to)
{
	note(links, (struct stage_jack_graph_event){
			    .kind = kind, .from = from, .to = to});
}

static void
note_name(struct stage_midi_links *links, enum stage_jack_graph_kind kind,
	const char *name)
{
	note(links,
		(struct stage_jack_graph_event){.kind = kind, .name = name});
}

static void
note_connected(struct stage_midi_links *links, const char *from, const char *to)
{
	note_pair(links, STAGE_JACK_GRAPH_CONNECTED, from, to);
}

static void
note_disconnected(
	struct stage_midi_links *links, const char *from, const char *to)
{
	note_pair(links, STAGE_JACK_GRAPH_DISCONNECTED, from, to);
}

static void
test_both_directions(void **state)
{
	struct stage_midi_links *links = *state;

	assert_false(stage_midi_links_has(links, KEYS));
	note_connected(links, KEYS, SYNTH);
	note_connected(links, "clock:out", KEYS_IN);
	assert_true(stage_midi_links_has(links, KEYS));
	assert_true(stage_midi_links_has(links, KEYS_IN));
	note_disconnected(links, KEYS, SYNTH);
	assert_false(stage_midi_links_has(links, KEYS));
	assert_true(stage_midi_links_has(links, KEYS_IN));
	note_disconnected(links, "clock:out", KEYS_IN);
	assert_false(stage_midi_links_has(links, KEYS_IN));
}

static void
test_until_the_last_has_gone(void **state)
{
	struct stage_midi_links *links = *state;

	note_connected(links, KEYS, SYNTH);
	note_connected(links, KEYS, "piano:midi");
	note_connected(links, KEYS, SYNTH); // told twice, gone at once
	note_disconnected(links, KEYS, SYNTH);
	note_disconnected(links, KEYS, SYNTH);
	assert_true(stage_midi_links_has(links, KEYS));
	note_disconnected(links, KEYS, "piano:midi");
	assert_false(stage_midi_links_has(links, KEYS));
}

static void
test_ours_with_ours(void **state)
{
	struct stage_midi_links *links = *state;

	note_connected(links, KEYS, KEYS_IN);
	assert_true(stage_midi_links_has(links, KEYS));
	assert_true(stage_midi_links_has(links, KEYS_IN));
	note_name(links, STAGE_JACK_GRAPH_PORT_GONE, KEYS);
	assert_false(stage_midi_links_has(links, KEYS));
	assert_false(stage_midi_links_has(links, KEYS_IN));
}

// A client by a name that begins like ours is another one.
static void
test_others_are_nothing_to_us(void **state)
{
	struct stage_midi_links *links = *state;

	note_connected(links, "a2j-01:out", SYNTH);
	note_connected(links, "system:capture_1", "system:playback_1");
	note_name(links, STAGE_JACK_GRAPH_PORT_GONE, "system:capture_1");
	assert_false(stage_midi_links_has(links, "a2j-01:out"));
	assert_false(stage_midi_links_has(links, "system:playback_1"));
}

static void
test_a_peer_that_goes(void **state)
{
	struct stage_midi_links *links = *state;

	note_connected(links, KEYS, SYNTH);
	note_connected(links, SYNTH, KEYS_IN);
	note_connected(links, "clock:out", KEYS_IN);
	note_name(links, STAGE_JACK_GRAPH_PORT_GONE, SYNTH);
	assert_false(stage_midi_links_has(links, KEYS));
	assert_true(stage_midi_links_has(links, KEYS_IN));
}

static void
test_a_port_that_comes_again(void **state)
{
	struct stage_midi_links *links = *state;

	note_connected(links, KEYS, SYNTH);
	note_name(links, STAGE_JACK_GRAPH_PORT_GONE, KEYS);
	note_name(links, STAGE_JACK_GRAPH_PORT_APPEARED, KEYS);
	assert_false(stage_midi_links_has(links, KEYS));
}

static void
test_renames(void **state)
{
	struct stage_midi_links *links = *state;
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_PORT_RENAMED,
		.name = SYNTH,
		.new_name = "synth:keys"};

	note_connected(links, KEYS, SYNTH);
	note(links, event);
	note_disconnected(links, KEYS, SYNTH); // nobody by that name now
	assert_true(stage_midi_links_has(links, KEYS));
	event.name = KEYS;
	event.new_name = "a2j:renamed";
	note(links, event);
	assert_false(stage_midi_links_has(links, KEYS));
	assert_true(stage_midi_links_has(links, "a2j:renamed"));
	note_disconnected(links, "a2j:renamed", "synth:keys");
	assert_false(stage_midi_links_has(links, "a2j:renamed"));
}

// What ended while events were thrown away is not told of.
static void
test_a_scan_tells_all(void **state)
{
	struct stage_midi_links *links = *state;

	note_connected(links, KEYS, SYNTH);
	note_connected(links, "clock:out", KEYS_IN);
	note_name(links, STAGE_JACK_GRAPH_SCAN_BEGIN, NULL);
	note_connected(links, "clock:out", KEYS_IN);
	note_name(links, STAGE_JACK_GRAPH_SCAN_END, NULL);
	assert_false(stage_midi_links_has(links, KEYS));
	assert_true(stage_midi_links_has(links, KEYS_IN));
}

static void
test_a_server_that_goes(void **state)
{
	struct stage_midi_links *links = *state;

	note_connected(links, KEYS, SYNTH);
	stage_midi_links_clear(links);
	assert_false(stage_midi_links_has(links, KEYS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_both_directions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_until_the_last_has_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_ours_with_ours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_others_are_nothing_to_us, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_peer_that_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_port_that_comes_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_renames, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_scan_tells_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_server_that_goes, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
