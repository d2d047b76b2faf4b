/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// meter: how loud it is behind each slot, and what the rack puts out.

#include <stdio.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/str.h"
#include "cli/rack.h"

#define TIMEOUT_NS (10 * STAGE_NS_PER_S)
#define EVENTS 5        // of a tenth of a second, which make one answer
#define ANSWERS_ASKED 8 // the rack tells for six seconds after it was asked
#define FLOOR_DB (-100) // a rack says of silence

static const char *const topics[] = {"meter", NULL};

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{"watch", 'w', NULL, "go on, two lines a second, until Ctrl-C"},
	{NULL, 0, NULL, NULL},
};

// The louder of what was heard before and now, channel by channel.
static void
raise_peaks(json_t *peaks, const json_t *now)
{
	for (size_t c = 0; c < json_array_size(now); c++) {
		json_t *level = json_array_get(now, c);
		json_t *before = json_array_get(peaks, c);
		if (before == NULL) {
			json_array_append(peaks, level);
		} else if (json_integer_value(level) >
			   json_integer_value(before)) {
			json_array_set(peaks, c, level);
		}
	}
}

// The same for {slots: {SLOT: [dB]}, out: [dB]}.
static void
raise_all(json_t *all, const json_t *now)
{
	json_t *slots = json_object_get(all, "slots");
	const char *name;
	json_t *levels;

	json_object_foreach (json_object_get(now, "slots"), name, levels) {
		if (json_object_get(slots, name) == NULL) {
			json_object_set_new(slots, name, json_array());
		}
		raise_peaks(json_object_get(slots, name), levels);
	}
	raise_peaks(json_object_get(all, "out"), json_object_get(now, "out"));
}

static enum stage_status
listen(struct stage_rpc_client *rack, json_t *all, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (int i = 0; i < EVENTS && status == STAGE_OK; i++) {
		struct stage_rpc_event event;
		status = stage_rpc_client_next_event(
			rack, TIMEOUT_NS, &event, err);
		if (status == STAGE_OK) {
			raise_all(all, event.data); // of a resync nothing
			stage_rpc_event_finish(&event);
		}
	}
	return status;
}

// "-18 -20 dB", or "silent".
static enum stage_status
add_words(struct stage_str *out, const json_t *levels)
{
	enum stage_status status = STAGE_OK;
	json_int_t loudest = FLOOR_DB;

	for (size_t c = 0; c < json_array_size(levels); c++) {
		json_int_t db = json_integer_value(json_array_get(levels, c));
		loudest = db > loudest ? db : loudest;
	}
	if (loudest == FLOOR_DB) {
		return stage_str_addf(out, "silent");
	}
	for (size_t c = 0; c < json_array_size(levels) && status == STAGE_OK;
		c++) {
		status = stage_str_addf(out, "%lld ",
			(long long)json_integer_value(
				json_array_get(levels, c)));
	}
	return status == STAGE_OK ? stage_str_addf(out, "dB") : status;
}

static void
add_row(struct stage_table *table, const char *name, const json_t *levels)
{
	struct stage_str words = {0};

	if (add_words(&words, levels) == STAGE_OK) {
		stage_table_cell(table, name, STAGE_TONE_PLAIN);
		stage_table_cell(
			table, stage_str_text(&words), STAGE_TONE_PLAIN);
	}
	stage_str_finish(&words);
}

static int
show_table(json_t *all)
{
	static const struct stage_table_column columns[] = {
		{.title = "SLOT"},
		{.title = "PEAK"},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	const char *name;
	json_t *levels;

	if (table != NULL) {
		json_object_foreach (
			json_object_get(all, "slots"), name, levels) {
			add_row(table, name, levels);
		}
		add_row(table, "rack", json_object_get(all, "out"));
	}
	return stage_ask_print_table(table);
}

static int
show_line(json_t *all)
{
	struct stage_str line = {0};
	enum stage_status status = STAGE_OK;
	const char *name;
	json_t *levels;

	json_object_foreach (json_object_get(all, "slots"), name, levels) {
		if (status == STAGE_OK) {
			status = stage_str_addf(&line, "%s ", name);
		}
		if (status == STAGE_OK) {
			status = add_words(&line, levels);
		}
		if (status == STAGE_OK) {
			status = stage_str_addf(&line, ", ");
		}
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(&line, "rack ");
	}
	if (status == STAGE_OK) {
		status = add_words(&line, json_object_get(all, "out"));
	}
	if (status == STAGE_OK) {
		printf("%s\n", stage_str_text(&line));
	}
	stage_str_finish(&line);
	return status == STAGE_OK ? STAGE_EXIT_OK : STAGE_EXIT_TEMPORARY;
}

static enum stage_status
answer(const struct stage_cli *cli, struct stage_rpc_client *rack, int *code,
	struct stage_err *err)
{
	json_t *all = json_pack("{s:{}, s:[]}", "slots", "out");
	enum stage_status status = listen(rack, all, err);

	if (status != STAGE_OK) {
		json_decref(all);
		return status;
	}
	if (stage_cli_has(cli, "json")) {
		stage_ask_print_json(all);
	} else {
		*code = stage_cli_has(cli, "watch") ? show_line(all)
						    : show_table(all);
	}
	fflush(stdout);
	json_decref(all);
	return STAGE_OK;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *rack = stage_rack_connect(cli, &err);
	json_t *snapshot = NULL;
	int code = STAGE_EXIT_OK;
	int asked = 0;
	enum stage_status status =
		rack == NULL ? err.status
			     : stage_rpc_client_subscribe(rack, topics,
				       TIMEOUT_NS, &snapshot, &err);

	json_decref(snapshot);
	do {
		if (status == STAGE_OK && asked % ANSWERS_ASKED == 0) {
			status = stage_rpc_client_call(
				rack, "meter", NULL, TIMEOUT_NS, NULL, &err);
		}
		asked = (asked + 1) % ANSWERS_ASKED;
		if (status == STAGE_OK) {
			status = answer(cli, rack, &code, &err);
		}
	} while (status == STAGE_OK && code == STAGE_EXIT_OK &&
		 stage_cli_has(cli, "watch") && !ferror(stdout));
	stage_rpc_client_destroy(rack);
	return status == STAGE_OK ? code : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_rack_cli_meter = {
	.name = "rack meter",
	.operands = "RACK",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Shows how loud it is behind each slot",
	.details = "The loudest of half a second in each channel, in dB, where "
		   "0 is full scale; \"rack\" is what the rack puts out, and "
		   "what is below -100 dB is silent. A rack measures only "
		   "while it is asked.",
	.options = options,
	.run = run,
};
