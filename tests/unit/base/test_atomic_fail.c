/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/io.h"
#include "failing_calls.h"
#include "scratch.h"

#define NOBODY 65534

static int
setup(void **state)
{
	static struct scratch scratch;

	scratch_init(&scratch);
	*state = &scratch;
	return 0;
}

static int
teardown(void **state)
{
	failing_calls_disarm();
	scratch_finish(*state);
	return 0;
}

static enum stage_status
save(struct scratch *scratch, const char *text, struct stage_err *err)
{
	return stage_atomic_save(
		scratch_path(scratch, "f"), text, strlen(text), 2, err);
}

// f holds "c", f.1 "b", f.2 "a"; where it can be, f belongs to somebody else.
static void
make_three(struct scratch *scratch)
{
	assert_int_equal(stage_atomic_remove(scratch_path(scratch, "f"), NULL),
		STAGE_OK);
	unlink(scratch_path(scratch, ".f.new"));
	unlink(scratch_path(scratch, ".f.old"));
	for (const char *text = "a\0b\0c\0"; *text != '\0'; text += 2) {
		assert_int_equal(save(scratch, text, NULL), STAGE_OK);
	}
	assert_int_equal(chmod(scratch_path(scratch, "f"), 0600), 0);
	if (geteuid() == 0) {
		assert_int_equal(
			chown(scratch_path(scratch, "f"), NOBODY, NOBODY), 0);
	}
}

static void
write_nothing_is_an_error(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;

	make_three(scratch);
	failing_calls_arm(FAILING_WRITE, 1, 1, 0);
	assert_int_equal(save(scratch, "d", &err), STAGE_IO);
	failing_calls_disarm();
	assert_true(scratch_holds(scratch, "f", "c"));
	assert_int_equal(scratch_count(scratch), 3);
}

static void
interrupted_calls_are_made_again(void **state)
{
	static const enum failing_call calls[] = {FAILING_WRITE, FAILING_FSYNC};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(calls); i++) {
		make_three(scratch);
		failing_calls_arm(calls[i], 1, 3, EINTR);
		assert_int_equal(save(scratch, "d", NULL), STAGE_OK);
		assert_true(failing_calls_disarm() > 3);
		assert_true(scratch_holds(scratch, "f", "d"));
	}
	failing_calls_arm(FAILING_LINK, 1, 1, EPERM);
	assert_int_equal(save(scratch, "e", NULL), STAGE_OK);
	failing_calls_disarm();
}

static void
what_a_file_system_lacks_is_done_without(void **state)
{
	static const struct {
		enum failing_call call;
		int errnum;
		unsigned times;
	} cases[] = {
		{FAILING_LINK, EPERM, 1},
		{FAILING_LINK, EOPNOTSUPP, 1},
		{FAILING_LINK, ENOSYS, 1},
		{FAILING_LINK, EMLINK, 1},
		{FAILING_FCHOWN, EPERM, 1},
		{FAILING_FLOCK, ENOSYS, 9},
		{FAILING_FLOCK, ENOLCK, 9},
	};
	struct scratch *scratch = *state;
	struct stat st;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		make_three(scratch);
		scratch_write(scratch, ".f.new", "left");
		scratch_write(scratch, ".f.old", "left");
		failing_calls_arm(
			cases[i].call, 1, cases[i].times, cases[i].errnum);
		assert_int_equal(save(scratch, "d", &err), STAGE_OK);
		failing_calls_disarm();
		assert_true(scratch_holds(scratch, "f", "d"));
		assert_true(scratch_holds(scratch, "f.1", "c"));
		assert_true(scratch_holds(scratch, "f.2", "b"));
		assert_int_equal(stat(scratch_path(scratch, "f.1"), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_false(scratch_has(scratch, ".f.new"));
		unlink(scratch_path(scratch, ".f.old"));
		assert_int_equal(scratch_count(scratch), 3);
	}
	// A directory that cannot be synced is synced by itself.
	failing_calls_arm(FAILING_FSYNC, 2, 1, EINVAL);
	assert_int_equal(save(scratch, "d", NULL), STAGE_OK);
	assert_true(failing_calls_disarm() > 0);
}

static void
a_lock_that_is_always_taken_is_busy(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;

	make_three(scratch);
	failing_calls_arm(FAILING_FLOCK, 1, 100, EWOULDBLOCK);
	assert_int_equal(save(scratch, "d", &err), STAGE_BUSY);
	failing_calls_disarm();
	assert_true(scratch_holds(scratch, "f", "c"));
	assert_int_equal(save(scratch, "d", NULL), STAGE_OK);
	// Each time a fresh file could not be locked it was somebody else's.
	for (unsigned nth = 1; nth < 3; nth++) {
		failing_calls_arm(FAILING_FLOCK, nth, 1, EWOULDBLOCK);
		assert_int_equal(save(scratch, "e", NULL), STAGE_OK);
		failing_calls_disarm();
	}
}

static bool
is_whole(struct scratch *scratch, enum stage_status status)
{
	if (status == STAGE_OK) {
		return scratch_holds(scratch, "f", "d") &&
		       scratch_holds(scratch, "f.1", "c");
	}
	// Only the very last step can fail with the new content in place.
	return scratch_holds(scratch, "f", "c") ||
	       (scratch_holds(scratch, "f", "d") &&
		       scratch_holds(scratch, "f.1", "c"));
}

// Fails each call in turn; `is_copying` where there are no hard links.
static unsigned
fail_each_call(struct scratch *scratch, int errnum, bool is_copying)
{
	unsigned count = 1;

	for (unsigned nth = 1; nth <= count; nth++) {
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_status status;
		unsigned made;
		make_three(scratch);
		if (is_copying) {
			failing_calls_arm(FAILING_LINK, 1, 1, EPERM);
		}
		failing_calls_arm_any(nth, errnum);
		status = save(scratch, "d", &err);
		made = failing_calls_disarm();
		count = made > count ? made : count;
		if (!is_whole(scratch, status)) {
			fail_msg("call %u, %s: not whole", nth, err.text);
		}
		assert_int_equal(status == STAGE_OK, err.text[0] == '\0');
		// The next save cleans up whatever is left.
		assert_int_equal(save(scratch, "e", NULL), STAGE_OK);
		assert_true(scratch_holds(scratch, "f", "e"));
		assert_false(scratch_has(scratch, ".f.new"));
	}
	return count;
}

static void
any_call_may_fail(void **state)
{
	static const int errnums[] = {EIO, ENOSPC, EPERM, EACCES};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(errnums); i++) {
		assert_true(fail_each_call(scratch, errnums[i], false) >= 8);
		assert_true(fail_each_call(scratch, errnums[i], true) >= 15);
	}
}

static void
each_failure_is_said(void **state)
{
	static const struct {
		enum failing_call call;
		unsigned nth;
		bool is_copying;
		const char *sentence;
	} cases[] = {
		{FAILING_WRITE, 1, false, "unable to write"},
		{FAILING_FCHMOD, 1, false, "unable to set the mode of"},
		{FAILING_FSYNC, 1, false, "unable to sync"},
		{FAILING_LINK, 1, false, "unable to keep the old content as"},
		{FAILING_RENAME, 1, false, "unable to make"},
		{FAILING_RENAME, 2, false, "unable to rename"},
		{FAILING_FCHMOD, 2, true, "unable to set the mode of"},
		{FAILING_WRITE, 2, true, "unable to write"},
		{FAILING_READ, 1, true, "unable to read"},
		{FAILING_FSYNC, 2, true, "unable to sync"},
		{FAILING_RENAME, 2, true, "unable to make"},
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		make_three(scratch);
		if (cases[i].is_copying) {
			failing_calls_arm(FAILING_LINK, 1, 1, EPERM);
		}
		failing_calls_arm(cases[i].call, cases[i].nth, 1, EIO);
		assert_int_equal(save(scratch, "d", &err), STAGE_IO);
		failing_calls_disarm();
		assert_non_null(strstr(err.text, cases[i].sentence));
		assert_non_null(strstr(err.text, "Input/output error"));
		assert_true(scratch_holds(scratch, "f", "c"));
		assert_false(scratch_has(scratch, ".f.new"));
		assert_false(scratch_has(scratch, ".f.old"));
	}
}

static void
a_failed_directory_sync_is_said(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;

	make_three(scratch);
	failing_calls_arm(FAILING_FSYNC, 2, 1, EIO);
	assert_int_equal(save(scratch, "d", &err), STAGE_IO);
	failing_calls_disarm();
	assert_non_null(strstr(err.text, "unable to sync"));
	assert_true(scratch_holds(scratch, "f", "d"));
	assert_true(scratch_holds(scratch, "f.1", "c"));
}

static void
reading_is_tried_again(void **state)
{
	struct scratch *scratch = *state;

	make_three(scratch);
	failing_calls_arm(FAILING_LINK, 1, 1, EPERM);
	failing_calls_arm(FAILING_READ, 1, 2, EINTR);
	assert_int_equal(save(scratch, "d", NULL), STAGE_OK);
	failing_calls_disarm();
	assert_true(scratch_holds(scratch, "f.1", "c"));
}

static void
removal_says_what_stays(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;

	make_three(scratch);
	// Generations 16 to 0; number 15 of these calls is f.2.
	failing_calls_arm(FAILING_UNLINK, 15, 1, EIO);
	assert_int_equal(stage_atomic_remove(scratch_path(scratch, "f"), &err),
		STAGE_IO);
	failing_calls_disarm();
	assert_non_null(strstr(err.text, "unable to remove"));
	assert_true(scratch_has(scratch, "f.2"));
	assert_int_equal(scratch_count(scratch), 1);
	assert_int_equal(stage_atomic_remove(scratch_path(scratch, "x/"), NULL),
		STAGE_BAD_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(write_nothing_is_an_error),
		TEST(interrupted_calls_are_made_again),
		TEST(what_a_file_system_lacks_is_done_without),
		TEST(a_lock_that_is_always_taken_is_busy),
		TEST(any_call_may_fail),
		TEST(each_failure_is_said),
		TEST(a_failed_directory_sync_is_said),
		TEST(reading_is_tried_again),
		TEST(removal_says_what_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
