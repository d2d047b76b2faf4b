/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/str.h"
#include "base/suggest.h"
#include "check.h"
#include "fuzz.h"
#include "rig/paths.h"
#include "runit/name.h"

// What runit, a path, a log line and JSON can hold, and nobody else has.
static void
check_good(const char *name)
{
	size_t len = strlen(name);

	fuzz_check_text(name, len);
	FUZZ_CHECK(len > 0 && len <= STAGE_SERVICE_NAME_MAX);
	FUZZ_CHECK(name[0] != '.');
	FUZZ_CHECK(strchr(name, '/') == NULL);
	FUZZ_CHECK(!stage_ends_with(name, STAGE_RUNIT_DISABLED_END));
}

static void
check_kind(const char *name)
{
	enum stage_runit_name_kind kind = stage_runit_name_judge(name);
	const char *fault = stage_runit_name_fault(name);

	FUZZ_CHECK((kind == STAGE_RUNIT_NAME_SERVICE) == (fault[0] == '\0'));
	if (kind == STAGE_RUNIT_NAME_SERVICE) {
		check_good(name);
	}
	FUZZ_CHECK((kind == STAGE_RUNIT_NAME_HIDDEN) ==
		   (name[0] == '\0' || name[0] == '.'));
	FUZZ_CHECK(kind != STAGE_RUNIT_NAME_DISABLED ||
		   stage_ends_with(name, STAGE_RUNIT_DISABLED_END));
}

static void
check_service(const char *name)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_service_name_check(name, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK((status == STAGE_OK) == stage_service_name_ok(name));
	if (status == STAGE_OK) {
		check_good(name);
		FUZZ_CHECK(!stage_ends_with(name, "~"));
		FUZZ_CHECK(strcmp(name, STAGE_WATCH_SERVICE) != 0);
	}
}

// A name that is not there: the nearest of those that are.
static void
check_suggestion(const char *name)
{
	static const char *const known[] = {"jack", "patchbay", "synth"};
	struct stage_suggest near = STAGE_SUGGEST_INIT(name);

	for (size_t i = 0; i < STAGE_COUNT_OF(known); i++) {
		size_t distance = stage_suggest_distance(name, known[i]);
		FUZZ_CHECK((distance == 0) == (strcmp(name, known[i]) == 0));
		FUZZ_CHECK(distance == stage_suggest_distance(known[i], name));
		stage_suggest_offer(&near, known[i]);
		FUZZ_CHECK(distance != 0 || near.best == known[i]);
	}
}

// The input is the name of an entry of services/, or of an operand.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = fuzz_copy(data, size);

	check_kind(name);
	check_service(name);
	check_suggestion(name);
	free(name);
	return 0;
}
