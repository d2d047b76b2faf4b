/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/map.h"
#include "base/str.h"
#include "failing_alloc.h"

#define MANY 5000

// Values that count how often they were freed.
static void
count_free(void *value)
{
	if (value != NULL) {
		++*(int *)value;
	}
}

static const char *
key_of(size_t i)
{
	static char key[32];

	snprintf(key, sizeof(key), "key %zu", i);
	return key;
}

static void
order_is(const struct stage_map *map, const char *expected)
{
	struct stage_str got = {0};

	for (const struct stage_map_item *item = stage_map_first(map);
		item != NULL; item = stage_map_next(item)) {
		assert_int_equal(
			stage_str_addf(&got, "%s ", stage_map_item_key(item)),
			STAGE_OK);
	}
	assert_string_equal(stage_str_text(&got), expected);
	stage_str_finish(&got);
}

static void
puts_gets_removes(void **state)
{
	struct stage_map *map = stage_map_create(NULL);
	int one = 1;
	int two = 2;
	(void)state;

	assert_int_equal(stage_map_count(map), 0);
	assert_null(stage_map_first(map));
	assert_null(stage_map_get(map, "a"));
	assert_false(stage_map_has(map, "a"));
	assert_false(stage_map_remove(map, "a"));
	assert_null(stage_map_take(map, "a"));
	assert_int_equal(stage_map_put(map, "a", &one), STAGE_OK);
	assert_int_equal(stage_map_put(map, "", &two), STAGE_OK);
	assert_int_equal(stage_map_put(map, "none", NULL), STAGE_OK);
	assert_ptr_equal(stage_map_get(map, "a"), &one);
	assert_ptr_equal(stage_map_get(map, ""), &two);
	assert_null(stage_map_get(map, "none"));
	assert_true(stage_map_has(map, "none"));
	assert_int_equal(stage_map_count(map), 3);
	assert_int_equal(stage_map_put(map, "a", &two), STAGE_OK);
	assert_ptr_equal(stage_map_get(map, "a"), &two);
	assert_int_equal(stage_map_count(map), 3);
	assert_true(stage_map_remove(map, "a"));
	assert_false(stage_map_has(map, "a"));
	assert_int_equal(stage_map_count(map), 2);
	stage_map_destroy(map);
	stage_map_destroy(NULL);
}

static void
walks_in_the_order_of_insertion(void **state)
{
	struct stage_map *map = stage_map_create(NULL);
	int value = 0;
	(void)state;

	for (const char *const *key =
			(const char *const[]){"d", "a", "c", "b", NULL};
		*key != NULL; key++) {
		assert_int_equal(stage_map_put(map, *key, &value), STAGE_OK);
	}
	order_is(map, "d a c b ");
	assert_int_equal(stage_map_put(map, "a", NULL), STAGE_OK);
	order_is(map, "d a c b ");
	assert_true(stage_map_remove(map, "d"));
	order_is(map, "a c b ");
	assert_true(stage_map_remove(map, "c"));
	order_is(map, "a b ");
	assert_int_equal(stage_map_put(map, "d", &value), STAGE_OK);
	order_is(map, "a b d ");
	assert_true(stage_map_remove(map, "d"));
	order_is(map, "a b ");
	assert_ptr_equal(
		stage_map_item_value(stage_map_next(stage_map_first(map))),
		&value);
	stage_map_clear(map);
	order_is(map, "");
	assert_int_equal(stage_map_put(map, "again", &value), STAGE_OK);
	order_is(map, "again ");
	stage_map_destroy(map);
}

static void
many_keys_stay_found(void **state)
{
	struct stage_map *map = stage_map_create(NULL);
	static int values[MANY];
	size_t i;
	(void)state;

	for (i = 0; i < MANY; i++) {
		assert_int_equal(
			stage_map_put(map, key_of(i), &values[i]), STAGE_OK);
	}
	for (i = 0; i < MANY; i += 2) {
		assert_ptr_equal(stage_map_take(map, key_of(i)), &values[i]);
	}
	assert_int_equal(stage_map_count(map), MANY / 2);
	for (i = 0; i < MANY; i++) {
		assert_ptr_equal(stage_map_get(map, key_of(i)),
			i % 2 != 0 ? &values[i] : NULL);
	}
	i = 1;
	for (const struct stage_map_item *item = stage_map_first(map);
		item != NULL; item = stage_map_next(item)) {
		assert_string_equal(stage_map_item_key(item), key_of(i));
		i += 2;
	}
	stage_map_destroy(map);
}

static void
a_walk_may_remove(void **state)
{
	struct stage_map *map = stage_map_create(NULL);
	const struct stage_map_item *item;
	(void)state;

	for (size_t i = 0; i < 100; i++) {
		assert_int_equal(stage_map_put(map, key_of(i), NULL), STAGE_OK);
	}
	item = stage_map_first(map);
	while (item != NULL) {
		const struct stage_map_item *next = stage_map_next(item);
		assert_true(stage_map_remove(map, stage_map_item_key(item)));
		item = next;
	}
	assert_int_equal(stage_map_count(map), 0);
	stage_map_destroy(map);
}

static void
owned_values_are_freed_once(void **state)
{
	struct stage_map *map = stage_map_create(count_free);
	int replaced = 0;
	int same = 0;
	int removed = 0;
	int taken = 0;
	int cleared = 0;
	int left = 0;
	(void)state;

	assert_int_equal(stage_map_put(map, "replaced", &replaced), STAGE_OK);
	assert_int_equal(stage_map_put(map, "replaced", NULL), STAGE_OK);
	assert_int_equal(stage_map_put(map, "same", &same), STAGE_OK);
	assert_int_equal(stage_map_put(map, "same", &same), STAGE_OK);
	assert_int_equal(same, 0);
	assert_int_equal(stage_map_put(map, "removed", &removed), STAGE_OK);
	assert_true(stage_map_remove(map, "removed"));
	assert_int_equal(stage_map_put(map, "taken", &taken), STAGE_OK);
	assert_ptr_equal(stage_map_take(map, "taken"), &taken);
	assert_int_equal(stage_map_put(map, "cleared", &cleared), STAGE_OK);
	stage_map_clear(map);
	assert_int_equal(stage_map_put(map, "left", &left), STAGE_OK);
	stage_map_destroy(map);
	assert_int_equal(replaced, 1);
	assert_int_equal(same, 1);
	assert_int_equal(removed, 1);
	assert_int_equal(taken, 0);
	assert_int_equal(cleared, 1);
	assert_int_equal(left, 1);
}

// Owned values, more keys than buckets, failures anywhere.
static enum stage_status
use_map(void *user)
{
	struct stage_map *map = stage_map_create(free);
	enum stage_status status = map != NULL ? STAGE_OK : STAGE_NO_MEMORY;
	size_t count = 0;
	(void)user;

	for (size_t i = 0; i < 40 && status == STAGE_OK; i++) {
		char *value = strdup("value");
		status = value != NULL ? stage_map_put(map, key_of(i), value)
				       : STAGE_NO_MEMORY;
		if (status != STAGE_OK) {
			free(value);
		}
		count += status == STAGE_OK;
	}
	if (map != NULL) {
		assert_int_equal(stage_map_count(map), count);
		for (size_t i = 0; i < count; i++) {
			assert_true(stage_map_has(map, key_of(i)));
		}
		assert_false(stage_map_has(map, key_of(count)));
	}
	stage_map_destroy(map);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	// Tolerant: more buckets are a matter of speed only.
	assert_true(failing_alloc_sweep_tolerant(use_map, NULL) > 80);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_gets_removes),
		cmocka_unit_test(walks_in_the_order_of_insertion),
		cmocka_unit_test(many_keys_stay_found),
		cmocka_unit_test(a_walk_may_remove),
		cmocka_unit_test(owned_values_are_freed_once),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
