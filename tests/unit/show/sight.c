/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "sight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "# Friday\n"
			   "Opener\n"
			   "Set 1/Waltz\n"
			   "break 20 minutes\n"
			   "- Ballad\n"
			   "Encore\n";

void
seen_init(struct seen *self)
{
	memset(self, 0, sizeof(*self));
	assert_int_equal(
		stage_show_setlist_parse(&self->list, text, sizeof(text) - 1),
		STAGE_OK);
	self->place = (struct stage_show_place){
		.set = "Friday",
		.trouble = "",
		.songs = 4,
		.playing = {2, "Set 1/Waltz"},
		.coming = {0, ""},
		.selected = {3, "Ballad"},
		.next = {4, "Encore"},
		.previous = {1, "Opener"},
	};
	self->sight = (struct stage_show_sight){
		.name = "rig",
		.place = &self->place,
		.list = &self->list,
		.song = "Set 1/Waltz",
		.loading = "",
		.state = "ready",
		.progress = 1,
		.guard_s = 0.5,
		.port = 53000,
	};
}

void
seen_finish(struct seen *self)
{
	stage_show_setlist_finish(&self->list);
}

static void
put(struct stage_str *out, const void *bytes, size_t len)
{
	static const char zeros[4];

	assert_int_equal(stage_str_append(out, bytes, len), STAGE_OK);
	assert_int_equal(
		stage_str_append(out, zeros, (4 - len % 4) % 4), STAGE_OK);
}

static void
put_number(struct stage_str *out, uint32_t number)
{
	unsigned char bytes[4] = {(unsigned char)(number >> 24U),
		(unsigned char)(number >> 16U), (unsigned char)(number >> 8U),
		(unsigned char)number};

	put(out, bytes, sizeof(bytes));
}

void
seen_pack(struct stage_str *out, const char *address, ...)
{
	struct stage_str types = {0};
	struct stage_str body = {0};
	va_list words;

	put(out, address, strlen(address) + 1);
	assert_int_equal(stage_str_add(&types, ","), STAGE_OK);
	va_start(words, address);
	for (const char *word = va_arg(words, const char *); word != NULL;
		word = va_arg(words, const char *)) {
		char type[2] = {word[0], '\0'};
		float number;
		uint32_t bits;
		assert_int_equal(stage_str_add(&types, type), STAGE_OK);
		if (word[0] == 'i') {
			put_number(&body, (uint32_t)strtol(word + 2, NULL, 10));
		} else if (word[0] == 'f') {
			number = strtof(word + 2, NULL);
			memcpy(&bits, &number, sizeof(bits));
			put_number(&body, bits);
		} else if (word[0] == 's') {
			put(&body, word + 2, strlen(word + 2) + 1);
		}
	}
	va_end(words);
	put(out, types.data, types.len + 1);
	if (body.len > 0) {
		put(out, body.data, body.len);
	}
	stage_str_finish(&types);
	stage_str_finish(&body);
}
