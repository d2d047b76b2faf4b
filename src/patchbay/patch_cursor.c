/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/patch_cursor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static unsigned
column_of(const struct stage_patch_cursor *self, const char *at)
{
	const char *p = self->start;
	unsigned column = 1;

	while (p < at) {
		size_t bytes = stage_utf8_char_bytes(p, (size_t)(at - p));
		p += bytes > 0 ? bytes : 1;
		column++;
	}
	return column;
}

enum stage_status
stage_patch_refuse(const struct stage_patch_cursor *self, const char *at,
	const char *format, ...)
{
	char sentence[STAGE_ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	return stage_err_set(self->err, STAGE_BAD_INPUT, "%s:%u:%u: %s",
		self->file, self->line, column_of(self, at), sentence);
}

enum stage_status
stage_patch_refuse_with(const struct stage_patch_cursor *self, const char *at,
	enum stage_status status)
{
	stage_err_prefix(self->err, "%s:%u:%u: ", self->file, self->line,
		column_of(self, at));
	return status;
}

bool
stage_patch_at_end(const struct stage_patch_cursor *self)
{
	return self->at == self->end;
}

bool
stage_patch_at_blank(const struct stage_patch_cursor *self)
{
	return stage_patch_at_end(self) || *self->at == ' ' ||
	       *self->at == '\t';
}

void
stage_patch_skip_blanks(struct stage_patch_cursor *self)
{
	while (!stage_patch_at_end(self) && stage_patch_at_blank(self)) {
		self->at++;
	}
}

bool
stage_patch_at_word(const struct stage_patch_cursor *self, const char *word)
{
	struct stage_patch_cursor behind = *self;
	size_t len = strlen(word);

	if ((size_t)(self->end - self->at) < len ||
		memcmp(self->at, word, len) != 0) {
		return false;
	}
	behind.at += len;
	return stage_patch_at_blank(&behind);
}

bool
stage_patch_take_word(struct stage_patch_cursor *self, const char *word)
{
	if (!stage_patch_at_word(self, word)) {
		return false;
	}
	self->at += strlen(word);
	stage_patch_skip_blanks(self);
	return true;
}
