/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/link_calls.h"

#include <stdlib.h>

#include "base/clock.h"

#define WORDS_MAX 32

struct stage_rpc_link_call {
	int64_t id;
	int64_t until_ns;
	unsigned timeout_ms;
	stage_rpc_answered *answered;
	void *user;
	struct stage_rpc_link_call *next;
};

static struct stage_rpc_link_call *
take(struct stage_rpc_link_calls *self, struct stage_rpc_link_call **at)
{
	struct stage_rpc_link_call *call = *at;

	*at = call->next;
	self->count--;
	return call;
}

static struct stage_rpc_link_call *
take_id(struct stage_rpc_link_calls *self, int64_t id)
{
	for (struct stage_rpc_link_call **at = &self->first; *at != NULL;
		at = &(*at)->next) {
		if ((*at)->id == id) {
			return take(self, at);
		}
	}
	return NULL;
}

// Callbacks may add calls: the list is looked through anew after each.
static struct stage_rpc_link_call *
take_late(struct stage_rpc_link_calls *self, int64_t now_ns)
{
	for (struct stage_rpc_link_call **at = &self->first; *at != NULL;
		at = &(*at)->next) {
		if ((*at)->until_ns <= now_ns) {
			return take(self, at);
		}
	}
	return NULL;
}

static void
answer(struct stage_rpc_link_call *call, const struct stage_err *err,
	json_t *result)
{
	call->answered(call->user, err, result);
	free(call);
}

enum stage_status
stage_rpc_link_calls_add(struct stage_rpc_link_calls *self, unsigned timeout_ms,
	stage_rpc_answered *answered, void *user, int64_t *id)
{
	struct stage_rpc_link_call *call = calloc(1, sizeof(*call));

	if (call == NULL) {
		return STAGE_NO_MEMORY;
	}
	call->id = ++self->last_id;
	call->until_ns = stage_clock_now_ns() + timeout_ms * STAGE_NS_PER_MS;
	call->timeout_ms = timeout_ms;
	call->answered = answered;
	call->user = user;
	call->next = self->first;
	self->first = call;
	self->count++;
	*id = call->id;
	return STAGE_OK;
}

void
stage_rpc_link_calls_forget(struct stage_rpc_link_calls *self, int64_t id)
{
	free(take_id(self, id));
}

void
stage_rpc_link_calls_answer(struct stage_rpc_link_calls *self,
	const struct stage_rpc_message *message)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_link_call *call =
		take_id(self, json_integer_value(message->id));

	if (call == NULL) {
		return; // late
	}
	if (message->kind == STAGE_RPC_ERROR) {
		(void)stage_rpc_message_error(message, &err);
	}
	answer(call, &err, message->result);
}

void
stage_rpc_link_calls_fail(
	struct stage_rpc_link_calls *self, const struct stage_err *err)
{
	while (self->first != NULL) {
		answer(take(self, &self->first), err, NULL);
	}
}

void
stage_rpc_link_calls_expire(
	struct stage_rpc_link_calls *self, int64_t now_ns, const char *name)
{
	struct stage_rpc_link_call *call;

	while ((call = take_late(self, now_ns)) != NULL) {
		struct stage_err err = STAGE_ERR_INIT;
		char words[WORDS_MAX];

		stage_clock_words(call->timeout_ms * STAGE_NS_PER_MS, words,
			sizeof(words));
		stage_err_set(&err, STAGE_TIMEOUT,
			"%s has not answered within %s; it may do so yet", name,
			words);
		answer(call, &err, NULL);
	}
}

int64_t
stage_rpc_link_calls_due_ns(const struct stage_rpc_link_calls *self)
{
	int64_t due_ns = 0;

	for (const struct stage_rpc_link_call *it = self->first; it != NULL;
		it = it->next) {
		if (due_ns == 0 || it->until_ns < due_ns) {
			due_ns = it->until_ns;
		}
	}
	return due_ns;
}
