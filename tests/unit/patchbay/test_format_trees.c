/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The formats that are XML, but for aj-snapshot's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#include "fixture.h"

#define WANT STAGE_PATCH_WANT
#define JACK STAGE_PATCH_JACK
#define ALSA STAGE_PATCH_ALSA

static void
carla_is_read(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("carla.carxp", "carla", &import);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, JACK, "GLOBAL-DRUMS:TO IPAD:events-in",
		"B & C:<in>");
	fixture_has(&import.list, WANT, JACK, "A:out", " B:in ");
	assert_int_equal(fixture_told(&import.report, "inside of Carla"), 1);
	assert_int_equal(
		fixture_told(&import.report, "FILE:19:3: left out"), 1);
	stage_patch_import_finish(&import);
}

static void
ray_is_read(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("ray-jackpatch.xml", "ray-jackpatch", &import);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, JACK, "A:out", "B:in");
	fixture_has(&import.list, WANT, JACK, "C.nXYZ:out", "B:in");
	assert_int_equal(import.unconnected[JACK].count, 1);
	assert_string_equal(import.unconnected[JACK].items[0], "A:spare");
	assert_int_equal(fixture_told(&import.report, "FILE:4:3: left out"), 1);
	assert_int_equal(
		fixture_told(&import.report, "1 connection is of NSM clients"),
		1);
	stage_patch_import_finish(&import);

	fixture_import("ray-alsapatch.xml", "ray-jackpatch", &import);
	assert_int_equal(import.list.count, 1);
	fixture_has(
		&import.list, WANT, ALSA, "Keys:Keys MIDI 1", "Router:in 1");
	assert_false(import.speaks_of[JACK]);
	stage_patch_import_finish(&import);
}

static void
qpwgraph_is_read(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("qpwgraph.xml", "qpwgraph", &import);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, JACK, "Synth:out_1",
		"Built-in & more:playback_FL");
	fixture_has(
		&import.list, WANT, ALSA, "Keys:Keys MIDI 1", "Router:in 1");
	assert_int_equal(
		fixture_told(&import.report, "FILE:12:3: left out"), 1);
	stage_patch_import_finish(&import);
}

static void
qjackctl_is_read(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("qjackctl.xml", "qjackctl", &import);
	assert_int_equal(import.list.count, 6);
	fixture_has(&import.list, STAGE_PATCH_ONLY, JACK, "Synth:out_1",
		"system:playback_1");
	fixture_has(&import.list, STAGE_PATCH_ONLY, JACK, "Synth:out_2",
		"system:playback_2");
	fixture_has(
		&import.list, WANT, ALSA, "Keys:Keys MIDI [0-9]+", "Router:in");
	assert_int_equal(import.list.items[2].from.match, STAGE_PATCH_REGEX);
	assert_int_equal(import.list.items[2].to.match, STAGE_PATCH_LITERAL);
	fixture_has(&import.list, STAGE_PATCH_ALSO, JACK, "system:playback_1",
		"rec\\.(A|B):in \\(1\\)");
	fixture_has(&import.list, STAGE_PATCH_ALSO, JACK, "system:playback_3",
		"rec\\.(A|B):in 3");
	assert_int_equal(fixture_told(&import.report, "2 plugs meet 3"), 1);
	assert_int_equal(
		fixture_told(&import.report, "output is exclusive"), 1);
	assert_int_equal(
		fixture_told(&import.report, "no two sockets for this"), 1);
	assert_int_equal(fixture_told(&import.report, "1 slot"), 1);
	stage_patch_import_finish(&import);
}

static void
what_qjackctl_leaves_out_is_told(void **state)
{
	static const char *const told[] = {
		"FILE:24:3: plug 2 of this is left out, as it holds a group",
		"FILE:8:3: left out, as there is a socket \"A\" already",
		"FILE:25:3: plug 1 of this is left out, as it holds a set",
		"FILE:14:3: left out, as this socket has no name or no client",
		"FILE:17:3: there is no input socket \"gone\"",
		"FILE:23:3: left out, as this cable has no output or no input",
		"FILE:25:3: 1 plugs meet 2",
	};
	struct stage_patch_import import;
	(void)state;

	fixture_import("qjackctl-left-out.xml", "qjackctl", &import);
	assert_int_equal(import.list.count, 1);
	fixture_has(&import.list, WANT, JACK, "A:out", "B:in");
	for (size_t i = 0; i < STAGE_COUNT_OF(told); i++) {
		if (fixture_told(&import.report, told[i]) != 1) {
			fail_msg("not told: %s", told[i]);
		}
	}
	assert_int_equal(import.report.count, STAGE_COUNT_OF(told));
	stage_patch_import_finish(&import);
}

static void
a_carla_project_may_say_nothing(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("carla-without-connections.carxp", "carla", &import);
	assert_int_equal(import.list.count, 0);
	assert_false(import.speaks_of[JACK]);
	assert_int_equal(fixture_told(&import.report, "nothing about JACK"), 1);
	stage_patch_import_finish(&import);
}

struct edge {
	enum stage_patch_policy policy;
	enum stage_patch_system system;
	const char *from;
	const char *to;
	const char *told; // NULL: it is carried
};

static void
add(struct stage_patch_list *list, const struct edge *edge)
{
	struct stage_patch_statement statement = {
		.policy = edge->policy, .system = edge->system};

	statement.from.text = strdup(edge->from);
	statement.to.text = strdup(edge->to);
	assert_int_equal(stage_patch_list_add(list, &statement), STAGE_OK);
	free(statement.from.text);
	free(statement.to.text);
}

// Writes the edges, reads them again, and checks which came through.
static void
check_edges(const char *format, const struct edge *edges, size_t count,
	size_t remarks)
{
	struct stage_patch_list list = {0};
	struct stage_patch_list carried = {0};
	struct stage_patch_import import;
	struct stage_strv report;
	struct stage_str bytes;

	for (size_t i = 0; i < count; i++) {
		add(&list, &edges[i]);
		if (edges[i].told == NULL) {
			add(&carried, &edges[i]);
		}
	}
	fixture_write(format, &list, &bytes, &report);
	for (size_t i = 0; i < count; i++) {
		if (edges[i].told != NULL) {
			remarks++;
			if (fixture_told(&report, edges[i].told) == 0) {
				fail_msg("not told: %s", edges[i].told);
			}
		}
	}
	assert_int_equal(report.count, remarks);
	fixture_read(format, &bytes, &import);
	fixture_same(&carried, &import.list);
	stage_patch_import_finish(&import);
	stage_patch_list_finish(&list);
	stage_patch_list_finish(&carried);
	stage_strv_finish(&report);
	stage_str_finish(&bytes);
}

static void
carla_comes_back(void **state)
{
	static const struct edge edges[] = {
		{WANT, JACK, "A:out", "B:in", NULL},
		{WANT, JACK, "A & <B>:\"x\" 'y' ]]>", "B:in:1 [128]", NULL},
		{WANT, JACK, "A:caf\xc3\xa9", "B:in", NULL},
		{WANT, JACK, "A:caf\xe9", "B:in", "not UTF-8"},
		{WANT, JACK, "A:\001", "B:in", "control characters"},
		{WANT, JACK, "A:out", "B:in ", "blanks at an edge"},
		{WANT, ALSA, "K:0", "R:0", "no ALSA ports"},
		{STAGE_PATCH_NOT, JACK, "A:out", "C:in", "not A:out"},
	};
	(void)state;

	check_edges("carla", edges, STAGE_COUNT_OF(edges), 0);
}

static void
qjackctl_comes_back(void **state)
{
	static const struct edge edges[] = {
		{WANT, JACK, "A:out_1", "B:in_1", NULL},
		{WANT, JACK, "A:out_1", "B:in_2", NULL},
		{WANT, JACK, "A:out_2", "B:in_1", NULL},
		{WANT, JACK, "A:out_1", "C:in_1", NULL},
		{WANT, JACK, "a to b:1", "c:1", NULL},
		{WANT, JACK, "a:1", "b to c:1", NULL},
		{STAGE_PATCH_ONLY, JACK, "A:out_3", "B:in_3", NULL},
		{WANT, JACK, "a2j:K [128] (playback): x*?", "B.$:^{n}\\+|",
			NULL},
		{WANT, JACK, "A: \001\n\t\x1f ", "B:<&>\"'", NULL},
		{WANT, ALSA, "Keys:MIDI 1", "Router:in:x", NULL},
		{WANT, ALSA, "Keys:0", "Router:1", "not by number"},
		{WANT, JACK, "A:caf\xe9", "B:in", "not UTF-8"},
		{STAGE_PATCH_ALSO, JACK, "A:in", "B:in", "also A:in"},
	};
	(void)state;

	check_edges("qjackctl", edges, STAGE_COUNT_OF(edges), 1);
}

static void
each_pair_of_clients_has_its_sockets(void **state)
{
	static const struct edge edges[] = {
		{WANT, ALSA, "K:a", "R:1st", NULL},
		{WANT, ALSA, "K:b", "R:1st", NULL},
	};
	struct stage_patch_list list = {0};
	struct stage_str bytes;
	(void)state;

	add(&list, &edges[0]);
	add(&list, &edges[1]);
	fixture_write("qjackctl", &list, &bytes, NULL);
	assert_string_equal(bytes.data,
		"<!DOCTYPE patchbay>\n"
		"<patchbay name=\"stagecraft\" version=\"0.9.9\">\n"
		" <output-sockets>\n"
		"  <socket client=\"K\" exclusive=\"off\" "
		"type=\"alsa-midi\" name=\"1 K to R\">\n"
		"   <plug>a</plug>\n"
		"   <plug>b</plug>\n"
		"  </socket>\n"
		" </output-sockets>\n"
		" <input-sockets>\n"
		"  <socket client=\"R\" exclusive=\"off\" "
		"type=\"alsa-midi\" name=\"1 K to R\">\n"
		"   <plug>1st</plug>\n"
		"   <plug>1st</plug>\n"
		"  </socket>\n"
		" </input-sockets>\n"
		" <slots/>\n"
		" <cables>\n"
		"  <cable type=\"alsa-midi\" output=\"1 K to R\" "
		"input=\"1 K to R\"/>\n"
		" </cables>\n"
		"</patchbay>\n");
	stage_str_finish(&bytes);
	stage_patch_list_finish(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carla_is_read),
		cmocka_unit_test(ray_is_read),
		cmocka_unit_test(qpwgraph_is_read),
		cmocka_unit_test(qjackctl_is_read),
		cmocka_unit_test(what_qjackctl_leaves_out_is_told),
		cmocka_unit_test(a_carla_project_may_say_nothing),
		cmocka_unit_test(carla_comes_back),
		cmocka_unit_test(qjackctl_comes_back),
		cmocka_unit_test(each_pair_of_clients_has_its_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
