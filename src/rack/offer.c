/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/offer.h"

#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <lv2/urid/urid.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

// In the order in which stage_rack_offer_init gives their data; those behind
// FREE_PATH have none.
enum feature {
	MAP,
	UNMAP,
	OPTIONS,
	SCHEDULE,
	MAP_PATH,
	MAKE_PATH,
	FREE_PATH,
	BOUNDED,
	LIVE,
	HARD_RT,
	SAFE_RESTORE,
	DEFAULT_STATE,
	FEATURE_COUNT,
};

static const char *const uris[FEATURE_COUNT] = {
	[MAP] = LV2_URID__map,
	[UNMAP] = LV2_URID__unmap,
	[OPTIONS] = LV2_OPTIONS__options,
	[SCHEDULE] = LV2_WORKER__schedule,
	[MAP_PATH] = LV2_STATE__mapPath,
	[MAKE_PATH] = LV2_STATE__makePath,
	[FREE_PATH] = LV2_STATE__freePath,
	[BOUNDED] = LV2_BUF_SIZE__boundedBlockLength,
	[LIVE] = LV2_CORE__isLive,
	[HARD_RT] = LV2_CORE__hardRTCapable,
	[SAFE_RESTORE] = LV2_STATE__threadSafeRestore,
	[DEFAULT_STATE] = LV2_STATE__loadDefaultState,
};

_Static_assert(FEATURE_COUNT <= STAGE_RACK_OFFER_MAX, "they fit");

bool
stage_rack_offer_has(const char *uri)
{
	for (size_t i = 0; i < FEATURE_COUNT; i++) {
		if (strcmp(uris[i], uri) == 0) {
			return true;
		}
	}
	return false;
}

// Paths stay what they are: a rack's state and its samples live on one machine.
static char *
on_same_path(LV2_State_Map_Path_Handle handle, const char *path)
{
	(void)handle;
	return strdup(path);
}

static char *
on_make_path(LV2_State_Make_Path_Handle handle, const char *path)
{
	struct stage_rack_offer *self = handle;
	char whole[STAGE_PATH_MAX];
	char *slash;

	if (stage_io_join(whole, sizeof(whole), self->files, path, NULL) !=
		STAGE_OK) {
		return NULL;
	}
	slash = strrchr(whole, '/');
	*slash = '\0';
	if (stage_io_make_dirs(whole, NULL) != STAGE_OK) {
		return NULL;
	}
	*slash = '/';
	return strdup(whole);
}

static void
on_free_path(LV2_State_Free_Path_Handle handle, char *path)
{
	(void)handle;
	free(path);
}

void
stage_rack_offer_init(struct stage_rack_offer *self,
	struct stage_rack_host *host, struct stage_rack_work *work,
	const char *slot)
{
	void *const data[FEATURE_COUNT] = {
		[MAP] = stage_urids_map_feature(host->urids),
		[UNMAP] = stage_urids_unmap_feature(host->urids),
		[OPTIONS] = host->options,
		[SCHEDULE] = &self->schedule,
		[MAP_PATH] = &self->map_path,
		[MAKE_PATH] = &self->make_path,
		[FREE_PATH] = &self->free_path,
	};

	memset(self, 0, sizeof(*self));
	(void)!stage_io_join(
		self->files, sizeof(self->files), host->files, slot, NULL);
	self->schedule.handle = work;
	self->schedule.schedule_work = stage_rack_work_schedule;
	self->map_path.abstract_path = on_same_path;
	self->map_path.absolute_path = on_same_path;
	self->make_path.handle = self;
	self->make_path.path = on_make_path;
	self->free_path.free_path = on_free_path;
	for (size_t i = 0; i < FEATURE_COUNT; i++) {
		self->all[i] = (LV2_Feature){uris[i], data[i]};
		self->list[i] = &self->all[i];
	}
}
