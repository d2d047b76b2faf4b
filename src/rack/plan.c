/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "rack/link.h"
#include "rack/plan_control.h"
#include "rack/room.h"
#include "rack/ways.h"

static bool
make_events(struct stage_rack_events *events)
{
	events->atom = stage_rack_buffer(STAGE_RACK_MIDI_BYTES);
	events->capacity = STAGE_RACK_MIDI_BYTES;
	return events->atom != NULL;
}

static bool
make_buffers(struct stage_rack_plan *self)
{
	size_t bytes = STAGE_RACK_FRAMES_MAX * sizeof(float);
	bool is_made = true;

	for (uint32_t i = 0; i < 2 * self->width; i++) {
		float **own = &self->own[i % 2][i / 2];
		*own = stage_rack_buffer(bytes);
		is_made &= *own != NULL;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(self->shaped); i++) {
		self->shaped[i] = stage_rack_buffer(bytes);
		is_made &= self->shaped[i] != NULL;
	}
	memcpy(self->bus, self->own[0], sizeof(self->bus));
	self->hits = stage_rack_buffer(sizeof(*self->hits));
	return make_events(&self->midi) && make_events(&self->heard) &&
	       make_events(&self->made) && self->hits != NULL && is_made;
}

void
stage_rack_plan_destroy(struct stage_rack_plan *self)
{
	if (self == NULL) {
		return;
	}
	stage_rack_ways_finish(self);
	for (size_t i = 0; i < self->count; i++) {
		stage_rack_link_unref(self->links[i]);
	}
	for (uint32_t i = 0; !self->was_left && i < 2 * self->width; i++) {
		free(self->own[i % 2][i / 2]);
	}
	free(self->shaped[0]);
	free(self->shaped[1]);
	free(self->midi.atom);
	free(self->heard.atom);
	free(self->made.atom);
	free(self->controls);
	free(self->hits);
	free(self->links);
	free(self);
}

static void
narrow(struct stage_rack_plan *self, const struct stage_rack_link *link)
{
	if (link->frames_max > 0 && link->frames_max < self->frames_max) {
		self->frames_max = link->frames_max;
	}
}

static struct stage_rack_plan *
make_plan(const struct stage_rack *rack)
{
	struct stage_rack_plan *self = calloc(1, sizeof(*self));
	double fade_frames = (double)rack->config.fade_ns *
			     (double)rack->shop.rate_hz / STAGE_NS_PER_S;

	if (self == NULL) {
		return NULL;
	}
	self->width = rack->shop.width;
	self->urids = &rack->shop.host.numbers;
	self->rate_hz = rack->shop.rate_hz;
	self->frames_max = STAGE_RACK_FRAMES_MAX;
	self->rescue = &rack->wire->rescue;
	self->page_changes = &rack->wire->page_changes;
	self->fade_step = fade_frames > 1 ? (float)(1 / fade_frames) : 1;
	self->links = calloc(rack->count + 1, sizeof(*self->links));
	if (self->links == NULL || !make_buffers(self)) {
		stage_rack_plan_destroy(self);
		return NULL;
	}
	for (size_t i = 0; i < rack->count; i++) {
		if (rack->slots[i]->link != NULL) {
			self->links[self->count++] =
				stage_rack_link_ref(rack->slots[i]->link);
			narrow(self, rack->slots[i]->link);
		}
	}
	if (!stage_rack_ways_make(self) ||
		!stage_rack_plan_control(rack, self)) {
		stage_rack_plan_destroy(self);
		return NULL;
	}
	return self;
}

// Where a link is in a plan; its count when it is not.
static size_t
place_of(const struct stage_rack_plan *plan, const struct stage_rack_link *link)
{
	size_t at = 0;

	while (at < plan->count && plan->links[at] != link) {
		at++;
	}
	return at;
}

// What is heard now and is not in the next plan leaves, and with it, where the
// order of those that stay has changed, all of them.
static void
mark_leaving(struct stage_rack_plan *now, const struct stage_rack_plan *next)
{
	bool is_other_order = false;
	size_t last = 0;

	for (size_t i = 0; i < now->count; i++) {
		size_t at = place_of(next, now->links[i]);
		if (at < next->count) {
			is_other_order |= at < last;
			last = at;
		}
	}
	for (size_t i = 0; i < now->count; i++) {
		bool stays = place_of(next, now->links[i]) < next->count;
		atomic_store(
			&now->links[i]->is_leaving, !stays || is_other_order);
	}
}

void
stage_rack_plan_collect(struct stage_rack *rack)
{
	struct stage_rack_plan *taken = rack->handed;

	if (atomic_load(&rack->wire->next) == NULL && taken != rack->running) {
		rack->running = taken;
		for (size_t i = 0; i < taken->count; i++) {
			atomic_store(&taken->links[i]->is_leaving, false);
		}
	}
	stage_rack_plan_destroy(atomic_exchange(&rack->wire->retired, NULL));
}

enum stage_status
stage_rack_plan_publish(struct stage_rack *rack)
{
	struct stage_rack_plan *next = make_plan(rack);
	struct stage_rack_plan *unheard;

	if (next == NULL) {
		return STAGE_NO_MEMORY;
	}
	next->way = 2 * ++rack->plan_count;
	unheard = atomic_exchange(&rack->wire->next, NULL);
	if (unheard != NULL) {
		rack->handed = rack->running;
		stage_rack_plan_destroy(unheard);
	}
	stage_rack_plan_collect(rack);
	if (rack->running != NULL) {
		mark_leaving(rack->running, next);
	}
	rack->handed = next;
	atomic_store(&rack->wire->next, next);
	return STAGE_OK;
}
