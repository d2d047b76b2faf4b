/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/osc.h"

#include <string.h>

#include "osc/write.h"

#define PARTS_MAX 4 // of an address
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

// What comes with a message.

static bool
text_of(const struct stage_osc_message *message, size_t at, char *out,
	size_t size)
{
	const char *text = stage_osc_text(message, at);

	return text != NULL && stage_format(out, size, "%s", text) == STAGE_OK;
}

// What the words of the rack itself need.

static enum stage_status
fail_argument(const char *what, struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_BAD_INPUT, "%s must come with it", what);
}

static enum stage_status
take_snapshot(const struct stage_osc_message *message,
	struct stage_rack_osc_request *out, struct stage_err *err)
{
	out->value = 0;
	if (!text_of(message, 0, out->text, sizeof(out->text))) {
		return fail_argument("the name of a snapshot", err);
	}
	if (message->count > 1 &&
		(!stage_osc_number(message, 1, &out->value) || out->value < 0 ||
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
take_value(const struct stage_osc_message *message,
	struct stage_rack_osc_request *out, struct stage_err *err)
{
	if (message->count == 0) {
		out->kind = STAGE_RACK_OSC_GET;
		return STAGE_OK;
	}
	out->kind = STAGE_RACK_OSC_SET;
	return stage_osc_number(message, 0, &out->value)
		       ? STAGE_OK
		       : fail_argument("a number, or nothing,", err);
}

static enum stage_status
take_own(const struct parts *parts, const struct stage_osc_message *message,
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
			(void)stage_osc_number(message, 0, &out->value);
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
take_slot(const struct parts *parts, const struct stage_osc_message *message,
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
		return stage_osc_number(message, 0, &out->value)
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

void
stage_rack_osc_take(const struct stage_osc_message *message, const char *name,
	stage_rack_osc_handler *handler, void *user)
{
	struct stage_rack_osc_request request = {.kind = STAGE_RACK_OSC_GET};
	struct stage_err err = STAGE_ERR_INIT;
	const char *address = message->address;
	struct parts parts;
	enum stage_status status;

	if (!split(address, &parts) || strcmp(parts.items[0], name) != 0) {
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
	handler(user, status == STAGE_OK ? &request : NULL, address,
		status == STAGE_OK ? NULL : &err);
}

static void
take(void *user, const struct stage_osc_message *message)
{
	const struct reading *reading = user;

	stage_rack_osc_take(
		message, reading->name, reading->handler, reading->user);
}

bool
stage_rack_osc_read(const void *bytes, size_t len, const char *name,
	stage_rack_osc_handler *handler, void *user)
{
	struct reading reading = {name, handler, user};

	return len <= STAGE_RACK_OSC_BYTES_MAX &&
	       stage_osc_read(bytes, len, take, &reading);
}

// Writing.

enum stage_status
stage_rack_osc_write_number(
	struct stage_str *out, const char *address, float value)
{
	return stage_osc_write(out, address, "f", (double)value);
}

enum stage_status
stage_rack_osc_write_texts(struct stage_str *out, const char *address,
	const char *first, const char *second)
{
	return stage_osc_write(out, address, "ss", first, second);
}
