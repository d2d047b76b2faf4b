/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "web/device.h"
#include "web/reply.h"

#define PATIENCE_MS 30000 // that an answer may take
#define KEY_MAX (STAGE_WEB_DEVICE_ID_MAX + 1 + STAGE_WEB_CALL_ID_MAX)

// What was answered to a call with an id.
struct kept {
	char key[KEY_MAX]; // device and id; "": free
	unsigned code;     // 0: it is being made
	json_t *body;      // owned
};

struct call {
	struct stage_web_calls *all;
	struct stage_rpc_follow *to, *show;
	struct stage_web_exchange *exchange;
	char key[KEY_MAX];
	char *verb;
	char *current; // NULL: whatever
	json_t *params;
	struct call *next; // of those that wait
};

struct stage_web_calls {
	struct kept kept[STAGE_WEB_CALLS_KEPT];
	size_t kept_next;                    // the place of the next one
	struct call *guarded, **guarded_end; // the first one is being made
	size_t guarded_count;
	bool is_begun;     // the first one
	bool is_beginning; // we are in begin_guarded
};

void
stage_web_ask(struct stage_rpc_follow *of, const char *verb, json_t *params,
	stage_rpc_answered *answered, void *user)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rpc_follow_verbs(of) != NULL) {
		stage_rpc_follow_call(
			of, verb, params, PATIENCE_MS, answered, user);
		return;
	}
	json_decref(params);
	stage_err_set(&err, STAGE_GONE,
		"%s does not run; stagecraft status says why",
		stage_rpc_follow_name(of));
	answered(user, &err, NULL);
}

struct stage_web_calls *
stage_web_calls_create(void)
{
	struct stage_web_calls *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->guarded_end = &self->guarded;
	}
	return self;
}

void
stage_web_calls_destroy(struct stage_web_calls *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < STAGE_WEB_CALLS_KEPT; i++) {
		json_decref(self->kept[i].body);
	}
	free(self);
}

static struct kept *
find_kept(struct stage_web_calls *self, const char *key)
{
	for (size_t i = 0; i < STAGE_WEB_CALLS_KEPT && key[0] != '\0'; i++) {
		if (strcmp(self->kept[i].key, key) == 0) {
			return &self->kept[i];
		}
	}
	return NULL;
}

static void
keep(struct stage_web_calls *self, const char *key)
{
	struct kept *kept = &self->kept[self->kept_next];

	if (key[0] == '\0') {
		return;
	}
	self->kept_next = (self->kept_next + 1) % STAGE_WEB_CALLS_KEPT;
	json_decref(kept->body);
	memset(kept, 0, sizeof(*kept));
	memcpy(kept->key, key, sizeof(kept->key));
}

static void
free_call(struct call *self)
{
	json_decref(self->params);
	free(self->verb);
	free(self->current);
	free(self);
}

// Answers, and remembers that. Ownership: body becomes ours.
static void
answer(struct call *self, unsigned code, json_t *body)
{
	struct kept *kept = find_kept(self->all, self->key);

	if (kept != NULL && kept->code == 0) {
		kept->code = code;
		kept->body = json_incref(body);
	}
	stage_web_reply(self->exchange, code, body);
	self->exchange = NULL;
}

static void
answer_error(struct call *self, const struct stage_err *err)
{
	answer(self, stage_web_code_of(err->status), stage_web_error(err));
}

// Guarded calls, one after the other.

static void
finish(struct call *self)
{
	struct stage_web_calls *all = self->all;

	if (self->current != NULL) {
		all->guarded = self->next;
		all->guarded_count--;
		if (all->guarded == NULL) {
			all->guarded_end = &all->guarded;
		}
		all->is_begun = false;
	}
	free_call(self);
}

static void begin_guarded(struct stage_web_calls *self);

static void
on_done(void *user, const struct stage_err *err, json_t *result)
{
	struct call *self = user;
	struct stage_web_calls *all = self->all;

	if (err->status == STAGE_OK) {
		answer(self, 200, json_incref(result));
	} else {
		answer_error(self, err);
	}
	finish(self);
	begin_guarded(all);
}

static void
make(struct call *self)
{
	json_t *params = self->params;

	self->params = NULL;
	stage_web_ask(self->to, self->verb, params, on_done, self);
}

static const char *
playing(const json_t *snapshot)
{
	const json_t *state = json_object_get(snapshot, "state");
	const char *name = json_string_value(
		json_object_get(json_object_get(state, "song"), "name"));

	return name != NULL ? name : "";
}

static void
on_state(void *user, const struct stage_err *err, json_t *result)
{
	struct call *self = user;
	struct stage_web_calls *all = self->all;
	struct stage_err late = STAGE_ERR_INIT;

	if (err->status != STAGE_OK) {
		answer_error(self, err);
		finish(self);
		begin_guarded(all);
		return;
	}
	if (strcmp(playing(result), self->current) != 0) {
		stage_err_set(&late, STAGE_BUSY,
			"somebody was faster: %s%s%s plays now",
			playing(result)[0] != '\0' ? "\"" : "",
			playing(result)[0] != '\0' ? playing(result)
						   : "nothing",
			playing(result)[0] != '\0' ? "\"" : "");
		answer_error(self, &late);
		finish(self);
		begin_guarded(all);
		return;
	}
	make(self);
}

// One that fails at once has ended when it returns.
static void
begin_guarded(struct stage_web_calls *self)
{
	if (self->is_beginning) {
		return;
	}
	self->is_beginning = true;
	while (self->guarded != NULL && !self->is_begun) {
		struct call *call = self->guarded;

		self->is_begun = true;
		stage_web_ask(call->show, "state", NULL, on_state, call);
	}
	self->is_beginning = false;
}

static void
add_guarded(struct call *self)
{
	struct stage_web_calls *all = self->all;
	struct stage_err err = STAGE_ERR_INIT;

	if (all->guarded_count == STAGE_WEB_GUARDED_MAX) {
		stage_err_set(&err, STAGE_BUSY,
			"%d calls wait to be made; try again later",
			STAGE_WEB_GUARDED_MAX);
	} else if (self->show == NULL) {
		stage_err_set(&err, STAGE_GONE,
			"the show manager is not there to say what plays");
	}
	if (err.status != STAGE_OK) {
		answer_error(self, &err);
		free_call(self);
		return;
	}
	*all->guarded_end = self;
	all->guarded_end = &self->next;
	all->guarded_count++;
	begin_guarded(all);
}

// An id that was seen before is answered as before.
static bool
is_again(struct stage_web_calls *self, const char *key,
	struct stage_web_exchange *exchange)
{
	struct kept *kept = find_kept(self, key);

	if (kept == NULL) {
		return false;
	}
	if (kept->code == 0) {
		stage_web_reply(
			exchange, 202, json_pack("{s:s}", "status", "running"));
	} else {
		stage_web_reply(exchange, kept->code, json_incref(kept->body));
	}
	return true;
}

static bool
fill(struct call *self, const struct stage_web_call_of *what)
{
	self->params = what->params;
	self->verb = strdup(what->verb);
	if (what->current != NULL) {
		self->current = strdup(what->current);
	}
	return self->verb != NULL &&
	       (what->current == NULL || self->current != NULL);
}

void
stage_web_calls_make(struct stage_web_calls *self, struct stage_rpc_follow *to,
	struct stage_rpc_follow *show, const struct stage_web_call_of *what,
	struct stage_web_exchange *exchange)
{
	struct call *call = NULL;
	char key[KEY_MAX] = "";

	if (what->id != NULL && stage_format(key, sizeof(key), "%s %s",
					what->device, what->id) != STAGE_OK) {
		json_decref(what->params);
		stage_web_refuse_with(exchange, 400, STAGE_TOO_LONG,
			"an id has %d bytes at most", STAGE_WEB_CALL_ID_MAX);
		return;
	}
	if (is_again(self, key, exchange)) {
		json_decref(what->params);
		return;
	}
	call = calloc(1, sizeof(*call));
	if (call == NULL || !fill(call, what)) {
		if (call != NULL) {
			free_call(call);
		} else {
			json_decref(what->params);
		}
		stage_web_reply(exchange, 503, NULL);
		return;
	}
	call->all = self;
	call->to = to;
	call->show = show;
	call->exchange = exchange;
	memcpy(call->key, key, sizeof(call->key));
	keep(self, key);
	if (call->current != NULL) {
		add_guarded(call);
	} else {
		make(call);
	}
}
