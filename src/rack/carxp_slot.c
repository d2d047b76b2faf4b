/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What one plug-in of a project becomes: the text of a slot, and what is told
// of it.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack/carxp_private.h"

#define USUAL_RATE_HZ 48000.0
#define LABEL_BYTES 60
#define TINY 1e-6
#define CONTROLS_MAX 119 // behind it come modes, and Carla's own numbers

// Carla's bits for what MIDI a plug-in is sent.
#define SENDS_CONTROLS 0x10
#define SENDS_PRESSURE 0x20
#define SENDS_AFTERTOUCH 0x40
#define SENDS_BEND 0x80
#define SENDS_PROGRAMS 0x200
#define SKIPS_NOTES 0x400

static struct stage_str *
make_slot(struct stage_carxp_making *self, const char *name, const char *plugin,
	char id[STAGE_RACK_ID_MAX])
{
	struct stage_str *text;
	char file[STAGE_RACK_ID_MAX + 16];

	stage_carxp_make_name(self, &self->slots, name, id);
	snprintf(file, sizeof(file), "%02u-%s.slot", self->number, id);
	self->number += STAGE_CARXP_SLOT_STEP;
	text = stage_carxp_file(self, file);
	if (text != NULL) {
		stage_carxp_put(self, text, "plugin ");
		stage_carxp_word(self, text, plugin);
		stage_carxp_put(self, text, "\n");
	}
	return text;
}

const char *
stage_carxp_plugin_name(const struct stage_carxp_plugin *plugin)
{
	return plugin->name != NULL && plugin->name[0] != '\0' ? plugin->name
							       : "plug-in";
}

static bool
is_type(const struct stage_carxp_plugin *plugin, const char *type)
{
	return plugin->type != NULL && strcmp(plugin->type, type) == 0;
}

// Values.

static void
put_value(struct stage_carxp_making *self, struct stage_str *to,
	const char *symbol, double value)
{
	stage_carxp_put(self, to, "set ");
	stage_carxp_word(self, to, symbol);
	stage_carxp_put(self, to, " %.9g\n", value);
}

// A MIDI control that moves a value, as many as a file may have.
static void
put_map(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_parameter *parameter, const char *symbol,
	double scale, size_t *count)
{
	if (parameter->control <= 0 || parameter->control > CONTROLS_MAX ||
		*count == STAGE_RACK_MAPS_MAX) {
		return;
	}
	(*count)++;
	stage_carxp_put(self, to, "map cc %lld %lld ",
		(long long)(parameter->channel > 0 ? parameter->channel : 1),
		(long long)parameter->control);
	stage_carxp_word(self, to, symbol);
	if (!isnan(parameter->max)) {
		stage_carxp_put(self, to, " %.9g %.9g", parameter->min * scale,
			parameter->max * scale);
	}
	stage_carxp_put(self, to, "\n");
}

// A file of ours has limits that Carla's have not.
static bool
may_be_set(const char *symbol, size_t count)
{
	return symbol[0] != ':' && strlen(symbol) < STAGE_RACK_SYMBOL_MAX &&
	       count < STAGE_RACK_SETTINGS_MAX;
}

// Of a plug-in that is not installed all values are kept, for when it is.
static size_t
put_values(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known)
{
	const struct stage_rack_port *port = NULL;
	struct stage_strv seen = {0};
	size_t count = 0;
	size_t maps = 0;

	for (size_t i = 0; i < plugin->parameter_count; i++) {
		const struct stage_carxp_parameter *parameter =
			&plugin->parameters[i];
		const char *symbol = parameter->symbol;
		double scale = 1;
		if (symbol == NULL || symbol[0] == '\0' ||
			isnan(parameter->value) ||
			stage_strv_has(&seen, symbol)) {
			continue;
		}
		if (!may_be_set(symbol, count) ||
			(known != NULL && (port = stage_rack_plugin_value(
						   known, symbol)) == NULL)) {
			stage_carxp_put(self, &self->plan->left,
				"%s: %s: its value %s, which the plug-in does "
				"not have\n",
				self->rack, stage_carxp_plugin_name(plugin),
				symbol);
			continue;
		}
		if (port != NULL && port->is_rate_scaled) {
			scale = USUAL_RATE_HZ;
		}
		put_value(self, to, symbol, parameter->value * scale);
		put_map(self, to, parameter, symbol, scale, &maps);
		if (self->status == STAGE_OK) {
			self->status = stage_strv_add(&seen, symbol);
		}
		count++;
	}
	stage_strv_finish(&seen);
	return count;
}

static void
tell_left(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin)
{
	const char *name = stage_carxp_plugin_name(plugin);
	struct stage_str *left = &self->plan->left;

	if (fabs(plugin->balance_left + 1) > TINY ||
		fabs(plugin->balance_right - 1) > TINY ||
		fabs(plugin->panning) > TINY) {
		stage_carxp_put(self, left, "%s: %s: balance and panning\n",
			self->rack, name);
	}
	if (plugin->chunk != NULL && !is_type(plugin, "INTERNAL")) {
		stage_carxp_put(self, left,
			"%s: %s: its chunk of bytes, which LV2 does not have\n",
			self->rack, name);
	}
	for (size_t i = 0; i < plugin->parameter_count; i++) {
		if (plugin->parameters[i].control > CONTROLS_MAX) {
			stage_carxp_put(self, left,
				"%s: %s: what moves its value %lld is no MIDI "
				"control\n",
				self->rack, name,
				(long long)plugin->parameters[i].index);
		}
	}
}

// What stands before and behind a plug-in.

static void
put_filter(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin)
{
	static const struct {
		int64_t bit;
		bool is_off_by_bit;
		const char *symbol;
	} all[] = {
		{SKIPS_NOTES, true, "notes"},
		{SENDS_AFTERTOUCH, false, "aftertouch"},
		{SENDS_CONTROLS, false, "controls"},
		{SENDS_PROGRAMS, false, "programs"},
		{SENDS_PRESSURE, false, "pressure"},
		{SENDS_BEND, false, "bend"},
	};
	struct stage_str *text = NULL;
	char name[LABEL_BYTES];
	char id[STAGE_RACK_ID_MAX];

	snprintf(name, sizeof(name), "%.40s midi",
		stage_carxp_plugin_name(plugin));
	for (size_t i = 0; i < STAGE_COUNT_OF(all); i++) {
		bool is_set = (plugin->options & all[i].bit) != 0;
		if (is_set != all[i].is_off_by_bit) {
			continue;
		}
		if (text == NULL) {
			text = make_slot(self, name, "builtin:midi-filter", id);
		}
		if (text != NULL) {
			put_value(self, text, all[i].symbol, 0);
		}
	}
}

static void
put_volume(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin)
{
	struct stage_str *text;
	char name[LABEL_BYTES];
	char id[STAGE_RACK_ID_MAX];

	if (fabs(plugin->volume - 1) <= TINY) {
		return;
	}
	snprintf(name, sizeof(name), "%.40s volume",
		stage_carxp_plugin_name(plugin));
	text = make_slot(self, name, "builtin:stereo-gain", id);
	if (text != NULL) {
		put_value(self, text, "gain", plugin->volume);
	}
}

static void
put_rest(struct stage_carxp_making *self, struct stage_str *text,
	const struct stage_carxp_plugin *plugin)
{
	char label[LABEL_BYTES];

	snprintf(label, sizeof(label), "%s", stage_carxp_plugin_name(plugin));
	if (strlen(stage_carxp_plugin_name(plugin)) < sizeof(label)) {
		stage_carxp_put(self, text, "name ");
		stage_carxp_word(self, text, label);
		stage_carxp_put(self, text, "\n");
	}
	if (plugin->is_off) {
		stage_carxp_put(self, text, "bypass yes\n");
	}
	if (plugin->dry_wet >= 0 && plugin->dry_wet < 1) {
		stage_carxp_put(self, text, "wet %.9g\n", plugin->dry_wet);
	}
}

static bool
hears_midi(const struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known)
{
	for (uint32_t i = 0; known != NULL && i < known->port_count; i++) {
		if (known->ports[i].kind == STAGE_RACK_EVENTS_IN &&
			known->ports[i].is_midi) {
			return true;
		}
	}
	return known == NULL && stage_carxp_has_midi(self->project, plugin);
}

static bool
has_sound(const struct stage_rack_plugin *known)
{
	return known == NULL ||
	       stage_rack_plugin_count(known, STAGE_RACK_AUDIO_OUT) > 0;
}

// Plug-ins.

// All that the plug-in has was a port in Carla.
static void
put_sides(struct stage_carxp_making *self, struct stage_str *text,
	const struct stage_rack_plugin *known)
{
	bool has_sidechain = false;
	bool has_outs = false;
	unsigned outs = 0;

	for (uint32_t i = 0;
		self->is_apart && known != NULL && i < known->port_count; i++) {
		const struct stage_rack_port *port = &known->ports[i];
		if (port->kind == STAGE_RACK_AUDIO_IN) {
			has_sidechain |= port->is_side;
		} else if (port->kind == STAGE_RACK_AUDIO_OUT) {
			outs += !port->is_side;
			has_outs |= stage_carxp_is_side(port, outs);
		}
	}
	if (has_sidechain) {
		stage_carxp_put(
			self, text, "sidechain " STAGE_CARXP_SIDECHAIN "\n");
	}
	if (has_outs) {
		stage_carxp_put(self, text, "outs " STAGE_CARXP_OUTS "\n");
	}
}

static void
put_lv2(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known, const char *why)
{
	struct stage_str *text;
	char id[STAGE_RACK_ID_MAX];
	size_t values = 0;
	bool has_wet = plugin->dry_wet >= 0 && plugin->dry_wet < 1;

	if (plugin->options >= 0 && hears_midi(self, plugin, known)) {
		put_filter(self, plugin);
	}
	text = make_slot(
		self, stage_carxp_plugin_name(plugin), plugin->uri, id);
	if (text != NULL) {
		put_rest(self, text, plugin);
		values = put_values(self, text, plugin, known);
		put_sides(self, text, known);
	}
	stage_carxp_state(self, id, plugin, has_wet ? plugin->dry_wet : 1);
	if (has_sound(known)) {
		put_volume(self, plugin);
	}
	stage_carxp_put(self, &self->plan->came, "%s: %s, %zu values\n",
		self->rack, stage_carxp_plugin_name(plugin), values);
	if (known == NULL) {
		stage_carxp_put(self, &self->plan->missing,
			"%s: %s: %s; the sound passes through until then\n",
			self->rack, stage_carxp_plugin_name(plugin), why);
	}
	tell_left(self, plugin);
}

static const struct {
	const char *label;
	const char *uri; // whose values have the same places
} internals[] = {
	{"midithrough", "builtin:midi-through"},
	{"miditranspose", "builtin:midi-transpose"},
	{"midichannelize", "builtin:midi-channel"},
	{"midichanfilter", "builtin:midi-filter"},
	{"midigain", "builtin:midi-gain"},
	{"audiogain", "builtin:gain"},
	{"audiogain_s", "builtin:stereo-gain"},
};

const char *
stage_carxp_internal_uri(const struct stage_carxp_plugin *plugin)
{
	for (size_t i = 0;
		plugin->label != NULL && is_type(plugin, "INTERNAL") &&
		i < STAGE_COUNT_OF(internals);
		i++) {
		if (strcmp(internals[i].label, plugin->label) == 0) {
			return internals[i].uri;
		}
	}
	return NULL;
}

static void
put_internal_values(struct stage_carxp_making *self, struct stage_str *text,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_builtin *builtin)
{
	uint64_t seen = 0; // a bit each; they have some twenty at most
	size_t maps = 0;

	for (size_t i = 0; i < plugin->parameter_count; i++) {
		const struct stage_carxp_parameter *parameter =
			&plugin->parameters[i];
		if (!isnan(parameter->value) && parameter->index >= 0 &&
			parameter->index < builtin->value_count &&
			(seen >> parameter->index & UINT64_C(1)) == 0) {
			const char *symbol =
				builtin->values[parameter->index].symbol;
			seen |= UINT64_C(1) << parameter->index;
			put_value(self, text, symbol, parameter->value);
			put_map(self, text, parameter, symbol, 1, &maps);
		}
	}
}

static void
put_internal(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin, const char *uri)
{
	const struct stage_rack_builtin *builtin = stage_rack_builtin_find(uri);
	char id[STAGE_RACK_ID_MAX];
	struct stage_str *text =
		make_slot(self, stage_carxp_plugin_name(plugin), uri, id);

	if (text != NULL) {
		put_internal_values(self, text, plugin, builtin);
		put_rest(self, text, plugin);
	}
	if (builtin->way != STAGE_RACK_BUILTIN_MIDI) {
		put_volume(self, plugin);
	}
	stage_carxp_put(self, &self->plan->came, "%s: %s, as %s\n", self->rack,
		stage_carxp_plugin_name(plugin), uri);
	tell_left(self, plugin);
}

bool
stage_carxp_can_carry(const struct stage_carxp_plugin *plugin)
{
	return stage_carxp_internal_uri(plugin) != NULL ||
	       (is_type(plugin, "LV2") && plugin->uri != NULL &&
		       strchr(plugin->uri, ':') != NULL &&
		       strlen(plugin->uri) < STAGE_RACK_URI_MAX);
}

void
stage_carxp_tell_refused(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin)
{
	const char *type = plugin->type != NULL ? plugin->type : "no";
	const char *what = plugin->binary != NULL  ? plugin->binary
			   : plugin->label != NULL ? plugin->label
						   : "";

	if (is_type(plugin, "SF2")) {
		stage_carxp_put(self, &self->plan->left,
			"%s, the sound font %s; stagecraft enable fluidsynth "
			"makes a service that plays it\n",
			stage_carxp_plugin_name(plugin), what);
	} else {
		stage_carxp_put(self, &self->plan->left,
			"%s, a plug-in of the kind %s, %s; a rack plays LV2\n",
			stage_carxp_plugin_name(plugin), type, what);
	}
}

void
stage_carxp_put_plugin(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known, const char *why)
{
	const char *internal = stage_carxp_internal_uri(plugin);

	if (internal != NULL) {
		put_internal(self, plugin, internal);
	} else {
		put_lv2(self, plugin, known, why);
	}
}
