/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Files of other programs, for the tests of what reads and writes them.
 * Failures fail the cmocka test. */

#ifndef STAGE_TESTS_PATCHBAY_FIXTURE_H
#define STAGE_TESTS_PATCHBAY_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "patchbay/format.h"

/** Reads fixtures/NAME. Ownership: the caller frees it. */
void fixture_load(const char *name, struct stage_str *out);

/** Reads fixtures/NAME by the format that it looks like, which must be the one
 * of that name; what comes of it must stand in a patch file as well. Ownership:
 * the caller calls stage_patch_import_finish. */
void fixture_import(
	const char *name, const char *format, struct stage_patch_import *out);

/** Reads bytes as a file "FILE" of a format. Ownership: as above. */
void fixture_read(const char *format, const struct stage_str *bytes,
	struct stage_patch_import *out);

/** Writes a list by a format; report may be NULL. Ownership: the caller frees
 * both. */
void fixture_write(const char *format, const struct stage_patch_list *list,
	struct stage_str *out, struct stage_strv *report);

/** Fails unless the list has a statement with these ends, and that policy. */
void fixture_has(const struct stage_patch_list *list,
	enum stage_patch_policy policy, enum stage_patch_system system,
	const char *from, const char *to);

/** Fails unless both lists hold the same statements, in any order. */
void fixture_same(
	const struct stage_patch_list *a, const struct stage_patch_list *b);

/** How many sentences of the report hold a text. */
size_t fixture_told(const struct stage_strv *report, const char *text);

#endif
