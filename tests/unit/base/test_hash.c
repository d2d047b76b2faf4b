/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/hash.h"

// The key 00 01 ... 0f and the inputs 00 01 ... of the SipHash paper.
static void
known_answers(void **state)
{
	static const struct stage_hash_key key = {
		{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL}};
	static const struct {
		size_t len;
		uint64_t hash;
	} cases[] = {
		{0, 0x726fdb47dd0e0e31ULL},
		{1, 0x74f839c593dc67fdULL},
		{7, 0xab0200f58b01d137ULL},
		{8, 0x93f5f5799a932462ULL},
		{15, 0xa129ca6149be45e5ULL},
	};
	unsigned char input[16];
	(void)state;

	for (size_t i = 0; i < sizeof(input); i++) {
		input[i] = (unsigned char)i;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_true(
			stage_hash(&key, input, cases[i].len) == cases[i].hash);
	}
}

#ifdef __linux__
static bool no_random;

ssize_t __real_getrandom(void *bytes, size_t len, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t len, unsigned flags);

ssize_t
__wrap_getrandom(void *bytes, size_t len, unsigned flags)
{
	return no_random ? -1 : __real_getrandom(bytes, len, flags);
}

// Early at boot there is no randomness yet; keys must differ all the same.
static void
keys_differ_without_randomness(void **state)
{
	struct stage_hash_key a = {{0, 0}};
	struct stage_hash_key b = {{0, 0}};
	(void)state;

	no_random = true;
	stage_hash_key_init(&a);
	stage_hash_key_init(&b);
	no_random = false;
	assert_memory_not_equal(&a, &b, sizeof(a));
	assert_true(a.words[0] != 0 && a.words[1] != 0);
}
#endif

static void
keys_differ(void **state)
{
	struct stage_hash_key a = {{0, 0}};
	struct stage_hash_key b = {{0, 0}};
	(void)state;

	stage_hash_key_init(&a);
	stage_hash_key_init(&b);
	assert_memory_not_equal(&a, &b, sizeof(a));
	assert_true(stage_hash(&a, "x", 1) != stage_hash(&b, "x", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(keys_differ),
#ifdef __linux__
		cmocka_unit_test(keys_differ_without_randomness),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
