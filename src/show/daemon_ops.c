/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the engine asks of the world, done for real. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "show/daemon_private.h"
#include "show/generations.h"
#include "show/journal.h"
#include "show/udp_owner.h"

static int64_t
now_ns(void *user)
{
	(void)user;
	return stage_clock_now_ns();
}

// Processes.

/* Ids are of one song alone. The names of run lines are not: of two songs that
 * have one of the same name, the one that rings would write into the log of the
 * one that plays. */
static void
log_path(const struct stage_show_daemon *self,
	const struct stage_show_slot *slot, char out[STAGE_PATH_MAX])
{
	static const struct stage_hash_key key = {{0, 0}};

	if (slot->argv == NULL) {
		(void)!stage_format(
			out, STAGE_PATH_MAX, "%s/log/%s", self->run, slot->id);
		return;
	}
	(void)!stage_format(out, STAGE_PATH_MAX, "%s/log/%s.%016" PRIx64,
		self->run, slot->id,
		stage_hash(&key, slot->song->name, strlen(slot->song->name)));
}

// Programs with windows end at once where there is no screen, but for those of
// Qt, which may have one that nobody sees.
static bool
lacks_screen(void)
{
	return getenv("DISPLAY") == NULL && getenv("WAYLAND_DISPLAY") == NULL &&
	       getenv("QT_QPA_PLATFORM") == NULL;
}

static enum stage_status
launch(void *user, const struct stage_show_slot *slot,
	struct stage_proc_id *out, struct stage_err *err)
{
	struct stage_show_daemon *self = user;
	char url[STAGE_SHOW_URL_MAX + sizeof("NSM_URL=")];
	char log[STAGE_PATH_MAX];
	char name[STAGE_SHOW_NAME_MAX + sizeof("STAGECRAFT_SONG=")];
	char place[STAGE_PATH_MAX + sizeof("STAGECRAFT_SONG_DIR=")];
	char *const argv[] = {slot->executable, NULL};
	char screen[] = "QT_QPA_PLATFORM=offscreen";
	char *const env[] = {
		url, name, place, lacks_screen() ? screen : NULL, NULL};
	const struct stage_show_launch what = {
		.argv = slot->argv != NULL ? slot->argv : argv,
		.env = env,
		.directory = slot->song->path,
		.log = log,
	};

	// Who speaks no NSM is not told where to.
	(void)!stage_format(url, sizeof(url), "NSM_URL%s%s",
		slot->argv != NULL ? "" : "=",
		slot->argv != NULL ? "" : self->url);
	(void)!stage_format(
		name, sizeof(name), "STAGECRAFT_SONG=%s", slot->song->name);
	(void)!stage_format(place, sizeof(place), "STAGECRAFT_SONG_DIR=%s",
		slot->song->path);
	log_path(self, slot, log);
	return stage_show_launcher_start(self->launcher, &what, out, err);
}

static void
op_signal(void *user, const struct stage_show_program *program, int signum)
{
	(void)user;
	stage_show_launcher_signal(&program->process, signum);
}

static void
end(void *user, const struct stage_show_program *program, bool is_kill)
{
	(void)user;
	stage_show_launcher_end(&program->process, program->is_ours, is_kill);
}

/* A pid comes from outside, and may be anything: a signal goes only to a
 * process of ours that is no ancestor or member of our own group. */
static pid_t
identify(void *user, pid_t pid, struct stage_proc_id *process)
{
	pid_t group = getpgid(pid);

	(void)user;
	process->pid = 0;
	process->start = 0;
	if (group <= 1) {
		return 0;
	}
	if (pid != getpid() && pid != getppid() && group != getpgrp() &&
		stage_proc_identify(pid, process) != STAGE_OK) {
		process->pid = 0;
	}
	return group;
}

// Messages.

static void
op_open(void *user, const struct stage_show_program *program, const char *path,
	const char *title, const char *id)
{
	struct stage_show_daemon *self = user;

	stage_show_nsm_open(self->nsm, program, path, title, id);
}

static void
op_save(void *user, const struct stage_show_program *program)
{
	struct stage_show_daemon *self = user;

	stage_show_nsm_save(self->nsm, program);
}

static void
op_loaded(void *user, const struct stage_show_program *program)
{
	struct stage_show_daemon *self = user;

	stage_show_nsm_loaded(self->nsm, program);
}

static void
op_show(void *user, const struct stage_show_program *program, bool is_shown)
{
	struct stage_show_daemon *self = user;

	stage_show_nsm_show(self->nsm, program, is_shown);
}

// Files.

static enum stage_status
load(void *user, const char *name, struct stage_show_song *song,
	struct stage_err *err)
{
	struct stage_show_daemon *self = user;
	struct stat place;
	enum stage_status status =
		stage_show_store_path(&self->store, name, song->path, err);

	if (status == STAGE_OK) {
		status = stage_show_locks_take(&self->locks, song->path, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (stat(song->path, &place) == 0) {
		song->place = place.st_ino;
	}
	self->has_news = true; // the lock of one that cannot be read goes
	return stage_show_store_load(
		&self->store, name, &song->session, &song->conf, err);
}

static enum stage_status
store(void *user, const char *name, const struct stage_show_session *session,
	struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	return stage_show_store_save(&self->store, name, session, err);
}

/* To keep a song copies what has changed in it: that is done beside the loop,
 * by one worker at a time. */
struct keeping {
	uv_work_t work;
	struct stage_show_daemon *daemon;
	struct stage_show_store store;
	char name[STAGE_SHOW_NAME_MAX + 1];
	enum stage_status status;
	struct stage_err err;
};

static void
do_keep(uv_work_t *work)
{
	struct keeping *keeping = work->data;

	keeping->status = stage_show_generations_keep(&keeping->store,
		keeping->name, "save", STAGE_SHOW_GENERATIONS_DEFAULT, NULL,
		&keeping->err);
}

static void
on_kept(uv_work_t *work, int status)
{
	struct keeping *keeping = work->data;

	(void)status;
	// It is there: it ends behind what it saves.
	stage_show_engine_kept(
		keeping->daemon->engine, keeping->status, &keeping->err);
	free(keeping);
}

static enum stage_status
keep(void *user, const char *name, struct stage_err *err)
{
	struct stage_show_daemon *self = user;
	struct keeping *keeping = calloc(1, sizeof(*keeping));

	if (keeping == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	keeping->work.data = keeping;
	keeping->daemon = self;
	keeping->store = self->store;
	(void)!stage_format(keeping->name, sizeof(keeping->name), "%s", name);
	if (uv_queue_work(self->loop, &keeping->work, do_keep, on_kept) != 0) {
		free(keeping);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return STAGE_BUSY;
}

static enum stage_status
make(void *user, const char *name, struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	return stage_show_store_make(&self->store, name, err);
}

static enum stage_status
duplicate(void *user, const char *from, const char *to, struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	return stage_show_store_duplicate(&self->store, from, to, err);
}

// All ids of all songs: one song may be loaded beside any other, and an id is a
// name in JACK.
struct ids {
	struct stage_strv taken;
	const struct stage_show_engine *engine;
};

static void
add_ids(struct ids *ids, const struct stage_show_session *session)
{
	for (size_t i = 0; i < session->count; i++) {
		if (session->lines[i].id != NULL) {
			(void)!stage_strv_add(
				&ids->taken, session->lines[i].id);
		}
	}
}

static bool
is_taken(void *user, const char *id)
{
	const struct ids *ids = user;
	const struct stage_show_song *song =
		stage_show_engine_songs(ids->engine);

	for (; song != NULL; song = song->next) {
		if (stage_show_song_find(song, id) != NULL) {
			return true;
		}
	}
	return stage_strv_has(&ids->taken, id);
}

static enum stage_status
make_id(void *user, char out[STAGE_SHOW_ID_MAX], struct stage_err *err)
{
	struct stage_show_daemon *self = user;
	struct ids ids = {.engine = self->engine};
	struct stage_strv names = {0};
	enum stage_status status =
		stage_show_store_list(&self->store, &names, NULL, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		struct stage_show_session session;

		if (stage_show_store_load(&self->store, names.items[i],
			    &session, NULL, NULL) == STAGE_OK) {
			add_ids(&ids, &session);
			stage_show_session_finish(&session);
		}
	}
	if (status == STAGE_OK) {
		status = stage_show_make_id(is_taken, &ids, out, err);
	}
	stage_strv_finish(&names);
	stage_strv_finish(&ids.taken);
	return status;
}

// News.

static void
tell_slot(const struct stage_show_slot *slot)
{
	if (slot->state == STAGE_SHOW_FAILED ||
		stage_show_slot_is_overdue(slot)) {
		stage_log_warn("song \"%s\": %s", slot->song->name, slot->why);
	}
}

static void
news(void *user, enum stage_show_news what, const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	struct stage_show_daemon *self = user;

	self->has_news = true;
	if (slot == NULL || slot->song->is_shown) { // not what is there ahead
		stage_show_nsm_news(self->nsm, what, slot, before);
	}
	if (slot != NULL && what == STAGE_SHOW_SLOT_STATE) {
		tell_slot(slot);
	}
	if (what == STAGE_SHOW_SONG) {
		const struct stage_show_song *song =
			stage_show_engine_current(self->engine);

		stage_log_info("song: %s", song != NULL ? song->name : "none");
	}
}

// Listeners may have the engine do something: they hear of it when it has ended
// what it does, behind this turn of the loop.
static void
told(void *user, enum stage_show_event event, const char *song)
{
	struct stage_show_daemon *self = user;
	struct stage_show_telling *telling =
		calloc(1, sizeof(*telling) + strlen(song) + 1);
	struct stage_show_telling **end = &self->tellings;

	if (telling == NULL) {
		return;
	}
	telling->event = event;
	memcpy(telling->song, song, strlen(song) + 1);
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = telling;
	self->has_news = true;
}

void
stage_show_daemon_pass_on(struct stage_show_daemon *self)
{
	while (self->tellings != NULL) {
		struct stage_show_telling *telling = self->tellings;

		self->tellings = telling->next;
		stage_show_daemon_tell(self, telling->event, telling->song, 0);
		free(telling);
	}
}

const struct stage_show_ops stage_show_daemon_ops = {
	.now_ns = now_ns,
	.launch = launch,
	.signal = op_signal,
	.end = end,
	.identify = identify,
	.open = op_open,
	.save = op_save,
	.loaded = op_loaded,
	.show = op_show,
	.has_room = stage_show_daemon_has_room,
	.load = load,
	.store = store,
	.keep = keep,
	.make = make,
	.duplicate = duplicate,
	.make_id = make_id,
	.select = stage_show_daemon_select,
	.news = news,
	.told = told,
	.ended = stage_show_daemon_ended,
};

void
stage_show_daemon_tail(const struct stage_show_daemon *self, const char *id,
	size_t lines, struct stage_str *out)
{
	const struct stage_show_slot *slot =
		stage_show_engine_find(self->engine, id);
	char path[STAGE_PATH_MAX];

	if (slot != NULL) {
		log_path(self, slot, path);
		stage_show_launcher_tail(path, lines, out);
	}
}

// After a crash.

static enum stage_show_fate
look(void *user, const struct stage_show_program *program)
{
	struct stage_show_daemon *self = user;
	struct stage_err err = STAGE_ERR_INIT;

	if (!stage_proc_alive(&program->process) ||
		stage_show_launcher_watch(
			self->launcher, &program->process, &err) != STAGE_OK) {
		return STAGE_SHOW_GONE;
	}
	if (program->is_run) {
		return STAGE_SHOW_THERE;
	}
	return program->has_announced &&
			       (!program->is_ours ||
				       stage_show_udp_is_of_group(
					       stage_osc_peer_port(
						       &program->peer),
					       program->process.pid))
		       ? STAGE_SHOW_THERE
		       : STAGE_SHOW_STRANGER;
}

void
stage_show_daemon_resume(struct stage_show_daemon *self, json_t *journal)
{
	const struct stage_show_journal_ops ops = {look, self};
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_show_journal_read(self->engine, journal, &ops, &err) !=
		STAGE_OK) {
		stage_log_err("unable to go on with the song: %s", err.text);
	}
}
