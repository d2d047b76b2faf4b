/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rpc/proto.h"

static void
check_request(const struct stage_rpc_message *message)
{
	FUZZ_CHECK(message->method != NULL);
	FUZZ_CHECK(strlen(message->method) <= STAGE_RPC_METHOD_MAX);
	FUZZ_CHECK(message->params == NULL || json_is_object(message->params) ||
		   json_is_array(message->params));
	FUZZ_CHECK(
		(message->kind == STAGE_RPC_REQUEST) == (message->id != NULL));
	FUZZ_CHECK(message->result == NULL && message->error == NULL);
}

static void
check_answer(const struct stage_rpc_message *message)
{
	struct stage_err err = STAGE_ERR_INIT;

	FUZZ_CHECK(message->method == NULL && message->id != NULL);
	FUZZ_CHECK((message->result != NULL) != (message->error != NULL));
	if (message->kind == STAGE_RPC_ERROR) {
		enum stage_status status =
			stage_rpc_message_error(message, &err);
		FUZZ_CHECK(status != STAGE_OK);
		FUZZ_CHECK((unsigned)status < STAGE_STATUS_COUNT);
		fuzz_check_err(status, &err);
	}
}

static void
check_kind(const struct stage_rpc_message *message)
{
	if (message->kind == STAGE_RPC_REQUEST ||
		message->kind == STAGE_RPC_NOTIFICATION) {
		check_request(message);
	} else {
		check_answer(message);
	}
	FUZZ_CHECK(message->id == NULL || json_is_null(message->id) ||
		   json_is_integer(message->id) ||
		   json_string_length(message->id) <= STAGE_RPC_ID_MAX);
}

// One line that can be read again; returns what it says. It lives in message.
static void
parse_written(struct stage_rpc_message *message, const struct stage_str *line)
{
	FUZZ_CHECK(line->len > 0 && line->data[line->len - 1] == '\n');
	FUZZ_CHECK(memchr(line->data, '\n', line->len - 1) == NULL);
	FUZZ_CHECK(stage_rpc_message_parse(message, line->data, line->len - 1,
			   NULL) == STAGE_OK);
}

// Written again it says the same.
static void
check_round_trip(const struct stage_rpc_message *message)
{
	struct stage_rpc_message again;
	struct stage_str line = {0};
	enum stage_status status = STAGE_OK;

	if (message->kind == STAGE_RPC_NOTIFICATION) {
		status = stage_rpc_write_notification(
			&line, message->method, message->params);
	} else if (message->kind == STAGE_RPC_RESULT) {
		status = stage_rpc_write_result(
			&line, message->id, message->result);
	} else if (message->kind == STAGE_RPC_REQUEST) {
		status = stage_rpc_write_request(
			&line, 7, message->method, message->params);
	} else {
		return;
	}
	FUZZ_CHECK(status == STAGE_OK);
	parse_written(&again, &line);
	FUZZ_CHECK(again.kind == message->kind);
	FUZZ_CHECK(message->method == NULL ||
		   strcmp(again.method, message->method) == 0);
	FUZZ_CHECK((again.params == NULL) == (message->params == NULL));
	FUZZ_CHECK(message->params == NULL ||
		   json_equal(again.params, message->params) == 1);
	FUZZ_CHECK(message->result == NULL ||
		   json_equal(again.result, message->result) == 1);
	stage_rpc_message_finish(&again);
	stage_str_finish(&line);
}

// What a server answers to a line that it does not understand.
static void
check_refusal(
	const struct stage_rpc_message *message, const struct stage_err *why)
{
	struct stage_rpc_message answer;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str line = {0};

	FUZZ_CHECK(message->code <= -32000 && message->code >= -32768);
	FUZZ_CHECK(stage_rpc_write_error(
			   &line, message->id, message->code, why) == STAGE_OK);
	parse_written(&answer, &line);
	FUZZ_CHECK(answer.kind == STAGE_RPC_ERROR);
	FUZZ_CHECK(answer.code == message->code);
	FUZZ_CHECK(stage_rpc_message_error(&answer, &err) == why->status);
	fuzz_check_err(why->status, &err);
	fuzz_check_text(err.text, strlen(err.text));
	stage_rpc_message_finish(&answer);
	stage_str_finish(&line);
}

// Any bytes make a JSON text.
static void
check_text(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);
	json_t *text = stage_rpc_text(copy);

	FUZZ_CHECK(json_is_string(text));
	json_decref(text);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_rpc_message message;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_rpc_message_parse(
		&message, (const char *)data, size, &err);

	fuzz_check_err(status, &err);
	if (status == STAGE_OK) {
		check_kind(&message);
		check_round_trip(&message);
	} else {
		FUZZ_CHECK(status == STAGE_BAD_INPUT ||
			   status == STAGE_TOO_LONG ||
			   status == STAGE_UNSUPPORTED);
		check_refusal(&message, &err);
	}
	stage_rpc_message_finish(&message);
	FUZZ_CHECK(message.root == NULL && message.id == NULL);
	check_text(data, size);
	return 0;
}
