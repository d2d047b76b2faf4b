/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Built-in plug-ins as the host has plug-ins.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_BUILTIN_PLUGIN_H
#define STAGE_RACK_BUILTIN_PLUGIN_H

#include "rack/host.h"

/** Whether a URI is that of a built-in one, there or not. */
bool stage_rack_builtin_is(const char *uri);

/** As stage_rack_plugin_create. Errors: STAGE_NOT_FOUND, with the nearest one;
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_builtin_create(
	const char *uri, struct stage_rack_plugin **out, struct stage_err *err);

/** Makes and ends one that runs. NULL when out of memory. */
LilvInstance *stage_rack_builtin_instantiate(
	const struct stage_rack_builtin *builtin, struct stage_rack_host *host);
void stage_rack_builtin_free(LilvInstance *instance);

#endif
