/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct stage_web_devices devices;

static int
forget(void **state)
{
	(void)state;
	memset(&devices, 0, sizeof(devices));
	return 0;
}

static struct stage_web_device
make(const char *id, const char *name, enum stage_web_role role,
	const char *token)
{
	struct stage_web_device device = {
		.role = role, .paired_s = 1000, .until_s = 2000};

	snprintf(device.id, sizeof(device.id), "%s", id);
	snprintf(device.name, sizeof(device.name), "%s", name);
	snprintf(device.interface, sizeof(device.interface), "wlan0");
	assert_int_equal(stage_web_token_hash(token, device.hash), STAGE_OK);
	return device;
}

static void
it_is_known_by_its_token_until_it_expires(void **state)
{
	struct stage_web_device device =
		make("aaaaaaaa", "phone", STAGE_WEB_PERFORMER, TOKEN);
	(void)state;

	stage_web_devices_add(&devices, &device, 1000);
	assert_ptr_equal(stage_web_devices_find(&devices, TOKEN, 1999),
		&devices.items[0]);
	assert_null(stage_web_devices_find(&devices, TOKEN, 2000));
	assert_null(stage_web_devices_find(&devices, OTHER, 1999));
	assert_null(stage_web_devices_find(&devices, "", 1999));
	assert_null(stage_web_devices_find(&devices, "zz", 1999));
	assert_true(stage_web_devices_remove(&devices, "aaaaaaaa"));
	assert_false(stage_web_devices_remove(&devices, "aaaaaaaa"));
	assert_null(stage_web_devices_find(&devices, TOKEN, 1999));
}

static void
the_file_keeps_all_but_the_token(void **state)
{
	struct stage_web_devices again;
	struct stage_web_device device = make(
		"aaaaaaaa", "Anna's \"big\" phone", STAGE_WEB_ADMIN, TOKEN);
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	device.is_unlocked = true;
	stage_web_devices_add(&devices, &device, 1000);
	assert_int_equal(stage_web_devices_write(&devices, &text), STAGE_OK);
	assert_null(strstr(text.data, TOKEN));
	assert_int_equal(stage_web_devices_parse(
				 &again, text.data, text.len, "devices", &err),
		STAGE_OK);
	assert_int_equal(again.count, 1);
	assert_string_equal(again.items[0].name, "Anna's \"big\" phone");
	assert_string_equal(again.items[0].interface, "wlan0");
	assert_int_equal(again.items[0].role, STAGE_WEB_ADMIN);
	assert_false(again.items[0].is_unlocked);
	assert_non_null(stage_web_devices_find(&again, TOKEN, 1999));
	stage_str_finish(&text);
}

static void
refuse(const char *text, const char *why)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_not_equal(stage_web_devices_parse(
				     &devices, text, strlen(text), "f", &err),
		STAGE_OK);
	if (strstr(err.text, why) == NULL) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(devices.count, 0);
}

static void
a_file_that_is_wrong_says_where(void **state)
{
	(void)state;

	refuse("phone a\n", "f:1:1: a line begins with \"device\"");
	refuse("device a admin n 00 1 2\n", "f:1:");
	refuse("device a root n " TOKEN " 1 2 -\n",
		"f:1:10: the role is viewer, performer or admin");
	refuse("device aaaaaaaaaaaa admin n " TOKEN " 1 2 -\n", "f:1:8: ");
	refuse("device a admin n 0011 1 2 -\n", "no hash");
	refuse("device a admin n " TOKEN " x 2 -\n", "f:1:");
}

static void
names_can_be_shown(void **state)
{
	struct stage_web_device device =
		make("a", "\033[31mred\n\xff", STAGE_WEB_VIEWER, TOKEN);
	(void)state;

	stage_web_devices_add(&devices, &device, 0);
	assert_string_equal(devices.items[0].name, " [31mred  ");
	device.name[0] = '\0';
	stage_web_devices_add(&devices, &device, 0);
	assert_string_equal(devices.items[1].name, "device");
}

static void
a_new_one_takes_the_place_of_the_least(void **state)
{
	(void)state;

	for (int i = 0; i < STAGE_WEB_DEVICES_MAX; i++) {
		struct stage_web_device device =
			make("", "n", STAGE_WEB_ADMIN, TOKEN);
		snprintf(device.id, sizeof(device.id), "%08x", (unsigned)i);
		if (i == 7 || i == 9) {
			device.role = STAGE_WEB_VIEWER;
			device.paired_s = 1000 + i;
		}
		stage_web_devices_add(&devices, &device, 1500);
	}
	{
		struct stage_web_device device =
			make("ffffffff", "n", STAGE_WEB_VIEWER, OTHER);
		stage_web_devices_add(&devices, &device, 1500);
	}
	assert_int_equal(devices.count, STAGE_WEB_DEVICES_MAX);
	assert_false(stage_web_devices_remove(&devices, "00000007"));
	assert_true(stage_web_devices_remove(&devices, "00000009"));
	assert_non_null(stage_web_devices_find(&devices, OTHER, 1500));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			it_is_known_by_its_token_until_it_expires, forget),
		cmocka_unit_test_setup(
			the_file_keeps_all_but_the_token, forget),
		cmocka_unit_test_setup(a_file_that_is_wrong_says_where, forget),
		cmocka_unit_test_setup(names_can_be_shown, forget),
		cmocka_unit_test_setup(
			a_new_one_takes_the_place_of_the_least, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
