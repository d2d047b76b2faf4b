/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/kept.h"

#include "base/atomic_file.h"
#include "base/log.h"
#include "rack/page.h"

// Nothing is written to the memory before all of the text is good.
static enum stage_status
take(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	return stage_rack_memory_parse(bytes, len, name, user, err);
}

static void
say(enum stage_status status, const struct stage_err *err)
{
	if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
		stage_log_warn("%s", err->text);
	}
}

void
stage_rack_kept_checkpoint(const char *path, struct stage_rack_memory *out)
{
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_atomic_found found = {0};
	enum stage_status status = stage_atomic_load(path,
		STAGE_RACK_MEMORY_BYTES_MAX, take, out, &text, &found, &err);

	if (status == STAGE_OK && found.generation > 0) {
		stage_log_warn("%s; generation %u was good", found.why.text,
			found.generation);
	}
	say(status, &err);
	stage_str_finish(&text);
}

void
stage_rack_kept_page(const char *path, struct stage_rack_memory *out)
{
	struct stage_err err = STAGE_ERR_INIT;

	say(stage_rack_page_load(path, out, &err), &err);
}
