/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/num.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define DURATION_MAX_NS (366LL * 86400 * STAGE_NS_PER_S)
#define DIGITS_MAX 15 // that a double can tell apart, all of them
#define SHOWN_MAX 60  // bytes of a wrong text that a sentence repeats

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{"ms", STAGE_NS_PER_MS},
	{"s", STAGE_NS_PER_S},
	{"min", 60 * STAGE_NS_PER_S},
	{"h", 3600 * STAGE_NS_PER_S},
	{"", STAGE_NS_PER_S},
};

// For "%.*s": how much of a text to repeat in a sentence.
static int
shown(const char *text)
{
	return (int)stage_utf8_clip(text, strlen(text), SHOWN_MAX);
}

enum stage_status
stage_num_parse(const char *text, int64_t min, int64_t max, int64_t *out,
	struct stage_err *err)
{
	char *end = NULL;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' ||
		isspace((unsigned char)*text) || *text == '+' ||
		(*text == '-' && min >= 0) || value < min || value > max) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%.*s\" is not a whole number from %" PRId64
			" to %" PRId64,
			shown(text), text, min, max);
	}
	*out = value;
	return STAGE_OK;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

// A decimal number on its way; value / scale is exact until the division.
struct decimal {
	int64_t value;
	double scale;
	int digits; // of value
	bool is_too_long;
};

// Takes digits, at least one of them; NULL when there is none.
static const char *
take_digits(struct decimal *self, const char *at, bool is_fraction)
{
	const char *start = at;

	for (; is_digit(*at); at++) {
		if (self->digits == DIGITS_MAX) {
			self->is_too_long = self->is_too_long || !is_fraction;
			continue;
		}
		self->value = self->value * 10 + (*at - '0');
		self->digits += self->value != 0 ? 1 : 0;
		self->scale *= is_fraction ? 10 : 1;
	}
	return at != start ? at : NULL;
}

enum stage_status
stage_num_parse_decimal(const char *text, double min, double max, double *out,
	struct stage_err *err)
{
	struct decimal decimal = {.scale = 1};
	bool is_negative = *text == '-';
	const char *at = take_digits(&decimal, text + is_negative, false);
	double value;

	if (at != NULL && *at == '.') {
		at = take_digits(&decimal, at + 1, true);
	}
	value = (double)decimal.value / decimal.scale;
	value = is_negative ? -value : value;
	if (at == NULL || *at != '\0' || decimal.is_too_long || value < min ||
		value > max) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%.*s\" is not a number from %.15g to %.15g",
			shown(text), text, min, max);
	}
	*out = value;
	return STAGE_OK;
}

// Reads digits and stops at DURATION_MAX_NS, which is too long in any unit that
// matters and leaves room for the arithmetic.
static const char *
read_whole(const char *at, int64_t *out)
{
	for (*out = 0; is_digit(*at); at++) {
		*out = *out < DURATION_MAX_NS ? *out * 10 + (*at - '0') : *out;
	}
	return at;
}

// What the digits behind the point add, in nanoseconds.
static int64_t
fraction_ns(const char *at, int64_t unit_ns)
{
	int64_t ns = 0;

	for (int64_t part = unit_ns; is_digit(*at); at++) {
		part /= 10;
		ns += part * (*at - '0');
	}
	return ns;
}

static enum stage_status
refuse_duration(const char *text, const char *why, struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_BAD_INPUT, "\"%.*s\" is %s", shown(text), text, why);
}

enum stage_status
stage_num_parse_duration(
	const char *text, int64_t *out_ns, struct stage_err *err)
{
	static const char no_duration[] =
		"not a duration: write for example 250ms, 10s or 2min";
	int64_t whole = 0;
	const char *point = read_whole(text, &whole);
	const char *unit = point;
	size_t i = 0;

	if (*point == '.') {
		unit++;
		unit += strspn(unit, "0123456789");
	}
	if (point == text || unit == point + 1) {
		return refuse_duration(text, no_duration, err);
	}
	while (i < STAGE_COUNT_OF(units) && strcmp(unit, units[i].name) != 0) {
		i++;
	}
	if (i == STAGE_COUNT_OF(units)) {
		return refuse_duration(text, no_duration, err);
	}
	if (whole > DURATION_MAX_NS / units[i].ns) {
		return refuse_duration(text, "longer than 366 days", err);
	}
	whole *= units[i].ns;
	whole += *point == '.' ? fraction_ns(point + 1, units[i].ns) : 0;
	if (whole > DURATION_MAX_NS) {
		return refuse_duration(text, "longer than 366 days", err);
	}
	*out_ns = whole;
	return STAGE_OK;
}
