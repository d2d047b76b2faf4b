/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/transport.h"

#include <string.h>

STAGE_RT static bool
has_other_bars(
	const struct stage_rack_moment *a, const struct stage_rack_moment *b)
{
	if (a->has_bars != b->has_bars) {
		return true;
	}
	return a->has_bars && (a->beats_per_minute != b->beats_per_minute ||
				      a->beats_per_bar != b->beats_per_bar ||
				      a->beat_unit != b->beat_unit);
}

STAGE_RT void
stage_rack_transport_move(struct stage_rack_transport *self,
	const struct stage_rack_moment *now, uint32_t frames)
{
	if (now->is_rolling != self->now.is_rolling ||
		now->frame != self->expected ||
		has_other_bars(now, &self->now)) {
		self->changes++;
	}
	self->now = *now;
	self->expected = now->frame + (now->is_rolling ? frames : 0);
}

STAGE_RT static struct stage_rack_entry *
add(struct stage_rack_position *self, uint32_t key, uint32_t type,
	uint32_t size)
{
	uint32_t used = self->atom.size - (uint32_t)sizeof(self->body);
	struct stage_rack_entry *entry =
		&self->entries[used / sizeof(self->entries[0])];

	memset(entry, 0, sizeof(*entry));
	entry->key = key;
	entry->size = size;
	entry->type = type;
	self->atom.size += (uint32_t)sizeof(*entry);
	return entry;
}

STAGE_RT static void
add_part(struct stage_rack_position *self,
	const struct stage_rack_time_urids *urids, uint32_t key, float value)
{
	add(self, key, urids->float_type, sizeof(float))->value.part = value;
}

STAGE_RT static void
add_whole(struct stage_rack_position *self,
	const struct stage_rack_time_urids *urids, uint32_t key, int64_t value)
{
	add(self, key, urids->long_type, sizeof(int64_t))->value.whole = value;
}

STAGE_RT void
stage_rack_position_fill(struct stage_rack_position *self,
	const struct stage_rack_time_urids *urids,
	const struct stage_rack_moment *now)
{
	self->atom.type = urids->object;
	self->atom.size = sizeof(self->body);
	self->body.id = 0;
	self->body.otype = urids->position;
	add_whole(self, urids, urids->frame, (int64_t)now->frame);
	add_part(self, urids, urids->speed, now->is_rolling ? 1 : 0);
	if (now->has_bars) {
		add_whole(self, urids, urids->bar, now->bar);
		add_part(self, urids, urids->bar_beat, now->bar_beat);
		add(self, urids->beat_unit, urids->int_type, sizeof(int32_t))
			->value.number = now->beat_unit;
		add_part(self, urids, urids->beats_per_bar, now->beats_per_bar);
		add_part(self, urids, urids->beats_per_minute,
			(float)now->beats_per_minute);
	}
}
