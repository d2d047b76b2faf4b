/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* LV2 plug-ins that do one thing each, for the tests of racks:
 *
 *   integrator   puts out a level that `add` raises in each frame, and that
 *                nothing else changes: its memory can be heard
 *   bad          puts out what comes in, or, from when `bad` was on for the
 *                first time, NaN until its end
 *   worker       asks its worker each time that `ask` changes, and puts out a
 *                hundredth for each answer; how many is its state
 *   middle       a mono plug-in with `gain`
 *   source       no input, a level
 *   late         delays what comes in, and reports that as its latency
 *   crash        passes on, until `crash` is 1: then it ends its host, by abort
 *   forgetful    passes on; its state is how often it was saved
 *   dirty        takes memory while it plays, which no plug-in should
 *   free         puts out 1 while the server freewheels
 *   needy        needs a feature that nobody has
 */

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "http://stagecraft.example/test#"
#define PORTS_MAX 4
#define LINE 8192U // frames

struct plugin {
	float *ports[PORTS_MAX];
	double level;
	float asked;
	_Atomic int32_t answers; // it is saved while it runs
	LV2_Worker_Schedule *schedule;
	LV2_URID answers_urid;
	LV2_URID saves_urid;
	LV2_URID int_urid;
	float line[LINE];
	uint32_t at;
};

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

static LV2_Handle
instantiate(const LV2_Descriptor *descriptor, double rate_hz,
	const char *bundle, const LV2_Feature *const *features)
{
	struct plugin *self = calloc(1, sizeof(*self));
	LV2_URID_Map *map = feature(features, LV2_URID__map);

	(void)descriptor;
	(void)rate_hz;
	(void)bundle;
	if (self != NULL && map != NULL) {
		self->schedule = feature(features, LV2_WORKER__schedule);
		self->answers_urid = map->map(map->handle, PREFIX "answers");
		self->saves_urid = map->map(map->handle, PREFIX "saves");
		self->int_urid = map->map(map->handle, LV2_ATOM__Int);
	}
	return self;
}

static void
connect_port(LV2_Handle handle, uint32_t port, void *data)
{
	struct plugin *self = handle;

	if (port < PORTS_MAX) {
		self->ports[port] = data;
	}
}

static void
cleanup(LV2_Handle handle)
{
	free(handle);
}

// Ports: 0 in, 1 out, 2 control.

static void
run_integrator(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	for (uint32_t i = 0; i < frames; i++) {
		self->level += (double)*self->ports[2];
		self->ports[1][i] = (float)self->level;
	}
}

static void
run_bad(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	if (*self->ports[2] > 0.5F) {
		self->level = NAN;
	}
	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = self->ports[0][i] + (float)self->level;
	}
}

static void
run_crash(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	memcpy(self->ports[1], self->ports[0], frames * sizeof(float));
	if (*self->ports[2] > 0.5F) {
		abort();
	}
}

static void
run_dirty(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;
	float *volatile copy = malloc(frames * sizeof(float));

	if (copy != NULL) {
		memcpy(copy, self->ports[0], frames * sizeof(float));
		memcpy(self->ports[1], copy, frames * sizeof(float));
	}
	free(copy);
}

static void
run_free(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = *self->ports[2];
	}
}

static void
run_middle(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = self->ports[0][i] * *self->ports[2];
	}
}

static void
run_worker(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	if (*self->ports[2] != self->asked) {
		self->asked = *self->ports[2];
		self->schedule->schedule_work(self->schedule->handle,
			sizeof(self->asked), &self->asked);
	}
	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = 0.01F * (float)self->answers;
	}
}

static LV2_Worker_Status
work(LV2_Handle handle, LV2_Worker_Respond_Function respond,
	LV2_Worker_Respond_Handle responder, uint32_t size, const void *data)
{
	(void)handle;
	return respond(responder, size, data);
}

static LV2_Worker_Status
work_response(LV2_Handle handle, uint32_t size, const void *body)
{
	struct plugin *self = handle;

	if (size == sizeof(float) && *(const float *)body == self->asked) {
		self->answers++;
	}
	return LV2_WORKER_SUCCESS;
}

static LV2_State_Status
save(LV2_Handle handle, LV2_State_Store_Function store, LV2_State_Handle storer,
	uint32_t flags, const LV2_Feature *const *features)
{
	struct plugin *self = handle;
	int32_t answers = self->answers;

	(void)flags;
	(void)features;
	return store(storer, self->answers_urid, &answers, sizeof(answers),
		self->int_urid, LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
}

static LV2_State_Status
restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
	LV2_State_Handle retriever, uint32_t flags,
	const LV2_Feature *const *features)
{
	struct plugin *self = handle;
	size_t size = 0;
	uint32_t type = 0;
	const int32_t *answers =
		retrieve(retriever, self->answers_urid, &size, &type, &flags);

	(void)features;
	if (answers != NULL && size == sizeof(*answers) &&
		type == self->int_urid) {
		self->answers = *answers;
	}
	return LV2_STATE_SUCCESS;
}

static const void *
worker_extension(const char *uri)
{
	static const LV2_Worker_Interface worker = {work, work_response, NULL};
	static const LV2_State_Interface state = {save, restore};

	if (strcmp(uri, LV2_WORKER__interface) == 0) {
		return &worker;
	}
	return strcmp(uri, LV2_STATE__interface) == 0 ? &state : NULL;
}

static LV2_State_Status
save_count(LV2_Handle handle, LV2_State_Store_Function store,
	LV2_State_Handle storer, uint32_t flags,
	const LV2_Feature *const *features)
{
	struct plugin *self = handle;

	(void)flags;
	(void)features;
	self->answers++;
	return store(storer, self->saves_urid, &self->answers,
		sizeof(self->answers), self->int_urid,
		LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
}

static LV2_State_Status
restore_count(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
	LV2_State_Handle retriever, uint32_t flags,
	const LV2_Feature *const *features)
{
	struct plugin *self = handle;
	size_t size = 0;
	uint32_t type = 0;
	const int32_t *saves =
		retrieve(retriever, self->saves_urid, &size, &type, &flags);

	(void)features;
	if (saves != NULL && size == sizeof(*saves)) {
		self->answers = *saves;
	}
	return LV2_STATE_SUCCESS;
}

static const void *
forgetful_extension(const char *uri)
{
	static const LV2_State_Interface state = {save_count, restore_count};

	return strcmp(uri, LV2_STATE__interface) == 0 ? &state : NULL;
}

// Ports: 0 out left, 1 out right, 2 control.

static void
run_source(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	for (uint32_t i = 0; i < frames; i++) {
		self->ports[0][i] = *self->ports[2];
		self->ports[1][i] = -*self->ports[2];
	}
}

// Ports: 0 in, 1 out, 2 control, 3 latency.

static void
run_late(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	uint32_t late = (uint32_t)*self->ports[2];

	for (uint32_t i = 0; i < frames; i++) {
		self->line[self->at % LINE] = self->ports[0][i];
		self->ports[1][i] = self->line[(self->at - late) % LINE];
		self->at++;
	}
	*self->ports[3] = *self->ports[2];
}

static const LV2_Descriptor descriptors[] = {
	{PREFIX "integrator", instantiate, connect_port, NULL, run_integrator,
		NULL, cleanup, NULL},
	{PREFIX "bad", instantiate, connect_port, NULL, run_bad, NULL, cleanup,
		NULL},
	{PREFIX "worker", instantiate, connect_port, NULL, run_worker, NULL,
		cleanup, worker_extension},
	{PREFIX "middle", instantiate, connect_port, NULL, run_middle, NULL,
		cleanup, NULL},
	{PREFIX "source", instantiate, connect_port, NULL, run_source, NULL,
		cleanup, NULL},
	{PREFIX "late", instantiate, connect_port, NULL, run_late, NULL,
		cleanup, NULL},
	{PREFIX "crash", instantiate, connect_port, NULL, run_crash, NULL,
		cleanup, NULL},
	{PREFIX "forgetful", instantiate, connect_port, NULL, run_middle, NULL,
		cleanup, forgetful_extension},
	{PREFIX "dirty", instantiate, connect_port, NULL, run_dirty, NULL,
		cleanup, NULL},
	{PREFIX "free", instantiate, connect_port, NULL, run_free, NULL,
		cleanup, NULL},
	{PREFIX "needy", instantiate, connect_port, NULL, run_middle, NULL,
		cleanup, NULL},
};

LV2_SYMBOL_EXPORT const LV2_Descriptor *
lv2_descriptor(uint32_t index)
{
	return index < sizeof(descriptors) / sizeof(descriptors[0])
		       ? &descriptors[index]
		       : NULL;
}
