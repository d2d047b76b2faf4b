/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/hear.h"

#include <string.h>

#include "base/log.h"
#include "rack/snapshot.h"

static const struct stage_rack_map *
find_map(const struct stage_rack *self, uint32_t index)
{
	if (index < self->config.map_count) {
		return &self->config.maps[index];
	}
	index -= (uint32_t)self->config.map_count;
	return index < self->learned.count &&
			       self->learned.items[index].slot[0] == '\0'
		       ? &self->learned.items[index].map
		       : NULL;
}

// An older plan may have told it, with another map at that place.
static bool
is_of(const struct stage_rack_told *told, const struct stage_rack_map *map)
{
	return map->kind == told->kind && map->number == told->number &&
	       (map->channel == 0 || map->channel == told->channel);
}

static void
turn(struct stage_rack *self, const struct stage_rack_map *map,
	enum stage_rack_own_value which, float part)
{
	float min;
	float max;
	float value;

	stage_rack_own_range(which, &min, &max);
	if (which == STAGE_RACK_OWN_MUTE) {
		bool is_mute = stage_rack_own_get(&self->own, which) > 0;
		bool is_press = stage_rack_map_is_press(map->kind);
		value = (is_press ? !is_mute : part >= 0.5F) ? 1 : 0;
	} else {
		value = map->has_range
				? stage_rack_map_scale(
					  map->min, map->max, map->is_log, part)
				: stage_rack_map_scale(min, max, false, part);
		value = value < min ? min : value;
		value = value > max ? max : value;
	}
	stage_rack_own_set(&self->own, which, value);
	stage_rack_apply_own(self);
}

static void
recall(struct stage_rack *self, const char *name)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_snapshot_load(self, name, 0, &err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

static void
obey(struct stage_rack *self, const struct stage_rack_told *told)
{
	const struct stage_rack_map *map = find_map(self, told->index);
	enum stage_rack_own_value which;

	if (map == NULL || !is_of(told, map)) {
		return; // it was taken away since
	}
	if (strcmp(map->target, "snapshot") == 0) {
		if (told->part > 0) { // a pedal that is let go
			recall(self, map->argument);
		}
	} else if (stage_rack_own_find(map->target, &which)) {
		turn(self, map, which, told->part);
	}
}

bool
stage_rack_hear(struct stage_rack *self)
{
	struct stage_rack_told told;
	struct stage_ring_header header;
	bool has_changed = false;

	while (stage_ring_read(self->wire->decoder.told, &header, &told,
		       sizeof(told)) == STAGE_OK) {
		if (told.index != UINT32_MAX) {
			obey(self, &told);
			has_changed = true;
		} else if (self->heard != NULL) {
			self->heard(self->heard_user, &told);
		}
	}
	return has_changed;
}
