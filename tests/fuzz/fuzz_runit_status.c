/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "runit/status.h"

static void
check_fields(const struct stage_runit_status *status, const uint8_t *data)
{
	struct stage_runit_status again;
	unsigned char bytes[STAGE_RUNIT_STATUS_BYTES];

	FUZZ_CHECK((unsigned)status->state < STAGE_RUNIT_STATE_COUNT);
	FUZZ_CHECK(status->pid >= 0);
	FUZZ_CHECK(status->state != STAGE_RUNIT_RUN || status->pid > 0);
	stage_runit_status_encode(status, bytes);
	FUZZ_CHECK(memcmp(bytes, data, sizeof(bytes)) == 0);
	FUZZ_CHECK(stage_runit_status_decode(
			   bytes, sizeof(bytes), &again, NULL) == STAGE_OK);
	FUZZ_CHECK(stage_runit_status_equal(status, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_runit_status status;
	struct stage_runit_status before;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status result;

	memset(&status, 0x5a, sizeof(status));
	before = status;
	result = stage_runit_status_decode(data, size, &status, &err);
	fuzz_check_err(result, &err);
	if (result == STAGE_OK) {
		check_fields(&status, data);
	} else {
		FUZZ_CHECK(memcmp(&status, &before, sizeof(status)) == 0);
	}
	FUZZ_CHECK(result == STAGE_OK || result == STAGE_BAD_INPUT);
	return 0;
}
