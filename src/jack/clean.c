/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/clean.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "jack/names.h"
#include "jack/registry.h"
#include "jack/registry_lock.h"

#define LOCK_TIMEOUT_MS 2000
#define MAPS_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct job {
	const char *dir;                         // borrowed
	uid_t uid;                               // whose things
	pid_t ending;                            // counted as dead; 0 for none
	bool removes;                            // or only counts
	bool has_registry;                       // a well-formed one
	bool has_stranger;                       // a live server with no slot
	struct stage_jack_registry registry;     // as it was found
	bool is_stale[STAGE_JACK_SEGMENT_SLOTS]; // of registry.segments
	struct stage_strv files;                 // names in the directory
	struct stage_strv live;                  // names of the live servers
	struct stage_strv ended;                 // names of the ending process
	struct stage_jack_survey *survey;        // borrowed
	enum stage_status status;                // the first failure
	struct stage_err *err;                   // borrowed; its sentence
};

// Says whether a process lives and uses JACK: it has the registry mapped.
// Where that cannot be seen, living is enough.
static bool
is_jack_process(pid_t pid)
{
	struct stage_str maps = {0};
	char path[64];
	bool is_jack;

	if (pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH)) {
		return false;
	}
	snprintf(path, sizeof(path), "/proc/%ld/maps", (long)pid);
	if (stage_io_read_file(path, MAPS_MAX_BYTES, &maps, NULL) != STAGE_OK) {
		is_jack = kill(pid, 0) == 0 || errno != ESRCH;
	} else {
		is_jack = strstr(stage_str_text(&maps),
				  STAGE_JACK_REGISTRY_FILE) != NULL;
	}
	stage_str_finish(&maps);
	return is_jack;
}

static bool
is_alive(const struct job *job, pid_t pid)
{
	return pid != job->ending && is_jack_process(pid);
}

static void
fail(struct job *job, enum stage_status status)
{
	if (job->status == STAGE_OK) {
		job->status = status;
	}
}

static void
note_errno(struct job *job, const char *name)
{
	if (job->status == STAGE_OK) {
		job->status = stage_err_set_errno(job->err, errno,
			"unable to remove %s/%s", job->dir, name);
	}
}

static void
add_name(struct job *job, struct stage_strv *names, const char *name)
{
	if (!stage_strv_has(names, name) &&
		stage_strv_add(names, name) != STAGE_OK) {
		fail(job, stage_err_set(
				  job->err, STAGE_NO_MEMORY, "out of memory"));
	}
}

static bool
is_owned(const struct job *job, const char *name, mode_t type)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	return stage_io_join(path, sizeof(path), job->dir, name, NULL) ==
		       STAGE_OK &&
	       lstat(path, &st) == 0 && st.st_uid == job->uid &&
	       (st.st_mode & S_IFMT) == type;
}

static void
drop_file(struct job *job, const char *name)
{
	char path[STAGE_PATH_MAX];

	if (job->removes &&
		(stage_io_join(path, sizeof(path), job->dir, name, NULL) !=
				STAGE_OK ||
			unlink(path) != 0) &&
		errno != ENOENT) {
		note_errno(job, name);
	}
}

static void
drop_range(struct job *job, struct stage_jack_range range)
{
	static const char zeros[STAGE_JACK_RANGE_MAX];
	char path[STAGE_PATH_MAX];
	int fd;

	if (!job->removes ||
		stage_io_join(path, sizeof(path), job->dir,
			STAGE_JACK_REGISTRY_FILE, NULL) != STAGE_OK) {
		return;
	}
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || pwrite(fd, zeros, range.len, (off_t)range.offset) !=
			      (ssize_t)range.len) {
		note_errno(job, STAGE_JACK_REGISTRY_FILE);
	}
	if (fd >= 0) {
		close(fd);
	}
}

// True when some process has the socket bound. A datagram socket may not
// connect to a stream socket, and the kernel says whether there is one before
// it says that the types differ; nothing reaches the process.
static bool
is_bound(const struct job *job, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	bool is_dead;
	int fd;

	if (stage_format(address.sun_path, sizeof(address.sun_path), "%s/%s",
		    job->dir, name) != STAGE_OK) {
		return true;
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return true;
	}
	is_dead = connect(fd, (struct sockaddr *)&address, sizeof(address)) !=
			  0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return !is_dead;
}

static bool
is_live_file(const struct stage_strv *servers, const char *name, uid_t uid)
{
	for (size_t i = 0; i < servers->count; i++) {
		if (stage_jack_semaphore_is_of(name, uid, servers->items[i])) {
			return true;
		}
	}
	return false;
}

static void
do_slots(struct job *job)
{
	for (size_t i = 0; i < job->registry.slot_count; i++) {
		const struct stage_jack_slot *slot = &job->registry.slots[i];
		if (!slot->is_named || slot->uid != job->uid) {
			continue;
		}
		job->survey->present.slots++;
		if (is_alive(job, slot->pid)) {
			add_name(job, &job->live, slot->name);
			continue;
		}
		if (slot->pid == job->ending) {
			add_name(job, &job->ended, slot->name);
		}
		job->survey->stale.slots++;
		drop_range(job, stage_jack_registry_slot(slot->index));
	}
}

static void
do_socket(struct job *job, const char *name)
{
	char server[STAGE_JACK_SERVER_NAME_MAX];

	if (stage_jack_socket_server(name, job->uid, server, sizeof(server)) !=
			STAGE_OK ||
		!is_owned(job, name, S_IFSOCK)) {
		return;
	}
	job->survey->present.sockets++;
	if (is_bound(job, name) && !stage_strv_has(&job->ended, server)) {
		if (!stage_strv_has(&job->live, server)) {
			job->has_stranger = true;
			add_name(job, &job->live, server);
		}
		return;
	}
	job->survey->stale.sockets++;
	drop_file(job, name);
}

// An entry is stale when the process that made it is gone. One that belongs to
// nobody by name and process is a half-made one: its maker died in between.
static bool
is_entry_stale(const struct job *job, const struct stage_jack_segment *segment)
{
	if (segment->is_named) {
		return !is_alive(job, segment->allocator);
	}
	return segment->allocator == 0 && segment->id[0] == '\0';
}

static void
do_entries(struct job *job)
{
	for (size_t i = 0; i < job->registry.segment_count; i++) {
		const struct stage_jack_segment *segment =
			&job->registry.segments[i];
		bool is_ours = segment->is_named && segment->uid == job->uid;
		if (segment->is_named && !is_ours) {
			continue;
		}
		if (is_ours) {
			job->survey->present.entries++;
		}
		job->is_stale[i] = is_entry_stale(job, segment);
		if (job->is_stale[i]) {
			job->survey->stale.entries++;
			drop_range(job,
				stage_jack_registry_segment(segment->index));
		}
	}
}

static bool
is_segment_in_use(const struct job *job, const char *name)
{
	for (size_t i = 0; i < job->registry.segment_count; i++) {
		const struct stage_jack_segment *segment =
			&job->registry.segments[i];
		if (segment->id[0] == '/' &&
			strcmp(segment->id + 1, name) == 0 &&
			!job->is_stale[i]) {
			return true;
		}
	}
	return false;
}

static void
do_segment(struct job *job, const char *name)
{
	if (!is_owned(job, name, S_IFREG)) {
		return;
	}
	job->survey->present.segments++;
	if (!job->has_stranger && !is_segment_in_use(job, name)) {
		job->survey->stale.segments++;
		drop_file(job, name);
	}
}

static void
do_semaphore(struct job *job, const char *name)
{
	if (!is_owned(job, name, S_IFREG)) {
		return;
	}
	job->survey->present.semaphores++;
	if (!is_live_file(&job->live, name, job->uid)) {
		job->survey->stale.semaphores++;
		drop_file(job, name);
	}
}

static void
do_database(struct job *job, const char *name)
{
	char path[STAGE_PATH_MAX];

	if (!is_owned(job, name, S_IFDIR)) {
		return;
	}
	job->survey->present.databases++;
	if (job->live.count > 0) {
		return;
	}
	job->survey->stale.databases++;
	if (job->removes && stage_io_join(path, sizeof(path), job->dir, name,
				    NULL) == STAGE_OK) {
		fail(job, stage_io_remove_tree(path, job->err));
	}
}

static void
do_registry(struct job *job, const char *name)
{
	if (job->has_registry || !is_owned(job, name, S_IFREG)) {
		return;
	}
	job->survey->present.registries++;
	if (job->live.count == 0) {
		job->survey->stale.registries++;
		drop_file(job, name);
	}
}

static void
skip(struct job *job, const char *name)
{
	(void)job;
	(void)name;
}

// In the order of the passes: who lives is known after the sockets.
static void (*const handlers[])(struct job *, const char *) = {
	[STAGE_JACK_FILE_OTHER] = skip,
	[STAGE_JACK_FILE_REGISTRY] = do_registry,
	[STAGE_JACK_FILE_SEGMENT] = do_segment,
	[STAGE_JACK_FILE_SOCKET] = do_socket,
	[STAGE_JACK_FILE_SEMAPHORE] = do_semaphore,
	[STAGE_JACK_FILE_DATABASE] = do_database,
};

static_assert(STAGE_COUNT_OF(handlers) == STAGE_JACK_FILE_COUNT,
	"every kind of file has a handler");

static void
do_files(struct job *job, bool is_socket_pass)
{
	for (size_t i = 0; i < job->files.count; i++) {
		const char *name = job->files.items[i];
		enum stage_jack_file kind =
			stage_jack_file_kind(name, job->uid);
		if ((kind == STAGE_JACK_FILE_SOCKET) == is_socket_pass) {
			handlers[kind](job, name);
		}
	}
}

static void
read_registry(struct job *job)
{
	struct stage_str bytes = {0};
	char path[STAGE_PATH_MAX];

	job->has_registry =
		stage_io_join(path, sizeof(path), job->dir,
			STAGE_JACK_REGISTRY_FILE, NULL) == STAGE_OK &&
		stage_io_read_file(path, STAGE_JACK_REGISTRY_BYTES, &bytes,
			NULL) == STAGE_OK &&
		stage_jack_registry_parse(stage_str_text(&bytes), bytes.len,
			&job->registry, NULL) == STAGE_OK;
	stage_str_finish(&bytes);
}

static void
run(struct job *job)
{
	enum stage_status status =
		stage_io_list_dir(job->dir, &job->files, job->err);

	if (status != STAGE_OK) {
		fail(job, status);
		return;
	}
	read_registry(job);
	do_slots(job);
	do_files(job, true);
	do_entries(job);
	do_files(job, false);
	job->survey->live_servers = job->live.count;
}

static enum stage_status
run_job(struct job *job)
{
	struct stage_jack_lock lock;

	*job->survey = (struct stage_jack_survey){0};
	if (job->removes) {
		enum stage_status status =
			stage_jack_lock_take(&lock, LOCK_TIMEOUT_MS, job->err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	run(job);
	if (job->removes) {
		stage_jack_lock_release(&lock);
	}
	stage_strv_finish(&job->files);
	stage_strv_finish(&job->live);
	stage_strv_finish(&job->ended);
	return job->status;
}

enum stage_status
stage_jack_survey(const char *dir, uid_t uid, struct stage_jack_survey *out,
	struct stage_err *err)
{
	struct job job = {.dir = dir, .uid = uid, .survey = out, .err = err};

	return run_job(&job);
}

enum stage_status
stage_jack_registry_clean(const char *dir, uid_t uid, pid_t ending,
	struct stage_jack_survey *out, struct stage_err *err)
{
	struct job job = {.dir = dir,
		.uid = uid,
		.ending = ending,
		.removes = true,
		.survey = out,
		.err = err};

	return run_job(&job);
}

pid_t
stage_jack_server_pid(const char *dir, uid_t uid, const char *server)
{
	struct job job = {.dir = dir, .uid = uid};

	read_registry(&job);
	for (size_t i = 0; i < job.registry.slot_count; i++) {
		const struct stage_jack_slot *slot = &job.registry.slots[i];
		if (slot->is_named && slot->uid == uid &&
			strcmp(slot->name, server) == 0 &&
			is_jack_process(slot->pid)) {
			return slot->pid;
		}
	}
	return 0;
}
