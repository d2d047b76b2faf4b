/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum stage_status
status_of(const char *method, const char *path)
{
	struct stage_web_route route;

	return stage_web_route_read(&route, method, path);
}

static struct stage_web_route
route_of(const char *method, const char *path)
{
	struct stage_web_route route;

	assert_int_equal(stage_web_route_read(&route, method, path), STAGE_OK);
	return route;
}

static void
verbs_of_daemons(void **state)
{
	struct stage_web_route route = route_of("POST", "/api/rig/restart");
	(void)state;

	assert_int_equal(route.target, STAGE_WEB_TO_VERB);
	assert_string_equal(route.area, "rig");
	assert_string_equal(route.verb, "restart");
	assert_int_equal(route.number, -1);
	route = route_of("POST", "/api/rack/fx.1/set");
	assert_string_equal(route.area, "rack-fx.1");
	assert_string_equal(route.verb, "set");
	assert_string_equal(stage_web_route_kind(route.area), "rack");
	assert_string_equal(stage_web_route_kind("rackets"), "rackets");
}

static void
a_verb_is_never_done_by_a_get(void **state)
{
	static const char *const paths[] = {"/api/rig/restart", "/api/go",
		"/api/go/3", "/api/panic", "/api/rack/fx/set", "/api/pair",
		"/api/unlock"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(paths); i++) {
		assert_int_equal(status_of("GET", paths[i]), STAGE_UNSUPPORTED);
		assert_int_equal(
			status_of("HEAD", paths[i]), STAGE_UNSUPPORTED);
		assert_int_equal(status_of("PUT", paths[i]), STAGE_UNSUPPORTED);
	}
	assert_int_equal(status_of("POST", "/"), STAGE_UNSUPPORTED);
	assert_int_equal(status_of("DELETE", "/index.html"), STAGE_UNSUPPORTED);
	assert_int_equal(status_of("POST", "/api/events"), STAGE_UNSUPPORTED);
}

static void
states(void **state)
{
	(void)state;

	assert_int_equal(
		route_of("GET", "/api/state").target, STAGE_WEB_TO_STATE);
	assert_string_equal(route_of("GET", "/api/state").area, "");
	assert_string_equal(route_of("GET", "/api/show/state").area, "show");
	assert_string_equal(
		route_of("GET", "/api/rack/fx/state").area, "rack-fx");
	assert_int_equal(
		route_of("GET", "/api/show/state").target, STAGE_WEB_TO_STATE);
	assert_int_equal(
		route_of("GET", "/api/events").target, STAGE_WEB_TO_EVENTS);
}

static void
short_paths(void **state)
{
	struct stage_web_route route = route_of("POST", "/api/go");
	(void)state;

	assert_string_equal(route.area, "show");
	assert_string_equal(route.verb, "go");
	route = route_of("POST", "/api/go/12");
	assert_string_equal(route.verb, "play");
	assert_int_equal(route.number, 12);
	route = route_of("POST", "/api/select/3");
	assert_string_equal(route.verb, "select");
	assert_int_equal(route.number, 3);
	assert_string_equal(route.argument, "which");
	assert_string_equal(route_of("POST", "/api/panic").verb, "panic");
	route = route_of("POST", "/api/stop");
	assert_string_equal(route.verb, "transport");
	assert_string_equal(route.argument, "what");
	assert_string_equal(route.text, "stop");
	assert_int_equal(status_of("POST", "/api/select"), STAGE_NOT_FOUND);
	assert_int_equal(status_of("POST", "/api/go/0"), STAGE_NOT_FOUND);
	assert_int_equal(status_of("POST", "/api/go/x"), STAGE_NOT_FOUND);
	assert_int_equal(status_of("POST", "/api/go/99999999999999999999"),
		STAGE_NOT_FOUND);
}

static void
what_is_no_path(void **state)
{
	static const char *const paths[] = {"/api/", "/api//", "/api/rig",
		"/api/rig/", "/api/rig//stop", "/api/rig/stop/", "/api/rack",
		"/api/rack/fx", "/api/rack//set", "/api/rig/st op",
		"/api/../etc/passwd", "/api/RIG/stop", "/api/rig/stop/now"};
	char longer[400] = "/api/rig/";
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(paths); i++) {
		if (status_of("POST", paths[i]) != STAGE_NOT_FOUND) {
			fail_msg("%s", paths[i]);
		}
	}
	memset(longer + 9, 'a', sizeof(longer) - 10);
	assert_int_equal(status_of("POST", longer), STAGE_NOT_FOUND);
	// A file, whatever it is called; there is none of that name.
	assert_int_equal(
		route_of("GET", "/../etc/passwd").target, STAGE_WEB_TO_FILE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbs_of_daemons),
		cmocka_unit_test(a_verb_is_never_done_by_a_get),
		cmocka_unit_test(states),
		cmocka_unit_test(short_paths),
		cmocka_unit_test(what_is_no_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
