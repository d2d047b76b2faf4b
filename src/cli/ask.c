/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "cli/terminal.h"

#define CONNECT_NS (10 * STAGE_NS_PER_S)

struct stage_rpc_client *
stage_ask_connect(struct stage_cli *cli, const struct stage_ask_daemon *daemon,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	if (stage_cli_need_up(cli, err) != STAGE_OK) {
		return NULL;
	}
	stage_rig_run_path(&cli->rig, path, "%s", daemon->socket);
	return stage_rpc_client_reach(path, CONNECT_NS, daemon->absent, err);
}

enum stage_status
stage_ask_call(struct stage_cli *cli, const struct stage_ask_daemon *daemon,
	const char *method, json_t *params, json_t **result,
	struct stage_err *err)
{
	struct stage_rpc_client *client;
	enum stage_status status;

	if (params == NULL) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "%s", daemon->no_text);
	}
	client = stage_ask_connect(cli, daemon, err);
	if (client == NULL) {
		json_decref(params);
		return err->status;
	}
	status = stage_rpc_client_call(
		client, method, params, daemon->patience_ns, result, err);
	stage_rpc_client_destroy(client);
	return status;
}

int
stage_ask_do(struct stage_cli *cli, const struct stage_ask_daemon *daemon,
	const char *method, json_t *params, int (*show)(const json_t *result))
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *result = NULL;
	const char *warning;
	int code = STAGE_EXIT_OK;

	if (stage_ask_call(cli, daemon, method, params, &result, &err) !=
		STAGE_OK) {
		return stage_cli_fail(&err);
	}
	warning = stage_ask_text(result, "warning");
	if (warning[0] != '\0') {
		stage_log_warn("%s", warning);
	}
	if (stage_cli_has(cli, "json")) {
		stage_ask_print_json(result);
	} else if (show != NULL) {
		code = show(result);
	}
	json_decref(result);
	return code;
}

int
stage_ask_print_table(struct stage_table *table)
{
	struct stage_terminal terminal;
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = STAGE_NO_MEMORY;

	stage_terminal_look(&terminal, STDOUT_FILENO);
	if (table != NULL) {
		status = stage_table_render(
			table, terminal.columns, terminal.has_colour, &text);
	}
	if (status == STAGE_OK) {
		status = stage_terminal_write(text.data, text.len);
	}
	stage_str_finish(&text);
	stage_table_destroy(table);
	if (status == STAGE_OK || status == STAGE_GONE) {
		return STAGE_EXIT_OK;
	}
	stage_err_set(
		&err, status, "unable to show it: %s", stage_strerror(status));
	return stage_cli_fail(&err);
}

void
stage_ask_print_count(const json_t *count, const char *thing)
{
	json_int_t number = json_integer_value(count);

	printf("%d %s%s", (int)number, thing, number == 1 ? "" : "s");
}

void
stage_ask_print_json(const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	if (text != NULL) {
		printf("%s\n", text);
	}
	free(text);
}

const char *
stage_ask_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}
