/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // unshare

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "failing_calls.h"
#include "history_world.h"

#define OLD "A -> B\nC -> D\n"
#define NEW "A -> B\nC -> D\nE -> F\n"
#define CANNOT 77 // exit code of a child that may not do what it needs

static int
setup(void **state)
{
	static struct world world;

	world_init(&world);
	world_open(&world);
	*state = &world;
	return 0;
}

static int
teardown(void **state)
{
	failing_calls_disarm();
	world_finish(*state);
	return 0;
}

static void
set_scene(struct world *world)
{
	world_finish(world);
	world_init(world);
	world_open(world);
	assert_int_equal(world_save(world, "A -> B\n", "one"), STAGE_OK);
	assert_int_equal(world_save(world, OLD, "two"), STAGE_OK);
}

// After a failure nothing is lost, and the next save is as good as any.
static void
check_after(struct world *world, enum stage_status status)
{
	enum stage_status again = world_save(world, NEW, "three");

	if (again == STAGE_BUSY) { // in place, but not synced
		assert_int_not_equal(status, STAGE_OK);
		assert_int_equal(world_load(world), STAGE_OK);
		assert_string_equal(world->text, NEW);
		again = world_save(world, NEW, "three");
	}
	assert_int_equal(again, STAGE_OK);
	assert_string_equal(stage_history_warning(world->history), "");
	world_reopen(world);
	assert_string_equal(world->text, NEW);
	assert_true(world_has_generation(world, 3));
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, OLD);
}

// How many calls the work makes when none fails.
static unsigned
count_calls(struct world *world, enum stage_status (*work)(struct world *world))
{
	unsigned made;

	set_scene(world);
	failing_calls_arm_any(1000000, EIO);
	assert_int_equal(work(world), STAGE_OK);
	made = failing_calls_disarm();
	assert_true(made >= 12);
	return made;
}

static enum stage_status
save_new(struct world *world)
{
	return world_save(world, NEW, "three");
}

static enum stage_status
load_damaged(struct world *world)
{
	world_edit(world, "damaged");
	return world_load(world);
}

static void
any_call_of_a_save_may_fail(void **state)
{
	static const int errnums[] = {EIO, ENOSPC, EROFS, EACCES};
	struct world *world = *state;
	unsigned count = count_calls(world, save_new);

	for (size_t i = 0; i < STAGE_COUNT_OF(errnums); i++) {
		for (unsigned nth = 1; nth <= count; nth++) {
			enum stage_status status;
			set_scene(world);
			failing_calls_arm_any(nth, errnums[i]);
			status = save_new(world);
			failing_calls_disarm();
			check_after(world, status);
		}
	}
}

static void
any_call_of_an_undo_may_fail(void **state)
{
	struct world *world = *state;
	unsigned count = count_calls(world, world_undo);

	for (unsigned nth = 1; nth <= count; nth++) {
		enum stage_status status;
		set_scene(world);
		failing_calls_arm_any(nth, EIO);
		status = world_undo(world);
		failing_calls_disarm();
		assert_string_equal(
			world->text, status == STAGE_OK ? "A -> B\n" : OLD);
		world_reopen(world);
		assert_true(
			strcmp(world->text, "A -> B\n") == 0 ||
			(status != STAGE_OK && strcmp(world->text, OLD) == 0));
	}
}

static void
any_call_of_a_load_may_fail(void **state)
{
	struct world *world = *state;
	unsigned count = count_calls(world, load_damaged);

	for (unsigned nth = 1; nth <= count; nth++) {
		enum stage_status status;
		set_scene(world);
		world_edit(world, "damaged");
		failing_calls_arm_any(nth, EIO);
		assert_int_equal(world_load(world), STAGE_OK);
		failing_calls_disarm();
		// The newest generation, or where that could not be read the
		// one before it.
		assert_true(strcmp(world->text, OLD) == 0 ||
			    strcmp(world->text, "A -> B\n") == 0);
		assert_string_not_equal(
			stage_history_warning(world->history), "");
		status = save_new(world);
		if (status == STAGE_BUSY) { // in place, but not synced
			assert_int_equal(world_load(world), STAGE_OK);
			assert_string_equal(world->text, OLD);
			status = save_new(world);
		}
		assert_int_equal(status, STAGE_OK);
		assert_true(scratch_holds(
			&world->scratch, WORLD_FILE ".bad-1", "damaged"));
		world_reopen(world);
		assert_string_equal(world->text, NEW);
	}
}

static void
no_descriptors_are_no_bad_file(void **state)
{
	struct world *world = *state;

	set_scene(world);
	failing_calls_arm(FAILING_READ, 1, 100, EMFILE);
	assert_int_equal(world_load(world), STAGE_FULL);
	assert_int_equal(world_save(world, NEW, "three"), STAGE_FULL);
	failing_calls_disarm();
	assert_false(scratch_has(&world->scratch, WORLD_FILE ".bad-1"));
	assert_int_equal(world_save(world, NEW, "three"), STAGE_OK);
}

static void
too_many_bad_files_are_told(void **state)
{
	struct world *world = *state;
	char name[64];

	set_scene(world);
	for (int i = 1; i <= 9999; i++) {
		snprintf(name, sizeof(name), WORLD_FILE ".bad-%d", i);
		assert_int_equal(
			symlink("x", scratch_path(&world->scratch, name)), 0);
	}
	world_edit(world, "damaged");
	assert_int_equal(world_load(world), STAGE_OK);
	assert_string_equal(world->text, OLD);
	assert_non_null(strstr(stage_history_warning(world->history),
		"there are 9999 bad ones already"));
	assert_int_equal(world_save(world, NEW, "three"), STAGE_FULL);
	assert_true(scratch_holds(&world->scratch, WORLD_FILE, "damaged"));
	// A hand makes room.
	assert_int_equal(unlink(scratch_path(&world->scratch, name)), 0);
	assert_int_equal(world_save(world, NEW, "three"), STAGE_OK);
	assert_true(scratch_holds(&world->scratch, name, "damaged"));
}

static bool
tell_kernel(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	bool is_told = file != NULL && fputs(text, file) >= 0;

	return file != NULL && fclose(file) == 0 && is_told;
}

// A mount namespace; without root's rights, in a user namespace as its root.
static bool
enter_namespace(void)
{
	char users[64];
	char groups[64];

	if (geteuid() == 0) {
		return unshare(CLONE_NEWNS) == 0;
	}
	snprintf(users, sizeof(users), "0 %ld 1", (long)geteuid());
	snprintf(groups, sizeof(groups), "0 %ld 1", (long)getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       tell_kernel("/proc/self/uid_map", users) &&
	       tell_kernel("/proc/self/setgroups", "deny") &&
	       tell_kernel("/proc/self/gid_map", groups);
}

// A small disk where the scratch directory is.
static void
mount_tiny(struct world *world)
{
	if (!enter_namespace()) {
		_exit(CANNOT);
	}
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	if (mount("none", world->scratch.dir, "tmpfs", 0, "size=64k") != 0) {
		_exit(CANNOT);
	}
}

static void
make_read_only(struct world *world, bool is_read_only)
{
	assert_int_equal(mount("none", world->scratch.dir, "tmpfs",
				 MS_REMOUNT | (is_read_only ? MS_RDONLY : 0),
				 "size=64k"),
		0);
}

static void
on_a_read_only_disk(struct world *world)
{
	mount_tiny(world);
	world_reopen(world);
	assert_int_equal(world_save(world, "A -> B\n", "one"), STAGE_OK);
	assert_int_equal(world_save(world, OLD, "two"), STAGE_OK);
	world_edit(world, "damaged");
	make_read_only(world, true);
	for (int i = 0; i < 2; i++) {
		world_reopen(world);
		assert_int_equal(world->found, STAGE_HISTORY_BAD);
		assert_string_equal(world->text, OLD);
		assert_non_null(strstr(stage_history_warning(world->history),
			"Read-only file system"));
		assert_int_equal(world_save(world, NEW, "three"), STAGE_DENIED);
		assert_non_null(
			strstr(world->err.text, "Read-only file system"));
		assert_int_equal(world_undo(world), STAGE_DENIED);
	}
	assert_true(scratch_holds(&world->scratch, WORLD_FILE, "damaged"));
	make_read_only(world, false);
	assert_int_equal(world_save(world, NEW, "three"), STAGE_OK);
	assert_true(
		scratch_holds(&world->scratch, WORLD_FILE ".bad-1", "damaged"));
	world_reopen(world);
	assert_string_equal(world->text, NEW);
}

static void
on_a_read_only_disk_without_the_file(struct world *world)
{
	mount_tiny(world);
	world_reopen(world);
	assert_int_equal(world_save(world, OLD, "one"), STAGE_OK);
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_FILE)), 0);
	make_read_only(world, true);
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_MISSING);
	assert_string_equal(world->text, OLD);
	assert_non_null(strstr(stage_history_warning(world->history),
		"Read-only file system"));
	assert_int_equal(world_save(world, OLD, "one"), STAGE_DENIED);
	make_read_only(world, false);
	// What is in force has yet to be written, as what it was.
	assert_int_equal(world_save(world, OLD, "one"), STAGE_OK);
	world_reopen(world);
	assert_int_equal(world->found, STAGE_HISTORY_WHOLE);
	assert_string_equal(world->text, OLD);
	assert_int_equal(stage_history_current(world->history), 1);
}

// A file that takes what is left of the disk, but for so many bytes.
static void
fill_disk(struct world *world, size_t left)
{
	static char bytes[65536];
	FILE *file = fopen(scratch_path(&world->scratch, "filler"), "w");
	size_t put;

	assert_non_null(file);
	setvbuf(file, NULL, _IONBF, 0);
	put = fwrite(bytes, 1, sizeof(bytes), file);
	assert_true(put > left);
	assert_int_equal(
		ftruncate(fileno(file), (off_t)(put - left) & ~4095), 0);
	fclose(file);
}

static void
on_a_full_disk(struct world *world)
{
	mount_tiny(world);
	world_reopen(world);
	assert_int_equal(world_save(world, OLD, "two"), STAGE_OK);
	fill_disk(world, 0);
	assert_int_equal(world_save(world, NEW, "three"), STAGE_FULL);
	assert_non_null(strstr(world->err.text, "No space left"));
	world_reopen(world);
	assert_string_equal(world->text, OLD);
	assert_int_equal(world_undo(world), STAGE_FULL);
	assert_string_equal(world->text, OLD);
	// Room for one file: what it replaces makes room for the next.
	fill_disk(world, 4096);
	assert_int_equal(world_save(world, NEW, "three"), STAGE_OK);
	assert_string_equal(stage_history_warning(world->history), "");
	world_reopen(world);
	assert_string_equal(world->text, NEW);
}

// Runs a scene in a child that cmocka does not see the end of.
static int
in_child(void (*scene)(struct world *world), struct world *world)
{
	int wait_status = 0;
	pid_t child = fork();

	if (child == 0) {
		scene(world);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &wait_status, 0), child);
	return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
}

static void
check_in_child(void (*scene)(struct world *world), struct world *world)
{
	int code = in_child(scene, world);

	if (code == CANNOT) {
		print_message("# no rights to mount a tiny disk\n");
	} else {
		assert_int_equal(code, 0);
	}
}

static void
a_read_only_disk_is_told(void **state)
{
	check_in_child(on_a_read_only_disk, *state);
	check_in_child(on_a_read_only_disk_without_the_file, *state);
}

static void
a_full_disk_is_told(void **state)
{
	check_in_child(on_a_full_disk, *state);
}

struct memory_scene {
	const char *file;
	const char *dir;
	struct stage_patch_list lists[2];
	unsigned count; // runs
};

// All that can be done, on files that are there from the run before.
static enum stage_status
do_everything(void *user)
{
	struct memory_scene *scene = user;
	struct stage_history *history = NULL;
	struct stage_patch_list list = {0};
	struct stage_patch_list removed = {0};
	enum stage_status status =
		stage_history_create(scene->file, scene->dir, &history, NULL);

	scene->count++;
	if (status == STAGE_OK) {
		status = stage_history_load(history, 0, &list, NULL, NULL);
	}
	for (int i = 0; i < 2 && status == STAGE_OK; i++) {
		status = stage_history_save(
			history, &scene->lists[i], "x", scene->count, NULL);
	}
	stage_patch_list_finish(&list);
	if (status == STAGE_OK) {
		status = stage_history_undo(history, 0, &list, NULL);
	}
	stage_patch_list_finish(&list);
	if (status == STAGE_OK) {
		uint64_t current = stage_history_current(history);
		status = stage_history_diff(
			history, current - 1, current, &list, &removed, NULL);
	}
	stage_patch_list_finish(&list);
	stage_patch_list_finish(&removed);
	stage_history_destroy(history);
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	struct world *world = *state;
	struct memory_scene scene = {.count = 0};
	char file[SCRATCH_PATH_MAX];
	char dir[SCRATCH_PATH_MAX];

	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			stage_patch_list_want(&scene.lists[i], STAGE_PATCH_JACK,
				"A", i == 0 ? "B" : "C"),
			STAGE_OK);
	}
	set_scene(world);
	strcpy(file, scratch_path(&world->scratch, WORLD_FILE));
	strcpy(dir, scratch_path(&world->scratch, WORLD_STATE));
	scene.file = file;
	scene.dir = dir;
	assert_int_equal(do_everything(&scene), STAGE_OK);
	// A generation that memory does not suffice for is a warning.
	assert_true(failing_alloc_sweep_tolerant(do_everything, &scene) > 30);
	assert_false(scratch_has(&world->scratch, WORLD_FILE ".bad-1"));
	stage_patch_list_finish(&scene.lists[0]);
	stage_patch_list_finish(&scene.lists[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_call_of_a_save_may_fail),
		TEST(any_call_of_an_undo_may_fail),
		TEST(any_call_of_a_load_may_fail),
		TEST(no_descriptors_are_no_bad_file),
		TEST(too_many_bad_files_are_told),
		TEST(a_read_only_disk_is_told),
		TEST(a_full_disk_is_told),
		TEST(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
