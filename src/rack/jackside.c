/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/jackside.h"

#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/midiport.h>
#include <jack/uuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rack/jackports.h"

// What libjack needs to let go of a client is a part of how long nothing is
// heard; where it deadlocks, another process is sooner there.
#define CLOSE_MS 2000

struct stage_rack_jack {
	struct stage_jack_client *client;
	struct stage_rack_wire *wire;
	const struct stage_rack_jack_events *events;
	void *user;
	uint32_t in_count;
	uint32_t out_count;
	bool has_midi;
	struct stage_rack_port_lines lines;
	_Atomic bool must_connect[STAGE_RACK_PORT_LINES_MAX]; // [main] tells
							      // [worker]
	_Atomic unsigned refs; // ours, and one for each setup without teardown
	_Atomic uint32_t latency_frames;
	bool looks_again;      // [notify] the next latencies were asked for
	_Atomic bool must_ask; // for them
	jack_client_t *handle; // [worker]
	bool is_open;          // [main] from opened to lost
};

static void
unref(struct stage_rack_jack *self)
{
	if (atomic_fetch_sub(&self->refs, 1) == 1) {
		self->events->ended(self->user);
		free(self);
	}
}

// [notify] Who plays behind us is told of latencies behind us, and what comes
// back from there is known with the next ones alone: these are asked for once.
static void
look_at_returns(struct stage_rack_jack *self, const jack_latency_range_t *all)
{
	uint32_t period_frames = jack_get_buffer_size(self->wire->client);

	if (stage_rack_jackports_see_returns(self->wire, all, period_frames) &&
		!self->looks_again) {
		self->looks_again = true;
		atomic_store(&self->must_ask, true);
		stage_rack_wire_tell(self->wire);
	} else {
		self->looks_again = false;
	}
}

// [notify] What is heard at an output was at an input that much earlier.
static void
on_latency(jack_latency_callback_mode_t mode, void *arg)
{
	struct stage_rack_jack *self = arg;
	struct stage_rack_wire *wire = self->wire;
	bool is_capture = mode == JackCaptureLatency;
	void **from = is_capture ? wire->ins : wire->outs;
	void **to = is_capture ? wire->outs : wire->ins;
	uint32_t from_count = is_capture ? self->in_count : self->out_count;
	uint32_t to_count = is_capture ? self->out_count : self->in_count;
	uint32_t own = atomic_load(&self->latency_frames);
	jack_latency_range_t all = {UINT32_MAX, 0};

	for (uint32_t i = 0; i < from_count; i++) {
		jack_latency_range_t range;
		jack_port_get_latency_range(from[i], mode, &range);
		all.min = range.min < all.min ? range.min : all.min;
		all.max = range.max > all.max ? range.max : all.max;
	}
	all.min = from_count > 0 ? all.min : 0;
	stage_rack_jackports_set_latency(wire, mode, &all);
	if (is_capture) {
		look_at_returns(self, &all);
	}
	all.min += own;
	all.max += own;
	if (is_capture && from_count == 0) {
		stage_rack_jackports_add_returns(wire, &all);
	}
	for (uint32_t i = 0; i < to_count; i++) {
		jack_port_set_latency_range(to[i], mode, &all);
	}
}

// [notify]
static void
on_freewheel(int is_starting, void *arg)
{
	struct stage_rack_wire *wire = arg;

	atomic_store(&wire->rescue.is_freewheeling, is_starting != 0);
}

// [notify] Of the ports of all clients.
static void
on_connect(jack_port_id_t from, jack_port_id_t to, int is_connect, void *arg)
{
	struct stage_rack_jack *self = arg;
	struct stage_rack_wire *wire = self->wire;
	jack_port_t *port = jack_port_by_id(self->handle, to);
	bool is_fed;

	(void)from;
	(void)is_connect;
	if (port == NULL || port != wire->midi_in) {
		return;
	}
	is_fed = jack_port_connected(port) > 0;
	if (atomic_exchange(&wire->is_fed, is_fed) != is_fed) {
		stage_rack_wire_tell(wire);
	}
}

// [worker]
static jack_port_t *
own_port(jack_client_t *client, const char *name)
{
	char whole[STAGE_JACK_PORT_NAME_MAX];

	return stage_format(whole, sizeof(whole), "%s:%s",
		       jack_get_client_name(client), name) == STAGE_OK
		       ? jack_port_by_name(client, whole)
		       : NULL;
}

// [worker]
static enum stage_status
register_port(jack_client_t *client, const char *name, const char *type,
	unsigned long flags, void **out, struct stage_err *err)
{
	*out = jack_port_register(client, name, type, flags, 0);
	return *out != NULL ? STAGE_OK
			    : stage_err_set(err, STAGE_FULL,
				      "the JACK server has no room for port %s",
				      name);
}

// [worker]
static enum stage_status
register_audio(jack_client_t *client, const char *prefix, unsigned long flags,
	uint32_t count, void **out, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;
	char name[32];

	for (uint32_t i = 0; status == STAGE_OK && i < count; i++) {
		snprintf(name, sizeof(name), "%s_%u", prefix, i + 1);
		status = register_port(client, name, JACK_DEFAULT_AUDIO_TYPE,
			flags, &out[i], err);
	}
	return status;
}

// [worker]
static enum stage_status
register_all(struct stage_rack_jack *self, jack_client_t *client,
	struct stage_err *err)
{
	struct stage_rack_wire *wire = self->wire;
	enum stage_status status = register_audio(
		client, "in", JackPortIsInput, self->in_count, wire->ins, err);

	if (status == STAGE_OK) {
		status = register_audio(client, "out", JackPortIsOutput,
			self->out_count, wire->outs, err);
	}
	if (status == STAGE_OK && self->has_midi) {
		status =
			register_port(client, "midi_in", JACK_DEFAULT_MIDI_TYPE,
				JackPortIsInput, &wire->midi_in, err);
	}
	if (status == STAGE_OK && self->has_midi) {
		status = register_port(client, "midi_out",
			JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput,
			&wire->midi_out, err);
	}
	return status;
}

// [worker] What a server has no room for is no reason not to play.
static void
name_port(jack_client_t *client, jack_port_t *port,
	const struct stage_rack_port_line *line)
{
	if (line->kind == STAGE_RACK_ALIAS) {
		(void)jack_port_set_alias(port, line->text);
	} else if (line->kind == STAGE_RACK_TITLE) {
		(void)jack_set_property(client, jack_port_uuid(port),
			JACK_METADATA_PRETTY_NAME, line->text, "text/plain");
	}
}

// [worker] Other names, for patches that were made with them.
static void
name_ports(struct stage_rack_jack *self, jack_client_t *client)
{
	for (size_t i = 0; i < self->lines.count; i++) {
		const struct stage_rack_port_line *line = &self->lines.items[i];
		jack_port_t *port = own_port(client, line->port);
		if (port != NULL) {
			name_port(client, port, line);
		}
	}
}

// [worker] Of a slot, before the client is active.
static void
on_made(void *user, const char *name, jack_port_t *port)
{
	struct stage_rack_jack *self = user;

	for (size_t i = 0; i < self->lines.count; i++) {
		const struct stage_rack_port_line *line = &self->lines.items[i];
		if (strcmp(line->port, name) == 0) {
			name_port(self->handle, port, line);
		}
	}
}

// [worker] The callback of the server before has ended: what is [rt] is ours.
static enum stage_status
setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct stage_rack_jack *self = user;
	struct stage_rack_wire *wire = self->wire;
	enum stage_status status;

	atomic_fetch_add(&self->refs, 1);
	wire->in_count = self->in_count;
	wire->out_count = self->out_count;
	stage_rack_wire_mute(wire);
	// Other servers look that up with a lock, on the audio thread.
	wire->knows_wires = stage_jack_is_jack2();
	memset(wire->ears, 0, sizeof(wire->ears));
	atomic_store(&wire->is_called, false);
	wire->client = client;
	atomic_store(&wire->rate_hz, jack_get_sample_rate(client));
	jack_set_process_callback(client, stage_rack_process, wire);
	jack_set_latency_callback(client, on_latency, self);
	jack_set_freewheel_callback(client, on_freewheel, wire);
	jack_set_port_connect_callback(client, on_connect, self);
	atomic_store(&wire->is_fed, false);
	atomic_store(&wire->rescue.is_freewheeling, false);
	self->handle = client;
	status = register_all(self, client, err);
	if (status == STAGE_OK) {
		name_ports(self, client);
		stage_rack_jackports_open(wire, client, on_made, self);
	}
	return status;
}

// [worker]
static void
teardown(void *user)
{
	struct stage_rack_jack *self = user;

	self->handle = NULL;
	stage_rack_jackports_close(self->wire);
	unref(self);
}

// [worker] Once for each time that the other port appears: who disconnects it
// has the last word.
static void
connect_line(
	struct stage_rack_jack *self, const struct stage_rack_port_line *line)
{
	jack_port_t *own = own_port(self->handle, line->port);
	jack_port_t *other = jack_port_by_name(self->handle, line->text);

	if (own == NULL || other == NULL) {
		return;
	}
	if ((jack_port_flags(own) & JackPortIsOutput) != 0) {
		(void)jack_connect(self->handle, jack_port_name(own),
			jack_port_name(other));
	} else {
		(void)jack_connect(self->handle, jack_port_name(other),
			jack_port_name(own));
	}
}

// [worker] Of a slot, while the client is active: who it is to be connected to
// may be there already.
static void
on_made_late(void *user, const char *name, jack_port_t *port)
{
	struct stage_rack_jack *self = user;

	on_made(self, name, port);
	for (size_t i = 0; i < self->lines.count; i++) {
		const struct stage_rack_port_line *line = &self->lines.items[i];
		if (line->kind == STAGE_RACK_CONNECT &&
			strcmp(line->port, name) == 0) {
			connect_line(self, line);
		}
	}
}

// [worker]
static void
tend(void *user)
{
	struct stage_rack_jack *self = user;

	atomic_store(&self->wire->is_wiring, true);
	stage_rack_jackports_tend(self->wire, self->handle, on_made_late, self);
	for (size_t i = 0; i < self->lines.count; i++) {
		if (atomic_exchange(&self->must_connect[i], false)) {
			connect_line(self, &self->lines.items[i]);
		}
	}
	atomic_store(&self->wire->is_wiring, false);
	jack_recompute_total_latencies(self->handle);
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_rack_jack *self = user;

	self->is_open = true;
	self->events->opened(self->user, info);
}

static bool
is_called(const struct stage_jack_port *port, const char *name)
{
	for (size_t i = 0; i < STAGE_JACK_ALIASES_MAX; i++) {
		if (strcmp(port->aliases[i], name) == 0) {
			return true;
		}
	}
	return strcmp(port->name, name) == 0;
}

static void
on_port(void *user, const struct stage_jack_port *port)
{
	struct stage_rack_jack *self = user;
	bool is_wanted = false;

	for (size_t i = 0; i < self->lines.count; i++) {
		const struct stage_rack_port_line *line = &self->lines.items[i];
		if (line->kind == STAGE_RACK_CONNECT &&
			is_called(port, line->text)) {
			atomic_store(&self->must_connect[i], true);
			is_wanted = true;
		}
	}
	if (is_wanted) {
		stage_jack_client_tend(self->client);
	}
}

// Where there was no room for a port there may be some now.
static void
on_port_gone(void *user, const char *name)
{
	struct stage_rack_jack *self = user;

	(void)name;
	if (stage_rack_jackports_are_refused(self->wire)) {
		stage_jack_client_tend(self->client);
	}
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_rack_jack *self = user;

	self->is_open = false;
	stage_rack_jackports_lose(self->wire);
	self->events->lost(self->user, reason);
}

static void
on_failed(void *user, const char *reason)
{
	struct stage_rack_jack *self = user;

	self->events->warn(self->user, reason);
}

static void
on_stalled(void *user, const char *reason)
{
	struct stage_rack_jack *self = user;

	self->events->warn(self->user, reason);
}

static void
on_hung(void *user, const char *what)
{
	struct stage_rack_jack *self = user;

	self->events->hung(self->user, what);
}

enum stage_status
stage_rack_jack_create(uv_loop_t *loop, struct stage_rack_wire *wire,
	const char *client_name, const struct stage_rack_config *config,
	const struct stage_rack_jack_events *events, void *user,
	struct stage_rack_jack **out, struct stage_err *err)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.failed = on_failed,
		.stalled = on_stalled,
		.hung = on_hung,
		.port_appeared = on_port,
		.port_gone = on_port_gone,
		.tend = tend,
		.setup = setup,
		.teardown = teardown,
	};
	const struct stage_jack_client_config client = {
		.name = client_name, .server = "default", .close_ms = CLOSE_MS};
	struct stage_rack_jack *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	atomic_init(&self->refs, 1);
	self->wire = wire;
	self->events = events;
	self->user = user;
	self->in_count = (uint32_t)config->ins;
	self->out_count = (uint32_t)config->outs;
	self->has_midi = config->has_midi;
	self->lines = config->ports;
	status = stage_jack_client_create(
		loop, &client, &ops, self, &self->client, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_rack_jack_destroy(struct stage_rack_jack *self)
{
	if (self != NULL) {
		self->is_open = false;
		stage_jack_client_destroy(self->client);
		unref(self);
	}
}

void
stage_rack_jack_set_latency(struct stage_rack_jack *self, uint32_t frames)
{
	bool is_new = atomic_exchange(&self->latency_frames, frames) != frames;

	if (atomic_exchange(&self->must_ask, false) || is_new) {
		stage_jack_client_tend(self->client);
	}
}

void
stage_rack_jack_tend(struct stage_rack_jack *self)
{
	stage_jack_client_tend(self->client);
}

bool
stage_rack_jack_is_open(const struct stage_rack_jack *self)
{
	return self->is_open;
}
