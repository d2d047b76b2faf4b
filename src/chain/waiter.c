/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/waiter.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/eye.h"

struct watched_need {
	const struct stage_need *need;
	const struct stage_eye_ops *ops; // NULL: seen by the JACK eye
	void *eye;
};

struct stage_waiter {
	struct stage_waiter_config config;
	struct watched_need *items;
	size_t count;
};

static const struct stage_eye_ops *const ops_of[] = {
	[STAGE_NEED_JACK] = NULL,
	[STAGE_NEED_PORT] = NULL,
	[STAGE_NEED_ALSA] = &stage_eye_alsa,
	[STAGE_NEED_SERVICE] = &stage_eye_service,
	[STAGE_NEED_NET] = &stage_eye_net,
	[STAGE_NEED_FILE] = &stage_eye_file,
};

static_assert(STAGE_COUNT_OF(ops_of) == STAGE_NEED_KIND_COUNT,
	"every kind of need has an eye or is seen by the JACK eye");

static void
on_change(void *user)
{
	struct stage_waiter *self = user;

	self->config.changed(self->config.user);
}

static enum stage_status
add(struct stage_waiter *self, const struct stage_need *need,
	struct stage_err *err)
{
	struct watched_need *item = &self->items[self->count];
	struct stage_eye_config config = {.loop = self->config.loop,
		.rig = self->config.rig,
		.need = need,
		.changed = on_change,
		.user = self};
	enum stage_status status = STAGE_OK;

	item->need = need;
	item->ops = ops_of[need->kind];
	if (item->ops != NULL) {
		status = item->ops->create(&item->eye, &config, err);
	}
	if (status == STAGE_OK) {
		self->count++;
	}
	return status;
}

enum stage_status
stage_waiter_create(struct stage_waiter **out,
	const struct stage_waiter_config *config, struct stage_err *err)
{
	struct stage_waiter *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_OK;

	if (self != NULL) {
		self->items =
			calloc(config->needs->count + 1, sizeof(*self->items));
	}
	if (self == NULL || self->items == NULL) {
		free(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	for (size_t i = 0; i < config->needs->count && status == STAGE_OK;
		i++) {
		status = add(self, &config->needs->items[i], err);
	}
	if (status != STAGE_OK) {
		stage_waiter_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static bool
is_there(const struct stage_waiter *self, const struct watched_need *item)
{
	if (item->ops != NULL) {
		return item->ops->is_there(item->eye);
	}
	if (item->need->kind == STAGE_NEED_JACK) {
		return stage_jack_eye_has_server(self->config.jack);
	}
	return stage_jack_eye_has_port(self->config.jack, item->need->argument);
}

bool
stage_waiter_is_met(const struct stage_waiter *self)
{
	for (size_t i = 0; i < self->count; i++) {
		if (!is_there(self, &self->items[i])) {
			return false;
		}
	}
	return true;
}

void
stage_waiter_missing(const struct stage_waiter *self, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < self->count && len + 1 < size; i++) {
		char need[256];
		if (is_there(self, &self->items[i])) {
			continue;
		}
		stage_need_text(self->items[i].need, need, sizeof(need));
		snprintf(text + len, size - len, "%s%s", len > 0 ? ", " : "",
			need);
		len = strlen(text);
	}
}

void
stage_waiter_destroy(struct stage_waiter *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		if (self->items[i].ops != NULL) {
			self->items[i].ops->destroy(self->items[i].eye);
		}
	}
	free(self->items);
	free(self);
}
