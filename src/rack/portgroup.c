/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/portgroup.h"

#include <lv2/core/lv2.h>
#include <lv2/port-groups/port-groups.h>
#include <stdint.h>

#define IS_SIDE_CHAIN LV2_CORE_PREFIX "isSideChain" // not in lv2.h

static LilvNode *
value_of(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port,
	const char *predicate)
{
	LilvNode *key = lilv_new_uri(world, predicate);
	LilvNode *value = lilv_port_get(plugin, port, key);

	lilv_node_free(key);
	return value;
}

static bool
has_value(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port,
	const char *predicate)
{
	LilvNode *value = value_of(world, plugin, port, predicate);

	lilv_node_free(value);
	return value != NULL;
}

static bool
is_a(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port,
	const char *class)
{
	LilvNode *node = lilv_new_uri(world, class);
	bool is_so = lilv_port_is_a(plugin, port, node);

	lilv_node_free(node);
	return is_so;
}

static bool
has_property(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port,
	const char *property)
{
	LilvNode *node = lilv_new_uri(world, property);
	bool is_so = lilv_port_has_property(plugin, port, node);

	lilv_node_free(node);
	return is_so;
}

static bool
is_chained(LilvWorld *world, const LilvNode *group)
{
	LilvNode *key = lilv_new_uri(world, LV2_PORT_GROUPS__sideChainOf);
	bool is_so = lilv_world_ask(world, group, key, NULL);

	lilv_node_free(key);
	return is_so;
}

static bool
has_port_in(LilvWorld *world, const LilvPlugin *plugin, const LilvNode *wanted)
{
	bool is_so = false;

	for (uint32_t i = 0; !is_so && i < lilv_plugin_get_num_ports(plugin);
		i++) {
		LilvNode *group = value_of(world, plugin,
			lilv_plugin_get_port_by_index(plugin, i),
			LV2_PORT_GROUPS__group);
		is_so = group != NULL && lilv_node_equals(group, wanted);
		lilv_node_free(group);
	}
	return is_so;
}

// A main group that nothing is in is a slip, and says nothing.
static bool
is_beside_main(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port,
	const LilvNode *group)
{
	LilvNode *key = lilv_new_uri(
		world, is_a(world, plugin, port, LV2_CORE__InputPort)
			       ? LV2_PORT_GROUPS__mainInput
			       : LV2_PORT_GROUPS__mainOutput);
	LilvNodes *mains = lilv_plugin_get_value(plugin, key);
	const LilvNode *main = lilv_nodes_get_first(mains);
	bool is_so = main != NULL && !lilv_node_equals(main, group) &&
		     has_port_in(world, plugin, main);

	lilv_nodes_free(mains);
	lilv_node_free(key);
	return is_so;
}

bool
stage_rack_portgroup_is_side(
	LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port)
{
	LilvNode *group;
	bool is_so;

	if (has_property(world, plugin, port, IS_SIDE_CHAIN) ||
		has_value(world, plugin, port, LV2_PORT_GROUPS__sideChainOf)) {
		return true;
	}
	group = value_of(world, plugin, port, LV2_PORT_GROUPS__group);
	is_so = group != NULL &&
		(is_chained(world, group) ||
			is_beside_main(world, plugin, port, group));
	lilv_node_free(group);
	return is_so;
}
