/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Templates: the service directories that are installed with us.
 *
 * `data` is the directory share/stagecraft (rig/install.h). Thread: any.
 */

#ifndef STAGE_RIG_TEMPLATES_H
#define STAGE_RIG_TEMPLATES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/** Appends the names of all templates, sorted; none when there is no such
 * directory. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_template_names(
	const char *data, struct stage_strv *names, struct stage_err *err);

/** True when there is a template of that name. */
bool stage_template_is(const char *data, const char *name);

/** Reads what a service is, in one line, into text[size], from its run script
 * (rig/run_script.h); "" when it does not say. */
void stage_template_describe(const char *directory, char *text, size_t size);

#endif
