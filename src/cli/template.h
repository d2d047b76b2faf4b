/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Templates: the service directories that are installed with us, and the real
 * directories in a rig that are made of them.
 *
 * What runs (run, finish, check, needs, ready, stop, provides, log) becomes a
 * link to the template, so that an upgrade reaches it; anything else (env/ and
 * configuration files) is copied, so that it may be edited.
 * `data` is the directory share/stagecraft (rig/install.h). Thread: any.
 */

#ifndef STAGE_CLI_TEMPLATE_H
#define STAGE_CLI_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/draft.h"
#include "rig/paths.h"

/** Appends the names of all templates, sorted; none when there is no such
 * directory. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_template_names(
	const char *data, struct stage_strv *names, struct stage_err *err);

/** True when there is a template of that name. */
bool stage_template_is(const char *data, const char *name);

/** Reads what a service is, in one line, into text[size], from its run script
 * (rig/run_script.h); "" when it does not say. */
void stage_template_describe(const char *directory, char *text, size_t size);

/** Makes services/NAME of the rig, whole or not at all.
 *
 * Errors: STAGE_EXISTS, STAGE_NOT_FOUND, as mkdir(2).
 */
STAGE_NODISCARD enum stage_status stage_template_enable(const char *data,
	const char *name, const struct stage_rig *rig, struct stage_err *err);

/** The same of a template of another name than the service is to have. */
STAGE_NODISCARD enum stage_status stage_template_enable_as(const char *data,
	const char *template, const char *name, const struct stage_rig *rig,
	struct stage_err *err);

/** The same with what is in another directory, but for what is called state
 * there; it comes in the place of what the template has. */
STAGE_NODISCARD enum stage_status stage_template_enable_with(const char *data,
	const char *template, const char *name, const char *with,
	const struct stage_rig *rig, struct stage_err *err);

#endif
