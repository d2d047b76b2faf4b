/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "check.h"
#include "cli/table.h"
#include "cli/width.h"
#include "fuzz.h"

#define INPUT_MAX 600   // bytes; more takes long and shows nothing new
#define MARK "\033[31m" // of STAGE_TONE_BAD
#define PLAIN "\033[0m"

// No control characters of either set, and nothing that turns the text round.
static void
check_harmless(const char *text, size_t len)
{
	static const char *const turns[] = {"\xe2\x80\xae", "\xe2\x81\xa6"};

	fuzz_check_text(text, len);
	for (size_t i = 0; i + 1 < len; i++) {
		FUZZ_CHECK((unsigned char)text[i] != 0xc2 ||
			   (unsigned char)text[i + 1] >= 0xa0);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(turns) && len > 0; i++) {
		FUZZ_CHECK(strstr(text, turns[i]) == NULL);
	}
}

static void
check_widths(const char *text)
{
	size_t width = stage_width_of(text);
	size_t before = 0;

	FUZZ_CHECK(width <= 2 * strlen(text));
	FUZZ_CHECK(stage_width_fit(text, width) == strlen(text));
	for (size_t columns = 0; columns < width && columns < 40; columns++) {
		size_t fits = stage_width_fit(text, columns);
		FUZZ_CHECK(fits >= before && fits < strlen(text));
		FUZZ_CHECK(stage_utf8_whole(text, fits) == fits);
		before = fits;
	}
}

// Every line is within the width unless it is one character; all but blanks is
// still there, in order.
static void
check_wrap(const char *text, size_t width)
{
	struct stage_str out = {0};
	const char *from = text;

	FUZZ_CHECK(stage_table_wrap(&out, text, width / 4, width,
			   STAGE_TONE_PLAIN, false) == STAGE_OK);
	for (char *line = out.data; line != NULL && *line != '\0';) {
		char *end = strchr(line, '\n');
		const char *shown = line + strspn(line, " ");
		FUZZ_CHECK(end != NULL);
		*end = '\0';
		FUZZ_CHECK(width == 0 || stage_width_of(line) <= width ||
			   strlen(shown) <= 4 || stage_width_of(shown) <= 2);
		from += strspn(from, " ");
		FUZZ_CHECK(strncmp(from, shown, strlen(shown)) == 0);
		from += strlen(shown);
		line = end + 1;
	}
	from += strspn(from, " ");
	FUZZ_CHECK(*from == '\0');
	stage_str_finish(&out);
}

// Takes one escape sequence of ours at a time out of a line.
static void
strip(char *line, const char *sequence)
{
	char *hit;

	while ((hit = strstr(line, sequence)) != NULL) {
		memmove(hit, hit + strlen(sequence),
			strlen(hit + strlen(sequence)) + 1);
	}
}

static void
check_table(const char *raw, size_t width)
{
	static const struct stage_table_column columns[] = {
		{"NAME", false, true, 0},
		{"N", true, false, 1},
		{"WHAT", false, true, 0},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	struct stage_str out = {0};
	struct stage_str plain = {0};

	FUZZ_CHECK(table != NULL);
	for (int i = 0; i < 2; i++) {
		stage_table_cell(table, raw, STAGE_TONE_BAD);
		stage_table_cell(table, "12", STAGE_TONE_BAD);
		stage_table_cell(table, raw, STAGE_TONE_BAD);
		stage_table_note(table, raw, STAGE_TONE_BAD);
	}
	FUZZ_CHECK(stage_table_render(table, width, true, &out) == STAGE_OK);
	FUZZ_CHECK(stage_table_render(table, width, false, &plain) == STAGE_OK);
	strip(out.data, MARK);
	strip(out.data, "\033[1m");
	strip(out.data, PLAIN);
	// Colours change nothing else, and nothing else is a sequence.
	FUZZ_CHECK(strcmp(out.data, plain.data) == 0);
	for (char *at = plain.data; *at != '\0'; at++) {
		FUZZ_CHECK(*at == '\n' || (unsigned char)*at >= 0x20);
	}
	stage_str_finish(&out);
	stage_str_finish(&plain);
	stage_table_destroy(table);
}

// The first byte is the width of the terminal; the rest is a name or a reason
// that came from outside.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_str clean = {0};
	size_t width;
	char *raw;

	if (size < 1 || size > INPUT_MAX) {
		return 0;
	}
	width = data[0] % 100;
	FUZZ_CHECK(stage_width_clean(&clean, (const char *)data + 1,
			   size - 1) == STAGE_OK);
	check_harmless(stage_str_text(&clean), clean.len);
	check_widths(stage_str_text(&clean));
	check_wrap(stage_str_text(&clean), width);
	raw = fuzz_copy(data + 1, size - 1);
	check_table(raw, width);
	free(raw);
	stage_str_finish(&clean);
	return 0;
}
