/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sight.h"

static struct seen seen;

static int
setup(void **state)
{
	(void)state;
	seen_init(&seen);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	seen_finish(&seen);
	return 0;
}

// What a message asks, in words.

static struct stage_str said;

static void
note(void *user, const struct stage_show_osc_request *request)
{
	static const char *const kinds[STAGE_SHOW_OSC_KIND_COUNT] = {"act",
		"release", "ask", "value", "connect", "leave", "thump",
		"updates", "always", "reply-to", "hear", "refresh", "bad"};
	static const char *const acts[STAGE_SHOW_ACT_COUNT] = {"go", "next",
		"previous", "play", "select", "select-next", "select-previous",
		"reset", "stop", "pause", "resume", "save", "panic", "tap"};
	static const char *const targets[] = {"show", "list", "song"};
	enum stage_status status = STAGE_OK;
	(void)user;

	if (said.len > 0) {
		assert_int_equal(stage_str_add(&said, "; "), STAGE_OK);
	}
	switch (request->kind) {
	case STAGE_SHOW_OSC_ACT:
		status = stage_str_addf(
			&said, "%s %ld", acts[request->act], request->number);
		break;
	case STAGE_SHOW_OSC_ASK:
		status = stage_str_addf(&said, "ask %s %s %ld", request->word,
			targets[request->target], request->number);
		break;
	case STAGE_SHOW_OSC_VALUE:
		status = stage_str_addf(&said, "value %s", request->word);
		break;
	case STAGE_SHOW_OSC_CONNECT:
		status = stage_str_addf(&said, "connect %s", request->text);
		break;
	case STAGE_SHOW_OSC_BAD:
		status = stage_str_addf(&said, "bad: %s", request->err->text);
		break;
	case STAGE_SHOW_OSC_UPDATES:
	case STAGE_SHOW_OSC_ALWAYS:
	case STAGE_SHOW_OSC_REPLY_TO:
	case STAGE_SHOW_OSC_HEAR:
		status = stage_str_addf(
			&said, "%s %ld", kinds[request->kind], request->number);
		break;
	case STAGE_SHOW_OSC_RELEASE:
	case STAGE_SHOW_OSC_LEAVE:
	case STAGE_SHOW_OSC_THUMP:
	case STAGE_SHOW_OSC_REFRESH:
		status = stage_str_add(&said, kinds[request->kind]);
		break;
	case STAGE_SHOW_OSC_KIND_COUNT:
		status = STAGE_BUG;
		break;
	}
	assert_int_equal(status, STAGE_OK);
}

static void
on_message(void *user, const struct stage_osc_message *message)
{
	stage_show_osc_take(message, &seen.sight, note, user);
}

static void
expect(const char *address, const char *first, const char *wanted)
{
	struct stage_str bytes = {0};

	seen_pack(&bytes, address, first, NULL);
	assert_true(stage_osc_read(bytes.data, bytes.len, on_message, NULL));
	assert_string_equal(stage_str_text(&said), wanted);
	stage_str_finish(&said);
	stage_str_finish(&bytes);
}

#define NO_SUCH "bad: there is no such address"
#define NO_BUTTON "bad: what comes with a verb is a number, T, F or nothing"
#define NO_SONG "bad: the number of a song, or its name, must come with it"
#define SEVERAL "bad: that may mean several things, of which none is done"

static const struct {
	const char *address;
	const char *argument;
	const char *wanted;
} rows[] = {
	// The argument of a button.
	{"/go", NULL, "go 0"},
	{"/go", "i:1", "go 0"},
	{"/go", "i:0", "release"},
	{"/go", "i:-1", "release"},
	{"/go", "i:127", "go 0"},
	{"/go", "f:1.0", "go 0"},
	{"/go", "f:0.5", "go 0"},
	{"/go", "f:0.49", "release"},
	{"/go", "f:0", "release"},
	{"/go", "f:nan", NO_BUTTON},
	{"/go", "f:inf", NO_BUTTON},
	{"/go", "T", "go 0"},
	{"/go", "F", "release"},
	{"/go", "N", "go 0"},
	{"/go", "I", "go 0"},
	{"/go", "s:", NO_BUTTON},
	{"/go", "s:now", NO_BUTTON},
	{"/go", "s:0", "release"},
	{"/go", "s:3", "play 3"}, // no button sends a text
	{"/stop", "s:1", "stop 0"},
	{"/panic", "i:0", "release"},
	{"/panicInTime", "f:0", "panic 0"}, // that is a time
	{"/panicInTime", NULL, "panic 0"},
	// Verbs.
	{"/go/3", NULL, "play 3"},
	{"/go/3", "f:0", "release"},
	{"/go/3", "f:1", "play 3"},
	{"/go/999", NULL, "play 999"}, // the show knows what there is
	{"/go/0", NULL, NO_SUCH},
	{"/go/-1", NULL, NO_SUCH},
	{"/go/03x", NULL, NO_SUCH},
	{"/cue/3/go", NULL, "play 3"},
	{"/cue/3/start", NULL, "play 3"},
	{"/cue/3/start", "F", "release"},
	{"/cue/selected/start", NULL, "play 3"},
	{"/cue/playhead/load", NULL, "select 3"},
	{"/cue/active/start", NULL, "play 2"},
	{"/cue/3/load", NULL, "select 3"},
	{"/cue/2/stop", NULL, "stop 2"},
	{"/cue/active/stop", NULL, "stop 2"},
	{"/cue/selected/stop", NULL, "stop 3"},
	{"/cue/3/stop", NULL, "bad: that song does not play"},
	{"/cue/2/pause", NULL, "pause 2"},
	{"/cue/selected/togglePause", NULL, "pause 3"},
	{"/cue/3/panic", NULL, "panic 3"},
	{"/cue/2/panicInTime", "f:0", "panic 2"},
	{"/select", "i:3", "select 3"},
	{"/select", "f:3", "select 3"},
	{"/select", "f:2.5", NO_SONG},
	{"/select", "s:3", "select 3"},
	{"/select", "s:Encore", "select 4"},
	{"/select", "s:20 minutes", NO_SONG}, // a break
	{"/select", "s:0", NO_SONG},
	{"/select", "i:0", "release"},
	{"/select", "F", "release"},
	{"/select", "T", NO_SONG},
	{"/select", NULL, NO_SONG},
	{"/select", "f:1e30", NO_SONG},
	{"/select/3", NULL, "select 3"},
	{"/select/3", "i:0", "release"},
	{"/select/next", NULL, "select-next 0"},
	{"/select/previous", NULL, "select-previous 0"},
	{"/playhead/next", NULL, "select-next 0"},
	{"/playhead/previous", NULL, "select-previous 0"},
	{"/playhead/4", NULL, "select 4"},
	{"/playhead", "i:4", "select 4"},
	{"/playhead", NULL, "ask playhead show 0"},
	{"/stop", NULL, "stop 0"},
	{"/pause", NULL, "pause 0"},
	{"/resume", NULL, "resume 0"},
	{"/reset", NULL, "reset 0"},
	{"/save", NULL, "save 0"},
	{"/panic", NULL, "panic 0"},
	{"/stagecraft/go", NULL, "go 0"},
	{"/stagecraft/go/4", NULL, "play 4"},
	{"/stagecraft/play", "i:4", "play 4"},
	{"/stagecraft/play", "s:Set 1/Waltz", "play 2"},
	{"/stagecraft/play/4", "T", "play 4"},
	{"/stagecraft/next", NULL, "next 0"},
	{"/stagecraft/previous", NULL, "previous 0"},
	{"/stagecraft/previous", "f:0", "release"},
	{"/stagecraft/select", "i:4", "select 4"},
	{"/stagecraft/select/next", NULL, "select-next 0"},
	{"/stagecraft/tap", NULL, "tap 0"},
	{"/stagecraft/panic", NULL, "panic 0"},
	// What it is told of the other side.
	{"/connect", NULL, "connect "},
	{"/connect", "s:1234", "connect 1234"},
	{"/updates", NULL, "updates -1"},
	{"/updates", "i:1", "updates 1"},
	{"/updates", "f:0", "updates 0"},
	{"/updates", "F", "updates 0"},
	{"/updates", "s:x", "bad: a number must come with it, or nothing"},
	{"/alwaysReply", "i:1", "always 1"},
	{"/udpReplyPort", "i:9000", "reply-to 9000"},
	{"/udpReplyPort", NULL, "reply-to -1"},
	{"/udpReplyPort", "i:65536", "bad: a port is 1 to 65535"},
	{"/udpReplyPort", "i:0", "bad: a port is 1 to 65535"},
	{"/thump", NULL, "thump"},
	{"/disconnect", NULL, "leave"},
	{"/stagecraft/subscribe", NULL, "hear 1"},
	{"/stagecraft/subscribe", "i:0", "hear 0"},
	{"/stagecraft/unsubscribe", NULL, "leave"},
	{"/stagecraft/refresh", NULL, "refresh"},
	// What is asked.
	{"/version", NULL, "ask version show 0"},
	{"/workspaces", NULL, "ask workspaces show 0"},
	{"/cue/3/name", NULL, "ask name song 3"},
	{"/cue/selected/uniqueID", NULL, "ask uniqueID song 3"},
	{"/cue/3/children/shallow", NULL, "ask children song 3"},
	{"/workspace/rig/cueLists", NULL, "ask cueLists show 0"},
	{"/workspace/rig/go", NULL, "go 0"},
	{"/workspace/gig/go", NULL, "bad: there is no such workspace"},
	{"/workspace/*/go", NULL, "bad: there is no such workspace"},
	{"/stagecraft/song/name", NULL, "value /stagecraft/song/name"},
	{"/stagecraft/state", NULL, "value /stagecraft/state"},
	// Patterns.
	{"/g?", NULL, "go 0"},
	{"/g[n-p]", "f:0", "release"},
	{"/{go,stop}", NULL, SEVERAL},
	{"/*", NULL, SEVERAL},
	{"/stagecraft/n*t", NULL, "next 0"},
	{"/stagecraft/*", NULL, SEVERAL},
	{"/cue/{3,7}/start", NULL, "play 3"},
	{"/cue/[12]/start", NULL, SEVERAL},
	{"/cue/*/start", NULL, SEVERAL},
	{"/cue/[34]/name", NULL, "ask name song 3; ask name song 4"},
	{"/cue/********************4/name", NULL, "ask name song 4"},
	{"/cue/************************4/name", NULL, NO_SUCH}, // too long
	{"/stagecraft/s*/name", NULL,
		"value /stagecraft/song/name; value /stagecraft/selected/name;"
		" value /stagecraft/set/name"},
	{"/[", NULL, NO_SUCH},
	{"/cue/{1,2", NULL, NO_SUCH},
	// None of ours.
	{"/", NULL, NO_SUCH},
	{"//go", NULL, NO_SUCH},
	{"/go/", NULL, NO_SUCH},
	{"/go/3/4", NULL, NO_SUCH},
	{"/GO", NULL, NO_SUCH},
	{"/cue", NULL, NO_SUCH},
	{"/cue/3", NULL, NO_SUCH},
	{"/cue//start", NULL, NO_SUCH},
	{"/cue/3/", NULL, NO_SUCH},
	{"/workspace/rig", NULL, NO_SUCH},
	{"/workspace", NULL, NO_SUCH},
	{"/stagecraft", NULL, NO_SUCH},
	{"/stagecraft/open", "s:A", NO_SUCH},
	{"/a/b/c/d/e/f/g/h/i/j", NULL, NO_SUCH},
	{"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aa"
	 "aaaaa",
		NULL, NO_SUCH},
};

static void
a_message_asks_for_one_thing(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		expect(rows[i].address, rows[i].argument, rows[i].wanted);
	}
}

static void
ids_are_as_good_as_numbers(void **state)
{
	char id[STAGE_SHOW_CUE_ID_MAX];
	char address[STAGE_SHOW_ADDRESS_MAX];
	(void)state;

	stage_show_osc_song_id(&seen.sight, 3, id);
	assert_int_equal(strlen(id), 36);
	(void)!stage_format(address, sizeof(address), "/cue_id/%s/start", id);
	expect(address, NULL, "play 3");
	expect(address, "f:0", "release");
	(void)!stage_format(address, sizeof(address), "/select_id/%s", id);
	expect(address, NULL, "select 3");
	(void)!stage_format(address, sizeof(address), "/playheadID/%s", id);
	expect(address, NULL, "select 3");
	(void)!stage_format(address, sizeof(address), "/cue_id/%s/notes", id);
	expect(address, NULL, "ask notes song 3");

	stage_show_osc_list_id(&seen.sight, id);
	(void)!stage_format(address, sizeof(address), "/cue_id/%s/go", id);
	expect(address, NULL, "go 0");
	(void)!stage_format(
		address, sizeof(address), "/cue_id/%s/playhead/next", id);
	expect(address, NULL, "select-next 0");
	(void)!stage_format(
		address, sizeof(address), "/cue_id/%s/children", id);
	expect(address, NULL, "ask children list 0");
	(void)!stage_format(address, sizeof(address), "/cue_id/%s/start", id);
	expect(address, NULL, "ask start list 0"); // no such value

	stage_show_osc_workspace_id(&seen.sight, id);
	(void)!stage_format(
		address, sizeof(address), "/workspace/%s/cue/1/go", id);
	expect(address, NULL, "play 1");
	(void)!stage_format(address, sizeof(address), "/cue_id/%s/start", id);
	expect(address, NULL, NO_SUCH);

	// What has another name or place has another id.
	stage_show_osc_song_id(&seen.sight, 9, id);
	assert_string_equal(id, "");
	expect("/cue_id/00000000-0000-8000-8000-000000000003/start", NULL,
		NO_SUCH);
}

static void
a_song_that_there_is_not_does_nothing(void **state)
{
	(void)state;
	seen.place.selected.number = 0;
	seen.place.playing.number = 0;
	expect("/cue/selected/start", NULL, "bad: there is no such song now");
	expect("/cue/active/stop", NULL, "bad: there is no such song now");
	expect("/cue/active/name", NULL, "ask name song 0");
	seen.sight.is_paused = true;
	seen.place.playing.number = 2;
	expect("/cue/2/togglePause", NULL, "resume 2");
}

// Rubbish.

static size_t acts;

static void
count_acts(void *user, const struct stage_show_osc_request *request)
{
	(void)user;
	acts += request->kind == STAGE_SHOW_OSC_ACT;
	assert_non_null(request->address);
	assert_true(request->kind != STAGE_SHOW_OSC_BAD ||
		    request->err->text[0] != '\0');
}

static void
take_rubbish(void *user, const struct stage_osc_message *message)
{
	stage_show_osc_take(message, &seen.sight, count_acts, user);
}

static uint32_t
next_random(uint32_t *seed) // xorshift
{
	*seed ^= *seed << 13U;
	*seed ^= *seed >> 17U;
	*seed ^= *seed << 5U;
	return *seed;
}

// What a cut packet is made of: all that there is, whole.
static size_t
pack_any(uint32_t *seed, char *out, size_t size)
{
	struct stage_str bytes = {0};
	size_t which = next_random(seed) % STAGE_COUNT_OF(rows);
	size_t len;

	if (next_random(seed) % 4 == 0) { // a bundle of one
		assert_int_equal(stage_str_append(&bytes,
					 "#bundle\0\0\0\0\0\0\0\0\1", 16),
			STAGE_OK);
		seen_pack(&bytes, rows[which].address, rows[which].argument,
			NULL);
		len = bytes.len - 16;
		assert_true(len < 256);
		seen_pack(&bytes, "/", NULL); // room, for what comes in between
		memmove(bytes.data + 20, bytes.data + 16, len);
		memcpy(bytes.data + 16, "\0\0\0", 3);
		bytes.data[19] = (char)len;
		stage_str_cut(&bytes, 20 + len);
	} else {
		seen_pack(&bytes, rows[which].address, rows[which].argument,
			NULL);
	}
	len = bytes.len;
	assert_true(len <= size);
	memcpy(out, bytes.data, len);
	stage_str_finish(&bytes);
	return len;
}

static void
what_is_random_or_cut_does_nothing(void **state)
{
	uint32_t seed = 20261129;
	int rounds = getenv("STAGE_FULL") != NULL ? 1000000 : 20000;
	size_t whole = 0;
	char bytes[1024];
	(void)state;

	for (int i = 0; i < rounds; i++) {
		size_t len;
		if (i % 2 == 0) {
			len = next_random(&seed) % sizeof(bytes);
			for (size_t at = 0; at < len; at++) {
				bytes[at] = (char)next_random(&seed);
			}
		} else {
			len = pack_any(&seed, bytes, sizeof(bytes));
			whole += stage_osc_read(bytes, len, on_message, NULL);
			len = next_random(&seed) % len;
		}
		(void)stage_osc_read(bytes, len, take_rubbish, NULL);
		assert_int_equal(acts, 0);
		stage_str_finish(&said);
	}
	assert_int_equal(whole, rounds / 2); // those had been cut by us
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_message_asks_for_one_thing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			ids_are_as_good_as_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_song_that_there_is_not_does_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_random_or_cut_does_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
