/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/pairing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "web/backoff.h"

#define S STAGE_NS_PER_S

static void
the_code_pairs_once(void **state)
{
	struct stage_web_pairing pairing = {0};
	(void)state;

	assert_int_equal(
		stage_web_pairing_try(&pairing, "", 0), STAGE_WEB_NOBODY);
	stage_web_pairing_begin(&pairing, STAGE_WEB_PERFORMER, 42, 10 * S);
	assert_string_equal(pairing.code, "000042");
	assert_true(stage_web_pairing_is_open(&pairing, 10 * S));
	assert_int_equal(stage_web_pairing_try(&pairing, "000042", 11 * S),
		STAGE_WEB_PERFORMER);
	assert_false(stage_web_pairing_is_open(&pairing, 11 * S));
	assert_int_equal(stage_web_pairing_try(&pairing, "000042", 11 * S),
		STAGE_WEB_NOBODY);
	assert_int_equal(
		stage_web_pairing_try(&pairing, "", 11 * S), STAGE_WEB_NOBODY);
}

static void
it_holds_for_two_minutes(void **state)
{
	struct stage_web_pairing pairing = {0};
	(void)state;

	stage_web_pairing_begin(&pairing, STAGE_WEB_ADMIN, 999999, 0);
	assert_string_equal(pairing.code, "999999");
	assert_true(
		stage_web_pairing_is_open(&pairing, STAGE_WEB_CODE_S * S - 1));
	assert_false(stage_web_pairing_is_open(&pairing, STAGE_WEB_CODE_S * S));
	assert_int_equal(
		stage_web_pairing_try(&pairing, "999999", STAGE_WEB_CODE_S * S),
		STAGE_WEB_NOBODY);
}

static void
it_holds_for_five_tries(void **state)
{
	static const char *const wrong[] = {
		"000001", "", "1234567", "12345", "00000 "};
	struct stage_web_pairing pairing = {0};
	(void)state;

	stage_web_pairing_begin(&pairing, STAGE_WEB_ADMIN, 0, 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(stage_web_pairing_try(&pairing, wrong[i], 0),
			STAGE_WEB_NOBODY);
		assert_true(stage_web_pairing_is_open(&pairing, 0));
	}
	assert_int_equal(
		stage_web_pairing_try(&pairing, wrong[4], 0), STAGE_WEB_NOBODY);
	assert_int_equal(
		stage_web_pairing_try(&pairing, "000000", 0), STAGE_WEB_NOBODY);
}

static void
who_guesses_waits_longer_each_time(void **state)
{
	static struct stage_web_backoff backoff;
	int64_t now_ns = 100 * S;
	int64_t waited = 0;
	(void)state;

	for (int i = 0; i < STAGE_WEB_FREE_TRIES; i++) {
		stage_web_backoff_wrong(&backoff, "10.0.0.1", now_ns);
		assert_int_equal(
			stage_web_backoff_wait_s(&backoff, "10.0.0.1", now_ns),
			0);
	}
	for (int i = 0; i < 20; i++) {
		int64_t wait_s;
		stage_web_backoff_wrong(&backoff, "10.0.0.1", now_ns);
		wait_s = stage_web_backoff_wait_s(&backoff, "10.0.0.1", now_ns);
		assert_true(wait_s > waited || wait_s == 300);
		waited = wait_s;
		assert_int_equal(stage_web_backoff_wait_s(
					 &backoff, "10.0.0.1", now_ns + S / 2),
			wait_s);
		now_ns += wait_s * S;
		assert_int_equal(
			stage_web_backoff_wait_s(&backoff, "10.0.0.1", now_ns),
			0);
	}
	assert_int_equal(waited, 300);
	assert_int_equal(
		stage_web_backoff_wait_s(&backoff, "10.0.0.2", now_ns), 0);
	stage_web_backoff_right(&backoff, "10.0.0.1");
	stage_web_backoff_wrong(&backoff, "10.0.0.1", now_ns);
	assert_int_equal(
		stage_web_backoff_wait_s(&backoff, "10.0.0.1", now_ns), 0);
}

static void
many_addresses_do_not_wash_out_the_worst(void **state)
{
	static struct stage_web_backoff backoff;
	char address[STAGE_WEB_ADDRESS_MAX];
	(void)state;

	for (int i = 0; i < 8; i++) {
		stage_web_backoff_wrong(&backoff, "10.9.9.9", 0);
	}
	for (int i = 0; i < 4 * STAGE_WEB_BACKOFF_ADDRESSES; i++) {
		snprintf(address, sizeof(address), "10.0.%d.%d", i / 256,
			i % 256);
		stage_web_backoff_wrong(&backoff, address, 0);
	}
	assert_int_not_equal(
		stage_web_backoff_wait_s(&backoff, "10.9.9.9", 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_pairs_once),
		cmocka_unit_test(it_holds_for_two_minutes),
		cmocka_unit_test(it_holds_for_five_tries),
		cmocka_unit_test(who_guesses_waits_longer_each_time),
		cmocka_unit_test(many_addresses_do_not_wash_out_the_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
