/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/carry.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "rack/value.h"

static bool
has_value(const struct stage_rack_slot *slot, const char *symbol)
{
	for (uint32_t i = 0; i < stage_rack_slot_value_count(slot); i++) {
		if (strcmp(stage_rack_slot_symbol(slot, i), symbol) == 0) {
			return true;
		}
	}
	return false;
}

static struct stage_rack_value *
find(const struct stage_rack_memory *memory, const char *symbol)
{
	for (size_t i = 0; i < memory->value_count; i++) {
		if (strcmp(memory->values[i].symbol, symbol) == 0) {
			return &memory->values[i];
		}
	}
	return NULL;
}

enum stage_status
stage_rack_carry(const struct stage_rack_slot *slot,
	const struct stage_rack_memory *from, struct stage_rack_memory *to,
	bool *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < from->value_count; i++) {
		const struct stage_rack_value *value = &from->values[i];
		struct stage_rack_value *there = find(to, value->symbol);
		if (has_value(slot, value->symbol)) {
			continue;
		}
		if (there != NULL) {
			*there = *value;
		} else {
			status = stage_rack_memory_add_value(to, value);
		}
		if (out != NULL) {
			*out = true;
		}
	}
	return status;
}

static const char *
find_first(const struct stage_rack_slot *slot, size_t *count)
{
	const struct stage_rack_memory *memory = &slot->kept;
	const char *first = NULL;

	*count = 0;
	for (size_t i = 0; i < memory->value_count; i++) {
		const char *symbol = memory->values[i].symbol;
		if (!has_value(slot, symbol)) {
			first = first == NULL ? symbol : first;
			*count += 1;
		}
	}
	return first;
}

void
stage_rack_carry_note(struct stage_rack_slot *self)
{
	size_t count;
	const char *first = find_first(self, &count);

	if (first == NULL) {
		return;
	}
	if (count > 1) {
		snprintf(self->note, sizeof(self->note),
			"its plug-in has no \"%s\" any more, nor %zu other "
			"values; they are kept",
			first, count - 1);
	} else {
		snprintf(self->note, sizeof(self->note),
			"its plug-in has no \"%s\" any more; the value is "
			"kept",
			first);
	}
	stage_log_warn("%s: %s", self->config.id, self->note);
}
