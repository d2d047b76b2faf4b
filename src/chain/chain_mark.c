/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/chain_mark.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "rig/death.h"
#include "rig/mark.h"

static void
clear(const struct stage_chain_config *config, enum stage_mark mark)
{
	if (config->service != NULL) {
		stage_mark_clear(config->rig, config->service, mark);
	}
}

void
stage_chain_mark_waiting(
	const struct stage_chain_config *config, const char *missing)
{
	struct stage_wait wait = {.since_wall_ns = stage_clock_wall_ns()};
	struct stage_wait before;

	if (config->service == NULL) {
		return;
	}
	snprintf(wait.text, sizeof(wait.text), "%s", missing);
	if (stage_mark_get_wait(config->rig, config->service, &before)) {
		if (strcmp(before.text, wait.text) == 0) {
			return; // writing is news to whoever watches us
		}
		wait.since_wall_ns = before.since_wall_ns;
	}
	if (stage_mark_set_wait(config->rig, config->service, &wait) !=
		STAGE_OK) {
		stage_log_warn(
			"unable to write the wait mark of %s", config->service);
	}
}

void
stage_chain_clear_waiting(const struct stage_chain_config *config)
{
	clear(config, STAGE_MARK_WAIT);
}

void
stage_chain_mark_ready(const struct stage_chain_config *config)
{
	struct stage_process process = {.since_ns = stage_clock_now_ns()};

	if (config->service == NULL || !config->marks_ready) {
		return;
	}
	if (stage_proc_identify(getpid(), &process.id) != STAGE_OK ||
		stage_mark_set_process(config->rig, config->service,
			STAGE_MARK_READY, &process) != STAGE_OK) {
		stage_log_warn("unable to write the ready mark of %s",
			config->service);
	}
}

void
stage_chain_clear_ready(const struct stage_chain_config *config)
{
	if (config->marks_ready) {
		clear(config, STAGE_MARK_READY);
	}
}

void
stage_chain_record_lost(
	const struct stage_chain_config *config, int64_t started_ns)
{
	struct stage_deaths deaths;
	struct stage_death death = {.wall_ns = stage_clock_wall_ns(),
		.mono_ns = stage_clock_now_ns(),
		.exit_code = -1,
		.asked = "the end of the audio server"};

	if (config->service == NULL) {
		return;
	}
	death.ran_ns = death.mono_ns - started_ns;
	stage_deaths_load(config->rig, config->service, &deaths);
	stage_deaths_add(&deaths, &death);
	if (stage_deaths_save(config->rig, config->service, &deaths) !=
		STAGE_OK) {
		stage_log_warn("unable to keep the record of a restart of %s",
			config->service);
	}
}
