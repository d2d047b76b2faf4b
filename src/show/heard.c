/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/heard.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct stage_show_heard_item *
last(struct stage_show_heard *self)
{
	return self->count > 0
		       ? &self->items[(self->next + STAGE_SHOW_HEARD_MAX - 1) %
				      STAGE_SHOW_HEARD_MAX]
		       : NULL;
}

// Of what is done the same: a press stays where its release comes.
static bool
is_like(const struct stage_show_heard_item *item, const uint8_t kind[2],
	const char *did)
{
	return item != NULL && memcmp(item->kind, kind, 2) == 0 &&
	       kind[0] < 0xf0 && strcmp(item->did, did) == 0;
}

void
stage_show_heard_note(struct stage_show_heard *self, int64_t at_ns,
	const uint8_t *bytes, size_t len, const char *text, const char *did)
{
	const uint8_t kind[2] = {
		len > 0 ? bytes[0] : 0, len > 2 ? bytes[1] : 0};
	struct stage_show_heard_item *item = last(self);

	self->all++;
	if (!is_like(item, kind, did)) {
		item = &self->items[self->next];
		memset(item, 0, sizeof(*item));
		self->next = (self->next + 1) % STAGE_SHOW_HEARD_MAX;
		self->count += self->count < STAGE_SHOW_HEARD_MAX;
	}
	item->at_ns = at_ns;
	item->count++;
	memcpy(item->kind, kind, sizeof(kind));
	snprintf(item->text, sizeof(item->text), "%s", text);
	snprintf(item->did, sizeof(item->did), "%s", did);
}

const struct stage_show_heard_item *
stage_show_heard_get(const struct stage_show_heard *self, size_t number)
{
	return number < self->count
		       ? &self->items[(self->next +
					      (size_t)2 * STAGE_SHOW_HEARD_MAX -
					      1 - number) %
				      STAGE_SHOW_HEARD_MAX]
		       : NULL;
}
