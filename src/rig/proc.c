/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // SCHED_*

#include "rig/proc.h"

#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "rig/proc_text.h"

#define STAT_MAX 4096
#define LOOK_MS 50
#define ENVIRON_MAX ((size_t)2 * 1024 * 1024)
#define EXEC_NS (200 * STAGE_NS_PER_MS) // takes much less if it gets to run
#define EXEC_LOOK_NS STAGE_NS_PER_MS

// A process goes on when its first thread has ended before the others: that
// one is a zombie, and the process none yet.
static bool
is_dead(const struct stage_proc_stat *fields)
{
	return fields->state == 'X' ||
	       (fields->state == 'Z' && fields->threads <= 1);
}

// False also for a dead one.
static bool
read_stat(pid_t pid, struct stage_proc_stat *out)
{
	char path[64];
	struct stage_str text = {0};
	bool ok;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	ok = stage_io_read_file(path, STAT_MAX, &text, NULL) == STAGE_OK &&
	     stage_proc_stat_parse(stage_str_text(&text), text.len, out) &&
	     !is_dead(out);
	stage_str_finish(&text);
	return ok;
}

enum stage_status
stage_proc_identify(pid_t pid, struct stage_proc_id *id)
{
	struct stage_proc_stat fields;

	if (pid <= 0 || !read_stat(pid, &fields)) {
		return STAGE_GONE;
	}
	id->pid = pid;
	id->start = fields.start;
	return STAGE_OK;
}

pid_t
stage_proc_parent(pid_t pid)
{
	struct stage_proc_stat fields;

	return pid > 0 && read_stat(pid, &fields) ? fields.parent : 0;
}

// proc(5): pages of all that it maps, of what is resident, of what is shared.
int64_t
stage_proc_own_bytes(pid_t pid)
{
	char path[64];
	struct stage_str text = {0};
	char *end;
	long long resident;
	long long shared;

	snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
	if (stage_io_read_file(path, STAT_MAX, &text, NULL) != STAGE_OK) {
		stage_str_clear(&text);
	}
	(void)strtoll(stage_str_text(&text), &end, 10);
	resident = strtoll(end, &end, 10);
	shared = strtoll(end, NULL, 10);
	stage_str_finish(&text);
	return (resident - shared) * sysconf(_SC_PAGESIZE);
}

bool
stage_proc_alive(const struct stage_proc_id *id)
{
	struct stage_proc_id now;

	return stage_proc_identify(id->pid, &now) == STAGE_OK &&
	       now.start == id->start;
}

int
stage_proc_open(const struct stage_proc_id *id)
{
#if defined(SYS_pidfd_open)
	return (int)syscall(SYS_pidfd_open, id->pid, 0);
#else
	(void)id;
	return -1;
#endif
}

enum stage_status
stage_proc_wait(const struct stage_proc_id *id, int64_t deadline_ns)
{
	struct pollfd poll_fd = {.fd = stage_proc_open(id), .events = POLLIN};

	// Without a descriptor it is looked at now and then.
	while (stage_proc_alive(id)) {
		int left_ms = stage_clock_until_ms(deadline_ns);
		if (left_ms == 0) {
			break;
		}
		if (poll_fd.fd < 0 && left_ms > LOOK_MS) {
			left_ms = LOOK_MS;
		}
		poll(&poll_fd, 1, left_ms);
	}
	if (poll_fd.fd >= 0) {
		close(poll_fd.fd);
	}
	return stage_proc_alive(id) ? STAGE_TIMEOUT : STAGE_OK;
}

static void
each_process(bool (*visit)(pid_t pid, void *user), void *user)
{
	DIR *dir = opendir("/proc");

	if (dir == NULL) {
		return;
	}
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		long pid = strtol(e->d_name, NULL, 10);
		if (pid > 0 && !visit((pid_t)pid, user)) {
			break;
		}
	}
	closedir(dir);
}

static int
count_rt_threads(pid_t pid)
{
	char path[64];
	struct stage_strv tasks = {0};
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	if (stage_io_list_dir(path, &tasks, NULL) == STAGE_OK) {
		for (size_t i = 0; i < tasks.count; i++) {
			pid_t tid = (pid_t)strtol(tasks.items[i], NULL, 10);
			int policy = sched_getscheduler(tid);
			policy &= ~SCHED_RESET_ON_FORK;
			count += policy == SCHED_FIFO || policy == SCHED_RR;
		}
	}
	stage_strv_finish(&tasks);
	return count;
}

struct session_table {
	struct stage_proc_session *sessions; // sorted by leader
	size_t count;
};

static int
by_leader(const void *a, const void *b)
{
	const struct stage_proc_session *left = a;
	const struct stage_proc_session *right = b;

	return (left->leader > right->leader) - (left->leader < right->leader);
}

static void
add_use(struct stage_proc_use *use, pid_t pid,
	const struct stage_proc_stat *fields)
{
	use->cpu_ns += (int64_t)fields->cpu_ticks * STAGE_NS_PER_S /
		       sysconf(_SC_CLK_TCK);
	use->rss_bytes += (int64_t)fields->rss_pages * sysconf(_SC_PAGESIZE);
	use->process_count++;
	use->rt_thread_count += count_rt_threads(pid);
	if (fields->state == 'T' || fields->state == 't') {
		use->stopped = pid;
	}
}

static bool
add_to_session(pid_t pid, void *user)
{
	const struct session_table *table = user;
	struct stage_proc_session key = {.leader = getsid(pid)};
	const struct stage_proc_session *session;
	struct stage_proc_stat fields;

	// Most processes are of none of them: asking for that opens no file.
	if (key.leader <= 0 || key.leader == pid) {
		return true;
	}
	session = bsearch(&key, table->sessions, table->count,
		sizeof(*table->sessions), by_leader);
	if (session != NULL && read_stat(pid, &fields) &&
		fields.session == session->leader &&
		strcmp(fields.comm, "svlogd") != 0) {
		add_use(session->use, pid, &fields);
	}
	return true;
}

void
stage_proc_sessions_use(struct stage_proc_session *sessions, size_t count)
{
	struct session_table table = {.sessions = sessions, .count = count};

	for (size_t i = 0; i < count; i++) {
		*sessions[i].use = (struct stage_proc_use){0};
	}
	if (count > 0) {
		qsort(sessions, count, sizeof(*sessions), by_leader);
		each_process(add_to_session, &table);
	}
}

struct session_search {
	pid_t leader;
	bool (*visit)(pid_t pid, const char *comm, void *user);
	void *user;
};

static bool
visit_in_session(pid_t pid, void *user)
{
	const struct session_search *search = user;
	struct stage_proc_stat fields;

	if (pid == search->leader || pid == getpid() ||
		getsid(pid) != search->leader || !read_stat(pid, &fields) ||
		fields.session != search->leader) {
		return true;
	}
	return search->visit(pid, fields.comm, search->user);
}

void
stage_proc_each_in_session(pid_t leader,
	bool (*visit)(pid_t pid, const char *comm, void *user), void *user)
{
	struct session_search search = {leader, visit, user};

	if (leader > 0) {
		each_process(visit_in_session, &search);
	}
}

struct env_search {
	const char *needle; // NAME=VALUE
	bool (*visit)(pid_t pid, const char *comm, void *user);
	void *user;
};

// False for the kernel's own, and for what has ended.
static bool
has_program(pid_t pid)
{
	char path[64];
	char target[1];

	snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	return readlink(path, target, sizeof(target)) > 0;
}

// Those without one, as in the middle of an exec, are rare enough to be waited
// for.
bool
stage_proc_environment(pid_t pid, struct stage_str *out)
{
	int64_t deadline_ns = stage_clock_now_ns() + EXEC_NS;
	struct stage_proc_id id;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/environ", (long)pid);
	while (stage_io_read_file(path, ENVIRON_MAX, out, NULL) == STAGE_OK) {
		if (out->len > 0) {
			return true;
		}
		if (!has_program(pid) ||
			stage_proc_identify(pid, &id) != STAGE_OK ||
			stage_clock_until_ms(deadline_ns) == 0) {
			return false;
		}
		(void)!stage_proc_wait(
			&id, stage_clock_now_ns() + EXEC_LOOK_NS);
	}
	return false;
}

static bool
visit_with_env(pid_t pid, void *user)
{
	const struct env_search *search = user;
	struct stage_str environment = {0};
	struct stage_proc_stat fields;
	bool go_on = true;

	if (pid == getpid()) {
		return true;
	}
	if (stage_proc_environment(pid, &environment) &&
		stage_proc_has_entry(stage_str_text(&environment),
			environment.len, search->needle) &&
		read_stat(pid, &fields)) {
		go_on = search->visit(pid, fields.comm, search->user);
	}
	stage_str_finish(&environment);
	return go_on;
}

void
stage_proc_each_with_env(const char *name_is_value,
	bool (*visit)(pid_t pid, const char *comm, void *user), void *user)
{
	struct env_search search = {name_is_value, visit, user};

	each_process(visit_with_env, &search);
}
