/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/tai.h"

#include <stdbool.h>

#include "base/clock.h"

#define TAI_EPOCH 4611686018427387914U // the label of 1970-01-01: 2^62 + 10
#define HEX_DIGITS 24                  // of a label in text
#define DATE_LEN 19                    // of "2026-11-24_03:56:49"
#define FRACTION_DIGITS_MAX 9

// A moment split so that both parts are never negative but the seconds.
struct moment {
	int64_t s;
	int64_t ns;
};

static struct moment
split(int64_t wall_ns)
{
	struct moment m = {wall_ns / STAGE_NS_PER_S, wall_ns % STAGE_NS_PER_S};

	if (m.ns < 0) {
		m.ns += STAGE_NS_PER_S;
		m.s--;
	}
	return m;
}

static enum stage_status
join(struct moment m, int64_t *out_wall_ns)
{
	const struct moment last = split(INT64_MAX);
	const struct moment first = split(INT64_MIN);

	if (m.ns >= STAGE_NS_PER_S || m.s > last.s || m.s < first.s ||
		(m.s == last.s && m.ns > last.ns) ||
		(m.s == first.s && m.ns < first.ns)) {
		return STAGE_BAD_INPUT;
	}
	if (m.s < 0) { // first up, so that nothing in between overflows
		*out_wall_ns =
			(m.s + 1) * STAGE_NS_PER_S - (STAGE_NS_PER_S - m.ns);
	} else {
		*out_wall_ns = m.s * STAGE_NS_PER_S + m.ns;
	}
	return STAGE_OK;
}

static void
put_big_endian(unsigned char *bytes, int count, uint64_t value)
{
	for (int i = count - 1; i >= 0; i--) {
		bytes[i] = (unsigned char)(value & 0xff);
		value >>= 8;
	}
}

static uint64_t
get_big_endian(const unsigned char *bytes, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++) {
		value = value << 8 | bytes[i];
	}
	return value;
}

void
stage_runit_tai_pack(int64_t wall_ns, unsigned char *label)
{
	struct moment m = split(wall_ns);

	put_big_endian(label, 8, TAI_EPOCH + (uint64_t)m.s);
	put_big_endian(label + 8, 4, (uint64_t)m.ns);
}

enum stage_status
stage_runit_tai_unpack(const unsigned char *label, int64_t *out_wall_ns)
{
	uint64_t s = get_big_endian(label, 8);

	if (s > INT64_MAX) { // bit 63 is reserved
		return STAGE_BAD_INPUT;
	}
	return join(
		(struct moment){
			.s = (int64_t)s - (int64_t)TAI_EPOCH,
			.ns = (int64_t)get_big_endian(label + 8, 4),
		},
		out_wall_ns);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Reads "@" and the digits; gives how many bytes that was, 0 if it is not one.
static size_t
parse_label(const char *text, size_t len, int64_t *out_wall_ns)
{
	unsigned char label[STAGE_RUNIT_TAI_BYTES];

	if (len < 1 + HEX_DIGITS || text[0] != '@') {
		return 0;
	}
	for (int i = 0; i < STAGE_RUNIT_TAI_BYTES; i++) {
		int high = hex_digit(text[1 + 2 * i]);
		int low = hex_digit(text[2 + 2 * i]);
		if (high < 0 || low < 0) {
			return 0;
		}
		label[i] = (unsigned char)(high << 4 | low);
	}
	if (stage_runit_tai_unpack(label, out_wall_ns) != STAGE_OK) {
		return 0;
	}
	return 1 + HEX_DIGITS;
}

struct date {
	int year;
	int month; // 1 to 12
	int day;   // 1 to 31
	int hour;
	int minute;
	int second;
};

// Reads 19 bytes such as "2026-11-24_03:56:49".
static bool
parse_date(const char *text, struct date *out)
{
	static const char shape[] = "YYYY-MM-DD_hh:mm:ss";
	int *const fields[] = {['Y'] = &out->year,
		['M'] = &out->month,
		['D'] = &out->day,
		['h'] = &out->hour,
		['m'] = &out->minute,
		['s'] = &out->second};

	*out = (struct date){0};
	for (int i = 0; i < DATE_LEN; i++) {
		int *field = (size_t)shape[i] < STAGE_COUNT_OF(fields)
				     ? fields[(size_t)shape[i]]
				     : NULL;
		if (field == NULL) {
			if (text[i] != shape[i] &&
				!(shape[i] == '_' && text[i] == 'T')) {
				return false;
			}
		} else if (text[i] < '0' || text[i] > '9') {
			return false;
		} else {
			*field = *field * 10 + (text[i] - '0');
		}
	}
	return true;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool
is_possible(const struct date *d)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return d->month >= 1 && d->month <= 12 && d->day >= 1 &&
	       d->day <= days[d->month - 1] +
				 (d->month == 2 && is_leap(d->year)) &&
	       d->hour <= 23 && d->minute <= 59 && d->second <= 59;
}

// Days since 1970-01-01; a year begins in March, so that leap days come last.
static int64_t
days_of(const struct date *d)
{
	int64_t year = d->month <= 2 ? d->year - 1 : d->year;
	int64_t month = d->month <= 2 ? d->month + 9 : d->month - 3;
	int64_t leap_days = year / 4 - year / 100 + year / 400;

	return year * 365 + leap_days + (month * 153 + 2) / 5 + d->day -
	       719469; // the same sum for 1970-01-01
}

// Reads ".12345", 1 to 9 digits; gives how many bytes that was or 0.
static size_t
parse_fraction(const char *text, size_t len, int64_t *out_ns)
{
	int64_t unit = STAGE_NS_PER_S;
	int64_t ns = 0;
	size_t at = 1;

	if (len < 2 || text[0] != '.') {
		return 0;
	}
	while (at < len && at <= FRACTION_DIGITS_MAX && text[at] >= '0' &&
		text[at] <= '9') {
		unit /= 10;
		ns += unit * (text[at] - '0');
		at++;
	}
	*out_ns = ns;
	return at > 1 ? at : 0;
}

static size_t
parse_utc(const char *text, size_t len, int64_t *out_wall_ns)
{
	struct date date;
	struct moment m;
	size_t fraction;

	if (len <= DATE_LEN || !parse_date(text, &date) ||
		!is_possible(&date)) {
		return 0;
	}
	fraction = parse_fraction(text + DATE_LEN, len - DATE_LEN, &m.ns);
	m.s = days_of(&date) * 86400 + date.hour * 3600L + date.minute * 60L +
	      date.second;
	if (fraction == 0 || join(m, out_wall_ns) != STAGE_OK) {
		return 0;
	}
	return DATE_LEN + fraction;
}

enum stage_status
stage_runit_tai_parse_stamp(
	const char *text, size_t len, int64_t *out_wall_ns, size_t *out_len)
{
	int64_t wall_ns = 0;
	size_t used = parse_label(text, len, &wall_ns);

	if (used == 0) {
		used = parse_utc(text, len, &wall_ns);
	}
	if (used == 0 ||
		(used < len && text[used] != ' ' && text[used] != '\n')) {
		return STAGE_NOT_FOUND;
	}
	*out_wall_ns = wall_ns;
	*out_len = used < len && text[used] == ' ' ? used + 1 : used;
	return STAGE_OK;
}
