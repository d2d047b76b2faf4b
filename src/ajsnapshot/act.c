/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // realpath

#include "ajsnapshot/act.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "rpc/bytes.h"

#define TIMEOUT_NS (30 * STAGE_NS_PER_S)
#define FORMAT "aj-snapshot"

static json_t *
ignored_of(const struct stage_aj_options *options)
{
	json_t *ignored = json_array();

	for (size_t i = 0; i < options->ignored.count; i++) {
		json_array_append_new(
			ignored, json_string(options->ignored.items[i]));
	}
	return ignored;
}

// NULL: of both.
static const char *
system_of(const struct stage_aj_options *options)
{
	if (options->has_jack && options->has_alsa) {
		return NULL;
	}
	return options->has_jack ? "jack" : "alsa";
}

static void
tell_report(const struct stage_aj_options *options, const json_t *result)
{
	const json_t *report = json_object_get(result, "report");
	const char *warning =
		json_string_value(json_object_get(result, "warning"));

	if (warning != NULL) {
		stage_log_warn("%s", warning);
	}
	for (size_t i = 0; i < json_array_size(report) && !options->is_quiet;
		i++) {
		stage_log_warn(
			"%s", json_string_value(json_array_get(report, i)));
	}
}

// As aj-snapshot asks.
static bool
may_overwrite(const struct stage_aj_options *options)
{
	char answer[16] = "";

	if (options->forces || access(options->file, F_OK) != 0) {
		return true;
	}
	printf("The file %s already exists.\nDo you want to overwrite? y/n\n",
		options->file);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	       (answer[0] == 'y' || answer[0] == 'Y');
}

static enum stage_status
save(const struct stage_aj_options *options, const json_t *result,
	struct stage_err *err)
{
	struct stage_str bytes = {0};
	enum stage_status status = stage_rpc_bytes_take(result, &bytes);

	if (status != STAGE_OK) {
		stage_err_set(err, status, "the patchbay's answer is no file");
	} else {
		status = stage_atomic_save(options->file,
			stage_str_text(&bytes), bytes.len, 0, err);
	}
	stage_str_finish(&bytes);
	return status;
}

static enum stage_status
store(struct stage_rpc_client *client, const struct stage_aj_options *options,
	struct stage_err *err)
{
	json_t *result = NULL;
	enum stage_status status;

	if (!may_overwrite(options)) {
		return stage_err_set(err, STAGE_EXISTS, "%s is left as it is",
			options->file);
	}
	status = stage_rpc_client_call(client, "export",
		json_pack("{s:s, s:b, s:s*, s:o}", "format", FORMAT, "now",
			true, "system", system_of(options), "ignore",
			ignored_of(options)),
		TIMEOUT_NS, &result, err);
	if (status == STAGE_OK) {
		tell_report(options, result);
		status = save(options, result, err);
	}
	json_decref(result);
	return status;
}

static enum stage_status
restore(struct stage_rpc_client *client, const struct stage_aj_options *options,
	struct stage_err *err)
{
	char *path = realpath(options->file, NULL);
	json_t *result = NULL;
	enum stage_status status;

	if (path == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"unable to find %s: %s", options->file,
			strerror(errno));
	}
	status = stage_rpc_client_call(client, "import",
		json_pack("{s:s, s:s, s:b, s:b, s:s*, s:o}", "file", path,
			"format", FORMAT, "learn", true, "only",
			options->removes_first, "system", system_of(options),
			"ignore", ignored_of(options)),
		TIMEOUT_NS, &result, err);
	if (status == STAGE_OK) {
		tell_report(options, result);
	}
	json_decref(result);
	free(path);
	return status;
}

static enum stage_status
remove_all(struct stage_rpc_client *client,
	const struct stage_aj_options *options, struct stage_err *err)
{
	return stage_rpc_client_call(client, "clear",
		json_pack("{s:s*, s:o}", "system", system_of(options), "ignore",
			ignored_of(options)),
		TIMEOUT_NS, NULL, err);
}

/* The patchbay keeps what was restored, with or without this process; it stays
 * for those who wait for its end, and reads the file again at HUP. */
static enum stage_status
stay(struct stage_rpc_client *client, const struct stage_aj_options *options,
	struct stage_err *err)
{
	sigset_t signals;
	int signum = SIGHUP;
	enum stage_status status = STAGE_OK;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	while (status == STAGE_OK && signum == SIGHUP) {
		status = restore(client, options, err);
		if (status == STAGE_OK && sigwait(&signals, &signum) != 0) {
			break;
		}
	}
	return status;
}

enum stage_status
stage_aj_act(struct stage_rpc_client *client,
	const struct stage_aj_options *options, struct stage_err *err)
{
	switch (options->action) {
	case STAGE_AJ_STORE:
		return store(client, options, err);
	case STAGE_AJ_RESTORE:
		return restore(client, options, err);
	case STAGE_AJ_DAEMON:
		return stay(client, options, err);
	case STAGE_AJ_REMOVE:
		return remove_all(client, options, err);
	case STAGE_AJ_ACTION_COUNT:
		break;
	}
	return STAGE_OK;
}
