/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Answers in JSON. Thread: the loop's. */

#ifndef STAGE_WEB_REPLY_H
#define STAGE_WEB_REPLY_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "web/http.h"

/** Answers with a value. Ownership: body becomes ours; NULL counts as out of
 * memory. */
void stage_web_reply(
	struct stage_web_exchange *exchange, unsigned code, json_t *body);

/** The body of a refusal: {"error": sentence, "status": word}. Ownership: the
 * caller's. */
json_t *stage_web_error(const struct stage_err *err);

/** Refuses with the code that belongs to a status. */
void stage_web_refuse(
	struct stage_web_exchange *exchange, const struct stage_err *err);

/** Refuses with a code of its own. */
void stage_web_refuse_with(struct stage_web_exchange *exchange, unsigned code,
	enum stage_status status, const char *format, ...) STAGE_PRINTF(4, 5);

/** The code of HTTP that says a status best. */
unsigned stage_web_code_of(enum stage_status status);

#endif
