/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "graph_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define KEY_ROOM 2048

void
graph_model_init(struct graph_model *self)
{
	memset(self, 0, sizeof(*self));
	self->ports = stage_map_create(NULL);
	self->links = stage_map_create(NULL);
	self->seen_ports = stage_map_create(NULL);
	self->seen_links = stage_map_create(NULL);
}

void
graph_model_finish(struct graph_model *self)
{
	stage_map_destroy(self->ports);
	stage_map_destroy(self->links);
	stage_map_destroy(self->seen_ports);
	stage_map_destroy(self->seen_links);
	stage_str_finish(&self->protocol);
}

void
graph_model_clear(struct graph_model *self)
{
	stage_map_clear(self->ports);
	stage_map_clear(self->links);
}

static void
put(struct stage_map *map, const char *key)
{
	assert_int_equal(stage_map_put(map, key, NULL), STAGE_OK);
}

static void
note(struct graph_model *self, const char *a, const char *sign, const char *b)
{
	assert_int_equal(
		stage_str_addf(&self->protocol, "%s%s%s\n", a, sign, b),
		STAGE_OK);
}

static void
take_port(struct graph_model *self, const struct stage_jack_graph_event *event)
{
	unsigned direction =
		event->flags & (STAGE_JACK_PORT_INPUT | STAGE_JACK_PORT_OUTPUT);

	assert_true(direction == STAGE_JACK_PORT_INPUT ||
		    direction == STAGE_JACK_PORT_OUTPUT);
	assert_non_null(event->type);
	put(self->ports, event->name);
	if (self->is_in_scan) {
		put(self->seen_ports, event->name);
	}
	note(self, "+", event->name, "");
}

static void
take_gone(struct graph_model *self, const struct stage_jack_graph_event *event)
{
	// only what was announced goes
	assert_true(stage_map_remove(self->ports, event->name));
	note(self, "-", event->name, "");
}

// Its connections stay with it.
static void
take_renamed(
	struct graph_model *self, const struct stage_jack_graph_event *event)
{
	const struct stage_map_item *item = stage_map_first(self->links);
	char before[KEY_ROOM];
	char now[KEY_ROOM];
	size_t len;

	assert_true(stage_map_remove(self->ports, event->name));
	put(self->ports, event->new_name);
	while (item != NULL) {
		const char *end =
			strstr(stage_map_item_key(item), GRAPH_MODEL_SEPARATOR);
		len = (size_t)(end - stage_map_item_key(item));
		snprintf(
			before, sizeof(before), "%s", stage_map_item_key(item));
		item = stage_map_next(item);
		if (strncmp(before, event->name, len) == 0 &&
			event->name[len] == '\0') {
			snprintf(now, sizeof(now),
				"%s" GRAPH_MODEL_SEPARATOR "%s",
				event->new_name, before + len + 1);
		} else if (strcmp(before + len + 1, event->name) == 0) {
			snprintf(now, sizeof(now),
				"%.*s" GRAPH_MODEL_SEPARATOR "%s", (int)len,
				before, event->new_name);
		} else {
			continue;
		}
		stage_map_remove(self->links, before);
		put(self->links, now);
	}
	note(self, event->name, " ~ ", event->new_name);
}

static void
take_link(struct graph_model *self, const struct stage_jack_graph_event *event)
{
	bool is_on = event->kind == STAGE_JACK_GRAPH_CONNECTED;
	char key[KEY_ROOM];

	snprintf(key, sizeof(key), "%s" GRAPH_MODEL_SEPARATOR "%s", event->from,
		event->to);
	if (!is_on) {
		stage_map_remove(self->links, key);
	} else {
		put(self->links, key);
		if (self->is_in_scan) {
			put(self->seen_links, key);
		}
	}
	note(self, event->from, is_on ? " > " : " / ", event->to);
}

static void
begin_scan(struct graph_model *self)
{
	assert_false(self->is_in_scan);
	self->is_in_scan = true;
	stage_map_clear(self->seen_ports);
	stage_map_clear(self->seen_links);
	note(self, "[", "", "");
}

static void
keep(struct stage_map *map, const struct stage_map *seen)
{
	const struct stage_map_item *item = stage_map_first(map);
	const struct stage_map_item *next;

	for (; item != NULL; item = next) {
		next = stage_map_next(item);
		if (!stage_map_has(seen, stage_map_item_key(item))) {
			stage_map_remove(map, stage_map_item_key(item));
		}
	}
}

static void
end_scan(struct graph_model *self)
{
	size_t count = stage_map_count(self->ports);

	assert_true(self->is_in_scan);
	self->is_in_scan = false;
	keep(self->ports, self->seen_ports);
	keep(self->links, self->seen_links);
	assert_int_equal(stage_map_count(self->ports), count); // were told
	note(self, "]", "", "");
}

static void
take_edit(struct graph_model *self, const struct stage_jack_graph_event *event)
{
	char tag[32];

	snprintf(tag, sizeof(tag), "= %u ", (unsigned)event->tag);
	self->outcomes[event->outcome]++;
	self->last_tag = event->tag;
	note(self, tag, stage_jack_outcome_name(event->outcome), "");
}

void
graph_model_take(
	struct graph_model *self, const struct stage_jack_graph_event *event)
{
	self->counts[event->kind]++;
	assert_true(event->at_ns > 0);
	self->is_in_batch = event->kind != STAGE_JACK_GRAPH_BATCH_END;
	switch (event->kind) {
	case STAGE_JACK_GRAPH_PORT_APPEARED:
		take_port(self, event);
		break;
	case STAGE_JACK_GRAPH_PORT_GONE:
		take_gone(self, event);
		break;
	case STAGE_JACK_GRAPH_PORT_RENAMED:
		take_renamed(self, event);
		break;
	case STAGE_JACK_GRAPH_CONNECTED:
	case STAGE_JACK_GRAPH_DISCONNECTED:
		take_link(self, event);
		break;
	case STAGE_JACK_GRAPH_CLIENT_APPEARED:
		note(self, "*", event->name, "");
		break;
	case STAGE_JACK_GRAPH_CLIENT_GONE:
		note(self, "!", event->name, "");
		break;
	case STAGE_JACK_GRAPH_SCAN_BEGIN:
		begin_scan(self);
		break;
	case STAGE_JACK_GRAPH_SCAN_END:
		end_scan(self);
		break;
	case STAGE_JACK_GRAPH_EDIT_DONE:
		take_edit(self, event);
		break;
	case STAGE_JACK_GRAPH_BATCH_END:
		assert_false(self->is_in_scan);
		note(self, ".", "", "");
		break;
	case STAGE_JACK_GRAPH_KIND_COUNT:
		fail();
	}
}

bool
graph_model_has_port(const struct graph_model *self, const char *name)
{
	return stage_map_has(self->ports, name);
}

bool
graph_model_has_link(
	const struct graph_model *self, const char *from, const char *to)
{
	char key[KEY_ROOM];

	snprintf(key, sizeof(key), "%s" GRAPH_MODEL_SEPARATOR "%s", from, to);
	return stage_map_has(self->links, key);
}

// The first place of a whole line from `at` on, NULL: none.
static const char *
find_line(const char *text, const char *at, const char *line)
{
	size_t len = strlen(line);

	for (at = strstr(at, line); at != NULL; at = strstr(at + 1, line)) {
		if ((at == text || at[-1] == '\n') && at[len] == '\n') {
			return at;
		}
	}
	return NULL;
}

size_t
graph_model_find(const struct graph_model *self, const char *line)
{
	const char *text = stage_str_text(&self->protocol);
	const char *at = find_line(text, text, line);

	if (at == NULL) {
		fail_msg("no \"%s\" in:\n%s", line, text);
	}
	return (size_t)(at - text);
}

size_t
graph_model_count(const struct graph_model *self, const char *line)
{
	const char *text = stage_str_text(&self->protocol);
	const char *at = find_line(text, text, line);
	size_t count = 0;

	for (; at != NULL; at = find_line(text, at + 1, line)) {
		count++;
	}
	return count;
}
