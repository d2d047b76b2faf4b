/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIRST_PID 1000

STAGE_PRINTF(2, 3)
static void
note(struct world *self, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert_int_equal(stage_str_addf(&self->log, "%s%s",
				 self->log.len > 0 ? "; " : "", text),
		STAGE_OK);
}

static struct world_song *
find_song(struct world *self, const char *name)
{
	for (size_t i = 0; i < self->song_count; i++) {
		if (strcmp(self->songs[i].name, name) == 0) {
			return &self->songs[i];
		}
	}
	return NULL;
}

// The ops.

static int64_t
now_ns(void *user)
{
	return ((struct world *)user)->now_ns;
}

static enum stage_status
launch(void *user, const struct stage_show_slot *slot,
	struct stage_proc_id *out, struct stage_err *err)
{
	struct world *self = user;
	struct world_program *program = &self->programs[self->program_count];

	note(self, "launch %s", slot->id);
	if (self->not_installed != NULL &&
		strcmp(self->not_installed, slot->executable) == 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"%s is not installed", slot->executable);
	}
	assert_true(self->program_count < WORLD_PROGRAMS_MAX);
	memset(program, 0, sizeof(*program));
	memcpy(program->id, slot->id, sizeof(program->id));
	program->process.pid = FIRST_PID + (pid_t)self->program_count;
	program->process.start = 1;
	program->is_there = true;
	program->is_run = slot->argv != NULL;
	assert_int_equal(stage_osc_peer_init(&program->peer, "127.0.0.1",
				 program->process.pid, NULL),
		STAGE_OK);
	self->program_count++;
	*out = program->process;
	return STAGE_OK;
}

static struct world_program *
program_of(struct world *self, pid_t pid)
{
	return &self->programs[(pid >= DAEMON ? pid - DAEMON : pid) -
			       FIRST_PID];
}

static void
op_signal(void *user, const struct stage_show_program *program, int signum)
{
	note(user, "signal %d %s", signum, program->id);
}

static void
end(void *user, const struct stage_show_program *program, bool is_kill)
{
	struct world *self = user;

	if (program->process.pid >= FIRST_PID) {
		note(self, "%s %s", is_kill ? "kill" : "term",
			program_of(self, program->process.pid)->id);
	}
}

static pid_t
identify(void *user, pid_t pid, const struct stage_osc_peer *from,
	struct stage_proc_id *process)
{
	struct world *self = user;
	pid_t said = pid;

	process->pid = 0;
	// Their children have numbers that are higher by 10000.
	pid = pid > 10000 && pid < DAEMON ? pid - 10000 : pid;
	if (pid >= DAEMON && pid < DAEMON + DAEMON) { // a group of its own
		process->pid = from != NULL ? said : 0;
		return pid;
	}
	if (pid < FIRST_PID || pid >= FIRST_PID + (pid_t)self->program_count) {
		return 0;
	}
	process->pid = from != NULL ? said : 0;
	return pid;
}

// Daemons have numbers that are higher by DAEMON.
static pid_t
launch_of(void *user, pid_t pid)
{
	(void)user;
	return pid >= DAEMON ? pid - DAEMON : 0;
}

static bool
heir(void *user, pid_t launched, struct stage_proc_id *process)
{
	const struct world *self = user;

	process->pid = launched + DAEMON;
	process->start = 1;
	return self->has_daemons;
}

static bool
has_others(void *user, const struct stage_show_program *program)
{
	const struct world *self = user;

	(void)program;
	return self->has_children;
}

static void
op_open(void *user, const struct stage_show_program *program, const char *path,
	const char *title, const char *id)
{
	note(user, "open %s %s %s",
		program->process.pid >= FIRST_PID
			? program_of(user, program->process.pid)->id
			: id,
		path, title);
}

static void
op_save(void *user, const struct stage_show_program *program)
{
	note(user, "save %s", program->id);
}

static void
op_loaded(void *user, const struct stage_show_program *program)
{
	note(user, "loaded %s", program->id);
}

static void
op_show(void *user, const struct stage_show_program *program, bool is_shown)
{
	note(user, "%s %s", is_shown ? "show" : "hide", program->id);
}

static int64_t
op_memory(void *user, const struct stage_show_program *program)
{
	(void)program;
	return ((struct world *)user)->program_bytes;
}

static enum stage_status
op_has_room(void *user, const struct stage_show_song *song, int64_t wanted,
	struct stage_err *err)
{
	struct world *world = user;

	world->wanted_bytes = wanted;
	return world->is_memory_full ? stage_err_set(err, STAGE_FULL,
					       "no room for %s", song->name)
				     : STAGE_OK;
}

static enum stage_status
op_load(void *user, const char *name, struct stage_show_song *out,
	struct stage_err *err)
{
	const struct world_song *song = find_song(user, name);

	if (song == NULL) {
		return stage_err_set(
			err, STAGE_NOT_FOUND, "there is no song %s", name);
	}
	(void)!stage_format(out->path, STAGE_PATH_MAX, "/songs/%s", name);
	out->place = song->place;
	assert_int_equal(stage_show_song_conf_parse(&out->conf,
				 stage_str_text(&song->conf), song->conf.len,
				 "song.conf"),
		STAGE_OK);
	return stage_show_session_parse(
		&out->session, stage_str_text(&song->text), song->text.len);
}

static enum stage_status
op_store(void *user, const char *name, const struct stage_show_session *session,
	struct stage_err *err)
{
	struct world *self = user;
	struct world_song *song = find_song(self, name);

	if (self->is_disk_full) {
		return stage_err_set(err, STAGE_FULL, "the disk is full");
	}
	note(self, "store %s", name);
	stage_str_clear(&song->text);
	assert_int_equal(
		stage_show_session_write(session, &song->text), STAGE_OK);
	return self->is_write_slow ? STAGE_BUSY : STAGE_OK;
}

static enum stage_status
op_keep(void *user, const char *name, struct stage_err *err)
{
	struct world *self = user;

	if (self->is_disk_full) {
		return stage_err_set(err, STAGE_FULL, "the disk is full");
	}
	if (find_song(self, name) == NULL) {
		return stage_err_set(
			err, STAGE_NOT_FOUND, "there is no song %s", name);
	}
	find_song(self, name)->kept++;
	return self->is_disk_slow ? STAGE_BUSY : STAGE_OK;
}

static enum stage_status
op_make(void *user, const char *name, struct stage_err *err)
{
	if (find_song(user, name) != NULL) {
		return stage_err_set(
			err, STAGE_EXISTS, "there is a song %s", name);
	}
	world_song(user, name, "");
	return ((struct world *)user)->is_write_slow ? STAGE_BUSY : STAGE_OK;
}

static enum stage_status
op_duplicate(
	void *user, const char *from, const char *to, struct stage_err *err)
{
	(void)from;
	return op_make(user, to, err);
}

static enum stage_status
op_make_id(void *user, char out[STAGE_SHOW_ID_MAX], struct stage_err *err)
{
	struct world *self = user;

	(void)err;
	return stage_format(out, STAGE_SHOW_ID_MAX, "nNEW%u", self->next_id++);
}

static enum stage_status
op_select(void *user, const char *name, const struct stage_strv *ringing)
{
	struct world *self = user;

	self->ringing[0] = '\0';
	for (size_t i = 0; i < ringing->count; i++) {
		size_t len = strlen(self->ringing);

		snprintf(self->ringing + len, sizeof(self->ringing) - len,
			"%s%s", len > 0 ? ", " : "", ringing->items[i]);
	}

	note(self, "select %s", name != NULL ? name : "none");
	(void)!stage_format(self->selected, sizeof(self->selected), "%s",
		name != NULL ? name : "");
	return self->is_patchbay_slow ? STAGE_BUSY : STAGE_OK;
}

static void
op_news(void *user, enum stage_show_news what,
	const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	struct world *self = user;

	// What is told must be whole.
	if (slot != NULL) {
		assert_non_null(slot->song);
		assert_true(slot->id[0] != '\0');
	}
	assert_int_equal(what == STAGE_SHOW_SLOT_TAKEN, before != NULL);
	if (self->heard != NULL) {
		self->heard(self, what, slot, before);
	}
}

static void
op_told(void *user, enum stage_show_event event, const char *song)
{
	static const char *const words[STAGE_SHOW_EVENT_COUNT] = {
		[STAGE_SHOW_TOLD_LOADING] = "loading",
		[STAGE_SHOW_TOLD_READY] = "ready",
		[STAGE_SHOW_TOLD_GO] = "go",
		[STAGE_SHOW_TOLD_LEFT] = "left",
		[STAGE_SHOW_TOLD_FAILED] = "failed",
	};
	struct world *self = user;

	assert_non_null(words[event]);
	assert_int_equal(
		stage_str_addf(&self->told, "%s%s %s",
			self->told.len > 0 ? ", " : "", words[event], song),
		STAGE_OK);
}

static void
op_ended(void *user)
{
	((struct world *)user)->has_ended = true;
}

const struct stage_show_ops world_ops = {
	.now_ns = now_ns,
	.launch = launch,
	.signal = op_signal,
	.end = end,
	.identify = identify,
	.launch_of = launch_of,
	.heir = heir,
	.has_others = has_others,
	.open = op_open,
	.save = op_save,
	.loaded = op_loaded,
	.show = op_show,
	.memory = op_memory,
	.has_room = op_has_room,
	.load = op_load,
	.store = op_store,
	.keep = op_keep,
	.make = op_make,
	.duplicate = op_duplicate,
	.make_id = op_make_id,
	.select = op_select,
	.news = op_news,
	.told = op_told,
	.ended = op_ended,
};

// The world.

void
world_begin(struct world *self)
{
	const struct stage_show_limits usual = STAGE_SHOW_LIMITS_DEFAULT;

	memset(self, 0, sizeof(*self));
	self->limits = usual;
	self->now_ns = 1;
	self->engine =
		stage_show_engine_create(&world_ops, self, &self->limits);
	assert_non_null(self->engine);
}

void
world_renew(struct world *self)
{
	stage_show_engine_destroy(self->engine);
	self->engine =
		stage_show_engine_create(&world_ops, self, &self->limits);
	assert_non_null(self->engine);
}

void
world_finish(struct world *self)
{
	stage_show_engine_destroy(self->engine);
	for (size_t i = 0; i < self->song_count; i++) {
		free(self->songs[i].name);
		stage_str_finish(&self->songs[i].text);
		stage_str_finish(&self->songs[i].conf);
	}
	stage_str_finish(&self->log);
	stage_str_finish(&self->answers);
	stage_str_finish(&self->told);
}

void
world_song(struct world *self, const char *name, const char *lines)
{
	struct world_song *song = &self->songs[self->song_count++];

	assert_true(self->song_count <= WORLD_SONGS_MAX);
	song->name = strdup(name);
	assert_int_equal(stage_str_add(&song->text, lines), STAGE_OK);
}

void
world_conf(struct world *self, const char *name, const char *text)
{
	struct world_song *song = find_song(self, name);

	stage_str_clear(&song->conf);
	assert_int_equal(stage_str_add(&song->conf, text), STAGE_OK);
}

const char *
world_text(struct world *self, const char *name)
{
	return stage_str_text(&find_song(self, name)->text);
}

static void
answer(void *user, enum stage_show_code code, const char *text)
{
	struct world *self = user;

	assert_int_equal(
		stage_str_addf(&self->answers, "%d %s;", (int)code, text),
		STAGE_OK);
}

struct stage_show_asker
world_asker(struct world *self)
{
	return (struct stage_show_asker){answer, self};
}

struct world_program *
world_program(struct world *self, const char *id)
{
	for (size_t i = self->program_count; i > 0; i--) {
		if (strcmp(self->programs[i - 1].id, id) == 0) {
			return &self->programs[i - 1];
		}
	}
	fail_msg("%s was never launched", id);
	return NULL;
}

// It was told to end.
static bool
is_ending(const struct world *self, const struct world_program *program)
{
	const struct stage_show_program *at =
		stage_show_engine_programs(self->engine);

	while (at != NULL && at->process.pid != program->process.pid) {
		at = at->next;
	}
	return at == NULL || at->is_ending;
}

static struct stage_show_program *
inside(struct world *self, const char *id)
{
	return stage_show_engine_program_at(
		self->engine, &world_program(self, id)->peer);
}

void
world_announce(
	struct world *self, const char *id, const char *name, const char *caps)
{
	const struct world_program *program = world_program(self, id);
	const struct stage_show_announce announce = {
		.name = name,
		.caps = caps,
		.executable = name,
		.api_major = 1,
		.pid = program->process.pid,
	};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_show_engine_announce(
				 self->engine, &program->peer, &announce, &err),
		STAGE_SHOW_DONE);
	stage_show_engine_welcomed(self->engine, &program->peer);
}

void
world_answers(struct world *self, const char *id, enum stage_show_pending what,
	int code, const char *text)
{
	assert_non_null(inside(self, id));
	stage_show_engine_replied(
		self->engine, inside(self, id), what, code, text);
}

void
world_opened(struct world *self, const char *id)
{
	world_answers(self, id, STAGE_SHOW_OPEN, 0, "ok");
}

void
world_saved(struct world *self, const char *id)
{
	world_answers(self, id, STAGE_SHOW_SAVE, 0, "ok");
}

void
world_exits(struct world *self, const char *id, bool is_clean)
{
	struct world_program *program = world_program(self, id);

	assert_true(program->is_there);
	program->is_there = false;
	stage_show_engine_exited(self->engine, program->process.pid, is_clean,
		is_clean ? "exit 0" : "killed by signal 11");
}

void
world_come_up(struct world *self, const char *caps)
{
	const struct stage_show_program *at;

	for (size_t i = 0; i < self->program_count; i++) {
		struct world_program *program = &self->programs[i];

		if (program->is_there && !program->is_run &&
			!is_ending(self, program) &&
			stage_show_engine_program_at(
				self->engine, &program->peer) == NULL) {
			world_announce(self, program->id, "zyn", caps);
		}
	}
	at = stage_show_engine_programs(self->engine);
	while (at != NULL) {
		const struct stage_osc_peer peer = at->peer;
		bool owes = at->pending == STAGE_SHOW_OPEN;

		at = at->next; // it may be the last time that it is there
		if (owes) {
			stage_show_engine_replied(self->engine,
				stage_show_engine_program_at(
					self->engine, &peer),
				STAGE_SHOW_OPEN, 0, "ok");
		}
	}
}

void
world_end_ended(struct world *self)
{
	const struct stage_show_program *at =
		stage_show_engine_programs(self->engine);

	while (at != NULL) {
		if (!at->is_ending) {
			at = at->next;
			continue;
		}
		program_of(self, at->process.pid)->is_there = false;
		stage_show_engine_exited(
			self->engine, at->process.pid, true, "exit 0");
		at = stage_show_engine_programs(self->engine);
	}
}

void
world_play(struct world *self, const char *name, const char *caps)
{
	stage_show_engine_open(
		self->engine, name, STAGE_SHOW_SAVE_BY_MODE, world_asker(self));
	world_come_up(self, caps);
	world_end_ended(self);
	world_come_up(self, caps);
	world_expect_answers(self, "0 Loaded.;");
	stage_str_clear(&self->log);
}

void
world_pass(struct world *self, int64_t ms)
{
	int64_t until_ns = self->now_ns + ms * 1000000;

	while (stage_show_engine_deadline_ns(self->engine) <= until_ns) {
		self->now_ns = stage_show_engine_deadline_ns(self->engine);
		stage_show_engine_step(self->engine);
		assert_true(stage_show_engine_deadline_ns(self->engine) >
			    self->now_ns);
	}
	self->now_ns = until_ns;
}

void
world_expect(struct world *self, const char *log)
{
	assert_string_equal(stage_str_text(&self->log), log);
	stage_str_clear(&self->log);
}

void
world_expect_answers(struct world *self, const char *answers)
{
	assert_string_equal(stage_str_text(&self->answers), answers);
	stage_str_clear(&self->answers);
}

void
world_expect_told(struct world *self, const char *told)
{
	assert_string_equal(stage_str_text(&self->told), told);
	stage_str_clear(&self->told);
}

const struct stage_show_slot *
world_slot(struct world *self, const char *id)
{
	const struct stage_show_song *songs[] = {
		stage_show_engine_incoming(self->engine),
		stage_show_engine_current(self->engine),
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(songs); i++) {
		const struct stage_show_slot *slot =
			songs[i] != NULL ? stage_show_song_find(songs[i], id)
					 : NULL;

		if (slot != NULL) {
			return slot;
		}
	}
	fail_msg("no client %s", id);
	return NULL;
}

enum stage_show_state
world_state(struct world *self, const char *id)
{
	return world_slot(self, id)->state;
}

int
world_tear_down(void **state)
{
	world_finish(*state);
	return 0;
}

void
world_open(struct world *self, const char *name)
{
	stage_show_engine_open(
		self->engine, name, STAGE_SHOW_SAVE_BY_MODE, world_asker(self));
}

const char *
world_playing(struct world *self)
{
	const struct stage_show_song *song =
		stage_show_engine_current(self->engine);

	return song != NULL ? song->name : "";
}
