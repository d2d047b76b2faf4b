/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // unshare, flock

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/io.h"
#include "scratch.h"

#define NOBODY 65534
#define CANNOT 77 // exit code of a child that may not do what it needs

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
	scratch_finish(*state);
	return 0;
}

static enum stage_status
save(struct scratch *scratch, const char *name, const char *text, unsigned keep,
	struct stage_err *err)
{
	char path[SCRATCH_PATH_MAX];

	strcpy(path, scratch_path(scratch, name));
	return stage_atomic_save(path, text, strlen(text), keep, err);
}

static mode_t
mode_of(struct scratch *scratch, const char *name)
{
	struct stat st;

	assert_int_equal(stat(scratch_path(scratch, name), &st), 0);
	return st.st_mode & 07777;
}

static void
makes_and_replaces(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;
	mode_t mask = umask(027);

	assert_int_equal(save(scratch, "f", "one", 0, &err), STAGE_OK);
	assert_true(scratch_holds(scratch, "f", "one"));
	assert_int_equal(mode_of(scratch, "f"), 0640);
	assert_int_equal(save(scratch, "f", "", 0, &err), STAGE_OK);
	assert_true(scratch_holds(scratch, "f", ""));
	assert_int_equal(
		stage_atomic_save(scratch_path(scratch, "f"), NULL, 0, 0, &err),
		STAGE_OK);
	assert_int_equal(scratch_count(scratch), 1);
	assert_string_equal(err.text, "");
	umask(mask);
}

static void
works_in_the_current_directory(void **state)
{
	struct scratch *scratch = *state;
	int here = open(".", O_RDONLY | O_DIRECTORY);

	assert_int_equal(chdir(scratch->dir), 0);
	assert_int_equal(stage_atomic_save("f", "a", 1, 1, NULL), STAGE_OK);
	assert_int_equal(stage_atomic_save("./f", "b", 1, 1, NULL), STAGE_OK);
	assert_int_equal(fchdir(here), 0);
	close(here);
	assert_true(scratch_holds(scratch, "f", "b"));
	assert_true(scratch_holds(scratch, "f.1", "a"));
	assert_int_equal(scratch_count(scratch), 2);
}

static void
keeps_generations(void **state)
{
	static const struct {
		unsigned keep;
		const char *files[5]; // f, f.1, ... after saving a b c d e
	} cases[] = {
		{0, {"e", NULL, NULL, NULL, NULL}},
		{1, {"e", "d", NULL, NULL, NULL}},
		{2, {"e", "d", "c", NULL, NULL}},
		{3, {"e", "d", "c", "b", NULL}},
		{4, {"e", "d", "c", "b", "a"}},
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		for (const char *c = "a\0b\0c\0d\0e\0"; *c != '\0'; c += 2) {
			assert_int_equal(
				save(scratch, "f", c, cases[i].keep, NULL),
				STAGE_OK);
		}
		for (unsigned n = 0; n < 5; n++) {
			char name[8];
			snprintf(name, sizeof(name), n == 0 ? "f" : "f.%u", n);
			assert_int_equal(scratch_has(scratch, name),
				cases[i].files[n] != NULL);
			if (cases[i].files[n] != NULL) {
				assert_true(scratch_holds(
					scratch, name, cases[i].files[n]));
			}
		}
		assert_int_equal(scratch_count(scratch), cases[i].keep + 1);
		assert_int_equal(
			stage_atomic_remove(scratch_path(scratch, "f"), NULL),
			STAGE_OK);
		assert_int_equal(scratch_count(scratch), 0);
	}
}

static void
generations_above_are_left_alone(void **state)
{
	struct scratch *scratch = *state;

	scratch_write(scratch, "f.3", "mine");
	for (int i = 0; i < 6; i++) {
		assert_int_equal(save(scratch, "f", "x", 2, NULL), STAGE_OK);
	}
	assert_true(scratch_holds(scratch, "f.3", "mine"));
	assert_int_equal(
		save(scratch, "f", "x", STAGE_ATOMIC_KEEP_MAX, NULL), STAGE_OK);
	assert_int_equal(
		save(scratch, "f", "x", STAGE_ATOMIC_KEEP_MAX + 1, NULL),
		STAGE_BUG);
}

// What a crash between two steps leaves behind, made by hand.
static void
crash_remains_are_understood(void **state)
{
	struct scratch *scratch = *state;
	char other[SCRATCH_PATH_MAX];

	// NAME.1 is a second name of NAME: it counts once.
	scratch_write(scratch, "f", "c");
	strcpy(other, scratch_path(scratch, "f.1"));
	assert_int_equal(link(scratch_path(scratch, "f"), other), 0);
	scratch_write(scratch, "f.2", "b");
	assert_int_equal(save(scratch, "f", "d", 2, NULL), STAGE_OK);
	assert_true(scratch_holds(scratch, "f", "d"));
	assert_true(scratch_holds(scratch, "f.1", "c"));
	assert_true(scratch_holds(scratch, "f.2", "b"));
	// A gap in the numbers.
	assert_int_equal(unlink(scratch_path(scratch, "f.1")), 0);
	assert_int_equal(save(scratch, "f", "e", 2, NULL), STAGE_OK);
	assert_true(scratch_holds(scratch, "f.1", "d"));
	assert_true(scratch_holds(scratch, "f.2", "b"));
	// Two numbers of one file, which rename(2) would leave as they are.
	assert_int_equal(unlink(scratch_path(scratch, "f.2")), 0);
	strcpy(other, scratch_path(scratch, "f.2"));
	assert_int_equal(link(scratch_path(scratch, "f.1"), other), 0);
	assert_int_equal(save(scratch, "f", "g", 2, NULL), STAGE_OK);
	assert_true(scratch_holds(scratch, "f", "g"));
	assert_true(scratch_holds(scratch, "f.1", "e"));
	assert_true(scratch_holds(scratch, "f.2", "d"));
}

static void
leftovers_are_replaced(void **state)
{
	struct scratch *scratch = *state;

	scratch_write(scratch, "precious", "kept");
	scratch_write(scratch, ".f.new", "a half written fi");
	assert_int_equal(chmod(scratch_path(scratch, ".f.new"), 0), 0);
	assert_int_equal(save(scratch, "f", "one", 0, NULL), STAGE_OK);
	assert_int_equal(mode_of(scratch, "f") & 0600, 0600);
	assert_int_equal(
		symlink("precious", scratch_path(scratch, ".f.new")), 0);
	assert_int_equal(save(scratch, "f", "two", 0, NULL), STAGE_OK);
	assert_int_equal(mkfifo(scratch_path(scratch, ".f.new"), 0666), 0);
	assert_int_equal(save(scratch, "f", "three", 0, NULL), STAGE_OK);
	assert_true(scratch_holds(scratch, "f", "three"));
	assert_true(scratch_holds(scratch, "precious", "kept"));
	assert_int_equal(scratch_count(scratch), 2);
}

static void
mode_and_owner_stay(void **state)
{
	static const mode_t modes[] = {0600, 0644, 0751, 0400, 0664};
	struct scratch *scratch = *state;
	struct stat st;

	scratch_write(scratch, "f", "x");
	for (size_t i = 0; i < STAGE_COUNT_OF(modes); i++) {
		assert_int_equal(
			chmod(scratch_path(scratch, "f"), modes[i]), 0);
		assert_int_equal(save(scratch, "f", "y", 1, NULL), STAGE_OK);
		assert_int_equal(mode_of(scratch, "f"), modes[i]);
		assert_int_equal(mode_of(scratch, "f.1"), modes[i]);
	}
	if (geteuid() == 0) {
		assert_int_equal(
			chown(scratch_path(scratch, "f"), NOBODY, NOBODY), 0);
		assert_int_equal(save(scratch, "f", "z", 1, NULL), STAGE_OK);
		assert_int_equal(stat(scratch_path(scratch, "f"), &st), 0);
		assert_int_equal(st.st_uid, NOBODY);
		assert_int_equal(st.st_gid, NOBODY);
		assert_int_equal(mode_of(scratch, "f"), 0664);
	}
}

static void
links_stay_links(void **state)
{
	struct scratch *scratch = *state;
	char target[SCRATCH_PATH_MAX];
	char link_text[SCRATCH_PATH_MAX] = "";

	assert_int_equal(stage_io_make_dirs(scratch_path(scratch, "d/e"), NULL),
		STAGE_OK);
	scratch_write(scratch, "d/e/real", "old");
	assert_int_equal(symlink("e/real", scratch_path(scratch, "d/link")), 0);
	strcpy(target, scratch_path(scratch, "d/link"));
	assert_int_equal(symlink(target, scratch_path(scratch, "top")), 0);
	assert_int_equal(save(scratch, "top", "new", 1, NULL), STAGE_OK);
	assert_true(scratch_holds(scratch, "d/e/real", "new"));
	assert_true(scratch_holds(scratch, "d/e/real.1", "old"));
	assert_true(readlink(scratch_path(scratch, "d/link"), link_text,
			    sizeof(link_text) - 1) > 0);
	assert_string_equal(link_text, "e/real");
	assert_false(scratch_has(scratch, "top.1"));
	// A link to what is not there yet makes it.
	assert_int_equal(
		symlink("d/e/later", scratch_path(scratch, "dangling")), 0);
	assert_int_equal(save(scratch, "dangling", "x", 1, NULL), STAGE_OK);
	assert_true(scratch_holds(scratch, "d/e/later", "x"));
}

static void
refuses_what_is_no_file(void **state)
{
	struct scratch *scratch = *state;
	static const struct {
		const char *name;
		enum stage_status status;
		const char *sentence;
	} cases[] = {
		{"dir", STAGE_BAD_INPUT, "not a regular file"},
		{"dir/", STAGE_BAD_INPUT, "is not the name of a file"},
		{"dir/.", STAGE_BAD_INPUT, "not a regular file"},
		{"pipe", STAGE_BAD_INPUT, "not a regular file"},
		{"/dev/null", STAGE_BAD_INPUT, "not a regular file"},
		{"/dev/full", STAGE_BAD_INPUT, "not a regular file"},
		{"to-dir", STAGE_BAD_INPUT, "not a regular file"},
		{"circle", STAGE_BAD_INPUT, "symbolic links"},
		{"no/such/dir", STAGE_NOT_FOUND, "unable to create"},
		{"file/x", STAGE_NOT_FOUND, "Not a directory"},
		{"taken", STAGE_BAD_INPUT, "unable to take over"},
		{"rotated", STAGE_BAD_INPUT, "unable to make"},
		{"blocked", STAGE_BAD_INPUT, "unable to keep the old"},
	};

	assert_int_equal(mkdir(scratch_path(scratch, "dir"), 0777), 0);
	assert_int_equal(mkfifo(scratch_path(scratch, "pipe"), 0666), 0);
	assert_int_equal(symlink("dir", scratch_path(scratch, "to-dir")), 0);
	assert_int_equal(symlink("circle", scratch_path(scratch, "circle")), 0);
	scratch_write(scratch, "file", "kept");
	assert_int_equal(mkdir(scratch_path(scratch, ".taken.new"), 0777), 0);
	scratch_write(scratch, "rotated", "kept");
	scratch_write(scratch, "rotated.1", "kept");
	assert_int_equal(mkdir(scratch_path(scratch, "rotated.2"), 0777), 0);
	scratch_write(scratch, "blocked", "kept");
	assert_int_equal(mkdir(scratch_path(scratch, "blocked.1"), 0777), 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		unsigned keep = strcmp(cases[i].name, "blocked") == 0 ? 1 : 2;
		assert_int_equal(save(scratch, cases[i].name, "x", keep, &err),
			cases[i].status);
		if (strstr(err.text, cases[i].sentence) == NULL) {
			fail_msg("%s: %s", cases[i].name, err.text);
		}
		assert_int_equal(err.status, cases[i].status);
		assert_int_not_equal(
			save(scratch, cases[i].name, "x", keep, NULL),
			STAGE_OK);
	}
	assert_true(scratch_holds(scratch, "rotated", "kept"));
	assert_true(scratch_holds(scratch, "rotated.1", "kept"));
	assert_true(scratch_holds(scratch, "blocked", "kept"));
	assert_false(scratch_has(scratch, ".rotated.new"));
	assert_false(scratch_has(scratch, ".blocked.new"));
	assert_int_equal(
		stage_atomic_save("", "x", 1, 0, NULL), STAGE_BAD_INPUT);
}

static void
names_have_a_limit(void **state)
{
	struct scratch *scratch = *state;
	char name[STAGE_PATH_MAX + 20];
	char link_text[STAGE_PATH_MAX];
	struct stage_err err = STAGE_ERR_INIT;

	memset(name, 'n', sizeof(name));
	name[NAME_MAX - 5] = '\0'; // 250: ".NAME.new" is 255
	assert_int_equal(save(scratch, name, "x", 1, NULL), STAGE_OK);
	assert_int_equal(save(scratch, name, "x", 1, NULL), STAGE_OK);
	name[NAME_MAX - 5] = 'n';
	name[NAME_MAX - 4] = '\0';
	assert_int_equal(save(scratch, name, "x", 1, &err), STAGE_TOO_LONG);
	// Paths: nothing is written outside of the buffers, whatever the
	// length.
	for (size_t len = STAGE_PATH_MAX - 12; len < STAGE_PATH_MAX + 3;
		len++) {
		memset(name, '/', sizeof(name));
		name[len] = '\0';
		name[len - 1] = 'n';
		err.text[0] = '\0';
		enum stage_status status =
			stage_atomic_save(name, "x", 1, 1, &err);
		if (len + 5 < STAGE_PATH_MAX && status == STAGE_OK) {
			assert_int_equal(
				stage_atomic_remove(name, NULL), STAGE_OK);
		} else {
			assert_int_not_equal(err.text[0], '\0');
		}
	}
	// A link with a text so long that the directory does not fit before it.
	memset(link_text, '/', sizeof(link_text));
	memcpy(link_text, "x", 1);
	link_text[STAGE_PATH_MAX - 1] = '\0';
	assert_int_equal(
		symlink(link_text, scratch_path(scratch, "long-link")), 0);
	assert_int_equal(
		save(scratch, "long-link", "x", 1, &err), STAGE_TOO_LONG);
}

static void
a_second_saver_is_told(void **state)
{
	struct scratch *scratch = *state;
	struct stage_err err = STAGE_ERR_INIT;
	int fd = open(scratch_write(scratch, ".f.new", "half"), O_WRONLY);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(save(scratch, "f", "x", 0, &err), STAGE_BUSY);
	assert_non_null(strstr(err.text, "is saving it at this moment"));
	assert_true(scratch_holds(scratch, ".f.new", "half"));
	assert_false(scratch_has(scratch, "f"));
	close(fd);
	assert_int_equal(save(scratch, "f", "x", 0, NULL), STAGE_OK);
}

// Runs `work` in a child and gives its exit code.
static int
in_child(int (*work)(struct scratch *scratch), struct scratch *scratch)
{
	int exit_status = 0;
	pid_t child = fork();

	if (child == 0) {
		_exit(work(scratch));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &exit_status, 0), child);
	assert_true(WIFEXITED(exit_status));
	return WEXITSTATUS(exit_status);
}

static int
save_with_a_file_limit(struct scratch *scratch)
{
	struct rlimit limit = {100, 100};
	struct stage_err err = STAGE_ERR_INIT;
	char text[1000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
		return CANNOT;
	}
	if (save(scratch, "f", text, 2, &err) != STAGE_TOO_LONG) {
		return 1;
	}
	return strstr(err.text, "unable to write") != NULL ? 0 : 2;
}

static int
save_without_descriptors(struct scratch *scratch)
{
	struct stage_err err = STAGE_ERR_INIT;
	int lowest = dup(0);
	int status = 0;

	close(lowest);
	for (int more = 0; more < 2 && status == 0; more++) {
		struct rlimit limit = {
			(rlim_t)(lowest + more), (rlim_t)(lowest + 1)};
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
			return CANNOT;
		}
		status = save(scratch, "f", "new", 0, &err) == STAGE_FULL ? 0
									  : 1;
	}
	// The second time the content was in place, only not synced by name.
	return strstr(err.text, "unable to open") != NULL ? status : 2;
}

static int
save_as_nobody(struct scratch *scratch)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
		return CANNOT;
	}
	return save(scratch, "f", "new", 2, &err) == STAGE_DENIED &&
			       strstr(err.text, "Permission denied") != NULL
		       ? 0
		       : 1;
}

static bool
tell_kernel(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool is_done = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0) {
		close(fd);
	}
	return is_done;
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

static int
mount_tiny(struct scratch *scratch)
{
	if (!enter_namespace()) {
		return -1;
	}
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return mount("none", scratch->dir, "tmpfs", 0, "size=16k");
}

static int
save_on_a_full_disk(struct scratch *scratch)
{
	static char big[65536];
	struct stage_err err = STAGE_ERR_INIT;

	memset(big, 'x', sizeof(big) - 1);
	if (mount_tiny(scratch) != 0) {
		return CANNOT;
	}
	if (save(scratch, "f", "old", 2, &err) != STAGE_OK) {
		return 1;
	}
	if (save(scratch, "f", big, 2, &err) != STAGE_FULL) {
		return 2;
	}
	if (!scratch_holds(scratch, "f", "old") ||
		scratch_count(scratch) != 1) {
		return 3;
	}
	if (save(scratch, "f", "new", 2, &err) != STAGE_OK) {
		return 4;
	}
	return scratch_holds(scratch, "f.1", "old") ? 0 : 5;
}

static void
old_content_survives(void **state)
{
	struct scratch *scratch = *state;
	int code;

	scratch_write(scratch, "f", "old");
	assert_int_equal(in_child(save_with_a_file_limit, scratch), 0);
	assert_true(scratch_holds(scratch, "f", "old"));
	assert_int_equal(scratch_count(scratch), 1);
	assert_int_equal(chmod(scratch->dir, 0555), 0);
	assert_int_equal(in_child(save_as_nobody, scratch), 0);
	assert_int_equal(chmod(scratch->dir, 0755), 0);
	assert_true(scratch_holds(scratch, "f", "old"));
	assert_int_equal(scratch_count(scratch), 1);
	assert_int_equal(in_child(save_without_descriptors, scratch), 0);
	assert_int_equal(scratch_count(scratch), 1);
	code = in_child(save_on_a_full_disk, scratch);
	if (code == CANNOT) {
		print_message("# no rights to mount a tiny disk\n");
	} else {
		assert_int_equal(code, 0);
	}
}

static int
save_many(struct scratch *scratch)
{
	char text[2000];
	int saved = 0;

	while (saved < 100) {
		enum stage_status status;
		memset(text, 'a' + saved % 26, sizeof(text));
		text[saved + 900] = '\0';
		status = save(scratch, "f", text, 3, NULL);
		if (status != STAGE_OK && status != STAGE_BUSY) {
			return 1;
		}
		saved += status == STAGE_OK;
	}
	return 0;
}

// One letter, some 900 times or more: a whole file.
static enum stage_status
check_letters(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	(void)user;
	for (size_t i = 1; i < len; i++) {
		if (bytes[i] != bytes[0]) {
			return stage_err_set(
				err, STAGE_BAD_INPUT, "%s is mixed", name);
		}
	}
	return len >= 900 ? STAGE_OK
			  : stage_err_set(
				    err, STAGE_BAD_INPUT, "%s is short", name);
}

static void
two_savers_and_a_reader(void **state)
{
	struct scratch *scratch = *state;
	struct stage_str out = {0};
	char path[SCRATCH_PATH_MAX];
	char first[1000];
	pid_t children[2];
	int left = 2;

	strcpy(path, scratch_path(scratch, "f"));
	memset(first, 'z', sizeof(first)); // three older ones come in no time
	assert_int_equal(stage_atomic_save(path, first, sizeof(first), 3, NULL),
		STAGE_OK);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			_exit(save_many(scratch));
		}
	}
	while (left > 0) {
		struct stage_atomic_found found = {.generation = 0};
		struct stage_err err = STAGE_ERR_INIT;
		int exit_status = 0;
		enum stage_status status = stage_atomic_load(
			path, 4096, check_letters, NULL, &out, &found, &err);
		if (status != STAGE_NOT_FOUND) {
			assert_string_equal(err.text, "");
			assert_int_equal(status, STAGE_OK);
			assert_int_equal(found.generation, 0);
		}
		for (int i = 0; i < 2; i++) {
			if (children[i] > 0 &&
				waitpid(children[i], &exit_status, WNOHANG) >
					0) {
				assert_int_equal(exit_status, 0);
				children[i] = 0;
				left--;
			}
		}
	}
	assert_int_equal(scratch_count(scratch), 4);
	stage_str_finish(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(makes_and_replaces),
		TEST(works_in_the_current_directory),
		TEST(keeps_generations),
		TEST(generations_above_are_left_alone),
		TEST(crash_remains_are_understood),
		TEST(leftovers_are_replaced),
		TEST(mode_and_owner_stay),
		TEST(links_stay_links),
		TEST(refuses_what_is_no_file),
		TEST(names_have_a_limit),
		TEST(a_second_saver_is_told),
		TEST(old_content_survives),
		TEST(two_savers_and_a_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
