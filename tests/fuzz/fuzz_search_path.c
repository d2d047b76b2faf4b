/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "base/search_path.h"
#include "check.h"
#include "fuzz.h"

#define OUT_MAX 64 // bytes; few, so that some do not fit

// Each place of the list, by the book; NULL for one that does not fit.
static bool
place(const char *list, size_t number, const char *name, char *out)
{
	size_t len;

	for (size_t i = 0; i < number; i++) {
		list = strchr(list, ':') + 1;
	}
	len = strcspn(list, ":");
	if (len == 0) {
		list = ".";
		len = 1;
	}
	if (len + 1 + strlen(name) >= OUT_MAX) {
		return false;
	}
	memcpy(out, list, len);
	out[len] = '/';
	strcpy(out + len + 1, name);
	return true;
}

static size_t
count_places(const char *list)
{
	size_t count = 1;

	for (; *list != '\0'; list++) {
		count += *list == ':';
	}
	return count;
}

// The input is words: a name and a list of directories.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_words words;
	const char *name;
	const char *list;
	const char *at;

	fuzz_words_init(&words, NULL, data, size);
	name = words.argc > 0 ? words.argv[0] : "x";
	list = words.argc > 1 ? words.argv[1] : "";
	at = list;
	for (size_t i = 0; i < count_places(list); i++) {
		char wanted[OUT_MAX];
		char got[OUT_MAX];
		if (place(list, i, name, wanted)) {
			FUZZ_CHECK(stage_search_path_next(
				&at, name, got, sizeof(got)));
			FUZZ_CHECK(strcmp(got, wanted) == 0);
		}
	}
	FUZZ_CHECK(!stage_search_path_next(&at, name, words.text, 1));
	FUZZ_CHECK(at == NULL);
	fuzz_words_finish(&words);
	return 0;
}
