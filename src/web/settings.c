/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/settings.h"

#include <string.h>

#include "base/clock.h"
#include "base/conf.h"

static enum stage_status
add_interface(void *user, const struct stage_conf_line *line, size_t at,
	struct stage_err *err)
{
	struct stage_web_settings *self = user;

	(void)err;
	return stage_strv_add(&self->interfaces, line->words[at]);
}

// Host names have no case; they are compared in lower case.
static enum stage_status
add_name(void *user, const struct stage_conf_line *line, size_t at,
	struct stage_err *err)
{
	struct stage_web_settings *self = user;
	enum stage_status status =
		stage_strv_add(&self->names, line->words[at]);

	(void)err;
	if (status == STAGE_OK) {
		stage_lower(self->names.items[self->names.count - 1]);
	}
	return status;
}

static enum stage_status
take_interface(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	return stage_conf_each(line, add_interface, user, err);
}

static enum stage_status
take_name(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	return stage_conf_each(line, add_name, user, err);
}

static const struct stage_conf_key keys[] = {
	{
		.key = "web.port",
		.type = STAGE_CONF_INT,
		.max = UINT16_MAX,
		STAGE_CONF_MEMBER(struct stage_web_settings, port),
		.help = "TCP port of the page; default 8088",
	},
	{
		.key = "web.interface",
		.type = STAGE_CONF_CALL,
		.call = take_interface,
		.help = "a network interface to serve; default none",
	},
	{
		.key = "web.name",
		.type = STAGE_CONF_CALL,
		.call = take_name,
		.help = "a further name of this computer",
	},
	{
		.key = "web.certificate",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct stage_web_settings, certificate),
		.help = "certificate chain in PEM; default no TLS",
	},
	{
		.key = "web.key",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct stage_web_settings, key),
		.help = "its private key in PEM",
	},
	{
		.key = "web.connections",
		.type = STAGE_CONF_INT,
		.min = 8,
		.max = 10000,
		STAGE_CONF_MEMBER(struct stage_web_settings, connections),
		.help = "connections at once; default 600",
	},
	{
		.key = "web.connections_per_address",
		.type = STAGE_CONF_INT,
		.min = 4,
		.max = 10000,
		STAGE_CONF_MEMBER(struct stage_web_settings, per_address),
		.help = "of these from one address; default 32",
	},
	{
		.key = "web.head_timeout",
		.type = STAGE_CONF_DURATION,
		.min = STAGE_NS_PER_MS,
		.max = 600 * STAGE_NS_PER_S,
		STAGE_CONF_MEMBER(struct stage_web_settings, head_timeout_ns),
		.help = "in which a request must be whole; default 10s",
	},
};

static const struct stage_conf_table table = {
	.keys = keys, .count = STAGE_COUNT_OF(keys), .prefix = "web."};

static void
set_defaults(struct stage_web_settings *out)
{
	*out = (struct stage_web_settings){
		.port = STAGE_WEB_PORT,
		.connections = 600,
		.per_address = 32,
		.head_timeout_ns = 10 * STAGE_NS_PER_S,
	};
}

enum stage_status
stage_web_settings_parse(struct stage_web_settings *out, const char *text,
	size_t len, const char *name, struct stage_err *err)
{
	enum stage_status status;

	set_defaults(out);
	status = stage_conf_parse_keys(text, len, name, &table, out, err);
	if (status == STAGE_OK &&
		(out->certificate[0] == '\0') != (out->key[0] == '\0')) {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"%s: web.certificate and web.key need each other",
			name);
	}
	if (status != STAGE_OK) {
		stage_web_settings_finish(out);
	}
	return status;
}

enum stage_status
stage_web_settings_load(
	struct stage_web_settings *out, const char *path, struct stage_err *err)
{
	struct stage_str text = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status =
		stage_io_read_file(path, STAGE_CONF_FILE_MAX, &text, &why);

	if (status == STAGE_OK || status == STAGE_NOT_FOUND) {
		status = stage_web_settings_parse(
			out, stage_str_text(&text), text.len, path, err);
	} else if (err != NULL) {
		*err = why;
	}
	stage_str_finish(&text);
	return status;
}

void
stage_web_settings_finish(struct stage_web_settings *self)
{
	stage_strv_finish(&self->interfaces);
	stage_strv_finish(&self->names);
	memset(self, 0, sizeof(*self));
}
