/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/utc.h"

#include <string.h>
#include <time.h>

#define DAY_S 86400
#define DAYS_TO_1970 719468 // from 0000-03-01

#define FORM "####-##-##T##:##:##Z" // a digit for each #

// Days since 1970-01-01. The year is taken to begin in March, so that a leap
// day is its last one; 153 days are any five months from there.
static int64_t
days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t shifted = month <= 2 ? year - 1 : year;
	int64_t era = shifted / 400;
	int64_t of_era = shifted - era * 400;
	int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - DAYS_TO_1970;
}

static int64_t
digits(const char *text, size_t count)
{
	int64_t number = 0;

	for (size_t i = 0; i < count; i++) {
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

static bool
has_form(const char *text, size_t len)
{
	if (len < STAGE_UTC_BYTES) {
		return false;
	}
	for (size_t i = 0; i < STAGE_UTC_BYTES; i++) {
		bool is_digit = text[i] >= '0' && text[i] <= '9';
		if (FORM[i] == '#' ? !is_digit : text[i] != FORM[i]) {
			return false;
		}
	}
	return true;
}

bool
stage_utc_read(const char *text, size_t len, int64_t *out_s)
{
	char again[STAGE_UTC_BYTES + 1];
	int64_t time_s;

	if (!has_form(text, len) || digits(text + 5, 2) == 0) {
		return false;
	}
	time_s = days_since_1970(digits(text, 4), digits(text + 5, 2),
			 digits(text + 8, 2)) *
			 DAY_S +
		 digits(text + 11, 2) * 3600 + digits(text + 14, 2) * 60 +
		 digits(text + 17, 2);
	// A 31st of June comes out as another day.
	if (!stage_utc_write(time_s, again) ||
		memcmp(again, text, STAGE_UTC_BYTES) != 0) {
		return false;
	}
	*out_s = time_s;
	return true;
}

bool
stage_utc_write(int64_t time_s, char *out)
{
	time_t time = (time_t)time_s;
	struct tm parts;

	out[0] = '\0';
	return time_s >= 0 && time_s <= STAGE_UTC_LAST_S && time == time_s &&
	       gmtime_r(&time, &parts) != NULL &&
	       strftime(out, STAGE_UTC_BYTES + 1, "%Y-%m-%dT%H:%M:%SZ",
		       &parts) == STAGE_UTC_BYTES;
}
