/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/identity.h"

#include <string.h>

// How sure it is that two are the same; from the best.
enum score {
	SCORE_SERIAL = 3,
	SCORE_PLACE = 2, // or the name, of what has no place
	SCORE_KIND = 1,  // good only where nobody else may be meant
	SCORE_NONE = 0,
};

struct table {
	const struct stage_midi_identity *const *known;
	size_t known_count;
	struct stage_midi_present *present;
	size_t present_count;
	bool is_taken[STAGE_MIDI_DEVICES_MAX]; // of known
};

// Leaves a text that is too long out: half of it may be another's.
static void
copy_whole(char *out, size_t size, const char *text)
{
	if (stage_format(out, size, "%s", text) != STAGE_OK) {
		out[0] = '\0';
	}
}

void
stage_midi_identity_init(struct stage_midi_identity *self, const char *name,
	const struct stage_seq_device *device)
{
	*self = (struct stage_midi_identity){.kind = STAGE_MIDI_SOFTWARE};
	copy_whole(self->name, sizeof(self->name), name);
	if (device == NULL) {
		return;
	}
	self->kind = device->is_usb ? STAGE_MIDI_USB : STAGE_MIDI_CARD;
	copy_whole(self->place, sizeof(self->place), device->place);
	if (device->is_usb) {
		self->vid = device->vid;
		self->pid = device->pid;
		copy_whole(self->serial, sizeof(self->serial), device->serial);
	}
}

static const char *const kind_words[STAGE_MIDI_KIND_COUNT] = {
	[STAGE_MIDI_USB] = "usb",
	[STAGE_MIDI_CARD] = "card",
	[STAGE_MIDI_SOFTWARE] = "software",
	[STAGE_MIDI_VIRTUAL] = "virtual",
};

const char *
stage_midi_kind_word(enum stage_midi_kind kind)
{
	return (unsigned)kind < STAGE_MIDI_KIND_COUNT ? kind_words[kind]
						      : "unknown";
}

enum stage_midi_kind
stage_midi_kind_from_word(const char *word)
{
	int kind = 0;

	while (kind < STAGE_MIDI_KIND_COUNT &&
		strcmp(kind_words[kind], word) != 0) {
		kind++;
	}
	return (enum stage_midi_kind)kind;
}

enum stage_status
stage_midi_identity_add(
	const struct stage_midi_identity *self, struct stage_str *out)
{
	if (self->kind == STAGE_MIDI_USB) {
		return stage_str_addf(out, "usb-%04x:%04x-%s", self->vid,
			self->pid,
			self->serial[0] != '\0' ? self->serial : self->place);
	}
	return stage_str_addf(out, "%s-%s", stage_midi_kind_word(self->kind),
		self->kind == STAGE_MIDI_CARD && self->place[0] != '\0'
			? self->place
			: self->name);
}

static bool
is_same_serial(const struct stage_midi_identity *a,
	const struct stage_midi_identity *b)
{
	return a->kind == STAGE_MIDI_USB && b->kind == STAGE_MIDI_USB &&
	       a->vid == b->vid && a->pid == b->pid &&
	       strcmp(a->serial, b->serial) == 0;
}

// A maker may give all of a model one number; it says nothing then.
static bool
has_good_serial(
	const struct table *table, const struct stage_midi_identity *identity)
{
	size_t known = 0;
	size_t present = 0;

	if (identity->serial[0] == '\0') {
		return false;
	}
	for (size_t i = 0; i < table->known_count; i++) {
		known += is_same_serial(table->known[i], identity);
	}
	for (size_t i = 0; i < table->present_count; i++) {
		present += is_same_serial(table->present[i].identity, identity);
	}
	return known <= 1 && present <= 1;
}

static bool
is_same_place(const struct stage_midi_identity *a,
	const struct stage_midi_identity *b)
{
	return a->place[0] != '\0' && strcmp(a->place, b->place) == 0;
}

static enum score
judge_usb(const struct table *table, const struct stage_midi_identity *a,
	const struct stage_midi_identity *b)
{
	if (a->vid != b->vid || a->pid != b->pid) {
		return SCORE_NONE;
	}
	if (has_good_serial(table, a) && has_good_serial(table, b)) {
		return strcmp(a->serial, b->serial) == 0 ? SCORE_SERIAL
							 : SCORE_NONE;
	}
	return is_same_place(a, b) ? SCORE_PLACE : SCORE_KIND;
}

static enum score
judge(const struct table *table, const struct stage_midi_identity *a,
	const struct stage_midi_identity *b)
{
	if (a->kind != b->kind) {
		return SCORE_NONE;
	}
	if (a->kind == STAGE_MIDI_USB) {
		return judge_usb(table, a, b);
	}
	if (strcmp(a->name, b->name) != 0) {
		return SCORE_NONE;
	}
	return a->kind == STAGE_MIDI_CARD && !is_same_place(a, b) ? SCORE_KIND
								  : SCORE_PLACE;
}

static bool
is_free(const struct table *table, size_t known, size_t present)
{
	return !table->is_taken[known] &&
	       table->present[present].known == STAGE_MIDI_NOT_KNOWN;
}

static enum score
score_of(const struct table *table, size_t known, size_t present)
{
	return is_free(table, known, present)
		       ? judge(table, table->known[known],
				 table->present[present].identity)
		       : SCORE_NONE;
}

static void
take(struct table *table, size_t known, size_t present)
{
	table->present[present].known = known;
	table->is_taken[known] = true;
}

static void
take_all_of(struct table *table, enum score score)
{
	for (size_t i = 0; i < table->known_count; i++) {
		for (size_t k = 0; k < table->present_count; k++) {
			if (score_of(table, i, k) == score) {
				take(table, i, k);
			}
		}
	}
}

static size_t
count_known(const struct table *table, size_t present)
{
	size_t count = 0;

	for (size_t i = 0; i < table->known_count; i++) {
		count += score_of(table, i, present) == SCORE_KIND;
	}
	return count;
}

static size_t
count_present(const struct table *table, size_t known)
{
	size_t count = 0;

	for (size_t i = 0; i < table->present_count; i++) {
		count += score_of(table, known, i) == SCORE_KIND;
	}
	return count;
}

static void
take_only_ones(struct table *table)
{
	for (size_t i = 0; i < table->known_count; i++) {
		for (size_t k = 0; k < table->present_count; k++) {
			if (score_of(table, i, k) == SCORE_KIND &&
				count_known(table, k) == 1 &&
				count_present(table, i) == 1) {
				take(table, i, k);
			}
		}
	}
}

static size_t
at_most(size_t count, size_t max)
{
	return count < max ? count : max;
}

void
stage_midi_identify(const struct stage_midi_identity *const *known,
	size_t known_count, struct stage_midi_present *present,
	size_t present_count)
{
	struct table table = {
		.known = known,
		.known_count = at_most(known_count, STAGE_MIDI_DEVICES_MAX),
		.present = present,
		.present_count = at_most(present_count, STAGE_MIDI_DEVICES_MAX),
	};

	for (size_t i = 0; i < table.present_count; i++) {
		if (present[i].known < table.known_count) {
			table.is_taken[present[i].known] = true;
		}
	}
	take_all_of(&table, SCORE_SERIAL);
	take_all_of(&table, SCORE_PLACE);
	take_only_ones(&table);
}
