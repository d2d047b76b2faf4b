/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/str.h"
#include "cli/rack.h"
#include "rpc/verb.h"

#define PORTS_NAMED_MAX 4 // in a list

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

// The rack that the first operand names, and the texts that it borrows.
struct named {
	struct stage_ask_daemon daemon;
	char socket[STAGE_PATH_MAX];
	char absent[STAGE_ERR_TEXT_MAX];
};

static enum stage_status
name_rack(
	struct named *self, const struct stage_cli *cli, struct stage_err *err)
{
	const char *name = cli->operands[0];
	enum stage_status status = stage_service_name_check(name, err);

	if (status != STAGE_OK) {
		return status;
	}
	snprintf(self->socket, sizeof(self->socket), "rack-%s.sock", name);
	snprintf(self->absent, sizeof(self->absent),
		"there is no rack \"%s\" that runs; stagecraft status says "
		"why, stagecraft new rack %s makes one",
		name, name);
	self->daemon = (struct stage_ask_daemon){
		.socket = self->socket,
		.absent = self->absent,
		.no_text = "a name must be UTF-8 text",
		.patience_ns = 30 * STAGE_NS_PER_S, // it may load a plug-in
	};
	return STAGE_OK;
}

int
stage_rack_ask(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result))
{
	struct stage_err err = STAGE_ERR_INIT;
	struct named rack;

	if (name_rack(&rack, cli, &err) != STAGE_OK) {
		json_decref(params);
		return stage_cli_fail(&err);
	}
	return stage_ask_do(cli, &rack.daemon, method, params, show);
}

struct stage_rpc_client *
stage_rack_connect(struct stage_cli *cli, struct stage_err *err)
{
	struct named rack;

	return name_rack(&rack, cli, err) == STAGE_OK
		       ? stage_ask_connect(cli, &rack.daemon, err)
		       : NULL;
}

json_t *
stage_rack_with(json_t *params, const char *key, const char *word)
{
	if (word != NULL &&
		json_object_set_new(params, key, json_string(word)) != 0) {
		json_decref(params);
		return NULL;
	}
	return params;
}

static enum stage_tone
tone_of(const char *state)
{
	if (strcmp(state, "plays") == 0) {
		return STAGE_TONE_GOOD;
	}
	return strcmp(state, "passes") == 0 || strcmp(state, "smitten") == 0
		       ? STAGE_TONE_BAD
		       : STAGE_TONE_DIM;
}

// The ports that are the slot's alone; of many the first and the last one.
static void
add_ports(struct stage_table *table, const json_t *ports)
{
	struct stage_str text = {0};
	size_t count = json_array_size(ports);
	enum stage_status status = STAGE_OK;

	if (count > PORTS_NAMED_MAX) {
		status = stage_str_addf(&text, "%zu ports, %s to %s", count,
			json_string_value(json_array_get(ports, 0)),
			json_string_value(json_array_get(ports, count - 1)));
	}
	for (size_t i = 0;
		status == STAGE_OK && count <= PORTS_NAMED_MAX && i < count;
		i++) {
		status = stage_str_addf(&text, "%s%s",
			i == 0 ? (count == 1 ? "port " : "ports ") : ", ",
			json_string_value(json_array_get(ports, i)));
	}
	if (status == STAGE_OK && count > 0) {
		stage_table_note(table, stage_str_text(&text), STAGE_TONE_DIM);
	}
	stage_str_finish(&text);
}

static void
add_slot(struct stage_table *table, const json_t *slot)
{
	const char *state = stage_ask_text(slot, "state");
	const char *name = stage_ask_text(slot, "label");

	if (name[0] == '\0') {
		name = stage_ask_text(slot, "name");
	}
	stage_table_cell(table, stage_ask_text(slot, "slot"), STAGE_TONE_PLAIN);
	stage_table_cell(table, state, tone_of(state));
	stage_table_cell(table, name, STAGE_TONE_PLAIN);
	stage_table_cell(table, stage_ask_text(slot, "plugin"), STAGE_TONE_DIM);
	add_ports(table, json_object_get(slot, "ports"));
	if (stage_ask_text(slot, "fault")[0] != '\0') {
		stage_table_note(
			table, stage_ask_text(slot, "fault"), STAGE_TONE_BAD);
	}
	if (stage_ask_text(slot, "note")[0] != '\0') {
		stage_table_note(
			table, stage_ask_text(slot, "note"), STAGE_TONE_BAD);
	}
}

static int
show_list(const json_t *rack)
{
	static const struct stage_table_column columns[] = {
		{.title = "SLOT"},
		{.title = "STATE"},
		{.title = "NAME", .may_be_cut = true},
		{.title = "PLUG-IN", .drop = 1},
	};
	const json_t *slots = json_object_get(rack, "slots");
	struct stage_table *table;

	if (!json_is_true(json_object_get(rack, "playing"))) {
		printf("there is no JACK server; it waits for one\n");
	}
	if (json_is_true(json_object_get(rack, "mute"))) {
		printf("it is mute; stagecraft rack mute RACK off lets it be "
		       "heard\n");
	}
	if (json_array_size(slots) == 0) {
		printf("there are no slots; a file such as 10-reverb.slot in "
		       "%s makes one\n",
			stage_ask_text(rack, "directory"));
		return STAGE_EXIT_OK;
	}
	table = stage_table_create(columns, STAGE_COUNT_OF(columns));
	for (size_t i = 0; table != NULL && i < json_array_size(slots); i++) {
		add_slot(table, json_array_get(slots, i));
	}
	return stage_ask_print_table(table);
}

static int
run_list(struct stage_cli *cli)
{
	return stage_rack_ask(cli, "list", json_object(), show_list);
}

static void
add_number(struct stage_table *table, const json_t *object, const char *key,
	enum stage_tone tone)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6g",
		json_number_value(json_object_get(object, key)));
	stage_table_cell(table, text, tone);
}

static void
add_values(struct stage_table *table, const json_t *values)
{
	for (size_t i = 0; i < json_array_size(values); i++) {
		const json_t *value = json_array_get(values, i);
		stage_table_cell(table, stage_ask_text(value, "symbol"),
			STAGE_TONE_PLAIN);
		add_number(table, value, "value", STAGE_TONE_PLAIN);
		add_number(table, value, "min", STAGE_TONE_DIM);
		add_number(table, value, "max", STAGE_TONE_DIM);
	}
}

static int
show_values(const json_t *slot)
{
	static const struct stage_table_column columns[] = {
		{.title = "VALUE", .may_be_cut = true},
		{.title = "NOW", .is_right = true},
		{.title = "FROM", .is_right = true, .drop = 1},
		{.title = "TO", .is_right = true, .drop = 1},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));

	printf("%s %s\n", stage_ask_text(slot, "slot"),
		stage_ask_text(slot, "state"));
	if (stage_ask_text(slot, "fault")[0] != '\0') {
		printf("%s\n", stage_ask_text(slot, "fault"));
	}
	if (table != NULL) {
		add_values(table, json_object_get(slot, "values"));
		add_values(table, json_object_get(slot, "mixer"));
	}
	return stage_ask_print_table(table);
}

static int
run_get(struct stage_cli *cli)
{
	return stage_rack_ask(cli, "get",
		json_pack("{s:s}", "slot", cli->operands[1]), show_values);
}

json_t *
stage_rack_word(
	const char *name, enum stage_verb_arg_type type, const char *word)
{
	const struct stage_verb_arg arg = {name, type, STAGE_ARG_REQUIRED, ""};
	struct stage_err err = STAGE_ERR_INIT;
	json_t *value = NULL;

	if (stage_verb_arg_parse(&arg, word, &value, &err) != STAGE_OK) {
		stage_cli_fail(&err);
		return NULL;
	}
	return value;
}

static int
run_set(struct stage_cli *cli)
{
	json_t *value =
		stage_rack_word("value", STAGE_ARG_NUMBER, cli->operands[3]);

	if (value == NULL) {
		return STAGE_EXIT_PERMANENT;
	}
	return stage_rack_ask(cli, "set",
		json_pack("{s:s, s:s, s:o}", "slot", cli->operands[1], "symbol",
			cli->operands[2], "value", value),
		NULL);
}

static int
run_bypass(struct stage_cli *cli)
{
	json_t *is_on = stage_rack_word("on", STAGE_ARG_BOOLEAN,
		cli->operand_count > 2 ? cli->operands[2] : "on");

	if (is_on == NULL) {
		return STAGE_EXIT_PERMANENT;
	}
	return stage_rack_ask(cli, "bypass",
		json_pack("{s:s, s:o}", "slot", cli->operands[1], "on", is_on),
		NULL);
}

static int
run_revive(struct stage_cli *cli)
{
	return stage_rack_ask(cli, "revive",
		json_pack("{s:s}", "slot", cli->operands[1]), NULL);
}

static int
run_save(struct stage_cli *cli)
{
	return stage_rack_ask(cli, "save", json_object(), NULL);
}

static const struct stage_cli_verb verb_list = {
	.name = "rack list",
	.operands = "RACK",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Lists the slots of a rack, in the order of the sound",
	.details = "A slot plays, is bypassed, waits for the JACK server, or "
		   "passes the sound through because of a fault.",
	.options = options,
	.run = run_list,
};

static const struct stage_cli_verb verb_get = {
	.name = "rack get",
	.operands = "RACK SLOT",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Shows the values of a slot",
	.details = "All that can be set, with what it goes from and to. The "
		   "slot \"rack\" is the rack itself.",
	.options = options,
	.run = run_get,
};

static const struct stage_cli_verb verb_set = {
	.name = "rack set",
	.operands = "RACK SLOT VALUE NUMBER",
	.min_operands = 4,
	.max_operands = 4,
	.summary = "Sets a value of a slot",
	.details =
		"It is remembered at once: the rack may be killed. VALUE is "
		"a symbol of the plug-in, or what each slot has: wet, gain "
		"(dB, of what goes in), pan, width. Where the plug-in has "
		"one of that name, :gain is the slot's. The slot \"rack\" is "
		"the rack itself, with gain and mute.",
	.options = options,
	.run = run_set,
};

static const struct stage_cli_verb verb_bypass = {
	.name = "rack bypass",
	.operands = "RACK SLOT [on|off]",
	.min_operands = 2,
	.max_operands = 3,
	.summary = "Lets the sound pass by a slot, or through it again",
	.details = "The plug-in runs on, and is not heard.",
	.options = options,
	.run = run_bypass,
};

static const struct stage_cli_verb verb_revive = {
	.name = "rack revive",
	.operands = "RACK SLOT",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Tries a plug-in again that crashed, or was switched off",
	.details = "One that ended its rack twice within a minute is left out "
		   "until then; the rest plays.",
	.options = options,
	.run = run_revive,
};

static const struct stage_cli_verb verb_save = {
	.name = "rack save",
	.operands = "RACK",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Writes down now what a rack remembers",
	.details = "It does so by itself, two seconds after a change at most.",
	.options = options,
	.run = run_save,
};

static const struct stage_cli_verb *const verbs[] = {
	&stage_rack_cli_new,
	&verb_list,
	&stage_rack_cli_import,
	&stage_rack_cli_check,
	&stage_rack_cli_plugins,
	&stage_rack_cli_add,
	&stage_rack_cli_remove,
	&stage_rack_cli_move,
	&verb_get,
	&verb_set,
	&verb_bypass,
	&stage_rack_cli_meter,
	&stage_rack_cli_mute,
	&stage_rack_cli_panic,
	&stage_rack_cli_preset,
	&stage_rack_cli_snapshot,
	&stage_rack_cli_map,
	&stage_rack_cli_learn,
	&stage_rack_cli_smite,
	&verb_revive,
	&verb_save,
	&stage_rack_cli_commit,
	&stage_rack_cli_revert,
	NULL,
};

const struct stage_cli_verb stage_verb_rack = {
	.name = "rack",
	.operands = "VERB",
	.max_operands = -1,
	.summary = "Shows and changes a rack of plug-ins; has verbs of its own",
	.details = "RACK is the name of its service, SLOT that of a slot file "
		   "without number and .slot, or its label. stagecraft-rack(8) "
		   "has it all.",
	.verbs = verbs,
};
