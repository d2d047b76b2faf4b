/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/songconf.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "failing_alloc.h"

static const char all_keys[] = "# a song\r\n"
			       "title    \"Opening number\"\n"
			       "tempo    127.5   # or so\n"
			       "metre    7/8\n"
			       "tail     1.5s\n"
			       "notes    \"capo on 2\"\n"
			       "notes    \"\"\n"
			       "notes    file notes/more.txt\n"
			       "lyrics   words.cho\n"
			       "save     edit\n"
			       "program  12\n"
			       "timebase client\n"
			       "client   nA autostart no restart always\n"
			       "client   click signal USR1 save 2s\n"
			       "client   nA alone yes open 20s\n"
			       "run      click klick -j \"a b\"\n"
			       "run      other ./other\n"
			       "cue      go qlc \"Blue wash\"\n"
			       "cue      leave qlc \"Blue wash\" off\n";

static void
parse(struct stage_show_song_conf *conf, const char *text)
{
	assert_int_equal(
		stage_show_song_conf_parse(conf, text, strlen(text), "f"),
		STAGE_OK);
}

static void
each_key_is_read(void **state)
{
	struct stage_show_song_conf conf;
	(void)state;

	parse(&conf, all_keys);
	assert_int_equal(conf.complaint_count, 0);
	assert_string_equal(conf.title, "Opening number");
	assert_true(conf.tempo_bpm == 127.5);
	assert_int_equal(conf.beats, 7);
	assert_int_equal(conf.beat_type, 8);
	assert_int_equal(conf.tail_ns, 1500 * STAGE_NS_PER_MS);
	assert_string_equal(stage_str_text(&conf.notes), "capo on 2\n\n");
	assert_string_equal(conf.notes_file, "notes/more.txt");
	assert_string_equal(conf.lyrics_file, "words.cho");
	assert_int_equal(conf.save, STAGE_SHOW_SAVE_EDIT);
	assert_int_equal(conf.program, 12);
	assert_int_equal(conf.timebase, STAGE_SHOW_TIMEBASE_CLIENT);
	assert_int_equal(conf.client_count, 2);
	assert_int_equal(conf.run_count, 2);
	assert_string_equal(conf.runs[0].name, "click");
	assert_string_equal(conf.runs[0].argv[0], "klick");
	assert_string_equal(conf.runs[0].argv[1], "-j");
	assert_string_equal(conf.runs[0].argv[2], "a b");
	assert_null(conf.runs[0].argv[3]);
	assert_string_equal(conf.runs[1].argv[0], "./other");
	assert_null(conf.runs[1].argv[1]);
	assert_int_equal(conf.cue_count, 2);
	assert_int_equal(conf.cues[1].when, STAGE_SHOW_ON_LEAVE);
	assert_int_equal(conf.cues[1].line, 19);
	stage_show_song_conf_finish(&conf);
	stage_show_song_conf_finish(&conf);
	stage_show_song_conf_finish(NULL);
}

static void
each_client_has_settings(void **state)
{
	const struct stage_show_client_conf *client;
	struct stage_show_song_conf conf;
	(void)state;

	parse(&conf, all_keys);
	client = stage_show_song_conf_client(&conf, "nA");
	assert_true(client->is_manual);
	assert_true(client->is_alone);
	assert_int_equal(client->restarts, STAGE_SHOW_RESTART_ALWAYS);
	assert_int_equal(client->deadlines_ns[STAGE_SHOW_DEADLINE_OPEN],
		20 * STAGE_NS_PER_S);
	assert_int_equal(client->deadlines_ns[STAGE_SHOW_DEADLINE_SAVE],
		STAGE_SHOW_UNSAID);
	assert_int_equal(client->signal, 0);
	client = stage_show_song_conf_client(&conf, "click");
	assert_false(client->is_manual);
	assert_int_equal(client->signal, SIGUSR1);
	assert_int_equal(client->deadlines_ns[STAGE_SHOW_DEADLINE_SAVE],
		2 * STAGE_NS_PER_S);
	stage_show_song_conf_finish(&conf);
}

static void
without_a_file_all_is_by_default(void **state)
{
	const struct stage_show_client_conf *client;
	struct stage_show_song_conf conf;
	struct stage_show_song_conf empty;
	(void)state;

	stage_show_song_conf_init(&conf);
	parse(&empty, "");
	assert_memory_equal(&conf, &empty, sizeof(conf));
	assert_string_equal(conf.title, "");
	assert_true(conf.tempo_bpm == 0);
	assert_int_equal(conf.beats, 0);
	assert_int_equal(conf.tail_ns, STAGE_SHOW_UNSAID);
	assert_int_equal(conf.program, STAGE_SHOW_UNSAID);
	assert_int_equal(conf.save, STAGE_SHOW_SAVE_DEFAULT);
	assert_int_equal(conf.timebase, STAGE_SHOW_TIMEBASE_OURS);
	client = stage_show_song_conf_client(&conf, "nA");
	assert_false(client->is_manual);
	assert_false(client->is_alone);
	assert_int_equal(client->restarts, STAGE_SHOW_RESTARTS);
	for (int i = 0; i < STAGE_SHOW_DEADLINE_COUNT; i++) {
		assert_int_equal(client->deadlines_ns[i], STAGE_SHOW_UNSAID);
	}
}

static void
each_value_of_a_word(void **state)
{
	static const struct {
		const char *line;
		int restarts;
		int signal;
	} cases[] = {
		{"client n restart never", 0, 0},
		{"client n restart 0", 0, 0},
		{"client n restart 1000", 1000, 0},
		{"client n restart always", STAGE_SHOW_RESTART_ALWAYS, 0},
		{"client n signal none", STAGE_SHOW_RESTARTS, 0},
		{"client n signal HUP", STAGE_SHOW_RESTARTS, SIGHUP},
		{"client n signal USR2", STAGE_SHOW_RESTARTS, SIGUSR2},
		{"client n signal INT", STAGE_SHOW_RESTARTS, SIGINT},
		{"client n signal QUIT", STAGE_SHOW_RESTARTS, SIGQUIT},
		{"client n signal CONT", STAGE_SHOW_RESTARTS, SIGCONT},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const struct stage_show_client_conf *client;
		struct stage_show_song_conf conf;
		parse(&conf, cases[i].line);
		assert_int_equal(conf.complaint_count, 0);
		client = stage_show_song_conf_client(&conf, "n");
		assert_int_equal(client->restarts, cases[i].restarts);
		assert_int_equal(client->signal, cases[i].signal);
		stage_show_song_conf_finish(&conf);
	}
}

// A wrong line between two good ones: what is said of it.
static const struct {
	const char *line;
	const char *complaint;
} wrong[] = {
	{"titel x", "f:2:1: unknown key \"titel\"; did you mean \"title\"?"},
	{"smoke x", "f:2:1: unknown key \"smoke\""},
	{"title", "f:2:6: \"title\" needs a value"},
	{"title a b", "f:2:9: one value too many"},
	{"title \"\"", "f:2:7: a title is one line"},
	{"title \"a\\nb\"", "f:2:7: a title is one line"},
	{"tempo fast", "f:2:7: \"fast\" is not a number from 10 to 1000"},
	{"tempo 9", "f:2:7: \"9\" is not a number"},
	{"tempo 1e2", "f:2:7: \"1e2\" is not a number"},
	{"tempo 120,5", "f:2:7: \"120,5\" is not a number"},
	{"metre 4", "f:2:7: \"4\" is no metre such as 4/4"},
	{"metre 4/3", "f:2:7: \"4/3\" is no metre"},
	{"metre 0/4", "f:2:7: \"0/4\" is no metre"},
	{"metre 65/4", "f:2:7: \"65/4\" is no metre"},
	{"metre /4", "f:2:7: \"/4\" is no metre"},
	{"metre 44444444444/4", "f:2:7: \"44444444444/4\" is no metre"},
	{"tail long", "f:2:6: \"long\" is not a duration"},
	{"tail 11min", "f:2:6: a tail has ten minutes at most"},
	{"notes a b", "f:2:9: one value too many: put notes in quotes"},
	{"notes file ../x", "f:2:12: \"../x\" is no file in the song's"},
	{"notes a b c", "f:2:11: one value too many"},
	{"lyrics /etc/passwd", "f:2:8: \"/etc/passwd\" is no file"},
	{"save never", "f:2:6: \"never\" is neither show, edit nor default"},
	{"program 128", "f:2:9: \"128\" is not a whole number from 0 to 127"},
	{"timebase me", "f:2:10: \"me\" is neither ours, client nor none"},
	{"client", "f:2:7: \"client\" needs a value"},
	{"client nA", "f:2:10: \"client\" needs one more value"},
	{"client n.A alone yes", "f:2:8: \"n.A\" cannot be the id"},
	{"client nA alone maybe", "f:2:17: \"maybe\" is neither yes nor no"},
	{"client nA alone", "f:2:16: \"client\" needs one more value"},
	{"client nA alone yes open", "f:2:25: \"open\" needs a value"},
	{"client nA dance yes", "f:2:11: \"dance\" is no setting"},
	{"client nA restart -1", "f:2:19: \"-1\" is neither never"},
	{"client nA restart 1001", "f:2:19: \"1001\" is neither never"},
	{"client nA open 0", "f:2:16: 0 is not from 100ms to 10min"},
	{"client nA open 11min", "f:2:16: 11min is not from 100ms"},
	{"client nA signal KILL", "f:2:18: \"KILL\" is neither none"},
	{"client nA alone yes alone no",
		"f:2:21: \"alone\" of nA is given already"},
	{"run a", "f:2:6: \"run\" needs one more value"},
	{"run a/b c", "f:2:5: \"a/b\" cannot be the name of a program"},
	{"run a \"\"", "f:2:7: this is no command"},
	{"run last x", "f:2:5: last is run already, by line 1"},
	{"cue", "f:2:4: \"cue\" needs a value"},
	{"cue go", "f:2:7: \"cue\" needs one more value"},
	{"cue now qlc x", "f:2:5: \"now\" is neither load, ready, go nor"},
	{"cue go smoke", "f:2:8: \"smoke\" is neither osc, midi, http nor qlc"},
	{"title \"never closed", "f:2:7: this quote is never closed"},
	{"title \xff", "f:2:7: this is not UTF-8 text"},
};

static void
a_wrong_line_costs_no_other_one(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(wrong); i++) {
		struct stage_show_song_conf conf;
		char text[200];
		snprintf(text, sizeof(text), "run last x\n%s\nprogram 7\n",
			wrong[i].line);
		parse(&conf, text);
		assert_int_equal(conf.run_count, 1);
		if (conf.complaint_count == 0) {
			fail_msg("nobody complains about %s", wrong[i].line);
		}
		if (strncmp(conf.complaints.items[0], wrong[i].complaint,
			    strlen(wrong[i].complaint)) != 0) {
			fail_msg("%s: %s", wrong[i].line,
				conf.complaints.items[0]);
		}
		assert_int_equal(conf.complaint_count, 1);
		assert_int_equal(conf.program, 7);
		assert_string_equal(conf.title, "");
		assert_false(
			stage_show_song_conf_client(&conf, "nA")->is_alone);
		stage_show_song_conf_finish(&conf);
	}
}

static void
what_is_given_twice_is_what_came_first(void **state)
{
	struct stage_show_song_conf conf;
	(void)state;

	parse(&conf, "tempo 10x\ntempo 100\ntempo 90\nnotes file a\n"
		     "notes file b\nclient nA alone yes\n"
		     "client nA restart 1 alone no\n");
	assert_true(conf.tempo_bpm == 100);
	assert_string_equal(conf.notes_file, "a");
	assert_true(stage_show_song_conf_client(&conf, "nA")->is_alone);
	// Of a line that is wrong nothing counts.
	assert_int_equal(stage_show_song_conf_client(&conf, "nA")->restarts,
		STAGE_SHOW_RESTARTS);
	assert_int_equal(conf.complaint_count, 4);
	assert_string_equal(conf.complaints.items[1],
		"f:3:1: \"tempo\" is given twice, first on line 2");
	assert_string_equal(conf.complaints.items[2],
		"f:5:12: a file of notes is given already");
	stage_show_song_conf_finish(&conf);
}

static void
check_limit(
	const char *head, const char *tail, size_t max, const char *complaint)
{
	struct stage_show_song_conf conf;
	struct stage_str text = {0};

	for (size_t i = 0; i <= max; i++) {
		assert_int_equal(
			stage_str_addf(&text, "%s%zu%s\n", head, i, tail),
			STAGE_OK);
	}
	parse(&conf, stage_str_text(&text));
	assert_int_equal(conf.complaint_count, 1);
	assert_non_null(strstr(conf.complaints.items[0], complaint));
	stage_show_song_conf_finish(&conf);
	stage_str_finish(&text);
}

static void
there_is_an_end_of_lines(void **state)
{
	struct stage_show_song_conf conf;
	struct stage_str text = {0};
	(void)state;

	check_limit("client n", " alone yes", STAGE_SHOW_CONF_CLIENTS_MAX,
		"more than 1000 clients");
	check_limit(
		"run n", " x", STAGE_SHOW_RUNS_MAX, "more than 64 programs");
	check_limit(
		"cue go qlc n", "", STAGE_SHOW_CUES_MAX, "more than 256 cues");
	for (int i = 0; i < STAGE_SHOW_COMPLAINTS_MAX + 3; i++) {
		assert_int_equal(stage_str_add(&text, "x\n"), STAGE_OK);
	}
	parse(&conf, stage_str_text(&text));
	assert_int_equal(conf.complaints.count, STAGE_SHOW_COMPLAINTS_MAX);
	assert_int_equal(conf.complaint_count, STAGE_SHOW_COMPLAINTS_MAX + 3);
	stage_show_song_conf_finish(&conf);
	stage_str_finish(&text);
}

static void
a_file_that_is_too_long_is_told_about(void **state)
{
	struct stage_show_song_conf conf;
	struct stage_str text = {0};
	(void)state;

	while (text.len <= 1048576) {
		assert_int_equal(
			stage_str_add(&text, "notes \"a text of 24 bytes\"\n"),
			STAGE_OK);
	}
	parse(&conf, stage_str_text(&text));
	assert_int_equal(conf.complaint_count, 1);
	assert_non_null(strstr(conf.complaints.items[0], "1048576 bytes"));
	stage_show_song_conf_finish(&conf);
	// Notes end before.
	text.len = 100000 / 27 * 27;
	text.data[text.len] = '\0';
	parse(&conf, stage_str_text(&text));
	assert_true(conf.notes.len <= 65536 + 21);
	assert_true(conf.complaint_count > 0);
	assert_non_null(strstr(conf.complaints.items[0], "65536 bytes"));
	stage_show_song_conf_finish(&conf);
	stage_str_finish(&text);
}

static void
chords_are_known_by_their_suffix(void **state)
{
	static const struct {
		const char *file;
		bool has_chords;
	} cases[] = {
		{"a.cho", true},
		{"a.chordpro", true},
		{"a.chopro", true},
		{"a.pro", true},
		{"a.txt", false},
		{"cho", false},
		{"a.cho.txt", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_show_is_chordpro(cases[i].file),
			cases[i].has_chords);
	}
}

static void
a_client_is_renamed_in_the_text(void **state)
{
	static const struct {
		const char *before;
		const char *after;
	} cases[] = {
		{"", ""},
		{"client nA alone yes", "client nXYZ alone yes"},
		{"client nA\n", "client nXYZ\n"},
		{"\t client \tnA  alone yes # client nA\r\n",
			"\t client \tnXYZ  alone yes # client nA\r\n"},
		{"\"client\" \"nA\" x\n", "\"client\" \"nXYZ\" x\n"},
		{"\xef\xbb\xbf"
		 "client nA\n",
			"\xef\xbb\xbf"
			"client nXYZ\n"},
		{"client nAB\nclients nA\n# client nA\nrun nA x\n",
			"client nAB\nclients nA\n# client nA\nrun nA x\n"},
		{"title \"\xff\nclient nA a\n\nclient nA b",
			"title \"\xff\nclient nXYZ a\n\nclient nXYZ b"},
		{"client\nnA\n", "client\nnA\n"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str out = {0};
		assert_int_equal(stage_str_add(&out, "+"), STAGE_OK);
		assert_int_equal(
			stage_show_song_conf_rename_client(cases[i].before,
				strlen(cases[i].before), "nA", "nXYZ", &out),
			STAGE_OK);
		assert_string_equal(stage_str_text(&out) + 1, cases[i].after);
		stage_str_finish(&out);
	}
}

// Checks that the manual page has each word that a table of a source file
// begins a row with.
static size_t
check_words(const char *source, const char *page)
{
	static const char row[] = "\n\t{\"";
	struct stage_str text = {0};
	const char *at;
	size_t words = 0;

	assert_int_equal(
		stage_io_read_file(source, 100000, &text, NULL), STAGE_OK);
	at = strstr(text.data, "} keys[] = {");
	at = at != NULL ? at : strstr(text.data, "} settings[] = {");
	assert_non_null(at);
	while ((at = strstr(at, row)) != NULL) {
		char word[32];
		at += strlen(row);
		snprintf(word, sizeof(word), "*%.*s*", (int)strcspn(at, "\""),
			at);
		if (strstr(page, word) == NULL) {
			fail_msg("the manual page lacks %s", word);
		}
		words++;
	}
	stage_str_finish(&text);
	return words;
}

static void
the_manual_page_has_each_key(void **state)
{
	struct stage_str page = {0};
	(void)state;

	assert_int_equal(
		stage_io_read_file(TEST_ROOT "/man/stagecraft-song.5.scd",
			100000, &page, NULL),
		STAGE_OK);
	assert_int_equal(
		check_words(TEST_ROOT "/src/show/songconf.c", page.data), 12);
	assert_int_equal(
		check_words(TEST_ROOT "/src/show/songconf_client.c", page.data),
		8);
	stage_str_finish(&page);
}

static enum stage_status
parse_and_rename(void *user)
{
	static const char text[] =
		"notes x\nclient nA alone yes\nrun a b c\ncue go qlc x\n"
		"cue go osc udp a:1 /x 1 y\ncue go http http://x/y z\n"
		"cue go midi cc 1 2 3\n";
	struct stage_show_song_conf conf;
	struct stage_str out = {0};
	enum stage_status status =
		stage_show_song_conf_parse(&conf, text, strlen(text), "f");
	(void)user;

	if (status == STAGE_OK) {
		assert_int_equal(conf.complaint_count, 0);
		assert_int_equal(conf.cue_count, 4);
		status = stage_show_song_conf_rename_client(
			text, strlen(text), "nA", "nB", &out);
	}
	assert_true(status == STAGE_OK || out.len == 0);
	stage_str_finish(&out);
	stage_show_song_conf_finish(&conf);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	(void)state;

	assert_true(failing_alloc_sweep(parse_and_rename, NULL) > 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_is_read),
		cmocka_unit_test(each_client_has_settings),
		cmocka_unit_test(without_a_file_all_is_by_default),
		cmocka_unit_test(each_value_of_a_word),
		cmocka_unit_test(a_wrong_line_costs_no_other_one),
		cmocka_unit_test(what_is_given_twice_is_what_came_first),
		cmocka_unit_test(there_is_an_end_of_lines),
		cmocka_unit_test(a_file_that_is_too_long_is_told_about),
		cmocka_unit_test(chords_are_known_by_their_suffix),
		cmocka_unit_test(a_client_is_renamed_in_the_text),
		cmocka_unit_test(the_manual_page_has_each_key),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
