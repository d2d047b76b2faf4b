/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/graph_note.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static const char *
text_at(const char *const texts[STAGE_JACK_TEXT_COUNT], size_t i)
{
	return texts != NULL && texts[i] != NULL ? texts[i] : "";
}

struct stage_jack_note *
stage_jack_note_create(enum stage_jack_note_kind kind,
	const char *const texts[STAGE_JACK_TEXT_COUNT])
{
	struct stage_jack_note *self;
	size_t lens[STAGE_JACK_TEXT_COUNT];
	size_t size = 0;
	char *at;

	for (size_t i = 0; i < STAGE_JACK_TEXT_COUNT; i++) {
		lens[i] = strlen(text_at(texts, i)) + 1;
		size += lens[i];
	}
	self = malloc(sizeof(*self) + size);
	if (self == NULL) {
		return NULL;
	}
	*self = (struct stage_jack_note){
		.kind = kind, .at_ns = stage_clock_now_ns()};
	at = (char *)(self + 1);
	for (size_t i = 0; i < STAGE_JACK_TEXT_COUNT; i++) {
		// the text may change while it is copied: it is libjack's
		memcpy(at, text_at(texts, i), lens[i] - 1);
		at[lens[i] - 1] = '\0';
		self->texts[i] = at;
		at += lens[i];
	}
	return self;
}

struct stage_jack_note *
stage_jack_note_create_port(enum stage_jack_note_kind kind, uint32_t id,
	const struct stage_jack_port *port)
{
	const char *const texts[STAGE_JACK_TEXT_COUNT] = {
		[STAGE_JACK_TEXT_NAME] = port->name,
		[STAGE_JACK_TEXT_TYPE] = port->type,
		[STAGE_JACK_TEXT_ALIAS_1] = port->aliases[0],
		[STAGE_JACK_TEXT_ALIAS_2] = port->aliases[1],
	};
	struct stage_jack_note *self = stage_jack_note_create(kind, texts);

	if (self != NULL) {
		self->id = id;
		self->flags = port->flags;
	}
	return self;
}

struct stage_jack_note *
stage_jack_note_create_pair(
	enum stage_jack_note_kind kind, const char *name, const char *other)
{
	const char *const texts[STAGE_JACK_TEXT_COUNT] = {
		[STAGE_JACK_TEXT_NAME] = name,
		[STAGE_JACK_TEXT_OTHER] = other,
	};

	return stage_jack_note_create(kind, texts);
}

void
stage_jack_chain_add(
	struct stage_jack_chain *self, struct stage_jack_note *note)
{
	note->next = NULL;
	if (self->last != NULL) {
		self->last->next = note;
	} else {
		self->first = note;
	}
	self->last = note;
	self->count++;
}

void
stage_jack_chain_join(
	struct stage_jack_chain *self, struct stage_jack_chain *other)
{
	if (other->first == NULL) {
		return;
	}
	if (self->last != NULL) {
		self->last->next = other->first;
	} else {
		self->first = other->first;
	}
	self->last = other->last;
	self->count += other->count;
	*other = (struct stage_jack_chain){0};
}

struct stage_jack_note *
stage_jack_chain_take(struct stage_jack_chain *self)
{
	struct stage_jack_note *note = self->first;

	if (note == NULL) {
		return NULL;
	}
	self->first = note->next;
	if (self->first == NULL) {
		self->last = NULL;
	}
	self->count--;
	note->next = NULL;
	return note;
}

void
stage_jack_chain_finish(struct stage_jack_chain *self)
{
	struct stage_jack_note *note = stage_jack_chain_take(self);

	while (note != NULL) {
		free(note);
		note = stage_jack_chain_take(self);
	}
}
