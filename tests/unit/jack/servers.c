/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

static const char *
from_env(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL) {
		fail_msg("%s is not set", name);
	}
	return value;
}

const char *
server_ours(void)
{
	return from_env("STAGECRAFT_JACK");
}

const char *
server_client(void)
{
	return from_env("JACK_CLIENT");
}

void
server_start(struct proc *self, bool is_ours, const char *name)
{
	const char *const stock[] = {"jackd", "-r", "-n", name, "-d", "dummy",
		"-r", "48000", "-p", "256", NULL};
	const char *const ours[] = {server_ours(), "-d", "dummy", NULL};

	setenv("JACK_DEFAULT_SERVER", name, 1);
	proc_start(self, true, is_ours ? ours : stock);
	unsetenv("JACK_DEFAULT_SERVER");
	if (!proc_await_ready(self)) {
		fail_msg("the server ended: %s", self->said);
	}
}

void
server_add_client(struct proc *self, const char *server, const char *name)
{
	const char *const argv[] = {
		server_client(), "-w", "5", "-s", server, name, NULL};

	proc_start(self, false, argv);
	if (!proc_await_text(self, "ready")) {
		fail_msg("the client ended: %s", self->said);
	}
}

void
server_survey(struct stage_jack_survey *out)
{
	assert_int_equal(
		stage_jack_survey(STAGE_JACK_SHM_DIR, getuid(), out, NULL),
		STAGE_OK);
}

void
server_assert_nothing_stale(void)
{
	static const struct stage_jack_counts none;
	struct stage_jack_survey survey;

	server_survey(&survey);
	assert_memory_equal(&survey.stale, &none, sizeof(none));
}

void
server_assert_nothing_left(void)
{
	static const struct stage_jack_counts none;
	struct stage_jack_survey survey;

	server_survey(&survey);
	assert_memory_equal(&survey.present, &none, sizeof(none));
	assert_int_equal(survey.live_servers, 0);
}
