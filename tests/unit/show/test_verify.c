/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SESSION                                                                \
	"Zyn:zynaddsubfx:nAAAA\n"                                              \
	"Hydrogen:hydrogen:nAAAB\n"
#define CONF                                                                   \
	"notes file notes.txt\n"                                               \
	"lyrics words.cho\n"                                                   \
	"run click ./bin/klick -j\n"

// A computer that has what these name, and a patchbay that finds no port.
struct computer {
	const char *programs;
	const char *files;
	const char *ports[8]; // that are not there
	const char *trouble;  // of the patchbay with the patch
};

static bool
names(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)) != NULL; at++) {
		if ((at == list || at[-1] == ' ') &&
			(at[len] == '\0' || at[len] == ' ')) {
			return true;
		}
	}
	return false;
}

static bool
has_program(void *user, const char *directory, const char *program)
{
	assert_string_equal(directory, "/songs/A");
	return names(((struct computer *)user)->programs, program);
}

static bool
has_file(void *user, const char *directory, const char *file)
{
	assert_string_equal(directory, "/songs/A");
	return names(((struct computer *)user)->files, file);
}

static enum stage_status
lacks(void *user, const char *patch, struct stage_strv *ports,
	struct stage_err *err)
{
	const struct computer *self = user;

	assert_string_equal(patch, "the patch");
	for (size_t i = 0; self->ports[i] != NULL; i++) {
		assert_int_equal(
			stage_strv_add(ports, self->ports[i]), STAGE_OK);
	}
	return self->trouble != NULL ? stage_err_set(err, STAGE_BAD_INPUT, "%s",
					       self->trouble)
				     : STAGE_OK;
}

static const struct stage_show_verify_ops ops = {
	.has_program = has_program,
	.has_file = has_file,
	.lacks = lacks,
};

static void
check(struct computer *computer, const char *session_text,
	const char *conf_text, const char *patch, const char *expected)
{
	struct stage_show_session session;
	struct stage_show_song_conf conf;
	struct stage_show_verify_song song = {
		"/songs/A", &session, &conf, patch};
	struct stage_strv faults = {0};
	struct stage_str all = {0};

	assert_int_equal(stage_show_session_parse(
				 &session, session_text, strlen(session_text)),
		STAGE_OK);
	assert_int_equal(stage_show_song_conf_parse(&conf, conf_text,
				 strlen(conf_text), "song.conf"),
		STAGE_OK);
	assert_int_equal(
		stage_show_verify(&song, &ops, computer, &faults), STAGE_OK);
	for (size_t i = 0; i < faults.count; i++) {
		assert_int_equal(stage_str_addf(&all, "%s\n", faults.items[i]),
			STAGE_OK);
	}
	assert_string_equal(stage_str_text(&all), expected);
	stage_str_finish(&all);
	stage_strv_finish(&faults);
	stage_show_session_finish(&session);
	stage_show_song_conf_finish(&conf);
}

static const struct computer whole = {
	.programs = "zynaddsubfx hydrogen ./bin/klick",
	.files = "notes.txt words.cho",
};

static void
test_a_song_that_will_play(void **state)
{
	struct computer computer = whole;

	(void)state;
	check(&computer, SESSION, CONF, "the patch", "");
	check(&computer, SESSION, CONF, NULL, "");
	check(&computer, "", "", NULL, "");
}

static void
test_each_thing_that_is_not_there_is_told(void **state)
{
	struct computer computer = {.programs = "hydrogen", .files = ""};

	(void)state;
	check(&computer, SESSION, CONF, NULL,
		"the program zynaddsubfx of nAAAA is not installed\n"
		"the program ./bin/klick of click is not installed\n"
		"the file of the notes, notes.txt, cannot be read\n"
		"the file of the lyrics, words.cho, cannot be read\n");
}

static void
test_lines_that_are_wrong_are_told(void **state)
{
	struct computer computer = whole;

	(void)state;
	check(&computer, "Zyn:zynaddsubfx:nAAAA\nnonsense\n", "tempo fast\n",
		NULL,
		"session.nsm:2: this is no NAME:PROGRAM:ID, with two colons "
		"and no control characters\n"
		"song.conf:1:7: \"fast\" is not a number from 10 to 1000\n");
}

static void
test_ports_come_with_the_song_or_are_missed(void **state)
{
	struct computer computer = whole;
	static const char *const own[] = {"Zyn.nAAAA:out_1", "hydrogen:out_L",
		"\"Hydrogen:out\"", "klick:out", "click:in",
		"zynaddsubfx-1:out"};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(own); i++) {
		computer.ports[i] = own[i];
	}
	check(&computer, SESSION, CONF, "the patch", "");
	computer.ports[0] = "system:playback_3";
	computer.ports[1] = "zynthesiser:out"; // begins like one of ours
	check(&computer, SESSION, CONF, "the patch",
		"song.patch: there is no port system:playback_3 now\n"
		"song.patch: there is no port zynthesiser:out now\n");
	computer.ports[0] = NULL;
	computer.trouble = "the patch:3: an arrow is missing";
	check(&computer, SESSION, CONF, "the patch",
		"song.patch: the patch:3: an arrow is missing\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_song_that_will_play),
		cmocka_unit_test(test_each_thing_that_is_not_there_is_told),
		cmocka_unit_test(test_lines_that_are_wrong_are_told),
		cmocka_unit_test(test_ports_come_with_the_song_or_are_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
