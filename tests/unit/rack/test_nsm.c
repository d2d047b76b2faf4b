/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/nsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// What was handled, as one text.
struct seen {
	unsigned count;
	char text[2048];
};

static void
see(void *user, const struct stage_osc_message *in)
{
	struct seen *seen = user;
	struct stage_rack_nsm_message message;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_rack_nsm_understand(in, &message, &err);

	assert_int_equal(status, err.status);
	if (message.kind == STAGE_RACK_NSM_IS_NOTHING) {
		assert_int_equal(status, STAGE_OK);
		return;
	}
	seen->count++;
	snprintf(seen->text, sizeof(seen->text), "%d %.500s|%s|%d %s: %s",
		message.kind, message.path, message.id, message.code,
		message.text, status == STAGE_OK ? "good" : err.text);
}

#define PACKET(bytes) bytes, sizeof(bytes) - 1
#define OPEN "/nsm/client/open\0\0\0\0"
#define ABOUT "/nsm/server/announce\0\0\0\0"
#define LONG64                                                                 \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static const struct {
	const char *bytes;
	size_t len;
	const char *text; // NULL: it is for somebody else, or no OSC
} packets[] = {
	{PACKET("/reply\0\0,ssss\0\0\0" ABOUT "hi\0\0NSM\0:a:\0"),
		"1 ||0 hi: good"},
	{PACKET("/error\0\0,sis\0\0\0\0" ABOUT "\xff\xff\xff\xfano\0\0"),
		"2 ||-6 no: good"},
	{PACKET("/error\0\0,s\0\0" ABOUT), "2 ||-1 it does not say why: good"},
	{PACKET("/error\0\0,sfs\0\0\0\0" ABOUT "\x7f\x80\0\0no\0\0"),
		"2 ||-1 no: good"},
	{PACKET(OPEN ",sss\0\0\0\0/s/r.nA\0s\0\0\0r.nA\0\0\0\0"),
		"3 /s/r.nA|r.nA|0 : good"},
	{PACKET("/nsm/client/save\0\0\0\0,\0\0\0"), "4 ||0 : good"},
	{PACKET("/nsm/client/session_is_loaded\0\0\0,\0\0\0"), "5 ||0 : good"},
	{PACKET("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x18/nsm/client/save\0\0\0\0"
		",\0\0\0"),
		"4 ||0 : good"},
	// What cannot be opened.
	{PACKET(OPEN ",sss\0\0\0\0s/r\0s\0\0\0r.nA\0\0\0\0"),
		"3 s/r||0 : the project has no whole path, from the first "
		"slash on"},
	{PACKET(OPEN ",\0\0\0"),
		"3 ||0 : the project has no whole path, from the first slash "
		"on"},
	{PACKET(OPEN ",ss\0/s/r\0\0\0\0s\0\0\0"),
		"3 /s/r||0 : there is no client id of at most 63 bytes with "
		"the project"},
	{PACKET(OPEN ",sss\0\0\0\0/s/r\0\0\0\0s\0\0\0" LONG64 "\0\0\0\0"),
		"3 /s/r||0 : there is no client id of at most 63 bytes with "
		"the project"},
	{PACKET(OPEN ",sss\0\0\0\0/s/r\0\0\0\0s\0\0\0a:b\0"),
		"3 /s/r|a:b|0 : JACK client name \"a:b\" holds a character "
		"that is not allowed: colon, slash or control"},
	// Nobody's, or none.
	{PACKET("/reply\0\0,ss\0/nsm/server/add\0ok\0\0"), NULL},
	{PACKET("/reply\0\0,i\0\0\0\0\0\0"), NULL},
	{PACKET("/nsm/client/show_optional_gui\0\0\0,\0\0\0"), NULL},
	{PACKET("/nsm/client/saves\0\0\0,\0\0\0"), NULL},
	{PACKET("/nsm/client/save"), NULL},
	{PACKET("/nsm/client/save\0\0\0\0"), NULL},
	{PACKET("garbage"), NULL},
	{PACKET("\0"), NULL},
};

static void
a_packet_becomes_a_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(packets); i++) {
		struct seen seen = {0};
		(void)stage_osc_read(
			packets[i].bytes, packets[i].len, see, &seen);
		if (packets[i].text == NULL) {
			assert_int_equal(seen.count, 0);
			continue;
		}
		assert_string_equal(seen.text, packets[i].text);
		assert_int_equal(seen.count, 1);
	}
}

static const struct {
	const char *url;
	enum stage_status status;
	const char *host;
	const char *port;
} urls[] = {
	{"osc.udp://127.0.0.1:17776/", STAGE_OK, "127.0.0.1", "17776"},
	{"osc.udp://vm:1", STAGE_OK, "vm", "1"},
	{"osc.udp://[::1]:65535/x:2/", STAGE_OK, "::1", "65535"},
	{"osc.udp://[]:1/", STAGE_OK, "[]", "1"}, // which nobody is called
	{"osc.tcp://vm:1/", STAGE_UNSUPPORTED, NULL, NULL},
	{"osc.unix:///tmp/x", STAGE_UNSUPPORTED, NULL, NULL},
	{"", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://:", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://:1/", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://vm/", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://vm:/", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://vm:0/", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://vm:65536/", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://vm:1234567/", STAGE_BAD_INPUT, NULL, NULL},
	{"osc.udp://vm:1x/", STAGE_BAD_INPUT, NULL, NULL},
	{"http://vm:1/", STAGE_BAD_INPUT, NULL, NULL},
};

static void
a_url_is_a_host_and_a_port(void **state)
{
	char host[STAGE_RACK_NSM_HOST_MAX];
	char port[STAGE_RACK_NSM_PORT_MAX];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(urls); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_rack_nsm_url(urls[i].url, host, port, &err),
			urls[i].status);
		if (urls[i].status == STAGE_OK) {
			assert_string_equal(host, urls[i].host);
			assert_string_equal(port, urls[i].port);
		} else {
			assert_non_null(strstr(err.text, "NSM_URL is"));
		}
	}
}

static void
check(struct stage_str *out, enum stage_status status, const char *bytes,
	size_t len)
{
	assert_int_equal(status, STAGE_OK);
	assert_int_equal(out->len, len);
	assert_memory_equal(out->data, bytes, len);
	stage_str_finish(out);
}

static void
what_is_said_is_osc(void **state)
{
	struct stage_str out = {0};
	(void)state;

	check(&out, stage_rack_nsm_announce(&out, "rack", ":dirty:", 258),
		PACKET(ABOUT
			",sssiii\0rack\0\0\0\0:dirty:\0rack\0\0\0\0\0\0\0\1"
			"\0\0\0\1\0\0\1\2"));
	check(&out, stage_rack_nsm_reply(&out, "/a", "b"),
		PACKET("/reply\0\0,ss\0/a\0\0b\0\0\0"));
	check(&out,
		stage_rack_nsm_error(
			&out, "/a", STAGE_RACK_NSM_BAD_PROJECT, "b"),
		PACKET("/error\0\0,sis\0\0\0\0/a\0\0\xff\xff\xff\xf7"
		       "b\0\0\0"));
	check(&out, stage_rack_nsm_word(&out, STAGE_RACK_NSM_DIRTY),
		PACKET("/nsm/client/is_dirty\0\0\0\0,\0\0\0"));
	check(&out, stage_rack_nsm_say(&out, 2, "b"),
		PACKET("/nsm/client/message\0,is\0\0\0\0\2b\0\0\0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_becomes_a_message),
		cmocka_unit_test(a_url_is_a_host_and_a_port),
		cmocka_unit_test(what_is_said_is_osc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
