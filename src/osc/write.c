/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/write.h"

#include <lo/lo.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "osc/raw.h"

// What liblo says of what it was told to add: 0, or it had no memory.
static enum stage_status
added(int result)
{
	return result == 0 ? STAGE_OK : STAGE_NO_MEMORY;
}

static enum stage_status
add(lo_message message, char type, va_list *args)
{
	switch (type) {
	case LO_INT32:
		return added(
			lo_message_add_int32(message, va_arg(*args, int32_t)));
	case LO_INT64:
		return added(
			lo_message_add_int64(message, va_arg(*args, int64_t)));
	case LO_FLOAT:
		return added(lo_message_add_float(
			message, (float)va_arg(*args, double)));
	case LO_DOUBLE:
		return added(
			lo_message_add_double(message, va_arg(*args, double)));
	case LO_STRING:
		return added(lo_message_add_string(
			message, va_arg(*args, const char *)));
	case LO_TRUE:
		return added(lo_message_add_true(message));
	case LO_FALSE:
		return added(lo_message_add_false(message));
	case LO_NIL:
		return added(lo_message_add_nil(message));
	case LO_INFINITUM:
		return added(lo_message_add_infinitum(message));
	default:
		return STAGE_BUG;
	}
}

static enum stage_status
append(struct stage_str *out, const char *address, lo_message message)
{
	size_t len = lo_message_length(message, address);
	void *bytes = malloc(len); // liblo's own would not be looked at
	enum stage_status status;

	if (bytes == NULL) {
		return STAGE_NO_MEMORY;
	}
	lo_message_serialise(message, address, bytes, NULL);
	status = stage_str_append(out, bytes, len);
	free(bytes);
	return status;
}

enum stage_status
stage_osc_write(
	struct stage_str *out, const char *address, const char *types, ...)
{
	lo_message message;
	enum stage_status status = STAGE_OK;
	va_list args;

	if (address[0] != '/') {
		return STAGE_BUG;
	}
	message = lo_message_new();
	if (message == NULL) {
		return STAGE_NO_MEMORY;
	}
	va_start(args, types);
	for (; *types != '\0' && status == STAGE_OK; types++) {
		status = add(message, *types, &args);
	}
	va_end(args);
	if (status == STAGE_OK) {
		status = append(out, address, message);
	}
	lo_message_free(message);
	return status;
}

// The rest of a message.

// A text with the zeros that end it.
static enum stage_status
append_text(struct stage_str *out, const char *before, const char *text)
{
	static const char zeros[4];
	size_t start = out->len;
	enum stage_status status = stage_str_add(out, before);

	if (status == STAGE_OK) {
		status = stage_str_add(out, text);
	}
	return status == STAGE_OK
		       ? stage_str_append(out, zeros,
				 sizeof(zeros) - (out->len - start) % 4)
		       : status;
}

enum stage_status
stage_osc_write_rest(struct stage_str *out, const char *address,
	const struct stage_osc_message *message, size_t from)
{
	const struct stage_osc_raw *raw = message->raw;
	size_t first = from < message->count ? from : message->count;
	size_t start = out->len;
	size_t at = 0;
	enum stage_status status;

	if (address[0] != '/') {
		return STAGE_BUG;
	}
	for (size_t i = 0; i < first; i++) {
		at += stage_osc_arg_size(
			message->types[i], raw->args + at, raw->args_len - at);
	}
	status = append_text(out, "", address);
	if (status == STAGE_OK) {
		status = append_text(out, ",", message->types + first);
	}
	if (status == STAGE_OK) {
		status = stage_str_append(
			out, raw->args + at, raw->args_len - at);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, start);
	}
	return status;
}
