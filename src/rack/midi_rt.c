/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "rack/midi.h"

#define BODY_BYTES ((uint32_t)sizeof(LV2_Atom_Sequence_Body))
#define HEAD_BYTES ((uint32_t)sizeof(LV2_Atom))
#define EVENT_BYTES ((uint32_t)sizeof(LV2_Atom_Event))

STAGE_RT static uint32_t
padded(uint32_t size)
{
	return (size + 7U) & ~7U;
}

STAGE_RT void
stage_rack_events_clear(
	struct stage_rack_events *self, const struct stage_rack_urids *urids)
{
	self->atom->atom.type = urids->sequence;
	self->atom->atom.size = BODY_BYTES;
	self->atom->body.unit = 0;
	self->atom->body.pad = 0;
}

STAGE_RT void
stage_rack_events_offer(
	struct stage_rack_events *self, const struct stage_rack_urids *urids)
{
	self->atom->atom.type = urids->chunk;
	self->atom->atom.size = self->capacity - HEAD_BYTES;
}

STAGE_RT bool
stage_rack_events_add(struct stage_rack_events *self,
	const struct stage_rack_urids *urids, uint32_t frame, const void *bytes,
	uint32_t size)
{
	uint32_t used = HEAD_BYTES + padded(self->atom->atom.size);
	LV2_Atom_Event *event;

	if (size > self->capacity || used > self->capacity ||
		self->capacity - used < EVENT_BYTES + padded(size)) {
		return false;
	}
	event = (void *)((unsigned char *)self->atom + used);
	event->time.frames = frame;
	event->body.type = urids->midi_event;
	event->body.size = size;
	memcpy(event + 1, bytes, size);
	self->atom->atom.size = used - HEAD_BYTES + EVENT_BYTES + padded(size);
	return true;
}

STAGE_RT bool
stage_rack_events_insert(struct stage_rack_events *self,
	const struct stage_rack_urids *urids, uint32_t *at,
	const LV2_Atom *atom)
{
	uint32_t used = HEAD_BYTES + padded(self->atom->atom.size);
	uint32_t start = HEAD_BYTES + BODY_BYTES + *at;
	uint32_t size = EVENT_BYTES + padded(atom->size);
	unsigned char *place = (unsigned char *)self->atom + start;
	LV2_Atom_Event *event = (void *)place;

	if (self->atom->atom.type != urids->sequence || start > used ||
		used > self->capacity || atom->size > self->capacity ||
		self->capacity - used < size) {
		return false;
	}
	memmove(place + size, place, used - start);
	memset(place, 0, size);
	memcpy(&event->body, atom, sizeof(*atom) + atom->size);
	self->atom->atom.size = used - HEAD_BYTES + size;
	*at += size;
	return true;
}

STAGE_RT const LV2_Atom_Event *
stage_rack_events_next(const struct stage_rack_events *self,
	const struct stage_rack_urids *urids, const LV2_Atom_Event *event)
{
	const LV2_Atom_Sequence *atom = self->atom;
	const unsigned char *start = (const void *)atom;
	uint32_t size = atom->atom.size;
	uint32_t at = HEAD_BYTES + BODY_BYTES;

	// A plug-in that wrote nothing has left it as it was offered.
	if (atom->atom.type != urids->sequence || size < BODY_BYTES ||
		size > self->capacity - HEAD_BYTES) {
		return NULL;
	}
	if (event != NULL) {
		at = (uint32_t)((const unsigned char *)event - start) +
		     EVENT_BYTES + padded(event->body.size);
	}
	size += HEAD_BYTES;
	if (at > size || size - at < EVENT_BYTES) {
		return NULL;
	}
	event = (const void *)(start + at);
	return event->body.size <= size - at - EVENT_BYTES ? event : NULL;
}

STAGE_RT void
stage_rack_events_copy(struct stage_rack_events *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *from)
{
	const LV2_Atom_Event *event = NULL;

	stage_rack_events_clear(self, urids);
	while ((event = stage_rack_events_next(from, urids, event)) != NULL) {
		if (event->body.type == urids->midi_event &&
			!stage_rack_events_add(self, urids,
				(uint32_t)event->time.frames, event + 1,
				event->body.size)) {
			return;
		}
	}
}

STAGE_RT void
stage_rack_events_slice(struct stage_rack_events *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *source, uint32_t from, uint32_t to)
{
	const LV2_Atom_Event *event = NULL;

	stage_rack_events_clear(self, urids);
	while ((event = stage_rack_events_next(source, urids, event)) != NULL) {
		int64_t at = event->time.frames;
		if (event->body.type == urids->midi_event && at >= from &&
			at < to &&
			!stage_rack_events_add(self, urids, (uint32_t)at - from,
				event + 1, event->body.size)) {
			return;
		}
	}
}

STAGE_RT void
stage_rack_events_append(struct stage_rack_events *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *source, uint32_t by)
{
	const LV2_Atom_Event *event = NULL;

	while ((event = stage_rack_events_next(source, urids, event)) != NULL) {
		if (event->body.type == urids->midi_event &&
			!stage_rack_events_add(self, urids,
				(uint32_t)event->time.frames + by, event + 1,
				event->body.size)) {
			return;
		}
	}
}
