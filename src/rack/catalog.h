/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The plug-ins that are installed or built in, to be looked through by a
 * person.
 *
 * Thread: the loop's, or main.
 */

#ifndef STAGE_RACK_CATALOG_H
#define STAGE_RACK_CATALOG_H

#include <jansson.h>

#include "rack/host.h"

/** What is there and has `pattern` in its name or URI, in any case of
 * letters; all of it for "". [{uri, name, ins, outs, midi_in, midi_out, values,
 * fault}]: fault says why no rack can run it, or "". Sorted by name.
 * Ownership: the caller's; NULL when out of memory. */
json_t *stage_rack_catalog_list(
	struct stage_rack_host *host, const char *pattern);

/** The URI of the plug-in that a person means: a whole URI, or what is in the
 * name or URI of one plug-in alone.
 * Errors: STAGE_NOT_FOUND; STAGE_BAD_INPUT when it may be several; both with
 * what to do. */
STAGE_NODISCARD enum stage_status stage_rack_catalog_find(
	struct stage_rack_host *host, const char *word,
	char uri[STAGE_RACK_URI_MAX], struct stage_err *err);

#endif
