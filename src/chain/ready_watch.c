/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/ready_watch.h"

#include <assert.h>
#include <stddef.h>

static const struct stage_ready_ops *const ops_of[] = {
	[STAGE_READY_STARTED] = NULL,
	[STAGE_READY_JACK] = NULL, // these are seen by the JACK eye
	[STAGE_READY_PORT] = NULL,
	[STAGE_READY_NOTIFY] = &stage_ready_notify,
	[STAGE_READY_FILE] = &stage_ready_file,
	[STAGE_READY_CHECK] = &stage_ready_check,
};

static_assert(STAGE_COUNT_OF(ops_of) == STAGE_READY_KIND_COUNT,
	"every kind of readiness is seen by somebody");

enum stage_status
stage_ready_watch_start(struct stage_ready_watch *self,
	const struct stage_chain_config *config, uv_loop_t *loop,
	struct stage_jack_eye *jack, void (*seen)(void *user), void *user,
	struct stage_err *err)
{
	const struct stage_needs *needs = config->needs;
	char socket_path[STAGE_PATH_MAX];
	struct stage_ready_config ready = {.loop = loop,
		.argument = needs->ready_argument,
		.seen = seen,
		.user = user};
	enum stage_status status;

	*self = (struct stage_ready_watch){0};
	if (!config->marks_ready) {
		return STAGE_OK;
	}
	if (needs->ready == STAGE_READY_JACK) {
		self->jack = jack;
	} else if (needs->ready == STAGE_READY_PORT) {
		self->jack = jack;
		self->port = needs->ready_argument;
		self->births = stage_jack_eye_count_births(jack, self->port);
	}
	if (ops_of[needs->ready] == NULL) {
		return STAGE_OK;
	}
	if (config->service != NULL) {
		stage_rig_run_path(config->rig, socket_path, "svc/%s/notify",
			config->service);
		ready.socket_path = socket_path;
	}
	status = ops_of[needs->ready]->create(&self->self, &ready, err);
	if (status == STAGE_OK) {
		self->ops = ops_of[needs->ready];
	}
	return status;
}

int
stage_ready_watch_inherit_fd(const struct stage_ready_watch *self)
{
	return self->ops != NULL && self->ops->inherit_fd != NULL
		       ? self->ops->inherit_fd(self->self)
		       : -1;
}

void
stage_ready_watch_started(struct stage_ready_watch *self)
{
	if (self->ops != NULL && self->ops->started != NULL) {
		self->ops->started(self->self);
	}
}

bool
stage_ready_watch_sees_jack(const struct stage_ready_watch *self)
{
	if (self->jack == NULL) {
		return false;
	}
	return self->port != NULL ? stage_jack_eye_count_births(self->jack,
					    self->port) > self->births
				  : stage_jack_eye_has_server(self->jack);
}

void
stage_ready_watch_stop(struct stage_ready_watch *self)
{
	if (self->ops != NULL) {
		self->ops->destroy(self->self);
	}
	*self = (struct stage_ready_watch){0};
}
