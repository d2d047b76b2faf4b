/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes the service of a rack, from its template. Thread: main. */

#ifndef STAGE_CLI_NEW_RACK_H
#define STAGE_CLI_NEW_RACK_H

#include "cli/cli.h"

/** Checks that no service is called so. Errors: STAGE_EXISTS with what to do.
 */
STAGE_NODISCARD enum stage_status stage_cli_check_free(
	const struct stage_rig *rig, const char *name, struct stage_err *err);

/** Makes it in the rig, and says where. Errors: as above, and those of
 * stage_template_enable_as; STAGE_BAD_INPUT for a name that is none. */
STAGE_NODISCARD enum stage_status stage_cli_new_rack(
	struct stage_cli *cli, const char *name, struct stage_err *err);

#endif
