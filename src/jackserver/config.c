/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/str.h"
#include "base/utf8.h"
#include "jack/names.h"

#define MEMBER(name) STAGE_CONF_MEMBER(struct stage_jackserver_config, name)

static const char *const realtime_words[] = {"auto", "yes", "no", NULL};

static enum stage_status
add_wish(const struct stage_conf_line *line, struct stage_wish *wishes,
	size_t *count, struct stage_err *err)
{
	size_t wrong = 0;
	enum stage_status status = stage_conf_check_count(line, 1, 8, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (line->count == 1 && line->words[0][0] == '\0') {
		return STAGE_OK; // as if it were not there
	}
	if (*count == STAGE_WISHES_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d devices are wished for",
			STAGE_WISHES_MAX);
	}
	if (stage_wish_parse(line->words, line->count, &wishes[*count], &wrong,
		    err) != STAGE_OK) {
		return stage_conf_fail_with(line, wrong, err);
	}
	(*count)++;
	return STAGE_OK;
}

static enum stage_status
take_device(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_jackserver_config *self = user;

	return add_wish(line, self->wishes, &self->wish_count, err);
}

static const struct stage_conf_key keys[] = {
	{.key = "jack.driver",
		.type = STAGE_CONF_STRING,
		MEMBER(driver),
		.help = "JACK driver: auto, alsa, dummy, ...; default auto"},
	{.key = "jack.device",
		.type = STAGE_CONF_CALL,
		.call = take_device,
		.help = "a sound card by its stable keys, such as id:USB; "
			"several lines, the best first; default auto"},
	{.key = "jack.rate",
		.type = STAGE_CONF_INT,
		MEMBER(rate_hz),
		.min = 8000,
		.max = 768000,
		.help = "sample rate in Hz; default 48000"},
	{.key = "jack.period",
		.type = STAGE_CONF_INT,
		MEMBER(period_frames),
		.min = 16,
		.max = 8192,
		.help = "frames of a period; default 256"},
	{.key = "jack.periods",
		.type = STAGE_CONF_INT,
		MEMBER(periods),
		.min = 2,
		.max = 32,
		.help = "periods in the device's buffer; default 2"},
	{.key = "jack.realtime",
		.type = STAGE_CONF_ENUM,
		MEMBER(realtime),
		.choices = realtime_words,
		.help = "real-time scheduling: auto, yes or no; default auto"},
	{.key = "jack.priority",
		.type = STAGE_CONF_INT,
		MEMBER(priority),
		.min = 1,
		.max = 95,
		.help = "real-time priority; default 70"},
	{.key = "jack.server",
		.type = STAGE_CONF_STRING,
		MEMBER(server),
		.help = "name of the server; default \"default\""},
	{.key = "jack.ports",
		.type = STAGE_CONF_INT,
		MEMBER(ports),
		.min = 128,
		.max = 4096,
		.help = "most ports there can be, 34 kB each; default 1024"},
	{.key = "jack.end_frozen",
		.type = STAGE_CONF_BOOL,
		MEMBER(ends_frozen),
		.help = "end a client that holds the graph up: yes or no; "
			"default no"},
};

// Whose keys may stand in rig.conf beside ours; any other is a slip.
static const char *const others[] = {
	"patchbay.", "midi.", "rack.", "show.", "web.", "osc.", "rig.", NULL};

static const struct stage_conf_table table = {.keys = keys,
	.count = STAGE_COUNT_OF(keys),
	.prefix = "jack.",
	.other_prefixes = others};

void
stage_jackserver_config_init(struct stage_jackserver_config *self)
{
	*self = (struct stage_jackserver_config){
		.driver = STAGE_JACKSERVER_DRIVER_AUTO,
		.rate_hz = 48000,
		.period_frames = 256,
		.periods = 2,
		.realtime = STAGE_JACKSERVER_REALTIME_AUTO,
		.priority = 70,
		.server = "default",
		.ports = 1024, // 73 MB locked; JACK's own 2048 take 107 MB
	};
}

enum stage_status
stage_jackserver_config_load(struct stage_jackserver_config *self,
	const char *path, struct stage_err *err)
{
	struct stage_jackserver_config copy = *self;
	enum stage_status status =
		stage_conf_load_keys(path, &table, &copy, err);

	if (status == STAGE_OK) {
		*self = copy;
	}
	return status;
}

enum stage_status
stage_jackserver_config_parse(struct stage_jackserver_config *self,
	const char *text, size_t len, const char *name, struct stage_err *err)
{
	struct stage_jackserver_config copy = *self;
	enum stage_status status =
		stage_conf_parse_keys(text, len, name, &table, &copy, err);

	if (status == STAGE_OK) {
		*self = copy;
	}
	return status;
}

enum stage_status
stage_jackserver_config_number(
	const char *key, const char *text, int64_t *out, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;

	for (size_t i = 0; i < STAGE_COUNT_OF(keys); i++) {
		if (keys[i].type != STAGE_CONF_INT ||
			strcmp(keys[i].key + strlen("jack."), key) != 0) {
			continue;
		}
		return stage_num_parse(text, keys[i].min, keys[i].max, out,
			       &why) == STAGE_OK
			       ? STAGE_OK
			       : stage_err_set(err, STAGE_BAD_INPUT,
					 "unable to set the %s: %s", key,
					 why.text);
	}
	return stage_err_set(
		err, STAGE_BAD_INPUT, "\"%s\" is no number of rig.conf", key);
}

// It becomes part of file names, and of the state as JSON.
static bool
has_bad_character(const char *name)
{
	for (size_t at = 0, len = strlen(name); at < len;) {
		size_t bytes = stage_utf8_char_bytes(name + at, len - at);
		unsigned char byte = (unsigned char)name[at];
		if (bytes == 0 || byte == '/' || byte == '\\' || byte == ':' ||
			byte < 0x20 || byte == 0x7f) {
			return true;
		}
		at += bytes;
	}
	return false;
}

enum stage_status
stage_jackserver_config_settle(
	struct stage_jackserver_config *self, struct stage_err *err)
{
	const char *server = stage_jack_server_name(self->server);
	char copy[sizeof(self->server)];

	if (stage_format(copy, sizeof(copy), "%s", server) != STAGE_OK) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"JACK server name \"%s\" is longer than %zu bytes",
			server, sizeof(copy) - 1);
	}
	memcpy(self->server, copy, sizeof(copy));
	if (has_bad_character(self->server)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"JACK server name \"%s\" holds a character that is "
			"not allowed: slash, backslash, colon, control, or "
			"what is no UTF-8",
			self->server);
	}
	if (self->driver[0] == '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"jack.driver is empty: write auto, dummy or alsa");
	}
	return STAGE_OK;
}
