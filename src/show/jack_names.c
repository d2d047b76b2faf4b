/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/jack_names.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jack/names.h"
#include "rpc/proto.h"

#define NAME_MAX_BYTES 256 // with the zero; JACK's are shorter

// The list.

static void
finish_items(struct stage_show_jack_client *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(items[i].name);
	}
	free(items);
}

void
stage_show_jack_names_finish(struct stage_show_jack_names *self)
{
	finish_items(self->items, self->count);
	*self = (struct stage_show_jack_names){0};
}

static const struct stage_show_jack_client *
find(const struct stage_show_jack_names *self, const char *name)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i].name, name) == 0) {
			return &self->items[i];
		}
	}
	return NULL;
}

static void
look_up(struct stage_show_jack_client *client,
	const struct stage_show_jack_names *before,
	const struct stage_show_ops *ops, void *user)
{
	const struct stage_show_jack_client *known = find(before, client->name);
	struct stage_proc_id process;

	if (known != NULL && known->pid == client->pid) {
		client->group = known->group;
		client->launched = known->launched;
		return;
	}
	client->group = ops->identify(user, client->pid, NULL, &process);
	client->launched = ops->launch_of(user, client->pid);
}

void
stage_show_jack_names_take(struct stage_show_jack_names *self,
	const json_t *clients, const struct stage_show_ops *ops, void *user)
{
	size_t count = json_array_size(clients);
	struct stage_show_jack_names fresh = {
		.items = calloc(count + 1, sizeof(*fresh.items)),
		.is_known = true};

	for (size_t i = 0; i < count && fresh.items != NULL; i++) {
		const json_t *item = json_array_get(clients, i);
		const char *name =
			json_string_value(json_object_get(item, "name"));
		json_int_t pid =
			json_integer_value(json_object_get(item, "pid"));
		struct stage_show_jack_client *client =
			&fresh.items[fresh.count];

		if (name == NULL || pid <= 1 || pid > INT32_MAX) {
			continue;
		}
		client->name = strdup(name);
		client->pid = (pid_t)pid;
		if (client->name != NULL) {
			look_up(client, self, ops, user);
			fresh.count++;
		}
	}
	stage_show_jack_names_finish(self);
	*self = fresh;
}

// Whose they are.

static bool
is_of(const struct stage_show_program *program,
	const struct stage_show_jack_client *client)
{
	pid_t leader = program->process.pid;
	pid_t launched = program->launched;

	if (client->pid == leader || client->pid == program->speaker.pid) {
		return true;
	}
	return program->is_ours &&
	       ((client->group > 1 && (client->group == leader ||
					      client->group == launched)) ||
		       (client->launched > 1 && client->launched == launched));
}

// NULL: of nobody that we know.
static const struct stage_show_program *
program_of(const struct stage_show_engine *engine,
	const struct stage_show_jack_client *client)
{
	const struct stage_show_program *program =
		stage_show_engine_programs(engine);

	while (program != NULL && !is_of(program, client)) {
		program = program->next;
	}
	return program;
}

// The song whose client it is under another name than NSM's, or NULL.
static const struct stage_show_song *
foreign_song(const struct stage_show_engine *engine,
	const struct stage_show_jack_client *client)
{
	const struct stage_show_program *program = program_of(engine, client);
	const struct stage_show_slot *slot =
		program != NULL ? program->slot : NULL;

	return slot != NULL && !stage_jack_name_has_id(client->name, slot->id)
		       ? slot->song
		       : NULL;
}

void
stage_show_jack_names_foreign(const struct stage_show_jack_names *self,
	const struct stage_show_engine *engine,
	bool (*is_wanted)(const struct stage_show_song *song),
	struct stage_strv *out)
{
	char name[NAME_MAX_BYTES + 1];

	for (size_t i = 0; i < self->count; i++) {
		const struct stage_show_song *song =
			foreign_song(engine, &self->items[i]);

		if (song != NULL && (is_wanted == NULL || is_wanted(song)) &&
			stage_format(name, sizeof(name),
				"%s:", self->items[i].name) == STAGE_OK) {
			(void)!stage_strv_add(out, name);
		}
	}
}

// How they are called.

// What it asked to be called, and which of that name JACK made it: 0 to 99.
static unsigned
take_apart(const char *name, char base[NAME_MAX_BYTES])
{
	size_t len = strlen(name);

	snprintf(base, NAME_MAX_BYTES, "%s", name);
	if (len < 4 || len >= NAME_MAX_BYTES || name[len - 3] != '-' ||
		!isdigit((unsigned char)name[len - 2]) ||
		!isdigit((unsigned char)name[len - 1])) {
		return 0;
	}
	base[len - 3] = '\0';
	return (unsigned)strtoul(name + len - 2, NULL, 10);
}

static void
put_together(const char *base, unsigned number, char name[NAME_MAX_BYTES])
{
	if (number == 0) {
		(void)!stage_format(name, NAME_MAX_BYTES, "%s", base);
	} else {
		(void)!stage_format(
			name, NAME_MAX_BYTES, "%s-%02u", base, number);
	}
}

struct asking {
	const struct stage_show_jack_names *names;
	const struct stage_show_engine *engine;
	const struct stage_show_song *song;
	const char *base;
};

enum holder {
	HOLDER_NONE, // or another song's
	HOLDER_OWN,
	HOLDER_OUTSIDER, // that is there anyway
};

static enum holder
holder_of(const struct asking *asking, unsigned number)
{
	const struct stage_show_jack_client *client;
	char name[NAME_MAX_BYTES];

	put_together(asking->base, number, name);
	client = find(asking->names, name);
	if (client == NULL) {
		return HOLDER_NONE;
	}
	if (program_of(asking->engine, client) == NULL) {
		return HOLDER_OUTSIDER;
	}
	return foreign_song(asking->engine, client) == asking->song
		       ? HOLDER_OWN
		       : HOLDER_NONE;
}

// The number that it would have with no other song there.
static unsigned
own_number(const struct asking *asking, unsigned number)
{
	unsigned before = 0; // of its own song
	unsigned at = 0;

	for (unsigned i = 0; i < number; i++) {
		before += holder_of(asking, i) == HOLDER_OWN;
	}
	while (at < number) {
		if (holder_of(asking, at) != HOLDER_OUTSIDER) {
			if (before == 0) {
				return at;
			}
			before--;
		}
		at++;
	}
	return number;
}

static void
add_called(json_t *called, const char *song, const char *own, const char *name)
{
	json_t *names = json_object_get(called, song);

	if (names == NULL) {
		names = json_object();
		json_object_set_new(called, song, names);
	}
	json_object_set_new(names, own, stage_rpc_text(name));
}

json_t *
stage_show_jack_names_called(const struct stage_show_jack_names *self,
	const struct stage_show_engine *engine)
{
	json_t *called = self->is_known ? json_object() : NULL;

	for (size_t i = 0; i < self->count && called != NULL; i++) {
		const char *name = self->items[i].name;
		const struct stage_show_song *song =
			foreign_song(engine, &self->items[i]);
		char base[NAME_MAX_BYTES];
		char own[NAME_MAX_BYTES];
		unsigned number = take_apart(name, base);
		const struct asking asking = {self, engine, song, base};

		if (song == NULL || number == 0) {
			continue;
		}
		put_together(base, own_number(&asking, number), own);
		if (strcmp(own, name) != 0) {
			add_called(called, song->name, own, name);
		}
	}
	return called;
}
