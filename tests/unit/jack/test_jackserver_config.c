/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "jackserver/config.h"
#include "scratch.h"

static struct stage_jackserver_options options;
static struct stage_err err;
static struct scratch scratch;

static int
setup(void **state)
{
	(void)state;
	unsetenv("JACK_DEFAULT_SERVER");
	unsetenv("STAGECRAFT_RIG");
	memset(&err, 0, sizeof(err));
	scratch_init(&scratch);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

// Up to five words of a command line.
static enum stage_status
parse(const char *a, const char *b, const char *c, const char *d, const char *e)
{
	const char *given[] = {a, b, c, d, e};
	char words[5][SCRATCH_PATH_MAX];
	char *argv[6] = {words[0]};
	char prog[] = "stagecraft-jack";
	int argc = 1;

	argv[0] = prog;
	for (int i = 0; i < 5 && given[i] != NULL; i++) {
		strncpy(words[i], given[i], sizeof(words[i]) - 1);
		words[i][sizeof(words[i]) - 1] = '\0';
		argv[argc] = words[i];
		argc++;
	}
	return stage_jackserver_options_parse(argc, argv, &options, &err);
}

static void
defaults_are_sensible(void **state)
{
	const struct stage_jackserver_config *config = &options.config;
	(void)state;

	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_OK);
	assert_string_equal(config->driver, "auto");
	assert_int_equal(config->wish_count, 0);
	assert_int_equal(config->rate_hz, 48000);
	assert_int_equal(config->period_frames, 256);
	assert_int_equal(config->periods, 2);
	assert_int_equal(config->realtime, STAGE_JACKSERVER_REALTIME_AUTO);
	assert_int_equal(config->priority, 70);
	assert_string_equal(config->server, "default");
	assert_int_equal(config->ports, 1024);
	assert_false(options.is_check || options.is_clean ||
		     options.is_verbose || options.is_help);
}

static void
a_file_is_read_and_the_command_line_has_the_last_word(void **state)
{
	const char *path = scratch_write(&scratch, "rig.conf",
		"# a rig\n"
		"rack.threads 3\n"
		"jack.driver alsa\n"
		"jack.device \"hw:USB,0\"\n"
		"jack.rate 44100\n"
		"jack.period 128\n"
		"jack.periods 3\n"
		"jack.realtime no\n"
		"jack.priority 80\n"
		"jack.server rig\n"
		"jack.ports 512\n");
	(void)state;

	assert_int_equal(parse("-c", path, NULL, NULL, NULL), STAGE_OK);
	assert_string_equal(options.config.driver, "alsa");
	assert_int_equal(options.config.wish_count, 1);
	assert_string_equal(options.config.wishes[0].id, "USB");
	assert_int_equal(options.config.wishes[0].pcm, 0);
	assert_int_equal(options.config.rate_hz, 44100);
	assert_int_equal(options.config.period_frames, 128);
	assert_int_equal(options.config.periods, 3);
	assert_int_equal(options.config.realtime, STAGE_JACKSERVER_REALTIME_NO);
	assert_int_equal(options.config.priority, 80);
	assert_string_equal(options.config.server, "rig");
	assert_int_equal(options.config.ports, 512);

	setenv("STAGECRAFT_RIG", scratch.dir, 1);
	setenv("JACK_DEFAULT_SERVER", "env", 1);
	assert_int_equal(parse("-ddummy", "-r", "96000", "-p", "64"), STAGE_OK);
	assert_string_equal(options.config.driver, "dummy");
	assert_int_equal(options.config.rate_hz, 96000);
	assert_int_equal(options.config.period_frames, 64);
	assert_int_equal(options.config.ports, 512);
	assert_string_equal(options.config.server, "env");
}

static void
a_rig_without_a_file_is_fine(void **state)
{
	(void)state;

	setenv("STAGECRAFT_RIG", scratch.dir, 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_OK);
	setenv("STAGECRAFT_RIG", "", 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_OK);
	assert_int_equal(
		parse("-c", scratch_path(&scratch, "none"), NULL, NULL, NULL),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "none"));
}

static void
a_number_is_one_and_nothing_else(void **state)
{
	static const struct {
		const char *key, *text, *sentence;
	} rows[] = {
		{"rate", "44",
			"unable to set the rate: \"44\" is not a whole "
			"number from 8000 to 768000"},
		{"rate", "", "unable to set the rate: "},
		{"rate", "44100\njack.driver alsa", "unable to set the rate: "},
		{"rate", "44100 # as ever", "unable to set the rate: "},
		{"periods", "1", "unable to set the periods: \"1\""},
		{"driver", "1", "\"driver\" is no number of rig.conf"},
		{"", "1", "\"\" is no number of rig.conf"},
	};
	int64_t number = 7;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_err why = STAGE_ERR_INIT;
		assert_int_equal(stage_jackserver_config_number(rows[i].key,
					 rows[i].text, &number, &why),
			STAGE_BAD_INPUT);
		assert_ptr_equal(strstr(why.text, rows[i].sentence), why.text);
		assert_int_equal(number, 7);
	}
	assert_int_equal(
		stage_jackserver_config_number("period", "64", &number, NULL),
		STAGE_OK);
	assert_int_equal(number, 64);
}

static void
switches(void **state)
{
	(void)state;

	assert_int_equal(parse("-n", "-v", NULL, NULL, NULL), STAGE_OK);
	assert_true(options.is_check && options.is_verbose);
	assert_int_equal(parse("--clean", NULL, NULL, NULL, NULL), STAGE_OK);
	assert_true(options.is_clean);
	assert_int_equal(parse("-h", "-c", "/none", NULL, NULL), STAGE_OK);
	assert_true(options.is_help);
	assert_int_equal(parse("--help", NULL, NULL, NULL, NULL), STAGE_OK);
	assert_true(options.is_help);
	assert_non_null(strstr(stage_jackserver_help(), "--clean"));
}

static void
bad_words_are_refused(void **state)
{
	static const struct {
		const char *first;
		const char *second;
		const char *part; // of the sentence
	} cases[] = {
		{"-x", NULL, "\"-x\""},
		{"extra", NULL, "\"extra\""},
		{"-", NULL, "\"-\""},
		{"--cleanx", NULL, "--cleanx"},
		{"", NULL, "\"\""},
		{"-r", NULL, "needs a value"},
		{"-r", "x", "option -r: \"x\""},
		{"-r", "7999", "7999"},
		{"-r", "999999999999999999999", "option -r"},
		{"-p", "15", "option -p"},
		{"-p", "8193", "option -p"},
		{"-d", "", "jack.driver"},
		{"-d",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaaaaaaaaaa",
			"option -d"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		enum stage_status status = parse(
			cases[i].first, cases[i].second, NULL, NULL, NULL);
		assert_int_not_equal(status, STAGE_OK);
		if (strstr(err.text, cases[i].part) == NULL) {
			fail_msg("%s: %s", cases[i].first, err.text);
		}
	}
}

static void
bad_files_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *text;
		const char *part;
	} cases[] = {
		{"jack.rate\n", ":1:"},
		{"jack.rate fast\n", ":1:11"},
		{"\njack.rats 1\n", ":2:1"},
		{"jack.rate 1\n", ":1:11"},
		{"jack.realtime maybe\n", "auto, yes or no"},
		{"jack.rate 48000\njack.rate 48000\n", "twice"},
		{"jack.ports 127\n", "127"},
		{"jack.priority 99\n", "99"},
		{"jack.server a/b\n", "a/b"},
		{"jack.driver \"\"\n", "jack.driver"},
		{"jack.server "
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaa\n",
			"longer"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const char *path =
			scratch_write(&scratch, "bad.conf", cases[i].text);
		assert_int_not_equal(
			parse("-c", path, NULL, NULL, NULL), STAGE_OK);
		if (strstr(err.text, cases[i].part) == NULL) {
			fail_msg("%s: %s", cases[i].text, err.text);
		}
	}
}

static void
server_names_from_the_environment_are_checked(void **state)
{
	char name[100];
	(void)state;

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	setenv("JACK_DEFAULT_SERVER", name, 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_TOO_LONG);
	setenv("JACK_DEFAULT_SERVER", "a\\b", 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_BAD_INPUT);
	setenv("JACK_DEFAULT_SERVER", "a\tb", 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_BAD_INPUT);
	setenv("JACK_DEFAULT_SERVER", "a\177b", 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_BAD_INPUT);
	setenv("JACK_DEFAULT_SERVER", "caf\xe9", 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "no UTF-8"));
}

static void
a_rig_path_too_long(void **state)
{
	static char path[STAGE_PATH_MAX + 1];
	(void)state;

	memset(path, 'x', STAGE_PATH_MAX);
	setenv("STAGECRAFT_RIG", path, 1);
	assert_int_equal(parse(NULL, NULL, NULL, NULL, NULL), STAGE_TOO_LONG);
}

static void
only_keys_of_other_daemons_are_passed_over(void **state)
{
	static const struct {
		const char *text;
		const char *sentence; // NULL: it is well
	} cases[] = {
		{"patchbay.x 1\nmidi.x 1\nrack.x 1\nshow.x 1\nweb.x 1\n"
		 "osc.x 1\nrig.x 1\n",
			NULL},
		{"jack.rate 44100\nJack.period 64\n",
			"c:2:1: unknown key \"Jack.period\"; did you mean "
			"\"jack.period\"?"},
		{"nonsense 64\n", "c:1:1: unknown key \"nonsense\""},
		{" rate 44100\n", "c:1:2: unknown key \"rate\"; did you mean "
				  "\"jack.rate\"?"},
		{"jackrate 44100\n", "c:1:1: unknown key \"jackrate\"; did "
				     "you mean \"jack.rate\"?"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_jackserver_config got;
		struct stage_err why = STAGE_ERR_INIT;
		stage_jackserver_config_init(&got);
		assert_int_equal(
			stage_jackserver_config_parse(&got, cases[i].text,
				strlen(cases[i].text), "c", &why),
			cases[i].sentence == NULL ? STAGE_OK : STAGE_BAD_INPUT);
		assert_string_equal(why.text,
			cases[i].sentence != NULL ? cases[i].sentence : "");
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(defaults_are_sensible),
		TEST(a_file_is_read_and_the_command_line_has_the_last_word),
		TEST(a_rig_without_a_file_is_fine),
		TEST(a_number_is_one_and_nothing_else),
		TEST(switches),
		TEST(bad_words_are_refused),
		TEST(bad_files_are_refused_with_their_place),
		TEST(server_names_from_the_environment_are_checked),
		TEST(a_rig_path_too_long),
		TEST(only_keys_of_other_daemons_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
