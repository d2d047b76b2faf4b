/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/builtin_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/suggest.h"
#include "rack/builtin.h"
#include "rack/chain.h"

bool
stage_rack_builtin_is(const char *uri)
{
	return stage_starts_with(uri, STAGE_RACK_BUILTIN_PREFIX);
}

static void
fill_sockets(const struct stage_rack_builtin *builtin,
	struct stage_rack_port *ports, uint32_t count)
{
	bool is_midi = builtin->way == STAGE_RACK_BUILTIN_MIDI;
	uint32_t half = count / 2;

	for (uint32_t i = 0; half > 0 && i < count; i++) {
		bool is_in = i < half;
		enum stage_rack_builtin_way aside =
			is_in ? STAGE_RACK_BUILTIN_RETURN
			      : STAGE_RACK_BUILTIN_SEND;
		struct stage_rack_port *port = &ports[i];
		snprintf(port->symbol, sizeof(port->symbol), "%s_%u",
			is_in ? "in" : "out", (unsigned)(i % half + 1));
		if (is_midi) {
			port->kind = is_in ? STAGE_RACK_EVENTS_IN
					   : STAGE_RACK_EVENTS_OUT;
			port->is_midi = true;
			port->bytes = STAGE_RACK_MIDI_BYTES;
		} else {
			port->kind = is_in ? STAGE_RACK_AUDIO_IN
					   : STAGE_RACK_AUDIO_OUT;
			port->is_side = builtin->way == aside;
		}
	}
}

static void
fill_values(
	const struct stage_rack_builtin *builtin, struct stage_rack_port *ports)
{
	for (uint32_t i = 0; i < builtin->value_count; i++) {
		const struct stage_rack_builtin_value *value =
			&builtin->values[i];
		snprintf(ports[i].symbol, sizeof(ports[i].symbol), "%s",
			value->symbol);
		ports[i].kind = STAGE_RACK_CONTROL_IN;
		ports[i].value = value->value;
		ports[i].min = value->min;
		ports[i].max = value->max;
		ports[i].may_ramp = builtin->way != STAGE_RACK_BUILTIN_MIDI;
	}
}

// What passes by a return may wait.
static void
fill_latency(struct stage_rack_port *port)
{
	snprintf(port->symbol, sizeof(port->symbol), "latency");
	port->kind = STAGE_RACK_CONTROL_OUT;
	port->role = STAGE_RACK_ROLE_LATENCY;
}

static enum stage_status
fail_unknown(const char *uri, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(uri);

	for (size_t i = 0; stage_rack_builtin_at(i) != NULL; i++) {
		stage_suggest_offer(&suggest, stage_rack_builtin_at(i)->uri);
	}
	return suggest.best != NULL
		       ? stage_err_set(err, STAGE_NOT_FOUND,
				 "there is no %s; did you mean %s?", uri,
				 suggest.best)
		       : stage_err_set(
				 err, STAGE_NOT_FOUND, "there is no %s", uri);
}

enum stage_status
stage_rack_builtin_create(
	const char *uri, struct stage_rack_plugin **out, struct stage_err *err)
{
	const struct stage_rack_builtin *builtin = stage_rack_builtin_find(uri);
	struct stage_rack_plugin *self;
	uint32_t sockets;
	bool is_return;

	if (builtin == NULL) {
		return fail_unknown(uri, err);
	}
	is_return = builtin->way == STAGE_RACK_BUILTIN_RETURN;
	sockets = stage_rack_builtin_ports(builtin);
	self = calloc(1, sizeof(*self));
	if (self != NULL) {
		self->port_count = sockets + builtin->value_count + is_return;
		self->ports = calloc(self->port_count, sizeof(*self->ports));
	}
	if (self == NULL || self->ports == NULL) {
		free(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->builtin = builtin;
	snprintf(self->uri, sizeof(self->uri), "%s", uri);
	snprintf(self->name, sizeof(self->name), "%s", builtin->name);
	fill_sockets(builtin, self->ports, sockets);
	fill_values(builtin, self->ports + sockets);
	if (is_return) {
		fill_latency(&self->ports[self->port_count - 1]);
	}
	*out = self;
	return STAGE_OK;
}

// lilv's own are no more than this, and a library.
LilvInstance *
stage_rack_builtin_instantiate(
	const struct stage_rack_builtin *builtin, struct stage_rack_host *host)
{
	static const LV2_Feature *const none[] = {NULL};
	LilvInstance *self = calloc(1, sizeof(*self));
	struct stage_rack_builtin_run *run;

	if (self == NULL) {
		return NULL;
	}
	run = builtin->descriptor->instantiate(
		builtin->descriptor, (double)host->rate_hz, "", none);
	if (run == NULL) {
		free(self);
		return NULL;
	}
	run->urids = &host->numbers;
	self->lv2_descriptor = builtin->descriptor;
	self->lv2_handle = run;
	return self;
}

void
stage_rack_builtin_free(LilvInstance *instance)
{
	if (instance != NULL) {
		instance->lv2_descriptor->cleanup(instance->lv2_handle);
		free(instance);
	}
}
