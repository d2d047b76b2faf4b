/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-exec [OPTIONS] PROGRAM [ARGUMENTS]: the chain loader. */

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/num.h"
#include "chain/chain.h"
#include "exec/options.h"
#include "exec/prepare.h"

// Whether it is for this very process to say that its service is ready, not for
// one above it, and not for the run script of which it is but a helper.
static bool
speaks_for_service(void)
{
	const char *speaker = getenv("STAGECRAFT_READY_BY");
	int64_t pid;

	return speaker != NULL &&
	       stage_num_parse(speaker, 1, INT32_MAX, &pid, NULL) == STAGE_OK &&
	       pid == getpid();
}

static void
set_service(struct stage_chain_config *config, struct stage_rig *rig)
{
	config->service = getenv("STAGECRAFT_SERVICE");
	config->marks_ready = config->service != NULL && speaks_for_service();
	if (config->rig == NULL || rig->run[0] == '\0' ||
		(config->service != NULL &&
			!stage_service_name_ok(config->service))) {
		config->service = NULL;
		config->marks_ready = false;
	}
}

int
main(int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_exec_options options = {0};
	struct stage_rig rig = {.run = ""};
	struct stage_chain_config config = {
		.prepare = stage_exec_prepare, .user = &options};
	enum stage_status status;

	stage_log_init("stagecraft-exec", STAGE_LOG_INFO);
	status = stage_exec_options_parse(&options, argc, argv, &err);
	if (status == STAGE_OK && options.wants_help) {
		stage_exec_options_help();
		stage_exec_options_finish(&options);
		return STAGE_EXIT_OK;
	}
	if (status == STAGE_OK) {
		if (stage_rig_find(&rig, NULL, NULL) == STAGE_OK) {
			config.rig = &rig;
		}
		set_service(&config, &rig);
		config.needs = &options.needs;
		config.argv = options.argv;
		config.timeout_ns = options.timeout_ns;
		status = stage_chain_run(&config, &err);
	}
	if (status != STAGE_OK) {
		stage_log_err("%s", err.text);
	}
	stage_exec_options_finish(&options);
	return stage_exit_code(status);
}
