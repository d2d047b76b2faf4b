/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // memmem, memrchr

#include "rig/proc_text.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

// What is left to read of a line of numbers.
struct fields {
	const char *at;
	const char *end;
	int number; // of the field at `at`, as counted in proc(5)
};

// Moves over one field with the blank before it; gives its text. False at the
// end of the line.
static bool
take(struct fields *fields, const char **text, size_t *len)
{
	const char *blank;

	if (fields->at == fields->end || *fields->at != ' ') {
		return false;
	}
	*text = fields->at + 1;
	blank = memchr(*text, ' ', (size_t)(fields->end - *text));
	fields->at = blank != NULL ? blank : fields->end;
	*len = (size_t)(fields->at - *text);
	fields->number++;
	return *len > 0;
}

static bool
read_digits(const char *text, size_t len, uint64_t max, uint64_t *out)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(text[i] - '0');
		if (digit > 9 || sum > (max - digit) / 10) {
			return false;
		}
		sum = sum * 10 + digit;
	}
	*out = sum;
	return len > 0;
}

static bool
move_to(struct fields *fields, int number, const char **text, size_t *len)
{
	while (fields->number < number) {
		if (!take(fields, text, len)) {
			return false;
		}
	}
	return true;
}

// Moves on to a field and reads it: a number from 0 to max.
static bool
read_count(struct fields *fields, int number, uint64_t max, uint64_t *out)
{
	const char *text = "";
	size_t len = 0;

	return move_to(fields, number, &text, &len) &&
	       read_digits(text, len, max, out);
}

// The same, from -max to max: the kernel writes -1 of what is just ending.
static bool
read_signed(struct fields *fields, int number, int64_t max, int64_t *out)
{
	const char *text = "";
	size_t len = 0;
	uint64_t size = 0;
	bool is_negative;

	if (!move_to(fields, number, &text, &len)) {
		return false;
	}
	is_negative = len > 0 && text[0] == '-';
	if (!read_digits(text + is_negative, len - is_negative, (uint64_t)max,
		    &size)) {
		return false;
	}
	*out = is_negative ? -(int64_t)size : (int64_t)size;
	return true;
}

// "PID (COMM) STATE", COMM with blanks and brackets of its own. Leaves *fields
// behind it.
static bool
read_start(const char *text, size_t len, struct stage_proc_stat *out,
	struct fields *fields)
{
	const char *open = len > 0 ? memchr(text, '(', len) : NULL;
	const char *close = len > 0 ? memrchr(text, ')', len) : NULL;
	const char *state = NULL;
	size_t state_len = 0;
	size_t comm_len;

	if (open == NULL || close == NULL || close < open) {
		return false;
	}
	comm_len = (size_t)(close - open) - 1;
	if (comm_len >= sizeof(out->comm)) {
		comm_len = sizeof(out->comm) - 1;
	}
	memcpy(out->comm, open + 1, comm_len);
	out->comm[comm_len] = '\0';
	*fields = (struct fields){close + 1, text + len, 2};
	if (!take(fields, &state, &state_len) || state_len != 1) {
		return false;
	}
	out->state = *state;
	return true;
}

bool
stage_proc_stat_parse(const char *text, size_t len, struct stage_proc_stat *out)
{
	struct stage_proc_stat got;
	struct fields fields;
	int64_t parent = 0;
	int64_t session = 0;
	uint64_t utime = 0;
	uint64_t stime = 0;
	uint64_t threads = 0;
	uint64_t start = 0;
	int64_t rss = 0;

	if (len > 0 && text[len - 1] == '\n') {
		len--;
	}
	if (!read_start(text, len, &got, &fields) ||
		!read_signed(&fields, 4, INT_MAX, &parent) ||
		!read_signed(&fields, 6, INT_MAX, &session) ||
		!read_count(&fields, 14, INT64_MAX, &utime) ||
		!read_count(&fields, 15, INT64_MAX, &stime) ||
		!read_count(&fields, 20, INT64_MAX, &threads) ||
		!read_count(&fields, 22, UINT64_MAX, &start) ||
		!read_signed(&fields, 24, LONG_MAX, &rss)) {
		return false;
	}
	got.parent = (pid_t)parent;
	got.session = (pid_t)session;
	got.cpu_ticks = utime + stime;
	got.start = start;
	got.rss_pages = (long)rss;
	got.threads = threads;
	*out = got;
	return true;
}

bool
stage_proc_has_entry(
	const char *environment, size_t len, const char *name_is_value)
{
	size_t needle_len = strlen(name_is_value) + 1; // with its zero
	const char *at = environment;

	while (len >= needle_len) {
		const char *hit = memmem(at, len, name_is_value, needle_len);
		if (hit == NULL) {
			return false;
		}
		if (hit == environment || hit[-1] == '\0') {
			return true;
		}
		len -= (size_t)(hit + 1 - at);
		at = hit + 1;
	}
	return false;
}
