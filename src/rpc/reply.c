/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>

#include "rpc/server_private.h"

struct stage_rpc_reply {
	struct stage_rpc_conn *conn; // NULL once the client has gone
	struct stage_rpc_reply *prev;
	struct stage_rpc_reply *next;
	struct stage_rpc_call *call; // NULL once the handler has returned
	json_t *id;                  // owned; NULL: no answer is wanted
	void (*gone)(void *data);
	void *data; // borrowed, for gone
};

static void
link_reply(struct stage_rpc_reply *self, struct stage_rpc_conn *conn)
{
	self->conn = conn;
	self->next = conn->replies;
	if (self->next != NULL) {
		self->next->prev = self;
	}
	conn->replies = self;
	conn->reply_count++;
}

static void
unlink_reply(struct stage_rpc_reply *self)
{
	struct stage_rpc_conn *conn = self->conn;

	if (conn == NULL) {
		return;
	}
	if (self->prev != NULL) {
		self->prev->next = self->next;
	} else {
		conn->replies = self->next;
	}
	if (self->next != NULL) {
		self->next->prev = self->prev;
	}
	self->prev = NULL;
	self->next = NULL;
	self->conn = NULL;
	conn->reply_count--;
}

enum stage_status
stage_rpc_call_defer(struct stage_rpc_call *call, struct stage_rpc_reply **out,
	struct stage_err *err)
{
	struct stage_rpc_reply *self;

	if (call->is_deferred) {
		return stage_err_set(
			err, STAGE_BUG, "a call can be deferred only once");
	}
	if (call->conn->reply_count >= STAGE_RPC_PENDING_MAX) {
		return stage_err_set(err, STAGE_BUSY,
			"%d calls of this client are not answered yet, wait "
			"for some of them",
			STAGE_RPC_PENDING_MAX);
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to answer later: out of memory");
	}
	link_reply(self, call->conn);
	self->id = json_incref(call->id);
	self->call = call;
	call->reply = self;
	call->is_deferred = true;
	*out = self;
	return STAGE_OK;
}

void
stage_rpc_reply_call_over(struct stage_rpc_reply *self)
{
	if (self != NULL) {
		self->call = NULL;
	}
}

void
stage_rpc_reply_drop(struct stage_rpc_reply *self)
{
	struct stage_rpc_conn *conn = self->conn;

	unlink_reply(self);
	if (conn != NULL) {
		stage_rpc_conn_wake(conn); // it may be done now
	}
	if (self->call != NULL) {
		self->call->reply = NULL;
	}
	json_decref(self->id);
	free(self);
}

void
stage_rpc_reply_ok(struct stage_rpc_reply *reply, json_t *result)
{
	json_t *said = result != NULL ? result : json_null();

	if (reply != NULL) {
		if (reply->conn != NULL && reply->id != NULL) {
			stage_rpc_conn_answer_result(
				reply->conn, reply->id, said);
		}
		stage_rpc_reply_drop(reply);
	}
	json_decref(said);
}

void
stage_rpc_reply_fail(
	struct stage_rpc_reply *reply, const struct stage_err *error)
{
	if (reply == NULL) {
		return;
	}
	if (reply->conn != NULL && reply->id != NULL) {
		stage_rpc_conn_answer_error(reply->conn, reply->id,
			stage_rpc_code_from_status(error->status), error);
	}
	stage_rpc_reply_drop(reply);
}

bool
stage_rpc_reply_is_wanted(const struct stage_rpc_reply *reply)
{
	return reply->conn != NULL && !reply->conn->is_broken;
}

void
stage_rpc_reply_on_gone(
	struct stage_rpc_reply *reply, void (*gone)(void *data), void *data)
{
	reply->gone = gone;
	reply->data = data;
}

void
stage_rpc_reply_all_gone(struct stage_rpc_conn *conn)
{
	while (conn->replies != NULL) {
		struct stage_rpc_reply *reply = conn->replies;
		unlink_reply(reply);
		if (reply->gone != NULL) {
			reply->gone(reply->data);
		}
	}
}
