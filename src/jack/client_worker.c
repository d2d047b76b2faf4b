/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct stage_jack_worker {
	const struct stage_jack_backend *backend;
	struct stage_jack_open args;
	pthread_t thread;
	struct stage_jack_sink box;
	void *handle;   // worker only; NULL when closed
	bool is_set_up; // worker only
	void *keep;     // freed with an abandoned worker
};

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
list_graph(struct stage_jack_worker *self, struct listing *listing)
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
scan_held(struct stage_jack_worker *self, unsigned generation)
{
	struct listing listing = {.generation = generation};

	list_graph(self, &listing);
	stage_jack_box_end_scan(
		&self->box, &listing.chain, !listing.has_failed);
}

static void
do_scan(struct stage_jack_worker *self)
{
	if (self->handle != NULL) {
		scan_held(self, stage_jack_box_begin_scan(&self->box));
	}
}

static void
do_edit(struct stage_jack_worker *self, struct stage_jack_note *note)
{
	struct stage_jack_edit edit = {.is_disconnect = note->is_disconnect,
		.from = note->texts[STAGE_JACK_TEXT_NAME],
		.to = note->texts[STAGE_JACK_TEXT_OTHER],
		.tag = note->tag};
	enum stage_jack_outcome outcome = STAGE_JACK_OUTCOME_GONE;
	uint32_t frames;

	if (stage_jack_box_begin_edit(&self->box, note, self->handle != NULL)) {
		outcome = self->backend->change(self->handle, &edit);
	}
	// libjack refuses in the same way when there is no server any more
	if (outcome == STAGE_JACK_OUTCOME_REFUSED &&
		self->backend->beat(self->handle, &frames) != STAGE_OK) {
		outcome = STAGE_JACK_OUTCOME_GONE;
		stage_jack_sink_shutdown(
			&self->box, "the JACK server has gone");
	}
	stage_jack_box_end_edit(&self->box, note, outcome);
}

// An abandoned worker leaves the owner's things alone: the owner has gone.
static enum stage_status
call_setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct stage_jack_worker *self = user;

	if (stage_jack_box_is_abandoned(&self->box)) {
		return stage_err_set(err, STAGE_GONE, "the owner has gone");
	}
	self->is_set_up = true;
	if (self->args.setup == NULL) {
		return STAGE_OK;
	}
	return self->args.setup(self->args.user, client, err);
}

static void
call_teardown(struct stage_jack_worker *self)
{
	if (self->is_set_up && self->args.teardown != NULL &&
		!stage_jack_box_is_abandoned(&self->box)) {
		self->args.teardown(self->args.user);
	}
	self->is_set_up = false;
}

static void
do_tend(struct stage_jack_worker *self)
{
	if (stage_jack_box_begin_tend(&self->box, self->handle != NULL) &&
		self->args.tend != NULL) {
		self->args.tend(self->args.user);
	}
	stage_jack_box_end_tend(&self->box);
}

static void
free_worker(struct stage_jack_worker *self)
{
	stage_jack_box_finish(&self->box);
	free(self->keep);
	free(self);
}

static void
do_quit(struct stage_jack_worker *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_QUIT};

	if (self->handle != NULL) { // only when abandoned in an open
		self->backend->close(self->handle);
		call_teardown(self);
	}
	stage_jack_box_answer(&self->box, STAGE_JACK_COMMAND_QUIT, &message);
	if (stage_jack_box_quit(&self->box)) {
		free_worker(self);
	}
}

static void
do_open(struct stage_jack_worker *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_OPENED};
	struct stage_jack_open args = self->args;
	struct stage_err err = STAGE_ERR_INIT;
	unsigned generation = stage_jack_box_begin_open(&self->box);

	args.setup = call_setup;
	args.user = self;
	if (self->backend->open(&args, &self->box, &self->handle, &message.info,
		    &err) != STAGE_OK) {
		self->handle = NULL;
		call_teardown(self);
		message.event = STAGE_JACK_EVENT_FAILED;
		stage_jack_copy_text(
			message.text, sizeof(message.text), err.text);
	}
	stage_jack_box_answer(&self->box, STAGE_JACK_COMMAND_OPEN, &message);
	if (self->handle == NULL || !self->args.wants_ports) {
		stage_jack_box_drop_notes(&self->box);
	} else {
		scan_held(self, generation);
	}
}

static void
do_close(struct stage_jack_worker *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_CLOSED};

	stage_jack_box_end_edits(&self->box);
	if (self->handle != NULL) {
		self->backend->close(self->handle);
		self->handle = NULL;
		call_teardown(self);
	}
	stage_jack_box_drop_notes(&self->box);
	stage_jack_box_answer(&self->box, STAGE_JACK_COMMAND_CLOSE, &message);
}

static void
do_beat(struct stage_jack_worker *self)
{
	struct stage_jack_message message = {.event = STAGE_JACK_EVENT_BEAT_OK};

	if (self->handle == NULL || self->backend->beat(self->handle,
					    &message.frames) != STAGE_OK) {
		message.event = STAGE_JACK_EVENT_BEAT_FAILED;
	}
	stage_jack_box_answer(&self->box, STAGE_JACK_COMMAND_BEAT, &message);
}

// Returns false when that was the last.
static bool
do_command(struct stage_jack_worker *self, enum stage_jack_command command)
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
	struct stage_jack_worker *self = arg;
	bool goes_on = true;

	while (goes_on) {
		struct stage_jack_task task = stage_jack_box_next(&self->box);
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
start_thread(struct stage_jack_worker *self)
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
	struct stage_jack_worker *self = calloc(1, sizeof(*self));
	int errnum;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->backend = backend;
	self->args = *args;
	stage_jack_box_init(&self->box, wake, wake_arg);
	errnum = start_thread(self);
	if (errnum != 0) {
		free_worker(self);
		return stage_err_set_errno(
			err, errnum, "unable to start a thread for JACK");
	}
	*out = self;
	return STAGE_OK;
}

struct stage_jack_sink *
stage_jack_worker_box(struct stage_jack_worker *self)
{
	return &self->box;
}

void
stage_jack_worker_destroy(struct stage_jack_worker *self)
{
	if (self == NULL) {
		return;
	}
	pthread_join(self->thread, NULL);
	free_worker(self);
}

void
stage_jack_worker_abandon(struct stage_jack_worker *self, void *keep)
{
	pthread_t thread = self->thread;

	self->keep = keep;
	if (stage_jack_box_abandon(&self->box)) {
		pthread_detach(thread); // which may have freed it by now
	} else {
		stage_jack_worker_destroy(self);
	}
}
