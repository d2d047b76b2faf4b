/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Parameters of a plug-in that are files, as it describes them: what a line
 * `file` of a slot file can name.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_PARAMETERS_H
#define STAGE_RACK_PARAMETERS_H

#include "base/str.h"
#include "rack/host.h"

/** Adds the URIs of them to a list. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_parameters_list(
	struct stage_rack_host *host, const struct stage_rack_plugin *plugin,
	struct stage_strv *out);

/** What is wrong with a line: with its parameter; with its path, which begins
 * in that directory. False, and "" in out, when nothing is. */
bool stage_rack_parameters_lack(struct stage_rack_host *host,
	const struct stage_rack_plugin *plugin, const char *parameter,
	char out[STAGE_ERR_TEXT_MAX]);
bool stage_rack_parameters_lack_file(
	const char *directory, const char *path, char out[STAGE_ERR_TEXT_MAX]);

#endif
