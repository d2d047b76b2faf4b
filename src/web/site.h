/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The files of the page, read once at the start: what is asked for is looked
 * up by its name among them, so no path leads anywhere else.
 *
 * Thread: any but the real-time one; the look-up any.
 */

#ifndef STAGE_WEB_SITE_H
#define STAGE_WEB_SITE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_WEB_FILE_MAX (1024L * 1024)
#define STAGE_WEB_ETAG_MAX 20 // bytes with the quotes and the zero

struct stage_web_file {
	char *path; // "/style.css"
	struct stage_str bytes;
	const char *type;
	char etag[STAGE_WEB_ETAG_MAX];
};

struct stage_web_site;

/** Reads a directory and those in it. Files whose name begins with a dot, and
 * those of a kind that no page has, are passed over. Errors: as
 * stage_io_read_file; STAGE_NOT_FOUND without an index.html. */
STAGE_NODISCARD enum stage_status stage_web_site_load(
	struct stage_web_site **out, const char *directory,
	struct stage_err *err);

/** NULL is fine. */
void stage_web_site_destroy(struct stage_web_site *self);

/** The file of a path; "/" is index.html. NULL: there is none. Borrowed. */
const struct stage_web_file *stage_web_site_find(
	const struct stage_web_site *self, const char *path);

#endif
