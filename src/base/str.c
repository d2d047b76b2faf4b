/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 64 // bytes of the first allocation

const char *
stage_str_text(const struct stage_str *self)
{
	return self->data != NULL ? self->data : "";
}

// Makes room for `more` bytes and the terminating zero.
static enum stage_status
reserve(struct stage_str *self, size_t more)
{
	size_t cap = self->cap != 0 ? self->cap : FIRST_CAP;
	char *data;

	if (more >= (size_t)-1 / 2 - self->len) {
		return STAGE_NO_MEMORY;
	}
	while (cap < self->len + more + 1) {
		cap *= 2;
	}
	if (cap == self->cap) {
		return STAGE_OK;
	}
	data = realloc(self->data, cap);
	if (data == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->data = data;
	self->cap = cap;
	return STAGE_OK;
}

enum stage_status
stage_str_append(struct stage_str *self, const void *bytes, size_t len)
{
	enum stage_status status = reserve(self, len);

	if (status != STAGE_OK) {
		return status;
	}
	if (len > 0) {
		memcpy(self->data + self->len, bytes, len);
	}
	self->len += len;
	self->data[self->len] = '\0';
	return STAGE_OK;
}

enum stage_status
stage_str_add(struct stage_str *self, const char *text)
{
	return stage_str_append(self, text, strlen(text));
}

enum stage_status
stage_str_vaddf(struct stage_str *self, const char *format, va_list args)
{
	enum stage_status status;
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0) {
		return STAGE_BUG;
	}
	status = reserve(self, (size_t)len);
	if (status != STAGE_OK) {
		return status;
	}
	vsnprintf(self->data + self->len, (size_t)len + 1, format, args);
	self->len += (size_t)len;
	return STAGE_OK;
}

enum stage_status
stage_str_addf(struct stage_str *self, const char *format, ...)
{
	enum stage_status status;
	va_list args;

	va_start(args, format);
	status = stage_str_vaddf(self, format, args);
	va_end(args);
	return status;
}

void
stage_str_consume(struct stage_str *self, size_t len)
{
	if (len >= self->len) {
		stage_str_clear(self);
		return;
	}
	memmove(self->data, self->data + len, self->len - len + 1);
	self->len -= len;
}

void
stage_str_cut(struct stage_str *self, size_t len)
{
	if (len < self->len) {
		self->len = len;
		self->data[len] = '\0';
	}
}

void
stage_str_clear(struct stage_str *self)
{
	self->len = 0;
	if (self->data != NULL) {
		self->data[0] = '\0';
	}
}

void
stage_str_finish(struct stage_str *self)
{
	if (self != NULL) {
		free(self->data);
		*self = (struct stage_str){0};
	}
}

char *
stage_str_take(struct stage_str *self)
{
	char *text = self->data != NULL ? self->data : calloc(1, 1);

	*self = (struct stage_str){0};
	return text;
}

enum stage_status
stage_strv_add(struct stage_strv *self, const char *text)
{
	char *copy;

	if (self->count == self->cap) {
		size_t cap = self->cap != 0 ? self->cap * 2 : 8;
		char **items = realloc(self->items, cap * sizeof(*items));
		if (items == NULL) {
			return STAGE_NO_MEMORY;
		}
		self->items = items;
		self->cap = cap;
	}
	copy = strdup(text);
	if (copy == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->items[self->count] = copy;
	self->count++;
	return STAGE_OK;
}

bool
stage_strv_has(const struct stage_strv *self, const char *text)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i], text) == 0) {
			return true;
		}
	}
	return false;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
stage_strv_sort(struct stage_strv *self)
{
	if (self->count > 1) {
		qsort(self->items, self->count, sizeof(*self->items), compare);
	}
}

void
stage_strv_finish(struct stage_strv *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		free(self->items[i]);
	}
	free(self->items);
	*self = (struct stage_strv){0};
}

bool
stage_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
stage_ends_with(const char *text, const char *suffix)
{
	size_t text_len = strlen(text);
	size_t suffix_len = strlen(suffix);

	return text_len >= suffix_len &&
	       strcmp(text + text_len - suffix_len, suffix) == 0;
}

enum stage_status
stage_format(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(buffer, size, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= size) {
		if (size > 0) {
			buffer[0] = '\0';
		}
		return STAGE_TOO_LONG;
	}
	return STAGE_OK;
}

void
stage_lower(char *text)
{
	static const char small[] = "abcdefghijklmnopqrstuvwxyz";

	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z') {
			*text = small[*text - 'A'];
		}
	}
}
