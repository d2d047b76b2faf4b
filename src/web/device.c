/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/device.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/utf8.h"

#define WORDS 7 // of a line
#define HEX "0123456789abcdef"

_Static_assert(STAGE_WEB_HASH_BYTES == crypto_generichash_BYTES,
	"the hash is libsodium's usual one");

static enum stage_status
take_text(const struct stage_conf_line *line, size_t word, char *out,
	size_t size, struct stage_err *err)
{
	return stage_format(out, size, "%s", line->words[word]) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail(line, word, err,
				 "longer than the %zu bytes it can have",
				 size - 1);
}

static enum stage_status
take_second(const struct stage_conf_line *line, size_t word, int64_t *out,
	struct stage_err *err)
{
	return stage_num_parse(line->words[word], 0, INT64_MAX, out, err) ==
			       STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, word, err);
}

static enum stage_status
take_hash(const struct stage_conf_line *line, size_t word,
	unsigned char out[STAGE_WEB_HASH_BYTES], struct stage_err *err)
{
	const char *text = line->words[word];
	size_t len = 0;

	return sodium_hex2bin(out, STAGE_WEB_HASH_BYTES, text, strlen(text),
		       NULL, &len, NULL) == 0 &&
			       len == STAGE_WEB_HASH_BYTES
		       ? STAGE_OK
		       : stage_conf_fail(line, word, err,
				 "this is no hash of %d bytes in hex",
				 STAGE_WEB_HASH_BYTES);
}

static enum stage_status
take_device(const struct stage_conf_line *line, struct stage_web_device *out,
	struct stage_err *err)
{
	enum stage_status status =
		stage_conf_check_count(line, WORDS, WORDS, err);

	if (status == STAGE_OK) {
		status = take_text(line, 0, out->id, sizeof(out->id), err);
	}
	if (status == STAGE_OK &&
		(out->id[0] == '\0' || out->id[strspn(out->id, HEX)] != '\0')) {
		status =
			stage_conf_fail(line, 0, err, "an id is of hex digits");
	}
	if (status == STAGE_OK) {
		out->role = stage_web_role_from_word(line->words[1]);
		if (out->role == STAGE_WEB_NOBODY) {
			status = stage_conf_fail(line, 1, err,
				"the role is viewer, performer or admin");
		}
	}
	if (status == STAGE_OK) {
		status = take_text(line, 2, out->name, sizeof(out->name), err);
	}
	if (status == STAGE_OK) {
		status = take_hash(line, 3, out->hash, err);
	}
	if (status == STAGE_OK) {
		status = take_second(line, 4, &out->paired_s, err);
	}
	if (status == STAGE_OK) {
		status = take_second(line, 5, &out->until_s, err);
	}
	if (status == STAGE_OK) {
		status = take_text(
			line, 6, out->interface, sizeof(out->interface), err);
	}
	return status;
}

static enum stage_status
take_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_web_devices *self = user;
	enum stage_status status;

	if (strcmp(line->key, "device") != 0) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"a line begins with \"device\"");
	}
	if (self->count == STAGE_WEB_DEVICES_MAX) {
		stage_conf_fail(line, STAGE_CONF_KEY, err,
			"there are more than the %d devices there can be",
			STAGE_WEB_DEVICES_MAX);
		return STAGE_FULL;
	}
	memset(&self->items[self->count], 0, sizeof(self->items[0]));
	status = take_device(line, &self->items[self->count], err);
	self->count += status == STAGE_OK;
	return status;
}

enum stage_status
stage_web_devices_parse(struct stage_web_devices *out, const char *text,
	size_t len, const char *name, struct stage_err *err)
{
	enum stage_status status;

	memset(out, 0, sizeof(*out));
	status = stage_conf_parse(text, len, name, take_line, out, err);
	if (status != STAGE_OK) {
		memset(out, 0, sizeof(*out));
	}
	return status;
}

static enum stage_status
write_device(const struct stage_web_device *self, struct stage_str *out)
{
	char hash[2 * STAGE_WEB_HASH_BYTES + 1];
	enum stage_status status = stage_str_addf(out, "device %s %s ",
		self->id, stage_web_role_word(self->role));

	sodium_bin2hex(hash, sizeof(hash), self->hash, sizeof(self->hash));
	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, self->name);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, " %s %lld %lld ", hash,
			(long long)self->paired_s, (long long)self->until_s);
	}
	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, self->interface);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, "\n");
	}
	return status;
}

enum stage_status
stage_web_devices_write(
	const struct stage_web_devices *self, struct stage_str *out)
{
	enum stage_status status = stage_str_add(out,
		"# The devices that are paired; stagecraft pair adds one, "
		"stagecraft pair revoke\n# takes one out. Written by "
		"stagecraft-web.\n");

	for (size_t i = 0; i < self->count && status == STAGE_OK; i++) {
		status = write_device(&self->items[i], out);
	}
	return status;
}

enum stage_status
stage_web_token_hash(const char *token, unsigned char out[STAGE_WEB_HASH_BYTES])
{
	unsigned char bytes[STAGE_WEB_TOKEN_BYTES];
	size_t len = 0;
	bool is_good = sodium_hex2bin(bytes, sizeof(bytes), token,
			       strlen(token), NULL, &len, NULL) == 0 &&
		       len == sizeof(bytes);

	if (is_good) {
		crypto_generichash(out, STAGE_WEB_HASH_BYTES, bytes,
			sizeof(bytes), NULL, 0);
	}
	sodium_memzero(bytes, sizeof(bytes));
	return is_good ? STAGE_OK : STAGE_BAD_INPUT;
}

struct stage_web_device *
stage_web_devices_find(
	struct stage_web_devices *self, const char *token, int64_t now_s)
{
	unsigned char hash[STAGE_WEB_HASH_BYTES];
	struct stage_web_device *found = NULL;

	if (stage_web_token_hash(token, hash) != STAGE_OK) {
		return NULL;
	}
	for (size_t i = 0; i < self->count; i++) {
		struct stage_web_device *device = &self->items[i];

		if (sodium_memcmp(device->hash, hash, sizeof(hash)) == 0 &&
			now_s < device->until_s) {
			found = device;
		}
	}
	return found;
}

// A name is shown, in pages and in terminals, and stands in a line of a file.
static void
mend_name(char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len;) {
		size_t bytes = stage_utf8_char_bytes(name + i, len - i);

		if (bytes == 0 ||
			stage_utf8_control_bytes(name + i, len - i) > 0) {
			name[i] = ' ';
			bytes = 1;
		}
		i += bytes;
	}
	if (name[strspn(name, " ")] == '\0') {
		snprintf(name, STAGE_WEB_DEVICE_NAME_MAX, "device");
	}
}

// Whose place a new one takes.
static size_t
find_victim(const struct stage_web_devices *self, int64_t now_s)
{
	size_t victim = 0;

	for (size_t i = 0; i < self->count; i++) {
		const struct stage_web_device *a = &self->items[i];
		const struct stage_web_device *b = &self->items[victim];

		if (a->until_s <= now_s) {
			return i;
		}
		if (a->role < b->role ||
			(a->role == b->role && a->paired_s < b->paired_s)) {
			victim = i;
		}
	}
	return victim;
}

static void
remove_at(struct stage_web_devices *self, size_t at)
{
	self->count--;
	memmove(&self->items[at], &self->items[at + 1],
		(self->count - at) * sizeof(self->items[0]));
	sodium_memzero(&self->items[self->count], sizeof(self->items[0]));
}

void
stage_web_devices_add(struct stage_web_devices *self,
	const struct stage_web_device *device, int64_t now_s)
{
	if (self->count == STAGE_WEB_DEVICES_MAX) {
		remove_at(self, find_victim(self, now_s));
	}
	self->items[self->count] = *device;
	mend_name(self->items[self->count].name);
	self->count++;
}

bool
stage_web_devices_remove(struct stage_web_devices *self, const char *id)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i].id, id) == 0) {
			remove_at(self, i);
			return true;
		}
	}
	return false;
}
