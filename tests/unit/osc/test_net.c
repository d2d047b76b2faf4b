/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *net;
	const char *host;
	bool has;
} rows[] = {
	{"10.0.0.0/24", "10.0.0.0", true},
	{"10.0.0.0/24", "10.0.0.255", true},
	{"10.0.0.0/24", "10.0.1.0", false},
	{"10.0.0.77/24", "10.0.0.1", true}, // the rest does not count
	{"10.0.0.7", "10.0.0.7", true},
	{"10.0.0.7", "10.0.0.6", false},
	{"10.0.0.7/32", "10.0.0.7", true},
	{"10.0.0.6/31", "10.0.0.7", true},
	{"10.0.0.6/31", "10.0.0.8", false},
	{"172.16.0.0/12", "172.31.255.255", true},
	{"172.16.0.0/12", "172.32.0.0", false},
	{"0.0.0.0/0", "203.0.113.9", true},
	{"0.0.0.0/0", "::1", false}, // of another kind
	{"fd00::/8", "fdff::1", true},
	{"fd00::/8", "fe00::1", false},
	{"::/0", "fe00::1", true},
	{"::/0", "127.0.0.1", false},
	{"fe80::1", "fe80::1", true},
	{"fe80::1/127", "fe80::", true},
	{"fe80::1/127", "fe80::2", false},
};

static void
a_network_has_those_whose_first_bits_are_its(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_osc_net net;
		struct stage_osc_peer peer;
		assert_int_equal(
			stage_osc_net_parse(&net, rows[i].net, NULL), STAGE_OK);
		assert_int_equal(
			stage_osc_peer_init(&peer, rows[i].host, 4000, NULL),
			STAGE_OK);
		assert_int_equal(stage_osc_net_has(&net, &peer), rows[i].has);
	}
}

static void
nobody_is_of_no_network(void **state)
{
	struct stage_osc_net net;
	struct stage_osc_peer nobody;
	(void)state;

	memset(&nobody, 0, sizeof(nobody));
	assert_int_equal(
		stage_osc_net_parse(&net, "0.0.0.0/0", NULL), STAGE_OK);
	assert_false(stage_osc_net_has(&net, &nobody));
	memset(&net, 0, sizeof(net));
	assert_false(stage_osc_net_has(&net, &nobody));
}

static void
what_is_no_network_is_refused(void **state)
{
	static const char *const texts[] = {"", "/", "/8", "10.0.0.0/",
		"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0/8",
		"::/129", "eth0", "10.0.0.0/8/8",
		"1111111111111111111111111111111111111111111111111111111111111"
		"111111111111111111111111111111111111111111111111111111111111"
		"1"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		struct stage_osc_net net;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_osc_net_parse(&net, texts[i], &err),
			STAGE_BAD_INPUT);
		assert_string_not_equal(err.text, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_has_those_whose_first_bits_are_its),
		cmocka_unit_test(nobody_is_of_no_network),
		cmocka_unit_test(what_is_no_network_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
