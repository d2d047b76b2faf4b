/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

#define MANY 1000
#define WORDS_MAX 16 // in a text of a table

// Services spelled "a:b c;b:" and the memory behind them.
struct input {
	char *text;
	struct stage_runit_needs services[WORDS_MAX];
	const char *words[WORDS_MAX][WORDS_MAX];
	size_t count;
};

static void
input_init(struct input *input, const char *text)
{
	char *rest = strdup(text);
	char *service;
	char *save;

	*input = (struct input){.text = rest};
	for (service = strtok_r(rest, ";", &save); service != NULL;
		service = strtok_r(NULL, ";", &save)) {
		struct stage_runit_needs *s = &input->services[input->count];
		const char **words = input->words[input->count];
		char *needs = strchr(service, ':');
		char *save_word;
		*needs++ = '\0';
		s->name = service;
		s->needs = words;
		for (char *word = strtok_r(needs, " ", &save_word);
			word != NULL; word = strtok_r(NULL, " ", &save_word)) {
			words[s->need_count++] = word;
		}
		input->count++;
	}
}

static struct stage_runit_tree *
make_tree(const char *text)
{
	struct stage_runit_tree *tree = NULL;
	struct input input;

	input_init(&input, text);
	assert_int_equal(
		stage_runit_tree_create(input.services, input.count, &tree),
		STAGE_OK);
	memset(input.text, '#', strlen(text)); // all must have been copied
	free(input.text);
	return tree;
}

static void
add_names(struct stage_str *out, const struct stage_strv *names,
	const char *between)
{
	for (size_t i = 0; i < names->count; i++) {
		assert_int_equal(stage_str_addf(out, "%s%s",
					 i > 0 ? between : "", names->items[i]),
			STAGE_OK);
	}
}

static void
expect_levels(const struct stage_runit_tree *tree, const char *expected)
{
	struct stage_str text = {0};

	for (size_t i = 0; i < stage_runit_tree_level_count(tree); i++) {
		assert_int_equal(
			stage_str_add(&text, i > 0 ? "|" : ""), STAGE_OK);
		add_names(&text, stage_runit_tree_level(tree, i), " ");
	}
	assert_string_equal(stage_str_text(&text), expected);
	stage_str_finish(&text);
}

static void
expect_cycles(const struct stage_runit_tree *tree, const char *expected)
{
	struct stage_str text = {0};

	add_names(&text, stage_runit_tree_cycles(tree), ";");
	assert_string_equal(stage_str_text(&text), expected);
	stage_str_finish(&text);
}

static void
leaves_come_first(void **state)
{
	static const struct {
		const char *services;
		const char *levels;
	} rows[] = {
		{"", ""},
		{"a:", "a"},
		{"b:;a:", "a b"},
		{"a:b;b:", "a|b"},
		{"b:;a:b", "a|b"},
		{"a:b;b:c;c:", "a|b|c"},
		{"a:jack;b:jack;jack:", "a b|jack"},
		// as late as the longest way says, not the shortest
		{"a:b jack;b:jack;jack:", "a|b|jack"},
		{"a:b;b:c;c:d;x:d;d:", "a x|b|c|d"},
		{"d:b c;b:a;c:a;a:", "d|b c|a"},
		{"a:nobody;b:nothing a", "b|a"},
		{"a:nobody", "a"},
		{"a:b b b;b:;a:b;b:", "a|b"},
		{"a:b;a:c;b:;c:", "a|b c"},
		{"a b:;c:", "a b c"},
		{"synth:jack;fx:jack synth;patch:jack;web:;jack:",
			"fx patch web|synth|jack"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_runit_tree *tree = make_tree(rows[i].services);
		expect_levels(tree, rows[i].levels);
		expect_cycles(tree, "");
		stage_runit_tree_destroy(tree);
	}
}

static void
circles_are_named_and_cut(void **state)
{
	static const struct {
		const char *services;
		const char *levels;
		const char *cycles;
	} rows[] = {
		{"a:a", "a", "a -> a"},
		{"a:b;b:a", "a|b", "a -> b -> a"},
		{"b:a;a:b", "a|b", "a -> b -> a"},
		{"a:b;b:c;c:a", "a|b|c", "a -> b -> c -> a"},
		{"c:a;a:b;b:c", "a|b|c", "a -> b -> c -> a"},
		{"a:c;c:b;b:a", "a|c|b", "a -> c -> b -> a"},
		{"a:b;b:a;x:a;b:y;y:", "x|a|b|y", "a -> b -> a"},
		{"a:z;z:y;y:z", "a|z|y", "y -> z -> y"},
		{"a:b;b:a;c:d;d:c", "a c|b d", "a -> b -> a;c -> d -> c"},
		{"a:a b;b:b", "a|b", "a -> a;b -> b"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_runit_tree *tree = make_tree(rows[i].services);
		print_message("# %s\n", rows[i].services);
		expect_levels(tree, rows[i].levels);
		expect_cycles(tree, rows[i].cycles);
		stage_runit_tree_destroy(tree);
	}
}

static void
dependents_are_found_in_order(void **state)
{
	static const struct {
		const char *services;
		const char *name;
		const char *dependents;
	} rows[] = {
		{"a:", "a", ""},
		{"a:b;b:", "a", ""},
		{"a:b;b:", "b", "a"},
		{"a:b;b:c;c:", "c", "a b"},
		{"b:a;c:b;d:;a:", "a", "c b"},
		{"z:jack;fx:jack z;web:;jack:", "jack", "fx z"},
		{"a:b;b:a", "a", "b"},
		{"a:b;b:a", "b", "a"},
		{"a:a", "a", ""},
		{"d:b c;b:a;c:a;a:", "a", "d b c"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_runit_tree *tree = make_tree(rows[i].services);
		struct stage_strv names = {0};
		struct stage_str text = {0};
		assert_int_equal(
			stage_runit_tree_dependents(tree, rows[i].name, &names),
			STAGE_OK);
		add_names(&text, &names, " ");
		assert_string_equal(stage_str_text(&text), rows[i].dependents);
		assert_int_equal(
			stage_runit_tree_dependents(tree, "nobody", &names),
			STAGE_NOT_FOUND);
		stage_str_finish(&text);
		stage_strv_finish(&names);
		stage_runit_tree_destroy(tree);
	}
}

static void
no_tree_is_fine(void **state)
{
	struct stage_runit_tree *tree = make_tree("");
	struct stage_strv names = {0};
	(void)state;

	stage_runit_tree_destroy(NULL);
	assert_int_equal(stage_runit_tree_level_count(tree), 0);
	assert_int_equal(stage_runit_tree_level(tree, 0)->count, 0);
	assert_int_equal(stage_runit_tree_dependents(tree, "a", &names),
		STAGE_NOT_FOUND);
	stage_runit_tree_destroy(tree);
}

// MANY services; needs[] says how many of those before it each one needs.
struct crowd {
	char names[MANY][8];
	const char *needs[MANY][MANY];
	struct stage_runit_needs services[MANY];
};

static struct crowd *
make_crowd(void)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));

	for (size_t i = 0; i < MANY; i++) {
		snprintf(crowd->names[i], sizeof(crowd->names[i]), "s%04zu", i);
		crowd->services[i].name = crowd->names[i];
		crowd->services[i].needs = crowd->needs[i];
	}
	return crowd;
}

static void
add_need(struct crowd *crowd, size_t from, size_t to)
{
	struct stage_runit_needs *service = &crowd->services[from];

	crowd->needs[from][service->need_count] = crowd->names[to];
	service->need_count++;
}

static void
a_long_chain_is_ordered(void **state)
{
	struct crowd *crowd = make_crowd();
	struct stage_runit_tree *tree = NULL;
	struct stage_strv names = {0};
	(void)state;

	for (size_t i = 1; i < MANY; i++) {
		add_need(crowd, i, i - 1);
	}
	assert_int_equal(stage_runit_tree_create(crowd->services, MANY, &tree),
		STAGE_OK);
	assert_int_equal(stage_runit_tree_level_count(tree), MANY);
	for (size_t i = 0; i < MANY; i++) {
		assert_string_equal(stage_runit_tree_level(tree, i)->items[0],
			crowd->names[MANY - 1 - i]);
	}
	assert_int_equal(
		stage_runit_tree_dependents(tree, "s0000", &names), STAGE_OK);
	assert_int_equal(names.count, MANY - 1);
	assert_string_equal(names.items[0], "s0999");
	stage_strv_finish(&names);
	stage_runit_tree_destroy(tree);
	free(crowd);
}

static void
all_that_need_all_before_are_ordered(void **state)
{
	struct crowd *crowd = make_crowd();
	struct stage_runit_tree *tree = NULL;
	(void)state;

	for (size_t i = 1; i < MANY; i++) {
		for (size_t k = 0; k < i; k++) {
			add_need(crowd, i, k);
		}
	}
	assert_int_equal(stage_runit_tree_create(crowd->services, MANY, &tree),
		STAGE_OK);
	assert_int_equal(stage_runit_tree_level_count(tree), MANY);
	assert_int_equal(stage_runit_tree_cycles(tree)->count, 0);
	stage_runit_tree_destroy(tree);
	free(crowd);
}

static void
a_great_tangle_is_cut_and_told_briefly(void **state)
{
	struct crowd *crowd = make_crowd();
	struct stage_runit_tree *tree = NULL;
	(void)state;

	for (size_t i = 0; i < MANY; i++) {
		for (size_t k = 0; k < 20; k++) {
			add_need(crowd, i, (i * 7 + k * 131 + 1) % MANY);
		}
	}
	assert_int_equal(stage_runit_tree_create(crowd->services, MANY, &tree),
		STAGE_OK);
	assert_int_equal(
		stage_runit_tree_cycles(tree)->count, STAGE_RUNIT_CYCLES_MAX);
	stage_runit_tree_destroy(tree);
	free(crowd);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

// The level of a service, found by looking.
static size_t
level_of(const struct stage_runit_tree *tree, const char *name)
{
	for (size_t i = 0; i < stage_runit_tree_level_count(tree); i++) {
		if (stage_strv_has(stage_runit_tree_level(tree, i), name)) {
			return i;
		}
	}
	fail();
	return 0;
}

// Without circles each need lies on a later level; the order of the input does
// not matter.
static void
random_ones_hold_what_is_promised(void **state)
{
	uint32_t seed = 1;
	(void)state;

	for (int round = 0; round < 20; round++) {
		struct crowd *crowd = make_crowd();
		struct stage_runit_tree *trees[2] = {NULL, NULL};
		size_t count = 60;
		for (size_t i = 1; i < count; i++) {
			for (uint32_t k = next_random(&seed) % 4; k > 0; k--) {
				add_need(crowd, i, next_random(&seed) % i);
			}
		}
		assert_int_equal(stage_runit_tree_create(
					 crowd->services, count, &trees[0]),
			STAGE_OK);
		for (size_t i = 0; i < count; i++) {
			const struct stage_runit_needs *s = &crowd->services[i];
			for (size_t k = 0; k < s->need_count; k++) {
				assert_true(level_of(trees[0], s->name) <
					    level_of(trees[0], s->needs[k]));
			}
		}
		for (size_t i = count - 1; i > 0; i--) { // shuffle
			size_t k = next_random(&seed) % (i + 1);
			struct stage_runit_needs saved = crowd->services[i];
			crowd->services[i] = crowd->services[k];
			crowd->services[k] = saved;
		}
		assert_int_equal(stage_runit_tree_create(
					 crowd->services, count, &trees[1]),
			STAGE_OK);
		for (size_t i = 0; i < count; i++) {
			const char *name = crowd->services[i].name;
			assert_int_equal(level_of(trees[0], name),
				level_of(trees[1], name));
		}
		stage_runit_tree_destroy(trees[0]);
		stage_runit_tree_destroy(trees[1]);
		free(crowd);
	}
}

static enum stage_status
make_and_ask(void *user)
{
	const struct input *input = user;
	struct stage_runit_tree *tree = NULL;
	struct stage_strv names = {0};
	enum stage_status status =
		stage_runit_tree_create(input->services, input->count, &tree);

	if (status == STAGE_OK) {
		status = stage_runit_tree_dependents(tree, "jack", &names);
	}
	stage_strv_finish(&names);
	stage_runit_tree_destroy(tree);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	struct input input;
	(void)state;

	input_init(&input, "z:jack;fx:jack z;web:a;a:web;jack:;a:;b:;c:;d:;e:");
	assert_true(failing_alloc_sweep(make_and_ask, &input) > 20);
	free(input.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_come_first),
		cmocka_unit_test(circles_are_named_and_cut),
		cmocka_unit_test(dependents_are_found_in_order),
		cmocka_unit_test(no_tree_is_fine),
		cmocka_unit_test(a_long_chain_is_ordered),
		cmocka_unit_test(all_that_need_all_before_are_ordered),
		cmocka_unit_test(a_great_tangle_is_cut_and_told_briefly),
		cmocka_unit_test(random_ones_hold_what_is_promised),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests_name("runit/tree", tests, NULL, NULL);
}
