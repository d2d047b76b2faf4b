/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Hears from stagecraft-jack which clients of JACK there are. Where another
 * server runs nobody tells, and nothing is known of them. */

#include <string.h>

#include "show/daemon_private.h"

#define TOPIC "clients"
#define PATIENCE_MS 10000

static void
take(struct stage_show_daemon *self, const json_t *told)
{
	stage_show_jack_names_take(&self->names,
		json_object_get(told, "clients"), &stage_show_daemon_ops, self);
	self->has_news = true; // the patchbay is told behind this turn
}

static void
on_answered(void *user, const struct stage_err *err, json_t *result)
{
	if (err->status == STAGE_OK) {
		take(user, result);
	}
}

// What it cannot do is nothing to complain of.
static void
on_subscribed(void *user, const struct stage_err *err, json_t *result)
{
	(void)user;
	(void)err;
	(void)result;
}

static void
ask(struct stage_show_daemon *self)
{
	stage_rpc_link_call(self->names_link, "clients", NULL, PATIENCE_MS,
		on_answered, self);
}

static void
on_up(void *user)
{
	struct stage_show_daemon *self = user;

	stage_rpc_link_call(self->names_link, "subscribe",
		json_pack("{s:[s]}", "topics", TOPIC), PATIENCE_MS,
		on_subscribed, self);
	ask(self);
}

static void
on_told(void *user, const char *method, const json_t *params)
{
	const char *topic = json_string_value(json_object_get(params, "topic"));

	if (strcmp(method, "event") != 0) {
		ask(user); // some were lost
	} else if (topic != NULL && strcmp(topic, TOPIC) == 0) {
		take(user, json_object_get(params, "data"));
	}
}

// Its clients went with it.
static void
on_down(void *user)
{
	struct stage_show_daemon *self = user;

	stage_show_jack_names_finish(&self->names);
	self->has_news = true;
}

enum stage_status
stage_show_daemon_make_names(
	struct stage_show_daemon *self, struct stage_err *err)
{
	static const struct stage_rpc_link_events events = {
		.up = on_up, .told = on_told, .down = on_down};
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->rig, path, "jack.sock");
	return stage_rpc_link_create(&self->names_link, self->loop,
		"stagecraft-jack", path, &events, self, err);
}

void
stage_show_daemon_end_names(struct stage_show_daemon *self)
{
	stage_rpc_link_destroy(self->names_link);
	self->names_link = NULL;
	stage_show_jack_names_finish(&self->names);
}
