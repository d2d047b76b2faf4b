/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/carxp_plan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "rack/carxp_private.h"
#include "rack/room.h"

#define SLOT_STEP 10
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

void
stage_carxp_put(struct stage_carxp_making *self, struct stage_str *to,
	const char *format, ...)
{
	va_list args;

	if (self->status == STAGE_OK) {
		va_start(args, format);
		self->status = stage_str_vaddf(to, format, args);
		va_end(args);
	}
}

void
stage_carxp_word(
	struct stage_carxp_making *self, struct stage_str *to, const char *word)
{
	if (self->status == STAGE_OK) {
		self->status = stage_conf_add_word(to, word);
	}
}

struct stage_str *
stage_carxp_file(struct stage_carxp_making *self, const char *name)
{
	struct stage_carxp_plan *plan = self->plan;
	struct stage_str path = {0};
	struct stage_carxp_file *more;

	stage_carxp_put(self, &path, "%s/%s", self->rack, name);
	if (self->status != STAGE_OK) {
		return NULL;
	}
	more = stage_rack_room(plan->files, plan->count, sizeof(*more));
	if (more == NULL) {
		stage_str_finish(&path);
		self->status = STAGE_NO_MEMORY;
		return NULL;
	}
	plan->files = more;
	memset(&more[plan->count], 0, sizeof(*more));
	more[plan->count].path = stage_str_take(&path);
	return &more[plan->count++].text;
}

// In any locale.
static char
to_lower(char c)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
	const char *at = c != '\0' ? strchr(upper, c) : NULL;

	if (at == NULL) {
		return c;
	}
	return lower[at - upper];
}

static bool
is_there(const struct stage_carxp_making *self, const char *service)
{
	const struct stage_carxp_names *there = self->facts->there;

	return there != NULL && !self->is_given &&
	       stage_carxp_names_owner(there, STAGE_CARXP_SERVICE, service) !=
		       NULL;
}

// Of a project that was imported before all are known.
static void
note_known(struct stage_carxp_making *self, const struct stage_strv *taken,
	const char *name)
{
	if (taken != &self->racks) {
		return;
	}
	self->made++;
	if (is_there(self, name) && self->known++ == 0) {
		(void)!stage_format(self->first_known,
			sizeof(self->first_known), "%s", name);
	}
}

// "GLOBAL REVERB" as the name of a service or slot, and no other's.
static void
make_name(struct stage_carxp_making *self, struct stage_strv *taken,
	const char *text, char out[STAGE_RACK_ID_MAX])
{
	char plain[STAGE_RACK_ID_MAX - 8];
	size_t len = 0;

	for (; *text != '\0' && len < sizeof(plain) - 1; text++) {
		char c = to_lower(*text);
		bool is_plain =
			(c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (is_plain) {
			plain[len++] = c;
		} else if (len > 0 && plain[len - 1] != '-') {
			plain[len++] = '-';
		}
	}
	len -= len > 0 && plain[len - 1] == '-';
	plain[len] = '\0';
	(void)!stage_format(
		out, STAGE_RACK_ID_MAX, "%s", len > 0 ? plain : "plug-in");
	note_known(self, taken, out);
	for (unsigned i = 2; stage_strv_has(taken, out) ||
			     (taken == &self->racks && is_there(self, out));
		i++) {
		(void)!stage_format(out, STAGE_RACK_ID_MAX, "%s-%u",
			len > 0 ? plain : "plug-in", i);
	}
	if (self->status == STAGE_OK) {
		self->status = stage_strv_add(taken, out);
	}
}

static struct stage_str *
make_slot(struct stage_carxp_making *self, const char *name, const char *plugin,
	char id[STAGE_RACK_ID_MAX])
{
	struct stage_str *text;
	char file[STAGE_RACK_ID_MAX + 16];

	make_name(self, &self->slots, name, id);
	snprintf(file, sizeof(file), "%02u-%s.slot", self->number, id);
	self->number += SLOT_STEP;
	text = stage_carxp_file(self, file);
	if (text != NULL) {
		stage_carxp_put(self, text, "plugin ");
		stage_carxp_word(self, text, plugin);
		stage_carxp_put(self, text, "\n");
	}
	return text;
}

static const char *
name_of(const struct stage_carxp_plugin *plugin)
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
				self->rack, name_of(plugin), symbol);
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
	const char *name = name_of(plugin);
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

	snprintf(name, sizeof(name), "%.40s midi", name_of(plugin));
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
	snprintf(name, sizeof(name), "%.40s volume", name_of(plugin));
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

	snprintf(label, sizeof(label), "%s", name_of(plugin));
	if (strlen(name_of(plugin)) < sizeof(label)) {
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
	text = make_slot(self, name_of(plugin), plugin->uri, id);
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
		self->rack, name_of(plugin), values);
	if (known == NULL) {
		stage_carxp_put(self, &self->plan->missing,
			"%s: %s: %s; the sound passes through until then\n",
			self->rack, name_of(plugin), why);
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

static const char *
internal_uri(const struct stage_carxp_plugin *plugin)
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
	struct stage_str *text = make_slot(self, name_of(plugin), uri, id);

	if (text != NULL) {
		put_internal_values(self, text, plugin, builtin);
		put_rest(self, text, plugin);
	}
	if (builtin->way != STAGE_RACK_BUILTIN_MIDI) {
		put_volume(self, plugin);
	}
	stage_carxp_put(self, &self->plan->came, "%s: %s, as %s\n", self->rack,
		name_of(plugin), uri);
	tell_left(self, plugin);
}

static bool
can_carry(const struct stage_carxp_plugin *plugin)
{
	return internal_uri(plugin) != NULL ||
	       (is_type(plugin, "LV2") && plugin->uri != NULL &&
		       strchr(plugin->uri, ':') != NULL &&
		       strlen(plugin->uri) < STAGE_RACK_URI_MAX);
}

static void
tell_refused(struct stage_carxp_making *self,
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
			name_of(plugin), what);
	} else {
		stage_carxp_put(self, &self->plan->left,
			"%s, a plug-in of the kind %s, %s; a rack plays LV2\n",
			name_of(plugin), type, what);
	}
}

static void
put_plugin(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known, const char *why)
{
	const char *internal = internal_uri(plugin);

	if (internal != NULL) {
		put_internal(self, plugin, internal);
	} else {
		put_lv2(self, plugin, known, why);
	}
}

// Racks.

static const struct stage_rack_plugin *
find_plugin(const struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin, struct stage_err *why)
{
	const char *internal = internal_uri(plugin);
	const char *uri = internal != NULL ? internal : plugin->uri;

	return self->facts->find(self->facts->user, uri, why);
}

// Of a plug-in that is not installed: most are stereo, and what no connection
// names is taken for an effect.
static size_t
guess_ports(const struct stage_carxp *project,
	const struct stage_carxp_plugin *plugin, bool is_out)
{
	size_t ins = stage_carxp_named_ports(project, plugin, false);
	size_t outs = stage_carxp_named_ports(project, plugin, true);
	size_t count = is_out ? outs : ins;

	if (ins + outs == 0 && !stage_carxp_has_midi(project, plugin)) {
		return 2;
	}
	return count == 1 ? 2 : count;
}

static size_t
count_ports(const struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known, bool is_out)
{
	size_t count;

	if (known != NULL) {
		count = stage_rack_plugin_count_main(known,
			is_out ? STAGE_RACK_AUDIO_OUT : STAGE_RACK_AUDIO_IN);
	} else {
		count = guess_ports(self->project, plugin, is_out);
	}
	return count < STAGE_RACK_CHANNELS_MAX ? count
					       : STAGE_RACK_CHANNELS_MAX;
}

static void
begin_rack(struct stage_carxp_making *self, const char *name)
{
	make_name(self, &self->racks, name, self->rack);
	stage_strv_finish(&self->slots);
	self->number = SLOT_STEP;
}

// JACK's name for it is that in Carla, but for colons, which clients have not.
static void
put_client(struct stage_carxp_making *self, struct stage_str *text,
	const struct stage_carxp_plugin *plugin)
{
	const char *name = name_of(plugin);

	if (strchr(name, ':') == NULL &&
		strlen(name) < STAGE_JACK_OWN_NAME_MAX) {
		bool is_ours = stage_carxp_claim(
			self, STAGE_CARXP_CLIENT, "client", name);
		stage_carxp_put(self, text, "%sclient ", is_ours ? "" : "# ");
		stage_carxp_word(self, text, name);
		stage_carxp_put(self, text, "\n");
	}
}

static void
make_apart(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin, const char *name)
{
	struct stage_err why = STAGE_ERR_INIT;
	const struct stage_rack_plugin *known = find_plugin(self, plugin, &why);
	size_t ins = count_ports(self, plugin, known, false);
	size_t outs = count_ports(self, plugin, known, true);
	struct stage_str *text;

	begin_rack(self, name);
	text = stage_carxp_file(self, "rack");
	if (text != NULL) {
		put_client(self, text, plugin);
		stage_carxp_put(self, text, "in %zu\nout %zu\n", ins,
			outs > ins ? outs : ins);
		stage_carxp_aliases(self, text, plugin, known);
	}
	self->is_apart = true;
	put_plugin(self, plugin, known, why.text);
	self->is_apart = false;
}

static void
make_series(struct stage_carxp_making *self, const char *name)
{
	const struct stage_carxp *project = self->project;
	struct stage_str *text;

	begin_rack(self, name);
	text = stage_carxp_file(self, "rack");
	if (text != NULL) {
		stage_carxp_aliases(self, text, NULL, NULL);
	}
	for (size_t i = 0; i < project->plugin_count; i++) {
		const struct stage_carxp_plugin *plugin = &project->plugins[i];
		struct stage_err why = STAGE_ERR_INIT;
		if (can_carry(plugin)) {
			const struct stage_rack_plugin *known =
				find_plugin(self, plugin, &why);
			put_plugin(self, plugin, known, why.text);
		}
	}
}

static bool
is_apart(const struct stage_carxp *project)
{
	const char *port;

	for (size_t i = 0; i < project->plugin_count; i++) {
		for (size_t k = 0; k < project->connection_count; k++) {
			const struct stage_carxp_connection *edge =
				&project->connections[k];
			if (stage_carxp_is_port(&project->plugins[i],
				    edge->source, &port) ||
				stage_carxp_is_port(&project->plugins[i],
					edge->target, &port)) {
				return true;
			}
		}
	}
	return false;
}

static size_t
count_carried(struct stage_carxp_making *self)
{
	size_t count = 0;

	for (size_t i = 0; i < self->project->plugin_count; i++) {
		if (can_carry(&self->project->plugins[i])) {
			count++;
		} else {
			tell_refused(self, &self->project->plugins[i]);
		}
	}
	return count;
}

static void
make_racks(struct stage_carxp_making *self, const char *name, size_t count,
	enum stage_carxp_way way)
{
	const struct stage_carxp *project = self->project;

	if (way == STAGE_CARXP_BY_NAMES) {
		way = count == 1 || is_apart(project) ? STAGE_CARXP_APART
						      : STAGE_CARXP_SERIES;
	}
	self->is_given = count == 1 || way == STAGE_CARXP_SERIES;
	if (way == STAGE_CARXP_SERIES) {
		make_series(self, name);
		return;
	}
	for (size_t i = 0; i < project->plugin_count; i++) {
		const struct stage_carxp_plugin *plugin = &project->plugins[i];
		if (can_carry(plugin)) {
			make_apart(self, plugin,
				count == 1 ? name : name_of(plugin));
		}
	}
}

static void
tell_project(struct stage_carxp_making *self)
{
	const struct stage_carxp *project = self->project;
	struct stage_str *left = &self->plan->left;

	if (project->inner_count > 0) {
		stage_carxp_put(self, left, "%zu connections inside of Carla\n",
			project->inner_count);
	}
	if (project->is_stereo) {
		stage_carxp_put(self, left,
			"two of each mono plug-in: a rack does it by itself\n");
	}
	if (project->bpm >= 20 && project->bpm <= 400) {
		stage_carxp_put(self, left,
			"the tempo, %g: it is the transport's\n", project->bpm);
	}
	if (project->connection_count > 0) {
		stage_carxp_put(self, left,
			"%zu connections: stagecraft patch import takes them "
			"from the same file\n",
			project->connection_count);
	}
}

enum stage_status
stage_carxp_plan_make(const struct stage_carxp *project, const char *name,
	enum stage_carxp_way way, const struct stage_carxp_facts *facts,
	struct stage_carxp_plan *out, struct stage_err *err)
{
	struct stage_carxp_plan plan = {0};
	struct stage_carxp_making making = {
		.project = project, .facts = facts, .plan = &plan};
	size_t count = count_carried(&making);

	if (count > 0) {
		make_racks(&making, name, count, way);
		tell_project(&making);
	}
	stage_strv_finish(&making.racks);
	stage_strv_finish(&making.slots);
	stage_carxp_names_finish(&making.names);
	if (making.status == STAGE_OK && count > 0 &&
		making.known < making.made) {
		*out = plan;
		return STAGE_OK;
	}
	stage_carxp_plan_finish(&plan);
	if (making.status == STAGE_OK && count > 0) {
		return stage_err_set(err, STAGE_EXISTS,
			"there is a service \"%s\" already, and one for each "
			"other plug-in of it; nothing was changed",
			making.first_known);
	}
	if (making.status == STAGE_OK) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no plug-in in it that a rack can play");
	}
	return stage_err_set(err, making.status, "unable to make a rack: %s",
		stage_strerror(making.status));
}

void
stage_carxp_plan_finish(struct stage_carxp_plan *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		free(self->files[i].path);
		stage_str_finish(&self->files[i].text);
	}
	free(self->files);
	stage_str_finish(&self->came);
	stage_str_finish(&self->missing);
	stage_str_finish(&self->clashes);
	stage_str_finish(&self->left);
	memset(self, 0, sizeof(*self));
}
