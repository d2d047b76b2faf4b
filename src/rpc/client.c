/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What a client asks and hears; its connection is in client_wire.c.

#include "rpc/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "rpc/client_private.h"

static bool
is_resync(const json_t *message)
{
	const char *method =
		json_string_value(json_object_get(message, "method"));

	return method != NULL && strcmp(method, "resync") == 0;
}

// True when the fields that are handed out are there.
static bool
is_event(const struct stage_rpc_message *message)
{
	json_t *seq = json_object_get(message->params, "seq");
	json_t *epoch = json_object_get(message->params, "epoch");

	if (message->kind != STAGE_RPC_NOTIFICATION || !json_is_integer(seq) ||
		!json_is_string(epoch)) {
		return false;
	}
	return is_resync(message->root) ||
	       (strcmp(message->method, "event") == 0 &&
		       json_is_string(
			       json_object_get(message->params, "topic")) &&
		       json_object_get(message->params, "data") != NULL);
}

// The sum of what was lost before and this one, or what it says was lost: a
// number of the server's, which may be any.
static json_int_t
add_lost(json_int_t before, const json_t *message)
{
	const json_t *params = json_object_get(message, "params");
	json_int_t lost = 1;

	if (is_resync(message)) {
		lost = json_integer_value(json_object_get(params, "dropped"));
		lost = lost > 0 ? lost : 0;
	}
	return lost < INT64_MAX - before ? before + lost : INT64_MAX;
}

// Throws all kept events away for one resync that says so.
static enum stage_status
replace_events(struct stage_rpc_client *self, const json_t *newest)
{
	json_t *params = json_object_get(newest, "params");
	json_int_t lost = add_lost(0, newest);
	json_t *message;

	for (size_t i = 0; i < json_array_size(self->events); i++) {
		lost = add_lost(lost, json_array_get(self->events, i));
	}
	message = json_pack("{s:s, s:{s:O, s:O, s:I}}", "method", "resync",
		"params", "epoch", json_object_get(params, "epoch"), "seq",
		json_object_get(params, "seq"), "dropped", lost);
	json_array_clear(self->events);
	return json_array_append_new(self->events, message) == 0
		       ? STAGE_OK
		       : STAGE_NO_MEMORY;
}

static enum stage_status
keep_event(struct stage_rpc_client *self, struct stage_rpc_wait wait,
	const struct stage_rpc_message *message, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	if (!is_event(message)) {
		return STAGE_OK; // a late answer, or news of a later version
	}
	if (json_array_size(self->events) >= STAGE_RPC_EVENTS_KEPT) {
		status = replace_events(self, message->root);
	} else if (json_array_append(self->events, message->root) != 0) {
		status = STAGE_NO_MEMORY;
	}
	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_rpc_client_explain(self, wait, status, err);
}

// An error without an id is about the connection: it answers any call.
static bool
is_answer(const struct stage_rpc_message *message, int64_t id)
{
	if (message->kind == STAGE_RPC_ERROR && json_is_null(message->id)) {
		return true;
	}
	return message->method == NULL && json_is_integer(message->id) &&
	       json_integer_value(message->id) == id;
}

static enum stage_status
take_answer(const struct stage_rpc_message *message, json_t **result,
	struct stage_err *err)
{
	if (message->kind == STAGE_RPC_ERROR) {
		return stage_rpc_message_error(message, err);
	}
	if (result != NULL) {
		*result = json_incref(message->result);
	}
	return STAGE_OK;
}

static enum stage_status
await_answer(struct stage_rpc_client *self, struct stage_rpc_wait wait,
	json_t **result, struct stage_err *err)
{
	for (;;) {
		struct stage_rpc_message message = {0};
		enum stage_status status = stage_rpc_client_next_message(
			self, wait, &message, err);
		if (status != STAGE_OK) {
			return status;
		}
		if (is_answer(&message, self->last_id)) {
			status = take_answer(&message, result, err);
			stage_rpc_message_finish(&message);
			return status;
		}
		status = keep_event(self, wait, &message, err);
		stage_rpc_message_finish(&message);
		if (status == STAGE_OK &&
			stage_clock_until_ms(wait.deadline_ns) == 0) {
			// Events without end must not hold up the deadline.
			status = stage_rpc_client_explain(
				self, wait, STAGE_TIMEOUT, err);
		}
		if (status != STAGE_OK) {
			return status;
		}
	}
}

static enum stage_status
write_call(struct stage_rpc_client *self, const char *method, json_t *params,
	struct stage_str *line, struct stage_err *err)
{
	self->last_id++;
	if (stage_rpc_write_request(line, self->last_id, method, params) !=
		STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to ask for \"%s\": out of memory", method);
	}
	if (line->len > STAGE_RPC_REQUEST_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"the arguments of \"%s\" have more than %ld bytes",
			method, STAGE_RPC_REQUEST_MAX);
	}
	return STAGE_OK;
}

static enum stage_status
send_call(struct stage_rpc_client *self, struct stage_rpc_wait wait,
	json_t *params, struct stage_err *err)
{
	struct stage_str line = {0};
	enum stage_status status;
	size_t len;

	if (self->broken.status != STAGE_OK) {
		return stage_err_set(
			err, self->broken.status, "%s", self->broken.text);
	}
	status = write_call(self, wait.method, params, &line, err);
	if (status != STAGE_OK) {
		stage_str_finish(&line);
		return status;
	}
	len = line.len;
	status = stage_rpc_client_send(self, &line, wait);
	if (status != STAGE_OK) {
		status = stage_rpc_client_explain(self, wait, status, err);
	}
	if (status == STAGE_TIMEOUT && line.len < len) {
		// Half a line is out: another call would garble it.
		stage_err_set(&self->broken, STAGE_TIMEOUT,
			"the server at %s stopped reading", self->path);
	}
	stage_str_finish(&line);
	return status;
}

enum stage_status
stage_rpc_client_call(struct stage_rpc_client *self, const char *method,
	json_t *params, int64_t timeout_ns, json_t **result,
	struct stage_err *err)
{
	struct stage_rpc_wait wait =
		stage_rpc_client_start_wait(method, timeout_ns);
	enum stage_status status = send_call(self, wait, params, err);

	json_decref(params);
	return status == STAGE_OK ? await_answer(self, wait, result, err)
				  : status;
}

static json_t *
make_topics(const char *const *topics)
{
	json_t *list = json_array();

	for (; topics != NULL && *topics != NULL; topics++) {
		if (json_array_append_new(list, json_string(*topics)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return json_pack("{s:o}", "topics", list);
}

enum stage_status
stage_rpc_client_subscribe(struct stage_rpc_client *self,
	const char *const *topics, int64_t timeout_ns, json_t **snapshot,
	struct stage_err *err)
{
	json_t *params = make_topics(topics);
	enum stage_status status;

	if (params == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to subscribe: out of memory");
	}
	status = stage_rpc_client_call(
		self, "subscribe", params, timeout_ns, snapshot, err);
	if (status == STAGE_OK) {
		json_array_clear(self->events); // older than the snapshot
	}
	return status;
}

static void
take_event(struct stage_rpc_client *self, struct stage_rpc_event *event)
{
	json_t *message = json_incref(json_array_get(self->events, 0));
	json_t *params = json_object_get(message, "params");

	json_array_remove(self->events, 0);
	*event = (struct stage_rpc_event){
		.is_resync = is_resync(message),
		.topic = json_string_value(json_object_get(params, "topic")),
		.epoch = json_string_value(json_object_get(params, "epoch")),
		.seq = json_integer_value(json_object_get(params, "seq")),
		.dropped =
			json_integer_value(json_object_get(params, "dropped")),
		.data = json_object_get(params, "data"),
		.owned = message,
	};
}

enum stage_status
stage_rpc_client_next_event(struct stage_rpc_client *self, int64_t timeout_ns,
	struct stage_rpc_event *event, struct stage_err *err)
{
	struct stage_rpc_wait wait =
		stage_rpc_client_start_wait(NULL, timeout_ns);

	while (json_array_size(self->events) == 0) {
		struct stage_rpc_message message = {0};
		enum stage_status status = stage_rpc_client_next_message(
			self, wait, &message, err);
		if (status != STAGE_OK) {
			return status;
		}
		if (message.kind == STAGE_RPC_ERROR &&
			json_is_null(message.id)) {
			status = stage_rpc_message_error(&message, err);
		} else {
			status = keep_event(self, wait, &message, err);
		}
		stage_rpc_message_finish(&message);
		if (status != STAGE_OK) {
			return status;
		}
		// Other messages without end must not hold up the deadline, but
		// an event that was read with them must not stay behind.
		wait.is_over = stage_clock_until_ms(wait.deadline_ns) == 0;
	}
	take_event(self, event);
	return STAGE_OK;
}

void
stage_rpc_event_finish(struct stage_rpc_event *self)
{
	if (self != NULL) {
		json_decref(self->owned);
		*self = (struct stage_rpc_event){0};
	}
}
