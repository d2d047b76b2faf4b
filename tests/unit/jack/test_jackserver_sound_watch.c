/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "jackserver/sound_watch.h"
#include "scratch.h"

static struct scratch scratch;
static uv_loop_t loop;
static struct stage_sound_watch *watch;
static int changed;
static int closed;

static void
on_changed(void *user)
{
	(void)user;
	changed++;
}

static void
on_closed(void *user)
{
	(void)user;
	closed++;
}

static int
setup(void **state)
{
	static const struct stage_sound_watch_ops ops = {on_changed, on_closed};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	changed = 0;
	closed = 0;
	scratch_init(&scratch);
	uv_loop_init(&loop);
	return stage_sound_watch_create(&loop, scratch_path(&scratch, "snd"),
		       &ops, NULL, &watch, &err) != STAGE_OK;
}

static int
teardown(void **state)
{
	(void)state;
	stage_sound_watch_destroy(watch);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	scratch_finish(&scratch);
	return 0;
}

// What inotify has is there at once.
static void
assert_seen(int changes, int closes)
{
	changed = 0;
	closed = 0;
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(changed, changes);
	assert_int_equal(closed, closes);
}

static void
look_into(const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "snd/%s", name);
	file = fopen(scratch_path(&scratch, path), "r");
	assert_non_null(file);
	fclose(file);
}

static void
nodes_come_and_go(void **state)
{
	(void)state;

	assert_seen(0, 0);
	mkdir(scratch_path(&scratch, "other"), 0700);
	assert_seen(0, 0);
	mkdir(scratch_path(&scratch, "snd"), 0700);
	assert_seen(1, 0);
	scratch_write(&scratch, "snd/controlC0", "");
	assert_seen(1, 0);
	scratch_write(&scratch, "snd/pcmC0D0p", "");
	assert_seen(1, 1);
	look_into("pcmC0D0p");
	assert_seen(0, 1);
	look_into("controlC0"); // mixers do so all the time
	assert_seen(0, 0);
	chmod(scratch_path(&scratch, "snd/pcmC0D0p"), 0600);
	assert_seen(1, 0);
	unlink(scratch_path(&scratch, "snd/pcmC0D0p"));
	assert_seen(1, 0);
}

static void
the_directory_goes_and_comes(void **state)
{
	(void)state;

	for (int i = 0; i < 3; i++) {
		mkdir(scratch_path(&scratch, "snd"), 0700);
		assert_seen(1, 0);
		rmdir(scratch_path(&scratch, "snd"));
		assert_seen(1, 0);
	}
}

static void
what_we_close_ourselves(void **state)
{
	(void)state;

	mkdir(scratch_path(&scratch, "snd"), 0700);
	assert_seen(1, 0);
	scratch_write(&scratch, "snd/pcmC0D0p", "");
	assert_seen(1, 1);
	look_into("pcmC0D0p");
	stage_sound_watch_settle(watch);
	assert_seen(0, 0);
	// a node that went meanwhile is not forgotten
	look_into("pcmC0D0p");
	unlink(scratch_path(&scratch, "snd/pcmC0D0p"));
	changed = 0;
	stage_sound_watch_settle(watch);
	assert_int_equal(changed, 1);
	assert_seen(0, 0);
	stage_sound_watch_settle(NULL);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(nodes_come_and_go),
		TEST(the_directory_goes_and_comes),
		TEST(what_we_close_ourselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
