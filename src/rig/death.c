/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // sigdescr_np

#include "rig/death.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/io.h"
#include "base/str.h"
#include "rig/run_file.h"

#define STORM_DEATHS 5
#define STORM_NS (10 * STAGE_NS_PER_S)
#define CALM_NS (60 * STAGE_NS_PER_S) // a run this long ends a storm
#define HOLD_FIRST_NS (5 * STAGE_NS_PER_S)
#define HOLD_MOST_NS (60 * STAGE_NS_PER_S)
#define LEVEL_MOST 10
#define COUNT_MOST (INT64_MAX / 2) // of a file: leaves room for sums
#define BYTE_MOST 255
#define FILE_MAX_BYTES ((size_t)64 * 1024)

static void
exit_words(int code, char *words, size_t size)
{
	// What a shell says of a program that it could not start.
	static const struct {
		int code;
		const char *words;
	} known[] = {
		{0, "ended by itself"},
		{STAGE_EXIT_PERMANENT, "gave up"},
		{126, "failed, not executable"},
		{127, "failed, command not found"},
	};
	const char *what = "failed";

	for (size_t i = 0; i < STAGE_COUNT_OF(known); i++) {
		what = known[i].code == code ? known[i].words : what;
	}
	snprintf(words, size, "%s: exit %d", what, code);
}

void
stage_death_words(const struct stage_death *death, char *words)
{
	size_t size = STAGE_DEATH_WORDS_MAX;

	if (death->asked[0] != '\0') {
		snprintf(words, size, "asked to stop by %s", death->asked);
	} else if (death->signal != 0) {
		const char *what = sigdescr_np(death->signal);
		snprintf(words, size, "killed by signal %d (%s)%s",
			death->signal, what != NULL ? what : "unknown",
			death->dumped_core ? ", core dumped" : "");
	} else {
		exit_words(death->exit_code, words, size);
	}
}

bool
stage_death_is_crash(const struct stage_death *death)
{
	return death->asked[0] == '\0';
}

void
stage_deaths_add(struct stage_deaths *deaths, const struct stage_death *death)
{
	if (deaths->count == STAGE_DEATHS_KEPT) {
		memmove(deaths->items, deaths->items + 1,
			(STAGE_DEATHS_KEPT - 1) * sizeof(*deaths->items));
		deaths->count--;
	}
	deaths->items[deaths->count] = *death;
	deaths->count++;
	// What is written must be readable again.
	deaths->total += deaths->total < COUNT_MOST;
	deaths->crashes +=
		stage_death_is_crash(death) && deaths->crashes < COUNT_MOST;
}

static int64_t
hold_length(int level)
{
	int64_t ns = HOLD_FIRST_NS;

	for (int i = 1; i < level && ns < HOLD_MOST_NS; i++) {
		ns *= 2;
	}
	return ns < HOLD_MOST_NS ? ns : HOLD_MOST_NS;
}

// How many crashes in a row lie within STORM_NS before the newest.
static int
count_storm(const struct stage_deaths *deaths, int64_t *span_ns)
{
	int64_t newest_ns = deaths->items[deaths->count - 1].mono_ns;
	int storm = 0;

	*span_ns = 0;
	for (size_t i = deaths->count; i > 0; i--) {
		const struct stage_death *death = &deaths->items[i - 1];
		int64_t ago_ns =
			stage_clock_between_ns(death->mono_ns, newest_ns);
		if (ago_ns > STORM_NS) {
			break;
		}
		if (stage_death_is_crash(death)) {
			storm++;
			*span_ns = ago_ns;
		}
	}
	return storm;
}

bool
stage_deaths_hold(const struct stage_deaths *deaths,
	const struct stage_hold *previous, struct stage_hold *hold)
{
	const struct stage_death *last;
	char words[STAGE_DEATH_WORDS_MAX];
	char span[16];
	int64_t span_ns;
	int storm;

	if (deaths->count == 0 ||
		!stage_death_is_crash(&deaths->items[deaths->count - 1])) {
		return false;
	}
	last = &deaths->items[deaths->count - 1];
	stage_death_words(last, words);
	if (last->exit_code == STAGE_EXIT_PERMANENT) {
		hold->until_ns = -1;
		hold->level = 1;
		snprintf(hold->text, sizeof(hold->text), "%s", words);
		return true;
	}
	storm = count_storm(deaths, &span_ns);
	hold->level = 1;
	if (previous != NULL && last->ran_ns < CALM_NS) {
		hold->level = previous->level < LEVEL_MOST ? previous->level + 1
							   : LEVEL_MOST;
	}
	// After a first hold one more quick death is enough for the next.
	if (storm < STORM_DEATHS && hold->level == 1) {
		return false;
	}
	hold->until_ns = last->mono_ns + hold_length(hold->level);
	stage_clock_words(span_ns, span, sizeof(span));
	if (storm > 1) {
		snprintf(hold->text, sizeof(hold->text),
			"crashed %d times in %s, %s", storm, span, words);
	} else {
		snprintf(hold->text, sizeof(hold->text), "crashed again, %s",
			words);
	}
	return true;
}

json_t *
stage_death_to_json(const struct stage_death *death)
{
	return json_pack("{s:I, s:I, s:I, s:i, s:i, s:b, s:s}", "wall_ns",
		(json_int_t)death->wall_ns, "mono_ns",
		(json_int_t)death->mono_ns, "ran_ns", (json_int_t)death->ran_ns,
		"exit_code", death->exit_code, "signal", death->signal, "core",
		death->dumped_core, "asked", death->asked);
}

static bool
is_within(json_int_t value, json_int_t least, json_int_t most)
{
	return value >= least && value <= most;
}

bool
stage_death_from_json(json_t *json, struct stage_death *death)
{
	json_int_t wall_ns;
	json_int_t mono_ns;
	json_int_t ran_ns;
	json_int_t exit_code;
	json_int_t signal;
	const char *asked;
	int dumped_core = 0; // records of earlier versions do not say

	if (json_unpack(json, "{s:I, s:I, s:I, s:I, s:I, s?b, s:s}", "wall_ns",
		    &wall_ns, "mono_ns", &mono_ns, "ran_ns", &ran_ns,
		    "exit_code", &exit_code, "signal", &signal, "core",
		    &dumped_core, "asked", &asked) != 0 ||
		!is_within(mono_ns, 0, COUNT_MOST) ||
		!is_within(ran_ns, -1, COUNT_MOST) ||
		!is_within(exit_code, -1, BYTE_MOST) ||
		!is_within(signal, 0, BYTE_MOST)) {
		return false;
	}
	*death = (struct stage_death){.wall_ns = wall_ns,
		.mono_ns = mono_ns,
		.ran_ns = ran_ns,
		.exit_code = (int)exit_code,
		.signal = (int)signal,
		.dumped_core = dumped_core != 0};
	stage_mark_words(death->asked, sizeof(death->asked), asked);
	return true;
}

// {"total": N, "crashes": N}
static bool
read_counts(json_t *json, struct stage_deaths *deaths)
{
	json_int_t total;
	json_int_t crashes;

	if (json_unpack(json, "{s:I, s:I}", "total", &total, "crashes",
		    &crashes) != 0 ||
		!is_within(total, 0, COUNT_MOST) ||
		!is_within(crashes, 0, total)) {
		return false;
	}
	deaths->total = total;
	deaths->crashes = crashes;
	return true;
}

// The first line counts; the others are deaths.
static void
read_line(struct stage_deaths *deaths, const char *line, size_t len)
{
	json_t *json = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	struct stage_death death;

	if (!read_counts(json, deaths) && stage_death_from_json(json, &death) &&
		deaths->count < STAGE_DEATHS_KEPT) {
		deaths->items[deaths->count] = death;
		deaths->count++;
	}
	json_decref(json);
}

void
stage_deaths_parse(const char *text, size_t len, struct stage_deaths *deaths)
{
	*deaths = (struct stage_deaths){0};
	for (size_t at = 0; at < len;) {
		const char *line = text + at;
		const char *newline = memchr(line, '\n', len - at);
		size_t line_len =
			newline != NULL ? (size_t)(newline - line) : len - at;
		read_line(deaths, line, line_len);
		at += line_len + 1;
	}
}

void
stage_deaths_load(const struct stage_rig *rig, const char *service,
	struct stage_deaths *deaths)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};

	stage_rig_run_path(rig, path, "svc/%s/deaths", service);
	(void)!stage_io_read_file(path, FILE_MAX_BYTES, &text, NULL);
	stage_deaths_parse(stage_str_text(&text), text.len, deaths);
	stage_str_finish(&text);
}

enum stage_status
stage_deaths_format(const struct stage_deaths *deaths, struct stage_str *out)
{
	enum stage_status status =
		stage_str_addf(out, "{\"total\": %lld, \"crashes\": %lld}\n",
			(long long)deaths->total, (long long)deaths->crashes);

	for (size_t i = 0; i < deaths->count && status == STAGE_OK; i++) {
		json_t *json = stage_death_to_json(&deaths->items[i]);
		char *line = json != NULL ? json_dumps(json, 0) : NULL;
		status = line != NULL ? stage_str_addf(out, "%s\n", line)
				      : STAGE_NO_MEMORY;
		free(line);
		json_decref(json);
	}
	return status;
}

enum stage_status
stage_deaths_save(const struct stage_rig *rig, const char *service,
	const struct stage_deaths *deaths)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status = stage_deaths_format(deaths, &text);

	if (status == STAGE_OK) {
		stage_rig_run_path(rig, path, "svc/%s/deaths", service);
		status =
			stage_run_file_replace(path, text.data, text.len, 0644);
	}
	stage_str_finish(&text);
	return status;
}
