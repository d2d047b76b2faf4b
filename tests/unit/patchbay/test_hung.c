/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/hung.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "fake_hung.h"
#include "scratch.h"

#define DEADLINE_MS 20000
static struct {
	struct scratch scratch;
	uv_loop_t loop;
	uv_timer_t deadline;
	struct fake_hung server;
	struct stage_patch_hung *hung;
	char told[256];
} world;

static void
on_told(void *user, const char *client, bool is_hung)
{
	size_t len = strlen(world.told);

	(void)user;
	assert_int_equal(
		stage_format(world.told + len, sizeof(world.told) - len,
			"%c%s ", is_hung ? '+' : '-', client),
		STAGE_OK);
}

static void
on_deadline(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("it was told \"%s\" only", world.told);
}

// On a busy computer an answer may come too late; it is asked for again then.
static void
await(const char *told)
{
	uv_timer_start(&world.deadline, on_deadline, DEADLINE_MS, 0);
	while (strcmp(world.told, told) != 0) {
		stage_patch_hung_listen(world.hung);
		if (strcmp(world.told, told) != 0) {
			uv_run(&world.loop, UV_RUN_ONCE);
		}
	}
	uv_timer_stop(&world.deadline);
}

static int
setup(void **state)
{
	const char *path;
	(void)state;

	memset(&world, 0, sizeof(world));
	scratch_init(&world.scratch);
	uv_loop_init(&world.loop);
	uv_timer_init(&world.loop, &world.deadline);
	path = scratch_path(&world.scratch, "jack.sock");
	world.hung = stage_patch_hung_create(&world.loop, path, on_told, NULL);
	assert_non_null(world.hung);
	fake_hung_start(&world.server, path, FAKE_HUNG("\"a\""));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	stage_patch_hung_destroy(world.hung);
	uv_close((uv_handle_t *)&world.deadline, NULL);
	uv_run(&world.loop, UV_RUN_DEFAULT);
	fake_hung_stop(&world.server);
	scratch_finish(&world.scratch);
	return uv_loop_close(&world.loop);
}

static void
what_the_server_tells_is_told(void **state)
{
	(void)state;
	await("+a ");
	fake_hung_say(&world.server,
		FAKE_HUNG_EVENT("slow", "x") FAKE_HUNG_EVENT("hung", "b"));
	await("+a +b ");
	fake_hung_say(&world.server, FAKE_HUNG_EVENT("moves", "a"));
	await("+a +b -a ");
}

// What was lost may have been that one goes on.
static void
after_a_loss_the_snapshot_decides(void **state)
{
	(void)state;
	await("+a ");
	fake_hung_say(&world.server, FAKE_HUNG_EVENT("hung", "b"));
	await("+a +b ");
	world.server.answer = FAKE_HUNG("\"b\"");
	fake_hung_say(&world.server, FAKE_HUNG_RESYNC);
	await("+a +b +b -a ");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_the_server_tells_is_told),
		TEST(after_a_loss_the_snapshot_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
