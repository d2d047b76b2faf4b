/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/offer.h"

#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <lv2/urid/urid.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/io.h"
#include "base/str.h"

// In the order in which stage_rack_offer_init gives their data; those behind
// LOG have none.
enum feature {
	MAP,
	UNMAP,
	OPTIONS,
	SCHEDULE,
	MAP_PATH,
	MAKE_PATH,
	FREE_PATH,
	LOG,
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
	[LOG] = LV2_LOG__log,
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

static char *
on_abstract_path(LV2_State_Map_Path_Handle handle, const char *path)
{
	const struct stage_rack_offer *self = handle;
	struct stage_rack_own_places places =
		stage_rack_host_places(self->host);

	return stage_rack_places_shorten(&places, path);
}

static char *
on_absolute_path(LV2_State_Map_Path_Handle handle, const char *path)
{
	const struct stage_rack_offer *self = handle;
	struct stage_rack_own_places places =
		stage_rack_host_places(self->host);

	return stage_rack_places_expand(&places, path);
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

// What plug-ins say.

static enum stage_rack_line_level
level_of(const struct stage_rack_offer *self, LV2_URID type)
{
	const char *uri = stage_urids_unmap(self->host->urids, type);

	if (uri != NULL && strcmp(uri, LV2_LOG__Error) == 0) {
		return STAGE_RACK_LINE_ERROR;
	}
	return uri != NULL && strcmp(uri, LV2_LOG__Warning) == 0
		       ? STAGE_RACK_LINE_WARNING
		       : STAGE_RACK_LINE_NOTE;
}

static int on_vprintf(LV2_Log_Handle handle, LV2_URID type, const char *format,
	va_list ap) STAGE_PRINTF(3, 0);

// [any] But for the audio thread it is logged at once: the next call may be the
// last one.
static int
on_vprintf(LV2_Log_Handle handle, LV2_URID type, const char *format, va_list ap)
{
	struct stage_rack_offer *self = handle;
	struct stage_rack_host *host = self->host;
	struct stage_rack_line *line = stage_rack_lines_take(&host->lines);
	int len;

	if (line == NULL) {
		return -1;
	}
	line->level = level_of(self, type);
	memcpy(line->slot, self->slot, sizeof(line->slot));
	len = vsnprintf(line->text, sizeof(line->text), format, ap);
	line->text[strcspn(line->text, "\n")] = '\0';
	stage_rack_lines_put(line);
	if (pthread_equal(
		    atomic_load(&host->wire->rescue.thread), pthread_self())) {
		stage_rack_wire_tell(host->wire);
	} else {
		stage_rack_lines_log(&host->lines);
	}
	return len;
}

static int on_printf(LV2_Log_Handle handle, LV2_URID type, const char *format,
	...) STAGE_PRINTF(3, 4);

static int
on_printf(LV2_Log_Handle handle, LV2_URID type, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = on_vprintf(handle, type, format, ap);
	va_end(ap);
	return len;
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
		[LOG] = &self->log,
	};

	memset(self, 0, sizeof(*self));
	(void)!stage_io_join(
		self->files, sizeof(self->files), host->files, slot, NULL);
	self->schedule.handle = work;
	self->schedule.schedule_work = stage_rack_work_schedule;
	self->map_path.handle = self;
	self->map_path.abstract_path = on_abstract_path;
	self->map_path.absolute_path = on_absolute_path;
	self->make_path.handle = self;
	self->make_path.path = on_make_path;
	self->free_path.free_path = on_free_path;
	self->host = host;
	(void)!stage_format(self->slot, sizeof(self->slot), "%s", slot);
	self->log.handle = self;
	self->log.printf = on_printf;
	self->log.vprintf = on_vprintf;
	for (size_t i = 0; i < FEATURE_COUNT; i++) {
		self->all[i] = (LV2_Feature){uris[i], data[i]};
		self->list[i] = &self->all[i];
	}
}
