/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/catalog.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

#define NAMED_MAX 4 // of several that a word may mean

static bool
has_part(const char *text, const char *part)
{
	size_t len = strlen(part);

	for (; strlen(text) >= len; text++) {
		if (strncasecmp(text, part, len) == 0) {
			return true;
		}
		if (*text == '\0') {
			break;
		}
	}
	return false;
}

static const char *
uri_of(const LilvPlugin *plugin)
{
	return lilv_node_as_uri(lilv_plugin_get_uri(plugin));
}

static bool
matches(const LilvPlugin *plugin, const char *pattern)
{
	LilvNode *name = lilv_plugin_get_name(plugin);
	bool is_so =
		has_part(uri_of(plugin), pattern) ||
		(name != NULL && has_part(lilv_node_as_string(name), pattern));

	lilv_node_free(name);
	return is_so;
}

static int
count_midi(
	const struct stage_rack_plugin *plugin, enum stage_rack_port_kind kind)
{
	int count = 0;

	for (uint32_t i = 0; i < plugin->port_count; i++) {
		count += plugin->ports[i].kind == kind &&
			 plugin->ports[i].is_midi;
	}
	return count;
}

static int
count_values(const struct stage_rack_plugin *plugin)
{
	int count = 0;

	for (uint32_t i = 0; i < plugin->port_count; i++) {
		count += stage_rack_port_is_value(&plugin->ports[i]);
	}
	return count;
}

static json_t *
describe(struct stage_rack_host *host, const char *uri)
{
	struct stage_rack_plugin *plugin = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	json_t *out;

	if (stage_rack_plugin_create(host, uri, &plugin, &err) != STAGE_OK) {
		return json_pack("{s:s, s:s, s:s}", "uri", uri, "name", uri,
			"fault", err.text);
	}
	out = json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:s}", "uri", uri,
		"name", plugin->name, "ins",
		(int)stage_rack_plugin_count(plugin, STAGE_RACK_AUDIO_IN),
		"outs",
		(int)stage_rack_plugin_count(plugin, STAGE_RACK_AUDIO_OUT),
		"midi_in", count_midi(plugin, STAGE_RACK_EVENTS_IN), "midi_out",
		count_midi(plugin, STAGE_RACK_EVENTS_OUT), "values",
		count_values(plugin), "fault", "");
	stage_rack_plugin_destroy(plugin);
	return out;
}

static const char *
name_of(const json_t *plugin)
{
	return json_string_value(json_object_get(plugin, "name"));
}

static int
compare(const void *a, const void *b)
{
	return strcasecmp(
		name_of(*(json_t *const *)a), name_of(*(json_t *const *)b));
}

static json_t *
sorted(json_t **items, size_t count)
{
	json_t *out = json_array();

	qsort(items, count, sizeof(json_t *), compare);
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(out, items[i]);
	}
	return out;
}

json_t *
stage_rack_catalog_list(struct stage_rack_host *host, const char *pattern)
{
	const LilvPlugins *all = lilv_world_get_all_plugins(host->world);
	json_t **items =
		calloc((size_t)lilv_plugins_size(all) + 1, sizeof(json_t *));
	size_t count = 0;
	json_t *out;

	if (items == NULL) {
		return NULL;
	}
	LILV_FOREACH(plugins, i, all)
	{
		const LilvPlugin *plugin = lilv_plugins_get(all, i);
		json_t *item = matches(plugin, pattern)
				       ? describe(host, uri_of(plugin))
				       : NULL;
		if (item != NULL) {
			items[count++] = item;
		}
	}
	out = sorted(items, count);
	free(items);
	return out;
}

// Says that a word may mean several, and names some of them.
static enum stage_status
fail_several(struct stage_rack_host *host, const char *word, unsigned count,
	struct stage_err *err)
{
	const LilvPlugins *all = lilv_world_get_all_plugins(host->world);
	struct stage_str names = {0};
	unsigned named = 0;
	enum stage_status status = STAGE_OK;

	LILV_FOREACH(plugins, i, all)
	{
		const LilvPlugin *plugin = lilv_plugins_get(all, i);
		if (named < NAMED_MAX && status == STAGE_OK &&
			matches(plugin, word)) {
			status = stage_str_addf(&names, "%s%s",
				named > 0 ? ", " : "", uri_of(plugin));
			named++;
		}
	}
	status = stage_err_set(err, STAGE_BAD_INPUT,
		"\"%s\" may be any of %u plug-ins; give the whole URI: %s%s",
		word, count, stage_str_text(&names),
		count > NAMED_MAX ? " ..." : "");
	stage_str_finish(&names);
	return status;
}

enum stage_status
stage_rack_catalog_find(struct stage_rack_host *host, const char *word,
	char uri[STAGE_RACK_URI_MAX], struct stage_err *err)
{
	const LilvPlugins *all = lilv_world_get_all_plugins(host->world);
	unsigned count = 0;

	uri[0] = '\0';
	LILV_FOREACH(plugins, i, all)
	{
		const LilvPlugin *plugin = lilv_plugins_get(all, i);
		if (strcmp(uri_of(plugin), word) == 0) {
			count = 1;
			(void)!stage_format(
				uri, STAGE_RACK_URI_MAX, "%s", word);
			break;
		}
		if (matches(plugin, word)) {
			count++;
			(void)!stage_format(
				uri, STAGE_RACK_URI_MAX, "%s", uri_of(plugin));
		}
	}
	if (count > 1) {
		return fail_several(host, word, count, err);
	}
	return uri[0] != '\0' ? STAGE_OK
			      : stage_err_set(err, STAGE_NOT_FOUND,
					"there is no plug-in \"%s\" here; "
					"stagecraft rack plugins lists all",
					word);
}
