/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/preset_line.h"

#include <math.h>
#include <string.h>

#include "rack/preset.h"

struct taking {
	struct stage_rack_host *host;
	const struct stage_rack_plugin *plugin;
	struct stage_rack_slot_config *config;
	enum stage_status status;
};

static bool
has_value(const struct stage_rack_plugin *plugin, const char *symbol)
{
	for (uint32_t i = 0; i < plugin->port_count; i++) {
		if (stage_rack_port_is_value(&plugin->ports[i]) &&
			strcmp(plugin->ports[i].symbol, symbol) == 0) {
			return true;
		}
	}
	return false;
}

static void
on_value(const char *symbol, void *user, const void *value, uint32_t size,
	uint32_t type)
{
	struct taking *taking = user;
	float number =
		stage_rack_preset_number(taking->host, value, size, type);

	if (taking->status == STAGE_OK && isfinite(number) &&
		has_value(taking->plugin, symbol)) {
		taking->status = stage_rack_slot_config_add(
			taking->config, symbol, number);
	}
}

static enum stage_status
read_values(struct taking *taking, struct stage_err *err)
{
	const struct stage_rack_presets presets = {
		taking->host, taking->plugin, taking->config->id};
	LilvState *state = NULL;
	enum stage_status status = stage_rack_presets_open(
		&presets, taking->config->preset, &state, err);

	if (status != STAGE_OK) {
		return status;
	}
	lilv_state_emit_port_values(state, on_value, taking);
	lilv_state_free(state);
	return taking->status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, taking->status,
				 "unable to take preset \"%s\": %s",
				 taking->config->preset,
				 stage_strerror(taking->status));
}

enum stage_status
stage_rack_preset_line_take(struct stage_rack_host *host,
	const struct stage_rack_plugin *plugin, const char *directory,
	struct stage_rack_slot_config *config, struct stage_err *err)
{
	struct taking taking = {
		.host = host, .plugin = plugin, .config = config};
	enum stage_status status;

	if (config->preset[0] == '\0') {
		return STAGE_OK;
	}
	status = read_values(&taking, err);
	if (status != STAGE_OK) {
		stage_err_prefix(err, "%s/%s:%u:%u: ", directory, config->file,
			config->preset_place.line, config->preset_place.column);
	}
	return status;
}

LilvState *
stage_rack_preset_line_state(const struct stage_rack_slot *slot)
{
	const struct stage_rack_presets presets = {
		&slot->shop->host, slot->plugin, slot->config.id};
	struct stage_err err = STAGE_ERR_INIT;
	LilvState *state = NULL;

	if (slot->config.preset[0] == '\0' ||
		strcmp(slot->kept.configured_preset, slot->config.preset) ==
			0 ||
		stage_rack_presets_open(&presets, slot->config.preset, &state,
			&err) != STAGE_OK) {
		return NULL;
	}
	if (lilv_state_get_num_properties(state) == 0) {
		lilv_state_free(state);
		return NULL;
	}
	return state;
}
