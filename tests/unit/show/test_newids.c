/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/newids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

// Three clients with known old and new ids.
static struct stage_show_newid items[] = {
	{.name = (char[]){"Zyn"}, .id = "nAAAA", .fresh = "nXXXX"},
	{.name = (char[]){"Two words"}, .id = "nBBBB", .fresh = "nYYYY"},
	{.name = (char[]){"Odd"}, .id = "one", .fresh = "nZZZZ"},
};
static const struct stage_show_newids known = {items, STAGE_COUNT_OF(items)};

static void
files_of_clients_are_renamed(void **state)
{
	static const struct {
		const char *before;
		const char *after; // NULL: it keeps its name
	} cases[] = {
		{"Zyn.nAAAA", "Zyn.nXXXX"},
		{"Zyn.nAAAA.xmz", "Zyn.nXXXX.xmz"},
		{"Zyn.nAAAA-backup", "Zyn.nXXXX-backup"},
		{"Zyn.nAAAA_2", "Zyn.nXXXX_2"},
		{"Zyn.nAAAAA", NULL},
		{"Zyn.nAAAA2", NULL},
		{"zyn.nAAAA", NULL},
		{"xZyn.nAAAA", NULL},
		{"Zyn.nBBBB", NULL},
		{"Zyn", NULL},
		{"Zyn.", NULL},
		{"nAAAA", NULL},
		{"Two words.nBBBB.h2song", "Two words.nYYYY.h2song"},
		{"Odd.one.x", "Odd.nZZZZ.x"},
		{"", NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char out[256] = "untouched";
		assert_int_equal(
			stage_show_newids_rename(&known, cases[i].before, out),
			cases[i].after != NULL);
		if (cases[i].after != NULL) {
			assert_string_equal(out, cases[i].after);
		}
	}
}

static void
texts_follow(void **state)
{
	static const struct {
		const char *before;
		const char *after;
	} cases[] = {
		{"", ""},
		{"Zyn.nAAAA:out |> x", "Zyn.nXXXX:out |> x"},
		{"x |> Zyn.nAAAA", "x |> Zyn.nXXXX"},
		{"Zyn.nAAAA/left", "Zyn.nXXXX/left"},
		{"zyn_nAAAA nAAAA", "zyn_nXXXX nXXXX"},
		{"xnAAAA nAAAAA nAAAA1 NAAAA", "xnAAAA nAAAAA nAAAA1 NAAAA"},
		{"nAAAA.nBBBB", "nXXXX.nYYYY"},
		{"Odd.one one oneness", "Odd.nZZZZ one oneness"},
		{"Two words.nBBBB:in", "Two words.nYYYY:in"},
		{"Zyn.nAAAAZyn.nAAAA", "Zyn.nAAAAZyn.nXXXX"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str out = {0};
		assert_int_equal(
			stage_show_newids_rewrite(&known, cases[i].before,
				strlen(cases[i].before), &out),
			STAGE_OK);
		assert_string_equal(stage_str_text(&out), cases[i].after);
		stage_str_finish(&out);
	}
}

static void
song_conf_follows(void **state)
{
	static const char before[] = "client nAAAA alone yes\nrun one x\n"
				     "client one save 1s\nclient nCCCC x\n";
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(stage_show_newids_rewrite_conf(
				 &known, before, strlen(before), &out),
		STAGE_OK);
	assert_string_equal(stage_str_text(&out),
		"client nXXXX alone yes\nrun one x\nclient nZZZZ save 1s\n"
		"client nCCCC x\n");
	stage_str_finish(&out);
}

static void
make(const char *text, struct stage_show_newids *ids,
	struct stage_show_session *session, struct stage_map *taken)
{
	assert_int_equal(stage_show_session_parse(session, text, strlen(text)),
		STAGE_OK);
	assert_int_equal(
		stage_show_newids_make(ids, session, taken, NULL), STAGE_OK);
}

static void
each_client_gets_a_new_id(void **state)
{
	struct stage_map *taken = stage_map_create(NULL);
	struct stage_show_newids ids;
	struct stage_show_session session;
	struct stage_str text = {0};
	char expected[200];
	(void)state;

	assert_int_equal(stage_map_put(taken, "nAAAA", NULL), STAGE_OK);
	make("Zyn:zyn:nAAAA\r\njunk\nOdd:odd:one", &ids, &session, taken);
	assert_int_equal(ids.count, 2);
	assert_string_equal(ids.items[0].name, "Zyn");
	assert_string_equal(ids.items[0].id, "nAAAA");
	assert_string_equal(ids.items[1].id, "one");
	assert_string_not_equal(ids.items[0].fresh, ids.items[1].fresh);
	assert_true(stage_map_has(taken, ids.items[0].fresh));
	assert_true(stage_map_has(taken, ids.items[1].fresh));
	assert_int_equal(stage_map_count(taken), 3);
	assert_int_equal(stage_show_session_write(&session, &text), STAGE_OK);
	snprintf(expected, sizeof(expected), "Zyn:zyn:%s\r\njunk\nOdd:odd:%s",
		ids.items[0].fresh, ids.items[1].fresh);
	assert_string_equal(stage_str_text(&text), expected);
	stage_str_finish(&text);
	stage_show_session_finish(&session);
	stage_show_newids_finish(&ids);
	stage_show_newids_finish(NULL);
	stage_map_destroy(taken);
}

// A line that had the id of another one would be that one in the copy.
static void
no_line_keeps_an_id_of_the_old_song(void **state)
{
	struct stage_map *taken = stage_map_create(NULL);
	struct stage_show_newids ids;
	struct stage_show_session session;
	(void)state;

	make("a:x:nAAAA\nb:y:nAAAA\nc:z:nAAAA\n", &ids, &session, taken);
	assert_int_equal(ids.count, 3);
	assert_int_equal(session.clients, 3);
	assert_int_equal(session.bad, 0);
	assert_null(stage_show_session_find(&session, "nAAAA"));
	assert_string_equal(ids.items[2].name, "c");
	stage_show_session_finish(&session);
	stage_show_newids_finish(&ids);
	stage_map_destroy(taken);
}

static enum stage_status
make_and_rewrite(void *user)
{
	static const char text[] = "Zyn:zyn:nAAAA\na:b:nAAAA\nOdd:odd:one\n";
	struct stage_show_newids ids = {0};
	struct stage_show_session session = {0};
	struct stage_str out = {0};
	struct stage_map *taken = stage_map_create(NULL);
	enum stage_status status = taken == NULL
					   ? STAGE_NO_MEMORY
					   : stage_show_session_parse(&session,
						     text, strlen(text));
	(void)user;

	if (status == STAGE_OK) {
		status = stage_show_newids_make(&ids, &session, taken, NULL);
	}
	if (status == STAGE_OK) {
		status = stage_show_newids_rewrite(
			&ids, text, strlen(text), &out);
	}
	if (status == STAGE_OK) {
		status = stage_show_newids_rewrite_conf(
			&ids, text, strlen(text), &out);
	}
	stage_str_finish(&out);
	stage_show_session_finish(&session);
	stage_show_newids_finish(&ids);
	stage_map_destroy(taken);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	(void)state;

	assert_true(failing_alloc_sweep(make_and_rewrite, NULL) > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_clients_are_renamed),
		cmocka_unit_test(texts_follow),
		cmocka_unit_test(song_conf_follows),
		cmocka_unit_test(each_client_gets_a_new_id),
		cmocka_unit_test(no_line_keeps_an_id_of_the_old_song),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
