/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Which port of the ALSA sequencer a wanted name means.

#include "patchbay/desired.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "patchbay/patch_text.h"

// A keyboard without serial numbers in two sockets, and with.
#define LEFT "K61 [@ hcd-1]:0 MIDI 1"
#define RIGHT "K61 [@ hcd-2]:0 MIDI 1"
#define THIRD "K61 [@ hcd-3]:0 MIDI 1"
#define ONE_LEFT "K61 [SN1 @ hcd-1]:0 MIDI 1"
#define ONE_RIGHT "K61 [SN1 @ hcd-2]:0 MIDI 1"
#define TWO_LEFT "K61 [SN2 @ hcd-1]:0 MIDI 1"
#define TWO_RIGHT "K61 [SN2 @ hcd-2]:0 MIDI 1"

struct fixture {
	struct stage_graph *graph;
	struct stage_desired *desired;
};

static void
ignore(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

static void
want(struct fixture *f, const char *text)
{
	struct stage_patch_list list = {0};
	const struct stage_desired_file file = {
		"a.patch", STAGE_LAYER_GLOBAL, &list};
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_patch_text_parse(
		    text, strlen(text), "a.patch", &list, &err) != STAGE_OK ||
		stage_desired_create(&file, 1, false, &f->desired, &err) !=
			STAGE_OK) {
		fail_msg("%s", err.text);
	}
	stage_patch_list_finish(&list);
}

// aliases: "CLIENT:NUMBER" and "CLIENT:NAME"; may be NULL.
static struct stage_graph_port *
add_known(struct fixture *f, bool is_output, const char *name,
	const char *by_number, const char *by_name)
{
	const struct stage_graph_port_info info = {.system = STAGE_PATCH_ALSA,
		.name = name,
		.type = "midi",
		.aliases = {by_number, by_name},
		.is_output = is_output};
	struct stage_graph_port *port = NULL;
	bool is_new;

	assert_int_equal(
		stage_graph_add(f->graph, &info, 0, ignore, f, &port, &is_new),
		STAGE_OK);
	assert_true(is_new);
	assert_int_equal(
		stage_desired_add_port(f->desired, port, ignore, f), STAGE_OK);
	return port;
}

static struct stage_graph_port *
add(struct fixture *f, const char *name)
{
	return add_known(f, true, name, "K61:0", "K61:MIDI 1");
}

static struct stage_graph_port *
add_input(struct fixture *f, const char *name)
{
	return add_known(f, false, name, NULL, NULL);
}

static void
take(struct fixture *f, struct stage_graph_port *port)
{
	stage_desired_remove_port(f->desired, port, ignore, f);
	stage_graph_remove(f->graph, port);
}

// The line that decides; 0: nothing is said.
static unsigned
line_of(struct fixture *f, const struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	struct stage_reason reason;

	(void)stage_desired_judge(f->desired, from, to, &reason);
	return reason.is_said ? reason.line : 0;
}

static int
setup(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.graph = stage_graph_create()};
	assert_non_null(fixture.graph);
	*state = &fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stage_desired_destroy(f->desired);
	stage_graph_destroy(f->graph);
	return 0;
}

static void
one_name_goes_both_ways(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa " LEFT " -> Zyn:0 in\nalsa Seq:0 out -> " LEFT "\n");
	struct stage_graph_port *out = add(f, LEFT);
	struct stage_graph_port *in = add_input(f, LEFT);
	struct stage_graph_port *zyn = add_input(f, "Zyn:0 in");
	struct stage_graph_port *seq =
		add_known(f, true, "Seq:0 out", NULL, NULL);

	assert_ptr_not_equal(out, in);
	assert_int_equal(stage_graph_port_count(f->graph), 4);
	assert_int_equal(line_of(f, out, zyn), 1);
	assert_int_equal(line_of(f, seq, in), 2);
	assert_ptr_equal(
		stage_graph_find(f->graph, STAGE_PATCH_ALSA, true, LEFT), out);
	assert_ptr_equal(
		stage_graph_find(f->graph, STAGE_PATCH_ALSA, false, LEFT), in);
	stage_desired_remove_port(f->desired, in, ignore, f);
	assert_int_equal(
		stage_graph_rename(f->graph, in, "K61:0 other"), STAGE_OK);
	assert_ptr_equal(
		stage_graph_find(f->graph, STAGE_PATCH_ALSA, true, LEFT), out);
	take(f, out);
	assert_int_equal(stage_graph_port_count(f->graph), 3);
}

static void
other_programs_names_are_aliases(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa K61:0 -> Zyn:0 in\nalsa K61:MIDI 1 -> Seq:0 in\n");
	struct stage_graph_port *key = add(f, ONE_LEFT);
	struct stage_graph_port *zyn = add_input(f, "Zyn:0 in");
	struct stage_graph_port *seq = add_input(f, "Seq:0 in");

	assert_int_equal(line_of(f, key, zyn), 1);
	assert_int_equal(line_of(f, key, seq), 2);
	// Of two alike none is taken.
	add(f, TWO_RIGHT);
	assert_int_equal(line_of(f, key, zyn), 0);
	assert_null(stage_desired_find_port(
		f->desired, STAGE_PATCH_ALSA, true, "K61:0"));
}

static void
the_begin_of_a_name_is_not_the_name(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa MT4:0 -> Zyn:0 in\nalsa MT4:MIDI -> Zyn:0 in\n");
	struct stage_graph_port *zyn = add_input(f, "Zyn:0 in");
	struct stage_graph_port *longer = add_known(
		f, true, "MT4 2 [@ hcd-1]:0 MIDI 1", "MT4 2:0", "MT4 2:MIDI 1");
	struct stage_graph_port *tenth =
		add_known(f, true, "MT4:10 MIDI 10", "MT4:10", "MT4:MIDI 10");

	assert_int_equal(line_of(f, longer, zyn), 0);
	assert_int_equal(line_of(f, tenth, zyn), 0);
}

static void
a_serial_number_is_known_in_any_socket(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa " ONE_LEFT " -> A:0 in\nalsa " TWO_RIGHT " -> B:0 in\n");
	struct stage_graph_port *a = add_input(f, "A:0 in");
	struct stage_graph_port *b = add_input(f, "B:0 in");
	// Swapped.
	struct stage_graph_port *two = add(f, TWO_LEFT);
	assert_int_equal(line_of(f, two, a), 0);
	assert_int_equal(line_of(f, two, b), 2);
	struct stage_graph_port *one = add(f, ONE_RIGHT);
	assert_int_equal(line_of(f, one, a), 1);
	assert_int_equal(line_of(f, one, b), 0);
	assert_int_equal(line_of(f, two, b), 2);
	take(f, two);
	assert_int_equal(line_of(f, one, b), 0);
}

static void
another_serial_number_stands_in_for_none(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa " ONE_LEFT " -> A:0 in\n");
	struct stage_graph_port *a = add_input(f, "A:0 in");

	assert_int_equal(line_of(f, add(f, TWO_LEFT), a), 0);
	assert_int_equal(line_of(f, add(f, RIGHT), a), 0);
	assert_int_equal(line_of(f, add(f, ONE_RIGHT), a), 1);
}

static void
without_a_serial_number_sockets_tell_twins_apart(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa " LEFT " -> A:0 in\nalsa " RIGHT " -> B:0 in\n");
	struct stage_graph_port *a = add_input(f, "A:0 in");
	struct stage_graph_port *b = add_input(f, "B:0 in");
	struct stage_graph_port *right = add(f, RIGHT);

	assert_int_equal(line_of(f, right, a), 0);
	assert_int_equal(line_of(f, right, b), 2);
	struct stage_graph_port *left = add(f, LEFT);
	assert_int_equal(line_of(f, left, a), 1);
	assert_int_equal(line_of(f, left, b), 0);
	// The left one moves: only it is missing.
	take(f, left);
	left = add(f, THIRD);
	assert_int_equal(line_of(f, left, a), 1);
	assert_int_equal(line_of(f, left, b), 0);
	// Both are away: the one in a third socket may be either.
	take(f, right);
	assert_int_equal(line_of(f, left, a), 0);
	assert_int_equal(line_of(f, left, b), 0);
	right = add(f, RIGHT);
	assert_int_equal(line_of(f, left, a), 1);
	assert_int_equal(line_of(f, right, b), 2);
}

static void
programs_are_no_devices(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa " LEFT " -> A:0 in\nalsa Prog:0 out -> A:0 in\n");
	struct stage_graph_port *a = add_input(f, "A:0 in");
	struct stage_graph_port *fake =
		add_known(f, true, "K61:0 MIDI 1", NULL, NULL);
	struct stage_graph_port *second =
		add_known(f, true, "Prog #2:0 out", NULL, NULL);

	assert_int_equal(line_of(f, fake, a), 0);
	assert_int_equal(line_of(f, second, a), 2); // the first one is away
}

static void
what_is_learned_of_a_moved_device_keeps_its_wishes(void **state)
{
	struct fixture *f = *state;
	const char *from;
	const char *to;

	want(f, "alsa " LEFT " -> A:0 in\nalsa K61:0 -> B:0 in\n");
	struct stage_graph_port *a = add_input(f, "A:0 in");
	struct stage_graph_port *b = add_input(f, "B:0 in");
	struct stage_graph_port *c = add_input(f, "C:0 in");
	struct stage_graph_port *moved = add(f, THIRD);

	assert_string_equal(stage_desired_name_of(moved), LEFT);
	assert_string_equal(stage_desired_name_of(a), "A:0 in");
	stage_desired_names(moved, a, &from, &to);
	assert_string_equal(from, LEFT);
	stage_desired_names(moved, b, &from, &to);
	assert_string_equal(from, "K61:0"); // as that line says it
	stage_desired_names(moved, c, &from, &to);
	assert_string_equal(from, LEFT);
	assert_string_equal(to, "C:0 in");
	assert_ptr_equal(stage_desired_find_port(
				 f->desired, STAGE_PATCH_ALSA, true, LEFT),
		moved);
	assert_ptr_equal(stage_desired_find_port(f->desired, STAGE_PATCH_ALSA,
				 true, "K61:MIDI 1"),
		moved);
	assert_ptr_equal(stage_desired_find_port(
				 f->desired, STAGE_PATCH_ALSA, true, THIRD),
		moved);
	assert_null(stage_desired_find_port(
		f->desired, STAGE_PATCH_JACK, true, THIRD));
}

static void
of_two_lines_about_a_port_the_later_decides(void **state)
{
	struct fixture *f = *state;

	want(f, "alsa " LEFT " -> A:0 in\nnot alsa K61:0 -> A:0 in\n"
		"not alsa " LEFT " -> B:0 in\nalsa K61:0 -> B:0 in\n");
	struct stage_graph_port *key = add(f, LEFT);

	assert_int_equal(line_of(f, key, add_input(f, "A:0 in")), 2);
	assert_int_equal(line_of(f, key, add_input(f, "B:0 in")), 4);
}

static void
patterns_and_modes_see_the_device_and_its_aliases(void **state)
{
	struct fixture *f = *state;
	struct stage_reason reason;

	want(f, "mode lock for K61\nalsa K61:* -> A:*\n"
		"alsa *SN2* -> B:0 in\n");
	struct stage_graph_port *one = add(f, ONE_LEFT);
	struct stage_graph_port *two = add(f, TWO_RIGHT);
	struct stage_graph_port *a = add_input(f, "A:0 in");
	struct stage_graph_port *b = add_input(f, "B:0 in");

	assert_int_equal(line_of(f, one, a), 2);
	assert_int_equal(line_of(f, two, a), 2);
	assert_int_equal(line_of(f, one, b), 0);
	assert_int_equal(line_of(f, two, b), 3);
	(void)stage_desired_judge(f->desired, two, b, &reason);
	assert_true(reason.has_mode);
	assert_int_equal(reason.mode, STAGE_PATCH_MODE_LOCK);
}

static void
the_worlds_do_not_mix(void **state)
{
	struct fixture *f = *state;
	const struct stage_graph_port_info info = {
		.name = "Zyn:0 in", .type = "midi"};
	struct stage_graph_port *jack = NULL;
	bool is_new;

	want(f, "alsa K61:0 -> Zyn:0 in\nalsa * -> *\n");
	assert_int_equal(
		stage_graph_add(f->graph, &info, 0, ignore, f, &jack, &is_new),
		STAGE_OK);
	assert_int_equal(
		stage_desired_add_port(f->desired, jack, ignore, f), STAGE_OK);
	assert_int_equal(line_of(f, add(f, ONE_LEFT), jack), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_name_goes_both_ways),
		TEST(other_programs_names_are_aliases),
		TEST(the_begin_of_a_name_is_not_the_name),
		TEST(a_serial_number_is_known_in_any_socket),
		TEST(another_serial_number_stands_in_for_none),
		TEST(without_a_serial_number_sockets_tell_twins_apart),
		TEST(programs_are_no_devices),
		TEST(what_is_learned_of_a_moved_device_keeps_its_wishes),
		TEST(of_two_lines_about_a_port_the_later_decides),
		TEST(patterns_and_modes_see_the_device_and_its_aliases),
		TEST(the_worlds_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
