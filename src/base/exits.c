/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/exits.h"

int
stage_exit_code(enum stage_status status)
{
	switch (status) {
	case STAGE_OK:
		return STAGE_EXIT_OK;
	case STAGE_NOT_FOUND:
	case STAGE_EXISTS:
	case STAGE_DENIED:
	case STAGE_BAD_INPUT:
	case STAGE_TOO_LONG:
	case STAGE_UNSUPPORTED:
		return STAGE_EXIT_PERMANENT;
	case STAGE_BUG:
		return STAGE_EXIT_BUG;
	case STAGE_NO_MEMORY:
	case STAGE_BUSY:
	case STAGE_FULL:
	case STAGE_IO:
	case STAGE_TIMEOUT:
	case STAGE_GONE:
	case STAGE_STATUS_COUNT:
		break;
	}
	return STAGE_EXIT_TEMPORARY;
}
