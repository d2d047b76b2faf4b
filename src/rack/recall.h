/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a slot remembers: its values, whether it is bypassed, and what its
 * plug-in says of itself; and what of it still holds. Pure.
 *
 * Each value stands with what the slot file said when it was remembered. Where
 * the file says something else by now the user has changed his mind there, and
 * the file wins, for that one value.
 *
 * As text, the file of a checkpoint:
 *
 *     plugin    http://example.org/reverb
 *     bypass    no no                       # now, and in the slot file then
 *     wet       0.3 0.3
 *     value     decay_time 1.5 -            # "-": the file set nothing
 *     file      http://example.org/ir hall.wav  # the file had this
 *     preset    "Small room"                    # and this
 *     property  http://example.org/ir http://lv2plug.in/ns/ext/atom#Path 3
 *     bytes     L3RtcC9pci53YXYA
 *     end       1
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_RECALL_H
#define STAGE_RACK_RECALL_H

#include "base/str.h"
#include "rack/config.h"

#define STAGE_RACK_MEMORY_BYTES_MAX (64U << 20) // of the text

/** A number that can be set, as it is and as the slot file had it. */
struct stage_rack_value {
	char symbol[STAGE_RACK_SYMBOL_MAX];
	float value;
	float configured;
	bool has_configured;
};

/** What a plug-in said of itself. */
struct stage_rack_property {
	char *key;  // URI, owned
	char *type; // URI, owned
	uint32_t flags;
	struct stage_str bytes;
};

struct stage_rack_memory {
	char plugin[STAGE_RACK_URI_MAX];
	bool is_bypassed;
	bool was_configured_bypassed;
	float wet;
	float configured_wet;
	int64_t crashed_ns[2]; // of a page alone: when it ended a rack, the
			       // last time first; 0: it did not
	struct stage_rack_value *values; // [value_count], owned
	size_t value_count;
	struct stage_rack_property *properties; // [property_count], owned
	size_t property_count;
	struct stage_rack_files configured_files;   // as the slot file had them
	char configured_preset[STAGE_RACK_URI_MAX]; // likewise; "": none
};

/** Frees what is in it and leaves it empty. NULL is fine. */
void stage_rack_memory_finish(struct stage_rack_memory *self);

/** Adds a copy of a value. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_memory_add_value(
	struct stage_rack_memory *self, const struct stage_rack_value *value);

/** Adds a property; key, type and bytes[len] are copied. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_memory_add_property(
	struct stage_rack_memory *self, const char *key, const char *type,
	uint32_t flags, const void *bytes, size_t len);

/** Appends it as text. Errors: STAGE_NO_MEMORY; STAGE_BAD_INPUT for a URI that
 * is no UTF-8. */
STAGE_NODISCARD enum stage_status stage_rack_memory_write(
	const struct stage_rack_memory *self, struct stage_str *out);

/** Reads text[len], which is whole or refused. Ownership: *out is to be
 * finished by the caller after a success only. Errors: STAGE_BAD_INPUT with
 * the place, STAGE_TOO_LONG, STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_memory_parse(const char *text,
	size_t len, const char *name, struct stage_rack_memory *out,
	struct stage_err *err);

/** Whether a memory is of this slot's plug-in. */
bool stage_rack_memory_is_of(const struct stage_rack_memory *self,
	const struct stage_rack_slot_config *slot);

/** Puts what is remembered of a value into *value, unless the slot file has
 * changed since. Nothing is done when it is not known. */
void stage_rack_memory_recall(const struct stage_rack_memory *self,
	const struct stage_rack_slot_config *slot, const char *symbol,
	float *value);

/** The same for bypass and the wet part. */
void stage_rack_memory_recall_slot(const struct stage_rack_memory *self,
	const struct stage_rack_slot_config *slot, bool *is_bypassed,
	float *wet);

#endif
