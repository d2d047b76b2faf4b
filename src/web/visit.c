/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "web/reply.h"

#define NUMBER_TEXT_MAX 24

static int64_t
now_s(void)
{
	return stage_clock_wall_ns() / STAGE_NS_PER_S;
}

void
stage_web_refuse_guesser(struct stage_web_exchange *exchange, int64_t wait_s)
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

void
stage_web_visit_set_token(struct stage_web_visit *visit, unsigned code,
	const char *token, json_t *body)
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
		visit->exchange, &(struct stage_web_answer){.code = code,
					 .type = "application/json",
					 .bytes = text != NULL ? text : "",
					 .len = text != NULL ? strlen(text) : 0,
					 .headers = {{"Set-Cookie", cookie}}});
	memset(cookie, 0, sizeof(cookie));
	free(text);
}

// A token that is no device's any more must not come with every request from
// now on, and be taken for guessing.
static void
refuse_unpaired(struct stage_web_visit *visit)
{
	struct stage_err err = {.status = STAGE_DENIED};

	stage_err_set(&err, STAGE_DENIED,
		"this device is not paired; `stagecraft pair` gives a code");
	if (visit->has_stranger) {
		stage_web_visit_set_token(
			visit, 401, "", stage_web_error(&err));
	} else {
		stage_web_reply(visit->exchange, 401, stage_web_error(&err));
	}
}

// What anybody is given: whose token it is does not matter there, and a guess
// learns nothing.
static bool
is_for_all(const struct stage_web_visit *visit)
{
	return visit->route.target == STAGE_WEB_TO_FILE ||
	       visit->route.target == STAGE_WEB_TO_PAIR;
}

// Who it is. False: it was refused.
static bool
know(struct stage_web_visit *visit)
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
		memcpy(visit->id, visit->device->id, sizeof(visit->id));
		return true;
	}
	visit->has_stranger = true;
	if (is_for_all(visit)) {
		return true;
	}
	wait_s = stage_web_backoff_wait_s(
		&daemon->backoff, address, stage_clock_now_ns());
	if (wait_s > 0) {
		stage_web_refuse_guesser(visit->exchange, wait_s);
		return false;
	}
	stage_web_backoff_wrong(
		&daemon->backoff, address, stage_clock_now_ns());
	return true;
}

// Of a daemon that is away it is not known what its verbs do, and nothing is
// done: who may play is told that it is away.
static enum stage_deed
deed_of_verb(const struct stage_web_visit *visit)
{
	const struct stage_rpc_follow *to =
		stage_web_daemon_find(visit->daemon, visit->route.area);
	const json_t *verbs = to != NULL ? stage_rpc_follow_verbs(to) : NULL;

	return to != NULL && verbs == NULL
		       ? STAGE_DEED_PLAYS
		       : stage_web_deed_of(verbs, visit->route.verb);
}

static bool
may(struct stage_web_visit *visit, enum stage_deed deed)
{
	enum stage_web_role role = stage_web_role_for(deed);

	if (visit->device == NULL) {
		refuse_unpaired(visit);
	} else if (visit->device->role < role) {
		stage_web_refuse_with(visit->exchange, 403, STAGE_DENIED,
			"this device is a %s; that takes a %s",
			stage_web_role_word(visit->device->role),
			stage_web_role_word(role));
	} else if (!visit->device->is_unlocked && stage_web_is_lockable(deed)) {
		stage_web_refuse_with(visit->exchange, 423, STAGE_BUSY,
			"this device is locked; unlock it first");
	} else if (deed == STAGE_DEED_LISTENS) {
		stage_web_refuse_with(visit->exchange, 404, STAGE_NOT_FOUND,
			"events come by GET /api/events");
	} else {
		return true;
	}
	return false;
}

static bool
permit(struct stage_web_visit *visit)
{
	enum stage_deed deed = visit->route.target == STAGE_WEB_TO_VERB
				       ? deed_of_verb(visit)
				       : STAGE_DEED_LOOKS;

	return is_for_all(visit) || may(visit, deed);
}

static bool
find_way(struct stage_web_visit *visit)
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

static bool
pass_guard(const struct stage_web_visit *visit)
{
	struct stage_web_refusal refusal =
		stage_web_guard(stage_web_exchange_head(visit->exchange),
			&visit->daemon->names, visit->daemon->port);

	if (refusal.code != 0) {
		stage_web_refuse_with(visit->exchange, refusal.code,
			STAGE_DENIED, "%s", refusal.why);
	}
	return refusal.code == 0;
}

void
stage_web_visit_begin(
	struct stage_web_daemon *daemon, struct stage_web_exchange *exchange)
{
	struct stage_web_visit *visit = calloc(1, sizeof(*visit));

	if (visit == NULL) {
		stage_web_reply(exchange, 503, NULL);
		return;
	}
	visit->daemon = daemon;
	visit->exchange = exchange;
	stage_web_exchange_keep(exchange, visit);
	if (pass_guard(visit) && find_way(visit) && know(visit)) {
		(void)permit(visit);
	}
}

struct stage_web_visit *
stage_web_visit_go_on(
	struct stage_web_daemon *daemon, struct stage_web_exchange *exchange)
{
	struct stage_web_visit *visit = stage_web_exchange_kept(exchange);

	visit->device = stage_web_devices_by_id(daemon, visit->id);
	return permit(visit) ? visit : NULL;
}
