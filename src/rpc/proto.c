/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/proto.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" // U+FFFD

static const char *const words[] = {
	[STAGE_OK] = "ok",
	[STAGE_NO_MEMORY] = "no_memory",
	[STAGE_NOT_FOUND] = "not_found",
	[STAGE_EXISTS] = "exists",
	[STAGE_BUSY] = "busy",
	[STAGE_DENIED] = "denied",
	[STAGE_FULL] = "full",
	[STAGE_IO] = "io",
	[STAGE_BAD_INPUT] = "bad_input",
	[STAGE_TOO_LONG] = "too_long",
	[STAGE_TIMEOUT] = "timeout",
	[STAGE_GONE] = "gone",
	[STAGE_UNSUPPORTED] = "unsupported",
	[STAGE_BUG] = "bug",
};

static_assert(
	STAGE_COUNT_OF(words) == STAGE_STATUS_COUNT, "every status has a word");

const char *
stage_rpc_status_word(enum stage_status status)
{
	return (size_t)status < STAGE_COUNT_OF(words) ? words[status] : "bug";
}

enum stage_status
stage_rpc_status_from_word(const char *word)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		if (strcmp(words[i], word) == 0) {
			return (enum stage_status)i;
		}
	}
	return STAGE_IO;
}

int
stage_rpc_code_from_status(enum stage_status status)
{
	if (status == STAGE_BAD_INPUT) {
		return STAGE_RPC_INVALID_PARAMS;
	}
	if (status == STAGE_BUG) {
		return STAGE_RPC_INTERNAL_ERROR;
	}
	return STAGE_RPC_STATUS_FIRST - (int)status;
}

// Deepest nesting of objects and arrays, without looking at anything else.
static size_t
depth_of(const char *line, size_t len)
{
	size_t depth = 0;
	size_t deepest = 0;
	bool in_text = false;

	for (size_t i = 0; i < len; i++) {
		char c = line[i];
		if (in_text && c == '\\') {
			i++;
		} else if (c == '"') {
			in_text = !in_text;
		} else if (!in_text && (c == '{' || c == '[')) {
			depth++;
			deepest = depth > deepest ? depth : deepest;
		} else if (!in_text && (c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return deepest;
}

static enum stage_status
refuse(struct stage_rpc_message *self, enum stage_status status,
	struct stage_err *err, const char *why)
{
	self->code = STAGE_RPC_INVALID_REQUEST;
	return stage_err_set(err, status, "not a JSON-RPC message: %s", why);
}

static enum stage_status
load(struct stage_rpc_message *self, const char *line, size_t len,
	struct stage_err *err)
{
	json_error_t error;

	self->code = STAGE_RPC_PARSE_ERROR;
	if (depth_of(line, len) > STAGE_RPC_DEPTH_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"the JSON is nested deeper than %d",
			STAGE_RPC_DEPTH_MAX);
	}
	self->root = json_loadb(
		line, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (self->root != NULL) {
		return STAGE_OK;
	}
	// jansson has words for every fault but this one, not always its code.
	if (json_error_code(&error) == json_error_out_of_memory ||
		error.text[0] == '\0') {
		self->code = stage_rpc_code_from_status(STAGE_NO_MEMORY);
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to read the message: out of memory");
	}
	return stage_err_set(err, STAGE_BAD_INPUT, "not JSON: %s at column %d",
		error.text, error.column);
}

static enum stage_status
read_id(struct stage_rpc_message *self, struct stage_err *err)
{
	json_t *id = json_object_get(self->root, "id");

	if (id == NULL) {
		return STAGE_OK;
	}
	if (!json_is_string(id) && !json_is_integer(id) && !json_is_null(id)) {
		return refuse(self, STAGE_BAD_INPUT, err,
			"\"id\" must be a text, a whole number or null");
	}
	if (json_string_length(id) > STAGE_RPC_ID_MAX) {
		return refuse(self, STAGE_TOO_LONG, err, "\"id\" is too long");
	}
	self->id = id;
	return STAGE_OK;
}

static enum stage_status
read_call(struct stage_rpc_message *self, json_t *method, struct stage_err *err)
{
	if (!json_is_string(method)) {
		return refuse(self, STAGE_BAD_INPUT, err,
			"\"method\" must be a text");
	}
	if (json_string_length(method) > STAGE_RPC_METHOD_MAX) {
		return refuse(
			self, STAGE_TOO_LONG, err, "\"method\" is too long");
	}
	self->params = json_object_get(self->root, "params");
	if (self->params != NULL && !json_is_object(self->params) &&
		!json_is_array(self->params)) {
		self->params = NULL;
		return refuse(self, STAGE_BAD_INPUT, err,
			"\"params\" must be an object or an array");
	}
	self->method = json_string_value(method);
	self->kind =
		self->id != NULL ? STAGE_RPC_REQUEST : STAGE_RPC_NOTIFICATION;
	return STAGE_OK;
}

static enum stage_status
read_answer(struct stage_rpc_message *self, struct stage_err *err)
{
	json_t *result = json_object_get(self->root, "result");
	json_t *error = json_object_get(self->root, "error");

	if (result == NULL && error == NULL) {
		return refuse(self, STAGE_BAD_INPUT, err,
			"there is no \"method\" in it");
	}
	if (self->id == NULL) {
		return refuse(self, STAGE_BAD_INPUT, err,
			"there is no \"id\" in the answer");
	}
	if (result != NULL && error != NULL) {
		return refuse(self, STAGE_BAD_INPUT, err,
			"the answer has both \"result\" and \"error\"");
	}
	if (result != NULL) {
		self->kind = STAGE_RPC_RESULT;
		self->result = result;
		return STAGE_OK;
	}
	if (!json_is_integer(json_object_get(error, "code")) ||
		!json_is_string(json_object_get(error, "message"))) {
		return refuse(self, STAGE_BAD_INPUT, err,
			"\"error\" must have \"code\" and \"message\"");
	}
	self->kind = STAGE_RPC_ERROR;
	self->error = error;
	self->code = (int)json_integer_value(json_object_get(error, "code"));
	return STAGE_OK;
}

enum stage_status
stage_rpc_message_parse(struct stage_rpc_message *self, const char *line,
	size_t len, struct stage_err *err)
{
	enum stage_status status;
	const char *version;
	json_t *method;

	*self = (struct stage_rpc_message){0};
	status = load(self, line, len, err);
	if (status != STAGE_OK) {
		return status;
	}
	self->code = 0;
	if (json_is_array(self->root)) {
		return refuse(self, STAGE_UNSUPPORTED, err,
			"batches are not supported, send one request a line");
	}
	if (!json_is_object(self->root)) {
		return refuse(self, STAGE_BAD_INPUT, err, "it is no object");
	}
	status = read_id(self, err);
	if (status != STAGE_OK) {
		return status;
	}
	version = json_string_value(json_object_get(self->root, "jsonrpc"));
	if (version == NULL || strcmp(version, "2.0") != 0) {
		return refuse(self, STAGE_BAD_INPUT, err,
			"\"jsonrpc\" must be \"2.0\"");
	}
	method = json_object_get(self->root, "method");
	return method != NULL ? read_call(self, method, err)
			      : read_answer(self, err);
}

void
stage_rpc_message_finish(struct stage_rpc_message *self)
{
	if (self != NULL) {
		json_decref(self->root);
		*self = (struct stage_rpc_message){0};
	}
}

// What a code says when no word of ours is beside it.
static enum stage_status
status_from_code(int code)
{
	int status = STAGE_RPC_STATUS_FIRST - code;

	if (code == STAGE_RPC_METHOD_NOT_FOUND) {
		return STAGE_UNSUPPORTED;
	}
	if (code == STAGE_RPC_INTERNAL_ERROR) {
		return STAGE_BUG;
	}
	if (status > STAGE_OK && status < STAGE_STATUS_COUNT) {
		return (enum stage_status)status;
	}
	return code <= -32600 && code >= -32700 ? STAGE_BAD_INPUT : STAGE_IO;
}

enum stage_status
stage_rpc_message_error(
	const struct stage_rpc_message *self, struct stage_err *err)
{
	json_t *data = json_object_get(self->error, "data");
	const char *word = json_string_value(json_object_get(data, "status"));
	const char *text =
		json_string_value(json_object_get(self->error, "message"));
	enum stage_status status = word != NULL
					   ? stage_rpc_status_from_word(word)
					   : status_from_code(self->code);

	if (status == STAGE_OK) {
		status = STAGE_IO;
	}
	if (text == NULL || text[0] == '\0') {
		text = stage_strerror(status);
	}
	return stage_err_set(err, status, "%s", text);
}

json_t *
stage_rpc_text(const char *text)
{
	json_t *json = json_string(text);
	struct stage_str clean = {0};
	enum stage_status status = STAGE_OK;

	if (json != NULL || text == NULL) {
		return json;
	}
	while (*text != '\0' && status == STAGE_OK) {
		size_t len = stage_utf8_char_bytes(text, strnlen(text, 4));
		status = len > 0 ? stage_str_append(&clean, text, len)
				 : stage_str_add(&clean, REPLACEMENT);
		text += len > 0 ? len : 1;
	}
	if (status == STAGE_OK) {
		json = json_string(stage_str_text(&clean));
	}
	stage_str_finish(&clean);
	return json;
}

static int
append(const char *bytes, size_t len, void *out)
{
	return stage_str_append(out, bytes, len) == STAGE_OK ? 0 : -1;
}

// Appends a message as one line and frees it; NULL: it could not be made.
static enum stage_status
write_line(struct stage_str *out, json_t *message)
{
	size_t before = out->len;

	if (message == NULL ||
		json_dump_callback(message, append, out, JSON_COMPACT) != 0 ||
		stage_str_append(out, "\n", 1) != STAGE_OK) {
		if (out->data != NULL) {
			out->len = before;
			out->data[before] = '\0';
		}
		json_decref(message);
		return STAGE_NO_MEMORY;
	}
	json_decref(message);
	return STAGE_OK;
}

enum stage_status
stage_rpc_write_result(struct stage_str *out, json_t *id, json_t *result)
{
	if (result == NULL) {
		return STAGE_NO_MEMORY;
	}
	return write_line(
		out, json_pack("{s:s, s:O, s:O}", "jsonrpc", "2.0", "id",
			     id != NULL ? id : json_null(), "result", result));
}

enum stage_status
stage_rpc_write_error(struct stage_str *out, json_t *id, int code,
	const struct stage_err *error)
{
	const char *said = error->text[0] != '\0'
				   ? error->text
				   : stage_strerror(error->status);
	json_t *text = stage_rpc_text(said);

	if (text == NULL) {
		return STAGE_NO_MEMORY;
	}
	return write_line(
		out, json_pack("{s:s, s:O, s:{s:i, s:o, s:{s:s}}}", "jsonrpc",
			     "2.0", "id", id != NULL ? id : json_null(),
			     "error", "code", code, "message", text, "data",
			     "status", stage_rpc_status_word(error->status)));
}

enum stage_status
stage_rpc_write_request(
	struct stage_str *out, int64_t id, const char *method, json_t *params)
{
	return write_line(out,
		json_pack("{s:s, s:I, s:s, s:O*}", "jsonrpc", "2.0", "id",
			(json_int_t)id, "method", method, "params", params));
}

enum stage_status
stage_rpc_write_notification(
	struct stage_str *out, const char *method, json_t *params)
{
	return write_line(out, json_pack("{s:s, s:s, s:O*}", "jsonrpc", "2.0",
				       "method", method, "params", params));
}
