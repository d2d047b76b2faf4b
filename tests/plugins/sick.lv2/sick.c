/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* LV2 plug-ins that are sick in one way each, for the tests of racks:
 *
 *   crash-PHASE  writes to nowhere in instantiate, activate, run, work, save,
 *                restore or cleanup
 *   hang-PHASE   does not come back from there
 *
 * All are mono and pass on what comes in, and have a control `now`: run and
 * work are well until it is 1. At 2 `hang-run` waits for what never comes,
 * instead of going in circles. Each of them has a state, so that there is
 * something to save and restore.
 */

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "http://stagecraft.example/test#"
#define PORTS 3 // in, out, now

enum way {
	CRASHES,
	HANGS,
	WAYS,
};

enum phase {
	INSTANTIATE,
	ACTIVATE,
	RUN,
	WORK,
	SAVE,
	RESTORE,
	CLEANUP,
	PHASES,
};

struct plugin {
	enum way way;
	enum phase phase;
	float *ports[PORTS];
	float asked;
	LV2_Worker_Schedule *schedule;
	LV2_URID key;
	LV2_URID type;
};

static volatile bool is_for_ever = true;

static void
go_in_circles(void)
{
	while (is_for_ever) {
	}
}

static void
wait_for_nobody(void)
{
	sem_t never;

	sem_init(&never, 0, 0);
	while (is_for_ever) {
		sem_wait(&never);
	}
}

static void
write_to_nowhere(void)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
}

// What happens in a phase.
static void
pass(const struct plugin *self, enum phase phase)
{
	if (self->phase != phase) {
		return;
	}
	if (self->way == CRASHES) {
		write_to_nowhere();
	} else if (phase == RUN && *self->ports[2] > 1.5F) {
		wait_for_nobody();
	} else if (phase == RUN) {
		go_in_circles();
	} else {
		wait_for_nobody();
	}
}

static const LV2_Descriptor *descriptor_of(enum way way, enum phase phase);

static LV2_Handle
instantiate(const LV2_Descriptor *descriptor, double rate_hz,
	const char *bundle, const LV2_Feature *const *features)
{
	struct plugin *self = calloc(1, sizeof(*self));
	LV2_URID_Map *map = NULL;

	(void)rate_hz;
	(void)bundle;
	if (self == NULL) {
		return NULL;
	}
	for (int way = 0; way < WAYS; way++) {
		for (int phase = 0; phase < PHASES; phase++) {
			if (descriptor_of(way, phase) == descriptor) {
				self->way = way;
				self->phase = phase;
			}
		}
	}
	for (; *features != NULL; features++) {
		if (strcmp((*features)->URI, LV2_URID__map) == 0) {
			map = (*features)->data;
		} else if (strcmp((*features)->URI, LV2_WORKER__schedule) ==
			   0) {
			self->schedule = (*features)->data;
		}
	}
	self->key = map->map(map->handle, PREFIX "told");
	self->type = map->map(map->handle, LV2_ATOM__Int);
	pass(self, INSTANTIATE);
	return self;
}

static void
connect_port(LV2_Handle handle, uint32_t port, void *data)
{
	struct plugin *self = handle;

	if (port < PORTS) {
		self->ports[port] = data;
	}
}

static void
activate(LV2_Handle handle)
{
	pass(handle, ACTIVATE);
}

static void
run(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	memcpy(self->ports[1], self->ports[0], frames * sizeof(float));
	if (*self->ports[2] < 0.5F) {
		self->asked = 0;
		return;
	}
	pass(self, RUN);
	if (self->phase == WORK && self->asked == 0) {
		self->asked = 1;
		self->schedule->schedule_work(self->schedule->handle,
			sizeof(self->asked), &self->asked);
	}
}

static void
cleanup(LV2_Handle handle)
{
	pass(handle, CLEANUP);
	free(handle);
}

static LV2_Worker_Status
work(LV2_Handle handle, LV2_Worker_Respond_Function respond,
	LV2_Worker_Respond_Handle responder, uint32_t size, const void *data)
{
	(void)respond;
	(void)responder;
	(void)size;
	(void)data;
	pass(handle, WORK);
	return LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status
work_response(LV2_Handle handle, uint32_t size, const void *body)
{
	(void)handle;
	(void)size;
	(void)body;
	return LV2_WORKER_SUCCESS;
}

static LV2_State_Status
save(LV2_Handle handle, LV2_State_Store_Function store, LV2_State_Handle storer,
	uint32_t flags, const LV2_Feature *const *features)
{
	static const int32_t told = 1;
	struct plugin *self = handle;

	(void)flags;
	(void)features;
	pass(self, SAVE);
	return store(storer, self->key, &told, sizeof(told), self->type,
		LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
}

static LV2_State_Status
restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
	LV2_State_Handle retriever, uint32_t flags,
	const LV2_Feature *const *features)
{
	struct plugin *self = handle;
	size_t size = 0;
	uint32_t type = 0;

	(void)features;
	if (retrieve(retriever, self->key, &size, &type, &flags) != NULL) {
		pass(self, RESTORE);
	}
	return LV2_STATE_SUCCESS;
}

static const void *
extension(const char *uri)
{
	static const LV2_Worker_Interface worker = {work, work_response, NULL};
	static const LV2_State_Interface state = {save, restore};

	if (strcmp(uri, LV2_WORKER__interface) == 0) {
		return &worker;
	}
	return strcmp(uri, LV2_STATE__interface) == 0 ? &state : NULL;
}

#define SICK(name)                                                             \
	{                                                                      \
		PREFIX name, instantiate, connect_port, activate, run, NULL,   \
			cleanup, extension                                     \
	}

static const LV2_Descriptor descriptors[WAYS][PHASES] = {
	[CRASHES] = {SICK("crash-instantiate"), SICK("crash-activate"),
		SICK("crash-run"), SICK("crash-work"), SICK("crash-save"),
		SICK("crash-restore"), SICK("crash-cleanup")},
	[HANGS] = {SICK("hang-instantiate"), SICK("hang-activate"),
		SICK("hang-run"), SICK("hang-work"), SICK("hang-save"),
		SICK("hang-restore"), SICK("hang-cleanup")},
};

static const LV2_Descriptor *
descriptor_of(enum way way, enum phase phase)
{
	return &descriptors[way][phase];
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *
lv2_descriptor(uint32_t index)
{
	return index < WAYS * PHASES
		       ? &descriptors[index / PHASES][index % PHASES]
		       : NULL;
}
