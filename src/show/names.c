/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/names.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "base/utf8.h"

#define SHOWN_MAX 60 // bytes of a wrong name that a sentence repeats
#define LETTERS 25   // of an id, A to Y
#define ID_LETTERS 4
#define IDS 390625 // LETTERS to the power of ID_LETTERS
#define SESSION "session.nsm"
#define BOM "\xef\xbb\xbf"

// What a name is, for the sentence that refuses it.
struct subject {
	const char *what;
	const char *name;
	struct stage_err *err;
};

static enum stage_status
refuse(const struct subject *subject, const char *why)
{
	const char *name = subject->name;

	return stage_err_set(subject->err, STAGE_BAD_INPUT,
		"\"%.*s\" cannot be the name of %s: %s",
		(int)stage_utf8_clip(name, strlen(name), SHOWN_MAX), name,
		subject->what, why);
}

// Also of control characters, which a sentence shows as blanks.
static enum stage_status
check_characters(const struct subject *subject)
{
	const char *name = subject->name;
	size_t len = strlen(name);

	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_char_bytes(name + at, len - at);
		if (bytes == 0) {
			return stage_err_set(subject->err, STAGE_BAD_INPUT,
				"the name of %s is not UTF-8 text",
				subject->what);
		}
		if (stage_utf8_control_bytes(name + at, len - at) != 0) {
			return refuse(subject, "it holds a control character");
		}
		at += bytes;
	}
	return STAGE_OK;
}

// What no kind of name may be.
static enum stage_status
check_text(const struct subject *subject)
{
	enum stage_status status;

	if (subject->name[0] == '\0') {
		return stage_err_set(subject->err, STAGE_BAD_INPUT,
			"the name of %s is empty", subject->what);
	}
	if (strlen(subject->name) > STAGE_SHOW_NAME_MAX) {
		return stage_err_set(subject->err, STAGE_TOO_LONG,
			"the name of %s has more than %d bytes", subject->what,
			STAGE_SHOW_NAME_MAX);
	}
	// What readers of files pass over.
	if (subject->name[0] == ' ' || stage_starts_with(subject->name, BOM)) {
		return refuse(subject, "it begins with a blank");
	}
	status = check_characters(subject);
	if (status == STAGE_OK && strchr(subject->name, ':') != NULL) {
		status = refuse(subject, "it holds a colon");
	}
	return status;
}

static enum stage_status
check_part(const struct subject *subject, const char *part, size_t len)
{
	if (len == 0) {
		return refuse(subject, "a part of it is empty");
	}
	if (part[0] == '.' || part[0] == '-') {
		return refuse(
			subject, "a part of it begins with a dot or a dash");
	}
	if (part[0] == ' ' || part[len - 1] == ' ') {
		return refuse(
			subject, "a part of it begins or ends with a blank");
	}
	if (len == strlen(SESSION) && memcmp(part, SESSION, len) == 0) {
		return refuse(subject, SESSION " is the name of a file in it");
	}
	return STAGE_OK;
}

static enum stage_status
check_parts(const struct subject *subject, unsigned max)
{
	const char *part = subject->name;
	enum stage_status status = check_text(subject);

	if (status == STAGE_OK && max == 1 && strchr(part, '/') != NULL) {
		return refuse(subject, "it holds a slash");
	}
	for (unsigned parts = 1; status == STAGE_OK; parts++) {
		size_t len = strcspn(part, "/");
		status = check_part(subject, part, len);
		if (status != STAGE_OK || part[len] == '\0') {
			break;
		}
		if (parts == max) {
			return refuse(subject, "it has too many parts");
		}
		part += len + 1;
	}
	return status;
}

enum stage_status
stage_show_song_name_check(const char *name, struct stage_err *err)
{
	return check_parts(
		&(struct subject){"a song", name, err}, STAGE_SHOW_DEPTH_MAX);
}

enum stage_status
stage_show_set_name_check(const char *name, struct stage_err *err)
{
	return check_parts(&(struct subject){"a setlist", name, err}, 1);
}

enum stage_status
stage_show_client_name_check(const char *name, struct stage_err *err)
{
	struct subject subject = {"a client", name, err};
	enum stage_status status = check_text(&subject);

	if (status == STAGE_OK && strchr(name, '/') != NULL) {
		status = refuse(&subject, "it holds a slash");
	}
	return status;
}

enum stage_status
stage_show_program_check(const char *name, struct stage_err *err)
{
	return check_parts(&(struct subject){"a program", name, err}, 1);
}

static bool
is_id_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool
stage_show_id_ok(const char *id)
{
	size_t len = 0;

	while (is_id_letter(id[len])) {
		len++;
	}
	return id[len] == '\0' && len > 0 && len < STAGE_SHOW_ID_MAX;
}

static void
write_id(uint32_t number, char out[STAGE_SHOW_ID_MAX])
{
	*out++ = 'n';
	for (int i = 0; i < ID_LETTERS; i++) {
		*out++ = (char)('A' + number % LETTERS);
		number /= LETTERS;
	}
	*out = '\0';
}

enum stage_status
stage_show_make_id(bool (*is_taken)(void *user, const char *id), void *user,
	char out[STAGE_SHOW_ID_MAX], struct stage_err *err)
{
	struct stage_hash_key random;
	uint32_t start;

	stage_hash_key_init(&random);
	start = (uint32_t)(random.words[0] % IDS);
	for (uint32_t i = 0; i < IDS; i++) {
		write_id((start + i) % IDS, out);
		if (!is_taken(user, out)) {
			return STAGE_OK;
		}
	}
	return stage_err_set(
		err, STAGE_FULL, "unable to make an id: all %d are taken", IDS);
}
