/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/openapi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
it_says_what_the_daemons_say(void **state)
{
	json_t *self = stage_web_openapi_create();
	json_t *verbs = json_pack("[{s:s, s:s, s:s, s:[{s:s, s:s, s:b, s:s}, "
				  "{s:s, s:s, s:b, s:s}]},"
				  " {s:s, s:s, s:[]}, {s:s, s:s}]",
		"name", "set", "help", "Sets a value", "deed", "turns", "args",
		"name", "slot", "type", "text", "required", 1, "help", "which",
		"name", "value", "type", "number", "required", 0, "help",
		"what", "name", "list", "help", "Lists", "args", "name",
		"subscribe", "deed", "listens");
	const json_t *path;
	const json_t *path_of_list;
	const json_t *schema;
	(void)state;

	assert_non_null(self);
	assert_non_null(verbs);
	assert_int_equal(
		stage_web_openapi_add(self, "rack-fx", verbs), STAGE_OK);
	assert_int_equal(stage_web_openapi_add(self, "rig", NULL), STAGE_OK);
	path = json_object_get(json_object_get(json_object_get(self, "paths"),
				       "/api/rack/fx/set"),
		"post");
	assert_string_equal(json_string_value(json_object_get(path, "summary")),
		"Sets a value");
	assert_string_equal(json_string_value(json_object_get(path, "x-role")),
		"performer");
	// One that does not say what it does, and one that nobody can call.
	path_of_list =
		json_object_get(json_object_get(json_object_get(self, "paths"),
					"/api/rack/fx/list"),
			"post");
	assert_string_equal(
		json_string_value(json_object_get(path_of_list, "x-role")),
		"admin");
	assert_null(json_object_get(
		json_object_get(self, "paths"), "/api/rack/fx/subscribe"));
	schema = json_object_get(
		json_object_get(
			json_object_get(json_object_get(path, "requestBody"),
				"content"),
			"application/json"),
		"schema");
	assert_string_equal(
		json_string_value(json_object_get(
			json_object_get(
				json_object_get(schema, "properties"), "value"),
			"type")),
		"number");
	assert_int_equal(
		json_array_size(json_object_get(schema, "required")), 1);
	assert_string_equal(
		json_string_value(json_object_get(self, "openapi")), "3.0.3");
	assert_non_null(json_object_get(
		json_object_get(self, "paths"), "/api/go/{number}"));
	json_decref(verbs);
	json_decref(self);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_the_daemons_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
