/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/base64.h"

#include <string.h>

#define GROUP 3 // bytes
#define WORD 4  // characters of a group

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

enum stage_status
stage_base64_encode(struct stage_str *out, const void *bytes, size_t len)
{
	const unsigned char *in = bytes;
	size_t before = out->len;

	for (size_t at = 0; at < len; at += GROUP) {
		size_t left = len - at < GROUP ? len - at : GROUP;
		unsigned long bits = (unsigned long)in[at] << 16 |
				     (left > 1 ? in[at + 1] << 8 : 0) |
				     (left > 2 ? in[at + 2] : 0);
		char word[WORD];
		for (size_t i = 0; i < WORD; i++) {
			word[i] = '=';
			if (i <= left) {
				word[i] = alphabet[bits >> (18 - 6 * i) & 63];
			}
		}
		if (stage_str_append(out, word, WORD) != STAGE_OK) {
			stage_str_cut(out, before);
			return STAGE_NO_MEMORY;
		}
	}
	return STAGE_OK;
}

// The six bits of a character, or -1.
static long
bits_of(char c)
{
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

	return at != NULL ? at - alphabet : -1;
}

// How many characters at the end are padding; 3 when it is wrong.
static size_t
count_padding(const char *text, size_t len)
{
	size_t count = 0;

	while (count < len && count < 3 && text[len - 1 - count] == '=') {
		count++;
	}
	return count;
}

static enum stage_status
decode_word(struct stage_str *out, const char *word, size_t padding)
{
	unsigned long bits = 0;
	char bytes[GROUP];

	for (size_t i = 0; i < WORD; i++) {
		long six = i < WORD - padding ? bits_of(word[i]) : 0;
		if (six < 0) {
			return STAGE_BAD_INPUT;
		}
		bits = bits << 6 | (unsigned long)six;
	}
	if ((bits & ((1UL << 8 * padding) - 1)) != 0) {
		return STAGE_BAD_INPUT;
	}
	for (size_t i = 0; i < GROUP; i++) {
		bytes[i] = (char)(bits >> (16 - 8 * i) & 255);
	}
	return stage_str_append(out, bytes, GROUP - padding);
}

enum stage_status
stage_base64_decode(struct stage_str *out, const char *text, size_t len)
{
	size_t before = out->len;
	size_t padding = count_padding(text, len);
	enum stage_status status = STAGE_OK;

	if (len % WORD != 0 || padding > 2) {
		return STAGE_BAD_INPUT;
	}
	for (size_t at = 0; at < len && status == STAGE_OK; at += WORD) {
		status = decode_word(
			out, text + at, at + WORD == len ? padding : 0);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, before);
	}
	return status;
}
