/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/atomic_file.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/atomic_path.h"
#include "base/io.h"

struct load {
	struct stage_atomic_path path;
	size_t max_bytes;
	stage_atomic_check check;
	void *user;
	struct stage_str *out;
};

// Leaves the content in out when it is valid.
static enum stage_status
try_generation(struct load *load, unsigned number, struct stage_err *err)
{
	char name[STAGE_PATH_MAX];
	enum stage_status status;

	stage_str_clear(load->out);
	status = stage_atomic_path_generation(&load->path, number, name, err);
	if (status == STAGE_OK) {
		status = stage_io_read_file(
			name, load->max_bytes, load->out, err);
	}
	if (status == STAGE_OK && load->check != NULL) {
		status = load->check(name, stage_str_text(load->out),
			load->out->len, load->user, err);
	}
	if (status != STAGE_OK) {
		stage_str_clear(load->out);
	}
	return status;
}

// A want of memory or of descriptors says nothing about the file: falling back
// would turn it into a loss.
static bool
is_passing(enum stage_status status)
{
	return status == STAGE_NO_MEMORY || status == STAGE_FULL;
}

// The first error that is worth telling: a generation that is not there says
// less than one that is broken.
static void
note(struct stage_err *first, const struct stage_err *why)
{
	if (first->status == STAGE_OK ||
		(first->status == STAGE_NOT_FOUND &&
			why->status != STAGE_NOT_FOUND)) {
		*first = *why;
	}
}

enum stage_status
stage_atomic_load(const char *path, size_t max_bytes, stage_atomic_check check,
	void *user, struct stage_str *out, struct stage_atomic_found *found,
	struct stage_err *err)
{
	struct load load = {.max_bytes = max_bytes,
		.check = check,
		.user = user,
		.out = out};
	struct stage_err first = STAGE_ERR_INIT;
	enum stage_status status;

	stage_str_clear(out);
	status = stage_atomic_path_init(&load.path, path, err);
	if (status != STAGE_OK) {
		return status;
	}
	for (unsigned n = 0; n <= STAGE_ATOMIC_KEEP_MAX; n++) {
		struct stage_err why = STAGE_ERR_INIT;
		status = try_generation(&load, n, &why);
		if (status == STAGE_OK) {
			if (found != NULL) {
				found->generation = n;
				found->why = first;
			}
			return STAGE_OK;
		}
		why.status = status;
		if (is_passing(status)) {
			return stage_err_set(err, status, "%s", why.text);
		}
		note(&first, &why);
	}
	return stage_err_set(err, first.status, "%s", first.text);
}

enum stage_status
stage_atomic_remove(const char *path, struct stage_err *err)
{
	struct stage_atomic_path names;
	enum stage_status status;
	enum stage_status first;

	first = stage_atomic_path_init(&names, path, err);
	if (first != STAGE_OK) {
		return first;
	}
	// Oldest first: what is left after a crash is the newest.
	for (unsigned n = STAGE_ATOMIC_KEEP_MAX + 1; n-- > 0;) {
		char name[STAGE_PATH_MAX];
		status = stage_atomic_path_generation(&names, n, name, err);
		if (status == STAGE_OK && unlink(name) != 0 &&
			errno != ENOENT) {
			status = stage_err_set_errno(
				err, errno, "unable to remove %s", name);
		}
		first = first == STAGE_OK ? status : first;
	}
	return first;
}
