/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/proto.h"

#define V "\"jsonrpc\":\"2.0\""

static const struct {
	const char *line;
	enum stage_status status;
	int code;                 // of the error, 0 for none
	enum stage_rpc_kind kind; // when it is fine
	const char *says;         // part of the sentence
	bool has_id;
} rows[] = {
	{"{" V ",\"id\":1,\"method\":\"m\"}", STAGE_OK, 0, STAGE_RPC_REQUEST,
		NULL, true},
	{"{" V ",\"id\":\"x\",\"method\":\"m\",\"params\":{}}", STAGE_OK, 0,
		STAGE_RPC_REQUEST, NULL, true},
	{"{" V ",\"id\":null,\"method\":\"m\",\"params\":[]}", STAGE_OK, 0,
		STAGE_RPC_REQUEST, NULL, true},
	{" {" V ",\"method\":\"m\"}\r", STAGE_OK, 0, STAGE_RPC_NOTIFICATION,
		NULL, false},
	{"{" V ",\"id\":1,\"result\":null}", STAGE_OK, 0, STAGE_RPC_RESULT,
		NULL, true},
	{"{" V ",\"id\":1,\"error\":{\"code\":-3,\"message\":\"no\"}}",
		STAGE_OK, -3, STAGE_RPC_ERROR, NULL, true},
	{"", STAGE_BAD_INPUT, -32700, 0, "not JSON", false},
	{"hello", STAGE_BAD_INPUT, -32700, 0, "not JSON", false},
	{"{", STAGE_BAD_INPUT, -32700, 0, "not JSON", false},
	{"{}x", STAGE_BAD_INPUT, -32700, 0, "not JSON", false},
	{"{}{}", STAGE_BAD_INPUT, -32700, 0, "not JSON", false},
	{"{" V ",\"id\":1,\"id\":2,\"method\":\"m\"}", STAGE_BAD_INPUT, -32700,
		0, "duplicate", false},
	{"{" V ",\"id\":1,\"method\":\"\xff\"}", STAGE_BAD_INPUT, -32700, 0,
		"decode byte 0xff", false},
	{"{" V ",\"id\":1,\"method\":\"\xed\xa0\x80\"}", STAGE_BAD_INPUT,
		-32700, 0, "decode byte 0xed", false},
	{"{" V ",\"id\":1,\"method\":\"\\u0000\"}", STAGE_BAD_INPUT, -32700, 0,
		"not JSON", false},
	{"{" V ",\"id\":1e999,\"method\":\"m\"}", STAGE_BAD_INPUT, -32700, 0,
		"not JSON", false},
	{"{" V ",\"id\":99999999999999999999,\"method\":\"m\"}",
		STAGE_BAD_INPUT, -32700, 0, "not JSON", false},
	{"[]", STAGE_UNSUPPORTED, -32600, 0, "batch", false},
	{"[{" V ",\"id\":1,\"method\":\"m\"}]", STAGE_UNSUPPORTED, -32600, 0,
		"one request a line", false},
	{"1", STAGE_BAD_INPUT, -32600, 0, "no object", false},
	{"null", STAGE_BAD_INPUT, -32600, 0, "no object", false},
	{"\"x\"", STAGE_BAD_INPUT, -32600, 0, "no object", false},
	{"{}", STAGE_BAD_INPUT, -32600, 0, "\"2.0\"", false},
	{"{\"id\":7,\"method\":\"m\"}", STAGE_BAD_INPUT, -32600, 0, "\"2.0\"",
		true},
	{"{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"m\"}", STAGE_BAD_INPUT,
		-32600, 0, "\"2.0\"", true},
	{"{\"jsonrpc\":2.0,\"id\":7,\"method\":\"m\"}", STAGE_BAD_INPUT, -32600,
		0, "\"2.0\"", true},
	{"{" V ",\"id\":1.5,\"method\":\"m\"}", STAGE_BAD_INPUT, -32600, 0,
		"\"id\"", false},
	{"{" V ",\"id\":{},\"method\":\"m\"}", STAGE_BAD_INPUT, -32600, 0,
		"\"id\"", false},
	{"{" V ",\"id\":true,\"method\":\"m\"}", STAGE_BAD_INPUT, -32600, 0,
		"\"id\"", false},
	{"{" V ",\"id\":1,\"method\":5}", STAGE_BAD_INPUT, -32600, 0,
		"\"method\" must", true},
	{"{" V ",\"id\":1,\"method\":\"m\",\"params\":5}", STAGE_BAD_INPUT,
		-32600, 0, "\"params\"", true},
	{"{" V ",\"id\":1,\"method\":\"m\",\"params\":null}", STAGE_BAD_INPUT,
		-32600, 0, "\"params\"", true},
	{"{" V ",\"id\":1}", STAGE_BAD_INPUT, -32600, 0, "no \"method\"", true},
	{"{" V ",\"result\":1}", STAGE_BAD_INPUT, -32600, 0, "no \"id\"",
		false},
	{"{" V ",\"id\":1,\"result\":1,\"error\":{}}", STAGE_BAD_INPUT, -32600,
		0, "both", true},
	{"{" V ",\"id\":1,\"error\":5}", STAGE_BAD_INPUT, -32600, 0, "\"code\"",
		true},
	{"{" V ",\"id\":1,\"error\":{\"code\":\"x\",\"message\":\"y\"}}",
		STAGE_BAD_INPUT, -32600, 0, "\"code\"", true},
	{"{" V ",\"id\":1,\"error\":{\"code\":1}}", STAGE_BAD_INPUT, -32600, 0,
		"\"message\"", true},
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_rpc_message message;
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_status status = stage_rpc_message_parse(
			&message, rows[i].line, strlen(rows[i].line), &err);
		if (status != rows[i].status) {
			fail_msg("%s: %s", rows[i].line, err.text);
		}
		assert_int_equal(message.code, rows[i].code);
		assert_int_equal(message.id != NULL, rows[i].has_id);
		if (status == STAGE_OK) {
			assert_int_equal(message.kind, rows[i].kind);
			assert_string_equal(err.text, "");
		} else if (strstr(err.text, rows[i].says) == NULL) {
			fail_msg("%s: %s", rows[i].line, err.text);
		}
		stage_rpc_message_finish(&message);
	}
}

static void
test_fields(void **state)
{
	static const char line[] =
		"{" V ",\"id\":\"a\",\"method\":\"start\",\"params\":[1]}";
	struct stage_rpc_message message;

	(void)state;
	assert_int_equal(
		stage_rpc_message_parse(&message, line, sizeof(line) - 1, NULL),
		STAGE_OK);
	assert_string_equal(message.method, "start");
	assert_string_equal(json_string_value(message.id), "a");
	assert_int_equal(json_array_size(message.params), 1);
	assert_null(message.result);
	assert_null(message.error);
	stage_rpc_message_finish(&message);
	assert_null(message.root);
	stage_rpc_message_finish(&message);
	stage_rpc_message_finish(NULL);
}

static void
test_zero_byte_in_line(void **state)
{
	static const char line[] = "{" V ",\"id\":1,\"method\":\"m\"}\0";
	struct stage_rpc_message message;

	(void)state;
	assert_int_equal(
		stage_rpc_message_parse(&message, line, sizeof(line) - 1, NULL),
		STAGE_BAD_INPUT);
	stage_rpc_message_finish(&message);
}

static enum stage_status
parse_nested(int depth, char open, char close)
{
	struct stage_str line = {0};
	struct stage_rpc_message message;
	enum stage_status status;

	assert_int_equal(
		stage_str_addf(&line, "{%s,\"method\":\"m\",\"x\":", V),
		STAGE_OK);
	for (int i = 1; i < depth; i++) {
		assert_int_equal(stage_str_addf(&line, "%c%s", open,
					 open == '{' ? "\"[\\\"\":" : ""),
			STAGE_OK);
	}
	assert_int_equal(stage_str_add(&line, "1"), STAGE_OK);
	for (int i = 0; i < depth; i++) {
		assert_int_equal(stage_str_append(&line,
					 i == depth - 1 ? "}" : &close, 1),
			STAGE_OK);
	}
	status = stage_rpc_message_parse(&message, line.data, line.len, NULL);
	stage_rpc_message_finish(&message);
	stage_str_finish(&line);
	return status;
}

static void
test_depth(void **state)
{
	(void)state;
	assert_int_equal(parse_nested(STAGE_RPC_DEPTH_MAX, '[', ']'), STAGE_OK);
	assert_int_equal(parse_nested(STAGE_RPC_DEPTH_MAX, '{', '}'), STAGE_OK);
	assert_int_equal(parse_nested(STAGE_RPC_DEPTH_MAX + 1, '[', ']'),
		STAGE_TOO_LONG);
	assert_int_equal(parse_nested(STAGE_RPC_DEPTH_MAX + 1, '{', '}'),
		STAGE_TOO_LONG);
	assert_int_equal(parse_nested(400000, '[', ']'), STAGE_TOO_LONG);
}

static void
test_long_names(void **state)
{
	static const struct {
		size_t id_len, method_len;
		enum stage_status status;
	} sizes[] = {
		{STAGE_RPC_ID_MAX, STAGE_RPC_METHOD_MAX, STAGE_OK},
		{STAGE_RPC_ID_MAX + 1, 1, STAGE_TOO_LONG},
		{1, STAGE_RPC_METHOD_MAX + 1, STAGE_TOO_LONG},
	};
	char name[1024];

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t i = 0; i < STAGE_COUNT_OF(sizes); i++) {
		struct stage_rpc_message message;
		char line[4096];
		int len = snprintf(line, sizeof(line),
			"{%s,\"id\":\"%.*s\",\"method\":\"%.*s\"}", V,
			(int)sizes[i].id_len, name, (int)sizes[i].method_len,
			name);
		assert_int_equal(stage_rpc_message_parse(
					 &message, line, (size_t)len, NULL),
			sizes[i].status);
		stage_rpc_message_finish(&message);
	}
}

static void
test_status_words(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_STATUS_COUNT; i++) {
		enum stage_status status = (enum stage_status)i;
		const char *word = stage_rpc_status_word(status);
		assert_int_equal(stage_rpc_status_from_word(word), status);
		assert_true(stage_rpc_code_from_status(status) <= -32000);
	}
	assert_string_equal(
		stage_rpc_status_word((enum stage_status)99), "bug");
	assert_int_equal(stage_rpc_status_from_word("nonsense"), STAGE_IO);
	assert_int_equal(stage_rpc_code_from_status(STAGE_BAD_INPUT), -32602);
	assert_int_equal(stage_rpc_code_from_status(STAGE_BUG), -32603);
	assert_int_equal(stage_rpc_code_from_status(STAGE_NOT_FOUND), -32002);
}

// Every status survives the way over the wire with its sentence.
static void
test_error_round_trip(void **state)
{
	(void)state;
	for (int i = 1; i < STAGE_STATUS_COUNT; i++) {
		struct stage_err sent = {
			(enum stage_status)i, "a \"b\" \xc3\xa4"};
		struct stage_err got = STAGE_ERR_INIT;
		struct stage_str line = {0};
		struct stage_rpc_message message;
		assert_int_equal(
			stage_rpc_write_error(&line, NULL,
				stage_rpc_code_from_status(sent.status), &sent),
			STAGE_OK);
		assert_int_equal(line.data[line.len - 1], '\n');
		assert_int_equal(stage_rpc_message_parse(&message, line.data,
					 line.len - 1, NULL),
			STAGE_OK);
		assert_true(json_is_null(message.id));
		assert_int_equal(
			stage_rpc_message_error(&message, &got), sent.status);
		assert_string_equal(got.text, sent.text);
		stage_rpc_message_finish(&message);
		stage_str_finish(&line);
	}
}

// Errors of other servers, which have no word of ours.
static void
test_foreign_errors(void **state)
{
	static const struct {
		const char *error;
		enum stage_status status;
		const char *text;
	} errors[] = {
		{"{\"code\":-32700,\"message\":\"x\"}", STAGE_BAD_INPUT, "x"},
		{"{\"code\":-32601,\"message\":\"x\"}", STAGE_UNSUPPORTED, "x"},
		{"{\"code\":-32603,\"message\":\"x\"}", STAGE_BUG, "x"},
		{"{\"code\":-32002,\"message\":\"x\"}", STAGE_NOT_FOUND, "x"},
		{"{\"code\":-32000,\"message\":\"x\"}", STAGE_IO, "x"},
		{"{\"code\":5,\"message\":\"\"}", STAGE_IO,
			"input or output failed"},
		{"{\"code\":5,\"message\":\"x\",\"data\":7}", STAGE_IO, "x"},
		{"{\"code\":5,\"message\":\"x\",\"data\":{\"status\":\"ok\"}}",
			STAGE_IO, "x"},
		{"{\"code\":5,\"message\":\"x\",\"data\":{\"status\":\"?\"}}",
			STAGE_IO, "x"},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(errors); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		struct stage_rpc_message message;
		char line[256];
		int len = snprintf(line, sizeof(line),
			"{%s,\"id\":1,\"error\":%s}", V, errors[i].error);
		assert_int_equal(stage_rpc_message_parse(
					 &message, line, (size_t)len, NULL),
			STAGE_OK);
		assert_int_equal(stage_rpc_message_error(&message, &err),
			errors[i].status);
		assert_string_equal(err.text, errors[i].text);
		stage_rpc_message_finish(&message);
	}
}

static void
test_writers(void **state)
{
	struct stage_str out = {0};
	struct stage_err err = {STAGE_BUSY, ""};
	json_t *id = json_integer(4);
	json_t *params = json_pack("{s:s}", "a", "line\nbreak");

	(void)state;
	assert_int_equal(stage_rpc_write_result(&out, id, params), STAGE_OK);
	assert_int_equal(stage_rpc_write_error(&out, id, -1, &err), STAGE_OK);
	assert_int_equal(
		stage_rpc_write_request(&out, 9, "m", params), STAGE_OK);
	assert_int_equal(stage_rpc_write_request(&out, 9, "m", NULL), STAGE_OK);
	assert_int_equal(
		stage_rpc_write_notification(&out, "n", params), STAGE_OK);
	assert_string_equal(out.data,
		"{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{\"a\":"
		"\"line\\nbreak\"}}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":4,\"error\":{\"code\":-1,"
		"\"message\":"
		"\"it is in use\",\"data\":{\"status\":\"busy\"}}}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"m\",\"params\":"
		"{\"a\":\"line\\nbreak\"}}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"m\"}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":"
		"{\"a\":\"line\\nbreak\"}}\n");
	json_decref(params);
	json_decref(id);
	stage_str_finish(&out);
}

static void
test_writers_fail_cleanly(void **state)
{
	struct stage_str out = {0};

	(void)state;
	assert_int_equal(
		stage_rpc_write_result(&out, NULL, NULL), STAGE_NO_MEMORY);
	assert_int_equal(stage_rpc_write_notification(&out, "\xff", NULL),
		STAGE_NO_MEMORY);
	assert_int_equal(out.len, 0);
	assert_int_equal(stage_str_add(&out, "before"), STAGE_OK);
	assert_int_equal(stage_rpc_write_request(&out, 1, "\xff", NULL),
		STAGE_NO_MEMORY);
	assert_string_equal(out.data, "before");
	stage_str_finish(&out);
}

static void
test_text(void **state)
{
	static const struct {
		const char *bytes, *text;
	} texts[] = {
		{"", ""},
		{"plain", "plain"},
		{"\xc3\xa4", "\xc3\xa4"},
		{"a\xff"
		 "b",
			"a\xef\xbf\xbd"
			"b"},
		{"\xc3", "\xef\xbf\xbd"},
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xf0\x9f\x8e\xb5\x80", "\xf0\x9f\x8e\xb5\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		json_t *json = stage_rpc_text(texts[i].bytes);
		assert_string_equal(json_string_value(json), texts[i].text);
		json_decref(json);
	}
	assert_null(stage_rpc_text(NULL));
}

// A file name that is no UTF-8 in a sentence must not lose the answer.
static void
test_error_text_is_repaired(void **state)
{
	struct stage_err err = {STAGE_IO, "unable to open /x\xff"};
	struct stage_str out = {0};

	(void)state;
	assert_int_equal(stage_rpc_write_error(&out, NULL, 1, &err), STAGE_OK);
	assert_non_null(strstr(out.data, "/x\xef\xbf\xbd\""));
	stage_str_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_zero_byte_in_line),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_status_words),
		cmocka_unit_test(test_error_round_trip),
		cmocka_unit_test(test_foreign_errors),
		cmocka_unit_test(test_writers),
		cmocka_unit_test(test_writers_fail_cleanly),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_error_text_is_repaired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
