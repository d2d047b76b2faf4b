/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Who has a MIDI device; of PCMs test_jackserver_cards.c has it.

#include "seq/holder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "scratch.h"

static struct scratch scratch;

static int
set_up(void **state)
{
	(void)state;
	scratch_init(&scratch);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

static void
write_in(const char *dir, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(stage_io_make_dirs(scratch_path(&scratch, dir), NULL),
		STAGE_OK);
	scratch_write(&scratch, path, text);
}

static bool
find(int card, bool is_output, struct stage_holder *out)
{
	return stage_holder_find_midi(scratch.dir, card, is_output, out);
}

static void
nobody_has_what_is_free(void **state)
{
	struct stage_holder holder;
	(void)state;

	write_in("asound/card1", "midi0",
		"Keystation 61 MIDI 1\n\nOutput 0\n  Tx bytes     : 0\n"
		"Input 0\n  Rx bytes     : 0\n");
	write_in("asound/card1", "id", "Keystation\n");
	for (int card = 0; card < 2; card++) {
		assert_false(find(card, false, &holder));
		assert_false(find(card, true, &holder));
	}
}

static void
each_direction_has_its_own(void **state)
{
	struct stage_holder holder;
	(void)state;

	write_in("asound/card1", "midi0",
		"Keystation 61 MIDI 1\n\nOutput 0\n  Tx bytes     : 0\n"
		"Output 1\n  Tx bytes     : 0\n  Owner PID    : 4712\n"
		"  Mode         : native\n"
		"Input 0\n  Rx bytes     : 0\n");
	write_in("4712", "status", "Name:\tamidi\nTgid:\t4711\n");
	write_in("4711", "comm", "amidi\n");
	assert_false(find(1, false, &holder));
	assert_true(find(1, true, &holder));
	assert_int_equal(holder.pid, 4711);
	assert_string_equal(holder.program, "amidi");
	write_in("asound/card1", "midi1",
		"Second\n\nInput 0\n  Rx bytes     : 9\n  Owner PID    : 99\n");
	assert_true(find(1, false, &holder));
	assert_int_equal(holder.pid, 99);
	assert_string_equal(holder.program, "");
}

// A device that we have ourselves is in nobody's way.
static void
we_are_none(void **state)
{
	struct stage_holder holder;
	char text[128];
	(void)state;

	snprintf(text, sizeof(text), "A\n\nInput 0\n  Owner PID    : %ld\n",
		(long)getpid());
	write_in("asound/card1", "midi0", text);
	assert_false(find(1, false, &holder));
	write_in(
		"asound/card1", "midi1", "B\n\nInput 0\n  Owner PID    : 99\n");
	assert_true(find(1, false, &holder));
	assert_int_equal(holder.pid, 99);
}

static void
odd_files_are_read_as_nobody(void **state)
{
	static const char *const texts[] = {"", "\n\n\n", "Owner PID",
		"  Owner PID    : 7\n", "Input 0\n  Owner PID\n",
		"Input 0\n  Owner PID    : x\n",
		"Input 0\n  Owner PID    : -3"};
	struct stage_holder holder;
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_in("asound/card1", "midi0", texts[i]);
		assert_false(find(1, false, &holder));
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nobody_has_what_is_free),
		TEST(each_direction_has_its_own),
		TEST(we_are_none),
		TEST(odd_files_are_read_as_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
