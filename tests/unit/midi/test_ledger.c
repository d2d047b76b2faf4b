/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/ledger.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "scratch.h"

static const uint8_t note_on[] = {0x90, 60, 100};

static int
set_up(void **state)
{
	static struct scratch scratch;

	scratch_init(&scratch);
	*state = &scratch;
	return 0;
}

static int
tear_down(void **state)
{
	scratch_finish(*state);
	return 0;
}

static struct stage_midi_ledger *
create(struct scratch *scratch)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_midi_ledger *self =
		stage_midi_ledger_create(scratch_path(scratch, "held"), &err);

	assert_non_null(self);
	assert_string_equal(err.text, "");
	return self;
}

// Plays a note and dies without a word.
static void
die_holding(struct scratch *scratch, const char *name)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct stage_midi_ledger *self = stage_midi_ledger_create(
			scratch_path(scratch, "held"), NULL);
		stage_midi_held_note(
			stage_midi_ledger_take(self, name), note_on, 3);
		kill(getpid(), SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void
what_a_killed_process_held_is_known(void **state)
{
	struct stage_midi_ledger *self;
	struct stage_midi_held *held;
	uint8_t out[STAGE_MIDI_RELEASE_BYTES];

	die_holding(*state, "K (capture): P");
	self = create(*state);
	assert_true(stage_midi_held_is_empty(
		stage_midi_ledger_take(self, "K (playback): P")));
	held = stage_midi_ledger_take(self, "K (capture): P");
	assert_int_equal(stage_midi_held_count(held), 1);
	assert_true(stage_midi_held_release(held, out));
	assert_int_equal(out[1], 60);
	stage_midi_ledger_destroy(self);
	self = create(*state);
	assert_true(stage_midi_held_is_empty(
		stage_midi_ledger_take(self, "K (capture): P")));
	stage_midi_ledger_destroy(self);
}

static void
a_name_is_taken_once(void **state)
{
	struct stage_midi_ledger *self = create(*state);
	struct stage_midi_held *held = stage_midi_ledger_take(self, "a");
	char longest[STAGE_MIDI_LEDGER_NAME_MAX + 1];

	assert_non_null(held);
	assert_null(stage_midi_ledger_take(self, "a"));
	stage_midi_held_note(held, note_on, 3);
	stage_midi_ledger_give_back(self, held);
	assert_ptr_equal(stage_midi_ledger_take(self, "a"), held);
	assert_int_equal(stage_midi_held_count(held), 1);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_null(stage_midi_ledger_take(self, longest));
	longest[sizeof(longest) - 2] = '\0';
	assert_non_null(stage_midi_ledger_take(self, longest));
	assert_null(stage_midi_ledger_take(self, ""));
	stage_midi_ledger_give_back(self, NULL);
	stage_midi_ledger_destroy(self);
}

// A slot that holds something goes to another name only when all do.
static void
full_ledgers_keep_what_is_held(void **state)
{
	struct stage_midi_ledger *self = create(*state);
	struct stage_midi_held *first = stage_midi_ledger_take(self, "0");
	char name[16];

	stage_midi_held_note(first, note_on, 3);
	stage_midi_ledger_give_back(self, first);
	for (int i = 1; i < STAGE_MIDI_LEDGER_SLOTS; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_non_null(stage_midi_ledger_take(self, name));
	}
	assert_int_equal(stage_midi_held_count(first), 1);
	assert_ptr_equal(stage_midi_ledger_take(self, "more"), first);
	assert_true(stage_midi_held_is_empty(first));
	assert_null(stage_midi_ledger_take(self, "too much"));
	stage_midi_ledger_destroy(self);
}

static void
strange_files_are_made_anew(void **state)
{
	static const char *const texts[] = {"", "x", "stagecraft-midi-held-1"};

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		struct stage_midi_ledger *self;
		scratch_write(*state, "held", texts[i]);
		self = create(*state);
		assert_true(stage_midi_held_is_empty(
			stage_midi_ledger_take(self, "a")));
		stage_midi_ledger_destroy(self);
	}
}

// All bytes set: names without an end, everything held.
static void
a_file_of_the_right_size_is_looked_at(void **state)
{
	static unsigned char wild[4 * STAGE_MIDI_LEDGER_SLOTS * 1024];
	struct stage_midi_ledger *self = create(*state);
	FILE *file = fopen(scratch_path(*state, "held"), "r+b");
	size_t size;

	stage_midi_ledger_destroy(self);
	assert_non_null(file);
	size = fread(wild, 1, sizeof(wild), file);
	assert_in_range(size, 1, sizeof(wild) - 1);
	memset(wild + 64, 0xff, size - 64); // behind the magic
	rewind(file);
	assert_int_equal(fwrite(wild, 1, size, file), size);
	fclose(file);
	self = create(*state);
	assert_true(
		stage_midi_held_is_empty(stage_midi_ledger_take(self, "a")));
	stage_midi_ledger_destroy(self);
}

static void
without_a_file_it_is_memory(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_midi_ledger *self = stage_midi_ledger_create(
		scratch_path(*state, "no/such/dir"), &err);

	assert_non_null(self);
	assert_int_equal(err.status, STAGE_NOT_FOUND);
	assert_non_null(stage_midi_ledger_take(self, "a"));
	stage_midi_ledger_destroy(self);
	stage_midi_ledger_destroy(NULL);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_killed_process_held_is_known),
		TEST(a_name_is_taken_once),
		TEST(full_ledgers_keep_what_is_held),
		TEST(strange_files_are_made_anew),
		TEST(a_file_of_the_right_size_is_looked_at),
		TEST(without_a_file_it_is_memory),
	};

	return cmocka_run_group_tests_name("midi/ledger", tests, NULL, NULL);
}
