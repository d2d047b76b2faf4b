/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "midi/outbox_private.h"

#define LONGEST_NS INT64_C(100000000)

static const size_t sizes[STAGE_MIDI_LANES] = {
	[STAGE_MIDI_LANE_REALTIME] = 1,
	[STAGE_MIDI_LANE_SHORT] = STAGE_MIDI_OUT_SHORT_MAX,
	[STAGE_MIDI_LANE_BULK] = STAGE_MIDI_OUT_BYTES_MAX,
};

struct stage_midi_outbox *
stage_midi_outbox_create(size_t devices)
{
	struct stage_midi_outbox *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->count = devices;
	self->longest_ns = LONGEST_NS;
	self->devices = calloc(devices, sizeof(*self->devices));
	self->heap =
		calloc(STAGE_MIDI_LANES * devices + 1, sizeof(*self->heap));
	if (self->devices == NULL || self->heap == NULL) {
		stage_midi_outbox_destroy(self);
		return NULL;
	}
	return self;
}

void
stage_midi_outbox_destroy(struct stage_midi_outbox *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; self->devices != NULL && i < self->count; i++) {
		for (int k = 0; k < STAGE_MIDI_LANES; k++) {
			free(self->devices[i].lanes[k].buffer);
		}
	}
	free(self->devices);
	free(self->heap);
	free(self);
}

static enum stage_status
make_buffer(struct stage_midi_out_lane *lane, size_t bytes)
{
	size_t size = sizeof(struct stage_midi_out_header) + bytes;

	if (lane->buffer == NULL) {
		lane->buffer = malloc(size);
		if (lane->buffer == NULL) {
			return STAGE_NO_MEMORY;
		}
		memset(lane->buffer, 0xa5, size); // touched before it is used
		lane->size = size;
	}
	return STAGE_OK;
}

enum stage_status
stage_midi_outbox_set(struct stage_midi_outbox *self, size_t device,
	struct stage_ring *const rings[STAGE_MIDI_LANES])
{
	struct stage_midi_out_device *out = &self->devices[device];

	for (int i = 0; i < STAGE_MIDI_LANES; i++) {
		if (make_buffer(&out->lanes[i], sizes[i]) != STAGE_OK) {
			return STAGE_NO_MEMORY;
		}
	}
	for (int i = 0; i < STAGE_MIDI_LANES; i++) {
		out->lanes[i].ring = rings[i];
	}
	return STAGE_OK;
}
