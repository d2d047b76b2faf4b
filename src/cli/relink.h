/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Mends the links to templates in a rig that came from another computer, where
 * stagecraft is installed in another place. Thread: main. */

#ifndef STAGE_CLI_RELINK_H
#define STAGE_CLI_RELINK_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/paths.h"

struct stage_relinked {
	struct stage_strv mended; // names of services
	struct stage_strv left;   // those whose links could not be changed
};

/** Leads each link of a service, disabled ones too, that dangles and ends in
 * "share/stagecraft/services/TEMPLATE/FILE" to the FILE of that template in
 * data, where that is there. All other links stay as they are.
 *
 * Ownership: free *out with stage_relinked_finish in any case.
 * Errors: STAGE_NO_MEMORY; as opendir(3) of services/.
 */
STAGE_NODISCARD enum stage_status stage_relink(const char *data,
	const struct stage_rig *rig, struct stage_relinked *out,
	struct stage_err *err);

/** NULL is fine. */
void stage_relinked_finish(struct stage_relinked *self);

#endif
