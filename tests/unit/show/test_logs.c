/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/logs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "scratch.h"
#include "show/launcher.h"

#define WAIT_NS 30000000000

struct place {
	uv_loop_t loop;
	struct stage_show_logs *logs;
	struct scratch scratch;
	const char *path;
	int fd; // of one that prints, opened as clients have theirs
};

static int
set_up(void **state)
{
	static struct place place;
	struct stage_err err = STAGE_ERR_INIT;

	memset(&place, 0, sizeof(place));
	scratch_init(&place.scratch);
	assert_int_equal(uv_loop_init(&place.loop), 0);
	assert_int_equal(stage_show_logs_create(&place.loop, place.scratch.dir,
				 &place.logs, &err),
		STAGE_OK);
	place.path = scratch_path(&place.scratch, "nAAAA");
	place.fd = open(place.path,
		O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);
	assert_true(place.fd >= 0);
	*state = &place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	close(place->fd);
	stage_show_logs_destroy(place->logs);
	while (uv_run(&place->loop, UV_RUN_DEFAULT) != 0) {
	}
	assert_int_equal(uv_loop_close(&place->loop), 0);
	scratch_finish(&place->scratch);
	return 0;
}

static void
print(struct place *place, size_t bytes)
{
	static char line[4096];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (size_t done = 0; done < bytes; done += sizeof(line)) {
		assert_int_equal(
			write(place->fd, line, sizeof(line)), sizeof(line));
	}
}

static void
print_text(struct place *place, const char *text)
{
	assert_int_equal(write(place->fd, text, strlen(text)), strlen(text));
}

static int64_t
held(const struct place *place)
{
	struct stat stat_buffer;

	assert_int_equal(stat(place->path, &stat_buffer), 0);
	return (int64_t)stat_buffer.st_blocks * 512;
}

static void
expect_tail(const struct place *place, const char *text)
{
	struct stage_str said = {0};

	stage_show_launcher_tail(place->path, 2, &said);
	assert_string_equal(stage_str_text(&said), text);
	stage_str_finish(&said);
}

static void
one_that_prints_much_keeps_its_last_lines(void **state)
{
	struct place *place = *state;

	print_text(place, "first\n");
	print(place, STAGE_SHOW_LOG_BYTES_MAX + 1);
	print_text(place, "second last\nlast\n");
	assert_true(stage_show_log_cut(place->path));
	assert_true(held(place) <= (int64_t)STAGE_SHOW_LOG_BYTES_KEPT * 2);
	expect_tail(place, "second last\nlast\n");
	// It prints on, and did not notice.
	print_text(place, "and on\n");
	expect_tail(place, "last\nand on\n");
	assert_false(stage_show_log_cut(place->path));
}

static void
what_is_short_or_no_file_stays(void **state)
{
	struct place *place = *state;
	char link_path[SCRATCH_PATH_MAX + 8];

	print(place, STAGE_SHOW_LOG_BYTES_MAX / 2);
	assert_false(stage_show_log_cut(place->path));
	assert_false(stage_show_log_cut(place->scratch.dir));
	assert_false(stage_show_log_cut("/dev/null"));
	// Nobody can have us cut another file.
	print(place, STAGE_SHOW_LOG_BYTES_MAX);
	snprintf(link_path, sizeof(link_path), "%s/link", place->scratch.dir);
	assert_int_equal(symlink("nAAAA", link_path), 0);
	assert_false(stage_show_log_cut(link_path));
}

static void
one_that_prints_for_ever_has_an_end_again_and_again(void **state)
{
	struct place *place = *state;
	int64_t until_ns = stage_clock_now_ns() + WAIT_NS;
	int cuts = 0;

	stage_show_logs_watch(place->logs, true);
	stage_show_logs_watch(place->logs, true);
	while (cuts < 3) {
		print(place, STAGE_SHOW_LOG_BYTES_MAX + 1);
		while (held(place) > STAGE_SHOW_LOG_BYTES_MAX) {
			uv_run(&place->loop, UV_RUN_ONCE);
			assert_true(stage_clock_now_ns() < until_ns);
		}
		cuts++;
	}
	// Where nobody prints nobody looks.
	stage_show_logs_watch(place->logs, false);
	assert_int_equal(uv_run(&place->loop, UV_RUN_NOWAIT), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(one_that_prints_much_keeps_its_last_lines),
		TEST(what_is_short_or_no_file_stays),
		TEST(one_that_prints_for_ever_has_an_end_again_and_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
