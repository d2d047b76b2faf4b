/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/urids.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/str.h"

struct stage_urids {
	pthread_mutex_t mutex;
	struct stage_map *numbers; // by URI; the values are the numbers
	struct stage_strv uris;    // the one of 1 first
	LV2_URID_Map map;
	LV2_URID_Unmap unmap;
};

static LV2_URID
on_map(LV2_URID_Map_Handle handle, const char *uri)
{
	return stage_urids_map(handle, uri);
}

static const char *
on_unmap(LV2_URID_Unmap_Handle handle, LV2_URID urid)
{
	return stage_urids_unmap(handle, urid);
}

struct stage_urids *
stage_urids_create(void)
{
	struct stage_urids *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->numbers = stage_map_create(NULL);
	if (self->numbers == NULL) {
		free(self);
		return NULL;
	}
	pthread_mutex_init(&self->mutex, NULL);
	self->map = (LV2_URID_Map){self, on_map};
	self->unmap = (LV2_URID_Unmap){self, on_unmap};
	return self;
}

void
stage_urids_destroy(struct stage_urids *self)
{
	if (self != NULL) {
		pthread_mutex_destroy(&self->mutex);
		stage_map_destroy(self->numbers);
		stage_strv_finish(&self->uris);
		free(self);
	}
}

static LV2_URID
add(struct stage_urids *self, const char *uri)
{
	uintptr_t number = self->uris.count + 1;

	if (stage_strv_add(&self->uris, uri) != STAGE_OK) {
		return 0;
	}
	// Unknown there it is added again, under another number: no harm.
	// NOLINTNEXTLINE(performance-no-int-to-ptr): nobody follows it
	if (stage_map_put(self->numbers, uri, (void *)number) != STAGE_OK) {
		return 0;
	}
	return (LV2_URID)number;
}

LV2_URID
stage_urids_map(struct stage_urids *self, const char *uri)
{
	LV2_URID number;

	pthread_mutex_lock(&self->mutex);
	number = (LV2_URID)(uintptr_t)stage_map_get(self->numbers, uri);
	if (number == 0) {
		number = add(self, uri);
	}
	pthread_mutex_unlock(&self->mutex);
	return number;
}

const char *
stage_urids_unmap(struct stage_urids *self, LV2_URID urid)
{
	const char *uri = NULL;

	pthread_mutex_lock(&self->mutex);
	if (urid > 0 && urid <= self->uris.count) {
		uri = self->uris.items[urid - 1];
	}
	pthread_mutex_unlock(&self->mutex);
	return uri;
}

LV2_URID_Map *
stage_urids_map_feature(struct stage_urids *self)
{
	return &self->map;
}

LV2_URID_Unmap *
stage_urids_unmap_feature(struct stage_urids *self)
{
	return &self->unmap;
}
