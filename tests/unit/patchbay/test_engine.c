/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"
#include "patchbay/patch_text.h"

#define S STAGE_NS_PER_S
#define MS STAGE_NS_PER_MS

struct fixture {
	struct stage_engine *engine;
	int64_t now_ns;
	int64_t next_ns;        // what the last act asked for
	bool is_refusing;       // edits are not taken
	struct stage_str edits; // "+A:out>B:in\n", "-...", "!..." a forbid
	struct stage_str learned;
	struct stage_str notes;
};

static enum stage_status
on_edit(void *user, enum stage_engine_edit edit, enum stage_patch_system system,
	const char *from, const char *to, const struct stage_patch_how *how)
{
	struct fixture *f = user;

	assert_int_equal(system, STAGE_PATCH_JACK);
	assert_true(stage_patch_how_is_same(how, &(struct stage_patch_how){0}));
	if (f->is_refusing) {
		return STAGE_NO_MEMORY;
	}
	assert_int_equal(
		stage_str_addf(&f->edits, "%c%s>%s\n", "+-!"[edit], from, to),
		STAGE_OK);
	return STAGE_OK;
}

static void
on_learned(void *user, const struct stage_engine_word *words, size_t count)
{
	struct fixture *f = user;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(words[i].system, STAGE_PATCH_JACK);
		assert_int_equal(
			stage_str_addf(&f->learned, "%s %s>%s\n",
				stage_patch_policy_name(words[i].policy),
				words[i].from, words[i].to),
			STAGE_OK);
	}
}

static void
on_note(void *user, enum stage_engine_note note, enum stage_patch_system system,
	const char *from, const char *to)
{
	struct fixture *f = user;

	assert_int_equal(system, STAGE_PATCH_JACK);
	assert_int_equal(stage_str_addf(&f->notes, "%s %s>%s\n",
				 stage_engine_note_name(note), from, to),
		STAGE_OK);
}

static const struct stage_engine_ops ops = {on_edit, on_learned, on_note};

static void
heard(struct stage_str *story, const char *expected)
{
	assert_string_equal(stage_str_text(story), expected);
	stage_str_clear(story);
}

static void
edits(struct fixture *f, const char *expected)
{
	f->next_ns = stage_engine_act(f->engine, f->now_ns);
	if (f->next_ns != 0 &&
		f->next_ns - f->now_ns <= STAGE_ENGINE_ARRIVAL_NS) {
		f->now_ns = f->next_ns; // all ports have come
		f->next_ns = stage_engine_act(f->engine, f->now_ns);
	}
	heard(&f->edits, expected);
}

static void
take(struct fixture *f, const struct stage_engine_event *event)
{
	assert_int_equal(
		stage_engine_take(f->engine, event, f->now_ns), STAGE_OK);
}

static void
tell(struct fixture *f, enum stage_engine_kind kind)
{
	take(f, &(struct stage_engine_event){.kind = kind});
}

static struct stage_graph_port_info
info_of(const char *name)
{
	return (struct stage_graph_port_info){.name = name,
		.type = strstr(name, "midi") != NULL ? "midi" : "audio",
		.is_output = strstr(name, ":out") != NULL};
}

static void
port(struct fixture *f, const char *name)
{
	take(f, &(struct stage_engine_event){.kind = STAGE_ENGINE_PORT_APPEARED,
			.port = info_of(name)});
}

static void
gone(struct fixture *f, const char *name)
{
	take(f, &(struct stage_engine_event){
			.kind = STAGE_ENGINE_PORT_GONE, .port = info_of(name)});
}

static void
pair(struct fixture *f, enum stage_engine_kind kind, const char *from,
	const char *to)
{
	take(f, &(struct stage_engine_event){
			.kind = kind, .from = from, .to = to});
}

static void
connected(struct fixture *f, const char *from, const char *to)
{
	pair(f, STAGE_ENGINE_CONNECTED, from, to);
}

static void
disconnected(struct fixture *f, const char *from, const char *to)
{
	pair(f, STAGE_ENGINE_DISCONNECTED, from, to);
}

static void
done(struct fixture *f, bool is_disconnect, const char *from, const char *to,
	enum stage_engine_outcome outcome)
{
	take(f, &(struct stage_engine_event){.kind = STAGE_ENGINE_EDIT_DONE,
			.from = from,
			.to = to,
			.is_disconnect = is_disconnect,
			.outcome = outcome});
}

static struct stage_desired *
read_patch(const char *text)
{
	struct stage_patch_list list = {0};
	const struct stage_desired_file file = {
		"a.patch", STAGE_LAYER_GLOBAL, &list};
	struct stage_desired *desired = NULL;

	assert_int_equal(stage_patch_text_parse(
				 text, strlen(text), "a.patch", &list, NULL),
		STAGE_OK);
	assert_int_equal(stage_desired_create(&file, 1, false, &desired, NULL),
		STAGE_OK);
	stage_patch_list_finish(&list);
	return desired;
}

static void
desire(struct fixture *f, const char *text)
{
	assert_int_equal(stage_engine_set_desired(
				 f->engine, read_patch(text), false, f->now_ns),
		STAGE_OK);
}

// Another song.
static void
switch_to(struct fixture *f, const char *text)
{
	assert_int_equal(stage_engine_set_desired(
				 f->engine, read_patch(text), true, f->now_ns),
		STAGE_OK);
}

static void
pass(struct fixture *f, int64_t ns)
{
	f->now_ns += ns;
}

// Two settled ports that are wanted and connected, by us.
static void
be_connected(struct fixture *f)
{
	desire(f, "A:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	edits(f, "+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	done(f, false, "A:out", "B:in", STAGE_ENGINE_OUTCOME_DONE);
	edits(f, "");
	heard(&f->notes, "made A:out>B:in\n");
	pass(f, 10 * S);
	edits(f, "");
	assert_int_equal(f->next_ns, 0);
}

static int
setup(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.now_ns = 100 * S};
	fixture.engine = stage_engine_create(&ops, &fixture);
	assert_non_null(fixture.engine);
	tell(&fixture, STAGE_ENGINE_SERVER_UP);
	tell(&fixture, STAGE_ENGINE_SCAN_BEGIN);
	tell(&fixture, STAGE_ENGINE_SCAN_END);
	pass(&fixture, 10 * S);
	*state = &fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stage_engine_destroy(f->engine);
	stage_str_finish(&f->edits);
	stage_str_finish(&f->learned);
	stage_str_finish(&f->notes);
	return 0;
}

static void
connected_once_both_are_there(void **state)
{
	struct fixture *f = *state;

	desire(f, "A:out -> B:in\nA:out -> C:in\n");
	port(f, "A:out");
	edits(f, "");
	port(f, "B:in");
	edits(f, "+A:out>B:in\n");
	port(f, "C:in");
	edits(f, "+A:out>C:in\n"); // the other is under way
	connected(f, "A:out", "B:in");
	done(f, false, "A:out", "B:in", STAGE_ENGINE_OUTCOME_DONE);
	done(f, false, "A:out", "C:in", STAGE_ENGINE_OUTCOME_DONE);
	connected(f, "A:out", "C:in"); // in the other order
	edits(f, "");
	heard(&f->notes, "made A:out>B:in\nmade A:out>C:in\n");
	pass(f, 100 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
act_at_once(struct fixture *f, const char *expected)
{
	f->next_ns = stage_engine_act(f->engine, f->now_ns);
	heard(&f->edits, expected);
}

// A client that registers port after port is not kept waiting for what the
// server does for us.
static void
ports_are_connected_when_no_more_come(void **state)
{
	struct fixture *f = *state;
	char name[32];

	desire(f, "A:out_* -> B:in\n");
	port(f, "B:in");
	edits(f, "");
	for (int i = 1; i <= 3; i++) {
		snprintf(name, sizeof(name), "A:out_%d", i);
		port(f, name);
		act_at_once(f, "");
		assert_int_equal(
			f->next_ns, f->now_ns + STAGE_ENGINE_ARRIVAL_NS);
		pass(f, STAGE_ENGINE_ARRIVAL_NS - 1);
		act_at_once(f, "");
	}
	gone(f, "A:out_2");
	pass(f, 1);
	act_at_once(f, "+A:out_1>B:in\n+A:out_3>B:in\n");
	assert_int_equal(f->next_ns, 0);
}

// The sound of a song whose clients came just now is there before that of the
// one before it is cut.
static void
another_song_does_not_wait_for_more_ports(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	port(f, "C:out");
	act_at_once(f, "");
	switch_to(f, "C:out -> B:in\n");
	act_at_once(f, "+C:out>B:in\n-A:out>B:in\n");
}

static void
ports_without_end_are_connected_all_the_same(void **state)
{
	struct fixture *f = *state;
	int64_t began_ns;

	desire(f, "A:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	began_ns = f->now_ns;
	while (f->edits.len == 0) {
		assert_true(
			f->now_ns - began_ns <= STAGE_ENGINE_ARRIVAL_MOST_NS);
		port(f, "C:in"); // perhaps it flaps
		f->next_ns = stage_engine_act(f->engine, f->now_ns);
		pass(f, STAGE_ENGINE_ARRIVAL_NS / 2);
		gone(f, "C:in");
	}
	heard(&f->edits, "+A:out>B:in\n");
}

static void
what_is_forbidden_goes_while_ports_come(void **state)
{
	struct fixture *f = *state;

	desire(f, "forbid A:* -> B:*\nA:out -> C:in\n");
	port(f, "A:out");
	port(f, "B:in");
	port(f, "C:in");
	connected(f, "A:out", "B:in");
	act_at_once(f, "!A:out>B:in\n");
	pass(f, STAGE_ENGINE_ARRIVAL_NS);
	act_at_once(f, "+A:out>C:in\n");
}

static void
types_that_do_not_fit_are_not_tried(void **state)
{
	struct fixture *f = *state;

	desire(f, "A:out -> B:midi\nB:in -> A:out\n");
	port(f, "A:out");
	port(f, "B:midi");
	port(f, "B:in");
	edits(f, "");
}

static void
a_hand_that_connects_is_learned(void **state)
{
	struct fixture *f = *state;

	port(f, "A:out");
	port(f, "B:in");
	pass(f, 10 * S);
	connected(f, "A:out", "B:in");
	edits(f, "");
	assert_int_equal(f->next_ns, f->now_ns + STAGE_ENGINE_QUIET_NS);
	pass(f, STAGE_ENGINE_QUIET_NS - 2 * STAGE_ENGINE_ARRIVAL_NS);
	edits(f, "");
	heard(&f->learned, "");
	pass(f, 2 * STAGE_ENGINE_ARRIVAL_NS);
	edits(f, "");
	heard(&f->learned, "want A:out>B:in\n");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
a_hand_that_changes_its_mind_is_not(void **state)
{
	struct fixture *f = *state;

	port(f, "A:out");
	port(f, "B:in");
	pass(f, 10 * S);
	connected(f, "A:out", "B:in");
	edits(f, "");
	pass(f, S / 2);
	disconnected(f, "A:out", "B:in");
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
programs_that_connect_themselves_are_not_learned(void **state)
{
	struct fixture *f = *state;

	port(f, "B:in");
	pass(f, 10 * S);
	port(f, "A:out");
	pass(f, S);
	connected(f, "A:out", "B:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	heard(&f->notes, "connected itself A:out>B:in\n");
}

static void
a_hand_that_disconnects_is_learned(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	disconnected(f, "A:out", "B:in");
	edits(f, ""); // not made again meanwhile
	assert_int_equal(f->next_ns, f->now_ns + STAGE_ENGINE_GRACE_NS);
	port(f, "Z:out"); // an unrelated port appears
	edits(f, "");
	pass(f, STAGE_ENGINE_GRACE_NS);
	edits(f, ""); // the owner takes the wish away
	heard(&f->learned, "not A:out>B:in\n");
}

// As the owner does it: what is learned is no longer desired.
static void
what_was_learned_away_stays_away(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	disconnected(f, "A:out", "B:in");
	edits(f, "");
	desire(f, "");
	pass(f, 10 * S);
	edits(f, "");
	port(f, "Z:out");
	edits(f, "");
	heard(&f->learned, "not A:out>B:in\n");
}

static void
a_death_is_no_hand(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	disconnected(f, "A:out", "B:in");
	edits(f, "");
	pass(f, STAGE_ENGINE_GRACE_NS / 2); // the slowest that was measured
	gone(f, "A:out");
	gone(f, "A:out"); // JACK2 tells twice
	edits(f, "");
	assert_int_equal(f->next_ns, 0);
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	heard(&f->notes, "lost with an end A:out>B:in\n");
	port(f, "A:out");
	edits(f, "+A:out>B:in\n");
}

// The words of its ports wait, as those do that come while an audit lists.
static void
a_death_that_is_told_late_is_no_hand(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	disconnected(f, "A:out", "B:in");
	edits(f, "");
	stage_engine_set_behind(f->engine, STAGE_PATCH_JACK, true);
	pass(f, 10 * S);
	edits(f, "");
	assert_int_equal(f->next_ns, 0); // whoever is behind says when not
	gone(f, "A:out");
	stage_engine_set_behind(f->engine, STAGE_PATCH_JACK, false);
	edits(f, "");
	heard(&f->learned, "");
	heard(&f->notes, "lost with an end A:out>B:in\n");
}

static void
a_hand_is_learned_when_all_has_been_told(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	disconnected(f, "A:out", "B:in");
	edits(f, "");
	stage_engine_set_behind(f->engine, STAGE_PATCH_JACK, true);
	stage_engine_set_behind(f->engine, STAGE_PATCH_ALSA, true);
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	stage_engine_set_behind(f->engine, STAGE_PATCH_JACK, false);
	edits(f, "");
	heard(&f->learned, "not A:out>B:in\n");
}

static void
a_death_without_a_disconnect(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	gone(f, "B:in");
	edits(f, "");
	port(f, "B:in");
	edits(f, "+A:out>B:in\n");
	heard(&f->learned, "");
	heard(&f->notes, "lost with an end A:out>B:in\n");
}

static void
the_server_goes_and_comes(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	disconnected(f, "A:out", "B:in"); // the driver's, on SIGTERM
	tell(f, STAGE_ENGINE_SERVER_GONE);
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	tell(f, STAGE_ENGINE_SERVER_UP);
	tell(f, STAGE_ENGINE_SCAN_BEGIN);
	port(f, "A:out");
	port(f, "B:in");
	edits(f, ""); // not before all is known
	tell(f, STAGE_ENGINE_SCAN_END);
	edits(f, "+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	pass(f, S);
	disconnected(f, "A:out", "B:in"); // a rival, or the server's own doing
	pass(f, 10 * S);
	edits(f, "+A:out>B:in\n");
	heard(&f->learned, "");
}

static void
what_is_there_at_the_start_is_adopted_not_learned(void **state)
{
	struct fixture *f = *state;

	desire(f, "A:out -> B:in\n");
	tell(f, STAGE_ENGINE_SCAN_BEGIN);
	port(f, "A:out");
	port(f, "B:in");
	port(f, "C:in");
	connected(f, "A:out", "B:in");
	connected(f, "A:out", "C:in");
	tell(f, STAGE_ENGINE_SCAN_END);
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	disconnected(f, "A:out", "B:in");
	pass(f, 10 * S);
	edits(f, "+A:out>B:in\n");
	heard(&f->learned, "not A:out>B:in\n");
}

// Lists A:out, B:in and C:in, the first connected with the last.
static void
find_another(struct fixture *f)
{
	tell(f, STAGE_ENGINE_SCAN_BEGIN);
	port(f, "A:out");
	port(f, "B:in");
	port(f, "C:in");
	connected(f, "A:out", "B:in");
	connected(f, "A:out", "C:in");
	tell(f, STAGE_ENGINE_SCAN_END);
}

static void
be_connected_beside_another(struct fixture *f)
{
	be_connected(f);
	port(f, "C:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->notes, "");
}

// Such a word comes later than the scan that shows it.
static void
a_hand_that_a_scan_saw_first_is_believed(void **state)
{
	struct fixture *f = *state;

	be_connected_beside_another(f);
	find_another(f);
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, ""); // of itself it is nothing
	connected(f, "A:out", "C:in");
	connected(f, "A:out", "B:in");
	pass(f, 2 * S);
	edits(f, "");
	heard(&f->learned, "want A:out>C:in\n");
	connected(f, "A:out", "C:in"); // only once
	pass(f, 2 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
a_program_that_a_scan_saw_first_is_no_hand(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	find_another(f); // C is new
	connected(f, "A:out", "C:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	heard(&f->notes, "connected itself A:out>C:in\n");
}

// It went and came back, with its connection, between two notes of it.
static void
tell_anew(struct fixture *f, const char *name)
{
	be_connected_beside_another(f);
	find_another(f);
	port(f, name);
	connected(f, "A:out", "C:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
an_input_told_anew_after_a_scan_is_no_hand(void **state)
{
	tell_anew(*state, "C:in");
}

static void
an_output_told_anew_after_a_scan_is_no_hand(void **state)
{
	tell_anew(*state, "A:out");
}

// What a scan does not find has gone in a way that nobody saw.
static void
what_a_scan_misses_is_made_again(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	tell(f, STAGE_ENGINE_SCAN_BEGIN);
	port(f, "A:out");
	port(f, "B:in");
	tell(f, STAGE_ENGINE_SCAN_END);
	edits(f, "+A:out>B:in\n");
	heard(&f->learned, "");
}

static void
mass(struct fixture *f, int count, int there)
{
	struct stage_str text = {0};
	char name[32];

	for (int i = 0; i < there; i++) {
		assert_int_equal(stage_str_addf(&text, "A:out -> B:in%d\n", i),
			STAGE_OK);
	}
	desire(f, stage_str_text(&text));
	stage_str_finish(&text);
	port(f, "A:out");
	for (int i = 0; i < there; i++) {
		snprintf(name, sizeof(name), "B:in%d", i);
		port(f, name);
		connected(f, "A:out", name);
	}
	pass(f, 10 * S);
	edits(f, "");
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "B:in%d", i);
		disconnected(f, "A:out", name);
		pass(f, MS);
	}
	pass(f, 10 * S);
	f->next_ns = stage_engine_act(f->engine, f->now_ns);
}

static size_t
count_lines(const struct stage_str *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++) {
		count += text->data[i] == '\n';
	}
	return count;
}

static void
more_than_a_hand_does_is_withheld(void **state)
{
	struct fixture *f = *state;

	mass(f, 700, 700);
	heard(&f->learned, "");
	heard(&f->edits, "");
	assert_int_equal(count_lines(&f->notes), 700);
	assert_int_equal(f->next_ns, 0);
	port(f, "Z:out");
	edits(f, "");
	assert_int_equal(stage_engine_release(f->engine, false), 700);
	(void)stage_engine_act(f->engine, f->now_ns);
	assert_int_equal(count_lines(&f->edits), 700);
	assert_int_equal(stage_engine_release(f->engine, false), 0);
}

static void
what_was_withheld_may_be_meant(void **state)
{
	struct fixture *f = *state;

	mass(f, 9, 100);
	heard(&f->learned, "");
	assert_int_equal(stage_engine_release(f->engine, true), 9);
	assert_int_equal(count_lines(&f->learned), 9);
}

static void
a_port_that_comes_again_ends_the_withholding(void **state)
{
	struct fixture *f = *state;

	mass(f, 20, 20);
	gone(f, "B:in3");
	port(f, "B:in3");
	edits(f, "+A:out>B:in3\n");
}

static void
a_pair_of_few_is_no_mass_event(void **state)
{
	struct fixture *f = *state;

	mass(f, 2, 2);
	assert_int_equal(count_lines(&f->learned), 2);
}

static void
a_good_part_of_all_is_one(void **state)
{
	struct fixture *f = *state;

	mass(f, 6, 12);
	heard(&f->learned, "");
}

static void
a_small_part_is_a_hand(void **state)
{
	struct fixture *f = *state;

	mass(f, 8, 100);
	assert_int_equal(count_lines(&f->learned), 8);
}

static void
forbidden_things_go_first(void **state)
{
	struct fixture *f = *state;

	desire(f, "forbid A:* -> B:*\nA:out -> C:in\nA:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	port(f, "C:in");
	connected(f, "A:out", "B:in");
	edits(f, "!A:out>B:in\n+A:out>C:in\n");
	edits(f, "");
	disconnected(f, "A:out", "B:in");
	done(f, true, "A:out", "B:in", STAGE_ENGINE_OUTCOME_DONE);
	connected(f, "A:out", "B:in"); // it comes back, and goes again
	edits(f, "!A:out>B:in\n");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
a_new_scene_is_made_before_the_old_is_broken(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	port(f, "C:in");
	edits(f, "");
	desire(f, "A:out -> C:in\n");
	edits(f, "+A:out>C:in\n-A:out>B:in\n");
	connected(f, "A:out", "C:in");
	disconnected(f, "A:out", "B:in");
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

// As after a kill: the song changes before it is known what is connected.
static void
a_scene_that_comes_before_the_first_scan(void **state)
{
	struct fixture *f = *state;

	tell(f, STAGE_ENGINE_SERVER_GONE);
	desire(f, "A:out -> B:in\nA:out -> D:in\n");
	tell(f, STAGE_ENGINE_SERVER_UP);
	switch_to(f, "A:out -> C:in\nA:out -> D:in\n");
	switch_to(f, "A:out -> C:in\n");
	tell(f, STAGE_ENGINE_SCAN_BEGIN);
	port(f, "A:out");
	port(f, "B:in");
	port(f, "C:in");
	port(f, "D:in");
	port(f, "E:in");
	connected(f, "A:out", "B:in");
	connected(f, "A:out", "D:in");
	connected(f, "A:out", "E:in"); // somebody else's
	tell(f, STAGE_ENGINE_SCAN_END);
	edits(f, "+A:out>C:in\n-A:out>D:in\n-A:out>B:in\n");
	pass(f, 10 * S);
	heard(&f->learned, "");
}

static void
programs_may_follow_a_song_unlearned(void **state)
{
	struct fixture *f = *state;

	port(f, "A:out");
	port(f, "B:in");
	pass(f, 10 * S);
	switch_to(f, "");
	pass(f, S);
	connected(f, "A:out", "B:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
enforced_wishes_are_made_again(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_ENFORCE);
	disconnected(f, "A:out", "B:in");
	edits(f, ""); // a death would show itself now
	pass(f, 100 * MS);
	edits(f, "+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	port(f, "C:in");
	pass(f, 10 * S);
	connected(f, "A:out", "C:in"); // left, but not learned
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
nothing_is_done_when_off(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_OFF);
	desire(f, "forbid A:out -> B:in\nA:out -> C:in\n");
	port(f, "C:in");
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_ENFORCE);
	edits(f, "!A:out>B:in\n+A:out>C:in\n");
}

static void
exclusive_removes_what_nobody_wants(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_EXCLUSIVE);
	port(f, "C:in");
	port(f, "Y:out");
	port(f, "Z:in");
	connected(f, "A:out", "C:in");
	connected(f, "Y:out", "B:in");
	connected(f, "Y:out", "Z:in"); // nobody names these
	f->next_ns = stage_engine_act(f->engine, f->now_ns);
	assert_non_null(strstr(stage_str_text(&f->edits), "-A:out>C:in\n"));
	assert_non_null(strstr(stage_str_text(&f->edits), "-Y:out>B:in\n"));
	assert_int_equal(count_lines(&f->edits), 2);
}

static void
lock_stands_above_the_modes_of_files(void **state)
{
	struct fixture *f = *state;

	desire(f, "mode off\nA:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	edits(f, "");
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_LOCK);
	edits(f, "+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	pass(f, 10 * S);
	disconnected(f, "A:out", "B:in");
	pass(f, 10 * S);
	edits(f, "+A:out>B:in\n");
	heard(&f->learned, "");
}

static void
only_one_may_feed_it(void **state)
{
	struct fixture *f = *state;

	desire(f, "only A:out -> B:in\nC:out -> B:in\n");
	port(f, "B:in");
	port(f, "X:out");
	port(f, "C:out");
	connected(f, "X:out", "B:in");
	edits(f, "+C:out>B:in\n"); // what may feed it is not there
	connected(f, "C:out", "B:in");
	port(f, "A:out");
	edits(f, "+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	edits(f, "-X:out>B:in\n"); // wanted ones may stay
}

static void
rivals_are_answered_ever_more_rarely(void **state)
{
	struct fixture *f = *state;
	int made = 0;

	desire(f, "A:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	for (int ms = 0; ms < 600000; ms += 10) {
		pass(f, 10 * MS);
		f->next_ns = stage_engine_act(f->engine, f->now_ns);
		if (f->edits.len > 0) {
			heard(&f->edits, "+A:out>B:in\n");
			made++;
			connected(f, "A:out", "B:in");
			pass(f, MS);
			disconnected(f, "A:out", "B:in");
		}
	}
	heard(&f->learned, "");
	assert_non_null(strstr(stage_str_text(&f->notes), "contested"));
	assert_in_range(made, 8, 25);
}

static void
hang(struct fixture *f, const char *client, bool is_hung)
{
	assert_int_equal(
		stage_engine_set_hung(f->engine, client, is_hung), STAGE_OK);
	assert_true(stage_engine_is_hung(f->engine, client) == is_hung);
}

static void
a_client_that_hangs_is_cut_off_from_what_it_feeds(void **state)
{
	struct fixture *f = *state;
	struct stage_graph_port_info card = info_of("system:in");

	desire(f, "A:out -> B:in\nX:out -> A:in\nA:out -> system:in\n"
		  "AA:out -> B:in\n");
	port(f, "A:out");
	port(f, "A:in");
	port(f, "AA:out");
	port(f, "B:in");
	port(f, "X:out");
	card.is_physical = true;
	take(f, &(struct stage_engine_event){
			.kind = STAGE_ENGINE_PORT_APPEARED, .port = card});
	edits(f, "+A:out>B:in\n+A:out>system:in\n+X:out>A:in\n"
		 "+AA:out>B:in\n");
	connected(f, "A:out", "B:in");
	connected(f, "X:out", "A:in");
	connected(f, "A:out", "system:in");
	connected(f, "AA:out", "B:in");
	connected(f, "A:out", "A:in"); // waits for nobody else
	pass(f, 10 * S);
	edits(f, "");
	hang(f, "A", true);
	edits(f, "!A:out>B:in\n");
	disconnected(f, "A:out", "B:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	port(f, "C:in"); // what comes now is not fed either
	connected(f, "A:out", "C:in");
	edits(f, "!A:out>C:in\n");
	disconnected(f, "A:out", "C:in");
	pass(f, 10 * S);
	edits(f, "");
	hang(f, "A", false);
	edits(f, "+A:out>B:in\n");
	heard(&f->learned, "");
	hang(f, "A", true);
	hang(f, "X", true);
	stage_engine_none_hung(f->engine);
	assert_false(stage_engine_is_hung(f->engine, "A"));
	assert_false(stage_engine_is_hung(f->engine, "X"));
}

static void
what_a_hand_connects_while_it_hangs_is_learned(void **state)
{
	struct fixture *f = *state;

	port(f, "A:out");
	port(f, "B:in");
	edits(f, "");
	pass(f, 10 * S);
	hang(f, "A", true);
	connected(f, "A:out", "B:in");
	edits(f, "");
	heard(&f->learned, "");
	pass(f, STAGE_ENGINE_QUIET_NS);
	desire(f, "A:out -> B:in\n"); // as the owner does with what is learned
	edits(f, "!A:out>B:in\n");
	heard(&f->learned, "want A:out>B:in\n");
}

static void
nothing_is_cut_where_the_mode_is_off(void **state)
{
	struct fixture *f = *state;

	desire(f, "A:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	edits(f, "+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_OFF);
	hang(f, "A", true);
	edits(f, "");
}

static void
hush(struct fixture *f, enum stage_hush hush, const char *client)
{
	assert_int_equal(stage_engine_set_hush(f->engine, hush, &client,
				 client != NULL ? 1 : 0),
		STAGE_OK);
	assert_int_equal(stage_engine_hush(f->engine), hush);
}

static void
physical(struct fixture *f, const char *name)
{
	struct stage_graph_port_info card = info_of(name);

	card.is_physical = true;
	take(f, &(struct stage_engine_event){
			.kind = STAGE_ENGINE_PORT_APPEARED, .port = card});
}

// A song's "A -> B", a global "G -> system", and what nobody wants.
static void
have_a_song(struct fixture *f)
{
	struct stage_patch_list song = {0};
	struct stage_patch_list global = {0};
	const struct stage_desired_file files[] = {
		{"learned.patch", STAGE_LAYER_GLOBAL, &global},
		{"song.patch", STAGE_LAYER_SONG, &song},
	};
	static const char song_text[] =
		"A:out -> B:in\nA:outmidi -> B:inmidi\n";
	static const char global_text[] = "G:out -> system:in\n";
	struct stage_desired *desired = NULL;

	assert_int_equal(stage_patch_text_parse(song_text, strlen(song_text),
				 "song.patch", &song, NULL),
		STAGE_OK);
	assert_int_equal(
		stage_patch_text_parse(global_text, strlen(global_text),
			"learned.patch", &global, NULL),
		STAGE_OK);
	assert_int_equal(stage_desired_create(files, 2, false, &desired, NULL),
		STAGE_OK);
	stage_patch_list_finish(&song);
	stage_patch_list_finish(&global);
	assert_int_equal(
		stage_engine_set_desired(f->engine, desired, false, f->now_ns),
		STAGE_OK);
	port(f, "A:out");
	port(f, "A:outmidi");
	port(f, "B:in");
	port(f, "B:inmidi");
	port(f, "G:out");
	port(f, "C.nABCD/x:out");
	physical(f, "system:in");
	edits(f, "+A:out>B:in\n+A:outmidi>B:inmidi\n+G:out>system:in\n");
	connected(f, "A:out", "B:in");
	connected(f, "A:outmidi", "B:inmidi");
	connected(f, "G:out", "system:in");
	connected(f, "C.nABCD/x:out", "system:in"); // by itself
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
}

static void
a_panic_silences_the_song_and_forgets_nothing(void **state)
{
	struct fixture *f = *state;

	have_a_song(f);
	hush(f, STAGE_HUSH_SONG, "C.nABCD");
	edits(f, "!C.nABCD/x:out>system:in\n!A:out>B:in\n");
	disconnected(f, "A:out", "B:in");
	disconnected(f, "C.nABCD/x:out", "system:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	connected(f, "A:out", "B:in"); // a hand, or the program itself
	edits(f, "!A:out>B:in\n");
	disconnected(f, "A:out", "B:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
	hush(f, STAGE_HUSH_NONE, NULL);
	edits(f, "+C.nABCD/x:out>system:in\n+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	connected(f, "C.nABCD/x:out", "system:in");
	pass(f, 10 * S);
	edits(f, ""); // it is nobody's wish, and stays
	heard(&f->learned, "");
}

static void
a_second_panic_silences_all_that_is_heard(void **state)
{
	struct fixture *f = *state;

	have_a_song(f);
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_OFF);
	hush(f, STAGE_HUSH_ALL, NULL);
	edits(f, "!G:out>system:in\n!C.nABCD/x:out>system:in\n"
		 "!A:out>B:in\n");
	disconnected(f, "A:out", "B:in");
	disconnected(f, "G:out", "system:in");
	disconnected(f, "C.nABCD/x:out", "system:in");
	pass(f, 10 * S);
	gone(f, "C.nABCD/x:out");
	edits(f, "");
	hush(f, STAGE_HUSH_NONE, NULL);
	// The mode is off: as it was, and no more.
	edits(f, "+G:out>system:in\n+A:out>B:in\n");
	connected(f, "A:out", "B:in");
	connected(f, "G:out", "system:in");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
what_sends_the_panic_is_nobodys_hand(void **state)
{
	struct fixture *f = *state;

	have_a_song(f);
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_EXCLUSIVE);
	edits(f, "-C.nABCD/x:out>system:in\n");
	disconnected(f, "C.nABCD/x:out", "system:in");
	take(f, &(struct stage_engine_event){.kind = STAGE_ENGINE_PORT_APPEARED,
			.port = {.name = "stagecraft-show:panic",
				.type = "midi",
				.is_output = true}});
	edits(f, "");
	pass(f, 10 * S);
	connected(f, "stagecraft-show:panic", "B:inmidi");
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_LEARN);
	disconnected(f, "stagecraft-show:panic", "B:inmidi");
	connected(f, "stagecraft-show:panic", "B:inmidi");
	edits(f, "");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
what_is_refused_is_tried_again_four_times(void **state)
{
	struct fixture *f = *state;
	int tries = 0;

	desire(f, "A:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	edits(f, "+A:out>B:in\n");
	for (int ms = 0; ms < 5000; ms++) {
		done(f, false, "A:out", "B:in", STAGE_ENGINE_OUTCOME_REFUSED);
		pass(f, MS);
		f->next_ns = stage_engine_act(f->engine, f->now_ns);
		tries += f->edits.len > 0;
		stage_str_clear(&f->edits);
	}
	assert_int_equal(tries, 4);
	heard(&f->notes, "failed A:out>B:in\n");
	assert_int_equal(f->next_ns, 0);
	port(f, "A:out"); // its client is active now
	edits(f, "+A:out>B:in\n");
}

// What must go is asked for as often as what should come.
static void
a_removal_that_is_refused_is_tried_again(void **state)
{
	static const struct {
		const char *patch;
		const char *edit;
	} cases[] = {
		{"forbid A:* -> *\n", "!A:out>B:in\n"},
		{"not A:out -> B:in\n", "-A:out>B:in\n"},
	};
	struct fixture *f = *state;

	be_connected(f);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		int tries = 0;
		desire(f, cases[i].patch);
		edits(f, cases[i].edit);
		for (int ms = 0; ms < 2000; ms++) {
			done(f, true, "A:out", "B:in",
				STAGE_ENGINE_OUTCOME_REFUSED);
			pass(f, MS);
			f->next_ns = stage_engine_act(f->engine, f->now_ns);
			tries += f->edits.len > 0;
			stage_str_clear(&f->edits);
		}
		assert_int_equal(tries, 4);
		heard(&f->notes, "failed A:out>B:in\n");
		desire(f, "A:out -> B:in\n");
		edits(f, ""); // it is held
	}
}

// It has gone all the same, or may stay by now.
static void
a_removal_is_tried_again_while_there_is_a_reason(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	desire(f, "not A:out -> B:in\n");
	edits(f, "-A:out>B:in\n");
	done(f, true, "A:out", "B:in", STAGE_ENGINE_OUTCOME_REFUSED);
	desire(f, "A:out -> B:in\n");
	pass(f, S);
	edits(f, "");
	desire(f, "forbid A:* -> *\n");
	edits(f, "!A:out>B:in\n"); // it was held again
	done(f, true, "A:out", "B:in", STAGE_ENGINE_OUTCOME_REFUSED);
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_OFF);
	pass(f, S);
	edits(f, "");
	stage_engine_set_mode(f->engine, STAGE_PATCH_MODE_LEARN);
	edits(f, "!A:out>B:in\n");
	done(f, true, "A:out", "B:in", STAGE_ENGINE_OUTCOME_REFUSED);
	disconnected(f, "A:out", "B:in"); // the word of it was late
	pass(f, S);
	edits(f, "");
	assert_int_equal(f->next_ns, 0);
	heard(&f->learned, "");
}

// Killed while our edit is under way: with it goes what was under way.
static void
an_end_goes_before_the_edit_is_done(void **state)
{
	static const enum stage_engine_outcome outcomes[] = {
		STAGE_ENGINE_OUTCOME_REFUSED, STAGE_ENGINE_OUTCOME_GONE};
	struct fixture *f = *state;

	desire(f, "A:out -> B:in\n");
	port(f, "B:in");
	for (size_t i = 0; i < STAGE_COUNT_OF(outcomes); i++) {
		port(f, "A:out");
		edits(f, "+A:out>B:in\n");
		gone(f, "A:out");
		done(f, false, "A:out", "B:in", outcomes[i]);
		edits(f, "");
		port(f, "A:out");
		edits(f, "+A:out>B:in\n");
		gone(f, "A:out");
	}
}

static void
an_edit_that_is_not_taken_is_asked_for_again(void **state)
{
	struct fixture *f = *state;

	desire(f, "A:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	f->is_refusing = true;
	edits(f, "");
	f->is_refusing = false;
	edits(f, "+A:out>B:in\n");
}

// Nothing will ever be told of them, and the server is there.
static void
edits_that_got_lost_are_asked_for_again(void **state)
{
	struct fixture *f = *state;

	desire(f, "A:out -> B:in\nforbid A:out -> C:in\n");
	port(f, "A:out");
	port(f, "B:in");
	port(f, "C:in");
	connected(f, "A:out", "C:in");
	edits(f, "!A:out>C:in\n+A:out>B:in\n");
	edits(f, "");
	stage_engine_lose_edits(f->engine, STAGE_PATCH_ALSA);
	edits(f, "");
	stage_engine_lose_edits(f->engine, STAGE_PATCH_JACK);
	edits(f, "!A:out>C:in\n+A:out>B:in\n");
	// One of them comes all the same, when it is under way no longer.
	stage_engine_lose_edits(f->engine, STAGE_PATCH_JACK);
	done(f, false, "A:out", "B:in", STAGE_ENGINE_OUTCOME_REFUSED);
	connected(f, "A:out", "B:in");
	edits(f, "!A:out>C:in\n");
	pass(f, 10 * S);
	edits(f, "");
	heard(&f->learned, "");
}

static void
the_server_goes_before_the_edit_is_done(void **state)
{
	struct fixture *f = *state;

	desire(f, "A:out -> B:in\n");
	port(f, "A:out");
	port(f, "B:in");
	edits(f, "+A:out>B:in\n");
	tell(f, STAGE_ENGINE_SERVER_GONE); // and no EDIT_DONE ever comes
	tell(f, STAGE_ENGINE_SERVER_UP);
	port(f, "A:out");
	port(f, "B:in");
	edits(f, "+A:out>B:in\n");
}

// Looked at again and again with many others between, and gone before it is.
static void
a_port_among_many_goes_before_the_act(void **state)
{
	enum {
		MANY = 40
	};
	struct fixture *f = *state;
	char name[16];

	port(f, "P:out");
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "Q:in%d", i);
			port(f, name);
		}
		port(f, "P:out");
	}
	port(f, "Q:in0");
	gone(f, "P:out");
	edits(f, ""); // a sanitizer sees whether it is looked at
}

static void
a_port_that_is_renamed_is_another_one(void **state)
{
	struct fixture *f = *state;

	be_connected(f);
	take(f, &(struct stage_engine_event){.kind = STAGE_ENGINE_PORT_RENAMED,
			.port = info_of("A:out"),
			.to = "A:out renamed"});
	edits(f, ""); // it is what somebody made of it
	heard(&f->learned, "");
	port(f, "A:out");
	edits(f, "+A:out>B:in\n");
}

static void
unknown_names_are_passed_over(void **state)
{
	struct fixture *f = *state;

	connected(f, "no:out", "no:in");
	disconnected(f, "no:out", "no:in");
	gone(f, "no:out");
	done(f, true, "no:out", "no:in", STAGE_ENGINE_OUTCOME_DONE);
	port(f, "A:out");
	port(f, "B:in");
	done(f, false, "A:out", "B:in", STAGE_ENGINE_OUTCOME_DONE);
	connected(f, "B:in", "A:out");
	edits(f, "");
}

// A server that does what it is asked, sooner or later, and ports that come and
// go: in the end what is wanted is there, and nothing was learned of it.
static void
random_lives(void **state)
{
	enum {
		PORTS = 8
	};
	struct fixture *f = *state;
	char outs[PORTS][16];
	char ins[PORTS][16];
	bool is_there[2 * PORTS] = {false};
	struct stage_str text = {0};

	srand(7);
	for (int i = 0; i < PORTS; i++) {
		snprintf(outs[i], sizeof(outs[i]), "A:out%d", i);
		snprintf(ins[i], sizeof(ins[i]), "B:in%d", i);
		assert_int_equal(
			stage_str_addf(&text, "%s -> %s\n", outs[i], ins[i]),
			STAGE_OK);
	}
	desire(f, stage_str_text(&text));
	stage_str_finish(&text);
	for (int step = 0; step < 20000; step++) {
		int at = rand() % (2 * PORTS);
		const char *name = at < PORTS ? outs[at] : ins[at - PORTS];
		if (rand() % 3 == 0) {
			if (is_there[at] && rand() % 2 == 0) { // it tells first
				disconnected(
					f, outs[at % PORTS], ins[at % PORTS]);
			}
			is_there[at] ? gone(f, name) : port(f, name);
			is_there[at] = !is_there[at];
		}
		pass(f, rand() % 200 * MS);
		(void)stage_engine_act(f->engine, f->now_ns);
		for (int i = 0; i < PORTS; i++) {
			char line[64];
			snprintf(line, sizeof(line), "+%s>%s\n", outs[i],
				ins[i]);
			if (strstr(stage_str_text(&f->edits), line) == NULL) {
				continue;
			}
			assert_true(is_there[i] && is_there[PORTS + i]);
			done(f, false, outs[i], ins[i],
				rand() % 4 == 0 ? STAGE_ENGINE_OUTCOME_REFUSED
						: STAGE_ENGINE_OUTCOME_DONE);
		}
		assert_null(strchr(stage_str_text(&f->edits), '-'));
		stage_str_clear(&f->edits);
		stage_str_clear(&f->notes);
	}
	heard(&f->learned, "");
	for (int i = 0; i < PORTS; i++) {
		port(f, outs[i]);
		port(f, ins[i]);
	}
	pass(f, 100 * S);
	(void)stage_engine_act(f->engine, f->now_ns);
	for (int i = 0; i < PORTS; i++) {
		done(f, false, outs[i], ins[i], STAGE_ENGINE_OUTCOME_DONE);
	}
	assert_int_equal(
		stage_graph_connection_count(stage_engine_graph(f->engine)),
		PORTS);
}

static enum stage_status
say_nothing_of_edit(void *user, enum stage_engine_edit edit,
	enum stage_patch_system system, const char *from, const char *to,
	const struct stage_patch_how *how)
{
	(void)how;
	(void)user;
	(void)edit;
	(void)system;
	(void)from;
	(void)to;
	return STAGE_OK;
}

static void
say_nothing_of_learned(
	void *user, const struct stage_engine_word *words, size_t count)
{
	(void)user;
	(void)words;
	(void)count;
}

static void
say_nothing(void *user, enum stage_engine_note note,
	enum stage_patch_system system, const char *from, const char *to)
{
	(void)system;
	(void)user;
	(void)note;
	(void)from;
	(void)to;
}

static void
ignore_plan(void *user, bool is_disconnect, const struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	(void)user;
	(void)is_disconnect;
	(void)from;
	(void)to;
}

static enum stage_status
make_desired(const char *text, struct stage_desired **out)
{
	struct stage_patch_list list = {0};
	const struct stage_desired_file file = {
		"a.patch", STAGE_LAYER_GLOBAL, &list};
	enum stage_status status = stage_patch_text_parse(
		text, strlen(text), "a.patch", &list, NULL);

	if (status == STAGE_OK) {
		status = stage_desired_create(&file, 1, false, out, NULL);
	}
	stage_patch_list_finish(&list);
	return status;
}

// Another desired state: planned, then in force. Without memory for it the one
// before is, and all ports are known to it after a scan.
static enum stage_status
want_more(struct stage_engine *engine)
{
	struct stage_desired *plan = NULL;
	struct stage_desired *desired = NULL;
	enum stage_status status =
		make_desired("not A:out -> B:in\nA* -> B*\n", &plan);

	if (status == STAGE_OK) {
		status = stage_engine_plan(engine, plan,
			STAGE_PATCH_MODE_EXCLUSIVE, ignore_plan, NULL);
	}
	stage_desired_destroy(plan);
	if (status == STAGE_OK) {
		status = make_desired("A:out -> B:in\n", &desired);
	}
	if (status == STAGE_OK) {
		status = stage_engine_set_desired(
			engine, desired, false, 20 * S);
		if (status == STAGE_OK) {
			desired = NULL;
		}
	}
	stage_desired_destroy(desired);
	(void)stage_engine_act(engine, 20 * S);
	(void)stage_engine_act(engine, 30 * S);
	return status;
}

static enum stage_status
use_engine(void *user)
{
	static const struct stage_engine_ops quiet = {
		say_nothing_of_edit, say_nothing_of_learned, say_nothing};
	struct stage_engine *engine = stage_engine_create(&quiet, user);
	struct stage_engine_event event = {.kind = STAGE_ENGINE_SERVER_UP};
	enum stage_status status = engine != NULL ? STAGE_OK : STAGE_NO_MEMORY;
	static const char *const names[] = {"A:out", "B:in"};

	if (status == STAGE_OK) {
		status = stage_engine_take(engine, &event, 1);
	}
	for (size_t i = 0; i < 2 && status == STAGE_OK; i++) {
		event = (struct stage_engine_event){
			.kind = STAGE_ENGINE_PORT_APPEARED,
			.port = info_of(names[i])};
		status = stage_engine_take(engine, &event, 1);
	}
	if (status == STAGE_OK) {
		event = (struct stage_engine_event){
			.kind = STAGE_ENGINE_CONNECTED,
			.from = "A:out",
			.to = "B:in"};
		status = stage_engine_take(engine, &event, 10 * S);
		(void)stage_engine_act(engine, 10 * S);
		(void)stage_engine_act(engine, 20 * S);
	}
	if (status == STAGE_OK) {
		status = want_more(engine);
	}
	stage_engine_destroy(engine);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	assert_true(failing_alloc_sweep_tolerant(use_engine, *state) > 50);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(connected_once_both_are_there),
		TEST(ports_are_connected_when_no_more_come),
		TEST(another_song_does_not_wait_for_more_ports),
		TEST(ports_without_end_are_connected_all_the_same),
		TEST(what_is_forbidden_goes_while_ports_come),
		TEST(types_that_do_not_fit_are_not_tried),
		TEST(a_hand_that_connects_is_learned),
		TEST(a_hand_that_changes_its_mind_is_not),
		TEST(programs_that_connect_themselves_are_not_learned),
		TEST(a_hand_that_disconnects_is_learned),
		TEST(what_was_learned_away_stays_away),
		TEST(a_death_is_no_hand),
		TEST(a_death_that_is_told_late_is_no_hand),
		TEST(a_hand_is_learned_when_all_has_been_told),
		TEST(a_death_without_a_disconnect),
		TEST(the_server_goes_and_comes),
		TEST(what_is_there_at_the_start_is_adopted_not_learned),
		TEST(a_hand_that_a_scan_saw_first_is_believed),
		TEST(a_program_that_a_scan_saw_first_is_no_hand),
		TEST(an_input_told_anew_after_a_scan_is_no_hand),
		TEST(an_output_told_anew_after_a_scan_is_no_hand),
		TEST(what_a_scan_misses_is_made_again),
		TEST(more_than_a_hand_does_is_withheld),
		TEST(what_was_withheld_may_be_meant),
		TEST(a_port_that_comes_again_ends_the_withholding),
		TEST(a_pair_of_few_is_no_mass_event),
		TEST(a_good_part_of_all_is_one),
		TEST(a_small_part_is_a_hand),
		TEST(forbidden_things_go_first),
		TEST(a_new_scene_is_made_before_the_old_is_broken),
		TEST(a_scene_that_comes_before_the_first_scan),
		TEST(programs_may_follow_a_song_unlearned),
		TEST(enforced_wishes_are_made_again),
		TEST(nothing_is_done_when_off),
		TEST(exclusive_removes_what_nobody_wants),
		TEST(lock_stands_above_the_modes_of_files),
		TEST(only_one_may_feed_it),
		TEST(rivals_are_answered_ever_more_rarely),
		TEST(a_client_that_hangs_is_cut_off_from_what_it_feeds),
		TEST(what_a_hand_connects_while_it_hangs_is_learned),
		TEST(nothing_is_cut_where_the_mode_is_off),
		TEST(a_panic_silences_the_song_and_forgets_nothing),
		TEST(a_second_panic_silences_all_that_is_heard),
		TEST(what_sends_the_panic_is_nobodys_hand),
		TEST(what_is_refused_is_tried_again_four_times),
		TEST(a_removal_that_is_refused_is_tried_again),
		TEST(a_removal_is_tried_again_while_there_is_a_reason),
		TEST(an_end_goes_before_the_edit_is_done),
		TEST(an_edit_that_is_not_taken_is_asked_for_again),
		TEST(edits_that_got_lost_are_asked_for_again),
		TEST(the_server_goes_before_the_edit_is_done),
		TEST(a_port_among_many_goes_before_the_act),
		TEST(a_port_that_is_renamed_is_another_one),
		TEST(unknown_names_are_passed_over),
		TEST(random_lives),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
