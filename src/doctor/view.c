/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "doctor/doctor.h"

#include <assert.h>

#include "base/attr.h"
#include "rpc/proto.h"

#define DEGREE_MC 1000.0

static const char *const words[] = {
	[STAGE_DOCTOR_OK] = "ok",
	[STAGE_DOCTOR_NOT_KNOWN] = "unknown",
	[STAGE_DOCTOR_WARN] = "warn",
	[STAGE_DOCTOR_BAD] = "bad",
};

static_assert(STAGE_COUNT_OF(words) == STAGE_DOCTOR_LEVEL_COUNT,
	"every level has a word");

const char *
stage_doctor_level_word(enum stage_doctor_level level)
{
	return words[level];
}

static json_t *
view_number(int64_t number)
{
	return number != STAGE_DOCTOR_UNKNOWN ? json_integer(number)
					      : json_null();
}

static json_t *
view_machine(const struct stage_doctor_facts *facts)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "disk_bytes",
		view_number(facts->disk_bytes), "disk_free_bytes",
		view_number(facts->disk_free_bytes), "memory_bytes",
		view_number(facts->memory_bytes), "memory_free_bytes",
		view_number(facts->memory_free_bytes), "temperature_c",
		facts->temperature_mc != STAGE_DOCTOR_UNKNOWN
			? json_real((double)facts->temperature_mc / DEGREE_MC)
			: json_null());
}

json_t *
stage_doctor_check_to_json(const struct stage_doctor_check *check)
{
	// The names of services and of programs need not be UTF-8.
	return json_pack("{s:s, s:s, s:o}", "name", check->name, "level",
		words[check->level], "text", stage_rpc_text(check->text));
}

json_t *
stage_doctor_to_json(
	const struct stage_doctor *self, const struct stage_doctor_facts *facts)
{
	json_t *checks = json_array();

	for (size_t i = 0; i < STAGE_DOCTOR_CHECKS; i++) {
		(void)json_array_append_new(
			checks, stage_doctor_check_to_json(&self->checks[i]));
	}
	return json_pack("{s:s, s:o, s:o}", "worst",
		words[stage_doctor_worst(self)], "checks", checks, "machine",
		view_machine(facts));
}
