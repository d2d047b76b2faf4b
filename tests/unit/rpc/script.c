/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "script.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "rpc/sock.h"

#define BACKLOG 4

static void
meet(struct script *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	self->client =
		stage_rpc_client_create(self->path, SCRIPT_TIMEOUT_NS, &err);
	assert_string_equal(err.text, "");
	assert_non_null(self->client);
	self->fd = accept(self->listen_fd, NULL, NULL);
	assert_true(self->fd >= 0);
}

void
script_init(struct script *self)
{
	struct sockaddr_un address;

	*self = (struct script){.fd = -1};
	scratch_init(&self->scratch);
	assert_int_equal(stage_format(self->path, sizeof(self->path), "%s",
				 scratch_path(&self->scratch, "a.sock")),
		STAGE_OK);
	assert_int_equal(
		stage_rpc_sock_address(&address, self->path, NULL), STAGE_OK);
	self->listen_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(self->listen_fd, (struct sockaddr *)&address,
				 sizeof(address)),
		0);
	assert_int_equal(listen(self->listen_fd, BACKLOG), 0);
	meet(self);
}

void
script_hang_up(struct script *self)
{
	if (self->fd >= 0) {
		close(self->fd);
		self->fd = -1;
	}
}

// The client goes first: an actor may wait for that.
static void
part(struct script *self)
{
	int status = 0;

	stage_rpc_client_destroy(self->client);
	script_hang_up(self);
	if (self->actor > 0) {
		assert_int_equal(waitpid(self->actor, &status, 0), self->actor);
		self->actor = 0;
		assert_int_equal(status, 0);
	}
}

void
script_again(struct script *self)
{
	part(self);
	meet(self);
}

void
script_finish(struct script *self)
{
	part(self);
	close(self->listen_fd);
	scratch_finish(&self->scratch);
}

void
script_say_bytes(struct script *self, const void *bytes, size_t len)
{
	ssize_t sent = send(self->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

	assert_int_equal(sent, len); // more is an actor's part
}

void
script_say(struct script *self, const char *text)
{
	script_say_bytes(self, text, strlen(text));
}

void
script_act(struct script *self, void (*act)(int fd))
{
	self->actor = fork();
	assert_true(self->actor >= 0);
	if (self->actor == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		close(stage_rpc_client_fd(self->client));
		act(self->fd);
		_exit(0);
	}
	script_hang_up(self);
}

void
actor_read_lines(int fd, unsigned count)
{
	static char chunk[65536];

	while (count > 0) {
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got <= 0) {
			_exit(2);
		}
		for (ssize_t i = 0; i < got; i++) {
			count -= chunk[i] == '\n';
		}
	}
}

void
actor_write(int fd, const void *bytes, size_t len)
{
	enum stage_status status = stage_io_write_all(fd, bytes, len);

	if (status != STAGE_OK && status != STAGE_GONE) {
		_exit(3);
	}
}
