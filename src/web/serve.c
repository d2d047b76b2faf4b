/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "web/body.h"
#include "web/daemon_private.h"
#include "web/openapi.h"
#include "web/reply.h"
#include "web/visit.h"

// Files.

static void
serve_file(struct stage_web_visit *visit)
{
	const struct stage_web_file *file = stage_web_site_find(
		visit->daemon->site, stage_web_exchange_path(visit->exchange));
	const char *known =
		stage_web_exchange_header(visit->exchange, "If-None-Match");
	struct stage_web_answer answer = {.code = 200, .stays = true};

	if (file == NULL) {
		stage_web_refuse_with(visit->exchange, 404, STAGE_NOT_FOUND,
			"there is no such page");
		return;
	}
	answer.headers[0].name = "ETag";
	answer.headers[0].value = file->etag;
	if (known != NULL && strcmp(known, file->etag) == 0) {
		answer.code = 304;
	} else {
		answer.type = file->type;
		answer.bytes = stage_str_text(&file->bytes);
		answer.len = file->bytes.len;
	}
	stage_web_exchange_answer(visit->exchange, &answer);
}

// The device itself.

static json_t *
read_body(struct stage_web_visit *visit)
{
	const struct stage_str *body = stage_web_exchange_body(visit->exchange);
	struct stage_err err = STAGE_ERR_INIT;
	json_t *root = NULL;

	if (stage_web_body_read(body->data, body->len, &root, &err) !=
		STAGE_OK) {
		stage_web_refuse(visit->exchange, &err);
	}
	return root;
}

static void
pair(struct stage_web_visit *visit)
{
	struct stage_web_daemon *daemon = visit->daemon;
	const char *address = stage_web_exchange_address(visit->exchange);
	int64_t wait_s = stage_web_backoff_wait_s(
		&daemon->backoff, address, stage_clock_now_ns());
	char token[STAGE_WEB_TOKEN_HEX + 1];
	const struct stage_web_device *device;
	json_t *body;
	const char *code;
	const char *name;

	if (wait_s > 0) {
		stage_web_refuse_guesser(visit->exchange, wait_s);
		return;
	}
	body = read_body(visit);
	if (body == NULL) {
		return;
	}
	code = json_string_value(json_object_get(body, "code"));
	name = json_string_value(json_object_get(body, "name"));
	device = stage_web_daemon_take_code(daemon, code != NULL ? code : "",
		name != NULL ? name : "",
		stage_web_exchange_own_address(visit->exchange), token);
	if (device == NULL) {
		stage_web_backoff_wrong(
			&daemon->backoff, address, stage_clock_now_ns());
		stage_web_refuse_with(visit->exchange, 403, STAGE_DENIED,
			"that is not the code, or it is too late; `stagecraft "
			"pair` gives a new one");
	} else {
		json_t *view = stage_web_device_view(device);
		stage_web_backoff_right(&daemon->backoff, address);
		if (json_is_true(json_object_get(body, "token"))) {
			(void)json_object_set_new(
				view, "token", json_string(token));
		}
		stage_web_visit_set_token(visit, 200, token, view);
	}
	json_decref(body);
	memset(token, 0, sizeof(token));
}

static void
unpair(struct stage_web_visit *visit)
{
	char id[STAGE_WEB_DEVICE_ID_MAX];

	memcpy(id, visit->device->id, sizeof(id));
	(void)stage_web_devices_remove(&visit->daemon->devices, id);
	stage_web_devices_changed(visit->daemon);
	stage_web_viewers_device(visit->daemon, id);
	stage_web_visit_set_token(visit, 200, "", json_object());
}

static void
set_lock(struct stage_web_visit *visit, bool is_unlocked)
{
	visit->device->is_unlocked = is_unlocked;
	stage_web_viewers_device(visit->daemon, visit->device->id);
	stage_web_reply(
		visit->exchange, 200, stage_web_device_view(visit->device));
}

// States.

static void
on_state(void *user, const struct stage_err *err, json_t *result)
{
	struct stage_web_exchange *exchange = user;

	if (err->status == STAGE_OK) {
		stage_web_reply(exchange, 200, json_incref(result));
	} else {
		stage_web_refuse(exchange, err);
	}
}

// What each says of itself, and which do not run.
static void
serve_states(struct stage_web_visit *visit)
{
	struct stage_web_daemon *daemon = visit->daemon;
	json_t *all = json_object();

	for (size_t i = 0; i < daemon->upstream_count; i++) {
		struct stage_rpc_follow *from = daemon->upstreams[i];
		const json_t *snapshot = stage_rpc_follow_snapshot(from);

		(void)json_object_set_new(all, stage_rpc_follow_name(from),
			snapshot != NULL ? json_incref(json_object_get(
						   snapshot, "state"))
					 : json_null());
	}
	stage_web_reply(visit->exchange, 200, all);
}

static struct stage_rpc_follow *
find_area(struct stage_web_visit *visit)
{
	struct stage_rpc_follow *to =
		stage_web_daemon_find(visit->daemon, visit->route.area);

	if (to == NULL) {
		stage_web_refuse_with(visit->exchange, 404, STAGE_NOT_FOUND,
			"there is no \"%s\" here", visit->route.area);
	}
	return to;
}

static void
serve_state(struct stage_web_visit *visit)
{
	struct stage_rpc_follow *from;

	if (visit->route.area[0] == '\0') {
		serve_states(visit);
		return;
	}
	from = find_area(visit);
	if (from != NULL) {
		stage_web_ask(from, "state", NULL, on_state, visit->exchange);
	}
}

static void
serve_openapi(struct stage_web_visit *visit)
{
	struct stage_web_daemon *daemon = visit->daemon;
	json_t *all = stage_web_openapi_create();

	for (size_t i = 0; i < daemon->upstream_count && all != NULL; i++) {
		struct stage_rpc_follow *from = daemon->upstreams[i];

		if (stage_web_openapi_add(all, stage_rpc_follow_name(from),
			    stage_rpc_follow_verbs(from)) != STAGE_OK) {
			json_decref(all);
			all = NULL;
		}
	}
	stage_web_reply(visit->exchange, 200, all);
}

// Verbs.

static void
call(struct stage_web_visit *visit)
{
	struct stage_rpc_follow *to = find_area(visit);
	struct stage_web_call_of what = {
		.device = visit->device->id,
		.id = stage_web_exchange_query(visit->exchange, "id"),
		.current =
			stage_web_exchange_query(visit->exchange, "if_current"),
		.verb = visit->route.verb,
	};

	if (to == NULL) {
		return;
	}
	what.params = read_body(visit);
	if (what.params == NULL) {
		return;
	}
	if (visit->route.text != NULL) {
		(void)json_object_set_new(what.params, visit->route.argument,
			json_string(visit->route.text));
	} else if (visit->route.number >= 0) {
		(void)json_object_set_new(what.params, visit->route.argument,
			json_integer(visit->route.number));
	}
	stage_web_calls_make(visit->daemon->calls, to,
		stage_web_daemon_find(visit->daemon, "show"), &what,
		visit->exchange);
}

void
stage_web_serve_begun(void *user, struct stage_web_exchange *exchange)
{
	stage_web_visit_begin(user, exchange);
}

void
stage_web_serve_asked(void *user, struct stage_web_exchange *exchange)
{
	struct stage_web_visit *visit = stage_web_visit_go_on(user, exchange);

	if (visit == NULL) {
		return;
	}
	if (stage_web_exchange_is_too_long(exchange)) {
		stage_web_refuse_with(exchange, 413, STAGE_TOO_LONG,
			"a body has %ld bytes at most", STAGE_WEB_BODY_MAX);
		return;
	}
	switch (visit->route.target) {
	case STAGE_WEB_TO_FILE:
		serve_file(visit);
		break;
	case STAGE_WEB_TO_VERB:
		call(visit);
		break;
	case STAGE_WEB_TO_STATE:
		serve_state(visit);
		break;
	case STAGE_WEB_TO_EVENTS:
		stage_web_viewers_add(visit->daemon, exchange, visit->device);
		break;
	case STAGE_WEB_TO_OPENAPI:
		serve_openapi(visit);
		break;
	case STAGE_WEB_TO_ME:
		stage_web_reply(
			exchange, 200, stage_web_device_view(visit->device));
		break;
	case STAGE_WEB_TO_PAIR:
		pair(visit);
		break;
	case STAGE_WEB_TO_UNPAIR:
		unpair(visit);
		break;
	case STAGE_WEB_TO_LOCK:
	case STAGE_WEB_TO_UNLOCK:
		set_lock(visit, visit->route.target == STAGE_WEB_TO_UNLOCK);
		break;
	default:
		stage_web_refuse_with(exchange, 404, STAGE_NOT_FOUND,
			"there is no such path");
		break;
	}
}
