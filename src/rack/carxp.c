/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/carxp.h"

#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "base/utf8.h"
#include "rack/config.h"
#include "rack/room.h"

#define PATH_MAX_BYTES 256
#define BLANKS " \t\r\n"
#define OPTIONS_MAX 0xffffffff

struct reading {
	struct stage_carxp *out;
	const char *name;
	struct stage_err *err;
	enum stage_status status;
	XML_Parser parser;
	struct stage_str text;     // of the innermost element
	char path[PATH_MAX_BYTES]; // "/CARLA-PROJECT/Plugin/Info/Name"
	size_t depth;
};

static void
stop(struct reading *self, enum stage_status status, const char *why)
{
	if (self->status != STAGE_OK) {
		return;
	}
	self->status = stage_err_set(self->err, status, "%s:%lu:%lu: %s",
		self->name,
		(unsigned long)XML_GetCurrentLineNumber(self->parser),
		(unsigned long)XML_GetCurrentColumnNumber(self->parser) + 1,
		why);
	(void)XML_StopParser(self->parser, XML_FALSE);
}

// Items of a growing array; NULL after a failure.
static void *
add_item(struct reading *self, void *items, size_t *count, size_t size,
	size_t max)
{
	void **array = items;
	char *more;

	if (*count == max) {
		stop(self, STAGE_TOO_LONG, "there are too many of these");
		return NULL;
	}
	more = stage_rack_room(*array, *count, size);
	if (more == NULL) {
		stop(self, STAGE_NO_MEMORY, "out of memory");
		return NULL;
	}
	*array = more;
	memset(more + *count * size, 0, size);
	return more + size * (*count)++;
}

static struct stage_carxp_plugin *
plugin_of(struct reading *self)
{
	return self->out->plugin_count > 0
		       ? &self->out->plugins[self->out->plugin_count - 1]
		       : NULL;
}

static void
start_plugin(struct reading *self)
{
	struct stage_carxp_plugin *plugin =
		add_item(self, &self->out->plugins, &self->out->plugin_count,
			sizeof(*plugin), STAGE_CARXP_PLUGINS_MAX);

	if (plugin != NULL) {
		plugin->dry_wet = 1;
		plugin->volume = 1;
		plugin->balance_left = -1;
		plugin->balance_right = 1;
		plugin->options = -1;
	}
}

static void
start_parameter(struct reading *self)
{
	struct stage_carxp_plugin *plugin = plugin_of(self);
	struct stage_carxp_parameter *parameter =
		add_item(self, &plugin->parameters, &plugin->parameter_count,
			sizeof(*parameter), STAGE_CARXP_ITEMS_MAX);

	if (parameter != NULL) {
		parameter->index = -1;
		parameter->value = NAN;
		parameter->control = -1;
		parameter->channel = 1;
		parameter->max = NAN;
	}
}

static void
start_custom(struct reading *self)
{
	struct stage_carxp_plugin *plugin = plugin_of(self);

	(void)add_item(self, &plugin->customs, &plugin->custom_count,
		sizeof(*plugin->customs), STAGE_CARXP_ITEMS_MAX);
}

static void
start_connection(struct reading *self)
{
	(void)add_item(self, &self->out->connections,
		&self->out->connection_count, sizeof(*self->out->connections),
		STAGE_CARXP_ITEMS_MAX);
}

static void
start_inner(struct reading *self)
{
	self->out->inner_count++;
}

// What a text becomes. Numbers that are none are passed over, as Carla does.

static void
take_text(struct reading *self, void *to)
{
	char **out = to;
	const char *text = stage_str_text(&self->text);
	size_t len = self->text.len;

	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL) {
		len--;
	}
	while (len > 0 && strchr(BLANKS, *text) != NULL) {
		text++;
		len--;
	}
	free(*out);
	*out = strndup(text, len);
	if (*out == NULL) {
		stop(self, STAGE_NO_MEMORY, "out of memory");
	}
}

// No name has control characters, and no file of ours can hold them.
static void
take_word(struct reading *self, void *to)
{
	char **text = to;
	size_t len;

	take_text(self, to);
	len = *text != NULL ? strlen(*text) : 0;
	for (size_t at = 0; at < len;) {
		size_t left = len - at;
		size_t bytes = stage_utf8_control_bytes(*text + at, left);
		memset(*text + at, ' ', bytes);
		if (bytes == 0) {
			bytes = stage_utf8_char_bytes(*text + at, left);
		}
		at += bytes > 0 ? bytes : 1;
	}
}

static bool
read_number(struct reading *self, double *out)
{
	char *text = NULL;
	bool is_one;

	take_text(self, &text);
	is_one = text != NULL &&
		 stage_rack_number(text, -1e30, 1e30, out, NULL) == STAGE_OK;
	free(text);
	return is_one;
}

static void
take_number(struct reading *self, void *to)
{
	(void)read_number(self, to);
}

static void
take_whole(struct reading *self, void *to)
{
	int64_t *out = to;
	double value = 0;

	if (read_number(self, &value) && value >= -1e9 && value <= 1e9) {
		*out = (int64_t)value;
	}
}

static void
take_channel(struct reading *self, void *to)
{
	int64_t *out = to;
	double value = 0;

	*out = read_number(self, &value) && value >= 1 && value <= 16
		       ? (int64_t)value
		       : 0;
}

static void
take_hex(struct reading *self, void *to)
{
	int64_t *out = to;
	char *text = NULL;
	char *end = NULL;
	unsigned long long value;

	take_text(self, &text);
	if (text != NULL && stage_starts_with(text, "0x")) {
		value = strtoull(text, &end, 16);
		if (*end == '\0' && value <= OPTIONS_MAX) {
			*out = (int64_t)value;
		}
	}
	free(text);
}

static void
take_no(struct reading *self, void *to)
{
	bool *out = to;
	char *text = NULL;

	take_text(self, &text);
	*out = text != NULL && strcmp(text, "No") == 0;
	free(text);
}

static void
take_true(struct reading *self, void *to)
{
	bool *out = to;
	char *text = NULL;

	take_text(self, &text);
	*out = text != NULL && strcmp(text, "true") == 0;
	free(text);
}

// Where the texts of elements go.

enum owner {
	PROJECT,
	PLUGIN,
	PARAMETER,
	CUSTOM,
	CONNECTION
};

static void *
owner_of(struct reading *self, enum owner owner)
{
	struct stage_carxp *out = self->out;
	struct stage_carxp_plugin *plugin = plugin_of(self);

	switch (owner) {
	case PROJECT:
		return out;
	case PLUGIN:
		return plugin;
	case PARAMETER:
		return plugin != NULL && plugin->parameter_count > 0
			       ? &plugin->parameters[plugin->parameter_count -
						     1]
			       : NULL;
	case CUSTOM:
		return plugin != NULL && plugin->custom_count > 0
			       ? &plugin->customs[plugin->custom_count - 1]
			       : NULL;
	case CONNECTION:
		return out->connection_count > 0
			       ? &out->connections[out->connection_count - 1]
			       : NULL;
	}
	return NULL;
}

#define P(member) offsetof(struct stage_carxp_plugin, member)
#define V(member) offsetof(struct stage_carxp_parameter, member)
#define C(member) offsetof(struct stage_carxp_custom, member)
#define N(member) offsetof(struct stage_carxp_connection, member)
#define INFO "/Plugin/Info/"
#define DATA "/Plugin/Data/"
#define VALUE DATA "Parameter/"
#define EDGE "/ExternalPatchbay/Connection/"

// By what stands behind the root, or, in a preset, the root alone.
static const struct {
	const char *path;
	enum owner owner;
	size_t offset;
	void (*take)(struct reading *self, void *to);
} leaves[] = {
	{"/EngineSettings/ForceStereo", PROJECT,
		offsetof(struct stage_carxp, is_stereo), take_true},
	{"/Transport/BeatsPerMinute", PROJECT,
		offsetof(struct stage_carxp, bpm), take_number},
	{INFO "Type", PLUGIN, P(type), take_word},
	{INFO "Name", PLUGIN, P(name), take_word},
	{INFO "URI", PLUGIN, P(uri), take_word},
	{INFO "Label", PLUGIN, P(label), take_word},
	{INFO "Identifier", PLUGIN, P(label), take_word},
	{INFO "Setup", PLUGIN, P(label), take_word},
	{INFO "Binary", PLUGIN, P(binary), take_word},
	{INFO "Bundle", PLUGIN, P(binary), take_word},
	{INFO "Filename", PLUGIN, P(binary), take_word},
	{DATA "Active", PLUGIN, P(is_off), take_no},
	{DATA "DryWet", PLUGIN, P(dry_wet), take_number},
	{DATA "Volume", PLUGIN, P(volume), take_number},
	{DATA "Balance-Left", PLUGIN, P(balance_left), take_number},
	{DATA "Balance-Right", PLUGIN, P(balance_right), take_number},
	{DATA "Panning", PLUGIN, P(panning), take_number},
	{DATA "Options", PLUGIN, P(options), take_hex},
	{DATA "Chunk", PLUGIN, P(chunk), take_text},
	{VALUE "Index", PARAMETER, V(index), take_whole},
	{VALUE "Name", PARAMETER, V(name), take_word},
	{VALUE "Symbol", PARAMETER, V(symbol), take_word},
	{VALUE "Identifier", PARAMETER, V(symbol), take_word},
	{VALUE "Value", PARAMETER, V(value), take_number},
	{VALUE "MidiCC", PARAMETER, V(control), take_whole},
	{VALUE "MappedControlIndex", PARAMETER, V(control), take_whole},
	{VALUE "MidiChannel", PARAMETER, V(channel), take_channel},
	{VALUE "MappedMinimum", PARAMETER, V(min), take_number},
	{VALUE "MappedMaximum", PARAMETER, V(max), take_number},
	{DATA "CustomData/Type", CUSTOM, C(type), take_word},
	{DATA "CustomData/Key", CUSTOM, C(key), take_word},
	{DATA "CustomData/Value", CUSTOM, C(value), take_text},
	{EDGE "Source", CONNECTION, N(source), take_word},
	{EDGE "Target", CONNECTION, N(target), take_word},
};

static const struct {
	const char *path;
	void (*start)(struct reading *self);
} branches[] = {
	{"/Plugin", start_plugin},
	{"/Plugin/Data/Parameter", start_parameter},
	{"/Plugin/Data/CustomData", start_custom},
	{"/ExternalPatchbay/Connection", start_connection},
	{"/Patchbay/Connection", start_inner},
};

// Behind the root; a preset is one plug-in, and its root stands for Plugin.
static void
inner_path(const struct reading *self, char out[PATH_MAX_BYTES])
{
	const char *rest = strchr(self->path + 1, '/');
	bool is_preset = stage_starts_with(self->path, "/CARLA-PRESET");

	(void)!stage_format(out, PATH_MAX_BYTES, "%s%s",
		is_preset ? "/Plugin" : "", rest != NULL ? rest : "");
}

static void XMLCALL
on_start(void *user, const char *name, const char **attrs)
{
	struct reading *self = user;
	size_t len = strlen(self->path);
	char path[PATH_MAX_BYTES];

	(void)attrs;
	if (self->status != STAGE_OK) {
		return; // expat may still tell what it has read
	}
	if (++self->depth > STAGE_CARXP_DEPTH_MAX ||
		stage_format(self->path + len, sizeof(self->path) - len, "/%s",
			name) != STAGE_OK) {
		self->path[len] = '\0';
		stop(self, STAGE_BAD_INPUT, "this lies too deep");
		return;
	}
	if (self->depth == 1 && strcmp(name, "CARLA-PROJECT") != 0 &&
		strcmp(name, "CARLA-PRESET") != 0) {
		stop(self, STAGE_BAD_INPUT, "this is no file of Carla");
		return;
	}
	stage_str_clear(&self->text);
	inner_path(self, path);
	for (size_t i = 0; i < STAGE_COUNT_OF(branches); i++) {
		if (strcmp(branches[i].path, path) == 0) {
			branches[i].start(self);
		}
	}
}

static void XMLCALL
on_end(void *user, const char *name)
{
	struct reading *self = user;
	char path[PATH_MAX_BYTES];

	if (self->status != STAGE_OK) {
		return;
	}
	inner_path(self, path);
	for (size_t i = 0; i < STAGE_COUNT_OF(leaves); i++) {
		char *owner;
		if (strcmp(leaves[i].path, path) != 0) {
			continue;
		}
		owner = owner_of(self, leaves[i].owner);
		if (owner != NULL) {
			leaves[i].take(self, owner + leaves[i].offset);
		}
	}
	stage_str_clear(&self->text);
	self->path[strlen(self->path) - strlen(name) - 1] = '\0';
	self->depth--;
}

static void XMLCALL
on_text(void *user, const char *text, int len)
{
	struct reading *self = user;

	if (stage_str_append(&self->text, text, (size_t)len) != STAGE_OK) {
		stop(self, STAGE_NO_MEMORY, "out of memory");
	}
}

static void XMLCALL
on_entity(void *user, const char *name, int is_parameter, const char *value,
	int len, const char *base, const char *system, const char *public,
	const char *notation)
{
	(void)name;
	(void)is_parameter;
	(void)value;
	(void)len;
	(void)base;
	(void)system;
	(void)public;
	(void)notation;
	stop(user, STAGE_BAD_INPUT, "a file of Carla declares no entities");
}

static void
parse(struct reading *self, const char *text, size_t len)
{
	XML_SetUserData(self->parser, self);
	XML_SetElementHandler(self->parser, on_start, on_end);
	XML_SetCharacterDataHandler(self->parser, on_text);
	XML_SetEntityDeclHandler(self->parser, on_entity);
	if (XML_Parse(self->parser, text, (int)len, XML_TRUE) ==
		XML_STATUS_OK) {
		return;
	}
	stop(self,
		XML_GetErrorCode(self->parser) == XML_ERROR_NO_MEMORY
			? STAGE_NO_MEMORY
			: STAGE_BAD_INPUT,
		XML_ErrorString(XML_GetErrorCode(self->parser)));
}

enum stage_status
stage_carxp_parse(const char *text, size_t len, const char *name,
	struct stage_carxp *out, struct stage_err *err)
{
	struct stage_carxp project = {0};
	struct reading reading = {.out = &project, .name = name, .err = err};

	if (len > STAGE_CARXP_BYTES_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"%s: it has more than %u bytes", name,
			STAGE_CARXP_BYTES_MAX);
	}
	reading.parser = XML_ParserCreate(NULL);
	if (reading.parser == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	parse(&reading, text, len);
	XML_ParserFree(reading.parser);
	stage_str_finish(&reading.text);
	if (reading.status != STAGE_OK) {
		stage_carxp_finish(&project);
		return reading.status;
	}
	*out = project;
	return STAGE_OK;
}

static void
finish_plugin(struct stage_carxp_plugin *plugin)
{
	free(plugin->type);
	free(plugin->name);
	free(plugin->uri);
	free(plugin->label);
	free(plugin->binary);
	free(plugin->chunk);
	for (size_t i = 0; i < plugin->parameter_count; i++) {
		free(plugin->parameters[i].name);
		free(plugin->parameters[i].symbol);
	}
	for (size_t i = 0; i < plugin->custom_count; i++) {
		free(plugin->customs[i].type);
		free(plugin->customs[i].key);
		free(plugin->customs[i].value);
	}
	free(plugin->parameters);
	free(plugin->customs);
}

void
stage_carxp_finish(struct stage_carxp *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->plugin_count; i++) {
		finish_plugin(&self->plugins[i]);
	}
	for (size_t i = 0; i < self->connection_count; i++) {
		free(self->connections[i].source);
		free(self->connections[i].target);
	}
	free(self->plugins);
	free(self->connections);
	memset(self, 0, sizeof(*self));
}
