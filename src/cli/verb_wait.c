/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/num.h"
#include "cli/cli.h"
#include "cli/report.h"

static const struct stage_cli_option options[] = {
	{"timeout", 't', "DURATION",
		"give up after this long (0: at once); else never"},
	{NULL, 0, NULL, NULL},
};

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	const char *timeout = stage_cli_value(cli, "timeout");
	int64_t timeout_ns = -1;
	enum stage_status status = stage_cli_need_up(cli, &err);
	int code;

	if (status == STAGE_OK && timeout != NULL) {
		status = stage_num_parse_duration(timeout, &timeout_ns, &err);
	}
	if (status == STAGE_OK) {
		status = stage_cli_services(cli, true, &names, &err);
	}
	// Of all services, those that wait for hardware are as ready as they
	// will be; one that was named must really be.
	code = status == STAGE_OK
		       ? stage_report_until_settled(cli, &names,
				 cli->operand_count > 0 ? STAGE_REPORT_READY
							: STAGE_REPORT_SETTLED,
				 timeout_ns)
		       : stage_cli_fail(&err);
	stage_strv_finish(&names);
	return code;
}

const struct stage_cli_verb stage_verb_wait = {
	.name = "wait",
	.operands = "[NAME...]",
	.max_operands = -1,
	.summary = "Waits until services are ready",
	.details =
		"All services when none is named. Woken by the event itself, "
		"so fit for scripts. The exit code is 1 when one of them "
		"cannot be ready: it has failed, is down or disabled, or was "
		"removed.",
	.options = options,
	.run = run,
};
