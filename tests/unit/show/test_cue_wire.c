/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What is said to targets of cues and what they answer, byte for byte.

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "show/cue_eye.h"
#include "show/cue_http.h"
#include "show/cue_qlc.h"
#include "show/cue_ws.h"
#include "show/sha1.h"

static void
sums_are_those_of_the_standard(void **state)
{
	// RFC 3174, section 7.3 (TEST1, TEST2); FIPS 180 for the empty one.
	static const struct {
		const char *text;
		const char *sum;
	} cases[] = {
		{"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
		{"0123456701234567012345670123456701234567012345670123456"
		 "701234567",
			"e0c094e867ef46c350ef54a7f59dd60bed92ae83"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		uint8_t sum[STAGE_SHOW_SHA1_BYTES];
		char text[2 * sizeof(sum) + 1];
		stage_show_sha1(cases[i].text, strlen(cases[i].text), sum);
		for (size_t at = 0; at < sizeof(sum); at++) {
			snprintf(text + 2 * at, 3, "%02x", sum[at]);
		}
		assert_string_equal(text, cases[i].sum);
	}
}

static void
a_post_is_strict(void **state)
{
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(stage_show_http_post(&out, "10.0.0.7", 8080,
				 "/api/go?x=1", "{\"a\": 1}"),
		STAGE_OK);
	assert_string_equal(out.data,
		"POST /api/go?x=1 HTTP/1.1\r\nHost: 10.0.0.7:8080\r\n"
		"User-Agent: stagecraft\r\nAccept: */*\r\n"
		"Connection: close\r\nContent-Type: application/json\r\n"
		"Content-Length: 8\r\n\r\n{\"a\": 1}");
	stage_str_clear(&out);
	assert_int_equal(
		stage_show_http_post(&out, "::1", 80, "/", ""), STAGE_OK);
	assert_non_null(strstr(out.data, "\r\nHost: [::1]\r\n"));
	assert_non_null(strstr(out.data, "\r\nContent-Length: 0\r\n\r\n"));
	assert_null(strstr(out.data, "Content-Type"));
	stage_str_clear(&out);
	assert_int_equal(stage_show_http_post(&out, "h", 81, "/", "h\xc3\xa9"),
		STAGE_OK);
	assert_non_null(strstr(out.data, "text/plain; charset=utf-8\r\n"));
	assert_non_null(strstr(out.data, "Content-Length: 3\r\n"));
	stage_str_finish(&out);
}

// Feeds a text in pieces of that size, and gives what came of it.
static enum stage_status
feed(struct stage_show_http *http, const char *text, size_t piece)
{
	struct stage_err err = STAGE_ERR_INIT;
	size_t len = strlen(text);
	enum stage_status status = STAGE_OK;

	*http = (struct stage_show_http){0};
	for (size_t at = 0; at < len && status == STAGE_OK; at += piece) {
		size_t used;
		status = stage_show_http_feed(http, text + at,
			piece < len - at ? piece : len - at, &used, &err);
	}
	assert_int_equal(status, err.status);
	return status;
}

static void
answers_are_read_in_any_pieces(void **state)
{
	static const struct {
		const char *text;
		enum stage_status status;
		int code;
		bool is_whole;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", STAGE_OK,
			200, true},
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", STAGE_OK,
			200, false},
		{"HTTP/1.0 404 \r\ncontent-length:\t0 \r\n\r\n", STAGE_OK, 404,
			true},
		{"HTTP/1.1 204\r\n\r\n", STAGE_OK, 204, true},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\n\r\n",
			STAGE_OK, 503, false},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
		 "Content-Length: 0\r\n\r\n2\r\n",
			STAGE_OK, 200, false},
		{"HTTP/1.1 20", STAGE_OK, 0, false},
		{"HTTP/1.1 2000 OK\r\n\r\n", STAGE_BAD_INPUT, 0, false},
		{"HTTP/1.1 20x OK\r\n\r\n", STAGE_BAD_INPUT, 0, false},
		{"HTTP/2 200 OK\r\n\r\n", STAGE_BAD_INPUT, 0, false},
		{"ICY 200 OK\r\n\r\n", STAGE_BAD_INPUT, 0, false},
		{"\r\n\r\n", STAGE_BAD_INPUT, 0, false},
		{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
			STAGE_BAD_INPUT, 200, false},
		{"HTTP/1.1 200 OK\r\nContent-Length: "
		 "99999999999999999999999999\r\n\r\n",
			STAGE_BAD_INPUT, 200, false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		for (size_t piece = 1; piece < 100; piece += 7) {
			struct stage_show_http http;
			assert_int_equal(feed(&http, cases[i].text, piece),
				cases[i].status);
			assert_int_equal(http.code, cases[i].code);
			assert_int_equal(http.is_whole, cases[i].is_whole);
			stage_show_http_finish(&http);
		}
	}
}

static void
an_answer_without_end_ends(void **state)
{
	struct stage_show_http http = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char bytes[1000];
	enum stage_status status = STAGE_OK;
	size_t used;
	unsigned times = 0;
	(void)state;

	memset(bytes, 'x', sizeof(bytes));
	while (status == STAGE_OK && times++ < 100) {
		status = stage_show_http_feed(
			&http, bytes, sizeof(bytes), &used, &err);
	}
	assert_int_equal(status, STAGE_TOO_LONG);
	stage_show_http_finish(&http);
	assert_int_equal(feed(&http, "HTTP/1.1 200 OK\r\n\r\n", 100), STAGE_OK);
	for (times = 0; !http.is_whole && times < 100; times++) {
		assert_int_equal(stage_show_http_feed(&http, bytes,
					 sizeof(bytes), &used, &err),
			STAGE_OK);
	}
	assert_int_equal(times, STAGE_SHOW_HTTP_BODY_MAX / 1000 + 1);
	stage_show_http_finish(&http);
	stage_show_http_finish(NULL);
}

// RFC 6455, section 1.3.
static const uint8_t nonce[] = "the sample nonce";
static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
#define AGREED                                                                 \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"           \
	"Connection: keep-alive, Upgrade\r\n"                                  \
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

static void
greet(struct stage_show_ws *ws)
{
	struct stage_str out = {0};

	*ws = (struct stage_show_ws){.at = 0};
	assert_int_equal(
		stage_show_ws_hello(ws, "localhost", 9999, "/x", nonce, &out),
		STAGE_OK);
	assert_true(stage_starts_with(
		out.data, "GET /x HTTP/1.1\r\nHost: localhost:9999\r\n"));
	assert_non_null(strstr(out.data, key));
	stage_str_finish(&out);
}

// What comes of bytes behind a greeting, as "KIND:TEXT " each, and how it ends.
static enum stage_status
listen_to(const char *bytes, size_t len, size_t piece, struct stage_str *out)
{
	struct stage_show_ws ws;
	struct stage_str all = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = STAGE_NOT_FOUND;
	enum stage_show_ws_kind kind;
	const char *text;
	size_t text_len;

	greet(&ws);
	assert_int_equal(stage_str_add(&all, AGREED), STAGE_OK);
	assert_int_equal(stage_str_append(&all, bytes, len), STAGE_OK);
	for (size_t at = 0; at < all.len && status == STAGE_NOT_FOUND;
		at += piece) {
		size_t now = piece < all.len - at ? piece : all.len - at;
		assert_int_equal(
			stage_show_ws_feed(&ws, all.data + at, now), STAGE_OK);
		while ((status = stage_show_ws_next(&ws, &kind, &text,
				&text_len, &err)) == STAGE_OK) {
			assert_int_equal(stage_str_addf(out, "%d:%.*s ", kind,
						 (int)text_len, text),
				STAGE_OK);
		}
	}
	stage_show_ws_finish(&ws);
	stage_str_finish(&all);
	return status;
}

#define BYTES(text) text, sizeof(text) - 1

static void
messages_come_in_parts_with_pings_between(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *heard;
		enum stage_status status;
	} cases[] = {
		{BYTES("\x81\x05Hello"), "16: 1:Hello ", STAGE_NOT_FOUND},
		{BYTES("\x01\x03Hel\x89\x01?\x80\x02lo\x82\x01x"),
			"16: 9:? 1:Hello 2:x ", STAGE_NOT_FOUND},
		{BYTES("\x81\x00\x88\x00"), "16: 1: 8: ", STAGE_NOT_FOUND},
		{BYTES("\x81\x7e\x00\x02hi"), "16: 1:hi ", STAGE_NOT_FOUND},
		{BYTES("\x81\x7f\0\0\0\0\0\0\0\2hi"), "16: 1:hi ",
			STAGE_NOT_FOUND},
		{BYTES("\x81\x05Hell"), "16: ", STAGE_NOT_FOUND},
		{BYTES("\x81\x7f\x80\0\0\0\0\0\0\2hi"), "16: ", STAGE_TOO_LONG},
		{BYTES("\x81\x81\1\1\1\1x"), "16: ", STAGE_BAD_INPUT}, // masked
		{BYTES("\xc1\x01x"), "16: ", STAGE_BAD_INPUT}, // an extension
		{BYTES("\x80\x01x"), "16: ", STAGE_BAD_INPUT}, // more of what?
		{BYTES("\x01\x01x\x01\x01x"), "16: ", STAGE_BAD_INPUT},
		{BYTES("\x83\x01x"), "16: ", STAGE_BAD_INPUT},
		{BYTES("\x8b\x01x"), "16: ", STAGE_BAD_INPUT},
		{BYTES("\x09\x01x"), "16: ", STAGE_BAD_INPUT},
		{BYTES("\x89\x7e\x00\x7ex"), "16: ", STAGE_BAD_INPUT},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		for (size_t piece = 1; piece < 300; piece = piece * 3 + 1) {
			struct stage_str heard = {0};
			assert_int_equal(listen_to(cases[i].bytes, cases[i].len,
						 piece, &heard),
				cases[i].status);
			assert_string_equal(heard.data, cases[i].heard);
			stage_str_finish(&heard);
		}
	}
}

static void
who_does_not_agree_is_told_apart(void **state)
{
	static const struct {
		const char *answer;
		enum stage_status status;
		const char *why;
	} cases[] = {
		{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
			STAGE_DENIED,
			"it answers HTTP 404 instead of opening a WebSocket"},
		{"HTTP/1.1 101 Sure\r\nUpgrade: websocket\r\n"
		 "Connection: Upgrade\r\n"
		 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOO=\r\n\r\n",
			STAGE_BAD_INPUT,
			"what answers does not speak WebSocket"},
		{"SSH-2.0-OpenSSH_9.2\r\n\r\n", STAGE_BAD_INPUT,
			"what answers does not speak HTTP"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_ws ws;
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_show_ws_kind kind;
		const char *text;
		size_t len;
		greet(&ws);
		assert_int_equal(stage_show_ws_feed(&ws, cases[i].answer,
					 strlen(cases[i].answer)),
			STAGE_OK);
		assert_int_equal(
			stage_show_ws_next(&ws, &kind, &text, &len, &err),
			cases[i].status);
		assert_string_equal(err.text, cases[i].why);
		stage_show_ws_finish(&ws);
	}
	stage_show_ws_finish(NULL);
}

static void
what_a_client_says_is_masked(void **state)
{
	// RFC 6455, section 5.7.
	static const uint8_t mask[] = {0x37, 0xfa, 0x21, 0x3d};
	struct stage_str out = {0};
	char *text = calloc(70000, 1);
	(void)state;

	assert_non_null(text);
	assert_int_equal(
		stage_show_ws_write(&out, STAGE_SHOW_WS_TEXT, "Hello", 5, mask),
		STAGE_OK);
	assert_int_equal(out.len, 11);
	assert_memory_equal(
		out.data, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
	stage_str_clear(&out);
	assert_int_equal(
		stage_show_ws_write(&out, STAGE_SHOW_WS_TEXT, text, 300, mask),
		STAGE_OK);
	assert_memory_equal(out.data, "\x81\xfe\x01\x2c\x37\xfa", 6);
	assert_int_equal(out.len, 8 + 300);
	stage_str_clear(&out);
	assert_int_equal(stage_show_ws_write(
				 &out, STAGE_SHOW_WS_TEXT, text, 70000, mask),
		STAGE_OK);
	assert_memory_equal(
		out.data, "\x81\xff\0\0\0\0\0\x01\x11\x70\x37\xfa", 12);
	assert_int_equal(out.len, 14 + 70000);
	stage_str_finish(&out);
	free(text);
}

static void
functions_are_found_by_name(void **state)
{
	static const char list[] =
		"QLC+API|getFunctionsList|0|Blue wash|12|Red|13|a|b|14|Red";
	struct stage_show_qlc qlc = {{0}, {0}};
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(
		stage_show_qlc_take(&qlc, list, strlen(list)), STAGE_OK);
	assert_string_equal(stage_show_qlc_find(&qlc, "Blue wash"), "0");
	assert_string_equal(stage_show_qlc_find(&qlc, "Red"), "12");
	assert_null(stage_show_qlc_find(&qlc, "Blue"));
	assert_null(stage_show_qlc_find(&qlc, "b"));
	assert_int_equal(stage_show_qlc_set(&out, "12", true), STAGE_OK);
	assert_string_equal(out.data, "QLC+API|setFunctionStatus|12|1");
	stage_str_finish(&out);

	assert_int_equal(stage_show_qlc_take(&qlc, BYTES("FUNCTION|0|Running")),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_show_qlc_take(&qlc,
				 BYTES("QLC+API|getFunctionsListing|1|x")),
		STAGE_NOT_FOUND);
	assert_non_null(stage_show_qlc_find(&qlc, "Red"));
	assert_int_equal(
		stage_show_qlc_take(&qlc, BYTES("QLC+API|getFunctionsList|")),
		STAGE_OK);
	assert_null(stage_show_qlc_find(&qlc, "Red"));
	assert_int_equal(
		stage_show_qlc_take(&qlc, BYTES("QLC+API|getFunctionsList")),
		STAGE_OK);
	stage_show_qlc_finish(&qlc);
	stage_show_qlc_finish(NULL);
}

static void
who_listens_is_in_the_tables_of_the_kernel(void **state)
{
	static const struct {
		const char *line;
		bool is_tcp;
		uint16_t port;
		uint64_t who;
	} cases[] = {
		{"  sl  local_address rem_address   st tx_queue rx_queue tr "
		 "tm->when retrnsmt   uid  timeout inode ref\n",
			false, 53, 0},
		{" 1234: 0100007F:1B59 00000000:0000 07 00000000:00000000 "
		 "00:00000000 00000000     0        0 98765 2 0 0\n",
			false, 7001, 98765},
		{" 1234: 0100007F:1B59 00000000:0000 07 00000000:00000000 "
		 "00:00000000 00000000     0        0 98765 2 0 0\n",
			false, 7002, 0},
		{"   0: 00000000:1B59 00000000:0000 0A 00000000:00000000 "
		 "00:00000000 00000000     0        0 11 1 0\n",
			true, 7001, 11},
		{"   0: 0100007F:1B59 0100007F:1234 01 00000000:00000000 "
		 "00:00000000 00000000     0        0 11 1 0\n",
			true, 7001, 0},
		{"   0: 0500000A:1B59 00000000:0000 0A 00000000:00000000 "
		 "00:00000000 00000000     0        0 11 1 0\n",
			true, 7001, 0},
		{"   0: 00000000000000000000000001000000:1B59 "
		 "00000000000000000000000000000000:0000 0A "
		 "00000000:00000000 00:00000000 00000000 0 0 12 1 0\n",
			true, 7001, 12},
		{"", true, 7001, 0},
		{" 1: x", true, 7001, 0},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_show_cue_socket_of(cases[i].line,
					 cases[i].is_tcp, cases[i].port),
			cases[i].who);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_those_of_the_standard),
		cmocka_unit_test(a_post_is_strict),
		cmocka_unit_test(answers_are_read_in_any_pieces),
		cmocka_unit_test(an_answer_without_end_ends),
		cmocka_unit_test(messages_come_in_parts_with_pings_between),
		cmocka_unit_test(who_does_not_agree_is_told_apart),
		cmocka_unit_test(what_a_client_says_is_masked),
		cmocka_unit_test(functions_are_found_by_name),
		cmocka_unit_test(who_listens_is_in_the_tables_of_the_kernel),
	};

	return cmocka_run_group_tests_name("show/cue_wire", tests, NULL, NULL);
}
