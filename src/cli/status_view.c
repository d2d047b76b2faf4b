/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/status_view.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/exits.h"
#include "cli/table.h"
#include "cli/width.h"

enum column {
	COLUMN_SERVICE,
	COLUMN_STATE,
	COLUMN_UPTIME,
	COLUMN_RESTARTS,
	COLUMN_PID,
	COLUMN_CPU,
	COLUMN_MEMORY,
	COLUMN_LAST_EXIT,
	COLUMN_COUNT,
};

static const struct stage_table_column columns[] = {
	[COLUMN_SERVICE] = {"SERVICE", false, false, 0},
	[COLUMN_STATE] = {"STATE", false, false, 0},
	[COLUMN_UPTIME] = {"UPTIME", false, false, 6},
	[COLUMN_RESTARTS] = {"RESTARTS", true, false, 4},
	[COLUMN_PID] = {"PID", true, false, 3},
	[COLUMN_CPU] = {"CPU", true, false, 2},
	[COLUMN_MEMORY] = {"MEMORY", true, false, 1},
	[COLUMN_LAST_EXIT] = {"LAST EXIT", false, true, 5},
};

static_assert(STAGE_COUNT_OF(columns) == COLUMN_COUNT &&
		      COLUMN_COUNT <= STAGE_TABLE_COLUMNS_MAX,
	"every column is described, and has room");

static const enum stage_tone phase_tones[] = {
	[STAGE_PHASE_NEW] = STAGE_TONE_BUSY,
	[STAGE_PHASE_DISABLED] = STAGE_TONE_DIM,
	[STAGE_PHASE_DOWN] = STAGE_TONE_DIM,
	[STAGE_PHASE_HELD] = STAGE_TONE_BAD,
	[STAGE_PHASE_FAILED] = STAGE_TONE_BAD,
	[STAGE_PHASE_WAITING] = STAGE_TONE_BUSY,
	[STAGE_PHASE_IDLE] = STAGE_TONE_DIM,
	[STAGE_PHASE_STARTING] = STAGE_TONE_BUSY,
	[STAGE_PHASE_READY] = STAGE_TONE_GOOD,
	[STAGE_PHASE_STOPPING] = STAGE_TONE_BUSY,
};

static_assert(STAGE_COUNT_OF(phase_tones) == STAGE_PHASE_COUNT,
	"every phase has a tone");

// In a summary, the good news first.
static const enum stage_phase summary_order[] = {
	STAGE_PHASE_READY,
	STAGE_PHASE_IDLE,
	STAGE_PHASE_STARTING,
	STAGE_PHASE_WAITING,
	STAGE_PHASE_NEW,
	STAGE_PHASE_STOPPING,
	STAGE_PHASE_DOWN,
	STAGE_PHASE_DISABLED,
	STAGE_PHASE_HELD,
	STAGE_PHASE_FAILED,
};

static_assert(STAGE_COUNT_OF(summary_order) == STAGE_PHASE_COUNT,
	"every phase is counted");

static bool
is_watcher(const struct stage_service *service)
{
	return strcmp(service->name, STAGE_WATCH_SERVICE) == 0;
}

static bool
is_shown(const struct stage_status_view *view,
	const struct stage_service *service)
{
	return !is_watcher(service) || view->shows_watcher ||
	       (view->is_up && service->phase != STAGE_PHASE_READY);
}

double
stage_status_view_cpu(const struct stage_service *now,
	const struct stage_service *before, int64_t between_ns)
{
	int64_t used_ns = now->use.cpu_ns;
	int64_t time_ns = now->up_ns;

	if (now->pid <= 0) {
		return STAGE_STATUS_CPU_UNKNOWN;
	}
	if (before != NULL && before->pid == now->pid &&
		before->use.cpu_ns <= used_ns) {
		used_ns -= before->use.cpu_ns;
		time_ns = between_ns;
	}
	if (time_ns <= 0) {
		return STAGE_STATUS_CPU_UNKNOWN;
	}
	return 100.0 * (double)used_ns / (double)time_ns;
}

static void
format_memory(int64_t bytes, char *text, size_t size)
{
	double value = (double)bytes;

	if (bytes <= 0) {
		text[0] = '\0';
	} else if (value < 999.5e3) {
		snprintf(text, size, "%.0f kB", value / 1e3);
	} else if (value < 99.95e6) {
		snprintf(text, size, "%.1f MB", value / 1e6);
	} else if (value < 999.5e6) {
		snprintf(text, size, "%.0f MB", value / 1e6);
	} else {
		snprintf(text, size, "%.1f GB", value / 1e9);
	}
}

static void
add_numbers(struct stage_table *table, const struct stage_service *service,
	double cpu_percent)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, service->restarts);
	stage_table_cell(table, text, STAGE_TONE_PLAIN);
	text[0] = '\0';
	if (service->pid > 0) {
		snprintf(text, sizeof(text), "%ld", (long)service->pid);
	}
	stage_table_cell(table, text, STAGE_TONE_PLAIN);
	text[0] = '\0';
	if (cpu_percent >= 0) {
		snprintf(text, sizeof(text), "%.1f %%", cpu_percent);
	}
	stage_table_cell(table, text, STAGE_TONE_PLAIN);
	format_memory(service->use.rss_bytes, text, sizeof(text));
	stage_table_cell(table, text, STAGE_TONE_PLAIN);
}

static void
add_row(struct stage_table *table, const struct stage_service *service,
	double cpu_percent)
{
	enum stage_tone tone = phase_tones[service->phase];
	char uptime[16] = "";
	char last[STAGE_DEATH_WORDS_MAX] = "";

	if (service->up_ns >= 0) {
		stage_clock_words(service->up_ns, uptime, sizeof(uptime));
	}
	if (service->has_died) {
		stage_death_words(&service->last_death, last);
	}
	stage_table_cell(table, service->name, STAGE_TONE_PLAIN);
	stage_table_cell(table, stage_phase_word(service->phase), tone);
	stage_table_cell(table, uptime, STAGE_TONE_PLAIN);
	add_numbers(table, service, cpu_percent);
	stage_table_cell(table, last, STAGE_TONE_PLAIN);
	stage_table_note(table, service->note,
		tone == STAGE_TONE_BAD ? tone : STAGE_TONE_DIM);
}

static enum stage_status
add_summary(const struct stage_services *services, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;
	const char *before = "";

	for (size_t i = 0; i < STAGE_PHASE_COUNT && status == STAGE_OK; i++) {
		size_t count = 0;
		for (size_t k = 0; k < services->count; k++) {
			const struct stage_service *service =
				&services->items[k];
			count += service->phase == summary_order[i] &&
				 !is_watcher(service);
		}
		if (count > 0) {
			status = stage_str_addf(out, "%s%zu %s", before, count,
				stage_phase_word(summary_order[i]));
			before = ", ";
		}
	}
	if (status == STAGE_OK && before[0] == '\0') {
		status = stage_str_add(out, "no services yet");
	}
	return status;
}

// Appends one sentence, cleaned and wrapped.
static enum stage_status
add_line(struct stage_str *out, const struct stage_str *sentence, size_t width,
	enum stage_tone tone, bool has_colour)
{
	struct stage_str clean = {0};
	enum stage_status status = stage_width_clean(
		&clean, stage_str_text(sentence), sentence->len);

	if (status == STAGE_OK) {
		status = stage_table_wrap(out, stage_str_text(&clean), 0, width,
			tone, has_colour);
	}
	stage_str_finish(&clean);
	return status;
}

static enum stage_status
add_heading(const struct stage_status_view *view, size_t width, bool has_colour,
	struct stage_str *out)
{
	struct stage_str line = {0};
	enum stage_status status =
		stage_str_addf(&line, "rig %s", view->rig->rig);

	if (status == STAGE_OK && !view->is_up) {
		status = stage_str_add(&line, " (not up)");
	}
	if (status == STAGE_OK && !view->is_one) {
		status = stage_str_add(&line, ": ");
		if (status == STAGE_OK) {
			status = add_summary(view->services, &line);
		}
	}
	if (status == STAGE_OK) {
		status = add_line(
			out, &line, width, STAGE_TONE_STRONG, has_colour);
	}
	stage_str_finish(&line);
	return status;
}

static enum stage_status
add_circles(const struct stage_status_view *view, size_t width, bool has_colour,
	struct stage_str *out)
{
	struct stage_str line = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; view->circles != NULL && i < view->circles->count &&
			   status == STAGE_OK;
		i++) {
		stage_str_clear(&line);
		status = stage_str_add(&line, view->circles->items[i]);
		if (status == STAGE_OK) {
			status = add_line(
				out, &line, width, STAGE_TONE_BAD, has_colour);
		}
	}
	stage_str_finish(&line);
	return status;
}

static enum stage_status
add_warnings(const struct stage_status_view *view, size_t width,
	bool has_colour, struct stage_str *out)
{
	struct stage_str line = {0};
	enum stage_status status = STAGE_OK;

	if (view->is_up && !view->is_supervised) {
		status = stage_str_add(&line,
			"runsvdir is not running, so that nothing new is "
			"started; stagecraft up starts it again");
		if (status == STAGE_OK) {
			status = add_line(
				out, &line, width, STAGE_TONE_BAD, has_colour);
		}
	}
	stage_str_clear(&line);
	if (status == STAGE_OK && view->slow_server != NULL) {
		status = stage_str_addf(&line,
			"%s runs without a real-time thread, so that the "
			"sound may crackle when the computer is busy; "
			"\"Real-time rights\" in stagecraft-jack(8) says what "
			"to do",
			view->slow_server);
		if (status == STAGE_OK) {
			status = add_line(
				out, &line, width, STAGE_TONE_BUSY, has_colour);
		}
	}
	stage_str_finish(&line);
	return status == STAGE_OK ? add_circles(view, width, has_colour, out)
				  : status;
}

static enum stage_status
add_table(const struct stage_status_view *view, size_t width, bool has_colour,
	struct stage_str *out)
{
	struct stage_table *table = stage_table_create(columns, COLUMN_COUNT);
	enum stage_status status = STAGE_OK;
	size_t rows = 0;

	if (table == NULL) {
		return STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < view->services->count; i++) {
		const struct stage_service *service = &view->services->items[i];
		if (is_shown(view, service)) {
			add_row(table, service, view->cpu_percent[i]);
			rows++;
		}
	}
	if (rows > 0) {
		status = stage_table_render(table, width, has_colour, out);
	}
	stage_table_destroy(table);
	return status;
}

enum stage_status
stage_status_view_text(const struct stage_status_view *view, size_t width,
	bool has_colour, struct stage_str *out)
{
	enum stage_status status = add_heading(view, width, has_colour, out);

	if (status == STAGE_OK) {
		status = add_warnings(view, width, has_colour, out);
	}
	if (status == STAGE_OK) {
		status = add_table(view, width, has_colour, out);
	}
	return status;
}

static const struct stage_service *
find_bad(const struct stage_services *services)
{
	for (size_t i = 0; i < services->count; i++) {
		if (phase_tones[services->items[i].phase] == STAGE_TONE_BAD) {
			return &services->items[i];
		}
	}
	return NULL;
}

enum stage_status
stage_status_view_line(
	const struct stage_services *services, struct stage_str *out)
{
	const struct stage_service *bad = find_bad(services);
	struct stage_str raw = {0};
	enum stage_status status = add_summary(services, &raw);

	if (status == STAGE_OK && bad != NULL) {
		status = stage_str_addf(&raw, "; %s: %s", bad->name, bad->note);
	}
	if (status == STAGE_OK) {
		status = stage_width_clean(out, stage_str_text(&raw), raw.len);
	}
	stage_str_finish(&raw);
	return status;
}

// Paths and names need not be UTF-8, as JSON must: they are cleaned in place.
static bool
clean_in_place(char *text, size_t size)
{
	struct stage_str clean = {0};
	bool ok = stage_width_clean(&clean, text, strlen(text)) == STAGE_OK;

	if (ok) {
		snprintf(text, size, "%s", stage_str_text(&clean));
	}
	stage_str_finish(&clean);
	return ok;
}

static json_t *
services_json(const struct stage_services *services)
{
	json_t *array = json_array();

	for (size_t i = 0; array != NULL && i < services->count; i++) {
		struct stage_service copy = services->items[i];
		if (!clean_in_place(copy.name, sizeof(copy.name)) ||
			!clean_in_place(copy.note, sizeof(copy.note)) ||
			json_array_append_new(
				array, stage_snapshot_to_json(&copy)) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

json_t *
stage_status_view_json(const struct stage_status_view *view)
{
	struct stage_rig rig = *view->rig;

	if (!clean_in_place(rig.rig, sizeof(rig.rig)) ||
		!clean_in_place(rig.run, sizeof(rig.run))) {
		return NULL;
	}
	return json_pack("{s:s, s:s, s:b, s:b, s:o}", "rig", rig.rig, "run",
		rig.run, "up", view->is_up, "supervised", view->is_supervised,
		"services", services_json(view->services));
}

static bool
is_well(enum stage_phase phase)
{
	return phase == STAGE_PHASE_READY || phase == STAGE_PHASE_IDLE ||
	       phase == STAGE_PHASE_DOWN || phase == STAGE_PHASE_DISABLED;
}

int
stage_status_view_exit(const struct stage_status_view *view)
{
	if (!view->is_up || !view->is_supervised) {
		return STAGE_EXIT_NO;
	}
	for (size_t i = 0; i < view->services->count; i++) {
		if (!is_well(view->services->items[i].phase)) {
			return STAGE_EXIT_NO;
		}
	}
	return STAGE_EXIT_OK;
}
