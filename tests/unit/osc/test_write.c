/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
assert_bytes(const struct stage_str *out, const char *bytes, size_t len)
{
	assert_int_equal(out->len, len);
	assert_memory_equal(out->data, bytes, len);
}

#define ASSERT_BYTES(out, bytes) assert_bytes(out, bytes, sizeof(bytes) - 1)

static void
what_is_written_is_osc(void **state)
{
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(stage_osc_write(&out, "/a", ""), STAGE_OK);
	ASSERT_BYTES(&out, "/a\0\0,\0\0\0");
	// Behind what is there.
	assert_int_equal(
		stage_osc_write(&out, "/abc", "i", (int32_t)-2), STAGE_OK);
	ASSERT_BYTES(&out, "/a\0\0,\0\0\0"
			   "/abc\0\0\0\0,i\0\0\xff\xff\xff\xfe");
	stage_str_clear(&out);
	assert_int_equal(stage_osc_write(&out, "/a", "hfdTsFNI",
				 INT64_C(0x100000002), 0.5, 0.5, "abcd"),
		STAGE_OK);
	ASSERT_BYTES(&out, "/a\0\0,hfdTsFNI\0\0\0\0\0\0\1\0\0\0\2\x3f\0\0\0"
			   "\x3f\xe0\0\0\0\0\0\0"
			   "abcd\0\0\0\0");
	stage_str_finish(&out);
}

static void
what_cannot_be_written_leaves_all_as_it_was(void **state)
{
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(stage_osc_write(&out, "/a", "T"), STAGE_OK);
	assert_int_equal(stage_osc_write(&out, "a", "T"), STAGE_BUG);
	assert_int_equal(stage_osc_write(&out, "", "T"), STAGE_BUG);
	assert_int_equal(stage_osc_write(&out, "/a", "Tx"), STAGE_BUG);
	ASSERT_BYTES(&out, "/a\0\0,T\0\0");
	stage_str_finish(&out);
}

// Written, read, and what is read written from a place on.
struct relay {
	struct stage_str out;
	size_t from;
	enum stage_status status;
};

static void
relay(void *user, const struct stage_osc_message *message)
{
	struct relay *self = user;

	// Behind what is no OSC.
	assert_int_equal(stage_str_add(&self->out, "x"), STAGE_OK);
	self->status = stage_osc_write_rest(
		&self->out, "/longer/one", message, self->from);
}

#define HEAD "x/longer/one\0"
#define ALL                                                                    \
	"/a\0\0,sibhtdScmTFNI\0\0"                                             \
	"abc\0\0\0\0\7\0\0\0\5bytes\0\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"     \
	"\x3f\xe0\0\0\0\0\0\0xy\0\0\0\0\0z\0\x90\x40\x7f"

static const struct {
	size_t from;
	const char *bytes;
	size_t len;
} rests[] = {
#define REST(bytes) HEAD bytes, sizeof(HEAD bytes) - 1
	{0, REST(",sibhtdScmTFNI\0\0"
		 "abc\0\0\0\0\7\0\0\0\5bytes\0\0\0\0\0\0\1\0\0\0\2\0\0\0\3"
		 "\0\0\0\4\x3f\xe0\0\0\0\0\0\0xy\0\0\0\0\0z\0\x90\x40\x7f")},
	{1, REST(",ibhtdScmTFNI\0\0\0"
		 "\0\0\0\7\0\0\0\5bytes\0\0\0\0\0\0\1\0\0\0\2\0\0\0\3"
		 "\0\0\0\4\x3f\xe0\0\0\0\0\0\0xy\0\0\0\0\0z\0\x90\x40\x7f")},
	{3, REST(",htdScmTFNI\0"
		 "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"
		 "\x3f\xe0\0\0\0\0\0\0xy\0\0\0\0\0z\0\x90\x40\x7f")},
	{9, REST(",TFNI\0\0\0")},
	{12, REST(",I\0\0")},
	{13, REST(",\0\0\0")},
	{SIZE_MAX, REST(",\0\0\0")},
};

static void
the_rest_of_a_message_is_written_as_it_came(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rests); i++) {
		struct relay self = {.from = rests[i].from};
		assert_true(stage_osc_read(ALL, sizeof(ALL) - 1, relay, &self));
		assert_int_equal(self.status, STAGE_OK);
		assert_bytes(&self.out, rests[i].bytes, rests[i].len);
		stage_str_finish(&self.out);
	}
}

static void
relay_to_nowhere(void *user, const struct stage_osc_message *message)
{
	struct stage_str *out = user;

	assert_int_equal(
		stage_osc_write_rest(out, "nowhere", message, 0), STAGE_BUG);
}

static void
a_rest_needs_an_address(void **state)
{
	struct stage_str out = {0};
	(void)state;

	assert_true(stage_osc_read("/a\0\0,\0\0", 8, relay_to_nowhere, &out));
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_osc),
		cmocka_unit_test(what_cannot_be_written_leaves_all_as_it_was),
		cmocka_unit_test(the_rest_of_a_message_is_written_as_it_came),
		cmocka_unit_test(a_rest_needs_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
