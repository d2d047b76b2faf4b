/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rack/osc.h"

static void
check(void *user, const struct stage_rack_osc_request *request,
	const char *address, const struct stage_err *why)
{
	(void)user;
	FUZZ_CHECK((request == NULL) != (why == NULL));
	FUZZ_CHECK(address[0] == '/');
	if (request != NULL) {
		FUZZ_CHECK(isfinite(request->value));
		FUZZ_CHECK(strlen(request->slot) < sizeof(request->slot));
		FUZZ_CHECK(strlen(request->symbol) < sizeof(request->symbol));
		FUZZ_CHECK(strlen(request->text) < sizeof(request->text));
		FUZZ_CHECK(strcmp(request->address, address) == 0);
	} else {
		FUZZ_CHECK(why->text[0] != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)stage_rack_osc_read(data, size, "fx", check, NULL);
	return 0;
}
