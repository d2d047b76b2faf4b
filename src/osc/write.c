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
add(lo_message message, char type, const struct stage_osc_value *value)
{
	switch (type) {
	case LO_INT32:
		return added(
			lo_message_add_int32(message, (int32_t)value->whole));
	case LO_INT64:
		return added(lo_message_add_int64(message, value->whole));
	case LO_FLOAT:
		return added(
			lo_message_add_float(message, (float)value->number));
	case LO_DOUBLE:
		return added(lo_message_add_double(message, value->number));
	case LO_STRING:
		return added(lo_message_add_string(message, value->text));
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

static void
take_value(struct stage_osc_value *out, char type, va_list *args)
{
	switch (type) {
	case LO_INT32:
		out->whole = va_arg(*args, int32_t);
		break;
	case LO_INT64:
		out->whole = va_arg(*args, int64_t);
		break;
	case LO_FLOAT:
	case LO_DOUBLE:
		out->number = va_arg(*args, double);
		break;
	case LO_STRING:
		out->text = va_arg(*args, const char *);
		break;
	default:
		break;
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

// The arguments are values, or those of args, where it is not NULL.
static enum stage_status
write_message(struct stage_str *out, const char *address, const char *types,
	const struct stage_osc_value *values, va_list *args)
{
	lo_message message;
	enum stage_status status = STAGE_OK;

	if (address[0] != '/') {
		return STAGE_BUG;
	}
	message = lo_message_new();
	if (message == NULL) {
		return STAGE_NO_MEMORY;
	}
	for (size_t i = 0; types[i] != '\0' && status == STAGE_OK; i++) {
		struct stage_osc_value value = {0, 0, NULL};

		if (args != NULL) {
			take_value(&value, types[i], args);
		}
		status = add(
			message, types[i], args != NULL ? &value : &values[i]);
	}
	if (status == STAGE_OK) {
		status = append(out, address, message);
	}
	lo_message_free(message);
	return status;
}

enum stage_status
stage_osc_write(
	struct stage_str *out, const char *address, const char *types, ...)
{
	enum stage_status status;
	va_list args;

	va_start(args, types);
	status = write_message(out, address, types, NULL, &args);
	va_end(args);
	return status;
}

enum stage_status
stage_osc_write_values(struct stage_str *out, const char *address,
	const char *types, const struct stage_osc_value *values)
{
	return write_message(out, address, types, values, NULL);
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
