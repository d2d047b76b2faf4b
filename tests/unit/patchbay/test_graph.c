/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"

struct fixture {
	struct stage_graph *graph;
	struct stage_str story; // what the callbacks were told
};

static void
say(struct fixture *f, const char *what, const char *a, const char *b)
{
	assert_int_equal(stage_str_addf(&f->story, "%s %s%s%s\n", what, a,
				 b != NULL ? " > " : "", b != NULL ? b : ""),
		STAGE_OK);
}

static void
on_gone(void *user, struct stage_graph_port *port)
{
	say(user, "gone", port->name, NULL);
}

static void
on_disconnected(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	say(user, "cut", from->name, to->name);
}

static void
hear(struct fixture *f, const char *expected)
{
	assert_string_equal(stage_str_text(&f->story), expected);
	stage_str_clear(&f->story);
}

static struct stage_graph_port *
add_typed(struct fixture *f, const char *name, const char *type, bool is_output)
{
	const struct stage_graph_port_info info = {
		.name = name, .type = type, .is_output = is_output};
	struct stage_graph_port *port = NULL;
	bool is_new;

	assert_int_equal(
		stage_graph_add(f->graph, &info, 7, on_gone, f, &port, &is_new),
		STAGE_OK);
	assert_string_equal(port->name, name);
	return port;
}

static struct stage_graph_port *
add(struct fixture *f, const char *name)
{
	return add_typed(f, name, "audio", strstr(name, ":out") != NULL);
}

static void
join(struct fixture *f, struct stage_graph_port *from,
	struct stage_graph_port *to)
{
	bool is_new;

	assert_int_equal(
		stage_graph_connect(f->graph, from, to, &is_new), STAGE_OK);
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

	stage_graph_destroy(f->graph);
	stage_str_finish(&f->story);
	return 0;
}

static void
ports_come_and_go(void **state)
{
	struct fixture *f = *state;
	struct stage_graph_port *a = add(f, "A:out");
	struct stage_graph_port *b = add(f, "B:in");

	assert_ptr_equal(add(f, "A:out"), a); // told twice
	assert_int_equal(stage_graph_port_count(f->graph), 2);
	assert_int_equal(a->since_ns, 7);
	assert_ptr_equal(
		stage_graph_find(f->graph, STAGE_PATCH_JACK, true, "A:out"), a);
	assert_null(
		stage_graph_find(f->graph, STAGE_PATCH_ALSA, true, "A:out"));
	join(f, a, b);
	stage_graph_remove(f->graph, a);
	assert_int_equal(b->peer_count, 0);
	assert_int_equal(stage_graph_connection_count(f->graph), 0);
	assert_null(
		stage_graph_find(f->graph, STAGE_PATCH_JACK, true, "A:out"));
	assert_ptr_equal(stage_graph_first(f->graph), b);
	assert_null(b->next);
	hear(f, "");
}

static void
aliases_are_brought_up_to_date(void **state)
{
	struct fixture *f = *state;
	struct stage_graph_port_info info = {.name = "A:out",
		.type = "audio",
		.is_output = true,
		.aliases = {NULL, "two"}};
	struct stage_graph_port *port;
	bool is_new;

	add(f, "A:out");
	info.is_physical = true;
	assert_int_equal(
		stage_graph_add(f->graph, &info, 9, on_gone, f, &port, &is_new),
		STAGE_OK);
	assert_false(is_new);
	assert_null(port->aliases[0]);
	assert_string_equal(port->aliases[1], "two");
	assert_string_equal(port->type, "audio");
	assert_true(port->is_physical);
	assert_int_equal(port->since_ns, 7);
}

static void
another_type_is_another_port(void **state)
{
	struct fixture *f = *state;
	struct stage_graph_port *to = add(f, "B:in");

	join(f, add(f, "A:out"), to);
	add_typed(f, "A:out", "midi", true);
	hear(f, "gone A:out\n");
	assert_int_equal(to->peer_count, 0);
	add_typed(f, "A:out", "midi", false);
	hear(f, "gone A:out\n");
	assert_int_equal(stage_graph_port_count(f->graph), 2);
}

static void
what_cannot_be_connected(void **state)
{
	struct fixture *f = *state;
	struct stage_graph_port *out = add(f, "A:out");
	struct stage_graph_port *in = add(f, "B:in");
	struct stage_graph_port *midi = add_typed(f, "C:in", "midi", false);
	bool is_new;

	assert_int_equal(stage_graph_connect(f->graph, in, out, &is_new),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_graph_connect(f->graph, out, midi, &is_new),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_graph_connect(f->graph, out, out, &is_new),
		STAGE_BAD_INPUT);
	assert_int_equal(
		stage_graph_connect(f->graph, out, in, &is_new), STAGE_OK);
	assert_true(is_new);
	assert_int_equal(
		stage_graph_connect(f->graph, out, in, &is_new), STAGE_OK);
	assert_false(is_new);
	assert_true(stage_graph_is_connected(out, in));
	assert_true(stage_graph_disconnect(f->graph, out, in));
	assert_false(stage_graph_disconnect(f->graph, out, in));
	assert_false(stage_graph_is_connected(out, in));
}

static void
a_port_is_renamed(void **state)
{
	struct fixture *f = *state;
	struct stage_graph_port *a = add(f, "A:out");
	struct stage_graph_port *b = add(f, "B:in");

	join(f, a, b);
	assert_int_equal(stage_graph_rename(f->graph, a, "B:in"), STAGE_EXISTS);
	assert_int_equal(stage_graph_rename(f->graph, a, "A:out"), STAGE_OK);
	assert_int_equal(stage_graph_rename(f->graph, a, "Z:out"), STAGE_OK);
	assert_string_equal(a->name, "Z:out");
	assert_null(
		stage_graph_find(f->graph, STAGE_PATCH_JACK, true, "A:out"));
	assert_ptr_equal(
		stage_graph_find(f->graph, STAGE_PATCH_JACK, true, "Z:out"), a);
	assert_true(stage_graph_is_connected(a, b));
}

static void
end_scan(struct fixture *f)
{
	assert_true(stage_graph_scan_end(
		f->graph, STAGE_PATCH_JACK, on_disconnected, on_gone, f));
}

static void
a_scan_finds_what_was_missed(void **state)
{
	struct fixture *f = *state;
	struct stage_graph_port *a = add(f, "A:out");
	struct stage_graph_port *b = add(f, "B:in");
	struct stage_graph_port *c = add(f, "C:in");

	add(f, "D:out");
	join(f, a, b);
	join(f, a, c);
	assert_false(stage_graph_scan_end(
		f->graph, STAGE_PATCH_JACK, on_disconnected, on_gone, f));
	stage_graph_scan_begin(f->graph, STAGE_PATCH_JACK);
	add(f, "A:out");
	add(f, "B:in");
	add(f, "C:in");
	add(f, "E:in");
	join(f, a, c);
	end_scan(f);
	hear(f, "gone D:out\ncut A:out > B:in\n");
	assert_int_equal(stage_graph_port_count(f->graph), 4);
	assert_int_equal(stage_graph_connection_count(f->graph), 1);
	stage_graph_scan_begin(f->graph, STAGE_PATCH_JACK);
	end_scan(f); // everything has gone: ports are told, not their ends
	assert_int_equal(stage_graph_port_count(f->graph), 0);
	assert_int_equal(stage_graph_connection_count(f->graph), 0);
}

// Each to each, then half of it again, in another order.
static void
many_connections(void **state)
{
	enum {
		COUNT = 40
	};
	struct fixture *f = *state;
	struct stage_graph_port *outs[COUNT];
	struct stage_graph_port *ins[COUNT];
	char name[32];

	for (int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "A:out%d", i);
		outs[i] = add(f, name);
		snprintf(name, sizeof(name), "B:in%d", i);
		ins[i] = add(f, name);
	}
	for (int i = 0; i < COUNT * COUNT; i++) {
		join(f, outs[i % COUNT], ins[i / COUNT]);
	}
	assert_int_equal(stage_graph_connection_count(f->graph), COUNT * COUNT);
	for (int i = 0; i < COUNT * COUNT; i += 2) {
		int at = i * 7 % (COUNT * COUNT);
		assert_true(stage_graph_disconnect(
			f->graph, outs[at % COUNT], ins[at / COUNT]));
	}
	assert_int_equal(
		stage_graph_connection_count(f->graph), COUNT * COUNT / 2);
	for (int i = 0; i < COUNT * COUNT; i++) {
		assert_int_equal(stage_graph_is_connected(
					 outs[i % COUNT], ins[i / COUNT]),
			i % 2);
	}
	for (int i = 0; i < COUNT; i++) {
		stage_graph_remove(f->graph, outs[i]);
	}
	assert_int_equal(stage_graph_connection_count(f->graph), 0);
}

static void
the_client_of_a_name(void **state)
{
	(void)state;
	assert_int_equal(stage_graph_client_len(STAGE_PATCH_JACK, "A:b:c"), 1);
	assert_int_equal(stage_graph_client_len(STAGE_PATCH_JACK, "none"), 4);
	assert_int_equal(stage_graph_client_len(STAGE_PATCH_JACK, ""), 0);
}

static enum stage_status
use_graph(void *user)
{
	const struct stage_graph_port_info infos[] = {
		{.name = "A:out",
			.type = "x",
			.is_output = true,
			.aliases = {"one", "two"}},
		{.name = "B:in", .type = "x"}};
	struct stage_graph *graph = stage_graph_create();
	struct stage_graph_port *ports[2];
	enum stage_status status = graph != NULL ? STAGE_OK : STAGE_NO_MEMORY;
	bool is_new;

	for (size_t i = 0; i < 2 && status == STAGE_OK; i++) {
		status = stage_graph_add(
			graph, &infos[i], 1, on_gone, user, &ports[i], &is_new);
	}
	if (status == STAGE_OK) {
		status =
			stage_graph_connect(graph, ports[0], ports[1], &is_new);
	}
	if (status == STAGE_OK) {
		status = stage_graph_rename(graph, ports[1], "C:in");
	}
	stage_graph_destroy(graph);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	assert_true(failing_alloc_sweep(use_graph, *state) > 10);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ports_come_and_go),
		TEST(aliases_are_brought_up_to_date),
		TEST(another_type_is_another_port),
		TEST(what_cannot_be_connected),
		TEST(a_port_is_renamed),
		TEST(a_scan_finds_what_was_missed),
		TEST(many_connections),
		TEST(the_client_of_a_name),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
