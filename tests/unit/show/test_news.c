/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

struct ear {
	struct stage_show_newsroom *room;
	struct stage_str *log;
	char name;
	bool asks_more; // has more happen, once
	bool goes_away; // when it has heard of one thing
};

static void
hear(void *user, const struct stage_show_told *told)
{
	struct ear *ear = user;

	assert_int_equal(stage_str_addf(ear->log, "%c:%s%ld ", ear->name,
				 told->text, told->number),
		STAGE_OK);
	if (ear->asks_more) {
		ear->asks_more = false;
		stage_show_newsroom_tell(
			ear->room, STAGE_SHOW_TOLD_LEFT, "more", 2);
	}
	if (ear->goes_away) {
		stage_show_newsroom_unwatch(ear->room, hear, ear);
	}
}

static void
test_all_hear_of_one_thing_before_the_next(void **state)
{
	struct stage_str log = {0};
	struct stage_show_newsroom *room = stage_show_newsroom_create();
	struct ear ears[] = {{room, &log, 'a', true, false},
		{room, &log, 'b', false, true},
		{room, &log, 'c', false, false}};

	(void)state;
	assert_non_null(room);
	stage_show_newsroom_tell(room, STAGE_SHOW_TOLD_GO, "nobody", 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(ears); i++) {
		assert_int_equal(
			stage_show_newsroom_watch(room, hear, &ears[i]),
			STAGE_OK);
	}
	stage_show_newsroom_tell(room, STAGE_SHOW_TOLD_GO, "one", 1);
	assert_string_equal(
		stage_str_text(&log), "a:one1 b:one1 c:one1 a:more2 c:more2 ");
	stage_str_clear(&log);
	stage_show_newsroom_unwatch(room, hear, &ears[0]);
	stage_show_newsroom_unwatch(room, hear, &ears[1]); // not there
	stage_show_newsroom_tell(room, STAGE_SHOW_TOLD_GO, "last", 3);
	assert_string_equal(stage_str_text(&log), "c:last3 ");
	stage_show_newsroom_destroy(room);
	stage_show_newsroom_destroy(NULL);
	stage_str_finish(&log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_hear_of_one_thing_before_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
