/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/logout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "world.h"

// Every system has this user.
#define ROOT_UID 0
#define NOBODY_UID 4294967294u

static bool
ends(const struct world *world, const char *run, uid_t uid)
{
	struct stage_rig rig = {.rig = "/rig"};

	assert_int_equal(
		stage_format(rig.run, sizeof(rig.run), "%s", run), STAGE_OK);
	return stage_logout_ends_rig(&rig, uid, world_path(world, "root"));
}

static void
a_login_that_does_not_linger(void **state)
{
	struct world *world = *state;

	world_write(world, "root/run/systemd/users/0", 0644, "NAME=root\n");
	assert_true(ends(world, "/run/user/0/stagecraft", ROOT_UID));
}

static void
whoever_lingers_plays_on(void **state)
{
	struct world *world = *state;

	world_write(world, "root/run/systemd/users/0", 0644, "NAME=root\n");
	world_write(world, "root/var/lib/systemd/linger/root", 0644, "");
	assert_false(ends(world, "/run/user/0/stagecraft", ROOT_UID));
}

static void
no_login_no_end(void **state)
{
	struct world *world = *state;

	assert_false(ends(world, "/run/user/0/stagecraft", ROOT_UID));
	world_write(world, "root/run/systemd/users/0", 0644, "NAME=root\n");
	assert_false(ends(world, "/run/stagecraft", ROOT_UID));
	assert_false(ends(world, "/run/user/01/stagecraft", ROOT_UID));
	assert_false(ends(world, "/run/user/4294967294/x", NOBODY_UID));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_login_that_does_not_linger,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			whoever_lingers_plays_on, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			no_login_no_end, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
