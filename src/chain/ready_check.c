/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Ready when ./check exits with 0. A script can only be asked, so it is: at
// first after 20 ms, then ever less often, once a second at most.

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "chain/ready.h"

#define FIRST_DELAY_MS 20
#define MOST_DELAY_MS 1000
#define ANSWER_MS 10000 // a check that takes longer is killed and asked again

struct check_ready {
	struct stage_ready_config config;
	uv_timer_t timer;
	uv_process_t *process; // NULL while no check runs
	uint64_t delay_ms;
};

static void ask(uv_timer_t *timer);

static void
free_process(uv_handle_t *handle)
{
	free(handle);
}

static void
on_exit(uv_process_t *process, int64_t exit_code, int signum)
{
	struct check_ready *self = process->data;

	uv_close((uv_handle_t *)process, free_process);
	if (self == NULL) {
		return; // the owner has gone meanwhile
	}
	self->process = NULL;
	if (exit_code == 0 && signum == 0) {
		self->config.seen(self->config.user);
		return;
	}
	self->delay_ms *= 2;
	if (self->delay_ms > MOST_DELAY_MS) {
		self->delay_ms = MOST_DELAY_MS;
	}
	uv_timer_start(&self->timer, ask, self->delay_ms, 0);
}

static void
give_up(uv_timer_t *timer)
{
	struct check_ready *self = timer->data;

	if (self->process != NULL) {
		uv_process_kill(self->process, SIGKILL);
	}
}

static void
ask(uv_timer_t *timer)
{
	struct check_ready *self = timer->data;
	char program[] = "./check";
	char *argv[] = {program, NULL};
	uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE},
		{.flags = UV_INHERIT_FD, .data.fd = 1},
		{.flags = UV_INHERIT_FD, .data.fd = 2}};
	uv_process_options_t options = {.exit_cb = on_exit,
		.file = program,
		.args = argv,
		.stdio = stdio,
		.stdio_count = 3};

	self->process = calloc(1, sizeof(*self->process));
	if (self->process == NULL) {
		uv_timer_start(timer, ask, MOST_DELAY_MS, 0);
		return;
	}
	if (uv_spawn(timer->loop, self->process, &options) != 0) {
		uv_close((uv_handle_t *)self->process, free_process);
		self->process = NULL;
		uv_timer_start(timer, ask, MOST_DELAY_MS, 0);
		return;
	}
	self->process->data = self;
	uv_timer_start(timer, give_up, ANSWER_MS, 0);
}

static enum stage_status
create(void **out, const struct stage_ready_config *config,
	struct stage_err *err)
{
	struct check_ready *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	self->delay_ms = FIRST_DELAY_MS;
	uv_timer_init(config->loop, &self->timer);
	self->timer.data = self;
	*out = self;
	return STAGE_OK;
}

static void
started(void *data)
{
	struct check_ready *self = data;

	uv_timer_start(&self->timer, ask, self->delay_ms, 0);
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
destroy(void *data)
{
	struct check_ready *self = data;

	if (self == NULL) {
		return;
	}
	if (self->process != NULL) {
		self->process->data = NULL;
		uv_process_kill(self->process, SIGKILL);
	}
	uv_close((uv_handle_t *)&self->timer, on_closed);
}

const struct stage_ready_ops stage_ready_check = {
	create, started, NULL, destroy};
