/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/meters.h"

#include <math.h>
#include <stdlib.h>

#include "rack/meter.h"

#define TELL_MS 100

struct stage_rack_meters {
	uv_timer_t timer;
	struct stage_rack *rack; // borrowed
	void (*tell)(void *user, json_t *levels);
	void *user;
	uint64_t until_ms; // the loop's time
};

static json_t *
take_db(struct stage_rack_peaks *peaks, uint32_t channels)
{
	json_t *list = json_array();

	for (uint32_t c = 0; c < channels; c++) {
		float peak = stage_rack_peaks_take(peaks, c);
		float db = peak > 0 ? 20 * log10f(peak)
				    : (float)STAGE_RACK_METERS_FLOOR_DB;
		json_array_append_new(list,
			json_integer(lrintf(
				fmaxf(db, (float)STAGE_RACK_METERS_FLOOR_DB))));
	}
	return list;
}

static json_t *
take_all(struct stage_rack *rack)
{
	json_t *slots = json_object();

	for (size_t i = 0; i < rack->count; i++) {
		struct stage_rack_slot *slot = rack->slots[i];
		if (slot != NULL && slot->link != NULL) {
			json_object_set_new(slots, slot->config.id,
				take_db(&slot->link->peaks, rack->shop.width));
		}
	}
	return json_pack("{s:o, s:o}", "slots", slots, "out",
		take_db(&rack->wire->peaks, (uint32_t)rack->config.outs));
}

static void
set_metered(struct stage_rack_meters *self, bool is_so)
{
	atomic_store(&self->rack->wire->is_metered, is_so);
}

static void
on_timer(uv_timer_t *timer)
{
	struct stage_rack_meters *self = timer->data;

	self->tell(self->user, take_all(self->rack));
	if (uv_now(timer->loop) >= self->until_ms) {
		uv_timer_stop(timer);
		set_metered(self, false);
	}
}

struct stage_rack_meters *
stage_rack_meters_create(uv_loop_t *loop, struct stage_rack *rack,
	void (*tell)(void *user, json_t *levels), void *user)
{
	struct stage_rack_meters *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->rack = rack;
		self->tell = tell;
		self->user = user;
		uv_timer_init(loop, &self->timer);
		self->timer.data = self;
	}
	return self;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_rack_meters_destroy(struct stage_rack_meters *self)
{
	if (self != NULL) {
		set_metered(self, false);
		uv_close((uv_handle_t *)&self->timer, on_closed);
	}
}

// What was loudest before anybody looked is no news.
void
stage_rack_meters_ask(struct stage_rack_meters *self)
{
	uv_timer_t *timer = &self->timer;

	self->until_ms = uv_now(timer->loop) + STAGE_RACK_METERS_FOR_MS;
	if (!uv_is_active((uv_handle_t *)timer)) {
		json_decref(take_all(self->rack));
		set_metered(self, true);
		uv_timer_start(timer, on_timer, TELL_MS, TELL_MS);
	}
}
