/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // MAP_ANONYMOUS

#include "rig/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "rig/proc_file.h"
#include "rig/proc_text.h"
#include "world.h"

static int64_t
soon_ns(int64_t ms)
{
	return stage_clock_now_ns() + ms * STAGE_NS_PER_MS;
}

static void
a_process_is_itself(void **state)
{
	struct stage_proc_id id;
	(void)state;

	assert_int_equal(stage_proc_identify(getpid(), &id), STAGE_OK);
	assert_int_equal(id.pid, getpid());
	assert_true(stage_proc_alive(&id));
	id.start++; // as if the number were used again
	assert_false(stage_proc_alive(&id));
	assert_int_equal(stage_proc_identify(0, &id), STAGE_GONE);
	assert_int_equal(stage_proc_identify(-1, &id), STAGE_GONE);
	assert_int_equal(
		stage_proc_identify(world_dead_pid(), &id), STAGE_GONE);
}

static void
a_zombie_is_dead(void **state)
{
	struct stage_proc_id id;
	struct pollfd poll_fd = {.events = POLLIN};
	int fd;
	pid_t pid = world_start_child(&fd);
	(void)state;

	assert_int_equal(stage_proc_identify(pid, &id), STAGE_OK);
	assert_int_equal(stage_proc_wait(&id, soon_ns(30)), STAGE_TIMEOUT);
	poll_fd.fd = stage_proc_open(&id);
	assert_true(poll_fd.fd >= 0);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	close(fd);
	assert_int_equal(
		stage_proc_wait(&id, soon_ns(WORLD_DEADLINE_MS)), STAGE_OK);
	assert_int_equal(poll(&poll_fd, 1, 0), 1);
	assert_int_equal(kill(pid, 0), 0); // still there, as a zombie
	assert_false(stage_proc_alive(&id));
	assert_int_equal(stage_proc_identify(pid, &id), STAGE_GONE);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(poll_fd.fd);
	assert_int_equal(stage_proc_wait(&id, 0), STAGE_OK);
	assert_int_equal(stage_proc_open(&id), -1);
}

static void *
await_end_of_pipe(void *fd)
{
	char byte;

	while (read(*(int *)fd, &byte, 1) < 0 && errno == EINTR) {
	}
	_exit(0);
}

// A child whose first thread ends, and whose other one waits for a pipe's end.
static pid_t
start_headless(int *fd)
{
	pthread_t thread;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[1]);
		if (pthread_create(&thread, NULL, await_end_of_pipe, fds) !=
			0) {
			_exit(1);
		}
		pthread_exit(NULL);
	}
	close(fds[0]);
	*fd = fds[1];
	return pid;
}

static bool
is_headless(void *user)
{
	const pid_t *pid = user;
	struct stage_proc_stat fields = {.state = 'X'};
	struct stage_str text = {0};
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)*pid);
	assert_int_equal(stage_io_read_file(path, 4096, &text, NULL), STAGE_OK);
	assert_true(stage_proc_stat_parse(
		stage_str_text(&text), text.len, &fields));
	stage_str_finish(&text);
	return fields.state == 'Z';
}

static void
one_without_its_first_thread_lives(void **state)
{
	struct stage_proc_id id;
	int fd;
	pid_t pid = start_headless(&fd);
	(void)state;

	world_wait(is_headless, &pid);
	assert_int_equal(stage_proc_identify(pid, &id), STAGE_OK);
	assert_int_equal(stage_proc_wait(&id, soon_ns(30)), STAGE_TIMEOUT);
	close(fd);
	assert_int_equal(
		stage_proc_wait(&id, soon_ns(WORLD_DEADLINE_MS)), STAGE_OK);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), pid);
}

// Lines of /proc/PID/stat: what is read of each, or nothing.
static void
a_line_of_the_kernel(void **state)
{
#define TAIL " 0 0 0 1 2 0 0 20 0 1 0 248477 3932160 532 0 0\n"
	static const struct {
		const char *text;
		bool is_good;
		struct stage_proc_stat stat;
	} cases[] = {
		{"9 (sed) R 8 9 7 0 -1 0 0" TAIL, true,
			{"sed", 'R', 8, 7, 3, 248477, 532, 1}},
		{"9 (a) S 1 (b)) S 8 9 7 0 -1 0 0" TAIL, true,
			{"a) S 1 (b)", 'S', 8, 7, 3, 248477, 532, 1}},
		{"9 () X 0 -1 -1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0", true,
			{"", 'X', 0, -1, 0, 5, 0, 1}},
		{"9 (sed) R 8 9 7 0 -1 0 0 0 0 0 1 2", false, {"", 0}},
		{"9 sed R 8 9 7 0 -1 0 0" TAIL, false, {"", 0}},
		{"9 (sed) RR 8 9 7 0 -1 0 0" TAIL, false, {"", 0}},
		{"9 (sed) R 99999999999 9 7 0 -1 0 0" TAIL, false, {"", 0}},
		{"9 (sed) R x 9 7 0 -1 0 0" TAIL, false, {"", 0}},
		{"", false, {"", 0}},
	};
#undef TAIL
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_proc_stat got;
		assert_int_equal(stage_proc_stat_parse(cases[i].text,
					 strlen(cases[i].text), &got),
			cases[i].is_good);
		if (cases[i].is_good) {
			assert_string_equal(got.comm, cases[i].stat.comm);
			assert_int_equal(got.state, cases[i].stat.state);
			assert_int_equal(got.parent, cases[i].stat.parent);
			assert_int_equal(got.session, cases[i].stat.session);
			assert_true(got.cpu_ticks == cases[i].stat.cpu_ticks);
			assert_true(got.start == cases[i].stat.start);
			assert_true(got.rss_pages == cases[i].stat.rss_pages);
			assert_true(got.threads == cases[i].stat.threads);
		}
	}
}

// A program with that environment, which ends with its standard input.
static pid_t
start_with(char *const *environment, int *fd)
{
	int fds[2];
	int up[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(up), 0);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	fcntl(up[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		char sh[] = "/bin/sh";
		char c[] = "-c";
		char script[] = "read x";
		char *argv[] = {sh, c, script, NULL};
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[0], STDIN_FILENO);
		execve(sh, argv, environment);
		_exit(127);
	}
	close(fds[0]);
	close(up[1]);
	assert_int_equal(read(up[0], &byte, 1), 0); // exec has closed it
	close(up[0]);
	*fd = fds[1];
	return pid;
}

struct found {
	pid_t pids[8];
	size_t count;
	size_t stop_at;
};

static bool
on_found(pid_t pid, const char *comm, void *user)
{
	struct found *found = user;

	assert_int_equal(strncmp(comm, "sh", 2) == 0 ||
				 strncmp(comm, "dash", 4) == 0 ||
				 strncmp(comm, "bash", 4) == 0,
		1);
	found->pids[found->count] = pid;
	found->count++;
	return found->count != found->stop_at;
}

static void
found_by_environment(void **state)
{
	char right[] = "STAGE_TEST_MARK=/tmp/x";
	char longer[] = "STAGE_TEST_MARK=/tmp/xy";
	char inside[] = "MY_STAGE_TEST_MARK=/tmp/x";
	char value[] = "A=STAGE_TEST_MARK=/tmp/x";
	char shorter[] = "STAGE_TEST_MARK=/tmp/";
	char *with[] = {longer, inside, value, right, NULL};
	char *with_first[] = {right, longer, NULL};
	char *without[] = {longer, inside, value, shorter, NULL};
	struct found found = {0};
	int fds[3];
	pid_t pids[3];
	(void)state;

	pids[0] = start_with(with, &fds[0]);
	pids[1] = start_with(without, &fds[1]);
	pids[2] = start_with(with_first, &fds[2]);
	stage_proc_each_with_env(right, on_found, &found);
	assert_int_equal(found.count, 2);
	assert_true((found.pids[0] == pids[0] && found.pids[1] == pids[2]) ||
		    (found.pids[0] == pids[2] && found.pids[1] == pids[0]));
	found = (struct found){.stop_at = 1};
	stage_proc_each_with_env(right, on_found, &found);
	assert_int_equal(found.count, 1);
	found = (struct found){0};
	stage_proc_each_with_env("STAGE_TEST_MARK=", on_found, &found);
	assert_int_equal(found.count, 0);
	for (size_t i = 0; i < 3; i++) {
		world_end_child(pids[i], fds[i]);
	}
}

static bool
count_one(pid_t pid, const char *comm, void *user)
{
	(void)pid;
	(void)comm;
	(*(int *)user)++;
	return true;
}

// One that is in the middle of an exec most of the time is found each time.
static void
found_while_it_execs(void **state)
{
	char mark[] = "STAGE_TEST_MARK=/tmp/exec";
	char sh[] = "/bin/sh";
	char c[] = "-c";
	char again[] = "exec /bin/sh -c \"$0\" \"$0\"";
	char *argv[] = {sh, c, again, again, NULL};
	char *environment[] = {mark, NULL};
	const int rounds = 50;
	int found = 0;
	pid_t pid = fork();
	(void)state;

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execve(sh, argv, environment);
		_exit(127);
	}
	while (found == 0) { // until it has begun
		stage_proc_each_with_env(mark, count_one, &found);
	}
	found = 0;
	for (int i = 0; i < rounds; i++) {
		stage_proc_each_with_env(mark, count_one, &found);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(found, rounds);
}

// A leader in a session of its own that starts another process in it.
static pid_t
start_session(int *fd)
{
	int fds[2];
	int up[2];
	pid_t leader;
	char byte;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(up), 0);
	leader = fork();
	if (leader == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[1]);
		setsid();
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (write(up[1], "x", 1) == 1 &&
				read(fds[0], &byte, 1) == 0) {
				_exit(0);
			}
		}
		while (read(fds[0], &byte, 1) < 0) {
		}
		while (wait(NULL) > 0) {
		}
		_exit(0);
	}
	close(fds[0]);
	assert_int_equal(read(up[0], &byte, 1), 1);
	close(up[0]);
	close(up[1]);
	*fd = fds[1];
	return leader;
}

// What it maps, and has not touched or shares, is not its own.
static void
memory_of_its_own(void **state)
{
	const size_t size = (size_t)64 * 1024 * 1024;
	int64_t before = stage_proc_own_bytes(getpid());
	char *own = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *shared = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t now;
	(void)state;

	assert_true(own != MAP_FAILED && shared != MAP_FAILED);
	memset(own, 1, size / 2);
	memset(shared, 1, size);
	now = stage_proc_own_bytes(getpid());
	munmap(own, size);
	munmap(shared, size);
	assert_true(before > 0);
	assert_in_range(now - before, size / 4, size);
	assert_int_equal(stage_proc_own_bytes(world_dead_pid()), 0);
}

static void
use_of_a_session(void **state)
{
	struct stage_proc_use use;
	struct stage_proc_use other;
	struct stage_proc_use nobody;
	struct stage_proc_session sessions[3];
	int fds[2];
	int count = 0;
	pid_t first = start_session(&fds[0]);
	pid_t second = start_session(&fds[1]);
	(void)state;

	sessions[0] = (struct stage_proc_session){second, &other};
	sessions[1] = (struct stage_proc_session){world_dead_pid(), &nobody};
	sessions[2] = (struct stage_proc_session){first, &use};
	stage_proc_sessions_use(sessions, 3);
	assert_int_equal(use.process_count, 1); // without its leader
	assert_true(use.rss_bytes > 0 && use.cpu_ns >= 0);
	assert_int_equal(use.rt_thread_count, 0);
	assert_int_equal(use.stopped, 0);
	assert_int_equal(other.process_count, 1);
	assert_int_equal(nobody.process_count, 0);
	stage_proc_each_in_session(first, count_one, &count);
	assert_int_equal(count, 1);
	world_end_child(second, fds[1]); // it holds the other's pipe as well
	stage_proc_sessions_use(sessions, 3);
	assert_int_equal(use.process_count, 1);
	assert_int_equal(other.process_count, 0);
	world_end_child(first, fds[0]);
	stage_proc_sessions_use(NULL, 0);
}

static bool
take_pid(pid_t pid, const char *comm, void *user)
{
	(void)comm;
	*(pid_t *)user = pid;
	return false;
}

// A signal takes effect a moment after it was sent.
static pid_t
await_stopped(struct stage_proc_session *session, pid_t wanted)
{
	int64_t deadline_ns = stage_clock_now_ns() + 20 * STAGE_NS_PER_S;

	do {
		stage_proc_sessions_use(session, 1);
	} while (session->use->stopped != wanted &&
		 stage_clock_now_ns() < deadline_ns);
	return session->use->stopped;
}

static void
one_that_a_signal_has_stopped(void **state)
{
	struct stage_proc_use use;
	int fd;
	pid_t leader = start_session(&fd);
	pid_t child = 0;
	struct stage_proc_session session = {leader, &use};
	(void)state;

	stage_proc_each_in_session(leader, take_pid, &child);
	assert_int_equal(kill(child, SIGSTOP), 0);
	assert_int_equal(await_stopped(&session, child), child);
	assert_int_equal(kill(child, SIGCONT), 0);
	assert_int_equal(await_stopped(&session, 0), 0);
	world_end_child(leader, fd);
}

static void
as_text_and_back(void **state)
{
	static const struct {
		const char *text;
		const char *rest; // NULL: refused
		pid_t pid;
		unsigned long long start;
	} cases[] = {
		{"1 2", "", 1, 2},
		{"1 2\n", "\n", 1, 2},
		{"2147483647 18446744073709551615 x", " x", INT_MAX,
			ULLONG_MAX},
		{"1 0", "", 1, 0},
		{"2147483648 1", NULL, 0, 0},
		{"1 18446744073709551616", NULL, 0, 0},
		{"0 1", NULL, 0, 0},
		{"-1 1", NULL, 0, 0},
		{"+1 1", NULL, 0, 0},
		{" 1 1", NULL, 0, 0},
		{"1  1", NULL, 0, 0},
		{"1\n1", NULL, 0, 0},
		{"1", NULL, 0, 0},
		{"1 ", NULL, 0, 0},
		{"1 1x", NULL, 0, 0},
		{"", NULL, 0, 0},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_proc_id id = {77, 88};
		const char *rest = NULL;
		bool ok = stage_proc_id_parse(cases[i].text, &id, &rest);
		assert_int_equal(ok, cases[i].rest != NULL);
		if (ok) {
			char text[STAGE_PROC_TEXT_MAX];
			assert_string_equal(rest, cases[i].rest);
			assert_int_equal(id.pid, cases[i].pid);
			assert_true(id.start == cases[i].start);
			stage_proc_id_format(&id, text);
			assert_int_equal(
				strncmp(text, cases[i].text, strlen(text)), 0);
		} else {
			assert_true(id.pid == 77 && id.start == 88);
		}
	}
}

static void
a_file_finds_a_live_process(void **state)
{
	struct world *world = *state;
	struct stage_proc_id id;
	struct stage_proc_id got = {0, 0};
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	char torn[STAGE_PROC_TEXT_MAX];

	stage_rig_run_path(&world->rig, path, "runsvdir");
	assert_false(stage_proc_file_find(path, &got));
	assert_int_equal(stage_proc_identify(getpid(), &id), STAGE_OK);
	assert_int_equal(stage_proc_file_write(path, &id, &err), STAGE_OK);
	assert_true(stage_proc_file_find(path, &got));
	assert_int_equal(got.pid, id.pid);
	stage_proc_id_format(&id, torn);
	world_write(world, "run/runsvdir", 0644, torn);
	assert_false(stage_proc_file_find(path, &got));
	id.start++;
	assert_int_equal(stage_proc_file_write(path, &id, &err), STAGE_OK);
	assert_false(stage_proc_file_find(path, &got));
	stage_rig_run_path(&world->rig, path, "nowhere/x");
	assert_int_equal(
		stage_proc_file_write(path, &id, &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "nowhere/x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_itself),
		cmocka_unit_test(a_line_of_the_kernel),
		cmocka_unit_test(a_zombie_is_dead),
		cmocka_unit_test(one_without_its_first_thread_lives),
		cmocka_unit_test(found_by_environment),
		cmocka_unit_test(found_while_it_execs),
		cmocka_unit_test(memory_of_its_own),
		cmocka_unit_test(use_of_a_session),
		cmocka_unit_test(one_that_a_signal_has_stopped),
		cmocka_unit_test(as_text_and_back),
		cmocka_unit_test_setup_teardown(a_file_finds_a_live_process,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
