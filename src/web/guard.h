/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether a request may come in at all, by what its head says.
 *
 * The page is served on a network that anybody in the room may share, to
 * browsers that other pages are open in, too. So before who is asking comes
 * how:
 *
 * - `Host` must be one of our names, with our port: a name that somebody else
 *   has pointed at our address (DNS rebinding) is not.
 * - What changes something must come from our own page: `Origin` is our own, or
 *   is not there and the token comes in `Authorization`, which no page of
 *   somebody else can send. `Sec-Fetch-Site`, where there is one, agrees.
 * - A body is JSON and says so: a form of somebody else's page cannot.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_WEB_GUARD_H
#define STAGE_WEB_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define STAGE_WEB_TOKEN_BYTES 32
#define STAGE_WEB_TOKEN_HEX 64 // digits of these
#define STAGE_WEB_COOKIE "stagecraft"

/** The lines of a request's head that matter. NULL: there is none. Borrowed. */
struct stage_web_head {
	const char *method;
	const char *host;
	const char *origin;
	const char *fetch_site;
	const char *authorization;
	const char *cookie;
	const char *content_type;
	bool is_tls;
	bool has_body;
};

/** Why a request is refused; 0 where it is not. */
struct stage_web_refusal {
	unsigned code;   // of HTTP
	const char *why; // one sentence; static
};

/** Checks a head. names: of hosts and addresses without port, lower case, IPv6
 * without brackets; port: where we listen. */
struct stage_web_refusal stage_web_guard(const struct stage_web_head *head,
	const struct stage_strv *names, uint16_t port);

/** The token of a request, as text of STAGE_WEB_TOKEN_HEX hex digits, from
 * `Authorization: Bearer` or our cookie. False when there is none, or it is
 * none. */
bool stage_web_token_find(
	const struct stage_web_head *head, char out[STAGE_WEB_TOKEN_HEX + 1]);

#endif
