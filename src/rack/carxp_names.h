/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Names that only one rack can have, and which one has each. Pure.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_CARXP_NAMES_H
#define STAGE_RACK_CARXP_NAMES_H

#include "base/attr.h"
#include "base/str.h"

enum stage_carxp_name {
	STAGE_CARXP_SERVICE,
	STAGE_CARXP_CLIENT, // in JACK
	STAGE_CARXP_ALIAS,  // of a port, whole
	STAGE_CARXP_NAME_COUNT,
};

/** Zeroed memory is none. */
struct stage_carxp_names {
	struct stage_strv names[STAGE_CARXP_NAME_COUNT];
	struct stage_strv owners[STAGE_CARXP_NAME_COUNT]; // of each
};

/** Says whose a name is; who had it before keeps it. Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_carxp_names_add(
	struct stage_carxp_names *self, enum stage_carxp_name kind,
	const char *name, const char *owner);

/** Whose a name is, or NULL. Ownership: borrowed. */
const char *stage_carxp_names_owner(const struct stage_carxp_names *self,
	enum stage_carxp_name kind, const char *name);

/** Frees what is in it. NULL is fine. */
void stage_carxp_names_finish(struct stage_carxp_names *self);

#endif
