/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/page.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

const struct stage_ask_daemon stage_page_daemon = {
	.socket = "web.sock",
	.absent = "the page is not served; stagecraft status says why, "
		  "stagecraft enable web makes its service",
	.no_text = "a name must be UTF-8 text",
	.patience_ns = 10 * STAGE_NS_PER_S,
};

void
stage_page_tell(struct stage_cli *cli)
{
	char path[STAGE_PATH_MAX];
	json_t *result = NULL;
	const json_t *urls;
	const char *url;

	stage_rig_run_path(&cli->rig, path, "%s", stage_page_daemon.socket);
	if (access(path, F_OK) != 0 ||
		stage_ask_call(cli, &stage_page_daemon, "state", json_object(),
			&result, NULL) != STAGE_OK) {
		return;
	}
	urls = json_object_get(json_object_get(result, "state"), "urls");
	url = json_string_value(json_array_get(urls, 0));
	if (url != NULL) {
		printf("the page is at %s; stagecraft pair gives a code for a "
		       "phone\n",
			url);
	}
	json_decref(result);
}
