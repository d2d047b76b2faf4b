/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/carxp_names.h"

#include <string.h>

enum stage_status
stage_carxp_names_add(struct stage_carxp_names *self,
	enum stage_carxp_name kind, const char *name, const char *owner)
{
	enum stage_status status;

	if (stage_carxp_names_owner(self, kind, name) != NULL) {
		return STAGE_OK;
	}
	status = stage_strv_add(&self->owners[kind], owner);
	return status == STAGE_OK ? stage_strv_add(&self->names[kind], name)
				  : status;
}

const char *
stage_carxp_names_owner(const struct stage_carxp_names *self,
	enum stage_carxp_name kind, const char *name)
{
	for (size_t i = 0; i < self->names[kind].count; i++) {
		if (strcmp(self->names[kind].items[i], name) == 0) {
			return self->owners[kind].items[i];
		}
	}
	return NULL;
}

void
stage_carxp_names_finish(struct stage_carxp_names *self)
{
	for (unsigned i = 0; self != NULL && i < STAGE_CARXP_NAME_COUNT; i++) {
		stage_strv_finish(&self->names[i]);
		stage_strv_finish(&self->owners[i]);
	}
}
