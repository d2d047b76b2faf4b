/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/num.h"
#include "cli/cli.h"
#include "cli/fill_rig.h"
#include "cli/foreground.h"
#include "cli/logout.h"
#include "cli/page.h"
#include "cli/relink.h"
#include "cli/report.h"
#include "rig/bring_up.h"
#include "rig/install.h"
#include "rig/snapshot.h"
#include "rig/supervisor.h"

#define TIMEOUT_NS (60 * STAGE_NS_PER_S)

static const struct stage_cli_option options[] = {
	{"demo", 'd', NULL, "make a new rig as the demo, which plays at once"},
	{"foreground", 'f', NULL,
		"stay, mind runsvdir, and take the rig down at TERM or Ctrl-C"},
	{"timeout", 't', "DURATION",
		"how long to wait for all services, 60s if not given"},
	{NULL, 0, NULL, NULL},
};

static enum stage_status
join(const struct stage_strv *names, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < names->count && status == STAGE_OK; i++) {
		status = stage_str_addf(
			out, "%s%s", i > 0 ? ", " : "", names->items[i]);
	}
	return status;
}

// What cannot be mended is no reason to leave the rest of the rig down.
static void
mend_links(const struct stage_rig *rig)
{
	struct stage_relinked done = {0};
	struct stage_str mended = {0};
	struct stage_str left = {0};
	char data[STAGE_PATH_MAX];

	if (stage_install_data(data, NULL) == STAGE_OK &&
		stage_relink(data, rig, &done, NULL) == STAGE_OK &&
		join(&done.mended, &mended) == STAGE_OK &&
		join(&done.left, &left) == STAGE_OK) {
		if (mended.len > 0) {
			printf("linked to the templates of this computer: "
			       "%s\n",
				mended.data);
		}
		if (left.len > 0) {
			stage_log_warn("the links of %s lead to templates of "
				       "another computer, and the rig cannot "
				       "be written to; copy it to where it "
				       "can, and take that up",
				left.data);
		}
	}
	stage_relinked_finish(&done);
	stage_str_finish(&mended);
	stage_str_finish(&left);
}

static enum stage_status
bring_up(struct stage_cli *cli, bool *was_up, struct stage_err *err)
{
	const char *model = stage_cli_has(cli, "demo") ? "demo" : "minimal";
	bool made = false;
	int lock;
	enum stage_status status = stage_supervisor_lock(&cli->rig, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_rig_make(&cli->rig, model, stage_fill_rig, &made, err);
	if (made) {
		printf("made a new %s rig in %s\n", model, cli->rig.rig);
	}
	if (status == STAGE_OK) {
		mend_links(&cli->rig);
		status = stage_rig_bring_up(&cli->rig, was_up, err);
	}
	close(lock);
	return status;
}

static int
report(struct stage_cli *cli, int64_t timeout_ns)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	int code;

	if (stage_snapshot_names(&cli->rig, true, &names, &err) != STAGE_OK) {
		stage_strv_finish(&names);
		return stage_cli_fail(&err);
	}
	code = stage_report_until_settled(
		cli, &names, STAGE_REPORT_SETTLED, timeout_ns);
	if (names.count == 0) {
		printf("this rig has no services yet; stagecraft enable shows "
		       "what there is\n");
	} else if (code == STAGE_EXIT_OK) {
		printf("the rig is up; stagecraft status shows it, stagecraft "
		       "down ends it\n");
		stage_page_tell(cli);
	}
	if (stage_logout_ends_rig(&cli->rig, getuid(), "")) {
		printf("it ends at your last logout; loginctl enable-linger "
		       "lets it play on\n");
	}
	stage_strv_finish(&names);
	return code;
}

// Takes it up and says which rig that is; gives the exit code.
static int
start(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	bool was_up = false;

	if (bring_up(cli, &was_up, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	printf("%s %s\n",
		was_up ? "the rig is up already:" : "rig:", cli->rig.rig);
	fflush(stdout);
	stage_cli_warn_circles(cli);
	return STAGE_EXIT_OK;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	const char *timeout = stage_cli_value(cli, "timeout");
	int64_t timeout_ns = TIMEOUT_NS;
	int code;

	if (timeout != NULL && stage_num_parse_duration(timeout, &timeout_ns,
				       &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	if (stage_cli_has(cli, "foreground")) {
		return stage_foreground_run(cli, timeout_ns, start);
	}
	code = start(cli);
	return code == STAGE_EXIT_OK ? report(cli, timeout_ns) : code;
}

const struct stage_cli_verb stage_verb_up = {
	.name = "up",
	.operands = "",
	.max_operands = 0,
	.summary = "Takes the rig up and says when each service is ready",
	.details = "Makes the rig first when there is none. A rig that is up "
		   "already is left as it is.",
	.options = options,
	.run = run,
};
