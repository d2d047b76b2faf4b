/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "jack/graph_feed.h"

#define IN STAGE_JACK_PORT_INPUT
#define OUT STAGE_JACK_PORT_OUTPUT

// What was told: "+P" appeared, "-P" gone, "P~P" renamed, "P>P" connected,
// "P/P" disconnected, "*C" and "!C" clients, "[" and "]" a scan, "=" an edit.
static char told[2048];
static struct stage_jack_feed *feed;
static bool needs_scan;

static void
on_tell(void *user, const struct stage_jack_graph_event *event)
{
	size_t len = strlen(told);
	char *at = told + len;
	size_t room = sizeof(told) - len;

	(void)user;
	assert_int_equal(event->at_ns, 7);
	switch (event->kind) {
	case STAGE_JACK_GRAPH_PORT_APPEARED:
		snprintf(at, room, "+%s ", event->name);
		break;
	case STAGE_JACK_GRAPH_PORT_GONE:
		snprintf(at, room, "-%s ", event->name);
		break;
	case STAGE_JACK_GRAPH_PORT_RENAMED:
		snprintf(at, room, "%s~%s ", event->name, event->new_name);
		break;
	case STAGE_JACK_GRAPH_CONNECTED:
		snprintf(at, room, "%s>%s ", event->from, event->to);
		break;
	case STAGE_JACK_GRAPH_DISCONNECTED:
		snprintf(at, room, "%s/%s ", event->from, event->to);
		break;
	case STAGE_JACK_GRAPH_CLIENT_APPEARED:
		snprintf(at, room, "*%s ", event->name);
		break;
	case STAGE_JACK_GRAPH_CLIENT_GONE:
		snprintf(at, room, "!%s ", event->name);
		break;
	case STAGE_JACK_GRAPH_SCAN_BEGIN:
		snprintf(at, room, "[ ");
		break;
	case STAGE_JACK_GRAPH_SCAN_END:
		snprintf(at, room, "] ");
		break;
	case STAGE_JACK_GRAPH_EDIT_DONE:
		snprintf(at, room, "=%u:%s ", (unsigned)event->tag,
			stage_jack_outcome_name(event->outcome));
		break;
	case STAGE_JACK_GRAPH_BATCH_END:
	case STAGE_JACK_GRAPH_KIND_COUNT:
		fail_msg("told of %s", stage_jack_graph_kind_name(event->kind));
	}
}

static enum stage_status
take(struct stage_jack_note *note)
{
	enum stage_status status;

	if (note == NULL) {
		return STAGE_NO_MEMORY;
	}
	note->at_ns = 7;
	status = stage_jack_feed_take(feed, note, &needs_scan);
	free(note);
	return status;
}

static enum stage_status
port(enum stage_jack_note_kind kind, uint32_t id, const char *name,
	unsigned flags)
{
	struct stage_jack_port described = {.type = "audio", .flags = flags};

	stage_jack_copy_text(described.name, sizeof(described.name), name);
	return take(stage_jack_note_create_port(kind, id, &described));
}

static enum stage_status
on(uint32_t id, const char *name, unsigned flags)
{
	return port(STAGE_JACK_NOTE_PORT_ON, id, name, flags);
}

static enum stage_status
off(uint32_t id)
{
	return port(STAGE_JACK_NOTE_PORT_OFF, id, "", 0);
}

static enum stage_status
pair(enum stage_jack_note_kind kind, uint32_t id, const char *name,
	uint32_t other_id, const char *other)
{
	struct stage_jack_note *note =
		stage_jack_note_create_pair(kind, name, other);

	if (note != NULL) {
		note->id = id;
		note->other_id = other_id;
	}
	return take(note);
}

static void
begin(void)
{
	told[0] = '\0';
	needs_scan = false;
}

static int
setup(void **state)
{
	(void)state;
	begin();
	feed = stage_jack_feed_create(on_tell, NULL);
	return feed != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	stage_jack_feed_destroy(feed);
	stage_jack_feed_destroy(NULL);
	return 0;
}

static void
expect(const char *events, bool scan)
{
	assert_string_equal(told, events);
	assert_int_equal(needs_scan, scan);
	begin();
}

static void
names_what_has_gone_as_it_was_announced(void **state)
{
	(void)state;
	assert_int_equal(on(4, "a:out", OUT), STAGE_OK);
	assert_int_equal(on(5, "b:in", IN), STAGE_OK);
	pair(STAGE_JACK_NOTE_LINK_ON, 4, "x:x", 5, "y:y");
	pair(STAGE_JACK_NOTE_LINK_OFF, 4, "", 5, NULL);
	off(4);
	off(4); // JACK2 says it twice
	off(99);
	expect("+a:out +b:in a:out>b:in a:out/b:in -a:out ", false);
}

static void
a_slot_used_again_in_one_burst(void **state)
{
	(void)state;
	on(4, "a:out", OUT);
	off(4);
	on(4, "b:out", OUT);
	off(4);
	on(4, "c:out", OUT);
	expect("+a:out -a:out +b:out -b:out +c:out ", false);
	// a port whose end was never told
	on(4, "d:out", OUT);
	expect("-c:out +d:out ", false);
	// one that had gone before its name could be read
	on(6, "", 0);
	off(6);
	expect("", false);
}

static void
the_output_comes_first(void **state)
{
	(void)state;
	on(1, "a:in", IN);
	on(2, "b:out", OUT);
	pair(STAGE_JACK_NOTE_LINK_ON, 1, "", 2, "");
	pair(STAGE_JACK_NOTE_LINK_OFF, 2, "", 1, "");
	expect("+a:in +b:out b:out>a:in b:out/a:in ", false);
}

static void
unknown_numbers_ask_for_a_scan(void **state)
{
	(void)state;
	on(1, "a:in", IN);
	begin();
	pair(STAGE_JACK_NOTE_LINK_ON, 8, "hint:out", 1, "");
	expect("hint:out>a:in ", true);
	pair(STAGE_JACK_NOTE_LINK_OFF, 8, "", 1, "");
	expect("", true);
	pair(STAGE_JACK_NOTE_RENAMED, 8, "x:y", 0, "x:z");
	expect("", true);
}

static void
renames_are_followed(void **state)
{
	(void)state;
	on(1, "a:x", OUT);
	on(2, "b:in", IN);
	begin();
	pair(STAGE_JACK_NOTE_RENAMED, 1, "nonsense", 0, "a:y");
	pair(STAGE_JACK_NOTE_RENAMED, 1, "a:x", 0, "a:y"); // once more
	pair(STAGE_JACK_NOTE_LINK_ON, 1, "", 2, "");
	off(1);
	expect("a:x~a:y a:y>b:in -a:y ", false);
}

static void
a_scan_replaces_the_table(void **state)
{
	(void)state;
	on(1, "a:1", OUT);
	on(2, "a:2", OUT);
	on(3, "a:3", OUT);
	begin();
	pair(STAGE_JACK_NOTE_SCAN_BEGIN, 0, "", 0, "");
	port(STAGE_JACK_NOTE_SCAN_PORT, 1, "a:2", OUT); // they changed places
	port(STAGE_JACK_NOTE_SCAN_PORT, 2, "a:1", OUT);
	port(STAGE_JACK_NOTE_SCAN_PORT, 3, "", OUT);
	port(STAGE_JACK_NOTE_SCAN_PORT, 9, "b:in", IN);
	pair(STAGE_JACK_NOTE_SCAN_LINK, 0, "a:1", 0, "b:in");
	pair(STAGE_JACK_NOTE_SCAN_END, 0, "", 0, "");
	expect("[ +a:2 +a:1 +b:in a:1>b:in -a:3 ] ", false);
	pair(STAGE_JACK_NOTE_LINK_OFF, 2, "", 9, "");
	off(1);
	off(3);
	expect("a:1/b:in -a:2 ", false);
}

static void
ports_left_by_a_client_ask_for_a_scan(void **state)
{
	(void)state;
	on(1, "a:1", OUT);
	on(2, "ab:1", OUT);
	begin();
	pair(STAGE_JACK_NOTE_CLIENT_ON, 0, "c", 0, "");
	pair(STAGE_JACK_NOTE_CLIENT_OFF, 0, "c", 0, "");
	expect("*c !c ", false);
	pair(STAGE_JACK_NOTE_CLIENT_OFF, 0, "a", 0, "");
	expect("!a ", true);
}

static void
edits_pass_through(void **state)
{
	struct stage_jack_note *note = stage_jack_note_create_pair(
		STAGE_JACK_NOTE_EDIT, "a:out", "b:in");
	(void)state;

	assert_non_null(note);
	note->tag = 12;
	note->outcome = STAGE_JACK_OUTCOME_EXISTS;
	assert_int_equal(take(note), STAGE_OK);
	expect("=12:exists ", false);
}

static void
another_server_has_other_ports(void **state)
{
	(void)state;
	on(1, "a:1", OUT);
	pair(STAGE_JACK_NOTE_SCAN_BEGIN, 0, "", 0, "");
	stage_jack_feed_reset(feed);
	begin();
	off(1);
	expect("", false);
	on(1, "b:1", OUT);
	expect("+b:1 ", false);
}

static void
names_of_any_bytes(void **state)
{
	char name[STAGE_JACK_PORT_NAME_MAX];
	char awaited[1100];
	(void)state;

	memset(name, 'x', 250);
	name[250] = '\0';
	memcpy(name, "a:b:\x01\n\t\"\xe9", 9);
	on(1, name, OUT);
	off(1);
	snprintf(awaited, sizeof(awaited), "+%s -%s ", name, name);
	expect(awaited, false);
}

static enum stage_status
live_and_die(void *user)
{
	enum stage_status status = STAGE_NO_MEMORY;
	(void)user;

	feed = stage_jack_feed_create(on_tell, NULL);
	begin();
	if (feed != NULL) {
		status = on(1, "a:out", OUT);
	}
	if (status == STAGE_OK) {
		status = on(2, "b:in", IN);
	}
	if (status == STAGE_OK) {
		status = pair(STAGE_JACK_NOTE_LINK_ON, 1, "", 2, "");
	}
	if (status == STAGE_OK) {
		status = pair(STAGE_JACK_NOTE_RENAMED, 1, "", 0, "a:x");
	}
	if (status == STAGE_OK) {
		status = off(2);
	}
	stage_jack_feed_destroy(feed);
	return status;
}

static enum stage_status
scan_and_die(void *user)
{
	enum stage_status status = STAGE_NO_MEMORY;
	(void)user;

	feed = stage_jack_feed_create(on_tell, NULL);
	begin();
	if (feed != NULL) {
		status = pair(STAGE_JACK_NOTE_SCAN_BEGIN, 0, "", 0, "");
	}
	if (status == STAGE_OK) {
		status = port(STAGE_JACK_NOTE_SCAN_PORT, 1, "a:2", OUT);
	}
	if (status == STAGE_OK) {
		status = port(STAGE_JACK_NOTE_SCAN_PORT, 2, "a:1", OUT);
	}
	if (status == STAGE_OK) {
		status = pair(STAGE_JACK_NOTE_SCAN_END, 0, "", 0, "");
	}
	stage_jack_feed_destroy(feed);
	return status;
}

static void
short_of_memory(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(live_and_die, NULL) > 10);
	assert_true(failing_alloc_sweep(scan_and_die, NULL) > 10);
}

static void
kinds_and_outcomes_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_JACK_GRAPH_KIND_COUNT; i++) {
		assert_true(strlen(stage_jack_graph_kind_name(
				    (enum stage_jack_graph_kind)i)) > 3);
	}
	for (int i = 0; i < STAGE_JACK_OUTCOME_COUNT; i++) {
		assert_true(strlen(stage_jack_outcome_name(
				    (enum stage_jack_outcome)i)) > 3);
	}
	assert_string_equal(stage_jack_graph_kind_name(77), "?");
	assert_string_equal(stage_jack_outcome_name(77), "?");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(names_what_has_gone_as_it_was_announced),
		TEST(a_slot_used_again_in_one_burst),
		TEST(the_output_comes_first),
		TEST(unknown_numbers_ask_for_a_scan),
		TEST(renames_are_followed),
		TEST(a_scan_replaces_the_table),
		TEST(ports_left_by_a_client_ask_for_a_scan),
		TEST(edits_pass_through),
		TEST(another_server_has_other_ports),
		TEST(names_of_any_bytes),
		cmocka_unit_test(short_of_memory),
		cmocka_unit_test(kinds_and_outcomes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
