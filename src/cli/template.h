/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The real directories in a rig that are made of templates (rig/templates.h).
 *
 * What runs (run, finish, check, needs, ready, stop, provides, log) becomes a
 * link to the template, so that an upgrade reaches it; anything else (env/ and
 * configuration files) is copied, so that it may be edited.
 * `data` is the directory share/stagecraft (rig/install.h). Thread: any.
 */

#ifndef STAGE_CLI_TEMPLATE_H
#define STAGE_CLI_TEMPLATE_H

#include "base/attr.h"
#include "base/err.h"
#include "cli/draft.h"
#include "rig/paths.h"
#include "rig/templates.h"

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
