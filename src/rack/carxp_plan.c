/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/carxp_plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "rack/carxp_private.h"
#include "rack/room.h"

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
void
stage_carxp_make_name(struct stage_carxp_making *self, struct stage_strv *taken,
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

static const struct stage_rack_plugin *
find_plugin(const struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin, struct stage_err *why)
{
	const char *internal = stage_carxp_internal_uri(plugin);
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
	stage_carxp_make_name(self, &self->racks, name, self->rack);
	stage_strv_finish(&self->slots);
	self->number = STAGE_CARXP_SLOT_STEP;
}

// JACK's name for it is that in Carla, but for colons, which clients have not.
static void
put_client(struct stage_carxp_making *self, struct stage_str *text,
	const struct stage_carxp_plugin *plugin)
{
	const char *name = stage_carxp_plugin_name(plugin);

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
	stage_carxp_put_plugin(self, plugin, known, why.text);
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
		if (stage_carxp_can_carry(plugin)) {
			const struct stage_rack_plugin *known =
				find_plugin(self, plugin, &why);
			stage_carxp_put_plugin(self, plugin, known, why.text);
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
		if (stage_carxp_can_carry(&self->project->plugins[i])) {
			count++;
		} else {
			stage_carxp_tell_refused(
				self, &self->project->plugins[i]);
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
		if (stage_carxp_can_carry(plugin)) {
			make_apart(self, plugin,
				count == 1 ? name
					   : stage_carxp_plugin_name(plugin));
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
