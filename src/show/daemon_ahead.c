/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which songs are loaded ahead: the one that is selected and those behind it
 * in the setlist; and whether there is room for them. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "show/daemon_private.h"

#define MEMINFO "/proc/meminfo"
#define MEMINFO_MAX 65536 // bytes
#define AVAILABLE "MemAvailable:"

// In bytes; -1 where the system does not tell.
static int64_t
read_available(void)
{
	struct stage_str text = {0};
	const char *at = NULL;
	int64_t available = -1;

	if (stage_io_read_file(MEMINFO, MEMINFO_MAX, &text, NULL) == STAGE_OK) {
		at = strstr(stage_str_text(&text), AVAILABLE);
	}
	if (at != NULL) { // in kB
		available = strtoll(at + strlen(AVAILABLE), NULL, 10) * 1024;
	}
	stage_str_finish(&text);
	return available;
}

enum stage_status
stage_show_daemon_has_room(void *user, const struct stage_show_song *song,
	int64_t wanted, struct stage_err *err)
{
	const struct stage_show_daemon *self = user;
	int64_t least = self->settings.preload_memory_mb * STAGE_SHOW_MB;
	int64_t available = read_available();

	if (available < 0 || available - wanted >= least) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_FULL,
		"%s is not loaded ahead: %" PRId64
		" MB of memory are left, it is known to take %" PRId64
		" MB, and show.preload_memory of rig.conf keeps %" PRId64
		" MB free",
		song->name, available / STAGE_SHOW_MB, wanted / STAGE_SHOW_MB,
		self->settings.preload_memory_mb);
}

// Without a setlist nobody knows what comes next, unless somebody says so.
static bool
is_foreseen(const struct stage_show_place *place)
{
	return place->selected.number > 0 &&
	       (place->set != NULL ||
		       place->selected.number != place->next.number);
}

static size_t
foresee(const struct stage_show_conductor *conductor,
	const char *names[STAGE_SHOW_PRELOAD_MAX])
{
	const struct stage_show_place *place =
		stage_show_conductor_place(conductor);
	const struct stage_show_setlist *list =
		stage_show_conductor_list(conductor);
	size_t count = 0;

	if (!is_foreseen(place)) {
		return 0;
	}
	names[count++] = place->selected.name;
	for (size_t number = place->selected.number + 1;
		number <= list->songs && count < STAGE_SHOW_PRELOAD_MAX;
		number++) {
		const struct stage_show_set_line *line =
			stage_show_setlist_song(list, number);

		if (line != NULL && line->kind == STAGE_SHOW_SET_SONG &&
			!line->is_skipped) {
			names[count++] = line->name;
		}
	}
	return count;
}

void
stage_show_daemon_look_ahead(struct stage_show_daemon *self)
{
	const char *names[STAGE_SHOW_PRELOAD_MAX];

	if (self->looks_ahead && !self->has_ended) {
		self->looks_ahead = false;
		stage_show_engine_preload_all(
			self->engine, names, foresee(self->conductor, names));
	}
}

// Where they are: nothing that is there ahead is connected.

// Also one whose turn has come, until all of it is there and it plays.
static bool
is_before_its_turn(const struct stage_show_song *song)
{
	return song->was_ahead && song->phase < STAGE_SHOW_PLAYING;
}

static void
find_waiting(const struct stage_show_engine *engine, struct stage_strv *ids)
{
	for (const struct stage_show_song *song =
			stage_show_engine_songs(engine);
		song != NULL; song = song->next) {
		const struct stage_show_slot *slot =
			is_before_its_turn(song) ? song->slots : NULL;

		for (; slot != NULL; slot = slot->next) {
			if (slot->program != NULL) {
				(void)!stage_strv_add(ids, slot->id);
			}
		}
	}
}

static void
tell_patchbay(struct stage_show_daemon *self, bool is_again)
{
	struct stage_strv waiting = {0};
	json_t *called =
		stage_show_jack_names_called(&self->names, self->engine);
	const struct stage_show_wiring wiring = {
		.song = self->has_selected && self->selected != NULL
				? self->selected
				: NULL,
		.ringing = &self->ringing,
		.waiting = &waiting,
		.called = called,
		.is_again = is_again,
	};

	find_waiting(self->engine, &waiting);
	stage_show_jack_names_foreign(
		&self->names, self->engine, is_before_its_turn, &waiting);
	if (self->has_selected || self->has_waiting || waiting.count > 0 ||
		json_object_size(called) > 0) {
		stage_show_scene_set(self->scene, &wiring);
	}
	self->has_waiting = waiting.count > 0;
	stage_strv_finish(&waiting);
	json_decref(called);
}

void
stage_show_daemon_keep_apart(struct stage_show_daemon *self)
{
	if (!self->is_ending) {
		tell_patchbay(self, false);
	}
}

enum stage_status
stage_show_daemon_select(
	void *user, const char *name, const struct stage_strv *ringing)
{
	struct stage_show_daemon *self = user;

	if (self->is_ending) { // or it would be gone after the next start
		return STAGE_OK;
	}
	free(self->selected);
	self->selected = strdup(name != NULL ? name : "");
	self->has_selected = true;
	stage_strv_finish(&self->ringing);
	for (size_t i = 0; i < ringing->count; i++) {
		(void)!stage_strv_add(&self->ringing, ringing->items[i]);
	}
	tell_patchbay(self, true);
	return STAGE_BUSY;
}

void
stage_show_daemon_wired(void *user)
{
	struct stage_show_daemon *self = user;

	stage_show_engine_wired(self->engine);
}
