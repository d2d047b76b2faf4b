/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// watch: what the patchbay does, as it does it.

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/exits.h"
#include "cli/patch.h"

#define TIMEOUT_NS (10 * STAGE_NS_PER_S)
#define LONG_NS (3600 * STAGE_NS_PER_S) // then it is waited for once more

static const struct stage_cli_option options[] = {
	{"json", 'j', NULL, "print a JSON object a line, for programs"},
	{NULL, 0, NULL, NULL},
};

static void
show_words(const struct stage_rpc_event *event)
{
	const char *topic = event->topic;
	const json_t *data = event->data;

	if (event->is_resync) {
		printf("events that were lost: %d\n", (int)event->dropped);
	} else if (strcmp(topic, "connection") == 0) {
		printf("%s: %s -> %s\n", stage_ask_text(data, "what"),
			stage_ask_text(data, "from"),
			stage_ask_text(data, "to"));
	} else if (strcmp(topic, "learned") == 0) {
		printf("saved as generation %lld: %s\n",
			(long long)json_integer_value(
				json_object_get(data, "generation")),
			stage_ask_text(data, "reason"));
	} else if (strcmp(topic, "files") == 0) {
		printf("patch files have changed\n");
	} else if (strcmp(topic, "mode") == 0) {
		printf("mode: %s\n", stage_ask_text(data, "mode"));
	} else {
		printf("song: %s, set: %s\n", stage_ask_text(data, "song"),
			stage_ask_text(data, "set"));
	}
}

static void
show(const struct stage_rpc_event *event, bool wants_json)
{
	char clock[16] = "";
	time_t now = time(NULL);
	struct tm local;

	if (wants_json) {
		json_t *line = json_pack("{s:s?, s:I, s:O?}", "topic",
			event->topic, "seq", (json_int_t)event->seq, "data",
			event->data);
		stage_ask_print_json(line);
		json_decref(line);
	} else {
		if (localtime_r(&now, &local) != NULL) {
			strftime(clock, sizeof(clock), "%H:%M:%S ", &local);
		}
		printf("%s", clock);
		show_words(event);
	}
	fflush(stdout);
}

// What it all begins with.
static void
show_snapshot(const json_t *snapshot, bool wants_json)
{
	json_t *state = json_object_get(snapshot, "state");

	if (wants_json) {
		json_t *line = json_pack("{s:s, s:O?, s:O?}", "topic", "state",
			"seq", json_object_get(snapshot, "seq"), "data", state);
		stage_ask_print_json(line);
		json_decref(line);
	} else {
		printf("mode: %s; Ctrl-C ends\n",
			stage_ask_text(state, "mode"));
	}
	fflush(stdout);
}

static int
run(struct stage_cli *cli)
{
	bool wants_json = stage_cli_has(cli, "json");
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client = stage_patch_connect(cli, &err);
	json_t *snapshot = NULL;
	enum stage_status status =
		client == NULL ? err.status
			       : stage_rpc_client_subscribe(client, NULL,
					 TIMEOUT_NS, &snapshot, &err);

	if (status == STAGE_OK) {
		show_snapshot(snapshot, wants_json);
	}
	json_decref(snapshot);
	while (status == STAGE_OK && !ferror(stdout)) {
		struct stage_rpc_event event;
		status = stage_rpc_client_next_event(
			client, LONG_NS, &event, &err);
		if (status == STAGE_OK) {
			show(&event, wants_json);
			stage_rpc_event_finish(&event);
		} else if (status == STAGE_TIMEOUT) {
			err = (struct stage_err)STAGE_ERR_INIT;
			status = STAGE_OK;
		}
	}
	stage_rpc_client_destroy(client);
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_patch_verb_watch = {
	.name = "patch watch",
	.operands = "",
	.summary = "Shows what the patchbay does as it does it",
	.details = "A line for each connection that is made, removed, learned "
		   "or lost, until Ctrl-C.",
	.options = options,
	.run = run,
};
