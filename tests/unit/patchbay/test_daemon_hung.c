/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Clients of the server, that hang or are rivals.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon_world.h"
#include "fake_hung.h"

#define S STAGE_NS_PER_S

static struct fake_hung jack;

static int
setup(void **state)
{
	struct daemon_world *w;

	assert_int_equal(daemon_world_setup(state), 0);
	w = *state;
	fake_hung_start(&jack, world_path(&w->world, "run/jack.sock"),
		FAKE_HUNG("\"A\""));
	return 0;
}

static int
teardown(void **state)
{
	int code = daemon_world_teardown(state);

	fake_hung_stop(&jack);
	return code;
}

static void
do_client(struct daemon_world *w, void *user)
{
	const char *name = user;

	fake_server_client(&w->server, name + 1, name[0] == '+');
}

// "+NAME" comes, "-NAME" goes.
static void
client(struct daemon_world *w, const char *name)
{
	char copy[32];

	strcpy(copy, name);
	daemon_world_do(w, do_client, copy);
	daemon_world_settle(w);
}

// A new server has the patchbay ask; an answer may be late, and it asks again.
static bool
is_cut(void *user)
{
	struct daemon_world *w = user;

	daemon_world_go(w);
	daemon_world_come(w, false);
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	daemon_world_pass(w, 10 * S);
	return !daemon_world_is_connected(w, "A:out", "B:in");
}

static bool
is_connected(void *user)
{
	return daemon_world_is_connected(user, "A:out", "B:in");
}

static bool
is_apart(void *user)
{
	return !is_connected(user);
}

static void
who_hangs_is_cut_off_until_it_goes_on(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	world_wait(is_cut, w);
	assert_non_null(strstr(daemon_world_explain(w, "A:out", "B:in"),
		"client A finishes no cycles"));
	result = daemon_world_ask(w, "missing", NULL);
	assert_non_null(strstr(
		daemon_world_text(w, result, "contested"), "\"hung\":\"A\""));
	assert_string_equal(daemon_world_text(w, result, "names"), "[]");
	fake_hung_say(&jack, FAKE_HUNG_EVENT("moves", "A"));
	world_wait(is_connected, w);
	fake_hung_say(&jack, FAKE_HUNG_EVENT("hung", "A"));
	world_wait(is_apart, w);
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
}

static void
who_comes_anew_does_not_hang(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	world_wait(is_cut, w);
	client(w, "-A");
	client(w, "+A");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static const char *
rivals(struct daemon_world *w)
{
	const json_t *result = daemon_world_ask(w, "state", NULL);

	return daemon_world_text(w, json_object_get(result, "state"), "rivals");
}

static void
rivals_are_told(void **state)
{
	struct daemon_world *w = *state;

	client(w, "+A");
	client(w, "+aj-snapshot-x");
	client(w, "+aj-snapshot-1");
	assert_string_equal(rivals(w), "[]");
	client(w, "+aj-snapshot");
	client(w, "+jackpatch-02");
	assert_string_equal(rivals(w), "[\"aj-snapshot\",\"jackpatch\"]");
	client(w, "-aj-snapshot");
	assert_string_equal(rivals(w), "[\"jackpatch\"]");
	daemon_world_go(w);
	daemon_world_come(w, false);
	assert_string_equal(rivals(w), "[]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_hangs_is_cut_off_until_it_goes_on),
		TEST(who_comes_anew_does_not_hang),
		TEST(rivals_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
