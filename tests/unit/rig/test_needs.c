/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/needs.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "world.h"

static void
each_form_of_a_need(void **state)
{
	static const struct {
		const char *text;
		enum stage_need_kind kind;
		const char *argument;
		bool is_outside;
		bool uses_jack;
	} cases[] = {
		{"jack", STAGE_NEED_JACK, "", false, true},
		{"port:Synth:*", STAGE_NEED_PORT, "Synth:*", false, true},
		{"port:*", STAGE_NEED_PORT, "*", false, true},
		{"port:a b:c:d", STAGE_NEED_PORT, "a b:c:d", false, true},
		{"alsa", STAGE_NEED_ALSA, "", true, false},
		{"service:a b", STAGE_NEED_SERVICE, "a b", false, false},
		{"net:eth0", STAGE_NEED_NET, "eth0", true, false},
		{"file:/a:b", STAGE_NEED_FILE, "/a:b", true, false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_needs needs = {0};
		char text[64];
		assert_int_equal(
			stage_needs_add(&needs, cases[i].text, NULL), STAGE_OK);
		assert_int_equal(
			stage_needs_add(&needs, cases[i].text, NULL), STAGE_OK);
		assert_int_equal(needs.count, 1);
		assert_int_equal(needs.items[0].kind, cases[i].kind);
		assert_string_equal(needs.items[0].argument, cases[i].argument);
		assert_int_equal(stage_need_is_outside(cases[i].text),
			cases[i].is_outside);
		assert_int_equal(
			stage_needs_use_jack(&needs), cases[i].uses_jack);
		stage_need_text(&needs.items[0], text, sizeof(text));
		assert_string_equal(text, cases[i].text);
		stage_need_text(&needs.items[0], text, 4);
		assert_int_equal(strlen(text), 3);
		stage_needs_finish(&needs);
	}
	assert_false(stage_need_is_outside("files:/a"));
	stage_needs_finish(NULL);
}

static void
refused_needs(void **state)
{
	static const struct {
		const char *text;
		const char *part;
	} cases[] = {
		{"", "nothing that can be waited for"},
		{"jac", "nothing that can be waited for"},
		{"Jack", "nothing that can be waited for"},
		{"jack bound", "nothing that can be waited for"},
		{"alsa:", "nothing that can be waited for"},
		{"port:", "nothing that can be waited for"},
		{"file:", "nothing that can be waited for"},
		{"net:", "nothing that can be waited for"},
		{"port:Synth", "write port:CLIENT:PORT"},
		{"port::x", "port"},
		{"service:../x", "cannot be the name of a service"},
		{"service:.x", "cannot be the name of a service"},
		{"service:x.DISABLED", "cannot be the name of a service"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_needs needs = {0};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_needs_add(&needs, cases[i].text, &err),
			STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].part));
		assert_int_equal(needs.count, 0);
		stage_needs_finish(&needs);
	}
}

static void
each_form_of_readiness(void **state)
{
	static const struct {
		const char *text;
		enum stage_ready_kind kind;
		const char *argument;
	} cases[] = {
		{"started", STAGE_READY_STARTED, NULL},
		{"jack", STAGE_READY_JACK, NULL},
		{"port:Synth:out_*", STAGE_READY_PORT, "Synth:out_*"},
		{"notify", STAGE_READY_NOTIFY, NULL},
		{"file:/run/x y", STAGE_READY_FILE, "/run/x y"},
		{"check", STAGE_READY_CHECK, NULL},
	};
	struct stage_needs needs = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			stage_needs_set_ready(&needs, cases[i].text, NULL),
			STAGE_OK);
		assert_int_equal(needs.ready, cases[i].kind);
		assert_int_equal(needs.ready_argument == NULL,
			cases[i].argument == NULL);
		if (cases[i].argument != NULL) {
			assert_string_equal(
				needs.ready_argument, cases[i].argument);
		}
		assert_int_equal(stage_needs_use_jack(&needs),
			cases[i].kind == STAGE_READY_JACK ||
				cases[i].kind == STAGE_READY_PORT);
	}
	assert_int_equal(
		stage_needs_set_ready(&needs, "ready", &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "no sign of readiness"));
	assert_int_equal(stage_needs_set_ready(&needs, "port:Synth", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(needs.ready, STAGE_READY_CHECK);
	stage_needs_finish(&needs);
}

static void
each_signal_that_ends(void **state)
{
	static const struct {
		const char *name;
		int signum;
	} cases[] = {
		{"TERM", SIGTERM},
		{"INT", SIGINT},
		{"HUP", SIGHUP},
		{"QUIT", SIGQUIT},
		{"USR1", SIGUSR1},
		{"USR2", SIGUSR2},
		{"KILL", SIGKILL},
	};
	static const char *const refused[] = {
		"", "term", "SIGTERM", "STOP", "SEGV", "15"};
	struct stage_needs needs = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			stage_needs_set_stop(&needs, cases[i].name, NULL),
			STAGE_OK);
		assert_int_equal(needs.stop_signal, cases[i].signum);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(refused); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_needs_set_stop(&needs, refused[i], &err),
			STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, "write TERM, INT"));
		assert_int_equal(needs.stop_signal, SIGKILL);
	}
	stage_needs_finish(&needs);
}

static enum stage_status
load(struct world *world, struct stage_needs *needs, struct stage_err *err)
{
	*needs = (struct stage_needs){0};
	return stage_needs_load(
		needs, world_path(world, "rig/services/x"), err);
}

static void
a_whole_directory(void **state)
{
	struct world *world = *state;
	struct stage_needs needs;

	world_service(world, "x");
	world_write(world, "rig/services/x/needs", 0644,
		"# what it wants\n\njack bound\njack\n"
		"port:My Synth:out 1\n\"port:Two  blanks:*\"\n"
		"service:\"a\nservice:b  # why\nfile:/x\n");
	// A quote inside a bare word is refused by the reader.
	assert_int_equal(load(world, &needs, NULL), STAGE_BAD_INPUT);
	stage_needs_finish(&needs);
	world_write(world, "rig/services/x/needs", 0644,
		"# what it wants\n\njack bound\njack\n"
		"port:My Synth:out 1\n\"port:Two  blanks:*\"\n"
		"service:b  # why\nfile:/x");
	world_write(world, "rig/services/x/ready", 0644, "port:My Synth:*\n");
	world_write(
		world, "rig/services/x/provides", 0644, "jack\nmidi clock\n");
	assert_int_equal(load(world, &needs, NULL), STAGE_BAD_INPUT);
	assert_int_equal(needs.count, 5); // kept, for the order of a stop
	stage_needs_finish(&needs);
	world_write(world, "rig/services/x/provides", 0644, "jack\nclock\n");
	assert_int_equal(load(world, &needs, NULL), STAGE_OK);
	assert_true(needs.is_bound);
	assert_int_equal(needs.count, 5);
	assert_string_equal(needs.items[1].argument, "My Synth:out 1");
	assert_string_equal(needs.items[2].argument, "Two  blanks:*");
	assert_int_equal(needs.ready, STAGE_READY_PORT);
	assert_string_equal(needs.ready_argument, "My Synth:*");
	assert_int_equal(needs.provides.count, 2);
	assert_int_equal(needs.stop_signal, 0);
	stage_needs_finish(&needs);
	world_write(world, "rig/services/x/stop", 0644, "# deaf\nINT\n");
	assert_int_equal(load(world, &needs, NULL), STAGE_OK);
	assert_int_equal(needs.stop_signal, SIGINT);
	stage_needs_finish(&needs);
}

static void
an_empty_directory_needs_nothing(void **state)
{
	struct world *world = *state;
	struct stage_needs needs;

	world_service(world, "x");
	world_write(world, "rig/services/x/needs", 0644, "");
	assert_int_equal(load(world, &needs, NULL), STAGE_OK);
	assert_int_equal(needs.count, 0);
	assert_int_equal(needs.ready, STAGE_READY_STARTED);
	assert_false(stage_needs_use_jack(&needs));
	stage_needs_finish(&needs);
	assert_int_equal(
		stage_needs_load(&needs, world_path(world, "nowhere"), NULL),
		STAGE_OK);
	stage_needs_finish(&needs);
}

static void
a_check_script_means_readiness(void **state)
{
	struct world *world = *state;
	struct stage_needs needs;

	world_service(world, "x");
	world_write(world, "rig/services/x/check", 0644, "#!/bin/sh\n");
	assert_int_equal(load(world, &needs, NULL), STAGE_OK);
	assert_int_equal(needs.ready, STAGE_READY_STARTED);
	stage_needs_finish(&needs);
	assert_int_equal(
		chmod(world_path(world, "rig/services/x/check"), 0755), 0);
	assert_int_equal(load(world, &needs, NULL), STAGE_OK);
	assert_int_equal(needs.ready, STAGE_READY_CHECK);
	stage_needs_finish(&needs);
	world_write(world, "rig/services/x/ready", 0644, "notify\n");
	assert_int_equal(load(world, &needs, NULL), STAGE_OK);
	assert_int_equal(needs.ready, STAGE_READY_NOTIFY);
	stage_needs_finish(&needs);
	assert_int_equal(unlink(world_path(world, "rig/services/x/check")), 0);
	assert_int_equal(unlink(world_path(world, "rig/services/x/ready")), 0);
	assert_int_equal(
		mkdir(world_path(world, "rig/services/x/check"), 0755), 0);
	assert_int_equal(load(world, &needs, NULL), STAGE_OK);
	assert_int_equal(needs.ready, STAGE_READY_STARTED);
	stage_needs_finish(&needs);
}

static void
a_fault_is_named_with_its_place(void **state)
{
	static const struct {
		const char *file;
		const char *text;
		const char *place;
	} cases[] = {
		{"needs", "jack\n  jck\n", "/needs:2:3: "},
		{"needs", "jack bounds\n", "/needs:1:1: "},
		{"needs", "\n\nport:Synth\n", "/needs:3:1: "},
		{"needs", "\"jack\n", "/needs:1:"},
		{"needs", "ja\001ck\n", "/needs:1:3: "},
		{"needs", "ja\xff\n", "/needs:1:3: "},
		{"ready", "soon\n", "/ready:1:1: "},
		{"ready", "notify\nnever\n", "/ready:2:1: "},
		{"provides", "jack midi\n", "/provides:1:6: "},
		{"stop", "\n softly\n", "/stop:2:2: "},
		{"stop", "INT TERM\n", "/stop:1:5: "},
	};
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_needs needs;
		struct stage_err err = STAGE_ERR_INIT;
		char path[64];
		snprintf(
			path, sizeof(path), "rig/services/x/%s", cases[i].file);
		world_write(world, path, 0644, cases[i].text);
		assert_int_equal(load(world, &needs, &err), STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].place));
		stage_needs_finish(&needs);
		assert_int_equal(unlink(world_path(world, "%s", path)), 0);
	}
	assert_int_equal(
		mkdir(world_path(world, "rig/services/x/needs"), 0755), 0);
	{
		struct stage_needs needs;
		assert_int_not_equal(load(world, &needs, NULL), STAGE_OK);
		stage_needs_finish(&needs);
	}
}

static enum stage_status
load_once(void *user)
{
	struct stage_needs needs;
	enum stage_status status = load(user, &needs, NULL);

	stage_needs_finish(&needs);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct world *world = *state;

	world_service(world, "x");
	world_write(world, "rig/services/x/needs", 0644,
		"jack bound\nport:a b:c\nservice:b\n");
	world_write(world, "rig/services/x/ready", 0644, "file:/x\n");
	world_write(world, "rig/services/x/provides", 0644, "a\nb\n");
	assert_true(failing_alloc_sweep(load_once, world) > 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_of_a_need),
		cmocka_unit_test(refused_needs),
		cmocka_unit_test(each_form_of_readiness),
		cmocka_unit_test(each_signal_that_ends),
		cmocka_unit_test_setup_teardown(
			a_whole_directory, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_empty_directory_needs_nothing, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(a_check_script_means_readiness,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_fault_is_named_with_its_place,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			every_allocation_may_fail, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
