/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/crash_view.h"

#include <string.h>

#include "base/clock.h"
#include "cli/log_format.h"
#include "cli/width.h"
#include "runit/tai.h"

#define SLACK_NS (50 * STAGE_NS_PER_MS)   // between the clocks' readings
#define FINISH_NS (500 * STAGE_NS_PER_MS) // for what finish has to say
#define DAY_LEN 11                        // of "2026-11-24 "

// The log's tail reaches back to earlier runs, and may to a later one: a line
// belongs to this run when it was written while it, or its finish, ran.
static bool
is_of_this_run(const struct stage_death *death, const char *line)
{
	int64_t wall_ns;
	int64_t before_ns; // how long before the end
	size_t len;

	if (death->ran_ns < 0 || stage_runit_tai_parse_stamp(line, strlen(line),
					 &wall_ns, &len) != STAGE_OK) {
		return true;
	}
	before_ns = stage_clock_between_ns(wall_ns, death->wall_ns);
	return before_ns <= death->ran_ns + SLACK_NS && before_ns >= -FINISH_NS;
}

static enum stage_status
add_line(const struct stage_death *death, const char *text,
	struct stage_str *out)
{
	char when[STAGE_LOG_TIME_MAX] = "";
	int64_t wall_ns;
	size_t stamp = 0;
	enum stage_status status;

	if (!is_of_this_run(death, text)) {
		return STAGE_OK;
	}
	if (stage_runit_tai_parse_stamp(text, strlen(text), &wall_ns, &stamp) ==
		STAGE_OK) {
		stage_log_format_time(wall_ns, when);
	}
	// Of "2026-11-24 05:01:02.123" the day stands in the line above.
	status = stage_str_addf(out, "      %s%s",
		strlen(when) > DAY_LEN ? when + DAY_LEN : "",
		when[0] != '\0' ? "  " : "");
	if (status == STAGE_OK) {
		status = stage_width_clean(
			out, text + stamp, strlen(text + stamp));
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

static enum stage_status
add_lines(const struct stage_crash *crash, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;
	size_t count = json_array_size(crash->lines);

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		const char *line =
			json_string_value(json_array_get(crash->lines, i));
		if (line != NULL) {
			status = add_line(&crash->death, line, out);
		}
	}
	return status;
}

static enum stage_status
add_crash(const struct stage_crash *crash, struct stage_str *out)
{
	char when[STAGE_LOG_TIME_MAX];
	char words[STAGE_DEATH_WORDS_MAX];
	char ran[16] = "?";
	enum stage_status status;

	stage_log_format_time(crash->death.wall_ns, when);
	when[strcspn(when, ".")] = '\0';
	stage_death_words(&crash->death, words);
	if (crash->death.ran_ns >= 0) {
		stage_clock_words(crash->death.ran_ns, ran, sizeof(ran));
	}
	status = stage_str_addf(out, "  %s  ran %-12s  ", when, ran);
	if (status == STAGE_OK) {
		status = stage_width_clean(out, words, strlen(words));
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, "\n");
	}
	return status == STAGE_OK ? add_lines(crash, out) : status;
}

enum stage_status
stage_crash_view(const char *name, const struct stage_crashes *crashes,
	struct stage_str *out)
{
	enum stage_status status = STAGE_OK;

	if (out->len > 0) {
		status = stage_str_add(out, "\n");
	}
	if (status == STAGE_OK) {
		status = stage_width_clean(out, name, strlen(name));
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, ": ended %zu time%s%s\n",
			crashes->count, crashes->count == 1 ? "" : "s",
			crashes->count > 1 ? ", the last one first" : "");
	}
	for (size_t i = 0; i < crashes->count && status == STAGE_OK; i++) {
		status = add_crash(&crashes->items[i], out);
	}
	return status;
}
