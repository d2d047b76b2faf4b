/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static enum stage_status
parse(const char *text, struct stage_web_settings *out, struct stage_err *err)
{
	return stage_web_settings_parse(
		out, text, strlen(text), "rig.conf", err);
}

static void
what_holds_without_a_word(void **state)
{
	struct stage_web_settings settings;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_web_settings_load(
				 &settings, "/nonexistent/rig.conf", &err),
		STAGE_OK);
	assert_int_equal(settings.port, STAGE_WEB_PORT);
	assert_int_equal(settings.interfaces.count, 0);
	assert_string_equal(settings.certificate, "");
	assert_int_equal(settings.head_timeout_ns, 10 * STAGE_NS_PER_S);
	stage_web_settings_finish(&settings);
}

static void
all_keys(void **state)
{
	struct stage_web_settings settings;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(
		parse("jack.period 64\nweb.port 80\nweb.interface wlan0 eth0\n"
		      "web.interface eth1\nweb.name Box.Example\n"
		      "web.certificate c.pem\nweb.key k.pem\n"
		      "web.connections 100\nweb.connections_per_address 9\n"
		      "web.head_timeout 250ms\n",
			&settings, &err),
		STAGE_OK);
	assert_int_equal(settings.port, 80);
	assert_int_equal(settings.interfaces.count, 3);
	assert_string_equal(settings.interfaces.items[2], "eth1");
	assert_string_equal(settings.names.items[0], "box.example");
	assert_string_equal(settings.key, "k.pem");
	assert_int_equal(settings.connections, 100);
	assert_int_equal(settings.per_address, 9);
	assert_int_equal(settings.head_timeout_ns, 250 * STAGE_NS_PER_MS);
	stage_web_settings_finish(&settings);
}

static void
refuse(const char *text, const char *why)
{
	struct stage_web_settings settings;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(parse(text, &settings, &err), STAGE_BAD_INPUT);
	if (strstr(err.text, why) == NULL) {
		fail_msg("%s", err.text);
	}
}

static void
what_is_wrong_is_told(void **state)
{
	(void)state;

	refuse("web.prot 80\n", "web.port");
	refuse("web.port 70000\n", "rig.conf:1:");
	refuse("web.interface\n", "rig.conf:1:");
	refuse("web.certificate c.pem\n",
		"web.certificate and web.key need each other");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_holds_without_a_word),
		cmocka_unit_test(all_keys),
		cmocka_unit_test(what_is_wrong_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
