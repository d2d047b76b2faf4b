/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/wire.h"

#include <stdlib.h>
#include <string.h>

#define CAPTURE_BYTES 262144

// Of playback, by lane.
static const size_t lane_bytes[STAGE_MIDI_LANES] = {
	[STAGE_MIDI_LANE_REALTIME] = 4096,
	[STAGE_MIDI_LANE_SHORT] = 131072,
	[STAGE_MIDI_LANE_BULK] = 262144,
};

enum stage_status
stage_midi_wire_init(struct stage_midi_wire *self)
{
	return sem_init(&self->work, 0, 0) == 0 ? STAGE_OK : STAGE_BUSY;
}

static void
free_way(struct stage_midi_way *way)
{
	if (way == NULL) {
		return;
	}
	for (int i = 0; i < STAGE_MIDI_LANES; i++) {
		stage_ring_destroy(way->rings[i]);
	}
	free(way->assembler.buffer);
	free(way);
}

void
stage_midi_wire_finish(struct stage_midi_wire *self)
{
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		free_way(atomic_load(&self->ways[i]));
		atomic_store(&self->ways[i], NULL);
	}
	sem_destroy(&self->work);
}

bool
stage_midi_wire_uses(
	const struct stage_midi_wire *self, const struct stage_midi_way *way)
{
	return atomic_load(&way->held) != &self->nobodys;
}

static bool
is_unused(const struct stage_midi_wire *self, const struct stage_midi_way *way,
	enum stage_midi_direction direction)
{
	return way->direction == direction && !stage_midi_wire_uses(self, way);
}

static struct stage_midi_way *
create_way(struct stage_midi_wire *self, enum stage_midi_direction direction)
{
	size_t count = atomic_load(&self->way_count);
	struct stage_midi_way *way = NULL;

	if (count < STAGE_MIDI_WAYS_MAX) {
		way = calloc(1, sizeof(*way));
	}
	if (way == NULL) {
		return NULL;
	}
	way->index = count;
	way->direction = direction;
	atomic_store(&way->address, STAGE_MIDI_AWAY);
	atomic_store(&way->held, &self->nobodys);
	atomic_store(&self->ways[count], way);
	atomic_store(&self->way_count, count + 1);
	return way;
}

struct stage_midi_way *
stage_midi_wire_add(
	struct stage_midi_wire *self, enum stage_midi_direction direction)
{
	size_t count = atomic_load(&self->way_count);

	for (size_t i = 0; i < count; i++) {
		struct stage_midi_way *way = atomic_load(&self->ways[i]);
		if (is_unused(self, way, direction)) {
			atomic_store(&way->passed, 0);
			atomic_store(&way->lost, 0);
			atomic_store(&way->is_muted, false);
			return way;
		}
	}
	return create_way(self, direction);
}

static enum stage_status
make_capture_rings(struct stage_midi_way *self)
{
	self->rings[0] = stage_ring_create(CAPTURE_BYTES);
	self->assembler.buffer = malloc(STAGE_MIDI_EVENT_BYTES);
	if (self->rings[0] == NULL || self->assembler.buffer == NULL) {
		return STAGE_NO_MEMORY;
	}
	memset(self->assembler.buffer, 0xa5, STAGE_MIDI_EVENT_BYTES);
	self->assembler.size = STAGE_MIDI_EVENT_BYTES;
	return STAGE_OK;
}

// Where it is not permitted the rings work all the same.
static void
lock_memory(struct stage_midi_way *self)
{
	for (int i = 0; i < STAGE_MIDI_LANES; i++) {
		if (self->rings[i] != NULL) {
			(void)!stage_ring_lock_memory(self->rings[i], NULL);
		}
	}
}

enum stage_status
stage_midi_way_make_rings(struct stage_midi_way *self)
{
	enum stage_status status = STAGE_OK;

	if (atomic_load(&self->has_rings)) {
		return STAGE_OK;
	}
	if (self->direction == STAGE_MIDI_CAPTURE) {
		status = make_capture_rings(self);
	}
	for (int i = 0; i < STAGE_MIDI_LANES && status == STAGE_OK &&
			self->direction == STAGE_MIDI_PLAYBACK;
		i++) {
		self->rings[i] = stage_ring_create(lane_bytes[i]);
		status = self->rings[i] != NULL ? STAGE_OK : STAGE_NO_MEMORY;
	}
	if (status == STAGE_OK) {
		lock_memory(self);
		return STAGE_OK;
	}
	for (int i = 0; i < STAGE_MIDI_LANES; i++) {
		stage_ring_destroy(self->rings[i]);
		self->rings[i] = NULL;
	}
	free(self->assembler.buffer);
	self->assembler.buffer = NULL;
	return status;
}

void
stage_midi_wire_remove(struct stage_midi_wire *self, struct stage_midi_way *way)
{
	bool has_queue = way->direction == STAGE_MIDI_PLAYBACK &&
			 atomic_load(&way->has_rings);

	atomic_store(&way->is_connected, false);
	atomic_store(&way->must_panic, false);
	atomic_store(&way->held, &self->nobodys);
	atomic_store(&way->must_release, has_queue);
	if (has_queue) {
		sem_post(&self->work);
	}
}
