/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "scratch.h"

#define BIG_BYTES 200000

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

static void
reads_a_file_whole(void **state)
{
	struct stage_str out = {0};
	struct stage_err err = STAGE_ERR_INIT;
	const char *path = scratch_write(*state, "a", "hello");

	assert_int_equal(stage_str_add(&out, "before "), STAGE_OK);
	assert_int_equal(stage_io_read_file(path, 5, &out, &err), STAGE_OK);
	assert_string_equal(stage_str_text(&out), "before hello");
	assert_string_equal(err.text, "");
	stage_str_finish(&out);
}

static void
reads_nothing_from_an_empty_file(void **state)
{
	struct stage_str out = {0};

	assert_int_equal(stage_io_read_file(
				 scratch_write(*state, "a", ""), 0, &out, NULL),
		STAGE_OK);
	assert_int_equal(out.len, 0);
	stage_str_finish(&out);
	assert_int_equal(
		stage_io_read_file("/dev/null", 0, &out, NULL), STAGE_OK);
	stage_str_finish(&out);
}

static void
refuses_to_read(void **state)
{
	struct scratch *scratch = *state;
	static const struct {
		const char *name;
		enum stage_status status;
		const char *sentence;
	} cases[] = {
		{"missing", STAGE_NOT_FOUND, "unable to open "},
		{"missing", STAGE_NOT_FOUND, "No such file or directory"},
		{"long", STAGE_TOO_LONG, "it is longer than 4 bytes"},
		{"long/x", STAGE_NOT_FOUND, "Not a directory"},
		{"dir", STAGE_BAD_INPUT, "Is a directory"},
		{"pipe", STAGE_BAD_INPUT, "it is a pipe, not a file"},
		{"loop", STAGE_BAD_INPUT, "symbolic links"},
		{"/dev/zero", STAGE_TOO_LONG, "it is longer than 4 bytes"},
	};

	scratch_write(scratch, "long", "12345");
	assert_int_equal(mkdir(scratch_path(scratch, "dir"), 0777), 0);
	assert_int_equal(mkfifo(scratch_path(scratch, "pipe"), 0666), 0);
	assert_int_equal(symlink("loop", scratch_path(scratch, "loop")), 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str out = {0};
		struct stage_err err = STAGE_ERR_INIT;
		const char *path = scratch_path(scratch, cases[i].name);
		assert_int_equal(stage_str_add(&out, "kept"), STAGE_OK);
		assert_int_equal(stage_io_read_file(path, 4, &out, &err),
			cases[i].status);
		assert_int_equal(err.status, cases[i].status);
		assert_non_null(strstr(err.text, cases[i].sentence));
		assert_non_null(strstr(err.text, path));
		assert_string_equal(stage_str_text(&out), "kept");
		assert_int_equal(out.len, 4);
		stage_str_finish(&out);
		assert_int_equal(stage_io_read_file(path, 4, &out, NULL),
			cases[i].status);
		stage_str_finish(&out);
	}
}

static void
on_signal(int number)
{
	(void)number;
}

// A child drains the pipe in small sips, so writes are short; its signals
// interrupt some of them.
static void
writes_all_through_a_pipe(void **state)
{
	static char bytes[BIG_BYTES];
	struct sigaction action = {.sa_handler = on_signal};
	struct sigaction old;
	int ends[2];
	int exit_status;
	pid_t child;
	(void)state;

	memset(bytes, 'b', sizeof(bytes));
	assert_int_equal(sigaction(SIGUSR1, &action, &old), 0);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		char sip[1000];
		size_t sum = 0;
		ssize_t got;
		close(ends[1]);
		while ((got = read(ends[0], sip, sizeof(sip))) > 0) {
			sum += (size_t)got;
			kill(getppid(), SIGUSR1);
		}
		_exit(sum == BIG_BYTES ? 0 : 1);
	}
	close(ends[0]);
	assert_int_equal(
		stage_io_write_all(ends[1], bytes, sizeof(bytes)), STAGE_OK);
	close(ends[1]);
	while (waitpid(child, &exit_status, 0) < 0 && errno == EINTR) {
	}
	assert_true(WIFEXITED(exit_status));
	assert_int_equal(WEXITSTATUS(exit_status), 0);
	assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
}

static void
says_why_it_cannot_write(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	(void)state;

	assert_true(fd >= 0);
	assert_int_equal(stage_io_write_all(fd, "x", 1), STAGE_FULL);
	assert_int_equal(stage_io_write_all(fd, "", 0), STAGE_OK);
	close(fd);
	assert_int_equal(stage_io_write_all(-1, "x", 1), STAGE_IO);
}

static void
makes_directories(void **state)
{
	struct scratch *scratch = *state;
	static const struct {
		const char *path;
		enum stage_status status;
	} cases[] = {
		{"a", STAGE_OK},
		{"a", STAGE_OK},
		{"b/c/d", STAGE_OK},
		{"b//e/", STAGE_OK},
		{"file", STAGE_EXISTS},
		{"file/x", STAGE_EXISTS},
		{"file/x/y", STAGE_EXISTS},
		{"dangling", STAGE_EXISTS},
		{"to-dir/x", STAGE_OK},
	};
	struct stat st;

	scratch_write(scratch, "file", "");
	assert_int_equal(
		symlink("nothing", scratch_path(scratch, "dangling")), 0);
	assert_int_equal(symlink("a", scratch_path(scratch, "to-dir")), 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		const char *path = scratch_path(scratch, cases[i].path);
		assert_int_equal(
			stage_io_make_dirs(path, &err), cases[i].status);
		assert_int_equal(
			err.text[0] == '\0', cases[i].status == STAGE_OK);
		if (cases[i].status == STAGE_OK) {
			assert_int_equal(stat(path, &st), 0);
			assert_true(S_ISDIR(st.st_mode));
		}
	}
	assert_int_equal(stage_io_make_dirs("/", NULL), STAGE_OK);
	assert_int_equal(stage_io_make_dirs("", NULL), STAGE_NOT_FOUND);
	assert_int_equal(
		stage_io_make_dirs("/proc/no/such", NULL), STAGE_NOT_FOUND);
}

static void
paths_have_a_limit(void **state)
{
	char path[STAGE_PATH_MAX + 10];
	char out[STAGE_PATH_MAX];
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(stage_io_make_dirs(path, &err), STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "path is too long"));
	assert_int_equal(stage_io_join(out, sizeof(out), "d", path, &err),
		STAGE_TOO_LONG);
	assert_string_equal(out, "");
	assert_int_equal(
		stage_io_join(out, 3, "d", "na", NULL), STAGE_TOO_LONG);
}

static void
joins_with_one_slash(void **state)
{
	static const struct {
		const char *directory;
		const char *name;
		const char *joined;
	} cases[] = {
		{"a", "b", "a/b"},
		{"a/", "b", "a/b"},
		{"/", "b", "/b"},
		{"", "b", "b"},
		{"a", "/b", "/b"},
		{"", "/b", "/b"},
		{"a", "", "a/"},
		{".", "b/c", "./b/c"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char out[64];
		assert_int_equal(
			stage_io_join(out, sizeof(out), cases[i].directory,
				cases[i].name, NULL),
			STAGE_OK);
		assert_string_equal(out, cases[i].joined);
	}
}

static void
lists_names_in_order(void **state)
{
	struct scratch *scratch = *state;
	static const char *const sorted[] = {".hidden", "B", "a", "b c"};
	struct stage_strv names = {0};
	struct stage_err err = STAGE_ERR_INIT;

	for (size_t i = STAGE_COUNT_OF(sorted); i-- > 0;) {
		scratch_write(scratch, sorted[i], "");
	}
	assert_int_equal(
		stage_io_list_dir(scratch->dir, &names, &err), STAGE_OK);
	assert_int_equal(names.count, STAGE_COUNT_OF(sorted));
	for (size_t i = 0; i < names.count; i++) {
		assert_string_equal(names.items[i], sorted[i]);
	}
	assert_string_equal(err.text, "");
	stage_strv_finish(&names);
}

static void
refuses_to_list(void **state)
{
	struct scratch *scratch = *state;
	struct stage_strv names = {0};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_io_list_dir(scratch_path(scratch, "missing"),
				 &names, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "unable to read directory"));
	assert_int_equal(stage_io_list_dir(scratch_write(scratch, "file", ""),
				 &names, NULL),
		STAGE_NOT_FOUND);
	stage_strv_finish(&names);
}

static void
tells_when_a_path_was_changed(void **state)
{
	struct scratch *scratch = *state;
	char link[STAGE_PATH_MAX];
	const char *path = scratch_path(scratch, "a");
	struct stat of;

	assert_int_equal(stage_io_change_time_ns(path, false), 0);
	path = scratch_write(scratch, "a", "");
	assert_int_equal(stat(path, &of), 0);
	assert_int_equal(stage_io_change_time_ns(path, false),
		of.st_ctim.tv_sec * STAGE_NS_PER_S + of.st_ctim.tv_nsec);
	assert_int_equal(
		stage_format(link, sizeof(link), "%s/to-none", scratch->dir),
		STAGE_OK);
	assert_int_equal(symlink("none", link), 0);
	assert_int_not_equal(stage_io_change_time_ns(link, false), 0);
	assert_int_equal(stage_io_change_time_ns(link, true), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_a_file_whole),
		TEST(reads_nothing_from_an_empty_file),
		TEST(refuses_to_read),
		TEST(writes_all_through_a_pipe),
		TEST(says_why_it_cannot_write),
		TEST(makes_directories),
		TEST(paths_have_a_limit),
		TEST(joins_with_one_slash),
		TEST(lists_names_in_order),
		TEST(refuses_to_list),
		TEST(tells_when_a_path_was_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
