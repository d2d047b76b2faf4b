/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/learning.h"

#include "base/str.h"

static void
set_listening(struct stage_rack_learning *self, bool is_so)
{
	atomic_store(&self->rack->wire->decoder.is_learning, is_so);
}

static void
answer(struct stage_rack_learning *self)
{
	struct stage_rpc_reply *reply = self->reply;
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;

	self->reply = NULL;
	set_listening(self, false);
	if (stage_rack_learned_add(&self->rack->learned, self->slot, &self->map,
		    &err) != STAGE_OK) {
		stage_rpc_reply_fail(reply, &err);
		return;
	}
	stage_rack_publish(self->rack);
	if (stage_rack_map_write(&self->map, &text) == STAGE_OK) {
		stage_rpc_reply_ok(reply,
			json_pack("{s:s}", "map", stage_str_text(&text)));
	} else {
		stage_rpc_reply_ok(reply, NULL);
	}
	stage_str_finish(&text);
	self->changed(self->user);
}

static void
on_heard(void *user, const struct stage_rack_told *told)
{
	struct stage_rack_learning *self = user;

	if (self->reply != NULL) {
		self->map.kind = told->kind;
		self->map.channel = told->channel;
		self->map.number = told->number;
		answer(self);
	}
}

static void
on_gone(void *data)
{
	struct stage_rack_learning *self = data;
	struct stage_rpc_reply *reply = self->reply;

	self->reply = NULL;
	set_listening(self, false);
	stage_rpc_reply_ok(reply, NULL); // to nobody
}

void
stage_rack_learning_init(struct stage_rack_learning *self,
	struct stage_rack *rack, void (*changed)(void *user), void *user)
{
	self->rack = rack;
	self->changed = changed;
	self->user = user;
	rack->heard = on_heard;
	rack->heard_user = self;
}

void
stage_rack_learning_finish(struct stage_rack_learning *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->reply != NULL) {
		stage_err_set(&err, STAGE_GONE, "the rack ends");
		stage_rpc_reply_fail(self->reply, &err);
		self->reply = NULL;
	}
	if (self->rack != NULL) {
		self->rack->heard = NULL;
	}
}

void
stage_rack_learning_cancel(struct stage_rack_learning *self)
{
	struct stage_rpc_reply *reply = self->reply;
	struct stage_err err = STAGE_ERR_INIT;

	if (reply != NULL) {
		self->reply = NULL;
		set_listening(self, false);
		stage_err_set(&err, STAGE_GONE, "learning was cancelled");
		stage_rpc_reply_fail(reply, &err);
	}
}

enum stage_status
stage_rack_learning_begin(struct stage_rack_learning *self,
	struct stage_rpc_call *call, const char *slot,
	const struct stage_rack_map *map, struct stage_err *err)
{
	enum stage_status status;

	if (self->reply != NULL) {
		return stage_err_set(err, STAGE_BUSY,
			"another value waits for its controller");
	}
	status = stage_rpc_call_defer(call, &self->reply, err);
	if (status == STAGE_OK) {
		stage_rpc_reply_on_gone(self->reply, on_gone, self);
		(void)!stage_format(self->slot, sizeof(self->slot), "%s", slot);
		self->map = *map;
		set_listening(self, true);
	}
	return status;
}
