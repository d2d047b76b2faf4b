/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/qr.h"

enum stage_status
stage_qr_add(struct stage_str *out, const char *text)
{
	(void)out;
	(void)text;
	return STAGE_UNSUPPORTED;
}
