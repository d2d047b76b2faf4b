/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// list, missing, rules: what there is.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exits.h"
#include "cli/patch.h"

static const struct stage_cli_option json_options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option list_options[] = {
	STAGE_CLI_JSON,
	{"ports", 'p', NULL, "the ports that are there, one a line"},
	{NULL, 0, NULL, NULL},
};

static enum stage_tone
tone_of(const char *state)
{
	static const struct {
		const char *state;
		enum stage_tone tone;
	} tones[] = {
		{"connected", STAGE_TONE_GOOD},
		{"under way", STAGE_TONE_BUSY},
		{"doubted", STAGE_TONE_BUSY},
		{"missing", STAGE_TONE_DIM},
		{"off", STAGE_TONE_DIM},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(tones); i++) {
		if (strcmp(tones[i].state, state) == 0) {
			return tones[i].tone;
		}
	}
	return STAGE_TONE_BAD;
}

// "learned.patch:7", or who else.
static void
add_place(struct stage_table *table, const json_t *item)
{
	const char *file = stage_ask_text(item, "file");
	json_int_t line = json_integer_value(json_object_get(item, "line"));
	char place[STAGE_PATH_MAX];

	if (file[0] == '\0') {
		stage_table_cell(table, "nobody's wish", STAGE_TONE_DIM);
		return;
	}
	if (line > 0) {
		snprintf(place, sizeof(place), "%s:%d", file, (int)line);
	} else {
		snprintf(place, sizeof(place), "%s", file);
	}
	stage_table_cell(table, place, STAGE_TONE_PLAIN);
}

static int
compare(const void *a, const void *b)
{
	const json_t *const *left = a;
	const json_t *const *right = b;
	int order = strcmp(
		stage_ask_text(*left, "from"), stage_ask_text(*right, "from"));

	return order != 0 ? order
			  : strcmp(stage_ask_text(*left, "to"),
				    stage_ask_text(*right, "to"));
}

// The items of an array by their names; NULL when out of memory.
static const json_t **
sorted(const json_t *list)
{
	size_t count = json_array_size(list);
	const json_t **items = calloc(count + 1, sizeof(json_t *));

	for (size_t i = 0; items != NULL && i < count; i++) {
		items[i] = json_array_get(list, i);
	}
	if (items != NULL) {
		qsort(items, count, sizeof(json_t *), compare);
	}
	return items;
}

// Where connections of the ALSA sequencer wait for more than a port.
static void
tell_alsa(const json_t *result, const json_t *list)
{
	const char *why =
		stage_ask_text(json_object_get(result, "alsa"), "why");
	json_t *item;
	size_t at;

	json_array_foreach (list, at, item) {
		if (why[0] != '\0' &&
			strcmp(stage_ask_text(item, "system"), "alsa") == 0) {
			printf("%s; connections of alsa: are kept as they are "
			       "written\n",
				why);
			return;
		}
	}
}

static int
show_list(const json_t *result)
{
	static const struct stage_table_column columns[] = {
		{.title = "FROM", .may_be_cut = true},
		{.title = "TO", .may_be_cut = true},
		{.title = "STATE"},
		{.title = "WHERE", .drop = 1},
	};
	const json_t *list = json_object_get(result, "connections");
	const json_t **items = sorted(list);
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));

	if (!json_is_true(json_object_get(result, "is_server_up"))) {
		printf("no audio server is up; nothing of JACK is connected\n");
	}
	tell_alsa(result, list);
	if (json_array_size(list) == 0) {
		printf("nothing is connected, and nothing should be\n");
	}
	for (size_t i = 0; table != NULL && items != NULL && items[i] != NULL;
		i++) {
		const char *state = stage_ask_text(items[i], "state");
		stage_table_cell(table, stage_ask_text(items[i], "from"),
			STAGE_TONE_PLAIN);
		stage_table_cell(table, stage_ask_text(items[i], "to"),
			STAGE_TONE_PLAIN);
		stage_table_cell(table, state, tone_of(state));
		add_place(table, items[i]);
	}
	free(items);
	if (json_array_size(list) == 0) {
		stage_table_destroy(table);
		return STAGE_EXIT_OK;
	}
	return stage_ask_print_table(table);
}

static int
show_ports(const json_t *result)
{
	const json_t *list = json_object_get(result, "ports");
	const char *before = "";

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name =
			stage_ask_text(json_array_get(list, i), "name");
		// One of ALSA that goes both ways is told twice in a row.
		if (strcmp(name, before) != 0) {
			printf("%s\n", name);
		}
		before = name;
	}
	return STAGE_EXIT_OK;
}

static int
run_list(struct stage_cli *cli)
{
	return stage_cli_has(cli, "ports")
		       ? stage_patch_do(cli, "ports", json_object(), show_ports)
		       : stage_patch_do(cli, "list", json_object(), show_list);
}

static void
tell_contested(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *hung = stage_ask_text(item, "hung");
		printf("%s -> %s is contested: %s%s\n",
			stage_ask_text(item, "from"),
			stage_ask_text(item, "to"),
			hung[0] != '\0' ? hung : "somebody keeps removing it",
			hung[0] != '\0' ? " finishes no cycles" : "");
	}
}

// The ports that are waited for.
static int
show_names(const json_t *list)
{
	static const struct stage_table_column columns[] = {
		{.title = "PORT", .may_be_cut = true},
		{.title = "CONNECTIONS", .is_right = true},
		{.title = "WHY"},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	char count[32];

	for (size_t i = 0; table != NULL && i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		bool is_ambiguous =
			json_is_true(json_object_get(item, "ambiguous"));
		snprintf(count, sizeof(count), "%d",
			(int)json_integer_value(
				json_object_get(item, "connections")));
		stage_table_cell(
			table, stage_ask_text(item, "name"), STAGE_TONE_PLAIN);
		stage_table_cell(table, count, STAGE_TONE_PLAIN);
		stage_table_cell(table,
			is_ambiguous ? "two ports answer to it" : "not there",
			is_ambiguous ? STAGE_TONE_BAD : STAGE_TONE_DIM);
	}
	if (json_array_size(list) == 0) {
		printf("every port that should be connected is there\n");
		stage_table_destroy(table);
		return STAGE_EXIT_OK;
	}
	return stage_ask_print_table(table) == STAGE_EXIT_OK
		       ? STAGE_EXIT_NO
		       : STAGE_EXIT_TEMPORARY;
}

static int
show_missing(const json_t *result)
{
	const json_t *contested = json_object_get(result, "contested");
	int code = show_names(json_object_get(result, "names"));

	tell_contested(contested);
	return code == STAGE_EXIT_OK && json_array_size(contested) > 0
		       ? STAGE_EXIT_NO
		       : code;
}

static int
run_missing(struct stage_cli *cli)
{
	return stage_patch_do(cli, "missing", json_object(), show_missing);
}

static int
show_rules(const json_t *result)
{
	static const struct stage_table_column columns[] = {
		{.title = "RULE", .may_be_cut = true},
		{.title = "CONNECTIONS", .is_right = true},
		{.title = "WHERE"},
	};
	const json_t *list = json_object_get(result, "rules");
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	char count[32];

	for (size_t i = 0; table != NULL && i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		snprintf(count, sizeof(count), "%d",
			(int)json_integer_value(
				json_object_get(item, "connections")));
		stage_table_cell(
			table, stage_ask_text(item, "text"), STAGE_TONE_PLAIN);
		stage_table_cell(table, count, STAGE_TONE_PLAIN);
		add_place(table, item);
	}
	if (json_array_size(list) == 0) {
		printf("there are no rules; patch files in the rig's patchbay/ "
		       "may have some\n");
		stage_table_destroy(table);
		return STAGE_EXIT_OK;
	}
	return stage_ask_print_table(table);
}

static int
run_rules(struct stage_cli *cli)
{
	return stage_patch_do(cli, "rules", json_object(), show_rules);
}

const struct stage_cli_verb stage_patch_verb_list = {
	.name = "patch list",
	.operands = "",
	.summary = "Lists what is connected or should be",
	.details =
		"Each connection with its state: connected, missing (a port is "
		"not there), ambiguous (two ports answer to a name), overruled "
		"(a forbid or a higher layer says otherwise), contested "
		"(another program keeps removing it, or its client hangs), "
		"withheld (removed with "
		"many others), off, unfit, refused, not built in (ALSA); and "
		"with the file and line that wants it. Ports of the ALSA "
		"sequencer begin with alsa:.",
	.options = list_options,
	.run = run_list,
};

const struct stage_cli_verb stage_patch_verb_missing = {
	.name = "patch missing",
	.operands = "",
	.summary = "Lists the ports that connections wait for",
	.details = "And the connections that are contested: another program "
		   "keeps removing them, or the client that they come from "
		   "finishes no cycles. The exit code is 1 when there are any.",
	.options = json_options,
	.run = run_missing,
};

const struct stage_cli_verb stage_patch_verb_rules = {
	.name = "patch rules",
	.operands = "",
	.summary = "Lists rules and forbids, and what each has made",
	.details = "Those of all patch files, and of what was learned.",
	.options = json_options,
	.run = run_rules,
};
