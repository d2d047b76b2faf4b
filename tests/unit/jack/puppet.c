/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "puppet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "procs.h"

static void
become(const int *in, const int *out)
{
	const char *program = getenv("JACK_PUPPET");

	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	if (program != NULL) {
		execl(program, program, (char *)NULL);
	}
	_exit(127);
}

void
puppet_start(struct puppet *self)
{
	int in[2];
	int out[2];

	memset(self, 0, sizeof(*self));
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	for (int i = 0; i < 2; i++) {
		fcntl(in[i], F_SETFD, FD_CLOEXEC);
		fcntl(out[i], F_SETFD, FD_CLOEXEC);
	}
	self->pid = fork();
	assert_true(self->pid >= 0);
	if (self->pid == 0) {
		become(in, out);
	}
	close(in[0]);
	close(out[1]);
	self->in = fdopen(in[1], "w");
	self->out = fdopen(out[0], "r");
	setvbuf(self->out, NULL, _IONBF, 0);
}

static void
read_line(struct puppet *self, char *line, size_t size)
{
	struct pollfd fd = {.fd = fileno(self->out), .events = POLLIN};

	if (poll(&fd, 1, PROC_DEADLINE_MS) != 1 ||
		fgets(line, (int)size, self->out) == NULL) {
		fail_msg("puppet %ld does not answer", (long)self->pid);
	}
	line[strcspn(line, "\n")] = '\0';
}

static bool send_line(struct puppet *self, const char *format, va_list args)
	STAGE_PRINTF(2, 0);

static bool
send_line(struct puppet *self, const char *format, va_list args)
{
	vfprintf(self->in, format, args);
	fputc('\n', self->in);
	fflush(self->in);
	read_line(self, self->answer, sizeof(self->answer));
	return strncmp(self->answer, "ok", 2) == 0;
}

bool
puppet_try(struct puppet *self, const char *format, ...)
{
	va_list args;
	bool is_done;

	va_start(args, format);
	is_done = send_line(self, format, args);
	va_end(args);
	return is_done;
}

void
puppet_do(struct puppet *self, const char *format, ...)
{
	va_list args;
	bool is_done;

	va_start(args, format);
	is_done = send_line(self, format, args);
	va_end(args);
	if (!is_done) {
		fail_msg("the puppet says \"%s\" to: %s", self->answer, format);
	}
}

void
puppet_open(struct puppet *self, const char *name)
{
	puppet_start(self);
	puppet_do(self, "open\t%s", name);
}

void
puppet_graph(struct puppet *self, void (*each)(void *user, const char *line),
	void *user)
{
	char line[8192];

	fprintf(self->in, "graph\n");
	fflush(self->in);
	read_line(self, line, sizeof(line));
	while (strcmp(line, "ok") != 0) {
		each(user, line);
		read_line(self, line, sizeof(line));
	}
}

static void
end(struct puppet *self)
{
	fclose(self->in);
	fclose(self->out);
	waitpid(self->pid, NULL, 0);
	self->pid = 0;
}

void
puppet_kill(struct puppet *self)
{
	kill(self->pid, SIGKILL);
	end(self);
}

void
puppet_finish(struct puppet *self)
{
	if (self->pid != 0) {
		puppet_kill(self);
	}
}
