/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "fuzz.h"

#define TEXT_MAX 256
#define UNTOUCHED INT64_C(-77)

static void
check_parse(const char *text, int64_t min, int64_t max)
{
	int64_t value = UNTOUCHED;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_num_parse(text, min, max, &value, &err) == STAGE_OK) {
		FUZZ_CHECK(value >= min && value <= max);
		FUZZ_CHECK(
			text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
		FUZZ_CHECK(min < 0 || text[0] != '-');
	} else {
		FUZZ_CHECK(value == UNTOUCHED);
		FUZZ_CHECK(err.status == STAGE_BAD_INPUT);
	}
}

static void
check_decimal(const char *text, double min, double max)
{
	double value = UNTOUCHED;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_num_parse_decimal(text, min, max, &value, &err) == STAGE_OK) {
		FUZZ_CHECK(value >= min && value <= max);
	} else {
		FUZZ_CHECK(value == UNTOUCHED);
		FUZZ_CHECK(err.status == STAGE_BAD_INPUT);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1];
	int64_t ns = UNTOUCHED;
	struct stage_err err = STAGE_ERR_INIT;

	size = size < TEXT_MAX ? size : TEXT_MAX;
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0';
	check_parse(text, 0, 100);
	check_parse(text, -5, 5);
	check_parse(text, INT64_MIN, INT64_MAX);
	check_decimal(text, -0.5, 1000);
	check_decimal(text, -1e300, 1e300);
	if (stage_num_parse_duration(text, &ns, &err) == STAGE_OK) {
		FUZZ_CHECK(ns >= 0 && ns <= 366 * 86400 * STAGE_NS_PER_S);
	} else {
		FUZZ_CHECK(ns == UNTOUCHED);
		FUZZ_CHECK(err.status == STAGE_BAD_INPUT);
	}
	return 0;
}
