/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "world.h"

#define OTHER_UID 54321 // nobody has it

static int
setup(void **state)
{
	unsetenv("STAGECRAFT_RUN");
	unsetenv("STAGECRAFT_RIG");
	unsetenv("XDG_RUNTIME_DIR");
	return world_setup(state);
}

static void
run_directory_by_the_first_rule_that_applies(void **state)
{
	struct world *world = *state;
	struct stage_rig rig;
	struct stage_err err = STAGE_ERR_INIT;

	setenv("XDG_RUNTIME_DIR", world_path(world, "run/.//"), 1);
	setenv("STAGECRAFT_RUN", "/some//where/", 1);
	assert_int_equal(stage_rig_find(&rig, "/r", &err), STAGE_OK);
	assert_string_equal(rig.run, "/some/where");
	setenv("STAGECRAFT_RUN", "some/where", 1);
	assert_int_equal(stage_rig_find(&rig, "/r", &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "STAGECRAFT_RUN"));
	setenv("STAGECRAFT_RUN", "", 1);
	assert_int_equal(stage_rig_find(&rig, "/r", &err), STAGE_OK);
	assert_string_equal(rig.run, world_path(world, "run/stagecraft"));
	unsetenv("STAGECRAFT_RUN");
	assert_int_equal(stage_rig_find(&rig, "/r", &err), STAGE_OK);
	assert_string_equal(rig.run, world_path(world, "run/stagecraft"));
}

static void
a_runtime_directory_that_is_not_ours_is_passed_over(void **state)
{
	struct world *world = *state;
	struct stage_rig rig;

	if (geteuid() != 0) {
		skip();
	}
	for (int i = 0; i < 3; i++) {
		if (i == 0) {
			setenv("XDG_RUNTIME_DIR", "relative", 1);
		} else if (i == 1) {
			setenv("XDG_RUNTIME_DIR", "/no/such", 1);
		} else {
			setenv("XDG_RUNTIME_DIR", world_path(world, "run"), 1);
			assert_int_equal(chown(world_path(world, "run"),
						 OTHER_UID, OTHER_UID),
				0);
		}
		assert_int_equal(stage_rig_find(&rig, "/r", NULL), STAGE_OK);
		assert_string_equal(rig.run, "/run/stagecraft");
	}
}

// In a child that has become somebody else; its exit code is the result.
static int
as_somebody_else(int (*work)(void))
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, 9);
		_exit(setuid(OTHER_UID) == 0 ? work() : 99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
find_in_tmp(void)
{
	struct stage_rig rig;
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "/tmp/stagecraft-%d", OTHER_UID);
	if (stage_rig_find(&rig, "/r", NULL) != STAGE_OK) {
		return 1;
	}
	return strcmp(rig.run, wanted) == 0 ? 0 : 2;
}

static int
make_in_tmp(void)
{
	struct stage_rig rig;
	struct stat st;
	int code;

	if (stage_rig_find(&rig, "/r", NULL) != STAGE_OK ||
		stage_rig_make_run(&rig, NULL) != STAGE_OK) {
		return 1;
	}
	code = stat(rig.run, &st) == 0 && (st.st_mode & 0777) == 0700 ? 0 : 2;
	// It is still ours the next time, and after a failed command.
	if (stage_rig_find(&rig, "/r", NULL) != STAGE_OK ||
		stage_rig_make_run(&rig, NULL) != STAGE_OK) {
		code = 3;
	}
	rmdir(rig.run);
	return code;
}

static void
a_directory_in_tmp_is_ours_alone(void **state)
{
	char path[64];
	(void)state;

	if (geteuid() != 0) {
		skip();
	}
	snprintf(path, sizeof(path), "/tmp/stagecraft-%d", OTHER_UID);
	rmdir(path);
	assert_int_equal(as_somebody_else(find_in_tmp), 0);
	assert_int_equal(as_somebody_else(make_in_tmp), 0);
	// Made by somebody else before.
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(as_somebody_else(find_in_tmp), 1);
	// Ours, but open to all.
	assert_int_equal(chown(path, OTHER_UID, (gid_t)-1), 0);
	assert_int_equal(as_somebody_else(find_in_tmp), 0);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(as_somebody_else(find_in_tmp), 1);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("/var", path), 0);
	assert_int_equal(as_somebody_else(find_in_tmp), 1);
	assert_int_equal(unlink(path), 0);
}

static void
the_rig_that_is_meant(void **state)
{
	struct world *world = *state;
	struct stage_rig rig;
	char cwd[STAGE_PATH_MAX];
	char text[STAGE_PATH_MAX + 8];

	setenv("STAGECRAFT_RUN", world->rig.run, 1);
	setenv("HOME", "/home/me", 1);
	assert_int_equal(stage_rig_find(&rig, NULL, NULL), STAGE_OK);
	assert_string_equal(rig.rig, "/home/me/stagecraft");
	snprintf(text, sizeof(text), "%s\n", world->rig.rig);
	world_write(world, "run/rig", 0644, text);
	assert_int_equal(stage_rig_find(&rig, NULL, NULL), STAGE_OK);
	assert_string_equal(rig.rig, world->rig.rig);
	setenv("STAGECRAFT_RIG", "/by/env", 1);
	assert_int_equal(stage_rig_find(&rig, NULL, NULL), STAGE_OK);
	assert_string_equal(rig.rig, "/by/env");
	assert_int_equal(stage_rig_find(&rig, "/a//b/./c/.//", NULL), STAGE_OK);
	assert_string_equal(rig.rig, "/a/b/c");
	assert_int_equal(stage_rig_find(&rig, "/.", NULL), STAGE_OK);
	assert_string_equal(rig.rig, "/");
	assert_int_equal(stage_rig_find(&rig, "/a/../.b/..c", NULL), STAGE_OK);
	assert_string_equal(rig.rig, "/a/../.b/..c");
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(chdir(world->rig.rig), 0);
	assert_int_equal(stage_rig_find(&rig, ".", NULL), STAGE_OK);
	assert_string_equal(rig.rig, world->rig.rig);
	assert_int_equal(stage_rig_find(&rig, "x y", NULL), STAGE_OK);
	snprintf(text, sizeof(text), "%s/x y", world->rig.rig);
	assert_string_equal(rig.rig, text);
	assert_int_equal(chdir(cwd), 0);
	setenv("HOME", "not-absolute", 1);
	unsetenv("STAGECRAFT_RIG");
	assert_int_equal(unlink(world_path(world, "run/rig")), 0);
	assert_int_equal(stage_rig_find(&rig, NULL, NULL), STAGE_OK);
	assert_int_equal(rig.rig[0], '/');
}

static void
the_mark_of_a_rig_that_is_up(void **state)
{
	static const struct {
		const char *text;
		enum stage_status status;
	} cases[] = {
		{"/a b\n", STAGE_OK},
		{"/a b", STAGE_OK},
		{"/a b\nmore\n", STAGE_OK},
		{"", STAGE_NOT_FOUND},
		{"\n", STAGE_NOT_FOUND},
		{"relative\n", STAGE_NOT_FOUND},
	};
	struct world *world = *state;
	char up[STAGE_PATH_MAX] = "untouched";

	assert_int_equal(stage_rig_read_up(&world->rig, up, sizeof(up)),
		STAGE_NOT_FOUND);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		world_write(world, "run/rig", 0644, cases[i].text);
		assert_int_equal(stage_rig_read_up(&world->rig, up, sizeof(up)),
			cases[i].status);
		if (cases[i].status == STAGE_OK) {
			assert_string_equal(up, "/a b");
		}
	}
	world_write(world, "run/rig", 0644, "/a b\n");
	assert_int_equal(stage_rig_read_up(&world->rig, up, 3), STAGE_TOO_LONG);
}

static void
too_long(void **state)
{
	struct stage_rig rig;
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX + 10];
	(void)state;

	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(stage_rig_find(&rig, path, &err), STAGE_TOO_LONG);
	setenv("STAGECRAFT_RUN", path, 1);
	assert_int_equal(stage_rig_find(&rig, "/r", &err), STAGE_TOO_LONG);
	path[3000] = '\0';
	setenv("STAGECRAFT_RUN", path, 1);
	assert_int_equal(stage_rig_find(&rig, path, &err), STAGE_OK);
	path[3072] = '\0';
	assert_int_equal(stage_rig_find(&rig, path, &err), STAGE_OK);
}

static void
the_same_directory_by_two_names(void **state)
{
	struct world *world = *state;

	assert_int_equal(symlink(world->rig.rig, world_path(world, "link")), 0);
	assert_true(stage_rig_is_same("/not/there", "/not/there"));
	assert_true(
		stage_rig_is_same(world->rig.rig, world_path(world, "link")));
	assert_true(
		stage_rig_is_same(world->rig.rig, world_path(world, "rig/.")));
	assert_false(stage_rig_is_same(world->rig.rig, world->rig.run));
	assert_false(stage_rig_is_same(world->rig.rig, "/not/there"));
}

static void
names_of_services(void **state)
{
	char long_name[STAGE_SERVICE_NAME_MAX + 2];
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{"a", true},
		{"My Synth (2)", true},
		{"ö'\"$`", true},
		{"a.DISABLED.b", true},
		{"-x", true},
		{"", false},
		{".x", false},
		{"..", false},
		{"a/b", false},
		{"a\nb", false},
		{"a\x7f", false},
		{"\xff", false},
		{"x.DISABLED", false},
		{"x~", false},
		{"stagecraft-watch", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_service_name_ok(cases[i].name), cases[i].ok);
		assert_int_equal(stage_service_name_check(cases[i].name, &err),
			cases[i].ok ? STAGE_OK : STAGE_BAD_INPUT);
		assert_int_equal(err.text[0] == '\0', cases[i].ok);
	}
	memset(long_name, 'x', sizeof(long_name));
	long_name[STAGE_SERVICE_NAME_MAX + 1] = '\0';
	assert_false(stage_service_name_ok(long_name));
	long_name[STAGE_SERVICE_NAME_MAX] = '\0';
	assert_true(stage_service_name_ok(long_name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			run_directory_by_the_first_rule_that_applies, setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			a_runtime_directory_that_is_not_ours_is_passed_over,
			setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_directory_in_tmp_is_ours_alone, setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			the_rig_that_is_meant, setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_mark_of_a_rig_that_is_up, setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			too_long, setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_same_directory_by_two_names, setup, world_teardown),
		cmocka_unit_test(names_of_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
