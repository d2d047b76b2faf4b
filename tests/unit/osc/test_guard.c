/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* liblo 0.31 reads the size of a blob where there are no bytes left, so it must
 * not see a message whose arguments do not fill it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <lo/lo.h>

#include "base/attr.h"
#include "osc/message.h"

static unsigned asked; // how often liblo was

lo_message __real_lo_message_deserialise(void *data, size_t size, int *result);
lo_message __wrap_lo_message_deserialise(void *data, size_t size, int *result);

lo_message
__wrap_lo_message_deserialise(void *data, size_t size, int *result)
{
	asked++;
	return __real_lo_message_deserialise(data, size, result);
}

static void
ignore(void *user, const struct stage_osc_message *message)
{
	(void)user;
	(void)message;
}

#define PACKET(bytes) bytes, sizeof(bytes) - 1

static const struct {
	const char *bytes;
	size_t len;
	bool is_shown;
} packets[] = {
	{PACKET("/a\0\0,b\0\0\0\0\0\1x\0\0\0"), true},
	{PACKET("/a\0\0,b\0\0\0\0\0\0"), true},
	{PACKET("/a\0\0,b\0\0"), false},
	{PACKET("/a\0\0,ib\0\0\0\0\1"), false},
	{PACKET("/a\0\0,sb\0abc\0"), false},
	{PACKET("/a\0\0,bb\0\0\0\0\0"), false},
	{PACKET("/a\0\0,b\0\0\0\0\0\1"), false},
	{PACKET("/a\0\0,b\0\0\0\0\0\0\0\0\0\0"), false},
	{PACKET("/a\0\0,r\0\0\0\0\0\0"), false},
};

static void
liblo_sees_only_what_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(packets); i++) {
		asked = 0;
		assert_int_equal(stage_osc_read(packets[i].bytes,
					 packets[i].len, ignore, NULL),
			packets[i].is_shown);
		assert_int_equal(asked, packets[i].is_shown);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(liblo_sees_only_what_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
