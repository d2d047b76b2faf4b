/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "jack/graph_queue.h"

static struct stage_jack_graph_queue queue;

static int
setup(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof(queue));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	stage_jack_graph_queue_finish(&queue);
	return 0;
}

static struct stage_jack_note *
make(enum stage_jack_note_kind kind, char letter)
{
	char name[] = {letter, '\0'};
	struct stage_jack_note *note =
		stage_jack_note_create_pair(kind, name, "x");

	assert_non_null(note);
	return note;
}

static void
add(char letter)
{
	stage_jack_graph_queue_add(
		&queue, make(STAGE_JACK_NOTE_PORT_ON, letter));
}

static void
add_edit(char letter)
{
	stage_jack_chain_add(&queue.edits, make(STAGE_JACK_NOTE_EDIT, letter));
}

// Takes what is ready and compares its names' letters.
static void
expect(const char *letters)
{
	struct stage_jack_chain chain = stage_jack_graph_queue_take(&queue);
	struct stage_jack_note *note = stage_jack_chain_take(&chain);
	char got[64] = "";
	size_t len = 0;

	for (; note != NULL; note = stage_jack_chain_take(&chain)) {
		got[len] = note->texts[STAGE_JACK_TEXT_NAME][0];
		len++;
		free(note);
	}
	assert_string_equal(got, letters);
}

static char
next(void)
{
	struct stage_jack_note *edit = NULL;
	enum stage_jack_job job = stage_jack_graph_queue_next(&queue, &edit);
	char letter = 0;

	if (job == STAGE_JACK_JOB_SCAN) {
		letter = '!';
	} else if (job == STAGE_JACK_JOB_EDIT) {
		letter = edit->texts[STAGE_JACK_TEXT_NAME][0];
		free(edit);
	}
	return letter;
}

static void
notes_come_in_order(void **state)
{
	(void)state;
	expect("");
	add('a');
	add('b');
	expect("ab");
	add('c');
	expect("c");
	expect("");
}

static void
a_scan_comes_before_what_is_told_meanwhile(void **state)
{
	struct stage_jack_chain scan = {0};
	(void)state;

	add('a');
	stage_jack_graph_queue_hold(&queue);
	add('x');
	expect("a");
	add('y');
	expect("");
	stage_jack_chain_add(&scan, make(STAGE_JACK_NOTE_SCAN_BEGIN, '['));
	stage_jack_chain_add(&scan, make(STAGE_JACK_NOTE_SCAN_END, ']'));
	stage_jack_graph_queue_release(&queue, &scan);
	assert_null(scan.first);
	add('z');
	expect("[]xyz");
}

static bool
is_behind(void)
{
	return stage_jack_graph_queue_is_behind(&queue);
}

// From the first word that waits on, to the last of what a scan held up.
static void
it_is_known_when_something_has_not_been_told(void **state)
{
	struct stage_jack_chain scan = {0};
	struct stage_jack_chain taken;
	(void)state;

	assert_false(is_behind());
	add('a');
	assert_true(is_behind());
	expect("a");
	assert_false(is_behind());
	stage_jack_graph_queue_ask_scan(&queue);
	assert_false(is_behind()); // all is told as before
	stage_jack_graph_queue_hold(&queue);
	assert_true(is_behind());
	add('x');
	expect("");
	assert_true(is_behind());
	stage_jack_graph_queue_release(&queue, &scan);
	assert_true(is_behind());
	expect("x");
	assert_false(is_behind());
	for (size_t i = 0; i < STAGE_JACK_NOTES_MAX + 1; i++) {
		add('a');
	}
	taken = stage_jack_graph_queue_take(&queue);
	stage_jack_chain_finish(&taken);
	assert_true(is_behind()); // what was thrown away is not known
	stage_jack_graph_queue_hold(&queue);
	stage_jack_graph_queue_release(&queue, &scan);
	assert_false(is_behind());
}

static void
an_overflow_ends_with_a_scan(void **state)
{
	struct stage_jack_chain scan = {0};
	struct stage_jack_chain taken;
	(void)state;

	for (size_t i = 0; i < STAGE_JACK_NOTES_MAX + 5; i++) {
		add('a');
	}
	assert_int_equal(queue.ready.count, STAGE_JACK_NOTES_MAX);
	assert_int_equal(next(), 0); // not before the loop has room
	taken = stage_jack_graph_queue_take(&queue);
	assert_int_equal(taken.count, STAGE_JACK_NOTES_MAX);
	stage_jack_chain_finish(&taken);
	add('b'); // the scan will tell
	expect("");
	assert_int_equal(next(), '!');
	stage_jack_graph_queue_hold(&queue);
	add('c');
	stage_jack_graph_queue_release(&queue, &scan);
	expect("c");
	assert_int_equal(next(), 0);
}

static void
memory_that_is_short_is_an_overflow(void **state)
{
	(void)state;
	add('a');
	stage_jack_graph_queue_add(&queue, NULL);
	add('b');
	expect("a");
	assert_int_equal(next(), '!');
}

static void
an_overflow_while_a_scan_is_made(void **state)
{
	struct stage_jack_chain scan = {0};
	(void)state;

	stage_jack_graph_queue_hold(&queue);
	stage_jack_graph_queue_add(&queue, NULL);
	expect("");
	assert_int_equal(next(), 0);
	stage_jack_graph_queue_release(&queue, &scan);
	expect("");
	assert_int_equal(next(), '!');
}

static void
scans_wait_for_the_edits_before_them(void **state)
{
	(void)state;
	add_edit('a');
	add_edit('b');
	stage_jack_graph_queue_ask_scan(&queue);
	add_edit('c');
	stage_jack_graph_queue_ask_scan(&queue); // the same one
	assert_int_equal(next(), 'a');
	assert_int_equal(next(), 'b');
	assert_int_equal(next(), '!');
	assert_int_equal(next(), 'c');
	assert_int_equal(next(), 0);
}

static void
dropping_keeps_what_became_of_edits(void **state)
{
	(void)state;
	add('a');
	stage_jack_graph_queue_done(&queue, make(STAGE_JACK_NOTE_EDIT, 'e'),
		STAGE_JACK_OUTCOME_GONE);
	add('b');
	stage_jack_graph_queue_hold(&queue);
	add('c');
	stage_jack_graph_queue_ask_scan(&queue);
	stage_jack_graph_queue_drop(&queue);
	add('d');
	expect("ed");
	assert_int_equal(next(), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(notes_come_in_order),
		TEST(a_scan_comes_before_what_is_told_meanwhile),
		TEST(it_is_known_when_something_has_not_been_told),
		TEST(an_overflow_ends_with_a_scan),
		TEST(memory_that_is_short_is_an_overflow),
		TEST(an_overflow_while_a_scan_is_made),
		TEST(scans_wait_for_the_edits_before_them),
		TEST(dropping_keeps_what_became_of_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
