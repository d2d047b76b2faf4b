/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/saver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

static void
end_loop(uv_loop_t *loop)
{
	assert_int_equal(uv_run(loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(loop), 0);
}

static struct stage_show_saver *
make(uv_loop_t *loop, const char *path)
{
	struct stage_show_saver *saver = NULL;

	assert_int_equal(uv_loop_init(loop), 0);
	assert_int_equal(
		stage_show_saver_create(loop, path, "it is lost", &saver, NULL),
		STAGE_OK);
	return saver;
}

static void
test_the_latest_text_is_in_the_file(void **state)
{
	struct scratch scratch;
	struct stage_show_saver *saver;
	uv_loop_t loop;

	(void)state;
	scratch_init(&scratch);
	saver = make(&loop, scratch_path(&scratch, "new/dir/place"));
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	stage_show_saver_put(saver, strdup("one"));
	stage_show_saver_put(saver, strdup("two"));
	stage_show_saver_put(saver, strdup("three"));
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_true(scratch_holds(&scratch, "new/dir/place", "three"));

	// The same again is nothing.
	assert_int_equal(unlink(scratch_path(&scratch, "new/dir/place")), 0);
	stage_show_saver_put(saver, strdup("three"));
	stage_show_saver_put(saver, NULL);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_false(scratch_has(&scratch, "new/dir/place"));

	// What was put before the end is written.
	stage_show_saver_put(saver, strdup("four"));
	stage_show_saver_put(saver, strdup("five"));
	stage_show_saver_destroy(saver);
	stage_show_saver_destroy(NULL);
	end_loop(&loop);
	assert_true(scratch_holds(&scratch, "new/dir/place", "five"));
	scratch_finish(&scratch);
}

static void
test_a_disk_that_does_not_write_ends_nothing(void **state)
{
	struct scratch scratch;
	struct stage_show_saver *saver;
	uv_loop_t loop;

	(void)state;
	scratch_init(&scratch);
	(void)scratch_write(&scratch, "file", "in the way");
	saver = make(&loop, scratch_path(&scratch, "file/place"));
	stage_show_saver_put(saver, strdup("one"));
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_true(scratch_holds(&scratch, "file", "in the way"));
	// When the disk does write again, so does it.
	assert_int_equal(unlink(scratch_path(&scratch, "file")), 0);
	stage_show_saver_put(saver, strdup("one"));
	stage_show_saver_destroy(saver);
	end_loop(&loop);
	assert_true(scratch_holds(&scratch, "file/place", "one"));
	scratch_finish(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_latest_text_is_in_the_file),
		cmocka_unit_test(test_a_disk_that_does_not_write_ends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
