/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "fuzz.h"
#include "runit/tai.h"

#define UNTOUCHED INT64_C(-77)
#define LABEL_LEN 25 // of "@" and 24 digits
#define DATE_LEN 19  // of "2026-11-24_03:56:49"

// What was understood can be packed, and gives the bytes that were read.
static void
check_label(const uint8_t *data, size_t size)
{
	unsigned char again[STAGE_RUNIT_TAI_BYTES];
	int64_t wall_ns = UNTOUCHED;

	if (size < STAGE_RUNIT_TAI_BYTES) {
		return;
	}
	if (stage_runit_tai_unpack(data, &wall_ns) == STAGE_OK) {
		stage_runit_tai_pack(wall_ns, again);
		FUZZ_CHECK(memcmp(again, data, sizeof(again)) == 0);
	} else {
		FUZZ_CHECK(wall_ns == UNTOUCHED);
	}
}

// Every moment can be packed and comes back.
static void
check_moment(const uint8_t *data, size_t size)
{
	unsigned char label[STAGE_RUNIT_TAI_BYTES];
	int64_t wall_ns;
	int64_t again;

	if (size < sizeof(wall_ns)) {
		return;
	}
	memcpy(&wall_ns, data, sizeof(wall_ns));
	stage_runit_tai_pack(wall_ns, label);
	FUZZ_CHECK(stage_runit_tai_unpack(label, &again) == STAGE_OK);
	FUZZ_CHECK(again == wall_ns);
}

static void
check_hex_stamp(const char *text, int64_t wall_ns)
{
	unsigned char label[STAGE_RUNIT_TAI_BYTES];
	char again[LABEL_LEN + 1] = "@";

	stage_runit_tai_pack(wall_ns, label);
	for (size_t i = 0; i < sizeof(label); i++) {
		snprintf(again + 1 + 2 * i, 3, "%02x", label[i]);
	}
	FUZZ_CHECK(memcmp(again, text, LABEL_LEN) == 0);
}

// The system's calendar gives the same digits for the seconds.
static void
check_date_stamp(const char *text, int64_t wall_ns)
{
	int64_t ns =
		(wall_ns % STAGE_NS_PER_S + STAGE_NS_PER_S) % STAGE_NS_PER_S;
	time_t s = (time_t)(wall_ns / STAGE_NS_PER_S -
			    (wall_ns % STAGE_NS_PER_S < 0));
	char again[DATE_LEN + 1];
	char fraction[16];
	struct tm tm;
	size_t digits = strspn(text + DATE_LEN + 1, "0123456789");

	FUZZ_CHECK(gmtime_r(&s, &tm) != NULL);
	FUZZ_CHECK(strftime(again, sizeof(again),
			   text[10] == 'T' ? "%Y-%m-%dT%H:%M:%S"
					   : "%Y-%m-%d_%H:%M:%S",
			   &tm) == DATE_LEN);
	FUZZ_CHECK(memcmp(again, text, DATE_LEN) == 0);
	FUZZ_CHECK(digits >= 1 && digits <= 9 && text[DATE_LEN] == '.');
	snprintf(fraction, sizeof(fraction), "%09" PRId64, ns);
	FUZZ_CHECK(memcmp(fraction, text + DATE_LEN + 1, digits) == 0);
	FUZZ_CHECK(strspn(fraction + digits, "0") == 9 - digits);
}

static void
check_stamp(const char *text, size_t len)
{
	int64_t wall_ns = UNTOUCHED;
	size_t used = SIZE_MAX;

	if (stage_runit_tai_parse_stamp(text, len, &wall_ns, &used) !=
		STAGE_OK) {
		FUZZ_CHECK(wall_ns == UNTOUCHED && used == SIZE_MAX);
		return;
	}
	FUZZ_CHECK(used <= len);
	FUZZ_CHECK(used == len || text[used - 1] == ' ' || text[used] == '\n');
	if (text[0] == '@') {
		check_hex_stamp(text, wall_ns);
	} else {
		check_date_stamp(text, wall_ns);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	FUZZ_CHECK(text != NULL);
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0'; // for the checks, not for the parser
	check_label(data, size);
	check_moment(data, size);
	check_stamp(text, size);
	free(text);
	return 0;
}
