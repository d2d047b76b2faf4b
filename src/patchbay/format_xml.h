/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The XML of other programs' files, read with expat but more forgiving: see
 * format_xml_prepare.h for what is.
 *
 * Names, values and texts come as bytes. Elements may lie
 * STAGE_PATCH_XML_DEPTH_MAX deep. Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_FORMAT_XML_H
#define STAGE_PATCHBAY_FORMAT_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/format.h"
#include "patchbay/format_build.h"

#define STAGE_PATCH_XML_DEPTH_MAX 32

/** An element that begins. Borrowed, valid inside the handler only. */
struct stage_patch_xml_tag {
	const char *name;
	const char *parent; // "" for an element that lies in none
	size_t depth;       // 1 for an element that lies in none
	const char **attrs; // name, value, ... NULL
	struct stage_patch_spot spot;
};

/** What is called for each element; a status other than STAGE_OK ends it. */
struct stage_patch_xml_handler {
	enum stage_status (*start)(
		void *user, const struct stage_patch_xml_tag *tag);

	// text: what stands in it behind its last child, or all of it.
	enum stage_status (*end)(
		void *user, const char *name, size_t depth, const char *text);
	void *user;
};

/** An attribute's value, or NULL. */
const char *stage_patch_xml_attr(
	const struct stage_patch_xml_tag *tag, const char *name);

/** Reads a file; what was forgiven is told to `build`.
 *
 * Errors: STAGE_BAD_INPUT with "FILE:LINE:COLUMN: sentence"; STAGE_NO_MEMORY;
 * what a handler returned.
 */
STAGE_NODISCARD enum stage_status stage_patch_xml_read(
	const struct stage_patch_input *input, struct stage_patch_build *build,
	const struct stage_patch_xml_handler *handler, struct stage_err *err);

/** Copies the name of the first element of bytes[len] into out; false when they
 * do not begin as XML, or the name does not fit. For recognising. */
bool stage_patch_xml_root(
	const char *bytes, size_t len, char *out, size_t size);

/** Appends text as the value of an attribute between double quotes, or as text:
 * TAB, CR and LF as character references. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_xml_add(
	struct stage_str *out, const char *text);

#endif
