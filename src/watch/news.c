/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/news.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rig/snapshot.h"

struct stage_news {
	const struct stage_rig *rig;
	struct stage_rpc_server *server;
	uv_timer_t next_turn;
	struct stage_strv services; // that changed, each once
};

static const struct stage_service *
find(const struct stage_services *services, const char *name)
{
	for (size_t i = 0; i < services->count; i++) {
		if (strcmp(services->items[i].name, name) == 0) {
			return &services->items[i];
		}
	}
	return NULL;
}

static void
publish(struct stage_news *self, const struct stage_services *all,
	const char *name)
{
	const struct stage_service *service = find(all, name);

	if (service != NULL) {
		stage_rpc_server_publish(self->server, "service",
			stage_snapshot_to_json(service));
	} else {
		stage_rpc_server_publish(self->server, "removed",
			json_pack("{s:s}", "name", name));
	}
}

static void
publish_all(struct stage_news *self)
{
	struct stage_services all;
	enum stage_status status = stage_snapshot_all(self->rig, &all, NULL);

	if (status == STAGE_OK || status == STAGE_NOT_FOUND) {
		for (size_t i = 0; i < self->services.count; i++) {
			publish(self, &all, self->services.items[i]);
		}
	} else {
		// Subscribers hear that they missed something.
		stage_rpc_server_publish(self->server, "service", NULL);
	}
	stage_snapshot_finish(&all);
}

static void
on_next_turn(uv_timer_t *timer)
{
	struct stage_news *self = timer->data;

	if (stage_rpc_server_subscribers(self->server) > 0) {
		publish_all(self);
	}
	stage_strv_finish(&self->services);
}

enum stage_status
stage_news_create(struct stage_news **out, uv_loop_t *loop,
	const struct stage_rig *rig, struct stage_rpc_server *server,
	struct stage_err *err)
{
	struct stage_news *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rig = rig;
	self->server = server;
	uv_timer_init(loop, &self->next_turn);
	self->next_turn.data = self;
	*out = self;
	return STAGE_OK;
}

void
stage_news_add(struct stage_news *self, const char *service)
{
	if (stage_rpc_server_subscribers(self->server) == 0 ||
		stage_strv_has(&self->services, service)) {
		return;
	}
	if (stage_strv_add(&self->services, service) != STAGE_OK) {
		stage_rpc_server_publish(self->server, "service", NULL);
		return;
	}
	uv_timer_start(&self->next_turn, on_next_turn, 0, 0);
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_news_destroy(struct stage_news *self)
{
	if (self == NULL) {
		return;
	}
	stage_strv_finish(&self->services);
	uv_close((uv_handle_t *)&self->next_turn, on_closed);
}
