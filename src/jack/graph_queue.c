/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/graph_queue.h"

#include <stdlib.h>

#include "base/clock.h"

void
stage_jack_graph_queue_add(
	struct stage_jack_graph_queue *self, struct stage_jack_note *note)
{
	if (note == NULL || self->load >= STAGE_JACK_NOTES_MAX) {
		self->has_overflown = true;
	}
	if (self->has_overflown) {
		free(note);
		return;
	}
	self->load++;
	stage_jack_chain_add(
		self->is_holding ? &self->held : &self->ready, note);
}

bool
stage_jack_graph_queue_is_behind(const struct stage_jack_graph_queue *self)
{
	return self->is_holding || self->has_overflown || self->ready.count > 0;
}

void
stage_jack_graph_queue_hold(struct stage_jack_graph_queue *self)
{
	self->is_holding = true;
	self->has_overflown = false;
}

void
stage_jack_graph_queue_release(
	struct stage_jack_graph_queue *self, struct stage_jack_chain *scan)
{
	self->is_holding = false;
	stage_jack_chain_join(&self->ready, scan);
	stage_jack_chain_join(&self->ready, &self->held);
}

struct stage_jack_chain
stage_jack_graph_queue_take(struct stage_jack_graph_queue *self)
{
	struct stage_jack_chain taken = self->ready;

	self->ready = (struct stage_jack_chain){0};
	self->load = self->held.count;
	if (self->has_overflown && !self->is_holding) {
		stage_jack_graph_queue_ask_scan(self);
	}
	return taken;
}

void
stage_jack_graph_queue_drop(struct stage_jack_graph_queue *self)
{
	struct stage_jack_chain edits = {0};
	struct stage_jack_note *note = stage_jack_chain_take(&self->ready);

	while (note != NULL) {
		if (note->kind == STAGE_JACK_NOTE_EDIT) {
			stage_jack_chain_add(&edits, note);
		} else {
			free(note);
		}
		note = stage_jack_chain_take(&self->ready);
	}
	self->ready = edits;
	stage_jack_chain_finish(&self->held);
	self->load = 0;
	self->is_holding = false;
	self->has_overflown = false;
	self->wants_scan = false;
}

void
stage_jack_graph_queue_ask_scan(struct stage_jack_graph_queue *self)
{
	if (!self->wants_scan) {
		self->wants_scan = true;
		self->edits_before_scan = self->edits.count;
	}
}

void
stage_jack_graph_queue_edit(
	struct stage_jack_graph_queue *self, struct stage_jack_chain *edits)
{
	struct stage_jack_note *note = stage_jack_chain_take(edits);

	for (; note != NULL; note = stage_jack_chain_take(edits)) {
		stage_jack_chain_add(
			note->is_urgent ? &self->urgent : &self->edits, note);
	}
}

struct stage_jack_note *
stage_jack_graph_queue_take_edit(struct stage_jack_graph_queue *self)
{
	struct stage_jack_note *note = stage_jack_chain_take(&self->urgent);

	return note != NULL ? note : stage_jack_chain_take(&self->edits);
}

bool
stage_jack_graph_queue_has_edits(const struct stage_jack_graph_queue *self)
{
	return self->edits.count > 0 || self->urgent.count > 0;
}

enum stage_jack_job
stage_jack_graph_queue_next(
	struct stage_jack_graph_queue *self, struct stage_jack_note **edit)
{
	*edit = stage_jack_chain_take(&self->urgent);
	if (*edit != NULL) {
		return STAGE_JACK_JOB_EDIT;
	}
	if (self->wants_scan && self->edits_before_scan == 0) {
		self->wants_scan = false;
		return STAGE_JACK_JOB_SCAN;
	}
	*edit = stage_jack_chain_take(&self->edits);
	if (*edit == NULL) {
		return STAGE_JACK_JOB_NONE;
	}
	if (self->wants_scan) {
		self->edits_before_scan--;
	}
	return STAGE_JACK_JOB_EDIT;
}

void
stage_jack_graph_queue_done(struct stage_jack_graph_queue *self,
	struct stage_jack_note *edit, enum stage_jack_outcome outcome)
{
	edit->outcome = outcome;
	edit->at_ns = stage_clock_now_ns();
	stage_jack_chain_add(&self->ready, edit);
}

void
stage_jack_graph_queue_finish(struct stage_jack_graph_queue *self)
{
	stage_jack_chain_finish(&self->ready);
	stage_jack_chain_finish(&self->held);
	stage_jack_chain_finish(&self->edits);
	stage_jack_chain_finish(&self->urgent);
}
