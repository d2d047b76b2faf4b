/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>

#include "rpc/link_private.h"

struct stage_rpc_question {
	struct stage_rpc_link *link;
	stage_rpc_answered *answered; // NULL: nobody wants to know
	void *user;
};

static void
on_answered(void *user, const struct stage_err *err, json_t *result)
{
	struct stage_rpc_question *self = user;

	if (self->answered != NULL) {
		self->answered(self->user, err, result);
	}
	stage_rpc_link_destroy(self->link);
	free(self);
}

static enum stage_status
ask(struct stage_rpc_question *self, uv_loop_t *loop, const char *path,
	const char *verb, json_t *params, unsigned timeout_ms,
	struct stage_err *err)
{
	enum stage_status status =
		stage_rpc_link_create_once(&self->link, loop, "it", path, err);

	if (status == STAGE_OK) {
		status = stage_rpc_link_try(self->link, verb, params,
			timeout_ms, on_answered, self, err);
	}
	if (status != STAGE_OK) {
		stage_rpc_link_destroy(self->link);
	}
	return status;
}

enum stage_status
stage_rpc_ask(uv_loop_t *loop, const char *path, const char *verb,
	json_t *params, unsigned timeout_ms, stage_rpc_answered *answered,
	void *user, struct stage_rpc_question **out, struct stage_err *err)
{
	struct stage_rpc_question *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self == NULL) {
		stage_err_set(err, status, "out of memory");
	} else {
		self->answered = answered;
		self->user = user;
		status = ask(self, loop, path, verb, params, timeout_ms, err);
	}
	json_decref(params);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	if (out != NULL) {
		*out = self;
	}
	return STAGE_OK;
}

void
stage_rpc_question_drop(struct stage_rpc_question *self)
{
	if (self != NULL) {
		self->answered = NULL;
		stage_rpc_link_destroy(self->link);
	}
}
