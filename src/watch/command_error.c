/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/command_error.h"

#include <string.h>

#define MARK "error: "

void
stage_command_error_read(const char *said, struct stage_err *err)
{
	const char *mark = strstr(said, MARK);
	const char *sentence = mark != NULL ? mark + strlen(MARK) : said;
	size_t len = strcspn(sentence, "\n");

	if (len == 0) {
		stage_err_set(err, STAGE_BAD_INPUT,
			"the command failed and did not say why");
	} else {
		stage_err_set(err, STAGE_BAD_INPUT, "%.*s",
			len < STAGE_ERR_TEXT_MAX ? (int)len
						 : STAGE_ERR_TEXT_MAX,
			sentence);
	}
}
