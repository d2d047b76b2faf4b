/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What several verbs share.

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "rig/circles.h"
#include "rig/snapshot.h"

#define HELP_COLUMNS 79

static size_t
find_option(const struct stage_cli *cli, const char *name)
{
	size_t i = 0;

	while (cli->verb->options[i].name != NULL &&
		strcmp(cli->verb->options[i].name, name) != 0) {
		i++;
	}
	return i;
}

bool
stage_cli_has(const struct stage_cli *cli, const char *name)
{
	return stage_cli_value(cli, name) != NULL;
}

const char *
stage_cli_value(const struct stage_cli *cli, const char *name)
{
	return cli->values[find_option(cli, name)];
}

int
stage_cli_fail(const struct stage_err *err)
{
	stage_log_err("%s", err->text);
	return stage_exit_code(err->status);
}

enum stage_status
stage_cli_need_up(struct stage_cli *cli, struct stage_err *err)
{
	char up[STAGE_PATH_MAX];

	if (stage_rig_read_up(&cli->rig, up, sizeof(up)) != STAGE_OK) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"no rig is up; start one with stagecraft up");
	}
	if (cli->names_rig && !stage_rig_is_same(up, cli->rig.rig)) {
		return stage_err_set(err, STAGE_EXISTS,
			"the rig that is up is %s, not %s", up, cli->rig.rig);
	}
	memcpy(cli->rig.rig, up, sizeof(up));
	return STAGE_OK;
}

void
stage_cli_warn_circles(const struct stage_cli *cli)
{
	struct stage_strv circles = {0};

	(void)!stage_circles_tell(&cli->rig, &circles);
	for (size_t i = 0; i < circles.count; i++) {
		stage_log_warn("%s", circles.items[i]);
	}
	stage_strv_finish(&circles);
}

static void
print_option(const struct stage_cli_option *option)
{
	char left[64];
	int len = 0;

	if (option->letter != 0) {
		len = snprintf(left, sizeof(left), "-%c, ", option->letter);
	}
	len += snprintf(
		left + len, sizeof(left) - (size_t)len, "--%s", option->name);
	if (option->argument != NULL) {
		snprintf(left + len, sizeof(left) - (size_t)len, " %s",
			option->argument);
	}
	printf("  %-24s %s\n", left, option->help);
}

static void
print_wrapped(const char *text)
{
	struct stage_str lines = {0};

	if (stage_table_wrap(&lines, text, 0, HELP_COLUMNS, STAGE_TONE_PLAIN,
		    false) == STAGE_OK) {
		text = stage_str_text(&lines);
	}
	printf("%s", text);
	stage_str_finish(&lines);
}

// Without the first bytes of their names.
static void
print_verbs(const struct stage_cli_verb *const *verbs, size_t skip)
{
	for (size_t i = 0; verbs[i] != NULL; i++) {
		printf("  %-10s %s\n", verbs[i]->name + skip,
			verbs[i]->summary);
	}
}

static void
print_verb_help(const struct stage_cli_verb *verb)
{
	static const struct stage_cli_option common[] = {
		{"rig", 'r', "DIR",
			"the rig; else the one that is up, or ~/stagecraft"},
		{"help", 'h', NULL, "show this"},
	};

	printf("stagecraft %s%s%s\n\n%s.\n", verb->name,
		verb->operands[0] != '\0' ? " " : "", verb->operands,
		verb->summary);
	print_wrapped(verb->details);
	if (verb->verbs != NULL) {
		printf("\n");
		print_verbs(verb->verbs, strlen(verb->name) + 1);
	}
	printf("\nOptions:\n");
	for (size_t i = 0;
		verb->options != NULL && verb->options[i].name != NULL; i++) {
		print_option(&verb->options[i]);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(common); i++) {
		print_option(&common[i]);
	}
}

void
stage_cli_print_help(const struct stage_cli_verb *verb)
{
	if (verb != NULL) {
		print_verb_help(verb);
		return;
	}
	printf("stagecraft VERB [OPTIONS]: switch on and play\n\n");
	print_verbs(stage_cli_verbs, 0);
	printf("\nstagecraft VERB --help says more about one of them.\n");
}

enum stage_status
stage_cli_services(struct stage_cli *cli, bool all, struct stage_strv *names,
	struct stage_err *err)
{
	struct stage_service service;
	enum stage_status status = STAGE_OK;

	if (cli->operand_count == 0 && all) {
		return stage_snapshot_names(&cli->rig, true, names, err);
	}
	for (int i = 0; i < cli->operand_count && status == STAGE_OK; i++) {
		status = stage_snapshot_enabled(
			&cli->rig, cli->operands[i], &service, err);
		if (status == STAGE_OK &&
			stage_strv_add(names, cli->operands[i]) != STAGE_OK) {
			status = stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	return status;
}
