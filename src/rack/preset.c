/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/preset.h"

#include <lv2/atom/atom.h>
#include <lv2/presets/presets.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"
#include "rack/value.h"

#define LABEL "http://www.w3.org/2000/01/rdf-schema#label"

// Finding.

static LilvNodes *
find_all(const struct stage_rack_presets *self)
{
	LilvNode *class;
	LilvNodes *all;

	if (self->plugin == NULL || self->plugin->lilv == NULL) {
		return NULL; // built-in ones have none
	}
	class = lilv_new_uri(self->host->world, LV2_PRESETS__Preset);
	all = lilv_plugin_get_related(self->plugin->lilv, class);
	lilv_node_free(class);
	return all;
}

// The name, or NULL. Ownership: the caller frees the node.
static LilvNode *
name_of(const struct stage_rack_presets *self, const LilvNode *preset)
{
	LilvWorld *world = self->host->world;
	LilvNode *key = lilv_new_uri(world, LABEL);
	LilvNode *name;

	(void)lilv_world_load_resource(world, preset);
	name = lilv_world_get(world, preset, key, NULL);
	lilv_node_free(key);
	return name;
}

static int
compare(const void *a, const void *b)
{
	return strcasecmp(
		json_string_value(json_object_get(*(json_t *const *)a, "name")),
		json_string_value(
			json_object_get(*(json_t *const *)b, "name")));
}

json_t *
stage_rack_presets_list(const struct stage_rack_presets *self)
{
	LilvNodes *all = find_all(self);
	size_t count = 0;
	json_t **items =
		calloc((size_t)lilv_nodes_size(all) + 1, sizeof(json_t *));
	json_t *out = json_array();

	LILV_FOREACH(nodes, i, all)
	{
		const LilvNode *preset = lilv_nodes_get(all, i);
		LilvNode *name = name_of(self, preset);
		const char *uri = lilv_node_as_uri(preset);
		json_t *item = json_pack("{s:s, s:s}", "uri", uri, "name",
			name != NULL ? lilv_node_as_string(name) : uri);
		lilv_node_free(name);
		if (items != NULL && item != NULL) {
			items[count++] = item;
		}
	}
	if (count > 0) {
		qsort(items, count, sizeof(json_t *), compare);
	}
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(out, items[i]);
	}
	free(items);
	lilv_nodes_free(all);
	return out;
}

static const char *
text_of(const json_t *preset, const char *key)
{
	return json_string_value(json_object_get(preset, key));
}

static enum stage_status
fail_absent(const struct stage_rack_presets *self, const json_t *all,
	const char *word, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(word);

	for (size_t i = 0; i < json_array_size(all); i++) {
		stage_suggest_offer(
			&suggest, text_of(json_array_get(all, i), "name"));
	}
	if (suggest.best != NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"slot %s has no preset \"%s\"; did you mean \"%s\"?",
			self->id, word, suggest.best);
	}
	return stage_err_set(err, STAGE_NOT_FOUND,
		"slot %s has no preset \"%s\"; it has %zu others", self->id,
		word, json_array_size(all));
}

// A URI that is one of them, or the name of one.
static enum stage_status
find(const struct stage_rack_presets *self, const char *word,
	char uri[STAGE_RACK_URI_MAX], struct stage_err *err)
{
	json_t *all = stage_rack_presets_list(self);
	enum stage_status status = STAGE_NOT_FOUND;

	for (size_t i = 0; status != STAGE_OK && i < json_array_size(all);
		i++) {
		const json_t *preset = json_array_get(all, i);
		if (strcmp(text_of(preset, "uri"), word) == 0 ||
			strcasecmp(text_of(preset, "name"), word) == 0) {
			status = stage_format(uri, STAGE_RACK_URI_MAX, "%s",
				text_of(preset, "uri"));
		}
	}
	if (status == STAGE_NOT_FOUND) {
		(void)fail_absent(self, all, word, err);
	} else if (status != STAGE_OK) {
		stage_err_set(
			err, status, "the URI of \"%s\" is too long", word);
	}
	json_decref(all);
	return status;
}

enum stage_status
stage_rack_presets_open(const struct stage_rack_presets *self, const char *word,
	LilvState **out, struct stage_err *err)
{
	char uri[STAGE_RACK_URI_MAX];
	LilvNode *node;
	enum stage_status status = find(self, word, uri, err);

	if (status != STAGE_OK) {
		return status;
	}
	node = lilv_new_uri(self->host->world, uri);
	*out = lilv_state_new_from_world(self->host->world,
		stage_urids_map_feature(self->host->urids), node);
	lilv_node_free(node);
	return *out != NULL ? STAGE_OK
			    : stage_err_set(err, STAGE_IO,
				      "unable to read preset %s: its bundle "
				      "is not whole",
				      uri);
}

// Loading.

float
stage_rack_preset_number(struct stage_rack_host *host, const void *value,
	uint32_t size, uint32_t type)
{
	const char *uri = stage_urids_unmap(host->urids, type);
	float as_float;
	double as_double;
	int32_t as_int;
	int64_t as_long;

	if (uri == NULL) {
		return NAN;
	}
	if (strcmp(uri, LV2_ATOM__Float) == 0 && size == sizeof(as_float)) {
		memcpy(&as_float, value, sizeof(as_float));
		return as_float;
	}
	if (strcmp(uri, LV2_ATOM__Double) == 0 && size == sizeof(as_double)) {
		memcpy(&as_double, value, sizeof(as_double));
		return (float)as_double;
	}
	if (strcmp(uri, LV2_ATOM__Long) == 0 && size == sizeof(as_long)) {
		memcpy(&as_long, value, sizeof(as_long));
		return (float)as_long;
	}
	if (size == sizeof(as_int) &&
		(strcmp(uri, LV2_ATOM__Int) == 0 ||
			strcmp(uri, LV2_ATOM__Bool) == 0)) {
		memcpy(&as_int, value, sizeof(as_int));
		return (float)as_int;
	}
	return NAN;
}

static void
set_value(const char *symbol, void *user, const void *value, uint32_t size,
	uint32_t type)
{
	struct stage_rack_slot *slot = user;
	float number =
		stage_rack_preset_number(&slot->shop->host, value, size, type);
	uint32_t index;

	if (isfinite(number) && stage_rack_slot_find(slot, symbol, &index) &&
		index < slot->count) {
		stage_rack_page_put(&slot->page, index,
			stage_rack_slot_clamp(slot, index, number));
	}
}

static enum stage_status
load_state(struct stage_rack *self, struct stage_rack_slot *slot,
	LilvState *state, struct stage_err *err)
{
	if (slot->link == NULL) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"slot %s does not play now, and this preset is more "
			"than values",
			slot->config.id);
	}
	slot->preset = state;
	stage_rack_slot_play(slot, true);
	slot->preset = NULL;
	stage_rack_publish(self);
	return slot->link != NULL ? STAGE_OK
				  : stage_err_set(err, STAGE_IO,
					    "slot %s passes through: %s",
					    slot->config.id, slot->fault);
}

json_t *
stage_rack_preset_list(const struct stage_rack_slot *slot)
{
	const struct stage_rack_presets presets = {
		&slot->shop->host, slot->plugin, slot->config.id};

	return stage_rack_presets_list(&presets);
}

enum stage_status
stage_rack_preset_load(struct stage_rack *self, struct stage_rack_slot *slot,
	const char *word, struct stage_err *err)
{
	const struct stage_rack_presets presets = {
		&self->shop.host, slot->plugin, slot->config.id};
	LilvState *state = NULL;
	bool was_left_out = slot->is_quarantined;
	bool has_hung;
	enum stage_status status;

	status = stage_rack_slot_need_plugin(slot, err);
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_rack_presets_open(&presets, word, &state, err);
	if (status != STAGE_OK) {
		return status;
	}
	if (lilv_state_get_num_properties(state) > 0) {
		status = load_state(self, slot, state, err);
	}
	if (status == STAGE_OK) {
		lilv_state_emit_port_values(state, set_value, slot);
		stage_rack_page_tell(&slot->page);
		slot->is_dirty = true;
	}
	// In it, with the state.
	has_hung = !was_left_out && slot->is_quarantined;
	if (!has_hung) {
		lilv_state_free(state);
	}
	return status;
}
