/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/identity.h"

#include <string.h>

#include "patchbay/alsa_name.h"

#define DIGITS "0123456789"
#define NSM_ID_LETTERS 4

// Whose numbers those are that end a name's part: "-01", or "-" and any.
static size_t
instance_len(const char *text, size_t len, bool is_pipewire)
{
	size_t digits = 0;

	while (digits < len && strchr(DIGITS, text[len - 1 - digits]) != NULL) {
		digits++;
	}
	if (digits == 0 || digits + 1 >= len || text[len - 1 - digits] != '-' ||
		(!is_pipewire && digits != 2)) {
		return 0;
	}
	return digits + 1;
}

// "Name.nABCD": how much of the end is NSM's.
static size_t
nsm_len(const char *client, size_t len)
{
	const char *end = client + len - NSM_ID_LETTERS;

	if (len < NSM_ID_LETTERS + 3 || end[-1] != 'n' || end[-2] != '.') {
		return 0;
	}
	for (size_t i = 0; i < NSM_ID_LETTERS; i++) {
		if (end[i] < 'A' || end[i] > 'Z') {
			return 0;
		}
	}
	return NSM_ID_LETTERS + 2;
}

// "[12]" and what comes after it, or NULL when it is something else.
static const char *
skip_number(const char *text, const char *after)
{
	size_t digits;

	if (text[0] != '[') {
		return NULL;
	}
	digits = strspn(text + 1, DIGITS);
	if (digits == 0 || text[1 + digits] != ']' ||
		strncmp(text + 2 + digits, after, strlen(after)) != 0) {
		return NULL;
	}
	return text + 2 + digits + strlen(after);
}

static bool
is_direction(const char *text)
{
	return strncmp(text, "(capture): ", 11) == 0 ||
	       strncmp(text, "(playback): ", 12) == 0;
}

// Copies a port's part without the numbers that a2jmidid puts into it.
static size_t
copy_a2j(const char *port, char *out)
{
	size_t len = 0;
	bool has_direction = false;

	while (*port != '\0') {
		const char *rest = NULL;
		if (!has_direction) {
			rest = skip_number(port, " ");
			if (rest != NULL && (len == 0 || !is_direction(rest))) {
				rest = NULL;
			}
		}
		if (rest != NULL) {
			port = rest;
		} else if (!has_direction && is_direction(port)) {
			size_t words = strcspn(port, ":") + 2;
			memcpy(out + len, port, words);
			len += words;
			port += words;
			has_direction = true;
			rest = skip_number(port, " ");
			port = rest != NULL ? rest : port;
		} else {
			out[len] = *port;
			len++;
			port++;
		}
	}
	return len;
}

enum stage_status
stage_identity_name(enum stage_patch_system system, const char *name,
	enum stage_identity_rank rank, bool is_pipewire, char *out, size_t size)
{
	size_t client = strcspn(name, ":");
	size_t kept = client;
	size_t len = strlen(name);

	if (len >= size) {
		return STAGE_TOO_LONG;
	}
	if (system == STAGE_PATCH_ALSA) {
		stage_alsa_name_at(name, rank, out);
		return STAGE_OK;
	}
	if (rank < STAGE_IDENTITY_PLAIN || name[client] == '\0') {
		memcpy(out, name, len + 1);
		return STAGE_OK;
	}
	if (rank == STAGE_IDENTITY_INSTANCE) {
		kept -= instance_len(name, kept, is_pipewire);
	}
	kept -= nsm_len(name, kept);
	memcpy(out, name, kept);
	out[kept] = ':';
	len = copy_a2j(name + client + 1, out + kept + 1);
	if (rank == STAGE_IDENTITY_INSTANCE && is_pipewire) {
		len -= instance_len(out + kept + 1, len, true);
	}
	out[kept + 1 + len] = '\0';
	return STAGE_OK;
}

const char *
stage_identity_rank_name(enum stage_identity_rank rank)
{
	static const char *const names[STAGE_IDENTITY_RANK_COUNT] = {"its name",
		"an alias", "its name without numbers",
		"its name without the number of an instance"};

	return (unsigned)rank < STAGE_IDENTITY_RANK_COUNT ? names[rank]
							  : "unknown";
}
