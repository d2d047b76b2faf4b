/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/verbs.h"

#include "midi/daemon.h"

#define PORT_ARG                                                               \
	{                                                                      \
		"port", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,                    \
			"its number, its name, its device or its label"        \
	}

static const struct stage_verb_arg port_args[] = {PORT_ARG, STAGE_ARGS_END};

static enum stage_status
find(void *ctx, const json_t *args, struct stage_midi_endpoint **out,
	struct stage_err *err)
{
	return stage_midi_bridge_find(stage_midi_daemon_bridge(ctx),
		stage_args_text(args, "port", ""), out, err);
}

static enum stage_status
do_with_port(void *ctx, const json_t *args,
	enum stage_status (*act)(struct stage_midi_bridge *bridge,
		struct stage_midi_endpoint *endpoint, struct stage_err *err),
	struct stage_err *err)
{
	struct stage_midi_endpoint *endpoint = NULL;
	enum stage_status status = find(ctx, args, &endpoint, err);

	return status == STAGE_OK
		       ? act(stage_midi_daemon_bridge(ctx), endpoint, err)
		       : status;
}

static enum stage_status
list(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	(void)err;
	*result = stage_midi_bridge_list(stage_midi_daemon_bridge(ctx));
	return STAGE_OK;
}

static enum stage_status
label(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_midi_endpoint *endpoint = NULL;
	enum stage_status status = find(ctx, args, &endpoint, err);

	(void)call;
	(void)result;
	return status == STAGE_OK
		       ? stage_midi_bridge_label(stage_midi_daemon_bridge(ctx),
				 endpoint, stage_args_text(args, "label", ""),
				 err)
		       : status;
}

static enum stage_status
forget(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)result;
	return do_with_port(ctx, args, stage_midi_bridge_forget, err);
}

static enum stage_status
panic(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)args;
	(void)result;
	(void)err;
	stage_midi_bridge_panic(stage_midi_daemon_bridge(ctx));
	return STAGE_OK;
}

static enum stage_status
test(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	(void)result;
	return do_with_port(ctx, args, stage_midi_bridge_test, err);
}

static enum stage_status
add_virtual(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	(void)call;
	(void)result;
	return stage_midi_bridge_add_virtual(stage_midi_daemon_bridge(ctx),
		stage_args_text(args, "name", ""), err);
}

static const struct stage_verb verb_list = {
	.name = "list",
	.help = "Lists all MIDI ports, those that are away, too",
	.deed = STAGE_DEED_LOOKS,
	.handler = list,
};

static const struct stage_verb_arg label_args[] = {
	PORT_ARG,
	{"label", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"what to call it; empty for no label"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_label = {
	.name = "label",
	.args = label_args,
	.help = "Gives a port a label, which is an alias in JACK",
	.deed = STAGE_DEED_CHANGES,
	.handler = label,
};

static const struct stage_verb verb_forget = {
	.name = "forget",
	.args = port_args,
	.help = "Forgets a port that is away",
	.deed = STAGE_DEED_CHANGES,
	.handler = forget,
};

static const struct stage_verb verb_panic = {
	.name = "panic",
	.help = "Ends all notes, on all channels, everywhere",
	.deed = STAGE_DEED_PLAYS,
	.handler = panic,
};

static const struct stage_verb verb_test = {
	.name = "test",
	.args = port_args,
	.help = "Plays a note to a device",
	.deed = STAGE_DEED_CHANGES,
	.handler = test,
};

static const struct stage_verb_arg virtual_args[] = {
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "what it is called"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_virtual = {
	.name = "virtual",
	.args = virtual_args,
	.help = "Makes a port in the sequencer for programs that have none",
	.deed = STAGE_DEED_CHANGES,
	.handler = add_virtual,
};

const struct stage_verb *const stage_midi_verbs[] = {
	&verb_list,
	&verb_label,
	&verb_forget,
	&verb_panic,
	&verb_test,
	&verb_virtual,
	NULL,
};
