/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* LV2 plug-ins that use what a host offers, for the tests of racks:
 *
 *   clock   puts out a thousandth of the tempo that time:Position told, or a
 *           hundredth of how often it was told where that says no tempo
 *   narrow  passes on, and ends its host where it runs more frames than it was
 *           told it would
 *   taker   takes a file by patch:Set, has its worker read it, and puts out a
 *           hundredth of the file's bytes; the path is its state. Says each
 *           time by the log what it took, and by an event that its state is
 *           another one
 */

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/log/log.h>
#include <lv2/options/options.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "http://stagecraft.example/host#"
#define PATH_BYTES 4096

struct plugin {
	void *ports[3];
	float level;
	int told;
	bool has_news;
	int32_t nominal; // frames
	char path[PATH_BYTES];
	LV2_URID_Map *map;
	LV2_Worker_Schedule *schedule;
	LV2_Log_Log *log;
	LV2_Atom_Forge forge;
};

static LV2_URID
urid(const struct plugin *self, const char *uri)
{
	return self->map->map(self->map->handle, uri);
}

static void *
feature(const LV2_Feature *const *features, const char *uri)
{
	for (; *features != NULL; features++) {
		if (strcmp((*features)->URI, uri) == 0) {
			return (*features)->data;
		}
	}
	return NULL;
}

static int32_t
read_nominal(const struct plugin *self, const LV2_Options_Option *option)
{
	LV2_URID key = urid(self, LV2_BUF_SIZE__nominalBlockLength);

	for (; option != NULL && option->key != 0; option++) {
		if (option->key == key) {
			return *(const int32_t *)option->value;
		}
	}
	return 0;
}

static LV2_Handle
instantiate(const LV2_Descriptor *descriptor, double rate_hz,
	const char *bundle, const LV2_Feature *const *features)
{
	struct plugin *self = calloc(1, sizeof(*self));

	(void)descriptor;
	(void)rate_hz;
	(void)bundle;
	if (self != NULL) {
		self->map = feature(features, LV2_URID__map);
		self->schedule = feature(features, LV2_WORKER__schedule);
		self->log = feature(features, LV2_LOG__log);
		self->nominal = read_nominal(
			self, feature(features, LV2_OPTIONS__options));
		lv2_atom_forge_init(&self->forge, self->map);
	}
	return self;
}

static void
connect_port(LV2_Handle handle, uint32_t port, void *data)
{
	struct plugin *self = handle;

	if (port < 3) {
		self->ports[port] = data;
	}
}

static void
cleanup(LV2_Handle handle)
{
	free(handle);
}

static void
put_level(float *out, uint32_t frames, float level)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = level;
	}
}

static void
run_clock(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;
	const LV2_Atom_Sequence *events = self->ports[0];

	LV2_ATOM_SEQUENCE_FOREACH(events, event)
	{
		const LV2_Atom_Object *object = (const void *)&event->body;
		const LV2_Atom_Float *tempo = NULL;
		if (event->body.type != self->forge.Object ||
			object->body.otype != urid(self, LV2_TIME__Position)) {
			continue;
		}
		lv2_atom_object_get(object,
			urid(self, LV2_TIME__beatsPerMinute), &tempo, 0);
		self->told++;
		self->level = tempo != NULL ? tempo->body / 1000
					    : 0.01F * (float)self->told;
	}
	put_level(self->ports[1], frames, self->level);
}

static void
run_narrow(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	if (frames > (uint32_t)self->nominal) {
		abort();
	}
	memcpy(self->ports[1], self->ports[0], frames * sizeof(float));
}

static void
take(struct plugin *self, const LV2_Atom_Object *object)
{
	const LV2_Atom_URID *property = NULL;
	const LV2_Atom *value = NULL;

	lv2_atom_object_get(object, urid(self, LV2_PATCH__property), &property,
		urid(self, LV2_PATCH__value), &value, 0);
	if (property == NULL || value == NULL ||
		property->body != urid(self, PREFIX "file") ||
		value->type != self->forge.Path || value->size > PATH_BYTES) {
		return;
	}
	self->schedule->schedule_work(
		self->schedule->handle, value->size, value + 1);
}

static void
tell(struct plugin *self)
{
	LV2_Atom_Sequence *notify = self->ports[1];
	LV2_Atom_Forge_Frame all;
	LV2_Atom_Forge_Frame object;

	lv2_atom_forge_set_buffer(&self->forge, (void *)notify,
		notify->atom.size + (uint32_t)sizeof(LV2_Atom));
	lv2_atom_forge_sequence_head(&self->forge, &all, 0);
	if (self->has_news) {
		lv2_atom_forge_frame_time(&self->forge, 0);
		lv2_atom_forge_object(&self->forge, &object, 0,
			urid(self, LV2_STATE__StateChanged));
		lv2_atom_forge_pop(&self->forge, &object);
		self->has_news = false;
	}
	lv2_atom_forge_pop(&self->forge, &all);
}

static void
run_taker(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;
	const LV2_Atom_Sequence *control = self->ports[0];

	LV2_ATOM_SEQUENCE_FOREACH(control, event)
	{
		const LV2_Atom_Object *object = (const void *)&event->body;
		if (event->body.type == self->forge.Object &&
			object->body.otype == urid(self, LV2_PATCH__Set)) {
			take(self, object);
		}
	}
	tell(self);
	put_level(self->ports[2], frames, self->level);
}

static float
read_level(const char *path)
{
	FILE *file = fopen(path, "r");
	long bytes = 0;

	if (file != NULL) {
		fseek(file, 0, SEEK_END);
		bytes = ftell(file);
		fclose(file);
	}
	return 0.01F * (float)bytes;
}

// What is answered: the level, and the path behind it.
static LV2_Worker_Status
work(LV2_Handle handle, LV2_Worker_Respond_Function respond,
	LV2_Worker_Respond_Handle responder, uint32_t size, const void *data)
{
	char answer[sizeof(float) + PATH_BYTES];
	float level = read_level(data);

	(void)handle;
	memcpy(answer, &level, sizeof(level));
	memcpy(answer + sizeof(level), data, size);
	return respond(responder, (uint32_t)sizeof(level) + size, answer);
}

static LV2_Worker_Status
work_response(LV2_Handle handle, uint32_t size, const void *body)
{
	struct plugin *self = handle;

	memcpy(&self->level, body, sizeof(self->level));
	memcpy(self->path, (const char *)body + sizeof(self->level),
		size - sizeof(self->level));
	self->has_news = true;
	self->log->printf(self->log->handle, urid(self, LV2_LOG__Warning),
		"took %s\n", self->path);
	return LV2_WORKER_SUCCESS;
}

static LV2_State_Status
save(LV2_Handle handle, LV2_State_Store_Function store, LV2_State_Handle storer,
	uint32_t flags, const LV2_Feature *const *features)
{
	struct plugin *self = handle;
	LV2_State_Map_Path *map_path = feature(features, LV2_STATE__mapPath);
	LV2_State_Free_Path *free_path = feature(features, LV2_STATE__freePath);
	LV2_State_Status status;
	char *path;

	(void)flags;
	if (self->path[0] == '\0') {
		return LV2_STATE_SUCCESS;
	}
	path = map_path->abstract_path(map_path->handle, self->path);
	status = store(storer, urid(self, PREFIX "file"), path,
		strlen(path) + 1, self->forge.Path,
		LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
	free_path->free_path(free_path->handle, path);
	return status;
}

static LV2_State_Status
restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
	LV2_State_Handle retriever, uint32_t flags,
	const LV2_Feature *const *features)
{
	struct plugin *self = handle;
	size_t size = 0;
	uint32_t type = 0;
	const char *path = retrieve(
		retriever, urid(self, PREFIX "file"), &size, &type, &flags);

	(void)features;
	if (path != NULL && type == self->forge.Path && size <= PATH_BYTES) {
		memcpy(self->path, path, size);
		self->level = read_level(self->path);
	}
	return LV2_STATE_SUCCESS;
}

static const void *
taker_extension(const char *uri)
{
	static const LV2_Worker_Interface worker = {work, work_response, NULL};
	static const LV2_State_Interface state = {save, restore};

	if (strcmp(uri, LV2_WORKER__interface) == 0) {
		return &worker;
	}
	return strcmp(uri, LV2_STATE__interface) == 0 ? &state : NULL;
}

static const LV2_Descriptor descriptors[] = {
	{PREFIX "clock", instantiate, connect_port, NULL, run_clock, NULL,
		cleanup, NULL},
	{PREFIX "narrow", instantiate, connect_port, NULL, run_narrow, NULL,
		cleanup, NULL},
	{PREFIX "taker", instantiate, connect_port, NULL, run_taker, NULL,
		cleanup, taker_extension},
};

LV2_SYMBOL_EXPORT const LV2_Descriptor *
lv2_descriptor(uint32_t index)
{
	return index < sizeof(descriptors) / sizeof(descriptors[0])
		       ? &descriptors[index]
		       : NULL;
}
