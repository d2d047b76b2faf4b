/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/chain.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <uv.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "chain/bystander.h"
#include "chain/chain_mark.h"
#include "chain/chain_table.h"
#include "chain/child.h"
#include "chain/jack_eye.h"
#include "chain/ready_watch.h"
#include "chain/relay.h"
#include "chain/waiter.h"
#include "rig/mark.h"

#define GRACE_MS 100   // for the news that the server went along with the child
#define LOSING_MS 2000 // for the child to end by itself when the server went

// What is left to do when the loop has been left.
enum chain_ending {
	GIVE_UP,      // return self->result
	BECOME,       // become the program
	END_LIKE,     // end as the child did
	END_AS_ASKED, // nothing was started yet
};

struct chain {
	const struct stage_chain_config *config;
	struct stage_err *err;
	uv_loop_t loop;
	uv_timer_t timer;
	struct stage_relay relay;
	enum stage_chain_state state;
	enum chain_ending ending;
	bool is_ending;
	enum stage_status result; // with GIVE_UP
	struct stage_waiter *waiter;
	struct stage_jack_eye *jack;
	struct stage_bystander bystander; // what the eye is in PipeWire
	struct stage_ready_watch ready;
	pid_t child;     // 0: none
	int wait_status; // of the child that ended
	int stop_signal; // 0 until we were asked to stop
	int64_t started_ns;
};

static void dispatch(struct chain *self, enum stage_chain_event event);

static bool
stays_parent(const struct chain *self)
{
	const struct stage_needs *needs = self->config->needs;

	return needs->is_bound || needs->stop_signal != 0 ||
	       (self->config->marks_ready &&
		       needs->ready != STAGE_READY_STARTED);
}

// asked: the signal that would do for most programs.
static void
ask_child_to_end(const struct chain *self, int asked)
{
	int own = self->config->needs->stop_signal;

	kill(self->child, own != 0 ? own : asked);
}

// Starting and ending the program.

static void
leave(struct chain *self, enum chain_ending ending)
{
	self->ending = ending;
	self->is_ending = true;
	uv_stop(&self->loop);
}

static void
give_up(struct chain *self, enum stage_status result)
{
	self->result = result;
	leave(self, GIVE_UP);
}

// In the process that becomes the program.
static enum stage_status
prepare(void *user, struct stage_err *err)
{
	struct chain *self = user;
	const struct stage_chain_config *config = self->config;

	stage_bystander_restore(&self->bystander);
	return config->prepare != NULL ? config->prepare(config->user, err)
				       : STAGE_OK;
}

static enum stage_status
become_program(struct chain *self)
{
	const struct stage_chain_config *config = self->config;
	enum stage_status status;

	stage_chain_mark_ready(config);
	status = prepare(self, self->err);
	if (status == STAGE_OK) {
		status = stage_child_exec(config->argv, self->err);
	}
	stage_chain_clear_ready(config);
	return status;
}

static void
on_ready_seen(void *user)
{
	dispatch(user, STAGE_CHAIN_READY_SEEN);
}

static enum stage_status
start_child(struct chain *self)
{
	const struct stage_chain_config *config = self->config;
	struct stage_child_config child = {
		.argv = config->argv, .prepare = prepare, .user = self};
	enum stage_status status = stage_ready_watch_start(&self->ready, config,
		&self->loop, self->jack, on_ready_seen, self, self->err);

	if (status == STAGE_OK) {
		child.inherit_fd = stage_ready_watch_inherit_fd(&self->ready);
		status = stage_child_spawn(&child, &self->child, self->err);
	}
	if (status == STAGE_OK) {
		self->started_ns = stage_clock_now_ns();
	}
	return status;
}

static void
reap(struct chain *self)
{
	pid_t got;

	if (self->child == 0) {
		return;
	}
	do {
		got = waitpid(self->child, &self->wait_status, WNOHANG);
	} while (got < 0 && errno == EINTR);
	if (got == self->child) {
		self->child = 0;
		stage_ready_watch_stop(&self->ready);
		stage_chain_clear_ready(self->config);
		dispatch(self, STAGE_CHAIN_CHILD_END);
	}
}

static void
on_timer(uv_timer_t *timer)
{
	dispatch(timer->data, STAGE_CHAIN_TIMER);
}

static void
arm(struct chain *self, uint64_t ms)
{
	uv_timer_start(&self->timer, on_timer, ms, 0);
}

// The arrows of the diagram in chain.h.

static void
ignore(struct chain *self)
{
	(void)self;
}

static void
look_at_needs(struct chain *self)
{
	enum stage_status status;

	if (!stage_waiter_is_met(self->waiter)) {
		char missing[STAGE_MARK_WORDS_MAX];
		stage_waiter_missing(self->waiter, missing, sizeof(missing));
		stage_chain_mark_waiting(self->config, missing);
		return;
	}
	stage_chain_clear_waiting(self->config);
	uv_timer_stop(&self->timer);
	if (!stays_parent(self)) {
		leave(self, BECOME);
		return;
	}
	status = start_child(self);
	if (status != STAGE_OK) {
		give_up(self, status);
		return;
	}
	self->state = STAGE_CHAIN_RUNNING;
	stage_ready_watch_started(&self->ready); // may see it at once
	if (!self->config->marks_ready ||
		self->config->needs->ready == STAGE_READY_STARTED) {
		dispatch(self, STAGE_CHAIN_READY_SEEN);
	} else {
		dispatch(self, STAGE_CHAIN_LOOK); // it may be there already
	}
}

static void
look_at_jack(struct chain *self)
{
	if (stage_ready_watch_sees_jack(&self->ready)) {
		dispatch(self, STAGE_CHAIN_READY_SEEN);
	}
}

static void
become_ready(struct chain *self)
{
	self->state = STAGE_CHAIN_READY;
	stage_chain_mark_ready(self->config);
}

static void
end_like_child(struct chain *self)
{
	leave(self, END_LIKE);
}

static void
wait_again(struct chain *self)
{
	uv_timer_stop(&self->timer);
	stage_chain_record_lost(self->config, self->started_ns);
	self->state = STAGE_CHAIN_WAITING;
	dispatch(self, STAGE_CHAIN_LOOK);
}

// A bound program often ends before we hear that the server has.
static void
end_or_wait(struct chain *self)
{
	if (!self->config->needs->is_bound) {
		end_like_child(self);
		return;
	}
	if (!stage_jack_eye_has_server(self->jack)) {
		wait_again(self);
		return;
	}
	self->state = STAGE_CHAIN_GRACE;
	arm(self, GRACE_MS);
}

static void
lose(struct chain *self)
{
	if (!self->config->needs->is_bound) {
		return;
	}
	stage_log_info("the audio server went; ending %s until it is back",
		self->config->argv[0]);
	stage_chain_clear_ready(self->config);
	self->state = STAGE_CHAIN_LOSING;
	ask_child_to_end(self, SIGTERM);
	kill(self->child, SIGCONT);
	arm(self, LOSING_MS);
}

static void
kill_child(struct chain *self)
{
	if (self->child != 0) {
		kill(self->child, SIGKILL);
	}
}

static void
give_up_waiting(struct chain *self)
{
	char missing[STAGE_MARK_WORDS_MAX];

	stage_waiter_missing(self->waiter, missing, sizeof(missing));
	stage_chain_clear_waiting(self->config);
	give_up(self, stage_err_set(self->err, STAGE_TIMEOUT,
			      "unable to start %s: still waiting for %s",
			      self->config->argv[0], missing));
}

static void
stop_waiting(struct chain *self)
{
	stage_chain_clear_waiting(self->config);
	leave(self, END_AS_ASKED);
}

static void
pass_stop_on(struct chain *self)
{
	uv_timer_stop(&self->timer);
	self->state = STAGE_CHAIN_STOPPING;
	ask_child_to_end(self, self->stop_signal);
}

static void (*const actions[])(struct chain *) = {
	[STAGE_CHAIN_IGNORE] = ignore,
	[STAGE_CHAIN_LOOK_AT_NEEDS] = look_at_needs,
	[STAGE_CHAIN_LOOK_AT_JACK] = look_at_jack,
	[STAGE_CHAIN_BECOME_READY] = become_ready,
	[STAGE_CHAIN_END_OR_WAIT] = end_or_wait,
	[STAGE_CHAIN_END_LIKE_CHILD] = end_like_child,
	[STAGE_CHAIN_WAIT_AGAIN] = wait_again,
	[STAGE_CHAIN_LOSE] = lose,
	[STAGE_CHAIN_KILL_CHILD] = kill_child,
	[STAGE_CHAIN_GIVE_UP_WAITING] = give_up_waiting,
	[STAGE_CHAIN_STOP_WAITING] = stop_waiting,
	[STAGE_CHAIN_PASS_STOP_ON] = pass_stop_on,
};

static_assert(STAGE_COUNT_OF(actions) == STAGE_CHAIN_ACTION_COUNT,
	"every action has a function");

static void
dispatch(struct chain *self, enum stage_chain_event event)
{
	if (!self->is_ending) {
		actions[stage_chain_action_for(self->state, event)](self);
	}
}

// Callbacks of the loop.

static void
on_change(void *user)
{
	dispatch(user, STAGE_CHAIN_LOOK);
}

static void
on_server_lost(void *user)
{
	dispatch(user, STAGE_CHAIN_SERVER_LOST);
}

static void
on_signal(void *user, int signum)
{
	struct chain *self = user;

	if (signum == SIGCHLD) {
		reap(self);
	} else if (stage_relay_is_stop(signum)) {
		self->stop_signal = signum;
		dispatch(self, STAGE_CHAIN_STOP_SIGNAL);
	} else if (self->child != 0) {
		kill(self->child, signum);
	}
}

static enum stage_status
start_eyes(struct chain *self)
{
	const struct stage_chain_config *config = self->config;
	struct stage_jack_eye_config jack = {.loop = &self->loop,
		.name = "stagecraft-exec",
		.changed = on_change,
		.lost = on_server_lost,
		.user = self};
	struct stage_waiter_config waiter = {.loop = &self->loop,
		.rig = config->rig,
		.needs = config->needs,
		.changed = on_change,
		.user = self};
	enum stage_status status = STAGE_OK;

	if (stage_needs_use_jack(config->needs)) {
		status = stage_bystander_set(&self->bystander, self->err);
		if (status == STAGE_OK) {
			status = stage_jack_eye_create(
				&self->jack, &jack, self->err);
		}
	}
	waiter.jack = self->jack;
	if (status == STAGE_OK) {
		status = stage_waiter_create(&self->waiter, &waiter, self->err);
	}
	return status;
}

// Closes the JACK client in good order: the next thing may be an exec.
static void
close_loop(struct chain *self)
{
	stage_ready_watch_stop(&self->ready);
	stage_waiter_destroy(self->waiter);
	stage_jack_eye_destroy(self->jack);
	uv_close((uv_handle_t *)&self->timer, NULL);
	stage_relay_stop(&self->relay);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
}

static enum stage_status
open_loop(struct chain *self)
{
	if (uv_loop_init(&self->loop) != 0) {
		return stage_err_set(
			self->err, STAGE_FULL, "unable to make an event loop");
	}
	uv_timer_init(&self->loop, &self->timer);
	self->timer.data = self;
	stage_relay_start(&self->relay, &self->loop, on_signal, self);
	return STAGE_OK;
}

enum stage_status
stage_chain_run(const struct stage_chain_config *config, struct stage_err *err)
{
	struct chain self = {
		.config = config, .err = err, .state = STAGE_CHAIN_WAITING};
	enum stage_status status;

	stage_chain_clear_ready(config);
	stage_chain_clear_waiting(config);
	status = open_loop(&self);
	if (status != STAGE_OK) {
		return status;
	}
	status = start_eyes(&self);
	if (status != STAGE_OK) {
		close_loop(&self);
		stage_bystander_finish(&self.bystander);
		return status;
	}
	if (config->timeout_ns > 0) {
		arm(&self, (uint64_t)(config->timeout_ns / STAGE_NS_PER_MS));
	}
	dispatch(&self, STAGE_CHAIN_LOOK);
	if (!self.is_ending) {
		uv_run(&self.loop, UV_RUN_DEFAULT);
	}
	close_loop(&self);
	switch (self.ending) {
	case BECOME:
		self.result = become_program(&self);
		break;
	case END_LIKE:
		stage_child_end_like(self.wait_status);
	case END_AS_ASKED:
		_exit(STAGE_EXIT_OK);
	case GIVE_UP:
		break;
	}
	stage_bystander_finish(&self.bystander);
	return self.result;
}
