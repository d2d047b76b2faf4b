/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rack/nsm.h"

static void
check(void *user, const struct stage_osc_message *in)
{
	struct stage_rack_nsm_message message;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_rack_nsm_understand(in, &message, &err);

	(void)user;
	FUZZ_CHECK(message.kind <= STAGE_RACK_NSM_IS_LOADED);
	FUZZ_CHECK(strlen(message.path) < sizeof(message.path));
	FUZZ_CHECK(strlen(message.id) < sizeof(message.id));
	FUZZ_CHECK(strlen(message.text) < sizeof(message.text));
	if (status != STAGE_OK) {
		FUZZ_CHECK(message.kind == STAGE_RACK_NSM_MUST_OPEN);
		FUZZ_CHECK(err.text[0] != '\0');
	} else if (message.kind == STAGE_RACK_NSM_MUST_OPEN) {
		FUZZ_CHECK(message.path[0] == '/');
		FUZZ_CHECK(stage_jack_name_check(message.id, &err) == STAGE_OK);
	}
}

// The same bytes as a packet and as the address of a server.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char host[STAGE_RACK_NSM_HOST_MAX];
	char port[STAGE_RACK_NSM_PORT_MAX];
	struct stage_err err = STAGE_ERR_INIT;
	char *text = fuzz_copy(data, size);

	(void)stage_osc_read(data, size, check, NULL);
	if (stage_rack_nsm_url(text, host, port, &err) == STAGE_OK) {
		FUZZ_CHECK(host[0] != '\0' && port[0] != '\0');
	} else {
		FUZZ_CHECK(err.text[0] != '\0');
	}
	free(text);
	return 0;
}
