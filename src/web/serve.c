/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "web/daemon_private.h"
#include "web/openapi.h"
#include "web/reply.h"

#define NUMBER_TEXT_MAX 24

// What was found out about a request.
struct visit {
	struct stage_web_daemon *daemon;
	struct stage_web_exchange *exchange;
	struct stage_web_route route;
	struct stage_web_device *device; // NULL: not paired
};

static int64_t
now_s(void)
{
	return stage_clock_wall_ns() / STAGE_NS_PER_S;
}

// Whether it may come in.

static void
refuse_guesser(struct stage_web_exchange *exchange, int64_t wait_s)
{
	struct stage_err err = {.status = STAGE_DENIED};
	char wait[NUMBER_TEXT_MAX];
	json_t *body;
	char *text;

	snprintf(wait, sizeof(wait), "%lld", (long long)wait_s);
	stage_err_set(&err, STAGE_DENIED,
		"too many wrong tries; wait %s s and try again", wait);
	body = stage_web_error(&err);
	text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	stage_web_exchange_answer(
		exchange, &(struct stage_web_answer){.code = 429,
				  .type = "application/json",
				  .bytes = text != NULL ? text : "",
				  .len = text != NULL ? strlen(text) : 0,
				  .headers = {{"Retry-After", wait}}});
	free(text);
}

/* Who it is. False: it was refused. is_first: a mistake counts only when the
 * head comes, not again when the request is whole. */
static bool
know(struct visit *visit, bool is_first)
{
	struct stage_web_daemon *daemon = visit->daemon;
	const char *address = stage_web_exchange_address(visit->exchange);
	char token[STAGE_WEB_TOKEN_HEX + 1];
	int64_t wait_s;

	if (!stage_web_token_find(
		    stage_web_exchange_head(visit->exchange), token)) {
		return true;
	}
	visit->device =
		stage_web_devices_find(&daemon->devices, token, now_s());
	if (visit->device != NULL) {
		visit->device->seen_s = now_s();
		return true;
	}
	wait_s = stage_web_backoff_wait_s(
		&daemon->backoff, address, stage_clock_now_ns());
	if (wait_s > 0) {
		refuse_guesser(visit->exchange, wait_s);
		return false;
	}
	if (is_first) {
		stage_web_backoff_wrong(
			&daemon->backoff, address, stage_clock_now_ns());
	}
	return true;
}

// What the device must be allowed to do; -1: nothing.
static int
deed_of(const struct stage_web_route *route)
{
	switch (route->target) {
	case STAGE_WEB_TO_FILE:
	case STAGE_WEB_TO_PAIR:
		return -1;
	case STAGE_WEB_TO_VERB:
		return (int)stage_web_deed_of(
			stage_web_route_kind(route->area), route->verb);
	case STAGE_WEB_TO_STATE:
	case STAGE_WEB_TO_EVENTS:
	case STAGE_WEB_TO_OPENAPI:
	case STAGE_WEB_TO_ME:
	case STAGE_WEB_TO_UNPAIR:
	case STAGE_WEB_TO_LOCK:
	case STAGE_WEB_TO_UNLOCK:
	default:
		return STAGE_WEB_LOOKS;
	}
}

static bool
permit(struct visit *visit)
{
	int deed = deed_of(&visit->route);

	if (deed < 0) {
		return true;
	}
	if (visit->device == NULL) {
		stage_web_refuse_with(visit->exchange, 401, STAGE_DENIED,
			"this device is not paired; `stagecraft pair` gives a "
			"code");
		return false;
	}
	if (visit->device->role <
		stage_web_role_for((enum stage_web_deed)deed)) {
		stage_web_refuse_with(visit->exchange, 403, STAGE_DENIED,
			"this device is a %s; that takes a %s",
			stage_web_role_word(visit->device->role),
			stage_web_role_word(
				stage_web_role_for((enum stage_web_deed)deed)));
		return false;
	}
	if (!visit->device->is_unlocked &&
		stage_web_is_lockable((enum stage_web_deed)deed)) {
		stage_web_refuse_with(visit->exchange, 423, STAGE_BUSY,
			"this device is locked; unlock it first");
		return false;
	}
	return true;
}

static bool
find_way(struct visit *visit)
{
	const char *path = stage_web_exchange_path(visit->exchange);
	enum stage_status status = stage_web_route_read(&visit->route,
		stage_web_exchange_head(visit->exchange)->method, path);

	if (status == STAGE_UNSUPPORTED) {
		stage_web_refuse_with(visit->exchange, 405, STAGE_UNSUPPORTED,
			"not by this method: GET looks, POST changes");
	} else if (status != STAGE_OK) {
		stage_web_refuse_with(visit->exchange, 404, STAGE_NOT_FOUND,
			"there is no such path");
	}
	return status == STAGE_OK;
}

// True when it may go on; else it has been answered.
static bool
admit(struct visit *visit, bool is_first)
{
	struct stage_web_refusal refusal =
		stage_web_guard(stage_web_exchange_head(visit->exchange),
			&visit->daemon->names, visit->daemon->port);

	if (refusal.code != 0) {
		stage_web_refuse_with(visit->exchange, refusal.code,
			STAGE_DENIED, "%s", refusal.why);
		return false;
	}
	return find_way(visit) && know(visit, is_first) && permit(visit);
}

void
stage_web_serve_begun(void *user, struct stage_web_exchange *exchange)
{
	struct visit visit = {.daemon = user, .exchange = exchange};

	(void)admit(&visit, true);
}

// Files.

static void
serve_file(struct visit *visit)
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
read_body(struct visit *visit)
{
	const struct stage_str *body = stage_web_exchange_body(visit->exchange);
	json_error_t error;
	json_t *root;

	if (body->len == 0) {
		return json_object();
	}
	root = json_loadb(
		body->data, body->len, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(root)) {
		return root;
	}
	json_decref(root);
	stage_web_refuse_with(visit->exchange, 400, STAGE_BAD_INPUT,
		"the body is no JSON object: %s", error.text);
	return NULL;
}

static void
set_cookie(struct visit *visit, const char *token, json_t *body)
{
	char cookie[2 * STAGE_WEB_TOKEN_HEX + 128];
	char *text = json_dumps(body, JSON_COMPACT);

	snprintf(cookie, sizeof(cookie),
		STAGE_WEB_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; "
				 "Max-Age=%ld%s",
		token, token[0] != '\0' ? STAGE_WEB_DEVICE_S : 0L,
		visit->daemon->settings.certificate[0] != '\0' ? "; Secure"
							       : "");
	json_decref(body);
	stage_web_exchange_answer(
		visit->exchange, &(struct stage_web_answer){.code = 200,
					 .type = "application/json",
					 .bytes = text != NULL ? text : "",
					 .len = text != NULL ? strlen(text) : 0,
					 .headers = {{"Set-Cookie", cookie}}});
	memset(cookie, 0, sizeof(cookie));
	free(text);
}

static void
pair(struct visit *visit)
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
		refuse_guesser(visit->exchange, wait_s);
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
		set_cookie(visit, token, view);
	}
	json_decref(body);
	memset(token, 0, sizeof(token));
}

static void
unpair(struct visit *visit)
{
	char id[STAGE_WEB_DEVICE_ID_MAX];

	memcpy(id, visit->device->id, sizeof(id));
	(void)stage_web_devices_remove(&visit->daemon->devices, id);
	stage_web_devices_changed(visit->daemon);
	stage_web_viewers_device(visit->daemon, id);
	set_cookie(visit, "", json_object());
}

static void
set_lock(struct visit *visit, bool is_unlocked)
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
serve_states(struct visit *visit)
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
find_area(struct visit *visit)
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
serve_state(struct visit *visit)
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
serve_openapi(struct visit *visit)
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
call(struct visit *visit)
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
stage_web_serve_asked(void *user, struct stage_web_exchange *exchange)
{
	struct visit visit = {.daemon = user, .exchange = exchange};

	if (!admit(&visit, false)) {
		return;
	}
	if (stage_web_exchange_is_too_long(exchange)) {
		stage_web_refuse_with(exchange, 413, STAGE_TOO_LONG,
			"a body has %ld bytes at most", STAGE_WEB_BODY_MAX);
		return;
	}
	switch (visit.route.target) {
	case STAGE_WEB_TO_FILE:
		serve_file(&visit);
		break;
	case STAGE_WEB_TO_VERB:
		call(&visit);
		break;
	case STAGE_WEB_TO_STATE:
		serve_state(&visit);
		break;
	case STAGE_WEB_TO_EVENTS:
		stage_web_viewers_add(visit.daemon, exchange, visit.device);
		break;
	case STAGE_WEB_TO_OPENAPI:
		serve_openapi(&visit);
		break;
	case STAGE_WEB_TO_ME:
		stage_web_reply(
			exchange, 200, stage_web_device_view(visit.device));
		break;
	case STAGE_WEB_TO_PAIR:
		pair(&visit);
		break;
	case STAGE_WEB_TO_UNPAIR:
		unpair(&visit);
		break;
	case STAGE_WEB_TO_LOCK:
	case STAGE_WEB_TO_UNLOCK:
		set_lock(&visit, visit.route.target == STAGE_WEB_TO_UNLOCK);
		break;
	default:
		stage_web_refuse_with(exchange, 404, STAGE_NOT_FOUND,
			"there is no such path");
		break;
	}
}
