/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Whole chains, each in a child of its own, around /bin/sh.

#include "chain/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "rig/death.h"
#include "rig/mark.h"
#include "rig/proc_file.h"
#include "world.h"

#define FAILED 90 // exit code of a chain that returned; + its status

struct run {
	struct world world;
	struct stage_needs needs;
	bool marks_ready;
	int64_t timeout_ns;
	enum stage_status (*prepare)(void *user, struct stage_err *err);
	pid_t pid;
	int in;  // ends the program's standard input when closed
	int out; // what the program, or a failed chain, says
};

static int
setup(void **state)
{
	struct run *run = calloc(1, sizeof(*run));

	world_init(&run->world);
	world_service(&run->world, "x");
	assert_int_equal(
		stage_mark_prepare(&run->world.rig, "x", NULL), STAGE_OK);
	run->marks_ready = true;
	run->in = run->out = -1;
	setenv("FAKE_JACK", world_path(&run->world, "jack"), 1);
	*state = run;
	return 0;
}

static int
teardown(void **state)
{
	struct run *run = *state;

	stage_needs_finish(&run->needs);
	world_finish(&run->world);
	free(run);
	return 0;
}

static void
need(struct run *run, const char *kind, const char *name)
{
	char text[STAGE_PATH_MAX + 32];

	snprintf(text, sizeof(text), "%s%s", kind,
		name != NULL ? world_path(&run->world, "%s", name) : "");
	assert_int_equal(stage_needs_add(&run->needs, text, NULL), STAGE_OK);
}

static void
ready(struct run *run, const char *kind, const char *name)
{
	char text[STAGE_PATH_MAX + 32];

	snprintf(text, sizeof(text), "%s%s", kind,
		name != NULL ? world_path(&run->world, "%s", name) : "");
	assert_int_equal(
		stage_needs_set_ready(&run->needs, text, NULL), STAGE_OK);
}

STAGE_NORETURN static void
be_the_chain(const struct run *run, char *script)
{
	char sh[] = "/bin/sh";
	char c[] = "-c";
	char *shell[] = {sh, c, script, NULL};
	char *missing[] = {script, NULL};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_chain_config config = {.rig = &run->world.rig,
		.service = "x",
		.needs = &run->needs,
		.argv = script[0] == '/' ? missing : shell,
		.timeout_ns = run->timeout_ns,
		.marks_ready = run->marks_ready,
		.prepare = run->prepare};
	enum stage_status status = stage_chain_run(&config, &err);

	dprintf(STDOUT_FILENO, "%s\n", err.text);
	_exit(FAILED + (int)status);
}

// Starts a chain around a script for sh, or around a program "/...".
static void
start(struct run *run, const char *script)
{
	int in[2];
	int out[2];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	run->pid = fork();
	assert_true(run->pid >= 0);
	if (run->pid == 0) {
		char copy[2048];
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		snprintf(copy, sizeof(copy), "%s", script);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		for (int fd = 3; fd < 64; fd++) {
			close(fd);
		}
		if (chdir(world_path(&run->world, "rig/services/x")) != 0) {
			_exit(89);
		}
		be_the_chain(run, copy);
	}
	close(in[0]);
	close(out[1]);
	run->in = in[1];
	run->out = out[0];
}

// Waits until all that was said ends with this; fails at the end of it all.
static void
expect(struct run *run, const char *text)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + WORLD_DEADLINE_MS * STAGE_NS_PER_MS;
	char said[1024] = "";
	size_t len = 0;

	while (strstr(said, text) == NULL) {
		struct pollfd poll_fd = {.fd = run->out, .events = POLLIN};
		ssize_t got;
		assert_true(poll(&poll_fd, 1,
				    stage_clock_until_ms(deadline_ns)) > 0);
		got = read(run->out, said + len, sizeof(said) - 1 - len);
		if (got <= 0) {
			fail_msg("\"%s\" lacks \"%s\"", said, text);
		}
		len += (size_t)got;
		said[len] = '\0';
	}
}

static void
expect_path(struct run *run, const char *path, bool is_there)
{
	world_await(&run->world, path, is_there);
}

static int
finish(struct run *run)
{
	int status = -1;

	close(run->in);
	assert_int_equal(waitpid(run->pid, &status, 0), run->pid);
	close(run->out);
	return status;
}

static void
finish_with(struct run *run, int exit_code)
{
	int status = finish(run);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), exit_code);
}

static void
without_more_it_becomes_the_program(void **state)
{
	struct run *run = *state;
	struct stage_process process;

	start(run, "echo pid $$; read x; exit 7");
	expect(run, "pid ");
	assert_true(stage_mark_is_ready(&run->world.rig, "x"));
	assert_true(stage_mark_get_process(
		&run->world.rig, "x", STAGE_MARK_READY, &process));
	assert_int_equal(process.id.pid, run->pid);
	finish_with(run, 7);
}

static void
it_waits_for_a_file_and_says_so(void **state)
{
	struct run *run = *state;
	struct stage_wait wait;

	need(run, "file:", "a/b/c");
	start(run, "echo started; read x; exit 0");
	expect_path(run, "run/svc/x/wait", true);
	assert_true(stage_mark_get_wait(&run->world.rig, "x", &wait));
	assert_true(stage_starts_with(wait.text, "file:"));
	assert_true(stage_ends_with(wait.text, "/a/b/c"));
	assert_false(world_has(&run->world, "run/svc/x/ready"));
	world_write(&run->world, "a/b/c", 0644, "");
	expect(run, "started");
	assert_false(world_has(&run->world, "run/svc/x/wait"));
	finish_with(run, 0);
}

static void
it_waits_for_another_service(void **state)
{
	struct run *run = *state;
	struct stage_process process = {.since_ns = 1};
	struct stage_wait wait;

	assert_int_equal(
		stage_needs_add(&run->needs, "service:other", NULL), STAGE_OK);
	assert_int_equal(
		stage_needs_add(&run->needs, "net:lo", NULL), STAGE_OK);
	start(run, "echo started");
	expect_path(run, "run/svc/x/wait", true);
	assert_true(stage_mark_get_wait(&run->world.rig, "x", &wait));
	assert_true(stage_starts_with(wait.text, "service:other"));
	assert_int_equal(
		stage_mark_prepare(&run->world.rig, "other", NULL), STAGE_OK);
	assert_int_equal(stage_proc_identify(getpid(), &process.id), STAGE_OK);
	assert_int_equal(stage_mark_set_process(&run->world.rig, "other",
				 STAGE_MARK_READY, &process),
		STAGE_OK);
	expect(run, "started");
	finish_with(run, 0);
}

static void
needs_that_take_too_long(void **state)
{
	struct run *run = *state;

	need(run, "file:", "never");
	run->timeout_ns = 30 * STAGE_NS_PER_MS;
	start(run, "echo started");
	expect(run, "still waiting for file:");
	finish_with(run, FAILED + STAGE_TIMEOUT);
	assert_false(world_has(&run->world, "run/svc/x/wait"));
}

static void
a_stop_while_waiting_is_no_failure(void **state)
{
	static const int signums[] = {SIGTERM, SIGINT, SIGQUIT};

	for (size_t i = 0; i < STAGE_COUNT_OF(signums); i++) {
		struct run *run = *state;
		need(run, "file:", "never");
		start(run, "echo started");
		expect_path(run, "run/svc/x/wait", true);
		kill(run->pid, SIGHUP); // nobody to pass it on to
		kill(run->pid, signums[i]);
		finish_with(run, 0);
		assert_false(world_has(&run->world, "run/svc/x/wait"));
	}
}

static void
ready_by_descriptor(void **state)
{
	struct run *run = *state;

	ready(run, "notify", NULL);
	start(run, "echo running; read x; echo "
		   ">/proc/self/fd/$STAGECRAFT_READY_FD; "
		   "read x; exit 3");
	expect(run, "running");
	assert_false(world_has(&run->world, "run/svc/x/ready"));
	assert_int_equal(write(run->in, "\n", 1), 1);
	expect_path(run, "run/svc/x/ready", true);
	assert_true(stage_mark_is_ready(&run->world.rig, "x"));
	finish_with(run, 3);
	assert_false(world_has(&run->world, "run/svc/x/ready"));
	assert_false(world_has(&run->world, "run/svc/x/notify"));
}

static void
notify(struct run *run, const char *text)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		world_path(&run->world, "run/svc/x/notify"));
	assert_int_equal(sendto(fd, text, strlen(text), 0,
				 (struct sockaddr *)&address, sizeof(address)),
		(ssize_t)strlen(text));
	close(fd);
}

static void
ready_by_datagram(void **state)
{
	struct run *run = *state;

	ready(run, "notify", NULL);
	start(run, "echo $NOTIFY_SOCKET; read x; exit 0");
	expect(run, "/run/svc/x/notify");
	notify(run, "");
	notify(run, "READY=10\nSTATUS=READY=1\n");
	notify(run, "MAINPID=1\nREADY=1");
	expect_path(run, "run/svc/x/ready", true);
	finish_with(run, 0);
}

static void
an_old_ready_file_does_not_count(void **state)
{
	struct run *run = *state;

	ready(run, "file:", "flag");
	world_write(&run->world, "flag", 0644, "of an earlier run");
	start(run, "echo running; read x; echo new >../../../flag.new; "
		   "mv ../../../flag.new ../../../flag; read x; exit 0");
	expect(run, "running");
	world_write(&run->world, "other", 0644, ""); // news, but not of that
	assert_false(world_has(&run->world, "run/svc/x/ready"));
	assert_int_equal(write(run->in, "\n", 1), 1);
	expect_path(run, "run/svc/x/ready", true);
	finish_with(run, 0);
}

// Before the program runs, and so before the chain knows that it does.
static enum stage_status
write_the_flag(void *user, struct stage_err *err)
{
	int fd = open("../../../flag", O_WRONLY | O_CREAT | O_EXCL, 0644);

	(void)user;
	(void)err;
	close(fd);
	return fd >= 0 ? STAGE_OK : STAGE_IO;
}

static void
a_ready_file_may_come_at_once(void **state)
{
	struct run *run = *state;

	ready(run, "file:", "flag");
	run->prepare = write_the_flag;
	start(run, "read x; exit 0");
	expect_path(run, "run/svc/x/ready", true);
	finish_with(run, 0);
}

static void
ready_by_check_at_the_third_time(void **state)
{
	struct run *run = *state;

	ready(run, "check", NULL);
	world_write(&run->world, "rig/services/x/check", 0755,
		"#!/bin/sh\necho >>asked\n"
		"[ $(wc -l <asked) -ge 3 ]\n");
	start(run, "read x; exit 0");
	expect_path(run, "run/svc/x/ready", true);
	assert_true(world_holds(&run->world, "rig/services/x/asked", "\n\n\n"));
	finish_with(run, 0);
}

static void
a_program_that_ends_during_its_check(void **state)
{
	struct run *run = *state;

	ready(run, "check", NULL);
	world_write(&run->world, "rig/services/x/check", 0755,
		"#!/bin/sh\n>asking\nexec tail -f /dev/null\n");
	start(run, "read x; exit 5");
	expect_path(run, "rig/services/x/asking", true);
	finish_with(run, 5);
	assert_false(world_has(&run->world, "run/svc/x/ready"));
}

static void
ends_are_mirrored(void **state)
{
	static const struct {
		const char *script;
		int exit_code;
		int signal;
	} cases[] = {
		{"exit 0", 0, 0},
		{"exit 1", 1, 0},
		{"exit 100", 100, 0},
		{"exit 255", 255, 0},
		{"kill -SEGV $$", 0, SIGSEGV},
		{"kill -KILL $$", 0, SIGKILL},
		{"kill -TERM $$", 0, SIGTERM},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct run *run = *state;
		int status;
		ready(run, "notify", NULL);
		start(run, cases[i].script);
		status = finish(run);
		if (cases[i].signal != 0) {
			assert_true(WIFSIGNALED(status));
			assert_int_equal(WTERMSIG(status), cases[i].signal);
		} else {
			assert_true(WIFEXITED(status));
			assert_int_equal(
				WEXITSTATUS(status), cases[i].exit_code);
		}
	}
}

static void
signals_are_passed_on(void **state)
{
	struct run *run = *state;

	ready(run, "notify", NULL);
	start(run, "trap 'echo got hup' HUP; trap 'echo got usr1' USR1; "
		   "trap 'echo got term; exit 9' TERM; "
		   "echo running; until read x; do :; done");
	expect(run, "running");
	kill(run->pid, SIGHUP);
	expect(run, "got hup");
	kill(run->pid, SIGUSR1);
	expect(run, "got usr1");
	kill(run->pid, SIGTERM);
	expect(run, "got term");
	finish_with(run, 9);
}

// Also with nothing else to stay for.
static void
one_with_a_signal_of_its_own_is_ended_by_that(void **state)
{
	struct run *run = *state;
	int status;

	run->needs.stop_signal = SIGUSR1;
	start(run, "trap '' TERM; trap 'echo got usr1; exit 9' USR1; "
		   "echo running; until read x; do :; done");
	expect(run, "running");
	expect_path(run, "run/svc/x/ready", true);
	kill(run->pid, SIGTERM);
	expect(run, "got usr1");
	finish_with(run, 9);
	run->needs.stop_signal = SIGKILL;
	start(run, "trap '' TERM; echo running; exec tail -f /dev/null");
	expect(run, "running");
	kill(run->pid, SIGTERM);
	status = finish(run);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void
the_program_does_not_outlive_the_chain(void **state)
{
	struct run *run = *state;
	struct stage_proc_id id = {0, 0};
	char text[64] = "";
	ssize_t got;

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	ready(run, "notify", NULL);
	start(run, "echo $$; read x; exit 0");
	got = read(run->out, text, sizeof(text) - 1);
	assert_true(got > 0);
	assert_int_equal(
		stage_proc_identify((pid_t)strtol(text, NULL, 10), &id),
		STAGE_OK);
	assert_int_not_equal(id.pid, run->pid);
	kill(run->pid, SIGKILL);
	assert_int_equal(stage_proc_wait(&id,
				 stage_clock_now_ns() +
					 WORLD_DEADLINE_MS * STAGE_NS_PER_MS),
		STAGE_OK);
	(void)finish(run);
	assert_int_equal(waitpid(id.pid, NULL, 0), id.pid);
}

static enum stage_status
prepare(void *user, struct stage_err *err)
{
	(void)user;
	(void)err;
	setenv("PREPARED", "yes", 1);
	return chdir("..") == 0 ? STAGE_OK : STAGE_IO;
}

static enum stage_status
prepare_badly(void *user, struct stage_err *err)
{
	(void)user;
	return stage_err_set(err, STAGE_DENIED, "it may not be");
}

static void
the_program_is_prepared(void **state)
{
	struct run *run = *state;

	run->prepare = prepare;
	start(run, "echo $PREPARED $(pwd)");
	expect(run, "rig/services\n");
	finish_with(run, 0);
	ready(run, "notify", NULL);
	start(run, "echo $PREPARED $(pwd)");
	expect(run, "yes ");
	finish_with(run, 0);
	run->prepare = prepare_badly;
	start(run, "echo started");
	expect(run, "it may not be\n");
	finish_with(run, FAILED + STAGE_DENIED);
	ready(run, "started", NULL);
	start(run, "echo started");
	expect(run, "it may not be\n");
	finish_with(run, FAILED + STAGE_DENIED);
}

static void
programs_that_cannot_be_started(void **state)
{
	static const struct {
		const char *program;
		const char *part;
		enum stage_status status;
	} cases[] = {
		{"/nowhere/at/all", "does not exist", STAGE_NOT_FOUND},
		{"/etc/passwd", "try chmod", STAGE_DENIED},
	};

	for (size_t i = 0; i < 2 * STAGE_COUNT_OF(cases); i++) {
		struct run *run = *state;
		ready(run, i % 2 == 0 ? "started" : "notify", NULL);
		start(run, cases[i / 2].program);
		expect(run, cases[i / 2].part);
		finish_with(run, FAILED + (int)cases[i / 2].status);
		assert_false(world_has(&run->world, "run/svc/x/ready"));
	}
}

static void
start_server(struct run *run)
{
	assert_int_equal(mkdir(world_path(&run->world, "jack"), 0755), 0);
}

static void
end_server(struct run *run)
{
	assert_int_equal(
		stage_io_remove_tree(world_path(&run->world, "jack"), NULL),
		STAGE_OK);
}

static void
bind_to_server(struct run *run)
{
	need(run, "jack", NULL);
	run->needs.is_bound = true;
}

static void
a_bound_program_ends_and_starts_with_the_server(void **state)
{
	struct run *run = *state;
	struct stage_deaths deaths;

	bind_to_server(run);
	start(run, "trap 'echo ended; exit 0' TERM; echo started; "
		   "until read x; do :; done");
	expect_path(run, "run/svc/x/wait", true);
	for (int i = 0; i < 3; i++) {
		start_server(run);
		expect(run, "started");
		expect_path(run, "run/svc/x/ready", true);
		assert_false(world_has(&run->world, "run/svc/x/wait"));
		end_server(run);
		expect(run, "ended");
		expect_path(run, "run/svc/x/wait", true);
		assert_false(world_has(&run->world, "run/svc/x/ready"));
	}
	kill(run->pid, SIGTERM);
	finish_with(run, 0);
	stage_deaths_load(&run->world.rig, "x", &deaths);
	assert_int_equal(deaths.total, 3);
	assert_int_equal(deaths.crashes, 0);
	assert_string_equal(
		deaths.items[2].asked, "the end of the audio server");
}

static void
a_bound_program_goes_with_the_server_by_its_own_signal(void **state)
{
	struct run *run = *state;

	bind_to_server(run);
	run->needs.stop_signal = SIGINT;
	start_server(run);
	start(run, "trap 'echo got term' TERM; trap 'echo got int; exit 0' "
		   "INT; echo started; until read x; do :; done");
	expect(run, "started");
	end_server(run);
	expect(run, "got int");
	expect_path(run, "run/svc/x/wait", true);
	kill(run->pid, SIGTERM);
	finish_with(run, 0);
}

static void
one_that_does_not_end_is_killed(void **state)
{
	struct run *run = *state;

	bind_to_server(run);
	start_server(run);
	start(run, "trap '' TERM; echo started; exec tail -f /dev/null");
	expect(run, "started");
	end_server(run);
	expect_path(run, "run/svc/x/wait", true);
	start_server(run);
	expect(run, "started");
	kill(run->pid, SIGKILL);
	(void)finish(run);
}

// The server is back before the program has ended: the next one's socket has
// the same path as that of the one before.
static void
a_bound_program_that_is_slow_to_end_is_ready_again(void **state)
{
	struct run *run = *state;

	bind_to_server(run);
	ready(run, "notify", NULL);
	start_server(run);
	start(run, "trap 'echo asked; until read x; do :; done; exit 0' TERM; "
		   "echo started; until read y; do :; done");
	expect(run, "started");
	notify(run, "READY=1");
	expect_path(run, "run/svc/x/ready", true);
	end_server(run);
	expect(run, "asked");
	start_server(run);
	assert_int_equal(write(run->in, "\n", 1), 1);
	expect(run, "started");
	notify(run, "READY=1");
	expect_path(run, "run/svc/x/ready", true);
	kill(run->pid, SIGTERM);
	expect(run, "asked");
	assert_int_equal(write(run->in, "\n", 1), 1);
	finish_with(run, 0);
}

static void
a_bound_program_that_ends_by_itself(void **state)
{
	struct run *run = *state;

	bind_to_server(run);
	start_server(run);
	start(run, "read x; exit 6");
	finish_with(run, 6); // the server is still there
	// It goes with it: not its own fault.
	start(run, "read x; rm -r ../../../jack; exit 6");
	expect_path(run, "run/svc/x/ready", true);
	assert_int_equal(write(run->in, "\n", 1), 1);
	expect_path(run, "run/svc/x/wait", true);
	kill(run->pid, SIGTERM);
	finish_with(run, 0);
}

static void
a_stop_of_a_bound_program(void **state)
{
	struct run *run = *state;

	bind_to_server(run);
	start_server(run);
	start(run, "trap 'echo asked; exit 4' INT; echo started; "
		   "until read x; do :; done");
	expect(run, "started");
	kill(run->pid, SIGINT);
	expect(run, "asked");
	finish_with(run, 4);
}

static void
an_unbound_one_does_not_mind_the_server(void **state)
{
	struct run *run = *state;

	need(run, "port:a:b", NULL);
	ready(run, "notify", NULL);
	start_server(run);
	world_write(&run->world, "jack/births", 0644, "1");
	start(run, "echo started; read x; exit 8");
	expect(run, "started");
	end_server(run);
	finish_with(run, 8);
}

static void
ready_by_a_port_that_appears_after_the_start(void **state)
{
	struct run *run = *state;

	ready(run, "port:Synth:*", NULL);
	start_server(run);
	world_write(&run->world, "jack/births", 0644, "1"); // somebody else's
	start(run, "echo started; read x; exit 0");
	expect(run, "started");
	world_write(&run->world, "jack/other", 0644, "");
	assert_false(world_has(&run->world, "run/svc/x/ready"));
	world_write(&run->world, "jack/births", 0644, "12");
	expect_path(run, "run/svc/x/ready", true);
	finish_with(run, 0);
}

// What our own client asks of PipeWire is not what the program asks.
static void
the_program_finds_pipewires_properties_as_they_were(void **state)
{
	static const char say[] =
		"echo \"props ${PIPEWIRE_PROPS-none}.\"; read x; exit 0";

	struct run *run = *state;

	start_server(run);
	need(run, "jack", NULL);
	for (int is_parent = 0; is_parent < 2; is_parent++) {
		run->needs.is_bound = is_parent != 0;
		assert_int_equal(unsetenv("PIPEWIRE_PROPS"), 0);
		start(run, say);
		expect(run, "props none.");
		finish_with(run, 0);
		setenv("PIPEWIRE_PROPS", "{ a = b }", 1);
		start(run, say);
		expect(run, "props { a = b }.");
		finish_with(run, 0);
	}
	unsetenv("PIPEWIRE_PROPS");
}

static void
ready_when_the_server_answers(void **state)
{
	struct run *run = *state;

	ready(run, "jack", NULL);
	start(run, "echo started; read x; exit 0");
	expect(run, "started");
	assert_false(world_has(&run->world, "run/svc/x/ready"));
	start_server(run);
	expect_path(run, "run/svc/x/ready", true);
	finish_with(run, 0);
}

static void
ready_at_once_when_the_server_answers_already(void **state)
{
	struct run *run = *state;

	ready(run, "jack", NULL);
	start_server(run);
	start(run, "echo started; read x; exit 0");
	expect_path(run, "run/svc/x/ready", true);
	finish_with(run, 0);
}

int
main(void)
{
#define IN_A_RUN(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_A_RUN(without_more_it_becomes_the_program),
		IN_A_RUN(it_waits_for_a_file_and_says_so),
		IN_A_RUN(it_waits_for_another_service),
		IN_A_RUN(needs_that_take_too_long),
		IN_A_RUN(a_stop_while_waiting_is_no_failure),
		IN_A_RUN(ready_by_descriptor),
		IN_A_RUN(ready_by_datagram),
		IN_A_RUN(an_old_ready_file_does_not_count),
		IN_A_RUN(a_ready_file_may_come_at_once),
		IN_A_RUN(ready_by_check_at_the_third_time),
		IN_A_RUN(a_program_that_ends_during_its_check),
		IN_A_RUN(ends_are_mirrored),
		IN_A_RUN(signals_are_passed_on),
		IN_A_RUN(one_with_a_signal_of_its_own_is_ended_by_that),
		IN_A_RUN(the_program_does_not_outlive_the_chain),
		IN_A_RUN(the_program_is_prepared),
		IN_A_RUN(programs_that_cannot_be_started),
		IN_A_RUN(a_bound_program_ends_and_starts_with_the_server),
		IN_A_RUN(
			a_bound_program_goes_with_the_server_by_its_own_signal),
		IN_A_RUN(one_that_does_not_end_is_killed),
		IN_A_RUN(a_bound_program_that_is_slow_to_end_is_ready_again),
		IN_A_RUN(a_bound_program_that_ends_by_itself),
		IN_A_RUN(a_stop_of_a_bound_program),
		IN_A_RUN(an_unbound_one_does_not_mind_the_server),
		IN_A_RUN(ready_by_a_port_that_appears_after_the_start),
		IN_A_RUN(the_program_finds_pipewires_properties_as_they_were),
		IN_A_RUN(ready_when_the_server_answers),
		IN_A_RUN(ready_at_once_when_the_server_answers_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
