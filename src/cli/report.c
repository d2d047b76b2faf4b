/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "cli/width.h"
#include "rig/await.h"
#include "rig/snapshot.h"

#define START_NS (30 * STAGE_NS_PER_S)

struct report {
	struct stage_cli *cli;
	const struct stage_strv *services;
	enum stage_report_goal goal;
	bool *is_told; // [services->count]
	bool is_rig_down;
	int64_t start_ns;
	size_t ready_count;
	size_t idle_count;
	size_t bad_count;
};

static void
count_phase(struct report *report, enum stage_phase phase)
{
	if (phase == STAGE_PHASE_READY) {
		report->ready_count++;
	} else if (phase == STAGE_PHASE_IDLE) {
		report->idle_count++;
	} else {
		report->bad_count++;
	}
}

// Notes repeat what others wrote.
static void
print_clean(const char *word, const struct stage_str *raw)
{
	struct stage_str clean = {0};

	if (stage_width_clean(&clean, stage_str_text(raw), raw->len) ==
		STAGE_OK) {
		printf("  %-9s %s\n", word, stage_str_text(&clean));
		fflush(stdout);
	}
	stage_str_finish(&clean);
}

static void
tell(struct report *report, const struct stage_service *service)
{
	double s = (double)(stage_clock_now_ns() - report->start_ns) / 1e9;

	struct stage_str line = {0};

	if (stage_str_addf(&line, "%-24s %6.2f s%s%s", service->name, s,
		    service->note[0] != '\0' ? "  " : "",
		    service->note) == STAGE_OK) {
		print_clean(stage_phase_word(service->phase), &line);
	}
	stage_str_finish(&line);
	count_phase(report, service->phase);
}

static bool
is_there(const struct report *report, enum stage_phase phase)
{
	switch (report->goal) {
	case STAGE_REPORT_READY:
		// What will not be ready by itself is not waited for either.
		return phase == STAGE_PHASE_READY ||
		       phase == STAGE_PHASE_FAILED ||
		       phase == STAGE_PHASE_DOWN ||
		       phase == STAGE_PHASE_DISABLED;
	case STAGE_REPORT_STARTED:
		return stage_phase_is_settled(phase) &&
		       phase != STAGE_PHASE_DOWN;
	case STAGE_REPORT_SETTLED:
		break;
	}
	return stage_phase_is_settled(phase);
}

// One that was removed meanwhile is not waited for.
static void
tell_gone(struct report *report, const char *name)
{
	if (report->goal == STAGE_REPORT_READY) {
		stage_log_err("%s was removed meanwhile", name);
		report->bad_count++;
	}
}

static bool
look(void *user)
{
	struct report *report = user;
	bool all = true;

	for (size_t i = 0; i < report->services->count; i++) {
		struct stage_service service;
		if (report->is_told[i]) {
			continue;
		}
		bool is_gone = stage_snapshot_phase(&report->cli->rig,
				       report->services->items[i], &service,
				       NULL) != STAGE_OK;
		// Asked last: what was seen before may be its end already.
		if (!stage_rig_is_up(&report->cli->rig)) {
			report->is_rig_down = true;
			return true;
		}
		if (is_gone) {
			report->is_told[i] = true;
			tell_gone(report, report->services->items[i]);
		} else if (is_there(report, service.phase)) {
			report->is_told[i] = true;
			tell(report, &service);
		} else {
			all = false;
		}
	}
	return all;
}

static void
tell_late(const struct report *report)
{
	for (size_t i = 0; i < report->services->count; i++) {
		struct stage_service service;
		if (report->is_told[i] ||
			stage_snapshot_phase(&report->cli->rig,
				report->services->items[i], &service,
				NULL) != STAGE_OK) {
			continue;
		}
		stage_log_err("%s is not ready: %s%s%s", service.name,
			stage_phase_word(service.phase),
			service.note[0] != '\0' ? ", " : "", service.note);
	}
}

int
stage_report_until_settled(struct stage_cli *cli,
	const struct stage_strv *services, enum stage_report_goal goal,
	int64_t timeout_ns)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct report report = {.cli = cli,
		.services = services,
		.goal = goal,
		.start_ns = stage_clock_now_ns()};
	enum stage_status status;

	report.is_told = calloc(services->count + 1, sizeof(*report.is_told));
	if (report.is_told == NULL) {
		stage_err_set(&err, STAGE_NO_MEMORY, "out of memory");
		return stage_cli_fail(&err);
	}
	status = stage_await(&cli->rig, services,
		timeout_ns >= 0 ? report.start_ns + timeout_ns : 0, look,
		&report, &err);
	if (status == STAGE_TIMEOUT) {
		tell_late(&report);
	}
	free(report.is_told);
	if (status == STAGE_TIMEOUT) {
		return STAGE_EXIT_TEMPORARY;
	}
	if (status != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	if (report.is_rig_down) {
		stage_log_err("the rig was taken down meanwhile");
		return STAGE_EXIT_TEMPORARY;
	}
	return report.bad_count == 0 ? STAGE_EXIT_OK : STAGE_EXIT_NO;
}

int
stage_report_start(struct stage_cli *cli,
	enum stage_status (*act)(struct stage_cli *cli,
		const struct stage_strv *names, struct stage_err *err))
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	enum stage_status status = stage_cli_need_up(cli, &err);
	int code;

	if (status == STAGE_OK) {
		status = stage_cli_services(cli, false, &names, &err);
	}
	if (status == STAGE_OK) {
		status = act(cli, &names, &err);
	}
	code = status == STAGE_OK ? stage_report_until_settled(cli, &names,
					    STAGE_REPORT_STARTED, START_NS)
				  : stage_cli_fail(&err);
	stage_strv_finish(&names);
	return code;
}

void
stage_report_stopped(void *user, const char *service, bool was_killed)
{
	struct stage_str line = {0};

	(void)user;
	if (stage_str_addf(&line, "%s%s", service,
		    was_killed ? " (it had to be killed)" : "") == STAGE_OK) {
		print_clean("stopped", &line);
	}
	stage_str_finish(&line);
}
