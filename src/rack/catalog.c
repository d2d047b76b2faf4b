/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // strcasestr

#include "rack/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "rack/builtin.h"

#define NAMED_MAX 4 // of several that a word may mean

static const char *
uri_of(const LilvPlugin *plugin)
{
	return lilv_node_as_uri(lilv_plugin_get_uri(plugin));
}

static bool
matches(const char *uri, const char *name, const char *pattern)
{
	return strcasestr(uri, pattern) != NULL ||
	       (name != NULL && strcasestr(name, pattern) != NULL);
}

static enum stage_status
add_builtin(const char *pattern, struct stage_strv *uris)
{
	const struct stage_rack_builtin *builtin;
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK &&
			   (builtin = stage_rack_builtin_at(i)) != NULL;
		i++) {
		if (matches(builtin->uri, builtin->name, pattern)) {
			status = stage_strv_add(uris, builtin->uri);
		}
	}
	return status;
}

// The URIs of all that have the pattern in name or URI.
static enum stage_status
look_for(struct stage_rack_host *host, const char *pattern,
	struct stage_strv *uris)
{
	const LilvPlugins *all = lilv_world_get_all_plugins(host->world);
	enum stage_status status = add_builtin(pattern, uris);

	LILV_FOREACH(plugins, i, all)
	{
		const LilvPlugin *plugin = lilv_plugins_get(all, i);
		LilvNode *name = lilv_plugin_get_name(plugin);
		if (status == STAGE_OK &&
			matches(uri_of(plugin),
				name != NULL ? lilv_node_as_string(name) : NULL,
				pattern)) {
			status = stage_strv_add(uris, uri_of(plugin));
		}
		lilv_node_free(name);
	}
	return status;
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

static int
count_sidechain(const struct stage_rack_plugin *plugin)
{
	return (int)(stage_rack_plugin_count(plugin, STAGE_RACK_AUDIO_IN) -
		     stage_rack_plugin_count_main(plugin, STAGE_RACK_AUDIO_IN));
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
	out = json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:s}", "uri",
		uri, "name", plugin->name, "ins",
		(int)stage_rack_plugin_count(plugin, STAGE_RACK_AUDIO_IN),
		"outs",
		(int)stage_rack_plugin_count(plugin, STAGE_RACK_AUDIO_OUT),
		"midi_in", count_midi(plugin, STAGE_RACK_EVENTS_IN), "midi_out",
		count_midi(plugin, STAGE_RACK_EVENTS_OUT), "values",
		count_values(plugin), "sidechain", count_sidechain(plugin),
		"fault", "");
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
	struct stage_strv uris = {0};
	enum stage_status status = look_for(host, pattern, &uris);
	json_t **items = calloc(uris.count + 1, sizeof(json_t *));
	json_t *out = NULL;

	if (status == STAGE_OK && items != NULL) {
		size_t count = 0;
		for (size_t i = 0; i < uris.count; i++) {
			json_t *item = describe(host, uris.items[i]);
			if (item != NULL) {
				items[count++] = item;
			}
		}
		out = sorted(items, count);
	}
	free(items);
	stage_strv_finish(&uris);
	return out;
}

// Says that a word may mean several, and names some of them.
static enum stage_status
fail_several(
	const char *word, const struct stage_strv *uris, struct stage_err *err)
{
	struct stage_str names = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0;
		status == STAGE_OK && i < uris->count && i < NAMED_MAX; i++) {
		status = stage_str_addf(
			&names, "%s%s", i > 0 ? ", " : "", uris->items[i]);
	}
	status = stage_err_set(err, STAGE_BAD_INPUT,
		"\"%s\" may be any of %zu plug-ins; give the whole URI: %s%s",
		word, uris->count, stage_str_text(&names),
		uris->count > NAMED_MAX ? " ..." : "");
	stage_str_finish(&names);
	return status;
}

enum stage_status
stage_rack_catalog_find(struct stage_rack_host *host, const char *word,
	char uri[STAGE_RACK_URI_MAX], struct stage_err *err)
{
	struct stage_strv uris = {0};
	enum stage_status status = look_for(host, word, &uris);
	bool is_whole = stage_strv_has(&uris, word);

	uri[0] = '\0';
	if (status != STAGE_OK) {
		status = stage_err_set(err, status, "out of memory");
	} else if (uris.count > 1 && !is_whole) {
		status = fail_several(word, &uris, err);
	} else if (uris.count == 0 ||
		   stage_format(uri, STAGE_RACK_URI_MAX, "%s",
			   is_whole ? word : uris.items[0]) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"there is no plug-in \"%s\" here; stagecraft rack "
			"plugins lists all",
			word);
	}
	stage_strv_finish(&uris);
	return status;
}
