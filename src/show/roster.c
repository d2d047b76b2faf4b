/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *nsm;
	const char *word;
} states[STAGE_SHOW_STATE_COUNT] = {
	[STAGE_SHOW_OFF] = {"stopped", "off"},
	[STAGE_SHOW_WAITING] = {"launch", "waiting"},
	[STAGE_SHOW_LAUNCHED] = {"launch", "starting"},
	[STAGE_SHOW_OPENING] = {"open", "opening"},
	[STAGE_SHOW_SWITCHING] = {"switch", "switching"},
	[STAGE_SHOW_READY] = {"ready", "ready"},
	[STAGE_SHOW_SAVING] = {"save", "saving"},
	[STAGE_SHOW_QUITTING] = {"quit", "ending"},
	[STAGE_SHOW_STOPPED] = {"stopped", "stopped"},
	[STAGE_SHOW_FAILED] = {"error", "failed"},
};

static const struct {
	const char *word;
	enum stage_show_cap cap;
} caps[] = {
	{"switch", STAGE_SHOW_CAP_SWITCH},
	{"dirty", STAGE_SHOW_CAP_DIRTY},
	{"progress", STAGE_SHOW_CAP_PROGRESS},
	{"message", STAGE_SHOW_CAP_MESSAGE},
	{"optional-gui", STAGE_SHOW_CAP_GUI},
	{"monitor", STAGE_SHOW_CAP_MONITOR},
};

const char *
stage_show_state_nsm(enum stage_show_state state)
{
	return states[state].nsm;
}

const char *
stage_show_state_word(enum stage_show_state state)
{
	return states[state].word;
}

static bool
is_awaited(const struct stage_show_slot *slot)
{
	return slot->state == STAGE_SHOW_WAITING ||
	       slot->state == STAGE_SHOW_LAUNCHED ||
	       slot->state == STAGE_SHOW_OPENING ||
	       slot->state == STAGE_SHOW_SWITCHING;
}

bool
stage_show_slot_is_settled(const struct stage_show_slot *self)
{
	return !is_awaited(self) || self->is_late;
}

bool
stage_show_slot_is_overdue(const struct stage_show_slot *self)
{
	return self->is_late &&
	       (is_awaited(self) || self->state == STAGE_SHOW_SAVING);
}

unsigned
stage_show_caps_read(const char *text)
{
	unsigned found = 0;

	for (const char *at = text; *at != '\0';) {
		size_t len = strcspn(at, ":");

		for (size_t i = 0; i < STAGE_COUNT_OF(caps); i++) {
			if (strlen(caps[i].word) == len &&
				memcmp(caps[i].word, at, len) == 0) {
				found |= caps[i].cap;
			}
		}
		at += len;
		at += *at == ':';
	}
	return found;
}

void
stage_show_caps_write(unsigned given, char *out, size_t size)
{
	size_t len = 0;

	snprintf(out, size, ":");
	for (size_t i = 0; i < STAGE_COUNT_OF(caps); i++) {
		len = strlen(out);
		if ((given & caps[i].cap) != 0) {
			snprintf(out + len, size - len, "%s:", caps[i].word);
		}
	}
}

static void
free_words(char **words)
{
	for (char **at = words; at != NULL && *at != NULL; at++) {
		free(*at);
	}
	free(words);
}

static void
slot_destroy(struct stage_show_slot *self)
{
	free_words(self->argv);
	free(self->name);
	free(self->executable);
	free(self);
}

struct stage_show_slot *
stage_show_song_add(struct stage_show_song *self, const char *id,
	const char *name, const char *executable)
{
	struct stage_show_slot *slot = calloc(1, sizeof(*slot));
	struct stage_show_slot **end = &self->slots;

	if (slot == NULL) {
		return NULL;
	}
	slot->name = strdup(name);
	slot->executable = strdup(executable);
	if (slot->name == NULL || slot->executable == NULL ||
		stage_format(slot->id, sizeof(slot->id), "%s", id) !=
			STAGE_OK) {
		slot_destroy(slot);
		return NULL;
	}
	slot->song = self;
	slot->conf = *stage_show_song_conf_client(&self->conf, id);
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = slot;
	return slot;
}

static char **
copy_words(char *const *words)
{
	size_t count = 0;
	char **copy;

	while (words[count] != NULL) {
		count++;
	}
	copy = calloc(count + 1, sizeof(*copy));
	for (size_t i = 0; copy != NULL && i < count; i++) {
		copy[i] = strdup(words[i]);
		if (copy[i] == NULL) {
			free_words(copy);
			return NULL;
		}
	}
	return copy;
}

struct stage_show_slot *
stage_show_song_add_run(
	struct stage_show_song *self, const struct stage_show_run *run)
{
	char **argv = copy_words(run->argv);
	struct stage_show_slot *slot =
		argv != NULL ? stage_show_song_add(
				       self, run->name, run->name, run->argv[0])
			     : NULL;

	if (slot == NULL) {
		free_words(argv);
		return NULL;
	}
	slot->argv = argv;
	return slot;
}

static void
complain_of_run(struct stage_show_song *self, const struct stage_show_run *run)
{
	char text[STAGE_ERR_TEXT_MAX];

	snprintf(text, sizeof(text),
		"%s:%u: a client of %s is called %s too; give the run line "
		"another name",
		STAGE_SHOW_CONF_FILE, run->line, STAGE_SHOW_SESSION_FILE,
		run->name);
	stage_show_song_conf_complain(&self->conf, text);
}

enum stage_status
stage_show_song_fill(struct stage_show_song *self)
{
	const struct stage_show_session *session = &self->session;

	for (size_t i = 0; i < session->count; i++) {
		const struct stage_show_line *line = &session->lines[i];

		if (line->id != NULL &&
			stage_show_song_add(self, line->id, line->name,
				line->program) == NULL) {
			return STAGE_NO_MEMORY;
		}
	}
	for (size_t i = 0; i < self->conf.run_count; i++) {
		const struct stage_show_run *run = &self->conf.runs[i];

		if (stage_show_song_find(self, run->name) != NULL) {
			complain_of_run(self, run);
		} else if (stage_show_song_add_run(self, run) == NULL) {
			return STAGE_NO_MEMORY;
		}
	}
	return STAGE_OK;
}

void
stage_show_song_remove(
	struct stage_show_song *self, struct stage_show_slot *slot)
{
	struct stage_show_slot **at = &self->slots;

	while (*at != NULL && *at != slot) {
		at = &(*at)->next;
	}
	if (*at != NULL) {
		*at = slot->next;
		slot_destroy(slot);
	}
}

struct stage_show_slot *
stage_show_song_find(const struct stage_show_song *self, const char *id)
{
	struct stage_show_slot *slot = self->slots;

	while (slot != NULL && strcmp(slot->id, id) != 0) {
		slot = slot->next;
	}
	return slot;
}

double
stage_show_song_progress(const struct stage_show_song *self)
{
	double sum = 0;
	size_t count = 0;

	for (const struct stage_show_slot *slot = self->slots; slot != NULL;
		slot = slot->next) {
		sum += stage_show_slot_is_settled(slot)
			       ? 1
			       : (double)slot->progress;
		count++;
	}
	return count > 0 ? sum / (double)count : 1;
}

void
stage_show_song_destroy(struct stage_show_song *self)
{
	struct stage_show_slot *next;

	if (self == NULL) {
		return;
	}
	for (struct stage_show_slot *at = self->slots; at != NULL; at = next) {
		next = at->next;
		slot_destroy(at);
	}
	stage_show_session_finish(&self->session);
	stage_show_song_conf_finish(&self->conf);
	free(self->name);
	free(self);
}

void
stage_show_program_destroy(struct stage_show_program *self)
{
	if (self != NULL) {
		free(self->name);
		free(self->executable);
		free(self);
	}
}
