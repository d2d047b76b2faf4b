/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/parameters.h"

#include <errno.h>
#include <lv2/atom/atom.h>
#include <lv2/patch/patch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"

#define RANGE "http://www.w3.org/2000/01/rdf-schema#range"

// One of another kind is a number or a text; some say of none what it is.
static bool
is_file(LilvWorld *world, const LilvNode *parameter)
{
	LilvNode *key = lilv_new_uri(world, RANGE);
	LilvNode *kind = lilv_world_get(world, parameter, key, NULL);
	bool is_so = kind == NULL ||
		     strcmp(lilv_node_as_string(kind), LV2_ATOM__Path) == 0;

	lilv_node_free(kind);
	lilv_node_free(key);
	return is_so;
}

enum stage_status
stage_rack_parameters_list(struct stage_rack_host *host,
	const struct stage_rack_plugin *plugin, struct stage_strv *out)
{
	enum stage_status status = STAGE_OK;
	LilvNode *key;
	LilvNodes *all;

	if (plugin->lilv == NULL) {
		return STAGE_OK; // built-in ones have none
	}
	key = lilv_new_uri(host->world, LV2_PATCH__writable);
	all = lilv_plugin_get_value(plugin->lilv, key);
	LILV_FOREACH(nodes, i, all)
	{
		const LilvNode *parameter = lilv_nodes_get(all, i);
		if (status == STAGE_OK && lilv_node_is_uri(parameter) &&
			is_file(host->world, parameter)) {
			status = stage_strv_add(
				out, lilv_node_as_uri(parameter));
		}
	}
	lilv_nodes_free(all);
	lilv_node_free(key);
	stage_strv_sort(out);
	return status;
}

static void
say_unknown(const struct stage_strv *all, const char *parameter,
	char out[STAGE_ERR_TEXT_MAX])
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(parameter);

	for (size_t i = 0; i < all->count; i++) {
		stage_suggest_offer(&suggest, all->items[i]);
	}
	if (all->count == 0) {
		snprintf(out, STAGE_ERR_TEXT_MAX,
			"its plug-in has no parameter that is a file");
	} else if (suggest.best != NULL) {
		snprintf(out, STAGE_ERR_TEXT_MAX,
			"its plug-in has no file %s; did you mean %s?",
			parameter, suggest.best);
	} else {
		snprintf(out, STAGE_ERR_TEXT_MAX,
			"its plug-in has no file %s; it has %s", parameter,
			all->items[0]);
	}
}

bool
stage_rack_parameters_lack(struct stage_rack_host *host,
	const struct stage_rack_plugin *plugin, const char *parameter,
	char out[STAGE_ERR_TEXT_MAX])
{
	struct stage_strv all = {0};
	bool is_lacking =
		stage_rack_parameters_list(host, plugin, &all) == STAGE_OK &&
		!stage_strv_has(&all, parameter);

	out[0] = '\0';
	if (is_lacking) {
		say_unknown(&all, parameter, out);
	}
	stage_strv_finish(&all);
	return is_lacking;
}

bool
stage_rack_parameters_lack_file(
	const char *directory, const char *path, char out[STAGE_ERR_TEXT_MAX])
{
	char whole[STAGE_PATH_MAX];
	struct stage_err err = STAGE_ERR_INIT;

	out[0] = '\0';
	if (stage_io_join(whole, sizeof(whole), directory, path, &err) ==
			STAGE_OK &&
		access(whole, R_OK) == 0) {
		return false;
	}
	if (err.status == STAGE_OK) {
		stage_err_set_errno(&err, errno, "unable to read %s", whole);
	}
	memcpy(out, err.text, STAGE_ERR_TEXT_MAX);
	return true;
}
