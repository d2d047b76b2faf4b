/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/str.h"
#include "show/conductor.h"
#include "show/cue.h"
#include "show/cue_qlc.h"

#define MEMBER(name) STAGE_CONF_MEMBER(struct stage_show_settings, name)
#define SECOND_NS 1000000000

static enum stage_status
add_allowed(void *user, const struct stage_conf_line *line, size_t at,
	struct stage_err *err)
{
	struct stage_show_osc_settings *self = user;

	if (strcmp(line->words[at], "any") == 0) {
		self->allows_any = true;
		return STAGE_OK;
	}
	if (self->allow_count == STAGE_SHOW_ALLOW_MAX) {
		return stage_conf_fail(line, at, err,
			"more than %d addresses are allowed",
			STAGE_SHOW_ALLOW_MAX);
	}
	if (stage_osc_net_parse(&self->allow[self->allow_count],
		    line->words[at], err) != STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	self->allow_count++;
	return STAGE_OK;
}

static enum stage_status
take_allow(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_show_settings *settings = user;

	return stage_conf_each(line, add_allowed, &settings->osc, err);
}

static enum stage_status
add_notified(void *user, const struct stage_conf_line *line, size_t at,
	struct stage_err *err)
{
	struct stage_show_osc_settings *self = user;

	if (self->notify_count == STAGE_SHOW_NOTIFY_MAX) {
		return stage_conf_fail(line, at, err,
			"more than %d are to be notified",
			STAGE_SHOW_NOTIFY_MAX);
	}
	if (stage_osc_peer_parse(&self->notify[self->notify_count],
		    line->words[at], err) != STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	self->notify_count++;
	return STAGE_OK;
}

static enum stage_status
take_notify(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_show_settings *settings = user;

	return stage_conf_each(line, add_notified, &settings->osc, err);
}

static enum stage_status
take_qlc(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_show_settings *self = user;
	char *host = NULL;
	enum stage_status status = stage_conf_check_count(line, 1, 1, err);

	if (status != STAGE_OK) {
		return status;
	}
	self->qlc_port = STAGE_SHOW_QLC_PORT;
	status = stage_show_cue_take_place(line, 0, line->words[0],
		strlen(line->words[0]), &host, &self->qlc_port, err);
	if (status == STAGE_OK &&
		stage_format(self->qlc_host, sizeof(self->qlc_host), "%s",
			host) != STAGE_OK) {
		status = stage_conf_fail(line, 0, err, "this is too long");
	}
	free(host);
	return status;
}

static const struct stage_conf_key keys[] = {
	{.key = "show.port",
		.type = STAGE_CONF_INT,
		MEMBER(port),
		.max = 65535,
		.help = "UDP port of NSM; default 0: 21420, or one of the next "
			"where that is taken"},
	{.key = "show.guard",
		.type = STAGE_CONF_DURATION,
		MEMBER(guard_ns),
		.max = 10LL * SECOND_NS,
		.help = "how soon after a GO another one is a slip; default "
			"500ms"},
	{.key = "show.preload",
		.type = STAGE_CONF_INT,
		MEMBER(preload),
		.max = STAGE_SHOW_PRELOAD_MAX,
		.help = "how many of the next songs are loaded ahead, 0: none; "
			"default 1"},
	{.key = "show.preload_memory",
		.type = STAGE_CONF_INT,
		MEMBER(preload_memory_mb),
		.max = 1048576,
		.help = "MB of memory that are to be left free by that; "
			"default 256"},
	{.key = "show.osc.port",
		.type = STAGE_CONF_INT,
		MEMBER(osc.port),
		.max = 65535,
		.help = "UDP and TCP port of show control, 0: none; default "
			"53000"},
	{.key = "show.osc.interface",
		.type = STAGE_CONF_STRING,
		MEMBER(osc.interface),
		.help = "network interface, or address of this computer, for "
			"control by others; default: none"},
	{.key = "show.osc.allow",
		.type = STAGE_CONF_CALL,
		.call = take_allow,
		.help = "addresses and networks of others that may control the "
			"show, or any"},
	{.key = "show.osc.passcode",
		.type = STAGE_CONF_STRING,
		MEMBER(osc.passcode),
		.help = "what others must say in /connect; default: nothing"},
	{.key = "show.osc.notify",
		.type = STAGE_CONF_CALL,
		.call = take_notify,
		.help = "HOST:PORT that is told of what plays, without asking "
			"for it"},
	{.key = "show.qlc",
		.type = STAGE_CONF_CALL,
		.call = take_qlc,
		.help = "HOST:PORT of the web access of QLC+, for cues; "
			"default 127.0.0.1:9999"},
};

// Whose keys may stand in rig.conf beside ours; any other is a slip.
static const char *const others[] = {
	"jack.", "patchbay.", "midi.", "rack.", "web.", "osc.", "rig.", NULL};

static const struct stage_conf_table table = {.keys = keys,
	.count = STAGE_COUNT_OF(keys),
	.prefix = "show.",
	.other_prefixes = others};

void
stage_show_settings_init(struct stage_show_settings *self)
{
	memset(self, 0, sizeof(*self));
	self->guard_ns = STAGE_SHOW_GUARD_DEFAULT_NS;
	self->preload = 1;
	self->preload_memory_mb = 256;
	self->osc.port = STAGE_SHOW_OSC_PORT;
	(void)!stage_format(self->qlc_host, sizeof(self->qlc_host), "%s",
		STAGE_SHOW_QLC_HOST);
	self->qlc_port = STAGE_SHOW_QLC_PORT;
}

enum stage_status
stage_show_settings_parse(struct stage_show_settings *self, const char *text,
	size_t len, const char *name, struct stage_err *err)
{
	struct stage_show_settings copy = *self;
	enum stage_status status =
		stage_conf_parse_keys(text, len, name, &table, &copy, err);

	if (status == STAGE_OK) {
		*self = copy;
	}
	return status;
}

enum stage_status
stage_show_settings_load(struct stage_show_settings *self, const char *path,
	struct stage_err *err)
{
	struct stage_show_settings copy = *self;
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status =
		stage_conf_load_keys(path, &table, &copy, &why);

	if (status == STAGE_OK) {
		*self = copy;
	}
	return status == STAGE_OK || status == STAGE_NOT_FOUND
		       ? STAGE_OK
		       : stage_err_set(err, status, "%s", why.text);
}
