/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The live page of a slot: a small file in the run directory that is mapped,
 * and where the slot's values are, and nowhere else. Who kills the rack leaves
 * the page, and the next rack finds each value as it was.
 *
 * The loop writes values; the audio thread reads them, when `changes` has
 * moved, which it has beside it: it need not look into the file each cycle.
 * Whoever was told that a value is set can kill us at once: it is there.
 *
 * The file is whole from its first moment: it is made under another name and
 * renamed. What an earlier rack left is read as bytes from outside.
 *
 * Thread: the loop's, but for what is marked.
 */

#ifndef STAGE_RACK_PAGE_H
#define STAGE_RACK_PAGE_H

#include <stdatomic.h>

#include "rack/bits.h"
#include "rack/recall.h"
#include "rt/rt.h"

#define STAGE_RACK_PAGE_BYTES_MAX (4U << 20)

/** A value; bits are those of a float. */
struct stage_rack_page_value {
	char symbol[STAGE_RACK_SYMBOL_MAX];
	_Atomic uint32_t bits;
	uint32_t configured_bits;
	uint32_t has_configured;
	uint32_t unused;
};

struct stage_rack_page_bytes {
	char magic[8];
	uint32_t value_count;
	uint32_t configured_bypassed;
	uint32_t configured_wet_bits;
	_Atomic uint32_t is_bypassed;
	_Atomic uint32_t wet_bits;
	_Atomic uint32_t changes;      // grows behind each change
	_Atomic int64_t crashed_ns[2]; // monotonic, the last time first
	char plugin[STAGE_RACK_URI_MAX];
	struct stage_rack_page_value values[];
};

struct stage_rack_page {
	struct stage_rack_page_bytes *bytes; // mapped
	_Atomic uint32_t changes;            // as the bytes have it
	_Atomic uint32_t *all_changes;       // of all pages, behind it; or NULL
	size_t size;
};

/** Makes the page at a path, in place of one that may be there, with what the
 * memory holds. Ownership: the caller calls stage_rack_page_finish. Errors: as
 * open(2), mmap(2); STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_rack_page_init(
	struct stage_rack_page *self, const char *path,
	const struct stage_rack_memory *memory, struct stage_err *err);

/** Lets go of the page; the file stays. NULL and zeroed memory are fine. */
void stage_rack_page_finish(struct stage_rack_page *self);

/** Reads the page that an earlier rack left at a path. Ownership: *out is to be
 * finished after a success. Errors: STAGE_NOT_FOUND; STAGE_BAD_INPUT. */
STAGE_NODISCARD enum stage_status stage_rack_page_load(
	const char *path, struct stage_rack_memory *out, struct stage_err *err);

/** The same, of bytes[len]. Pure. */
STAGE_NODISCARD enum stage_status stage_rack_page_read(const void *bytes,
	size_t len, struct stage_rack_memory *out, struct stage_err *err);

/** Sets a value, by its place. Thread: any, the real-time one too. */
STAGE_RT void stage_rack_page_set(
	struct stage_rack_page *self, size_t index, float value);

/** The same in two parts, for several values at once: the audio thread looks
 * when it was told. Thread: any, the real-time one too. */
STAGE_RT void stage_rack_page_put(
	struct stage_rack_page *self, size_t index, float value);
STAGE_RT void stage_rack_page_tell(struct stage_rack_page *self);

/** Says what the slot file has by now; the value is set to it. */
void stage_rack_page_configure(
	struct stage_rack_page *self, size_t index, const float *configured);

/** The same of bypass and the wet part, where the file says another thing than
 * it did. */
void stage_rack_page_configure_slot(
	struct stage_rack_page *self, bool is_bypassed, float wet);

/** The same of bypass and the wet part. Thread: any, the real-time one too. */
STAGE_RT void stage_rack_page_set_bypassed(
	struct stage_rack_page *self, bool is_so);
STAGE_RT void stage_rack_page_set_wet(struct stage_rack_page *self, float wet);

/** Forgets that its plug-in crashed. */
void stage_rack_page_forgive(struct stage_rack_page *self);

/** Copies all of it but the properties into *out, which is zeroed first.
 * Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_page_copy(
	const struct stage_rack_page *self, struct stage_rack_memory *out);

/** What is in the page. Thread: any, the real-time one too. */
STAGE_RT static inline float
stage_rack_page_get(const struct stage_rack_page *self, size_t index)
{
	return stage_rack_float_of(atomic_load_explicit(
		&self->bytes->values[index].bits, memory_order_relaxed));
}

STAGE_RT static inline float
stage_rack_page_wet(const struct stage_rack_page *self)
{
	return stage_rack_float_of(atomic_load_explicit(
		&self->bytes->wet_bits, memory_order_relaxed));
}

STAGE_RT static inline bool
stage_rack_page_is_bypassed(const struct stage_rack_page *self)
{
	return atomic_load_explicit(
		       &self->bytes->is_bypassed, memory_order_relaxed) != 0;
}

#endif
