/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/conf.h"
#include "base/str.h"
#include "failing_alloc.h"
#include "scratch.h"

#define TEXT(literal) (literal), sizeof(literal) - 1

// Writes each line as "LINE:COLUMN key COLUMN<value> ... END;".
static enum stage_status
write_down(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_str *out = user;
	enum stage_status status;
	(void)err;

	assert_string_equal(line->file, "f");
	status = stage_str_addf(
		out, "%u:%u %s", line->line, line->key_column, line->key);
	for (size_t i = 0; i < line->count && status == STAGE_OK; i++) {
		status = stage_str_addf(
			out, " %u<%s>", line->columns[i], line->words[i]);
	}
	return status == STAGE_OK
		       ? stage_str_addf(out, " %u;", line->end_column)
		       : status;
}

static void
reads_lines(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *lines;
	} cases[] = {
		{TEXT(""), ""},
		{TEXT("\n"), ""},
		{TEXT("\r\n\r\n"), ""},
		{TEXT("  \t \n"), ""},
		{TEXT("# comment"), ""},
		{TEXT(" \t# comment\n"), ""},
		{TEXT("\xef\xbb\xbf"), ""},
		{TEXT("\xef\xbb\xbfkey"), "1:1 key 4;"},
		{TEXT("key"), "1:1 key 4;"},
		{TEXT("key\n"), "1:1 key 4;"},
		{TEXT("key value"), "1:1 key 5<value> 10;"},
		{TEXT("key value\r\n"), "1:1 key 5<value> 10;"},
		{TEXT("  key\tvalue  \n"), "1:3 key 7<value> 12;"},
		{TEXT("key a b  c\n"), "1:1 key 5<a> 7<b> 10<c> 11;"},
		{TEXT("a 1\n\n#\nb 2\n"), "1:1 a 3<1> 4;4:1 b 3<2> 4;"},
		{TEXT("a 1\r\nb 2"), "1:1 a 3<1> 4;2:1 b 3<2> 4;"},
		{TEXT("a b # c\n"), "1:1 a 3<b> 4;"},
		{TEXT("a b #c"), "1:1 a 3<b> 4;"},
		{TEXT("a http://x#y\n"), "1:1 a 3<http://x#y> 13;"},
		{TEXT("a b\\n\n"), "1:1 a 3<b\\n> 6;"},
		{TEXT("a it's\n"), "1:1 a 3<it's> 7;"},
		{TEXT("a \"\"\n"), "1:1 a 3<> 5;"},
		{TEXT("a \"b c\" d\n"), "1:1 a 3<b c> 9<d> 10;"},
		{TEXT("a \"b # c\"\n"), "1:1 a 3<b # c> 10;"},
		{TEXT("a \"b\" # c\n"), "1:1 a 3<b> 6;"},
		{TEXT("a \"\\\"\\\\\\n\\t\"\n"), "1:1 a 3<\"\\\n\t> 13;"},
		{TEXT("a \"tab\there\"\n"), "1:1 a 3<tab\there> 13;"},
		{TEXT("\"my song\" 1\n"), "1:1 my song 11<1> 12;"},
		{TEXT("\xc3\xa4 \xf0\x9f\x8e\xb9 x\n"),
			"1:1 \xc3\xa4 3<\xf0\x9f\x8e\xb9> 5<x> 6;"},
		{TEXT("a \"\xe2\x82\xac \xe2\x82\xac\" x"),
			"1:1 a 3<\xe2\x82\xac \xe2\x82\xac> 9<x> 10;"},
		{TEXT("# \xc3\xa4\xc3\xb6\n"), ""},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str out = {0};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_conf_parse(cases[i].text, cases[i].len,
					 "f", write_down, &out, &err),
			STAGE_OK);
		assert_string_equal(stage_str_text(&out), cases[i].lines);
		assert_string_equal(err.text, "");
		stage_str_finish(&out);
	}
}

static void
refuses_lines(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *sentence;
	} cases[] = {
		{TEXT("a\0b"), "f:1:2: control character 0x00 is not allowed"},
		{TEXT("\0"), "f:1:1: control character 0x00 is not allowed"},
		{TEXT("a \x1b[2J"), "f:1:3: control character 0x1b is not"},
		{TEXT("a \x7f"), "f:1:3: control character 0x7f is not"},
		{TEXT("a b\rc\n"), "f:1:4: control character 0x0d is not"},
		{TEXT("a b\r"), "f:1:4: control character 0x0d is not"},
		{TEXT("a b\r\r\n"), "f:1:4: control character 0x0d is not"},
		{TEXT("# a\0"), "f:1:4: control character 0x00 is not"},
		{TEXT("# \xff"), "f:1:3: this is not UTF-8 text"},
		{TEXT("a\n \xc3"), "f:2:2: this is not UTF-8 text"},
		{TEXT("a \"\xc3\n\""), "f:1:4: this is not UTF-8 text"},
		{TEXT("\xc3\xa4 \xe2\x82\n\xac"), "f:1:3: this is not UTF-8"},
		{TEXT("a \xc0\x80"), "f:1:3: this is not UTF-8 text"},
		{TEXT("a \xed\xa0\x80"), "f:1:3: this is not UTF-8 text"},
		{TEXT("\xff\xfe"
		      "a\0"),
			"f:1:1: this is not UTF-8 text"},
		{TEXT("\n\xef\xbb\xbf\xbb"), "f:2:2: this is not UTF-8 text"},
		{TEXT("a \"b"), "f:1:3: this quote is never closed"},
		{TEXT("a \""), "f:1:3: this quote is never closed"},
		{TEXT("a \"b\nc\""), "f:1:3: this quote is never closed"},
		{TEXT("a \"b\\\"\n"), "f:1:3: this quote is never closed"},
		{TEXT("a \"b\\\n"), "f:1:5: nothing follows this backslash"},
		{TEXT("a \"b\\"), "f:1:5: nothing follows this backslash"},
		{TEXT("a \"b\\x\""), "f:1:5: the only escapes are"},
		{TEXT("a \"b\\\xc3\xa4\""), "f:1:5: the only escapes are"},
		{TEXT("a \"b\"c"), "f:1:6: a blank is missing after the"},
		{TEXT("a \"b\"#c"), "f:1:6: a blank is missing after the"},
		{TEXT("a \"b\"\"c\""), "f:1:6: a blank is missing after the"},
		{TEXT("a b\"c\""), "f:1:4: a quote inside a word"},
		{TEXT("a \xc3\xa4\""), "f:1:4: a quote inside a word"},
		{TEXT("  \"\" b"), "f:1:3: the key is empty"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str out = {0};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_conf_parse(cases[i].text, cases[i].len,
					 "f", write_down, &out, &err),
			STAGE_BAD_INPUT);
		assert_int_equal(err.status, STAGE_BAD_INPUT);
		if (strncmp(err.text, cases[i].sentence,
			    strlen(cases[i].sentence)) != 0) {
			fail_msg("case %zu: %s", i, err.text);
		}
		assert_int_equal(stage_conf_parse(cases[i].text, cases[i].len,
					 "f", write_down, &out, NULL),
			STAGE_BAD_INPUT);
		stage_str_finish(&out);
	}
}

static void
stops_at_the_first_error(void **state)
{
	struct stage_str out = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_conf_parse(TEXT("a\nb \"\nc\nd \"\n"), "f",
				 write_down, &out, &err),
		STAGE_BAD_INPUT);
	assert_string_equal(stage_str_text(&out), "1:1 a 2;");
	assert_string_equal(err.text, "f:2:3: this quote is never closed");
	stage_str_finish(&out);
}

static enum stage_status
count_values(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	size_t *count = user;
	(void)err;

	*count += line->count;
	return STAGE_OK;
}

static void
lines_have_a_limit(void **state)
{
	char text[STAGE_CONF_LINE_MAX + 3];
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;
	(void)state;

	memset(text, 'x', sizeof(text));
	text[1] = ' ';
	memcpy(text + STAGE_CONF_LINE_MAX, "\r\n", 2);
	assert_int_equal(stage_conf_parse(text, STAGE_CONF_LINE_MAX + 2, "f",
				 count_values, &count, &err),
		STAGE_OK);
	assert_int_equal(count, 1);
	memcpy(text + STAGE_CONF_LINE_MAX, "x\n", 2);
	assert_int_equal(stage_conf_parse(text, STAGE_CONF_LINE_MAX + 2, "f",
				 count_values, &count, &err),
		STAGE_TOO_LONG);
	assert_string_equal(
		err.text, "f:1:1: this line is longer than 4096 bytes");
}

static void
values_have_a_limit(void **state)
{
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;
	(void)state;

	assert_int_equal(stage_str_add(&text, "key"), STAGE_OK);
	for (int i = 0; i < STAGE_CONF_WORDS_MAX; i++) {
		assert_int_equal(stage_str_add(&text, " \"\""), STAGE_OK);
	}
	assert_int_equal(stage_conf_parse(text.data, text.len, "f",
				 count_values, &count, &err),
		STAGE_OK);
	assert_int_equal(count, STAGE_CONF_WORDS_MAX);
	assert_int_equal(stage_str_add(&text, " x"), STAGE_OK);
	assert_int_equal(stage_conf_parse(text.data, text.len, "f",
				 count_values, &count, &err),
		STAGE_TOO_LONG);
	assert_string_equal(err.text, "f:1:1541: too many values on one line");
	stage_str_finish(&text);
}

static void
files_have_a_limit(void **state)
{
	char *text = malloc(STAGE_CONF_FILE_MAX + 1);
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;
	(void)state;

	memset(text, '\n', STAGE_CONF_FILE_MAX + 1);
	assert_int_equal(stage_conf_parse(text, STAGE_CONF_FILE_MAX, "f",
				 count_values, &count, &err),
		STAGE_OK);
	assert_int_equal(stage_conf_parse(text, STAGE_CONF_FILE_MAX + 1, "f",
				 count_values, &count, &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "no configuration file"));
	free(text);
}

static enum stage_status
refuse_mutely(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	(void)line;
	(void)user;
	(void)err;
	return STAGE_BUSY;
}

static enum stage_status
refuse_everywhere(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	size_t word = *(const size_t *)user;

	return stage_conf_fail(line, word, err, "this %s is wrong", "word");
}

static enum stage_status
refuse_in_other_words(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	(void)user;
	stage_err_set(err, STAGE_NOT_FOUND, "no such device");
	return stage_conf_fail_with(line, 0, err);
}

static void
handlers_say_where(void **state)
{
	static const struct {
		size_t word;
		const char *sentence;
	} cases[] = {
		{STAGE_CONF_KEY, "f:2:2: this word is wrong"},
		{0, "f:2:6: this word is wrong"},
		{1, "f:2:8: this word is wrong"},
		{2, "f:2:11: this word is wrong"},
		{3, "f:2:11: this word is wrong"},
	};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		size_t word = cases[i].word;
		assert_int_equal(
			stage_conf_parse(TEXT("\n key \xc3\xa4 two  # x"), "f",
				refuse_everywhere, &word, &err),
			STAGE_BAD_INPUT);
		assert_string_equal(err.text, cases[i].sentence);
	}
	assert_int_equal(stage_conf_parse(TEXT("\n a b"), "f", refuse_mutely,
				 NULL, &err),
		STAGE_BUSY);
	assert_string_equal(err.text, "f:2:2: it is in use");
	assert_int_equal(stage_conf_parse(TEXT("a b"), "f",
				 refuse_in_other_words, NULL, &err),
		STAGE_NOT_FOUND);
	assert_string_equal(err.text, "f:1:3: no such device");
	assert_int_equal(err.status, STAGE_NOT_FOUND);
	assert_int_equal(stage_conf_parse(TEXT("a b"), "f",
				 refuse_in_other_words, NULL, NULL),
		STAGE_NOT_FOUND);
}

static void
fail_with_needs_no_err(void **state)
{
	const struct stage_conf_line line = {.file = "f"};
	(void)state;

	assert_int_equal(stage_conf_fail_with(&line, 0, NULL), STAGE_BAD_INPUT);
	assert_int_equal(stage_conf_fail(&line, 0, NULL, "x"), STAGE_BAD_INPUT);
}

struct range {
	size_t min, max;
};

static enum stage_status
check_count(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	const struct range *range = user;

	return stage_conf_check_count(line, range->min, range->max, err);
}

static void
counts_values(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		struct range range;
		const char *sentence;
	} cases[] = {
		{TEXT("a"), {0, 0}, ""},
		{TEXT("a b"), {1, 1}, ""},
		{TEXT("a b c"), {1, 3}, ""},
		{TEXT("a "), {1, 1}, "f:1:2: \"a\" needs a value"},
		{TEXT("a b"), {2, 2}, "f:1:4: \"a\" needs one more value"},
		{TEXT("a b"), {0, 0}, "f:1:3: \"a\" takes no value"},
		{TEXT("a b c"), {1, 1},
			"f:1:5: one value too many for \"a\": put a value "
			"that has blanks in quotes"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		struct range range = cases[i].range;
		bool is_fine = cases[i].sentence[0] == '\0';
		assert_int_equal(stage_conf_parse(cases[i].text, cases[i].len,
					 "f", check_count, &range, &err),
			is_fine ? STAGE_OK : STAGE_BAD_INPUT);
		assert_string_equal(err.text, cases[i].sentence);
	}
}

struct complaints {
	struct stage_str text;
	unsigned max;
};

static bool
complain(const struct stage_err *why, void *user)
{
	struct complaints *complaints = user;

	assert_int_equal(
		stage_str_addf(&complaints->text, "%s;", why->text), STAGE_OK);
	return --complaints->max > 0;
}

static enum stage_status
refuse_no(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	if (strcmp(line->key, "no") == 0) {
		return stage_conf_fail(
			line, STAGE_CONF_KEY, err, "a line I do not want");
	}
	if (strcmp(line->key, "full") == 0) {
		return STAGE_NO_MEMORY;
	}
	return write_down(line, user, err);
}

static void
a_wrong_line_costs_no_other_one(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		unsigned max; // complaints
		enum stage_status status;
		const char *lines;
		const char *complaints;
	} cases[] = {
		{TEXT(""), 9, STAGE_OK, "", ""},
		{TEXT("a\nb"), 9, STAGE_OK, "1:1 a 2;2:1 b 2;", ""},
		{TEXT("a\n no 1\nb"), 9, STAGE_OK, "1:1 a 2;3:1 b 2;",
			"f:2:2: a line I do not want;"},
		{TEXT("a \"\r\nb\n\xff\nc\n\0"), 9, STAGE_OK,
			"2:1 b 2;4:1 c 2;",
			"f:1:3: this quote is never closed;"
			"f:3:1: this is not UTF-8 text;"
			"f:5:1: control character 0x00 is not allowed here;"},
		{TEXT("no\na\nno\nb\n"), 2, STAGE_BAD_INPUT, "2:1 a 2;",
			"f:1:1: a line I do not want;"
			"f:3:1: a line I do not want;"},
		{TEXT("a\nfull\nb"), 9, STAGE_NO_MEMORY, "1:1 a 2;", ""},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str lines = {0};
		struct complaints complaints = {.max = cases[i].max};
		struct stage_conf_lenience lenience = {complain, &complaints};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_conf_parse_all(cases[i].text, cases[i].len, "f",
				refuse_no, &lines, &lenience, &err),
			cases[i].status);
		assert_int_equal(err.status, cases[i].status);
		assert_string_equal(stage_str_text(&lines), cases[i].lines);
		assert_string_equal(
			stage_str_text(&complaints.text), cases[i].complaints);
		stage_str_finish(&lines);
		stage_str_finish(&complaints.text);
	}
}

static void
loads_a_file(void **state)
{
	struct scratch scratch;
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;
	char expected[SCRATCH_PATH_MAX + 64];
	(void)state;

	scratch_init(&scratch);
	assert_int_equal(
		stage_conf_load(scratch_write(&scratch, "c", "a b c\nd e\n"),
			count_values, &count, &err),
		STAGE_OK);
	assert_int_equal(count, 3);
	assert_int_equal(stage_conf_load(scratch_write(&scratch, "c", "a \"\n"),
				 count_values, &count, &err),
		STAGE_BAD_INPUT);
	assert_int_equal(
		stage_format(expected, sizeof(expected),
			"%s:1:3: this quote is never closed", scratch.path),
		STAGE_OK);
	assert_string_equal(err.text, expected);
	assert_int_equal(stage_conf_load(scratch_path(&scratch, "missing"),
				 count_values, &count, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "unable to open"));
	scratch_finish(&scratch);
}

static enum stage_status
load_conf(void *user)
{
	size_t count = 0;

	return stage_conf_load(user, count_values, &count, NULL);
}

static void
every_allocation_may_fail(void **state)
{
	struct scratch scratch;
	char path[SCRATCH_PATH_MAX];
	(void)state;

	scratch_init(&scratch);
	strcpy(path, scratch_write(&scratch, "c", "a b c\nd e\n"));
	assert_true(failing_alloc_sweep(load_conf, path) > 0);
	scratch_finish(&scratch);
}

static void
words_are_written(void **state)
{
	static const struct {
		const char *word, *written; // NULL: cannot be
	} cases[] = {
		{"jack", "jack"},
		{"port:Synth:*", "port:Synth:*"},
		{"a#b", "a#b"},
		{"a\\b", "a\\b"},
		{"\xc3\xbc", "\xc3\xbc"},
		{"", "\"\""},
		{"a b", "\"a b\""},
		{"#a", "\"#a\""},
		{"\xef\xbb\xbf"
		 "a",
			"\"\xef\xbb\xbf"
			"a\""},
		{"say \"go\"\\\n\t", "\"say \\\"go\\\"\\\\\\n\\t\""},
		{"a\"b", "\"a\\\"b\""},
		{"a\rb", NULL},
		{"a\033b", NULL},
		{"a\177", NULL},
		{"caf\xe9", NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str out = {0};
		assert_int_equal(stage_str_add(&out, "x "), STAGE_OK);
		assert_int_equal(stage_conf_add_word(&out, cases[i].word),
			cases[i].written != NULL ? STAGE_OK : STAGE_BAD_INPUT);
		assert_string_equal(out.data + 2,
			cases[i].written != NULL ? cases[i].written : "");
		stage_str_finish(&out);
	}
}

// Writes down a value; one that is "bad" ends it.
static enum stage_status
take_value(void *user, const struct stage_conf_line *line, size_t at,
	struct stage_err *err)
{
	if (strcmp(line->words[at], "bad") == 0) {
		return stage_conf_fail(line, at, err, "it is bad");
	}
	return stage_str_addf(user, "<%s>", line->words[at]);
}

static enum stage_status
take_each(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	return stage_conf_each(line, take_value, user, err);
}

static void
looks_at_each_value(void **state)
{
	static const struct {
		const char *text;
		enum stage_status status;
		const char *values;
		const char *says;
	} rows[] = {
		{"key a\n", STAGE_OK, "<a>", ""},
		{"key a \"b c\" a\n", STAGE_OK, "<a><b c><a>", ""},
		{"key\n", STAGE_BAD_INPUT, "", "f:1:4: \"key\" needs a value"},
		{"key a bad c\n", STAGE_BAD_INPUT, "<a>", "f:1:7: it is bad"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_str values = {0};
		struct stage_err err = STAGE_ERR_INIT;

		assert_int_equal(
			stage_conf_parse(rows[i].text, strlen(rows[i].text),
				"f", take_each, &values, &err),
			rows[i].status);
		assert_string_equal(stage_str_text(&values), rows[i].values);
		assert_string_equal(err.text, rows[i].says);
		stage_str_finish(&values);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(refuses_lines),
		cmocka_unit_test(stops_at_the_first_error),
		cmocka_unit_test(lines_have_a_limit),
		cmocka_unit_test(values_have_a_limit),
		cmocka_unit_test(files_have_a_limit),
		cmocka_unit_test(handlers_say_where),
		cmocka_unit_test(fail_with_needs_no_err),
		cmocka_unit_test(counts_values),
		cmocka_unit_test(a_wrong_line_costs_no_other_one),
		cmocka_unit_test(loads_a_file),
		cmocka_unit_test(words_are_written),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(looks_at_each_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
