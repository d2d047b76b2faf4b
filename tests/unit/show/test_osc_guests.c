/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_guests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/str.h"

#define S 1000000000LL

static struct stage_show_settings settings;
static struct stage_show_guests guests;

static struct stage_osc_peer
peer_of(const char *text)
{
	struct stage_osc_peer peer;

	assert_int_equal(stage_osc_peer_parse(&peer, text, NULL), STAGE_OK);
	return peer;
}

static void
begin(const char *conf)
{
	stage_show_settings_init(&settings);
	assert_int_equal(stage_show_settings_parse(&settings, conf,
				 strlen(conf), "rig.conf", NULL),
		STAGE_OK);
	stage_show_guests_init(&guests, &settings.osc);
}

static bool
is_allowed(const char *text)
{
	const struct stage_osc_peer peer = peer_of(text);

	return stage_show_guests_allow(&guests, &peer);
}

static void
who_is_allowed_is_as_rig_conf_says(void **state)
{
	(void)state;
	begin("");
	assert_true(is_allowed("127.0.0.1:5"));
	assert_true(is_allowed("127.9.9.9:5"));
	assert_true(is_allowed("[::1]:5"));
	assert_false(is_allowed("10.0.0.1:5"));
	assert_false(is_allowed("[fe80::1]:5"));

	begin("show.osc.allow 10.0.0.0/24 192.168.7.7\n"
	      "show.osc.passcode x\n");
	assert_true(is_allowed("127.0.0.1:5"));
	assert_true(is_allowed("10.0.0.200:5"));
	assert_true(is_allowed("192.168.7.7:5"));
	assert_false(is_allowed("10.0.1.1:5"));
	assert_false(is_allowed("[::ffff:10.0.0.1]:5"));

	begin("show.osc.passcode x\n"); // it decides
	assert_true(is_allowed("10.0.1.1:5"));
	begin("show.osc.allow any\n");
	assert_true(is_allowed("10.0.1.1:5"));
}

static struct stage_show_guest *
heard(const char *text, void *link, int64_t now_ns)
{
	const struct stage_osc_peer peer = peer_of(text);

	return stage_show_guests_heard(&guests, &peer, link, now_ns);
}

static void
a_passcode_lets_a_computer_in_or_a_connection(void **state)
{
	struct stage_show_guest *guest;
	int one;
	int two;
	(void)state;

	begin("show.osc.passcode \"open sesame\"\n");
	assert_true(
		stage_show_guest_may(&guests, heard("127.0.0.1:5", NULL, S)));
	guest = heard("10.0.0.1:5", NULL, S);
	assert_false(stage_show_guest_may(&guests, guest));
	assert_false(stage_show_guest_connect(&guests, guest, "", S));
	assert_false(stage_show_guest_connect(&guests, guest, "open sesam", S));
	assert_false(
		stage_show_guest_connect(&guests, guest, "open sesame!", S));
	assert_true(stage_show_guest_connect(&guests, guest, "open sesame", S));
	// By UDP it is the computer that is known.
	assert_true(
		stage_show_guest_may(&guests, heard("10.0.0.1:6", NULL, S)));
	assert_false(
		stage_show_guest_may(&guests, heard("10.0.0.2:5", NULL, S)));
	// By TCP it is the connection.
	guest = heard("10.0.0.1:7", &one, S);
	assert_false(stage_show_guest_may(&guests, guest));
	assert_true(stage_show_guest_connect(&guests, guest, "open sesame", S));
	assert_false(
		stage_show_guest_may(&guests, heard("10.0.0.1:7", &two, S)));
	assert_true(
		stage_show_guest_may(&guests, heard("10.0.0.1:7", &one, S)));
	stage_show_guests_gone(&guests, &one);
	assert_false(
		stage_show_guest_may(&guests, heard("10.0.0.1:7", &one, S)));
}

static void
who_guesses_has_to_wait(void **state)
{
	struct stage_show_guest *guest;
	(void)state;

	begin("show.osc.passcode 1234\n");
	guest = heard("10.0.0.1:5", NULL, S);
	for (int i = 0; i < 5; i++) {
		assert_false(stage_show_guest_connect(&guests, guest, "no", S));
	}
	assert_false(stage_show_guest_connect(&guests, guest, "1234", 10 * S));
	assert_true(stage_show_guest_connect(&guests, guest, "1234", 11 * S));
}

static unsigned
hears(const char *text)
{
	const struct stage_osc_peer peer = peer_of(text);

	for (size_t i = 0; i < STAGE_SHOW_HEARERS_MAX; i++) {
		if (guests.hearers[i].hears != 0 &&
			stage_osc_peer_is_same(
				&guests.hearers[i].peer, &peer)) {
			return guests.hearers[i].hears;
		}
	}
	return 0;
}

static void
a_hearer_is_forgotten_after_a_minute_of_silence(void **state)
{
	const struct stage_osc_peer one = peer_of("10.0.0.1:5");
	const struct stage_osc_peer two = peer_of("10.0.0.1:6");
	(void)state;

	begin("show.osc.notify 10.0.0.9:9000\n");
	assert_int_equal(stage_show_guests_expire(&guests, S), INT64_MAX);
	assert_true(stage_show_guests_subscribe(&guests, &one, 3, S));
	assert_true(stage_show_guests_subscribe(&guests, &two, 1, 2 * S));
	assert_int_equal(stage_show_guests_expire(&guests, 3 * S), 61 * S);
	(void)heard("10.0.0.1:5", NULL, 30 * S); // says anything
	assert_int_equal(stage_show_guests_expire(&guests, 30 * S), 62 * S);
	assert_int_equal(stage_show_guests_expire(&guests, 62 * S), 90 * S);
	assert_int_equal(hears("10.0.0.1:5"), 3);
	assert_int_equal(hears("10.0.0.1:6"), 0);
	assert_int_equal(stage_show_guests_expire(&guests, 90 * S), INT64_MAX);
	assert_int_equal(hears("10.0.0.1:5"), 0);
	assert_int_equal(hears("10.0.0.9:9000"), STAGE_SHOW_HEARS_VALUES);
}

static void
a_hearer_that_refuses_is_forgotten(void **state)
{
	const struct stage_osc_peer one = peer_of("10.0.0.1:5");
	const struct stage_osc_peer fixed = peer_of("10.0.0.9:9000");
	(void)state;

	begin("show.osc.notify 10.0.0.9:9000\n");
	assert_false(stage_show_guests_refused(&guests, &one));
	assert_true(stage_show_guests_subscribe(&guests, &one, 3, S));
	stage_show_guests_unsubscribe(&guests, &one, 2);
	assert_int_equal(hears("10.0.0.1:5"), 1);
	assert_true(stage_show_guests_refused(&guests, &one));
	assert_int_equal(hears("10.0.0.1:5"), 0);
	// Those of rig.conf may be switched on later.
	assert_false(stage_show_guests_refused(&guests, &fixed));
	stage_show_guests_unsubscribe(&guests, &fixed, 3);
	assert_int_equal(hears("10.0.0.9:9000"), STAGE_SHOW_HEARS_VALUES);
	assert_true(stage_show_guests_subscribe(&guests, &fixed, 2, S));
	assert_int_equal(stage_show_guests_expire(&guests, 99 * S), INT64_MAX);
	assert_int_equal(hears("10.0.0.9:9000"), 3);
}

static void
replies_go_where_a_computer_wants_them(void **state)
{
	const struct stage_osc_peer peer = peer_of("10.0.0.1:7");
	int link;
	(void)state;

	begin("");
	assert_int_equal(stage_show_guests_reply_port(&guests, &peer), 53001);
	heard("10.0.0.1:5", NULL, S)->reply_port = 9000;
	heard("10.0.0.1:7", &link, S)->reply_port = 9001;
	assert_int_equal(stage_show_guests_reply_port(&guests, &peer), 9000);
}

static void
memory_is_bounded(void **state)
{
	struct stage_osc_peer peer;
	char text[STAGE_OSC_PEER_TEXT_MAX];
	int link;
	(void)state;

	begin("show.osc.passcode x\n");
	assert_true(stage_show_guest_connect(
		&guests, heard("10.0.0.1:5", &link, S), "x", S));
	for (int i = 1; i < 1000; i++) {
		(void)!stage_format(text, sizeof(text), "10.1.%d.%d:9", i / 250,
			i % 250 + 1);
		(void)heard(text, NULL, (i + 1) * S);
		peer = peer_of(text);
		assert_int_equal(
			stage_show_guests_subscribe(&guests, &peer, 1, S),
			i <= STAGE_SHOW_HEARERS_MAX);
	}
	// Who was there first has its place, for it is a connection.
	assert_true(stage_show_guest_may(
		&guests, heard("10.0.0.1:5", &link, 2000 * S)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_allowed_is_as_rig_conf_says),
		cmocka_unit_test(a_passcode_lets_a_computer_in_or_a_connection),
		cmocka_unit_test(who_guesses_has_to_wait),
		cmocka_unit_test(
			a_hearer_is_forgotten_after_a_minute_of_silence),
		cmocka_unit_test(a_hearer_that_refuses_is_forgotten),
		cmocka_unit_test(replies_go_where_a_computer_wants_them),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
