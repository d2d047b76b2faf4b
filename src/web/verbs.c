/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/clock.h"
#include "web/daemon_private.h"

static json_t *
view_texts(const struct stage_strv *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->count; i++) {
		(void)json_array_append_new(all, json_string(list->items[i]));
	}
	return all;
}

static json_t *
view_urls(const struct stage_web_daemon *self)
{
	struct stage_strv urls = {0};
	json_t *all = NULL;

	if (stage_web_daemon_urls(self, &urls) == STAGE_OK) {
		all = view_texts(&urls);
	}
	stage_strv_finish(&urls);
	return all != NULL ? all : json_array();
}

json_t *
stage_web_state(void *ctx)
{
	const struct stage_web_daemon *self = ctx;

	return json_pack("{s:o, s:i, s:i, s:i, s:b}", "urls", view_urls(self),
		"devices", (int)self->devices.count, "viewers",
		(int)stage_web_hub_count(self->hub), "connections",
		(int)stage_web_http_connections(self->http), "pairing",
		(int)stage_web_pairing_is_open(
			&self->pairing, stage_clock_now_ns()));
}

static const struct stage_verb_arg pair_args[] = {
	{"role", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"viewer, performer or admin; performer if not said"},
	{"interface", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"the network by which the device comes"},
	STAGE_ARGS_END,
};

static enum stage_status
do_pair(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_web_daemon *self = ctx;
	const char *word = stage_args_text(args, "role", "performer");
	enum stage_web_role role = stage_web_role_from_word(word);
	enum stage_status status;

	(void)call;
	if (role == STAGE_WEB_NOBODY) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no role; say viewer, performer or admin",
			word);
	}
	status = stage_web_daemon_pair(
		self, role, stage_args_text(args, "interface", ""), err);
	if (status == STAGE_OK) {
		*result = json_pack("{s:s, s:i, s:s, s:o}", "code",
			self->pairing.code, "seconds", (int)STAGE_WEB_CODE_S,
			"role", stage_web_role_word(role), "urls",
			view_urls(self));
	}
	return status;
}

static const struct stage_verb verb_pair = {
	.name = "pair",
	.args = pair_args,
	.help = "Gives a code by which one device can be paired",
	.deed = STAGE_DEED_CHANGES,
	.handler = do_pair,
};

static enum stage_status
do_devices(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	const struct stage_web_daemon *self = ctx;
	json_t *all = json_array();

	(void)call;
	(void)args;
	(void)err;
	for (size_t i = 0; i < self->devices.count; i++) {
		(void)json_array_append_new(
			all, stage_web_device_view(&self->devices.items[i]));
	}
	*result = json_pack("{s:o}", "devices", all);
	return STAGE_OK;
}

static const struct stage_verb verb_devices = {
	.name = "devices",
	.help = "Lists the devices that are paired",
	.deed = STAGE_DEED_CHANGES,
	.handler = do_devices,
};

static const struct stage_verb_arg revoke_args[] = {
	{"id", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "of the device, or \"all\""},
	STAGE_ARGS_END,
};

static size_t
revoke(struct stage_web_daemon *self, const char *id)
{
	bool is_all = strcmp(id, "all") == 0;
	size_t count = 0;

	for (size_t i = self->devices.count; i-- > 0;) {
		char each[STAGE_WEB_DEVICE_ID_MAX];

		memcpy(each, self->devices.items[i].id, sizeof(each));
		if (is_all || strcmp(each, id) == 0) {
			count++;
			(void)stage_web_devices_remove(&self->devices, each);
			stage_web_viewers_device(self, each);
		}
	}
	return count;
}

static enum stage_status
do_revoke(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_web_daemon *self = ctx;
	const char *id = stage_args_text(args, "id", "");
	size_t count = revoke(self, id);

	(void)call;
	if (count == 0 && strcmp(id, "all") != 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"no device has the id \"%s\"; stagecraft pair list "
			"shows them",
			id);
	}
	stage_web_devices_changed(self);
	*result = json_pack("{s:i}", "revoked", (int)count);
	return STAGE_OK;
}

static const struct stage_verb verb_revoke = {
	.name = "revoke",
	.args = revoke_args,
	.help = "Forgets a device, which can do nothing from then on",
	.deed = STAGE_DEED_CHANGES,
	.handler = do_revoke,
};

const struct stage_verb *const stage_web_verbs[] = {
	&verb_devices,
	&verb_pair,
	&verb_revoke,
	NULL,
};
