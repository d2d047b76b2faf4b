/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PORT 8088
#define TOKEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct stage_strv names;

static int
set_up(void **state)
{
	(void)state;
	return stage_strv_add(&names, "localhost") == STAGE_OK &&
			       stage_strv_add(&names, "box.local") ==
				       STAGE_OK &&
			       stage_strv_add(&names, "192.168.1.5") ==
				       STAGE_OK &&
			       stage_strv_add(&names, "::1") == STAGE_OK
		       ? 0
		       : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	stage_strv_finish(&names);
	return 0;
}

static unsigned
code_of(const struct stage_web_head *head)
{
	return stage_web_guard(head, &names, PORT).code;
}

static unsigned
code_of_host(const char *host)
{
	return code_of(&(struct stage_web_head){.method = "GET", .host = host});
}

static void
only_our_names_are_answered(void **state)
{
	(void)state;

	assert_int_equal(code_of_host("localhost:8088"), 0);
	assert_int_equal(code_of_host("LocalHost:8088"), 0);
	assert_int_equal(code_of_host("box.local:8088"), 0);
	assert_int_equal(code_of_host("192.168.1.5:8088"), 0);
	assert_int_equal(code_of_host("[::1]:8088"), 0);

	assert_int_equal(code_of_host(NULL), 421);
	assert_int_equal(code_of_host(""), 421);
	assert_int_equal(code_of_host("evil.example:8088"), 421);
	assert_int_equal(code_of_host("localhost"), 421); // port 80
	assert_int_equal(code_of_host("localhost:80"), 421);
	assert_int_equal(code_of_host("localhost:8088x"), 421);
	assert_int_equal(code_of_host("localhost:08088"), 421);
	assert_int_equal(code_of_host("localhost:0"), 421);
	assert_int_equal(code_of_host("localhost:"), 421);
	assert_int_equal(code_of_host(":8088"), 421);
	assert_int_equal(code_of_host("localhost.evil.example:8088"), 421);
	assert_int_equal(code_of_host("evil@localhost:8088"), 421);
	assert_int_equal(code_of_host("[::1"), 421);
	assert_int_equal(code_of_host("[::1]x:8088"), 421);
	assert_int_equal(code_of_host("::1:8088"), 0); // some leave them out
}

static void
a_usual_port_is_not_said(void **state)
{
	struct stage_web_head head = {.method = "GET", .host = "localhost"};
	(void)state;

	assert_int_equal(stage_web_guard(&head, &names, 80).code, 0);
	assert_int_equal(stage_web_guard(&head, &names, 443).code, 421);
	head.is_tls = true;
	assert_int_equal(stage_web_guard(&head, &names, 443).code, 0);
	assert_int_equal(stage_web_guard(&head, &names, 80).code, 421);
}

static void
a_change_comes_from_our_page_or_has_a_token(void **state)
{
	struct stage_web_head head = {
		.method = "POST", .host = "localhost:8088"};
	(void)state;

	assert_int_equal(code_of(&head), 403);
	head.cookie = STAGE_WEB_COOKIE "=" TOKEN;
	assert_int_equal(code_of(&head), 403); // any page could send that
	head.origin = "http://evil.example";
	assert_int_equal(code_of(&head), 403);
	head.origin = "null";
	assert_int_equal(code_of(&head), 403);
	head.origin = "https://localhost:8088";
	assert_int_equal(code_of(&head), 403);
	head.origin = "http://localhost:8088.evil.example";
	assert_int_equal(code_of(&head), 403);
	head.origin = "http://localhost:8088";
	assert_int_equal(code_of(&head), 0);
	head.fetch_site = "cross-site";
	assert_int_equal(code_of(&head), 403);
	head.fetch_site = "same-site";
	assert_int_equal(code_of(&head), 403);
	head.fetch_site = "same-origin";
	assert_int_equal(code_of(&head), 0);
	head.fetch_site = NULL;

	head.origin = NULL;
	head.authorization = "Bearer " TOKEN;
	assert_int_equal(code_of(&head), 0);
	head.authorization = "Basic abc";
	assert_int_equal(code_of(&head), 403);
	// A page of somebody else cannot, even with one.
	head.authorization = "Bearer " TOKEN;
	head.origin = "http://evil.example";
	assert_int_equal(code_of(&head), 403);
}

static void
a_body_says_that_it_is_json(void **state)
{
	struct stage_web_head head = {.method = "POST",
		.host = "localhost:8088",
		.origin = "http://localhost:8088",
		.has_body = true};
	(void)state;

	assert_int_equal(code_of(&head), 415);
	head.content_type = "text/plain";
	assert_int_equal(code_of(&head), 415);
	head.content_type = "application/jsonp";
	assert_int_equal(code_of(&head), 415);
	head.content_type = "application/json";
	assert_int_equal(code_of(&head), 0);
	head.content_type = "Application/JSON; charset=utf-8";
	assert_int_equal(code_of(&head), 0);
	head.content_type = "text/plain";
	head.has_body = false;
	assert_int_equal(code_of(&head), 0); // any type, where there is none
}

static bool
has_token(const char *authorization, const char *cookie)
{
	char token[STAGE_WEB_TOKEN_HEX + 1] = "";
	bool found = stage_web_token_find(
		&(struct stage_web_head){
			.authorization = authorization, .cookie = cookie},
		token);

	assert_true(!found || strcmp(token, TOKEN) == 0);
	return found;
}

static void
tokens(void **state)
{
	(void)state;

	assert_true(has_token("Bearer " TOKEN, NULL));
	assert_true(has_token(NULL, "stagecraft=" TOKEN));
	assert_true(has_token(NULL, "a=b; stagecraft=" TOKEN "; c=d"));
	assert_true(has_token(NULL, "a=b;stagecraft=" TOKEN));
	assert_false(has_token(NULL, NULL));
	assert_false(has_token(NULL, ""));
	assert_false(has_token(NULL, "xstagecraft=" TOKEN));
	assert_false(has_token(NULL, "stagecraft=" TOKEN "0"));
	assert_false(has_token(NULL, "stagecraft=0011"));
	assert_false(has_token(NULL, "a=stagecraft=" TOKEN));
	assert_false(has_token("Bearer " TOKEN "0", NULL));
	assert_false(has_token("Bearer", NULL));
	assert_false(has_token("Basic " TOKEN, NULL));
	// Who sends one in the open means that one.
	assert_false(has_token("Bearer no", "stagecraft=" TOKEN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_our_names_are_answered),
		cmocka_unit_test(a_usual_port_is_not_said),
		cmocka_unit_test(a_change_comes_from_our_page_or_has_a_token),
		cmocka_unit_test(a_body_says_that_it_is_json),
		cmocka_unit_test(tokens),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
