/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"
#include "show/conductor.h"

static struct stage_show_settings settings;
static struct stage_err err;

static int
setup(void **state)
{
	(void)state;
	stage_show_settings_init(&settings);
	memset(&err, 0, sizeof(err));
	return 0;
}

static enum stage_status
parse(const char *text)
{
	return stage_show_settings_parse(
		&settings, text, strlen(text), "rig.conf", &err);
}

static void
expect_defaults(void)
{
	assert_int_equal(settings.port, 0);
	assert_int_equal(settings.guard_ns, STAGE_SHOW_GUARD_DEFAULT_NS);
	assert_int_equal(settings.osc.port, 53000);
	assert_string_equal(settings.osc.interface, "");
	assert_string_equal(settings.osc.passcode, "");
	assert_false(settings.osc.allows_any);
	assert_int_equal(settings.osc.allow_count, 0);
	assert_int_equal(settings.osc.notify_count, 0);
	assert_string_equal(settings.qlc_host, "127.0.0.1");
	assert_int_equal(settings.qlc_port, 9999);
}

static void
qlc_is_somewhere(void **state)
{
	(void)state;

	assert_int_equal(parse("show.qlc light.local\n"), STAGE_OK);
	assert_string_equal(settings.qlc_host, "light.local");
	assert_int_equal(settings.qlc_port, 9999);
	assert_int_equal(parse("show.qlc [::1]:80\n"), STAGE_OK);
	assert_string_equal(settings.qlc_host, "::1");
	assert_int_equal(settings.qlc_port, 80);
	assert_int_equal(parse("show.qlc a/b\n"), STAGE_BAD_INPUT);
	assert_string_equal(err.text,
		"rig.conf:1:10: \"a/b\" is no HOST:PORT such as "
		"192.168.1.20:8000");
	assert_string_equal(settings.qlc_host, "::1");
}

static void
without_a_file_the_defaults_are_so(void **state)
{
	struct scratch scratch;
	(void)state;

	expect_defaults();
	assert_int_equal(parse(""), STAGE_OK);
	assert_int_equal(parse("jack.rate 44100\nrack.threads 3\n"), STAGE_OK);
	scratch_init(&scratch);
	assert_int_equal(stage_show_settings_load(&settings,
				 scratch_path(&scratch, "rig.conf"), &err),
		STAGE_OK);
	scratch_finish(&scratch);
	expect_defaults();
}

static void
all_keys_are_read(void **state)
{
	struct stage_osc_peer peer;
	char text[STAGE_OSC_PEER_TEXT_MAX];
	struct scratch scratch;
	const char *path;
	(void)state;

	scratch_init(&scratch);
	path = scratch_write(&scratch, "rig.conf",
		"jack.rate 44100\n"
		"show.port 21500\n"
		"show.guard 1s\n"
		"show.osc.port 0\n"
		"show.osc.interface eth0\n"
		"show.osc.passcode \"a word\"\n"
		"show.osc.allow 10.0.0.0/24 10.1.0.7\n"
		"show.osc.allow any fd00::/8\n"
		"show.osc.notify 10.0.0.5:9000 [::1]:9001\n"
		"show.osc.notify 127.0.0.1:9002\n");
	assert_int_equal(
		stage_show_settings_load(&settings, path, &err), STAGE_OK);
	scratch_finish(&scratch);
	assert_int_equal(settings.port, 21500);
	assert_int_equal(settings.guard_ns, 1000000000);
	assert_int_equal(settings.osc.port, 0);
	assert_string_equal(settings.osc.interface, "eth0");
	assert_string_equal(settings.osc.passcode, "a word");
	assert_true(settings.osc.allows_any);
	assert_int_equal(settings.osc.allow_count, 3);
	assert_int_equal(
		stage_osc_peer_init(&peer, "10.0.0.9", 5, NULL), STAGE_OK);
	assert_true(stage_osc_net_has(&settings.osc.allow[0], &peer));
	assert_false(stage_osc_net_has(&settings.osc.allow[1], &peer));
	assert_int_equal(settings.osc.notify_count, 3);
	stage_osc_peer_text(&settings.osc.notify[1], text, sizeof(text));
	assert_string_equal(text, "[::1]:9001");
}

static const struct {
	const char *text;
	const char *sentence;
} wrong[] = {
	{"show.prot 1\n",
		"rig.conf:1:1: unknown key \"show.prot\"; did you mean "
		"\"show.port\"?"},
	{"jcak.rate 1\n", NULL},
	{"show.port 65536\n", NULL},
	{"show.port -1\n", NULL},
	{"show.guard 11s\n", NULL},
	{"show.osc.port x\n", NULL},
	{"show.osc.allow\n", NULL},
	{"show.osc.allow 10.0.0.0/33\n",
		"rig.conf:1:16: \"10.0.0.0/33\" is no network: behind the "
		"slash stands how many bits count, 0 to 32"},
	{"show.osc.allow 10.0.0.1 eth0\n",
		"rig.conf:1:25: \"eth0\" is no numeric internet address"},
	{"show.osc.notify 10.0.0.5\n",
		"rig.conf:1:17: \"10.0.0.5\" is no numeric address with a "
		"port, such as 10.0.0.5:9000"},
	{"show.osc.notify localhost:9000\n", NULL},
};

static void
what_is_wrong_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(wrong); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(parse(wrong[i].text), STAGE_BAD_INPUT);
		assert_memory_equal(err.text, "rig.conf:1:", 11);
		if (wrong[i].sentence != NULL) {
			assert_string_equal(err.text, wrong[i].sentence);
		}
		expect_defaults();
	}
}

static void
as_many_as_there_may_be_are_taken(void **state)
{
	struct stage_str text = {0};
	(void)state;

	for (int i = 0; i < STAGE_SHOW_NOTIFY_MAX; i++) {
		assert_int_equal(
			stage_str_addf(
				&text, "show.osc.notify 10.0.0.1:%d\n", i + 1),
			STAGE_OK);
	}
	for (int i = 0; i < STAGE_SHOW_ALLOW_MAX; i++) {
		assert_int_equal(stage_str_addf(&text,
					 "show.osc.allow 10.0.0.%d\n", i + 1),
			STAGE_OK);
	}
	assert_int_equal(parse(text.data), STAGE_OK);
	assert_int_equal(settings.osc.notify_count, STAGE_SHOW_NOTIFY_MAX);
	assert_int_equal(settings.osc.allow_count, STAGE_SHOW_ALLOW_MAX);
	stage_show_settings_init(&settings);
	assert_int_equal(
		stage_str_add(&text, "show.osc.notify 10.0.0.2:1\n"), STAGE_OK);
	assert_int_equal(parse(text.data), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "more than 16 are to be notified"));
	expect_defaults();
	stage_str_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			without_a_file_the_defaults_are_so, setup),
		cmocka_unit_test_setup(qlc_is_somewhere, setup),
		cmocka_unit_test_setup(all_keys_are_read, setup),
		cmocka_unit_test_setup(
			what_is_wrong_is_told_with_its_place, setup),
		cmocka_unit_test_setup(
			as_many_as_there_may_be_are_taken, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
