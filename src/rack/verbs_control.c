/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/verbs_control.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/num.h"
#include "rack/command.h"
#include "rack/daemon.h"
#include "rack/learning.h"
#include "rack/plan_control.h"
#include "rack/preset.h"
#include "rack/snapshot.h"

// The slot that is meant; NULL for the rack itself.
static enum stage_status
find(void *ctx, const json_t *args, struct stage_rack_slot **out,
	struct stage_err *err)
{
	return stage_rack_find_any(stage_rack_daemon_rack(ctx),
		stage_args_text(args, "slot", ""), out, err);
}

static enum stage_status
check_map(const struct stage_rack_slot *slot, const struct stage_rack_map *map,
	struct stage_err *err)
{
	enum stage_status status;

	if (slot == NULL) {
		return STAGE_OK; // it was looked at when it was read
	}
	status = stage_rack_slot_need_plugin(slot, err);
	return status == STAGE_OK ? stage_rack_plan_check_map(slot, map, err)
				  : status;
}

struct taking {
	struct stage_rack_maps maps;
	bool is_rack;
};

static enum stage_status
take_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct taking *taking = user;

	return stage_rack_maps_take(&taking->maps, line, taking->is_rack, err);
}

// Reads a map as it stands in a file, behind "map".
static enum stage_status
read_map(const char *words, bool is_rack, struct stage_rack_map *out,
	struct stage_err *err)
{
	struct taking taking = {.is_rack = is_rack};
	struct stage_str text = {0};
	enum stage_status status = stage_str_addf(&text, "map %s", words);

	if (status == STAGE_OK) {
		status = stage_conf_parse(stage_str_text(&text), text.len,
			"map", take_line, &taking, err);
	}
	if (status == STAGE_OK && taking.maps.count != 1) {
		status = stage_err_set(
			err, STAGE_BAD_INPUT, "this is not one map");
	}
	if (status == STAGE_OK) {
		*out = taking.maps.items[0];
	}
	stage_rack_maps_finish(&taking.maps);
	stage_str_finish(&text);
	return status;
}

static void
add_map(json_t *list, const char *slot, const struct stage_rack_map *map,
	bool is_learned)
{
	struct stage_str text = {0};

	if (stage_rack_map_write(map, &text) == STAGE_OK) {
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:b}", "slot", slot, "map",
				stage_str_text(&text), "learned", is_learned));
	}
	stage_str_finish(&text);
}

static json_t *
list_maps(const struct stage_rack *rack)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rack->config.map_count; i++) {
		add_map(list, STAGE_RACK_OWN_SLOT, &rack->config.maps[i],
			false);
	}
	for (size_t i = 0; i < rack->count; i++) {
		const struct stage_rack_slot *slot = rack->slots[i];
		for (size_t k = 0; k < slot->config.maps.count; k++) {
			add_map(list, slot->config.id,
				&slot->config.maps.items[k], false);
		}
	}
	for (size_t i = 0; i < rack->learned.count; i++) {
		const struct stage_rack_learned_item *item =
			&rack->learned.items[i];
		add_map(list,
			item->slot[0] != '\0' ? item->slot
					      : STAGE_RACK_OWN_SLOT,
			&item->map, true);
	}
	return list;
}

static enum stage_status
change_map(void *ctx, const json_t *args, struct stage_err *err)
{
	struct stage_rack *rack = stage_rack_daemon_rack(ctx);
	const char *words = stage_args_text(args, "map", NULL);
	struct stage_rack_slot *slot = NULL;
	struct stage_rack_map map;
	const char *id;
	enum stage_status status = find(ctx, args, &slot, err);

	if (status != STAGE_OK) {
		return status;
	}
	id = slot != NULL ? slot->config.id : "";
	if (words == NULL) {
		status = stage_rack_learned_forget(&rack->learned, id,
			stage_args_text(args, "drop", NULL), err);
	} else {
		status = read_map(words, slot == NULL, &map, err);
		if (status == STAGE_OK) {
			status = check_map(slot, &map, err);
		}
		if (status == STAGE_OK) {
			status = stage_rack_learned_add(
				&rack->learned, id, &map, err);
		}
	}
	if (status == STAGE_OK) {
		stage_rack_publish(rack);
		stage_rack_daemon_changed(ctx);
	}
	return status;
}

static enum stage_status
map_verb(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	bool has_slot = json_object_get(args, "slot") != NULL;
	bool has_map = json_object_get(args, "map") != NULL;
	bool has_drop = json_object_get(args, "drop") != NULL;

	(void)call;
	if (!has_slot && !has_map && !has_drop) {
		*result = json_pack("{s:o}", "maps",
			list_maps(stage_rack_daemon_rack(ctx)));
		return STAGE_OK;
	}
	if (!has_slot || has_map == has_drop) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a map is added to a slot, or dropped from one: say "
			"either what, such as \"cc 1 74 wet\", or which value");
	}
	return change_map(ctx, args, err);
}

static enum stage_status
begin_learning(void *ctx, struct stage_rpc_call *call, const json_t *args,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	struct stage_rack_map map;
	struct stage_str words = {0};
	enum stage_status status = find(ctx, args, &slot, err);

	// As if it were of a controller that stands for the one to come.
	if (status == STAGE_OK) {
		status = stage_str_addf(&words, "cc any 0 %s",
			stage_args_text(args, "map", ""));
	}
	if (status == STAGE_OK) {
		status = read_map(
			stage_str_text(&words), slot == NULL, &map, err);
	}
	if (status == STAGE_OK) {
		status = check_map(slot, &map, err);
	}
	stage_str_finish(&words);
	return status == STAGE_OK
		       ? stage_rack_learning_begin(
				 stage_rack_daemon_learning(ctx), call,
				 slot != NULL ? slot->config.id : "", &map, err)
		       : status;
}

static enum stage_status
learn(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	bool has_slot = json_object_get(args, "slot") != NULL;
	bool has_map = json_object_get(args, "map") != NULL;
	bool must_cancel = stage_args_boolean(args, "cancel", false);

	(void)result;
	if (has_slot != has_map || has_slot == must_cancel) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"learning takes a slot and a value of it, or is "
			"cancelled");
	}
	if (must_cancel) {
		stage_rack_learning_cancel(stage_rack_daemon_learning(ctx));
		return STAGE_OK;
	}
	return begin_learning(ctx, call, args, err);
}

static enum stage_status
read_morph(const json_t *args, int64_t *out, struct stage_err *err)
{
	const char *text = stage_args_text(args, "morph", NULL);

	*out = 0;
	return text == NULL ? STAGE_OK
			    : stage_num_parse_duration(text, out, err);
}

static enum stage_status
snapshot(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack *rack = stage_rack_daemon_rack(ctx);
	const char *name = stage_args_text(args, "name", NULL);
	bool must_save = stage_args_boolean(args, "save", false);
	bool must_remove = stage_args_boolean(args, "remove", false);
	int64_t morph_ns = 0;
	enum stage_status status = read_morph(args, &morph_ns, err);

	(void)call;
	if (status != STAGE_OK) {
		return status;
	}
	if ((must_save && must_remove) ||
		(name == NULL && (must_save || must_remove))) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a snapshot with a name is saved, or removed, or gone "
			"to");
	}
	if (name == NULL) {
		*result = json_pack(
			"{s:o}", "snapshots", stage_rack_snapshot_list(rack));
		return STAGE_OK;
	}
	if (must_save) {
		return stage_rack_snapshot_save(rack, name, err);
	}
	if (must_remove) {
		return stage_rack_snapshot_remove(rack, name, err);
	}
	status = stage_rack_snapshot_load(rack, name, morph_ns, err);
	if (status == STAGE_OK) {
		stage_rack_daemon_changed(ctx);
	}
	return status;
}

static enum stage_status
preset(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack *rack = stage_rack_daemon_rack(ctx);
	const char *word = stage_args_text(args, "preset", NULL);
	struct stage_rack_slot *slot = NULL;
	enum stage_status status = stage_rack_find(
		rack, stage_args_text(args, "slot", ""), &slot, err);

	(void)call;
	if (status != STAGE_OK) {
		return status;
	}
	if (word == NULL) {
		*result = json_pack(
			"{s:o}", "presets", stage_rack_preset_list(slot));
		return STAGE_OK;
	}
	status = stage_rack_preset_load(rack, slot, word, err);
	if (status == STAGE_OK) {
		stage_rack_daemon_changed(ctx);
	}
	return status;
}

static const struct stage_verb_arg map_args[] = {
	{"slot", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"which; else all maps are listed"},
	{"map", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"as in a slot file, such as \"cc 1 74 decay_time 0.4 15 log\""},
	{"drop", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"the value whose controller is to be forgotten"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_map = {
	.name = "map",
	.args = map_args,
	.help = "Lists what MIDI controls, or adds or drops some of it",
	.deed = STAGE_DEED_CHANGES,
	.handler = map_verb,
};

static const struct stage_verb_arg learn_args[] = {
	{"slot", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "which"},
	{"map", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"the value, and its range, such as \"decay_time 0.4 15 log\""},
	{"cancel", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"true: nobody waits for a controller any more"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_learn = {
	.name = "learn",
	.args = learn_args,
	.help = "Maps a value to the controller that is turned next",
	.deed = STAGE_DEED_CHANGES,
	.handler = learn,
};

static const struct stage_verb_arg snapshot_args[] = {
	{"name", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"which to go to; else all are listed"},
	{"morph", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"how long it takes, such as 2s"},
	{"save", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"true: the values of now get that name"},
	{"remove", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL, "true: forgets it"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_snapshot = {
	.name = "snapshot",
	.args = snapshot_args,
	.help = "Goes to a snapshot of all values, or lists or saves them",
	.deed = STAGE_DEED_CHANGES,
	.handler = snapshot,
};

static const struct stage_verb_arg preset_args[] = {
	{"slot", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "which"},
	{"preset", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"its URI or name; else all of the plug-in are listed"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_preset = {
	.name = "preset",
	.args = preset_args,
	.help = "Loads a preset of a plug-in, or lists them",
	.deed = STAGE_DEED_CHANGES,
	.handler = preset,
};
