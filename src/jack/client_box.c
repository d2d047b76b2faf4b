/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_box.h"

#include <string.h>

#include "base/clock.h"
#include "base/condition.h"

// How long a long row of edits goes on without waking the loop for what is
// done and for what libjack tells meanwhile.
#define EDITS_WAKE_NS (2 * STAGE_NS_PER_MS)

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
append(struct stage_jack_sink *self, struct stage_jack_box_item *item)
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

void
stage_jack_box_init(
	struct stage_jack_sink *self, void (*wake)(void *arg), void *wake_arg)
{
	self->wake = wake;
	self->wake_arg = wake_arg;
	pthread_mutex_init(&self->mutex, NULL);
	pthread_cond_init(&self->has_task, NULL);
	stage_condition_init(&self->has_words);
}

void
stage_jack_box_finish(struct stage_jack_sink *self)
{
	stage_jack_graph_queue_finish(&self->graph);
	pthread_cond_destroy(&self->has_words);
	pthread_cond_destroy(&self->has_task);
	pthread_mutex_destroy(&self->mutex);
}

void
stage_jack_box_ask(
	struct stage_jack_sink *self, enum stage_jack_command command)
{

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
stage_jack_box_take(
	struct stage_jack_sink *self, struct stage_jack_message *out)
{
	int cancel_state = enter(self);
	struct stage_jack_box_item *item = self->first;

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
stage_jack_box_take_notes(struct stage_jack_sink *self, bool will_look)
{
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
stage_jack_box_edit(
	struct stage_jack_sink *self, struct stage_jack_chain *edits)
{
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
stage_jack_box_is_behind(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);
	bool is_behind = stage_jack_graph_queue_is_behind(&self->graph);

	leave(self, cancel_state);
	return is_behind;
}

void
stage_jack_box_ask_scan(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);

	stage_jack_graph_queue_ask_scan(&self->graph);
	pthread_cond_signal(&self->has_task);
	leave(self, cancel_state);
}

void
stage_jack_box_ask_tend(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);

	self->wants_tend = true;
	pthread_cond_signal(&self->has_task);
	leave(self, cancel_state);
}

const char *
stage_jack_box_doing(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);
	const char *doing = self->doing;

	leave(self, cancel_state);
	return doing;
}

bool
stage_jack_box_abandon(struct stage_jack_sink *self)
{
	bool is_first;

	pthread_mutex_lock(&self->mutex);
	self->wake = NULL;
	is_first = !self->has_quit;
	if (is_first) {
		self->is_abandoned = true;
		pthread_cond_signal(&self->has_task);
	}
	pthread_mutex_unlock(&self->mutex);
	return is_first;
}

// The box is held.
static bool
find_task(struct stage_jack_sink *self, struct stage_jack_task *out)
{
	*out = (struct stage_jack_task){.command = STAGE_JACK_COMMAND_QUIT};
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

struct stage_jack_task
stage_jack_box_next(struct stage_jack_sink *self)
{
	struct stage_jack_task task;

	pthread_mutex_lock(&self->mutex);
	while (!find_task(self, &task)) {
		pthread_cond_wait(&self->has_task, &self->mutex);
	}
	pthread_mutex_unlock(&self->mutex);
	return task;
}

void
stage_jack_box_answer(struct stage_jack_sink *self,
	enum stage_jack_command command,
	const struct stage_jack_message *message)
{
	int cancel_state = enter(self);
	struct stage_jack_box_item *item = &self->answers[command];

	item->message = *message;
	item->message.generation = self->generation;
	item->is_queued = true;
	append(self, item);
	leave(self, cancel_state);
}

void
stage_jack_box_end_edit(struct stage_jack_sink *self,
	struct stage_jack_note *edit, enum stage_jack_outcome outcome)
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

void
stage_jack_box_end_edits(struct stage_jack_sink *self)
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

void
stage_jack_box_drop_notes(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);

	stage_jack_graph_queue_drop(&self->graph);
	leave(self, cancel_state);
}

bool
stage_jack_box_is_abandoned(struct stage_jack_sink *self)
{
	bool result;

	pthread_mutex_lock(&self->mutex);
	result = self->is_abandoned;
	pthread_mutex_unlock(&self->mutex);
	return result;
}

unsigned
stage_jack_box_begin_open(struct stage_jack_sink *self)
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

unsigned
stage_jack_box_begin_scan(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);
	unsigned generation = self->generation;

	stage_jack_graph_queue_hold(&self->graph);
	self->doing = "listing the ports";
	leave(self, cancel_state);
	return generation;
}

void
stage_jack_box_end_scan(struct stage_jack_sink *self,
	struct stage_jack_chain *scan, bool is_whole)
{
	int cancel_state = enter(self);

	if (!is_whole) {
		stage_jack_chain_finish(scan);
		append_shutdown(self, "out of memory");
	}
	stage_jack_graph_queue_release(&self->graph, scan);
	self->doing = NULL;
	wake_loop(self);
	leave(self, cancel_state);
}

bool
stage_jack_box_begin_edit(struct stage_jack_sink *self,
	const struct stage_jack_note *edit, bool has_server)
{
	int cancel_state = enter(self);
	bool is_possible = has_server && !self->is_lost &&
			   edit->generation == self->generation;

	self->is_editing = true;
	if (is_possible) {
		self->doing = edit->is_disconnect ? "disconnecting two ports"
						  : "connecting two ports";
	}
	leave(self, cancel_state);
	return is_possible;
}

bool
stage_jack_box_begin_tend(struct stage_jack_sink *self, bool has_server)
{
	int cancel_state = enter(self);
	bool is_possible = has_server && !self->is_lost && !self->is_abandoned;

	if (is_possible) {
		self->doing = "changing its ports";
	}
	leave(self, cancel_state);
	return is_possible;
}

void
stage_jack_box_end_tend(struct stage_jack_sink *self)
{
	int cancel_state = enter(self);

	self->doing = NULL;
	leave(self, cancel_state);
}

bool
stage_jack_box_quit(struct stage_jack_sink *self)
{
	bool is_abandoned;

	pthread_mutex_lock(&self->mutex);
	self->has_quit = true;
	is_abandoned = self->is_abandoned;
	pthread_mutex_unlock(&self->mutex);
	return is_abandoned;
}
