/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "cli/cli.h"
#include "cli/rigdir.h"
#include "cli/status_view.h"
#include "cli/status_watch.h"
#include "cli/terminal.h"
#include "rig/circles.h"
#include "rig/snapshot.h"
#include "rig/sound_server.h"
#include "rig/supervisor.h"

#define SCREEN_ENTER "\033[?1049h\033[?25l"
#define SCREEN_LEAVE "\033[?25h\033[?1049l"

static const struct stage_cli_option options[] = {
	{"all", 'a', NULL,
		"also show stagecraft's own watcher when it is well"},
	{"json", 'j', NULL, "print JSON, for programs"},
	{"watch", 'w', NULL, "stay and show each change; Ctrl-C ends it"},
	{NULL, 0, NULL, NULL},
};

// What is looked at, and what was seen the last time.
struct look {
	struct stage_cli *cli;
	const char *name; // one service; NULL: all
	bool wants_json;
	bool is_watching;
	bool is_screen; // drawn over in place
	struct stage_services services;
	int64_t seen_ns;
	double *cpu_percent;       // [services.count]
	struct stage_strv circles; // sentences
	int code;
	struct stage_err err;
};

static enum stage_status
take(const struct look *look, struct stage_services *services,
	struct stage_err *err)
{
	enum stage_status status;

	if (look->name == NULL) {
		status = stage_snapshot_all(&look->cli->rig, services, err);
		// A rig that is not there yet has no services.
		if (status == STAGE_NOT_FOUND) {
			*err = (struct stage_err)STAGE_ERR_INIT;
			status = STAGE_OK;
		}
		return status;
	}
	services->items = calloc(1, sizeof(*services->items));
	if (services->items == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	services->count = 1;
	status = stage_snapshot_one(
		&look->cli->rig, look->name, services->items, err);
	if (status != STAGE_OK) {
		stage_snapshot_finish(services);
	}
	return status;
}

static const struct stage_service *
find(const struct stage_services *services, const char *name)
{
	for (size_t i = 0; i < services->count; i++) {
		if (strcmp(services->items[i].name, name) == 0) {
			return &services->items[i];
		}
	}
	return NULL;
}

// Takes a new snapshot in place of the one before.
static enum stage_status
refresh(struct look *look)
{
	struct stage_services now = {0};
	int64_t now_ns;
	double *cpu_percent;
	enum stage_status status = take(look, &now, &look->err);

	if (status != STAGE_OK) {
		return status;
	}
	now_ns = stage_clock_now_ns();
	cpu_percent = calloc(now.count + 1, sizeof(*cpu_percent));
	if (cpu_percent == NULL) {
		stage_snapshot_finish(&now);
		return stage_err_set(
			&look->err, STAGE_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < now.count; i++) {
		cpu_percent[i] = stage_status_view_cpu(&now.items[i],
			find(&look->services, now.items[i].name),
			now_ns - look->seen_ns);
	}
	stage_snapshot_finish(&look->services);
	free(look->cpu_percent);
	look->services = now;
	look->seen_ns = now_ns;
	look->cpu_percent = cpu_percent;
	stage_strv_finish(&look->circles);
	(void)!stage_circles_tell(&look->cli->rig, &look->circles);
	return STAGE_OK;
}

// The JACK server that plays without a real-time thread, or NULL.
static const char *
find_slow_server(const struct look *look)
{
	const struct stage_service *server =
		stage_sound_server_find(&look->cli->rig, &look->services);

	return stage_sound_server_is_slow(&look->cli->rig, server)
		       ? server->name
		       : NULL;
}

static void
describe(const struct look *look, struct stage_status_view *view)
{
	struct stage_proc_id runsvdir;

	*view = (struct stage_status_view){
		.rig = &look->cli->rig,
		.is_up = stage_rig_is_up(&look->cli->rig),
		.is_supervised =
			stage_supervisor_find(&look->cli->rig, &runsvdir),
		.is_one = look->name != NULL,
		.shows_watcher =
			look->name != NULL || stage_cli_has(look->cli, "all"),
		.services = &look->services,
		.cpu_percent = look->cpu_percent,
		.slow_server = find_slow_server(look),
		.circles = &look->circles,
	};
}

static enum stage_status
format_json(const struct look *look, const struct stage_status_view *view,
	struct stage_str *out)
{
	json_t *json = stage_status_view_json(view);
	char *text = json != NULL ? json_dumps(json, look->is_watching
							     ? JSON_COMPACT
							     : JSON_INDENT(2))
				  : NULL;
	enum stage_status status = STAGE_NO_MEMORY;

	if (text != NULL) {
		status = stage_str_addf(out, "%s\n", text);
	}
	free(text);
	json_decref(json);
	return status;
}

// Puts text over what the screen shows, as much of it as there is room for.
static enum stage_status
format_screen(const struct stage_str *text, size_t rows, struct stage_str *out)
{
	enum stage_status status = stage_str_add(out, "\033[H");
	const char *at = stage_str_text(text);

	for (size_t row = 1; *at != '\0' && status == STAGE_OK; row++) {
		size_t len = strcspn(at, "\n");
		if (row == rows && at[len] == '\n' && at[len + 1] != '\0') {
			status = stage_str_add(out, "...\033[K");
			break;
		}
		status = stage_str_append(out, at, len);
		if (status == STAGE_OK) {
			status = stage_str_add(
				out, row == rows ? "\033[K" : "\033[K\n");
		}
		at += len + (at[len] == '\n');
	}
	return status == STAGE_OK ? stage_str_add(out, "\033[J") : status;
}

static enum stage_status
format(const struct look *look, const struct stage_status_view *view,
	struct stage_str *out)
{
	struct stage_terminal terminal;
	struct stage_str text = {0};
	enum stage_status status;

	if (look->wants_json) {
		return format_json(look, view, out);
	}
	stage_terminal_look(&terminal, STDOUT_FILENO);
	status = stage_status_view_text(
		view, terminal.columns, terminal.has_colour, &text);
	if (status == STAGE_OK && look->is_watching && !look->is_screen) {
		status = stage_str_add(&text, "\n");
	}
	if (status == STAGE_OK) {
		status = look->is_screen
				 ? format_screen(&text, terminal.rows, out)
				 : stage_str_append(out, text.data, text.len);
	}
	stage_str_finish(&text);
	return status;
}

static enum stage_status
show(struct look *look)
{
	struct stage_status_view view;
	struct stage_str out = {0};
	enum stage_status status = refresh(look);

	if (status != STAGE_OK) {
		return status;
	}
	describe(look, &view);
	look->code = stage_status_view_exit(&view);
	status = format(look, &view, &out);
	if (status == STAGE_OK) {
		status = stage_terminal_write(out.data, out.len);
	}
	if (status != STAGE_OK) {
		stage_err_set(&look->err, status, "unable to show it: %s",
			stage_strerror(status));
	}
	stage_str_finish(&out);
	return status;
}

static bool
draw(void *user)
{
	struct look *look = user;

	return show(look) == STAGE_OK;
}

static enum stage_status
watch(struct look *look)
{
	struct stage_terminal terminal;
	enum stage_status status;

	stage_terminal_look(&terminal, STDOUT_FILENO);
	look->is_watching = true;
	look->is_screen = terminal.has_cursor && !look->wants_json;
	signal(SIGPIPE, SIG_IGN);
	if (look->is_screen) {
		(void)!stage_terminal_write(
			SCREEN_ENTER, sizeof(SCREEN_ENTER) - 1);
	}
	status = stage_status_watch(
		&look->cli->rig, look->is_screen, draw, look, &look->err);
	if (look->is_screen) {
		(void)!stage_terminal_write(
			SCREEN_LEAVE, sizeof(SCREEN_LEAVE) - 1);
	}
	look->code = STAGE_EXIT_OK;
	// Somebody who reads no more has seen enough.
	if (look->err.status == STAGE_GONE) {
		return STAGE_OK;
	}
	return status == STAGE_OK ? look->err.status : status;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct look look = {
		.cli = cli,
		.name = cli->operand_count > 0 ? cli->operands[0] : NULL,
		.wants_json = stage_cli_has(cli, "json"),
	};
	bool is_watching = stage_cli_has(cli, "watch");
	enum stage_status up = stage_cli_need_up(cli, &err);
	int code;

	if (up == STAGE_EXISTS) {
		return stage_cli_fail(&err);
	}
	if (up != STAGE_OK && !is_watching && !look.wants_json) {
		printf("%s\n", err.text);
		return STAGE_EXIT_NO;
	}
	code = (is_watching ? watch(&look) : show(&look)) == STAGE_OK
		       ? look.code
		       : stage_cli_fail(&look.err);
	stage_snapshot_finish(&look.services);
	stage_strv_finish(&look.circles);
	free(look.cpu_percent);
	return code;
}

const struct stage_cli_verb stage_verb_status = {
	.name = "status",
	.operands = "[NAME]",
	.max_operands = 1,
	.summary = "Shows what each service is doing, and why",
	.details = "The exit code is 0 when all are ready, idle (nothing is "
		   "plugged in), down on request or disabled; 1 when one is "
		   "held back, has failed or is not ready yet, or when no rig "
		   "is up.",
	.options = options,
	.run = run,
};
