/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <net/if.h>

static const struct {
	const char *host;
	int port;
	const char *text; // NULL: it is none
} rows[] = {
	{"127.0.0.1", 4000, "127.0.0.1:4000"},
	{"0.0.0.0", 0, "0.0.0.0:0"},
	{"255.255.255.255", 65535, "255.255.255.255:65535"},
	{"::1", 4000, "[::1]:4000"},
	{"::", 1, "[::]:1"},
	{"2001:DB8::1", 65535, "[2001:db8::1]:65535"},
	{"localhost", 4000, NULL},
	{"", 4000, NULL},
	{"127.1", 4000, NULL},
	{"127.0.0.1 ", 4000, NULL},
	{"127.0.0.1:4000", 4000, NULL},
	{"[::1]", 4000, NULL},
	{"127.0.0.1", -1, NULL},
	{"127.0.0.1", 65536, NULL},
	{"::1", 65536, NULL},
};

static void
a_peer_is_a_numeric_address_and_a_port(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		char text[STAGE_OSC_PEER_TEXT_MAX];
		struct stage_osc_peer peer;
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_status status = stage_osc_peer_init(
			&peer, rows[i].host, rows[i].port, &err);
		if (rows[i].text == NULL) {
			assert_int_equal(status, STAGE_BAD_INPUT);
			assert_int_equal(err.status, STAGE_BAD_INPUT);
			continue;
		}
		assert_int_equal(status, STAGE_OK);
		stage_osc_peer_text(&peer, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
		assert_int_equal(stage_osc_peer_port(&peer), rows[i].port);
	}
}

static void
a_peer_is_the_same_with_the_same_address_and_port(void **state)
{
	struct stage_osc_peer a;
	struct stage_osc_peer b;
	(void)state;

	for (size_t i = 0; i < 6; i++) {
		for (size_t j = 0; j < 6; j++) {
			assert_int_equal(stage_osc_peer_init(&a, rows[i].host,
						 rows[i].port, NULL),
				STAGE_OK);
			assert_int_equal(stage_osc_peer_init(&b, rows[j].host,
						 rows[j].port, NULL),
				STAGE_OK);
			assert_int_equal(
				stage_osc_peer_is_same(&a, &b), i == j);
		}
	}
	assert_int_equal(
		stage_osc_peer_init(&a, "127.0.0.1", 4000, NULL), STAGE_OK);
	assert_int_equal(
		stage_osc_peer_init(&b, "127.0.0.1", 4001, NULL), STAGE_OK);
	assert_false(stage_osc_peer_is_same(&a, &b));
	assert_int_equal(
		stage_osc_peer_init(&b, "127.0.0.2", 4000, NULL), STAGE_OK);
	assert_false(stage_osc_peer_is_same(&a, &b));
	assert_int_equal(stage_osc_peer_init(&a, "::1", 1, NULL), STAGE_OK);
	assert_int_equal(stage_osc_peer_init(&b, "::1", 2, NULL), STAGE_OK);
	assert_false(stage_osc_peer_is_same(&a, &b));
}

// One address can be another computer's at each interface.
static void
an_address_of_a_link_has_its_interface(void **state)
{
	char interface[IF_NAMESIZE];
	char host[64];
	char text[STAGE_OSC_PEER_TEXT_MAX];
	struct stage_osc_peer here;
	struct stage_osc_peer anywhere;
	(void)state;

	assert_non_null(if_indextoname(1, interface));
	snprintf(host, sizeof(host), "fe80::1%%%s", interface);
	assert_int_equal(stage_osc_peer_init(&here, host, 7, NULL), STAGE_OK);
	assert_int_equal(
		stage_osc_peer_init(&anywhere, "fe80::1", 7, NULL), STAGE_OK);
	stage_osc_peer_text(&here, text, sizeof(text));
	assert_string_equal(text, "[fe80::1%1]:7");
	assert_false(stage_osc_peer_is_same(&here, &anywhere));
	assert_true(stage_osc_peer_is_same(&here, &here));
}

static void
who_is_not_of_the_internet_is_nobody(void **state)
{
	struct sockaddr address = {.sa_family = AF_UNIX};
	struct stage_osc_peer peer;
	char text[STAGE_OSC_PEER_TEXT_MAX];
	(void)state;

	stage_osc_peer_copy(&peer, &address);
	assert_false(stage_osc_peer_is_same(&peer, &peer));
	assert_int_equal(stage_osc_peer_port(&peer), 0);
	stage_osc_peer_text(&peer, text, sizeof(text));
	assert_string_equal(text, "nobody");
}

static void
a_text_that_is_too_long_is_cut(void **state)
{
	struct stage_osc_peer peer;
	char text[8];
	(void)state;

	assert_int_equal(
		stage_osc_peer_init(&peer, "127.0.0.1", 1, NULL), STAGE_OK);
	stage_osc_peer_text(&peer, text, sizeof(text));
	assert_string_equal(text, "127.0.0");
}

static void
a_peer_is_read_back_from_its_text(void **state)
{
	static const char *const none[] = {"", ":", ":80", "10.0.0.1",
		"10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:8x",
		"::1:80", "[::1]", "[::1:80", "::1]:80", "[", "[]:1",
		"localhost:80"};
	struct stage_osc_peer peer;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_osc_peer again;
		if (rows[i].text == NULL || rows[i].port == 0) {
			continue;
		}
		assert_int_equal(stage_osc_peer_init(&peer, rows[i].host,
					 rows[i].port, NULL),
			STAGE_OK);
		assert_int_equal(
			stage_osc_peer_parse(&again, rows[i].text, NULL),
			STAGE_OK);
		assert_true(stage_osc_peer_is_same(&peer, &again));
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(none); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_osc_peer_parse(&peer, none[i], &err),
			STAGE_BAD_INPUT);
		assert_string_not_equal(err.text, "");
	}
}

static void
a_host_is_the_same_at_any_port(void **state)
{
	static const char *const hosts[] = {
		"10.0.0.1", "127.0.0.1", "127.3.2.1", "::1", "fe80::1"};
	static const bool are_loopback[] = {false, true, true, true, false};
	struct stage_osc_peer nobody;
	(void)state;

	memset(&nobody, 0, sizeof(nobody));
	assert_false(stage_osc_peer_is_loopback(&nobody));
	for (size_t i = 0; i < STAGE_COUNT_OF(hosts); i++) {
		struct stage_osc_peer a;
		struct stage_osc_peer b;
		assert_int_equal(stage_osc_peer_init(&a, hosts[i], 4000, NULL),
			STAGE_OK);
		assert_int_equal(
			stage_osc_peer_is_loopback(&a), are_loopback[i]);
		assert_false(stage_osc_peer_is_same_host(&a, &nobody));
		for (size_t j = 0; j < STAGE_COUNT_OF(hosts); j++) {
			assert_int_equal(
				stage_osc_peer_init(&b, hosts[j], 4001, NULL),
				STAGE_OK);
			assert_int_equal(
				stage_osc_peer_is_same_host(&a, &b), i == j);
			stage_osc_peer_set_port(&b, 4000);
			assert_int_equal(
				stage_osc_peer_is_same(&a, &b), i == j);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_is_a_numeric_address_and_a_port),
		cmocka_unit_test(
			a_peer_is_the_same_with_the_same_address_and_port),
		cmocka_unit_test(an_address_of_a_link_has_its_interface),
		cmocka_unit_test(who_is_not_of_the_internet_is_nobody),
		cmocka_unit_test(a_text_that_is_too_long_is_cut),
		cmocka_unit_test(a_peer_is_read_back_from_its_text),
		cmocka_unit_test(a_host_is_the_same_at_any_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
