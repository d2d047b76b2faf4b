/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// A client's name, a serial number, a place and a port's name, parted by zero
// bytes; the first byte is the port's number.

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "patchbay/alsa_name.h"

// At each rank a name is no longer than it was, and says no more at the next.
static void
check_ranks(const char *name)
{
	size_t len = strlen(name);
	char *out = malloc(len + 1);
	char *again = malloc(len + 1);

	FUZZ_CHECK(out != NULL && again != NULL);
	for (int rank = 0; rank < STAGE_IDENTITY_RANK_COUNT; rank++) {
		stage_alsa_name_at(name, (enum stage_identity_rank)rank, out);
		FUZZ_CHECK(strlen(out) <= len);
		FUZZ_CHECK(
			rank >= STAGE_IDENTITY_PLAIN || strcmp(out, name) == 0);
		stage_alsa_name_at(name, (enum stage_identity_rank)rank, again);
		FUZZ_CHECK(strcmp(out, again) == 0);
	}
	free(out);
	free(again);
}

static void
check_split(const char *name)
{
	const char *port = NULL;
	size_t len = 0;
	struct stage_str reduced = {0};

	if (stage_patch_alsa_split(name, &len, &port) == STAGE_OK) {
		FUZZ_CHECK(len > 0 && name[len] == ':');
		FUZZ_CHECK(port == name + len + 1 && *port != '\0');
		FUZZ_CHECK(stage_alsa_client_len(name) <= len);
	}
	FUZZ_CHECK(stage_alsa_name_reduce(name, true, &reduced) == STAGE_OK);
	FUZZ_CHECK(reduced.len <= strlen(name));
	stage_str_finish(&reduced);
}

static void
check_written(const struct stage_alsa_name *name)
{
	struct stage_str text = {0};

	FUZZ_CHECK(stage_alsa_name_write(name, &text) == STAGE_OK);
	check_ranks(text.data);
	check_split(text.data);
	stage_str_finish(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_words words;
	struct stage_alsa_name name = {.instance = 1};

	if (size == 0) {
		return 0;
	}
	fuzz_words_init(&words, NULL, data + 1, size - 1);
	name.number = data[0];
	name.client = words.argc > 0 ? words.argv[0] : "";
	name.serial = words.argc > 1 ? words.argv[1] : "";
	name.place = words.argc > 2 ? words.argv[2] : "";
	name.port = words.argc > 3 ? words.argv[3] : "";
	check_written(&name);
	check_ranks(name.client);
	check_split(name.client);
	fuzz_words_finish(&words);
	return 0;
}
