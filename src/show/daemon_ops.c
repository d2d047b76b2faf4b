/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the engine asks of the world, done for real. */

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "show/daemon_private.h"
#include "show/heirs.h"
#include "show/journal.h"
#include "show/udp_owner.h"

#define MARK "STAGECRAFT_SHOW_RUN"
#define MARK_MAX (STAGE_PATH_MAX + sizeof(MARK "="))

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

// By which the programs of all songs of a rig are found.
static void
write_mark(const struct stage_show_daemon *self, char out[MARK_MAX])
{
	(void)!stage_format(out, MARK_MAX, MARK "=%s", self->run);
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
	char mark[MARK_MAX];
	char *const argv[] = {slot->executable, NULL};
	char screen[] = "QT_QPA_PLATFORM=offscreen";
	char *const env[] = {
		url, name, place, mark, lacks_screen() ? screen : NULL, NULL};
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
	write_mark(self, mark);
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
	if (program->has_ended) {
		stage_show_launcher_end_rest(program->process.pid, is_kill);
		return;
	}
	stage_show_launcher_end(&program->process, program->is_ours, is_kill);
}

static bool
has_others(void *user, const struct stage_show_program *program)
{
	(void)user;
	return stage_show_launcher_has_rest(program->process.pid);
}

/* A pid comes from outside, and may be anything: a signal goes only to a
 * process that is no ancestor or member of our own group, and that has the port
 * that says so. */
static pid_t
identify(void *user, pid_t pid, const struct stage_osc_peer *from,
	struct stage_proc_id *process)
{
	pid_t group = getpgid(pid);

	(void)user;
	process->pid = 0;
	process->start = 0;
	if (group <= 1) {
		return 0;
	}
	if (from != NULL && pid != getpid() && pid != getppid() &&
		group != getpgrp() &&
		stage_show_udp_is_of_group(stage_osc_peer_port(from), group) &&
		stage_proc_identify(pid, process) != STAGE_OK) {
		process->pid = 0;
	}
	return group;
}

static pid_t
launch_of(void *user, pid_t pid)
{
	(void)user;
	return stage_show_launch_of(pid);
}

static bool
heir(void *user, pid_t launched, struct stage_proc_id *process)
{
	(void)user;
	return stage_show_heir_find(launched, process);
}

static int64_t
memory(void *user, const struct stage_show_program *program)
{
	(void)user;
	return stage_proc_own_bytes(program->process.pid);
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

// The end of one that we did not start is told by nobody else.
static void
watch_outsider(
	struct stage_show_daemon *self, const struct stage_show_slot *slot)
{
	const struct stage_show_program *program = slot->program;
	struct stage_err err = STAGE_ERR_INIT;

	if (program != NULL && !program->is_ours && program->process.pid > 0 &&
		stage_show_launcher_watch(
			self->launcher, &program->process, &err) != STAGE_OK) {
		stage_log_warn("song \"%s\": %s: %s", slot->song->name,
			slot->name, err.text);
	}
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
	if (slot != NULL && what == STAGE_SHOW_SLOT_ADDED) {
		watch_outsider(self, slot);
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
	.launch_of = launch_of,
	.heir = heir,
	.has_others = has_others,
	.open = op_open,
	.save = op_save,
	.loaded = op_loaded,
	.show = op_show,
	.memory = memory,
	.has_room = stage_show_daemon_has_room,
	.load = stage_show_daemon_load,
	.store = stage_show_daemon_write,
	.keep = stage_show_daemon_keep,
	.make = stage_show_daemon_make,
	.duplicate = stage_show_daemon_duplicate,
	.make_id = stage_show_daemon_make_id,
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

// One from outside, whose number is another one where it lives: in a container.
static bool
is_nameless(const struct stage_show_program *program)
{
	return !program->is_ours && program->process.pid == 0 &&
	       program->has_announced;
}

// One whose leader lives ends with it.
static bool
end_stray(pid_t pid, const char *comm, void *user)
{
	struct stage_show_daemon *self = user;
	struct stage_proc_id process = {.pid = 0};
	pid_t group = getpgid(pid);

	if ((group != pid && group > 1 && kill(group, 0) == 0) ||
		stage_proc_identify(pid, &process) != STAGE_OK ||
		stage_show_launcher_watch(self->launcher, &process, NULL) !=
			STAGE_OK) {
		return true;
	}
	stage_log_warn("process %d (%s) is of a song of which nothing is known "
		       "any more; it is ended",
		(int)pid, comm);
	stage_show_engine_end_unknown(self->engine, &process, group == pid);
	return true;
}

struct leftovers {
	struct stage_show_daemon *daemon;
	pid_t launched;
};

static bool
end_leftover(pid_t pid, const char *comm, void *user)
{
	const struct leftovers *of = user;

	return pid == of->launched ||
	       stage_show_launch_of(pid) != of->launched ||
	       end_stray(pid, comm, of->daemon);
}

// What descends from a program that has ended, or is about to, and would play
// on beside the next one: a daemon that had not said a word yet.
static void
end_leftovers(struct stage_show_daemon *self, pid_t launched)
{
	struct leftovers of = {self, launched};
	char mark[MARK_MAX];

	if (launched > 1 && getenv(MARK) == NULL) {
		write_mark(self, mark);
		stage_proc_each_with_env(mark, end_leftover, &of);
	}
}

static bool
watch(struct stage_show_daemon *self, const struct stage_proc_id *process)
{
	return process->pid > 1 && stage_proc_alive(process) &&
	       stage_show_launcher_watch(self->launcher, process, NULL) ==
		       STAGE_OK;
}

// Whether its port is of those that we started.
static bool
has_port(const struct stage_show_program *program)
{
	int port = stage_osc_peer_port(&program->peer);
	pid_t speaker = program->speaker.pid;

	return stage_show_udp_is_of_group(
		       port, getpgid(program->process.pid)) ||
	       (speaker > 1 &&
		       stage_show_udp_is_of_group(port, getpgid(speaker)));
}

static enum stage_show_fate
look(void *user, struct stage_show_program *program)
{
	struct stage_show_daemon *self = user;
	bool is_there;
	bool speaks;

	if (is_nameless(program)) {
		return stage_show_udp_is_taken(
			       stage_osc_peer_port(&program->peer))
			       ? STAGE_SHOW_THERE
			       : STAGE_SHOW_GONE;
	}
	is_there = watch(self, &program->process);
	speaks = program->speaker.pid != program->process.pid &&
		 watch(self, &program->speaker);
	if (!is_there && !speaks) {
		end_leftovers(self, program->launched);
		return STAGE_SHOW_GONE;
	}
	if (!is_there) {
		program->process = program->speaker;
	}
	if (program->is_run) {
		return STAGE_SHOW_THERE;
	}
	if (!program->has_announced) {
		end_leftovers(self, program->launched);
	}
	return program->has_announced &&
			       (!program->is_ours || has_port(program))
		       ? STAGE_SHOW_THERE
		       : STAGE_SHOW_STRANGER;
}

bool
stage_show_daemon_resume(struct stage_show_daemon *self, json_t *journal)
{
	const struct stage_show_journal_ops ops = {look, self};
	struct stage_err err = STAGE_ERR_INIT;

	stage_show_daemon_read_unwritten(
		self, json_object_get(journal, "unwritten"));
	if (stage_show_journal_read(self->engine, journal, &ops, &err) ==
		STAGE_OK) {
		return true;
	}
	if (stage_show_engine_current(self->engine) == NULL) {
		stage_log_err("unable to go on with the song: %s", err.text);
		return false;
	}
	stage_log_err("%s; what plays of it goes on", err.text);
	return true;
}

void
stage_show_daemon_end_strays(struct stage_show_daemon *self)
{
	char mark[MARK_MAX];

	if (getenv(MARK) != NULL) {
		return; // the whole rig was started by a client of a song
	}
	write_mark(self, mark);
	stage_proc_each_with_env(mark, end_stray, self);
}
