/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/notify.h"
#include "check.h"
#include "fuzz.h"

// With a newline at both ends, a line is a part that has one at both ends.
static bool
has_line(const char *text)
{
	size_t len = strlen(text);
	char *framed = malloc(len + 3);
	bool has;

	FUZZ_CHECK(framed != NULL);
	snprintf(framed, len + 3, "\n%s\n", text);
	has = strstr(framed, "\nREADY=1\n") != NULL;
	free(framed);
	return has;
}

static void
check_address(const char *path)
{
	struct sockaddr_un address;
	struct stage_err err = STAGE_ERR_INIT;
	socklen_t len = 0;
	size_t path_len = strlen(path);
	enum stage_status status =
		stage_notify_address(path, &address, &len, &err);

	fuzz_check_err(status, &err);
	if (status != STAGE_OK) {
		FUZZ_CHECK(
			status == STAGE_BAD_INPUT || status == STAGE_TOO_LONG);
		return;
	}
	FUZZ_CHECK(path_len >= 2 && path_len < sizeof(address.sun_path));
	FUZZ_CHECK(len <= sizeof(address));
	FUZZ_CHECK(memcmp(address.sun_path + 1, path + 1, path_len - 1) == 0);
	FUZZ_CHECK(address.sun_path[0] == (path[0] == '@' ? '\0' : '/'));
	FUZZ_CHECK(len == offsetof(struct sockaddr_un, sun_path) + path_len +
				  (path[0] == '/'));
}

// The same bytes as a datagram of a program, and as NOTIFY_SOCKET.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);

	FUZZ_CHECK(stage_notify_says_ready((const char *)data, size) ==
		   has_line(text));
	check_address(text);
	free(text);
	return 0;
}
