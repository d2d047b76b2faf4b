/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "patchbay/patch_text.h"

#define L STAGE_PATCH_LITERAL
#define G STAGE_PATCH_GLOB
#define R STAGE_PATCH_REGEX

static struct stage_patch_list
parse(const char *text)
{
	struct stage_patch_list list = {0};
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_patch_text_parse(
		    text, strlen(text), "f.patch", &list, &err) != STAGE_OK) {
		fail_msg("%s: %s", text, err.text);
	}
	assert_string_equal(err.text, "");
	return list;
}

// The only statement of a text, in *list.
static const struct stage_patch_statement *
parse_one(const char *text, struct stage_patch_list *list)
{
	*list = parse(text);
	assert_int_equal(list->count, 1);
	assert_int_equal(list->mode_count, 0);
	return &list->items[0];
}

static void
check_end(const struct stage_patch_end *end, enum stage_patch_match match,
	const char *text)
{
	assert_string_equal(end->text, text);
	assert_int_equal(end->match, match);
}

static void
names_are_read(void **state)
{
	static const struct {
		const char *line;
		enum stage_patch_match from_kind;
		const char *from;
		enum stage_patch_match to_kind;
		const char *to;
	} cases[] = {
		{"A:out -> B:in", L, "A:out", L, "B:in"},
		{"  A:out\t ->\tB:in \t ", L, "A:out", L, "B:in"},
		{"Midi Through [14] (playback): Midi Through Port-0 -> B: in  "
		 "x",
			L, "Midi Through [14] (playback): Midi Through Port-0",
			L, "B: in  x"},
		{"A:x->y -> B:->z", L, "A:x->y", L, "B:->z"},
		{"A:{n}|^$.+() -> B:\"q\" 'r'", L, "A:{n}|^$.+()", L,
			"B:\"q\" 'r'"},
		{"notes:out -> forbid:in", L, "notes:out", L, "forbid:in"},
		{"A:out -> not B:in", L, "A:out", L, "not B:in"},
		{"A:out -> #1:in # 2", L, "A:out", L, "#1:in # 2"},
		{"A:exception -> exceptional B:in", L, "A:exception", L,
			"exceptional B:in"},
		{"Ger\xc3\xa4t:\xe2\x82\xac -> B:in", L,
			"Ger\xc3\xa4t:\xe2\x82\xac", L, "B:in"},
		{"A:\\a\\1\\ -> B:\\1", L, "A:\\a\\1\\", L, "B:\\1"},
		{"A:\\*\\?\\\\ -> B:\\*", L, "A:*?\\", L, "B:*"},
		{"A:* -> B:?", G, "A:*", G, "B:?"},
		{"A:\\** -> B:\\*", G, "A:\\**", L, "B:*"},
		{"A:* -> B:\\1", G, "A:*", G, "B:\\1"},
		{"A:* -> B:\\\\1", G, "A:*", L, "B:\\1"},
		{"A:* -> \"B:\\\\1\"", G, "A:*", L, "B:\\1"},
		{"A:* -> B:\\0", G, "A:*", L, "B:\\0"},
		{"/A:(.*)/ -> B:\\1", R, "A:(.*)", G, "B:\\1"},
		{"/A:([^ ])\\/\\.\\n\\x2e\\\\/ -> /B:\\1/", R,
			"A:([^ ])/\\.\n.\\\\", R, "B:\\1"},
		{"\"A\\\"\\\\\\n\\t\\r\\x01\\xFf\\xe9\" -> \" B -> \"", L,
			"A\"\\\n\t\r\x01\xff\xe9", L, " B -> "},
		{"\"#*?\"\t->\t\"\\x2f\"", L, "#*?", L, "/"},
		{"*\"A:*\\\\*\\n\" -> *\"B\"", G, "A:*\\*\n", G, "B"},
		{"*\"A\" -> B:\\1", G, "A", L, "B:\\1"},
		{"a -> *", L, "a", G, "*"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list;
		const struct stage_patch_statement *one =
			parse_one(cases[i].line, &list);
		check_end(&one->from, cases[i].from_kind, cases[i].from);
		check_end(&one->to, cases[i].to_kind, cases[i].to);
		assert_null(one->except.text);
		assert_int_equal(one->policy, STAGE_PATCH_WANT);
		assert_int_equal(one->system, STAGE_PATCH_JACK);
		assert_int_equal(one->line, 1);
		stage_patch_list_finish(&list);
	}
}

static void
keywords_are_read(void **state)
{
	static const struct {
		const char *line;
		enum stage_patch_policy policy;
		enum stage_patch_system system;
		const char *except;
	} cases[] = {
		{"A -> B", STAGE_PATCH_WANT, STAGE_PATCH_JACK, NULL},
		{"not A -> B", STAGE_PATCH_NOT, STAGE_PATCH_JACK, NULL},
		{"also\tA -> B", STAGE_PATCH_ALSO, STAGE_PATCH_JACK, NULL},
		{"only A -> B", STAGE_PATCH_ONLY, STAGE_PATCH_JACK, NULL},
		{"alsa A -> B", STAGE_PATCH_WANT, STAGE_PATCH_ALSA, NULL},
		{"not alsa A -> B", STAGE_PATCH_NOT, STAGE_PATCH_ALSA, NULL},
		{"forbid A -> B", STAGE_PATCH_FORBID, STAGE_PATCH_JACK, NULL},
		{"forbid alsa A -> B except M:*", STAGE_PATCH_FORBID,
			STAGE_PATCH_ALSA, "M:*"},
		{"forbid A -> \"B\" except \"M:\\x2a\"", STAGE_PATCH_FORBID,
			STAGE_PATCH_JACK, "M:*"},
		{"forbid A -> B\texcept\t/M.*/", STAGE_PATCH_FORBID,
			STAGE_PATCH_JACK, "M.*"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list;
		const struct stage_patch_statement *one =
			parse_one(cases[i].line, &list);
		check_end(&one->from, L, "A");
		check_end(&one->to, L, "B");
		assert_int_equal(one->policy, cases[i].policy);
		assert_int_equal(one->system, cases[i].system);
		if (cases[i].except == NULL) {
			assert_null(one->except.text);
		} else {
			assert_string_equal(one->except.text, cases[i].except);
		}
		stage_patch_list_finish(&list);
	}
}

static void
how_alsa_connects_is_read(void **state)
{
	static const struct {
		const char *line;
		struct stage_patch_how how;
	} cases[] = {
		{"alsa A -> B", {false, STAGE_PATCH_UNSTAMPED, 0}},
		{"alsa:A -> alsa:B", {false, STAGE_PATCH_UNSTAMPED, 0}},
		{"alsa:\"A\" -> alsa:\"B\"", {false, STAGE_PATCH_UNSTAMPED, 0}},
		{"alsa(exclusive) A -> B", {true, STAGE_PATCH_UNSTAMPED, 0}},
		{"only alsa( tick=7 )\tA -> B", {false, STAGE_PATCH_TICK, 7}},
		{"alsa(real=31,exclusive) A -> B",
			{true, STAGE_PATCH_REAL, 31}},
		{"alsa(exclusive, real=0)  A -> B",
			{true, STAGE_PATCH_REAL, 0}},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list;
		const struct stage_patch_statement *one =
			parse_one(cases[i].line, &list);
		check_end(&one->from, L, "A");
		check_end(&one->to, L, "B");
		assert_int_equal(one->system, STAGE_PATCH_ALSA);
		assert_true(stage_patch_how_is_same(&one->how, &cases[i].how));
		stage_patch_list_finish(&list);
	}
}

static void
how_alsa_cannot_connect_is_told(void **state)
{
	static const struct {
		const char *line;
		const char *part;
	} cases[] = {
		{"alsa() A -> B", ":1:6: behind alsa("},
		{"alsa( A -> B", ":1:7: behind alsa("},
		{"alsa(exclusive A -> B", ":1:16: behind alsa("},
		{"alsa(exclusive)A -> B", ":1:15: behind alsa("},
		{"alsa(exclusive,) A -> B", ":1:16: behind alsa("},
		{"alsa(exclusive,exclusive) A -> B", ":1:16: behind alsa("},
		{"alsa(real=1,tick=1) A -> B", ":1:13: behind alsa("},
		{"alsa(real=32) A -> B", ":1:6: behind alsa("},
		{"alsa(real=99999999999) A -> B", ":1:6: behind alsa("},
		{"alsa(real=) A -> B", ":1:6: behind alsa("},
		{"alsa(queue=1) A -> B", ":1:6: behind alsa("},
		{"not alsa(exclusive) A -> B", ":1:5: only what is wanted"},
		{"forbid alsa(tick=1) A -> B", ":1:8: only what is wanted"},
		{"alsa:A -> B", ":1:11: a connection has both ends in JACK"},
		{"A -> alsa:B", ":1:6: a connection has both ends in JACK"},
		{"forbid alsa:A -> alsa:B except C",
			":1:32: a connection has both ends in JACK"},
		{"forbid A -> B except alsa:C",
			":1:22: a connection has both ends in JACK"},
		{"alsa: -> alsa:B", ":1:7: "},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list = {0};
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_status status = stage_patch_text_parse(
			cases[i].line, strlen(cases[i].line), "f", &list, &err);
		if (status != STAGE_BAD_INPUT ||
			strstr(err.text, cases[i].part) == NULL) {
			fail_msg("%s: %s", cases[i].line, err.text);
		}
	}
}

static void
modes_are_read(void **state)
{
	struct stage_patch_list list = parse("mode lock\n"
					     "\tmode  learn\tfor  Zyn* x \n"
					     "mode off for \"A*\\n\"\t# why\n"
					     "mode enforce for *\"A*\\n\"\n"
					     "mode exclusive for \\*mode\n");
	static const struct {
		enum stage_patch_mode mode;
		const char *client;
	} wanted[] = {
		{STAGE_PATCH_MODE_LOCK, NULL},
		{STAGE_PATCH_MODE_LEARN, "Zyn* x"},
		{STAGE_PATCH_MODE_OFF, "A\\*\n"},
		{STAGE_PATCH_MODE_ENFORCE, "A*\n"},
		{STAGE_PATCH_MODE_EXCLUSIVE, "\\*mode"},
	};
	(void)state;

	assert_int_equal(list.count, 0);
	assert_int_equal(list.mode_count, STAGE_COUNT_OF(wanted));
	for (size_t i = 0; i < STAGE_COUNT_OF(wanted); i++) {
		assert_int_equal(list.modes[i].mode, wanted[i].mode);
		assert_int_equal(list.modes[i].line, i + 1);
		if (wanted[i].client == NULL) {
			assert_null(list.modes[i].client);
		} else {
			assert_string_equal(
				list.modes[i].client, wanted[i].client);
		}
	}
	stage_patch_list_finish(&list);
}

static void
comments_may_say_since_when(void **state)
{
	static const struct {
		const char *line;
		int64_t since_s;
	} cases[] = {
		{"A -> B\t# since 2026-11-28T07:33:22Z", 1795851202},
		{"A -> B \t#since 2026-11-28T07:33:22Z by hand", 1795851202},
		{"A -> B\t#   since 1970-01-01T00:00:05Z", 5},
		{"A -> B\t# learned since 2026-11-28T07:33:22Z", 0},
		{"A -> B\t# since yesterday", 0},
		{"A -> B\t# since 2026-11-31T07:33:22Z", 0},
		{"A -> B\t# since", 0},
		{"A -> B\t#", 0},
		{"A -> B\t# \xff\x01 anything -> at all", 0},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list;
		const struct stage_patch_statement *one =
			parse_one(cases[i].line, &list);
		check_end(&one->to, L, "B");
		assert_int_equal(one->since_s, cases[i].since_s);
		stage_patch_list_finish(&list);
	}
}

static void
lines_end_in_several_ways(void **state)
{
	struct stage_patch_list list =
		parse("\xef\xbb\xbf# a comment \xff\r\n\r\n  \t\nA -> B\r\n"
		      "\t # -> \nC -> D\n\nE -> F");
	(void)state;

	assert_int_equal(list.count, 3);
	assert_int_equal(list.items[0].line, 4);
	assert_int_equal(list.items[1].line, 6);
	assert_int_equal(list.items[2].line, 8);
	check_end(&list.items[0].to, L, "B");
	check_end(&list.items[2].to, L, "F");
	stage_patch_list_finish(&list);
	list = parse("");
	assert_int_equal(list.count, 0);
	list = parse("\xef\xbb\xbf");
	assert_int_equal(list.count, 0);
	assert_int_equal(
		stage_patch_text_parse(NULL, 0, "f", &list, NULL), STAGE_OK);
}

static const struct {
	const char *text;
	const char *sentence; // its beginning
} refusals[] = {
	{"A:out", "1:6: an arrow is missing here"},
	{"A:out->B:in", "1:12: an arrow is missing here"},
	{"A:out ->B:in", "1:13: an arrow is missing here"},
	{"A -> B\n\n  A ->", "3:7: a name is missing here"},
	{" -> B", "1:2: a name is missing here"},
	{"not -> B", "1:5: a name is missing here"},
	{"forbid", "1:7: a name is missing here"},
	{"A -> -> B", "1:6: a name is missing here"},
	{"A -> B -> C", "1:8: there is an arrow too many"},
	{"A except B -> C", "1:3: except comes last"},
	{"A -> B except C", "1:8: only a forbid has exceptions"},
	{"forbid A -> B except", "1:21: a name is missing here"},
	{"forbid A -> B except C except D",
		"1:24: there is something left over here"},
	{"forbid A -> B except C -> D", "1:24: there is an arrow too many"},
	{"\"A\" x -> B", "1:5: an arrow is missing here"},
	{"A -> \"B\" x", "1:10: there is something left over here"},
	{"\"A\"x -> B", "1:4: a blank is missing after the closing "
			"quote"},
	{"\"\" -> B", "1:2: a name cannot be empty"},
	{"\"A -> B", "1:1: this quote is not closed"},
	{"A -> *\"B", "1:7: this quote is not closed"},
	{"\"A\\q\" -> B", "1:3: the only escapes are"},
	{"\"A\\", "1:3: the only escapes are"},
	{"\"A\\x1\" -> B", "1:3: two hexadecimal digits are missing"},
	{"\"A\\xg0\" -> B", "1:3: two hexadecimal digits are missing"},
	{"\"A\\x00\" -> B", "1:3: a name cannot hold a zero byte"},
	{"/A -> B", "1:1: this slash opens a regular expression"},
	{"/A\\/", "1:1: this slash opens a regular expression"},
	{"/A\\", "1:1: this slash opens a regular expression"},
	{"/dev/x -> B", "1:6: a blank is missing after the closing "
			"slash"},
	{"// -> B", "1:2: a name cannot be empty"},
	{"/A(/ -> B", "1:1: this regular expression does not close"},
	{"A -> /[/", "1:6: this is not a regular expression: "},
	{"forbid A -> B except /*/",
		"1:22: this is not a regular expression: "},
	{"?:* -> B:\\3", "1:8: \\3 stands for nothing"},
	{"/.*/ -> /\\1/", "1:9: \\1 stands for nothing"},
	{"A -> /(x)\\1/", "1:6: a back-reference like \\1"},
	{"\xc3\xa4\xe2\x82\xac\xff -> B",
		"1:3: this is not UTF-8 text: write the name in quotes"
		", and in it \\xff"},
	{"A -> \"\xc3\"", "1:7: this is not UTF-8 text"},
	{"A\x01 -> B", "1:2: control character 0x01"},
	{"A\x7f -> B", "1:2: control character 0x7f"},
	{"\"A\tb\" -> B", "1:3: control character 0x09"},
	{"A -> /a\tb/", "1:8: control character 0x09"},
	{"A\tb -> B", "1:2: a tab in a name"},
	{"A -> B\rC -> D", "1:7: control character 0x0d"},
	{"mode", "1:5: a mode is missing here"},
	{"mode for Zyn*", "1:6: there is no mode \"for\""},
	{"mode loud", "1:6: there is no mode \"loud\""},
	{"mode interminablelongword", "1:6: a mode is missing here"},
	{"mode lock Zyn*", "1:11: behind a mode comes nothing"},
	{"mode x:out -> B", "1:6: there is no mode \"x:out\""},
	{"mode lock for", "1:14: a name is missing here"},
	{"mode lock for A -> B", "1:17: there is an arrow too many"},
	{"mode lock for /A/", "1:15: clients are named by a pattern"},
	{"\xef\xbb\xbf"
	 "A",
		"1:2: an arrow is missing here"},
};

static void
refusals_say_where_and_what(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(refusals); i++) {
		struct stage_patch_list list = {0};
		struct stage_err err = STAGE_ERR_INIT;
		char wanted[256];
		char text[256];
		snprintf(wanted, sizeof(wanted), "f.patch:%s",
			refusals[i].sentence);
		// Good lines around it do not count.
		strcpy(text, refusals[i].text);
		strcat(text, "\nX -> Y\n");
		assert_int_equal(stage_patch_text_parse(text, strlen(text),
					 "f.patch", &list, &err),
			STAGE_BAD_INPUT);
		if (strncmp(err.text, wanted, strlen(wanted)) != 0) {
			fail_msg("%s: %s", refusals[i].text, err.text);
		}
		assert_int_equal(err.status, STAGE_BAD_INPUT);
		assert_int_equal(list.count, 0);
		assert_null(list.items);
		assert_int_equal(stage_patch_text_parse(text, strlen(text),
					 "f.patch", &list, NULL),
			STAGE_BAD_INPUT);
	}
}

static void
zero_bytes_are_refused_everywhere(void **state)
{
	static const char comment[] = "A -> B\n# x\0y\n";
	static const char tail[] = "A -> B\n\0\0\0";
	struct stage_patch_list list = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_patch_text_parse(comment, sizeof(comment) - 1,
				 "f", &list, &err),
		STAGE_BAD_INPUT);
	assert_string_equal(err.text, "f:2:4: a zero byte: this file is "
				      "damaged, or is no text");
	assert_int_equal(stage_patch_text_parse(
				 tail, sizeof(tail) - 1, "f", &list, &err),
		STAGE_BAD_INPUT);
	assert_int_equal(list.count, 0);
}

static void
limits_are_kept(void **state)
{
	size_t size = STAGE_PATCH_FILE_MAX + 1;
	char *text = malloc(size);
	struct stage_patch_list list = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_non_null(text);
	memset(text, ' ', size);
	for (size_t i = STAGE_PATCH_LINE_MAX; i < size;
		i += STAGE_PATCH_LINE_MAX + 1) {
		text[i] = '\n';
	}
	assert_int_equal(
		stage_patch_text_parse(text, size - 1, "f", &list, &err),
		STAGE_OK);
	assert_int_equal(stage_patch_text_parse(text, size, "f", &list, &err),
		STAGE_TOO_LONG);
	assert_string_equal(
		err.text, "f: more than 16777216 bytes are no patch file");
	text[STAGE_PATCH_LINE_MAX] = ' ';
	assert_int_equal(
		stage_patch_text_parse(text, size - 1, "f", &list, &err),
		STAGE_TOO_LONG);
	assert_string_equal(
		err.text, "f:1:1: this line is longer than 16384 bytes");
	assert_int_equal(err.status, STAGE_TOO_LONG);
	for (size_t i = 0; i <= STAGE_PATCH_STATEMENTS_MAX; i++) {
		memcpy(text + 7 * i, "a -> b\n", 7);
	}
	size = (size_t)7 * STAGE_PATCH_STATEMENTS_MAX;
	assert_int_equal(
		stage_patch_text_parse(text, size, "f", &list, &err), STAGE_OK);
	assert_int_equal(list.count, STAGE_PATCH_STATEMENTS_MAX);
	stage_patch_list_finish(&list);
	assert_int_equal(
		stage_patch_text_parse(text, size + 7, "f", &list, &err),
		STAGE_TOO_LONG);
	assert_string_equal(err.text, "f:100001:1: a patch file has at most "
				      "100000 statements");
	assert_int_equal(list.count, 0);
	free(text);
}

static char *
format(const struct stage_patch_statement *statement)
{
	struct stage_str text = {0};
	char *taken;

	assert_int_equal(
		stage_patch_text_format_statement(statement, true, &text),
		STAGE_OK);
	taken = stage_str_take(&text);
	assert_non_null(taken);
	return taken;
}

static void
names_are_written_bare_where_they_can(void **state)
{
	static const char *const lines[] = {
		"A:out -> B:in",
		"Midi Through [14] (playback): Port-0 -> B: in",
		"A:x->y -> B:->z",
		"A:\\a\\1 -> B:\\1",
		"A:* -> B:\\1",
		"A:* -> B:\\0",
		"A:\\** -> B:?",
		"A:* -> \"B:\\\\1\"",
		"A:out -> not B:in",
		"A:out -> #1",
		"/A(.*)\\/\\.\\\\n\\n\\x01\\x5cn/ -> /\\1/",
		"\"not A:out\" -> B:in",
		"\"alsa\" -> B:in",
		"\"mode A:out\" -> B:in",
		"\"#A:out\" -> B:in",
		"\"A:out \" -> \" B:in\"",
		"\"\\\"A\" -> \"/B\"",
		"\"A -> B\" -> \"-> C\"",
		"\"A ->\" -> \"except\"",
		"\"A except B\" -> C",
		"\"A*?\" -> \"B\\\\\\\\\"",
		"\"A\\n\\t\\r\\x01\\x7f\" -> \"\\xe9\\xc2\\x85\"",
		"*\"A*\\n\" -> *\"B\"",
		"*\"*\\\"A\" -> \"*\\\"A\"",
		"*\"not *\" -> not *",
		"forbid alsa A* -> B\\1 except \"A \"",
		"alsa(exclusive) A -> B",
		"only alsa(real=31) A -> B",
		"also alsa(exclusive, tick=0) A* -> B",
		"\"alsa:A:0\" -> \"alsa:B\"",
		"*\"alsa:*\" -> B",
		"\"alsa(A\" -> B",
		"only A -> B\t# since 2026-11-28T07:33:22Z",
		"\"\xef\xbb\xbf"
		"A\" -> \xef\xbb\xbf"
		"B",
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(lines); i++) {
		struct stage_patch_list list;
		char *text = format(parse_one(lines[i], &list));
		assert_string_equal(text, lines[i]);
		free(text);
		stage_patch_list_finish(&list);
	}
}

static void
check_same(const struct stage_patch_statement *a,
	const struct stage_patch_statement *b)
{
	assert_int_equal(a->policy, b->policy);
	assert_int_equal(a->system, b->system);
	assert_true(stage_patch_how_is_same(&a->how, &b->how));
	assert_true(stage_patch_end_is_same(&a->from, &b->from));
	assert_true(stage_patch_end_is_same(&a->to, &b->to));
	assert_true(stage_patch_end_is_same(&a->except, &b->except));
	assert_int_equal(a->since_s, b->since_s);
}

static void
check_round_trip(const struct stage_patch_statement *statement)
{
	struct stage_patch_list list;
	char *text = format(statement);

	check_same(statement, parse_one(text, &list));
	stage_patch_list_finish(&list);
	free(text);
}

static const char *const odd_names[] = {"A:out", "MT4 (playback): MIDI 1",
	"A:\"quoted\"", "\"A\":out", "A:new\nline", "A:tab\tb", "A:\x01ctl",
	"A:latin\xfc\xe9", "A:[128]", "A:|>", "A:*?", "A:{n}", " A:out ",
	"A\\B:\\1\\*", "A -> B", "A except B", "-> A", "A ->", "except",
	"not A:x", "forbid", "alsa x", "alsa:x", "alsa(x", "alsa(exclusive) x",
	"mode lock", "# A", "/A/", "*\"A\"", "\\", "*", "\xc2\x85:c1",
	"\xef\xbb\xbf:bom", "\xe2\x80\xae:rtl", "A:\x7f", "\r", "\t",
	"A:\xf0\x9f\x8e\xb9", "A:\xed\xa0\x80", "\\x41",
	"A:b\t# since 2026-11-28T07:33:22Z"};

static void
odd_names_come_back(void **state)
{
	char from[64];
	char to[64];
	char except[64];
	(void)state;

	for (size_t i = 0; i < 4 * STAGE_COUNT_OF(odd_names); i++) {
		for (size_t k = 0; k < 2 * STAGE_COUNT_OF(odd_names); k++) {
			struct stage_patch_statement statement = {
				.policy = i % 5,
				.system = k % 2,
				.from = {from, i % 2 == 0 ? L : G},
				.to = {to, k % 2 == 0 ? L : G},
				.since_s = (int64_t)(i * k),
			};
			strcpy(from, odd_names[i / 4]);
			strcpy(to, odd_names[k / 2]);
			strcpy(except, from);
			if (statement.policy == STAGE_PATCH_FORBID) {
				statement.except.text = except;
				statement.except.match = k % 2 == 0 ? G : L;
			}
			// "\1" without a wildcard to refer to is refused
			if (strcmp(to, "A\\B:\\1\\*") != 0) {
				check_round_trip(&statement);
			}
		}
	}
}

// True when there may be a reference in it that has nothing to refer to.
static bool
may_refer(const char *name)
{
	const char *at = strchr(name, '\\');

	return at != NULL && strpbrk(at, "123456789") != NULL;
}

// Two bytes of any value at the start, between others and at the end: all pairs
// with a backslash, every seventh of the others.
static void
any_bytes_come_back(void **state)
{
	static const char *const around[][2] = {
		{"", ""}, {"", "A:out"}, {"A:", " b*"}, {"*A:out ", ""}};
	char name[32];
	(void)state;

	for (int i = 0; i < 255 * 255; i++) {
		struct stage_patch_statement statement = {
			.from = {name, i % 2 == 0 ? L : G},
			.to = {name, i % 2 == 0 ? G : L},
		};
		int a = i / 255 + 1;
		int b = i % 255 + 1;
		if (a != '\\' && b != '\\' && i % 7 != 0) {
			continue;
		}
		for (size_t k = 0; k < STAGE_COUNT_OF(around); k++) {
			snprintf(name, sizeof(name), "%s%c%c%s", around[k][0],
				a, b, around[k][1]);
			if (!may_refer(name)) {
				check_round_trip(&statement);
			}
		}
	}
}

static void
expressions_come_back(void **state)
{
	static const char *const texts[] = {"a/b", "a\\/b", "a\\\\/b",
		"a\\\\\\/b", "\\n\\t\\r\\x", "\\\\n", "\n\t\r\x01\xff", "\\\n",
		"\\\xff", "\\.", "[/]", "[\\]", "a b -> c", "\xc3\xa9+", "#",
		"\\\"", "\"", "a\\\\", "/", "//", "\\/"};
	char text[64];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		struct stage_patch_statement statement = {
			.from = {text, R},
			.to = {text, R},
		};
		strcpy(text, texts[i]);
		check_round_trip(&statement);
	}
}

static void
lists_come_back(void **state)
{
	const char *text = "mode lock\n"
			   "mode learn for Zyn*\n"
			   "mode off for *\" A*\\n\"\n"
			   "mode off for *\"A -> B\"\n"
			   "mode off for for\n"
			   "A -> B\n"
			   "A -> B\n"
			   "not A -> B\n";
	struct stage_patch_list list = parse(text);
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(stage_patch_text_format(&list, &out), STAGE_OK);
	assert_string_equal(stage_str_text(&out), text);
	stage_str_finish(&out);
	stage_patch_list_finish(&list);
}

static void
what_no_line_can_hold_is_refused(void **state)
{
	static char a[] = "a";
	static char empty[] = "";
	static char longer[STAGE_PATCH_LINE_MAX];
	struct stage_patch_statement good = {.from = {a, L}, .to = {a, L}};
	struct stage_patch_mode_line mode = {.client = empty};
	struct stage_patch_statement bad = good;
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(stage_str_add(&out, "kept"), STAGE_OK);
#define REFUSED(statement, status)                                             \
	assert_int_equal(                                                      \
		stage_patch_text_format_statement(statement, true, &out),      \
		status);                                                       \
	assert_string_equal(stage_str_text(&out), "kept")
	bad.from.text = NULL;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad.from.text = empty;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad = good;
	bad.to.text = NULL;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad = good;
	bad.except = good.from;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad.policy = STAGE_PATCH_FORBID;
	bad.except.text = empty;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad = good;
	bad.policy = STAGE_PATCH_POLICY_COUNT;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad = good;
	bad.system = STAGE_PATCH_SYSTEM_COUNT;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad = good;
	bad.to.match = STAGE_PATCH_MATCH_COUNT;
	REFUSED(&bad, STAGE_BAD_INPUT);
	bad = good;
	memset(longer, '\x01', sizeof(longer) - 1);
	bad.to.text = longer;
	REFUSED(&bad, STAGE_TOO_LONG);
	assert_int_equal(
		stage_patch_text_format_mode(&mode, &out), STAGE_BAD_INPUT);
	mode.client = NULL;
	mode.mode = STAGE_PATCH_MODE_COUNT;
	assert_int_equal(
		stage_patch_text_format_mode(&mode, &out), STAGE_BAD_INPUT);
	good.since_s = INT64_MIN;
	stage_str_clear(&out);
	assert_int_equal(
		stage_patch_text_format_statement(&good, true, &out), STAGE_OK);
	good.since_s = 5;
	assert_int_equal(stage_patch_text_format_statement(&good, false, &out),
		STAGE_OK);
	assert_string_equal(stage_str_text(&out), "a -> aa -> a");
	stage_str_finish(&out);
}

static enum stage_status
read_and_write(void *user)
{
	static const char text[] =
		"mode learn for *\" x\"\nmode lock for \"y\"\n"
		"\"a\\n\" -> b\t# since 2026-11-28T07:33:22Z\n"
		"a* -> b\\1\n/a(.)\\// -> /\\1/\nforbid a -> b except *\n";
	struct stage_patch_list list = {0};
	struct stage_patch_list back = {0};
	struct stage_str out = {0};
	enum stage_status status;

	(void)user;
	status = stage_patch_text_parse(text, strlen(text), "f", &list, NULL);
	if (status == STAGE_OK) {
		status = stage_str_add(&out, "# kept\n");
	}
	if (status == STAGE_OK) {
		status = stage_patch_text_format(&list, &out);
		assert_true(status == STAGE_OK ||
			    strcmp(stage_str_text(&out), "# kept\n") == 0);
	}
	if (status == STAGE_OK) {
		status = stage_patch_text_parse(
			out.data, out.len, "f", &back, NULL);
	}
	assert_int_equal(back.count, status == STAGE_OK ? 4 : 0);
	stage_str_finish(&out);
	stage_patch_list_finish(&back);
	stage_patch_list_finish(&list);
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(read_and_write, NULL) > 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(keywords_are_read),
		cmocka_unit_test(how_alsa_connects_is_read),
		cmocka_unit_test(how_alsa_cannot_connect_is_told),
		cmocka_unit_test(modes_are_read),
		cmocka_unit_test(comments_may_say_since_when),
		cmocka_unit_test(lines_end_in_several_ways),
		cmocka_unit_test(refusals_say_where_and_what),
		cmocka_unit_test(zero_bytes_are_refused_everywhere),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(names_are_written_bare_where_they_can),
		cmocka_unit_test(odd_names_come_back),
		cmocka_unit_test(any_bytes_come_back),
		cmocka_unit_test(expressions_come_back),
		cmocka_unit_test(lists_come_back),
		cmocka_unit_test(what_no_line_can_hold_is_refused),
		cmocka_unit_test(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
