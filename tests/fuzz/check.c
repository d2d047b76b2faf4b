/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // mkdtemp

#include "check.h"

#include <string.h>

#include "base/io.h"
#include "base/utf8.h"
#include "fuzz.h"

#define WORDS_MAX 64

void
fuzz_check_text(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_char_bytes(text + at, len - at);
		unsigned char first = (unsigned char)text[at];
		FUZZ_CHECK(bytes > 0);
		FUZZ_CHECK(first >= 0x20 && first != 0x7f);
		at += bytes;
	}
}

void
fuzz_check_err(enum stage_status status, const struct stage_err *err)
{
	FUZZ_CHECK(status == err->status);
	FUZZ_CHECK((status == STAGE_OK) == (err->text[0] == '\0'));
	FUZZ_CHECK(strnlen(err->text, sizeof(err->text)) < sizeof(err->text));
	for (const char *p = err->text; *p != '\0'; p++) {
		FUZZ_CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
	}
}

// Moves over digits and a colon; the number is not 0.
static const char *
skip_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	FUZZ_CHECK(digits > 0 && text[0] != '0' && text[digits] == ':');
	return text + digits + 1;
}

void
fuzz_check_place(
	enum stage_status status, const struct stage_err *err, const char *name)
{
	const char *rest = err->text + strlen(name);

	fuzz_check_err(status, err);
	if (status == STAGE_OK) {
		return;
	}
	FUZZ_CHECK(strncmp(err->text, name, strlen(name)) == 0);
	FUZZ_CHECK(*rest == ':');
	if (rest[1] != ' ') {
		rest = skip_number(skip_number(rest + 1));
		FUZZ_CHECK(*rest == ' ');
	}
}

char *
fuzz_copy(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);

	FUZZ_CHECK(copy != NULL);
	if (size > 0) {
		memcpy(copy, data, size);
	}
	copy[size] = '\0';
	return copy;
}

void
fuzz_words_init(struct fuzz_words *self, const char *program,
	const uint8_t *data, size_t size)
{
	size_t program_size = program != NULL ? strlen(program) + 1 : 0;
	size_t at = 0;

	self->argc = 0;
	self->argv = malloc((WORDS_MAX + 1) * sizeof(*self->argv));
	self->text = malloc(program_size + size + 1);
	FUZZ_CHECK(self->argv != NULL && self->text != NULL);
	if (program != NULL) {
		memcpy(self->text, program, program_size);
	}
	if (size > 0) {
		memcpy(self->text + program_size, data, size);
	}
	size += program_size;
	self->text[size] = '\0';
	while (at < size && self->argc < WORDS_MAX) {
		self->argv[self->argc] = self->text + at;
		self->argc++;
		at += strlen(self->text + at) + 1;
	}
	self->argv[self->argc] = NULL;
}

void
fuzz_words_finish(struct fuzz_words *self)
{
	free(self->argv);
	free(self->text);
}

void
fuzz_dir_make(char *dir)
{
	const char *above = getenv("TMPDIR");

	FUZZ_CHECK(stage_format(dir, FUZZ_DIR_MAX, "%s/stage-fuzz-XXXXXX",
			   above != NULL ? above : "/tmp") == STAGE_OK);
	FUZZ_CHECK(mkdtemp(dir) != NULL);
}

void
fuzz_dir_remove(const char *dir)
{
	FUZZ_CHECK(stage_io_remove_tree(dir, NULL) == STAGE_OK);
}
