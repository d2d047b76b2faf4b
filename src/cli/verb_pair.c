/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/exits.h"
#include "cli/page.h"
#include "cli/qr.h"

#define URL_MAX 512
#define DAY_MAX 32

// A code for a device.

static const struct stage_cli_option pair_options[] = {
	{"role", 'R', "ROLE", "viewer, performer (if not said) or admin"},
	{"interface", 'i', "NAME", "the network by which the device comes"},
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static void
print_qr(const char *url)
{
	struct stage_str text = {0};

	if (isatty(STDOUT_FILENO) && stage_qr_add(&text, url) == STAGE_OK) {
		printf("\n%s\n", text.data);
	}
	stage_str_finish(&text);
}

static int
show_code(const json_t *result)
{
	const json_t *urls = json_object_get(result, "urls");
	const char *code = stage_ask_text(result, "code");
	char link[URL_MAX];

	printf("open one of these on the device, and enter %.3s %s\n", code,
		code + 3);
	for (size_t i = 0; i < json_array_size(urls); i++) {
		printf("  %s\n", json_string_value(json_array_get(urls, i)));
	}
	if (json_array_size(urls) > 0) {
		snprintf(link, sizeof(link), "%s#pair=%s",
			json_string_value(json_array_get(urls, 0)), code);
		print_qr(link);
	}
	printf("it holds for %d s, for one %s\n",
		(int)json_integer_value(json_object_get(result, "seconds")),
		stage_ask_text(result, "role"));
	return STAGE_EXIT_OK;
}

static int
run_pair(struct stage_cli *cli)
{
	json_t *params = json_object();
	const char *role = stage_cli_value(cli, "role");
	const char *interface = stage_cli_value(cli, "interface");

	if (role != NULL) {
		(void)json_object_set_new(params, "role", json_string(role));
	}
	if (interface != NULL) {
		(void)json_object_set_new(
			params, "interface", json_string(interface));
	}
	return stage_ask_do(cli, &stage_page_daemon, "pair", params, show_code);
}

const struct stage_cli_verb stage_verb_pair = {
	.name = "pair",
	.operands = "",
	.summary = "Gives a code by which a phone can be paired",
	.details =
		"The page is for devices that are paired; what one may do is "
		"its role: a viewer looks, a performer plays the show, an "
		"admin may do all. stagecraft-web(8) has it all.",
	.options = pair_options,
	.run = run_pair,
};

// Those that are paired.

static const struct stage_cli_option device_options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_table_column columns[] = {
	{"ID", false, false, 0},
	{"NAME", false, true, 0},
	{"ROLE", false, false, 0},
	{"NETWORK", false, false, 3},
	{"PAIRED", false, false, 2},
	{"SEEN", false, false, 1},
};

static void
add_day(struct stage_table *table, const json_t *device, const char *key)
{
	time_t second =
		(time_t)json_integer_value(json_object_get(device, key));
	char text[DAY_MAX] = "";
	struct tm day;

	if (second != 0 && localtime_r(&second, &day) != NULL) {
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &day);
	}
	stage_table_cell(table, text, STAGE_TONE_DIM);
}

static int
show_devices(const json_t *result)
{
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	const json_t *devices = json_object_get(result, "devices");
	size_t i;
	json_t *device;

	if (json_array_size(devices) == 0) {
		stage_table_destroy(table);
		printf("no device is paired; stagecraft pair gives a code\n");
		return STAGE_EXIT_OK;
	}
	json_array_foreach (devices, i, device) {
		if (table == NULL) {
			break;
		}
		stage_table_cell(
			table, stage_ask_text(device, "id"), STAGE_TONE_STRONG);
		stage_table_cell(table, stage_ask_text(device, "name"),
			STAGE_TONE_PLAIN);
		stage_table_cell(table, stage_ask_text(device, "role"),
			STAGE_TONE_PLAIN);
		stage_table_cell(table, stage_ask_text(device, "interface"),
			STAGE_TONE_PLAIN);
		add_day(table, device, "paired");
		add_day(table, device, "seen");
	}
	return stage_ask_print_table(table);
}

static int
run_devices(struct stage_cli *cli)
{
	return stage_ask_do(cli, &stage_page_daemon, "devices", json_object(),
		show_devices);
}

const struct stage_cli_verb stage_verb_devices = {
	.name = "devices",
	.operands = "",
	.summary = "Lists the phones and computers that are paired",
	.details = "With what each may do, and when it was seen last.",
	.options = device_options,
	.run = run_devices,
};

static int
run_unpair(struct stage_cli *cli)
{
	return stage_ask_do(cli, &stage_page_daemon, "revoke",
		json_pack("{s:s}", "id", cli->operands[0]), NULL);
}

const struct stage_cli_verb stage_verb_unpair = {
	.name = "unpair",
	.operands = "ID",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Forgets a device, or all",
	.details = "It can do and see nothing from then on. ID is one that "
		   "stagecraft devices has, or the word all.",
	.options = device_options,
	.run = run_unpair,
};
