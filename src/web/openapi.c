/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/openapi.h"

#include <string.h>

#include "base/str.h"
#include "rpc/verb.h"
#include "web/rights.h"
#include "web/route.h"

static const struct {
	const char *path;
	const char *method;
	const char *summary;
} fixed[] = {
	{"/api/state", "get", "What every daemon says of itself"},
	{"/api/events", "get", "Changes as they come, as server-sent events"},
	{"/api/me", "get", "Who this device is"},
	{"/api/pair", "post", "Pairs this device: code, name"},
	{"/api/unpair", "post", "Forgets this device"},
	{"/api/lock", "post", "Locks this device: it can only play the show"},
	{"/api/unlock", "post", "Unlocks this device"},
	{"/api/go", "post", "Plays the selected song"},
	{"/api/go/{number}", "post", "Plays the song of that number"},
	{"/api/next", "post", "Plays the next song"},
	{"/api/previous", "post", "Plays the song before"},
	{"/api/select/{number}", "post", "Selects the song of that number"},
	{"/api/stop", "post", "Stops the transport"},
	{"/api/panic", "post", "Ends all notes, and silences the song"},
};

static json_t *
answers(void)
{
	static const struct {
		const char *code;
		const char *text;
	} rows[] = {
		{"200", "It was done"},
		{"202", "It is being done"},
		{"400", "What was asked for makes no sense"},
		{"401", "The device is not paired"},
		{"403", "The device may not do that"},
		{"404", "There is no such thing"},
		{"409", "Not now"},
		{"423", "The device is locked"},
		{"429", "Too many mistakes; Retry-After says how long to wait"},
		{"503", "That daemon does not run"},
	};
	json_t *all = json_object();

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		(void)json_object_set_new(all, rows[i].code,
			json_pack("{s:s}", "description", rows[i].text));
	}
	return all;
}

static json_t *
operation(const char *summary, json_t *parameters, json_t *schema)
{
	json_t *self = json_pack(
		"{s:s, s:o}", "summary", summary, "responses", answers());

	if (parameters != NULL) {
		(void)json_object_set_new(self, "parameters", parameters);
	}
	if (schema != NULL) {
		(void)json_object_set_new(self, "requestBody",
			json_pack("{s:{s:{s:o}}}", "content",
				"application/json", "schema", schema));
	}
	return self;
}

// {number} in a path.
static json_t *
path_parameters(const char *path)
{
	return strstr(path, "{number}") == NULL
		       ? NULL
		       : json_pack("[{s:s, s:s, s:b, s:{s:s, s:i}}]", "name",
				 "number", "in", "path", "required", 1,
				 "schema", "type", "integer", "minimum", 1);
}

json_t *
stage_web_openapi_create(void)
{
	json_t *paths = json_object();

	for (size_t i = 0; i < STAGE_COUNT_OF(fixed); i++) {
		(void)json_object_set_new(paths, fixed[i].path,
			json_pack("{s:o}", fixed[i].method,
				operation(fixed[i].summary,
					path_parameters(fixed[i].path), NULL)));
	}
	return json_pack("{s:s, s:{s:s, s:s}, s:[{s:[]}, {s:[]}], s:o, s:o}",
		"openapi", "3.0.3", "info", "title", "Stagecraft", "version",
		"1", "security", "token", "cookie", "paths", paths,
		"components",
		json_pack("{s:{s:{s:s, s:s}, s:{s:s, s:s, s:s}}}",
			"securitySchemes", "token", "type", "http", "scheme",
			"bearer", "cookie", "type", "apiKey", "in", "cookie",
			"name", "stagecraft"));
}

static json_t *
type_schema(const char *word)
{
	switch (stage_verb_arg_type_from_word(word)) {
	case STAGE_ARG_TEXT:
		return json_pack("{s:s}", "type", "string");
	case STAGE_ARG_INTEGER:
		return json_pack("{s:s}", "type", "integer");
	case STAGE_ARG_NUMBER:
		return json_pack("{s:s}", "type", "number");
	case STAGE_ARG_BOOLEAN:
		return json_pack("{s:s}", "type", "boolean");
	case STAGE_ARG_TEXTS:
		return json_pack("{s:s, s:{s:s}}", "type", "array", "items",
			"type", "string");
	case STAGE_ARG_OBJECT:
		return json_pack("{s:s}", "type", "object");
	case STAGE_ARG_ANY:
	case STAGE_ARG_TYPE_COUNT:
	default:
		return json_object();
	}
}

static json_t *
args_schema(const json_t *args)
{
	json_t *properties = json_object();
	json_t *required = json_array();
	json_t *schema;
	size_t i;
	json_t *arg;

	json_array_foreach (args, i, arg) {
		const char *name =
			json_string_value(json_object_get(arg, "name"));
		const char *type =
			json_string_value(json_object_get(arg, "type"));
		json_t *row = type_schema(type != NULL ? type : "");

		(void)json_object_set(
			row, "description", json_object_get(arg, "help"));
		(void)json_object_set_new(
			properties, name != NULL ? name : "", row);
		if (json_is_true(json_object_get(arg, "required"))) {
			(void)json_array_append(
				required, json_object_get(arg, "name"));
		}
	}
	schema = json_pack("{s:s, s:o, s:b}", "type", "object", "properties",
		properties, "additionalProperties", 0);
	if (json_array_size(required) > 0) { // an empty one is not valid
		(void)json_object_set(schema, "required", required);
	}
	json_decref(required);
	return schema;
}

static enum stage_status
add_path(char *out, size_t size, const char *area, const char *verb)
{
	const char *kind = stage_web_route_kind(area);

	return strcmp(kind, area) == 0
		       ? stage_format(out, size, "/api/%s/%s", area, verb)
		       : stage_format(out, size, "/api/%s/%s/%s", kind,
				 area + strlen(kind) + 1, verb);
}

enum stage_status
stage_web_openapi_add(json_t *self, const char *area, const json_t *verbs)
{
	json_t *paths = json_object_get(self, "paths");
	char path[STAGE_WEB_AREA_MAX + STAGE_WEB_VERB_MAX + 16];
	size_t i;
	json_t *verb;

	json_array_foreach (verbs, i, verb) {
		const char *name =
			json_string_value(json_object_get(verb, "name"));
		const char *help =
			json_string_value(json_object_get(verb, "help"));
		enum stage_deed deed = stage_deed_from_word(
			json_string_value(json_object_get(verb, "deed")));
		json_t *row;

		if (name == NULL || deed == STAGE_DEED_LISTENS ||
			add_path(path, sizeof(path), area, name) != STAGE_OK) {
			continue;
		}
		row = operation(help != NULL ? help : name, NULL,
			args_schema(json_object_get(verb, "args")));
		(void)json_object_set_new(row, "x-role",
			json_string(
				stage_web_role_word(stage_web_role_for(deed))));
		if (json_object_set_new(paths, path,
			    json_pack("{s:o}", "post", row)) != 0) {
			return STAGE_NO_MEMORY;
		}
	}
	return STAGE_OK;
}
