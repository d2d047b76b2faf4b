/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/exits.h"
#include "check.h"
#include "fuzz.h"
#include "rpc/proto.h"
#include "watch/command_error.h"

// The input is what a command wrote to standard error; a client is to get it.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *said = fuzz_copy(data, size);
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str line = {0};

	stage_command_error_read(said, STAGE_EXIT_PERMANENT, &err);
	fuzz_check_err(STAGE_BAD_INPUT, &err);
	FUZZ_CHECK(err.text[strspn(err.text, " ")] != '\0');
	FUZZ_CHECK(stage_rpc_write_error(&line, NULL, STAGE_RPC_INVALID_PARAMS,
			   &err) == STAGE_OK);
	FUZZ_CHECK(memchr(line.data, '\n', line.len - 1) == NULL);
	stage_str_finish(&line);
	free(said);
	return 0;
}
