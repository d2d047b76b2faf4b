/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "cli/crash_list.h"
#include "cli/crash_view.h"
#include "fuzz.h"
#include "rig/crash_record.h"

// Lines of clean text, whatever the log lines in the record are.
static void
check_view(const struct stage_crashes *crashes)
{
	struct stage_str out = {0};

	FUZZ_CHECK(stage_crash_view("x", crashes, &out) == STAGE_OK);
	FUZZ_CHECK(strncmp(out.data, "x: ended ", 9) == 0);
	for (const char *at = out.data; *at != '\0';) {
		size_t len = strcspn(at, "\n");
		FUZZ_CHECK(at[len] == '\n');
		fuzz_check_text(at, len);
		at += len + 1;
	}
	stage_str_finish(&out);
}

// `stagecraft crashes --json` says all of it, and it can be read again.
static void
check_json(const struct stage_crashes *crashes)
{
	json_t *object = stage_crashes_to_json("x", crashes);
	json_t *deaths = json_object_get(object, "deaths");
	struct stage_crashes again;

	FUZZ_CHECK(object != NULL);
	FUZZ_CHECK(json_array_size(deaths) == crashes->count);
	stage_crashes_take(deaths, &again);
	FUZZ_CHECK(again.count == crashes->count);
	stage_crashes_finish(&again);
	json_decref(object);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_crashes crashes;
	json_t *record = stage_crash_record_parse(
		"x.json", (const char *)data, size, &err);

	fuzz_check_err(err.status, &err);
	FUZZ_CHECK((record == NULL) == (err.status != STAGE_OK));
	if (record != NULL) {
		stage_crashes_take(record, &crashes);
		FUZZ_CHECK(crashes.count <= json_array_size(record));
		check_view(&crashes);
		check_json(&crashes);
		stage_crashes_finish(&crashes);
	}
	json_decref(record);
	return 0;
}
