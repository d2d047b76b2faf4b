/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-aj-snapshot: for scripts that call aj-snapshot. It takes the same
 * options, and has the patchbay of the rig that is up do what they ask for; man
 * stagecraft-aj-snapshot says where that differs.
 */

#include "ajsnapshot/act.h"
#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "rig/paths.h"

#define CONNECT_NS (30 * STAGE_NS_PER_S)

static enum stage_status
run(const struct stage_aj_options *options, struct stage_err *err)
{
	struct stage_rpc_client *client;
	struct stage_rig rig;
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_rig_find(&rig, NULL, err);

	if (status != STAGE_OK) {
		return status;
	}
	stage_rig_run_path(&rig, path, "patchbay.sock");
	client = stage_rpc_client_reach(path, CONNECT_NS,
		"no patchbay is running; stagecraft status says why", err);
	if (client == NULL) {
		return err->status;
	}
	status = stage_aj_act(client, options, err);
	stage_rpc_client_destroy(client);
	return status;
}

static int
run_options(const struct stage_aj_options *options)
{
	struct stage_err err = STAGE_ERR_INIT;

	for (size_t i = 0; i < options->remarks.count && !options->is_quiet;
		i++) {
		stage_log_warn("%s", options->remarks.items[i]);
	}
	if (run(options, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return stage_exit_code(err.status);
	}
	return STAGE_EXIT_OK;
}

int
main(int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_aj_options options = {0};
	int code = STAGE_EXIT_OK;

	stage_log_init("stagecraft-aj-snapshot", STAGE_LOG_INFO);
	if (stage_aj_options_parse(&options, argc, argv, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		code = STAGE_EXIT_PERMANENT;
	} else if (options.wants_help) {
		stage_aj_options_help();
	} else {
		code = run_options(&options);
	}
	stage_aj_options_finish(&options);
	return code;
}
