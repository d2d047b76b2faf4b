/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/endpoints_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/num.h"

#define FILE_MAX_BYTES (1024L * 1024)
#define KEY "endpoint"
#define HEAD                                                                   \
	"# What stagecraft-midi knows of MIDI devices; it writes this "        \
	"itself.\n"

enum word {
	WORD_ID,
	WORD_DEVICE,
	WORD_KIND,
	WORD_USB,
	WORD_SERIAL,
	WORD_PLACE,
	WORD_NAME,
	WORD_ORDINAL,
	WORD_PORT,
	WORD_PORT_NAME,
	WORD_TWIN,
	WORD_DIRECTIONS,
	WORD_LABEL,
	WORD_COUNT,
};

// Names of devices may hold what no file can.
static enum stage_status
add_text(struct stage_str *out, const char *text)
{
	char plain[STAGE_MIDI_SERIAL_MAX + STAGE_MIDI_LABEL_MAX];
	enum stage_status status = stage_str_add(out, " ");
	size_t at = 0;

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_conf_add_word(out, text);
	if (status != STAGE_BAD_INPUT) {
		return status;
	}
	for (; text[at] != '\0' && at + 1 < sizeof(plain); at++) {
		plain[at] = '?';
		if (text[at] >= ' ' && text[at] <= '~') {
			plain[at] = text[at];
		}
	}
	plain[at] = '\0';
	return stage_conf_add_word(out, plain);
}

static enum stage_status
add_texts(struct stage_str *out, const char *const *texts, size_t count)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		status = add_text(out, texts[i]);
	}
	return status;
}

static enum stage_status
write_one(const struct stage_midi_endpoint *item, struct stage_str *out)
{
	const struct stage_midi_identity *identity = &item->identity;
	const char *const texts[] = {
		identity->serial, identity->place, identity->name};
	const char *kind = stage_midi_kind_word(identity->kind);
	const char *capture = item->has[STAGE_MIDI_CAPTURE] ? "c" : "";
	const char *playback = item->has[STAGE_MIDI_PLAYBACK] ? "p" : "";
	enum stage_status status =
		stage_str_addf(out, KEY " %u %u %s %04x:%04x", item->id,
			item->device, kind, identity->vid, identity->pid);

	if (status == STAGE_OK) {
		status = add_texts(out, texts, STAGE_COUNT_OF(texts));
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(
			out, " %u %d", item->ordinal, item->port);
	}
	if (status == STAGE_OK) {
		status = add_text(out, item->port_name);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(
			out, " %u -%s%s", item->twin, capture, playback);
	}
	if (status == STAGE_OK) {
		status = add_text(out, item->label);
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

enum stage_status
stage_midi_endpoints_write(
	const struct stage_midi_endpoints *self, struct stage_str *out)
{
	enum stage_status status = stage_str_add(out, HEAD);
	size_t count = stage_midi_endpoints_count(self);

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		const struct stage_midi_endpoint *item =
			stage_midi_endpoints_at(self, i);
		if (stage_midi_endpoint_is_kept(item)) {
			status = write_one(item, out);
		}
	}
	return status;
}

static enum stage_status
read_number(const struct stage_conf_line *line, size_t word, int64_t min,
	unsigned *out, struct stage_err *err)
{
	int64_t value;

	if (stage_num_parse(line->words[word], min, INT_MAX, &value, err) !=
		STAGE_OK) {
		return stage_conf_fail_with(line, word, err);
	}
	*out = (unsigned)value;
	return STAGE_OK;
}

static enum stage_status
read_text(const struct stage_conf_line *line, size_t word, char *out,
	size_t size, struct stage_err *err)
{
	if (stage_format(out, size, "%s", line->words[word]) != STAGE_OK) {
		return stage_conf_fail(line, word, err,
			"this is longer than %zu bytes", size - 1);
	}
	return STAGE_OK;
}

static enum stage_status
read_usb(const struct stage_conf_line *line, struct stage_midi_identity *out,
	struct stage_err *err)
{
	const char *word = line->words[WORD_USB];
	const char *hex = "0123456789abcdef";

	if (strlen(word) != 9 || strspn(word, hex) != 4 || word[4] != ':' ||
		strspn(word + 5, hex) != 4) {
		return stage_conf_fail(line, WORD_USB, err,
			"\"%s\" is no pair of USB ids", word);
	}
	out->vid = (uint16_t)strtoul(word, NULL, 16);
	out->pid = (uint16_t)strtoul(word + 5, NULL, 16);
	return STAGE_OK;
}

static enum stage_status
read_kind(const struct stage_conf_line *line, struct stage_midi_identity *out,
	struct stage_err *err)
{
	out->kind = stage_midi_kind_from_word(line->words[WORD_KIND]);
	if (out->kind == STAGE_MIDI_KIND_COUNT ||
		out->kind == STAGE_MIDI_SOFTWARE) {
		return stage_conf_fail(line, WORD_KIND, err,
			"\"%s\" is none of usb, card, virtual",
			line->words[WORD_KIND]);
	}
	return read_usb(line, out, err);
}

static enum stage_status
read_directions(const struct stage_conf_line *line,
	struct stage_midi_endpoint *out, struct stage_err *err)
{
	const char *word = line->words[WORD_DIRECTIONS];

	if (word[0] != '-' || strspn(word + 1, "cp") != strlen(word + 1)) {
		return stage_conf_fail(line, WORD_DIRECTIONS, err,
			"\"%s\" is none of -, -c, -p, -cp", word);
	}
	out->has[STAGE_MIDI_CAPTURE] = strchr(word, 'c') != NULL;
	out->has[STAGE_MIDI_PLAYBACK] = strchr(word, 'p') != NULL;
	return STAGE_OK;
}

static enum stage_status
read_numbers(const struct stage_conf_line *line,
	struct stage_midi_endpoint *out, struct stage_err *err)
{
	unsigned port = 0;
	const struct {
		size_t word;
		int64_t min;
		unsigned *to;
	} rows[] = {
		{WORD_ID, 1, &out->id},
		{WORD_DEVICE, 1, &out->device},
		{WORD_ORDINAL, 1, &out->ordinal},
		{WORD_PORT, 0, &port},
		{WORD_TWIN, 1, &out->twin},
	};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows) && status == STAGE_OK;
		i++) {
		status = read_number(
			line, rows[i].word, rows[i].min, rows[i].to, err);
	}
	out->port = (int)port;
	return status;
}

static enum stage_status
read_texts(const struct stage_conf_line *line, struct stage_midi_endpoint *out,
	struct stage_err *err)
{
	const struct {
		size_t word;
		char *to;
		size_t size;
	} rows[] = {
		{WORD_SERIAL, out->identity.serial,
			sizeof(out->identity.serial)},
		{WORD_PLACE, out->identity.place, sizeof(out->identity.place)},
		{WORD_NAME, out->identity.name, sizeof(out->identity.name)},
		{WORD_PORT_NAME, out->port_name, sizeof(out->port_name)},
		{WORD_LABEL, out->label, sizeof(out->label)},
	};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows) && status == STAGE_OK;
		i++) {
		status = read_text(
			line, rows[i].word, rows[i].to, rows[i].size, err);
	}
	return status;
}

static enum stage_status
read_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_midi_endpoint endpoint = {.id = 0};
	enum stage_status status;

	if (strcmp(line->key, KEY) != 0) {
		return stage_conf_fail(
			line, STAGE_CONF_KEY, err, "only " KEY " stands here");
	}
	status = stage_conf_check_count(line, WORD_COUNT, WORD_COUNT, err);
	if (status == STAGE_OK) {
		status = read_numbers(line, &endpoint, err);
	}
	if (status == STAGE_OK) {
		status = read_kind(line, &endpoint.identity, err);
	}
	if (status == STAGE_OK) {
		status = read_texts(line, &endpoint, err);
	}
	if (status == STAGE_OK) {
		status = read_directions(line, &endpoint, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_midi_endpoints_add(user, &endpoint);
	if (status == STAGE_EXISTS) {
		return stage_conf_fail(
			line, WORD_ID, err, "this endpoint stands here twice");
	}
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "%s: %s",
					    line->file, stage_strerror(status));
}

// Line by line: the reader stops at the first bad one.
static enum stage_status
salvage(struct stage_midi_endpoints *self, const char *text, size_t len,
	const char *name)
{
	enum stage_status status = STAGE_OK;

	while (len > 0 && status != STAGE_NO_MEMORY) {
		const char *newline = memchr(text, '\n', len);
		size_t line =
			newline != NULL ? (size_t)(newline - text) + 1 : len;
		status = stage_conf_parse(
			text, line, name, read_line, self, NULL);
		text += line;
		len -= line;
	}
	return status == STAGE_NO_MEMORY ? status : STAGE_OK;
}

enum stage_status
stage_midi_endpoints_read(struct stage_midi_endpoints *self, const char *text,
	size_t len, const char *name, bool is_strict, struct stage_err *err)
{
	if (is_strict) {
		return stage_conf_parse(text, len, name, read_line, self, err);
	}
	return salvage(self, text, len, name);
}

enum stage_status
stage_midi_endpoints_save(const struct stage_midi_endpoints *self,
	const char *path, struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status = stage_midi_endpoints_write(self, &text);

	if (status == STAGE_OK) {
		status = stage_atomic_save(path, text.data, text.len,
			STAGE_MIDI_ENDPOINTS_KEEP, err);
	} else {
		stage_err_set(err, status, "unable to write %s: %s", path,
			stage_strerror(status));
	}
	stage_str_finish(&text);
	return status;
}

static void
ignore_forgotten(void *user, struct stage_midi_endpoint *endpoint)
{
	(void)user;
	(void)endpoint;
}

static const struct stage_midi_endpoints_ops no_ops = {
	.forgotten = ignore_forgotten,
};

// A file without its last newline was cut off, and may lack whole lines, too.
static enum stage_status
check(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	struct stage_midi_endpoints *trial =
		stage_midi_endpoints_create(&no_ops, NULL);
	enum stage_status status = STAGE_NO_MEMORY;

	(void)user;
	if (trial == NULL) {
		return stage_err_set(err, status, "out of memory");
	}
	if (len < sizeof(HEAD) - 1 || bytes[len - 1] != '\n' ||
		memcmp(bytes, HEAD, sizeof(HEAD) - 1) != 0) {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"%s: this is no whole file of endpoints", name);
	} else {
		status = stage_midi_endpoints_read(
			trial, bytes, len, name, true, err);
	}
	stage_midi_endpoints_destroy(trial);
	return status;
}

// What may be known from newer generations than `upto`, none of which is whole.
static enum stage_status
salvage_generations(
	struct stage_midi_endpoints *self, const char *path, unsigned upto)
{
	enum stage_status status = STAGE_OK;

	for (unsigned i = 0; i < upto && status == STAGE_OK; i++) {
		struct stage_str text = {0};
		char name[STAGE_PATH_MAX];
		if ((i == 0 ? stage_format(name, sizeof(name), "%s", path)
			    : stage_format(name, sizeof(name), "%s.%u", path,
				      i)) == STAGE_OK &&
			stage_io_read_file(name, FILE_MAX_BYTES, &text, NULL) ==
				STAGE_OK) {
			status = salvage(self, text.data, text.len, name);
		}
		stage_str_finish(&text);
	}
	return status;
}

enum stage_status
stage_midi_endpoints_load(struct stage_midi_endpoints *self, const char *path,
	bool *is_damaged, struct stage_err *err)
{
	struct stage_atomic_found found = {.generation = 0};
	struct stage_err why = STAGE_ERR_INIT;
	struct stage_str text = {0};
	enum stage_status status = stage_atomic_load(
		path, FILE_MAX_BYTES, check, NULL, &text, &found, &why);
	unsigned newer = found.generation;

	*is_damaged = false;
	if (status == STAGE_OK) {
		status = stage_midi_endpoints_read(
			self, text.data, text.len, path, true, &why);
	} else if (status == STAGE_NOT_FOUND) {
		return STAGE_OK;
	} else if (status == STAGE_BAD_INPUT || status == STAGE_TOO_LONG) {
		found.why = why;
		newer = STAGE_MIDI_ENDPOINTS_KEEP + 1;
		status = STAGE_OK;
	}
	stage_str_finish(&text);
	if (status == STAGE_OK && newer > 0) {
		*is_damaged = true;
		stage_err_set(err, STAGE_BAD_INPUT, "%s", found.why.text);
		status = salvage_generations(self, path, newer);
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "%s",
			why.text[0] != '\0' ? why.text
					    : stage_strerror(status));
	}
	return status;
}
