/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/osc.h"

#include <lo/lo.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUNDLE "#bundle" // with its zero
#define BUNDLE_HEAD 16   // that, and a time
#define DEPTH_MAX 8      // bundles in bundles
#define PARTS_MAX 4      // of an address
#define MORPH_MAX_S 86400

struct reading {
	const char *name;
	stage_rack_osc_handler *handler;
	void *user;
};

// An address, taken apart.
struct parts {
	char text[STAGE_RACK_OSC_ADDRESS_MAX];
	const char *items[PARTS_MAX];
	size_t count;
};

static bool
split(const char *address, struct parts *out)
{
	char *at = out->text;

	out->count = 0;
	if (address[0] != '/' || stage_format(out->text, sizeof(out->text),
					 "%s", address) != STAGE_OK) {
		return false;
	}
	while (at != NULL) {
		*at++ = '\0';
		if (out->count == PARTS_MAX || *at == '\0' || *at == '/') {
			return false;
		}
		out->items[out->count++] = at;
		at = strchr(at, '/');
	}
	return true;
}

// What comes with a message. The types are liblo's: it has checked them.

// An argument stands where four bytes end: a union is read from there by no
// pointer of its own type.
static const void *
argument_of(lo_message message, int at)
{
	return lo_message_get_argv(message)[at];
}

static bool
number_of(lo_message message, int at, double *out)
{
	const char *types = lo_message_get_types(message);
	float single;
	int32_t number;
	int64_t large;

	if (at >= lo_message_get_argc(message)) {
		return false;
	}
	switch (types[at]) {
	case LO_TRUE:
	case LO_FALSE:
		*out = types[at] == LO_TRUE ? 1 : 0;
		return true;
	case LO_FLOAT:
		memcpy(&single, argument_of(message, at), sizeof(single));
		*out = (double)single;
		break;
	case LO_DOUBLE:
		memcpy(out, argument_of(message, at), sizeof(*out));
		break;
	case LO_INT32:
		memcpy(&number, argument_of(message, at), sizeof(number));
		*out = number;
		break;
	case LO_INT64:
		memcpy(&large, argument_of(message, at), sizeof(large));
		*out = (double)large;
		break;
	default:
		return false;
	}
	return isfinite(*out);
}

static bool
text_of(lo_message message, int at, char *out, size_t size)
{
	const char *types = lo_message_get_types(message);

	return at < lo_message_get_argc(message) &&
	       (types[at] == LO_STRING || types[at] == LO_SYMBOL) &&
	       stage_format(out, size, "%s",
		       (const char *)argument_of(message, at)) == STAGE_OK;
}

// What the words of the rack itself need.

static enum stage_status
fail_argument(const char *what, struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_BAD_INPUT, "%s must come with it", what);
}

static enum stage_status
take_snapshot(lo_message message, struct stage_rack_osc_request *out,
	struct stage_err *err)
{
	out->value = 0;
	if (!text_of(message, 0, out->text, sizeof(out->text))) {
		return fail_argument("the name of a snapshot", err);
	}
	if (lo_message_get_argc(message) > 1 &&
		(!number_of(message, 1, &out->value) || out->value < 0 ||
			out->value > MORPH_MAX_S)) {
		return fail_argument(
			"a time in seconds, a day at most, or nothing,", err);
	}
	return STAGE_OK;
}

static const struct {
	const char *word;
	enum stage_rack_osc_kind kind;
} words[] = {
	{"snapshot", STAGE_RACK_OSC_SNAPSHOT},
	{"panic", STAGE_RACK_OSC_PANIC},
	{"save", STAGE_RACK_OSC_SAVE},
	{"subscribe", STAGE_RACK_OSC_SUBSCRIBE},
	{"unsubscribe", STAGE_RACK_OSC_UNSUBSCRIBE},
};

static enum stage_status
take_value(lo_message message, struct stage_rack_osc_request *out,
	struct stage_err *err)
{
	if (lo_message_get_argc(message) == 0) {
		out->kind = STAGE_RACK_OSC_GET;
		return STAGE_OK;
	}
	out->kind = STAGE_RACK_OSC_SET;
	return number_of(message, 0, &out->value)
		       ? STAGE_OK
		       : fail_argument("a number, or nothing,", err);
}

static enum stage_status
take_own(const struct parts *parts, lo_message message,
	struct stage_rack_osc_request *out, struct stage_err *err)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		if (strcmp(words[i].word, parts->items[1]) != 0) {
			continue;
		}
		out->kind = words[i].kind;
		if (out->kind == STAGE_RACK_OSC_SNAPSHOT) {
			return take_snapshot(message, out, err);
		}
		if (out->kind == STAGE_RACK_OSC_SUBSCRIBE) {
			(void)number_of(message, 0, &out->value);
		}
		return STAGE_OK;
	}
	return stage_format(out->symbol, sizeof(out->symbol), "%s",
		       parts->items[1]) == STAGE_OK
		       ? take_value(message, out, err)
		       : stage_err_set(err, STAGE_NOT_FOUND,
				 "a rack has no value of so long a name");
}

static enum stage_status
take_slot(const struct parts *parts, lo_message message,
	struct stage_rack_osc_request *out, struct stage_err *err)
{
	const char *word = parts->items[2];

	out->is_part = parts->count == 4;
	if (stage_format(out->slot, sizeof(out->slot), "%s", parts->items[1]) !=
			STAGE_OK ||
		stage_format(out->symbol, sizeof(out->symbol), "%s", word) !=
			STAGE_OK ||
		(out->is_part && strcmp(parts->items[3], "part") != 0)) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no such address; it is /RACK/SLOT/VALUE or "
			"/RACK/SLOT/VALUE/part");
	}
	if (!out->is_part && strcmp(word, "bypass") == 0) {
		out->kind = STAGE_RACK_OSC_BYPASS;
		return number_of(message, 0, &out->value)
			       ? STAGE_OK
			       : fail_argument("0 or 1", err);
	}
	if (!out->is_part && strcmp(word, "preset") == 0) {
		out->kind = STAGE_RACK_OSC_PRESET;
		return text_of(message, 0, out->text, sizeof(out->text))
			       ? STAGE_OK
			       : fail_argument("the name of a preset", err);
	}
	return take_value(message, out, err);
}

static void
take(const struct reading *reading, const char *address, lo_message message)
{
	struct stage_rack_osc_request request = {.kind = STAGE_RACK_OSC_GET};
	struct stage_err err = STAGE_ERR_INIT;
	struct parts parts;
	enum stage_status status;

	if (!split(address, &parts) ||
		strcmp(parts.items[0], reading->name) != 0) {
		return; // for somebody else
	}
	memcpy(request.address, address, strlen(address) + 1);
	if (parts.count == 1) {
		status = stage_err_set(&err, STAGE_NOT_FOUND,
			"what of it? /RACK/SLOT/VALUE, /RACK/gain ...");
	} else {
		status = parts.count == 2
				 ? take_own(&parts, message, &request, &err)
				 : take_slot(&parts, message, &request, &err);
	}
	reading->handler(reading->user, status == STAGE_OK ? &request : NULL,
		address, status == STAGE_OK ? NULL : &err);
}

static uint32_t
read_size(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24U | (uint32_t)bytes[1] << 16U |
	       (uint32_t)bytes[2] << 8U | bytes[3];
}

static bool
read_message(const struct reading *reading, unsigned char *bytes, size_t len)
{
	lo_message message;
	int result = 0;

	// Its address ends within it: liblo then reads no further.
	if (memchr(bytes, '\0', len) == NULL) {
		return false;
	}
	message = lo_message_deserialise(bytes, len, &result);
	if (message == NULL) {
		return false;
	}
	take(reading, (const char *)bytes, message);
	lo_message_free(message);
	return true;
}

static bool
is_bundle(const unsigned char *bytes, size_t size)
{
	return size >= BUNDLE_HEAD &&
	       memcmp(bytes, BUNDLE, sizeof(BUNDLE)) == 0;
}

// Where the next element of a bundle begins, and its size; false when it does
// not end before the bundle does.
static bool
step_in(const unsigned char *bytes, size_t end, size_t *at, size_t *size)
{
	if (end - *at <= 4) {
		return false;
	}
	*size = read_size(bytes + *at);
	*at += 4;
	return *size <= end - *at;
}

static bool
read_packet(const struct reading *reading, unsigned char *bytes, size_t len)
{
	size_t ends[DEPTH_MAX + 1] = {len}; // of the bundles that we are in
	size_t depth = 0;
	size_t size = len;
	size_t at = 0;

	do {
		if (size == 0 || size % 4 != 0) {
			return false;
		}
		if (is_bundle(bytes + at, size)) {
			if (depth == DEPTH_MAX) {
				return false;
			}
			ends[++depth] = at + size;
			at += BUNDLE_HEAD;
		} else if (read_message(reading, bytes + at, size)) {
			at += size;
		} else {
			return false;
		}
		while (depth > 0 && at == ends[depth]) {
			depth--;
		}
	} while (depth > 0 && step_in(bytes, ends[depth], &at, &size));
	return depth == 0;
}

bool
stage_rack_osc_read(const void *bytes, size_t len, const char *name,
	stage_rack_osc_handler *handler, void *user)
{
	const struct reading reading = {name, handler, user};
	unsigned char *copy; // aligned, and liblo's to change
	bool is_whole;

	if (len == 0 || len > STAGE_RACK_OSC_BYTES_MAX) {
		return false;
	}
	copy = malloc(len);
	if (copy == NULL) {
		return false;
	}
	memcpy(copy, bytes, len);
	is_whole = read_packet(&reading, copy, len);
	free(copy);
	return is_whole;
}

// Writing.

static enum stage_status
append(struct stage_str *out, const char *address, lo_message message)
{
	size_t len = 0;
	void *bytes = message != NULL ? lo_message_serialise(
						message, address, NULL, &len)
				      : NULL;
	enum stage_status status = bytes != NULL
					   ? stage_str_append(out, bytes, len)
					   : STAGE_NO_MEMORY;

	free(bytes);
	if (message != NULL) {
		lo_message_free(message);
	}
	return status;
}

enum stage_status
stage_rack_osc_write_number(
	struct stage_str *out, const char *address, float value)
{
	lo_message message = lo_message_new();

	if (message != NULL) {
		(void)lo_message_add_float(message, value);
	}
	return append(out, address, message);
}

enum stage_status
stage_rack_osc_write_texts(struct stage_str *out, const char *address,
	const char *first, const char *second)
{
	lo_message message = lo_message_new();

	if (message != NULL) {
		(void)lo_message_add_string(message, first);
		(void)lo_message_add_string(message, second);
	}
	return append(out, address, message);
}
