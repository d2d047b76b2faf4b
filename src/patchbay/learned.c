/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/learned.h"

#include <string.h>

static bool
is_about_names(const struct stage_patch_statement *statement)
{
	return statement->policy != STAGE_PATCH_FORBID &&
	       stage_patch_statement_is_pair(statement);
}

bool
stage_learned_drop(struct stage_patch_list *list,
	enum stage_patch_system system, const char *from, const char *to)
{
	bool has_any = false;

	for (size_t i = list->count; i > 0; i--) {
		const struct stage_patch_statement *item = &list->items[i - 1];
		if (item->system == system && is_about_names(item) &&
			strcmp(item->from.text, from) == 0 &&
			strcmp(item->to.text, to) == 0) {
			stage_patch_list_remove(list, i - 1);
			has_any = true;
		}
	}
	return has_any;
}

enum stage_status
stage_learned_add(struct stage_patch_list *list,
	const struct stage_patch_statement *statement, bool *has_changed)
{
	size_t at = stage_patch_list_find(list, statement);
	enum stage_status status;

	*has_changed = false;
	if (at != SIZE_MAX) {
		*has_changed = !stage_patch_how_is_same(
			&list->items[at].how, &statement->how);
		list->items[at].how = statement->how;
		return STAGE_OK;
	}
	if (is_about_names(statement)) {
		*has_changed = stage_learned_drop(list, statement->system,
			statement->from.text, statement->to.text);
	}
	status = stage_patch_list_add(list, statement);
	*has_changed = *has_changed || status == STAGE_OK;
	return status;
}
