/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "patchbay/engine_private.h"

// count when it is not among them.
static size_t
find_hung(const struct stage_engine *self, const char *client, size_t len)
{
	size_t i = 0;

	while (i < self->hung.count &&
		(strlen(self->hung.items[i]) != len ||
			memcmp(self->hung.items[i], client, len) != 0)) {
		i++;
	}
	return i;
}

// The last one takes its place.
static void
take_out(struct stage_engine *self, size_t index)
{
	struct stage_strv *hung = &self->hung;

	free(hung->items[index]);
	hung->count--;
	hung->items[index] = hung->items[hung->count];
}

enum stage_status
stage_engine_set_hung(
	struct stage_engine *self, const char *client, bool is_hung)
{
	size_t index = find_hung(self, client, strlen(client));

	if (is_hung == (index < self->hung.count)) {
		return STAGE_OK;
	}
	self->is_all_dirty = true;
	if (is_hung) {
		return stage_strv_add(&self->hung, client);
	}
	take_out(self, index);
	return STAGE_OK;
}

bool
stage_engine_is_hung(const struct stage_engine *self, const char *client)
{
	return stage_strv_has(&self->hung, client);
}

void
stage_engine_none_hung(struct stage_engine *self)
{
	self->is_all_dirty = self->is_all_dirty || self->hung.count > 0;
	stage_strv_finish(&self->hung);
}

bool
stage_engine_is_cut(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	size_t len;

	if (self->hung.count == 0 || from->system != STAGE_PATCH_JACK ||
		to->is_physical) {
		return false;
	}
	len = stage_graph_client_len(from->system, from->name);
	return find_hung(self, from->name, len) < self->hung.count &&
	       (stage_graph_client_len(to->system, to->name) != len ||
		       memcmp(from->name, to->name, len) != 0);
}
