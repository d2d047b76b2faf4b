/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The formats that are lines: jack-matchmaker, jackpatch, jack-plumbing. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#include "fixture.h"

#define WANT STAGE_PATCH_WANT
#define JACK STAGE_PATCH_JACK

static enum stage_patch_match
match_of(const struct stage_patch_import *import, size_t index, bool is_to)
{
	return is_to ? import->list.items[index].to.match
		     : import->list.items[index].from.match;
}

static void
matchmaker_takes_names_and_expressions(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("matchmaker-exact", "jack-matchmaker", &import);
	assert_int_equal(import.list.count, 3);
	fixture_has(&import.list, WANT, JACK, "a2j:Keys [128] (playback): x",
		"Synth:in");
	assert_int_equal(match_of(&import, 0, false), STAGE_PATCH_LITERAL);
	assert_int_equal(match_of(&import, 0, true), STAGE_PATCH_LITERAL);
	fixture_has(&import.list, WANT, JACK, "Zyn:out_([0-9]).*",
		"system:playback_\\1.*");
	assert_int_equal(match_of(&import, 1, false), STAGE_PATCH_REGEX);
	assert_int_equal(match_of(&import, 1, true), STAGE_PATCH_REGEX);
	fixture_has(&import.list, WANT, JACK, "Zyn:.*", "B:in");
	assert_int_equal(match_of(&import, 2, true), STAGE_PATCH_LITERAL);
	assert_int_equal(import.list.items[1].line, 5);
	assert_true(import.speaks_of[JACK]);
	assert_false(import.speaks_of[STAGE_PATCH_ALSA]);
	assert_int_equal(fixture_told(&import.report, "matchmaker -e:"), 1);
	stage_patch_import_finish(&import);
}

static void
matchmaker_without_e_is_all_expressions(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("matchmaker-regex", "jack-matchmaker-regex", &import);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, JACK, "Zyn-[0-9]+:(left|right)",
		"system:\\1_in");
	fixture_has(&import.list, WANT, JACK, "REAPER:out[12].*",
		"system:playback_..*");
	assert_int_equal(fixture_told(&import.report, "without -e"), 1);
	stage_patch_import_finish(&import);
}

static void
matchmaker_lists_what_it_leaves_out(void **state)
{
	struct stage_str bytes;
	struct stage_patch_import import;
	(void)state;

	fixture_load("matchmaker-left-out", &bytes);
	fixture_read("jack-matchmaker", &bytes, &import);
	stage_str_finish(&bytes);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, JACK, "A:out", "B:in");
	fixture_has(&import.list, WANT, JACK, "A:(.)", "B:\\{x\\}\\[\\1\\]");
	assert_int_equal(fixture_told(&import.report,
				 "FILE:12:1: this pair is left out, as its "
				 "destination holds braces without"),
		1);
	assert_int_equal(fixture_told(&import.report,
				 "FILE:15:1: this pair is left out, as its "
				 "destination holds a group behind the eighth"),
		1);
	assert_int_equal(fixture_told(&import.report,
				 "FILE:18:1: this pair is left out, as its "
				 "destination holds a control character"),
		1);
	assert_int_equal(fixture_told(&import.report,
				 "FILE:2:1: this pair is left out, as its "
				 "source holds a group that is not known"),
		1);
	assert_int_equal(fixture_told(&import.report,
				 "FILE:5:1: this pair is left out, as its "
				 "source holds a ( without its )"),
		1);
	assert_int_equal(fixture_told(&import.report,
				 "FILE:9:1: this pair is left out, as its "
				 "destination holds a single brace"),
		1);
	stage_patch_import_finish(&import);
}

struct pair {
	const char *from;
	const char *to;
	const char *told; // NULL: it is carried
};

// Writes the pairs, reads them again, and checks which came through.
static void
check_pairs(const char *format, const struct pair *pairs, size_t count)
{
	struct stage_patch_list list = {0};
	struct stage_patch_list carried = {0};
	struct stage_patch_import import;
	struct stage_strv report;
	struct stage_str bytes;
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(stage_patch_list_want(&list, JACK,
					 pairs[i].from, pairs[i].to),
			STAGE_OK);
		if (pairs[i].told == NULL) {
			assert_int_equal(stage_patch_list_want(&carried, JACK,
						 pairs[i].from, pairs[i].to),
				STAGE_OK);
		}
	}
	assert_int_equal(
		stage_patch_list_want(&list, STAGE_PATCH_ALSA, "K:0", "R:1"),
		STAGE_OK);
	fixture_write(format, &list, &bytes, &report);
	for (size_t i = 0; i < count; i++) {
		if (pairs[i].told != NULL) {
			left++;
			if (fixture_told(&report, pairs[i].told) == 0) {
				fail_msg("not told: %s", pairs[i].told);
			}
		}
	}
	assert_int_equal(report.count, left + 1);
	assert_int_equal(fixture_told(&report, "no ALSA ports"), 1);
	fixture_read(format, &bytes, &import);
	fixture_same(&carried, &import.list);
	stage_patch_import_finish(&import);
	stage_patch_list_finish(&list);
	stage_patch_list_finish(&carried);
	stage_strv_finish(&report);
	stage_str_finish(&bytes);
}

static void
matchmaker_comes_back(void **state)
{
	static const struct pair pairs[] = {
		{"A:out", "B:in", NULL},
		{"a2j:K [128] (playback): x*?", "B:in.(+)$", NULL},
		{"A:{n}", "B:in", NULL},
		{"A:\"quoted\" 'x' |> -> y", "B:a:b", NULL},
		{"A:caf\xc3\xa9", "B:in", NULL},
		{"A:out", "B:{n}", "braces in a destination"},
		{"A:out\n", "B:in", "control characters"},
		{" A:out", "B:in", "blanks at an edge"},
		{"#A:out", "B:in", "is a comment"},
		{"/A:out/", "B:in", "is an expression"},
		{"A:caf\xe9", "B:in", "not UTF-8"},
	};
	(void)state;

	check_pairs("jack-matchmaker", pairs, STAGE_COUNT_OF(pairs));
}

static void
jackpatch_is_read(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("nsm.jackpatch", "jackpatch", &import);
	assert_int_equal(import.list.count, 4);
	fixture_has(&import.list, WANT, JACK, "A:out", "B:in");
	fixture_has(&import.list, WANT, JACK, "D:out", "C:in with blanks");
	fixture_has(&import.list, WANT, JACK, "a2j:E (capture): F", "G:in");
	fixture_has(&import.list, WANT, JACK, "G:in", "a2j:E (capture): F");
	assert_int_equal(fixture_told(&import.report, "FILE:5:1: left out"), 1);
	stage_patch_import_finish(&import);
}

static void
jackpatch_comes_back(void **state)
{
	static const struct pair pairs[] = {
		{"B:out", "B:in", NULL},
		{"A:out", "B:in|out", NULL},
		{"a2j:K [128] (playback): x", "B:in \"x\"", NULL},
		{"A:caf\xe9\001", "B:in", NULL},
		{"A:out|", "B:in", "sources with |"},
		{"A:o\nut", "B:in", "line breaks"},
		{"A: out", "B:in", "blanks at an edge"},
		{"A:out", "B:in ", "blanks at an edge"},
	};
	struct stage_patch_list list = {0};
	struct stage_str bytes;
	(void)state;

	check_pairs("jackpatch", pairs, STAGE_COUNT_OF(pairs));
	assert_int_equal(
		stage_patch_list_want(&list, JACK, "B:out", "C:in"), 0);
	assert_int_equal(
		stage_patch_list_want(&list, JACK, "A:out", "C:in"), 0);
	fixture_write("jackpatch", &list, &bytes, NULL);
	assert_string_equal(bytes.data,
		"A:out                                    |> C:in\n"
		"B:out                                    |> C:in\n");
	stage_str_finish(&bytes);
	stage_patch_list_finish(&list);
}

static void
plumbing_is_read(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("plumbing", "jack-plumbing", &import);
	assert_int_equal(import.list.count, 4);
	fixture_has(&import.list, WANT, JACK, "SuperCollider:out_(.*)",
		"system:playback_\\1");
	assert_int_equal(match_of(&import, 0, true), STAGE_PATCH_REGEX);
	fixture_has(&import.list, STAGE_PATCH_ALSO, JACK, "system:playback_1",
		"jack-udp-[0-9]*:in_1");
	assert_int_equal(match_of(&import, 1, false), STAGE_PATCH_LITERAL);
	fixture_has(
		&import.list, STAGE_PATCH_ONLY, JACK, "Synth:out", "ardour:in");
	fixture_has(&import.list, STAGE_PATCH_FORBID, JACK, ".*",
		"system:playback_.*");
	assert_int_equal(fixture_told(&import.report, "connect-exclusive"), 1);
	assert_int_equal(fixture_told(&import.report, "became forbid"), 1);
	stage_patch_import_finish(&import);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matchmaker_takes_names_and_expressions),
		cmocka_unit_test(matchmaker_without_e_is_all_expressions),
		cmocka_unit_test(matchmaker_lists_what_it_leaves_out),
		cmocka_unit_test(matchmaker_comes_back),
		cmocka_unit_test(jackpatch_is_read),
		cmocka_unit_test(jackpatch_comes_back),
		cmocka_unit_test(plumbing_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
