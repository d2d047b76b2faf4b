/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

#define ZYN "ZynAddSubFX:zynaddsubfx:nJPPD\n"
#define JACKPATCH "JACKPatch:jackpatch:nRLKR\n"

// A text of which a zero byte may be a part.
#define TEXT(literal) (literal), sizeof(literal) - 1

static void
parse(struct stage_show_session *session, const char *text)
{
	assert_int_equal(stage_show_session_parse(session, text, strlen(text)),
		STAGE_OK);
}

static void
check_text(const struct stage_show_session *session, const char *text)
{
	struct stage_str out = {0};

	assert_int_equal(stage_show_session_write(session, &out), STAGE_OK);
	assert_string_equal(stage_str_text(&out), text);
	stage_str_finish(&out);
}

static void
each_client_is_read(void **state)
{
	struct stage_show_session session;
	(void)state;

	parse(&session, ZYN "Hydrogen:/usr/bin/hydrogen:nA\n" JACKPATCH);
	assert_int_equal(session.count, 3);
	assert_int_equal(session.clients, 3);
	assert_int_equal(session.bad, 0);
	assert_string_equal(session.lines[0].name, "ZynAddSubFX");
	assert_string_equal(session.lines[0].program, "zynaddsubfx");
	assert_string_equal(session.lines[0].id, "nJPPD");
	assert_string_equal(session.lines[0].text, ZYN);
	assert_null(session.lines[0].why);
	assert_string_equal(session.lines[1].program, "/usr/bin/hydrogen");
	assert_ptr_equal(
		stage_show_session_find(&session, "nRLKR"), &session.lines[2]);
	assert_null(stage_show_session_find(&session, "nRLK"));
	stage_show_session_finish(&session);
	stage_show_session_finish(&session);
	stage_show_session_finish(NULL);
}

// Files as programs and people leave them: how many clients there are, how many
// lines are bad, and what their ids are.
static const struct {
	const char *text;
	size_t len;
	size_t clients, bad;
	const char *ids;
} odd[] = {
	{TEXT(""), 0, 0, ""},
	{TEXT("\n"), 0, 0, ""},
	{TEXT("\n\n" ZYN "\n" JACKPATCH "\n"), 2, 0, "nJPPD nRLKR"},
	{TEXT("a:b:nA\r\nc:d:nB\r\n"), 2, 0, "nA nB"},
	{TEXT("a:b:nA\nc:d:nB"), 2, 0, "nA nB"},
	{TEXT("a:b:nA\r\nc:d:nB\r"), 2, 0, "nA nB"},
	{TEXT("\xef\xbb\xbf"
	      "a:b:nA\n"),
		1, 0, "nA"},
	{TEXT("a:b:nA\n\xef\xbb\xbf"
	      "c:d:nB\n"),
		1, 1, "nA"},
	{TEXT(" \ta:b:nA \t\n"), 1, 0, "nA"},
	{TEXT("a:b:nA\ngarbage\nc:d:nB\n"), 2, 1, "nA nB"},
	{TEXT("a:b:nA\na:b\nc:d:nB\n"), 2, 1, "nA nB"},
	{TEXT("a:b:nA\na:b:c:nX\nc:d:nB\n"), 2, 1, "nA nB"},
	{TEXT("a:b:nA\n::\nc:d:nB\n"), 2, 1, "nA nB"},
	{TEXT("a:b:nA\n:b:nX\na::nX\na:b:\nc:d:nB\n"), 2, 3, "nA nB"},
	{TEXT("# by hand\na:b:nA\n"), 1, 1, "nA"},
	{TEXT("a:b:nA\nc:d:nA\ne:f:nB\n"), 2, 1, "nA nB"},
	{TEXT("a:b:ABCD\nc:d:nB\n"), 2, 0, "ABCD nB"},
	{TEXT("a:b:n.x\nc:d:nB\n"), 1, 1, "nB"},
	{TEXT("a/b:c:nA\nc:d:nB\n"), 1, 1, "nB"},
	{TEXT("a:b\tc:nA\nc:d:nB\n"), 1, 1, "nB"},
	{TEXT("a\rb:c:nA\nc:d:nB\n"), 1, 1, "nB"},
	{TEXT("a:b:nA\n\0\nc:d:nB\n"), 2, 1, "nA nB"},
	{TEXT("a:b:n\0A\nc:d:nB\n"), 1, 1, "nB"},
	{TEXT("a:b:nA\n\xff\xfe:b:nC\nc:d:nB\n"), 2, 1, "nA nB"},
	{TEXT("a:b:nA\nb:\xff:nC\nc:d:nB\n"), 2, 1, "nA nB"},
	{TEXT("caf\xc3\xa9:b c:nA\n"), 1, 0, "nA"},
	{TEXT("\r\r\n \n\t"), 0, 0, ""},
};

static void
check_ids(const struct stage_show_session *session, const char *ids)
{
	struct stage_str found = {0};

	for (size_t i = 0; i < session->count; i++) {
		const struct stage_show_line *line = &session->lines[i];
		assert_int_equal(line->id == NULL, line->name == NULL);
		assert_int_equal(line->id == NULL, line->program == NULL);
		if (line->id != NULL) {
			assert_int_equal(
				stage_str_addf(&found, "%s%s",
					found.len > 0 ? " " : "", line->id),
				STAGE_OK);
		}
	}
	assert_string_equal(stage_str_text(&found), ids);
	stage_str_finish(&found);
}

static void
what_is_odd_costs_no_other_line_and_no_byte(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(odd); i++) {
		struct stage_show_session session;
		struct stage_str out = {0};
		assert_int_equal(stage_show_session_parse(
					 &session, odd[i].text, odd[i].len),
			STAGE_OK);
		if (session.clients != odd[i].clients ||
			session.bad != odd[i].bad) {
			fail_msg("case %zu: %zu clients, %zu bad", i,
				session.clients, session.bad);
		}
		check_ids(&session, odd[i].ids);
		assert_int_equal(
			stage_show_session_write(&session, &out), STAGE_OK);
		assert_int_equal(out.len, odd[i].len);
		assert_memory_equal(
			stage_str_text(&out), odd[i].text, odd[i].len);
		stage_str_finish(&out);
		stage_show_session_finish(&session);
	}
}

static void
a_bad_line_says_why(void **state)
{
	static const struct {
		const char *line;
		const char *why;
	} cases[] = {
		{"a:b", "NAME:PROGRAM:ID"},
		{"a/b:c:nB", "name of a client"},
		{"a:b:n/B", "id of a client"},
		{"a:b:nA", "another client has this id"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_session session;
		char text[64];
		snprintf(text, sizeof(text), "x:y:nA\n%s\n", cases[i].line);
		parse(&session, text);
		assert_int_equal(session.count, 2);
		assert_non_null(session.lines[1].why);
		assert_non_null(strstr(session.lines[1].why, cases[i].why));
		stage_show_session_finish(&session);
	}
}

static void
there_is_an_end_of_clients(void **state)
{
	struct stage_show_session session;
	struct stage_show_session again;
	struct stage_str text = {0};
	struct stage_str out = {0};
	(void)state;

	for (int i = 0; i < STAGE_SHOW_CLIENTS_MAX + 2; i++) {
		assert_int_equal(
			stage_str_addf(&text, "a:b:n%d\n", i), STAGE_OK);
	}
	parse(&session, stage_str_text(&text));
	assert_int_equal(session.clients, STAGE_SHOW_CLIENTS_MAX);
	assert_int_equal(session.bad, 2);
	assert_non_null(strstr(
		session.lines[STAGE_SHOW_CLIENTS_MAX].why, "too many clients"));
	assert_int_equal(stage_show_session_add(&session, "a", "b", "nX", NULL),
		STAGE_FULL);
	assert_int_equal(stage_show_session_write(&session, &out), STAGE_OK);
	assert_string_equal(stage_str_text(&out), stage_str_text(&text));
	// One that is taken away makes room for one.
	assert_int_equal(
		stage_show_session_remove(&session, "n7", NULL), STAGE_OK);
	stage_str_clear(&out);
	assert_int_equal(stage_show_session_write(&session, &out), STAGE_OK);
	parse(&again, stage_str_text(&out));
	assert_int_equal(again.clients, STAGE_SHOW_CLIENTS_MAX);
	assert_int_equal(again.bad, 1);
	stage_show_session_finish(&again);
	stage_show_session_finish(&session);
	stage_str_finish(&out);
	stage_str_finish(&text);
}

static void
a_client_is_added(void **state)
{
	static const struct {
		const char *before;
		const char *after;
	} cases[] = {
		{"", "n:p:nX\n"},
		{"a:b:nA\n", "a:b:nA\nn:p:nX\n"},
		{"a:b:nA", "a:b:nA\nn:p:nX\n"},
		{"a:b:nA\r\n", "a:b:nA\r\nn:p:nX\r\n"},
		{"a:b:nA\r\nc:d:nB", "a:b:nA\r\nc:d:nB\r\nn:p:nX\r\n"},
		{"junk", "junk\nn:p:nX\n"},
		{"\r\n", "\r\nn:p:nX\r\n"},
		{"\n\n", "\n\nn:p:nX\n"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_session session;
		parse(&session, cases[i].before);
		assert_int_equal(
			stage_show_session_add(&session, "n", "p", "nX", NULL),
			STAGE_OK);
		check_text(&session, cases[i].after);
		assert_string_equal(
			stage_show_session_find(&session, "nX")->program, "p");
		stage_show_session_finish(&session);
	}
}

static void
what_cannot_stand_in_the_file_is_refused(void **state)
{
	static const struct {
		const char *name, *program, *id;
		enum stage_status status;
	} cases[] = {
		{"a:b", "p", "nX", STAGE_BAD_INPUT},
		{"a\n", "p", "nX", STAGE_BAD_INPUT},
		{"", "p", "nX", STAGE_BAD_INPUT},
		{" a", "p", "nX", STAGE_BAD_INPUT},
		{"a", "p:q", "nX", STAGE_BAD_INPUT},
		{"a", "p\r", "nX", STAGE_BAD_INPUT},
		{"a", "\xff", "nX", STAGE_BAD_INPUT},
		{"a", "", "nX", STAGE_BAD_INPUT},
		{"a", "p", "n X", STAGE_BAD_INPUT},
		{"a", "p", "", STAGE_BAD_INPUT},
		{"a", "p", "nJPPD", STAGE_EXISTS},
	};
	struct stage_show_session session;
	(void)state;

	parse(&session, ZYN);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_show_session_add(&session, cases[i].name,
					 cases[i].program, cases[i].id, &err),
			cases[i].status);
		assert_int_equal(err.status, cases[i].status);
		assert_string_not_equal(err.text, "");
		check_text(&session, ZYN);
	}
	stage_show_session_finish(&session);
}

static void
a_client_is_removed(void **state)
{
	struct stage_show_session session;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	parse(&session, "junk\n" ZYN "\n" JACKPATCH);
	assert_int_equal(
		stage_show_session_remove(&session, "nJPPD", &err), STAGE_OK);
	check_text(&session, "junk\n\n" JACKPATCH);
	assert_int_equal(session.clients, 1);
	assert_int_equal(session.bad, 1);
	assert_int_equal(stage_show_session_remove(&session, "nJPPD", &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "nJPPD"));
	stage_show_session_finish(&session);
}

static void
a_client_is_renamed(void **state)
{
	struct stage_show_session session;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	parse(&session, " old:p:nA\r\n" JACKPATCH "c:d:nB");
	assert_int_equal(stage_show_session_set_name(&session, "nA", "x", NULL),
		STAGE_OK);
	assert_int_equal(stage_show_session_set_id(&session, "nB", "nC", NULL),
		STAGE_OK);
	check_text(&session, "x:p:nA\r\n" JACKPATCH "c:d:nC");
	assert_string_equal(stage_show_session_find(&session, "nA")->name, "x");
	// What it has already leaves its bytes alone.
	stage_show_session_finish(&session);
	parse(&session, " old:p:nA \n" JACKPATCH);
	assert_int_equal(
		stage_show_session_set_name(&session, "nA", "old", NULL),
		STAGE_OK);
	assert_int_equal(stage_show_session_set_id(&session, "nA", "nA", NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_session_set_id(&session, "nA", "nRLKR", &err),
		STAGE_EXISTS);
	assert_int_equal(stage_show_session_set_id(&session, "nA", "n:", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(
		stage_show_session_set_name(&session, "nA", "a:b", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_show_session_set_name(&session, "nX", "a", &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_show_session_set_id(&session, "nX", "nY", &err),
		STAGE_NOT_FOUND);
	check_text(&session, " old:p:nA \n" JACKPATCH);
	stage_show_session_finish(&session);
}

static enum stage_status
edit_all(struct stage_show_session *session, struct stage_str *out)
{
	enum stage_status status =
		stage_show_session_add(session, "n", "p", "nX", NULL);

	if (status == STAGE_OK) {
		status = stage_show_session_set_name(session, "nX", "m", NULL);
	}
	if (status == STAGE_OK) {
		status = stage_show_session_set_id(session, "nX", "nY", NULL);
	}
	return status == STAGE_OK ? stage_show_session_write(session, out)
				  : status;
}

static enum stage_status
read_edit_write(void *user)
{
	static const char text[] = ZYN "junk\n" JACKPATCH "a:b:nA";
	struct stage_show_session session;
	struct stage_str out = {0};
	enum stage_status status =
		stage_show_session_parse(&session, text, strlen(text));
	(void)user;

	if (status == STAGE_OK) {
		status = edit_all(&session, &out);
	}
	if (status == STAGE_OK) {
		assert_string_equal(stage_str_text(&out),
			ZYN "junk\n" JACKPATCH "a:b:nA\nm:p:nY\n");
	}
	stage_str_finish(&out);
	stage_show_session_finish(&session);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	(void)state;

	assert_true(failing_alloc_sweep(read_edit_write, NULL) > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_client_is_read),
		cmocka_unit_test(what_is_odd_costs_no_other_line_and_no_byte),
		cmocka_unit_test(a_bad_line_says_why),
		cmocka_unit_test(there_is_an_end_of_clients),
		cmocka_unit_test(a_client_is_added),
		cmocka_unit_test(what_cannot_stand_in_the_file_is_refused),
		cmocka_unit_test(a_client_is_removed),
		cmocka_unit_test(a_client_is_renamed),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
