/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/page.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rack/blame.h"
#include "scratch.h"

struct fixture {
	struct scratch scratch;
	struct stage_rack_page page;
	char path[SCRATCH_PATH_MAX];
};

static int
set_up(void **state)
{
	static struct fixture fixture;
	struct stage_rack_memory memory = {.plugin = "http://example.org/a",
		.wet = 1,
		.configured_wet = 1};
	const struct stage_rack_value values[] = {
		{"a", 1, 0.5F, true}, {"b", 2, 0, false}};
	struct stage_err err = STAGE_ERR_INIT;

	scratch_init(&fixture.scratch);
	snprintf(fixture.path, sizeof(fixture.path), "%s",
		scratch_path(&fixture.scratch, "p"));
	for (size_t i = 0; i < 2; i++) {
		if (stage_rack_memory_add_value(&memory, &values[i]) !=
			STAGE_OK) {
			return -1;
		}
	}
	if (stage_rack_page_init(&fixture.page, fixture.path, &memory, &err) !=
		STAGE_OK) {
		return -1;
	}
	stage_rack_memory_finish(&memory);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	stage_rack_page_finish(&fixture->page);
	scratch_finish(&fixture->scratch);
	return 0;
}

static struct stage_rack_memory
load(struct fixture *fixture)
{
	struct stage_rack_memory memory;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_page_load(fixture->path, &memory, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return memory;
}

static void
what_is_set_outlives_a_kill(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_memory memory;
	int result = 0;
	pid_t pid = fork();

	if (pid == 0) {
		stage_rack_page_set(&fixture->page, 1, 0.1F);
		stage_rack_page_set_bypassed(&fixture->page, true);
		stage_rack_page_set_wet(&fixture->page, 0.75F);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &result, 0), pid);
	assert_true(WIFSIGNALED(result));
	memory = load(fixture);
	assert_string_equal(memory.plugin, "http://example.org/a");
	assert_int_equal(memory.value_count, 2);
	assert_string_equal(memory.values[1].symbol, "b");
	assert_true(memory.values[0].value == 1);
	assert_true(memory.values[0].configured == 0.5F);
	assert_true(memory.values[0].has_configured);
	assert_true(memory.values[1].value == 0.1F);
	assert_false(memory.values[1].has_configured);
	assert_true(memory.is_bypassed);
	assert_false(memory.was_configured_bypassed);
	assert_true(memory.wet == 0.75F);
	stage_rack_memory_finish(&memory);
}

// Ends a child that is in the slot's plug-in, or not, by a signal.
static void
end_child(struct fixture *fixture, bool is_inside, int signum)
{
	int result = 0;
	pid_t pid = fork();

	if (pid == 0) {
		stage_rack_blame_watch();
		stage_rack_blame(fixture->page.bytes);
		if (!is_inside) {
			stage_rack_blame(NULL);
		}
		(void)raise(signum);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &result, 0), pid);
	assert_true(WIFSIGNALED(result));
	assert_int_equal(WTERMSIG(result), signum);
}

static void
who_ends_the_process_is_known(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_memory memory;

	end_child(fixture, false, SIGABRT);
	end_child(fixture, true, SIGKILL);
	memory = load(fixture);
	assert_true(memory.crashed_ns[0] == 0);
	stage_rack_memory_finish(&memory);
	end_child(fixture, true, SIGABRT);
	memory = load(fixture);
	assert_true(memory.crashed_ns[0] > 0);
	assert_true(memory.crashed_ns[1] == 0);
	stage_rack_memory_finish(&memory);
	end_child(fixture, true, SIGFPE);
	memory = load(fixture);
	assert_true(memory.crashed_ns[0] > memory.crashed_ns[1]);
	assert_true(memory.crashed_ns[1] > 0);
	stage_rack_memory_finish(&memory);
	stage_rack_page_forgive(&fixture->page);
	memory = load(fixture);
	assert_true(memory.crashed_ns[0] == 0 && memory.crashed_ns[1] == 0);
	stage_rack_memory_finish(&memory);
}

static void
each_change_is_seen(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_page *page = &fixture->page;
	uint32_t before = atomic_load(&page->bytes->changes);

	stage_rack_page_set(page, 0, 3);
	assert_int_equal(atomic_load(&page->bytes->changes), before + 1);
	assert_true(stage_rack_page_get(page, 0) == 3);
	stage_rack_page_set_bypassed(page, true);
	stage_rack_page_set_wet(page, 0.5F);
	assert_int_equal(atomic_load(&page->bytes->changes), before + 3);
	assert_true(stage_rack_page_is_bypassed(page));
	assert_true(stage_rack_page_wet(page) == 0.5F);
}

static void
what_the_file_says_anew_is_set_and_noted(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_page *page = &fixture->page;
	struct stage_rack_memory memory;
	const float configured = 9;

	stage_rack_page_configure(page, 1, &configured);
	stage_rack_page_configure(page, 0, NULL);
	stage_rack_page_set_wet(page, 0.5F);
	stage_rack_page_configure_slot(page, true, 1);
	memory = load(fixture);
	assert_true(memory.values[1].value == 9);
	assert_true(memory.values[1].configured == 9);
	assert_true(memory.values[1].has_configured);
	assert_true(memory.values[0].value == 1); // stays what it was
	assert_false(memory.values[0].has_configured);
	assert_true(memory.is_bypassed && memory.was_configured_bypassed);
	assert_true(memory.wet == 0.5F); // the file says what it said before
	stage_rack_memory_finish(&memory);
}

static void
bytes_that_are_no_page_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_page_bytes *bytes = malloc(fixture->page.size);
	struct stage_rack_memory memory;
	struct stage_err err = STAGE_ERR_INIT;

	memcpy(bytes, fixture->page.bytes, fixture->page.size);
	for (size_t len = 0; len < fixture->page.size; len++) {
		assert_int_equal(
			stage_rack_page_read(bytes, len, &memory, &err),
			STAGE_BAD_INPUT);
	}
	bytes->value_count = UINT32_MAX;
	assert_int_equal(
		stage_rack_page_read(bytes, fixture->page.size, &memory, &err),
		STAGE_BAD_INPUT);
	bytes->value_count = 2;
	memset(bytes->values[1].symbol, 'x', STAGE_RACK_SYMBOL_MAX);
	assert_int_equal(
		stage_rack_page_read(bytes, fixture->page.size, &memory, &err),
		STAGE_BAD_INPUT);
	free(bytes);
}

static void
a_value_that_is_no_number_is_not_known(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_memory memory;

	stage_rack_page_set(&fixture->page, 0, NAN);
	stage_rack_page_set_wet(&fixture->page, 7);
	memory = load(fixture);
	assert_int_equal(memory.value_count, 1);
	assert_string_equal(memory.values[0].symbol, "b");
	assert_true(memory.wet == 1);
	stage_rack_memory_finish(&memory);
}

static void
a_new_page_leaves_the_old_one_whole(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_page other;
	struct stage_rack_memory memory = {.plugin = "http://example.org/b"};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_rack_page_init(&other, fixture->path, &memory, &err),
		STAGE_OK);
	stage_rack_page_set(&fixture->page, 0, 4);
	assert_true(stage_rack_page_get(&fixture->page, 0) == 4);
	stage_rack_page_finish(&other);
	memory = load(fixture);
	assert_string_equal(memory.plugin, "http://example.org/b");
	stage_rack_memory_finish(&memory);
	assert_int_equal(scratch_count(&fixture->scratch), 1);
}

static void
without_a_place_there_is_no_page(void **state)
{
	struct fixture *fixture = *state;
	struct stage_rack_page page;
	struct stage_rack_memory memory = {.plugin = "a:b"};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_rack_page_init(&page,
			scratch_path(&fixture->scratch, "no/p"), &memory, &err),
		STAGE_NOT_FOUND);
	assert_null(page.bytes);
	stage_rack_page_finish(&page);
	stage_rack_page_finish(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_set_outlives_a_kill),
		TEST(who_ends_the_process_is_known),
		TEST(each_change_is_seen),
		TEST(what_the_file_says_anew_is_set_and_noted),
		TEST(bytes_that_are_no_page_are_refused),
		TEST(a_value_that_is_no_number_is_not_known),
		TEST(a_new_page_leaves_the_old_one_whole),
		TEST(without_a_place_there_is_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
