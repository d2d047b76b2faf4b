/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // RTLD_GLOBAL, dlerror

#include "rack/instance.h"

#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <stdlib.h>
#include <string.h>

#include "rack/builtin_plugin.h"
#include "rack/fpu.h"
#include "rack/room.h"

#define WARM_UP_MS 250

_Static_assert(offsetof(struct stage_rack_instance, unit) == 0,
	"a unit is an instance");

// Buffers.

static size_t
bytes_of(const struct stage_rack_port *port)
{
	switch (port->kind) {
	case STAGE_RACK_AUDIO_IN:
	case STAGE_RACK_AUDIO_OUT:
	case STAGE_RACK_CV:
		return STAGE_RACK_FRAMES_MAX * sizeof(float);
	case STAGE_RACK_EVENTS_IN:
	case STAGE_RACK_EVENTS_OUT:
		return port->bytes;
	case STAGE_RACK_CONTROL_IN:
	case STAGE_RACK_CONTROL_OUT:
	case STAGE_RACK_UNCONNECTED:
		break;
	}
	return 0;
}

// What a cycle looks at is side by side.
static bool
make_places(struct stage_rack_instance *self)
{
	struct stage_rack_unit *unit = &self->unit;
	uint32_t ins =
		stage_rack_plugin_count(self->plugin, STAGE_RACK_AUDIO_IN);
	uint32_t outs =
		stage_rack_plugin_count(self->plugin, STAGE_RACK_AUDIO_OUT);
	size_t count = (size_t)ins + outs;

	self->places = stage_rack_buffer(
		1 + count * (sizeof(*self->plugs) + 2 * sizeof(float *)));
	if (self->places == NULL) {
		return false;
	}
	self->plugs = self->places;
	unit->ins = (float **)(self->plugs + count);
	unit->outs = unit->ins + ins;
	unit->in_rooms = unit->ins + count;
	unit->out_rooms = unit->in_rooms + ins;
	return true;
}

static bool
make_buffers(struct stage_rack_instance *self)
{
	const struct stage_rack_plugin *plugin = self->plugin;
	struct stage_rack_unit *unit = &self->unit;

	self->buffers = calloc(plugin->port_count + 1, sizeof(void *));
	unit->cells = calloc(plugin->port_count + 1, sizeof(float));
	self->sockets = calloc(plugin->port_count + 1, sizeof(*self->sockets));
	if (self->buffers == NULL || unit->cells == NULL ||
		self->sockets == NULL || !make_places(self)) {
		return false;
	}
	for (uint32_t i = 0; i < plugin->port_count; i++) {
		size_t bytes = bytes_of(&plugin->ports[i]);
		if (bytes > 0) {
			self->buffers[i] = stage_rack_buffer(bytes);
			if (self->buffers[i] == NULL) {
				return false;
			}
		}
	}
	return true;
}

// The first port for MIDI of each direction is the one that is played to.
static void
take_events(struct stage_rack_instance *self, uint32_t index)
{
	const struct stage_rack_port *port = &self->plugin->ports[index];
	struct stage_rack_events *events = port->kind == STAGE_RACK_EVENTS_IN
						   ? &self->unit.midi_in
						   : &self->unit.midi_out;
	struct stage_rack_socket *socket = &self->sockets[self->socket_count++];

	socket->events.atom = self->buffers[index];
	socket->events.capacity = port->bytes;
	socket->port = port;
	stage_rack_events_clear(&socket->events, &self->host->numbers);
	if (port->is_midi && events->atom == NULL) {
		*events = socket->events;
		socket->is_played = true;
	}
}

// The main ones stand first.
static void
take_audio(struct stage_rack_instance *self)
{
	const struct stage_rack_plugin *plugin = self->plugin;
	struct stage_rack_unit *unit = &self->unit;
	uint32_t in = 0;
	uint32_t out = 0;

	unit->in_count =
		stage_rack_plugin_count_main(plugin, STAGE_RACK_AUDIO_IN);
	unit->out_count =
		stage_rack_plugin_count_main(plugin, STAGE_RACK_AUDIO_OUT);
	for (uint32_t i = 0; i < plugin->port_count; i++) {
		const struct stage_rack_port *port = &plugin->ports[i];
		if (port->kind == STAGE_RACK_AUDIO_IN) {
			uint32_t at =
				port->is_side
					? unit->in_count + unit->side_in_count++
					: in++;
			unit->in_rooms[at] = self->buffers[i];
			self->plugs[at].port = i;
		} else if (port->kind == STAGE_RACK_AUDIO_OUT) {
			uint32_t at = port->is_side
					      ? unit->out_count +
							unit->side_out_count++
					      : out++;
			unit->out_rooms[at] = self->buffers[i];
			self->plugs[unit->outs - unit->ins + at].port = i;
		}
		self->plug_count += port->kind == STAGE_RACK_AUDIO_IN ||
				    port->kind == STAGE_RACK_AUDIO_OUT;
	}
}

// Has it read and write in rooms of its own.
static void
go_home(struct stage_rack_instance *self)
{
	for (uint32_t i = 0; i < self->plug_count; i++) {
		struct stage_rack_plug *plug = &self->plugs[i];
		plug->at = self->unit.ins[i] = self->unit.in_rooms[i];
		lilv_instance_connect_port(self->lilv, plug->port, plug->at);
	}
}

// A control voltage that nobody makes is what its plug-in says it is by itself:
// silence would be another value.
static void
fill_voltage(const struct stage_rack_instance *self,
	const struct stage_rack_port *port, float *buffer)
{
	float value = port->value;

	value *= port->is_rate_scaled ? self->host->rate_hz : 1;
	for (uint32_t i = 0; i < STAGE_RACK_FRAMES_MAX; i++) {
		buffer[i] = value;
	}
}

static void
connect(struct stage_rack_instance *self)
{
	const struct stage_rack_plugin *plugin = self->plugin;
	struct stage_rack_unit *unit = &self->unit;

	take_audio(self);
	for (uint32_t i = 0; i < plugin->port_count; i++) {
		const struct stage_rack_port *port = &plugin->ports[i];
		void *to = self->buffers[i];
		if (port->kind == STAGE_RACK_EVENTS_IN ||
			port->kind == STAGE_RACK_EVENTS_OUT) {
			take_events(self, i);
		} else if (port->kind == STAGE_RACK_CONTROL_IN ||
			   port->kind == STAGE_RACK_CONTROL_OUT) {
			unit->cells[i] = port->value;
			to = &unit->cells[i];
			if (port->role == STAGE_RACK_ROLE_FREEWHEELING) {
				self->freewheeling = to;
			}
		} else if (port->kind == STAGE_RACK_CV) {
			fill_voltage(self, port, to);
		}
		lilv_instance_connect_port(self->lilv, i, to);
	}
	go_home(self);
}

// Life.

// Some plug-ins of Debian use fftw without being linked to it.
static void
offer_fftw(void)
{
	(void)dlopen("libfftw3f.so.3", RTLD_NOW | RTLD_GLOBAL);
}

static void
make_lilv(struct stage_rack_instance *self)
{
	self->lilv = self->plugin->builtin != NULL
			     ? stage_rack_builtin_instantiate(
				       self->plugin->builtin, self->host)
			     : lilv_plugin_instantiate(self->plugin->lilv,
				       (double)self->host->rate_hz,
				       self->features.list);
}

// lilv keeps to itself why a library was not loaded.
static const char *
find_fault(const struct stage_rack_plugin *plugin)
{
	const LilvNode *uri =
		plugin->lilv != NULL ? lilv_plugin_get_library_uri(plugin->lilv)
				     : NULL;
	char *path = uri != NULL
			     ? lilv_file_uri_parse(lilv_node_as_uri(uri), NULL)
			     : NULL;
	const char *why = "it does not say why";

	if (path != NULL && dlopen(path, RTLD_NOW) == NULL) {
		why = dlerror();
	} else if (path != NULL) {
		why = "its library does not have it, or refuses";
	}
	lilv_free(path);
	return why;
}

static enum stage_status
instantiate(struct stage_rack_instance *self, struct stage_err *err)
{
	make_lilv(self);
	if (self->lilv == NULL && self->plugin->builtin == NULL) {
		offer_fftw();
		make_lilv(self);
	}
	if (self->lilv == NULL) {
		return stage_err_set(err, STAGE_IO, "%s cannot be loaded: %s",
			self->plugin->uri, find_fault(self->plugin));
	}
	self->work.iface = lilv_instance_get_extension_data(
		self->lilv, LV2_WORKER__interface);
	self->handle = lilv_instance_get_handle(self->lilv);
	self->play = lilv_instance_get_descriptor(self->lilv)->run;
	self->work.handle = self->handle;
	// Some that have it do not say so in their description.
	self->state = lilv_instance_get_extension_data(
		self->lilv, LV2_STATE__interface);
	return STAGE_OK;
}

enum stage_status
stage_rack_instance_create(struct stage_rack_host *host,
	const struct stage_rack_plugin *plugin, const char *slot,
	struct stage_rack_instance **out, struct stage_err *err)
{
	struct stage_rack_instance *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->plugin = plugin;
	self->host = host;
	self->unit.run = stage_rack_instance_run;
	if (make_buffers(self) &&
		stage_rack_work_init(&self->work) == STAGE_OK) {
		stage_rack_offer_init(&self->features, host, &self->work, slot);
		status = instantiate(self, err);
	} else {
		stage_err_set(err, status, "out of memory");
	}
	if (status != STAGE_OK) {
		stage_rack_instance_destroy(self);
		return status;
	}
	connect(self);
	if (stage_rack_instance_takes_asks(self)) {
		self->ask = calloc(1, STAGE_RACK_ASK_BYTES);
		self->asks = stage_ring_create(STAGE_RACK_ASKS_BYTES);
		if (self->ask == NULL || self->asks == NULL) {
			stage_rack_instance_destroy(self);
			return stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	*out = self;
	return STAGE_OK;
}

void
stage_rack_instance_destroy(struct stage_rack_instance *self)
{
	if (self == NULL) {
		return;
	}
	if (self->is_active) {
		go_home(self); // where it was last may be there no more
		lilv_instance_deactivate(self->lilv);
	}
	if (self->plugin->builtin != NULL) {
		stage_rack_builtin_free(self->lilv);
	} else {
		lilv_instance_free(self->lilv);
	}
	stage_rack_work_finish(&self->work);
	for (uint32_t i = 0;
		self->buffers != NULL && i < self->plugin->port_count; i++) {
		free(self->buffers[i]);
	}
	free(self->buffers);
	free(self->unit.cells);
	free(self->places);
	free(self->sockets);
	stage_ring_destroy(self->asks);
	free(self->ask);
	free(self);
}

void
stage_rack_instance_start(
	struct stage_rack_instance *self, uint32_t period_frames)
{
	uint32_t frames = period_frames < STAGE_RACK_FRAMES_MAX
				  ? period_frames
				  : STAGE_RACK_FRAMES_MAX;
	uint32_t left = (uint32_t)(self->host->rate_hz * WARM_UP_MS / 1000);

	stage_fpu_flush();
	lilv_instance_activate(self->lilv);
	self->is_active = true;
	for (; left > frames; left -= frames) {
		self->unit.run(&self->unit, frames);
	}
	self->is_live = true;
	if (self->socket_count == 0 && self->freewheeling == NULL &&
		self->work.iface == NULL) {
		self->unit.run = stage_rack_instance_run_plain;
	}
}

// State.

// Most plug-ins that keep a path say so by its type; not all of them ask for
// what a path is called in memory, or ask on one way only.
static bool
is_path(const char *type, const void *value, size_t size)
{
	return strcmp(type, LV2_ATOM__Path) == 0 && size > 0 &&
	       memchr(value, '\0', size) != NULL;
}

struct saving {
	struct stage_rack_instance *instance;
	struct stage_rack_memory *memory;
	bool has_failed;
};

static LV2_State_Status
on_store(LV2_State_Handle handle, uint32_t key, const void *value, size_t size,
	uint32_t type, uint32_t flags)
{
	struct saving *saving = handle;
	struct stage_rack_host *host = saving->instance->host;
	struct stage_urids *urids = host->urids;
	struct stage_rack_own_places places = stage_rack_host_places(host);
	LV2_State_Status status = LV2_STATE_SUCCESS;
	char *path = NULL;
	bool has_failed = false;
	const char *key_uri = stage_urids_unmap(urids, key);
	const char *type_uri = stage_urids_unmap(urids, type);

	if (key_uri == NULL || type_uri == NULL) {
		return LV2_STATE_ERR_UNKNOWN;
	}
	if ((flags & LV2_STATE_IS_POD) == 0) {
		return LV2_STATE_ERR_BAD_FLAGS; // pointers do not outlive us
	}
	if (is_path(type_uri, value, size)) {
		path = stage_rack_places_shorten(&places, value);
		has_failed = path == NULL;
		value = path;
		size = path != NULL ? strlen(path) + 1 : 0;
	}
	if (has_failed ||
		stage_rack_memory_add_property(saving->memory, key_uri,
			type_uri, flags, value, size) != STAGE_OK) {
		saving->has_failed = true;
		status = LV2_STATE_ERR_UNKNOWN;
	}
	free(path);
	return status;
}

enum stage_status
stage_rack_instance_save(
	struct stage_rack_instance *self, struct stage_rack_memory *memory)
{
	struct saving saving = {self, memory, false};
	LV2_State_Status status = LV2_STATE_SUCCESS;

	if (self->state == NULL || self->state->save == NULL) {
		return STAGE_UNSUPPORTED;
	}
	if (pthread_mutex_trylock(&self->work.busy) != 0) {
		return STAGE_BUSY;
	}
	status = self->state->save(self->work.handle, on_store, &saving,
		LV2_STATE_IS_POD, self->features.list);
	pthread_mutex_unlock(&self->work.busy);
	if (saving.has_failed) {
		return STAGE_NO_MEMORY;
	}
	return status == LV2_STATE_SUCCESS ? STAGE_OK : STAGE_IO;
}

struct restoring {
	struct stage_rack_instance *instance;
	const struct stage_rack_memory *memory;
	struct stage_strv paths; // that it was given
};

// Good until all is restored.
static const void *
give_path(struct restoring *restoring, const char *text, size_t *size)
{
	struct stage_rack_own_places places =
		stage_rack_host_places(restoring->instance->host);
	struct stage_strv *paths = &restoring->paths;
	char *path = stage_rack_places_expand(&places, text);
	enum stage_status status =
		path != NULL ? stage_strv_add(paths, path) : STAGE_NO_MEMORY;

	free(path);
	if (status != STAGE_OK) {
		return NULL;
	}
	*size = strlen(paths->items[paths->count - 1]) + 1;
	return paths->items[paths->count - 1];
}

static const void *
on_retrieve(LV2_State_Handle handle, uint32_t key, size_t *size, uint32_t *type,
	uint32_t *flags)
{
	struct restoring *restoring = handle;
	const struct stage_rack_memory *memory = restoring->memory;
	struct stage_urids *urids = restoring->instance->host->urids;
	const char *uri = stage_urids_unmap(urids, key);

	for (size_t i = 0; uri != NULL && i < memory->property_count; i++) {
		const struct stage_rack_property *property =
			&memory->properties[i];
		if (strcmp(property->key, uri) == 0) {
			*size = property->bytes.len;
			*type = stage_urids_map(urids, property->type);
			*flags = property->flags;
			return is_path(property->type, property->bytes.data,
				       property->bytes.len)
				       ? give_path(restoring,
						 property->bytes.data, size)
				       : stage_str_text(&property->bytes);
		}
	}
	return NULL;
}

static void
restore_delivered(struct stage_rack_instance *self)
{
	const LilvNode *uri = lilv_plugin_get_uri(self->plugin->lilv);
	LilvNode *feature =
		lilv_new_uri(self->host->world, LV2_STATE__loadDefaultState);
	LilvState *state = NULL;

	if (lilv_plugin_has_feature(self->plugin->lilv, feature)) {
		state = lilv_state_new_from_world(self->host->world,
			stage_urids_map_feature(self->host->urids), uri);
	}
	lilv_node_free(feature);
	if (state != NULL) {
		lilv_state_restore(
			state, self->lilv, NULL, NULL, 0, self->features.list);
		lilv_state_free(state);
	}
}

void
stage_rack_instance_restore_preset(
	struct stage_rack_instance *self, const LilvState *state)
{
	lilv_state_restore(
		state, self->lilv, NULL, NULL, 0, self->features.list);
}

void
stage_rack_instance_restore(struct stage_rack_instance *self,
	const struct stage_rack_memory *memory)
{
	struct restoring restoring = {.instance = self, .memory = memory};

	if (self->state == NULL || self->state->restore == NULL) {
		return;
	}
	if (memory == NULL || memory->property_count == 0) {
		restore_delivered(self);
		return;
	}
	self->state->restore(self->work.handle, on_retrieve, &restoring,
		LV2_STATE_IS_POD, self->features.list);
	stage_strv_finish(&restoring.paths);
}
