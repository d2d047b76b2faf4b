/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/log_follow.h"
#include "cli/status_watch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "world.h"

// A story: each time that we are called, the next thing is done.
struct story {
	struct world *world;
	struct stage_log_merge *merge;
	struct stage_str seen; // "NAME:TEXT " of each line
	int draws;
	int until; // ends at this draw
	int step;
};

static void
append(const struct world *world, const char *name, const char *text)
{
	FILE *file = fopen(world_path(world, "run/log/%s", name), "a");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

// Does what comes after the line that was seen last.
static void
go_on(struct story *story)
{
	static const char *const rotated = "@4000000067000000000000aa.s";
	const struct world *world = story->world;
	const char *seen = stage_str_text(&story->seen);

	if (story->step == 0 && stage_ends_with(seen, "a:one ")) {
		story->step++;
		append(world, "a/current", "two\n");
	} else if (story->step == 1 && stage_ends_with(seen, "a:two ")) {
		story->step++;
		assert_int_equal(
			rename(world_path(world, "run/log/a/current"),
				world_path(world, "run/log/a/%s", rotated)),
			0);
		world_write(world, "run/log/a/current", 0644, "three\n");
	} else if (story->step == 2 && stage_ends_with(seen, "a:three ")) {
		story->step++;
		world_write(world, "run/log/new/current", 0644, "four\n");
	} else if (story->step == 3 && stage_ends_with(seen, "new:four ")) {
		story->step++;
		append(world, "new/current", "five\n");
	} else if (story->step == 4 && stage_ends_with(seen, "new:five ")) {
		story->step++;
		kill(getpid(), SIGTERM);
	}
}

static bool
drain(void *user)
{
	struct story *story = user;
	struct stage_log_line line;

	while (stage_log_merge_next(story->merge, &line)) {
		assert_int_equal(stage_str_addf(&story->seen, "%s:%.*s ",
					 line.name, (int)line.len, line.text),
			STAGE_OK);
	}
	go_on(story);
	return true;
}

static void
following(void **state)
{
	struct world *world = *state;
	struct stage_strv names = {0};
	struct story story = {
		.world = world, .merge = stage_log_merge_create(false)};
	struct stage_log_follow_config config = {
		.rig = &world->rig,
		.merge = story.merge,
		.names = &names,
		.takes_new = true,
		.drain = drain,
		.user = &story,
	};

	world_write(world, "run/log/a/current", 0644, "one\n");
	world_write(world, "run/log/.hidden/current", 0644, "never\n");
	assert_int_equal(stage_strv_add(&names, "a"), STAGE_OK);
	assert_int_equal(stage_log_merge_add(story.merge,
				 world_path(world, "run/log/a"), "a", 0, NULL),
		STAGE_OK);
	assert_int_equal(stage_log_follow(&config, NULL), STAGE_OK);
	assert_string_equal(
		story.seen.data, "a:one a:two a:three new:four new:five ");
	stage_str_finish(&story.seen);
	stage_log_merge_destroy(story.merge);
	stage_strv_finish(&names);
}

static bool
refuse(void *user)
{
	(void)user;
	return false;
}

static void
reader_has_gone(void **state)
{
	struct world *world = *state;
	struct stage_strv none = {0};
	struct stage_log_follow_config config = {
		.rig = &world->rig,
		.merge = stage_log_merge_create(false),
		.names = &none,
		.drain = refuse,
	};

	assert_int_equal(stage_log_follow(&config, NULL), STAGE_OK);
	stage_log_merge_destroy(config.merge);
}

static bool
draw(void *user)
{
	struct story *story = user;
	const struct world *world = story->world;

	story->draws++;
	switch (story->draws) {
	case 1:
		world_write(world, "run/svc/a/ready", 0644, "1 1 1\n");
		break;
	case 2:
		world_service(world, "b");
		break;
	case 3:
		world_write(world, "run/svc/b/wait", 0644, "1 jack\n");
		break;
	case 4:
		world_write(world, "run/tree/b/supervise/status", 0644, "x");
		break;
	case 5:
		world_write(world, "run/rig", 0644, "/rig\n");
		break;
	case 6:
		kill(getpid(), SIGWINCH);
		break;
	case 7:
		if (story->until == 0) {
			kill(getpid(), SIGINT);
		}
		break;
	default:
		break;
	}
	return story->until == 0 || story->draws < story->until;
}

// Each change leads to one more draw at least, without a clock.
static void
watching(void **state)
{
	struct world *world = *state;
	struct story story = {.world = world};

	world_service(world, "a");
	assert_int_equal(
		stage_status_watch(&world->rig, false, draw, &story, NULL),
		STAGE_OK);
	assert_true(story.draws >= 7);
	story = (struct story){.world = world, .until = 1};
	assert_int_equal(
		stage_status_watch(&world->rig, true, draw, &story, NULL),
		STAGE_OK);
	assert_int_equal(story.draws, 1);
}

static bool
count_ticks(void *user)
{
	struct story *story = user;

	story->draws++;
	return story->draws < 3;
}

static void
ticking(void **state)
{
	struct world *world = *state;
	struct story story = {.world = world};

	assert_int_equal(
		stage_io_remove_tree(world_path(world, "rig/services"), NULL),
		STAGE_OK);
	assert_int_equal(stage_status_watch(
				 &world->rig, true, count_ticks, &story, NULL),
		STAGE_OK);
	assert_int_equal(story.draws, 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(following),
		TEST(reader_has_gone),
		TEST(watching),
		TEST(ticking),
	};

	alarm(60); // nothing here may hang
	return cmocka_run_group_tests(tests, NULL, NULL);
}
