/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Bytes of a file that is almost XML, made fit for expat so that every byte of
 * a name comes back as it was; for format_xml.c.
 *
 * - Declarations, processing instructions, comments and DOCTYPE are dropped
 *   (files of old aj-snapshot have two roots; entities can then not occur).
 * - CDATA becomes escaped text.
 * - TAB, CR and LF in attribute values, and CR in text, become character
 *   references, as a parser would make blanks of them.
 * - Control bytes, bytes that are no UTF-8 and U+FFFE and U+FFFF, which are not
 *   allowed in XML, become one private-use character U+F0000 to U+F00FF a byte;
 *   so do the four bytes of these characters themselves. stage_patch_xml_plain
 *   turns them all back.
 * - An ampersand that begins no reference becomes `&amp;`.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_FORMAT_XML_PREPARE_H
#define STAGE_PATCHBAY_FORMAT_XML_PREPARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/format.h"

/** From `made` on, what was made stands as far from here as it does here. */
struct stage_patch_xml_shift {
	uint32_t made;  // offset in text
	uint32_t given; // offset in the input
};

/** What was made. Zeroed memory is an empty one. */
struct stage_patch_xml_prepared {
	struct stage_str text;
	struct stage_patch_xml_shift *shifts; // owned array, ascending
	size_t count;
	size_t cap;
	size_t bare_ampersands;
	size_t first_ampersand; // offset in the input, when there are any
	size_t fault_at;        // after STAGE_BAD_INPUT: offset in the input,
	const char *fault;      // and what is wrong there; static
};

/** Makes it. Ownership: the caller calls stage_patch_xml_unprepare, also after
 * a failure. Errors: STAGE_BAD_INPUT (cut off within a tag, a comment or the
 * like; a zero byte), with fault set; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_xml_prepare(
	const struct stage_patch_input *input,
	struct stage_patch_xml_prepared *out);
void stage_patch_xml_unprepare(struct stage_patch_xml_prepared *self);

/** Bytes of the DOCTYPE declaration that text[len] begins with, with what is
 * declared in it; 0 when it has no end. */
size_t stage_patch_xml_doctype(const char *text, size_t len);

/** Where in the input something stands that stands in what was made. */
size_t stage_patch_xml_given(
	const struct stage_patch_xml_prepared *self, size_t made);

/** Turns the private-use characters back into bytes, in place. */
void stage_patch_xml_plain(char *text);

#endif
