/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The whole patchbay with a JACK server and an ALSA sequencer in memory.

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon_world.h"
#include "fake_seq.h"
#include "scratch.h"

#define S STAGE_NS_PER_S

struct deed {
	const char *name;
	int client, port, to_client, to_port, card;
	const struct stage_patch_how *how;
	bool is_so;
};

static struct scratch scratch;

static void
do_nothing(struct daemon_world *w, void *user)
{
	(void)w;
	(void)user;
}

// What was done has been read, and what was asked for in turn.
static void
turn(struct daemon_world *w)
{
	for (int i = 0; i < 4; i++) {
		daemon_world_do(w, do_nothing, NULL);
	}
}

static void
pass(struct daemon_world *w, int64_t ns)
{
	turn(w);
	daemon_world_pass(w, ns);
	turn(w);
}

static void
do_port(struct daemon_world *w, void *user)
{
	const struct deed *deed = user;

	(void)w;
	fake_seq_client(deed->client, deed->name, deed->card);
	fake_seq_port(deed->client, 0, "midi", "rw");
}

static void
add(struct daemon_world *w, int client, const char *name)
{
	struct deed deed = {.client = client, .name = name, .card = -1};

	daemon_world_do(w, do_port, &deed);
	pass(w, 10 * STAGE_NS_PER_MS);
}

static void
do_remove(struct daemon_world *w, void *user)
{
	const struct deed *deed = user;

	(void)w;
	fake_seq_remove_client(deed->client);
}

static void
take(struct daemon_world *w, int client)
{
	daemon_world_do(w, do_remove, &(struct deed){.client = client});
	pass(w, 10 * STAGE_NS_PER_MS);
}

static void
do_hand(struct daemon_world *w, void *user)
{
	const struct deed *deed = user;

	(void)w;
	if (deed->is_so) {
		fake_seq_connect(
			deed->client, 0, deed->to_client, 0, deed->how);
	} else {
		fake_seq_disconnect(deed->client, 0, deed->to_client, 0);
	}
}

// Somebody's hand, and time for the patchbay to think about it.
static void
connect_by_hand(struct daemon_world *w, int from, int to,
	const struct stage_patch_how *how)
{
	daemon_world_do(w, do_hand,
		&(struct deed){.client = from,
			.to_client = to,
			.how = how,
			.is_so = true});
	pass(w, 2 * S);
}

static void
disconnect_by_hand(struct daemon_world *w, int from, int to)
{
	daemon_world_do(
		w, do_hand, &(struct deed){.client = from, .to_client = to});
	pass(w, 2 * S);
}

static void
do_look(struct daemon_world *w, void *user)
{
	struct deed *deed = user;
	const struct fake_seq_link *link =
		fake_seq_find(deed->client, 0, deed->to_client, 0);

	(void)w;
	deed->is_so = link != NULL;
	deed->how = link != NULL ? &link->how : NULL;
}

static bool
are_connected(struct daemon_world *w, int from, int to)
{
	struct deed deed = {.client = from, .to_client = to};

	daemon_world_do(w, do_look, &deed);
	return deed.is_so;
}

static int
setup(void **state)
{
	scratch_init(&scratch);
	static char path[SCRATCH_PATH_MAX];
	static char sys[SCRATCH_PATH_MAX];

	strcpy(path, scratch_path(&scratch, "seq"));
	strcpy(sys, scratch_path(&scratch, "sys"));
	fake_seq_init(path, sys);
	return daemon_world_setup_with(state, stage_patch_backend_alsa());
}

static int
teardown(void **state)
{
	int result = daemon_world_teardown(state);

	fake_seq_finish();
	scratch_finish(&scratch);
	return result;
}

static void
furnish(struct daemon_world *w)
{
	add(w, 128, "Keys");
	add(w, 129, "Synth");
	pass(w, 10 * S);
}

static void
a_hand_is_learned_and_a_death_is_not(void **state)
{
	struct daemon_world *w = *state;

	furnish(w);
	connect_by_hand(w, 128, 129, NULL);
	assert_string_equal(
		daemon_world_learned(w), "alsa Keys:0 midi -> Synth:0 midi;");
	take(w, 129);
	pass(w, 10 * S);
	assert_string_equal(
		daemon_world_learned(w), "alsa Keys:0 midi -> Synth:0 midi;");
	add(w, 140, "Synth"); // under another number
	assert_true(are_connected(w, 128, 140));
	pass(w, 10 * S);
	disconnect_by_hand(w, 128, 140);
	assert_string_equal(daemon_world_learned(w), "");
	assert_false(are_connected(w, 128, 140));
	assert_string_equal(
		daemon_world_text(w, daemon_world_ask(w, "undo", NULL), "done"),
		"1");
	turn(w);
	assert_true(are_connected(w, 128, 140));
}

static void
how_they_were_connected_is_kept(void **state)
{
	struct daemon_world *w = *state;
	const struct stage_patch_how how = {true, STAGE_PATCH_REAL, 2};
	struct deed deed = {.client = 128, .to_client = 129};

	furnish(w);
	connect_by_hand(w, 128, 129, &how);
	assert_string_equal(daemon_world_learned(w),
		"alsa(exclusive, real=2) Keys:0 midi -> Synth:0 midi;");
	take(w, 128);
	add(w, 128, "Keys");
	daemon_world_do(w, do_look, &deed);
	assert_true(deed.is_so);
	assert_true(stage_patch_how_is_same(deed.how, &how));
	assert_non_null(
		strstr(daemon_world_text(w, daemon_world_ask(w, "list", NULL),
			       "connections"),
			"\"how\":\"(exclusive, real=2)\""));
	// A hand makes another one of it.
	pass(w, 10 * S);
	deed.is_so = false;
	daemon_world_do(w, do_hand, &deed);
	deed.how = NULL;
	deed.is_so = true;
	daemon_world_do(w, do_hand, &deed);
	pass(w, 2 * S);
	assert_string_equal(
		daemon_world_learned(w), "alsa Keys:0 midi -> Synth:0 midi;");
}

// And by a song, with its ends there or away.
static void
a_song_keeps_how_they_were_connected(void **state)
{
	struct daemon_world *w = *state;
	const struct stage_patch_how how = {true, STAGE_PATCH_REAL, 2};
	struct deed deed = {.client = 128, .to_client = 129};

	furnish(w);
	daemon_world_write(w, "songs/one/song.conf", "");
	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	daemon_world_ask(w, "scene", "song", "one", NULL);
	connect_by_hand(w, 128, 129, &how);
	daemon_world_ask(w, "scene", "learn", "true", NULL);
	take(w, 128);
	daemon_world_ask(w, "scene", "learn", "true", NULL);
	add(w, 128, "Keys");
	daemon_world_do(w, do_look, &deed);
	assert_true(deed.is_so);
	assert_true(stage_patch_how_is_same(deed.how, &how));
}

static void
what_is_connected_is_learned_as_it_is(void **state)
{
	struct daemon_world *w = *state;
	const struct stage_patch_how how = {false, STAGE_PATCH_TICK, 0};

	add(w, 128, "Keys");
	add(w, 129, "Synth");
	connect_by_hand(w, 128, 129, &how); // too early to be a hand
	assert_string_equal(daemon_world_learned(w), "");
	daemon_world_ask(w, "learn", NULL);
	assert_string_equal(daemon_world_learned(w),
		"alsa(tick=0) Keys:0 midi -> Synth:0 midi;");
}

static void
verbs_take_names_with_a_prefix(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	furnish(w);
	result = daemon_world_ask(w, "connect", "from", "alsa:Keys:0", "to",
		"alsa:Synth:midi", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"changed\":true,\"line\":\"alsa Keys:0 -> Synth:midi\","
		"\"waits_for\":[]}");
	assert_true(are_connected(w, 128, 129));
	turn(w);
	assert_non_null(strstr(
		daemon_world_explain(w, "alsa:Keys:0", "alsa:Synth:midi"),
		"connected: learned.patch line"));
	// By any of their names.
	assert_non_null(strstr(
		daemon_world_explain(w, "alsa:Keys:0 midi", "alsa:Synth:0"),
		"connected: learned.patch line"));
	assert_non_null(
		strstr(daemon_world_explain(w, "Keys:0 midi", "Synth:0 midi"),
			"neither port is there now"));
	daemon_world_ask(w, "disconnect", "from", "alsa:Keys:midi", "to",
		"alsa:Synth:0", NULL);
	turn(w);
	assert_false(are_connected(w, 128, 129));
	result = daemon_world_ask(w, "ports", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "ports"),
		"\"name\":\"alsa:Keys:0 midi\""));
	result = daemon_world_ask(w, "connect", "from", "alsa:Away:0", "to",
		"alsa:Synth:0", NULL);
	assert_string_equal(
		daemon_world_text(w, result, "waits_for"), "[\"alsa:Away:0\"]");
	result = daemon_world_ask(w, "missing", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "names"),
		"\"name\":\"alsa:Away:0\""));
}

static void
the_worlds_do_not_mix(void **state)
{
	struct daemon_world *w = *state;

	furnish(w);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "both in the ALSA sequencer",
		"connect", "from", "alsa:Keys:0", "to", "Synth:in", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "a bridge such as",
		"disconnect", "from", "A:out", "to", "alsa:Synth:0", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "a bridge such as", "forbid",
		"from", "alsa:*", "to", "alsa:*", "except", "A:out", NULL);
	daemon_world_ask(w, "forbid", "from", "alsa:*", "to", "alsa:Synth:*",
		"except", "alsa:Keys:*", NULL);
	assert_string_equal(daemon_world_learned(w),
		"forbid alsa * -> Synth:* except Keys:*;");
}

static void
forbidden_is_removed_and_modes_hold(void **state)
{
	struct daemon_world *w = *state;

	furnish(w);
	add(w, 130, "Pad");
	pass(w, 10 * S);
	daemon_world_ask(
		w, "forbid", "from", "alsa:Pad:*", "to", "alsa:Synth:*", NULL);
	connect_by_hand(w, 130, 129, NULL);
	assert_false(are_connected(w, 130, 129));
	daemon_world_ask(w, "connect", "from", "alsa:Keys:0", "to",
		"alsa:Synth:0", NULL);
	daemon_world_ask(w, "lock", NULL);
	pass(w, 10 * S);
	disconnect_by_hand(w, 128, 129);
	assert_true(are_connected(w, 128, 129));
	connect_by_hand(w, 128, 130, NULL);
	assert_null(strstr(daemon_world_learned(w), "Pad:0 midi;"));
	daemon_world_ask(w, "mode", "mode", "exclusive", NULL);
	turn(w);
	assert_false(are_connected(w, 128, 130));
	assert_true(are_connected(w, 128, 129));
}

static void
one_server_goes_without_the_other(void **state)
{
	struct daemon_world *w = *state;

	furnish(w);
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	connect_by_hand(w, 128, 129, NULL);
	daemon_world_go(w);
	turn(w);
	assert_true(are_connected(w, 128, 129));
	take(w, 129);
	add(w, 129, "Synth");
	assert_true(are_connected(w, 128, 129)); // made meanwhile
	daemon_world_come(w, false);
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_string_equal(daemon_world_learned(w),
		"A:out -> B:in;"
		"alsa Keys:0 midi -> Synth:0 midi;");
}

static void
a_restart_adopts_what_is_there(void **state)
{
	struct daemon_world *w = *state;

	furnish(w);
	connect_by_hand(w, 128, 129, NULL);
	daemon_world_restart(w);
	turn(w);
	assert_true(are_connected(w, 128, 129));
	pass(w, 10 * S);
	assert_non_null(
		strstr(daemon_world_explain(w, "alsa:Keys:0", "alsa:Synth:0"),
			"the patchbay did not have to make it"));
	disconnect_by_hand(w, 128, 129);
	assert_string_equal(daemon_world_learned(w), "");
}

static void
clear_and_export_know_each_world(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	furnish(w);
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_ask(w, "connect", "from", "alsa:Keys:0", "to",
		"alsa:Synth:0", NULL);
	turn(w);
	result = daemon_world_ask(w, "export", "format", "aj-snapshot", "now",
		"true", "system", "alsa", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "text"),
		"<connection client=\\\"Synth\\\" port=\\\"0\\\" />"));
	assert_null(strstr(daemon_world_text(w, result, "text"), "<jack>"));
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there are jack and alsa",
		"clear", "system", "pipewire", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "there are jack and alsa",
		"export", "format", "aj-snapshot", "system", "x", NULL);
	daemon_world_ask(w, "clear", "system", "alsa", NULL);
	turn(w);
	assert_false(are_connected(w, 128, 129));
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
an_absent_sequencer_is_told(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	result = daemon_world_ask(w, "list", NULL);
	assert_string_equal(daemon_world_text(w, result, "alsa"),
		"{\"is_up\":true,\"losses\":0}");
	daemon_world_ask(w, "connect", "from", "alsa:Keys:0", "to",
		"alsa:Synth:0", NULL);
	assert_int_equal(teardown(state), 0);
	scratch_init(&scratch);
	static char path[SCRATCH_PATH_MAX];
	strcpy(path, scratch_path(&scratch, "seq"));
	fake_seq_init(path, path)->open_error = EACCES;
	assert_int_equal(
		daemon_world_setup_with(state, stage_patch_backend_alsa()), 0);
	w = *state;
	turn(w);
	result = daemon_world_ask(w, "list", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "alsa"),
		"Permission denied (the group audio may)"));
	assert_non_null(
		strstr(daemon_world_explain(w, "alsa:Keys:0", "alsa:Synth:0"),
			"Permission denied"));
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

// As it is built without ALSA.
static void
without_it_lines_are_kept(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	daemon_world_ask(w, "connect", "from", "alsa:Keys:0", "to",
		"alsa:Synth:0", NULL);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	result = daemon_world_ask(w, "list", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "connections"),
		"\"state\":\"not built in\""));
	assert_non_null(strstr(daemon_world_text(w, result, "connections"),
		"\"state\":\"missing\""));
	assert_string_equal(daemon_world_text(w, result, "alsa"),
		"{\"is_up\":false,\"why\":\"this stagecraft was built without "
		"ALSA\"}");
	assert_non_null(
		strstr(daemon_world_explain(w, "alsa:Keys:0", "alsa:Synth:0"),
			"this stagecraft was built without ALSA"));
	assert_string_equal(daemon_world_learned(w),
		"alsa Keys:0 -> Synth:0;A:out -> B:in;");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_hand_is_learned_and_a_death_is_not),
		TEST(how_they_were_connected_is_kept),
		TEST(a_song_keeps_how_they_were_connected),
		TEST(what_is_connected_is_learned_as_it_is),
		TEST(verbs_take_names_with_a_prefix),
		TEST(the_worlds_do_not_mix),
		TEST(forbidden_is_removed_and_modes_hold),
		TEST(one_server_goes_without_the_other),
		TEST(a_restart_adopts_what_is_there),
		TEST(clear_and_export_know_each_world),
		TEST(an_absent_sequencer_is_told),
		cmocka_unit_test_setup_teardown(without_it_lines_are_kept,
			daemon_world_setup, daemon_world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
