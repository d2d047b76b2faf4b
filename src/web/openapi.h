/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The description of the HTTP API (OpenAPI 3.0.3), made of what the daemons
 * say of their verbs, so that it cannot say anything else.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_WEB_OPENAPI_H
#define STAGE_WEB_OPENAPI_H

#include <jansson.h>

#include "base/attr.h"
#include "base/status.h"

/** An empty description, with what is there whatever daemons run. Ownership:
 * the caller's. NULL: out of memory. */
json_t *stage_web_openapi_create(void);

/** Adds the verbs of an area, as stage_verbs_describe gives them. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_web_openapi_add(
	json_t *self, const char *area, const json_t *verbs);

#endif
