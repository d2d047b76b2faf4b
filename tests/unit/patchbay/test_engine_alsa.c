/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Two servers at once: what one does is no business of the other.

#include "patchbay/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "patchbay/patch_how.h"
#include "patchbay/patch_text.h"

#define S STAGE_NS_PER_S
#define JACK STAGE_PATCH_JACK
#define ALSA STAGE_PATCH_ALSA

struct fixture {
	struct stage_engine *engine;
	int64_t now_ns;
	int64_t next_ns;
	struct stage_str story;
};

static void
tell_story(struct fixture *f, const char *what, enum stage_patch_system system,
	const struct stage_patch_how *how, const char *from, const char *to)
{
	struct stage_str text = {0};

	assert_int_equal(stage_patch_how_write(how, &text), STAGE_OK);
	assert_int_equal(stage_str_addf(&f->story, "%s %s%s %s>%s\n", what,
				 stage_patch_system_name(system),
				 stage_str_text(&text), from, to),
		STAGE_OK);
	stage_str_finish(&text);
}

static enum stage_status
on_edit(void *user, enum stage_engine_edit edit, enum stage_patch_system system,
	const char *from, const char *to, const struct stage_patch_how *how)
{
	static const char *const words[] = {"+", "-", "!"};

	tell_story(user, words[edit], system, how, from, to);
	return STAGE_OK;
}

static void
on_learned(void *user, const struct stage_engine_word *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tell_story(user, stage_patch_policy_name(words[i].policy),
			words[i].system, &words[i].how, words[i].from,
			words[i].to);
	}
}

static void
on_note(void *user, enum stage_engine_note note, enum stage_patch_system system,
	const char *from, const char *to)
{
	static const struct stage_patch_how plainly;

	if (note == STAGE_NOTE_LOST || note == STAGE_NOTE_WITHHELD) {
		tell_story(user, stage_engine_note_name(note), system, &plainly,
			from, to);
	}
}

static const struct stage_engine_ops ops = {on_edit, on_learned, on_note};

static void
take(struct fixture *f, const struct stage_engine_event *event)
{
	assert_int_equal(
		stage_engine_take(f->engine, event, f->now_ns), STAGE_OK);
}

static void
tell(struct fixture *f, enum stage_patch_system system,
	enum stage_engine_kind kind)
{
	take(f, &(struct stage_engine_event){.system = system, .kind = kind});
}

static void
port(struct fixture *f, enum stage_patch_system system, const char *name)
{
	take(f, &(struct stage_engine_event){.system = system,
			.kind = STAGE_ENGINE_PORT_APPEARED,
			.port = {.system = system,
				.name = name,
				.type = "midi",
				.is_output = strstr(name, "out") != NULL}});
}

static void
pair(struct fixture *f, enum stage_patch_system system,
	enum stage_engine_kind kind, const char *from, const char *to,
	const struct stage_patch_how *how)
{
	struct stage_engine_event event = {
		.system = system, .kind = kind, .from = from, .to = to};

	if (how != NULL) {
		event.how = *how;
	}
	take(f, &event);
}

static void
connected(struct fixture *f, enum stage_patch_system system, const char *from,
	const char *to)
{
	pair(f, system, STAGE_ENGINE_CONNECTED, from, to, NULL);
}

static void
disconnected(struct fixture *f, enum stage_patch_system system,
	const char *from, const char *to)
{
	pair(f, system, STAGE_ENGINE_DISCONNECTED, from, to, NULL);
}

static void
list(struct fixture *f, enum stage_patch_system system)
{
	tell(f, system, STAGE_ENGINE_SERVER_UP);
	tell(f, system, STAGE_ENGINE_SCAN_BEGIN);
	tell(f, system, STAGE_ENGINE_SCAN_END);
}

static void
desire(struct fixture *f, const char *text, bool is_switch)
{
	struct stage_patch_list read = {0};
	const struct stage_desired_file file = {
		"a.patch", STAGE_LAYER_GLOBAL, &read};
	struct stage_desired *desired = NULL;

	assert_int_equal(stage_patch_text_parse(
				 text, strlen(text), "a.patch", &read, NULL),
		STAGE_OK);
	assert_int_equal(stage_desired_create(&file, 1, false, &desired, NULL),
		STAGE_OK);
	stage_patch_list_finish(&read);
	assert_int_equal(stage_engine_set_desired(
				 f->engine, desired, is_switch, f->now_ns),
		STAGE_OK);
}

// What the next act says, once no more ports come.
static void
acts(struct fixture *f, int64_t later_ns, const char *expected)
{
	f->now_ns += later_ns;
	f->next_ns = stage_engine_act(f->engine, f->now_ns);
	if (f->next_ns != 0 &&
		f->next_ns - f->now_ns <= STAGE_ENGINE_ARRIVAL_NS) {
		f->now_ns = f->next_ns;
		f->next_ns = stage_engine_act(f->engine, f->now_ns);
	}
	assert_string_equal(stage_str_text(&f->story), expected);
	stage_str_clear(&f->story);
}

static int
setup(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.now_ns = 100 * S};
	fixture.engine = stage_engine_create(&ops, &fixture);
	assert_non_null(fixture.engine);
	*state = &fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stage_engine_destroy(f->engine);
	stage_str_finish(&f->story);
	return 0;
}

static void
each_is_listed_by_itself(void **state)
{
	struct fixture *f = *state;

	desire(f, "alsa A:0 out -> B:0 in\nA:out -> B:in\n", false);
	acts(f, 0, "");
	list(f, ALSA);
	port(f, ALSA, "A:0 out");
	port(f, ALSA, "B:0 in");
	acts(f, 0, "+ alsa A:0 out>B:0 in\n"); // without JACK
	connected(f, ALSA, "A:0 out", "B:0 in");
	tell(f, JACK, STAGE_ENGINE_SERVER_UP);
	tell(f, JACK, STAGE_ENGINE_SCAN_BEGIN);
	port(f, JACK, "A:out");
	port(f, JACK, "B:in");
	acts(f, 0, ""); // it is being listed
	disconnected(f, ALSA, "A:0 out", "B:0 in");
	acts(f, S, "+ alsa A:0 out>B:0 in\n"); // a rival's; meanwhile
	connected(f, ALSA, "A:0 out", "B:0 in");
	tell(f, JACK, STAGE_ENGINE_SCAN_END);
	acts(f, 0, "+ jack A:out>B:in\n");
	connected(f, JACK, "A:out", "B:in");
	tell(f, ALSA, STAGE_ENGINE_SERVER_GONE);
	acts(f, 0, "lost with an end alsa A:0 out>B:0 in\n");
	assert_int_equal(
		stage_graph_port_count(stage_engine_graph(f->engine)), 2);
	assert_int_equal(
		stage_graph_connections_of(stage_engine_graph(f->engine), JACK),
		1);
}

static void
what_is_due_waits_for_the_end_of_a_listing(void **state)
{
	struct fixture *f = *state;

	desire(f, "alsa A:0 out -> B:0 in\nA:out -> B:in\n", false);
	list(f, ALSA);
	list(f, JACK);
	port(f, JACK, "A:out");
	port(f, JACK, "B:in");
	connected(f, JACK, "A:out", "B:in");
	acts(f, 10 * S, "");
	disconnected(f, JACK, "A:out", "B:in");
	acts(f, 0, "");
	assert_int_equal(f->next_ns, f->now_ns + STAGE_ENGINE_GRACE_NS);
	tell(f, JACK, STAGE_ENGINE_SCAN_BEGIN);
	port(f, JACK, "A:out");
	port(f, JACK, "B:in");
	acts(f, 2 * S, "");
	assert_int_equal(f->next_ns, 0); // not again and again
	tell(f, JACK, STAGE_ENGINE_SCAN_END);
	acts(f, 0, "not jack A:out>B:in\n+ jack A:out>B:in\n");
}

static void
a_switch_before_the_listing_takes_each_on_its_own(void **state)
{
	struct fixture *f = *state;

	desire(f, "alsa A:0 out -> B:0 in\nA:out -> B:in\n", false);
	desire(f, "", true);
	desire(f, "C:out -> D:in\n", true);
	tell(f, JACK, STAGE_ENGINE_SERVER_UP);
	tell(f, JACK, STAGE_ENGINE_SCAN_BEGIN);
	port(f, JACK, "A:out");
	port(f, JACK, "B:in");
	connected(f, JACK, "A:out", "B:in");
	tell(f, JACK, STAGE_ENGINE_SCAN_END);
	acts(f, 0, "- jack A:out>B:in\n");
	disconnected(f, JACK, "A:out", "B:in");
	tell(f, ALSA, STAGE_ENGINE_SERVER_UP);
	tell(f, ALSA, STAGE_ENGINE_SCAN_BEGIN);
	port(f, ALSA, "A:0 out");
	port(f, ALSA, "B:0 in");
	connected(f, ALSA, "A:0 out", "B:0 in");
	tell(f, ALSA, STAGE_ENGINE_SCAN_END);
	acts(f, 0, "- alsa A:0 out>B:0 in\n");
	// Another one, before ALSA is back: the teardown frees what it kept.
	tell(f, ALSA, STAGE_ENGINE_SERVER_GONE);
	desire(f, "", true);
	acts(f, 0, "");
}

static void
what_goes_at_once_is_counted_in_each(void **state)
{
	static const char *const inputs[] = {"1:in", "2:in", "3:in", "4:in",
		"5:in", "6:in", "7:in", "8:in", "9:in"};
	struct fixture *f = *state;

	desire(f, "A:out -> *:in\nalsa A:0 out -> B:0 in\n", false);
	list(f, JACK);
	list(f, ALSA);
	port(f, JACK, "A:out");
	port(f, ALSA, "A:0 out");
	port(f, ALSA, "B:0 in");
	connected(f, ALSA, "A:0 out", "B:0 in");
	for (size_t i = 0; i < STAGE_COUNT_OF(inputs); i++) {
		port(f, JACK, inputs[i]);
		connected(f, JACK, "A:out", inputs[i]);
	}
	acts(f, 10 * S, "");
	disconnected(f, ALSA, "A:0 out", "B:0 in");
	for (size_t i = 0; i < STAGE_COUNT_OF(inputs); i++) {
		disconnected(f, JACK, "A:out", inputs[i]);
	}
	f->now_ns += 2 * S;
	(void)stage_engine_act(f->engine, f->now_ns);
	assert_non_null(strstr(
		stage_str_text(&f->story), "withheld jack A:out>9:in\n"));
	assert_null(strstr(stage_str_text(&f->story), "withheld alsa"));
	assert_non_null(
		strstr(stage_str_text(&f->story), "not alsa A:0 out>B:0 in\n"));
}

static void
how_it_is_connected_is_learned_and_asked_for(void **state)
{
	const struct stage_patch_how how = {true, STAGE_PATCH_REAL, 1};
	struct fixture *f = *state;

	desire(f, "alsa(tick=2) A:0 out -> B:0 in\n", false);
	list(f, ALSA);
	port(f, ALSA, "A:0 out");
	port(f, ALSA, "B:0 in");
	port(f, ALSA, "C:0 in");
	acts(f, 0, "+ alsa(tick=2) A:0 out>B:0 in\n");
	pair(f, ALSA, STAGE_ENGINE_CONNECTED, "A:0 out", "B:0 in",
		&(struct stage_patch_how){false, STAGE_PATCH_TICK, 2});
	acts(f, 10 * S, "");
	pair(f, ALSA, STAGE_ENGINE_CONNECTED, "A:0 out", "C:0 in", &how);
	acts(f, 2 * S, "want alsa(exclusive, real=1) A:0 out>C:0 in\n");
	// What is wanted is there in another way: a hand has made it anew.
	disconnected(f, ALSA, "A:0 out", "B:0 in");
	acts(f, 0, "");
	pair(f, ALSA, STAGE_ENGINE_CONNECTED, "A:0 out", "B:0 in", &how);
	acts(f, 0, "");
	acts(f, 2 * S, "want alsa(exclusive, real=1) A:0 out>B:0 in\n");
	// A program's own is left, and not learned.
	port(f, ALSA, "D:0 out");
	desire(f, "alsa(tick=2) D:0 out -> B:0 in\n", false);
	pair(f, ALSA, STAGE_ENGINE_CONNECTED, "D:0 out", "B:0 in", &how);
	acts(f, 10 * S, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_is_listed_by_itself),
		TEST(what_is_due_waits_for_the_end_of_a_listing),
		TEST(a_switch_before_the_listing_takes_each_on_its_own),
		TEST(what_goes_at_once_is_counted_in_each),
		TEST(how_it_is_connected_is_learned_and_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
