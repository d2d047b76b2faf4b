/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Names that only one rack can have. */

#include <string.h>

#include "rack/carxp_private.h"

// Two ports of one rack may have the same name in Carla.
bool
stage_carxp_claim(struct stage_carxp_making *self, enum stage_carxp_name kind,
	const char *what, const char *name)
{
	bool is_here; // its owner, if there is one, is of this project
	const struct stage_carxp_names *there = self->facts->there;
	const char *owner = there != NULL
				    ? stage_carxp_names_owner(there, kind, name)
				    : NULL;

	is_here = owner == NULL;
	if (is_here) {
		owner = stage_carxp_names_owner(&self->names, kind, name);
	}
	if (owner == NULL) {
		if (self->status == STAGE_OK) {
			self->status = stage_carxp_names_add(
				&self->names, kind, name, self->rack);
		}
		return true;
	}
	if (is_here && strcmp(owner, self->rack) == 0) {
		return true;
	}
	stage_carxp_put(self, &self->plan->clashes,
		"%s: %s \"%s\": the rack %s has it; when that has another one, "
		"or has gone, take the # off that line of services/%s/rack\n",
		self->rack, what, name, owner, self->rack);
	return false;
}
