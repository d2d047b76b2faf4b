/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/reply.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rpc/proto.h"

#define JSON "application/json"

void
stage_web_reply(
	struct stage_web_exchange *exchange, unsigned code, json_t *body)
{
	static const char no_memory[] =
		"{\"error\":\"out of memory\",\"status\":\"no_memory\"}\n";
	struct stage_web_answer answer = {.code = code, .type = JSON};
	char *text = body != NULL
			     ? json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY)
			     : NULL;

	json_decref(body);
	if (text != NULL) {
		answer.bytes = text;
		answer.len = strlen(text);
	} else {
		answer.code = 503;
		answer.bytes = no_memory;
		answer.len = sizeof(no_memory) - 1;
	}
	stage_web_exchange_answer(exchange, &answer);
	free(text);
}

unsigned
stage_web_code_of(enum stage_status status)
{
	switch (status) {
	case STAGE_OK:
		return 200;
	case STAGE_NOT_FOUND:
		return 404;
	case STAGE_EXISTS:
	case STAGE_BUSY:
		return 409;
	case STAGE_DENIED:
		return 403;
	case STAGE_BAD_INPUT:
	case STAGE_TOO_LONG:
		return 400;
	case STAGE_UNSUPPORTED:
		return 501;
	case STAGE_TIMEOUT:
		return 504;
	case STAGE_GONE:
	case STAGE_FULL:
	case STAGE_NO_MEMORY:
		return 503;
	case STAGE_IO:
	case STAGE_BUG:
	case STAGE_STATUS_COUNT:
	default:
		return 500;
	}
}

json_t *
stage_web_error(const struct stage_err *err)
{
	return json_pack("{s:o, s:s}", "error", stage_rpc_text(err->text),
		"status", stage_rpc_status_word(err->status));
}

void
stage_web_refuse(
	struct stage_web_exchange *exchange, const struct stage_err *err)
{
	stage_web_reply(
		exchange, stage_web_code_of(err->status), stage_web_error(err));
}

void
stage_web_refuse_with(struct stage_web_exchange *exchange, unsigned code,
	enum stage_status status, const char *format, ...)
{
	struct stage_err err = {.status = status};
	struct stage_str text = {0};
	va_list args;

	va_start(args, format);
	if (stage_str_vaddf(&text, format, args) == STAGE_OK) {
		stage_err_set(&err, status, "%s", stage_str_text(&text));
	}
	va_end(args);
	stage_str_finish(&text);
	stage_web_reply(exchange, code, stage_web_error(&err));
}
