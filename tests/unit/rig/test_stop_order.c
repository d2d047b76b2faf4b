/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/stop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "rig/circles.h"
#include "world.h"

static void
declare(struct world *world, const char *name, const char *needs,
	const char *provides)
{
	char path[300];

	world_service(world, name);
	snprintf(path, sizeof(path), "rig/services/%s/needs", name);
	world_write(world, path, 0644, needs);
	snprintf(path, sizeof(path), "rig/services/%s/provides", name);
	world_write(world, path, 0644, provides);
}

// The order as "a b | c", levels apart.
static void
expect_order(
	struct world *world, enum stage_stop_rule rule, const char *expected)
{
	struct stage_runit_tree *tree;
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_stop_order(&world->rig, rule, &tree, &err), STAGE_OK);
	for (size_t i = 0; i < stage_runit_tree_level_count(tree); i++) {
		const struct stage_strv *level =
			stage_runit_tree_level(tree, i);
		assert_int_equal(
			stage_str_add(&text, i > 0 ? " |" : ""), STAGE_OK);
		for (size_t j = 0; j < level->count; j++) {
			assert_int_equal(stage_str_addf(&text, "%s%s",
						 text.len > 0 ? " " : "",
						 level->items[j]),
				STAGE_OK);
		}
	}
	assert_string_equal(stage_str_text(&text), expected);
	stage_str_finish(&text);
	stage_runit_tree_destroy(tree);
}

static void
declared_and_safe(void **state)
{
	struct world *world = *state;

	expect_order(world, STAGE_STOP_SAFE, "");
	declare(world, "jack", "", "jack\n");
	declare(world, "synth", "jack\n", "");
	declare(world, "player", "port:synth:*\nservice:synth\n", "");
	declare(world, "silent", "", "");
	expect_order(
		world, STAGE_STOP_DECLARED, "player silent | synth | jack");
	expect_order(world, STAGE_STOP_SAFE, "player silent | synth | jack");
	world_write(world, "rig/services/synth/needs", 0644, "");
	world_write(world, "rig/services/player/needs", 0644, "");
	expect_order(world, STAGE_STOP_DECLARED, "jack player silent synth");
	expect_order(world, STAGE_STOP_SAFE, "player silent synth | jack");
}

static void
what_a_provider_needs_goes_after_it(void **state)
{
	struct world *world = *state;
	struct stage_runit_tree *tree;

	declare(world, "base", "", "");
	declare(world, "card", "service:base\n", "");
	declare(world, "jack", "service:card\n", "jack\n");
	declare(world, "synth", "", "");
	expect_order(world, STAGE_STOP_SAFE, "synth | jack | card | base");
	assert_int_equal(
		stage_stop_order(&world->rig, STAGE_STOP_SAFE, &tree, NULL),
		STAGE_OK);
	assert_int_equal(stage_runit_tree_cycles(tree)->count, 0);
	stage_runit_tree_destroy(tree);
}

static void
several_providers(void **state)
{
	struct world *world = *state;
	struct stage_runit_tree *tree;

	declare(world, "jack", "service:s", "jack\n");
	declare(world, "clock", "jack\n", "clock\n");
	declare(world, "s", "", "");
	declare(world, "t", "", "");
	declare(world, "z", "service:t\n", "z\n");
	assert_int_equal(
		stage_stop_order(&world->rig, STAGE_STOP_SAFE, &tree, NULL),
		STAGE_OK);
	assert_int_equal(stage_runit_tree_cycles(tree)->count, 0);
	stage_runit_tree_destroy(tree);
}

static void
circles_and_faults_do_not_keep_from_stopping(void **state)
{
	struct world *world = *state;
	struct stage_runit_tree *tree;

	declare(world, "a", "service:b\n", "");
	declare(world, "b", "service:a\nservice:b\n", "");
	declare(world, "bad", "service:a\n&nonsense\n", "one two\n");
	assert_int_equal(
		stage_stop_order(&world->rig, STAGE_STOP_DECLARED, &tree, NULL),
		STAGE_OK);
	assert_int_equal(stage_runit_tree_cycles(tree)->count, 2);
	assert_string_equal(stage_runit_tree_level(tree, 0)->items[0], "bad");
	stage_runit_tree_destroy(tree);
}

static void
expect_told(const struct world *world, const char *sentence)
{
	struct stage_strv told = {0};

	assert_int_equal(stage_circles_tell(&world->rig, &told), STAGE_OK);
	assert_int_equal(told.count, sentence != NULL ? 1 : 0);
	if (sentence != NULL) {
		assert_string_equal(told.items[0], sentence);
	}
	stage_strv_finish(&told);
}

static void
circles_are_told(void **state)
{
	struct world *world = *state;

	declare(world, "jack", "service:card\n", "jack\n");
	declare(world, "synth", "jack\nservice:card\n", "");
	declare(world, "card", "", "");
	expect_told(world, NULL);
	declare(world, "card", "port:Synth:*\n", "");
	expect_told(world,
		"services need each other in a circle, card -> jack -> card, "
		"so that none of them can start; take one of these lines out, "
		"for example in services/card/needs");
	declare(world, "card", "service:card\n", "");
	expect_told(world,
		"card needs itself, so that it cannot start; take that line "
		"out of services/card/needs");
}

static void
a_thousand_services(void **state)
{
	struct world *world = *state;
	struct stage_runit_tree *tree;

	declare(world, "jack", "", "jack\n");
	for (int i = 0; i < 1000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "s%04d", i);
		declare(world, name, i % 2 == 0 ? "jack\n" : "", "");
	}
	assert_int_equal(
		stage_stop_order(&world->rig, STAGE_STOP_SAFE, &tree, NULL),
		STAGE_OK);
	assert_int_equal(stage_runit_tree_level_count(tree), 2);
	assert_int_equal(stage_runit_tree_level(tree, 0)->count, 1000);
	stage_runit_tree_destroy(tree);
}

static enum stage_status
order_once(void *user)
{
	struct world *world = user;
	struct stage_runit_tree *tree = NULL;
	enum stage_status status =
		stage_stop_order(&world->rig, STAGE_STOP_SAFE, &tree, NULL);

	stage_runit_tree_destroy(tree);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct world *world = *state;
	struct stage_rig nowhere = {.rig = "/nowhere"};
	struct stage_runit_tree *tree = NULL;

	declare(world, "jack", "", "jack\n");
	declare(world, "s", "jack\n", "");
	// A service whose files cannot be read counts as needing nothing.
	assert_true(failing_alloc_sweep_tolerant(order_once, world) > 5);
	// A rig that was pulled out must not keep anything from stopping.
	assert_int_equal(
		stage_stop_order(&nowhere, STAGE_STOP_SAFE, &tree, NULL),
		STAGE_OK);
	assert_int_equal(stage_runit_tree_level_count(tree), 0);
	stage_runit_tree_destroy(tree);
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(declared_and_safe),
		IN_A_WORLD(what_a_provider_needs_goes_after_it),
		IN_A_WORLD(several_providers),
		IN_A_WORLD(circles_and_faults_do_not_keep_from_stopping),
		IN_A_WORLD(circles_are_told),
		IN_A_WORLD(a_thousand_services),
		IN_A_WORLD(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
