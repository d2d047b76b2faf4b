/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The body of a request: a JSON object, or nothing. Pure. Thread: any. */

#ifndef STAGE_WEB_BODY_H
#define STAGE_WEB_BODY_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"

/** Reads text[len]; nothing at all is an empty object.
 *
 * Ownership: *out is the caller's, set on success only. Errors: STAGE_BAD_INPUT
 * for what is no JSON object, has a key twice or a zero character;
 * STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_web_body_read(
	const char *text, size_t len, json_t **out, struct stage_err *err);

#endif
