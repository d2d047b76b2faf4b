/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/rest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BURST_NS (STAGE_JACK_REST_APART_NS / 4)
#define APART_NS (2 * STAGE_JACK_REST_APART_NS)

struct listener {
	struct stage_jack_rest rest;
	int64_t now_ns;
};

// A word comes that long after the last one was taken in. How long it rests.
static int64_t
word(struct listener *self, int64_t gap_ns, bool is_editing)
{
	int64_t until_ns;
	int64_t rested_ns = 0;

	self->now_ns += gap_ns;
	until_ns = stage_jack_rest_begin(&self->rest, is_editing, self->now_ns);
	if (until_ns != 0) {
		rested_ns = until_ns - self->now_ns;
		self->now_ns = until_ns;
	}
	stage_jack_rest_end(&self->rest, self->now_ns);
	return rested_ns;
}

static struct listener
listen(void)
{
	return (struct listener){.now_ns = 1000 * STAGE_NS_PER_S};
}

static void
words_now_and_then_are_awaited(void **state)
{
	struct listener self = listen();

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(
			word(&self, STAGE_JACK_REST_ROW_NS + 1, false), 0);
	}
}

static void
a_burst_is_read_as_it_comes(void **state)
{
	struct listener self = listen();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(word(&self, BURST_NS, false), 0);
	}
}

static void
words_one_by_one_are_taken_in_handfuls(void **state)
{
	struct listener self = listen();

	(void)state;
	assert_int_equal(word(&self, STAGE_NS_PER_S, false), 0);
	for (int round = 0; round < 10; round++) {
		for (int i = 1; i < STAGE_JACK_REST_ROW; i++) {
			assert_int_equal(word(&self, APART_NS, false), 0);
		}
		assert_int_equal(
			word(&self, APART_NS, false), STAGE_JACK_REST_NS);
		for (int i = 0; i < 10; i++) { // what has come meanwhile
			assert_int_equal(word(&self, BURST_NS, false), 0);
		}
	}
}

static void
a_row_of_edits_is_heard_in_handfuls(void **state)
{
	struct listener self = listen();

	(void)state;
	stage_jack_rest_edit_done(&self.rest);
	for (int round = 0; round < 10; round++) {
		assert_int_equal(
			word(&self, APART_NS, true), STAGE_JACK_REST_EDITS_NS);
		while (!stage_jack_rest_is_over(&self.rest)) {
			stage_jack_rest_edit_done(&self.rest);
		}
		for (int i = 2; i < STAGE_JACK_REST_HANDFUL; i++) {
			assert_int_equal(word(&self, APART_NS, true), 0);
		}
	}
}

// A client ends: the server tells of that, and does no edit meanwhile.
static void
words_of_others_are_read_as_they_come_while_edits_wait(void **state)
{
	struct listener self = listen();
	int64_t rested_ns = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		stage_jack_rest_edit_done(&self.rest);
	}
	for (int i = 0; i < 2000; i++) {
		rested_ns +=
			word(&self, i % 2 == 0 ? BURST_NS : APART_NS, true);
	}
	assert_int_equal(rested_ns, STAGE_JACK_REST_EDITS_NS);
}

// More words were counted than come: it does not listen in vain for ever.
static void
a_count_that_is_wrong_does_not_stay(void **state)
{
	struct listener self = listen();
	int words = 1;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		stage_jack_rest_edit_done(&self.rest);
	}
	while (word(&self, APART_NS, true) == 0) {
		words++;
	}
	assert_in_range(words, 2, 2 * STAGE_JACK_REST_HANDFUL);
	for (int i = 0; i < STAGE_JACK_REST_HANDFUL; i++) {
		stage_jack_rest_edit_done(&self.rest);
	}
	assert_int_equal(word(&self, BURST_NS, false), 0); // the row has ended
	assert_false(stage_jack_rest_is_over(&self.rest));
	assert_int_equal(word(&self, BURST_NS, true), STAGE_JACK_REST_EDITS_NS);
	assert_int_equal(word(&self, BURST_NS, true), 0); // nothing was done
}

// The server stands still while the socket is full.
static void
the_socket_never_gets_full_by_rests_alone(void **state)
{
	const int room = 30;

	(void)state;
	assert_true(STAGE_JACK_REST_HANDFUL + 2 < room);
	assert_true(STAGE_JACK_REST_NS / STAGE_JACK_REST_APART_NS < room);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_now_and_then_are_awaited),
		cmocka_unit_test(a_burst_is_read_as_it_comes),
		cmocka_unit_test(words_one_by_one_are_taken_in_handfuls),
		cmocka_unit_test(a_row_of_edits_is_heard_in_handfuls),
		cmocka_unit_test(
			words_of_others_are_read_as_they_come_while_edits_wait),
		cmocka_unit_test(a_count_that_is_wrong_does_not_stay),
		cmocka_unit_test(the_socket_never_gets_full_by_rests_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
