/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define PORTS_QUEUED_MAX 16384 // messages
#define SNAPSHOTS_MAX 16       // of the ports, until none changed meanwhile

struct item {
	struct item *next;
	bool is_fixed;  // part of the worker: not freed
	bool is_queued; // fixed ones only
	struct stage_jack_message message;
};

struct stage_jack_sink {
	const struct stage_jack_backend *backend;
	struct stage_jack_open args;
	pthread_t thread;
	void *handle;            // worker only; NULL when closed
	bool is_set_up;          // worker only
	unsigned generation;     // worker writes, callbacks of that open read
	atomic_uint port_events; // how many callbacks told of a port

	pthread_mutex_t mutex; // guards all below
	pthread_cond_t has_command;
	enum stage_jack_command commands[STAGE_JACK_COMMAND_COUNT + 1];
	size_t command_count;
	struct item *first; // oldest message
	struct item *last;
	size_t port_count; // queued messages of ports
	struct item answers[STAGE_JACK_COMMAND_COUNT];
	struct item shutdown;
	void (*wake)(void *arg); // NULL once abandoned
	void *wake_arg;
	bool is_abandoned;
	bool has_quit; // the thread touches nothing any more
	void *keep;    // freed with an abandoned worker
};

// One struct under two names: a sink is what backends see of a worker.
struct stage_jack_worker {
	struct stage_jack_sink sink;
};

// Locks the box; a cancellation is put off until leave.
static int
enter(struct stage_jack_sink *self)
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	pthread_mutex_lock(&self->mutex);
	return cancel_state;
}

static void
leave(struct stage_jack_sink *self, int cancel_state)
{
	pthread_mutex_unlock(&self->mutex);
	pthread_setcancelstate(cancel_state, NULL);
}

// The box is held.
static void
append(struct stage_jack_sink *self, struct item *item)
{
	item->next = NULL;
	if (self->last != NULL) {
		self->last->next = item;
	} else {
		self->first = item;
	}
	self->last = item;
	if (self->wake != NULL) {
		self->wake(self->wake_arg);
	}
}

// The box is held.
static void
append_shutdown(struct stage_jack_sink *self, const char *reason)
{
	if (self->shutdown.is_queued) {
		return;
	}
	self->shutdown.is_queued = true;
	self->shutdown.message =
		(struct stage_jack_message){.kind = STAGE_JACK_MESSAGE_EVENT,
			.event = STAGE_JACK_EVENT_SHUTDOWN,
			.generation = self->generation};
	stage_jack_copy_text(self->shutdown.message.text,
		sizeof(self->shutdown.message.text), reason);
	append(self, &self->shutdown);
}

void
stage_jack_sink_shutdown(struct stage_jack_sink *self, const char *reason)
{
	int cancel_state = enter(self);

	append_shutdown(self, reason);
	leave(self, cancel_state);
}

static void
send_port(struct stage_jack_sink *self, bool has_appeared,
	const struct stage_jack_port *port)
{
	int cancel_state = enter(self);
	struct item *item = NULL;

	if (self->port_count < PORTS_QUEUED_MAX) {
		item = calloc(1, sizeof(*item));
	}
	if (item == NULL) {
		append_shutdown(self, "too many port changes at once");
	} else {
		item->message.kind = has_appeared
					     ? STAGE_JACK_MESSAGE_PORT_APPEARED
					     : STAGE_JACK_MESSAGE_PORT_GONE;
		item->message.generation = self->generation;
		item->message.port = *port;
		self->port_count++;
		append(self, item);
	}
	leave(self, cancel_state);
}

void
stage_jack_sink_port(struct stage_jack_sink *self, bool has_appeared,
	const struct stage_jack_port *port)
{
	atomic_fetch_add(&self->port_events, 1);
	send_port(self, has_appeared, port);
}

static void
answer(struct stage_jack_sink *self, enum stage_jack_command command,
	const struct stage_jack_message *message)
{
	int cancel_state = enter(self);
	struct item *item = &self->answers[command];

	item->message = *message;
	item->message.kind = STAGE_JACK_MESSAGE_EVENT;
	item->message.generation = self->generation;
	item->is_queued = true;
	append(self, item);
	leave(self, cancel_state);
}

struct listing {
	struct stage_jack_sink *sink;
	struct stage_strv names;
};

static void
list_port(void *user, const struct stage_jack_port *port)
{
	struct listing *listing = user;

	send_port(listing->sink, true, port);
	if (stage_strv_add(&listing->names, port->name) != STAGE_OK) {
		stage_jack_sink_shutdown(listing->sink, "out of memory");
	}
}

static void
send_gone(struct stage_jack_sink *self, const struct stage_strv *before,
	const struct stage_strv *now)
{
	for (size_t i = 0; i < before->count; i++) {
		struct stage_jack_port port = {.flags = 0};
		if (!stage_strv_has(now, before->items[i])) {
			stage_jack_copy_text(
				port.name, sizeof(port.name), before->items[i]);
			send_port(self, false, &port);
		}
	}
}

// Tells of the ports that are there. One that goes between its listing and its
// message would be told in the wrong order, so the list is taken again when a
// callback came meanwhile.
static void
send_ports(struct stage_jack_sink *self)
{
	struct stage_strv before = {0};

	for (int i = 0; i < SNAPSHOTS_MAX; i++) {
		unsigned count = atomic_load(&self->port_events);
		struct listing listing = {.sink = self};
		self->backend->list_ports(self->handle, list_port, &listing);
		send_gone(self, &before, &listing.names);
		stage_strv_finish(&before);
		before = listing.names;
		if (atomic_load(&self->port_events) == count) {
			break;
		}
	}
	stage_strv_finish(&before);
}

static bool
is_abandoned(struct stage_jack_sink *self)
{
	bool result;

	pthread_mutex_lock(&self->mutex);
	result = self->is_abandoned;
	pthread_mutex_unlock(&self->mutex);
	return result;
}

// An abandoned worker leaves the owner's things alone: the owner has gone.
static enum stage_status
call_setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct stage_jack_sink *self = user;

	if (is_abandoned(self)) {
		return stage_err_set(err, STAGE_GONE, "the owner has gone");
	}
	self->is_set_up = true;
	if (self->args.setup == NULL) {
		return STAGE_OK;
	}
	return self->args.setup(self->args.user, client, err);
}

static void
call_teardown(struct stage_jack_sink *self)
{
	if (self->is_set_up && self->args.teardown != NULL &&
		!is_abandoned(self)) {
		self->args.teardown(self->args.user);
	}
	self->is_set_up = false;
}

static void
do_open(struct stage_jack_sink *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_OPENED};
	struct stage_jack_open args = self->args;
	struct stage_err err = STAGE_ERR_INIT;
	int cancel_state = enter(self);

	self->generation++;
	leave(self, cancel_state);
	args.setup = call_setup;
	args.user = self;
	if (self->backend->open(&args, self, &self->handle, &message.info,
		    &err) != STAGE_OK) {
		self->handle = NULL;
		call_teardown(self);
		message.event = STAGE_JACK_EVENT_FAILED;
		stage_jack_copy_text(
			message.text, sizeof(message.text), err.text);
	}
	answer(self, STAGE_JACK_COMMAND_OPEN, &message);
	if (self->handle != NULL && self->args.wants_ports) {
		send_ports(self);
	}
}

static void
do_close(struct stage_jack_sink *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_CLOSED};

	if (self->handle != NULL) {
		self->backend->close(self->handle);
		self->handle = NULL;
		call_teardown(self);
	}
	answer(self, STAGE_JACK_COMMAND_CLOSE, &message);
}

static void
do_beat(struct stage_jack_sink *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_BEAT_OK};

	if (self->handle == NULL || self->backend->beat(self->handle,
					    &message.frames) != STAGE_OK) {
		message.event = STAGE_JACK_EVENT_BEAT_FAILED;
	}
	answer(self, STAGE_JACK_COMMAND_BEAT, &message);
}

static enum stage_jack_command
next_command(struct stage_jack_sink *self)
{
	enum stage_jack_command command = STAGE_JACK_COMMAND_QUIT;

	pthread_mutex_lock(&self->mutex);
	while (self->command_count == 0 && !self->is_abandoned) {
		pthread_cond_wait(&self->has_command, &self->mutex);
	}
	if (self->command_count > 0 && !self->is_abandoned) {
		command = self->commands[0];
		self->command_count--;
		memmove(self->commands, self->commands + 1,
			self->command_count * sizeof(self->commands[0]));
	}
	pthread_mutex_unlock(&self->mutex);
	return command;
}

static void
free_worker(struct stage_jack_sink *self)
{
	struct stage_jack_message ignored;

	while (stage_jack_worker_take(
		(struct stage_jack_worker *)self, &ignored)) {
		continue;
	}
	pthread_cond_destroy(&self->has_command);
	pthread_mutex_destroy(&self->mutex);
	free(self->keep);
	free(self);
}

static void
do_quit(struct stage_jack_sink *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_QUIT};
	bool frees;

	if (self->handle != NULL) { // only when abandoned in an open
		self->backend->close(self->handle);
		call_teardown(self);
	}
	answer(self, STAGE_JACK_COMMAND_QUIT, &message);
	pthread_mutex_lock(&self->mutex);
	self->has_quit = true;
	frees = self->is_abandoned;
	pthread_mutex_unlock(&self->mutex);
	if (frees) {
		free_worker(self);
	}
}

static void *
work(void *arg)
{
	struct stage_jack_sink *self = arg;

	for (;;) {
		switch (next_command(self)) {
		case STAGE_JACK_COMMAND_OPEN:
			do_open(self);
			break;
		case STAGE_JACK_COMMAND_CLOSE:
			do_close(self);
			break;
		case STAGE_JACK_COMMAND_BEAT:
			do_beat(self);
			break;
		case STAGE_JACK_COMMAND_QUIT:
		case STAGE_JACK_COMMAND_COUNT:
			do_quit(self);
			return NULL;
		}
	}
}

// Signals are the loop's: neither the worker nor the threads that libjack makes
// from it get any.
static int
start_thread(struct stage_jack_sink *self)
{
	sigset_t all;
	sigset_t before;
	int errnum;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	errnum = pthread_create(&self->thread, NULL, work, self);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return errnum;
}

enum stage_status
stage_jack_worker_create(const struct stage_jack_backend *backend,
	const struct stage_jack_open *args, void (*wake)(void *arg),
	void *wake_arg, struct stage_jack_worker **out, struct stage_err *err)
{
	struct stage_jack_worker *worker = calloc(1, sizeof(*worker));
	struct stage_jack_sink *self;
	int errnum;

	if (worker == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self = &worker->sink;
	self->backend = backend;
	self->args = *args;
	self->wake = wake;
	self->wake_arg = wake_arg;
	self->shutdown.is_fixed = true;
	for (size_t i = 0; i < STAGE_JACK_COMMAND_COUNT; i++) {
		self->answers[i].is_fixed = true;
	}
	pthread_mutex_init(&self->mutex, NULL);
	pthread_cond_init(&self->has_command, NULL);
	errnum = start_thread(self);
	if (errnum != 0) {
		free_worker(self);
		return stage_err_set_errno(
			err, errnum, "unable to start a thread for JACK");
	}
	*out = worker;
	return STAGE_OK;
}

void
stage_jack_worker_ask(
	struct stage_jack_worker *worker, enum stage_jack_command command)
{
	struct stage_jack_sink *self = &worker->sink;

	pthread_mutex_lock(&self->mutex);
	if (self->command_count < STAGE_COUNT_OF(self->commands)) {
		self->commands[self->command_count] = command;
		self->command_count++;
	}
	pthread_cond_signal(&self->has_command);
	pthread_mutex_unlock(&self->mutex);
}

bool
stage_jack_worker_take(
	struct stage_jack_worker *worker, struct stage_jack_message *out)
{
	struct stage_jack_sink *self = &worker->sink;
	int cancel_state = enter(self);
	struct item *item = self->first;

	if (item != NULL) {
		self->first = item->next;
		if (self->first == NULL) {
			self->last = NULL;
		}
		*out = item->message;
		item->is_queued = false;
		if (!item->is_fixed) {
			self->port_count--;
			free(item);
		}
	}
	leave(self, cancel_state);
	return item != NULL;
}

void
stage_jack_worker_destroy(struct stage_jack_worker *worker)
{
	if (worker == NULL) {
		return;
	}
	pthread_join(worker->sink.thread, NULL);
	free_worker(&worker->sink);
}

void
stage_jack_worker_abandon(struct stage_jack_worker *worker, void *keep)
{
	struct stage_jack_sink *self = &worker->sink;
	bool has_quit;

	pthread_mutex_lock(&self->mutex);
	has_quit = self->has_quit;
	self->keep = keep;
	self->wake = NULL;
	if (!has_quit) {
		pthread_detach(self->thread);
		self->is_abandoned = true;
		pthread_cond_signal(&self->has_command);
	}
	pthread_mutex_unlock(&self->mutex);
	if (has_quit) {
		stage_jack_worker_destroy(worker);
	}
}
