/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/quote.h"

#include <string.h>

// What means nothing special to any shell, wherever it stands.
#define SAFE                                                                   \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                           \
	"0123456789_-./:,+@%"

// In double quotes, with a backslash before what is special there.
static enum stage_status
add_double(struct stage_str *out, const char *word)
{
	enum stage_status status = stage_str_add(out, "\"");

	while (*word != '\0' && status == STAGE_OK) {
		size_t plain = strcspn(word, "$`\"\\");
		status = stage_str_append(out, word, plain);
		word += plain;
		if (*word != '\0' && status == STAGE_OK) {
			status = stage_str_addf(out, "\\%c", *word);
			word++;
		}
	}
	return status == STAGE_OK ? stage_str_add(out, "\"") : status;
}

enum stage_status
stage_quote_add(struct stage_str *out, const char *word)
{
	if (word[0] != '\0' && word[strspn(word, SAFE)] == '\0') {
		return stage_str_add(out, word);
	}
	if (strpbrk(word, "'$`\\") != NULL) {
		return add_double(out, word);
	}
	return stage_str_addf(out, "'%s'", word);
}
