/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/num.h"
#include "base/suggest.h"
#include "cli/cli.h"
#include "cli/log_follow.h"
#include "cli/log_format.h"
#include "cli/log_merge.h"
#include "cli/terminal.h"
#include "rig/snapshot.h"

#define USUAL_LINES 100
#define MOST_LINES 1000000
#define WRITE_BYTES 32768 // gathered before they are written

static const struct stage_cli_option options[] = {
	{"follow", 'f', NULL, "stay and show new lines; Ctrl-C ends it"},
	{"lines", 'n', "LINES", "how many of the last lines: 100, or all"},
	{NULL, 0, NULL, NULL},
};

struct show {
	struct stage_log_merge *merge;
	bool is_terminal;
	bool keeps_all;         // no ring: lines go out as they come
	struct stage_str *ring; // owned; [ring_size] the last lines
	size_t ring_size;
	size_t ring_count; // lines that went through the ring
	struct stage_str out;
	struct stage_err err;
};

static bool
flush(struct show *show)
{
	enum stage_status status = STAGE_OK;

	if (show->out.len > 0) {
		status = stage_terminal_write(show->out.data, show->out.len);
		stage_str_clear(&show->out);
	}
	if (status != STAGE_OK) {
		stage_err_set(&show->err, status, "unable to show it: %s",
			stage_strerror(status));
	}
	return status == STAGE_OK;
}

static bool
put(struct show *show, const struct stage_log_line *line)
{
	struct stage_str *out = &show->out;

	if (!show->keeps_all) {
		if (show->ring_size == 0) {
			return true;
		}
		out = &show->ring[show->ring_count % show->ring_size];
		show->ring_count++;
		stage_str_clear(out);
	}
	if (stage_log_format_line(line, show->is_terminal, out) != STAGE_OK) {
		stage_err_set(&show->err, STAGE_NO_MEMORY, "out of memory");
		return false;
	}
	return show->out.len < WRITE_BYTES || flush(show);
}

static bool
drain(void *user)
{
	struct show *show = user;
	struct stage_log_line line;
	const struct stage_err *err;

	while (stage_log_merge_next(show->merge, &line)) {
		if (!put(show, &line)) {
			return false;
		}
	}
	while ((err = stage_log_merge_take_err(show->merge)) != NULL) {
		stage_log_warn("%s", err->text);
	}
	return flush(show);
}

// Writes the ring, oldest line first, and lets later lines pass.
static bool
empty_ring(struct show *show)
{
	size_t first = 0;
	size_t count = show->ring_count;

	if (count > show->ring_size) {
		first = count % show->ring_size;
		count = show->ring_size;
	}
	for (size_t i = 0; i < count; i++) {
		struct stage_str *line =
			&show->ring[(first + i) % show->ring_size];
		if (stage_str_append(&show->out, line->data, line->len) !=
			STAGE_OK) {
			stage_err_set(
				&show->err, STAGE_NO_MEMORY, "out of memory");
			return false;
		}
		if (show->out.len >= WRITE_BYTES && !flush(show)) {
			return false;
		}
	}
	show->keeps_all = true;
	return flush(show);
}

// All that have a log, also those that are no services any more.
static enum stage_status
list_all(const struct stage_rig *rig, struct stage_strv *names,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv all = {0};
	struct stat st;
	enum stage_status status;

	stage_rig_run_path(rig, path, "log");
	status = stage_io_list_dir(path, &all, err);
	for (size_t i = 0; i < all.count && status == STAGE_OK; i++) {
		stage_rig_run_path(rig, path, "log/%s", all.items[i]);
		if (all.items[i][0] != '.' && stat(path, &st) == 0 &&
			S_ISDIR(st.st_mode)) {
			status = stage_strv_add(names, all.items[i]);
		}
	}
	stage_strv_finish(&all);
	if (status == STAGE_NOT_FOUND) {
		*err = (struct stage_err)STAGE_ERR_INIT;
		return STAGE_OK;
	}
	return status;
}

static enum stage_status
no_such_log(
	const char *name, const struct stage_strv *all, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(name);

	for (size_t i = 0; i < all->count; i++) {
		stage_suggest_offer(&suggest, all->items[i]);
	}
	if (suggest.best != NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no log of \"%s\"; did you mean %s?", name,
			suggest.best);
	}
	return stage_err_set(err, STAGE_NOT_FOUND,
		"there is neither a log nor a service \"%s\"; stagecraft "
		"status lists the services",
		name);
}

// The named ones: each has a log, or is a service that may write one.
static enum stage_status
list_named(const struct stage_cli *cli, struct stage_strv *names,
	struct stage_err *err)
{
	struct stage_strv all = {0};
	struct stage_service service;
	enum stage_status status = list_all(&cli->rig, &all, err);

	for (int i = 0; i < cli->operand_count && status == STAGE_OK; i++) {
		const char *name = cli->operands[i];
		if (!stage_strv_has(&all, name) &&
			stage_snapshot_phase(&cli->rig, name, &service, NULL) !=
				STAGE_OK) {
			status = no_such_log(name, &all, err);
		} else if (!stage_strv_has(names, name)) {
			status = stage_strv_add(names, name);
		}
	}
	stage_strv_finish(&all);
	return status;
}

static enum stage_status
open_logs(const struct stage_cli *cli, const struct stage_strv *names,
	struct show *show)
{
	size_t last_lines = show->keeps_all       ? 0
			    : show->ring_size > 0 ? show->ring_size
						  : 1;
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < names->count && status == STAGE_OK; i++) {
		char path[STAGE_PATH_MAX];
		stage_rig_run_path(&cli->rig, path, "log/%s", names->items[i]);
		status = stage_log_merge_add(show->merge, path, names->items[i],
			last_lines, &show->err);
	}
	return status;
}

static enum stage_status
read_lines_option(const struct stage_cli *cli, struct show *show)
{
	const char *text = stage_cli_value(cli, "lines");
	int64_t lines = USUAL_LINES;

	show->keeps_all = text != NULL && strcmp(text, "all") == 0;
	if (text != NULL && !show->keeps_all &&
		stage_num_parse(text, 0, MOST_LINES, &lines, NULL) !=
			STAGE_OK) {
		return stage_err_set(&show->err, STAGE_BAD_INPUT,
			"\"%s\" is no number of lines: 0 to %d, or all", text,
			MOST_LINES);
	}
	show->ring_size = show->keeps_all ? 0 : (size_t)lines;
	if (show->ring_size > 0) {
		show->ring = calloc(show->ring_size, sizeof(*show->ring));
		if (show->ring == NULL) {
			return stage_err_set(
				&show->err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	return STAGE_OK;
}

// Two files may be open for each service, and there may be a thousand.
static void
allow_more_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static enum stage_status
show_logs(struct stage_cli *cli, const struct stage_strv *names,
	struct show *show)
{
	struct stage_log_follow_config follow = {
		.rig = &cli->rig,
		.merge = show->merge,
		.names = names,
		.takes_new = cli->operand_count == 0,
		.drain = drain,
		.user = show,
	};
	enum stage_status status = open_logs(cli, names, show);

	if (status != STAGE_OK || !drain(show) || !empty_ring(show)) {
		return show->err.status;
	}
	if (!stage_cli_has(cli, "follow")) {
		if (names->count == 0) {
			printf("there are no logs yet\n");
		}
		return STAGE_OK;
	}
	status = stage_log_follow(&follow, &show->err);
	return status == STAGE_OK ? show->err.status : status;
}

static void
finish(struct show *show)
{
	stage_log_merge_destroy(show->merge);
	for (size_t i = 0; show->ring != NULL && i < show->ring_size; i++) {
		stage_str_finish(&show->ring[i]);
	}
	free(show->ring);
	stage_str_finish(&show->out);
}

static int
run(struct stage_cli *cli)
{
	struct show show = {.is_terminal = isatty(STDOUT_FILENO) == 1};
	struct stage_strv names = {0};
	enum stage_status status = read_lines_option(cli, &show);

	allow_more_files();
	show.merge = stage_log_merge_create(!stage_cli_has(cli, "follow"));
	if (show.merge == NULL && status == STAGE_OK) {
		status = stage_err_set(
			&show.err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status == STAGE_OK) {
		status = cli->operand_count > 0
				 ? list_named(cli, &names, &show.err)
				 : list_all(&cli->rig, &names, &show.err);
	}
	if (status == STAGE_OK) {
		status = show_logs(cli, &names, &show);
	}
	stage_strv_finish(&names);
	finish(&show);
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&show.err);
}

const struct stage_cli_verb stage_verb_logs = {
	.name = "logs",
	.operands = "[NAME...]",
	.max_operands = -1,
	.summary = "Shows what services have printed, merged by time",
	.details = "Of all services when none is named. Logs stay when a rig "
		   "goes down. Times are local.",
	.options = options,
	.run = run,
};
