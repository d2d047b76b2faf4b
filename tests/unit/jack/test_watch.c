/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "jack/watch.h"

static struct stage_jack_watch list[STAGE_JACK_WATCH_MAX];

static int
setup(void **state)
{
	(void)state;
	unsetenv("PIPEWIRE_RUNTIME_DIR");
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("PIPEWIRE_REMOTE");
	unsetenv("JACK_PROMISCUOUS_SERVER");
	return 0;
}

static void
jack2_alone(void **state)
{
	(void)state;

	assert_int_equal(
		stage_jack_watch_list("/dev/shm", "default", 5, list), 1);
	assert_string_equal(list[0].dir, "/dev/shm");
	assert_string_equal(list[0].name, "jack_default_5_0");
	setenv("JACK_PROMISCUOUS_SERVER", "audio", 1);
	assert_int_equal(stage_jack_watch_list("/shm", "rig", 5, list), 1);
	assert_string_equal(list[0].name, "jack_rig_0");
}

static void
pipewire_too(void **state)
{
	(void)state;

	setenv("XDG_RUNTIME_DIR", "/run/user/5", 1);
	assert_int_equal(stage_jack_watch_list("/shm", "default", 5, list), 2);
	assert_string_equal(list[1].dir, "/run/user/5");
	assert_string_equal(list[1].name, "pipewire-0");
	setenv("PIPEWIRE_RUNTIME_DIR", "/run/pw", 1);
	setenv("PIPEWIRE_REMOTE", "pipewire-7", 1);
	assert_int_equal(stage_jack_watch_list("/shm", "default", 5, list), 2);
	assert_string_equal(list[1].dir, "/run/pw");
	assert_string_equal(list[1].name, "pipewire-7");
}

static void
what_is_too_long_is_left_out(void **state)
{
	static char longest[STAGE_PATH_MAX + 1];
	(void)state;

	memset(longest, 'x', STAGE_PATH_MAX);
	assert_int_equal(stage_jack_watch_list(longest, "default", 5, list), 0);
	assert_int_equal(stage_jack_watch_list("/shm", longest, 5, list), 0);
	setenv("XDG_RUNTIME_DIR", longest, 1);
	assert_int_equal(stage_jack_watch_list("/shm", "default", 5, list), 1);
	setenv("XDG_RUNTIME_DIR", "/run", 1);
	setenv("PIPEWIRE_REMOTE", longest, 1);
	assert_int_equal(stage_jack_watch_list("/shm", "default", 5, list), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(jack2_alone, setup),
		cmocka_unit_test_setup(pipewire_too, setup),
		cmocka_unit_test_setup(what_is_too_long_is_left_out, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
