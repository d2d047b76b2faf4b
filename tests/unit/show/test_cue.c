/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/conf.h"
#include "base/str.h"

struct taken {
	struct stage_show_cue cue;
	unsigned lines;
};

static enum stage_status
take(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct taken *taken = user;

	taken->lines++;
	return stage_show_cue_take(&taken->cue, line, err);
}

// Reads what stands behind "cue " in a line.
static enum stage_status
read_cue(const char *words, struct stage_show_cue *out, struct stage_err *err)
{
	char text[600];
	struct taken taken = {.lines = 0};
	enum stage_status status;

	snprintf(text, sizeof(text), "cue %s\n", words);
	status = stage_conf_parse(text, strlen(text), "f", take, &taken, err);
	assert_int_equal(taken.lines, 1);
	*out = taken.cue;
	return status;
}

static void
must_read(const char *words, struct stage_show_cue *out)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (read_cue(words, out, &err) != STAGE_OK) {
		fail_msg("%s: %s", words, err.text);
	}
	assert_int_equal(out->line, 1);
}

static void
each_moment(void **state)
{
	static const char *const words[] = {"load", "ready", "go", "leave"};
	(void)state;

	for (int i = 0; i < STAGE_SHOW_WHEN_COUNT; i++) {
		struct stage_show_cue cue;
		char text[40];
		snprintf(text, sizeof(text), "%s qlc x", words[i]);
		must_read(text, &cue);
		assert_int_equal(cue.when, i);
		assert_string_equal(stage_show_when_name(i), words[i]);
		stage_show_cue_finish(&cue);
	}
}

static void
osc_goes_to_a_place(void **state)
{
	static const struct {
		const char *words;
		enum stage_show_transport transport;
		const char *host;
		int port;
	} cases[] = {
		{"udp 10.0.0.5:8000 /x", STAGE_SHOW_UDP, "10.0.0.5", 8000},
		{"tcp desk.local:3032 /x", STAGE_SHOW_TCP, "desk.local", 3032},
		{"slip desk:65535 /x", STAGE_SHOW_SLIP, "desk", 65535},
		{"udp [::1]:1 /x", STAGE_SHOW_UDP, "::1", 1},
		{"udp [fe80::1%eth0]:9 /x", STAGE_SHOW_UDP, "fe80::1%eth0", 9},
		{"udp [desk]:9 /x", STAGE_SHOW_UDP, "desk", 9},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_cue cue;
		char text[80];
		snprintf(text, sizeof(text), "go osc %s", cases[i].words);
		must_read(text, &cue);
		assert_int_equal(cue.kind, STAGE_SHOW_CUE_OSC);
		assert_int_equal(cue.transport, cases[i].transport);
		assert_string_equal(cue.host, cases[i].host);
		assert_int_equal(cue.port, cases[i].port);
		assert_string_equal(cue.target, "/x");
		assert_int_equal(cue.arg_count, 0);
		stage_show_cue_finish(&cue);
	}
}

static void
osc_has_arguments(void **state)
{
	static const struct {
		const char *word;
		char type;
		int32_t number;
		double value;
		const char *text;
	} cases[] = {
		{"7", 'i', 7, 0, NULL},
		{"-2147483648", 'i', INT32_MIN, 0, NULL},
		{"2147483648", 'f', 0, 2147483648.0, NULL},
		{"0.5", 'f', 0, 0.5, NULL},
		{"-12.25", 'f', 0, -12.25, NULL},
		{"true", 'T', 0, 0, NULL},
		{"false", 'F', 0, 0, NULL},
		{"\"a text\"", 's', 0, 0, "a text"},
		{"\"\"", 's', 0, 0, ""},
		{"1.5.2", 's', 0, 0, "1.5.2"},
		{"s:7", 's', 0, 0, "7"},
		{"s:true", 's', 0, 0, "true"},
		{"s:s:x", 's', 0, 0, "s:x"},
		{"i:7", 'i', 7, 0, NULL},
		{"f:7", 'f', 0, 7, NULL},
		{"x:7", 's', 0, 0, "x:7"},
		{"caf\xc3\xa9", 's', 0, 0, "caf\xc3\xa9"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_cue cue;
		char text[80];
		snprintf(text, sizeof(text), "go osc udp a:1 /x 1 %s",
			cases[i].word);
		must_read(text, &cue);
		assert_int_equal(cue.arg_count, 2);
		assert_int_equal(cue.args[0].number, 1);
		assert_int_equal(cue.args[1].type, cases[i].type);
		assert_int_equal(cue.args[1].number, cases[i].number);
		assert_true(cue.args[1].value == cases[i].value);
		assert_int_equal(
			cue.args[1].text == NULL, cases[i].text == NULL);
		if (cases[i].text != NULL) {
			assert_string_equal(cue.args[1].text, cases[i].text);
		}
		stage_show_cue_finish(&cue);
	}
}

static void
midi_is_bytes(void **state)
{
	static const struct {
		const char *words;
		const char *bytes;
		size_t len;
	} cases[] = {
#define BYTES(literal) (literal), sizeof(literal) - 1
		{"pc 1 12", BYTES("\xc0\x0c")},
		{"pc 16 127", BYTES("\xcf\x7f")},
		{"pc 2 5 300", BYTES("\xb1\x00\x02\xb1\x20\x2c\xc1\x05")},
		{"pc 2 5 0", BYTES("\xb1\x00\x00\xb1\x20\x00\xc1\x05")},
		{"pc 1 0 16383", BYTES("\xb0\x00\x7f\xb0\x20\x7f\xc0\x00")},
		{"cc 1 7 127", BYTES("\xb0\x07\x7f")},
		{"cc 16 0 0", BYTES("\xbf\x00\x00")},
		{"note 10 36 100", BYTES("\x99\x24\x64")},
		{"note 10 36 0", BYTES("\x89\x24\x00")},
		{"msc 1 lighting go", BYTES("\xf0\x7f\x01\x02\x01\x01\xf7")},
		{"msc all sound stop 12.5", BYTES("\xf0\x7f\x7f\x02\x10\x02"
						  "12.5\xf7")},
		{"msc 0 all resume 7 1", BYTES("\xf0\x7f\x00\x02\x7f\x03"
					       "7\0"
					       "1\xf7")},
		{"msc 5 video reset", BYTES("\xf0\x7f\x05\x02\x30\x0a\xf7")},
		{"msc 5 machinery load 1", BYTES("\xf0\x7f\x05\x02\x20\x05"
						 "1\xf7")},
#undef BYTES
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_cue cue;
		char text[80];
		snprintf(text, sizeof(text), "go midi %s", cases[i].words);
		must_read(text, &cue);
		assert_int_equal(cue.kind, STAGE_SHOW_CUE_MIDI);
		assert_int_equal(cue.len, cases[i].len);
		assert_memory_equal(cue.bytes, cases[i].bytes, cue.len);
		stage_show_cue_finish(&cue);
	}
}

static void
the_longest_midi_fits(void **state)
{
	struct stage_show_cue cue;
	(void)state;

	must_read("go midi msc all lighting go 12345678901234567890 "
		  "1234567890.123456789",
		&cue);
	assert_int_equal(cue.len, 6 + 20 + 1 + 20 + 1);
	assert_int_equal(cue.bytes[cue.len - 1], 0xf7);
	stage_show_cue_finish(&cue);
}

static void
http_is_a_post(void **state)
{
	static const struct {
		const char *words;
		const char *host;
		int port;
		const char *target;
		const char *body;
	} cases[] = {
		{"http://a/go", "a", 80, "/go", ""},
		{"http://a", "a", 80, "/", ""},
		{"http://10.0.0.7:8080/api/go?x=1 \"{\\\"a\\\": 1}\"",
			"10.0.0.7", 8080, "/api/go?x=1", "{\"a\": 1}"},
		{"http://[::1]/x", "::1", 80, "/x", ""},
		{"http://[::1]:81/x", "::1", 81, "/x", ""},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_cue cue;
		char text[80];
		snprintf(text, sizeof(text), "go http %s", cases[i].words);
		must_read(text, &cue);
		assert_int_equal(cue.kind, STAGE_SHOW_CUE_HTTP);
		assert_string_equal(cue.host, cases[i].host);
		assert_int_equal(cue.port, cases[i].port);
		assert_string_equal(cue.target, cases[i].target);
		assert_string_equal(cue.body, cases[i].body);
		stage_show_cue_finish(&cue);
	}
}

static void
qlc_has_functions(void **state)
{
	struct stage_show_cue cue;
	(void)state;

	must_read("go qlc \"Blue wash\"", &cue);
	assert_int_equal(cue.kind, STAGE_SHOW_CUE_QLC);
	assert_string_equal(cue.target, "Blue wash");
	assert_true(cue.is_on);
	stage_show_cue_finish(&cue);
	must_read("leave qlc x off", &cue);
	assert_false(cue.is_on);
	stage_show_cue_finish(&cue);
}

static void
what_is_a_state_may_be_repeated(void **state)
{
	static const struct {
		const char *words;
		bool is_state;
	} cases[] = {
		{"go qlc x", true},
		{"go qlc x off", true},
		{"go once qlc x", false},
		{"go osc udp a:1 /x 1", false},
		{"go state osc udp a:1 /x 1", true},
		{"go http http://a/", false},
		{"ready state http http://a/", true},
		{"go midi pc 1 2", true},
		{"go midi pc 1 2 300", true},
		{"go midi cc 1 7 127", true},
		{"go once midi cc 1 7 127", false},
		{"go midi note 1 2 3", false},
		{"go state midi note 1 2 3", true},
		{"go midi msc 1 lighting go", false},
		{"go midi msc 1 lighting go 4", true},
		{"go midi msc 1 lighting go 4.5 1", true},
		{"go midi msc 1 lighting stop 4", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_cue cue;
		must_read(cases[i].words, &cue);
		if (stage_show_cue_is_state(&cue) != cases[i].is_state) {
			fail_msg("%s", cases[i].words);
		}
		stage_show_cue_finish(&cue);
	}
}

// What stands behind "cue ", and what is said of it.
static const struct {
	const char *words;
	const char *sentence;
} wrong[] = {
	{"go osc", "f:1:11: write cue go osc udp HOST:PORT /ADDRESS"},
	{"go osc udp a:1", "f:1:19: write cue go osc udp HOST:PORT"},
	{"go osc ftp a:1 /x", "f:1:12: \"ftp\" is neither udp, tcp"},
	{"go osc udp a /x", "f:1:16: \"a\" is no HOST:PORT"},
	{"go osc udp :1 /x", "f:1:16: \":1\" is no HOST:PORT"},
	{"go osc udp a: /x", "f:1:16: \"\" is not a whole number"},
	{"go osc udp a:0 /x", "f:1:16: \"0\" is not a whole number"},
	{"go osc udp a:65536 /x", "f:1:16: \"65536\" is not a whole"},
	{"go osc udp ::1:5 /x", "f:1:16: \"::1:5\" is no HOST:PORT"},
	{"go osc udp [::1 /x", "f:1:16: \"[::1\" is no HOST:PORT"},
	{"go osc udp [::1] /x", "f:1:16: \"[::1]\" is no HOST:PORT"},
	{"go osc udp [::1]5 /x", "f:1:16: \"[::1]5\" is no HOST:PORT"},
	{"go osc udp \"a b:1\" /x", "f:1:16: \"a b:1\" is no HOST"},
	{"go osc udp a/b:1 /x", "f:1:16: \"a/b:1\" is no HOST:PORT"},
	{"go osc udp a:1 x", "f:1:20: \"x\" is no OSC address"},
	{"go osc udp a:1 \"/x y\"", "f:1:20: \"/x y\" is no OSC"},
	{"go osc udp a:1 /x*", "f:1:20: \"/x*\" is no OSC address"},
	{"go osc udp a:1 /\xc3\xa9", "f:1:20: \"/\xc3\xa9\" is no OSC"},
	{"go osc udp a:1 /x i:x", "f:1:23: \"x\" is not a whole"},
	{"go osc udp a:1 /x i:2147483648", "f:1:23: \"2147483648\" is"},
	{"go osc udp a:1 /x f:1e5", "f:1:23: \"1e5\" is not a number"},
	{"go midi", "f:1:12: write cue go midi pc, cc, note or msc"},
	{"go midi smoke", "f:1:13: \"smoke\" is neither pc, cc, note"},
	{"go midi pc", "f:1:15: a number is missing here, from 1 to 16"},
	{"go midi pc 0 1", "f:1:16: \"0\" is not a whole number from 1"},
	{"go midi pc 17 1", "f:1:16: \"17\" is not a whole number"},
	{"go midi pc 1", "f:1:17: a number is missing here, from 0"},
	{"go midi pc 1 128", "f:1:18: \"128\" is not a whole number"},
	{"go midi pc 1 1 16384", "f:1:20: \"16384\" is not a whole"},
	{"go midi pc 1 1 1 1", "f:1:22: write midi pc CHANNEL PROGRAM"},
	{"go midi cc 1 2", "f:1:19: a number is missing here, from 0"},
	{"go midi cc 1 2 3 4", "f:1:22: write midi cc CHANNEL NUMBER"},
	{"go midi note 1 2", "f:1:21: a number is missing"},
	{"go midi note 1 -1 3", "f:1:20: \"-1\" is not a whole"},
	{"go midi msc", "f:1:16: a number is missing here, from 0 to 127"},
	{"go midi msc 128 x", "f:1:17: \"128\" is not a whole number"},
	{"go midi msc 1", "f:1:18: here stands one of lighting, sound"},
	{"go midi msc 1 smoke", "f:1:19: here stands one of lighting"},
	{"go midi msc 1 video", "f:1:24: here stands one of go, stop"},
	{"go midi msc 1 video x", "f:1:25: here stands one of go"},
	{"go midi msc 1 video go x", "f:1:28: \"x\" is no number of"},
	{"go midi msc 1 video go \"\"", "f:1:28: \"\" is no number"},
	{"go midi msc 1 video go 123456789012345678901",
		"f:1:28: \"123456789012345678901\" is no number"},
	{"go midi msc 1 video go 1 2 3", "f:1:32: write midi msc"},
	{"go http", "f:1:12: write cue go http URL [BODY]"},
	{"go http https://a/", "f:1:13: \"https://a/\" is no URL"},
	{"go http http://", "f:1:13: \"http://\" is no HOST:PORT"},
	{"go http http://a?x", "f:1:13: there is no slash between"},
	{"go http http://[::1/", "f:1:13: \"http://[::1/\" is no HOST"},
	{"go http \"http://a/b c\"", "f:1:13: \"http://a/b c\" is no"},
	{"go http http://a/#b", "f:1:13: \"http://a/#b\" is no URL"},
	{"go http http://u@a/", "f:1:13: \"http://u@a/\" is no HOST"},
	{"go http http://a/ b c", "f:1:25: write cue go http URL"},
	{"go qlc x on off", "f:1:17: write cue go qlc FUNCTION"},
	{"go qlc x maybe", "f:1:14: \"maybe\" is neither on nor off"},
	{"go qlc a|b", "f:1:12: \"a|b\" cannot be the name"},
	{"go qlc \"\"", "f:1:12: \"\" cannot be the name"},
	{"go once", "f:1:12: what is to be sent is missing"},
	{"go state once qlc x", "f:1:14: \"once\" is neither osc, midi"},
	{"go once qlc", "f:1:16: write cue go qlc FUNCTION"},
};

static void
what_is_wrong_is_said_with_its_place(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(wrong); i++) {
		struct stage_show_cue cue;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			read_cue(wrong[i].words, &cue, &err), STAGE_BAD_INPUT);
		if (strncmp(err.text, wrong[i].sentence,
			    strlen(wrong[i].sentence)) != 0) {
			fail_msg("%s: %s", wrong[i].words, err.text);
		}
		assert_null(cue.host);
		assert_null(cue.target);
		assert_null(cue.args);
	}
}

static void
there_is_an_end_of_arguments(void **state)
{
	struct stage_show_cue cue;
	struct stage_err err = STAGE_ERR_INIT;
	char text[300] = "go osc udp a:1 /x";
	(void)state;

	for (int i = 0; i < STAGE_SHOW_CUE_ARGS_MAX; i++) {
		strcat(text, " 1");
	}
	must_read(text, &cue);
	assert_int_equal(cue.arg_count, STAGE_SHOW_CUE_ARGS_MAX);
	stage_show_cue_finish(&cue);
	strcat(text, " 1");
	assert_int_equal(read_cue(text, &cue, &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "32 arguments at most"));
}

static void
a_host_has_an_end(void **state)
{
	struct stage_show_cue cue;
	struct stage_err err = STAGE_ERR_INIT;
	char host[300];
	char text[400];
	(void)state;

	memset(host, 'a', sizeof(host));
	host[sizeof(host) - 1] = '\0';
	snprintf(text, sizeof(text), "go osc udp %s:1 /x", host);
	assert_int_equal(read_cue(text, &cue, &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "this is too long"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_moment),
		cmocka_unit_test(osc_goes_to_a_place),
		cmocka_unit_test(osc_has_arguments),
		cmocka_unit_test(midi_is_bytes),
		cmocka_unit_test(the_longest_midi_fits),
		cmocka_unit_test(http_is_a_post),
		cmocka_unit_test(qlc_has_functions),
		cmocka_unit_test(what_is_a_state_may_be_repeated),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(there_is_an_end_of_arguments),
		cmocka_unit_test(a_host_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
