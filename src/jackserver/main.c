/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "base/exits.h"
#include "base/log.h"
#include "jackserver/daemon.h"

static int
check(const struct stage_jackserver_config *config)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_jackserver_check(config, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return STAGE_EXIT_PERMANENT;
	}
	puts("OK");
	return STAGE_EXIT_OK;
}

int
main(int argc, char **argv)
{
	static struct stage_jackserver_options options;
	struct stage_err err = STAGE_ERR_INIT;

	stage_log_init("stagecraft-jack", STAGE_LOG_INFO);
	if (stage_jackserver_options_parse(argc, argv, &options, &err) !=
		STAGE_OK) {
		stage_log_err("%s", err.text);
		return STAGE_EXIT_PERMANENT;
	}
	if (options.is_verbose) {
		stage_log_init("stagecraft-jack", STAGE_LOG_DEBUG);
	}
	if (options.is_help) {
		fputs(stage_jackserver_help(), stdout);
		return STAGE_EXIT_OK;
	}
	if (options.is_clean) {
		return stage_jackserver_clean();
	}
	if (options.is_check) {
		return check(&options.config);
	}
	return stage_jackserver_run(&options);
}
