/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

static int woken;

static void
wake(void *user)
{
	(void)user;
	woken++;
}

static struct stage_web_hub *hub;

static int
set_up(void **state)
{
	(void)state;
	woken = 0;
	hub = stage_web_hub_create();
	return hub != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	assert_int_equal(stage_web_hub_count(hub), 0);
	stage_web_hub_destroy(hub);
	return 0;
}

static void
expect(struct stage_web_listener *listener, const char *text)
{
	char bytes[4096];
	size_t got = stage_web_hub_read(listener, bytes, sizeof(bytes) - 1);

	bytes[got] = '\0';
	assert_string_equal(bytes, text);
}

static void
tell(enum stage_web_weight weight, const char *data)
{
	stage_web_hub_tell(hub, weight, "e", data, strlen(data));
}

static void
all_hear_the_same(void **state)
{
	struct stage_web_listener *a = stage_web_hub_join(hub, wake, NULL);
	struct stage_web_listener *b = stage_web_hub_join(hub, wake, NULL);
	(void)state;

	tell(STAGE_WEB_EVENT, "{}");
	tell(STAGE_WEB_METER, "[1]");
	assert_int_equal(woken, 2); // once each
	expect(a, "event: e\ndata: {}\n\nevent: e\ndata: [1]\n\n");
	stage_web_hub_tell_one(a, "own", "3", 1);
	expect(a, "event: own\ndata: 3\n\n");
	expect(a, "");
	expect(b, "event: e\ndata: {}\n\nevent: e\ndata: [1]\n\n");
	stage_web_hub_beat(hub);
	expect(b, ":\n\n");
	stage_web_hub_leave(a);
	stage_web_hub_leave(b);
}

static void
it_can_be_read_in_pieces(void **state)
{
	struct stage_web_listener *a = stage_web_hub_join(hub, wake, NULL);
	char bytes[64] = "";
	size_t got = 0;
	(void)state;

	tell(STAGE_WEB_EVENT, "1");
	tell(STAGE_WEB_EVENT, "2");
	while (got < sizeof(bytes) - 4) {
		size_t more = stage_web_hub_read(a, bytes + got, 3);
		if (more == 0) {
			break;
		}
		got += more;
	}
	assert_string_equal(
		bytes, "event: e\ndata: 1\n\nevent: e\ndata: 2\n\n");
	stage_web_hub_leave(a);
}

static void
who_is_slow_loses_meters_and_then_gets_all_anew(void **state)
{
	struct stage_web_listener *a = stage_web_hub_join(hub, wake, NULL);
	static char big[60000];
	static char read[STAGE_WEB_QUEUE_BYTES + 65536];
	size_t waiting;
	size_t got;
	(void)state;

	memset(big, 'x', sizeof(big));
	stage_web_hub_tell(hub, STAGE_WEB_EVENT, "e", big, sizeof(big));
	got = stage_web_hub_read(a, read, 10); // begun
	assert_int_equal(got, 10);
	stage_web_hub_tell(hub, STAGE_WEB_EVENT, "e", big, sizeof(big));
	tell(STAGE_WEB_METER, "lost");
	assert_false(stage_web_hub_wants_all(a));
	for (size_t i = 0; i < STAGE_WEB_QUEUE_BYTES / sizeof(big) + 2; i++) {
		stage_web_hub_tell(hub, STAGE_WEB_EVENT, "e", big, sizeof(big));
	}
	assert_false(stage_web_hub_wants_all(a)); // it has not read yet
	waiting = stage_web_hub_read(a, read, sizeof(read) - 1);
	read[waiting] = '\0';
	assert_null(strstr(read, "lost"));
	// The rest of what it had begun, whole, and nothing else.
	assert_int_equal(
		waiting + got, sizeof(big) + strlen("event: e\ndata: \n\n"));
	assert_true(stage_web_hub_wants_all(a));
	assert_false(stage_web_hub_wants_all(a));
	tell(STAGE_WEB_EVENT, "again");
	expect(a, "event: e\ndata: again\n\n");
	stage_web_hub_leave(a);
}

static void
one_leaves_with_much_unread(void **state)
{
	struct stage_web_listener *a = stage_web_hub_join(hub, wake, NULL);
	struct stage_web_listener *b = stage_web_hub_join(hub, wake, NULL);
	struct stage_web_listener *c = stage_web_hub_join(hub, wake, NULL);
	char byte;
	(void)state;

	for (int i = 0; i < 1000; i++) {
		tell(STAGE_WEB_EVENT, "data");
	}
	assert_int_equal(stage_web_hub_read(b, &byte, 1), 1);
	stage_web_hub_leave(b);
	stage_web_hub_leave(a);
	assert_int_equal(stage_web_hub_count(hub), 1);
	stage_web_hub_leave(c);
	stage_web_hub_leave(NULL);
}

static void
one_frame_is_given_to_many(void **state)
{
	struct stage_web_listener *a = stage_web_hub_join(hub, wake, NULL);
	struct stage_web_listener *b = stage_web_hub_join(hub, wake, NULL);
	struct stage_web_frame *frame =
		stage_web_frame_create(STAGE_WEB_EVENT, "e", "1", 1);
	(void)state;

	assert_non_null(frame);
	stage_web_hub_give(a, frame);
	stage_web_hub_give(b, frame);
	stage_web_hub_give(a, frame);
	stage_web_frame_drop(frame); // the queues have it yet
	assert_int_equal(woken, 2);
	expect(a, "event: e\ndata: 1\n\nevent: e\ndata: 1\n\n");
	expect(b, "event: e\ndata: 1\n\n");
	// Where there was no memory for it, it is lost like any other.
	stage_web_hub_give(a, NULL);
	assert_true(stage_web_hub_wants_all(a));
	assert_false(stage_web_hub_wants_all(b));
	stage_web_frame_drop(NULL);
	stage_web_hub_leave(a);
	stage_web_hub_leave(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			all_hear_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			it_can_be_read_in_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			who_is_slow_loses_meters_and_then_gets_all_anew, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			one_leaves_with_much_unread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			one_frame_is_given_to_many, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
