/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rig/death.h"

static void
check_death(const struct stage_death *death)
{
	char words[STAGE_DEATH_WORDS_MAX];
	struct stage_death again;
	json_t *json = stage_death_to_json(death);

	FUZZ_CHECK(death->exit_code >= -1 && death->exit_code <= 255);
	FUZZ_CHECK(death->signal >= 0 && death->signal <= 255);
	FUZZ_CHECK(death->mono_ns >= 0 && death->ran_ns >= -1);
	fuzz_check_text(death->asked, strlen(death->asked));
	stage_death_words(death, words);
	fuzz_check_text(words, strlen(words));
	FUZZ_CHECK(json != NULL);
	FUZZ_CHECK(stage_death_from_json(json, &again));
	FUZZ_CHECK(strcmp(again.asked, death->asked) == 0);
	FUZZ_CHECK(again.wall_ns == death->wall_ns);
	json_decref(json);
}

static void
check_hold(const struct stage_deaths *deaths, const struct stage_hold *previous)
{
	const struct stage_death *last;
	struct stage_hold hold;

	if (!stage_deaths_hold(deaths, previous, &hold)) {
		return;
	}
	last = &deaths->items[deaths->count - 1];
	FUZZ_CHECK(stage_death_is_crash(last));
	FUZZ_CHECK(hold.level >= 1 && hold.level <= 10);
	FUZZ_CHECK(hold.until_ns == -1 || hold.until_ns > last->mono_ns);
	fuzz_check_text(hold.text, strlen(hold.text));
}

// What was read and written again is the same, to the byte.
static void
check_round_trip(const struct stage_deaths *deaths)
{
	struct stage_str first = {0};
	struct stage_str second = {0};
	struct stage_deaths again;

	FUZZ_CHECK(stage_deaths_format(deaths, &first) == STAGE_OK);
	stage_deaths_parse(first.data, first.len, &again);
	FUZZ_CHECK(again.count == deaths->count);
	FUZZ_CHECK(again.total == deaths->total);
	FUZZ_CHECK(again.crashes == deaths->crashes);
	FUZZ_CHECK(stage_deaths_format(&again, &second) == STAGE_OK);
	FUZZ_CHECK(strcmp(first.data, second.data) == 0);
	stage_str_finish(&first);
	stage_str_finish(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stage_hold before = {.level = INT32_MAX};
	struct stage_deaths deaths;

	stage_deaths_parse((const char *)data, size, &deaths);
	FUZZ_CHECK(deaths.count <= STAGE_DEATHS_KEPT);
	FUZZ_CHECK(deaths.crashes >= 0 && deaths.crashes <= deaths.total);
	for (size_t i = 0; i < deaths.count; i++) {
		check_death(&deaths.items[i]);
	}
	check_hold(&deaths, NULL);
	check_hold(&deaths, &before);
	check_round_trip(&deaths);
	if (deaths.count > 0) { // one more of the same
		struct stage_death last = deaths.items[deaths.count - 1];
		stage_deaths_add(&deaths, &last);
		check_round_trip(&deaths);
	}
	return 0;
}
