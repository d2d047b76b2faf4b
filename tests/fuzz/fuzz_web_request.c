/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The head of a request, a line each: method, path, Host, Origin,
// Sec-Fetch-Site, Authorization, Cookie, Content-Type. "-" is none. What comes
// then is the body.

#include <string.h>
#include <strings.h>

#include "check.h"
#include "fuzz.h"
#include "web/body.h"
#include "web/guard.h"
#include "web/rights.h"
#include "web/route.h"

#define LINES 8
#define PORT 8088

// Gives what is behind the lines; NULL: nothing.
static char *
split(char *text, char *lines[LINES])
{
	for (int i = 0; i < LINES; i++) {
		char *end = text != NULL ? strchr(text, '\n') : NULL;

		lines[i] = text;
		if (end != NULL) {
			*end = '\0';
		}
		text = end != NULL ? end + 1 : NULL;
		if (lines[i] != NULL && strcmp(lines[i], "-") == 0) {
			lines[i] = NULL;
		}
	}
	return text;
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void
check_guard(const struct stage_web_head *head)
{
	struct stage_strv names = {0};
	struct stage_web_refusal refusal;
	bool is_post = strcmp(head->method, "POST") == 0;

	FUZZ_CHECK(stage_strv_add(&names, "localhost") == STAGE_OK);
	refusal = stage_web_guard(head, &names, PORT);
	FUZZ_CHECK((refusal.code == 0) == (refusal.why == NULL));
	if (refusal.code == 0) {
		FUZZ_CHECK(strcasecmp(head->host, "localhost:8088") == 0 ||
			   strncasecmp(head->host, "[localhost]", 11) == 0);
	}
	if (refusal.code == 0 && is_post) {
		FUZZ_CHECK(head->origin != NULL ? strncasecmp(head->origin,
							  "http://", 7) == 0
						: head->authorization != NULL);
		FUZZ_CHECK(!head->has_body || head->content_type != NULL);
	}
	stage_strv_finish(&names);
}

static void
check_token(const struct stage_web_head *head)
{
	char token[STAGE_WEB_TOKEN_HEX + 1];

	if (stage_web_token_find(head, token)) {
		FUZZ_CHECK(strlen(token) == STAGE_WEB_TOKEN_HEX);
		FUZZ_CHECK(strspn(token, "0123456789abcdef") ==
			   STAGE_WEB_TOKEN_HEX);
	}
}

static void
check_route(const char *method, const char *path)
{
	struct stage_web_route route;

	if (stage_web_route_read(&route, method, path) != STAGE_OK) {
		return;
	}
	FUZZ_CHECK(memchr(route.area, 0, sizeof(route.area)) != NULL);
	FUZZ_CHECK(memchr(route.verb, 0, sizeof(route.verb)) != NULL);
	FUZZ_CHECK(strchr(route.area, '/') == NULL);
	if (route.target == STAGE_WEB_TO_VERB) {
		FUZZ_CHECK(strcmp(method, "POST") == 0);
		FUZZ_CHECK(route.area[0] != '\0' && route.verb[0] != '\0');
		FUZZ_CHECK(stage_web_role_for(stage_web_deed_of(
				   NULL, route.verb)) == STAGE_WEB_ADMIN);
	}
}

// What is read is an object, and is read as the same again.
static void
check_body(const char *text, size_t len)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *body = NULL;
	json_t *again = NULL;
	char *words;

	if (stage_web_body_read(text, len, &body, &err) != STAGE_OK) {
		FUZZ_CHECK(body == NULL && err.text[0] != '\0');
		return;
	}
	FUZZ_CHECK(json_is_object(body) && err.status == STAGE_OK);
	words = json_dumps(body, JSON_COMPACT);
	FUZZ_CHECK(words != NULL);
	FUZZ_CHECK(stage_web_body_read(words, strlen(words), &again, NULL) ==
		   STAGE_OK);
	FUZZ_CHECK(json_equal(body, again));
	json_decref(body);
	json_decref(again);
	free(words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	char *lines[LINES];
	const char *body;
	struct stage_web_head head;

	body = split(text, lines);
	head = (struct stage_web_head){.method = or_empty(lines[0]),
		.host = lines[2],
		.origin = lines[3],
		.fetch_site = lines[4],
		.authorization = lines[5],
		.cookie = lines[6],
		.content_type = lines[7],
		.has_body = lines[7] != NULL};
	check_route(head.method, or_empty(lines[1]));
	check_guard(&head);
	check_token(&head);
	if (body != NULL) {
		check_body(body, size - (size_t)(body - text));
	}
	free(text);
	return 0;
}
