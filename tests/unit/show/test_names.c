/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ALL 390625 // ids that can be made

typedef enum stage_status checker(const char *name, struct stage_err *err);

// 1: it can be the name of such a thing
static const struct {
	const char *name;
	bool song, set, client, program;
} cases[] = {
	{"Opener", 1, 1, 1, 1},
	{"a", 1, 1, 1, 1},
	{"Set 1/Opener", 1, 0, 0, 0},
	{"a/b/c/d", 1, 0, 0, 0},
	{"a/b/c/d/e", 0, 0, 0, 0},
	{"", 0, 0, 0, 0},
	{"/", 0, 0, 0, 0},
	{"/abs", 0, 0, 0, 0},
	{"x/", 0, 0, 0, 0},
	{"a//b", 0, 0, 0, 0},
	{".", 0, 0, 1, 0},
	{"..", 0, 0, 1, 0},
	{"./x", 0, 0, 0, 0},
	{"a/../b", 0, 0, 0, 0},
	{"a/.hidden", 0, 0, 0, 0},
	{"...", 0, 0, 1, 0},
	{"-rf", 0, 0, 1, 0},
	{"a/-rf", 0, 0, 0, 0},
	{"a-b.c", 1, 1, 1, 1},
	{" a", 0, 0, 0, 0},
	{"a ", 0, 0, 1, 0},
	{"a /b", 0, 0, 0, 0},
	{"a/ b", 0, 0, 0, 0},
	{"a b", 1, 1, 1, 1},
	{"a:b", 0, 0, 0, 0},
	{":", 0, 0, 0, 0},
	{"a\nb", 0, 0, 0, 0},
	{"a\tb", 0, 0, 0, 0},
	{"a\x7f", 0, 0, 0, 0},
	{"a\xc2\x9bm", 0, 0, 0, 0}, // C1: a terminal obeys it
	{"\x1b[2J", 0, 0, 0, 0},
	{"\xff", 0, 0, 0, 0},
	{"a\xc3", 0, 0, 0, 0},
	{"\xed\xa0\x80", 0, 0, 0, 0},
	{"\xef\xbb\xbfz", 0, 0, 0, 0},
	{"$(id)", 1, 1, 1, 1},
	{"x; touch y", 1, 1, 1, 1},
	{"it's \"it\"", 1, 1, 1, 1},
	{"*?[!]", 1, 1, 1, 1},
	{"a\\b", 1, 1, 1, 1},
	{"caf\xc3\xa9", 1, 1, 1, 1},
	{"cafe\xcc\x81", 1, 1, 1, 1}, // another name, however it looks
	{"\xf0\x9f\x8e\xb9", 1, 1, 1, 1},
	{"session.nsm", 0, 0, 1, 0},
	{"a/session.nsm", 0, 0, 0, 0},
	{"a/session.nsm/b", 0, 0, 0, 0},
	{"session.nsm2", 1, 1, 1, 1},
	{"/usr/bin/hydrogen", 0, 0, 0, 0},
};

static void
check(checker *function, const char *name, bool is_good)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = function(name, &err);

	if ((status == STAGE_OK) != is_good) {
		fail_msg("\"%s\": %s", name, err.text);
	}
	assert_int_equal(status, err.status);
	assert_int_equal(err.text[0] != '\0', !is_good);
	assert_int_equal(function(name, NULL), status);
}

static void
each_name_for_each_thing(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const char *name = cases[i].name;
		check(stage_show_song_name_check, name, cases[i].song);
		check(stage_show_set_name_check, name, cases[i].set);
		check(stage_show_client_name_check, name, cases[i].client);
		check(stage_show_program_check, name, cases[i].program);
	}
}

static void
a_name_has_200_bytes_at_most(void **state)
{
	static checker *const checkers[] = {stage_show_song_name_check,
		stage_show_set_name_check, stage_show_client_name_check,
		stage_show_program_check};
	char name[10001];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(checkers); i++) {
		memset(name, 'x', sizeof(name));
		name[sizeof(name) - 1] = '\0';
		assert_int_equal(checkers[i](name, NULL), STAGE_TOO_LONG);
		name[STAGE_SHOW_NAME_MAX + 1] = '\0';
		assert_int_equal(checkers[i](name, NULL), STAGE_TOO_LONG);
		name[STAGE_SHOW_NAME_MAX] = '\0';
		assert_int_equal(checkers[i](name, NULL), STAGE_OK);
	}
}

static void
what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *name;
		const char *sentence;
	} said[] = {
		{"", "the name of a song is empty"},
		{"a\nb", "\"a b\" cannot be the name of a song: it holds a "
			 "control character"},
		{"../x", "\"../x\" cannot be the name of a song: a part of it "
			 "begins with a dot or a dash"},
		{"\xff", "the name of a song is not UTF-8 text"},
		{"a/b/c/d/e", "\"a/b/c/d/e\" cannot be the name of a song: it "
			      "has too many parts"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(said); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_not_equal(
			stage_show_song_name_check(said[i].name, &err),
			STAGE_OK);
		assert_string_equal(err.text, said[i].sentence);
	}
}

static void
ids_of_any_server(void **state)
{
	static const struct {
		const char *id;
		bool is_good;
	} ids[] = {
		{"nABCD", true},
		{"ABCD", true},
		{"n", true},
		{"n-1_x9", true},
		{"0123456789012345678901234567890", true},
		{"01234567890123456789012345678901", false},
		{"", false},
		{"n ABC", false},
		{"n.ABC", false},
		{"n/ABC", false},
		{"n:ABC", false},
		{"n\xc3\xa9", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(ids); i++) {
		assert_int_equal(stage_show_id_ok(ids[i].id), ids[i].is_good);
	}
}

static bool
is_never_taken(void *user, const char *id)
{
	(void)user;
	(void)id;
	return false;
}

static void
an_id_is_n_and_four_letters(void **state)
{
	char first[STAGE_SHOW_ID_MAX];
	unsigned same = 0;
	(void)state;

	for (int i = 0; i < 20; i++) {
		char id[STAGE_SHOW_ID_MAX];
		assert_int_equal(
			stage_show_make_id(is_never_taken, NULL, id, NULL),
			STAGE_OK);
		assert_int_equal(strlen(id), 5);
		assert_int_equal(id[0], 'n');
		assert_int_equal(
			strspn(id + 1, "ABCDEFGHIJKLMNOPQRSTUVWXY"), 4);
		assert_true(stage_show_id_ok(id));
		if (i == 0) {
			strcpy(first, id);
		}
		same += strcmp(first, id) == 0;
	}
	assert_true(same < 20);
}

struct taken {
	const char *free;
	unsigned asked;
};

static bool
is_all_but_one(void *user, const char *id)
{
	struct taken *taken = user;

	taken->asked++;
	return taken->free == NULL || strcmp(id, taken->free) != 0;
}

static void
the_last_id_is_found(void **state)
{
	struct taken one = {.free = "nYAKM"};
	struct taken none = {.free = NULL};
	struct stage_err err = STAGE_ERR_INIT;
	char id[STAGE_SHOW_ID_MAX];
	(void)state;

	assert_int_equal(
		stage_show_make_id(is_all_but_one, &one, id, NULL), STAGE_OK);
	assert_string_equal(id, "nYAKM");
	assert_true(one.asked <= ALL);
	assert_int_equal(stage_show_make_id(is_all_but_one, &none, id, &err),
		STAGE_FULL);
	assert_int_equal(none.asked, ALL);
	assert_non_null(strstr(err.text, "all 390625 are taken"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_for_each_thing),
		cmocka_unit_test(a_name_has_200_bytes_at_most),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(ids_of_any_server),
		cmocka_unit_test(an_id_is_n_and_four_letters),
		cmocka_unit_test(the_last_id_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
