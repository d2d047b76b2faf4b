/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// mode, lock, scene, plan over the socket.

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon_world.h"
#include "failing_calls.h"
#include "patchbay/patch_text.h"

#define S STAGE_NS_PER_S

static void
add_some(struct daemon_world *w)
{
	static const char *const names[] = {
		"A:out", "C:out", "Gr\xfcn:out", "B:in", "D:in", "E:in"};

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		daemon_world_add(w, names[i]);
	}
	daemon_world_pass(w, 10 * S);
}

static const char *
mode_of(struct daemon_world *w)
{
	const json_t *result = daemon_world_ask(w, "mode", NULL);

	return json_string_value(json_object_get(result, "mode"));
}

static void
the_mode_is_set_and_kept(void **state)
{
	static const char *const modes[] = {
		"off", "learn", "enforce", "exclusive", "lock"};
	struct daemon_world *w = *state;

	assert_string_equal(mode_of(w), "learn");
	for (size_t i = 0; i < STAGE_COUNT_OF(modes); i++) {
		const json_t *result =
			daemon_world_ask(w, "mode", "mode", modes[i], NULL);
		assert_string_equal(
			json_string_value(json_object_get(result, "mode")),
			modes[i]);
		daemon_world_restart(w);
		assert_string_equal(mode_of(w), modes[i]);
	}
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there is no mode \"loud\"",
		"mode", "mode", "loud", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there is no mode \"\"", "mode",
		"mode", "", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there is no mode \"default\"",
		"mode", "mode", "default", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "no argument \"clients2\"",
		"mode", "clients2", "x", NULL);
	assert_null(
		daemon_world_call(w, "mode", json_pack("{s:i}", "mode", 1)));
	assert_int_equal(w->err.status, STAGE_BAD_INPUT);
	assert_string_equal(mode_of(w), "lock");
}

static void
lock_goes_back_to_the_mode_before(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_ask(w, "lock", "off", "true", NULL);
	assert_string_equal(mode_of(w), "learn"); // it was none
	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	daemon_world_ask(w, "lock", NULL);
	daemon_world_ask(w, "lock", NULL);
	daemon_world_ask(w, "lock", "off", "false", NULL);
	assert_string_equal(mode_of(w), "lock");
	daemon_world_restart(w);
	daemon_world_ask(w, "lock", "off", "true", NULL);
	assert_string_equal(mode_of(w), "enforce");
	daemon_world_refuse(
		w, STAGE_BAD_INPUT, "\"off\"", "lock", "off", "perhaps", NULL);
}

static void
locked_connections_are_made_again(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_ask(w, "lock", NULL);
	daemon_world_pass(w, 10 * S);
	daemon_world_disconnect(w, "A:out", "B:in");
	daemon_world_connect(w, "C:out", "D:in");
	daemon_world_pass(w, 10 * S);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
}

static void
clients_have_modes_of_their_own(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_some(w);
	daemon_world_ask(w, "mode", "mode", "off", "clients", "A*", NULL);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_ask(w, "connect", "from", "C:out", "to", "B:in", NULL);
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_true(daemon_world_is_connected(w, "C:out", "B:in"));
	result = daemon_world_ask(w, "mode", NULL);
	assert_string_equal(daemon_world_text(w, result, "lines"),
		"[{\"clients\":\"A*\",\"file\":\"learned.patch\",\"line\":3,"
		"\"mode\":\"off\"}]");
	daemon_world_restart(w);
	assert_non_null(strstr(
		daemon_world_explain(w, "A:out", "B:in"), "its mode is off"));
	daemon_world_ask(w, "mode", "mode", "default", "clients", "A*", NULL);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	daemon_world_ask(
		w, "mode", "mode", "off", "clients", "\"Gr\\xfcn\"", NULL);
	daemon_world_ask(
		w, "connect", "from", "\"Gr\\xfcn:out\"", "to", "D:in", NULL);
	assert_false(daemon_world_is_connected(w, "Gr\xfcn:out", "D:in"));
	daemon_world_ask(w, "undo", "count", "2", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "is missing", "mode", "clients",
		"A*", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there is no mode", "mode",
		"mode", "loud", "clients", "A*", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "clients' name is empty",
		"mode", "mode", "off", "clients", "", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "regular expression", "mode",
		"mode", "off", "clients", "/A/", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "not closed", "mode", "mode",
		"off", "clients", "\"A", NULL);
}

static void
do_fail_writes(struct daemon_world *w, void *user)
{
	(void)w;
	(void)user;
	failing_calls_arm(FAILING_FSYNC, 1, 1000000, EROFS);
}

static void
do_let_writes(struct daemon_world *w, void *user)
{
	(void)w;
	(void)user;
	failing_calls_disarm();
}

static void
what_cannot_be_written_holds(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	daemon_world_write(w, "songs/one/song.conf", "");
	daemon_world_do(w, do_fail_writes, NULL);
	result = daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "warning"),
		"the mode holds until the patchbay is started anew"));
	assert_string_equal(mode_of(w), "enforce");
	result = daemon_world_ask(
		w, "mode", "mode", "off", "clients", "A", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "warning"),
		"it is in force, and kept in memory"));
	result = daemon_world_ask(w, "scene", "song", "one", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"set\":null,\"song\":\"one\"}");
	daemon_world_refuse(
		w, STAGE_DENIED, "song.patch", "scene", "learn", "true", NULL);
	daemon_world_do(w, do_let_writes, NULL);
	result = daemon_world_ask(w, "scene", "learn", "true", NULL);
	assert_string_equal(daemon_world_text(w, result, "learned"), "0");
}

static void
write_scenes(struct daemon_world *w)
{
	daemon_world_write(w, "patchbay/a.patch", "A:out -> B:in\n");
	daemon_world_write(w, "songs/one/song.patch", "C:out -> B:in\n");
	daemon_world_write(w, "songs/two/song.patch",
		"C:out -> D:in\nnot A:out -> B:in\n");
	daemon_world_write(w, "songs/bad/song.patch", "C:out -> E:in\nC:out\n");
	daemon_world_write(w, "songs/bare/song.conf", "");
	daemon_world_write(w, "setlists/gig.patch", "A:out -> E:in\n");
	daemon_world_await(w, "A:out", "B:in", "connected: a.patch");
}

// "AB CB ..." of those that are there.
static const char *
connections(struct daemon_world *w)
{
	static char text[64];

	text[0] = '\0';
	for (const char *from = "AC"; *from != '\0'; from++) {
		for (const char *to = "BDE"; *to != '\0'; to++) {
			char names[2][8] = {"?:out", "?:in"};
			names[0][0] = *from;
			names[1][0] = *to;
			if (daemon_world_is_connected(w, names[0], names[1])) {
				snprintf(text + strlen(text), 8, "%c%c ", *from,
					*to);
			}
		}
	}
	return text;
}

static void
scenes_change_what_differs(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;
	unsigned edits;

	add_some(w);
	write_scenes(w);
	result = daemon_world_ask(w, "scene", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"set\":null,\"song\":null}");
	result =
		daemon_world_ask(w, "scene", "song", "one", "set", "gig", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"set\":\"gig\",\"song\":\"one\"}");
	assert_string_equal(connections(w), "AB AE CB ");
	edits = w->server.edit_count;
	daemon_world_ask(w, "scene", "song", "two", NULL); // the set stays
	assert_string_equal(connections(w), "AE CD ");
	assert_int_equal(w->server.edit_count, edits + 3);
	daemon_world_restart(w);
	assert_string_equal(connections(w), "AE CD ");
	daemon_world_ask(w, "scene", "set", "", NULL);
	assert_string_equal(connections(w), "CD ");
	daemon_world_ask(w, "scene", "song", "", NULL);
	assert_string_equal(connections(w), "AB ");
	daemon_world_pass(w, 10 * S);
	assert_string_equal(daemon_world_learned(w), "");
}

static void
set_scene(struct daemon_world *w, json_t *params)
{
	assert_non_null(params);
	assert_non_null(daemon_world_call(w, "scene", params));
	daemon_world_settle(w);
}

static void
a_song_that_rings_keeps_its_sound(void **state)
{
	static const char *const names[] = {"K:out_midi", "S:midi_in", "S:out",
		"M:in", "T:out", "T:midi_in", "N:out"};
	struct daemon_world *w = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		daemon_world_add(w, names[i]);
	}
	daemon_world_pass(w, 10 * S);
	daemon_world_write(w, "songs/old/song.patch",
		"K:out_midi -> S:midi_in\nonly S:out -> M:in\n"
		"forbid T:* -> M:*\nnot N:out -> M:in\n");
	daemon_world_write(w, "songs/new/song.patch",
		"K:out_midi -> T:midi_in\nT:out -> M:in\n");
	set_scene(w, json_pack("{s:s}", "song", "old"));
	assert_true(daemon_world_is_connected(w, "S:out", "M:in"));
	assert_true(daemon_world_is_connected(w, "K:out_midi", "S:midi_in"));
	set_scene(
		w, json_pack("{s:s, s:[s]}", "song", "new", "ringing", "old"));
	// It is heard, and the keyboard plays the other one. What it forbade,
	// and that it was to be the only one, is over.
	assert_true(daemon_world_is_connected(w, "S:out", "M:in"));
	assert_false(daemon_world_is_connected(w, "K:out_midi", "S:midi_in"));
	assert_true(daemon_world_is_connected(w, "K:out_midi", "T:midi_in"));
	assert_true(daemon_world_is_connected(w, "T:out", "M:in"));
	assert_non_null(strstr(
		daemon_world_explain(w, "S:out", "M:in"), "a song that rings"));
	set_scene(w, json_pack("{s:[]}", "ringing"));
	assert_false(daemon_world_is_connected(w, "S:out", "M:in"));
	assert_true(daemon_world_is_connected(w, "T:out", "M:in"));
	// One that cannot be read has nothing to ring.
	set_scene(w, json_pack("{s:s, s:[s, s]}", "song", "old", "ringing",
			     "none", "../x"));
	assert_true(daemon_world_is_connected(w, "S:out", "M:in"));
}

static void
refuse_edits(struct daemon_world *w, void *user)
{
	(void)user;
	w->server.answer = FAKE_REFUSED;
}

static void
an_answer_waits_for_the_connections_that_are_made(void **state)
{
	struct daemon_world *w = *state;
	json_t *made = json_pack("{s:s, s:b}", "song", "new", "made", 1);

	add_some(w);
	daemon_world_write(w, "songs/new/song.patch", "A:out -> B:in\n");
	daemon_world_write(w, "songs/other/song.patch", "C:out -> D:in\n");
	assert_non_null(daemon_world_call(w, "scene", json_incref(made)));
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	// There is nothing to wait for.
	assert_non_null(daemon_world_call(w, "scene", made));
	// What cannot be made is not waited for.
	daemon_world_do(w, refuse_edits, NULL);
	assert_non_null(daemon_world_call(w, "scene",
		json_pack("{s:s, s:b}", "song", "other", "made", 1)));
	assert_false(daemon_world_is_connected(w, "C:out", "D:in"));
}

static void
what_waits_for_its_turn_is_not_connected(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	daemon_world_write(w, "songs/new/song.patch", "x.nABCD:out -> B:in\n");
	daemon_world_write(w, "patchbay/10.patch", "* -> D:in\n");
	daemon_world_await(w, "A:out", "D:in", "10.patch");
	set_scene(w, json_pack("{s:[s]}", "waiting", "nABCD"));
	daemon_world_add(w, "x.nABCD:out");
	daemon_world_pass(w, 10 * S);
	assert_true(daemon_world_is_connected(w, "A:out", "D:in"));
	assert_false(daemon_world_is_connected(w, "x.nABCD:out", "D:in"));
	// Not even by itself: that is made up for when it is its turn.
	daemon_world_connect(w, "x.nABCD:out", "E:in");
	daemon_world_settle(w);
	assert_false(daemon_world_is_connected(w, "x.nABCD:out", "E:in"));
	set_scene(w, json_pack("{s:s, s:[]}", "song", "new", "waiting"));
	assert_true(daemon_world_is_connected(w, "x.nABCD:out", "B:in"));
	assert_true(daemon_world_is_connected(w, "x.nABCD:out", "D:in"));
	assert_true(daemon_world_is_connected(w, "x.nABCD:out", "E:in"));
	// It is no hand's, and stays until a hand takes it away.
	daemon_world_pass(w, 10 * S);
	assert_string_equal(daemon_world_learned(w), "");
	assert_true(daemon_world_is_connected(w, "x.nABCD:out", "E:in"));
	assert_null(daemon_world_call(
		w, "scene", json_pack("{s:[s]}", "waiting", ".*")));
	assert_int_equal(w->err.status, STAGE_BAD_INPUT);
}

static void
a_song_means_its_own_of_two_of_one_name(void **state)
{
	struct daemon_world *w = *state;
	json_t *called = json_pack("{s:{s:s}}", "new", "syn", "syn-01");

	add_some(w);
	daemon_world_write(w, "songs/old/song.patch", "syn:out -> B:in\n");
	daemon_world_write(w, "songs/new/song.patch", "syn:out -> D:in\n");
	daemon_world_add(w, "syn:out");
	daemon_world_add(w, "syn-01:out");
	set_scene(w,
		json_pack("{s:s, s:[s]}", "song", "old", "waiting", "syn-01:"));
	daemon_world_connect(w, "syn-01:out", "E:in");
	daemon_world_settle(w);
	assert_true(daemon_world_is_connected(w, "syn:out", "B:in"));
	assert_false(daemon_world_is_connected(w, "syn-01:out", "E:in"));
	// Its turn, while the other one rings.
	set_scene(w, json_pack("{s:s, s:[s], s:[], s:O}", "song", "new",
			     "ringing", "old", "waiting", "called", called));
	assert_true(daemon_world_is_connected(w, "syn-01:out", "D:in"));
	assert_true(daemon_world_is_connected(w, "syn-01:out", "E:in"));
	assert_true(daemon_world_is_connected(w, "syn:out", "B:in"));
	assert_false(daemon_world_is_connected(w, "syn:out", "D:in"));
	// What was said stays so until something else is.
	set_scene(w, json_pack("{s:s, s:[]}", "song", "new", "ringing"));
	assert_true(daemon_world_is_connected(w, "syn-01:out", "D:in"));
	assert_false(daemon_world_is_connected(w, "syn:out", "B:in"));
	set_scene(w, json_pack("{s:s, s:[], s:{}}", "song", "new", "ringing",
			     "called"));
	assert_true(daemon_world_is_connected(w, "syn:out", "D:in"));
	json_decref(called);
	assert_null(daemon_world_call(w, "scene",
		json_pack("{s:{s:{s:i}}}", "called", "new", "syn", 1)));
	assert_int_equal(w->err.status, STAGE_BAD_INPUT);
	assert_null(daemon_world_call(w, "scene",
		json_pack("{s:{s:{s:s}}}", "called", "new", "syn", "a:b")));
	assert_int_equal(w->err.status, STAGE_BAD_INPUT);
}

static void
a_bad_scene_leaves_the_one_before(void **state)
{
	static const struct {
		const char *song;
		enum stage_status status;
		const char *part;
	} cases[] = {
		{"bad", STAGE_BAD_INPUT, "songs/bad/song.patch:2:6: "},
		{"none", STAGE_NOT_FOUND, "there is no song none"},
		{"a/b", STAGE_NOT_FOUND, "there is no song a/b"},
		{"a//b", STAGE_BAD_INPUT, "empty"},
		{"a/../b", STAGE_BAD_INPUT, "dot"},
		{"..", STAGE_BAD_INPUT, "dot"},
		{"a\nb", STAGE_NOT_FOUND, "there is no song a b"},
	};
	struct daemon_world *w = *state;

	add_some(w);
	write_scenes(w);
	daemon_world_ask(w, "scene", "song", "one", NULL);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const json_t *result;
		daemon_world_refuse(w, cases[i].status, cases[i].part, "scene",
			"song", cases[i].song, NULL);
		result = daemon_world_ask(w, "scene", NULL);
		assert_string_equal(
			daemon_world_text(w, result, "song"), "\"one\"");
		assert_string_equal(connections(w), "AB CB ");
	}
	daemon_world_refuse(w, STAGE_NOT_FOUND, "there is no set none", "scene",
		"song", "two", "set", "none", NULL);
	assert_string_equal(connections(w), "AB CB ");
}

static void
the_files_of_a_scene_are_watched(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	write_scenes(w);
	daemon_world_ask(w, "scene", "song", "one", "set", "gig", NULL);
	daemon_world_write(w, "songs/one/song.patch", "C:out -> E:in\n");
	daemon_world_await(w, "C:out", "E:in", "connected: song.patch");
	daemon_world_write(w, "songs/one/song.patch", "C:out -\n");
	daemon_world_write(w, "setlists/gig.patch", "C:out -> D:in\n");
	daemon_world_await(w, "C:out", "D:in", "connected: the set's patch");
	assert_string_equal(connections(w), "AB CD CE ");
	assert_int_equal(
		unlink(world_path(&w->world, "rig/songs/one/song.patch")), 0);
	daemon_world_await(w, "C:out", "E:in", "not connected");
	// One that was not there when the song was chosen.
	daemon_world_ask(w, "scene", "song", "bare", NULL);
	daemon_world_write(w, "songs/bare/song.patch", "C:out -> B:in\n");
	daemon_world_await(w, "C:out", "B:in", "connected: song.patch");
}

static void
a_song_learns_what_is_beside_the_rest(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;
	const char *sentence;

	add_some(w);
	write_scenes(w);
	daemon_world_refuse(w, STAGE_NOT_FOUND, "no song is in force", "scene",
		"learn", "true", NULL);
	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	daemon_world_ask(w, "scene", "song", "bare", NULL);
	daemon_world_connect(w, "C:out", "D:in");
	daemon_world_connect(w, "Gr\xfcn:out", "D:in");
	result = daemon_world_ask(w, "scene", "learn", "true", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"learned\":2,\"set\":null,\"song\":\"bare\"}");
	daemon_world_await(w, "C:out", "D:in", "connected: song.patch");
	daemon_world_ask(w, "scene", "song", "", NULL);
	assert_string_equal(connections(w), "AB ");
	daemon_world_ask(w, "scene", "song", "bare", NULL);
	assert_string_equal(connections(w), "AB CD ");
	assert_true(daemon_world_is_connected(w, "Gr\xfcn:out", "D:in"));
	// Learned once more with an end away, it still waits for that.
	daemon_world_remove(w, "Gr\xfcn:out");
	daemon_world_connect(w, "C:out", "E:in");
	result = daemon_world_ask(w, "scene", "learn", "true", NULL);
	assert_string_equal(daemon_world_text(w, result, "learned"), "3");
	daemon_world_await(w, "C:out", "E:in", "connected: song.patch");
	sentence = daemon_world_explain(w, "\"Gr\\xfcn:out\"", "D:in");
	assert_non_null(strstr(sentence, "song.patch line"));
	daemon_world_refuse(w, STAGE_EXISTS, "was written by hand", "scene",
		"song", "two", "learn", "true", NULL);
}

// Of a client that JACK calls otherwise now than the song does.
static void
a_song_learns_of_its_own_of_two_of_one_name(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	write_scenes(w);
	daemon_world_add(w, "syn:out");
	daemon_world_add(w, "syn-01:out");
	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	set_scene(w, json_pack("{s:s, s:{s:{s:s}}}", "song", "bare", "called",
			     "bare", "syn", "syn-01"));
	daemon_world_connect(w, "syn-01:out", "E:in");
	daemon_world_ask(w, "scene", "learn", "true", NULL);
	daemon_world_await(w, "syn-01:out", "E:in", "connected: song.patch");
	daemon_world_ask(w, "scene", "song", "", NULL);
	assert_false(daemon_world_is_connected(w, "syn-01:out", "E:in"));
	set_scene(w, json_pack("{s:s, s:{}}", "song", "bare", "called"));
	assert_true(daemon_world_is_connected(w, "syn:out", "E:in"));
	assert_false(daemon_world_is_connected(w, "syn-01:out", "E:in"));
}

// Of a port that is called otherwise now than where others want it.
static void
a_song_speaks_of_ports_as_others_do(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	write_scenes(w);
	daemon_world_write(w, "patchbay/n.patch", "N.nFILE:out -> B:in\n");
	daemon_world_await(w, "N.nFILE:out", "B:in", "n.patch");
	daemon_world_add(w, "N.nNOWW:out");
	daemon_world_pass(w, 10 * S);
	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	daemon_world_ask(w, "scene", "song", "bare", NULL);
	daemon_world_connect(w, "N.nNOWW:out", "D:in");
	daemon_world_ask(w, "scene", "learn", "true", NULL);
	assert_non_null(strstr(daemon_world_explain(w, "N.nFILE:out", "D:in"),
		"connected: song.patch"));
	assert_true(daemon_world_is_connected(w, "N.nNOWW:out", "B:in"));
}

// Before any watcher can see the file, and before a hand's work is learned.
static void
what_a_song_has_learned_holds_at_once(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	write_scenes(w);
	daemon_world_ask(w, "scene", "song", "bare", NULL);
	daemon_world_connect(w, "C:out", "D:in");
	daemon_world_ask(w, "scene", "learn", "true", NULL);
	daemon_world_ask(w, "scene", "song", "", NULL);
	assert_string_equal(connections(w), "AB ");
	daemon_world_pass(w, 10 * S);
	assert_string_equal(connections(w), "AB ");
	assert_string_equal(daemon_world_learned(w), "");
	daemon_world_ask(w, "scene", "song", "bare", NULL);
	assert_string_equal(connections(w), "AB CD ");
}

// What the song denies cannot be seen, and is not forgotten.
static void
a_song_keeps_what_it_denies(void **state)
{
	static const char lines[] = "not A:out -> B:in\nforbid X -> Y\n";
	struct daemon_world *w = *state;
	struct stage_learned_head head = {.number = 1, .undo = 1};
	struct stage_patch_list list = {0};
	struct stage_str text = {0};

	add_some(w);
	write_scenes(w);
	assert_int_equal(stage_patch_text_parse(
				 lines, sizeof(lines) - 1, "test", &list, NULL),
		STAGE_OK);
	assert_int_equal(stage_learned_write(&text, &head, &list), STAGE_OK);
	daemon_world_write(w, "songs/ours/song.patch", stage_str_text(&text));
	stage_patch_list_finish(&list);
	stage_str_finish(&text);
	daemon_world_ask(w, "scene", "song", "ours", NULL);
	assert_string_equal(connections(w), "");
	daemon_world_connect(w, "C:out", "D:in");
	daemon_world_ask(w, "scene", "learn", "true", NULL);
	daemon_world_await(w, "C:out", "D:in", "connected: song.patch");
	assert_string_equal(connections(w), "CD ");
	assert_non_null(strstr(daemon_world_explain(w, "X", "Y"), "forbids"));
}

static void
do_dump(struct daemon_world *w, void *user)
{
	json_t **state = user;

	*state = stage_patchbay_state(w->patchbay);
}

static char *
dump(struct daemon_world *w)
{
	json_t *state = NULL;
	char *text;

	daemon_world_do(w, do_dump, &state);
	assert_non_null(state);
	text = json_dumps(state, JSON_SORT_KEYS);
	json_decref(state);
	assert_non_null(text);
	return text;
}

static void
planned(struct daemon_world *w, const char *patch, const char *mode,
	const char *edits)
{
	json_t *params = json_object();
	char *before = dump(w);
	char *after;
	const json_t *result;

	if (patch != NULL) {
		json_object_set_new(params, "patch", json_string(patch));
	}
	if (mode != NULL) {
		json_object_set_new(params, "mode", json_string(mode));
	}
	result = daemon_world_call(w, "plan", params);
	assert_non_null(result);
	assert_string_equal(daemon_world_text(w, result, "edits"), edits);
	// And nothing of it is so.
	daemon_world_pass(w, 10 * S);
	after = dump(w);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

#define EDIT(what, from, to)                                                   \
	"{\"from\":\"" from "\",\"to\":\"" to "\",\"what\":\"" what "\"}"

static void
a_plan_changes_nothing(void **state)
{
	struct daemon_world *w = *state;
	unsigned edits;

	add_some(w);
	write_scenes(w);
	daemon_world_ask(w, "connect", "from", "C:out", "to", "D:in", NULL);
	daemon_world_ask(w, "connect", "from", "C:out", "to", "gone:in", NULL);
	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	daemon_world_connect(w, "C:out", "E:in");
	daemon_world_pass(w, 10 * S);
	edits = w->server.edit_count;
	planned(w, NULL, NULL, "[]");
	planned(w, "", NULL, "[]");
	planned(w, "A:out -> D:in\nA:out -> no:in\n", NULL,
		"[" EDIT("connect", "A:out", "D:in") "]");
	planned(w, "not A:out -> B:in\n", NULL,
		"[" EDIT("disconnect", "A:out", "B:in") "]");
	planned(w, "forbid C:* -> *\nA:* -> E:in\n", NULL,
		"[" EDIT("disconnect", "C:out", "D:in") "," EDIT("disconnect",
			"C:out",
			"E:in") "," EDIT("connect", "A:out", "E:in") "]");
	// What was learned stands above any file.
	planned(w, "not C:out -> D:in\n", NULL, "[]");
	planned(w, NULL, "exclusive",
		"[" EDIT("disconnect", "C:out", "E:in") "]");
	planned(w, "A:out -> E:in\n", "off", "[]");
	planned(w, "mode off\nA:out -> E:in\n", "lock",
		"[" EDIT("connect", "A:out", "E:in") "]");
	assert_int_equal(w->server.edit_count, edits);
	assert_string_equal(connections(w), "AB CD CE ");
	daemon_world_refuse(w, STAGE_BAD_INPUT, "the plan:2:2: ", "plan",
		"patch", "A -> B\nA\n", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there is no mode \"x\"",
		"plan", "mode", "x", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "the plan:1:", "plan", "patch",
		"/(/ -> B\n", NULL);
}

static void
a_plan_without_a_server_is_empty(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_go(w);
	planned(w, "A:out -> B:in\n", NULL, "[]");
	daemon_world_come(w, true);
	add_some(w);
	planned(w, "A-12:out -> B:in\n", NULL, // as PipeWire decorates
		"[" EDIT("connect", "A:out", "B:in") "]");
}

static int
teardown(void **state)
{
	daemon_world_do(*state, do_let_writes, NULL);
	return daemon_world_teardown(state);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, daemon_world_setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_mode_is_set_and_kept),
		TEST(lock_goes_back_to_the_mode_before),
		TEST(locked_connections_are_made_again),
		TEST(clients_have_modes_of_their_own),
		TEST(what_cannot_be_written_holds),
		TEST(scenes_change_what_differs),
		TEST(a_song_that_rings_keeps_its_sound),
		TEST(an_answer_waits_for_the_connections_that_are_made),
		TEST(what_waits_for_its_turn_is_not_connected),
		TEST(a_song_means_its_own_of_two_of_one_name),
		TEST(a_bad_scene_leaves_the_one_before),
		TEST(the_files_of_a_scene_are_watched),
		TEST(a_song_learns_what_is_beside_the_rest),
		TEST(a_song_learns_of_its_own_of_two_of_one_name),
		TEST(a_song_speaks_of_ports_as_others_do),
		TEST(what_a_song_has_learned_holds_at_once),
		TEST(a_song_keeps_what_it_denies),
		TEST(a_plan_changes_nothing),
		TEST(a_plan_without_a_server_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
