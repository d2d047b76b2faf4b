/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// To be run in an IPC namespace of its own.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/str.h"
#include "fake_registry.h"
#include "jack/clean.h"
#include "jack/registry_lock.h"
#include "scratch.h"

static const struct stage_jack_counts none;

struct fixture {
	struct scratch scratch;
	unsigned char bytes[FAKE_REGISTRY_BYTES];
	struct stage_jack_survey survey;
	struct stage_err err;
	pid_t dead;
	void *mapped; // makes this process look as if it used JACK
};

static struct fixture fix;

static pid_t
make_dead_pid(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	return child;
}

static int
setup(void **state)
{
	(void)state;
	memset(&fix, 0, sizeof(fix));
	scratch_init(&fix.scratch);
	fake_registry_init(fix.bytes);
	fix.dead = make_dead_pid();
	fix.mapped = MAP_FAILED;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (fix.mapped != MAP_FAILED) {
		munmap(fix.mapped, FAKE_REGISTRY_BYTES);
	}
	scratch_finish(&fix.scratch);
	return 0;
}

static void
name_slot(size_t index, pid_t pid, const char *server)
{
	char name[128];

	snprintf(name, sizeof(name), "jack-%u:%s:", (unsigned)getuid(), server);
	fake_registry_set_slot(fix.bytes, index, pid, name);
}

static void
name_entry(size_t index, pid_t pid)
{
	char id[64];

	snprintf(id, sizeof(id), "/jack-%u-%zu", (unsigned)getuid(), index);
	fake_registry_set_entry(fix.bytes, index, pid, 1000, id);
}

// Puts the uid where the "@" is. Ownership: borrowed until the next call.
static const char *
with_uid(const char *text)
{
	static char name[128];
	const char *at = strchr(text, '@');

	if (at == NULL) {
		return text;
	}
	snprintf(name, sizeof(name), "%.*s%u%s", (int)(at - text), text,
		(unsigned)getuid(), at + 1);
	return name;
}

static void
touch(const char *name)
{
	scratch_write(&fix.scratch, with_uid(name), "x");
}

static bool
has(const char *name)
{
	return scratch_has(&fix.scratch, with_uid(name));
}

static void
write_registry(void)
{
	const char *path = scratch_path(&fix.scratch, "jack-shm-registry");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(
		stage_io_write_all(fd, fix.bytes, sizeof(fix.bytes)), STAGE_OK);
	if (fix.mapped == MAP_FAILED) {
		fix.mapped = mmap(NULL, FAKE_REGISTRY_BYTES, PROT_READ,
			MAP_SHARED, fd, 0);
		assert_ptr_not_equal(fix.mapped, MAP_FAILED);
	}
	close(fd);
}

static void
read_registry(struct stage_str *out)
{
	assert_int_equal(stage_io_read_file(scratch_path(&fix.scratch,
						    "jack-shm-registry"),
				 FAKE_REGISTRY_BYTES, out, NULL),
		STAGE_OK);
}

static int
bind_socket(const char *name, bool stays)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		stage_format(address.sun_path, sizeof(address.sun_path), "%s",
			scratch_path(&fix.scratch, with_uid(name))),
		STAGE_OK);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (!stays) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum stage_status
clean(pid_t ending)
{
	return stage_jack_registry_clean(
		fix.scratch.dir, getuid(), ending, &fix.survey, &fix.err);
}

static void
assert_nothing_stale(void)
{
	assert_int_equal(clean(0), STAGE_OK);
	assert_memory_equal(&fix.survey.stale, &none, sizeof(none));
}

static void
an_empty_directory_is_clean(void **state)
{
	(void)state;

	assert_nothing_stale();
	assert_memory_equal(&fix.survey.present, &none, sizeof(none));
	assert_int_equal(scratch_count(&fix.scratch), 0);
}

static void
a_dead_server_is_removed(void **state)
{
	(void)state;

	name_slot(2, fix.dead, "default");
	name_entry(0, fix.dead);
	name_entry(9, fix.dead);
	write_registry();
	touch("jack-@-0");
	touch("jack-@-9");
	touch("jack_sem.@_default_system");
	touch("sem.jack_sem.@_default_x");
	bind_socket("jack_default_@_0", false);
	mkdir(scratch_path(&fix.scratch, "jack_db-0"), 0750);
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.slots, 1);
	assert_int_equal(fix.survey.stale.entries, 2);
	assert_int_equal(fix.survey.stale.segments, 2);
	assert_int_equal(fix.survey.stale.semaphores, 2);
	assert_int_equal(fix.survey.stale.sockets, 1);
	assert_int_equal(fix.survey.live_servers, 0);
	assert_memory_equal(&fix.survey.stale, &fix.survey.present,
		offsetof(struct stage_jack_counts, databases));
	assert_nothing_stale();
	assert_true(scratch_has(&fix.scratch, "jack-shm-registry"));
}

static void
a_live_server_keeps_everything(void **state)
{
	struct stage_str before = {0};
	struct stage_str after = {0};
	int fd;
	(void)state;

	name_slot(0, getpid(), "live");
	name_entry(0, getpid());
	write_registry();
	touch("jack-@-0");
	touch("jack_sem.@_live_system");
	touch("jack_sem.live_promiscuous");
	fd = bind_socket("jack_live_@_0", true);
	read_registry(&before);
	assert_nothing_stale();
	assert_int_equal(fix.survey.live_servers, 1);
	assert_int_equal(fix.survey.present.slots, 1);
	assert_int_equal(fix.survey.present.semaphores, 2);
	read_registry(&after);
	assert_memory_equal(before.data, after.data, FAKE_REGISTRY_BYTES);
	assert_int_equal(scratch_count(&fix.scratch), 5);
	stage_str_finish(&before);
	stage_str_finish(&after);
	close(fd);
}

static void
dead_and_live_side_by_side(void **state)
{
	int fd;
	(void)state;

	name_slot(0, getpid(), "live");
	name_slot(1, fix.dead, "gone");
	name_slot(2, fix.dead, "live_too");
	name_entry(0, getpid());
	name_entry(1, fix.dead);
	write_registry();
	touch("jack-@-0");
	touch("jack-@-1");
	touch("jack_sem.@_live_a");
	touch("jack_sem.@_gone_a");
	touch("jack_sem.@_live_too_a"); // may be client "too_a" of "live"
	bind_socket("jack_gone_@_0", false);
	fd = bind_socket("jack_live_@_0", true);
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.slots, 2);
	assert_int_equal(fix.survey.stale.entries, 1);
	assert_int_equal(fix.survey.stale.semaphores, 1);
	assert_int_equal(fix.survey.stale.sockets, 1);
	assert_true(has("jack-@-0"));
	assert_false(has("jack-@-1"));
	assert_true(has("jack_live_@_0"));
	assert_true(has("jack_sem.@_live_too_a"));
	assert_nothing_stale();
	close(fd);
}

static void
another_program_with_the_same_pid_is_no_server(void **state)
{
	(void)state;

	name_slot(0, getppid(), "default"); // does not map the registry
	write_registry();
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.slots, 1);
	assert_int_equal(
		stage_jack_server_pid(fix.scratch.dir, getuid(), "default"), 0);
}

static void
impossible_pids_are_dead(void **state)
{
	(void)state;

	name_slot(0, -1, "everybody"); // kill(-1, ...) means every process
	name_slot(1, -getpid(), "group");
	write_registry();
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.slots, 2);
}

static void
the_pid_of_a_server_is_found(void **state)
{
	(void)state;

	assert_int_equal(
		stage_jack_server_pid(fix.scratch.dir, getuid(), "x"), 0);
	name_slot(3, getpid(), "x");
	name_slot(4, fix.dead, "y");
	write_registry();
	assert_int_equal(stage_jack_server_pid(fix.scratch.dir, getuid(), "x"),
		getpid());
	assert_int_equal(
		stage_jack_server_pid(fix.scratch.dir, getuid(), "y"), 0);
	assert_int_equal(
		stage_jack_server_pid(fix.scratch.dir, getuid() + 1, "x"), 0);
}

static void
other_users_things_stay(void **state)
{
	size_t count;
	(void)state;

	name_slot(0, fix.dead, "default");
	name_entry(0, fix.dead);
	write_registry();
	touch("jack-@-0");
	touch("jack_sem.@_default_x");
	touch("jack_sem.default_x");
	bind_socket("jack_default_@_0", false);
	count = scratch_count(&fix.scratch);
	assert_int_equal(stage_jack_registry_clean(fix.scratch.dir,
				 getuid() + 1, 0, &fix.survey, NULL),
		STAGE_OK);
	assert_memory_equal(&fix.survey.stale, &none, sizeof(none));
	assert_memory_equal(&fix.survey.present, &none, sizeof(none));
	assert_int_equal(scratch_count(&fix.scratch), count);
}

static void
an_ending_process_counts_as_dead(void **state)
{
	int fd;
	(void)state;

	name_slot(0, getpid(), "mine");
	name_entry(0, getpid());
	write_registry();
	touch("jack-@-0");
	touch("jack_sem.@_mine_x");
	fd = bind_socket("jack_mine_@_0", true);
	assert_int_equal(clean(getpid()), STAGE_OK);
	assert_int_equal(fix.survey.stale.slots, 1);
	assert_int_equal(fix.survey.stale.entries, 1);
	assert_int_equal(fix.survey.stale.segments, 1);
	assert_int_equal(fix.survey.stale.sockets, 1);
	assert_int_equal(fix.survey.stale.semaphores, 1);
	assert_int_equal(scratch_count(&fix.scratch), 1);
	close(fd);
}

static void
a_server_that_is_not_registered_is_respected(void **state)
{
	int fd = bind_socket("jack_stranger_@_0", true);
	(void)state;

	write_registry(); // made anew under a living server
	touch("jack-@-0");
	touch("jack_sem.@_stranger_x");
	touch("jack_sem.@_gone_x");
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.live_servers, 1);
	assert_true(has("jack-@-0"));
	assert_true(has("jack_sem.@_stranger_x"));
	assert_false(has("jack_sem.@_gone_x"));
	close(fd);
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(scratch_count(&fix.scratch), 1);
}

static void
half_made_entries_are_freed(void **state)
{
	(void)state;

	fake_registry_set_entry(fix.bytes, 5, 0, 1000, "");
	fake_registry_set_entry(fix.bytes, 6, 0, 1000, "garbage");
	write_registry();
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.entries, 1);
	assert_nothing_stale();
}

static void
a_broken_registry_goes_when_nobody_lives(void **state)
{
	int fd = bind_socket("jack_x_@_0", true);
	(void)state;

	scratch_write(&fix.scratch, "jack-shm-registry", "");
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.present.registries, 1);
	assert_int_equal(fix.survey.stale.registries, 0);
	close(fd);
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.registries, 1);
	assert_int_equal(scratch_count(&fix.scratch), 0);
}

static void
only_the_right_kind_of_file_is_touched(void **state)
{
	char name[64];
	(void)state;

	snprintf(name, sizeof(name), "jack_sem.%u_x_y", (unsigned)getuid());
	mkdir(scratch_path(&fix.scratch, name), 0700);
	snprintf(name, sizeof(name), "jack-%u-1", (unsigned)getuid());
	assert_int_equal(
		symlink("/etc/passwd", scratch_path(&fix.scratch, name)), 0);
	touch("jack_default_@_0"); // no socket
	touch("jack_db-@");        // no directory
	touch("pulse-shm-1");
	mkdir(scratch_path(&fix.scratch, "jack-shm-registry"), 0700);
	assert_int_equal(clean(0), STAGE_OK);
	assert_memory_equal(&fix.survey.stale, &none, sizeof(none));
	assert_int_equal(scratch_count(&fix.scratch), 6);
}

static void
the_data_base_goes_with_the_last_server(void **state)
{
	char name[64];
	char path[SCRATCH_PATH_MAX * 2];
	int fd;
	(void)state;

	snprintf(name, sizeof(name), "jack_db-%u", (unsigned)getuid());
	snprintf(path, sizeof(path), "%s/%s", fix.scratch.dir, name);
	assert_int_equal(mkdir(path, 0750), 0);
	snprintf(path, sizeof(path), "%s/metadata.db", name);
	scratch_write(&fix.scratch, path, "db");
	fd = bind_socket("jack_x_@_0", true);
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.present.databases, 1);
	assert_int_equal(fix.survey.stale.databases, 0);
	close(fd);
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.databases, 1);
	assert_int_equal(scratch_count(&fix.scratch), 0);
}

static void
a_survey_changes_nothing(void **state)
{
	struct stage_jack_survey first;
	(void)state;

	name_slot(0, fix.dead, "default");
	name_entry(0, fix.dead);
	write_registry();
	touch("jack-@-0");
	touch("jack_sem.@_default_x");
	bind_socket("jack_default_@_0", false);
	assert_int_equal(
		stage_jack_survey(fix.scratch.dir, getuid(), &first, &fix.err),
		STAGE_OK);
	assert_int_equal(clean(0), STAGE_OK);
	assert_memory_equal(&first, &fix.survey, sizeof(first));
	assert_int_equal(first.stale.slots, 1);
}

static void
a_linked_registry_is_not_written(void **state)
{
	char target[SCRATCH_PATH_MAX * 2];
	(void)state;

	name_slot(0, fix.dead, "default");
	write_registry();
	snprintf(target, sizeof(target), "%s/elsewhere", fix.scratch.dir);
	assert_int_equal(
		rename(scratch_path(&fix.scratch, "jack-shm-registry"), target),
		0);
	assert_int_equal(symlink(target, scratch_path(&fix.scratch,
						 "jack-shm-registry")),
		0);
	assert_int_not_equal(clean(0), STAGE_OK);
	assert_non_null(strstr(fix.err.text, "jack-shm-registry"));
	assert_int_not_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.slots, 1);
}

static void
a_missing_directory_is_said(void **state)
{
	(void)state;

	assert_int_equal(stage_jack_survey("/nonexistent", getuid(),
				 &fix.survey, &fix.err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(fix.err.text, "/nonexistent"));
}

static void
a_held_lock_is_respected(void **state)
{
	struct stage_jack_lock lock;
	int status = 0;
	pid_t child;
	(void)state;

	name_slot(0, fix.dead, "default");
	write_registry();
	assert_int_equal(stage_jack_lock_take(&lock, 1000, NULL), STAGE_OK);
	child = fork();
	if (child == 0) {
		_exit(clean(0) == STAGE_TIMEOUT ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	stage_jack_lock_release(&lock);
	assert_int_equal(clean(0), STAGE_OK);
	assert_int_equal(fix.survey.stale.slots, 1);
}

static void
a_path_too_long_to_try_is_kept(void **state)
{
	char dir[SCRATCH_PATH_MAX * 2];
	char path[SCRATCH_PATH_MAX * 4];
	char old[SCRATCH_PATH_MAX * 2];
	(void)state;

	bind_socket("jack_default_@_0", false);
	snprintf(dir, sizeof(dir), "%s/%0*d", fix.scratch.dir, 100, 0);
	assert_int_equal(mkdir(dir, 0700), 0);
	snprintf(old, sizeof(old), "%s/jack_default_%u_0", fix.scratch.dir,
		(unsigned)getuid());
	snprintf(path, sizeof(path), "%s/jack_default_%u_0", dir,
		(unsigned)getuid());
	assert_int_equal(rename(old, path), 0);
	assert_int_equal(
		stage_jack_registry_clean(dir, getuid(), 0, &fix.survey, NULL),
		STAGE_OK);
	assert_int_equal(fix.survey.present.sockets, 1);
	assert_int_equal(fix.survey.stale.sockets, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_directory_is_clean),
		TEST(a_dead_server_is_removed),
		TEST(a_live_server_keeps_everything),
		TEST(dead_and_live_side_by_side),
		TEST(another_program_with_the_same_pid_is_no_server),
		TEST(impossible_pids_are_dead),
		TEST(the_pid_of_a_server_is_found),
		TEST(other_users_things_stay),
		TEST(an_ending_process_counts_as_dead),
		TEST(a_server_that_is_not_registered_is_respected),
		TEST(half_made_entries_are_freed),
		TEST(a_broken_registry_goes_when_nobody_lives),
		TEST(only_the_right_kind_of_file_is_touched),
		TEST(the_data_base_goes_with_the_last_server),
		TEST(a_survey_changes_nothing),
		TEST(a_linked_registry_is_not_written),
		TEST(a_missing_directory_is_said),
		TEST(a_held_lock_is_respected),
		TEST(a_path_too_long_to_try_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
