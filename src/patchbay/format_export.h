/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Writes other programs' files: what exporters share.
 *
 * Thread: any.
 */

#ifndef STAGE_PATCHBAY_FORMAT_EXPORT_H
#define STAGE_PATCHBAY_FORMAT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/map.h"
#include "base/str.h"
#include "patchbay/format.h"
#include "patchbay/statement.h"

/** An export on its way. */
struct stage_patch_writer {
	const struct stage_patch_format *format;
	const struct stage_patch_list *list;
	struct stage_str *out;
	struct stage_strv *report;
};

/** Tells that a statement is left out. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_writer_leave(
	struct stage_patch_writer *self,
	const struct stage_patch_statement *statement, const char *why);

/** Visits the statements that can be written as a connection of two ports; the
 * others are told. An `only` is written as a want where the format knows no
 * other, which is told. Errors: STAGE_NO_MEMORY; what visit returns ends it. */
STAGE_NODISCARD enum stage_status stage_patch_writer_each(
	struct stage_patch_writer *self,
	enum stage_status (*visit)(
		void *user, const struct stage_patch_statement *statement),
	void *user);

/** Copies a list with the names that the format has for ports of ALSA; tells
 * which connections are the same by that. Ownership: the caller finishes `out`,
 * also after a failure. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_writer_reduce(
	struct stage_patch_writer *self, struct stage_patch_list *out);

/** Tells that the lines about modes are left out, if there are any. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_writer_leave_modes(
	struct stage_patch_writer *self);

/** The statements that can be written, sorted: by system, then by the client
 * and the port of `from`, each in the order in which they first come.
 *
 * Ownership: the caller frees *out with free(). Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_patch_writer_sort(
	struct stage_patch_writer *self,
	const struct stage_patch_statement ***out, size_t *count);

/** How many keys came before this one did for the first time. ranks: a map that
 * frees its values with free(). Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_rank(
	struct stage_map *ranks, const char *key, size_t *out);

/** Bytes of the client in a full name that has one; by the system's rule. */
size_t stage_patch_client_len(enum stage_patch_system system, const char *full);

/** True when both are of one system and have the same client in `from`. */
bool stage_patch_same_client(const struct stage_patch_statement *a,
	const struct stage_patch_statement *b);

/** Faults of names that several formats have, or NULL. */
const char *stage_patch_fault_control(const char *name, bool allows_blanks);
const char *stage_patch_fault_utf8(const char *name);
const char *stage_patch_fault_edges(const char *text);

#endif
