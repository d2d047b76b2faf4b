/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/nsm.h"

#include <string.h>

#include "base/num.h"
#include "osc/write.h"

#define API_MAJOR 1
#define API_MINOR 1
#define SCHEME "osc.udp://"
#define PORT_MAX 65535

static bool
text_of(const struct stage_osc_message *message, size_t at, char *out,
	size_t size)
{
	const char *text = stage_osc_text(message, at);

	return text != NULL && stage_format(out, size, "%s", text) == STAGE_OK;
}

static enum stage_status
take_open(const struct stage_osc_message *message,
	struct stage_rack_nsm_message *out, struct stage_err *err)
{
	if (!text_of(message, 0, out->path, sizeof(out->path)) ||
		out->path[0] != '/') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the project has no whole path, from the first slash "
			"on");
	}
	if (!text_of(message, 2, out->id, sizeof(out->id))) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"there is no client id of at most %d bytes with the "
			"project",
			STAGE_JACK_OWN_NAME_MAX - 1);
	}
	return stage_jack_name_check(out->id, err);
}

// What a server says for people may be longer than there is room for.
static void
take_answer(const struct stage_osc_message *message, bool is_taken,
	struct stage_rack_nsm_message *out)
{
	const char *about = stage_osc_text(message, 0);
	int32_t code = STAGE_RACK_NSM_GENERAL;

	if (about == NULL || strcmp(about, STAGE_RACK_NSM_ANNOUNCE) != 0) {
		return;
	}
	out->kind =
		is_taken ? STAGE_RACK_NSM_IS_TAKEN : STAGE_RACK_NSM_IS_REFUSED;
	if (!is_taken) {
		(void)stage_osc_int(message, 1, &code);
		out->code = code;
	}
	if (!text_of(message, is_taken ? 1 : 2, out->text, sizeof(out->text))) {
		(void)!stage_format(
			out->text, sizeof(out->text), "it does not say why");
	}
}

enum stage_status
stage_rack_nsm_understand(const struct stage_osc_message *message,
	struct stage_rack_nsm_message *out, struct stage_err *err)
{
	static const struct {
		const char *address;
		enum stage_rack_nsm_kind kind;
	} words[] = {
		{STAGE_RACK_NSM_OPEN, STAGE_RACK_NSM_MUST_OPEN},
		{STAGE_RACK_NSM_SAVE, STAGE_RACK_NSM_MUST_SAVE},
		{"/nsm/client/session_is_loaded", STAGE_RACK_NSM_IS_LOADED},
	};

	memset(out, 0, sizeof(*out));
	if (strcmp(message->address, "/reply") == 0 ||
		strcmp(message->address, "/error") == 0) {
		take_answer(message, message->address[1] == 'r', out);
		return STAGE_OK;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		if (strcmp(message->address, words[i].address) == 0) {
			out->kind = words[i].kind;
		}
	}
	return out->kind == STAGE_RACK_NSM_MUST_OPEN
		       ? take_open(message, out, err)
		       : STAGE_OK;
}

// The address of a server.

static enum stage_status
fail_url(const char *url, struct stage_err *err)
{
	return stage_err_set(err, STAGE_BAD_INPUT,
		"NSM_URL is \"%s\", which is no address such as "
		"osc.udp://127.0.0.1:17776/",
		url);
}

enum stage_status
stage_rack_nsm_url(const char *url, char host[STAGE_RACK_NSM_HOST_MAX],
	char port[STAGE_RACK_NSM_PORT_MAX], struct stage_err *err)
{
	const char *from = url + strlen(SCHEME);
	const char *colon;
	const char *end;
	size_t len;
	int64_t number = 0;
	bool is_wrapped; // "[::1]"

	if (stage_starts_with(url, "osc.tcp://") ||
		stage_starts_with(url, "osc.unix://")) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"NSM_URL is \"%s\": a rack speaks UDP alone", url);
	}
	if (!stage_starts_with(url, SCHEME)) {
		return fail_url(url, err);
	}
	end = from + strcspn(from, "/");
	for (colon = end; colon > from && *colon != ':'; colon--) {
	}
	if (colon == from ||
		stage_format(port, STAGE_RACK_NSM_PORT_MAX, "%.*s",
			(int)(end - colon) - 1, colon + 1) != STAGE_OK ||
		stage_num_parse(port, 1, PORT_MAX, &number, NULL) != STAGE_OK) {
		return fail_url(url, err);
	}
	is_wrapped = *from == '[' && colon - from > 2 && colon[-1] == ']';
	len = (size_t)(colon - from);
	return stage_format(host, STAGE_RACK_NSM_HOST_MAX, "%.*s",
		       (int)(is_wrapped ? len - 2 : len),
		       is_wrapped ? from + 1 : from) == STAGE_OK
		       ? STAGE_OK
		       : fail_url(url, err);
}

// Writing.

enum stage_status
stage_rack_nsm_announce(struct stage_str *out, const char *name,
	const char *capabilities, int32_t pid)
{
	return stage_osc_write(out, STAGE_RACK_NSM_ANNOUNCE, "sssiii", name,
		capabilities, name, (int32_t)API_MAJOR, (int32_t)API_MINOR,
		pid);
}

enum stage_status
stage_rack_nsm_reply(
	struct stage_str *out, const char *address, const char *text)
{
	return stage_osc_write(out, "/reply", "ss", address, text);
}

enum stage_status
stage_rack_nsm_error(struct stage_str *out, const char *address,
	enum stage_rack_nsm_error code, const char *text)
{
	return stage_osc_write(
		out, "/error", "sis", address, (int32_t)code, text);
}

enum stage_status
stage_rack_nsm_word(struct stage_str *out, const char *address)
{
	return stage_osc_write(out, address, "");
}

enum stage_status
stage_rack_nsm_say(struct stage_str *out, int32_t priority, const char *text)
{
	return stage_osc_write(
		out, "/nsm/client/message", "is", priority, text);
}
