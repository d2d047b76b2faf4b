/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/condition.h"
#include "jack/graph_queue.h"
#include "jack/rest.h"

// How long a long row of edits goes on without waking the loop for what is
// done and for what libjack tells meanwhile.
#define EDITS_WAKE_NS (2 * STAGE_NS_PER_MS)

struct item {
	struct item *next;
	bool is_queued;
	struct stage_jack_message message;
};

struct stage_jack_sink {
	const struct stage_jack_backend *backend;
	struct stage_jack_open args;
	pthread_t thread;
	void *handle;   // worker only; NULL when closed
	bool is_set_up; // worker only

	pthread_mutex_t mutex; // guards all below
	unsigned generation;   // how many opens there have been
	bool is_lost;          // a shutdown was told in this one
	pthread_cond_t has_task;
	pthread_cond_t has_words; // to end a rest
	struct stage_jack_rest rest;
	enum stage_jack_command commands[STAGE_JACK_COMMAND_COUNT + 1];
	size_t command_count;
	struct item *first; // oldest message
	struct item *last;
	struct stage_jack_graph_queue graph;
	bool wants_tend;   // in this generation
	bool is_editing;   // an edit is being done
	bool will_look;    // the loop does, and needs not be woken for ports
	int64_t woken_ns;  // when the graph last woke the loop
	const char *doing; // static; NULL: nothing, or a command
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
wake_loop(struct stage_jack_sink *self)
{
	if (self->wake != NULL) {
		self->wake(self->wake_arg);
	}
}

// The box is held.
static bool
has_edits(const struct stage_jack_sink *self)
{
	return self->is_editing ||
	       stage_jack_graph_queue_has_edits(&self->graph);
}

/* For something about the graph. Each edit is told of by libjack, too, from
 * another thread: to run the loop for both, every time, costs a row of edits a
 * third of its time. The last of them wakes it in any case. The box is held. */
static void
wake_loop_for_graph(struct stage_jack_sink *self)
{
	int64_t now_ns = stage_clock_now_ns();

	if (!has_edits(self) || now_ns - self->woken_ns > EDITS_WAKE_NS) {
		self->woken_ns = now_ns;
		wake_loop(self);
	}
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
	wake_loop(self);
}

// The box is held.
static void
append_shutdown(struct stage_jack_sink *self, const char *reason)
{
	self->is_lost = true;
	if (self->shutdown.is_queued) {
		return;
	}
	self->shutdown.is_queued = true;
	self->shutdown.message =
		(struct stage_jack_message){.event = STAGE_JACK_EVENT_SHUTDOWN,
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

// Puts a note in; NULL when memory was short. Ownership: taken.
static void
add_note(struct stage_jack_sink *self, struct stage_jack_note *note)
{
	if (note != NULL) {
		note->generation = self->generation;
	}
	stage_jack_graph_queue_add(&self->graph, note);
}

static void
send_note(struct stage_jack_sink *self, struct stage_jack_note *note)
{
	add_note(self, note);
	wake_loop_for_graph(self);
}

void
stage_jack_sink_port(struct stage_jack_sink *self, uint32_t id,
	bool has_appeared, const struct stage_jack_port *port)
{
	int cancel_state = enter(self);

	add_note(self, stage_jack_note_create_port(
			       has_appeared ? STAGE_JACK_NOTE_PORT_ON
					    : STAGE_JACK_NOTE_PORT_OFF,
			       id, port));
	if (!self->will_look) {
		wake_loop_for_graph(self);
	}
	leave(self, cancel_state);
}

void
stage_jack_sink_renamed(struct stage_jack_sink *self, uint32_t id,
	const char *before, const char *now)
{
	int cancel_state = enter(self);
	struct stage_jack_note *note = stage_jack_note_create_pair(
		STAGE_JACK_NOTE_RENAMED, before, now);

	if (note != NULL) {
		note->id = id;
	}
	send_note(self, note);
	leave(self, cancel_state);
}

void
stage_jack_sink_link(struct stage_jack_sink *self, bool is_connected,
	uint32_t from_id, const char *from, uint32_t to_id, const char *to)
{
	int cancel_state = enter(self);
	struct stage_jack_note *note = stage_jack_note_create_pair(
		is_connected ? STAGE_JACK_NOTE_LINK_ON
			     : STAGE_JACK_NOTE_LINK_OFF,
		from, to);

	if (note != NULL) {
		note->id = from_id;
		note->other_id = to_id;
	}
	send_note(self, note);
	leave(self, cancel_state);
}

void
stage_jack_sink_client(
	struct stage_jack_sink *self, bool has_appeared, const char *name)
{
	int cancel_state = enter(self);

	send_note(self, stage_jack_note_create_pair(
				has_appeared ? STAGE_JACK_NOTE_CLIENT_ON
					     : STAGE_JACK_NOTE_CLIENT_OFF,
				name, NULL));
	leave(self, cancel_state);
}

// The box is held. A command may be to close, which waits for the thread.
static bool
must_listen(const struct stage_jack_sink *self, bool was_editing)
{
	return self->command_count > 0 || self->is_abandoned ||
	       stage_jack_rest_is_over(&self->rest) ||
	       (was_editing && !has_edits(self));
}

void
stage_jack_sink_rest(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);
	bool is_editing = has_edits(self);
	int64_t until_ns = stage_jack_rest_begin(
		&self->rest, is_editing, stage_clock_now_ns());

	while (until_ns != 0 && !must_listen(self, is_editing) &&
		stage_condition_await(
			&self->has_words, &self->mutex, until_ns)) {
		continue;
	}
	stage_jack_rest_end(&self->rest, stage_clock_now_ns());
	leave(self, cancel_state);
}

static void
answer(struct stage_jack_sink *self, enum stage_jack_command command,
	const struct stage_jack_message *message)
{
	int cancel_state = enter(self);
	struct item *item = &self->answers[command];

	item->message = *message;
	item->message.generation = self->generation;
	item->is_queued = true;
	append(self, item);
	leave(self, cancel_state);
}

// What is listed goes aside first, so that it is told whole.
struct listing {
	struct stage_jack_chain chain;
	unsigned generation;
	bool has_failed; // memory was short
};

static void
list_note(struct listing *listing, struct stage_jack_note *note)
{
	if (note == NULL) {
		listing->has_failed = true;
		return;
	}
	note->generation = listing->generation;
	stage_jack_chain_add(&listing->chain, note);
}

static void
list_port(void *user, uint32_t id, const struct stage_jack_port *port)
{
	list_note(user, stage_jack_note_create_port(
				STAGE_JACK_NOTE_SCAN_PORT, id, port));
}

static void
list_link(void *user, const char *from, const char *to)
{
	list_note(user, stage_jack_note_create_pair(
				STAGE_JACK_NOTE_SCAN_LINK, from, to));
}

static void
list_graph(struct stage_jack_sink *self, struct listing *listing)
{
	struct stage_jack_lister lister = {
		.port = list_port, .link = list_link, .user = listing};

	list_note(listing,
		stage_jack_note_create(STAGE_JACK_NOTE_SCAN_BEGIN, NULL));
	self->backend->list(self->handle, self->args.wants_graph, &lister);
	list_note(listing,
		stage_jack_note_create(STAGE_JACK_NOTE_SCAN_END, NULL));
}

// Lists the graph while notes are held.
static void
scan_held(struct stage_jack_sink *self, unsigned generation)
{
	struct listing listing = {.generation = generation};
	int cancel_state;

	list_graph(self, &listing);
	cancel_state = enter(self);
	if (listing.has_failed) {
		stage_jack_chain_finish(&listing.chain);
		append_shutdown(self, "out of memory");
	}
	stage_jack_graph_queue_release(&self->graph, &listing.chain);
	self->doing = NULL;
	wake_loop(self);
	leave(self, cancel_state);
}

static void
do_scan(struct stage_jack_sink *self)
{
	unsigned generation;
	int cancel_state;

	if (self->handle == NULL) {
		return;
	}
	cancel_state = enter(self);
	stage_jack_graph_queue_hold(&self->graph);
	generation = self->generation;
	self->doing = "listing the ports";
	leave(self, cancel_state);
	scan_held(self, generation);
}

static void
end_edit(struct stage_jack_sink *self, struct stage_jack_note *edit,
	enum stage_jack_outcome outcome)
{
	int cancel_state = enter(self);

	self->doing = NULL;
	self->is_editing = false;
	stage_jack_graph_queue_done(&self->graph, edit, outcome);
	if (outcome == STAGE_JACK_OUTCOME_DONE) {
		stage_jack_rest_edit_done(&self->rest);
	}
	if (stage_jack_rest_is_over(&self->rest) || !has_edits(self)) {
		pthread_cond_signal(&self->has_words);
	}
	wake_loop_for_graph(self);
	leave(self, cancel_state);
}

// Says whether an edit can be tried, and that it is.
static bool
begin_edit(struct stage_jack_sink *self, const struct stage_jack_note *edit)
{
	int cancel_state = enter(self);
	bool is_possible = self->handle != NULL && !self->is_lost &&
			   edit->generation == self->generation;

	self->is_editing = true;
	if (is_possible) {
		self->doing = edit->is_disconnect ? "disconnecting two ports"
						  : "connecting two ports";
	}
	leave(self, cancel_state);
	return is_possible;
}

static void
do_edit(struct stage_jack_sink *self, struct stage_jack_note *note)
{
	struct stage_jack_edit edit = {.is_disconnect = note->is_disconnect,
		.from = note->texts[STAGE_JACK_TEXT_NAME],
		.to = note->texts[STAGE_JACK_TEXT_OTHER],
		.tag = note->tag};
	enum stage_jack_outcome outcome = STAGE_JACK_OUTCOME_GONE;
	uint32_t frames;

	if (begin_edit(self, note)) {
		outcome = self->backend->change(self->handle, &edit);
	}
	// libjack refuses in the same way when there is no server any more
	if (outcome == STAGE_JACK_OUTCOME_REFUSED &&
		self->backend->beat(self->handle, &frames) != STAGE_OK) {
		outcome = STAGE_JACK_OUTCOME_GONE;
		stage_jack_sink_shutdown(self, "the JACK server has gone");
	}
	end_edit(self, note, outcome);
}

// The server has gone: nobody does these any more.
static void
end_edits(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);
	struct stage_jack_note *edit =
		stage_jack_graph_queue_take_edit(&self->graph);

	while (edit != NULL) {
		stage_jack_graph_queue_done(
			&self->graph, edit, STAGE_JACK_OUTCOME_GONE);
		edit = stage_jack_graph_queue_take_edit(&self->graph);
	}
	wake_loop(self);
	leave(self, cancel_state);
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

// From here on libjack may tell of ports; the first scan comes before that.
static unsigned
begin_generation(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);
	unsigned generation;

	self->generation++;
	self->is_lost = false;
	self->wants_tend = false;
	stage_jack_graph_queue_drop(&self->graph);
	stage_jack_graph_queue_hold(&self->graph);
	generation = self->generation;
	leave(self, cancel_state);
	return generation;
}

static void
drop_notes(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);

	stage_jack_graph_queue_drop(&self->graph);
	leave(self, cancel_state);
}

static void
do_open(struct stage_jack_sink *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_OPENED};
	struct stage_jack_open args = self->args;
	struct stage_err err = STAGE_ERR_INIT;
	unsigned generation = begin_generation(self);

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
	if (self->handle == NULL || !self->args.wants_ports) {
		drop_notes(self);
	} else {
		scan_held(self, generation);
	}
}

static void
do_close(struct stage_jack_sink *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_CLOSED};

	end_edits(self);
	if (self->handle != NULL) {
		self->backend->close(self->handle);
		self->handle = NULL;
		call_teardown(self);
	}
	drop_notes(self);
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

static void
do_tend(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);
	bool is_possible =
		self->handle != NULL && !self->is_lost && !self->is_abandoned;

	if (is_possible) {
		self->doing = "changing its ports";
	}
	leave(self, cancel_state);
	if (is_possible && self->args.tend != NULL) {
		self->args.tend(self->args.user);
	}
	cancel_state = enter(self);
	self->doing = NULL;
	leave(self, cancel_state);
}

struct task {
	bool is_tend;
	enum stage_jack_job job; // NONE: a command
	enum stage_jack_command command;
	struct stage_jack_note *edit;
};

// The box is held.
static bool
find_task(struct stage_jack_sink *self, struct task *out)
{
	*out = (struct task){.command = STAGE_JACK_COMMAND_QUIT};
	if (self->is_abandoned) {
		return true;
	}
	if (self->command_count > 0) {
		out->command = self->commands[0];
		self->command_count--;
		memmove(self->commands, self->commands + 1,
			self->command_count * sizeof(self->commands[0]));
		return true;
	}
	if (self->wants_tend) {
		self->wants_tend = false;
		out->is_tend = true;
		return true;
	}
	out->job = stage_jack_graph_queue_next(&self->graph, &out->edit);
	return out->job != STAGE_JACK_JOB_NONE;
}

static struct task
next_task(struct stage_jack_sink *self)
{
	struct task task;

	pthread_mutex_lock(&self->mutex);
	while (!find_task(self, &task)) {
		pthread_cond_wait(&self->has_task, &self->mutex);
	}
	pthread_mutex_unlock(&self->mutex);
	return task;
}

static void
free_worker(struct stage_jack_sink *self)
{
	stage_jack_graph_queue_finish(&self->graph);
	pthread_cond_destroy(&self->has_words);
	pthread_cond_destroy(&self->has_task);
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

// Returns false when that was the last.
static bool
do_command(struct stage_jack_sink *self, enum stage_jack_command command)
{
	switch (command) {
	case STAGE_JACK_COMMAND_OPEN:
		do_open(self);
		return true;
	case STAGE_JACK_COMMAND_CLOSE:
		do_close(self);
		return true;
	case STAGE_JACK_COMMAND_BEAT:
		do_beat(self);
		return true;
	case STAGE_JACK_COMMAND_QUIT:
	case STAGE_JACK_COMMAND_COUNT:
		break;
	}
	do_quit(self);
	return false;
}

static void *
work(void *arg)
{
	struct stage_jack_sink *self = arg;
	bool goes_on = true;

	while (goes_on) {
		struct task task = next_task(self);
		if (task.is_tend) {
			do_tend(self);
			continue;
		}
		switch (task.job) {
		case STAGE_JACK_JOB_NONE:
			goes_on = do_command(self, task.command);
			break;
		case STAGE_JACK_JOB_SCAN:
			do_scan(self);
			break;
		case STAGE_JACK_JOB_EDIT:
			do_edit(self, task.edit);
			break;
		}
	}
	return NULL;
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
	pthread_mutex_init(&self->mutex, NULL);
	pthread_cond_init(&self->has_task, NULL);
	stage_condition_init(&self->has_words);
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
	pthread_cond_signal(&self->has_words);
	pthread_cond_signal(&self->has_task);
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
	}
	leave(self, cancel_state);
	return item != NULL;
}

struct stage_jack_chain
stage_jack_worker_take_notes(struct stage_jack_worker *worker, bool will_look)
{
	struct stage_jack_sink *self = &worker->sink;
	int cancel_state = enter(self);
	struct stage_jack_chain taken =
		stage_jack_graph_queue_take(&self->graph);

	self->will_look = will_look;
	if (self->graph.wants_scan) { // something was thrown away
		pthread_cond_signal(&self->has_task);
	}
	leave(self, cancel_state);
	return taken;
}

void
stage_jack_worker_edit(
	struct stage_jack_worker *worker, struct stage_jack_chain *edits)
{
	struct stage_jack_sink *self = &worker->sink;
	int cancel_state = enter(self);
	struct stage_jack_note *note = edits->first;

	for (; note != NULL; note = note->next) {
		note->generation = self->generation;
	}
	stage_jack_graph_queue_edit(&self->graph, edits);
	pthread_cond_signal(&self->has_task);
	leave(self, cancel_state);
}

bool
stage_jack_worker_is_behind(struct stage_jack_worker *worker)
{
	int cancel_state = enter(&worker->sink);
	bool is_behind = stage_jack_graph_queue_is_behind(&worker->sink.graph);

	leave(&worker->sink, cancel_state);
	return is_behind;
}

void
stage_jack_worker_scan(struct stage_jack_worker *worker)
{
	struct stage_jack_sink *self = &worker->sink;
	int cancel_state = enter(self);

	stage_jack_graph_queue_ask_scan(&self->graph);
	pthread_cond_signal(&self->has_task);
	leave(self, cancel_state);
}

void
stage_jack_worker_tend(struct stage_jack_worker *worker)
{
	struct stage_jack_sink *self = &worker->sink;
	int cancel_state = enter(self);

	self->wants_tend = true;
	pthread_cond_signal(&self->has_task);
	leave(self, cancel_state);
}

void
stage_jack_worker_shutdown(struct stage_jack_worker *worker, const char *reason)
{
	stage_jack_sink_shutdown(&worker->sink, reason);
}

const char *
stage_jack_worker_doing(struct stage_jack_worker *worker)
{
	struct stage_jack_sink *self = &worker->sink;
	int cancel_state = enter(self);
	const char *doing = self->doing;

	leave(self, cancel_state);
	return doing;
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
		pthread_cond_signal(&self->has_task);
	}
	pthread_mutex_unlock(&self->mutex);
	if (has_quit) {
		stage_jack_worker_destroy(worker);
	}
}
