/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "rpc/verb.h"

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)args;
	(void)result;
	(void)err;
	return STAGE_OK;
}

static const struct stage_verb_arg all_args[] = {
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the service"},
	{"count", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL, "how many"},
	{"gain", STAGE_ARG_NUMBER, STAGE_ARG_OPTIONAL, "how loud"},
	{"force", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL, "even if in use"},
	{"list", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL, "some"},
	{"map", STAGE_ARG_OBJECT, STAGE_ARG_OPTIONAL, "settings"},
	{"what", STAGE_ARG_ANY, STAGE_ARG_OPTIONAL, "anything"},
	STAGE_ARGS_END,
};

static const struct stage_verb verb_set = {
	.name = "set",
	.args = all_args,
	.help = "Sets",
	.handler = handle,
	.deed = STAGE_DEED_TURNS,
};
static const struct stage_verb verb_stop = {
	.name = "stop",
	.help = "Stops",
	.handler = handle,
	.deed = STAGE_DEED_TURNS,
};

static const struct {
	const char *params;
	const char *args; // as bound; NULL: refused
	const char *says; // part of the sentence
} rows[] = {
	{"{\"name\":\"a\"}", "{\"name\":\"a\"}", NULL},
	{"[\"a\"]", "{\"name\":\"a\"}", NULL},
	{"[\"a\",1,1.5,true,[\"x\"],{},null]",
		"{\"name\":\"a\",\"count\":1,\"gain\":1.5,\"force\":true,"
		"\"list\":[\"x\"],\"map\":{}}",
		NULL},
	{"{\"name\":\"a\",\"count\":null}", "{\"name\":\"a\"}", NULL},
	{"{\"name\":\"a\",\"gain\":2}", "{\"name\":\"a\",\"gain\":2}", NULL},
	{"{\"name\":\"a\",\"list\":[]}", "{\"name\":\"a\",\"list\":[]}", NULL},
	{"{\"name\":\"a\",\"what\":[1]}", "{\"name\":\"a\",\"what\":[1]}",
		NULL},
	{"{}", NULL, "set needs the argument \"name\": a text, the service"},
	{"[]", NULL, "set needs the argument \"name\": a text, the service"},
	{"{\"name\":null}", NULL, "set needs the argument \"name\""},
	{"{\"name\":1}", NULL,
		"the argument \"name\" of set must be a text, not a whole "
		"number"},
	{"[1.5]", NULL, "must be a text, not a number with a fraction"},
	{"[{}]", NULL, "must be a text, not an object"},
	{"[[]]", NULL, "must be a text, not an array"},
	{"[true]", NULL, "must be a text, not true"},
	{"[false]", NULL, "must be a text, not false"},
	{"[\"a\",1.0]", NULL, "\"count\" of set must be a whole number"},
	{"[\"a\",\"1\"]", NULL, "must be a whole number, not a text"},
	{"[\"a\",1,\"1\"]", NULL, "\"gain\" of set must be a number"},
	{"[\"a\",1,1,1]", NULL, "\"force\" of set must be true or false"},
	{"{\"name\":\"a\",\"list\":[1]}", NULL,
		"\"list\" of set must be an array of texts with nothing else "
		"in it"},
	{"{\"name\":\"a\",\"list\":\"x\"}", NULL,
		"must be an array of texts, not a text"},
	{"{\"name\":\"a\",\"map\":[]}", NULL,
		"must be an object, not an array"},
	{"{\"nam\":\"a\"}", NULL,
		"set has no argument \"nam\", its arguments are: name, count, "
		"gain, force, list, map, what"},
	{"[\"a\",1,1,true,[],{},1,1]", NULL,
		"set takes 7 arguments at most, not 8"},
};

static void
test_bind(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		json_t *params = json_loads(rows[i].params, 0, NULL);
		json_t *args = NULL;
		enum stage_status status =
			stage_verb_bind(&verb_set, params, &args, &err);
		assert_non_null(params);
		if (rows[i].args != NULL) {
			json_t *wanted = json_loads(rows[i].args, 0, NULL);
			assert_int_equal(status, STAGE_OK);
			assert_true(json_equal(args, wanted));
			json_decref(wanted);
		} else {
			assert_int_equal(status, STAGE_BAD_INPUT);
			assert_null(args);
			if (strstr(err.text, rows[i].says) == NULL) {
				fail_msg("%s: %s", rows[i].params, err.text);
			}
		}
		json_decref(args);
		json_decref(params);
	}
}

static void
test_bind_without_arguments(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *one = json_pack("[i]", 1);
	json_t *named = json_pack("{s:i}", "x", 1);
	json_t *args = NULL;

	(void)state;
	assert_int_equal(
		stage_verb_bind(&verb_stop, NULL, &args, &err), STAGE_OK);
	assert_int_equal(json_object_size(args), 0);
	json_decref(args);
	assert_int_equal(
		stage_verb_bind(&verb_stop, one, &args, &err), STAGE_BAD_INPUT);
	assert_string_equal(err.text, "stop takes no arguments, not 1");
	assert_int_equal(stage_verb_bind(&verb_stop, named, &args, &err),
		STAGE_BAD_INPUT);
	assert_string_equal(
		err.text, "stop has no argument \"x\", it takes none");
	json_decref(one);
	json_decref(named);
}

static void
test_find(void **state)
{
	static const struct stage_verb *const verbs[] = {
		&verb_set, &verb_stop, NULL};

	(void)state;
	assert_ptr_equal(stage_verbs_find(verbs, "stop"), &verb_stop);
	assert_null(stage_verbs_find(verbs, "Stop"));
	assert_null(stage_verbs_find(verbs, ""));
	assert_null(stage_verbs_find(NULL, "stop"));
}

#define LOOKS STAGE_DEED_LOOKS

static void
test_check(void **state)
{
	static const struct stage_verb_arg late[] = {
		{"a", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "x"},
		{"b", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "x"},
		STAGE_ARGS_END,
	};
	static const struct stage_verb_arg twice[] = {
		{"a", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "x"},
		{"a", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "x"},
		STAGE_ARGS_END,
	};
	static const struct stage_verb_arg helpless[] = {
		{"a", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, NULL},
		STAGE_ARGS_END,
	};
	static const struct stage_verb_arg untyped[] = {
		{"a", STAGE_ARG_TYPE_COUNT, STAGE_ARG_OPTIONAL, "x"},
		STAGE_ARGS_END,
	};
	static const struct {
		struct stage_verb verb;
		const char *says;
	} bad[] = {
		{{NULL, NULL, "Help", handle, LOOKS}, "lacks its name"},
		{{"", NULL, "Help", handle, LOOKS}, "lacks its name"},
		{{"x", NULL, NULL, handle, LOOKS}, "lacks its name, help"},
		{{"x", NULL, "Help", NULL, LOOKS}, "handler"},
		{{"set", NULL, "Help", handle, LOOKS}, "two verbs \"set\""},
		{{"x", late, "Help", handle, LOOKS}, "after an optional one"},
		{{"x", twice, "Help", handle, LOOKS}, "there twice"},
		{{"x", helpless, "Help", handle, LOOKS}, "lacks its help"},
		{{"x", untyped, "Help", handle, LOOKS}, "wrong type"},
		{{"x", NULL, "Help", handle, STAGE_DEED_UNSAID},
			"verb \"x\" does not say what it does"},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(bad); i++) {
		const struct stage_verb *const verbs[] = {
			&verb_set, &bad[i].verb, NULL};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_verbs_check(verbs, &err), STAGE_BUG);
		if (strstr(err.text, bad[i].says) == NULL) {
			fail_msg("%zu: %s", i, err.text);
		}
	}
	assert_int_equal(stage_verbs_check(NULL, NULL), STAGE_OK);
}

static void
test_describe(void **state)
{
	static const struct stage_verb *const verbs[] = {
		&verb_stop, &verb_set, NULL};
	json_t *list = stage_verbs_describe(verbs);
	json_t *wanted =
		json_loads("{\"name\":\"name\",\"type\":\"text\","
			   "\"required\":true,\"help\":\"the service\"}",
			0, NULL);
	json_t *args;

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	args = json_object_get(json_array_get(list, 0), "args");
	assert_int_equal(json_array_size(args), 0);
	args = json_object_get(json_array_get(list, 1), "args");
	assert_int_equal(json_array_size(args), STAGE_ARG_TYPE_COUNT);
	assert_true(json_equal(json_array_get(args, 0), wanted));
	json_decref(wanted);
	json_decref(list);
	list = stage_verbs_describe(NULL);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
}

static void
test_parse_words(void **state)
{
	static const struct {
		enum stage_verb_arg_type type;
		const char *text;
		const char *json; // NULL: refused
	} words[] = {
		{STAGE_ARG_TEXT, "a b", "\"a b\""},
		{STAGE_ARG_TEXT, "", "\"\""},
		{STAGE_ARG_INTEGER, "-5", "-5"},
		{STAGE_ARG_INTEGER, "5x", NULL},
		{STAGE_ARG_INTEGER, "1.5", NULL},
		{STAGE_ARG_INTEGER, "99999999999999999999", NULL},
		{STAGE_ARG_NUMBER, "1.5", "1.5"},
		{STAGE_ARG_NUMBER, "-2e3", "-2000.0"},
		{STAGE_ARG_NUMBER, "7", "7"},
		{STAGE_ARG_NUMBER, "1e999", NULL},
		{STAGE_ARG_NUMBER, "nan", NULL},
		{STAGE_ARG_NUMBER, "0x10", NULL},
		{STAGE_ARG_NUMBER, "", NULL},
		{STAGE_ARG_NUMBER, "1.5.5", NULL},
		{STAGE_ARG_BOOLEAN, "yes", "true"},
		{STAGE_ARG_BOOLEAN, "on", "true"},
		{STAGE_ARG_BOOLEAN, "false", "false"},
		{STAGE_ARG_BOOLEAN, "0", "false"},
		{STAGE_ARG_BOOLEAN, "maybe", NULL},
		{STAGE_ARG_TEXTS, "a,b,c", "[\"a\",\"b\",\"c\"]"},
		{STAGE_ARG_TEXTS, "", "[]"},
		{STAGE_ARG_TEXTS, "a", "[\"a\"]"},
		{STAGE_ARG_TEXTS, "a,\xff", NULL},
		{STAGE_ARG_OBJECT, "{\"a\":1}", "{\"a\":1}"},
		{STAGE_ARG_OBJECT, "[1]", NULL},
		{STAGE_ARG_OBJECT, "{", NULL},
		{STAGE_ARG_ANY, "[1]", "[1]"},
		{STAGE_ARG_ANY, "5", "5"},
		{STAGE_ARG_ANY, "word", "\"word\""},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		struct stage_verb_arg arg = {
			"x", words[i].type, STAGE_ARG_OPTIONAL, "h"};
		struct stage_err err = STAGE_ERR_INIT;
		json_t *value = NULL;
		enum stage_status status =
			stage_verb_arg_parse(&arg, words[i].text, &value, &err);
		if (words[i].json == NULL) {
			assert_int_equal(status, STAGE_BAD_INPUT);
			assert_null(value);
			assert_non_null(strstr(err.text, "\"x\" must be"));
			continue;
		}
		json_t *wanted =
			json_loads(words[i].json, JSON_DECODE_ANY, NULL);
		assert_int_equal(status, STAGE_OK);
		assert_true(json_equal(value, wanted));
		json_decref(wanted);
		json_decref(value);
	}
}

static void
test_type_words(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_ARG_TYPE_COUNT; i++) {
		enum stage_verb_arg_type type = (enum stage_verb_arg_type)i;
		assert_int_equal(stage_verb_arg_type_from_word(
					 stage_verb_arg_type_word(type)),
			type);
	}
	assert_string_equal(
		stage_verb_arg_type_word(STAGE_ARG_TYPE_COUNT), "?");
	assert_int_equal(
		stage_verb_arg_type_from_word("float"), STAGE_ARG_TYPE_COUNT);
}

static void
test_getters(void **state)
{
	json_t *args = json_pack(
		"{s:s, s:i, s:f, s:b}", "t", "text", "i", 5, "n", 2.5, "b", 1);

	(void)state;
	assert_string_equal(stage_args_text(args, "t", "none"), "text");
	assert_string_equal(stage_args_text(args, "x", "none"), "none");
	assert_null(stage_args_text(args, "x", NULL));
	assert_int_equal(stage_args_integer(args, "i", 7), 5);
	assert_int_equal(stage_args_integer(args, "x", 7), 7);
	assert_true(stage_args_number(args, "n", 1) == 2.5);
	assert_true(stage_args_number(args, "i", 1) == 5);
	assert_true(stage_args_number(args, "x", 1) == 1);
	assert_true(stage_args_boolean(args, "b", false));
	assert_true(stage_args_boolean(args, "x", true));
	json_decref(args);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_bind_without_arguments),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_parse_words),
		cmocka_unit_test(test_type_words),
		cmocka_unit_test(test_getters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
