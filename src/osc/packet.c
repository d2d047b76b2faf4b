/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/message.h"

#include <lo/lo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "osc/bytes.h"
#include "osc/raw.h"

#define BUNDLE "#bundle" // with its zero
#define BUNDLE_HEAD 16   // that, and a time
#define DEPTH_MAX 8      // bundles in bundles

struct reading {
	stage_osc_handler *handler;
	void *user;
};

// Arguments. liblo has checked them and turned their bytes.

// An argument stands where four bytes end: a union is read from there by no
// pointer of its own type.
static const void *
argument_of(const struct stage_osc_message *message, size_t at)
{
	const struct stage_osc_raw *raw = message->raw;

	return lo_message_get_argv(raw->message)[at];
}

bool
stage_osc_int(const struct stage_osc_message *message, size_t at, int32_t *out)
{
	if (at >= message->count || message->types[at] != LO_INT32) {
		return false;
	}
	memcpy(out, argument_of(message, at), sizeof(*out));
	return true;
}

static bool
number_of(const struct stage_osc_message *message, size_t at, double *out)
{
	float single;
	int32_t number;
	int64_t large;

	switch (message->types[at]) {
	case LO_TRUE:
	case LO_FALSE:
		*out = message->types[at] == LO_TRUE ? 1 : 0;
		return true;
	case LO_FLOAT:
		memcpy(&single, argument_of(message, at), sizeof(single));
		*out = (double)single;
		return true;
	case LO_DOUBLE:
		memcpy(out, argument_of(message, at), sizeof(*out));
		return true;
	case LO_INT32:
		memcpy(&number, argument_of(message, at), sizeof(number));
		*out = number;
		return true;
	case LO_INT64:
		memcpy(&large, argument_of(message, at), sizeof(large));
		*out = (double)large;
		return true;
	default:
		return false;
	}
}

bool
stage_osc_number(
	const struct stage_osc_message *message, size_t at, double *out)
{
	double number;

	if (at >= message->count || !number_of(message, at, &number) ||
		!isfinite(number)) {
		return false;
	}
	*out = number;
	return true;
}

const char *
stage_osc_text(const struct stage_osc_message *message, size_t at)
{
	if (at >= message->count || (message->types[at] != LO_STRING &&
					    message->types[at] != LO_SYMBOL)) {
		return NULL;
	}
	return argument_of(message, at);
}

// Messages.

// liblo reads the size of a blob before it has seen that there are bytes left
// for one, so that is looked at here first.
static bool
do_fit(const char *types, const unsigned char *at, size_t left)
{
	for (; *types != '\0'; types++) {
		size_t size = stage_osc_arg_size(*types, at, left);
		if (size > left) {
			return false;
		}
		at += size;
		left -= size;
	}
	return left == 0;
}

static bool
find_args(const unsigned char *bytes, size_t len, struct stage_osc_raw *raw)
{
	size_t address_size = stage_osc_text_size(bytes, len);
	const unsigned char *types;
	size_t types_size;

	if (bytes[0] != '/' || address_size >= len) {
		return false;
	}
	types = bytes + address_size;
	len -= address_size;
	types_size = stage_osc_text_size(types, len);
	if (types[0] != ',' || types_size > len) {
		return false;
	}
	raw->args = types + types_size;
	raw->args_len = len - types_size;
	return do_fit((const char *)types + 1, raw->args, raw->args_len);
}

static bool
read_message(const struct reading *reading, unsigned char *bytes, size_t len)
{
	struct stage_osc_raw raw;
	struct stage_osc_message message;

	if (!find_args(bytes, len, &raw)) {
		return false;
	}
	raw.message = lo_message_deserialise(bytes, len, NULL);
	if (raw.message == NULL) {
		return false;
	}
	message.address = (const char *)bytes;
	message.types = lo_message_get_types(raw.message);
	message.count = (size_t)lo_message_get_argc(raw.message);
	message.raw = &raw;
	reading->handler(reading->user, &message);
	lo_message_free(raw.message);
	return true;
}

// Bundles.

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
	*size = stage_osc_get_uint(bytes + *at);
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
stage_osc_read(
	const void *bytes, size_t len, stage_osc_handler *handler, void *user)
{
	const struct reading reading = {handler, user};
	unsigned char *copy; // aligned, and no more than there is
	bool is_whole;

	if (len == 0 || len > STAGE_OSC_BYTES_MAX) {
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
