/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/pattern_glob.h"

#include <string.h>

// A match on its way.
struct walk {
	const char *glob; // what is left of both
	const char *name;
	size_t wildcard; // how many were met before
	struct stage_captures *out;
};

static bool
is_special(char c)
{
	return c == '*' || c == '?' || c == '\\';
}

static bool
is_reference(const char *at, size_t len)
{
	return len > 1 && at[0] == '\\' && at[1] >= '1' && at[1] <= '9';
}

// Bytes of the item that glob[len] begins with: an escape is two.
static size_t
item_bytes(const char *glob, size_t len)
{
	return glob[0] == '\\' && len > 1 && is_special(glob[1]) ? 2 : 1;
}

static const char *
next_char(const char *name)
{
	name++;
	while (((unsigned char)*name & 0xc0) == 0x80) {
		name++;
	}
	return name;
}

static void
set_capture(
	const struct walk *walk, size_t index, const char *from, const char *to)
{
	if (walk->out == NULL || index >= STAGE_PATCH_CAPTURES_MAX) {
		return;
	}
	walk->out->at[index].text = from;
	walk->out->at[index].len = (size_t)(to - from);
	walk->out->count = index + 1;
}

// Moves over one item that is no `*` when the name begins with it.
static bool
match_one(struct walk *walk)
{
	const char *glob = walk->glob;

	if (*glob == '\0' || *walk->name == '\0') {
		return false;
	}
	if (*glob == '?') {
		const char *next = next_char(walk->name);
		set_capture(walk, walk->wildcard, walk->name, next);
		walk->wildcard++;
		walk->glob++;
		walk->name = next;
		return true;
	}
	if (*glob == '\\' && is_special(glob[1])) {
		glob++;
	}
	if (*glob != *walk->name) {
		return false;
	}
	walk->glob = glob + 1;
	walk->name++;
	return true;
}

bool
stage_glob_match(const char *glob, const char *name, struct stage_captures *out)
{
	struct walk walk = {.glob = glob, .name = name, .out = out};
	struct walk star = {.glob = NULL}; // behind the last `*`
	const char *start = NULL;          // of what that one takes

	if (out != NULL) {
		out->count = 0;
	}
	while (*walk.name != '\0' || *walk.glob == '*') {
		if (*walk.glob == '*') {
			walk.glob++;
			walk.wildcard++;
			star = walk;
			start = walk.name;
		} else if (match_one(&walk)) {
			continue;
		} else if (star.glob != NULL) {
			star.name++;
			walk = star;
		} else {
			return false;
		}
		set_capture(&star, star.wildcard - 1, start, star.name);
	}
	return *walk.glob == '\0';
}

size_t
stage_glob_wildcards(const char *glob, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i += item_bytes(glob + i, len - i)) {
		count += glob[i] == '*' || glob[i] == '?';
	}
	return count;
}

unsigned
stage_glob_reference(const char *glob, size_t len)
{
	unsigned highest = 0;

	for (size_t i = 0; i < len; i += item_bytes(glob + i, len - i)) {
		if (is_reference(glob + i, len - i) &&
			(unsigned)(glob[i + 1] - '0') > highest) {
			highest = (unsigned)(glob[i + 1] - '0');
		}
	}
	return highest;
}

enum stage_status
stage_glob_add_literal(struct stage_str *out, const char *glob, size_t len)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < len && status == STAGE_OK;) {
		size_t bytes = item_bytes(glob + i, len - i);
		status = stage_str_append(out, glob + i + bytes - 1, 1);
		i += bytes;
	}
	return status;
}

enum stage_status
stage_glob_add_escaped(struct stage_str *out, const char *text, size_t len)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < len && status == STAGE_OK; i++) {
		if (is_special(text[i])) {
			status = stage_str_add(out, "\\");
		}
		if (status == STAGE_OK) {
			status = stage_str_append(out, text + i, 1);
		}
	}
	return status;
}

static enum stage_status
add_capture(struct stage_str *out, const struct stage_captures *captures,
	unsigned number)
{
	const struct stage_capture *capture = &captures->at[number - 1];

	return number > captures->count ? STAGE_OK
					: stage_glob_add_escaped(out,
						  capture->text, capture->len);
}

enum stage_status
stage_glob_add_bound(struct stage_str *out, const char *glob,
	const struct stage_captures *captures)
{
	size_t len = strlen(glob);
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < len && status == STAGE_OK;) {
		size_t bytes = item_bytes(glob + i, len - i);
		if (bytes == 1 && is_reference(glob + i, len - i)) {
			bytes = 2;
			status = add_capture(
				out, captures, (unsigned)(glob[i + 1] - '0'));
		} else {
			status = stage_str_append(out, glob + i, bytes);
		}
		i += bytes;
	}
	return status;
}
