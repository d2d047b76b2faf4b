/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/order.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX 99 // of two digits
#define STEP 10

static void
make_name(const char *id, unsigned number, char out[STAGE_RACK_FILE_MAX])
{
	snprintf(out, STAGE_RACK_FILE_MAX, "%02u-%.*s.slot", number,
		STAGE_RACK_ID_MAX - 1, id);
}

// A number of two digits before a dash, or -1.
static int
number_of(const char *name)
{
	return isdigit((unsigned char)name[0]) &&
			       isdigit((unsigned char)name[1]) && name[2] == '-'
		       ? (name[0] - '0') * STEP + (name[1] - '0')
		       : -1;
}

// A name between two neighbours, NULL at the ends. False when there is none.
static bool
fit(const char *id, const char *before, const char *behind,
	char out[STAGE_RACK_FILE_MAX])
{
	int low = before != NULL ? number_of(before) : 0;
	int high = behind != NULL ? number_of(behind) : NUMBER_MAX + 1;
	int number;

	if (low < 0 || high < 0) {
		return false;
	}
	if (behind == NULL && low + STEP <= NUMBER_MAX) {
		number = low + STEP;
	} else {
		number = low + (high - low) / 2;
	}
	if (number > NUMBER_MAX) {
		return false;
	}
	make_name(id, (unsigned)number, out);
	return (before == NULL || strcmp(before, out) < 0) &&
	       (behind == NULL || strcmp(out, behind) < 0);
}

static void
id_of(const char *name, const char *fresh, char id[STAGE_RACK_ID_MAX])
{
	if (name == NULL) {
		snprintf(id, STAGE_RACK_ID_MAX, "%s", fresh);
	} else {
		(void)stage_rack_slot_id(name, id);
	}
}

// Gives all of them numbers that are far apart.
static void
renumber(const char *const *names, size_t count, const size_t *old,
	size_t total, const char *fresh, char (*out)[STAGE_RACK_FILE_MAX])
{
	unsigned step = NUMBER_MAX / ((unsigned)total + 1);
	char id[STAGE_RACK_ID_MAX];

	step = step < STEP ? step : STEP;
	for (size_t i = 0; i < total; i++) {
		id_of(old[i] < count ? names[old[i]] : NULL, fresh, id);
		make_name(id, (unsigned)(i + 1) * step, out[i]);
	}
}

void
stage_rack_order_move(const char *const *names, size_t count, size_t from,
	size_t to, const char *fresh, char (*out)[STAGE_RACK_FILE_MAX],
	size_t *old)
{
	size_t total = from == count ? count + 1 : count;
	size_t next = 0;
	char id[STAGE_RACK_ID_MAX];

	for (size_t i = 0; i < total; i++) {
		if (i == to) {
			old[i] = from;
			continue;
		}
		next += next == from;
		old[i] = next++;
	}
	for (size_t i = 0; i < total; i++) {
		if (i != to) {
			snprintf(out[i], STAGE_RACK_FILE_MAX, "%s",
				names[old[i]]);
		}
	}
	id_of(from < count ? names[from] : NULL, fresh, id);
	if (!fit(id, to > 0 ? out[to - 1] : NULL,
		    to + 1 < total ? out[to + 1] : NULL, out[to])) {
		renumber(names, count, old, total, fresh, out);
	}
}

// Lower case of a letter or digit, a dash for anything else.
static char
plain(char byte)
{
	unsigned char c = (unsigned char)byte;

	if (c >= 0x80U || !isalnum(c)) {
		return '-';
	}
	return (char)tolower(c);
}

void
stage_rack_order_id(const char *name, char id[STAGE_RACK_ID_MAX])
{
	size_t len = 0;

	for (; *name != '\0' && len + 1 < STAGE_RACK_ID_MAX; name++) {
		char byte = plain(*name);
		if (byte != '-' || (len > 0 && id[len - 1] != '-')) {
			id[len++] = byte;
		}
	}
	if (len > 0 && id[len - 1] == '-') {
		len--;
	}
	id[len] = '\0';
	if (len == 0) {
		snprintf(id, STAGE_RACK_ID_MAX, "plugin");
	}
}
