/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "cli/cli.h"
#include "cli/crash_list.h"
#include "cli/log_format.h"
#include "cli/terminal.h"
#include "cli/width.h"
#include "rig/snapshot.h"
#include "runit/tai.h"

#define SLACK_NS (50 * STAGE_NS_PER_MS)   // between the clocks' readings
#define FINISH_NS (500 * STAGE_NS_PER_MS) // for what finish has to say
#define DAY_LEN 11                        // of "2026-11-24 "

static const struct stage_cli_option options[] = {
	{"json", 'j', NULL, "print JSON, for programs"},
	{NULL, 0, NULL, NULL},
};

// The log's tail reaches back to earlier runs, and may to a later one: a line
// belongs to this run when it was written while it, or its finish, ran.
static bool
is_of_this_run(const struct stage_death *death, const char *line)
{
	int64_t wall_ns;
	size_t len;

	if (death->ran_ns < 0 || stage_runit_tai_parse_stamp(line, strlen(line),
					 &wall_ns, &len) != STAGE_OK) {
		return true;
	}
	return wall_ns >= death->wall_ns - death->ran_ns - SLACK_NS &&
	       wall_ns <= death->wall_ns + FINISH_NS;
}

static enum stage_status
add_line(const struct stage_death *death, const char *text,
	struct stage_str *out)
{
	char when[STAGE_LOG_TIME_MAX] = "";
	int64_t wall_ns;
	size_t stamp = 0;
	enum stage_status status;

	if (!is_of_this_run(death, text)) {
		return STAGE_OK;
	}
	if (stage_runit_tai_parse_stamp(text, strlen(text), &wall_ns, &stamp) ==
		STAGE_OK) {
		stage_log_format_time(wall_ns, when);
	}
	// Of "2026-11-24 05:01:02.123" the day stands in the line above.
	status = stage_str_addf(out, "      %s%s",
		strlen(when) > DAY_LEN ? when + DAY_LEN : "",
		when[0] != '\0' ? "  " : "");
	if (status == STAGE_OK) {
		status = stage_width_clean(
			out, text + stamp, strlen(text + stamp));
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

static enum stage_status
add_lines(const struct stage_crash *crash, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;
	size_t count = json_array_size(crash->lines);

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		const char *line =
			json_string_value(json_array_get(crash->lines, i));
		if (line != NULL) {
			status = add_line(&crash->death, line, out);
		}
	}
	return status;
}

static enum stage_status
add_crash(const struct stage_crash *crash, struct stage_str *out)
{
	char when[STAGE_LOG_TIME_MAX];
	char words[STAGE_DEATH_WORDS_MAX];
	char ran[16] = "?";
	enum stage_status status;

	stage_log_format_time(crash->death.wall_ns, when);
	when[strcspn(when, ".")] = '\0';
	stage_death_words(&crash->death, words);
	if (crash->death.ran_ns >= 0) {
		stage_clock_words(crash->death.ran_ns, ran, sizeof(ran));
	}
	status = stage_str_addf(out, "  %s  ran %-12s  ", when, ran);
	if (status == STAGE_OK) {
		status = stage_width_clean(out, words, strlen(words));
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, "\n");
	}
	return status == STAGE_OK ? add_lines(crash, out) : status;
}

static enum stage_status
add_service(const char *name, const struct stage_crashes *crashes,
	struct stage_str *out)
{
	enum stage_status status = STAGE_OK;

	if (out->len > 0) {
		status = stage_str_add(out, "\n");
	}
	if (status == STAGE_OK) {
		status = stage_width_clean(out, name, strlen(name));
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, ": ended %zu time%s%s\n",
			crashes->count, crashes->count == 1 ? "" : "s",
			crashes->count > 1 ? ", the last one first" : "");
	}
	for (size_t i = 0; i < crashes->count && status == STAGE_OK; i++) {
		status = add_crash(&crashes->items[i], out);
	}
	return status;
}

struct report {
	bool wants_json;
	json_t *services; // owned
	struct stage_str text;
};

static enum stage_status
add_one(const struct stage_rig *rig, const char *name, struct report *report)
{
	struct stage_crashes crashes;
	enum stage_status status = stage_crashes_load(rig, name, &crashes);

	if (status != STAGE_OK) {
		return status;
	}
	if (crashes.count > 0 && report->wants_json) {
		if (json_array_append_new(report->services,
			    stage_crashes_to_json(name, &crashes)) != 0) {
			status = STAGE_NO_MEMORY;
		}
	} else if (crashes.count > 0) {
		status = add_service(name, &crashes, &report->text);
	}
	stage_crashes_finish(&crashes);
	return status;
}

static enum stage_status
finish_json(struct report *report)
{
	json_t *root = json_pack("{s:O}", "services", report->services);
	char *text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
	enum stage_status status = STAGE_NO_MEMORY;

	if (text != NULL) {
		status = stage_str_addf(&report->text, "%s\n", text);
	}
	free(text);
	json_decref(root);
	return status;
}

static enum stage_status
list_names(const struct stage_cli *cli, struct stage_strv *names,
	struct stage_err *err)
{
	struct stage_service service;
	enum stage_status status = stage_crashes_names(&cli->rig, names, err);
	const char *name;

	if (cli->operand_count == 0 || status != STAGE_OK) {
		return status;
	}
	name = cli->operands[0];
	if (!stage_strv_has(names, name)) {
		status = stage_snapshot_one(&cli->rig, name, &service, err);
	}
	stage_strv_finish(names);
	return status == STAGE_OK ? stage_strv_add(names, name) : status;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	struct report report = {.wants_json = stage_cli_has(cli, "json"),
		.services = json_array()};
	enum stage_status status = list_names(cli, &names, &err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		status = add_one(&cli->rig, names.items[i], &report);
	}
	if (status == STAGE_OK && report.wants_json) {
		status = finish_json(&report);
	} else if (status == STAGE_OK && report.text.len == 0) {
		status = stage_str_add(
			&report.text, "nothing has crashed or ended\n");
	}
	if (status == STAGE_OK) {
		status =
			stage_terminal_write(report.text.data, report.text.len);
	}
	if (status != STAGE_OK && err.status == STAGE_OK) {
		stage_err_set(&err, status, "unable to show it: %s",
			stage_strerror(status));
	}
	json_decref(report.services);
	stage_str_finish(&report.text);
	stage_strv_finish(&names);
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_crashes = {
	.name = "crashes",
	.operands = "[NAME]",
	.max_operands = 1,
	.summary = "Shows the last 20 ends of each service, and its last words",
	.details = "The newest first: when, how long it had run, how it ended, "
		   "and the last lines of its log. Kept in the rig over a "
		   "reboot.",
	.options = options,
	.run = run,
};
