/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_hung.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "rpc/sock.h"

static void
say(int fd, const char *text)
{
	size_t len = strlen(text);

	// Who has not waited is gone, and asks again.
	(void)!(send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len);
}

static void *
serve(void *arg)
{
	struct fake_hung *self = arg;
	int fd;

	while ((fd = accept(self->listens, NULL, NULL)) >= 0) {
		int before = atomic_exchange(&self->asked, fd);
		say(fd, atomic_load(&self->answer));
		if (before >= 0) {
			close(before);
		}
	}
	return NULL;
}

void
fake_hung_start(struct fake_hung *self, const char *path, const char *answer)
{
	struct sockaddr_un address;

	self->asked = -1;
	self->answer = answer;
	self->listens = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		stage_rpc_sock_address(&address, path, NULL), STAGE_OK);
	assert_int_equal(bind(self->listens, (struct sockaddr *)&address,
				 sizeof(address)),
		0);
	assert_int_equal(listen(self->listens, 8), 0);
	assert_int_equal(pthread_create(&self->thread, NULL, serve, self), 0);
}

void
fake_hung_say(struct fake_hung *self, const char *text)
{
	say(self->asked, text);
}

void
fake_hung_stop(struct fake_hung *self)
{
	shutdown(self->listens, SHUT_RDWR);
	pthread_join(self->thread, NULL);
	if (self->asked >= 0) {
		close(self->asked);
	}
	close(self->listens);
}
