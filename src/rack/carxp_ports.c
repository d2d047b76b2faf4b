/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The names that ports had in Carla. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack/carxp_private.h"

#define EVENTS_IN "events-in"
#define EVENTS_OUT "events-out"
#define ALIASES 2 // that JACK has for a port

bool
stage_carxp_is_port(const struct stage_carxp_plugin *plugin, const char *name,
	const char **port)
{
	size_t len = plugin->name != NULL ? strlen(plugin->name) : 0;
	const char *at = name;

	if (len == 0 || name == NULL) {
		return false;
	}
	if (strncmp(at, plugin->name, len) != 0 || at[len] != ':') {
		at = strchr(name, ':');
		at = at != NULL ? at + 1 : name;
	}
	if (strncmp(at, plugin->name, len) != 0 || at[len] != ':') {
		return false;
	}
	*port = at + len + 1;
	return true;
}

static bool
is_events(const char *port)
{
	return strcmp(port, EVENTS_IN) == 0 || strcmp(port, EVENTS_OUT) == 0;
}

// The end of a connection that may be the plug-in's.
static const char *
end_of(const struct stage_carxp *project, size_t index, bool is_source)
{
	return is_source ? project->connections[index].source
			 : project->connections[index].target;
}

bool
stage_carxp_has_midi(const struct stage_carxp *project,
	const struct stage_carxp_plugin *plugin)
{
	const char *port;

	for (size_t i = 0; i < 2 * project->connection_count; i++) {
		if (stage_carxp_is_port(plugin,
			    end_of(project, i / 2, i % 2 == 0), &port) &&
			is_events(port)) {
			return true;
		}
	}
	return false;
}

// The ports for sound that connections name, by name: left comes before right.
static enum stage_status
list_named(const struct stage_carxp *project,
	const struct stage_carxp_plugin *plugin, bool is_source,
	struct stage_strv *out)
{
	enum stage_status status = STAGE_OK;
	const char *port;

	for (size_t i = 0; status == STAGE_OK && i < project->connection_count;
		i++) {
		if (stage_carxp_is_port(
			    plugin, end_of(project, i, is_source), &port) &&
			!is_events(port) && !stage_strv_has(out, port)) {
			status = stage_strv_add(out, port);
		}
	}
	stage_strv_sort(out);
	return status;
}

size_t
stage_carxp_named_ports(const struct stage_carxp *project,
	const struct stage_carxp_plugin *plugin, bool is_source)
{
	struct stage_strv ports = {0};
	size_t count;

	(void)!list_named(project, plugin, is_source, &ports);
	count = ports.count;
	stage_strv_finish(&ports);
	return count;
}

static void
put_alias(struct stage_carxp_making *self, struct stage_str *to,
	const char *own, const char *alias)
{
	char what[64];

	snprintf(what, sizeof(what), "alias %s", own);
	stage_carxp_put(self, to, "%s%s ",
		stage_carxp_claim(self, STAGE_CARXP_ALIAS, what, alias) ? ""
									: "# ",
		what);
	stage_carxp_word(self, to, alias);
	stage_carxp_put(self, to, "\n");
}

// All names by which the connections know a port, as many as JACK has room for;
// what it would be called by default when there are none.
static void
alias_port(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_plugin *plugin, const char *own,
	const char *port)
{
	const struct stage_carxp *project = self->project;
	struct stage_strv names = {0};
	struct stage_str plain = {0};
	const char *found;

	stage_carxp_put(self, &plain, "%s:%s", plugin->name, port);
	for (size_t i = 0;
		self->status == STAGE_OK && i < 2 * project->connection_count;
		i++) {
		const char *name = end_of(project, i / 2, i % 2 == 0);
		if (stage_carxp_is_port(plugin, name, &found) &&
			strcmp(found, port) == 0 &&
			!stage_strv_has(&names, name)) {
			self->status = stage_strv_add(&names, name);
		}
	}
	if (self->status == STAGE_OK && names.count == 0) {
		self->status = stage_strv_add(&names, stage_str_text(&plain));
	}
	for (size_t i = 0; i < names.count; i++) {
		if (i < ALIASES) {
			put_alias(self, to, own, names.items[i]);
		} else {
			stage_carxp_put(self, &self->plan->left,
				"%s: the name %s of its port %s: JACK knows "
				"two for each\n",
				self->rack, names.items[i], own);
		}
	}
	stage_strv_finish(&names);
	stage_str_finish(&plain);
}

// A port for sound, in the order of the plug-in's. A rack has no more of them
// than that, and its file may not speak of others.
static void
alias_sound(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_plugin *plugin, bool is_out, size_t number,
	const char *port)
{
	char own[32];

	if (number <= STAGE_RACK_CHANNELS_MAX) {
		snprintf(own, sizeof(own), "%s_%zu", is_out ? "out" : "in",
			number);
		alias_port(self, to, plugin, own, port);
	} else {
		stage_carxp_put(self, &self->plan->left,
			"%s: its port %s: a rack has %d each way\n", self->rack,
			port, STAGE_RACK_CHANNELS_MAX);
	}
}

bool
stage_carxp_is_side(const struct stage_rack_port *port, unsigned number)
{
	return port->is_side || (port->kind == STAGE_RACK_AUDIO_OUT &&
					number > STAGE_RACK_CHANNELS_MAX);
}

struct counts {
	unsigned mains, all;
};

static void
alias_known(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known)
{
	struct counts ins = {0};
	struct counts outs = {0};
	char own[32];
	char name[STAGE_CARXP_PORT_NAME_MAX];

	for (uint32_t i = 0; i < known->port_count; i++) {
		const struct stage_rack_port *port = &known->ports[i];
		bool is_out = port->kind == STAGE_RACK_AUDIO_OUT;
		struct counts *counts = is_out ? &outs : &ins;
		if (!is_out && port->kind != STAGE_RACK_AUDIO_IN) {
			continue;
		}
		counts->all++;
		counts->mains += !port->is_side;
		self->facts->port_name(self->facts->user, known, i, name);
		if (!stage_carxp_is_side(port, counts->mains)) {
			alias_sound(
				self, to, plugin, is_out, counts->mains, name);
			continue;
		}
		snprintf(own, sizeof(own), "%s_%u",
			is_out ? STAGE_CARXP_OUTS : STAGE_CARXP_SIDECHAIN,
			is_out ? counts->all : counts->all - counts->mains);
		alias_port(self, to, plugin, own, name);
	}
}

// Of a plug-in that is not installed: as the connections call them.
static void
alias_named(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_plugin *plugin, bool is_source)
{
	struct stage_strv ports = {0};

	if (self->status == STAGE_OK) {
		self->status =
			list_named(self->project, plugin, is_source, &ports);
	}
	for (size_t i = 0; i < ports.count; i++) {
		alias_sound(self, to, plugin, is_source, i + 1, ports.items[i]);
	}
	stage_strv_finish(&ports);
}

static const struct {
	const char *theirs;
	const char *own;
} whole_ports[] = {
	{":audio-in1", "in_1"},
	{":audio-in2", "in_2"},
	{":audio-out1", "out_1"},
	{":audio-out2", "out_2"},
	{":" EVENTS_IN, "midi_in"},
	{":" EVENTS_OUT, "midi_out"},
};

#define WHOLE_AUDIO 4 // the first ones; no plug-in has ports of such names

// Clients that are Carla as a whole.
static enum stage_status
list_wholes(const struct stage_carxp *project, struct stage_strv *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK &&
			   i < 2 * project->connection_count * WHOLE_AUDIO;
		i++) {
		const char *suffix = whole_ports[i % WHOLE_AUDIO].theirs;
		size_t at = i / WHOLE_AUDIO;
		const char *name = end_of(project, at / 2, at % 2 == 0);
		struct stage_str client = {0};
		if (name == NULL || !stage_ends_with(name, suffix)) {
			continue;
		}
		status = stage_str_append(
			&client, name, strlen(name) - strlen(suffix));
		if (status == STAGE_OK &&
			!stage_strv_has(out, stage_str_text(&client))) {
			status = stage_strv_add(out, stage_str_text(&client));
		}
		stage_str_finish(&client);
	}
	return status;
}

static void
alias_whole(struct stage_carxp_making *self, struct stage_str *to)
{
	struct stage_strv clients = {0};

	if (self->status == STAGE_OK) {
		self->status = list_wholes(self->project, &clients);
	}
	for (size_t i = 0; i < clients.count && i < ALIASES; i++) {
		for (size_t k = 0; k < STAGE_COUNT_OF(whole_ports); k++) {
			struct stage_str alias = {0};
			stage_carxp_put(self, &alias, "%s%s", clients.items[i],
				whole_ports[k].theirs);
			put_alias(self, to, whole_ports[k].own,
				stage_str_text(&alias));
			stage_str_finish(&alias);
		}
	}
	stage_strv_finish(&clients);
}

void
stage_carxp_aliases(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known)
{
	if (plugin == NULL) {
		alias_whole(self, to);
		return;
	}
	if (known != NULL) {
		alias_known(self, to, plugin, known);
	} else {
		alias_named(self, to, plugin, false);
		alias_named(self, to, plugin, true);
	}
	if (stage_carxp_has_midi(self->project, plugin)) {
		alias_port(self, to, plugin, "midi_in", EVENTS_IN);
		alias_port(self, to, plugin, "midi_out", EVENTS_OUT);
	}
}
