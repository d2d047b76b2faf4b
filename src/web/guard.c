/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/guard.h"

#include <string.h>
#include <strings.h>

#include "base/num.h"

#define BEARER "Bearer "
#define HOST_MAX 256

static const struct stage_web_refusal fine;

// Takes "name:port" or "[v6]:port" apart, in lower case; 0: no port.
static bool
split_host(const char *text, char name[HOST_MAX], uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	const char *end = text + strlen(text);
	int64_t number = 0;

	if (text[0] == '[') {
		const char *close = strchr(text, ']');
		if (close == NULL || (close[1] != '\0' && close[1] != ':')) {
			return false;
		}
		colon = close[1] == ':' ? close + 1 : NULL;
		text++;
		end = close;
	} else if (colon != NULL) {
		end = colon;
	}
	if (end == text || (size_t)(end - text) >= HOST_MAX) {
		return false;
	}
	memcpy(name, text, (size_t)(end - text));
	name[end - text] = '\0';
	stage_lower(name);
	// A browser writes no zeros before a number.
	if (colon != NULL && colon[1] == '0') {
		return false;
	}
	if (colon != NULL && stage_num_parse(colon + 1, 1, UINT16_MAX, &number,
				     NULL) != STAGE_OK) {
		return false;
	}
	*port = (uint16_t)number;
	return true;
}

static bool
is_our_host(const struct stage_web_head *head, const struct stage_strv *names,
	uint16_t port)
{
	char name[HOST_MAX];
	uint16_t named = 0;

	if (head->host == NULL || !split_host(head->host, name, &named)) {
		return false;
	}
	if (named == 0) {
		named = head->is_tls ? 443 : 80;
	}
	return named == port && stage_strv_has(names, name);
}

// "http://" and the host that the request is for, to the letter.
static bool
is_our_origin(const struct stage_web_head *head)
{
	const char *scheme = head->is_tls ? "https://" : "http://";
	size_t len = strlen(scheme);

	return strncasecmp(head->origin, scheme, len) == 0 &&
	       strcasecmp(head->origin + len, head->host) == 0;
}

static bool
is_from_our_page(const struct stage_web_head *head)
{
	if (head->fetch_site != NULL &&
		strcmp(head->fetch_site, "same-origin") != 0 &&
		strcmp(head->fetch_site, "none") != 0) {
		return false;
	}
	if (head->origin == NULL) {
		return head->authorization != NULL &&
		       stage_starts_with(head->authorization, BEARER);
	}
	return is_our_origin(head);
}

static bool
is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t len = sizeof(json) - 1;

	return type != NULL && strncasecmp(type, json, len) == 0 &&
	       (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

struct stage_web_refusal
stage_web_guard(const struct stage_web_head *head,
	const struct stage_strv *names, uint16_t port)
{
	bool is_change = strcmp(head->method, "GET") != 0 &&
			 strcmp(head->method, "HEAD") != 0;

	if (!is_our_host(head, names, port)) {
		return (struct stage_web_refusal){421,
			"this is not one of the names of this computer; name "
			"it in rig.conf (web.name) if it should be"};
	}
	if (is_change && !is_from_our_page(head)) {
		return (struct stage_web_refusal){403,
			"this did not come from our own page; a program sends "
			"its token as Authorization: Bearer"};
	}
	if (is_change && head->has_body && !is_json(head->content_type)) {
		return (struct stage_web_refusal){
			415, "a body is of type application/json"};
	}
	return fine;
}

static bool
is_hex(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0' ||
			strchr("0123456789abcdef", text[i]) == NULL) {
			return false;
		}
	}
	return true;
}

static bool
take(const char *text, char out[STAGE_WEB_TOKEN_HEX + 1])
{
	if (!is_hex(text, STAGE_WEB_TOKEN_HEX) ||
		(text[STAGE_WEB_TOKEN_HEX] != '\0' &&
			text[STAGE_WEB_TOKEN_HEX] != ';')) {
		return false;
	}
	memcpy(out, text, STAGE_WEB_TOKEN_HEX);
	out[STAGE_WEB_TOKEN_HEX] = '\0';
	return true;
}

// RFC 6265, section 4.2.1: "name=value", parted by "; ".
static const char *
find_cookie(const char *line)
{
	size_t len = strlen(STAGE_WEB_COOKIE);

	while (*line != '\0') {
		line += strspn(line, "; ");
		if (strncmp(line, STAGE_WEB_COOKIE, len) == 0 &&
			line[len] == '=') {
			return line + len + 1;
		}
		line += strcspn(line, ";");
	}
	return NULL;
}

bool
stage_web_token_find(
	const struct stage_web_head *head, char out[STAGE_WEB_TOKEN_HEX + 1])
{
	const char *cookie = NULL;

	if (head->authorization != NULL) {
		return stage_starts_with(head->authorization, BEARER) &&
		       take(head->authorization + strlen(BEARER), out);
	}
	if (head->cookie != NULL) {
		cookie = find_cookie(head->cookie);
	}
	return cookie != NULL && take(cookie, out);
}
