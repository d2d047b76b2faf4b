/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/status.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

static const char *const texts[] = {
	[STAGE_OK] = "done",
	[STAGE_NO_MEMORY] = "out of memory",
	[STAGE_NOT_FOUND] = "no such thing",
	[STAGE_EXISTS] = "it exists already",
	[STAGE_BUSY] = "it is in use",
	[STAGE_DENIED] = "permission denied",
	[STAGE_FULL] = "no space left",
	[STAGE_IO] = "input or output failed",
	[STAGE_BAD_INPUT] = "malformed input",
	[STAGE_TOO_LONG] = "too long",
	[STAGE_TIMEOUT] = "it took too long",
	[STAGE_GONE] = "the other side has ended",
	[STAGE_UNSUPPORTED] = "not supported here",
	[STAGE_BUG] = "an internal error, please report it",
};

static_assert(
	STAGE_COUNT_OF(texts) == STAGE_STATUS_COUNT, "every status has a text");

static const struct {
	int errnum;
	enum stage_status status;
} rows[] = {
	{0, STAGE_OK},
	{ENOMEM, STAGE_NO_MEMORY},
	{ENOENT, STAGE_NOT_FOUND},
	{ENOTDIR, STAGE_NOT_FOUND},
	{ENXIO, STAGE_NOT_FOUND},
	{ENODEV, STAGE_NOT_FOUND},
	{EEXIST, STAGE_EXISTS},
	{ENOTEMPTY, STAGE_EXISTS},
	{EBUSY, STAGE_BUSY},
	{EAGAIN, STAGE_BUSY},
	{EADDRINUSE, STAGE_BUSY},
	{ETXTBSY, STAGE_BUSY},
	{EACCES, STAGE_DENIED},
	{EPERM, STAGE_DENIED},
	{EROFS, STAGE_DENIED},
	{ENOSPC, STAGE_FULL},
	{EDQUOT, STAGE_FULL},
	{EMFILE, STAGE_FULL},
	{ENFILE, STAGE_FULL},
	{EINVAL, STAGE_BAD_INPUT},
	{EILSEQ, STAGE_BAD_INPUT},
	{EISDIR, STAGE_BAD_INPUT},
	{ELOOP, STAGE_BAD_INPUT},
	{ENAMETOOLONG, STAGE_TOO_LONG},
	{EFBIG, STAGE_TOO_LONG},
	{E2BIG, STAGE_TOO_LONG},
	{ETIMEDOUT, STAGE_TIMEOUT},
	{EPIPE, STAGE_GONE},
	{ESRCH, STAGE_GONE},
	{ECONNRESET, STAGE_GONE},
	{ECONNREFUSED, STAGE_GONE},
	{ECHILD, STAGE_GONE},
	{ENOSYS, STAGE_UNSUPPORTED},
	{EOPNOTSUPP, STAGE_UNSUPPORTED},
	{EAFNOSUPPORT, STAGE_UNSUPPORTED},
};

const char *
stage_strerror(enum stage_status status)
{
	if ((size_t)status >= STAGE_COUNT_OF(texts)) {
		return "unknown status";
	}
	return texts[status];
}

enum stage_status
stage_status_from_errno(int errnum)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		if (rows[i].errnum == errnum) {
			return rows[i].status;
		}
	}
	return STAGE_IO;
}
