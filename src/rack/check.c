/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/suggest.h"
#include "rack/catalog.h"
#include "rack/extra.h"
#include "rack/parameters.h"
#include "rack/preset.h"
#include "rack/sidelist.h"
#include "rack/slots.h"

struct check {
	struct stage_rack_host host;
	const char *directory;
	uint32_t width; // channels of its bus
	json_t *faults;
	json_t *ports; // {port: slot}, those that slots have
};

static void
add_fault(struct check *check, const char *sentence)
{
	json_array_append_new(check->faults, json_string(sentence));
}

static void
add_fault_at(struct check *check, const struct stage_rack_slot_config *slot,
	struct stage_rack_place place, const char *sentence)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_err_set(&err, STAGE_BAD_INPUT, "%s/%s:%u:%u: %s",
		check->directory, slot->file, place.line, place.column,
		sentence);
	add_fault(check, err.text);
}

static void
say_unknown(const struct stage_rack_plugin *plugin, const char *symbol,
	char *out, size_t size)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(symbol);

	for (uint32_t i = 0; i < plugin->port_count; i++) {
		if (stage_rack_port_is_value(&plugin->ports[i])) {
			stage_suggest_offer(&suggest, plugin->ports[i].symbol);
		}
	}
	if (suggest.best != NULL) {
		snprintf(out, size,
			"its plug-in has no \"%s\"; did you mean \"%s\"?",
			symbol, suggest.best);
	} else {
		snprintf(out, size, "its plug-in has no \"%s\"", symbol);
	}
}

static void
check_setting(struct check *check, const struct stage_rack_slot_config *slot,
	const struct stage_rack_plugin *plugin,
	const struct stage_rack_setting *setting)
{
	const struct stage_rack_port *port =
		stage_rack_plugin_value(plugin, setting->symbol);
	char text[STAGE_ERR_TEXT_MAX];

	if (setting->symbol[0] == ':') {
		return; // its range was looked at when it was read
	}
	if (port == NULL) {
		say_unknown(plugin, setting->symbol, text, sizeof(text));
		add_fault_at(check, slot, setting->place, text);
	} else if (!port->is_rate_scaled &&
		   (setting->value < port->min || setting->value > port->max)) {
		snprintf(text, sizeof(text), "%s goes from %g to %g",
			port->symbol, (double)port->min, (double)port->max);
		add_fault_at(check, slot, setting->place, text);
	}
}

// What a map or a recall line is about: of the plug-in, or of each slot.
static void
check_target(struct check *check, const struct stage_rack_slot_config *slot,
	const struct stage_rack_plugin *plugin, const char *target,
	struct stage_rack_place place)
{
	char text[STAGE_ERR_TEXT_MAX];

	if (stage_rack_plugin_value(plugin, target) == NULL &&
		stage_rack_extra_of(target) == NULL &&
		strcmp(target, "wet") != 0 && strcmp(target, "bypass") != 0) {
		say_unknown(plugin, target, text, sizeof(text));
		add_fault_at(check, slot, place, text);
	}
}

static void
check_targets(struct check *check, const struct stage_rack_slot_config *slot,
	const struct stage_rack_plugin *plugin)
{
	for (size_t i = 0; i < slot->maps.count; i++) {
		const struct stage_rack_map *map = &slot->maps.items[i];
		struct stage_rack_place place = {map->line, map->column};
		check_target(check, slot, plugin, map->target, place);
	}
	for (size_t i = 0; i < slot->recall_count; i++) {
		check_target(check, slot, plugin, slot->recalls[i].symbol,
			slot->recalls[i].place);
	}
}

static void
check_port(struct check *check, const struct stage_rack_slot_config *slot,
	const char *port)
{
	char text[STAGE_ERR_TEXT_MAX];

	if (json_object_get(check->ports, port) != NULL) {
		snprintf(text, sizeof(text),
			"port %s is there already, of another line", port);
		add_fault_at(check, slot, slot->plugin_place, text);
		return;
	}
	json_object_set_new(check->ports, port, json_string(slot->id));
}

static void
check_sides(struct check *check, const struct stage_rack_slot_config *slot,
	const struct stage_rack_plugin *plugin)
{
	struct stage_rack_side_list list;

	if (stage_rack_side_list_make(slot, plugin, check->width, &list) !=
		STAGE_OK) {
		add_fault(check, "out of memory");
		return;
	}
	for (unsigned i = 0; i < STAGE_RACK_SIDE_KIND_COUNT; i++) {
		struct stage_rack_place place = {
			slot->sides[i].line, slot->sides[i].column};
		if (list.lacks[i]) {
			add_fault_at(check, slot, place,
				stage_rack_side_lack(
					(enum stage_rack_side_kind)i));
		}
	}
	for (size_t i = 0; i < list.count; i++) {
		check_port(check, slot, list.items[i].wish.name);
	}
	stage_rack_side_list_finish(&list);
}

static bool
is_own(const char *port)
{
	return strncmp(port, "in_", 3) == 0 || strncmp(port, "out_", 4) == 0 ||
	       strncmp(port, "midi_", 5) == 0;
}

// Those that are no slot's were looked at when they were read.
static void
check_port_lines(struct check *check, const struct stage_rack_port_lines *lines)
{
	struct stage_err err = STAGE_ERR_INIT;

	for (size_t i = 0; i < lines->count; i++) {
		const struct stage_rack_port_line *line = &lines->items[i];
		if (!is_own(line->port) &&
			json_object_get(check->ports, line->port) == NULL) {
			stage_err_set(&err, STAGE_BAD_INPUT,
				"%s/rack:%u:1: this rack has no port \"%s\"",
				check->directory, line->line, line->port);
			add_fault(check, err.text);
		}
	}
}

static void
check_preset(struct check *check, const struct stage_rack_slot_config *slot,
	const struct stage_rack_plugin *plugin)
{
	const struct stage_rack_presets presets = {
		&check->host, plugin, slot->id};
	struct stage_err err = STAGE_ERR_INIT;
	LilvState *state = NULL;

	if (slot->preset[0] != '\0' &&
		stage_rack_presets_open(&presets, slot->preset, &state, &err) !=
			STAGE_OK) {
		add_fault_at(check, slot, slot->preset_place, err.text);
	}
	lilv_state_free(state);
}

static void
check_files(struct check *check, const struct stage_rack_slot_config *slot,
	const struct stage_rack_plugin *plugin)
{
	char lack[STAGE_ERR_TEXT_MAX];

	for (size_t i = 0; i < slot->files.count; i++) {
		const struct stage_rack_file *file = &slot->files.items[i];
		struct stage_rack_place place = {file->line, file->columns[0]};
		if (stage_rack_parameters_lack(
			    &check->host, plugin, file->parameter, lack)) {
			add_fault_at(check, slot, place, lack);
		}
		place.column = file->columns[1];
		if (stage_rack_parameters_lack_file(
			    check->directory, file->path, lack)) {
			add_fault_at(check, slot, place, lack);
		}
	}
}

static void
check_slot(struct check *check, const struct stage_rack_slot_config *slot)
{
	struct stage_rack_plugin *plugin = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	if (slot->fault[0] != '\0') {
		add_fault(check, slot->fault);
		return;
	}
	if (stage_rack_plugin_create(
		    &check->host, slot->plugin, &plugin, &err) != STAGE_OK) {
		add_fault_at(check, slot, slot->plugin_place, err.text);
		return;
	}
	check_preset(check, slot, plugin);
	check_files(check, slot, plugin);
	for (size_t i = 0; i < slot->count; i++) {
		check_setting(check, slot, plugin, &slot->settings[i]);
	}
	check_targets(check, slot, plugin);
	check_sides(check, slot, plugin);
	stage_rack_plugin_destroy(plugin);
}

// All slips of a rack. False when it cannot be read at all.
static bool
check_all(struct check *check, size_t *count, struct stage_err *err)
{
	struct stage_rack_config config = {.outs = 2};
	struct stage_rack_slots slots;
	enum stage_status status =
		stage_rack_config_load(check->directory, &config, err);

	*count = 0;
	if (status == STAGE_BAD_INPUT || status == STAGE_TOO_LONG) {
		add_fault(check, err->text);
	} else if (status != STAGE_OK) {
		return false;
	}
	if (stage_rack_slots_load(check->directory, &slots, err) != STAGE_OK) {
		stage_rack_slots_finish(&slots);
		return false;
	}
	check->width = (uint32_t)config.outs;
	for (size_t i = 0; i < slots.count; i++) {
		check_slot(check, &slots.items[i]);
	}
	check_port_lines(check, &config.ports);
	*count = slots.count;
	stage_rack_slots_finish(&slots);
	return true;
}

static void
print_json(json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	printf("%s\n", text != NULL ? text : "null");
	free(text);
	json_decref(json);
}

static void
print_ports(json_t *ports)
{
	const char *port;
	json_t *slot;

	json_object_foreach (ports, port, slot) {
		printf("%s: port %s\n", json_string_value(slot), port);
	}
}

static int
report(struct check *check, size_t count, bool is_json)
{
	size_t faults = json_array_size(check->faults);
	const char *plural = count == 1 ? "" : "s";

	if (is_json) {
		print_json(json_pack("{s:s, s:i, s:O, s:O}", "directory",
			check->directory, "slots", (int)count, "faults",
			check->faults, "ports", check->ports));
	}
	for (size_t i = 0; !is_json && i < faults; i++) {
		stage_log_err("%s",
			json_string_value(json_array_get(check->faults, i)));
	}
	if (!is_json && faults == 0) {
		printf("%s: %zu slot%s, no slips\n", check->directory, count,
			plural);
		print_ports(check->ports);
	}
	return faults == 0 ? STAGE_EXIT_OK : STAGE_EXIT_PERMANENT;
}

static int
run_check(const char *directory, bool is_json)
{
	struct check check = {.directory = directory,
		.faults = json_array(),
		.ports = json_object()};
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;
	int code;

	if (stage_rack_host_init(&check.host, "", NULL, &err) != STAGE_OK ||
		!check_all(&check, &count, &err)) {
		stage_log_err("%s", err.text);
		code = stage_exit_code(err.status);
	} else {
		code = report(&check, count, is_json);
	}
	json_decref(check.faults);
	json_decref(check.ports);
	stage_rack_host_finish(&check.host);
	return code;
}

static void
print_plugin(const json_t *plugin)
{
	static const char *const keys[] = {
		"ins", "outs", "midi_in", "midi_out", "values", "sidechain"};
	int counts[STAGE_COUNT_OF(keys)];

	for (size_t i = 0; i < STAGE_COUNT_OF(keys); i++) {
		counts[i] = (int)json_integer_value(
			json_object_get(plugin, keys[i]));
	}
	printf("%s\n    %s\n",
		json_string_value(json_object_get(plugin, "uri")),
		json_string_value(json_object_get(plugin, "name")));
	if (json_string_length(json_object_get(plugin, "fault")) > 0) {
		printf("    %s\n",
			json_string_value(json_object_get(plugin, "fault")));
		return;
	}
	printf("    audio %d in, %d out; MIDI %d in, %d out; %d values\n",
		counts[0], counts[1], counts[2], counts[3], counts[4]);
	if (counts[5] > 0) {
		printf("    %d of what goes in is for its sidechain\n",
			counts[5]);
	}
}

static int
run_plugins(const char *pattern, bool is_json)
{
	struct stage_rack_host host;
	struct stage_err err = STAGE_ERR_INIT;
	json_t *list;
	size_t count;

	if (stage_rack_host_init(&host, "", NULL, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return stage_exit_code(err.status);
	}
	list = stage_rack_catalog_list(&host, pattern);
	stage_rack_host_finish(&host);
	count = json_array_size(list);
	for (size_t i = 0; !is_json && i < count; i++) {
		print_plugin(json_array_get(list, i));
	}
	if (is_json) {
		print_json(list);
		return STAGE_EXIT_OK;
	}
	json_decref(list);
	if (count == 0) {
		stage_log_err("no plug-in that is installed has \"%s\" in its "
			      "name or URI",
			pattern);
	}
	return count > 0 ? STAGE_EXIT_OK : STAGE_EXIT_NO;
}

int
stage_rack_check_main(int argc, char **argv)
{
	bool is_check = argc > 1 && strcmp(argv[1], "--check") == 0;
	bool is_json = argc > 2 && strcmp(argv[2], "--json") == 0;
	int at = is_json ? 3 : 2;

	if (!is_check && (argc < 2 || strcmp(argv[1], "--plugins") != 0)) {
		return -1;
	}
	stage_log_init("stagecraft-rack", STAGE_LOG_INFO);
	if (argc > at + 1 || (is_check && argc != at + 1)) {
		stage_log_err("it is --check [--json] DIR or --plugins "
			      "[--json] [PATTERN]");
		return STAGE_EXIT_PERMANENT;
	}
	return is_check ? run_check(argv[at], is_json)
			: run_plugins(argc > at ? argv[at] : "", is_json);
}
