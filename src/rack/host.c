/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/host.h"

#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/midi/midi.h>
#include <lv2/parameters/parameters.h>
#include <lv2/patch/patch.h>
#include <lv2/port-props/port-props.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rack/builtin_plugin.h"
#include "rack/chain.h"
#include "rack/offer.h"
#include "rack/portgroup.h"

#define UNBOUNDED 1e30F // of a control that says nothing
#define RESIZE_MINIMUM "http://lv2plug.in/ns/ext/resize-port#minimumSize"

static void
set_option(struct stage_rack_host *self, size_t at, const char *key,
	const char *type, const void *value)
{
	LV2_Options_Option option = {
		.context = LV2_OPTIONS_INSTANCE,
		.key = stage_urids_map(self->urids, key),
		.size = 4,
		.type = stage_urids_map(self->urids, type),
		.value = value,
	};

	self->options[at] = option;
}

static void
set_numbers(struct stage_rack_host *self)
{
	const struct {
		uint32_t *number;
		const char *uri;
	} all[] = {
		{&self->numbers.sequence, LV2_ATOM__Sequence},
		{&self->numbers.chunk, LV2_ATOM__Chunk},
		{&self->numbers.midi_event, LV2_MIDI__MidiEvent},
		{&self->numbers.state_changed, LV2_STATE__StateChanged},
		{&self->numbers.time.object, LV2_ATOM__Object},
		{&self->numbers.time.float_type, LV2_ATOM__Float},
		{&self->numbers.time.int_type, LV2_ATOM__Int},
		{&self->numbers.time.long_type, LV2_ATOM__Long},
		{&self->numbers.time.position, LV2_TIME__Position},
		{&self->numbers.time.frame, LV2_TIME__frame},
		{&self->numbers.time.speed, LV2_TIME__speed},
		{&self->numbers.time.bar, LV2_TIME__bar},
		{&self->numbers.time.bar_beat, LV2_TIME__barBeat},
		{&self->numbers.time.beat_unit, LV2_TIME__beatUnit},
		{&self->numbers.time.beats_per_bar, LV2_TIME__beatsPerBar},
		{&self->numbers.time.beats_per_minute,
			LV2_TIME__beatsPerMinute},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(all); i++) {
		*all[i].number = stage_urids_map(self->urids, all[i].uri);
	}
}

enum stage_status
stage_rack_host_init(struct stage_rack_host *self, const char *files,
	struct stage_rack_wire *wire, struct stage_err *err)
{
	memset(self, 0, sizeof(*self));
	self->wire = wire;
	(void)setenv("QT_QPA_PLATFORM", "offscreen", 0);
	(void)!stage_format(self->files, sizeof(self->files), "%s", files);
	self->urids = stage_urids_create();
	self->world = lilv_world_new();
	if (self->urids == NULL || self->world == NULL) {
		stage_rack_host_finish(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	lilv_world_load_all(self->world);
	set_numbers(self);
	self->block_min = 1;
	self->block_max = STAGE_RACK_FRAMES_MAX;
	self->sequence_bytes = STAGE_RACK_MIDI_BYTES;
	set_option(self, 0, LV2_BUF_SIZE__minBlockLength, LV2_ATOM__Int,
		&self->block_min);
	set_option(self, 1, LV2_BUF_SIZE__maxBlockLength, LV2_ATOM__Int,
		&self->block_max);
	set_option(self, 2, LV2_BUF_SIZE__nominalBlockLength, LV2_ATOM__Int,
		&self->block_nominal);
	set_option(self, 3, LV2_BUF_SIZE__sequenceSize, LV2_ATOM__Int,
		&self->sequence_bytes);
	set_option(self, 4, LV2_PARAMETERS__sampleRate, LV2_ATOM__Float,
		&self->rate_hz);
	return STAGE_OK;
}

struct stage_rack_own_places
stage_rack_host_places(const struct stage_rack_host *self)
{
	return (struct stage_rack_own_places){self->directory, self->files};
}

void
stage_rack_host_finish(struct stage_rack_host *self)
{
	lilv_world_free(self->world);
	stage_urids_destroy(self->urids);
	memset(self, 0, sizeof(*self));
}

void
stage_rack_host_set_rate(
	struct stage_rack_host *self, uint32_t rate_hz, uint32_t period_frames)
{
	self->rate_hz = (float)rate_hz;
	self->block_nominal = (int32_t)period_frames;
}

// What a plug-in says of itself.

struct reading {
	LilvWorld *world;
	const LilvPlugin *plugin;
};

static bool
port_is(const struct reading *reading, const LilvPort *port, const char *class)
{
	LilvNode *node = lilv_new_uri(reading->world, class);
	bool is_so = lilv_port_is_a(reading->plugin, port, node);

	lilv_node_free(node);
	return is_so;
}

static bool
port_has(const struct reading *reading, const LilvPort *port,
	const char *property)
{
	LilvNode *node = lilv_new_uri(reading->world, property);
	bool is_so = lilv_port_has_property(reading->plugin, port, node);

	lilv_node_free(node);
	return is_so;
}

static enum stage_rack_port_kind
kind_of(const struct reading *reading, const LilvPort *port)
{
	bool is_input = port_is(reading, port, LV2_CORE__InputPort);

	if (port_is(reading, port, LV2_CORE__AudioPort)) {
		return is_input ? STAGE_RACK_AUDIO_IN : STAGE_RACK_AUDIO_OUT;
	}
	if (port_is(reading, port, LV2_CORE__ControlPort)) {
		return is_input ? STAGE_RACK_CONTROL_IN
				: STAGE_RACK_CONTROL_OUT;
	}
	if (port_is(reading, port, LV2_ATOM__AtomPort)) {
		return is_input ? STAGE_RACK_EVENTS_IN : STAGE_RACK_EVENTS_OUT;
	}
	return port_is(reading, port, LV2_CORE__CVPort)
		       ? STAGE_RACK_CV
		       : STAGE_RACK_UNCONNECTED;
}

static bool
is_designated(const struct reading *reading, const LilvPort *port,
	const char *designation)
{
	LilvNode *key = lilv_new_uri(reading->world, LV2_CORE__designation);
	LilvNode *node = lilv_port_get(reading->plugin, port, key);
	bool is_so = node != NULL && lilv_node_is_uri(node) &&
		     strcmp(lilv_node_as_uri(node), designation) == 0;

	lilv_node_free(node);
	lilv_node_free(key);
	return is_so;
}

static enum stage_rack_port_role
role_of(const struct reading *reading, const LilvPort *port)
{
	if (is_designated(reading, port, LV2_CORE__latency) ||
		port_has(reading, port, LV2_CORE__reportsLatency)) {
		return STAGE_RACK_ROLE_LATENCY;
	}
	if (is_designated(reading, port, LV2_CORE__enabled)) {
		return STAGE_RACK_ROLE_ENABLED;
	}
	return is_designated(reading, port, LV2_CORE__freeWheeling)
		       ? STAGE_RACK_ROLE_FREEWHEELING
		       : STAGE_RACK_ROLE_NONE;
}

static float
number_of(const LilvNode *node, float fallback)
{
	float value = node != NULL && (lilv_node_is_float(node) ||
					      lilv_node_is_int(node) ||
					      lilv_node_is_bool(node))
			      ? lilv_node_as_float(node)
			      : fallback;

	return isfinite(value) ? value : fallback;
}

static void
read_range(const struct reading *reading, const LilvPort *port,
	struct stage_rack_port *out)
{
	LilvNode *value = NULL;
	LilvNode *min = NULL;
	LilvNode *max = NULL;

	lilv_port_get_range(reading->plugin, port, &value, &min, &max);
	out->min = number_of(min, -UNBOUNDED);
	out->max = number_of(max, UNBOUNDED);
	// Without a default the lowest, or what is nearest to nothing.
	out->value = number_of(value, out->min > -UNBOUNDED ? out->min : 0);
	if (out->role == STAGE_RACK_ROLE_ENABLED) {
		out->value = 1;
	}
	lilv_node_free(value);
	lilv_node_free(min);
	lilv_node_free(max);
	out->is_rate_scaled = port_has(reading, port, LV2_CORE__sampleRate);
	out->is_toggled = port_has(reading, port, LV2_CORE__toggled);
	out->is_whole = port_has(reading, port, LV2_CORE__integer) ||
			port_has(reading, port, LV2_CORE__enumeration);
	out->may_ramp =
		!out->is_toggled && !out->is_whole &&
		out->role == STAGE_RACK_ROLE_NONE &&
		!port_has(reading, port, LV2_PORT_PROPS__trigger) &&
		!port_has(reading, port, LV2_PORT_PROPS__expensive) &&
		!port_has(reading, port, LV2_PORT_PROPS__causesArtifacts);
}

static bool
port_supports(
	const struct reading *reading, const LilvPort *port, const char *event)
{
	LilvNode *node = lilv_new_uri(reading->world, event);
	bool is_so = lilv_port_supports_event(reading->plugin, port, node);

	lilv_node_free(node);
	return is_so;
}

static void
read_events(const struct reading *reading, const LilvPort *port,
	struct stage_rack_port *out)
{
	LilvNode *key = lilv_new_uri(reading->world, RESIZE_MINIMUM);
	LilvNode *bytes = lilv_port_get(reading->plugin, port, key);
	int wanted = bytes != NULL && lilv_node_is_int(bytes)
			     ? lilv_node_as_int(bytes)
			     : 0;

	out->is_midi = port_supports(reading, port, LV2_MIDI__MidiEvent);
	out->takes_time = port_supports(reading, port, LV2_TIME__Position);
	out->takes_patch = port_supports(reading, port, LV2_PATCH__Message);
	out->bytes = STAGE_RACK_MIDI_BYTES;
	if (wanted > 0 && (uint32_t)wanted > out->bytes) {
		out->bytes = (uint32_t)wanted < STAGE_RACK_EVENTS_BYTES_MAX
				     ? (uint32_t)wanted
				     : STAGE_RACK_EVENTS_BYTES_MAX;
	}
	lilv_node_free(bytes);
	lilv_node_free(key);
}

static enum stage_status
read_port(const struct reading *reading, uint32_t index,
	struct stage_rack_port *out, struct stage_err *err)
{
	const LilvPort *port =
		lilv_plugin_get_port_by_index(reading->plugin, index);
	const LilvNode *symbol = lilv_port_get_symbol(reading->plugin, port);

	out->kind = kind_of(reading, port);
	out->role = role_of(reading, port);
	if (stage_format(out->symbol, sizeof(out->symbol), "%s",
		    lilv_node_as_string(symbol)) != STAGE_OK) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"port %u has too long a symbol", index);
	}
	if (out->kind == STAGE_RACK_CONTROL_IN || out->kind == STAGE_RACK_CV) {
		read_range(reading, port, out);
	} else if (out->kind == STAGE_RACK_EVENTS_IN ||
		   out->kind == STAGE_RACK_EVENTS_OUT) {
		read_events(reading, port, out);
	} else if (out->kind == STAGE_RACK_AUDIO_IN ||
		   out->kind == STAGE_RACK_AUDIO_OUT) {
		out->is_side = stage_rack_portgroup_is_side(
			reading->world, reading->plugin, port);
	}
	if (out->kind == STAGE_RACK_UNCONNECTED &&
		!port_has(reading, port, LV2_CORE__connectionOptional)) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"its port %s is of a kind that no rack has",
			out->symbol);
	}
	return STAGE_OK;
}

static enum stage_status
read_ports(const struct reading *reading, struct stage_rack_plugin *out,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	out->port_count = lilv_plugin_get_num_ports(reading->plugin);
	out->ports = calloc(out->port_count + 1, sizeof(*out->ports));
	if (out->ports == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	for (uint32_t i = 0; status == STAGE_OK && i < out->port_count; i++) {
		status = read_port(reading, i, &out->ports[i], err);
	}
	if (status == STAGE_OK &&
		(stage_rack_plugin_count(out, STAGE_RACK_AUDIO_IN) > 128 ||
			stage_rack_plugin_count(out, STAGE_RACK_AUDIO_OUT) >
				128)) {
		return stage_err_set(
			err, STAGE_UNSUPPORTED, "it has too many audio ports");
	}
	return status;
}

static enum stage_status
check_features(const LilvPlugin *plugin, struct stage_err *err)
{
	LilvNodes *needed = lilv_plugin_get_required_features(plugin);
	enum stage_status status = STAGE_OK;

	LILV_FOREACH(nodes, i, needed)
	{
		const char *uri = lilv_node_as_uri(lilv_nodes_get(needed, i));
		if (status == STAGE_OK && !stage_rack_offer_has(uri)) {
			status = stage_err_set(err, STAGE_UNSUPPORTED,
				"it needs %s, which no rack has", uri);
		}
	}
	lilv_nodes_free(needed);
	return status;
}

static const LilvPlugin *
find(const struct stage_rack_host *host, const char *uri)
{
	LilvNode *node = lilv_new_uri(host->world, uri);
	const LilvPlugin *plugin =
		node != NULL
			? lilv_plugins_get_by_uri(
				  lilv_world_get_all_plugins(host->world), node)
			: NULL;

	lilv_node_free(node);
	return plugin;
}

static void
read_name(const LilvPlugin *plugin, struct stage_rack_plugin *out)
{
	LilvNode *name = lilv_plugin_get_name(plugin);

	snprintf(out->name, sizeof(out->name), "%s",
		name != NULL ? lilv_node_as_string(name) : out->uri);
	lilv_node_free(name);
}

enum stage_status
stage_rack_plugin_create(struct stage_rack_host *host, const char *uri,
	struct stage_rack_plugin **out, struct stage_err *err)
{
	struct reading reading = {host->world, find(host, uri)};
	struct stage_rack_plugin *self;
	enum stage_status status;

	if (stage_rack_builtin_is(uri)) {
		return stage_rack_builtin_create(uri, out, err);
	}
	if (reading.plugin == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no plug-in %s here", uri);
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->lilv = reading.plugin;
	snprintf(self->uri, sizeof(self->uri), "%s", uri);
	read_name(reading.plugin, self);
	status = check_features(reading.plugin, err);
	if (status == STAGE_OK) {
		status = read_ports(&reading, self, err);
	}
	if (status != STAGE_OK) {
		stage_err_prefix(err, "%s cannot run: ", uri);
		stage_rack_plugin_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_rack_plugin_destroy(struct stage_rack_plugin *self)
{
	if (self != NULL) {
		free(self->ports);
		free(self);
	}
}

uint32_t
stage_rack_plugin_count(
	const struct stage_rack_plugin *self, enum stage_rack_port_kind kind)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < self->port_count; i++) {
		count += self->ports[i].kind == kind;
	}
	return count;
}

uint32_t
stage_rack_plugin_count_main(
	const struct stage_rack_plugin *self, enum stage_rack_port_kind kind)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < self->port_count; i++) {
		count += self->ports[i].kind == kind && !self->ports[i].is_side;
	}
	return count;
}

bool
stage_rack_port_is_value(const struct stage_rack_port *port)
{
	return port->kind == STAGE_RACK_CONTROL_IN &&
	       port->role == STAGE_RACK_ROLE_NONE;
}

const struct stage_rack_port *
stage_rack_plugin_value(
	const struct stage_rack_plugin *self, const char *symbol)
{
	for (uint32_t i = 0; i < self->port_count; i++) {
		if (stage_rack_port_is_value(&self->ports[i]) &&
			strcmp(self->ports[i].symbol, symbol) == 0) {
			return &self->ports[i];
		}
	}
	return NULL;
}
