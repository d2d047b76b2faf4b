/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/exits.h"
#include "cli/ask.h"
#include "doctor/doctor.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_table_column columns[] = {
	{"CHECK", false, false, 0},
	{"IS", false, false, 0},
	{"WHAT IT MEANS", false, true, 0},
};

static const enum stage_tone tones[STAGE_DOCTOR_LEVEL_COUNT] = {
	[STAGE_DOCTOR_OK] = STAGE_TONE_GOOD,
	[STAGE_DOCTOR_NOT_KNOWN] = STAGE_TONE_DIM,
	[STAGE_DOCTOR_WARN] = STAGE_TONE_BUSY,
	[STAGE_DOCTOR_BAD] = STAGE_TONE_BAD,
};

static int
print(const struct stage_doctor *doctor)
{
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));

	for (size_t i = 0; table != NULL && i < STAGE_DOCTOR_CHECKS; i++) {
		const struct stage_doctor_check *check = &doctor->checks[i];

		stage_table_cell(table, check->name, STAGE_TONE_PLAIN);
		stage_table_cell(table, stage_doctor_level_word(check->level),
			tones[check->level]);
		stage_table_cell(table, check->text, STAGE_TONE_PLAIN);
	}
	return stage_ask_print_table(table);
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_services services = {0};
	struct stage_doctor_facts facts;
	struct stage_doctor doctor;
	int code = STAGE_EXIT_OK;
	enum stage_status status = stage_cli_need_up(cli, &err);

	if (status == STAGE_EXISTS) {
		return stage_cli_fail(&err);
	}
	err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_snapshot_all(&cli->rig, &services, &err);
	if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
		return stage_cli_fail(&err);
	}
	stage_doctor_look(&cli->rig, "", &services, &facts);
	stage_doctor_judge(&facts, &doctor);
	if (stage_cli_has(cli, "json")) {
		json_t *json = stage_doctor_to_json(&doctor, &facts);

		stage_ask_print_json(json);
		json_decref(json);
	} else {
		code = print(&doctor);
	}
	stage_snapshot_finish(&services);
	return code == STAGE_EXIT_OK &&
			       stage_doctor_worst(&doctor) == STAGE_DOCTOR_BAD
		       ? STAGE_EXIT_NO
		       : code;
}

const struct stage_cli_verb stage_verb_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "Says whether the computer is fit for a show, and what to "
		   "mend",
	.details = "Looks at services, real-time rights, memory, disk, "
		   "temperature and what else has spoilt shows. The exit code "
		   "is 1 when something is bad.",
	.options = options,
	.run = run,
};
