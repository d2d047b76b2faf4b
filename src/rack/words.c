/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/words.h"

#include <lilv/lilv.h>
#include <lv2/core/lv2.h>
#include <lv2/units/units.h>
#include <string.h>

// The node behind a property of a port, or NULL. Ownership: the caller's.
static LilvNode *
get_of_port(const struct stage_rack_host *host, const LilvPlugin *plugin,
	const LilvPort *port, const char *property)
{
	LilvNode *key = lilv_new_uri(host->world, property);
	LilvNode *node = lilv_port_get(plugin, port, key);

	lilv_node_free(key);
	return node;
}

static bool
has_property(const struct stage_rack_host *host, const LilvPlugin *plugin,
	const LilvPort *port, const char *property)
{
	LilvNode *key = lilv_new_uri(host->world, property);
	bool has = lilv_port_has_property(plugin, port, key);

	lilv_node_free(key);
	return has;
}

// A unit is one of the known ones, or one that the plug-in describes itself.
static void
add_unit(json_t *value, const struct stage_rack_host *host,
	const LilvPlugin *plugin, const LilvPort *port)
{
	LilvNode *unit = get_of_port(host, plugin, port, LV2_UNITS__unit);
	LilvNode *key = lilv_new_uri(host->world, LV2_UNITS__symbol);
	LilvNode *symbol =
		unit != NULL ? lilv_world_get(host->world, unit, key, NULL)
			     : NULL;

	if (lilv_node_is_string(symbol)) {
		(void)json_object_set_new(value, "unit",
			json_string(lilv_node_as_string(symbol)));
	}
	lilv_node_free(symbol);
	lilv_node_free(key);
	lilv_node_free(unit);
}

static double
value_of(const json_t *point)
{
	return json_number_value(json_object_get(point, "value"));
}

static void
insert(json_t *points, json_t *point)
{
	size_t at = 0;

	while (at < json_array_size(points) &&
		value_of(json_array_get(points, at)) < value_of(point)) {
		at++;
	}
	(void)json_array_insert_new(points, at, point);
}

static void
add_points(json_t *out, const LilvPlugin *plugin, const LilvPort *port)
{
	LilvScalePoints *all = lilv_port_get_scale_points(plugin, port);
	json_t *points = json_array();

	LILV_FOREACH(scale_points, i, all)
	{
		const LilvScalePoint *point = lilv_scale_points_get(all, i);
		const LilvNode *number = lilv_scale_point_get_value(point);
		const LilvNode *label = lilv_scale_point_get_label(point);

		if (number != NULL && label != NULL) {
			insert(points,
				json_pack("{s:o, s:f}", "label",
					json_string(lilv_node_as_string(label)),
					"value",
					(double)lilv_node_as_float(number)));
		}
	}
	lilv_scale_points_free(all);
	if (json_array_size(points) > 0) {
		(void)json_object_set(out, "points", points);
	}
	json_decref(points);
}

void
stage_rack_words_add(json_t *value, const struct stage_rack_host *host,
	const struct stage_rack_plugin *plugin, uint32_t index)
{
	const LilvPort *port;
	LilvNode *name;

	if (value == NULL || plugin == NULL || plugin->lilv == NULL) {
		return; // our own plug-ins have plain symbols
	}
	port = lilv_plugin_get_port_by_index(plugin->lilv, index);
	name = lilv_port_get_name(plugin->lilv, port);
	if (name != NULL) {
		(void)json_object_set_new(
			value, "name", json_string(lilv_node_as_string(name)));
	}
	lilv_node_free(name);
	add_unit(value, host, plugin->lilv, port);
	add_points(value, plugin->lilv, port);
	if (plugin->ports[index].is_toggled) {
		(void)json_object_set_new(value, "toggled", json_true());
	}
	if (plugin->ports[index].is_whole) {
		(void)json_object_set_new(value, "integer", json_true());
	}
	if (has_property(host, plugin->lilv, port, LV2_CORE__enumeration)) {
		(void)json_object_set_new(value, "enumeration", json_true());
	}
}
