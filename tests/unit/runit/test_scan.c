/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/scan.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "failing_alloc.h"
#include "helpers.h"

static int
setup(void **state)
{
	struct world *world = malloc(sizeof(*world));

	world_init(world);
	*state = world;
	return 0;
}

static int
teardown(void **state)
{
	world_finish(*state);
	free(*state);
	return 0;
}

static struct stage_runit_entry
scan_one(const struct world *world, const char *name)
{
	struct stage_runit_entry entry = {0};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_runit_scan_one(world->dir, name, &entry, &err), STAGE_OK);
	return entry;
}

static void
directories_and_links_to_them_are_entries(void **state)
{
	struct world *world = *state;
	struct stage_runit_snapshot snapshot = {0};
	static const char *const names[] = {
		"a\nb", "dangling", "linked", "my \xe2\x99\xab", "svc"};
	static const bool has_run[] = {true, false, true, false, true};

	make_service(in_world(world, "svc"), "x");
	make_dir(in_world(world, "my \xe2\x99\xab"));
	make_service(in_world(world, "a\nb"), "x");
	make_service(in_world(world, ".hidden"), "x");
	make_service(in_world(world, "off.DISABLED"), "x");
	make_link("svc", in_world(world, "linked"));
	make_dir(in_world(world, "dangling"));
	make_link("nowhere", in_world(world, "lost"));
	make_link("loop", in_world(world, "loop"));
	write_file(in_world(world, "file"), "x", 0644);
	assert_int_equal(mkfifo(in_world(world, "pipe"), 0600), 0);
	assert_int_equal(
		stage_runit_scan(world->dir, &snapshot, NULL), STAGE_OK);
	assert_int_equal(snapshot.count, STAGE_COUNT_OF(names));
	for (size_t i = 0; i < snapshot.count; i++) {
		assert_string_equal(snapshot.items[i].name, names[i]);
		assert_int_equal(snapshot.items[i].has_run, has_run[i]);
		assert_int_equal(snapshot.items[i].is_unusable, i == 0);
		assert_false(snapshot.items[i].is_service);
	}
	assert_true(snapshot.items[2].ino == snapshot.items[4].ino);
	assert_true(snapshot.items[2].stamp == snapshot.items[4].stamp);
	stage_runit_snapshot_finish(&snapshot);
}

static void
what_cannot_be_read_is_told(void **state)
{
	struct world *world = *state;
	struct stage_runit_snapshot snapshot = {0};
	struct stage_runit_entry entry = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char *path = malloc(STAGE_PATH_MAX);

	write_file(in_world(world, "file"), "x", 0644);
	assert_int_equal(
		stage_runit_scan(in_world(world, "no"), &snapshot, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "/no"));
	assert_int_equal(
		stage_runit_scan(in_world(world, "file"), &snapshot, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_runit_scan_one(world->dir, "file", &entry, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_runit_scan_one(world->dir, ".x", &entry, &err),
		STAGE_NOT_FOUND);
	memset(path, 'x', STAGE_PATH_MAX);
	path[STAGE_PATH_MAX - 1] = '\0';
	assert_int_equal(
		stage_runit_scan_one(path, "a", &entry, &err), STAGE_TOO_LONG);
	free(path);
}

static void
a_directory_that_is_denied_has_no_run(void **state)
{
	struct world *world = *state;
	struct stage_runit_entry entry;
	struct stage_runit_snapshot snapshot = {0};
	enum stage_status status;

	if (geteuid() != 0) {
		skip();
	}
	make_service(in_world(world, "svc"), "x");
	make_dir(in_world(world, "svc/env"));
	assert_int_equal(chmod(world->dir, 0755), 0);
	assert_int_equal(chmod(in_world(world, "svc/env"), 0), 0);
	assert_int_equal(seteuid(65534), 0);
	entry = scan_one(world, "svc");
	assert_int_equal(seteuid(0), 0);
	assert_true(entry.has_run);
	assert_int_equal(chmod(in_world(world, "svc"), 0700), 0);
	assert_int_equal(seteuid(65534), 0);
	entry = scan_one(world, "svc");
	assert_int_equal(seteuid(0), 0);
	assert_false(entry.has_run);
	assert_int_not_equal(entry.ino, 0);
	assert_int_equal(chmod(world->dir, 0), 0);
	assert_int_equal(seteuid(65534), 0);
	status = stage_runit_scan(world->dir, &snapshot, NULL);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(status, STAGE_DENIED);
}

// Without descriptors nothing is known: that must not look like a removal.
static void
no_descriptors_is_an_error(void **state)
{
	struct world *world = *state;
	struct rlimit limit;
	struct rlimit less;
	struct stage_runit_entry entry;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	make_service(in_world(world, "svc"), "x");
	make_dir(in_world(world, "svc/env"));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	less = limit;
	less.rlim_cur = (rlim_t)dup(STDERR_FILENO); // the next number
	close((int)less.rlim_cur);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
	status = stage_runit_scan_one(world->dir, "svc", &entry, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(status, STAGE_FULL);
	assert_non_null(strstr(err.text, "svc"));
}

struct touch {
	const char *what;
	void (*act)(const struct world *world);
	bool is_seen;
	bool has_run;
};

static void
act_nothing(const struct world *world)
{
	(void)world;
}

static void
act_write_run(const struct world *world)
{
	write_file(in_world(world, "svc/run"), "another", 0755);
}

static void
act_same_size(const struct world *world)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {1, 1}};

	assert_int_equal(
		utimensat(AT_FDCWD, in_world(world, "svc/run"), times, 0), 0);
}

static void
act_chmod_run(const struct world *world)
{
	assert_int_equal(chmod(in_world(world, "svc/run"), 0711), 0);
}

static void
act_remove_run(const struct world *world)
{
	remove_all(in_world(world, "svc/run"));
}

static void
act_empty_run(const struct world *world)
{
	write_file(in_world(world, "svc/run"), "", 0755);
}

static void
act_dir_run(const struct world *world)
{
	remove_all(in_world(world, "svc/run"));
	make_dir(in_world(world, "svc/run"));
}

static void
act_link_run(const struct world *world)
{
	remove_all(in_world(world, "svc/run"));
	make_link("nowhere", in_world(world, "svc/run"));
}

static void
act_add_needs(const struct world *world)
{
	write_file(in_world(world, "svc/needs"), "jack\n", 0644);
}

static void
act_add_env(const struct world *world)
{
	write_file(in_world(world, "svc/env/RATE"), "48000", 0644);
}

static void
act_write_env(const struct world *world)
{
	write_file(in_world(world, "svc/env/OLD"), "more", 0644);
}

static void
act_add_control(const struct world *world)
{
	make_dir(in_world(world, "svc/control"));
}

static void
act_write_log_run(const struct world *world)
{
	write_file(in_world(world, "svc/log/run"), "more", 0755);
}

static void
act_log_line(const struct world *world)
{
	write_file(in_world(world, "svc/log/current"), "line", 0644);
}

static void
act_supervise(const struct world *world)
{
	make_dir(in_world(world, "svc/supervise"));
	make_dir(in_world(world, "svc/log/supervise"));
	write_file(in_world(world, "svc/supervise/status"), "x", 0644);
}

static void
act_swap_file(const struct world *world)
{
	write_file(in_world(world, "svc/.run.swp"), "x", 0644);
	write_file(in_world(world, "svc/run~"), "x", 0644);
}

static void
act_data_in_subdir(const struct world *world)
{
	write_file(in_world(world, "svc/data/x"), "x", 0644);
}

static void
the_stamp_sees_what_counts(void **state)
{
	static const struct touch rows[] = {
		{"nothing", act_nothing, false, true},
		{"run written", act_write_run, true, true},
		{"run with another time only", act_same_size, true, true},
		{"run made executable", act_chmod_run, true, true},
		{"run removed", act_remove_run, true, false},
		{"run emptied", act_empty_run, true, false},
		{"run a directory", act_dir_run, true, false},
		{"run a dangling link", act_link_run, true, true},
		{"needs added", act_add_needs, true, true},
		{"a variable added", act_add_env, true, true},
		{"a variable written", act_write_env, true, true},
		{"control added", act_add_control, true, true},
		{"log/run written", act_write_log_run, true, true},
		{"a log line", act_log_line, false, true},
		{"supervise made", act_supervise, false, true},
		{"an editor's copy", act_swap_file, false, true},
		{"data below", act_data_in_subdir, false, true},
	};
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_runit_entry before;
		struct stage_runit_entry after;
		print_message("# %s\n", rows[i].what);
		make_service(in_world(world, "svc"), "one");
		make_dir(in_world(world, "svc/data"));
		make_dir(in_world(world, "svc/env"));
		write_file(in_world(world, "svc/env/OLD"), "x", 0644);
		make_service(in_world(world, "svc/log"), "logger");
		before = scan_one(world, "svc");
		rows[i].act(world);
		after = scan_one(world, "svc");
		assert_int_equal(before.stamp != after.stamp, rows[i].is_seen);
		assert_int_equal(after.has_run, rows[i].has_run);
		assert_true(before.ino == after.ino);
		assert_true(before.birth_ns == after.birth_ns);
		remove_all(in_world(world, "svc"));
	}
}

static void
a_directory_made_anew_is_another(void **state)
{
	struct world *world = *state;
	struct stage_runit_entry before;
	struct stage_runit_entry after;

	make_service(in_world(world, "svc"), "one");
	before = scan_one(world, "svc");
	run_quietly(world, 20); // the clock of file times is coarse
	remove_all(in_world(world, "svc"));
	make_service(in_world(world, "svc"), "one");
	after = scan_one(world, "svc");
	assert_true(before.ino != after.ino ||
		    before.birth_ns != after.birth_ns || before.birth_ns == 0);
}

static enum stage_status
scan(void *user)
{
	const struct world *world = user;
	struct stage_runit_snapshot snapshot = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_runit_scan(world->dir, &snapshot, &err);

	if (status != STAGE_OK) {
		assert_non_null(strstr(err.text, world->dir));
	}
	stage_runit_snapshot_finish(&snapshot);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	struct world *world = *state;

	for (int i = 0; i < 20; i++) {
		make_service(in_world(world, "svc%d", i), "x");
	}
	assert_true(failing_alloc_sweep(scan, world) > 40);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(directories_and_links_to_them_are_entries),
		TEST(what_cannot_be_read_is_told),
		TEST(a_directory_that_is_denied_has_no_run),
		TEST(no_descriptors_is_an_error),
		TEST(the_stamp_sees_what_counts),
		TEST(a_directory_made_anew_is_another),
		TEST(each_allocation_may_fail),
	};

	return cmocka_run_group_tests_name("runit/scan", tests, NULL, NULL);
}
