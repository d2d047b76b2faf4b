/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/verbs.h"

#include <string.h>

#include "rack/catalog.h"
#include "rack/command.h"
#include "rack/daemon.h"
#include "rack/meters.h"
#include "rack/verbs_control.h"
#include "rack/verbs_edit.h"

#define SLOT_ARG                                                               \
	{                                                                      \
		"slot", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,                    \
			"its file's name without number and .slot, or its "    \
			"label"                                                \
	}

static enum stage_status
find(void *ctx, const json_t *args, struct stage_rack_slot **out,
	struct stage_err *err)
{
	return stage_rack_find(stage_rack_daemon_rack(ctx),
		stage_args_text(args, "slot", ""), out, err);
}

// NULL for the rack itself.
static enum stage_status
find_any(void *ctx, const json_t *args, struct stage_rack_slot **out,
	struct stage_err *err)
{
	return stage_rack_find_any(stage_rack_daemon_rack(ctx),
		stage_args_text(args, "slot", ""), out, err);
}

// Has what a verb changed be heard, and saved.
static enum stage_status
pass_on(void *ctx, enum stage_status status)
{
	if (status == STAGE_OK) {
		stage_rack_daemon_changed(ctx);
	}
	return status;
}

static enum stage_status
list(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	(void)err;
	*result = stage_rack_describe(stage_rack_daemon_rack(ctx));
	if (*result != NULL) {
		json_object_set_new(*result, "playing",
			json_boolean(stage_rack_daemon_is_playing(ctx)));
	}
	return STAGE_OK;
}

static enum stage_status
get(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	enum stage_status status = find_any(ctx, args, &slot, err);

	(void)call;
	if (status == STAGE_OK) {
		*result = slot != NULL ? stage_rack_describe_slot(slot)
				       : stage_rack_describe_own(
						 stage_rack_daemon_rack(ctx));
	}
	return status;
}

static enum stage_status
set(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	const char *symbol = stage_args_text(args, "symbol", "");
	double value = stage_args_number(args, "value", 0);
	enum stage_status status = find_any(ctx, args, &slot, err);

	(void)call;
	(void)result;
	if (status == STAGE_OK) {
		status = slot != NULL ? stage_rack_set(slot, symbol, value, err)
				      : stage_rack_set_own(
						stage_rack_daemon_rack(ctx),
						symbol, value, err);
	}
	return pass_on(ctx, status);
}

static enum stage_status
bypass(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	enum stage_status status = find(ctx, args, &slot, err);

	(void)call;
	(void)result;
	if (status == STAGE_OK) {
		status = stage_rack_bypass(
			slot, stage_args_boolean(args, "on", true), err);
	}
	return pass_on(ctx, status);
}

static enum stage_status
save(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	(void)result;
	return stage_rack_save_now(stage_rack_daemon_rack(ctx), err);
}

static enum stage_status
revive(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	enum stage_status status = find(ctx, args, &slot, err);

	(void)call;
	(void)result;
	if (status == STAGE_OK) {
		status = stage_rack_revive(
			stage_rack_daemon_rack(ctx), slot, err);
	}
	return pass_on(ctx, status);
}

static enum stage_status
panic(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	(void)result;
	(void)err;
	stage_rack_panic(stage_rack_daemon_rack(ctx));
	return STAGE_OK;
}

static enum stage_status
mute(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)result;
	return pass_on(ctx,
		stage_rack_set_own(stage_rack_daemon_rack(ctx), "mute",
			stage_args_boolean(args, "on", true) ? 1 : 0, err));
}

static enum stage_status
smite(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	enum stage_status status = find(ctx, args, &slot, err);

	(void)call;
	(void)result;
	if (status == STAGE_OK) {
		status = stage_rack_smite(
			stage_rack_daemon_rack(ctx), slot, err);
	}
	return pass_on(ctx, status);
}

static enum stage_status
revert(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	int64_t generation = stage_args_integer(args, "generation", 0);
	enum stage_status status = STAGE_OK;

	(void)call;
	(void)result;
	if (generation < 0 || generation > STAGE_RACK_GENERATIONS) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"generations go from 1, the newest, to %d",
			STAGE_RACK_GENERATIONS);
	}
	if (json_object_get(args, "slot") != NULL) {
		status = find(ctx, args, &slot, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_revert(stage_rack_daemon_rack(ctx), slot,
			(unsigned)generation, err);
	}
	return pass_on(ctx, status);
}

static enum stage_status
plugins(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)err;
	*result =
		stage_rack_catalog_list(&stage_rack_daemon_rack(ctx)->shop.host,
			stage_args_text(args, "pattern", ""));
	return STAGE_OK;
}

static enum stage_status
meter(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	(void)err;
	stage_rack_meters_ask(stage_rack_daemon_meters(ctx));
	*result = json_pack("{s:i}", "for_ms", STAGE_RACK_METERS_FOR_MS);
	return STAGE_OK;
}

static const struct stage_verb verb_list = {
	.name = "list",
	.help = "Lists the slots, in the order of the sound",
	.deed = STAGE_DEED_LOOKS,
	.handler = list,
};

static const struct stage_verb_arg get_args[] = {SLOT_ARG, STAGE_ARGS_END};
static const struct stage_verb verb_get = {
	.name = "get",
	.args = get_args,
	.help = "Gives a slot with all its values and their ranges",
	.deed = STAGE_DEED_LOOKS,
	.handler = get,
};

static const struct stage_verb_arg set_args[] = {
	SLOT_ARG,
	{"symbol", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"which value: a symbol of the plug-in, or wet"},
	{"value", STAGE_ARG_NUMBER, STAGE_ARG_REQUIRED, "what it is to be"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_set = {
	.name = "set",
	.args = set_args,
	.help = "Sets a value of a slot",
	.deed = STAGE_DEED_TURNS,
	.handler = set,
};

static const struct stage_verb_arg bypass_args[] = {
	SLOT_ARG,
	{"on", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"false: it is heard again; else true"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_bypass = {
	.name = "bypass",
	.args = bypass_args,
	.help = "Lets the sound pass by a slot, or through it again",
	.deed = STAGE_DEED_TURNS,
	.handler = bypass,
};

static const struct stage_verb verb_revive = {
	.name = "revive",
	.args = get_args,
	.help = "Tries a plug-in again that crashed",
	.deed = STAGE_DEED_TURNS,
	.handler = revive,
};

static const struct stage_verb verb_panic = {
	.name = "panic",
	.help = "Ends all notes, and all that sounds",
	.deed = STAGE_DEED_PLAYS,
	.handler = panic,
};

static const struct stage_verb_arg mute_args[] = {
	{"on", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"false: it is heard again; else true"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_mute = {
	.name = "mute",
	.args = mute_args,
	.help = "Silences the rack, or lets it be heard again",
	.deed = STAGE_DEED_TURNS,
	.handler = mute,
};

static const struct stage_verb verb_smite = {
	.name = "smite",
	.args = get_args,
	.help = "Switches a plug-in off, until it is revived",
	.deed = STAGE_DEED_CHANGES,
	.handler = smite,
};

static const struct stage_verb_arg revert_args[] = {
	{"slot", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "which; else all of them"},
	{"generation", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"how many checkpoints ago; else what the slot files say"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_revert = {
	.name = "revert",
	.args = revert_args,
	.help = "Goes back to what the slot files say, or to a checkpoint",
	.deed = STAGE_DEED_CHANGES,
	.handler = revert,
};

static const struct stage_verb_arg plugins_args[] = {
	{"pattern", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"a part of name or URI; else all"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_plugins = {
	.name = "plugins",
	.args = plugins_args,
	.help = "Lists the plug-ins that are installed",
	.deed = STAGE_DEED_LOOKS,
	.handler = plugins,
};

static const struct stage_verb verb_meter = {
	.name = "meter",
	.help = "Tells how loud it is behind each slot, for some seconds, as "
		"events",
	.deed = STAGE_DEED_LOOKS,
	.handler = meter,
};

static const struct stage_verb verb_save = {
	.name = "save",
	.help = "Writes down now what is to be remembered",
	.deed = STAGE_DEED_CHANGES,
	.handler = save,
};

const struct stage_verb *const stage_rack_verbs[] = {
	&verb_list,
	&verb_get,
	&verb_set,
	&verb_bypass,
	&verb_mute,
	&verb_panic,
	&verb_smite,
	&verb_revive,
	&verb_save,
	&verb_revert,
	&stage_rack_verb_add,
	&stage_rack_verb_remove,
	&stage_rack_verb_move,
	&stage_rack_verb_commit,
	&stage_rack_verb_map,
	&stage_rack_verb_learn,
	&stage_rack_verb_snapshot,
	&stage_rack_verb_preset,
	&verb_plugins,
	&verb_meter,
	NULL,
};
