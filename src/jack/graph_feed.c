/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/graph_feed.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define KEY_MAX 16

// A port that was announced. One block of memory with its texts behind it.
struct known {
	unsigned flags;
	const char *name;
	const char *type;
};

struct stage_jack_feed {
	void (*tell)(void *user, const struct stage_jack_graph_event *event);
	void *user;              // borrowed
	struct stage_map *ports; // number to struct known, which it owns

	// While a scan is told: what it has told so far.
	struct stage_map *scanned; // as ports; NULL when there is no scan
	struct stage_map *names;   // of the same

	bool needs_scan; // the note did not fit
};

struct stage_jack_feed *
stage_jack_feed_create(
	void (*tell)(void *user, const struct stage_jack_graph_event *event),
	void *user)
{
	struct stage_jack_feed *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->tell = tell;
	self->user = user;
	self->ports = stage_map_create(free);
	if (self->ports == NULL) {
		free(self);
		return NULL;
	}
	return self;
}

static void
forget_scan(struct stage_jack_feed *self)
{
	stage_map_destroy(self->scanned);
	stage_map_destroy(self->names);
	self->scanned = NULL;
	self->names = NULL;
}

void
stage_jack_feed_destroy(struct stage_jack_feed *self)
{
	if (self == NULL) {
		return;
	}
	forget_scan(self);
	stage_map_destroy(self->ports);
	free(self);
}

void
stage_jack_feed_reset(struct stage_jack_feed *self)
{
	forget_scan(self);
	stage_map_clear(self->ports);
}

static void
write_key(uint32_t id, char key[KEY_MAX])
{
	snprintf(key, KEY_MAX, "%u", (unsigned)id);
}

static const struct known *
find(const struct stage_jack_feed *self, uint32_t id)
{
	char key[KEY_MAX];

	write_key(id, key);
	return stage_map_get(self->ports, key);
}

// Puts a port into a table in place of the one that has its number.
static enum stage_status
put(struct stage_map *table, uint32_t id, const char *name, const char *type,
	unsigned flags)
{
	size_t name_size = strlen(name) + 1;
	size_t type_size = strlen(type) + 1;
	struct known *known = malloc(sizeof(*known) + name_size + type_size);
	char key[KEY_MAX];
	char *texts;

	if (known == NULL) {
		return STAGE_NO_MEMORY;
	}
	texts = (char *)(known + 1);
	memcpy(texts, name, name_size);
	memcpy(texts + name_size, type, type_size);
	*known = (struct known){
		.flags = flags, .name = texts, .type = texts + name_size};
	write_key(id, key);
	if (stage_map_put(table, key, known) != STAGE_OK) {
		free(known);
		return STAGE_NO_MEMORY;
	}
	return STAGE_OK;
}

static const char *
text_of(const struct stage_jack_note *note, enum stage_jack_note_text which)
{
	const char *text = note->texts[which];

	return text[0] != '\0' ? text : NULL;
}

static void
tell(const struct stage_jack_feed *self, struct stage_jack_graph_event event,
	const struct stage_jack_note *note)
{
	event.at_ns = note->at_ns;
	self->tell(self->user, &event);
}

static void
tell_appeared(
	const struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_PORT_APPEARED,
		.name = note->texts[STAGE_JACK_TEXT_NAME],
		.type = note->texts[STAGE_JACK_TEXT_TYPE],
		.aliases = {text_of(note, STAGE_JACK_TEXT_ALIAS_1),
			text_of(note, STAGE_JACK_TEXT_ALIAS_2)},
		.flags = note->flags};

	tell(self, event, note);
}

static void
tell_gone(const struct stage_jack_feed *self, const struct known *known,
	const struct stage_jack_note *note)
{
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_PORT_GONE,
		.name = known->name,
		.type = known->type,
		.flags = known->flags};

	tell(self, event, note);
}

// A port without a name has gone already; its PORT_OFF is on the way.
static enum stage_status
take_port_on(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	const char *name = text_of(note, STAGE_JACK_TEXT_NAME);
	const struct known *before = find(self, note->id);
	enum stage_status status;

	if (name == NULL) {
		return STAGE_OK;
	}
	if (before != NULL && strcmp(before->name, name) != 0) {
		tell_gone(self, before, note);
	}
	status = put(self->ports, note->id, name,
		note->texts[STAGE_JACK_TEXT_TYPE], note->flags);
	if (status == STAGE_OK) {
		tell_appeared(self, note);
	}
	return status;
}

// JACK2 says it twice of a client that was killed.
static enum stage_status
take_port_off(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	char key[KEY_MAX];
	struct known *known;

	write_key(note->id, key);
	known = stage_map_take(self->ports, key);
	if (known != NULL) {
		tell_gone(self, known, note);
		free(known);
	}
	return STAGE_OK;
}

static enum stage_status
take_renamed(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	const char *name = text_of(note, STAGE_JACK_TEXT_OTHER);
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_PORT_RENAMED, .new_name = name};
	char key[KEY_MAX];
	struct known *before;
	enum stage_status status = STAGE_OK;

	write_key(note->id, key);
	before = stage_map_take(self->ports, key);
	if (before == NULL || name == NULL) {
		self->needs_scan = true;
		free(before);
		return STAGE_OK;
	}
	status = put(self->ports, note->id, name, before->type, before->flags);
	if (status == STAGE_OK && strcmp(before->name, name) != 0) {
		event.name = before->name;
		event.type = before->type;
		event.flags = before->flags;
		tell(self, event, note);
	}
	free(before);
	return status;
}

static bool
is_input(const struct known *known)
{
	return known != NULL && (known->flags & STAGE_JACK_PORT_INPUT) != 0;
}

static enum stage_status
take_link(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	const struct known *a = find(self, note->id);
	const struct known *b = find(self, note->other_id);
	const char *from =
		a != NULL ? a->name : text_of(note, STAGE_JACK_TEXT_NAME);
	const char *to =
		b != NULL ? b->name : text_of(note, STAGE_JACK_TEXT_OTHER);
	bool is_turned = is_input(a) && !is_input(b);
	struct stage_jack_graph_event event = {
		.kind = note->kind == STAGE_JACK_NOTE_LINK_ON
				? STAGE_JACK_GRAPH_CONNECTED
				: STAGE_JACK_GRAPH_DISCONNECTED,
		.from = is_turned ? to : from,
		.to = is_turned ? from : to};

	if (a == NULL || b == NULL) {
		self->needs_scan = true;
	}
	if (from != NULL && to != NULL) {
		tell(self, event, note);
	}
	return STAGE_OK;
}

static bool
has_port_of(const struct stage_jack_feed *self, const char *client)
{
	size_t len = strlen(client);
	const struct stage_map_item *item = stage_map_first(self->ports);

	for (; item != NULL; item = stage_map_next(item)) {
		const struct known *known = stage_map_item_value(item);
		if (strncmp(known->name, client, len) == 0 &&
			known->name[len] == ':') {
			return true;
		}
	}
	return false;
}

// Ports of a client that never became active are in a scan, and go without a
// word. (Or they are another's, whose name holds a colon.)
static enum stage_status
take_client(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	bool is_gone = note->kind == STAGE_JACK_NOTE_CLIENT_OFF;
	struct stage_jack_graph_event event = {
		.kind = is_gone ? STAGE_JACK_GRAPH_CLIENT_GONE
				: STAGE_JACK_GRAPH_CLIENT_APPEARED,
		.name = note->texts[STAGE_JACK_TEXT_NAME]};

	if (is_gone && has_port_of(self, event.name)) {
		self->needs_scan = true;
	}
	tell(self, event, note);
	return STAGE_OK;
}

static enum stage_status
take_scan_begin(
	struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_SCAN_BEGIN};

	forget_scan(self);
	self->scanned = stage_map_create(free);
	self->names = stage_map_create(NULL);
	if (self->scanned == NULL || self->names == NULL) {
		return STAGE_NO_MEMORY;
	}
	tell(self, event, note);
	return STAGE_OK;
}

static enum stage_status
take_scan_port(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	const char *name = text_of(note, STAGE_JACK_TEXT_NAME);
	enum stage_status status;

	if (name == NULL) {
		return STAGE_OK;
	}
	status = put(self->scanned, note->id, name,
		note->texts[STAGE_JACK_TEXT_TYPE], note->flags);
	if (status == STAGE_OK) {
		status = stage_map_put(self->names, name, NULL);
	}
	if (status == STAGE_OK) {
		tell_appeared(self, note);
	}
	return status;
}

static enum stage_status
take_scan_link(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_CONNECTED,
		.from = note->texts[STAGE_JACK_TEXT_NAME],
		.to = note->texts[STAGE_JACK_TEXT_OTHER]};

	tell(self, event, note);
	return STAGE_OK;
}

static enum stage_status
take_scan_end(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_SCAN_END};
	const struct stage_map_item *item = stage_map_first(self->ports);

	for (; item != NULL; item = stage_map_next(item)) {
		const struct known *known = stage_map_item_value(item);
		if (!stage_map_has(self->names, known->name)) {
			tell_gone(self, known, note);
		}
	}
	stage_map_destroy(self->ports);
	self->ports = self->scanned;
	self->scanned = NULL;
	forget_scan(self);
	tell(self, event, note);
	return STAGE_OK;
}

static enum stage_status
take_edit(struct stage_jack_feed *self, const struct stage_jack_note *note)
{
	struct stage_jack_graph_event event = {
		.kind = STAGE_JACK_GRAPH_EDIT_DONE,
		.from = note->texts[STAGE_JACK_TEXT_NAME],
		.to = note->texts[STAGE_JACK_TEXT_OTHER],
		.tag = note->tag,
		.outcome = note->outcome};

	tell(self, event, note);
	return STAGE_OK;
}

enum stage_status
stage_jack_feed_take(struct stage_jack_feed *self,
	const struct stage_jack_note *note, bool *needs_scan)
{
	static enum stage_status (*const takes[])(struct stage_jack_feed * self,
		const struct stage_jack_note *note) = {
		[STAGE_JACK_NOTE_PORT_ON] = take_port_on,
		[STAGE_JACK_NOTE_PORT_OFF] = take_port_off,
		[STAGE_JACK_NOTE_RENAMED] = take_renamed,
		[STAGE_JACK_NOTE_LINK_ON] = take_link,
		[STAGE_JACK_NOTE_LINK_OFF] = take_link,
		[STAGE_JACK_NOTE_CLIENT_ON] = take_client,
		[STAGE_JACK_NOTE_CLIENT_OFF] = take_client,
		[STAGE_JACK_NOTE_SCAN_BEGIN] = take_scan_begin,
		[STAGE_JACK_NOTE_SCAN_PORT] = take_scan_port,
		[STAGE_JACK_NOTE_SCAN_LINK] = take_scan_link,
		[STAGE_JACK_NOTE_SCAN_END] = take_scan_end,
		[STAGE_JACK_NOTE_EDIT] = take_edit,
	};
	enum stage_status status;
	static_assert(STAGE_COUNT_OF(takes) == STAGE_JACK_NOTE_KIND_COUNT,
		"every kind of note is taken");

	self->needs_scan = false;
	status = takes[note->kind](self, note);
	if (self->needs_scan) {
		*needs_scan = true;
	}
	return status;
}
